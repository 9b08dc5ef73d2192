package testrig

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
)

// TestMembersOfThirdHostsAreBelievedByProof: what a community passes on is taken as it is, while nobody can reach the host
// of who wrote it.
func TestMembersOfThirdHostsAreBelievedByProof(t *testing.T) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) {
		p := newPair(t, c)
		cleo := c.Server("c.test").Member("cleo")
		cleo.Follow("@care@a.test")
		c.Settle()
		p.bo.Post("@care@a.test To be known")
		c.Settle()
		unreachable := func(act func()) {
			t.Helper()
			act() // its own members still reach it, and it still sends
			c.Network.SetDown("b.test", true)
			c.Settle()
			c.Network.SetDown("b.test", false)
		}
		var question M
		unreachable(func() { question = p.bo.Post("@care@a.test How deep?\n\nOf the wound.") })
		seen := find(t, cleo, question["uri"].(string))
		if seen["praxis"].(M)["title"] != "How deep?" || seen["account"].(M)["acct"] != "bo@b.test" {
			t.Errorf("cleo sees %v by %v", seen["praxis"], seen["account"].(M)["acct"])
		}
		answer := p.ana.Reply(id(p.ana.Locate(question["uri"].(string))), "Two fingers.")
		c.Clock.Advance(12 * time.Hour)
		c.Settle() // the answer reaches b, which is left alone for a while after it was down
		unreachable(func() {
			p.bo.Object(http.MethodPost, "/api/v1/statuses/"+id(p.bo.Locate(answer["uri"].(string)))+"/favourite", nil)
			p.bo.Object(http.MethodPut, "/api/v1/statuses/"+id(question), M{"status": "@care@a.test How wide?\n\nOf the wound."})
		})
		got := cleo.Object(http.MethodGet, "/api/v1/statuses/"+id(cleo.Locate(answer["uri"].(string))), nil)
		if got["favourites_count"] != 1.0 {
			t.Errorf("cleo counts %v favourites of the answer", got["favourites_count"])
		}
		if seen := find(t, cleo, question["uri"].(string)); seen["praxis"].(M)["title"] != "How wide?" {
			t.Errorf("after the edit cleo sees %v", seen["praxis"])
		}
		p.bo.Object(http.MethodDelete, "/api/v1/statuses/"+id(question), nil)
		c.Network.SetDown("b.test", true)
		c.Settle()
		if status, _ := cleo.Do(http.MethodGet, "/api/v1/statuses/"+id(seen), nil); status != http.StatusNotFound {
			t.Errorf("cleo still sees what was deleted: %d", status)
		}
	})
}

// TestOutboxHoldsWhatCanBeProven: what others read of an actor's past is proven as it was when it was sent.
func TestOutboxHoldsWhatCanBeProven(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		p.bo.Post("@care@a.test From the past\n\nStill proven.")
		p.Settle()
		judge := sign.NewVerifier(sign.Config{Keys: p.Server("a.test").Directory, Now: p.Clock.Now})
		_, body := p.Fetch(p.Server("b.test"), strings.TrimPrefix(p.bo.Actor.Outbox, "https://b.test"))
		var whole struct {
			First string `json:"first"`
		}
		decode(t, body, &whole)
		_, body = p.Fetch(p.Server("b.test"), strings.TrimPrefix(whole.First, "https://b.test"))
		var page struct {
			Items []json.RawMessage `json:"orderedItems"`
		}
		decode(t, body, &page)
		if len(page.Items) == 0 {
			t.Errorf("the outbox is empty: %s", body)
		}
		for _, item := range page.Items {
			if _, err := judge.Proof(t.Context(), item, p.bo.Actor.URI); err != nil {
				t.Errorf("%v: %s", err, item)
			}
		}
	})
}

func decode(t *testing.T, body string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}

// find gives a status from somebody's home by its uri, boosts opened.
func find(t *testing.T, m *Member, uri string) M {
	t.Helper()
	for _, status := range m.Home() {
		if inner := reblogOf(status); inner["uri"] == uri {
			return inner
		}
	}
	t.Fatalf("%s has no %s at home", m.Handle(), uri)
	return nil
}
