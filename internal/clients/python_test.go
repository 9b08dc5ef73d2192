package clients

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"praxis/internal/testdb"
)

// python is Mastodon.py of Debian's package python3-mastodon.
type python struct {
	*bridge
	member member
}

func newPython() client { return &python{} }

type named = map[string]any

// do calls a method by its name in Python, with arguments by theirs.
func (c *python) do(t *testing.T, method string, args named) json.RawMessage {
	t.Helper()
	if args == nil {
		args = named{}
	}
	return c.call(t, named{"call": method, "args": args})
}

func (c *python) signIn(t *testing.T, m member, by *browser) {
	t.Helper()
	script := filepath.Join("testdata", "python", "bridge.py")
	c.bridge = startBridge(t, "", testdb.PythonModule(t, "mastodon", "python3-mastodon"), "-B", script)
	c.member = m
	app := decode[[]string](t, c.do(t, "create_app", named{"client_name": "Mastodon.py", "api_base_url": m.house.base()}))
	c.do(t, "connect", named{"client_id": app[0], "client_secret": app[1], "api_base_url": m.house.base()})
	if by == nil {
		c.do(t, "log_in", named{"username": m.email(), "password": secret})
	} else {
		address := decode[string](t, c.do(t, "auth_request_url", nil))
		c.do(t, "log_in", named{"code": by.authorize(t, address, m)})
	}
	if me := decode[person](t, c.do(t, "account_verify_credentials", nil)); me.Acct != m.name {
		t.Fatalf("account_verify_credentials gives %+v", me)
	}
}

func (c *python) find(t *testing.T, handle string) person {
	t.Helper()
	found := decode[struct{ Accounts []person }](t, c.do(t, "search_v2", named{"q": handle, "result_type": "accounts"}))
	if len(found.Accounts) == 0 {
		t.Fatalf("search_v2 does not find %s", handle)
	}
	return found.Accounts[0]
}

func (c *python) follow(t *testing.T, p person) {
	t.Helper()
	c.do(t, "account_follow", named{"id": p.ID})
}

func (c *python) follows(t *testing.T, p person) bool {
	t.Helper()
	relations := decode[[]struct{ Following bool }](t, c.do(t, "account_relationships", named{"id": p.ID}))
	return len(relations) == 1 && relations[0].Following
}

func (c *python) post(t *testing.T, text string) entry {
	t.Helper()
	return decode[shownStatus](t, c.do(t, "status_post", named{"status": text})).entry()
}

// reply: Mastodon.py itself puts the handles of the author and of those mentioned before the text.
func (c *python) reply(t *testing.T, to entry, _, text string) entry {
	t.Helper()
	return decode[shownStatus](t, c.do(t, "status_reply", named{"to_status": to.ID, "status": text})).entry()
}

func (c *python) favourite(t *testing.T, e entry) {
	t.Helper()
	if got := decode[shownStatus](t, c.do(t, "status_favourite", named{"id": e.ID})); !got.Favourited {
		t.Fatalf("status_favourite gives %+v", got)
	}
}

func (c *python) boost(t *testing.T, e entry) {
	t.Helper()
	got := decode[shownStatus](t, c.do(t, "status_reblog", named{"id": e.ID}))
	if got.Reblog == nil || got.Reblog.ID != e.ID || !got.Reblog.Reblogged || got.Account.Acct != c.member.name {
		t.Fatalf("status_reblog gives %+v", got)
	}
}

func (c *python) home(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, "timeline_home", nil)))
}

func (c *python) thread(t *testing.T, e entry) []entry {
	t.Helper()
	found := decode[struct{ Ancestors, Descendants []shownStatus }](t, c.do(t, "status_context", named{"id": e.ID}))
	return line(found.Ancestors, e, found.Descendants)
}

func (c *python) notices(t *testing.T) []notice {
	t.Helper()
	return noticesOf(decode[[]shownNotice](t, c.do(t, "notifications", nil)))
}

func (c *python) homeInPages(t *testing.T, size int) []entry {
	t.Helper()
	raw := c.call(t, named{"call": "timeline_home", "args": named{"limit": size}, "whole": true})
	return entriesOf(decode[[]shownStatus](t, raw))
}

func (c *python) refused(t *testing.T, text string) string {
	t.Helper()
	_, problem := c.try(t, named{"call": "status_post", "args": named{"status": text}})
	return problem
}

func (c *python) instance(t *testing.T) about {
	t.Helper()
	// Mastodon.py reads the version when it connects, and refuses calls that are newer.
	if version := decode[string](t, c.do(t, "retrieve_mastodon_version", nil)); version != "4.5.0" {
		t.Errorf("Mastodon.py takes the version for %q", version)
	}
	return decode[about](t, c.do(t, "instance", nil))
}

func (c *python) share(t *testing.T, text, picture, description string) entry {
	t.Helper()
	media := decode[shownStatus](t, c.do(t, "media_post", named{"media_file": picture, "description": description}))
	return decode[shownStatus](t, c.do(t, "status_post", named{"status": text, "media_ids": []id{media.ID}})).entry()
}

func (c *python) bookmark(t *testing.T, e entry) {
	t.Helper()
	c.do(t, "status_bookmark", named{"id": e.ID})
}

func (c *python) bookmarks(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, "bookmarks", nil)))
}

func (c *python) remove(t *testing.T, e entry) {
	t.Helper()
	c.do(t, "status_delete", named{"id": e.ID})
}

func (c *python) edit(t *testing.T, e entry, text string) {
	t.Helper()
	c.do(t, "status_update", named{"id": e.ID, "status": text})
}

func (c *python) poll(t *testing.T, text string, options ...string) entry {
	t.Helper()
	poll := c.do(t, "make_poll", named{"options": options, "expires_in": 3600})
	return decode[shownStatus](t, c.do(t, "status_post", named{"status": text, "poll": poll})).entry()
}

func (c *python) vote(t *testing.T, e entry, choice int) {
	t.Helper()
	c.do(t, "poll_vote", named{"id": e.Poll, "choices": []int{choice}})
}

func (c *python) listen(t *testing.T) {
	t.Helper()
	c.do(t, "listen", nil)
}

func (c *python) heard(t *testing.T) [][]notice {
	t.Helper()
	return [][]notice{noticesOf(decode[[]shownNotice](t, c.do(t, "heard", nil)))}
}
