package clients

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// client is a Mastodon client in the hands of one member. Whatever goes wrong ends the test.
type client interface {
	// signIn registers an app and gets a token: by the password, or through the pages when there is a browser.
	signIn(t *testing.T, m member, by *browser)
	// find looks somebody up by handle.
	find(t *testing.T, handle string) person
	follow(t *testing.T, p person)
	// follows tells whether the member follows somebody by now.
	follows(t *testing.T, p person) bool
	post(t *testing.T, text string) entry
	// reply answers a post; the handle of its author is put before the text.
	reply(t *testing.T, to entry, author, text string) entry
	favourite(t *testing.T, e entry)
	boost(t *testing.T, e entry)
	home(t *testing.T) []entry
	// thread gives the posts around one, and that one, in the client's order.
	thread(t *testing.T, e entry) []entry
	notices(t *testing.T) []notice
}

// person is an account as a client shows it.
type person struct {
	ID   id
	Acct string
}

// entry is a status as a client shows it; of a boost, with the text of what it carries.
type entry struct {
	ID     id
	Author string // its acct
	Text   string // without markup, on one line
	Poll   id     // of its poll, where it has one
}

// notice is a notification as a client shows it.
type notice struct {
	Kind, From, Text string
}

func hasText(entries []entry, text string) bool {
	return slices.ContainsFunc(entries, func(e entry) bool { return strings.Contains(e.Text, text) })
}

// withText gives the entry that says text; false when there is none.
func withText(entries []entry, text string) (entry, bool) {
	at := slices.IndexFunc(entries, func(e entry) bool { return strings.Contains(e.Text, text) })
	if at < 0 {
		return entry{}, false
	}
	return entries[at], true
}

func hasNotice(notices []notice, kind, from, text string) bool {
	return slices.ContainsFunc(notices, func(n notice) bool {
		return n.Kind == kind && n.From == from && strings.Contains(n.Text, text)
	})
}

// id is a number of Mastodon's entities; Mastodon.py makes a number of the text.
type id string

func (i *id) UnmarshalJSON(raw []byte) error {
	*i = id(strings.Trim(string(raw), `"`))
	if *i == "null" {
		*i = ""
	}
	return nil
}

// shownStatus and shownNotice are what libraries give of Mastodon's Status and Notification; masto.js gives its own case.
type shownStatus struct {
	ID         id
	Content    string
	Account    person
	Reblog     *shownStatus
	Favourited bool
	Reblogged  bool
	Poll       *struct{ ID id }
}

type shownNotice struct {
	Type    string
	Account person
	Status  *shownStatus
}

func (s shownStatus) entry() entry {
	e := entry{ID: s.ID, Author: s.Account.Acct, Text: plain(s.Content)}
	if s.Poll != nil {
		e.Poll = s.Poll.ID
	}
	return e
}

// entryOf prefers what a boost carries, since that is what a member answers.
func entryOf(s shownStatus) entry {
	if s.Reblog != nil {
		s = *s.Reblog
	}
	return s.entry()
}

func entriesOf(statuses []shownStatus) []entry {
	entries := make([]entry, len(statuses))
	for i, s := range statuses {
		entries[i] = entryOf(s)
	}
	return entries
}

func noticesOf(shown []shownNotice) []notice {
	notices := make([]notice, len(shown))
	for i, n := range shown {
		notices[i] = notice{Kind: n.Type, From: n.Account.Acct}
		if n.Status != nil {
			notices[i].Text = plain(n.Status.Content)
		}
	}
	return notices
}

var (
	breaks = regexp.MustCompile(`</p>|<br[^>]*>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// plain takes the markup out of a text and puts it on one line.
func plain(content string) string {
	text := tags.ReplaceAllString(breaks.ReplaceAllString(content, " "), "")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

func decode[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return value
}

// line gives what is above an entry, the entry, and what is below it.
func line(above []shownStatus, e entry, below []shownStatus) []entry {
	return append(append(entriesOf(above), e), entriesOf(below)...)
}
