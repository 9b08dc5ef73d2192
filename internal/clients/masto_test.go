package clients

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// masto is masto.js, the library under Phanpy and Elk, in the release of testdata/masto/package-lock.json.
type masto struct {
	*bridge
	member member
	token  string
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
	c.bridge, c.member = startNode(t, "masto"), m
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
	c.token = token.AccessToken
	c.call(t, named{"use": "rest", "config": named{"url": m.house.base(), "accessToken": c.token}})
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

func (c *masto) homeInPages(t *testing.T, size int) []entry {
	t.Helper()
	raw := c.call(t, named{"path": []any{"v1", "timelines", "home", "list"}, "args": []any{named{"limit": size}}, "whole": true})
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

func (c *masto) share(t *testing.T, text, picture, description string) entry {
	t.Helper()
	upload := named{"file": named{"file": picture}, "description": description}
	media := decode[shownStatus](t, c.do(t, []any{upload}, "v2", "media", "create"))
	return c.create(t, named{"status": text, "mediaIds": []id{media.ID}})
}

func (c *masto) bookmark(t *testing.T, e entry) {
	t.Helper()
	c.do(t, nil, "v1", "statuses", selected{e.ID}, "bookmark")
}

func (c *masto) bookmarks(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, nil, "v1", "bookmarks", "list")))
}

func (c *masto) remove(t *testing.T, e entry) {
	t.Helper()
	c.do(t, nil, "v1", "statuses", selected{e.ID}, "remove")
}

func (c *masto) edit(t *testing.T, e entry, text string) {
	t.Helper()
	c.do(t, []any{named{"status": text}}, "v1", "statuses", selected{e.ID}, "update")
}

func (c *masto) poll(t *testing.T, text string, options ...string) entry {
	t.Helper()
	return c.create(t, named{"status": text, "poll": named{"options": options, "expiresIn": 3600}})
}

func (c *masto) vote(t *testing.T, e entry, choice int) {
	t.Helper()
	c.do(t, []any{named{"choices": []int{choice}}}, "v1", "polls", selected{e.Poll}, "votes", "create")
}

func (c *masto) listen(t *testing.T) {
	t.Helper()
	shown := decode[struct {
		Configuration struct{ URLs struct{ Streaming string } }
	}](t, c.do(t, nil, "v2", "instance", "fetch"))
	c.call(t, named{"listen": named{"streamingApiUrl": shown.Configuration.URLs.Streaming, "accessToken": c.token}})
}

func (c *masto) heard(t *testing.T) [][]notice {
	t.Helper()
	return [][]notice{noticesOf(decode[[]shownNotice](t, c.call(t, named{"heard": true})))}
}
