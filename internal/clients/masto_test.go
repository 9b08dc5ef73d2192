package clients

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// masto is masto.js, the library under Phanpy and Elk, in the release of testdata/masto/package-lock.json.
type masto struct {
	*bridge
	member member
}

func newMasto() client { return &masto{} }

// selected is a step of a path that names one of several things.
type selected struct {
	Select id `json:"select"`
}

// do calls a method by its path, such as v1 statuses (selected) favourite.
func (c *masto) do(t *testing.T, args []any, path ...any) json.RawMessage {
	t.Helper()
	if args == nil {
		args = []any{}
	}
	return c.call(t, named{"path": path, "args": args})
}

const (
	outOfBand  = "urn:ietf:wg:oauth:2.0:oob"
	everything = "read write follow"
)

func (c *masto) signIn(t *testing.T, m member, by *browser) {
	t.Helper()
	c.bridge, c.member = startMasto(t), m
	at := named{"url": m.house.base()}
	c.call(t, named{"use": "rest", "config": at})
	app := decode[struct{ ClientID, ClientSecret string }](t, c.do(t, []any{named{
		"clientName": "masto.js", "redirectUris": outOfBand, "scopes": everything,
	}}, "v1", "apps", "create"))
	grant := named{"clientId": app.ClientID, "clientSecret": app.ClientSecret, "redirectUri": outOfBand, "scope": everything}
	if by == nil {
		grant["grantType"], grant["username"], grant["password"] = "password", m.name, secret
	} else {
		// As Phanpy does where the metadata list S256 (RFC 7636).
		verifier := strings.Repeat("verifier-", 6)
		challenge := sha256.Sum256([]byte(verifier))
		query := url.Values{
			"client_id": {app.ClientID}, "response_type": {"code"}, "redirect_uri": {outOfBand}, "scope": {everything},
			"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
		}
		grant["grantType"], grant["codeVerifier"] = "authorization_code", verifier
		grant["code"] = by.authorize(t, m.house.base()+"/oauth/authorize?"+query.Encode(), m)
	}
	c.call(t, named{"use": "oauth", "config": at})
	token := decode[struct{ AccessToken string }](t, c.do(t, []any{grant}, "token", "create"))
	c.call(t, named{"use": "rest", "config": named{"url": m.house.base(), "accessToken": token.AccessToken}})
	if me := decode[person](t, c.do(t, nil, "v1", "accounts", "verifyCredentials")); me.Acct != m.name {
		t.Fatalf("verifyCredentials gives %+v", me)
	}
}

func (c *masto) find(t *testing.T, handle string) person {
	t.Helper()
	ask := named{"q": handle, "type": "accounts", "resolve": true}
	found := decode[struct{ Accounts []person }](t, c.do(t, []any{ask}, "v2", "search", "list"))
	if len(found.Accounts) == 0 {
		t.Fatalf("search does not find %s", handle)
	}
	return found.Accounts[0]
}

func (c *masto) follow(t *testing.T, p person) {
	t.Helper()
	c.do(t, nil, "v1", "accounts", selected{p.ID}, "follow")
}

func (c *masto) follows(t *testing.T, p person) bool {
	t.Helper()
	ask := named{"id": []id{p.ID}}
	relations := decode[[]struct{ Following bool }](t, c.do(t, []any{ask}, "v1", "accounts", "relationships", "fetch"))
	return len(relations) == 1 && relations[0].Following
}

func (c *masto) create(t *testing.T, draft named) entry {
	t.Helper()
	return decode[shownStatus](t, c.do(t, []any{draft}, "v1", "statuses", "create")).entry()
}

func (c *masto) post(t *testing.T, text string) entry {
	t.Helper()
	return c.create(t, named{"status": text})
}

func (c *masto) reply(t *testing.T, to entry, author, text string) entry {
	t.Helper()
	return c.create(t, named{"status": author + " " + text, "inReplyToId": to.ID})
}

func (c *masto) favourite(t *testing.T, e entry) {
	t.Helper()
	if got := decode[shownStatus](t, c.do(t, nil, "v1", "statuses", selected{e.ID}, "favourite")); !got.Favourited {
		t.Fatalf("favourite gives %+v", got)
	}
}

func (c *masto) boost(t *testing.T, e entry) {
	t.Helper()
	got := decode[shownStatus](t, c.do(t, nil, "v1", "statuses", selected{e.ID}, "reblog"))
	if got.Reblog == nil || got.Reblog.ID != e.ID || !got.Reblog.Reblogged || got.Account.Acct != c.member.name {
		t.Fatalf("reblog gives %+v", got)
	}
}

func (c *masto) home(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, nil, "v1", "timelines", "home", "list")))
}

func (c *masto) thread(t *testing.T, e entry) []entry {
	t.Helper()
	raw := c.do(t, nil, "v1", "statuses", selected{e.ID}, "context", "fetch")
	found := decode[struct{ Ancestors, Descendants []shownStatus }](t, raw)
	return line(found.Ancestors, e, found.Descendants)
}

func (c *masto) notices(t *testing.T) []notice {
	t.Helper()
	return noticesOf(decode[[]shownNotice](t, c.do(t, nil, "v1", "notifications", "list")))
}

func (c *masto) homeInPages(t *testing.T) []entry {
	t.Helper()
	raw := c.call(t, named{"path": []any{"v1", "timelines", "home", "list"}, "args": []any{named{"limit": 2}}, "whole": true})
	return entriesOf(decode[[]shownStatus](t, raw))
}

func (c *masto) refused(t *testing.T, text string) string {
	t.Helper()
	_, problem := c.try(t, named{"path": []any{"v1", "statuses", "create"}, "args": []any{named{"status": text}}})
	return problem
}

func (c *masto) instance(t *testing.T) about {
	t.Helper()
	return decode[about](t, c.do(t, nil, "v2", "instance", "fetch"))
}

// startMasto runs Node.js with the bridge, beside what npm installed.
func startMasto(t *testing.T) *bridge {
	t.Helper()
	node, npm := testdb.Tool(t, "node", "nodejs"), testdb.Tool(t, "npm", "npm")
	folder, err := installMasto(npm)
	if err != nil {
		testdb.Missing(t, fmt.Sprintf("needs masto.js, which npm did not install: %v", err), "npm")
	}
	script, err := os.ReadFile(filepath.Join("testdata", "masto", "bridge.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	// The listener has an IPv4 address, and older releases try the first address of a name only.
	return startBridge(t, folder, node, "--dns-result-order=ipv4first", "--input-type=module", "--eval", string(script))
}

var installing sync.Mutex

// installMasto gives the folder with the packages that the lock file pins. It stays for later runs.
func installMasto(npm string) (string, error) {
	installing.Lock()
	defer installing.Unlock()
	files, sum := []string{"package.json", "package-lock.json", ".npmrc"}, sha256.New()
	contents := make([][]byte, len(files))
	for i, name := range files {
		var err error
		if contents[i], err = os.ReadFile(filepath.Join("testdata", "masto", name)); err != nil {
			return "", err
		}
		sum.Write(contents[i])
	}
	kept, err := filepath.Abs(filepath.Join("..", "..", "tmp", "clients"))
	if err != nil {
		return "", err
	}
	folder := filepath.Join(kept, "masto-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(kept, "install-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	for i, name := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), contents[i], 0o644); err != nil {
			return "", err
		}
	}
	if err := runNPM(npm, fresh); err != nil {
		return "", err
	}
	// Another run may have been faster; what it installed is the same.
	if err := os.Rename(fresh, folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return folder, nil
}

func runNPM(npm, folder string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, out)
	}
	return nil
}

// TestLockFileNamesNoRegistry: each machine installs from the registry that it is set up for.
func TestLockFileNamesNoRegistry(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "masto", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	lock := decode[struct{ Packages map[string]map[string]any }](t, raw)
	if len(lock.Packages) < 2 {
		t.Fatalf("the lock file has %d packages", len(lock.Packages))
	}
	for name, pinned := range lock.Packages {
		if pinned["resolved"] != nil {
			t.Errorf("%s is pinned to an address", name)
		}
		if name != "" && pinned["integrity"] == nil {
			t.Errorf("%s has no checksum", name)
		}
	}
	if strings.Contains(string(raw), "://") {
		t.Error("the lock file holds addresses")
	}
}
