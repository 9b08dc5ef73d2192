package mastodon

import (
	"net/http"
	"slices"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// eachHouse runs f in a fresh house on either database.
func eachHouse(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, database string) { f(t, newHouseOn(t, database)) })
}

// does posts to a path with an id and gives the answer.
func (h *house) does(who *models.Actor, pattern string, id int64, body any) map[string]any {
	h.t.Helper()
	return h.post(who, pathOf(pattern, id), body).object()
}

func TestBookmarks(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		first, second := h.write(bob, "first", "public", nil), h.write(bob, "second", "public", nil)
		// By when they were kept, not by when they were written.
		for _, post := range []*models.Post{second, first, first} {
			if got := h.does(alice, "/api/v1/statuses/{id}/bookmark", post.ID, nil); got["bookmarked"] != true {
				t.Errorf("bookmarked: %v", got["bookmarked"])
			}
		}
		if got := idsOf(h.get(alice, "/api/v1/bookmarks").list()); !slices.Equal(got, []string{formatID(first.ID), formatID(second.ID)}) {
			t.Errorf("bookmarks %v", got)
		}
		if got := h.walk(alice, "/api/v1/bookmarks", 1, "next"); len(got) != 2 {
			t.Errorf("page by page: %v", got)
		}
		// Nobody else sees it; a boost stands for what it carries.
		if got := h.get(bob, pathOf("/api/v1/statuses/{id}", first.ID)).object(); got["bookmarked"] != false {
			t.Error("bob sees the bookmark of alice")
		}
		boost, err := h.service.Share(t.Context(), bob, second, "", 0)
		h.must(err)
		if got := h.does(alice, "/api/v1/statuses/{id}/unbookmark", boost.ID, nil); got["bookmarked"] != false || got["id"] != formatID(second.ID) {
			t.Errorf("unbookmarked: %v %v", got["bookmarked"], got["id"])
		}
		h.must(h.service.Delete(t.Context(), bob, first, practice.Cause{}))
		if got := h.get(alice, "/api/v1/bookmarks").list(); len(got) != 0 {
			t.Errorf("a deleted post is still there: %v", got)
		}
		h.send(h.token(alice, "read:bookmarks"), http.MethodPost, pathOf("/api/v1/statuses/{id}/bookmark", second.ID), nil).refused(http.StatusForbidden)
		h.send(h.token(alice, "read:statuses"), http.MethodGet, "/api/v1/bookmarks", nil).refused(http.StatusForbidden)
	})
}

// TestE06_BookmarksFollowVisibility: what one may no longer read is in no list, whatever one kept of it.
func TestE06_BookmarksFollowVisibility(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	h.follows(bob, alice)
	post := h.write(alice, hidden, "private", nil)
	h.does(bob, "/api/v1/statuses/{id}/bookmark", post.ID, nil)
	h.does(alice, "/api/v1/statuses/{id}/pin", post.ID, nil)
	profile := pathOf("/api/v1/accounts/{id}/statuses?pinned=true", alice.ID)
	if len(h.get(bob, "/api/v1/bookmarks").list()) != 1 || len(h.get(bob, profile).list()) != 1 {
		t.Fatal("bob does not find it")
	}
	h.must(h.service.Unfollow(t.Context(), bob, alice))
	for _, path := range []string{"/api/v1/bookmarks", profile} {
		if got := h.get(bob, path).list(); len(got) != 0 {
			t.Errorf("%s shows %v", path, got)
		}
	}
	if got := h.get(nil, profile).list(); len(got) != 0 {
		t.Errorf("everybody sees %v", got)
	}
}

func TestPins(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		profile := pathOf("/api/v1/accounts/{id}/statuses?pinned=true", alice.ID)
		var posts []*models.Post
		for range practice.MaxPins + 1 {
			posts = append(posts, h.write(alice, "post", "public", nil))
		}
		want := []string{}
		for _, post := range posts[:practice.MaxPins] {
			if got := h.does(alice, "/api/v1/statuses/{id}/pin", post.ID, nil); got["pinned"] != true {
				t.Errorf("pinned: %v", got["pinned"])
			}
			want = append([]string{formatID(post.ID)}, want...)
		}
		h.does(alice, "/api/v1/statuses/{id}/pin", posts[0].ID, nil) // again changes nothing
		last := posts[practice.MaxPins]
		h.post(alice, pathOf("/api/v1/statuses/{id}/pin", last.ID), nil).refused(http.StatusUnprocessableEntity)
		for _, who := range []*models.Actor{alice, bob, nil} {
			if got := idsOf(h.get(who, profile).list()); !slices.Equal(got, want) {
				t.Errorf("the profile shows %v, want %v", got, want)
			}
		}
		if got := h.does(alice, "/api/v1/statuses/{id}/unpin", posts[1].ID, nil); got["pinned"] != false {
			t.Errorf("unpinned: %v", got["pinned"])
		}
		h.must(h.service.Delete(t.Context(), alice, posts[2], practice.Cause{}))
		// Both places are free again.
		h.does(alice, "/api/v1/statuses/{id}/pin", posts[1].ID, nil)
		h.does(alice, "/api/v1/statuses/{id}/pin", last.ID, nil)
		limits := h.get(nil, "/api/v2/instance").object()["configuration"].(map[string]any)["accounts"].(map[string]any)
		if limits["max_pinned_statuses"] != float64(practice.MaxPins) || limits["max_featured_tags"] != float64(practice.MaxFeaturedTags) {
			t.Errorf("limits %v", limits)
		}
	})
}

func TestWhatCannotBePinned(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	theirs := h.write(bob, "theirs", "public", nil)
	boost, err := h.service.Share(t.Context(), alice, theirs, "", 0)
	h.must(err)
	direct := h.write(alice, "@bob hi", "direct", nil)
	for _, post := range []*models.Post{theirs, boost, direct} {
		h.post(alice, pathOf("/api/v1/statuses/{id}/pin", post.ID), nil).refused(http.StatusUnprocessableEntity)
	}
	if got := h.get(alice, pathOf("/api/v1/accounts/{id}/statuses?pinned=true", alice.ID)).list(); len(got) != 0 {
		t.Errorf("pinned %v", got)
	}
	if _, shown := h.get(alice, pathOf("/api/v1/statuses/{id}", theirs.ID)).object()["pinned"]; shown {
		t.Error("somebody else's post says whether it is pinned")
	}
	h.send(h.token(alice, "write:statuses"), http.MethodPost, pathOf("/api/v1/statuses/{id}/pin", direct.ID), nil).refused(http.StatusForbidden)
}
