package clients

import (
	"encoding/json"
	"testing"
)

// megalodon is the library under Whalebird and Fedistar, in the release of testdata/megalodon/package-lock.json.
type megalodon struct {
	*bridge
	member member
}

func newMegalodon() client { return &megalodon{} }

// do calls a method by its name.
func (c *megalodon) do(t *testing.T, method string, args ...any) json.RawMessage {
	t.Helper()
	if args == nil {
		args = []any{}
	}
	return c.call(t, named{"call": method, "args": args})
}

func (c *megalodon) open(t *testing.T, token string) {
	t.Helper()
	to := named{"url": c.member.house.base()}
	if token != "" {
		to["token"] = token
	}
	if kind := decode[string](t, c.call(t, named{"open": to})); kind != "mastodon" {
		t.Fatalf("megalodon takes the server for one of %s", kind)
	}
}

// signIn: megalodon knows no grant by password, so that there is always a browser.
func (c *megalodon) signIn(t *testing.T, m member, by *browser) {
	t.Helper()
	c.bridge, c.member = startNode(t, "megalodon"), m
	if by == nil {
		by = newBrowser(t)
	}
	c.open(t, "")
	app := decode[struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		URL    string
	}](t, c.do(t, "registerApp", "megalodon", named{}))
	code := by.authorize(t, app.URL, m)
	token := decode[struct {
		Access string `json:"access_token"`
	}](t, c.do(t, "fetchAccessToken", app.ID, app.Secret, code))
	c.open(t, token.Access)
	if me := decode[person](t, c.do(t, "verifyAccountCredentials")); me.Acct != m.name {
		t.Fatalf("verifyAccountCredentials gives %+v", me)
	}
}

func (c *megalodon) find(t *testing.T, handle string) person {
	t.Helper()
	raw := c.do(t, "search", handle, named{"type": "accounts", "resolve": true})
	found := decode[struct{ Accounts []person }](t, raw)
	if len(found.Accounts) == 0 {
		t.Fatalf("search does not find %s", handle)
	}
	return found.Accounts[0]
}

func (c *megalodon) follow(t *testing.T, p person) {
	t.Helper()
	c.do(t, "followAccount", p.ID)
}

func (c *megalodon) follows(t *testing.T, p person) bool {
	t.Helper()
	return decode[struct{ Following bool }](t, c.do(t, "getRelationship", p.ID)).Following
}

func (c *megalodon) create(t *testing.T, text string, options named) entry {
	t.Helper()
	return decode[shownStatus](t, c.do(t, "postStatus", text, options)).entry()
}

func (c *megalodon) post(t *testing.T, text string) entry {
	t.Helper()
	return c.create(t, text, named{})
}

func (c *megalodon) reply(t *testing.T, to entry, author, text string) entry {
	t.Helper()
	return c.create(t, author+" "+text, named{"in_reply_to_id": to.ID})
}

func (c *megalodon) favourite(t *testing.T, e entry) {
	t.Helper()
	if got := decode[shownStatus](t, c.do(t, "favouriteStatus", e.ID)); !got.Favourited {
		t.Fatalf("favouriteStatus gives %+v", got)
	}
}

func (c *megalodon) boost(t *testing.T, e entry) {
	t.Helper()
	got := decode[shownStatus](t, c.do(t, "reblogStatus", e.ID))
	if got.Reblog == nil || got.Reblog.ID != e.ID || !got.Reblog.Reblogged || got.Account.Acct != c.member.name {
		t.Fatalf("reblogStatus gives %+v", got)
	}
}

func (c *megalodon) home(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, "getHomeTimeline")))
}

func (c *megalodon) thread(t *testing.T, e entry) []entry {
	t.Helper()
	found := decode[struct{ Ancestors, Descendants []shownStatus }](t, c.do(t, "getStatusContext", e.ID))
	return line(found.Ancestors, e, found.Descendants)
}

func (c *megalodon) notices(t *testing.T) []notice {
	t.Helper()
	return noticesOf(decode[[]shownNotice](t, c.do(t, "getNotifications")))
}

func (c *megalodon) homeInPages(t *testing.T, size int) []entry {
	t.Helper()
	raw := c.call(t, named{"call": "getHomeTimeline", "args": []any{named{"limit": size}}, "whole": true})
	return entriesOf(decode[[]shownStatus](t, raw))
}

func (c *megalodon) refused(t *testing.T, text string) string {
	t.Helper()
	_, problem := c.try(t, named{"call": "postStatus", "args": []any{text}})
	return problem
}

func (c *megalodon) instance(t *testing.T) about {
	t.Helper()
	return decode[about](t, c.do(t, "getInstance"))
}

func (c *megalodon) share(t *testing.T, text, picture, description string) entry {
	t.Helper()
	upload := c.do(t, "uploadMedia", named{"file": picture}, named{"description": description})
	return c.create(t, text, named{"media_ids": []id{decode[shownStatus](t, upload).ID}})
}

func (c *megalodon) bookmark(t *testing.T, e entry) {
	t.Helper()
	c.do(t, "bookmarkStatus", e.ID)
}

func (c *megalodon) bookmarks(t *testing.T) []entry {
	t.Helper()
	return entriesOf(decode[[]shownStatus](t, c.do(t, "getBookmarks")))
}

func (c *megalodon) remove(t *testing.T, e entry) {
	t.Helper()
	c.do(t, "deleteStatus", e.ID)
}

func (c *megalodon) edit(t *testing.T, e entry, text string) {
	t.Helper()
	c.do(t, "editStatus", e.ID, named{"status": text})
}

func (c *megalodon) poll(t *testing.T, text string, options ...string) entry {
	t.Helper()
	return c.create(t, text, named{"poll": named{"options": options, "expires_in": 3600}})
}

func (c *megalodon) vote(t *testing.T, e entry, choice int) {
	t.Helper()
	c.do(t, "votePoll", e.Poll, []int{choice})
}

func (c *megalodon) listen(t *testing.T) {
	t.Helper()
	c.call(t, named{"listen": true})
}

func (c *megalodon) heard(t *testing.T) [][]notice {
	t.Helper()
	return [][]notice{noticesOf(decode[[]shownNotice](t, c.call(t, named{"heard": true})))}
}
