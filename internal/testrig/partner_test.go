package testrig

import (
	"context"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// alliance is two instances that negotiate, and a third that has nothing to do with it.
type alliance struct {
	*Cluster
	t       *testing.T
	a, b, c *Server
	by      practice.By
}

var allianceHosts = []string{"a.test", "b.test", "c.test"}

func newAlliance(t *testing.T, c *Cluster) *alliance {
	return &alliance{Cluster: c, t: t, a: c.Server("a.test"), b: c.Server("b.test"), c: c.Server("c.test")}
}

func partnerTerms(s *Server) practice.PartnerTerms {
	return practice.PartnerTerms{
		Level: pact.LevelInteract, Classes: []string{"public", "partners"}, Data: []string{"posts", "names of members"}, Contact: "ann@" + s.Host,
		Abuse: "abuse@" + s.Host, Retention: 30, Listed: true,
	}
}

func (w *alliance) partner(of, with *Server) *models.Partner {
	w.t.Helper()
	p, err := of.Store.Read(context.Background()).Partner(with.Host)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *alliance) state(of, with *Server, want models.PartnerState) {
	w.t.Helper()
	p, err := of.Store.Read(context.Background()).Partner(with.Host)
	if models.IsNotFound(err) {
		p, err = &models.Partner{}, nil
	}
	if err != nil || p.State != want {
		w.t.Errorf("%s has %s as %q (%s), want %q: %v", of.Host, with.Host, p.State, p.Reason, want, err)
	}
}

func (w *alliance) propose(from, to *Server) {
	w.t.Helper()
	_, err := from.Service.ProposePartner(context.Background(), w.by, to.Host, partnerTerms(from))
	ok(w.t, err)
	w.Settle()
}

func (w *alliance) accept(by, of *Server) {
	w.t.Helper()
	_, err := by.Service.AcceptPartner(context.Background(), w.by, of.Host, partnerTerms(by))
	ok(w.t, err)
	w.Settle()
}

func (w *alliance) confirm(by, of *Server) {
	w.t.Helper()
	view, err := by.Service.ComparePartner(context.Background(), of.Host)
	ok(w.t, err)
	_, err = by.Service.ConfirmPartner(context.Background(), w.by, of.Host, strings.Join(view.Words, " "))
	ok(w.t, err)
	w.Settle()
}

// ally makes two instances partners.
func (w *alliance) ally(one, other *Server) {
	w.t.Helper()
	w.propose(one, other)
	w.accept(other, one)
	w.confirm(one, other)
	w.confirm(other, one)
	w.state(one, other, models.PartnerLive)
	w.state(other, one, models.PartnerLive)
}

// record gives the agreement as a server keeps it.
func (w *alliance) record(of, with *Server) *models.PartnerRecord {
	w.t.Helper()
	record, err := of.Store.Read(context.Background()).PartnerRecord(w.partner(of, with).RecordID)
	if err != nil {
		w.t.Fatal(err)
	}
	return record
}

func TestPartnersBecomeLiveStepByStep(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		w := newAlliance(t, c)
		w.propose(w.a, w.b)
		w.state(w.a, w.b, models.PartnerProposed)
		w.state(w.b, w.a, models.PartnerReceived)
		w.accept(w.b, w.a)
		w.state(w.a, w.b, models.PartnerAccepted)
		w.state(w.b, w.a, models.PartnerAccepted)
		w.confirm(w.b, w.a)
		w.state(w.b, w.a, models.PartnerAccepted) // a.test has not signed
		w.confirm(w.a, w.b)
		w.state(w.a, w.b, models.PartnerLive)
		w.state(w.b, w.a, models.PartnerLive)
		here, there := w.record(w.a, w.b), w.record(w.b, w.a)
		if here.Record != there.Record || here.Hash != there.Hash || here.OurProof != there.TheirProof || here.TheirProof != there.OurProof || !here.IsWhole() {
			t.Errorf("the records differ:\n%+v\n%+v", here, there)
		}
		if p := w.partner(w.a, w.b); p.Status == "" || !p.Listed {
			t.Errorf("a.test does not know how b.test sees it, or may not name it: %+v", p)
		}
		if n := w.c.Count("partner") + w.c.Count("inbox_entry"); n != 0 {
			t.Errorf("c.test heard of it: %d rows", n)
		}
	})
}

func TestNobodyIsLiveWithoutTheWords(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	w.propose(w.a, w.b)
	w.accept(w.b, w.a)
	w.confirm(w.a, w.b)
	for range 10 {
		w.Clock.Advance(time.Hour)
		w.Settle()
	}
	w.state(w.b, w.a, models.PartnerAccepted)
	w.state(w.a, w.b, models.PartnerCanary) // b.test answers when it is as far
	_, err := w.b.Service.ConfirmPartner(context.Background(), w.by, "a.test", "one two three four five six")
	if models.ErrorCode(err) != models.Invalid {
		t.Errorf("other words: %v", err)
	}
	w.confirm(w.b, w.a)
	w.state(w.b, w.a, models.PartnerLive)
	w.state(w.a, w.b, models.PartnerLive)
}

func TestOffersAreCounteredRefusedAndTakenBack(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	w.propose(w.a, w.b)
	less := partnerTerms(w.b)
	less.Level, less.Classes = pact.LevelRead, []string{"public"}
	_, err := w.b.Service.CounterPartner(ctx, w.by, "a.test", less)
	ok(t, err)
	w.Settle()
	w.state(w.b, w.a, models.PartnerCountered)
	w.state(w.a, w.b, models.PartnerReceived)
	w.accept(w.a, w.b)
	w.confirm(w.a, w.b)
	w.confirm(w.b, w.a)
	w.state(w.a, w.b, models.PartnerLive)
	agreed, err := pact.Read([]byte(w.record(w.b, w.a).Record))
	ok(t, err)
	if agreed.Level() != pact.LevelRead || agreed.Party("https://a.test/actor").Level != pact.LevelInteract || len(agreed.Party("https://b.test/actor").Classes) != 1 {
		t.Errorf("what was agreed is not what either offered: %+v", agreed.Record)
	}

	w.propose(w.c, w.a)
	_, err = w.a.Service.RefusePartner(ctx, w.by, "c.test", "not yet")
	ok(t, err)
	w.Settle()
	w.state(w.c, w.a, models.PartnerRefused)
	if p := w.partner(w.c, w.a); !strings.Contains(p.Reason, "not yet") {
		t.Errorf("c.test is told %q", p.Reason)
	}
	w.propose(w.c, w.b)
	_, err = w.c.Service.RevokePartner(ctx, w.by, "b.test", "")
	ok(t, err)
	w.Settle()
	w.state(w.c, w.b, models.PartnerEnded)
	w.state(w.b, w.c, models.PartnerRefused)
	if _, err := w.b.Service.AcceptPartner(ctx, w.by, "c.test", partnerTerms(w.b)); models.ErrorCode(err) != models.Conflict {
		t.Errorf("an offer that was taken back is accepted: %v", err)
	}
}

func TestOffersThatCrossMakeOneAgreement(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	_, err := w.a.Service.ProposePartner(ctx, w.by, "b.test", partnerTerms(w.a))
	ok(t, err)
	_, err = w.b.Service.ProposePartner(ctx, w.by, "a.test", partnerTerms(w.b))
	ok(t, err)
	w.Settle()
	w.state(w.a, w.b, models.PartnerProposed)
	w.state(w.b, w.a, models.PartnerReceived)
	w.accept(w.b, w.a)
	w.confirm(w.a, w.b)
	w.confirm(w.b, w.a)
	w.state(w.a, w.b, models.PartnerLive)
	w.state(w.b, w.a, models.PartnerLive)
}

func TestAgreementsExpireAndAreRenewed(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		w := newAlliance(t, c)
		ctx := context.Background()
		w.ally(w.a, w.b)
		first := w.record(w.a, w.b)
		w.Clock.Advance(360 * 24 * time.Hour)
		w.Settle()
		_, err := w.a.Service.RenewPartner(ctx, w.by, "b.test", time.Time{})
		ok(t, err)
		w.Settle()
		w.state(w.b, w.a, models.PartnerLive) // the old agreement stands meanwhile
		w.accept(w.b, w.a)
		w.Clock.Advance(10 * 24 * time.Hour)
		w.Settle()
		w.state(w.a, w.b, models.PartnerLive)
		w.state(w.b, w.a, models.PartnerLive)
		if second := w.record(w.a, w.b); second.Hash == first.Hash || second.Hash != w.record(w.b, w.a).Hash || w.a.Count("partner_record") != 2 {
			t.Errorf("the renewed record is %+v", second)
		}
		w.Clock.Advance(366 * 24 * time.Hour)
		w.Settle()
		w.state(w.a, w.b, models.PartnerPaused)
		w.state(w.b, w.a, models.PartnerPaused)
		_, err = w.b.Service.RenewPartner(ctx, w.by, "a.test", time.Time{})
		ok(t, err)
		w.Settle()
		w.accept(w.a, w.b)
		w.state(w.a, w.b, models.PartnerLive)
		w.state(w.b, w.a, models.PartnerLive)
	})
}

// TestCanariesThatDieSayWhatToDo: the test of both directions fails where one of them is shut, and is repeated.
func TestCanariesThatDieSayWhatToDo(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	w.propose(w.a, w.b)
	w.accept(w.b, w.a)
	w.confirm(w.b, w.a)
	w.Network.SetDown("b.test", true) // it still sends, and cannot be reached
	w.confirm(w.a, w.b)
	w.state(w.a, w.b, models.PartnerCanary)
	w.Clock.Advance(8 * 24 * time.Hour)
	w.Settle()
	w.state(w.a, w.b, models.PartnerAccepted)
	if p := w.partner(w.a, w.b); !strings.Contains(p.Reason, "the test failed") || !strings.Contains(p.Reason, "can be reached") || !strings.Contains(p.Reason, "run the test again") {
		t.Errorf("a.test is told %q", p.Reason)
	}
	w.Network.SetDown("b.test", false)
	w.Clock.Advance(6 * time.Hour)
	w.Settle()
	_, err := w.a.Service.TestPartner(ctx, w.by, "b.test")
	ok(t, err)
	w.Settle()
	w.state(w.a, w.b, models.PartnerLive)
	w.state(w.b, w.a, models.PartnerLive)
}

// TestAgreementsBeginOnTheirDay: what is signed before its first day waits for it.
func TestAgreementsBeginOnTheirDay(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	terms := partnerTerms(w.a)
	terms.ValidFrom = w.Clock.Now().Add(48 * time.Hour)
	_, err := w.a.Service.ProposePartner(context.Background(), w.by, "b.test", terms)
	ok(t, err)
	w.Settle()
	w.accept(w.b, w.a)
	w.confirm(w.a, w.b)
	w.confirm(w.b, w.a)
	w.state(w.a, w.b, models.PartnerAccepted)
	w.Clock.Advance(47 * time.Hour)
	w.Settle()
	w.state(w.b, w.a, models.PartnerAccepted)
	w.Clock.Advance(2 * time.Hour)
	w.Settle()
	w.state(w.a, w.b, models.PartnerLive)
	w.state(w.b, w.a, models.PartnerLive)
}

// TestAdminsAreToldOnceOfARedPartner: a letter for each admin with an address, when it becomes red, and not again while it is.
func TestAdminsAreToldOnceOfARedPartner(t *testing.T) {
	c := NewCluster(t)
	post := NewMailServer(t)
	c.AddSQLite("a.test", post.Use)
	c.AddSQLite("b.test")
	c.AddSQLite("c.test")
	w := newAlliance(t, c)
	ctx := context.Background()
	for name, role := range map[string]string{"ann": models.RoleAdmin, "dora": models.RoleMember} {
		m := w.a.Member(name)
		ok(t, w.a.Service.SetRole(ctx, m.Actor, role))
		ok(t, w.a.Store.Tx(ctx, func(tx *models.Tx) error {
			account, err := tx.AccountByActor(m.Actor.ID)
			if err != nil {
				return err
			}
			account.Email = name + "@mail.test"
			return tx.SaveAccount(account)
		}))
	}
	w.ally(w.a, w.b)
	if n := len(post.Letters()); n != 0 {
		t.Fatalf("%d letters about a partner that is well", n)
	}
	_, err := w.b.Service.RevokePartner(ctx, w.by, "a.test", "")
	ok(t, err)
	for range 5 {
		w.Settle()
		w.Clock.Advance(2 * time.Hour)
	}
	w.Settle()
	letters := post.Letters()
	if len(letters) != 1 || letters[0].To != "ann@mail.test" || !strings.Contains(letters[0].Subject, "b.test") || !strings.Contains(letters[0].Text, "renew it") {
		t.Errorf("%d letters: %+v", len(letters), letters)
	}
}

// TestBlocksEndPartnerships: who is blocked is no partner, and one-sided partners need no agreement.
func TestBlocksEndPartnerships(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	w.ally(w.a, w.b)
	_, err := w.a.Service.OneSidedPartner(ctx, w.by, "c.test", "by phone")
	ok(t, err)
	_, err = w.a.Service.SetMode(ctx, w.by, models.ModePartners)
	ok(t, err)
	for _, host := range []string{"b.test", "c.test"} {
		if verdict, err := w.a.Store.Read(ctx).Policy(host); err != nil || verdict != models.HostAdmitted {
			t.Errorf("%s is %s in the mode partners: %v", host, verdict, err)
		}
	}
	for _, host := range []string{"b.test", "c.test"} {
		_, _, err := w.a.Service.BlockDomainBy(ctx, w.by, models.DomainBlock{Host: host, Severity: models.SeveritySuspend})
		ok(t, err)
	}
	w.Settle()
	w.state(w.a, w.b, models.PartnerPaused)
	w.state(w.a, w.c, models.PartnerEnded)
	w.Clock.Advance(models.PartnerHold + time.Hour)
	w.Settle()
	w.state(w.a, w.b, models.PartnerEnded)
}
