package mastodon

import (
	"net/http"
	"slices"
	"strconv"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

type groupAnswer struct {
	Accounts, Statuses []map[string]any
	PartialAccounts    []map[string]any    `json:"partial_accounts"`
	Groups             []notificationGroup `json:"notification_groups"`
}

// noticed gives alice a post that ten others like, and one that answers it.
func noticed(h *house) (alice *models.Actor, post *models.Post) {
	h.t.Helper()
	alice = h.member("alice")
	post = h.write(alice, "like this", "public", nil)
	for i := range 10 {
		other := h.remote("r"+strconv.Itoa(i), "b.test", models.TypePerson)
		h.must(h.service.Favourite(h.t.Context(), other, post, "https://b.test/l/"+strconv.Itoa(i), practice.Cause{URI: "x"}))
		if i == 0 {
			h.receive(practice.Draft{Author: other, URI: "https://b.test/p", Content: "<p>hi</p>", InReplyTo: post})
		}
	}
	return alice, post
}

func TestGroupedNotifications(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, post := noticed(h)
		var got groupAnswer
		h.get(alice, "/api/v2/notifications").into(&got)
		if len(got.Groups) != 2 || got.Groups[0].Type != "favourite" || got.Groups[1].Type != "mention" {
			t.Fatalf("groups %+v", got.Groups)
		}
		liked := got.Groups[0]
		if liked.NotificationsCount != 10 || len(liked.SampleAccountIDs) != 8 || *liked.StatusID != formatID(post.ID) {
			t.Errorf("group %+v", liked)
		}
		if len(got.Statuses) != 2 || len(got.Accounts) != 9 {
			t.Errorf("%d statuses, %d accounts", len(got.Statuses), len(got.Accounts))
		}
		known := idsOf(got.Accounts)
		for _, id := range liked.SampleAccountIDs {
			if !slices.Contains(known, id) {
				t.Errorf("%s is named but not shown", id)
			}
		}
		h.get(alice, "/api/v2/notifications?expand_accounts=partial_avatars").into(&got)
		if len(got.PartialAccounts) != 7 || len(got.Accounts) != 2 {
			t.Errorf("%d in full, %d partial", len(got.Accounts), len(got.PartialAccounts))
		}
		one := "/api/v2/notifications/" + liked.GroupKey
		var alone groupAnswer
		h.get(alice, one).into(&alone)
		if len(alone.Groups) != 1 || alone.Groups[0].GroupKey != liked.GroupKey || alone.Groups[0].NotificationsCount != 10 {
			t.Errorf("alone %+v", alone.Groups)
		}
		if all := h.get(alice, one+"/accounts").list(); len(all) != 10 {
			t.Errorf("%d accounts", len(all))
		}
		single := h.get(alice, "/api/v1/notifications?types[]=mention").list()[0]
		if single["group_key"] != got.Groups[1].GroupKey {
			t.Errorf("keys %v and %v", single["group_key"], got.Groups[1].GroupKey)
		}
		h.post(alice, one+"/dismiss", nil).status(http.StatusOK)
		h.get(alice, one).absent()
		if left := h.get(alice, "/api/v1/notifications").list(); len(left) != 1 {
			t.Errorf("%d left", len(left))
		}
		h.post(alice, "/api/v2/notifications/"+got.Groups[1].GroupKey+"/dismiss", nil).status(http.StatusOK)
		if left := h.get(alice, "/api/v1/notifications").list(); len(left) != 0 {
			t.Errorf("%d left", len(left))
		}
	})
}

func TestGroupKeysOfOthersAndNonsense(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for _, key := range []string{"x", "favourite-1", "favourite-x-1", "mention-1-2", "ungrouped-x", "favourite-1-2-3", "ungrouped-", "favourite-1-99999999999999999999"} {
		h.get(alice, "/api/v2/notifications/"+key).absent()
		h.get(alice, "/api/v2/notifications/"+key+"/accounts").Result()
	}
}

func TestUnreadCountsAndMarkers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, _ := noticed(h)
		unread := func(path string) float64 { return h.get(alice, path).object()["count"].(float64) }
		if one, two := unread("/api/v1/notifications/unread_count"), unread("/api/v2/notifications/unread_count"); one != 11 || two != 2 {
			t.Errorf("unread %v and %v", one, two)
		}
		if n := unread("/api/v1/notifications/unread_count?limit=5"); n != 5 {
			t.Errorf("unread %v of at most 5", n)
		}
		all := h.get(alice, "/api/v1/notifications").list()
		got := h.post(alice, "/api/v1/markers", map[string]any{"notifications": map[string]any{"last_read_id": all[3]["id"]}}).object()
		if m := got["notifications"].(map[string]any); m["last_read_id"] != all[3]["id"] || m["version"] != 1.0 {
			t.Errorf("marker %v", got)
		}
		if one := unread("/api/v1/notifications/unread_count"); one != 3 {
			t.Errorf("unread %v", one)
		}
		got = h.get(alice, "/api/v1/markers?timeline[]=home&timeline[]=notifications&timeline[]=other").object()
		if len(got) != 2 || got["home"].(map[string]any)["last_read_id"] != "0" {
			t.Errorf("markers %v", got)
		}
		h.post(alice, "/api/v1/markers", "home[last_read_id]=x").refused(http.StatusUnprocessableEntity)
		h.post(alice, "/api/v1/notifications/"+all[0]["id"].(string)+"/dismiss", nil).status(http.StatusOK)
		if left := h.get(alice, "/api/v1/notifications?exclude_types[]=mention").list(); len(left) != 9 {
			t.Errorf("%d left", len(left))
		}
		h.post(alice, "/api/v1/notifications/clear", nil).status(http.StatusOK)
		if left := h.get(alice, "/api/v1/notifications").list(); len(left) != 0 {
			t.Errorf("%d left", len(left))
		}
	})
}

// TestNotificationsAlwaysHaveTheirPost: clients fail on a notification whose post is null.
func TestNotificationsAlwaysHaveTheirPost(t *testing.T) {
	h := newHouse(t)
	alice, post := noticed(h)
	for _, n := range h.get(alice, "/api/v1/notifications").list() {
		if n["status"] == nil || n["account"] == nil {
			t.Errorf("%v has nothing to show", n["id"])
		}
	}
	h.as(alice, http.MethodDelete, pathOf("/api/v1/statuses/{id}", post.ID), nil).status(http.StatusOK)
	if left := h.get(alice, "/api/v1/notifications").list(); len(left) != 1 || left[0]["type"] != "mention" {
		t.Errorf("left %v", left)
	}
}
