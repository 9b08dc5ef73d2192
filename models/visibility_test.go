package models

import (
	"slices"
	"testing"

	"praxis/internal/testdb"
)

// audience is everybody who may stand in some way to the author of a post.
type audience struct {
	author, mentioned, follower, pending, remoteFollower, stranger, blocked, blocking *Actor
}

func (h *house) audience() audience {
	a := audience{
		author: h.actor("author"), mentioned: h.actor("mentioned"), follower: h.actor("follower"), pending: h.actor("pending"),
		remoteFollower: h.actor("follower@b.test"), stranger: h.actor("stranger"), blocked: h.actor("blocked"), blocking: h.actor("blocking"),
	}
	h.follow(a.follower, a.author, FollowAccepted)
	h.follow(a.remoteFollower, a.author, FollowAccepted)
	h.follow(a.pending, a.author, FollowPending)
	h.follow(a.blocked, a.author, FollowAccepted) // a follow that outlived the block must not help
	h.follow(a.blocking, a.author, FollowAccepted)
	h.block(a.author, a.blocked)
	h.block(a.blocking, a.author)
	return a
}

// viewers pairs each viewer with what the viewer may read.
func (a audience) viewers() map[string]struct {
	id   int64
	read map[string]bool
} {
	type right = struct {
		id   int64
		read map[string]bool
	}
	everything := map[string]bool{Public: true, Unlisted: true, Private: true, Direct: true}
	followers := map[string]bool{Public: true, Unlisted: true, Private: true}
	public := map[string]bool{Public: true, Unlisted: true}
	return map[string]right{
		"author": {a.author.ID, everything}, "mentioned": {a.mentioned.ID, everything},
		"follower": {a.follower.ID, followers}, "remote follower": {a.remoteFollower.ID, followers},
		"pending": {a.pending.ID, public}, "stranger": {a.stranger.ID, public}, "anonymous": {Anonymous, public},
		"blocked": {a.blocked.ID, nil}, "blocking": {a.blocking.ID, nil},
	}
}

// outlet is a query that gives posts to a viewer.
type outlet struct {
	name   string
	listed bool // gives listed posts only
	signed bool // is for members only
	gives  func(tx *Tx, viewer int64, p *Post) (bool, error)
}

func outlets() []outlet {
	page := Page{Limit: 100}
	among := func(posts []Post, err error, p *Post) (bool, error) { return has(posts, p.ID), err }
	found := func(err error) (bool, error) {
		if IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	}
	return []outlet{
		{"VisiblePost", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			_, err := tx.VisiblePost(p.ID, v)
			return found(err)
		}},
		{"VisiblePostByURI", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			_, err := tx.VisiblePostByURI(p.URI, v)
			return found(err)
		}},
		{"VisiblePosts", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.VisiblePosts([]int64{p.ID}, v)
			return posts[p.ID] != nil, err
		}},
		{"Thread", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.Thread(p.ThreadID, v, 100)
			return among(posts, err, p)
		}},
		{"ThreadAfter", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.ThreadAfter(p.ThreadID, v, 0, 100)
			return among(posts, err, p)
		}},
		{"RepliesAfter", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.RepliesAfter(p.InReplyToID, v, 0, 100)
			return among(posts, err, p)
		}},
		{"ActorPosts", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.ActorPosts(p.AuthorID, v, ActorFilter{}, page)
			return among(posts, err, p)
		}},
		{"ListedPosts", true, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.ListedPosts(v, ListedFilter{}, page)
			return among(posts, err, p)
		}},
		{"ListedPosts of a tag", true, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.ListedPosts(v, ListedFilter{Any: []string{"ask"}}, page)
			return among(posts, err, p)
		}},
		{"Home", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.Home(v, page)
			return among(posts, err, p)
		}},
		{"Favourites", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, _, err := tx.Favourites(v, page)
			return among(posts, err, p)
		}},
		{"LikedPage", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			liked, err := tx.LikedPage(v, page)
			for _, l := range liked {
				if l.Item.ID == p.ID {
					return true, err
				}
			}
			return false, err
		}},
		{"BookmarkedPage", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			kept, err := tx.BookmarkedPage(v, page)
			return slices.ContainsFunc(kept, func(k Keyed[Post]) bool { return k.Item.ID == p.ID }), err
		}},
		{"FindPosts", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.FindPosts(v, TextSearch{Words: []string{"text"}, Limit: 100})
			return among(posts, err, p)
		}},
		{"Conversations", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			rows, err := tx.Conversations(v, page)
			return slices.ContainsFunc(rows, func(c Conversation) bool { return c.LastPostID == p.ID }), err
		}},
		{"QuotedPosts", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.QuotedPosts([]int64{p.ID}, v)
			return posts[p.ID] != nil && posts[p.ID].Visible, err
		}},
		{"QuotesPage", false, false, func(tx *Tx, v int64, p *Post) (bool, error) {
			posts, err := tx.QuotesPage(&Post{ID: p.QuoteOfID, AuthorID: v}, v, page)
			return among(posts, err, p)
		}},
		{"Readers", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			readers, err := tx.Readers(p, []int64{v}, false)
			return len(readers) == 1, err
		}},
		{"Notifications", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			rows, err := tx.Notifications(v, NotificationFilter{Types: []string{NotifyStatus}}, page)
			return notifiedOf(rows, p), err
		}},
		{"NotificationPage", false, true, func(tx *Tx, v int64, p *Post) (bool, error) {
			rows, err := tx.NotificationPage(v, NotificationFilter{}, page)
			return notifiedOf(rows, p), err
		}},
	}
}

func notifiedOf(rows []Notification, p *Post) bool {
	for _, n := range rows {
		if n.PostID == p.ID {
			return true
		}
	}
	return false
}

// placeEverywhere puts a post where a leak would show it: in the home, the favourites and the notifications of everybody.
func (h *house) placeEverywhere(a audience, p *Post) {
	h.Helper()
	h.do(func(tx *Tx) error {
		if err := tx.SetMentions(p.ID, []int64{a.mentioned.ID}); err != nil {
			return err
		}
		if err := tx.SetTags(p.ID, []string{"ask"}); err != nil {
			return err
		}
		for _, viewer := range a.viewers() {
			if viewer.id == Anonymous {
				continue
			}
			if err := tx.AddToHome(viewer.id, p); err != nil {
				return err
			}
			if _, err := tx.PutFavourite(&Favourite{URI: "like", ActorID: viewer.id, PostID: p.ID}); err != nil {
				return err
			}
			if err := tx.PutBookmark(viewer.id, p.ID); err != nil {
				return err
			}
			if err := tx.AddToConversation(viewer.id, p, true); err != nil {
				return err
			}
			n := Notification{ID: tx.NewID(), OwnerID: viewer.id, Type: NotifyStatus, ActorID: a.author.ID, PostID: p.ID, CreatedAt: tx.Now()}
			if err := tx.db.Create(&n).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// TestE06_OnePredicateForAllQueries holds every query that gives posts against who may read what (security cases E2 to
// E8): the thread is public, so that each reply is asked for where others may be looking.
func TestE06_OnePredicateForAllQueries(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		a := h.audience()
		thread := h.post(h.actor("asker"), Public, nil)
		for _, visibility := range []string{Public, Unlisted, Private, Direct} {
			p := h.post(a.author, visibility, func(p *Post) {
				answering(thread)(p)
				p.QuoteOfID, p.QuoteOfURI, p.QuoteState = thread.ID, thread.URI, QuoteAccepted
			})
			h.placeEverywhere(a, p)
			for who, viewer := range a.viewers() {
				for _, out := range outlets() {
					if out.signed && viewer.id == Anonymous {
						continue
					}
					want := viewer.read[visibility] && (!out.listed || visibility == Public)
					if got, err := out.gives(h.read(), viewer.id, p); err != nil || got != want {
						t.Errorf("%s post, %s, %s: got %v, %v, want %v", visibility, out.name, who, got, err, want)
					}
				}
			}
		}
	})
}

// TestE04_CountsTellNothing: the numbers of a thread are those of what the viewer may read.
func TestE04_CountsTellNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		a := h.audience()
		thread := h.post(h.actor("asker"), Public, nil)
		for _, visibility := range []string{Public, Unlisted, Private, Direct} {
			h.placeEverywhere(a, h.post(a.author, visibility, answering(thread)))
		}
		if n := h.postNow(thread.ID).RepliesCount; n != 2 {
			t.Errorf("%d replies are counted for everybody, want the public ones", n)
		}
		for who, viewer := range a.viewers() {
			want := int64(len(viewer.read))
			if n, err := h.read().CountReplies(thread.ID, viewer.id); err != nil || n != want {
				t.Errorf("%s: %d replies, %v, want %d", who, n, err, want)
			}
			if n, err := h.read().CountThread(thread.ID, viewer.id); err != nil || n != want+1 {
				t.Errorf("%s: %d posts, %v, want %d", who, n, err, want+1)
			}
			sizes, err := h.read().ThreadSizes([]int64{thread.ID}, viewer.id)
			if err != nil || sizes[thread.ID] != want {
				t.Errorf("%s: size %d, %v, want %d", who, sizes[thread.ID], err, want)
			}
		}
	})
}

// TestE02_AbsentAndForbiddenLookAlike: the errors say the same.
func TestE02_AbsentAndForbiddenLookAlike(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		p := h.post(h.actor("ana"), Direct, nil)
		_, forbidden := h.read().VisiblePost(p.ID, Anonymous)
		_, absent := h.read().VisiblePost(12345, Anonymous)
		if forbidden == nil || absent == nil || forbidden.Error() != absent.Error() {
			t.Errorf("forbidden: %v, absent: %v", forbidden, absent)
		}
	})
}

func TestBoostsShowNothingHidden(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		a := h.audience()
		booster := h.actor("booster")
		for _, visibility := range []string{Public, Private} {
			original := h.post(a.author, visibility, nil)
			boost := h.post(booster, Public, func(p *Post) { p.ReblogOfID = original.ID })
			for who, viewer := range a.viewers() {
				if viewer.id == a.mentioned.ID {
					continue // nobody is mentioned in these
				}
				_, err := h.read().VisiblePost(boost.ID, viewer.id)
				if got := err == nil; got != viewer.read[visibility] {
					t.Errorf("boost of a %s post, %s: got %v", visibility, who, got)
				}
			}
		}
	})
}

func TestGonePostsAreHidden(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		a := h.audience()
		thread := h.post(h.actor("asker"), Public, nil)
		ways := map[string]func(tx *Tx, p *Post) error{
			"deleted":     func(tx *Tx, p *Post) error { return tx.MarkPostDeleted(p) },
			"removed":     func(tx *Tx, p *Post) error { p.RemovedAt = 1; return tx.SavePost(p) },
			"hidden here": func(tx *Tx, p *Post) error { p.HiddenAt = 1; return tx.SavePost(p) },
			"suspended author": func(tx *Tx, p *Post) error {
				return tx.db.Model(&Actor{}).Where("id = ?", p.AuthorID).UpdateColumn("suspended_at", 1).Error
			},
		}
		for _, way := range []string{"deleted", "removed", "hidden here", "suspended author"} {
			p := h.post(a.author, Public, answering(thread))
			h.placeEverywhere(a, p)
			h.do(func(tx *Tx) error { return ways[way](tx, h.postNow(p.ID)) })
			for who, viewer := range a.viewers() {
				if (way == "removed" || way == "hidden here") && viewer.id == p.AuthorID {
					if _, err := h.read().VisiblePost(p.ID, viewer.id); err != nil {
						t.Errorf("%s: its author does not see it: %v", way, err)
					}
					continue
				}
				for _, out := range outlets() {
					if got, err := out.gives(h.read(), viewer.id, p); err != nil || got {
						t.Errorf("%s, %s, %s: got %v, %v", way, out.name, who, got, err)
					}
				}
			}
		}
	})
}

// TestE18_FanInByOurFollows: a followers-only post enters the homes of those alone whose follow was accepted here.
func TestE18_FanInByOurFollows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		a := h.audience()
		p := h.post(a.author, Private, nil)
		h.do(func(tx *Tx) error { return tx.AddToHomesOfFollowers(p) })
		for who, viewer := range a.viewers() {
			posts, err := h.read().Home(viewer.id, Page{})
			if want := viewer.id == a.follower.ID; err != nil || has(posts, p.ID) != want {
				t.Errorf("%s: got %v, %v, want %v", who, has(posts, p.ID), err, want)
			}
		}
		var pending int64
		h.must(h.db.Table("home_entry").Where("owner_id IN ?", []int64{a.pending.ID, a.stranger.ID, a.remoteFollower.ID}).Count(&pending).Error)
		if pending != 0 {
			t.Errorf("%d entries in homes of those who follow nobody here", pending)
		}
	})
}
