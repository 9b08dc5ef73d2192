package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPlansDoNotGrow: what pages ask of posts is answered by indexes that choose, whatever SQLite believes of tables that it
// never analysed: by none that begins with what is the same for most posts.
func TestPlansDoNotGrow(t *testing.T) {
	dir := t.TempDir()
	var said []string
	store, err := Open(t.Context(), "sqlite:"+dir+"/a.db", Options{Trace: func(s string) { said = append(said, s) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	member, community := fillSmall(t, store)
	tx := store.Read(t.Context())
	home, err := tx.Home(member.ID, Page{Limit: 20})
	if err != nil || len(home) != 20 {
		t.Fatalf("%d posts at home, %v", len(home), err)
	}
	ids := make([]int64, 0, len(home))
	for _, p := range home {
		ids = append(ids, p.ID)
	}
	said = nil
	ask := func(_ any, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	ask(tx.PracticeParts(ids))
	ask(tx.PostParts(ids))
	ask(tx.CommunityThreads(community.ID, member.ID, Page{Limit: 20}))
	ask(tx.FilteredThreads(community.ID, Anonymous, ThreadFilter{Unanswered: true}, Page{Limit: 20}))
	if _, err := tx.BoostOf(1, member.ID); !IsNotFound(err) {
		t.Fatal(err)
	}
	for _, statement := range slices.Clone(said) {
		var plan []struct{ Detail string }
		if err := store.db.Raw("EXPLAIN QUERY PLAN " + statement).Scan(&plan).Error; err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		ofBoosts := strings.Contains(statement, "reblog_of_id = 1")
		text := fmt.Sprint(plan)
		if strings.Contains(text, "{SCAN ") || strings.Contains(text, "post_reblog_idx") != ofBoosts {
			t.Errorf("reads too much: %s\n%s", text, statement)
		}
	}
}

// fillSmall puts some posts into a store.
func fillSmall(t *testing.T, store *Store) (member, community *Actor) {
	t.Helper()
	member = &Actor{URI: "https://a.test/ann", Type: TypePerson, Username: "ann", Host: "a.test", Local: true}
	community = &Actor{URI: "https://a.test/c", Type: TypeGroup, Username: "c", Host: "a.test", Local: true}
	err := store.Tx(t.Context(), func(tx *Tx) error {
		if err := tx.CreateActor(member); err != nil {
			return err
		}
		if err := tx.CreateActor(community); err != nil {
			return err
		}
		posts := make([]Post, 40)
		for i := range posts {
			at := time.Now().Add(time.Duration(i) * time.Second)
			posts[i] = Post{
				ID: tx.NewIDAt(at), URI: fmt.Sprintf("https://a.test/%d", i), AuthorID: member.ID, CommunityID: community.ID,
				Visibility: Public, PublishedAt: At(at), Content: "<p>x</p>",
			}
		}
		return tx.AddPostsInBulk(posts, member.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	return member, community
}
