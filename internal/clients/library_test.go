package clients

import (
	"context"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/mattn/go-mastodon"
)

// library is go-mastodon.
type library struct {
	*mastodon.Client
	member member

	mu     sync.Mutex
	events [2][]notice // of a WebSocket, and of server-sent events
}

func newLibrary() client { return &library{} }

// must gives a result, or ends the test.
func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (c *library) signIn(t *testing.T, m member, by *browser) {
	t.Helper()
	c.member = m
	app := must(mastodon.RegisterApp(t.Context(), &mastodon.AppConfig{
		Server: m.house.base(), ClientName: "go-mastodon", Scopes: everything, Website: "https://github.com/mattn/go-mastodon",
	}))(t)
	c.Client = mastodon.NewClient(&mastodon.Config{Server: m.house.base(), ClientID: app.ClientID, ClientSecret: app.ClientSecret})
	var err error
	if by == nil {
		err = c.Authenticate(t.Context(), m.email(), secret)
	} else {
		err = c.GetUserAccessToken(t.Context(), by.authorize(t, app.AuthURI, m), app.RedirectURI)
	}
	if err != nil {
		t.Fatal(err)
	}
	if me := must(c.GetAccountCurrentUser(t.Context()))(t); me.Acct != m.name {
		t.Fatalf("GetAccountCurrentUser gives %+v", me)
	}
}

func (c *library) find(t *testing.T, handle string) person {
	t.Helper()
	found := must(c.Search(t.Context(), handle, true))(t)
	if len(found.Accounts) == 0 {
		t.Fatalf("Search does not find %s", handle)
	}
	return person{id(found.Accounts[0].ID), found.Accounts[0].Acct}
}

func (c *library) follow(t *testing.T, p person) {
	t.Helper()
	must(c.AccountFollow(t.Context(), mastodon.ID(p.ID)))(t)
}

func (c *library) follows(t *testing.T, p person) bool {
	t.Helper()
	relations := must(c.GetAccountRelationships(t.Context(), []string{string(p.ID)}))(t)
	return len(relations) == 1 && relations[0].Following
}

func (c *library) post(t *testing.T, text string) entry {
	t.Helper()
	return libraryEntry(must(c.PostStatus(t.Context(), &mastodon.Toot{Status: text}))(t))
}

func (c *library) reply(t *testing.T, to entry, author, text string) entry {
	t.Helper()
	draft := &mastodon.Toot{Status: author + " " + text, InReplyToID: mastodon.ID(to.ID)}
	return libraryEntry(must(c.PostStatus(t.Context(), draft))(t))
}

func (c *library) favourite(t *testing.T, e entry) {
	t.Helper()
	if got := must(c.Favourite(t.Context(), mastodon.ID(e.ID)))(t); got.Favourited != true {
		t.Fatalf("Favourite gives %+v", got)
	}
}

func (c *library) boost(t *testing.T, e entry) {
	t.Helper()
	got := must(c.Reblog(t.Context(), mastodon.ID(e.ID)))(t)
	if got.Reblog == nil || got.Reblog.ID != mastodon.ID(e.ID) || got.Reblog.Reblogged != true || got.Account.Acct != c.member.name {
		t.Fatalf("Reblog gives %+v", got)
	}
}

func (c *library) home(t *testing.T) []entry {
	t.Helper()
	return libraryEntries(must(c.GetTimelineHome(t.Context(), nil))(t))
}

func (c *library) thread(t *testing.T, e entry) []entry {
	t.Helper()
	found := must(c.GetStatusContext(t.Context(), mastodon.ID(e.ID)))(t)
	return append(append(libraryEntries(found.Ancestors), e), libraryEntries(found.Descendants)...)
}

func (c *library) notices(t *testing.T) []notice {
	t.Helper()
	var notices []notice
	for _, n := range must(c.GetNotifications(t.Context(), nil))(t) {
		notices = append(notices, libraryNotice(n))
	}
	return notices
}

func libraryNotice(n *mastodon.Notification) notice {
	shown := notice{Kind: n.Type, From: n.Account.Acct}
	if n.Status != nil {
		shown.Text = plain(n.Status.Content)
	}
	return shown
}

func libraryEntry(s *mastodon.Status) entry {
	if s.Reblog != nil {
		s = s.Reblog
	}
	e := entry{ID: id(s.ID), Author: s.Account.Acct, Text: plain(s.Content)}
	if s.Poll != nil {
		e.Poll = id(s.Poll.ID)
	}
	return e
}

func libraryEntries(statuses []*mastodon.Status) []entry {
	var entries []entry
	for _, s := range statuses {
		entries = append(entries, libraryEntry(s))
	}
	return entries
}

func (c *library) homeInPages(t *testing.T, size int) []entry {
	t.Helper()
	var all []entry
	page := &mastodon.Pagination{Limit: int64(size)}
	for {
		all = append(all, libraryEntries(must(c.GetTimelineHome(t.Context(), page))(t))...)
		if page.MaxID == "" {
			return all
		}
		page.MinID, page.SinceID = "", ""
	}
}

func (c *library) refused(t *testing.T, text string) string {
	t.Helper()
	_, err := c.PostStatus(t.Context(), &mastodon.Toot{Status: text})
	if err == nil {
		return ""
	}
	return err.Error()
}

func (c *library) instance(t *testing.T) about {
	t.Helper()
	shown := must(c.GetInstance(t.Context()))(t)
	return about{URI: shown.URI, Title: shown.Title, Version: shown.Version}
}

func (c *library) share(t *testing.T, text, picture, description string) entry {
	t.Helper()
	file := must(os.Open(picture))(t)
	defer file.Close()
	media := must(c.UploadMediaFromMedia(t.Context(), &mastodon.Media{File: file, Description: description}))(t)
	draft := &mastodon.Toot{Status: text, MediaIDs: []mastodon.ID{media.ID}}
	return libraryEntry(must(c.PostStatus(t.Context(), draft))(t))
}

func (c *library) bookmark(t *testing.T, e entry) {
	t.Helper()
	must(c.Bookmark(t.Context(), mastodon.ID(e.ID)))(t)
}

func (c *library) bookmarks(t *testing.T) []entry {
	t.Helper()
	return libraryEntries(must(c.GetBookmarks(t.Context(), nil))(t))
}

func (c *library) remove(t *testing.T, e entry) {
	t.Helper()
	if err := c.DeleteStatus(t.Context(), mastodon.ID(e.ID)); err != nil {
		t.Fatal(err)
	}
}

func (c *library) edit(t *testing.T, e entry, text string) {
	t.Helper()
	must(c.UpdateStatus(t.Context(), &mastodon.Toot{Status: text}, mastodon.ID(e.ID)))(t)
}

func (c *library) poll(t *testing.T, text string, options ...string) entry {
	t.Helper()
	draft := &mastodon.Toot{Status: text, Poll: &mastodon.TootPoll{Options: options, ExpiresInSeconds: 3600}}
	return libraryEntry(must(c.PostStatus(t.Context(), draft))(t))
}

func (c *library) vote(t *testing.T, e entry, choice int) {
	t.Helper()
	must(c.PollVote(t.Context(), mastodon.ID(e.Poll), choice))(t)
}

// listen opens the member's stream in both of the ways that go-mastodon knows.
func (c *library) listen(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var wait sync.WaitGroup
	t.Cleanup(func() {
		stop()
		wait.Wait()
	})
	streams := []chan mastodon.Event{
		must(c.NewWSClient().StreamingWSUser(ctx))(t), must(c.StreamingUser(ctx))(t),
	}
	for i, events := range streams {
		wait.Go(func() {
			for event := range events {
				c.note(ctx, t, i, event)
			}
		})
	}
}

func (c *library) note(ctx context.Context, t *testing.T, stream int, event mastodon.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch event := event.(type) {
	case *mastodon.UpdateEvent:
		shown := libraryEntry(event.Status)
		c.events[stream] = append(c.events[stream], notice{Kind: "update", Text: shown.Text})
	case *mastodon.NotificationEvent:
		c.events[stream] = append(c.events[stream], libraryNotice(event.Notification))
	case *mastodon.ErrorEvent:
		if ctx.Err() == nil {
			t.Errorf("a stream of go-mastodon: %v", event.Err)
		}
	}
}

func (c *library) heard(*testing.T) [][]notice {
	c.mu.Lock()
	defer c.mu.Unlock()
	return [][]notice{slices.Clone(c.events[0]), slices.Clone(c.events[1])}
}
