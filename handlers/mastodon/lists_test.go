package mastodon

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func (h *house) newList(who *models.Actor, fields map[string]any, members ...*models.Actor) string {
	h.t.Helper()
	id := h.post(who, "/api/v1/lists", fields).object()["id"].(string)
	accounts := []string{}
	for _, m := range members {
		accounts = append(accounts, formatID(m.ID))
	}
	h.post(who, "/api/v1/lists/"+id+"/accounts", map[string]any{"account_ids": accounts}).status(http.StatusOK)
	return id
}

func TestLists(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		h.follows(alice, bob)
		made := h.post(alice, "/api/v1/lists", "title=Ward+3").object()
		if made["title"] != "Ward 3" || made["replies_policy"] != "list" || made["exclusive"] != false {
			t.Errorf("made %v", made)
		}
		path := "/api/v1/lists/" + made["id"].(string)
		changed := h.as(alice, http.MethodPut, path, map[string]any{"title": "Ward 4", "replies_policy": "none", "exclusive": true}).object()
		if got := h.get(alice, path).object(); got["title"] != "Ward 4" || got["replies_policy"] != "none" || got["exclusive"] != true || changed["id"] != made["id"] {
			t.Errorf("changed to %v", got)
		}
		// What is not named stays.
		if got := h.as(alice, http.MethodPatch, path, "title=W").object(); got["replies_policy"] != "none" || got["exclusive"] != true {
			t.Errorf("changed to %v", got)
		}
		accounts := path + "/accounts"
		h.post(alice, accounts, map[string]any{"account_ids": []string{formatID(bob.ID), formatID(alice.ID)}}).status(http.StatusOK)
		h.post(alice, accounts, "account_ids[]="+formatID(bob.ID)).refused(http.StatusUnprocessableEntity)
		if got := idsOf(h.get(alice, accounts).list()); !slices.Equal(got, []string{formatID(alice.ID), formatID(bob.ID)}) {
			t.Errorf("members %v", got)
		}
		if got := h.walk(alice, accounts, 1, "next"); len(got) != 2 {
			t.Errorf("page by page: %v", got)
		}
		if got := h.get(alice, accounts+"?limit=0").list(); len(got) != 2 {
			t.Errorf("all: %v", got)
		}
		// Only those whom one follows, all or none.
		h.as(alice, http.MethodDelete, accounts, "account_ids[]="+formatID(bob.ID)).status(http.StatusOK)
		h.post(alice, accounts, map[string]any{"account_ids": []string{formatID(bob.ID), formatID(carol.ID)}}).absent()
		h.post(alice, accounts, map[string]any{"account_ids": []string{"x"}}).absent()
		if got := idsOf(h.get(alice, accounts).list()); !slices.Equal(got, []string{formatID(alice.ID)}) {
			t.Errorf("members %v", got)
		}
		with := pathOf("/api/v1/accounts/{id}/lists", bob.ID)
		h.post(alice, accounts, map[string]any{"account_ids": []string{formatID(bob.ID)}}).status(http.StatusOK)
		if got := idsOf(h.get(alice, with).list()); !slices.Equal(got, []string{made["id"].(string)}) {
			t.Errorf("lists with bob: %v", got)
		}
		// Who is no longer followed is in no list.
		h.must(h.service.Unfollow(t.Context(), alice, bob))
		if got := h.get(alice, with).list(); len(got) != 0 {
			t.Errorf("lists with bob: %v", got)
		}
		h.as(alice, http.MethodDelete, path, nil).status(http.StatusOK)
		h.get(alice, path).absent()
		if got := h.get(alice, "/api/v1/lists").list(); len(got) != 0 {
			t.Errorf("lists %v", got)
		}
	})
}

// TestG12_ListsOfOthersAreAbsent: neither reading nor changing tells that there is such a list.
func TestG12_ListsOfOthersAreAbsent(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	h.follows(alice, bob)
	id := h.newList(alice, map[string]any{"title": "secret"}, bob)
	for _, path := range []string{"/api/v1/lists/" + id, "/api/v1/lists/" + id + "/accounts", "/api/v1/timelines/list/" + id} {
		h.get(bob, path).absent()
		h.get(nil, path).refused(http.StatusUnauthorized)
	}
	h.as(bob, http.MethodPut, "/api/v1/lists/"+id, "title=mine").absent()
	h.as(bob, http.MethodDelete, "/api/v1/lists/"+id, nil).absent()
	h.post(bob, "/api/v1/lists/"+id+"/accounts", "account_ids[]="+formatID(bob.ID)).absent()
	h.as(bob, http.MethodDelete, "/api/v1/lists/"+id+"/accounts", "account_ids[]="+formatID(bob.ID)).absent()
	if got := h.get(bob, pathOf("/api/v1/accounts/{id}/lists", bob.ID)).list(); len(got) != 0 {
		t.Errorf("bob sees in whose lists he is: %v", got)
	}
	for _, body := range []map[string]any{
		{}, {"title": "  "}, {"title": strings.Repeat("x", 300)}, {"title": "x", "replies_policy": "some"}, {"title": []string{}},
	} {
		h.post(alice, "/api/v1/lists", body).refused(http.StatusUnprocessableEntity)
	}
	h.send(h.token(alice, "read:lists"), http.MethodPost, "/api/v1/lists", "title=x").refused(http.StatusForbidden)
	h.send(h.token(alice, "write"), http.MethodGet, "/api/v1/lists", nil).refused(http.StatusForbidden)
	if got := h.get(alice, "/api/v1/lists").list(); len(got) != 1 {
		t.Errorf("lists %v", got)
	}
	for range 49 {
		h.newList(alice, map[string]any{"title": "again"})
	}
	h.post(alice, "/api/v1/lists", "title=one+too+many").refused(http.StatusUnprocessableEntity)
}

func TestListTimelines(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol, dora, erin := h.member("alice"), h.member("bob"), h.member("carol"), h.member("dora"), h.member("erin")
		for _, actor := range []*models.Actor{bob, carol, dora} {
			h.follows(alice, actor)
		}
		mine := h.write(alice, "mine", "public", nil)
		roots := map[string]*models.Post{
			"alice": mine, "bob": h.write(bob, "root", "private", nil), "carol": h.write(carol, "root", "public", nil),
			"dora": h.write(dora, "root", "public", nil), "erin": h.write(erin, "root", "public", nil),
		}
		answers := map[string]*models.Post{}
		for name, root := range roots {
			answers[name] = h.write(bob, "to "+name, "public", root)
		}
		direct := h.write(bob, "@alice psst", "direct", nil)
		for policy, want := range map[string][]string{
			"none": {"alice", "bob"}, "list": {"alice", "bob", "carol"}, "followed": {"alice", "bob", "carol", "dora"},
		} {
			path := "/api/v1/timelines/list/" + h.newList(alice, map[string]any{"title": policy, "replies_policy": policy}, bob, carol)
			for name, post := range answers {
				if shown := h.shows(alice, path, post); shown != slices.Contains(want, name) {
					t.Errorf("policy %s: the answer to %s is shown: %v", policy, name, shown)
				}
			}
			if !h.shows(alice, path, roots["bob"]) || !h.shows(alice, path, roots["carol"]) || h.shows(alice, path, roots["dora"]) || h.shows(alice, path, direct) {
				t.Errorf("policy %s: %v", policy, idsOf(h.get(alice, path).list()))
			}
			whole := h.walk(alice, path, 40, "next")
			if got := h.walk(alice, path, 2, "next"); !slices.Equal(got, whole) {
				t.Errorf("page by page %v, want %v", got, whole)
			}
		}
	})
}

func TestExclusiveLists(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		h.follows(alice, bob)
		h.follows(carol, bob)
		post := h.write(bob, "hello", "public", nil)
		id := h.newList(alice, map[string]any{"title": "apart", "exclusive": true}, bob)
		if h.shows(alice, "/api/v1/timelines/home", post) || !h.shows(alice, "/api/v1/timelines/list/"+id, post) {
			t.Error("the list does not take its posts from home")
		}
		if !h.shows(carol, "/api/v1/timelines/home", post) {
			t.Error("it takes it from others, too")
		}
		h.as(alice, http.MethodPut, "/api/v1/lists/"+id, "exclusive=false").status(http.StatusOK)
		if !h.shows(alice, "/api/v1/timelines/home", post) {
			t.Error("home does not get it back")
		}
	})
}

// TestCommunitiesAreLists: each community that a member follows, here or elsewhere, is a list that shows its threads.
func TestCommunitiesAreLists(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		care := h.community("care", bob, false)
		away := h.remote("away", "b.test", models.TypeGroup)
		them := h.remote("them", "b.test", models.TypePerson)
		own := h.newList(alice, map[string]any{"title": "own"})
		if got := idsOf(h.get(alice, "/api/v1/lists").list()); !slices.Equal(got, []string{own}) {
			t.Errorf("lists before joining: %v", got)
		}
		h.get(alice, pathOf("/api/v1/lists/{id}", care.ID)).absent()
		h.get(alice, pathOf("/api/v1/timelines/list/{id}", care.ID)).absent()
		h.follows(alice, care)
		h.follows(alice, away)
		if got := idsOf(h.get(alice, "/api/v1/lists").list()); !slices.Equal(got, []string{own, formatID(care.ID), formatID(away.ID)}) {
			t.Errorf("lists %v", got)
		}
		if got := h.get(alice, pathOf("/api/v1/lists/{id}", care.ID)).object(); got["title"] != "care" || got["exclusive"] != false {
			t.Errorf("list %v", got)
		}
		var threads, theirs []string
		for range 5 {
			root := h.write(bob, "@care question", "public", nil)
			h.write(alice, "answer", "public", root)
			threads = append([]string{formatID(root.ID)}, threads...)
		}
		for _, id := range []string{"1", "2", "3"} {
			post := h.receive(practice.Draft{Author: them, URI: "https://b.test/" + id, Content: "hi", Community: away})
			theirs = append([]string{formatID(post.ID)}, theirs...)
		}
		for id, want := range map[int64][]string{care.ID: threads, away.ID: theirs} {
			path := pathOf("/api/v1/timelines/list/{id}", id)
			for _, limit := range []int{1, 2, 40} {
				if got := h.walk(alice, path, limit, "next"); !slices.Equal(got, want) {
					t.Errorf("%s by %d: %v, want %v", path, limit, got, want)
				}
			}
			h.walkBack(alice, path, want)
			path = pathOf("/api/v1/lists/{id}", id)
			if got := idsOf(h.get(alice, path+"/accounts").list()); !slices.Equal(got, []string{formatID(id)}) {
				t.Errorf("accounts of %s: %v", path, got)
			}
			if got := idsOf(h.get(alice, pathOf("/api/v1/accounts/{id}/lists", id)).list()); !slices.Equal(got, []string{formatID(id)}) {
				t.Errorf("lists with it: %v", got)
			}
			for method, at := range map[string]string{http.MethodPut: path, http.MethodDelete: path, http.MethodPost: path + "/accounts"} {
				text := h.as(alice, method, at, map[string]any{"title": "x", "account_ids": []string{formatID(care.ID)}}).refused(http.StatusUnprocessableEntity)
				if !strings.Contains(text, "unfollow") {
					t.Errorf("%s %s says %q", method, at, text)
				}
			}
			h.as(alice, http.MethodDelete, path+"/accounts", "account_ids[]="+formatID(id)).refused(http.StatusUnprocessableEntity)
		}
		h.post(alice, pathOf("/api/v1/accounts/{id}/unfollow", care.ID), nil).status(http.StatusOK)
		h.get(alice, pathOf("/api/v1/timelines/list/{id}", care.ID)).absent()
		if got := idsOf(h.get(alice, "/api/v1/lists").list()); !slices.Equal(got, []string{own, formatID(away.ID)}) {
			t.Errorf("lists after leaving: %v", got)
		}
	})
}

// TestG12_CommunityListsNeedMembership: a request that waits makes no list.
func TestG12_CommunityListsNeedMembership(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	closed := h.community("closed", bob, true)
	h.post(alice, pathOf("/api/v1/accounts/{id}/follow", closed.ID), nil).status(http.StatusOK)
	h.get(alice, pathOf("/api/v1/timelines/list/{id}", closed.ID)).absent()
	h.get(alice, pathOf("/api/v1/lists/{id}/accounts", closed.ID)).absent()
	if got := h.get(alice, "/api/v1/lists").list(); len(got) != 0 {
		t.Errorf("lists %v", got)
	}
}
