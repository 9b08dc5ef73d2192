package mastodon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

func TestFollowACommunityThatAsksForApproval(t *testing.T) {
	h := newHouse(t)
	alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
	closed := h.community("closed", alice, true)
	path := pathOf("/api/v1/accounts/{id}", closed.ID)
	if got := h.post(bob, path+"/follow", nil).object(); got["requested"] != true || got["following"] != false {
		t.Fatalf("relationship %v", got)
	}
	// Posting has to wait, and says why.
	if text := h.post(bob, "/api/v1/statuses", "status=@closed hello").refused(http.StatusForbidden); !strings.Contains(text, "members") {
		t.Errorf("says %q", text)
	}
	h.get(carol, "/api/v1/follow_requests").status(http.StatusOK)
	h.post(carol, pathOf("/api/v1/follow_requests/{id}/authorize", bob.ID), nil).absent()
	if got := h.get(alice, "/api/v1/follow_requests").list(); len(got) != 1 || got[0]["acct"] != "bob" {
		t.Fatalf("requests %v", got)
	}
	if got := h.get(alice, "/api/v1/accounts/verify_credentials").object(); got["source"].(map[string]any)["follow_requests_count"] != 1.0 {
		t.Errorf("source %v", got["source"])
	}
	h.post(alice, pathOf("/api/v1/follow_requests/{id}/authorize", bob.ID), nil).status(http.StatusOK)
	if got := h.get(bob, "/api/v1/accounts/relationships?id[]="+formatID(closed.ID)).list()[0]; got["following"] != true || got["requested"] != false {
		t.Errorf("relationship %v", got)
	}
	h.post(bob, "/api/v1/statuses", "status=@closed hello").status(http.StatusOK)
	if got := h.get(alice, "/api/v1/notifications?types[]=follow_request").list(); len(got) != 0 {
		t.Errorf("the request still stands: %v", got)
	}
}

// TestRequestsAreDecidedOneByOne: an account that asks for two things is answered twice, first for the member.
func TestRequestsAreDecidedOneByOne(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		yes := true
		alice, err := h.service.UpdateProfile(t.Context(), alice, practice.Profile{Locked: &yes})
		h.must(err)
		closed := h.community("closed", alice, true)
		h.post(bob, pathOf("/api/v1/accounts/{id}/follow", closed.ID), nil).status(http.StatusOK)
		h.post(bob, pathOf("/api/v1/accounts/{id}/follow", alice.ID), nil).status(http.StatusOK)
		state := func(target *models.Actor) bool {
			return h.get(bob, "/api/v1/accounts/relationships?id="+formatID(target.ID)).list()[0]["following"].(bool)
		}
		for i, want := range [][2]bool{{true, false}, {true, true}} {
			if got := h.get(alice, "/api/v1/follow_requests").list(); len(got) != 1 {
				t.Fatalf("step %d: %d requests", i, len(got))
			}
			h.post(alice, pathOf("/api/v1/follow_requests/{id}/authorize", bob.ID), nil).status(http.StatusOK)
			if got := [2]bool{state(alice), state(closed)}; got != want {
				t.Errorf("step %d: follows %v, want %v", i, got, want)
			}
		}
		h.post(alice, pathOf("/api/v1/follow_requests/{id}/reject", bob.ID), nil).absent()
	})
}

func TestFollowSettings(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	path := pathOf("/api/v1/accounts/{id}", bob.ID)
	if got := h.post(alice, path+"/follow", map[string]any{"reblogs": false, "notify": true}).object(); got["showing_reblogs"] != false || got["notifying"] != true {
		t.Errorf("relationship %v", got)
	}
	if got := h.post(alice, path+"/follow", "notify=0").object(); got["showing_reblogs"] != false || got["notifying"] != false {
		t.Errorf("what was not named changed: %v", got)
	}
	h.post(alice, pathOf("/api/v1/accounts/{id}/follow", alice.ID), nil).refused(http.StatusForbidden)
	if got := h.post(bob, pathOf("/api/v1/accounts/{id}/remove_from_followers", alice.ID), nil).object(); got["followed_by"] != false {
		t.Errorf("relationship %v", got)
	}
	h.post(alice, path+"/follow", nil).status(http.StatusOK)
	if got := h.post(alice, path+"/unfollow", nil).object(); got["following"] != false {
		t.Errorf("relationship %v", got)
	}
	if got := h.post(alice, path+"/block", nil).object(); got["blocking"] != true {
		t.Errorf("relationship %v", got)
	}
	if got := h.get(alice, "/api/v1/blocks").list(); len(got) != 1 {
		t.Errorf("blocks %v", got)
	}
	if got := h.post(alice, path+"/unblock", nil).object(); got["blocking"] != false {
		t.Errorf("relationship %v", got)
	}
}

func TestLookupAndGoneAccounts(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	gone := h.remote("gone", "b.test", models.TypePerson)
	for _, acct := range []string{"alice", "ALICE", "@alice", "alice@a.test", "@alice@A.test", "acct:alice@a.test"} {
		if got := h.get(nil, "/api/v1/accounts/lookup?acct="+url.QueryEscape(acct)).object(); got["id"] != formatID(alice.ID) {
			t.Errorf("%s gives %v", acct, got["id"])
		}
	}
	_, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	h.must(h.service.DeleteActor(t.Context(), gone))
	for _, acct := range []string{"", "@", "nobody", "alice@c.test", "gone@b.test", "a.test", "%"} {
		h.get(nil, "/api/v1/accounts/lookup?acct="+url.QueryEscape(acct)).absent()
	}
	h.get(nil, pathOf("/api/v1/accounts/{id}", gone.ID)).absent()
	for _, id := range []string{"0", "-1", "+1", "abc", "1e3", "9223372036854775808"} {
		h.get(nil, "/api/v1/accounts/"+id).absent()
		h.get(nil, "/api/v1/statuses/"+id).absent()
	}
	if len(h.world.asked) != 0 {
		t.Errorf("a lookup asked for %v", h.world.asked)
	}
}

func TestSearchFindsRemoteActors(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	care := h.remote("care", "b.test", models.TypeGroup)
	far := &models.Actor{URI: "https://c.test/users/far", Type: models.TypeGroup, Username: "far", Host: "c.test"}
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.CreateActor(far) }))
	find := func(who *models.Actor, query, rest string) []string {
		var got struct{ Accounts []map[string]any }
		h.get(who, "/api/v2/search?q="+url.QueryEscape(query)+rest).into(&got)
		return idsOf(got.Accounts)
	}
	for _, query := range []string{"@care@b.test", "!care@b.test", "care@b.test", "care", "https://b.test/users/care", " @CARE@B.test "} {
		if got := find(alice, query, "&type=accounts"); !slices.Equal(got, []string{formatID(care.ID)}) {
			t.Errorf("%q gives %v", query, got)
		}
	}
	h.world.found["new@d.test"], h.world.found["https://d.test/p"] = far, far
	if got := find(alice, "!new@d.test", ""); len(got) != 0 || len(h.world.asked) != 0 {
		t.Errorf("without resolve: %v, asked %v", got, h.world.asked)
	}
	for _, query := range []string{"!new@d.test", "@new@d.test", "https://d.test/p"} {
		if got := find(alice, query, "&resolve=true"); !slices.Equal(got, []string{formatID(far.ID)}) {
			t.Errorf("%q resolves to %v", query, got)
		}
	}
	if got := h.get(alice, "/api/v1/accounts/search?resolve=true&q=@new@d.test").list(); len(got) != 1 {
		t.Errorf("accounts/search finds %d", len(got))
	}
	// A host that does not answer, or nonsense, is no failure of ours.
	for _, query := range []string{"@x@gone.test", "https://gone.test/x", "@", "a b c", "%_\\", "@@@", "https://a.test/@alice/x", "https://a.test/@alice/9", "!"} {
		h.get(alice, "/api/v2/search?resolve=1&q="+url.QueryEscape(query)).status(http.StatusOK)
	}
	h.get(nil, "/api/v2/search?q=care").status(http.StatusOK)
	h.get(nil, "/api/v2/search?q=care&resolve=true").refused(http.StatusUnauthorized)
	h.get(alice, "/api/v2/search?q=").refused(http.StatusUnprocessableEntity)
	for address, id := range map[string]int64{"https://a.test/@alice": alice.ID, "https://a.test/u/alice": alice.ID} {
		if got := find(nil, address, ""); !slices.Equal(got, []string{formatID(id)}) {
			t.Errorf("%s gives %v", address, got)
		}
	}
}

func TestSearchFindsHashtagsAndPosts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		post := h.write(alice, "about #wounds and #wool", "public", nil)
		h.write(alice, "more #wounds", "public", nil)
		var got struct{ Hashtags, Statuses []map[string]any }
		h.get(alice, "/api/v2/search?q=%23WO").into(&got)
		if len(got.Hashtags) != 2 || got.Hashtags[0]["name"] != "wounds" {
			t.Fatalf("hashtags %v", got.Hashtags)
		}
		days := got.Hashtags[0]["history"].([]any)
		today := days[0].(map[string]any)
		if len(days) != tagDays || today["uses"] != "2" || today["accounts"] != "1" {
			t.Errorf("history %v", days)
		}
		h.get(nil, "/api/v2/search?type=statuses&q="+url.QueryEscape(post.URL)).into(&got)
		if len(got.Statuses) != 1 || got.Statuses[0]["id"] != formatID(post.ID) {
			t.Errorf("statuses %v", got.Statuses)
		}
		if got := h.get(alice, "/api/v1/timelines/tag/wounds?none[]=wool").list(); len(got) != 1 {
			t.Errorf("none[] gives %d", len(got))
		}
		if got := h.get(alice, "/api/v1/timelines/tag/wounds?all[]=wool").list(); len(got) != 1 {
			t.Errorf("all[] gives %d", len(got))
		}
		if got := h.get(alice, "/api/v1/timelines/tag/other?any[]=%23Wool").list(); len(got) != 1 {
			t.Errorf("any[] gives %d", len(got))
		}
	})
}

func TestUpdateCredentials(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	path := "/api/v1/accounts/update_credentials"
	for name, body := range map[string]any{
		"form": "display_name=Alice+A&note=about+me&locked=true&fields_attributes[0][name]=Site&fields_attributes[0][value]=https://x.test",
		"json": map[string]any{
			"display_name": "Alice A", "note": "about me", "locked": true,
			"fields_attributes": []any{map[string]any{"name": "Site", "value": "https://x.test"}},
		},
		"map": map[string]any{
			"display_name": "Alice A", "note": "about me", "locked": "1",
			"fields_attributes": map[string]any{"0": map[string]any{"name": "Site", "value": "https://x.test"}},
		},
	} {
		h.as(alice, http.MethodPatch, path, map[string]any{"display_name": "-", "note": "-", "locked": false, "fields_attributes": []any{}}).status(http.StatusOK)
		got := h.as(alice, http.MethodPatch, path, body).object()
		source, shown := got["source"].(map[string]any), list(got["fields"])
		if got["display_name"] != "Alice A" || got["locked"] != true || source["note"] != "about me" || len(shown) != 1 {
			t.Fatalf("%s: %v", name, got)
		}
		if typed := list(source["fields"])[0].(map[string]any); typed["name"] != "Site" || typed["value"] != "https://x.test" {
			t.Errorf("%s: typed %v", name, typed)
		}
	}
	if got := h.as(alice, http.MethodPut, path, "discoverable=false").object(); got["display_name"] != "Alice A" || got["discoverable"] != false || len(list(got["fields"])) != 1 {
		t.Errorf("what was not named changed: %v", got)
	}
	for _, body := range []string{
		"avatar=x", "source[privacy]=direct", "note=" + strings.Repeat("x", practice.MaxNote+1), "display_name=" + strings.Repeat("x", practice.MaxDisplayName+1),
	} {
		h.as(alice, http.MethodPatch, path, body).refused(http.StatusUnprocessableEntity)
	}
}
