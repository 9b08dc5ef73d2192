package models

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

func TestHandleIsUniqueOverTypes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.actor("Ana")
		for _, change := range []func(a *Actor){
			func(a *Actor) { a.Type = TypeGroup },
			func(a *Actor) { a.Username = "aNA" },
			func(a *Actor) { a.Host = "A.test" },
		} {
			twin := newActor("ana")
			twin.URI += "/other"
			change(twin)
			h.wantCode(h.Tx(t.Context(), func(tx *Tx) error { return tx.CreateActor(twin) }), Conflict)
		}
		found, err := h.read().ActorByHandle("ANA", "a.TEST")
		if err != nil || found.Username != "Ana" {
			t.Errorf("got %v, %v", found, err)
		}
	})
}

func TestSaveRemoteActorKeepsWhatIsOurs(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben@b.test")
		h.follow(ana, ben, FollowAccepted)
		h.post(ben, Public, nil)
		h.must(h.db.Model(&Actor{}).Where("id = ?", ben.ID).UpdateColumn("suspended_at", 7).Error)

		fresh := newActor("ben@b.test")
		fresh.DisplayName = "Ben"
		h.do(func(tx *Tx) error { return tx.SaveRemoteActor(fresh) })
		got := h.actorNow(ben.ID)
		if fresh.ID != ben.ID || got.DisplayName != "Ben" {
			t.Errorf("the actor was not refreshed: %+v", got)
		}
		if got.SuspendedAt != 7 || got.FollowersCount != 1 || got.PostsCount != 1 || got.LastPostAt == 0 || got.CreatedAt != ben.CreatedAt {
			t.Errorf("what is ours was overwritten: %+v", got)
		}

		renamed := newActor("ben@b.test")
		renamed.URI = "https://b.test/u/other"
		h.wantCode(h.Tx(t.Context(), func(tx *Tx) error { return tx.SaveRemoteActor(renamed) }), Conflict)
	})
}

// TestA26_LocalActorsAreNotReplaced: what comes from outside never changes one of ours.
func TestA26_LocalActorsAreNotReplaced(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		for _, forged := range []*Actor{newActor("ana"), newActor("mallory@evil.test")} {
			forged.URI, forged.Local, forged.PublicKeyPEM = ana.URI, false, "forged"
			h.wantCode(h.Tx(t.Context(), func(tx *Tx) error { return tx.SaveRemoteActor(forged) }), Forbidden)
		}
		if got := h.actorNow(ana.ID); !got.Local || got.PublicKeyPEM != "" || got.Username != "ana" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestDeletedActorStaysDeleted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben, group := h.actor("ana"), h.actor("ben@b.test"), h.actor("team")
		thread := h.post(ana, Public, nil)
		reply := h.post(ben, Public, answering(thread))
		h.post(ana, Public, answering(reply))
		h.follow(ben, ana, FollowAccepted)
		h.follow(ana, ben, FollowAccepted)
		h.follow(ben, group, FollowPending)
		h.do(func(tx *Tx) error {
			if _, err := tx.PutFavourite(&Favourite{URI: "x", ActorID: ben.ID, PostID: thread.ID}); err != nil {
				return err
			}
			if _, err := tx.PutFavourite(&Favourite{URI: "y", ActorID: ana.ID, PostID: reply.ID}); err != nil {
				return err
			}
			if _, err := tx.Notify(&Notification{OwnerID: ana.ID, Type: NotifyMention, ActorID: ben.ID, PostID: reply.ID}); err != nil {
				return err
			}
			if err := tx.SetTags(reply.ID, []string{"ask"}); err != nil {
				return err
			}
			if err := tx.AddToConversation(ana.ID, thread, false); err != nil {
				return err
			}
			if err := tx.SaveFilter(&Filter{OwnerID: ben.ID, Title: "x"}); err != nil {
				return err
			}
			if err := tx.AddToConversation(ben.ID, reply, true); err != nil {
				return err
			}
			return tx.AddToHome(ana.ID, reply)
		})
		boost := h.post(ana, Public, func(p *Post) { p.ReblogOfID = reply.ID })

		h.do(func(tx *Tx) error { return tx.MarkActorDeleted(ben.ID) })
		for _, table := range []string{"follow", "favourite", "notification", "home_entry", "post_tag", "filter"} {
			if n := h.count(table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		var words, talks int64
		h.must(h.db.Raw("SELECT count(*) FROM post_text WHERE post_id = ?", reply.ID).Scan(&words).Error)
		h.must(h.db.Raw("SELECT count(*) FROM conversation WHERE owner_id = ? OR last_post_id = ?", ben.ID, reply.ID).Scan(&talks).Error)
		if words != 0 || talks != 0 {
			t.Errorf("%d texts of posts and %d conversations are left", words, talks)
		}
		if a := h.actorNow(ana.ID); a.FollowersCount != 0 || a.FollowingCount != 0 {
			t.Errorf("%d followers and %d following are counted", a.FollowersCount, a.FollowingCount)
		}
		if p := h.postNow(thread.ID); p.RepliesCount != 0 || p.LikesCount != 0 {
			t.Errorf("%d replies and %d likes are counted", p.RepliesCount, p.LikesCount)
		}
		if p := h.postNow(reply.ID); !p.IsGone() || p.Content != "" {
			t.Errorf("the post is no tombstone: %+v", p)
		}
		if _, err := h.read().Post(boost.ID); !IsNotFound(err) {
			t.Errorf("the boost of a deleted post is left: %v", err)
		}

		again := newActor("ben@b.test")
		h.wantCode(h.Tx(t.Context(), func(tx *Tx) error { return tx.SaveRemoteActor(again) }), Gone)
		if a := h.actorNow(ben.ID); !a.IsGone() {
			t.Error("the actor is back")
		}
	})
}

// TestStaleRowsKeepCounts: a profile or a post that was read before others counted on it doesn't set the counts back.
func TestStaleRowsKeepCounts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben")
		post := h.post(ana, Public, nil)
		staleActor, stalePost := h.actorNow(ana.ID), h.postNow(post.ID)
		h.follow(ben, ana, FollowAccepted)
		h.post(ben, Public, answering(post))
		staleActor.DisplayName, stalePost.Content = "Ana", "changed"
		h.do(func(tx *Tx) error {
			if err := tx.SavePost(stalePost); err != nil {
				return err
			}
			return tx.UpdateActor(staleActor)
		})
		if a := h.actorNow(ana.ID); a.DisplayName != "Ana" || a.FollowersCount != 1 || a.PostsCount != 1 {
			t.Errorf("got %+v", a)
		}
		if p := h.postNow(post.ID); p.Content != "changed" || p.RepliesCount != 1 {
			t.Errorf("got %+v", p)
		}
	})
}

func TestG22_SearchTakesAnyText(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.actor("ana")
		h.actor("a_a")
		for text, want := range map[string]int{"ana": 1, "@ANA": 1, "%": 0, "_a": 1, "'": 0, `\`: 0, `"; DROP TABLE actor; --`: 0, "NEAR(": 0, "a.test": 2, "": 2} {
			found, err := h.read().SearchActors(text, 10, 0)
			if err != nil || len(found) != want {
				t.Errorf("%q: got %d, %v, want %d", text, len(found), err, want)
			}
		}
	})
}

// staying are the tables that speak of an actor who is gone, and why.
func staying() map[string]string {
	return map[string]string{
		"actor_key": "signs the Delete", "account": "is closed by whoever deletes", "community": "hides what it hid",
		"moderator": "names nobody who is shown", "post_mention": "says who may read a post", "block": "holds for the name for ever",
		"report": "is kept for those who look into it", "outbox_entry": "has the Delete itself", "audit_entry": "is the record", "admin_action": "is gone, and its rows are in audit_entry",
		"mod_log": "is the record", "community_sibling": "says what was agreed, also when one side is gone", "admission": "says what came from siblings", "sibling_loss": "is the record of who said so", "sibling_log": "is the record, as a sibling has it", "community_closing": "says where it goes on", "community_split": "names two communities that were one", "community_act": "goes with the community's row, and else names who acted for the record",
	}
}

// TestDeletionForgetsNoTable: every table that has something of an actor's is emptied of it, or stands above with a reason.
func TestDeletionForgetsNoTable(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	queries, seen := strings.Join(append(uncountActor, forgetKept...), "\n"), 0
	for _, file := range files {
		raw, err := fs.ReadFile(migrations, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(.*?\n\);`).FindAllSubmatch(raw, -1) {
			name := string(table[1])
			if !bytes.Contains(table[0], []byte("REFERENCES actor (id)")) || staying()[name] != "" {
				continue
			}
			seen++
			if !regexp.MustCompile(`(FROM|UPDATE) `+name+`\b`).MatchString(queries) && name != "conversation_participant" {
				t.Errorf("what %s has of an actor stays when the actor is deleted", name)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d tables", seen)
	}
}
