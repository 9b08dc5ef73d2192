package mastodon

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// mentions lets somebody of another host mention alice.
func mentions(h *house, author, alice *models.Actor, uri, visibility string) *models.Post {
	h.t.Helper()
	return h.receive(practice.Draft{
		Author: author, URI: "https://b.test/p/" + uri, Content: "<p>hi</p>", Visibility: visibility, Mentions: []*models.Actor{alice},
	})
}

func TestPolicyHoldsNotificationsBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		stranger, friend := h.remote("stranger", "b.test", models.TypePerson), h.remote("friend", "b.test", models.TypePerson)
		h.follows(alice, friend)
		own := h.write(alice, "mine", "public", nil)
		set := h.as(alice, http.MethodPatch, "/api/v2/notifications/policy", map[string]any{"for_not_following": "filter"}).object()
		if set["for_not_following"] != "filter" || set["for_new_accounts"] != "accept" || set["for_limited_accounts"] != "filter" {
			t.Errorf("policy %v", set)
		}
		mentions(h, stranger, alice, "1", models.Public)
		last := mentions(h, stranger, alice, "2", models.Direct)
		mentions(h, friend, alice, "3", models.Public)
		h.must(h.service.Favourite(t.Context(), stranger, own, "https://b.test/l/1", practice.Cause{URI: "x"}))

		if seen := h.get(alice, "/api/v1/notifications").list(); len(seen) != 1 {
			t.Errorf("%d shown", len(seen))
		}
		held := h.get(alice, "/api/v1/notifications?include_filtered=true&account_id="+formatID(stranger.ID)).list()
		if len(held) != 3 {
			t.Errorf("%d with those held back", len(held))
		}
		if single := h.get(alice, "/api/v1/notifications/"+held[0]["id"].(string)).object(); single["type"] != "favourite" {
			t.Errorf("single %v", single)
		}
		groups := func(query string) int {
			return len(h.get(alice, "/api/v2/notifications"+query).object()["notification_groups"].([]any))
		}
		if groups("") != 1 || groups("?include_filtered=true") != 4 {
			t.Errorf("%d groups, %d with those held back", groups(""), groups("?include_filtered=true"))
		}
		if n := h.get(alice, "/api/v1/notifications/unread_count").object()["count"]; n != 1.0 {
			t.Errorf("%v unread", n)
		}
		if got := h.get(alice, "/api/v1/conversations").list(); len(got) != 0 {
			t.Errorf("conversations %v", got)
		}
		requests := h.get(alice, "/api/v1/notifications/requests").list()
		if len(requests) != 1 || requests[0]["notifications_count"] != "2" || requests[0]["account"].(map[string]any)["id"] != formatID(stranger.ID) ||
			requests[0]["last_status"].(map[string]any)["id"] != formatID(last.ID) {
			t.Fatalf("requests %v", requests)
		}
		if got := h.get(alice, "/api/v2/notifications/policy").object()["summary"].(map[string]any); got["pending_requests_count"] != 1.0 || got["pending_notifications_count"] != 2.0 {
			t.Errorf("summary %v", got)
		}
		one := "/api/v1/notifications/requests/" + requests[0]["id"].(string)
		h.get(bob, one).absent()
		h.post(bob, one+"/accept", nil).absent()
		h.post(bob, one+"/dismiss", nil).absent()
		h.post(bob, "/api/v1/notifications/requests/dismiss", map[string]any{"id": []any{requests[0]["id"]}}).status(http.StatusOK)
		if got := h.get(alice, one).object(); got["id"] != requests[0]["id"] {
			t.Errorf("request %v", got)
		}
		h.post(alice, one+"/accept", nil).status(http.StatusOK)
		h.get(alice, one).absent()
		if seen := h.get(alice, "/api/v1/notifications").list(); len(seen) != 4 {
			t.Errorf("%d shown after the request was accepted", len(seen))
		}
		if got := h.get(alice, "/api/v1/conversations").list(); len(got) != 1 || got[0]["unread"] != true {
			t.Errorf("conversations %v", got)
		}
		mentions(h, stranger, alice, "4", models.Public)
		if seen := h.get(alice, "/api/v1/notifications").list(); len(seen) != 5 {
			t.Errorf("%d shown: who was accepted is held back", len(seen))
		}
		h.get(alice, "/api/v1/notifications/requests/merged").status(http.StatusOK)
	})
}

func TestRequestsAreDismissedTogether(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		h.as(alice, http.MethodPut, "/api/v1/notifications/policy", "filter_not_following=true").status(http.StatusOK)
		for i := range 3 {
			mentions(h, h.remote(fmt.Sprint("s", i), "b.test", models.TypePerson), alice, fmt.Sprint(i), models.Public)
		}
		page := h.get(alice, "/api/v1/notifications/requests?limit=2")
		if got := page.list(); len(got) != 2 || !strings.Contains(page.Header().Get("Link"), "max_id="+got[1]["id"].(string)) {
			t.Errorf("page %v, %s", idsOf(got), page.Header().Get("Link"))
		}
		all := idsOf(h.get(alice, "/api/v1/notifications/requests").list())
		h.post(alice, "/api/v1/notifications/requests/dismiss", map[string]any{"id": all[:2]}).status(http.StatusOK)
		if left := idsOf(h.get(alice, "/api/v1/notifications/requests").list()); !slices.Equal(left, all[2:]) {
			t.Errorf("left %v of %v", left, all)
		}
		h.post(alice, "/api/v1/notifications/requests/accept", "id[]="+all[2]).status(http.StatusOK)
		if got := h.get(alice, "/api/v1/notifications?include_filtered=1").list(); len(got) != 1 {
			t.Errorf("%d notifications left", len(got))
		}
		old := h.as(alice, http.MethodPatch, "/api/v1/notifications/policy", "filter_not_following=0&filter_new_accounts=1").object()
		if old["filter_not_following"] != false || old["filter_new_accounts"] != true {
			t.Errorf("policy %v", old)
		}
	})
}

// TestPolicies: each rule by itself, and whom it spares.
func TestPolicies(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	stranger, friend, fan := h.remote("stranger", "b.test", models.TypePerson), h.remote("friend", "b.test", models.TypePerson), h.remote("fan", "b.test", models.TypePerson)
	h.follows(alice, friend)
	h.follows(fan, alice)
	limited := h.remote("limited", "b.test", models.TypePerson)
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.MarkActor(limited.ID, models.MarkSilenced, tx.Now()) }))
	number := 0
	reaches := func(author *models.Actor, visibility string) string {
		number++
		post := mentions(h, author, alice, fmt.Sprint(number), visibility)
		for _, n := range h.get(alice, "/api/v1/notifications?include_filtered=true").list() {
			if n["status"].(map[string]any)["id"] != formatID(post.ID) {
				continue
			}
			if h.get(alice, "/api/v1/notifications?limit=1").list(); slices.ContainsFunc(h.get(alice, "/api/v1/notifications").list(),
				func(m map[string]any) bool { return m["id"] == n["id"] }) {
				return models.PolicyAccept
			}
			return models.PolicyFilter
		}
		return models.PolicyDrop
	}
	expect := func(step string, author *models.Actor, visibility, want string) {
		t.Helper()
		if got := reaches(author, visibility); got != want {
			t.Errorf("%s: %s of %s is %s, not %s", step, visibility, author.Username, got, want)
		}
	}
	only := func(name, value string) {
		wanted := map[string]any{}
		for _, of := range []string{"not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts"} {
			wanted["for_"+of] = "accept"
		}
		wanted[name] = value
		h.as(alice, http.MethodPut, "/api/v2/notifications/policy", wanted).status(http.StatusOK)
	}
	expect("at first", limited, "public", models.PolicyFilter)
	expect("at first", stranger, "direct", models.PolicyAccept)
	only("for_not_following", "drop")
	expect("not following", stranger, "public", models.PolicyDrop)
	expect("not following", friend, "public", models.PolicyAccept)
	only("for_not_followers", "filter")
	expect("not followers", fan, "public", models.PolicyFilter) // they follow since this minute
	only("for_new_accounts", "drop")
	expect("new accounts", stranger, "public", models.PolicyDrop)
	expect("new accounts", friend, "public", models.PolicyAccept)
	only("for_private_mentions", "filter")
	expect("private mentions", stranger, "direct", models.PolicyFilter)
	expect("private mentions", stranger, "public", models.PolicyAccept)
	expect("private mentions", friend, "direct", models.PolicyAccept)
	only("for_limited_accounts", "drop")
	expect("limited accounts", limited, "public", models.PolicyDrop)
	expect("limited accounts", stranger, "public", models.PolicyAccept)
	h.seconds.Add(40 * 24 * 3600)
	only("for_not_followers", "filter")
	expect("a month later", fan, "public", models.PolicyAccept)
	expect("a month later", friend, "public", models.PolicyFilter)
	only("for_new_accounts", "drop")
	expect("a month later", stranger, "public", models.PolicyAccept)
	if text := h.as(alice, http.MethodPut, "/api/v2/notifications/policy", "for_new_accounts=burn").refused(http.StatusUnprocessableEntity); !strings.Contains(text, "burn") {
		t.Errorf("refused with %s", text)
	}
}

func TestNotificationsAreDismissedTogether(t *testing.T) {
	h := newHouse(t)
	alice, post := noticed(h)
	all := idsOf(h.get(alice, "/api/v1/notifications").list())
	bob := h.member("bob")
	path := "/api/v1/notifications/destroy_multiple?ids[]=" + all[0] + "&ids[]=" + all[1] + "&ids[]=x"
	h.as(bob, http.MethodDelete, path, nil).status(http.StatusOK)
	h.as(alice, http.MethodDelete, path, nil).status(http.StatusOK)
	if left := idsOf(h.get(alice, "/api/v1/notifications").list()); !slices.Equal(left, all[2:]) {
		t.Errorf("left %v of %v (%d)", left, all, post.ID)
	}
}
