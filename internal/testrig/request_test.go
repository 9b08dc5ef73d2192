package testrig

import (
	"net/http"
	"strings"
	"testing"

	"praxis/models"
)

// asks closes the trio's community and lets a new member of c.test ask to join it; the member and their relationship's path
// are given.
func (w *trio) asks(name string) (*Member, string) {
	w.t.Helper()
	request := models.JoiningRequest
	w.ana.Call(http.MethodPatch, strings.TrimSuffix(w.community(w.ana, ""), "/"), M{"joining": request})
	w.Settle()
	finn := w.Server("c.test").Member(name)
	joined := finn.Object(http.MethodPost, w.community(finn, "join"), M{"message": "I work nights"})
	if joined["membership"].(M)["state"] != models.MembershipRequested {
		w.t.Fatalf("a request to a community elsewhere gives %v", joined["membership"])
	}
	w.Settle()
	return finn, "/api/v1/accounts/relationships?id[]=" + finn.Find("@care@a.test")
}

// TestModeratorElsewhereDecidesWhoJoins: a request reaches those who moderate wherever they live, the first to decide
// decides, and the others hear of it.
func TestModeratorElsewhereDecidesWhoJoins(t *testing.T) {
	trios(t, func(t *testing.T, w *trio) {
		for _, accept := range []bool{true, false} {
			finn, relationship := w.asks(map[bool]string{true: "finn", false: "gus"}[accept])
			for _, decider := range []*Member{w.ana, w.bo} {
				if waiting := decider.List("/api/v1/follow_requests"); len(waiting) != 1 || waiting[0]["username"] != finn.Actor.Username {
					t.Fatalf("%s sees the requests %v", decider.Handle(), waiting)
				}
			}
			told := w.bo.List("/api/v1/notifications?types[]=follow_request")
			if len(told) != 1 {
				t.Errorf("bo was told %d times", len(told))
			}
			verb := map[bool]string{true: "authorize", false: "reject"}[accept]
			w.bo.Call(http.MethodPost, "/api/v1/follow_requests/"+w.bo.Find(finn.Handle())+"/"+verb, nil)
			w.Settle()
			if now := finn.List(relationship)[0]; now["following"] != accept || now["requested"] != false {
				t.Errorf("after %s: %v", verb, now)
			}
			for _, decider := range []*Member{w.ana, w.bo} {
				if waiting := decider.List("/api/v1/follow_requests"); len(waiting) != 0 {
					t.Errorf("%s still has %d requests", decider.Handle(), len(waiting))
				}
			}
		}
		finn, relationship := w.asks("hal")
		w.ana.Call(http.MethodPost, "/api/v1/follow_requests/"+w.ana.Find(finn.Handle())+"/authorize", nil)
		w.Settle()
		if waiting := w.bo.List("/api/v1/follow_requests"); len(waiting) != 0 || finn.List(relationship)[0]["following"] != true {
			t.Errorf("decided at the community's host, and bo still has %v", waiting)
		}
	})
}

// TestA20_StrangersDecideNothing: an Accept of a request to join by somebody who does not moderate the community changes
// nothing, nor does a community that forwards requests to another one.
func TestA20_StrangersDecideNothing(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test", "c.test")
	w := newTrio(t, c)
	finn, relationship := w.asks("finn")
	follow, err := w.Server("a.test").Store.Read(t.Context()).FollowBetween(w.actorAt("a.test", finn.Actor.URI).ID, w.care.ID)
	if err != nil {
		t.Fatal(err)
	}
	eve := c.NewPeer("eve.test", "praxis").Actor("eve", "Person")
	inner := M{"id": follow.URI, "type": "Follow", "actor": finn.Actor.URI, "object": w.care.URI}
	eve.Send(w.Server("a.test"), eve.Activity("Accept", "1", inner))
	group := eve.Peer.Actor("group", "Group")
	group.Send(w.Server("b.test"), group.Activity("Announce", "2", M{
		"id": "https://eve.test/f", "type": "Follow", "actor": eve.URI, "object": w.care.URI,
	}))
	c.Settle()
	if now := finn.List(relationship)[0]; now["following"] != false || now["requested"] != true {
		t.Errorf("somebody let finn in: %v", now)
	}
	if waiting := w.bo.List("/api/v1/follow_requests"); len(waiting) != 1 {
		t.Errorf("bo has %d requests", len(waiting))
	}
}

// actorAt gives an actor as an instance has it.
func (w *trio) actorAt(host, uri string) *models.Actor {
	w.t.Helper()
	actor, err := w.Server(host).Store.Read(w.t.Context()).ActorByURI(uri)
	if err != nil {
		w.t.Fatal(err)
	}
	return actor
}
