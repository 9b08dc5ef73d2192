package practice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// What happens between siblings, as it is written down.
const (
	SiblingEventNonce      = "nonce" // of an offer: none counts twice
	SiblingEventProposed   = "proposed"
	SiblingEventReceived   = "received"
	SiblingEventIntroduced = "introduced"
	SiblingEventApproved   = "approved"
	SiblingEventAdmitted   = "admitted"
	SiblingEventCounter    = "countered"
	SiblingEventRefused    = "refused"
	SiblingEventLive       = "live"
	SiblingEventPaused     = "paused"
	SiblingEventResumed    = "resumed"
	SiblingEventLeft       = "left"
	SiblingEventLost       = "lost" // most of the siblings agreed
	SiblingEventFound      = "found"
)

// SiblingSaid: a Group of ours tells one elsewhere something about being siblings. ID is the row of the activity, from which its id
// follows.
type SiblingSaid struct {
	From, To *models.Actor
	ID       int64
	Verb     string // Offer, Accept, Reject, Undo or Leave
	About    string // the offer that is answered, countered or taken back; of a Leave, the agreement
	Document []byte // the agreement, with its proofs
	Third    string // of an introduction: the Group that is introduced
	Heir     bool   // of an Offer: ours closes, and the other is asked to go on with it
	Words    string
}

func (SiblingSaid) event() {}

// SiblingTerms are what a convener offers.
type SiblingTerms struct {
	History    int    // days of what came before
	Removals   string // "auto" or "review"
	Bans       string // "advisory" or "mutual"
	Roster     string // "none", "counts" or "hosts"
	License    string
	Retention  int
	Silence    int    // days; 14 unless set
	Contact    string // whom they can reach here; the list of moderators unless set
	ValidUntil time.Time
}

// orDefaults fills in what most communities want.
func (t SiblingTerms) orDefaults(now time.Time) SiblingTerms {
	t.Removals, t.Bans, t.Roster = orElse(t.Removals, "review"), orElse(t.Bans, "advisory"), orElse(t.Roster, "counts")
	if t.Silence == 0 {
		t.Silence = defaultLossDays
	}
	if t.ValidUntil.IsZero() {
		t.ValidUntil = now.AddDate(1, 0, 0)
	}
	return t
}

// pair is both Groups, within a transaction.
type pair struct {
	s        *Service
	tx       *models.Tx
	row      *models.Sibling
	us, them *models.Actor
	ours     *models.Community
	by       *models.Actor // who of ours acts; nil for the other side, the clock and the command line
}

// pairOf gives both sides of a pair.
func (s *Service) pairOf(tx *models.Tx, row *models.Sibling, by *models.Actor) (*pair, error) {
	p := &pair{s: s, tx: tx, row: row, by: by}
	var err error
	if p.us, err = tx.Actor(row.CommunityID); err != nil {
		return nil, err
	}
	if p.ours, err = tx.Community(row.CommunityID); err != nil {
		return nil, err
	}
	p.them, err = tx.ActorByURI(row.SiblingURI)
	return p, err
}

func (p *pair) note(kind, ref, detail string) error {
	e := models.SiblingEvent{PairID: p.row.ID, Host: p.row.Host, Kind: kind, Ref: ref, Detail: detail}
	if p.by != nil {
		e.ActorID = p.by.ID
	}
	return p.tx.AddSiblingEvent(e)
}

// say sends something to the other Group.
func (p *pair) say(said SiblingSaid) error {
	said.From, said.To = p.us, p.them
	if said.ID == 0 {
		said.ID = p.tx.NewID()
	}
	return p.s.outbox.Publish(p.tx, said)
}

// prove gives our Group's proof of a document without one.
func (p *pair) prove(bare []byte) (json.RawMessage, error) { return p.s.proveAs(p.tx, p.us, bare) }

// name gives how people know the other Group.
func (p *pair) name() string { return "@" + p.them.Username + "@" + p.them.Host }

// tellConveners lets our community tell who convenes it here.
func (p *pair) tellConveners(said string) error {
	people, err := p.tx.Moderators(p.us.ID)
	if err != nil {
		return err
	}
	roles, err := p.tx.ModeratorRoles(p.us.ID)
	if err != nil {
		return err
	}
	for i := range people {
		other := p.by == nil || people[i].ID != p.by.ID
		if !people[i].Local || roles[people[i].ID] != models.RoleOfConvener || !other {
			continue
		}
		if err := p.s.informBy(p.tx, p.us, &people[i], said); err != nil {
			return err
		}
	}
	return nil
}

// withSibling runs a verb on a pair of a community of ours. May says who may: convened for conveners, or an admin. Errors: Forbidden,
// NotFound.
func (s *Service) withSibling(ctx context.Context, actor, community *models.Actor, id int64, action string, may permit, verb func(p *pair) error) (*models.Sibling, error) {
	var row *models.Sibling
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := may(s, tx, actor, community); err != nil {
			return err
		}
		var err error
		if row, err = pairIn(tx, community, id); err != nil {
			return err
		}
		p, err := s.pairOf(tx, row, actor)
		if err != nil {
			return err
		}
		before := siblingSaid(row)
		if err := verb(p); err != nil {
			return err
		}
		if err := s.auditSibling(tx, actor, action, p, before); err != nil {
			return err
		}
		return tx.SaveSibling(row)
	})
	return row, err
}

// auditSibling writes down in the audit log what somebody did with a pair.
func (s *Service) auditSibling(tx *models.Tx, actor *models.Actor, action string, p *pair, before any) error {
	return s.audit(tx, actor, action, subject{p.us.ID, s.atName(p.us) + " with " + p.name()}, before, siblingSaid(p.row))
}

// permit says whether somebody may do something with a community.
type permit func(s *Service, tx *models.Tx, actor, community *models.Actor) error

// byConvener lets conveners of the community do it.
func byConvener(s *Service, tx *models.Tx, actor, community *models.Actor) error {
	_, err := s.convened(tx, actor, community)
	return err
}

// byAdmin lets those do it who decide on other hosts.
func byAdmin(s *Service, tx *models.Tx, actor, community *models.Actor) error {
	if !community.Local || !community.IsCommunity() {
		return models.Errorf(models.NotFound, "there is no such community here")
	}
	return s.mayFederate(tx, actor)
}

// byEither lets conveners and admins do it.
func byEither(s *Service, tx *models.Tx, actor, community *models.Actor) error {
	if err := byAdmin(s, tx, actor, community); err == nil {
		return nil
	}
	return byConvener(s, tx, actor, community)
}

// isConvener reports that who acts convenes the community.
func (p *pair) isConvener() bool {
	if p.by == nil {
		return false
	}
	role, err := p.tx.ModeratorRole(p.us.ID, p.by.ID)
	return err == nil && role == models.RoleOfConvener
}

// siblingSaid is what the audit log keeps of a pair.
func siblingSaid(row *models.Sibling) any {
	if row.State == "" {
		return nil
	}
	said := map[string]any{"state": row.State, "reason": row.Reason, "offer": row.OfferURI, "admitted": row.AdmittedBy != 0, "valid_until": row.ValidUntil}
	if row.Pause != "" {
		said["pause"] = row.Pause
	}
	return said
}

// newURN makes the name of a community: UUIDv7, so that of two names the smaller is the older.
func newURN(now models.Timestamp) string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now))
	copy(id[:6], ms[2:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	h := hex.EncodeToString(id[:])
	return fmt.Sprintf("urn:uuid:%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

// commonName gives the name that two communities have once they are one: the older of the two; and the names that they had.
func commonName(ours, theirs *models.Community) (string, []string) {
	urn := ours.URN
	former := slices.Clone(ours.FormerList())
	if theirs != nil {
		former = append(former, theirs.FormerList()...)
		if theirs.URN != "" && theirs.URN < urn && !slices.Contains(ours.FormerList(), theirs.URN) {
			urn, former = theirs.URN, append(former, urn)
		} else if theirs.URN != "" && theirs.URN != urn {
			former = append(former, theirs.URN)
		}
	}
	former = slices.DeleteFunc(former, func(name string) bool { return name == urn })
	slices.Sort(former)
	return urn, slices.Compact(former)
}

// takeName gives our community the name that was agreed on.
func (p *pair) takeName(b *pact.Bond) error {
	former := append(p.ours.FormerList(), b.Former...)
	if p.ours.URN != b.Community {
		former = append(former, p.ours.URN)
	}
	former = slices.DeleteFunc(former, func(name string) bool { return name == b.Community || name == "" })
	slices.Sort(former)
	former = slices.Compact(former)
	if p.ours.URN == b.Community && strings.Join(former, "\n") == p.ours.FormerURNs {
		return nil
	}
	p.ours.URN, p.ours.FormerURNs = b.Community, strings.Join(former, "\n")
	return p.tx.SaveCommunity(p.ours)
}

// charterDigest names a charter by its text; "" for none.
func charterDigest(c *models.Community) string {
	if c.CharterVersion == 0 {
		return ""
	}
	return digestOf(c.CharterSource)
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
