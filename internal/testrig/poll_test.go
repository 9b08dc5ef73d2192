package testrig_test

import (
	"net/http"
	"testing"
	"time"

	"praxis/internal/testrig"
)

type m = testrig.M

// TestPollAcrossServers: a poll is asked here, voted in there, counted once, told and ended everywhere.
func TestPollAcrossServers(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana, ben := c.Server("a.test").Member("ana"), c.Server("b.test").Member("ben")
		ben.Follow(ana.Handle())
		c.Settle()
		asked := ana.Object(http.MethodPost, "/api/v1/statuses", m{
			"status": "Which day?", "poll": m{"options": []string{"Monday", "Friday"}, "expires_in": 3600},
		})
		c.Settle()
		seen := ben.Locate(asked["uri"].(string))
		poll, ok := seen["poll"].(m)
		if !ok || len(poll["options"].([]any)) != 2 || poll["voted"] != false {
			t.Fatalf("ben sees %v", seen["poll"])
		}
		votes := "/api/v1/polls/" + poll["id"].(string) + "/votes"
		if status, raw := ben.Do(http.MethodPost, votes, m{"choices": []int{7}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a choice that is none: %d %s", status, raw)
		}
		voted := ben.Object(http.MethodPost, votes, m{"choices": []string{"1"}})
		if voted["voted"] != true || voted["votes_count"] != 1.0 || voted["own_votes"].([]any)[0] != 1.0 {
			t.Errorf("after the vote: %v", voted)
		}
		if status, raw := ben.Do(http.MethodPost, votes, m{"choices": []int{0}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a second vote: %d %s", status, raw)
		}
		c.Settle()
		counted := ana.Object(http.MethodGet, "/api/v1/statuses/"+asked["id"].(string), nil)
		count := counted["poll"].(m)
		if count["votes_count"] != 1.0 || count["voters_count"] != 1.0 || counted["replies_count"] != 0.0 || counted["edited_at"] != nil {
			t.Errorf("the author sees %v", counted)
		}
		c.Clock.Advance(2 * time.Hour)
		c.Settle()
		for _, who := range []*testrig.Member{ana, ben} {
			told := who.List("/api/v1/notifications?types[]=poll")
			if len(told) != 1 || told[0]["status"].(m)["poll"].(m)["expired"] != true {
				t.Errorf("%s is told %v", who.Handle(), told)
			}
		}
		if seen = ben.Locate(asked["uri"].(string)); seen["edited_at"] != nil || seen["poll"].(m)["votes_count"] != 1.0 {
			t.Errorf("ben sees at the end %v", seen)
		}
		if status, _ := ben.Do(http.MethodPost, votes, m{"choices": []int{0}}); status != http.StatusUnprocessableEntity {
			t.Errorf("a vote after the end: %d", status)
		}
	})
}

// TestScheduledPostIsPublishedOnce at its time, and removed from what waits.
func TestScheduledPostIsPublishedOnce(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana := c.Server("a.test").Member("ana")
		when := c.Clock.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		waiting := ana.Object(http.MethodPost, "/api/v1/statuses", m{"status": "later", "scheduled_at": when, "visibility": "unlisted"})
		c.Settle()
		if len(ana.Home()) != 0 || len(ana.List("/api/v1/scheduled_statuses")) != 1 || waiting["params"].(m)["text"] != "later" {
			t.Fatalf("before its time: %v", waiting)
		}
		c.Clock.Advance(61 * time.Minute)
		c.Settle()
		home := ana.Home()
		if len(home) != 1 || home[0]["visibility"] != "unlisted" || len(ana.List("/api/v1/scheduled_statuses")) != 0 {
			t.Errorf("after its time: %v", home)
		}
	})
}

// TestHistoryCrossesServers: every version is there, and who boosted is told.
func TestHistoryCrossesServers(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana, ben := c.Server("a.test").Member("ana"), c.Server("b.test").Member("ben")
		ben.Follow(ana.Handle())
		c.Settle()
		post := ana.Post("first")
		c.Settle()
		seen := ben.Locate(post["uri"].(string))["id"].(string)
		ben.Object(http.MethodPost, "/api/v1/statuses/"+seen+"/reblog", nil)
		c.Clock.Advance(time.Minute)
		ana.Object(http.MethodPut, "/api/v1/statuses/"+post["id"].(string), m{"status": "second"})
		c.Settle()
		for who, id := range map[*testrig.Member]string{ana: post["id"].(string), ben: seen} {
			versions := who.List("/api/v1/statuses/" + id + "/history")
			if len(versions) != 2 || versions[0]["content"] != "<p>first</p>" || versions[1]["content"] != "<p>second</p>" {
				t.Errorf("%s sees %v", who.Handle(), versions)
			}
		}
		if told := ben.List("/api/v1/notifications?types[]=update"); len(told) != 1 {
			t.Errorf("the booster is told %v", told)
		}
	})
}
