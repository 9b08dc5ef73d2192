package models

import (
	"slices"
	"time"
)

// PartnerState says how far two organizations have come with each other.
type PartnerState string

// The states of a partnership.
const (
	PartnerProposed  PartnerState = "proposed"  // we offered
	PartnerReceived  PartnerState = "received"  // they offered; our turn
	PartnerCountered PartnerState = "countered" // we answered with another offer
	PartnerAccepted  PartnerState = "accepted"  // agreed; signatures or the comparison of words are missing
	PartnerCanary    PartnerState = "canary"    // signed and confirmed; both directions are being tested
	PartnerLive      PartnerState = "live"
	PartnerPaused    PartnerState = "paused" // what is for them waits
	PartnerEnded     PartnerState = "ended"
	PartnerRefused   PartnerState = "refused"
	PartnerOneSided  PartnerState = "onesided" // other software, which can sign no agreement: our decision alone
)

// partnerMoves are the only ways from a state to another one. A renewal is agreed on while the old agreement stands, and moves nothing.
var partnerMoves = map[PartnerState][]PartnerState{
	"":               {PartnerProposed, PartnerReceived, PartnerOneSided},
	PartnerProposed:  {PartnerReceived, PartnerAccepted, PartnerRefused, PartnerEnded},
	PartnerReceived:  {PartnerReceived, PartnerCountered, PartnerAccepted, PartnerRefused},
	PartnerCountered: {PartnerReceived, PartnerAccepted, PartnerRefused, PartnerEnded},
	PartnerAccepted:  {PartnerCanary, PartnerEnded},
	PartnerCanary:    {PartnerLive, PartnerAccepted, PartnerPaused, PartnerEnded},
	PartnerLive:      {PartnerPaused},
	PartnerPaused:    {PartnerLive, PartnerAccepted, PartnerCanary, PartnerEnded},
	PartnerEnded:     {PartnerProposed, PartnerReceived, PartnerOneSided},
	PartnerRefused:   {PartnerProposed, PartnerReceived, PartnerOneSided},
	PartnerOneSided:  {PartnerAccepted, PartnerEnded},
}

// Why a partnership is paused.
const (
	PauseRevoked = "revoked" // by either side
	PauseExpired = "expired"
	PauseKey     = "key" // the partner has other keys than those that were confirmed
)

// PartnerHold is how long deliveries to a paused partner wait before the partnership ends.
const PartnerHold = 7 * 24 * time.Hour

// Partner is an organization with which this one has, wants or had an agreement.
type Partner struct {
	ID       int64
	Host     string
	ActorURI string // its instance actor; "" of a one-sided partner
	State    PartnerState
	Reason   string // why it is in that state, for people
	Pause    string // why it is paused, one of the above
	Note     string
	Allowed  bool // we allowed its host for the partnership, and take that back at its end
	Listed   bool // both agreed to be named

	// The offer that waits for an answer; "" for none.
	OfferURI  string
	OfferOurs bool
	Offer     string // the record as it was offered, with its proof
	// AcceptURI is our last Accept: what Undo takes back.
	AcceptURI  string
	DraftID    int64 // the record that is being signed; 0 for none
	RecordID   int64 // of the agreement that counts
	ValidUntil Timestamp

	TheirKey      string // fingerprint of their keys as they were last seen
	TheirMultikey string // their Ed25519 key that was confirmed
	Confirmed     string // the pair of fingerprints that was compared
	ConfirmedAt   Timestamp

	// The test of both directions.
	TestURI      string    // our test activity
	TestFrom     string    // theirs, not yet answered
	TestAnswered Timestamp // they answered ours
	TestFetched  Timestamp // they showed us their status
	TestUntil    Timestamp // by when both must be done

	AskedAt   Timestamp // when their status was last asked for
	Status    string    // how they see us, as they signed it
	StatusAt  Timestamp
	Health    string // green, amber or red, as it was last judged
	HealthWhy string
	HealthDo  string
	HealthAt  Timestamp
	ToldAt    Timestamp // when the admins were told that it is red; 0 while it is not

	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	ChangedAt Timestamp // of the state
}

// Stands reports that an agreement, or our own decision, lets the partner have what partners have.
func (p *Partner) Stands() bool { return p.State == PartnerLive || p.State == PartnerOneSided }

// KeepsState reports a state in which another agreement is negotiated beside the one that stands.
func (p *Partner) KeepsState() bool { return p.Stands() || p.State == PartnerPaused }

// ClearOffer forgets the offer that waited.
func (p *Partner) ClearOffer() { p.Offer, p.OfferURI, p.OfferOurs = "", "", false }

// Move brings a partnership into another state. Errors: Conflict for a way that there is none.
func (p *Partner) Move(to PartnerState, reason string, now Timestamp) error {
	if !slices.Contains(partnerMoves[p.State], to) {
		if p.State == "" {
			return Errorf(Conflict, "There is nothing between %s and us that could become %s.", p.Host, to)
		}
		return Errorf(Conflict, "The partnership with %s is %s, from which it cannot become %s.", p.Host, p.State, to)
	}
	p.State, p.Reason, p.ChangedAt, p.Pause = to, reason, now, ""
	return nil
}

// SavePartner stores a partner, new or changed.
func (tx *Tx) SavePartner(p *Partner) error {
	if p.ID == 0 {
		p.ID, p.CreatedAt = tx.NewID(), tx.Now()
		return translate(tx.db.Create(p).Error, "partner "+p.Host)
	}
	return translate(tx.db.Save(p).Error, "partner "+p.Host)
}

// Partner gives the partner of a host.
func (tx *Tx) Partner(host string) (*Partner, error) {
	return first[Partner](tx.db.Where("host = ?", host), "partner "+host)
}

// PartnerByID gives a partner.
func (tx *Tx) PartnerByID(id int64) (*Partner, error) {
	return first[Partner](tx.db.Where("id = ?", id), "partner")
}

// Partners lists all partners by host.
func (tx *Tx) Partners() ([]Partner, error) { return list[Partner](tx.db.Order("host"), "partners") }

// PartnersIn lists the partners in some states.
func (tx *Tx) PartnersIn(states ...PartnerState) ([]Partner, error) {
	return list[Partner](tx.db.Where("state IN ?", states).Order("host"), "partners")
}

// PublicPartners lists those that may be named: both agreed, and the agreement stands.
func (tx *Tx) PublicPartners() ([]Partner, error) {
	return list[Partner](tx.db.Where("listed AND state = ?", PartnerLive).Order("host"), "partners")
}

// CountReceivedPartners counts the hosts whose offers wait for us.
func (tx *Tx) CountReceivedPartners() (int64, error) {
	var n int64
	err := tx.db.Model(&Partner{}).Where("state = ?", PartnerReceived).Count(&n).Error
	return n, translate(err, "partners")
}

// EndPartner cuts what there was with a partner: communities are shared no more, follows end, and what waits is not sent.
func (tx *Tx) EndPartner(host string) error {
	if err := tx.db.Delete(&CommunityPartner{}, "host = ?", host).Error; err != nil {
		return translate(err, "partners of communities")
	}
	if err := tx.endFollowsWith(host); err != nil {
		return err
	}
	waiting := tx.db.Model(&Delivery{}).Where("host = ? AND state IN ?", host, []string{DeliveryPending, DeliveryAside})
	change := map[string]any{"state": DeliveryRefused, "last_error": "the partnership ended", "updated_at": tx.Now()}
	return translate(waiting.Updates(change).Error, "deliveries")
}

// CommunitiesWith lists the communities that an end of the partnership with a host concerns: ours that are shared with it by name, and those
// of it that somebody here follows.
func (tx *Tx) CommunitiesWith(host string) ([]Actor, error) {
	return list[Actor](tx.db.Where(`actor.type = ? AND actor.deleted_at = 0 AND (
		actor.local AND EXISTS (SELECT 1 FROM community_partner cp WHERE cp.community_id = actor.id AND cp.host = ?)
		OR actor.host = ? AND EXISTS (SELECT 1 FROM follow f JOIN actor m ON m.id = f.actor_id WHERE f.target_id = actor.id AND m.local))`,
		TypeGroup, host, host).Order("actor.id"), "communities")
}

// MembersHere lists people of this instance who follow a community or moderate it.
func (tx *Tx) MembersHere(communityID int64, limit int) ([]Actor, error) {
	return list[Actor](tx.db.Where(`actor.local AND actor.type = ? AND actor.deleted_at = 0 AND (
		EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = actor.id AND f.target_id = ? AND f.state = 'accepted')
		OR EXISTS (SELECT 1 FROM moderator mo WHERE mo.actor_id = actor.id AND mo.community_id = ?))`, TypePerson, communityID, communityID).
		Order("actor.id").Limit(limit), "members")
}

// PartnerCopies lists what is kept here of a host and was not for everybody: posts by its people in communities, and all by people
// elsewhere in its communities. Letters between people are no part of a partnership.
func (tx *Tx) PartnerCopies(host string) ([]Post, error) {
	return list[Post](tx.db.Where(`NOT post.local AND post.community_id <> 0 AND post.visibility IN ('partners', 'private', 'members') AND post.deleted_at = 0 AND (
		EXISTS (SELECT 1 FROM actor a WHERE a.id = post.author_id AND a.host = ?) OR EXISTS (SELECT 1 FROM actor c WHERE c.id = post.community_id AND c.host = ?))`,
		host, host).Order("post.id"), "posts")
}
