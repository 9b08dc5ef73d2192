package testrig_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// leaves ends a pair from the side of one.
func leaves(t *testing.T, one, other *testrig.Sibling) {
	t.Helper()
	if _, err := one.Service.LeaveSibling(t.Context(), nil, one.Group, one.PairWith(other).ID, ""); err != nil {
		t.Fatal(err)
	}
	one.Cluster.Settle()
	if got := other.PairWith(one); got.State != models.SiblingLeft || got.EndedAt == 0 {
		t.Fatalf("at %s it is %s since %d", other.Host, got.State, got.EndedAt)
	}
}

// textAt gives what an instance has of a post; "" for what is gone.
func textAt(t *testing.T, s *testrig.Sibling, uri any) string {
	t.Helper()
	post, err := s.Store.Read(t.Context()).PostByURI(uri.(string))
	if models.IsNotFound(err) || err == nil && post.DeletedAt != 0 {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return post.Content
}

// Whoever left hears for as long as was agreed what authors changed, and always what they deleted; whatever was written by whom.
func TestExSiblingsHearOfDeletesAndEdits(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		ann, bo, cleo := a.Member("ann"), b.Member("bo"), third.Member("cleo")
		bo.Follow("@solvents@b.test")
		cleo.Follow("@solvents@c.test")
		edited, deleted, kept := post(ann, a, "Acetone dissolves the seal."), post(ann, a, "Nonsense."), post(ann, a, "Never touched.")
		theirs := post(bo, b, "From b.")
		answer := bo.Reply(bo.Locate(edited["uri"].(string))["id"].(string), "An answer to take back.")
		c.Settle()
		leaves(t, b, a)
		late := post(ann, a, "After the end.")
		ann.Object(http.MethodPut, "/api/v1/statuses/"+edited["id"].(string), testrig.M{"status": "Acetone dissolves any seal. @solvents@a.test"})
		ann.Object(http.MethodDelete, "/api/v1/statuses/"+deleted["id"].(string), nil)
		bo.Object(http.MethodDelete, "/api/v1/statuses/"+theirs["id"].(string), nil)
		bo.Object(http.MethodDelete, "/api/v1/statuses/"+answer["id"].(string), nil)
		c.Settle()
		if got := textAt(t, b, edited["uri"]); !strings.Contains(got, "any seal") {
			t.Errorf("the ex-sibling has %q", got)
		}
		for _, one := range s {
			if textAt(t, one, deleted["uri"]) != "" || textAt(t, one, theirs["uri"]) != "" || textAt(t, one, answer["uri"]) != "" {
				t.Errorf("%s has what was deleted", one.Host)
			}
			if textAt(t, one, kept["uri"]) == "" {
				t.Errorf("%s lost what nobody deleted", one.Host)
			}
		}
		if textAt(t, b, late["uri"]) != "" {
			t.Error("what was written after the end came to the ex-sibling")
		}
		if page := pageOf(t, b, "/@solvents"); !strings.Contains(page, "Last in step with a.test") {
			t.Error("the page does not say until when it was in step")
		}
		if page := pageOf(t, b, "/@ann@a.test/"+bo.Locate(kept["uri"].(string))["id"].(string)); !strings.Contains(page, "Last in step with a.test") {
			t.Error("the page of a thread does not say until when it was in step")
		}
	})
}

// What both agreed to keep for so many days after the end is removed then: what came through the sibling, and through it alone.
func TestCopiesGoWhenTheirTimeIsOver(t *testing.T) {
	terms := agreed()
	terms.Retention = 30
	hosts := []string{"a.test", "b.test", "c.test"}
	testrig.Each(t, hosts, func(t *testing.T, c *testrig.Cluster) {
		s := c.Siblings("solvents", terms, "a.test", "b.test")
		a, b := s[0], s[1]
		ann, al, amy, bo := a.Member("ann"), a.Member("al"), a.Member("amy"), b.Member("bo")
		bo.Follow("@solvents@b.test")
		bo.Follow("@amy@a.test")
		alone, answered, followed := post(ann, a, "Nobody here said a word."), post(al, a, "Somebody answers."), post(amy, a, "By one who is followed.")
		own := post(bo, b, "Of b itself.")
		c.Settle()
		answer := bo.Reply(bo.Locate(answered["uri"].(string))["id"].(string), "Here I am.")
		c.Settle()
		sheet, err := b.Service.SiblingOf(t.Context(), nil, b.Group, b.PairWith(a).ID)
		if err != nil || sheet.Copies == nil || *sheet.Copies != 2 || sheet.Agreement.Retention != 30 {
			t.Errorf("before it leaves it is told of %d copies, %d days: %v", *sheet.Copies, sheet.Agreement.Retention, err)
		}
		leaves(t, b, a)
		pass(c, 29)
		if textAt(t, b, alone["uri"]) == "" {
			t.Fatal("it went before its time")
		}
		pass(c, 2)
		if textAt(t, b, alone["uri"]) != "" || textAt(t, b, answered["uri"]) != "" {
			t.Error("what came through the sibling alone is there still")
		}
		for name, uri := range map[string]any{"one by somebody who is followed": followed["uri"], "an own one": own["uri"], "an own answer": answer["uri"]} {
			if textAt(t, b, uri) == "" {
				t.Errorf("%s went, too", name)
			}
		}
		if textAt(t, a, alone["uri"]) == "" {
			t.Error("it went at its own host")
		}
		entries, err := b.Store.Read(t.Context()).AuditPage(models.AuditFilter{Action: "sibling.retention"}, models.Page{Limit: 5})
		if err != nil || len(entries) != 1 || !strings.Contains(entries[0].After, `"posts":2`) {
			t.Errorf("the audit log says %v %v", entries, err)
		}
	})
}

// A part founds a community of its own: it names the one that it comes from, members are asked, and nobody is moved.
func TestCommunitySplits(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		a, b := c.Server("a.test"), c.Server("b.test")
		ann, al, bo := a.Member("ann"), a.Member("al"), b.Member("bo")
		care := &testrig.Sibling{Server: a, Group: a.Community("care", ann)}
		al.Follow("@care@a.test")
		bo.Follow("@care@a.test")
		thread := post(al, care, "A thread of both.")
		c.Settle()
		if _, err := a.Service.SplitCommunity(t.Context(), al.Actor, care.Group, "kids", ""); models.ErrorCode(err) != models.Forbidden {
			t.Errorf("a member splits it: %v", err)
		}
		made, err := a.Service.SplitCommunity(t.Context(), ann.Actor, care.Group, "kids", "Care of children")
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		old, err := a.Store.Read(t.Context()).Community(care.Group.ID)
		if err != nil || old.URN == "" {
			t.Fatal(old, err)
		}
		_, doc := c.Fetch(a, "/c/kids")
		if !strings.Contains(doc, `"isBasedOn":"`+old.URN+`"`) {
			t.Errorf("the new one says %s", doc)
		}
		for _, m := range []*testrig.Member{al, bo} {
			if (&keeper{t}).follows(m, made.URI) || !(&keeper{t}).follows(m, care.Group.URI) {
				t.Errorf("%s was moved", m.Handle())
			}
			told := m.List("/api/v1/notifications?types[]=mention")
			if len(told) != 1 || !strings.Contains(told[0]["status"].(testrig.M)["content"].(string), "kids") {
				t.Errorf("%s is asked %v", m.Handle(), told)
			}
		}
		if told := ann.List("/api/v1/notifications?types[]=mention"); len(told) != 0 {
			t.Errorf("who founded it is asked: %v", told)
		}
		for path, wants := range map[string]string{"/@care": "Split off it", "/@kids": "Was a part of"} {
			if !strings.Contains(pageOf(t, care, path), wants) {
				t.Errorf("%s does not say %q", path, wants)
			}
		}
		if textAt(t, care, thread["uri"]) == "" {
			t.Error("the thread went")
		}
		c.Clock.Advance(366 * 24 * time.Hour)
		if strings.Contains(pageOf(t, care, "/@care"), "Split off it") {
			t.Error("after a year the page still says it")
		}
	})
}

// Who changes the charter offers it to the siblings: they go on as before, see that it differs, and take it or not.
func TestCharterChangesAreOffered(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b, third := s[0], s[1], s[2]
		said := "We share what failed."
		for _, one := range s { // hosts that have siblings have been admitted
			for _, other := range s {
				if one != other {
					one.SetPair(other, func(pair *models.Sibling) { pair.AdmittedBy = one.Group.ID })
				}
			}
		}
		if _, err := a.Service.ChangeCommunity(t.Context(), nil, a.Group, practice.CommunityChange{Charter: &said}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if page := pageOf(t, a, "/@solvents"); !strings.Contains(page, "Its charter differs") {
			t.Error("the page does not say that the charters differ")
		}
		for _, one := range []*testrig.Sibling{b, third} {
			sheet, err := one.Service.SiblingOf(t.Context(), nil, one.Group, one.PairWith(a).ID)
			if err != nil || sheet.State != models.SiblingLive || sheet.Offer == nil || sheet.WaitsFor != "convener" || sheet.Offer.Charter != "differs" {
				t.Fatalf("at %s: %+v %v", one.Host, sheet, err)
			}
		}
		if _, err := b.Service.ApproveSibling(t.Context(), nil, b.Group, b.PairWith(a).ID); err != nil {
			t.Fatal(err)
		}
		if _, err := third.Service.RefuseSibling(t.Context(), nil, third.Group, third.PairWith(a).ID, "Not for us"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		digests := map[string]string{}
		for _, one := range []*testrig.Sibling{b, third} {
			if pair := a.PairWith(one); pair.State != models.SiblingLive || pair.Offer != "" {
				t.Errorf("with %s it is %s", one.Host, pair.State)
			}
			bond, err := pact.ReadBond([]byte(a.PairWith(one).Agreement))
			if err != nil {
				t.Fatal(err)
			}
			digests[one.Host] = bond.Charter
		}
		if digests["b.test"] == "" || digests["c.test"] != "" {
			t.Errorf("agreed on %v", digests)
		}
		// The same text again is no change.
		if _, err := a.Service.ChangeCommunity(t.Context(), nil, a.Group, practice.CommunityChange{Charter: &said}); err != nil {
			t.Fatal(err)
		}
		if a.PairWith(b).Offer != "" || a.PairWith(third).Offer != "" {
			t.Error("what is agreed on is offered again")
		}
	})
}

// Where the sibling that took a post is lost, the Group of the author's own host tells the others what its author does with it.
func TestChangesReachSiblingsWithoutTheOrigin(t *testing.T) {
	c := testrig.NewCluster(t, "a.test", "b.test", "c.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test", "c.test")
	a, b, third := s[0], s[1], s[2]
	ann, bo, cleo := a.Member("ann"), b.Member("bo"), third.Member("cleo")
	bo.Follow("@solvents@a.test") // so that what bo answers is taken there
	cleo.Follow("@solvents@c.test")
	thread := post(ann, a, "Acetone dissolves the seal.")
	c.Settle()
	answer := bo.Reply(bo.Locate(thread["uri"].(string))["id"].(string), "Take another one.")
	c.Settle()
	if textAt(t, third, answer["uri"]) == "" {
		t.Fatal("the answer did not come")
	}
	c.Network.SetDown(a.Host, true)
	for _, one := range []*testrig.Sibling{b, third} {
		one.SetPair(a, func(pair *models.Sibling) { pair.State, pair.AdopterURI = models.SiblingLost, b.Group.URI })
	}
	path := "/api/v1/statuses/" + answer["id"].(string)
	bo.Object(http.MethodPut, path, testrig.M{"status": "Take no other one."})
	c.Settle()
	if got := textAt(t, third, answer["uri"]); !strings.Contains(got, "Take no other") {
		t.Errorf("after the change c.test has %q", got)
	}
	bo.Object(http.MethodDelete, path, nil)
	c.Settle()
	if got := textAt(t, third, answer["uri"]); got != "" {
		t.Errorf("after the deletion c.test has %q", got)
	}
}
