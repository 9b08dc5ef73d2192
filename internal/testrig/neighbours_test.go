package testrig

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/models"
)

// TestSimilarCommunitiesAreNamedAtBirth: who founds a community is told of those that exist, here and in the directories of
// known peers, and may found it all the same; hidden ones are not named.
func TestSimilarCommunitiesAreNamedAtBirth(t *testing.T) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		ana, bo := a.Member("ana"), b.Member("bo")
		for _, wanted := range []M{
			{"name": "woundcare", "display_name": "Wound care", "domain": "How wounds heal", "topics": []string{"dressings"}},
			{"name": "nightshift", "display_name": "Night shift", "class": "local"},
		} {
			ana.Object(http.MethodPost, "/api/praxis/v1/communities", wanted)
		}
		ana.Post("@bo@b.test hello") // so that the two hosts know each other
		bo.Follow(ana.Handle())
		c.Settle()
		if listed := bo.List("/api/praxis/v1/communities/elsewhere?q=wound"); len(listed) != 1 || listed[0]["handle"] != "woundcare@a.test" {
			t.Fatalf("the directory of the peer holds %v", listed)
		}
		for why, idea := range map[string]M{
			"name":  {"name": "wound_care"},
			"topic": {"name": "bandages", "topics": []string{"Dressings"}},
			"words": {"name": "healing", "display_name": "Wound healing", "domain": "care for wounds that do not heal"},
		} {
			status, raw := bo.Do(http.MethodPost, "/api/praxis/v1/communities", idea)
			if status != http.StatusConflict || !strings.Contains(string(raw), `"why":"`+why+`"`) || !strings.Contains(string(raw), "woundcare@a.test") {
				t.Errorf("%v: %d %s", idea, status, raw)
			}
		}
		if listed := bo.List("/api/praxis/v1/communities/similar?name=nightshift"); len(listed) != 0 {
			t.Errorf("a community of one organization is named to another one: %v", listed)
		}
		bo.Object(http.MethodPost, "/api/praxis/v1/communities", M{"name": "woundcare", "anyway": true})
		if _, err := b.Store.Read(t.Context()).ActorByHandle("woundcare", "b.test"); err != nil {
			t.Error(err)
		}
		if status, _ := bo.Do(http.MethodPost, "/api/praxis/v1/communities", M{"name": "something", "display_name": "Else"}); status != http.StatusOK {
			t.Errorf("a new idea: %d", status)
		}
	})
}

// TestDirectoriesOfPeersAreReadOnceADay: a host that lies or fails costs nothing, and a blocked one is not asked.
func TestDirectoriesOfPeersAreReadOnceADay(t *testing.T) {
	c := NewCluster(t, "a.test")
	a := c.Server("a.test")
	lemmy := c.NewPeer("l.test", "lemmy")
	lemmy.ServeJSON("/api/v3/community/list", M{"communities": []M{
		{"community": M{"actor_id": "https://l.test/c/wounds", "name": "wounds", "title": "Wounds"}, "counts": M{"subscribers": 3}},
		{"community": M{"actor_id": "https://a.test/c/theirs", "name": "theirs", "title": "Ours, they say"}},
	}})
	broken := c.NewPeer("n.test", "nodebb")
	broken.Serve("/api/categories", http.StatusOK, "application/json", []byte(`{"categories":`))
	for _, peer := range []*Peer{lemmy, broken} {
		actor := peer.Actor("fay", "Person")
		actor.Send(a, actor.Activity("Follow", "1", a.Member("m"+fmt.Sprint(len(peer.Host))+peer.Host[:1]).Actor.URI))
	}
	c.Settle()
	listed, err := a.Store.Read(t.Context()).PeerCommunities("", 10, 0)
	if err != nil || len(listed) != 1 || listed[0].URI != "https://l.test/c/wounds" {
		t.Errorf("listed: %+v, %v", listed, err)
	}
	if due, err := a.Store.Read(t.Context()).PeersToAsk([]string{"lemmy", "nodebb"}, time.Hour, 10); err != nil || len(due) != 0 {
		t.Errorf("asked again at once: %+v, %v", due, err)
	}
	if due, err := a.Store.Read(t.Context()).PeersToAsk([]string{"lemmy"}, -1, 10); err != nil || len(due) != 1 {
		t.Errorf("asked tomorrow: %+v, %v", due, err)
	}
	if err := a.Store.Tx(t.Context(), func(tx *models.Tx) error {
		return tx.SaveDomainBlock(&models.DomainBlock{Host: "l.test", Severity: models.SeveritySuspend})
	}); err != nil {
		t.Fatal(err)
	}
	if listed, _ := a.Store.Read(t.Context()).PeerCommunities("", 10, 0); len(listed) != 0 {
		t.Errorf("a blocked host is listed: %+v", listed)
	}
}
