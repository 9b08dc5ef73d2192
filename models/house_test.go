package models

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// house is a store with a clock that tests move, and short ways to fill it.
type house struct {
	*testing.T
	*Store
	now time.Time
}

func openHouse(t *testing.T, url string) *house {
	t.Helper()
	h := &house{T: t, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	store, err := Open(t.Context(), url, Options{Now: func() time.Time { return h.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	h.Store = store
	return h
}

// do runs f in a transaction that must commit.
func (h *house) do(f func(tx *Tx) error) {
	h.Helper()
	if err := h.Tx(h.Context(), f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) read() *Tx { return h.Read(h.Context()) }

// actor makes a Person; a name with "@host" makes a remote one.
func (h *house) actor(name string) *Actor {
	h.Helper()
	a := newActor(name)
	h.do(func(tx *Tx) error { return tx.CreateActor(a) })
	return a
}

func newActor(name string) *Actor {
	user, host, local := name, "a.test", true
	for i := range name {
		if name[i] == '@' {
			user, host, local = name[:i], name[i+1:], false
		}
	}
	uri := "https://" + host + "/u/" + user
	return &Actor{URI: uri, Type: TypePerson, Username: user, Host: host, Local: local, Inbox: uri + "/inbox"}
}

// post makes a post; change says what is special about it.
func (h *house) post(author *Actor, visibility string, change func(p *Post)) *Post {
	h.Helper()
	var p *Post
	h.do(func(tx *Tx) error {
		id := tx.NewID()
		p = &Post{
			ID: id, URI: fmt.Sprintf("https://%s/o/%d", author.Host, id), AuthorID: author.ID, Local: author.Local, Type: "Note",
			Content: "<p>text</p>", Visibility: visibility, PublishedAt: tx.Now(),
		}
		if change != nil {
			change(p)
		}
		if err := tx.CreatePost(p); err != nil {
			return err
		}
		_, err := tx.AdoptOrphans(p)
		return err
	})
	return p
}

// answering makes a post a reply.
func answering(parent *Post) func(p *Post) {
	return func(p *Post) {
		p.InReplyToID, p.InReplyToURI, p.InReplyToAuthor, p.ThreadID = parent.ID, parent.URI, parent.AuthorID, parent.ThreadID
	}
}

func (h *house) follow(actor, target *Actor, state string) *Follow {
	h.Helper()
	f := &Follow{URI: actor.URI + "#follow-" + target.Username, ActorID: actor.ID, TargetID: target.ID, State: state, ShowReblogs: true}
	h.do(func(tx *Tx) error { return tx.PutFollow(f) })
	return f
}

func (h *house) block(actor, target *Actor) {
	h.Helper()
	h.do(func(tx *Tx) error {
		return tx.PutBlock(&Block{URI: actor.URI + "#block", ActorID: actor.ID, TargetID: target.ID})
	})
}

func (h *house) actorNow(id int64) *Actor {
	h.Helper()
	a, err := h.read().Actor(id)
	h.must(err)
	return a
}

func (h *house) postNow(id int64) *Post {
	h.Helper()
	p, err := h.read().Post(id)
	h.must(err)
	return p
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) wantCode(err error, code Code) {
	h.Helper()
	if ErrorCode(err) != code {
		h.Errorf("got %v, want the code %q", err, code)
	}
}

// count gives the number of rows of a table.
func (h *house) count(table string) int64 {
	h.Helper()
	var n int64
	h.must(h.db.Table(table).Count(&n).Error)
	return n
}

func postIDs(posts []Post) []int64 {
	ids := make([]int64, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	return ids
}

func has(posts []Post, id int64) bool { return slices.Contains(postIDs(posts), id) }

var errOnPurpose = errors.New("on purpose")
