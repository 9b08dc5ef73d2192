package testrig

import (
	"net/http"
	"strings"
	"testing"

	"praxis/internal/config"
	"praxis/practice"
)

// pair is a member at each of two instances, who follow each other; the second follows a community of the first.
type pair struct {
	*Cluster
	ana, bo *Member
}

func newPair(t *testing.T, c *Cluster, changes ...func(*practice.NewCommunity)) *pair {
	t.Helper()
	p := &pair{Cluster: c, ana: c.Server("a.test").Member("ana"), bo: c.Server("b.test").Member("bo")}
	c.Server("a.test").Community("care", p.ana, changes...)
	p.bo.Follow("@care@a.test")
	p.bo.Follow("@ana@a.test")
	p.ana.Follow("@bo@b.test")
	c.Settle()
	return p
}

func both(t *testing.T, f func(t *testing.T, p *pair)) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) { f(t, newPair(t, c)) })
}

func id(status M) string { return status["id"].(string) }

func TestB30_TwoServersInSecureModeTalk(t *testing.T) {
	c := NewCluster(t)
	secure := func(cfg *config.Config) { cfg.SecureMode = true }
	c.AddSQLite("a.test", secure)
	c.AddSQLite("b.test", secure)
	p := newPair(t, c)
	p.bo.Post("@care@a.test Behind closed doors\n\nIs anybody there?")
	c.Settle()
	if home := p.ana.Home(); len(home) == 0 || !strings.Contains(reblogOf(home[0])["content"].(string), "anybody there") {
		t.Errorf("ana's home %v", home)
	}
	if status, _ := c.Fetch(c.Server("a.test"), "/c/care/outbox"); status != http.StatusUnauthorized {
		t.Errorf("an unsigned request got %d", status)
	}
}

func TestEditsCrossBothWays(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		question := p.bo.Post("@care@a.test First wording\n\nDetails.")
		p.Settle()
		seen := p.ana.Locate(question["uri"].(string))
		answer := p.ana.Reply(id(seen), "Frist answer")
		p.Settle()
		p.bo.Object(http.MethodPut, "/api/v1/statuses/"+id(question), M{"status": "@care@a.test Second wording\n\nDetails."})
		p.ana.Object(http.MethodPut, "/api/v1/statuses/"+id(answer), M{"status": "First answer"})
		p.Settle()
		got := p.ana.Object(http.MethodGet, "/api/v1/statuses/"+id(seen), nil)
		if got["praxis"].(M)["title"] != "Second wording" || got["edited_at"] == nil {
			t.Errorf("ana sees %v, edited at %v", got["praxis"], got["edited_at"])
		}
		if got := p.bo.Locate(answer["uri"].(string)); !strings.Contains(got["content"].(string), "First answer") {
			t.Errorf("bo sees the answer as %v", got["content"])
		}
	})
}

func TestDeletesCrossBothWays(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		question := p.bo.Post("@care@a.test To be deleted\n\nDetails.")
		kept := p.bo.Post("@care@a.test To be kept\n\nDetails.")
		p.Settle()
		seen := p.ana.Locate(question["uri"].(string))
		answer := p.ana.Reply(id(p.ana.Locate(kept["uri"].(string))), "An answer to be deleted")
		p.Settle()
		p.bo.Object(http.MethodDelete, "/api/v1/statuses/"+id(question), nil)
		p.ana.Object(http.MethodDelete, "/api/v1/statuses/"+id(answer), nil)
		p.Settle()
		if status, _ := p.ana.Do(http.MethodGet, "/api/v1/statuses/"+id(seen), nil); status != http.StatusNotFound {
			t.Errorf("ana still sees the deleted question: %d", status)
		}
		thread := p.bo.Object(http.MethodGet, "/api/v1/statuses/"+id(kept)+"/context", nil)
		if n := len(thread["descendants"].([]any)); n != 0 {
			t.Errorf("bo still sees %d answers", n)
		}
		for _, m := range []*Member{p.ana, p.bo} {
			for _, status := range m.Home() {
				if strings.Contains(reblogOf(status)["content"].(string), "deleted") {
					t.Errorf("%s still has it at home", m.Handle())
				}
			}
		}
	})
}

func TestLikesAndBoostsCrossBothWays(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		question := p.bo.Post("@care@a.test Liked and shared")
		p.Settle()
		seen := p.ana.Locate(question["uri"].(string))
		p.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(seen)+"/favourite", nil)
		p.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(seen)+"/reblog", nil)
		p.Settle()
		own := p.bo.Object(http.MethodGet, "/api/v1/statuses/"+id(question), nil)
		if own["favourites_count"] != 1.0 || own["reblogs_count"] != 1.0 {
			t.Errorf("bo counts %v likes and %v boosts", own["favourites_count"], own["reblogs_count"])
		}
		p.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(seen)+"/unfavourite", nil)
		p.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(seen)+"/unreblog", nil)
		p.Settle()
		own = p.bo.Object(http.MethodGet, "/api/v1/statuses/"+id(question), nil)
		if own["favourites_count"] != 0.0 || own["reblogs_count"] != 0.0 {
			t.Errorf("after taking back bo counts %v likes and %v boosts", own["favourites_count"], own["reblogs_count"])
		}
	})
}

func TestClosedCommunityAdmitsByItsModerator(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		p := newPair(t, c, func(wanted *practice.NewCommunity) { wanted.Request = true })
		group := p.bo.Find("@care@a.test")
		relationship := func() M { return p.bo.List("/api/v1/accounts/relationships?id[]=" + group)[0] }
		if got := relationship(); got["requested"] != true || got["following"] != false {
			t.Fatalf("relationship %v", got)
		}
		requests := p.ana.List("/api/v1/notifications?types[]=follow_request")
		if len(requests) != 1 {
			t.Fatalf("the convener has %d requests", len(requests))
		}
		announced := func() string {
			var texts []string
			for _, status := range p.ana.List("/api/v1/accounts/" + p.ana.Find("@care@a.test") + "/statuses") {
				texts = append(texts, reblogOf(status)["content"].(string))
			}
			return strings.Join(texts, "\n")
		}
		p.bo.Post("@care@a.test Not yet a member")
		p.Settle()
		if got := announced(); strings.Contains(got, "Not yet") {
			t.Errorf("a closed community announced what a stranger posted: %s", got)
		}
		p.ana.Call(http.MethodPost, "/api/v1/follow_requests/"+requests[0]["account"].(M)["id"].(string)+"/authorize", nil)
		p.Settle()
		if got := relationship(); got["following"] != true {
			t.Errorf("relationship after the convener agreed %v", got)
		}
		p.bo.Post("@care@a.test Now a member")
		p.Settle()
		if got := announced(); !strings.Contains(got, "Now a member") {
			t.Errorf("the community does not announce what its member posted: %s", got)
		}
	})
}

func TestDirectMessagesReachOnlyTheirReader(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		const secret = "the canary sings at dawn"
		message := p.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "@bo@b.test " + secret, "visibility": "direct"})
		p.Settle()
		notes := p.bo.List("/api/v1/notifications?types[]=mention")
		if len(notes) != 1 || !strings.Contains(notes[0]["status"].(M)["content"].(string), secret) {
			t.Fatalf("bo's notifications %v", notes)
		}
		eve := p.Server("b.test").Member("eve")
		if status, _ := eve.Do(http.MethodGet, "/api/v1/statuses/"+id(notes[0]["status"].(M)), nil); status != http.StatusNotFound {
			t.Errorf("somebody else on the same host reads it: %d", status)
		}
		path := strings.TrimPrefix(message["uri"].(string), "https://a.test")
		if status, body := p.Fetch(p.Server("a.test"), path); status != http.StatusNotFound || strings.Contains(body, secret) {
			t.Errorf("an unsigned request for it got %d %s", status, body)
		}
		for _, server := range []*Server{p.Server("a.test"), p.Server("b.test")} {
			if strings.Contains(server.Log(), secret) {
				t.Errorf("%s logged it", server.Host)
			}
		}
	})
}
