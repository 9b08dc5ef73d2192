package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// story is a hospital (a.test) and a clinic (b.test) that become partners and part, with a third server (c.test) that has nothing to
// do with it and asks for everything at each step.
type story struct {
	*alliance
	ann, bo, dan, cleo *Member // ann and bo are the admins of the hospital and the clinic
	wards, rounds      *models.Actor
	thread, visit      M // what ann and bo asked in the community, as they see it
	probe              *leakRig
	third              sign.Signer // the instance actor of c.test
	asked, overheard   int
	audited            map[string]int
}

const (
	storyName  = canaryName + "0"
	storyAnn   = canaryText + "0"
	storyBo    = canaryText + "1"
	storyAfter = canaryText + "2"
)

func newStory(t *testing.T, c *Cluster) *story {
	s := &story{alliance: newAlliance(t, c), audited: map[string]int{}}
	s.ann, s.bo, s.dan, s.cleo = s.a.Member("ann"), s.b.Member("bo"), s.a.Member("dan"), s.c.Member("cleo")
	ok(t, s.a.Service.SetRole(t.Context(), s.ann.Actor, models.RoleAdmin))
	ok(t, s.b.Service.SetRole(t.Context(), s.bo.Actor, models.RoleAdmin))
	s.wards = s.a.Community(storyName, s.ann, func(n *practice.NewCommunity) { n.Class = models.ClassPartners })
	s.rounds = s.a.Community("rounds", s.ann)
	s.third = s.signerOf(s.c)
	c.Network.Tap(s.overhear)
	s.dan.join(s.wards)
	s.dan.join(s.rounds)
	s.thread = s.ann.within(s.wards, "What do you do about "+storyAnn+"?")
	answer := s.dan.Reply(s.thread["id"].(string), "This is done about "+storyAnn)
	c.Settle()
	inside := []string{convener, insider, guest}
	secrets := make([]*secret, 3)
	for i := range secrets {
		secrets[i] = &secret{class: models.ClassPartners, text: fmt.Sprint(canaryText, i), group: s.wards, thread: s.thread, answer: answer, reads: inside, knows: inside}
	}
	s.probe = &leakRig{
		Cluster: c, t: t, a: s.a, b: s.b, c: s.c, sets: "0", secrets: secrets,
		viewers: map[string]*Member{convener: s.ann, insider: s.dan, guest: s.bo, stranger: s.cleo},
	}
	return s
}

// join makes a member of a community of the same instance.
func (m *Member) join(community *models.Actor) {
	m.Object(http.MethodPost, "/api/praxis/v1/communities/"+fmt.Sprint(community.ID)+"/join", nil)
}

// within posts into a community, for those who may read there.
func (m *Member) within(community *models.Actor, text string) M {
	handle := "@" + community.Username
	if m.Server.Host != community.Host {
		handle += "@" + community.Host
	}
	return m.Object(http.MethodPost, "/api/v1/statuses", M{"status": handle + " " + text, "visibility": "private"})
}

func (s *story) signerOf(server *Server) sign.Signer {
	s.t.Helper()
	actor, err := server.Service.EnsureInstanceActor(s.t.Context())
	ok(s.t, err)
	stored, err := server.Store.Read(s.t.Context()).ActorKey(actor.ID)
	ok(s.t, err)
	keys, err := sign.DecodePrivateKeys(stored.RSAPEM, stored.Ed25519Seed)
	ok(s.t, err)
	return sign.Signer{KeyID: actor.PublicKeyID, Key: keys.RSA, Ed25519KeyID: actor.Ed25519KeyID, Ed25519: keys.Ed25519, Now: s.Clock.Now}
}

// overhear looks at all that the third server asks of others and is told by them.
func (s *story) overhear(r *http.Request, sent, got []byte) {
	byThird := strings.Contains(r.Header.Get("Signature")+r.Header.Get("Signature-Input"), "https://c.test/")
	if r.URL.Host != "c.test" && !byThird {
		return
	}
	s.overheard++
	told := got // what it says itself may name what it asks for
	if !byThird {
		told = append(slices.Clone(sent), got...)
	}
	if found := ofSecret.Find(told); found != nil && !strings.Contains(r.URL.String(), string(found)) {
		s.t.Errorf("c.test is told %s by %s %s: %.300s", found, r.Method, r.URL, told)
	}
}

// nothing lets the third server, its member and somebody who is signed in nowhere ask for all that has a name or a number, and looks
// for anything of the community in the answers; where everything is asked for, also at the client API and as every one of them.
func (s *story) nothing(step string, everything bool) {
	s.t.Helper()
	began, spoke := s.asked, s.overheard
	viewers := map[string]*Server{nobodyA: s.a, nobodyB: s.b}
	if everything {
		viewers[stranger], viewers[nobodyC] = s.c, s.c
	}
	for viewer, server := range viewers {
		for _, path := range server.Paths(http.MethodGet) {
			isAPI := strings.HasPrefix(path, "/api")
			if strings.HasPrefix(path, "/api/v1/streaming/") || !everything && (isAPI || strings.HasPrefix(path, "/admin")) {
				continue // those answer for as long as somebody listens
			}
			for _, filled := range s.probe.fill(server, path) {
				s.asked++
				s.probe.look(viewer, server, filled)
				if server != s.c && !isAPI {
					s.askAsThird(server, filled)
				}
			}
		}
	}
	found := s.cleo.Object(http.MethodGet, "/api/v2/search?resolve=true&q=@"+storyName+"@a.test", nil)
	if len(found["accounts"].([]any)) != 0 {
		s.t.Errorf("%s: cleo finds the community", step)
	}
	for _, uri := range s.addresses() {
		if _, err := s.c.Directory.Document(s.t.Context(), uri); err == nil {
			s.t.Errorf("%s: c.test is shown %s", step, uri)
		}
	}
	if n := s.c.Count("partner") + s.c.Count("partner_event"); n != 0 {
		s.t.Errorf("%s: c.test has %d rows of the partnership", step, n)
	}
	if s.asked-began < 100 || s.overheard-spoke < 100 {
		s.t.Errorf("%s: only %d requests, %d of them by c.test: something is left out", step, s.asked-began, s.overheard-spoke)
	}
}

// addresses are those of what is hidden, as somebody could have learned them elsewhere.
func (s *story) addresses() []string {
	of := s.wards.URI
	found := []string{of, of + "/outbox", of + "/followers", of + "/featured", of + "/moderators", s.thread["uri"].(string)}
	if s.visit != nil {
		found = append(found, s.visit["uri"].(string))
	}
	return found
}

func (s *story) askAsThird(server *Server, path string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "https://"+server.Host+path, nil)
	ok(s.t, err)
	r.Header.Set("Accept", vocab.MediaType)
	ok(s.t, s.third.Sign(r, nil, sign.Cavage))
	if status, _ := s.exchange(r); status >= 500 { // overhear reads what comes
		s.t.Errorf("c.test asks %s for %s and gets %d", server.Host, path, status)
	}
}

// audit says what came into the audit log of an instance since it was last asked.
func (s *story) audit(server *Server, want ...string) {
	s.t.Helper()
	var lines []string
	ok(s.t, server.Service.EachAuditLine(s.t.Context(), models.AuditFilter{}, func(line practice.AuditLine) error {
		if line.At == "" || line.Action == "" {
			s.t.Errorf("a line of the audit log is incomplete: %+v", line)
		}
		lines = append(lines, strings.TrimSpace(line.Who+" "+line.Action+" "+line.Target))
		return nil
	}))
	got := lines[s.audited[server.Host]:]
	s.audited[server.Host] = len(lines)
	if !slices.Equal(got, want) {
		s.t.Errorf("the audit log of %s says %q, want %q", server.Host, got, want)
	}
}

// sees says who of the members reads a post.
func (s *story) sees(uri string, want ...*Member) {
	s.t.Helper()
	for _, m := range []*Member{s.ann, s.bo, s.dan, s.cleo} {
		_, err := m.Server.Store.Read(s.t.Context()).VisiblePostByURI(uri, m.Actor.ID)
		if may := err == nil; may != slices.Contains(want, m) {
			s.t.Errorf("%s reads %s: %v", m.Handle(), uri, may)
		}
	}
}

func by(admin *Member) practice.By { return practice.By{Moderator: admin.Actor} }

// TestStoryOfAPartnership is the whole of it: two organizations become partners, share a community and part; a member leaves, and takes
// the record along. The third, uninvolved server sees nothing at any step.
func TestStoryOfAPartnership(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		s := newStory(t, c)
		s.audit(s.a, "the server account.role @ann")
		s.audit(s.b, "the server account.role @bo")
		s.sees(s.thread["uri"].(string), s.ann, s.dan)
		s.nothing("at first", false)
		s.becomePartners()
		s.share()
		s.part()
		s.leave()
		s.audit(s.c)
	})
}

func (s *story) becomePartners() {
	ctx := s.t.Context()
	err := s.a.Service.ShareWithPartner(ctx, s.ann.Actor, s.wards, "b.test", true)
	if models.ErrorCode(err) != models.Invalid || !strings.Contains(models.ErrorMessage(err), "first proposes a partnership") {
		s.t.Errorf("shared before there is a partnership: %v", err)
	}
	_, err = s.a.Service.ProposePartner(ctx, by(s.ann), "b.test", partnerTerms(s.a))
	ok(s.t, err)
	s.Settle()
	s.state(s.a, s.b, models.PartnerProposed)
	s.state(s.b, s.a, models.PartnerReceived)
	s.audit(s.a, "@ann partner.propose b.test")
	s.nothing("while it is offered", false)

	here, err := s.a.Service.ComparePartner(ctx, "b.test")
	ok(s.t, err)
	there, err := s.b.Service.ComparePartner(ctx, "a.test")
	ok(s.t, err)
	if len(here.Words) != 6 || !slices.Equal(here.Words, there.Words) || there.Theirs.Contact != "ann@a.test" {
		s.t.Fatalf("one reads %q, the other %q: %+v", here.Words, there.Words, there.Theirs)
	}
	_, err = s.b.Service.AcceptPartner(ctx, by(s.bo), "a.test", partnerTerms(s.b))
	ok(s.t, err)
	s.Settle()
	s.state(s.a, s.b, models.PartnerAccepted)
	words := strings.Join(here.Words, " ")
	_, err = s.a.Service.ConfirmPartner(ctx, by(s.ann), "b.test", words)
	ok(s.t, err)
	s.Settle()
	s.state(s.a, s.b, models.PartnerCanary)
	s.nothing("while it is tested", false)
	_, err = s.b.Service.ConfirmPartner(ctx, by(s.bo), "a.test", words)
	ok(s.t, err)
	s.Settle()
	s.state(s.a, s.b, models.PartnerLive)
	s.state(s.b, s.a, models.PartnerLive)
	if one, other := s.record(s.a, s.b), s.record(s.b, s.a); one.Record != other.Record || one.OurProof != other.TheirProof || !one.IsWhole() || !other.IsWhole() {
		s.t.Errorf("the records differ:\n%+v\n%+v", one, other)
	}
	s.audit(s.a, "@ann partner.confirm b.test")
	s.audit(s.b, "@bo partner.accept a.test", "@bo partner.confirm a.test")
	s.sees(s.thread["uri"].(string), s.ann, s.dan) // nothing is shared yet
}

func (s *story) share() {
	ok(s.t, s.a.Service.ShareWithPartner(s.t.Context(), s.ann.Actor, s.wards, "b.test", true))
	s.bo.Follow("@" + storyName + "@a.test")
	s.Settle()
	asked := s.ann.within(s.wards, "Who is on for "+storyAnn+" tonight?")
	s.visit = s.bo.within(s.wards, "How do you count "+storyBo+"?")
	s.Settle()
	s.sees(asked["uri"].(string), s.ann, s.bo, s.dan)
	s.sees(s.visit["uri"].(string), s.ann, s.bo, s.dan)
	replies := []M{
		s.bo.Reply(s.bo.Locate(asked["uri"].(string))["id"].(string), "We are on for "+storyAnn),
		s.dan.Reply(s.dan.Locate(s.visit["uri"].(string))["id"].(string), "By hand: "+storyBo),
	}
	s.Settle()
	for _, reply := range replies {
		s.sees(reply["uri"].(string), s.ann, s.bo, s.dan)
	}
	s.dan.Post("@rounds How do you hand over at night?")
	s.Settle()
	s.nothing("while it is shared", true)
	s.audit(s.a)
	s.audit(s.b)
}

func (s *story) part() {
	ctx := s.t.Context()
	_, err := s.a.Service.RevokePartner(ctx, by(s.ann), "b.test", "the project is over")
	ok(s.t, err)
	late := s.ann.within(s.wards, "After the end: "+storyAfter)
	s.Settle()
	s.state(s.a, s.b, models.PartnerPaused)
	s.state(s.b, s.a, models.PartnerPaused)
	if waiting, err := s.a.Store.Read(ctx).PendingDeliveries(); err != nil || waiting == 0 {
		s.t.Errorf("%d deliveries wait: %v", waiting, err)
	}
	s.sees(late["uri"].(string), s.ann, s.dan)
	s.nothing("while it is paused", false)
	s.Clock.Advance(models.PartnerHold + time.Minute)
	s.Settle()
	s.state(s.a, s.b, models.PartnerEnded)
	s.state(s.b, s.a, models.PartnerEnded)
	if left, err := s.a.Store.Read(ctx).FollowersFrom(s.wards.ID, "b.test"); err != nil || len(left) != 0 {
		s.t.Errorf("%d followers of b.test are left: %v", len(left), err)
	}
	s.sees(late["uri"].(string), s.ann, s.dan)
	for _, m := range []*Member{s.ann, s.bo} {
		if !s.isTold(m, "has ended") {
			s.t.Errorf("%s is not told that the partnership ended", m.Handle())
		}
	}
	s.audit(s.a, "@ann partner.revoke b.test")
	s.audit(s.b)
	s.purge(ctx)
	s.nothing("after the end", false)
}

// isTold reports a notification of a member by their own server.
func (s *story) isTold(m *Member, words string) bool {
	return slices.ContainsFunc(m.List("/api/v1/notifications"), func(n M) bool {
		status, ok := n["status"].(M)
		return ok && strings.Contains(status["content"].(string), words) && n["account"].(M)["acct"] == m.Server.Host
	})
}

func (s *story) purge(ctx context.Context) {
	s.sees(s.thread["uri"].(string), s.ann, s.dan)
	shared := s.addressOfShared()
	s.sees(shared, s.ann, s.dan)
	if copied, err := s.b.Store.Read(ctx).PostByURI(shared); err != nil || !strings.Contains(copied.Content, storyAnn) {
		s.t.Errorf("the copy that b.test has until somebody removes it: %+v, %v", copied, err)
	}
	_, err := s.a.Service.AskPurge(ctx, by(s.ann), "b.test", "please remove what was shared")
	ok(s.t, err)
	s.Settle()
	_, err = s.b.Service.AnswerPurge(ctx, by(s.bo), "a.test", practice.PurgeAnswer{Remove: true, Words: "on Monday"})
	ok(s.t, err)
	s.Settle()
	answer, err := s.a.Store.Read(ctx).LastPartnerEvent("b.test", practice.PartnerEventAnswer)
	if err != nil || !strings.Contains(answer.Detail, "posts were removed. on Monday") || strings.Contains(answer.Detail, " 0 posts") {
		s.t.Errorf("the answer is %+v: %v", answer, err)
	}
	if left, err := s.b.Store.Read(ctx).PostByURI(shared); err == nil && (left.DeletedAt == 0 || left.Content != "") {
		s.t.Errorf("b.test still has what was purged: %+v", left)
	}
	if _, err := s.b.Service.AnswerPurge(ctx, by(s.bo), "a.test", practice.PurgeAnswer{Words: "again"}); models.ErrorCode(err) != models.Conflict {
		s.t.Errorf("answered twice: %v", err)
	}
	s.audit(s.a, "@ann partner.purge b.test")
	s.audit(s.b, "@bo partner.answer a.test")
}

// addressOfShared is that of what ann asked while the community was shared.
func (s *story) addressOfShared() string {
	s.t.Helper()
	for _, status := range s.ann.List("/api/v1/accounts/" + fmt.Sprint(s.ann.Actor.ID) + "/statuses") {
		if strings.Contains(status["content"].(string), "tonight") {
			return status["uri"].(string)
		}
	}
	s.t.Fatal("ann does not see her own post")
	return ""
}

// leave lets dan leave the hospital for the third server, where the record is verified when the hospital is no more.
func (s *story) leave() {
	fresh := s.c.Member("dan")
	s.bo.Follow(s.dan.Handle()) // the end of the partnership cut what there was; people may follow each other anew
	s.Settle()
	code := s.dan.Object(http.MethodPost, ownMe+"/recovery/code", M{"password": Password})["code"].(string)
	s.dan.Object(http.MethodPost, ownMe+"/leaving", M{"password": Password})
	s.Settle()
	s.sees(s.thread["uri"].(string), s.ann) // not even the thread that dan answered in
	s.dan.Token = recoverToken(s.t, s.a, "dan", code)
	fresh.Object(http.MethodPost, ownMe+"/aliases", M{"alias": s.dan.Handle()})
	s.dan.Object(http.MethodPost, ownMe+"/move", M{"to": fresh.Handle()})
	s.Settle()
	if got := followsOn(s.t, s.bo, s.dan.Actor.URI, fresh.Actor.URI); !slices.Equal(got, []string{fresh.Actor.URI}) {
		s.t.Errorf("bo follows %v", got)
	}
	_, record := s.dan.Do(http.MethodGet, ownMe+"/record", nil)
	kept := s.keep("https://a.test/actor", s.rounds.URI)
	s.nothing("after dan moved", false)
	s.audit(s.a, "@dan account.leave @dan", "@dan account.move @dan")
	s.t.Logf("%d addresses were asked, %d requests of and to c.test were overheard", s.asked, s.overheard)
	s.Stop(s.a)
	s.verify(record, kept)
}

// keep gives the keys of the documents of actors, as somebody saves them while they can be had.
func (s *story) keep(uris ...string) map[string]string {
	s.t.Helper()
	keys := map[string]string{}
	for _, uri := range uris {
		status, raw := s.Fetch(s.a, strings.TrimPrefix(uri, "https://a.test"))
		actor, err := vocab.DecodeActor([]byte(raw))
		if err != nil || status != http.StatusOK {
			s.t.Fatalf("%s answers %d: %v", uri, status, err)
		}
		for _, key := range actor.AssertionMethods {
			keys[key.ID] = key.PublicKeyMultibase
		}
	}
	return keys
}

// verify checks a record without any server, years later, and that nothing of the hidden community is in it but a number.
func (s *story) verify(record []byte, kept map[string]string) {
	s.t.Helper()
	later := s.Clock.Now().AddDate(30, 0, 0)
	report, err := practice.CheckRecord(s.t.Context(), record, kept, later)
	ok(s.t, err)
	if !report.IsGood() || !report.Vouched || report.Record.Handle != "@dan@a.test" || len(report.Parts) != 1 || report.Parts[0].Part.Community != s.rounds.URI {
		s.t.Errorf("the record cannot be verified: %+v", report)
	}
	if len(report.Record.Confidential) == 0 || ofSecret.Match(record) {
		s.t.Errorf("the record tells more of the hidden community than numbers: %s", record)
	}
	var document M
	ok(s.t, json.Unmarshal(record, &document))
	document["name"] = "somebody else"
	forged, err := json.Marshal(document)
	ok(s.t, err)
	if report, err := practice.CheckRecord(s.t.Context(), forged, kept, later); err != nil || report.IsGood() || bytes.Equal(forged, record) {
		s.t.Errorf("a record that was changed is good: %+v, %v", report, err)
	}
}
