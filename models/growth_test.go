package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPlansDoNotGrow: what pages ask of posts is answered by indexes that choose, whatever SQLite believes of tables that it
// never analysed: by none that begins with what is the same for most posts. Timelines are read in the order of an index, and no
// further than the page goes.
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
	ask := asker(t)
	ask(tx.PracticeParts(ids))
	ask(tx.PostParts(ids))
	ask(tx.CommunityThreads(community.ID, member.ID, Page{Limit: 20}))
	ask(tx.FilteredThreads(community.ID, Anonymous, ThreadFilter{Unanswered: true}, Page{Limit: 20}))
	ask(tx.CommunityFigures([]int64{community.ID}, member.ID))
	ask(tx.Statistics())
	ask(tx.ActorPosts(member.ID, Anonymous, ActorFilter{}, Page{Limit: 20}))
	ask(tx.ListedPosts(member.ID, ListedFilter{Any: []string{"ask"}}, Page{Limit: 20}))
	if _, err := tx.BoostOf(1, member.ID); !IsNotFound(err) {
		t.Fatal(err)
	}
	for _, statement := range slices.Clone(said) {
		text := planOf(t, store, statement)
		ofBoosts := strings.Contains(statement, "reblog_of_id = 1")
		scans := strings.Contains(strings.NewReplacer("{SCAN peer", "", "{SCAN account", "", "{SCAN CONSTANT ROW", "").Replace(text), "{SCAN ")
		if scans || strings.Contains(text, "post_reblog_idx") != ofBoosts {
			t.Errorf("reads too much: %s\n%s", text, statement)
		}
	}
	said = nil
	ask(tx.Home(member.ID, Page{Limit: 20}))
	ask(tx.ListedPosts(member.ID, ListedFilter{}, Page{Limit: 20}))
	ask(tx.ListedPosts(Anonymous, ListedFilter{Local: true}, Page{Limit: 20, MaxID: ids[0]}))
	ask(tx.ListedPosts(Anonymous, ListedFilter{Remote: true}, Page{Limit: 20, MinID: ids[9]}))
	ask(tx.ListedPosts(Anonymous, ListedFilter{OnlyMedia: true}, Page{Limit: 20}))
	ask(tx.ListedPosts(member.ID, ListedFilter{Any: []string{"ask"}}, Page{Limit: 20}))
	ask(tx.LatestThreads(Anonymous, Page{Limit: 20}))
	for _, statement := range slices.Clone(said) {
		if text := planOf(t, store, statement); strings.Contains(text, "FOR ORDER BY") || strings.Contains(text, "{SCAN post}") {
			t.Errorf("reads more than a page: %s\n%s", text, statement)
		}
	}
}

// asker fails the test when a question does.
func asker(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// planOf tells how SQLite goes about a statement.
func planOf(t *testing.T, store *Store, statement string) string {
	t.Helper()
	var plan []struct{ Detail string }
	if err := store.db.Raw("EXPLAIN QUERY PLAN " + statement).Scan(&plan).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return fmt.Sprint(plan)
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
