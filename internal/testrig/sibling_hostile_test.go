package testrig

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// suitor is a Group whose every word the test decides, and a community of ours that it wants to be a sibling of.
type suitor struct {
	*Cluster
	t     *testing.T
	a     *Server
	ann   *Member
	ours  *models.Actor
	peer  *Peer
	group *PeerActor
}

func newSuitor(t *testing.T, changes ...func(*practice.NewCommunity)) *suitor {
	t.Helper()
	c := NewCluster(t, "a.test")
	s := &suitor{Cluster: c, t: t, a: c.Server("a.test"), peer: c.NewPeer("odd.test", "praxis")}
	s.ann = s.a.Member("ann")
	s.ours = s.a.Community("wounds", s.ann, changes...)
	s.group = s.peer.Actor("wounds", "Group")
	return s
}

// bond is a good one; changes are made before it is signed.
func (s *suitor) bond(id string, by *PeerActor, changes ...func(*pact.Bond)) pact.Bond {
	now := s.Clock.Now().UTC().Truncate(time.Second)
	b := pact.Bond{
		ID: "https://odd.test/activities/" + id + "#siblings", Nonce: "nonce-of-the-offer-" + id, Community: "urn:uuid:01890000-0000-7000-8000-000000000001",
		Class: "public", Removals: "auto", Bans: "advisory", Roster: "counts", Silence: 14, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0),
	}.Between(by.URI, "cleo@odd.test", s.ours.URI, s.ours.ModeratorsURI)
	for _, change := range changes {
		change(&b)
	}
	return b
}

func (s *suitor) sealed(by *PeerActor, b pact.Bond) json.RawMessage {
	s.t.Helper()
	bare, err := b.Encode()
	ok(s.t, err)
	proven, err := sign.Prover{KeyID: by.ProofKey(), Key: by.Keys.Ed25519, Now: s.Clock.Now}.Prove(bare)
	ok(s.t, err)
	return proven
}

func (s *suitor) offer(id string, by *PeerActor, changes ...func(*pact.Bond)) M {
	s.t.Helper()
	return s.carrying(id, by, s.sealed(by, s.bond(id, by, changes...)))
}

func (s *suitor) carrying(id string, by *PeerActor, bond json.RawMessage) M {
	return by.Activity("Offer", id, M{
		"type": "Relationship", "subject": by.URI, "relationship": "https://w3id.org/fep/69f0/siblingOf", "object": s.ours.URI,
	}, func(a M) { a["instrument"], a["target"], a["to"] = bond, s.ours.URI, []string{s.ours.URI} })
}

// refused sends something that must change nothing, and be logged with a reason.
func (s *suitor) refused(name, reason string, by *PeerActor, activity M) {
	s.t.Helper()
	state := func() string { return fmt.Sprint(s.a.Count("sibling_event"), s.states()) }
	was, before := state(), len(s.a.Log())
	if status, said := by.Send(s.a, activity); status >= 500 {
		s.t.Errorf("%s: status %d: %s", name, status, said)
	}
	s.Settle()
	if is := state(); is != was {
		s.t.Errorf("%s: something was stored: %s, before %s", name, is, was)
	}
	if log := s.a.Log()[before:]; !strings.Contains(log, reason) {
		s.t.Errorf("%s: no %q in the log: %s", name, reason, log)
	}
}

func (s *suitor) states() []string {
	s.t.Helper()
	rows, err := s.a.Store.Read(context.Background()).Siblings(s.ours.ID)
	ok(s.t, err)
	var all []string
	for _, row := range rows {
		all = append(all, row.SiblingURI+" "+row.State+" "+row.OfferURI)
	}
	return all
}

// TestG28_AnOldOfferTakenBackEndsNothing: what comes late takes back what it names, and not the agreement that was made since.
func TestG28_AnOldOfferTakenBackEndsNothing(t *testing.T) {
	s := newSuitor(t)
	ctx := context.Background()
	takenBack := func(id string) M {
		return s.group.Activity("Undo", "undo-"+id, M{"id": "https://odd.test/activities/" + id, "type": "Offer", "actor": s.group.URI}, s.toOurs)
	}
	pair := func() *models.Sibling {
		row, err := s.a.Store.Read(ctx).Sibling(s.ours.ID, s.group.URI)
		ok(t, err)
		return row
	}
	s.group.Send(s.a, s.offer("first", s.group))
	s.Settle()
	_, err := s.a.Service.RefuseSibling(ctx, s.ann.Actor, s.ours, pair().ID, "not now")
	ok(t, err)
	s.group.Send(s.a, s.offer("second", s.group))
	s.Settle()
	_, err = s.a.Service.AdmitSibling(ctx, nil, s.ours, pair().ID)
	ok(t, err)
	_, err = s.a.Service.ApproveSibling(ctx, s.ann.Actor, s.ours, pair().ID)
	ok(t, err)
	s.Settle()
	s.refused("the first offer", "takes back what is not on the table", s.group, takenBack("first"))
	if row := pair(); row.State != models.SiblingLive {
		t.Fatalf("the pair is %s", row.State)
	}
	s.group.Send(s.a, takenBack("second"))
	s.Settle()
	if row := pair(); row.State != models.SiblingLeft {
		t.Errorf("the offer that was accepted is taken back, and the pair is %s", row.State)
	}
}

func TestG28_SiblingOffersThatAreNoGoodLeaveNothing(t *testing.T) {
	s := newSuitor(t)
	person, other := s.peer.Actor("dora", "Person"), s.peer.Actor("other", "Group")
	altered := s.carrying("altered", s.group, json.RawMessage(strings.Replace(string(s.sealed(s.group, s.bond("altered", s.group))), `"historyDays":0`, `"historyDays":36500`, 1)))
	hidden := s.carrying("hidden", s.group, json.RawMessage(strings.Replace(string(s.sealed(s.group, s.bond("hidden", s.group))), `"nonce"`, `"alsoAgreed":"all members","nonce"`, 1)))
	unproven := s.carrying("unproven", s.group, s.sealed(other, s.bond("unproven", s.group)))
	stale := s.offer("stale", s.group)
	elsewhere := s.offer("elsewhere", s.group)
	elsewhere["object"].(M)["object"] = "https://c.test/c/wounds"
	for name, c := range map[string]struct {
		by     *PeerActor
		doc    M
		reason string
	}{
		"altered":           {s.group, altered, "was changed"},
		"something hidden":  {s.group, hidden, "no agreement of siblings may say"},
		"another's proof":   {s.group, unproven, "has no proof of"},
		"in another's name": {other, s.carrying("forged", other, s.sealed(s.group, s.bond("forged", s.group))), "has no proof of"},
		"between others":    {s.group, s.offer("third", s.group, func(b *pact.Bond) { b.Siblings = []string{"https://c.test/c/x", s.group.URI} }), "are not its sender and"},
		"to somebody else":  {s.group, elsewhere, "no relationship between siblings"},
		"over": {s.group, s.offer("over", s.group, func(b *pact.Bond) {
			b.ValidFrom, b.ValidUntil = b.ValidFrom.AddDate(-2, 0, 0), b.ValidFrom.AddDate(0, 0, -1)
		}), "is over since"},
		"for ever":            {s.group, s.offer("ever", s.group, func(b *pact.Bond) { b.ValidUntil = b.ValidFrom.AddDate(60, 0, 0) }), "more than five years"},
		"without agreement":   {s.group, s.carrying("bare", s.group, nil), "is missing"},
		"never offered":       {s.group, s.accept("accept", s.group, "https://a.test/a/1", s.bond("accept", s.group)), "is no sibling of"},
		"leaves what is not":  {s.group, s.group.Activity("Leave", "leave", M{"id": "https://a.test/a/1#siblings", "type": "SiblingAgreement"}, s.toOurs), "is no sibling of"},
		"takes back what not": {s.group, s.group.Activity("Undo", "undo", M{"id": "https://odd.test/activities/1", "type": "Offer", "actor": s.group.URI}, s.toOurs), "is no sibling of"},
		"introduces":          {s.group, s.introduction("intro", s.group, other), "and is none of"},
		"to no community": {s.group, s.group.Activity("Offer", "nobody", M{
			"type": "Relationship", "subject": s.group.URI, "relationship": "https://w3id.org/fep/69f0/siblingOf", "object": "https://a.test/c/nobody",
		}, func(a M) { a["instrument"], a["to"] = stale["instrument"], []string{"https://a.test/c/nobody"} }), "no such community"},
	} {
		s.refused(name, c.reason, c.by, c.doc)
	}
	s.refused("by a person", "", person, s.offer("person", person))
	s.Clock.Advance(15 * 24 * time.Hour)
	s.refused("signed long ago", "more than 14 days ago", s.group, stale)
}

func (s *suitor) toOurs(a M) { a["to"] = []string{s.ours.URI} }

func (s *suitor) accept(id string, by *PeerActor, offer string, b pact.Bond) M {
	return by.Activity("Accept", id, M{"id": offer, "type": "Offer", "actor": s.ours.URI}, s.toOurs, func(a M) { a["result"] = s.sealed(by, b) })
}

func (s *suitor) introduction(id string, by, of *PeerActor) M {
	return by.Activity("Offer", id, M{
		"type": "Relationship", "subject": of.URI, "relationship": "https://w3id.org/fep/69f0/siblingOf", "object": s.ours.URI,
	}, s.toOurs)
}

func TestB24_ASiblingOfferCountsOnce(t *testing.T) {
	s := newSuitor(t)
	first := s.offer("1", s.group)
	s.group.Send(s.a, first)
	s.Settle()
	rows, err := s.a.Store.Read(t.Context()).Siblings(s.ours.ID)
	ok(t, err)
	_, err = s.a.Service.RefuseSibling(t.Context(), s.ann.Actor, s.ours, rows[0].ID, "no")
	ok(t, err)
	s.Settle()
	s.refused("the same agreement under another id", "this offer came before", s.group, s.carrying("2", s.group, first["instrument"].(json.RawMessage)))
	s.refused("the very same", "", s.group, first)
}

func TestF9_SiblingOffersOfOneHostAreBounded(t *testing.T) {
	s := newSuitor(t)
	for i := range 10 {
		s.group.Send(s.a, s.offer(fmt.Sprintf("flood%d", i), s.group))
		s.Settle()
	}
	s.refused("one too many", "no more are taken", s.group, s.offer("last", s.group))
	another := s.peer.Actor("another", "Group")
	s.refused("of another one of the host", "no more are taken", another, s.offer("another", another))
	s.Clock.Advance(25 * time.Hour)
	events := s.a.Count("sibling_event")
	s.group.Send(s.a, s.offer("next day", s.group))
	s.Settle()
	if s.a.Count("sibling_event") == events {
		t.Error("nothing is taken a day later")
	}
}

func TestA36_BlockedHostsGetNoSiblings(t *testing.T) {
	s := newSuitor(t)
	group, err := s.a.Service.Directory().FindByHandle(t.Context(), "wounds", "odd.test")
	ok(t, err)
	_, _, err = s.a.Service.BlockDomainBy(t.Context(), practice.By{}, models.DomainBlock{Host: "odd.test", Severity: models.SeveritySuspend})
	ok(t, err)
	if status, _ := s.group.Send(s.a, s.offer("1", s.group)); status != http.StatusForbidden {
		t.Errorf("a blocked host gets %d", status)
	}
	s.Settle()
	if n := s.a.Count("community_sibling"); n != 0 {
		t.Errorf("%d pairs", n)
	}
	if _, err = s.a.Service.ProposeSibling(t.Context(), s.ann.Actor, s.ours, group, practice.SiblingTerms{}); err == nil {
		t.Error("an offer went to a blocked host")
	}
}

func TestE11_CommunitiesThatTakeNoSiblings(t *testing.T) {
	local := newSuitor(t, func(n *practice.NewCommunity) { n.Class = models.ClassLocal })
	local.refused("of this organization only", "actor not found", local.group, local.offer("1", local.group))
	closed := newSuitor(t, func(n *practice.NewCommunity) { n.Joining = models.JoiningClosed })
	closed.refused("closed", "takes no new members", closed.group, closed.offer("1", closed.group))
	members := newSuitor(t, func(n *practice.NewCommunity) { n.Class = models.ClassMembers })
	members.group.Send(members.a, members.offer("1", members.group, func(b *pact.Bond) { b.Class = "public" }))
	members.Settle()
	rows, err := members.a.Store.Read(t.Context()).Siblings(members.ours.ID)
	ok(t, err)
	_, err = members.a.Service.ApproveSibling(t.Context(), members.ann.Actor, members.ours, rows[0].ID)
	if models.ErrorCode(err) != models.Conflict {
		t.Errorf("a community for members is opened to everybody: %v", err)
	}
	_, err = members.a.Service.AdmitSibling(t.Context(), nil, members.ours, rows[0].ID)
	ok(t, err)
	if got := members.states(); len(got) != 1 || !strings.Contains(got[0], "received") {
		t.Errorf("admitted without a convener: %v", got)
	}
}

// TestA37_SiblingsAreBoundToWhatWasOffered: an acceptance binds us to what our Group signed, byte for byte.
func TestA37_SiblingsAreBoundToWhatWasOffered(t *testing.T) {
	s := newSuitor(t)
	group, err := s.a.Service.Directory().FindByHandle(t.Context(), "wounds", "odd.test")
	ok(t, err)
	row, err := s.a.Service.ProposeSibling(t.Context(), s.ann.Actor, s.ours, group, practice.SiblingTerms{Removals: "review"})
	ok(t, err)
	s.refusedVerb("admit by a convener", func() error {
		_, err := s.a.Service.AdmitSibling(t.Context(), s.ann.Actor, s.ours, row.ID)
		return err
	})
	row, err = s.a.Service.AdmitSibling(t.Context(), nil, s.ours, row.ID)
	ok(t, err)
	s.Settle()
	offered, err := pact.ReadBond([]byte(row.Offer))
	ok(t, err)
	for name, change := range map[string]func(*pact.Bond){
		"auto":          func(b *pact.Bond) { b.Removals = "auto" },
		"more history":  func(b *pact.Bond) { b.History = 3000 },
		"another end":   func(b *pact.Bond) { b.ValidUntil = b.ValidUntil.AddDate(1, 0, 0) },
		"another name":  func(b *pact.Bond) { b.Community = "urn:uuid:01890000-0000-7000-8000-000000000001" },
		"another nonce": func(b *pact.Bond) { b.Nonce = strings.Repeat("n", 24) },
	} {
		altered := offered.Bond
		change(&altered)
		s.refused(name, "it was altered", s.group, s.accept(name, s.group, row.OfferURI, altered))
	}
	other := s.peer.Actor("other", "Group")
	s.refused("by another Group", "is no sibling of", other, s.accept("stolen", other, row.OfferURI, offered.Bond))
	s.refused("of another offer", "was not offered", s.group, s.accept("wrong", s.group, "https://a.test/a/1", offered.Bond))
	s.group.Send(s.a, s.accept("good", s.group, row.OfferURI, offered.Bond))
	s.Settle()
	if got := s.states(); len(got) != 1 || !strings.Contains(got[0], "live") {
		t.Fatalf("a good acceptance: %v", got)
	}
	s.refused("accepted twice", "was not offered", s.group, s.accept("twice", s.group, row.OfferURI, offered.Bond))
	s.refused("leaves another agreement", "is not the one that stands", s.group, s.group.Activity("Leave", "leave2", M{"id": "https://a.test/a/1#siblings", "type": "SiblingAgreement"}, s.toOurs))
}

// TestOfferThatIsRefusedIsSaidToBe: nobody is left to wait for an answer that cannot come.
func TestOfferThatIsRefusedIsSaidToBe(t *testing.T) {
	s := newSuitor(t)
	group, err := s.a.Service.Directory().FindByHandle(t.Context(), "wounds", "odd.test")
	ok(t, err)
	status := http.StatusServiceUnavailable
	s.peer.Judge = func(*http.Request) int { return status }
	row, err := s.a.Service.ProposeSibling(t.Context(), nil, s.ours, group, practice.SiblingTerms{})
	ok(t, err)
	row, err = s.a.Service.AdmitSibling(t.Context(), nil, s.ours, row.ID)
	ok(t, err)
	why := func() string {
		s.Settle()
		sheet, err := s.a.Service.SiblingOf(t.Context(), s.ann.Actor, s.ours, row.ID)
		ok(t, err)
		return sheet.Reason
	}
	if got := why(); !strings.Contains(got, "has not reached their server yet: it answered 503") {
		t.Errorf("while their server fails: %q", got)
	}
	status = http.StatusForbidden
	s.Clock.Advance(time.Hour)
	if got := why(); !strings.Contains(got, "refused the offer, and nobody there sees it: it answered 403") {
		t.Errorf("when it was refused: %q", got)
	}
}

func (s *suitor) refusedVerb(name string, verb func() error) {
	s.t.Helper()
	was := fmt.Sprint(s.states())
	if err := verb(); models.ErrorCode(err) != models.Forbidden && models.ErrorCode(err) != models.NotFound {
		s.t.Errorf("%s: %v", name, err)
	}
	if is := fmt.Sprint(s.states()); is != was {
		s.t.Errorf("%s: %s, before %s", name, is, was)
	}
}

func TestG26_OnlyConvenersAndAdminsDecideOnSiblings(t *testing.T) {
	s := newSuitor(t)
	s.group.Send(s.a, s.offer("1", s.group))
	s.Settle()
	rows, err := s.a.Store.Read(t.Context()).Siblings(s.ours.ID)
	ok(t, err)
	ctx, bo, id := t.Context(), s.a.Member("bo"), rows[0].ID
	group, err := s.a.Service.Directory().FindByHandle(ctx, "wounds", "odd.test")
	ok(t, err)
	verbs := s.a.Service
	for name, verb := range map[string]func(by *models.Actor) (*models.Sibling, error){
		"propose": func(by *models.Actor) (*models.Sibling, error) {
			return verbs.ProposeSibling(ctx, by, s.ours, group, practice.SiblingTerms{})
		},
		"approve": func(by *models.Actor) (*models.Sibling, error) { return verbs.ApproveSibling(ctx, by, s.ours, id) },
		"admit":   func(by *models.Actor) (*models.Sibling, error) { return verbs.AdmitSibling(ctx, by, s.ours, id) },
		"counter": func(by *models.Actor) (*models.Sibling, error) {
			return verbs.CounterSibling(ctx, by, s.ours, id, practice.SiblingTerms{})
		},
		"refuse": func(by *models.Actor) (*models.Sibling, error) { return verbs.RefuseSibling(ctx, by, s.ours, id, "") },
		"leave":  func(by *models.Actor) (*models.Sibling, error) { return verbs.LeaveSibling(ctx, by, s.ours, id, "") },
		"pause":  func(by *models.Actor) (*models.Sibling, error) { return verbs.PauseSibling(ctx, by, s.ours, id, "") },
		"resume": func(by *models.Actor) (*models.Sibling, error) { return verbs.ResumeSibling(ctx, by, s.ours, id) },
	} {
		s.refusedVerb(name, func() error { _, err := verb(bo.Actor); return err })
	}
	s.refusedVerb("a community that is not ours", func() error {
		_, err := verbs.ProposeSibling(ctx, s.ann.Actor, group, group, practice.SiblingTerms{})
		return err
	})
	if _, err := verbs.ProposeSibling(ctx, s.ann.Actor, s.ours, s.a.Community("knots", s.ann), practice.SiblingTerms{}); models.ErrorCode(err) != models.Invalid {
		t.Errorf("a sibling of our own server: %v", err)
	}
}
