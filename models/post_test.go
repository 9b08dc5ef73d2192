package models

import (
	"testing"

	"praxis/internal/testdb"
)

func TestPostIsStoredOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		first := h.post(ana, Public, nil)
		h.do(func(tx *Tx) error {
			again := *first
			again.ID = 0
			h.wantCode(tx.CreatePost(&again), Conflict)
			// The transaction is still good: a worker goes on after it met a post that it has.
			return tx.PutSetting("after", "1")
		})
		if n := h.actorNow(ana.ID).PostsCount; n != 1 {
			t.Errorf("%d posts are counted", n)
		}
	})
}

// Ids of posts that come late are drawn within the millisecond of their date, so that two may meet: then another one is drawn.
func TestAnIDThatIsTakenIsDrawnAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana@b.test")
		first, ids := h.post(ana, Public, nil), []int64{}
		late := &Post{}
		h.do(func(tx *Tx) error {
			id := first.ID
			if len(ids) > 0 {
				id = tx.NewIDAt(first.PublishedAt.Time())
			}
			ids = append(ids, id)
			*late = Post{ID: id, URI: "https://b.test/o/late", AuthorID: ana.ID, Type: "Note", Visibility: Public, PublishedAt: first.PublishedAt}
			return tx.Part(func(part *Tx) error { return part.CreatePost(late) })
		})
		if len(ids) < 2 || h.postNow(first.ID).URI != first.URI || h.postNow(late.ID).URI != late.URI {
			t.Errorf("after the ids %v there are %+v and %+v", ids, h.postNow(first.ID), h.postNow(late.ID))
		}
		if n := h.actorNow(ana.ID).PostsCount; n != 2 {
			t.Errorf("%d posts are counted", n)
		}
	})
}

func TestOrphansAreAdopted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, group := h.actor("ana@b.test"), h.actor("team")
		const missing = "https://b.test/o/missing"
		orphan := h.post(ana, Public, func(p *Post) { p.InReplyToURI = missing })
		below := h.post(ana, Public, answering(orphan))
		direct := h.post(ana, Direct, answering(orphan))
		private := h.post(ana, Private, func(p *Post) { p.InReplyToURI = missing })

		parent := h.post(ana, Public, func(p *Post) { p.URI, p.CommunityID = missing, group.ID })
		if got := h.postNow(orphan.ID); got.InReplyToID != parent.ID || got.InReplyToAuthor != ana.ID {
			t.Errorf("the orphan hangs on %d", got.InReplyToID)
		}
		for _, p := range []*Post{orphan, below, direct, private} {
			got := h.postNow(p.ID)
			if got.ThreadID != parent.ID {
				t.Errorf("%s post: it is in thread %d, want %d", got.Visibility, got.ThreadID, parent.ID)
			}
			if (got.CommunityID == group.ID) != got.IsPublic() {
				t.Errorf("%s post: it is in community %d", got.Visibility, got.CommunityID)
			}
		}
		if n := h.postNow(parent.ID).RepliesCount; n != 1 {
			t.Errorf("%d replies are counted, want the public one", n)
		}
	})
}

// TestThreadsHaveAnEnd: posts that answer each other in a circle, or themselves, don't become their own ancestors.
func TestThreadsHaveAnEnd(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		evil := h.actor("evil@b.test")
		h.post(evil, Public, func(p *Post) { p.URI, p.InReplyToURI = "https://b.test/o/self", "https://b.test/o/self" })
		one := h.post(evil, Public, func(p *Post) { p.URI, p.InReplyToURI = "https://b.test/o/1", "https://b.test/o/3" })
		two := h.post(evil, Public, func(p *Post) { answering(one)(p); p.URI = "https://b.test/o/2" })
		h.post(evil, Public, func(p *Post) { answering(two)(p); p.URI = "https://b.test/o/3" })
		var posts []Post
		h.must(h.db.Find(&posts).Error)
		for _, p := range posts {
			steps := 0
			for at := p; at.InReplyToID != 0; at = *h.postNow(at.InReplyToID) {
				if steps++; steps > len(posts) {
					t.Fatalf("%s is its own ancestor", p.URI)
				}
			}
		}
	})
}

func TestDeletedPostLeavesNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben")
		thread := h.post(ben, Public, nil)
		p := h.post(ana, Public, func(p *Post) { answering(thread)(p); p.Title, p.Source, p.SpoilerText = "secret", "secret", "secret" })
		h.post(ben, Public, func(b *Post) { b.ReblogOfID = p.ID })
		h.do(func(tx *Tx) error {
			thread, err := tx.LockPost(thread.ID)
			if err != nil {
				return err
			}
			thread.AcceptedAnswerID = p.ID
			if err := tx.SavePost(thread); err != nil {
				return err
			}
			if err := tx.SetTags(p.ID, []string{"ask"}); err != nil {
				return err
			}
			if err := tx.SetAttachments(p.ID, []Attachment{{Type: "image", URL: "https://b.test/i"}}); err != nil {
				return err
			}
			if _, err := tx.PutFavourite(&Favourite{URI: "l", ActorID: ben.ID, PostID: p.ID}); err != nil {
				return err
			}
			if _, err := tx.Notify(&Notification{OwnerID: ben.ID, Type: NotifyMention, ActorID: ana.ID, PostID: p.ID}); err != nil {
				return err
			}
			return tx.AddToHome(ben.ID, p)
		})
		for range 2 { // the second time changes nothing
			h.do(func(tx *Tx) error {
				p, err := tx.LockPost(p.ID)
				if err != nil {
					return err
				}
				return tx.MarkPostDeleted(p)
			})
		}
		for _, table := range []string{"post_tag", "attachment", "favourite", "notification", "home_entry"} {
			if n := h.count(table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		if n := h.count("post"); n != 2 {
			t.Errorf("%d posts, want the thread and the tombstone", n)
		}
		got := h.postNow(p.ID)
		if got.URI != p.URI || got.Title+got.Content+got.Source+got.SpoilerText != "" {
			t.Errorf("the tombstone tells: %+v", got)
		}
		if up := h.postNow(thread.ID); up.RepliesCount != 0 || up.AcceptedAnswerID != 0 {
			t.Errorf("%d replies, accepted answer %d", up.RepliesCount, up.AcceptedAnswerID)
		}
		if n := h.actorNow(ana.ID).PostsCount; n != 0 {
			t.Errorf("%d posts are counted", n)
		}
	})
}

// TestF04_DeletedBeforeItCame: the URI of a tombstone stays taken, whether the post was here or not.
func TestF04_DeletedBeforeItCame(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana@b.test")
		p := h.post(ana, Public, nil)
		h.do(func(tx *Tx) error {
			if err := tx.MarkPostDeleted(p); err != nil {
				return err
			}
			h.wantCode(tx.CreatePost(&Post{URI: p.URI, AuthorID: ana.ID, Visibility: Public, PublishedAt: 1}), Conflict)
			for range 2 {
				if err := tx.PutTombstone("https://b.test/o/early", ana.URI); err != nil {
					return err
				}
			}
			return nil
		})
		for uri, want := range map[string]bool{"https://b.test/o/early": true, "https://b.test/o/other": false} {
			if got, err := h.read().HasTombstone(uri, ana.URI); err != nil || got != want {
				t.Errorf("%s: got %v, %v", uri, got, err)
			}
			if got, err := h.read().HasTombstone(uri, "https://b.test/u/eve"); err != nil || got {
				t.Errorf("%s of somebody else: got %v, %v", uri, got, err)
			}
		}
	})
}

func TestFavouriteCountsOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben")
		p := h.post(ana, Public, nil)
		h.do(func(tx *Tx) error {
			for _, want := range []bool{true, false} {
				added, err := tx.PutFavourite(&Favourite{URI: "l", ActorID: ben.ID, PostID: p.ID})
				if err != nil || added != want {
					t.Errorf("got %v, %v, want %v", added, err, want)
				}
			}
			_, err := tx.Notify(&Notification{OwnerID: ana.ID, Type: NotifyFavourite, ActorID: ben.ID, PostID: p.ID})
			return err
		})
		if n := h.postNow(p.ID).LikesCount; n != 1 {
			t.Errorf("%d likes", n)
		}
		h.do(func(tx *Tx) error {
			like, err := tx.FavouriteOf(p.ID, ben.ID)
			if err != nil {
				return err
			}
			if err := tx.DeleteFavourite(like); err != nil {
				return err
			}
			return tx.DeleteFavourite(like)
		})
		if n := h.postNow(p.ID).LikesCount; n != 0 || h.count("notification") != 0 {
			t.Errorf("%d likes and %d notifications are left", n, h.count("notification"))
		}
	})
}

// TestReadersHearOfAPostOnce: who has a boost at home hears of that, and of the edits of what it carries, but not of the
// original as of something new.
func TestReadersHearOfAPostOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		reader, author, booster := h.actor("reader"), h.actor("author"), h.actor("booster")
		h.follow(reader, booster, FollowAccepted)
		p := h.post(author, Public, nil)
		boost := h.post(booster, Public, func(b *Post) { b.ReblogOfID = p.ID })
		h.do(func(tx *Tx) error { return tx.AddToHomesOfFollowers(boost) })
		for _, c := range []struct {
			what         string
			post         *Post
			edited, want bool
		}{{"the boost", boost, false, true}, {"the original", p, false, false}, {"its edit", p, true, true}} {
			readers, err := h.read().Readers(c.post, []int64{reader.ID}, c.edited)
			if err != nil || len(readers) != 1 || readers[0].AtHome != c.want {
				t.Errorf("%s: %+v, %v, want %v", c.what, readers, err, c.want)
			}
		}
	})
}

func TestHomeHasEachOriginalOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		reader, author, booster := h.actor("reader"), h.actor("author"), h.actor("booster")
		h.follow(reader, author, FollowAccepted)
		h.follow(reader, booster, FollowAccepted)
		h.follow(author, booster, FollowAccepted)
		p := h.post(author, Public, nil)
		boost := h.post(booster, Public, func(b *Post) { b.ReblogOfID = p.ID })
		h.do(func(tx *Tx) error {
			for _, each := range []*Post{p, boost, p} {
				if err := tx.AddToHomesOfFollowers(each); err != nil {
					return err
				}
			}
			return nil
		})
		if posts, err := h.read().Home(reader.ID, Page{}); err != nil || len(posts) != 1 || posts[0].ID != p.ID {
			t.Errorf("got %v, %v", postIDs(posts), err)
		}
		if posts, err := h.read().Home(author.ID, Page{}); err != nil || len(posts) != 0 {
			t.Errorf("the author has the boost of the own post: %v, %v", postIDs(posts), err)
		}
	})
}
