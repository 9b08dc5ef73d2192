package testrig

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// kin is three organizations, each with a community of its own for the same practice and somebody who convenes it.
type kin struct {
	*alliance
	house    map[*Server]*models.Actor
	convener map[*Server]*Member
}

func newKin(t *testing.T, c *Cluster, changes ...func(*practice.NewCommunity)) *kin {
	k := &kin{alliance: newAlliance(t, c), house: map[*Server]*models.Actor{}, convener: map[*Server]*Member{}}
	for name, s := range map[string]*Server{"ann": k.a, "bo": k.b, "cleo": k.c} {
		k.convener[s] = s.Member(name)
		k.house[s] = s.Community("wounds", k.convener[s], changes...)
	}
	return k
}

// see gives the Group of one server as another one knows it.
func (k *kin) see(at, of *Server) *models.Actor {
	k.t.Helper()
	found, err := at.Service.Directory().FindByHandle(context.Background(), "wounds", of.Host)
	ok(k.t, err)
	return found
}

func (k *kin) pair(at, with *Server) *models.Sibling {
	k.t.Helper()
	row, err := at.Store.Read(context.Background()).Sibling(k.house[at].ID, k.house[with].URI)
	if models.IsNotFound(err) {
		return &models.Sibling{}
	}
	ok(k.t, err)
	return row
}

func (k *kin) is(at, with *Server, want string) {
	k.t.Helper()
	if row := k.pair(at, with); row.State != want {
		k.t.Errorf("%s has its pair with %s as %q (%s), want %q", at.Host, with.Host, row.State, row.Reason, want)
	}
}

func (k *kin) propose(at, to *Server, terms practice.SiblingTerms) {
	k.t.Helper()
	_, err := at.Service.ProposeSibling(context.Background(), k.convener[at].Actor, k.house[at], k.see(at, to), terms)
	ok(k.t, err)
	k.Settle()
}

func (k *kin) admit(at, of *Server) {
	k.t.Helper()
	_, err := at.Service.AdmitSibling(context.Background(), nil, k.house[at], k.pair(at, of).ID)
	ok(k.t, err)
	k.Settle()
}

func (k *kin) approve(at, of *Server) {
	k.t.Helper()
	_, err := at.Service.ApproveSibling(context.Background(), k.convener[at].Actor, k.house[at], k.pair(at, of).ID)
	ok(k.t, err)
	k.Settle()
}

// link goes the whole way of a pair.
func (k *kin) link(one, other *Server, terms practice.SiblingTerms) {
	k.t.Helper()
	k.propose(one, other, terms)
	if k.pair(one, other).State == models.SiblingApproved {
		k.admit(one, other)
	}
	k.approve(other, one)
	if k.pair(other, one).State == models.SiblingApproved {
		k.admit(other, one)
	}
	k.is(one, other, models.SiblingLive)
	k.is(other, one, models.SiblingLive)
}

func (k *kin) community(at *Server) *models.Community {
	k.t.Helper()
	row, err := at.Store.Read(context.Background()).Community(k.house[at].ID)
	ok(k.t, err)
	return row
}

// document gives what a Group says of itself, or another address of it.
func (k *kin) document(of *Server, path string) M {
	k.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, k.house[of].URI+path, nil)
	ok(k.t, err)
	r.Header.Set("Accept", "application/activity+json")
	answer, err := (&http.Client{Transport: k.Network}).Do(r)
	ok(k.t, err)
	defer answer.Body.Close()
	doc := M{}
	if answer.StatusCode == http.StatusOK {
		ok(k.t, json.NewDecoder(answer.Body).Decode(&doc))
	}
	return doc
}

func (k *kin) listed(of *Server) []string {
	k.t.Helper()
	var uris []string
	items, _ := k.document(of, "/siblings")["items"].([]any)
	for _, item := range items {
		uris = append(uris, item.(string))
	}
	slices.Sort(uris)
	return uris
}

func (k *kin) follows(one, other *Server) bool {
	k.t.Helper()
	follow, err := one.Store.Read(context.Background()).FollowBetween(k.house[one].ID, k.see(one, other).ID)
	return err == nil && follow.State == models.FollowAccepted
}

func TestSiblingsBecomeLiveStepByStep(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		k.propose(k.a, k.b, practice.SiblingTerms{History: 30})
		k.is(k.a, k.b, models.SiblingApproved) // no admin has admitted b.test: nothing was sent
		k.is(k.b, k.a, "")
		k.admit(k.a, k.b)
		k.is(k.a, k.b, models.SiblingProposed)
		k.is(k.b, k.a, models.SiblingReceived)
		k.approve(k.b, k.a)
		k.is(k.b, k.a, models.SiblingApproved)
		k.is(k.a, k.b, models.SiblingProposed)
		k.admit(k.b, k.a)
		k.is(k.b, k.a, models.SiblingLive)
		k.is(k.a, k.b, models.SiblingLive)

		here, there := k.pair(k.a, k.b), k.pair(k.b, k.a)
		if here.Agreement == "" || here.Agreement != there.Agreement || here.OurProof != there.TheirProof || here.TheirProof != there.OurProof || here.OurProof == "" {
			t.Errorf("the agreements differ:\n%+v\n%+v", here, there)
		}
		if urn := k.community(k.a).URN; !strings.HasPrefix(urn, "urn:uuid:") || urn != k.community(k.b).URN {
			t.Errorf("the names are %q and %q", urn, k.community(k.b).URN)
		}
		if !k.follows(k.a, k.b) || !k.follows(k.b, k.a) {
			t.Error("the Groups do not follow each other")
		}
		if got := k.listed(k.a); !slices.Equal(got, []string{k.house[k.b].URI}) {
			t.Errorf("a.test lists %v", got)
		}
		if got := k.listed(k.b); !slices.Equal(got, []string{k.house[k.a].URI}) {
			t.Errorf("b.test lists %v", got)
		}
		doc := k.document(k.a, "")
		if doc["urn"] != k.community(k.a).URN || doc["siblings"] != k.house[k.a].URI+"/siblings" || doc["siblingsFeed"] == nil {
			t.Errorf("the Group says urn %v, siblings %v, feed %v", doc["urn"], doc["siblings"], doc["siblingsFeed"])
		}
		if k.c.Count("community_sibling")+k.c.Count("sibling_event") != 0 {
			t.Error("c.test heard of it")
		}
	})
}

func TestThirdSiblingIsIntroducedAndAgreesByItself(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		k.link(k.a, k.b, practice.SiblingTerms{})
		k.link(k.c, k.a, practice.SiblingTerms{})
		k.is(k.b, k.c, models.SiblingIntroduced)
		k.is(k.c, k.b, "")
		if k.pair(k.b, k.c).IntroducedBy != k.house[k.a].URI {
			t.Errorf("introduced by %q", k.pair(k.b, k.c).IntroducedBy)
		}
		k.link(k.b, k.c, practice.SiblingTerms{})
		for _, s := range []*Server{k.a, k.b, k.c} {
			if n := len(k.listed(s)); n != 2 {
				t.Errorf("%s lists %d siblings", s.Host, n)
			}
			if k.community(s).URN != k.community(k.a).URN {
				t.Errorf("%s calls the community %s", s.Host, k.community(s).URN)
			}
			feed, err := s.Store.Read(t.Context()).FeedEntries(k.community(s).SiblingsFeed)
			ok(t, err)
			if len(feed) != 3 {
				t.Errorf("the feed of %s has %d communities", s.Host, len(feed))
			}
		}
	})
}

func TestOffersOfSiblingsAreCounteredRefusedAndTakenBack(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	k.propose(k.a, k.b, practice.SiblingTerms{Removals: "auto"})
	k.admit(k.a, k.b)
	_, err := k.b.Service.CounterSibling(ctx, k.convener[k.b].Actor, k.house[k.b], k.pair(k.b, k.a).ID, practice.SiblingTerms{Removals: "review", History: 7})
	ok(t, err)
	k.Settle()
	k.is(k.b, k.a, models.SiblingApproved) // waits for b's admin
	k.is(k.a, k.b, models.SiblingProposed)
	k.admit(k.b, k.a)
	k.is(k.a, k.b, models.SiblingReceived)
	k.is(k.b, k.a, models.SiblingProposed)
	_, err = k.a.Service.RefuseSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID, "not yet")
	ok(t, err)
	k.Settle()
	k.is(k.a, k.b, models.SiblingRefused)
	k.is(k.b, k.a, models.SiblingRefused)
	if why := k.pair(k.b, k.a).Reason; !strings.Contains(why, "not yet") {
		t.Errorf("b.test was told %q", why)
	}
	k.propose(k.a, k.b, practice.SiblingTerms{})
	k.is(k.b, k.a, models.SiblingReceived)
	_, err = k.a.Service.LeaveSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID, "")
	ok(t, err)
	k.Settle()
	k.is(k.a, k.b, models.SiblingLeft)
	k.is(k.b, k.a, models.SiblingRefused)
}

func TestTwoCommunitiesBecomeOneUnderTheOlderName(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.link(k.b, k.c, practice.SiblingTerms{}) // they have a name
	older := k.community(k.b).URN
	k.Clock.Advance(time.Hour)
	k.propose(k.a, k.b, practice.SiblingTerms{}) // mints a younger one, since it does not know theirs by now
	_, err := k.a.Service.LeaveSibling(context.Background(), k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID, "")
	ok(t, err)
	younger := k.community(k.a).URN
	if younger == older || younger < older {
		t.Fatalf("the names are %s and %s", younger, older)
	}
	k.link(k.a, k.b, practice.SiblingTerms{})
	if row := k.community(k.a); row.URN != older || !slices.Contains(row.FormerList(), younger) {
		t.Errorf("a.test is %s, before %v; want %s, before %s", row.URN, row.FormerList(), older, younger)
	}
	if k.community(k.b).URN != older {
		t.Errorf("b.test is %s", k.community(k.b).URN)
	}
}

func TestSiblingsPartAndKeepWhatTheyHave(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		k.link(k.a, k.b, practice.SiblingTerms{})
		ctx := context.Background()
		_, err := k.a.Service.LeaveSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID, "we go on alone")
		ok(t, err)
		k.Settle()
		k.is(k.a, k.b, models.SiblingLeft)
		k.is(k.b, k.a, models.SiblingLeft)
		if k.follows(k.a, k.b) || k.follows(k.b, k.a) {
			t.Error("they still follow each other")
		}
		if len(k.listed(k.a))+len(k.listed(k.b)) != 0 {
			t.Errorf("they list %v and %v", k.listed(k.a), k.listed(k.b))
		}
		if why := k.pair(k.b, k.a).Reason; !strings.Contains(why, "we go on alone") {
			t.Errorf("b.test was told %q", why)
		}
		k.link(k.b, k.a, practice.SiblingTerms{}) // both hosts are admitted still
		entries, err := k.a.Store.Read(ctx).AuditPage(models.AuditFilter{}, models.Page{Limit: 50})
		ok(t, err)
		var actions []string
		for _, e := range entries {
			actions = append(actions, e.Action)
		}
		for _, want := range []string{"sibling.propose", "sibling.admit", "sibling.leave", "sibling.approve"} {
			if !slices.Contains(actions, want) {
				t.Errorf("the audit log has no %s: %v", want, actions)
			}
		}
	})
}

func TestAdminRevokesAtOnce(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.link(k.a, k.b, practice.SiblingTerms{})
	ctx := context.Background()
	letters := len(k.convener[k.a].List("/api/v1/conversations"))
	_, err := k.a.Service.LeaveSibling(ctx, nil, k.house[k.a], k.pair(k.a, k.b).ID, "the contract is over")
	ok(t, err)
	k.is(k.a, k.b, models.SiblingLeft)
	if len(k.convener[k.a].List("/api/v1/conversations")) <= letters {
		read := k.convener[k.a].List("/api/v1/conversations")
		last, _ := json.Marshal(read[0]["last_status"])
		if !strings.Contains(string(last), "the contract is over") {
			t.Errorf("the convener was told nothing: %s", last)
		}
	}
	k.Settle()
	k.is(k.b, k.a, models.SiblingLeft)
	k.propose(k.a, k.b, practice.SiblingTerms{})
	k.is(k.a, k.b, models.SiblingApproved) // the host has to be admitted again
}

func TestPairsRestAndGoOn(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.link(k.a, k.b, practice.SiblingTerms{})
	ctx := context.Background()
	pause := func(by *models.Actor) {
		t.Helper()
		_, err := k.a.Service.PauseSibling(ctx, by, k.house[k.a], k.pair(k.a, k.b).ID, "too loud")
		ok(t, err)
		k.Settle()
		k.is(k.a, k.b, models.SiblingPaused)
		k.is(k.b, k.a, models.SiblingPaused) // it sees that it is not listed
	}
	pause(k.convener[k.a].Actor)
	if k.pair(k.b, k.a).Pause != models.PauseUnlisted {
		t.Errorf("b.test rests for %q", k.pair(k.b, k.a).Pause)
	}
	_, err := k.a.Service.ResumeSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID)
	ok(t, err)
	k.Settle()
	k.is(k.a, k.b, models.SiblingLive)
	k.is(k.b, k.a, models.SiblingLive)
	pause(nil)
	_, err = k.a.Service.ResumeSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.pair(k.a, k.b).ID)
	if models.ErrorCode(err) != models.Forbidden {
		t.Errorf("a convener resumes what an admin paused: %v", err)
	}
	_, err = k.a.Service.ResumeSibling(ctx, nil, k.house[k.a], k.pair(k.a, k.b).ID)
	ok(t, err)
	k.Settle()
	k.is(k.b, k.a, models.SiblingLive)

	k.Clock.Advance(366 * 24 * time.Hour)
	k.Settle()
	if row := k.pair(k.a, k.b); row.State != models.SiblingPaused || row.Pause != models.PauseOver {
		t.Errorf("after the agreement: %s, %s", row.State, row.Pause)
	}
	k.propose(k.a, k.b, practice.SiblingTerms{})
	k.approve(k.b, k.a)
	k.is(k.a, k.b, models.SiblingLive)
	k.is(k.b, k.a, models.SiblingLive)
	k.Clock.Advance(400 * 24 * time.Hour)
	k.Settle()
	k.Clock.Advance(time.Hour)
	k.Settle()
	k.is(k.a, k.b, models.SiblingLeft)
	k.is(k.b, k.a, models.SiblingLeft)
}

func TestSuccessorsAreSaidAndHeard(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.link(k.a, k.b, practice.SiblingTerms{})
	k.link(k.a, k.c, practice.SiblingTerms{})
	b, c := k.house[k.b].URI, k.house[k.c].URI
	if got := k.community(k.a).SuccessorList(); !slices.Equal(got, []string{b, c}) {
		t.Errorf("the successors of a.test are %v", got)
	}
	ok(t, k.a.Service.SetSuccessors(t.Context(), k.convener[k.a].Actor, k.house[k.a], []int64{k.pair(k.a, k.c).ID}))
	k.Settle()
	heard, err := k.b.Store.Read(t.Context()).Community(k.see(k.b, k.a).ID)
	ok(t, err)
	if got := heard.SuccessorList(); !slices.Equal(got, []string{c, b}) || heard.URN != k.community(k.b).URN {
		t.Errorf("b.test heard of %v, %s", got, heard.URN)
	}
	if err := k.a.Service.SetSuccessors(t.Context(), k.convener[k.b].Actor, k.house[k.a], nil); models.ErrorCode(err) != models.Forbidden {
		t.Errorf("a stranger says who goes on: %v", err)
	}
}

func TestBlockedAndDeletedSiblings(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.link(k.a, k.b, practice.SiblingTerms{})
	k.link(k.a, k.c, practice.SiblingTerms{})
	_, _, err := k.a.Service.BlockDomainBy(t.Context(), k.by, models.DomainBlock{Host: "b.test", Severity: models.SeveritySuspend})
	ok(t, err)
	ok(t, k.c.Service.DeleteActor(t.Context(), k.house[k.c]))
	k.Settle()
	k.is(k.a, k.b, models.SiblingPaused)
	k.is(k.a, k.c, models.SiblingLeft)
	if got := k.listed(k.a); len(got) != 0 {
		t.Errorf("a.test lists %v", got)
	}
}

func TestHistoryThatIsKnownCountsAsWell(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...))
	k.a.Member("dora").Follow("@wounds@b.test")
	k.Settle()
	k.convener[k.b].Object(http.MethodPost, "/api/v1/statuses", M{"status": "@wounds heard before"})
	k.Settle()
	k.link(k.a, k.b, practice.SiblingTerms{History: 30})
	if n := k.a.Count("admission"); n != 1 {
		t.Errorf("%d threads were admitted, want the one that was known", n)
	}
}

func TestHistoryIsFetchedInSilence(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		thread := func(days int, text string) {
			k.convener[k.b].Object(http.MethodPost, "/api/v1/statuses", M{"status": "@wounds " + text})
			k.Clock.Advance(time.Duration(days) * 24 * time.Hour)
		}
		thread(40, "long before")
		thread(3, "not long ago")
		thread(2, "the day before yesterday")
		follower := k.a.Member("dora")
		follower.Follow("@wounds@a.test")
		k.Settle()
		k.link(k.a, k.b, practice.SiblingTerms{History: 30})
		for range 3 {
			k.Clock.Advance(time.Minute)
			k.Settle()
		}
		if n := k.a.Count("admission"); n != 2 {
			t.Errorf("%d threads were admitted of the history, want 2", n)
		}
		if home := follower.Home(); len(home) != 0 {
			t.Errorf("%d posts came home", len(home))
		}
		if n := len(follower.List("/api/v1/notifications")); n != 0 {
			t.Errorf("%d notifications", n)
		}
		page := follower.List("/api/v1/accounts/" + follower.Find("@wounds@a.test") + "/statuses")
		if len(page) != 2 || !strings.Contains(page[0]["reblog"].(M)["content"].(string), "yesterday") {
			t.Errorf("the page of the Group shows of the history: %v", page)
		}
	})
}

func TestEndOfThePartnershipEndsSiblings(t *testing.T) {
	k := newKin(t, NewCluster(t, allianceHosts...), func(n *practice.NewCommunity) { n.Class = models.ClassMembers })
	ctx := context.Background()
	_, err := k.a.Service.ProposeSibling(ctx, k.convener[k.a].Actor, k.house[k.a], k.see(k.a, k.b), practice.SiblingTerms{})
	if models.ErrorCode(err) != models.Conflict || !strings.Contains(err.Error(), "no live partnership") {
		t.Fatalf("without a partnership: %v", err)
	}
	terms := func(s *Server, level pact.Level) practice.PartnerTerms {
		t := partnerTerms(s)
		t.Level, t.Classes = level, []string{"public", "members"}
		return t
	}
	ally := func(level pact.Level) {
		_, err := k.a.Service.ProposePartner(ctx, k.by, "b.test", terms(k.a, level))
		ok(t, err)
		k.Settle()
		_, err = k.b.Service.AcceptPartner(ctx, k.by, "a.test", terms(k.b, level))
		ok(t, err)
		k.Settle()
	}
	ally(pact.LevelSiblings)
	k.confirm(k.a, k.b)
	k.confirm(k.b, k.a)
	k.state(k.a, k.b, models.PartnerLive)
	k.link(k.a, k.b, practice.SiblingTerms{})
	if !k.follows(k.a, k.b) || !k.follows(k.b, k.a) {
		t.Error("the Groups do not follow each other")
	}
	_, err = k.a.Service.RevokePartner(ctx, k.by, "b.test", "")
	ok(t, err)
	k.Settle()
	k.is(k.a, k.b, models.SiblingPaused)
	k.is(k.b, k.a, models.SiblingPaused)
	k.Clock.Advance(8 * 24 * time.Hour)
	k.Settle()
	k.is(k.a, k.b, models.SiblingLeft)
	k.is(k.b, k.a, models.SiblingLeft)
}
