package testrig

import (
	"net/http"
	"strings"
	"testing"
)

// TestMainJob is what Praxis is for: a member at one organization takes part in a community at another.
func TestMainJob(t *testing.T) {
	Each(t, []string{"hospital.test", "clinic.test"}, func(t *testing.T, c *Cluster) {
		hospital, clinic := c.Server("hospital.test"), c.Server("clinic.test")
		ana := hospital.Member("ana")
		hospital.Community("woundcare", ana)
		bo := clinic.Member("bo")

		relationship := bo.Follow("@woundcare@hospital.test")
		c.Settle()
		id := relationship["id"].(string)
		if got := bo.List("/api/v1/accounts/relationships?id[]=" + id)[0]["following"]; got != true {
			t.Fatalf("bo does not follow the community: %v", got)
		}

		question := bo.Post("@woundcare@hospital.test Which dressing for a wet wound?\n\nWe tried two kinds. #ask")
		c.Settle()
		if got := ana.Home(); len(got) != 1 || !strings.Contains(reblogOf(got[0])["content"].(string), "wet wound") {
			t.Fatalf("ana's home: %v", got)
		}
		seen := reblogOf(ana.Home()[0])
		if got := seen["praxis"].(M)["title"]; got != "Which dressing for a wet wound?" {
			t.Errorf("title %q", got)
		}

		answer := ana.Reply(seen["id"].(string), "@bo@clinic.test Foam, changed daily.")
		c.Settle()
		notes := bo.List("/api/v1/notifications")
		if len(notes) == 0 || notes[0]["type"] != "mention" {
			t.Fatalf("bo's notifications: %v", notes)
		}
		got := notes[0]["status"].(M)
		if got["in_reply_to_id"] != question["id"] {
			t.Errorf("the answer is in reply to %v, not %v", got["in_reply_to_id"], question["id"])
		}

		bo.Reply(got["id"].(string), "@ana@hospital.test Thanks, that worked! #solved")
		c.Settle()
		for _, m := range []*Member{ana, bo} {
			status := m.Locate(question["uri"].(string))
			if solved := status["praxis"].(M)["solved"]; solved != true {
				t.Errorf("%s sees the question as solved: %v", m.Handle(), solved)
			}
		}
		thread := bo.Object(http.MethodGet, "/api/v1/statuses/"+question["id"].(string)+"/context", nil)
		if n := len(thread["descendants"].([]any)); n != 3 { // what the community told bo of #solved is in it, for bo alone
			t.Errorf("bo's thread has %d replies", n)
		}
		thread = ana.Object(http.MethodGet, "/api/v1/statuses/"+seen["id"].(string)+"/context", nil)
		if n := len(thread["descendants"].([]any)); n != 2 {
			t.Errorf("ana's thread has %d replies", n)
		}
		_ = answer
	})
}

func reblogOf(status M) M {
	if inner, ok := status["reblog"].(M); ok {
		return inner
	}
	return status
}
