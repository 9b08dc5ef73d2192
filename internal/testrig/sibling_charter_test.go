package testrig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

func (k *kin) says(at *Server, charter string) {
	k.t.Helper()
	_, err := at.Service.ChangeCommunity(context.Background(), k.convener[at].Actor, k.house[at], practice.CommunityChange{Charter: &charter})
	ok(k.t, err)
}

func (k *kin) reads(at, of *Server) *practice.TheirCharter {
	k.t.Helper()
	read, err := at.Service.ReadTheirCharter(context.Background(), k.convener[at].Actor, k.house[at], k.pair(at, of).ID)
	ok(k.t, err)
	return read
}

func (k *kin) takes(at, of *Server, digest string) error {
	k.t.Helper()
	_, err := at.Service.TakeCharter(context.Background(), k.convener[at].Actor, k.house[at], k.pair(at, of).ID, digest)
	return err
}

// charterAgreed gives the digest of the charter on which two agreed, as one of them has it, and whether something is offered beside it.
func (k *kin) charterAgreed(at, with *Server) (digest string, waits bool) {
	k.t.Helper()
	row := k.pair(at, with)
	bond, err := pact.ReadBond([]byte(row.Agreement))
	ok(k.t, err)
	return bond.Charter, row.Offer != ""
}

func kindsOf(read *practice.TheirCharter) string {
	var kinds []string
	for _, one := range read.Changes {
		kinds = append(kinds, one.Kind+" "+one.Text)
	}
	return strings.Join(kinds, "|")
}

// Who changes the charter offers it. At each sibling a convener reads what differs and takes it over: just the text that was read. Then
// all have the same one and agreed on it, and nothing waits.
func TestCharterOfASiblingIsTakenOver(t *testing.T) {
	Each(t, allianceHosts, func(t *testing.T, c *Cluster) {
		k := newKin(t, c)
		k.says(k.b, "We help.\nNo names of patients.")
		for _, pair := range [][2]*Server{{k.a, k.b}, {k.a, k.c}, {k.b, k.c}} {
			k.link(pair[0], pair[1], practice.SiblingTerms{Contact: "somebody at " + pair[0].Host})
		}
		k.says(k.a, "We help.\nNo pictures of patients.")
		k.Settle()
		if told := fmt.Sprint(k.convener[k.b].List("/api/v1/notifications?types[]=mention")); !strings.Contains(told, "has another charter") {
			t.Error("who convenes b.test is not told of the charter")
		}
		outdated := k.reads(k.b, k.a)
		if !outdated.Offered || outdated.Ours != "We help.\nNo names of patients." || kindsOf(outdated) != "same We help.|old No names of patients.|new No pictures of patients." {
			t.Errorf("read as %+v", outdated)
		}

		k.says(k.a, "We help.\nNo pictures of patients.\nWe share what failed.")
		if err := k.takes(k.b, k.a, outdated.Digest); models.ErrorCode(err) != models.Conflict {
			t.Errorf("a text that changed since it was read is taken: %v", err)
		}
		unoffered := k.reads(k.b, k.a)
		if err := k.takes(k.b, k.a, unoffered.Digest); unoffered.Offered || models.ErrorCode(err) != models.Conflict {
			t.Errorf("a text that nobody offered is taken: %v", err)
		}
		k.Settle()
		if err := k.takes(k.b, k.a, outdated.Digest); models.ErrorCode(err) != models.Conflict {
			t.Errorf("with the new offer here the old text is taken: %v", err)
		}
		if row := k.community(k.b); row.CharterVersion != 1 {
			t.Errorf("after what was refused it is version %d", row.CharterVersion)
		}
		stranger := k.b.Member("dora")
		if _, err := k.b.Service.TakeCharter(t.Context(), stranger.Actor, k.house[k.b], k.pair(k.b, k.a).ID, unoffered.Digest); models.ErrorCode(err) != models.Forbidden {
			t.Errorf("taken over by no convener: %v", err)
		}
		if _, err := k.b.Service.ReadTheirCharter(t.Context(), stranger.Actor, k.house[k.b], k.pair(k.b, k.a).ID); models.ErrorCode(err) != models.Forbidden {
			t.Errorf("read by no convener: %v", err)
		}

		ok(t, k.takes(k.b, k.a, k.reads(k.b, k.a).Digest))
		k.Settle()
		k.logsCharter(k.b, k.a)
		ok(t, k.takes(k.c, k.a, k.reads(k.c, k.a).Digest)) // and with it the same text, which b.test offers
		k.Settle()
		want := sha256.Sum256([]byte("We help.\nNo pictures of patients.\nWe share what failed."))
		for _, at := range []*Server{k.a, k.b, k.c} {
			for _, with := range []*Server{k.a, k.b, k.c} {
				if at == with {
					continue
				}
				if digest, waits := k.charterAgreed(at, with); digest != hex.EncodeToString(want[:]) || waits {
					t.Errorf("%s and %s agreed on %s, another offer waits: %v", at.Host, with.Host, digest, waits)
				}
			}
			if page := k.page(at); !strings.Contains(page, "We share what failed.") || strings.Contains(page, "Its charter differs") {
				t.Errorf("the page at %s does not show the charter of all", at.Host)
			}
		}
	})
}

// logsCharter holds that the log of the community and the audit log say whose charter was taken over.
func (k *kin) logsCharter(at, of *Server) {
	k.t.Helper()
	tx := at.Store.Read(context.Background())
	lines, err := tx.ModLogPage(k.house[at].ID, models.Page{})
	ok(k.t, err)
	if len(lines) != 1 || lines[0].Verb != models.LogCharter || lines[0].ActorID != k.convener[at].Actor.ID || lines[0].ObjectURI != k.house[of].URI+"/charter" {
		k.t.Errorf("the log of the community has %+v", lines)
	}
	audit, err := tx.AuditPage(models.AuditFilter{Action: "community.charter"}, models.Page{})
	ok(k.t, err)
	if len(audit) != 1 || !strings.Contains(audit[0].Note, of.Host) || audit[0].Before == audit[0].After {
		k.t.Errorf("the audit log has %+v", audit)
	}
	if page := k.pageAt(at, "/c/wounds/log"); !strings.Contains(page, "took over the charter of @wounds@"+of.Host) {
		k.t.Error("the page of the log does not say it")
	}
}

// What a sibling gives as its charter is a text of bounded length, by it, or nothing.
func TestG28_ACharterThatIsNoneIsNotTaken(t *testing.T) {
	s := newSuitor(t)
	address := s.group.URI + "/charter"
	s.group.Doc["charter"] = address
	s.group.Doc["charterVersion"] = 1
	s.peer.ServeDoc(s.group.Doc)
	charter := func(by, said string) string {
		s.Clock.Advance(time.Hour) // what was refused is not asked for again at once
		s.peer.ServeDoc(M{"@context": "https://www.w3.org/ns/activitystreams", "id": address, "type": "Article", "attributedTo": by, "source": M{"content": said, "mediaType": "text/plain"}})
		sum := sha256.Sum256([]byte(said))
		return hex.EncodeToString(sum[:])
	}
	for i, c := range []struct{ by, said, why string }{
		{s.group.URI, "We\x00help.", "nul_in_string"},
		{s.group.URI, strings.Repeat("é", 20001), "more than 20000 characters"},
		{"https://odd.test/c/another", "We help.", "is no charter of"},
	} {
		digest := charter(c.by, c.said)
		id := fmt.Sprint("charter-", i)
		if status, said := s.group.Send(s.a, s.offer(id, s.group, func(b *pact.Bond) { b.Charter = digest })); status >= 400 {
			t.Fatalf("the offer is refused: %d %s", status, said)
		}
		s.Settle()
		pair, err := s.a.Store.Read(t.Context()).Sibling(s.ours.ID, s.group.URI)
		ok(t, err)
		if _, err := s.a.Service.ReadTheirCharter(t.Context(), s.ann.Actor, s.ours, pair.ID); models.ErrorCode(err) != models.Invalid || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%d is read: %v", i, err)
		}
		if _, err := s.a.Service.TakeCharter(t.Context(), s.ann.Actor, s.ours, pair.ID, digest); models.ErrorCode(err) != models.Invalid {
			t.Errorf("%d is taken: %v", i, err)
		}
	}
	// Line ends and blanks are part of what a digest names.
	digest := charter(s.group.URI, "We help.\r\nAnd learn.\r\n")
	if status, said := s.group.Send(s.a, s.offer("good", s.group, func(b *pact.Bond) { b.Charter = digest })); status >= 400 {
		t.Fatalf("the offer is refused: %d %s", status, said)
	}
	s.Settle()
	pair, err := s.a.Store.Read(t.Context()).Sibling(s.ours.ID, s.group.URI)
	ok(t, err)
	_, err = s.a.Service.TakeCharter(t.Context(), s.ann.Actor, s.ours, pair.ID, digest)
	ok(t, err)
	typed := "We help.\nAnd learn."
	_, err = s.a.Service.ChangeCommunity(t.Context(), s.ann.Actor, s.ours, practice.CommunityChange{Charter: &typed})
	ok(t, err)
	row, err := s.a.Store.Read(t.Context()).Community(s.ours.ID)
	ok(t, err)
	if row.CharterVersion != 1 || row.CharterSource != "We help.\r\nAnd learn.\r\n" {
		t.Errorf("it is version %d, %q", row.CharterVersion, row.CharterSource)
	}
}
