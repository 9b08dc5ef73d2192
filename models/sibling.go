package models

import "slices"

// The states of a pair of siblings.
const (
	SiblingProposed = "proposed" // we offered
	SiblingReceived = "received" // they offered; a convener here decides
	SiblingApproved = "approved" // a convener here agreed; an admin has to admit the host, the first time
	SiblingLive     = "live"
	SiblingPaused   = "paused" // by an admin, a flood, or because the partnership of the hosts rests
	SiblingLost     = "lost"   // the others agreed that its host is gone
	SiblingClosed   = "closed" // its own host closed it, and another sibling goes on with its threads
	SiblingLeft     = "left"
	SiblingRefused  = "refused"
	// SiblingIntroduced: a sibling of ours spoke of it; a convener here may propose.
	SiblingIntroduced = "introduced"
)

// Why a pair rests.
const (
	PauseByAdmin    = "admin"    // of this instance
	PauseByConvener = "convener" // of our community
	PausePartner    = "partner"  // the partnership of the hosts rests
	PauseUnlisted   = "unlisted" // they do not list us
	PauseOver       = "expired"  // the agreement is over
	PauseFlood      = "flood"    // they sent far more than they use to
)

// siblingMoves are the only ways from one state to another.
var siblingMoves = map[string][]string{
	"":                {SiblingProposed, SiblingApproved, SiblingReceived, SiblingIntroduced},
	SiblingIntroduced: {SiblingProposed, SiblingApproved, SiblingReceived, SiblingRefused},
	SiblingProposed:   {SiblingLive, SiblingRefused, SiblingLeft, SiblingReceived, SiblingProposed, SiblingApproved},
	SiblingReceived:   {SiblingApproved, SiblingLive, SiblingRefused, SiblingReceived, SiblingLeft, SiblingProposed},
	SiblingApproved:   {SiblingLive, SiblingRefused, SiblingReceived, SiblingLeft, SiblingProposed, SiblingApproved},
	SiblingLive:       {SiblingPaused, SiblingLost, SiblingLeft, SiblingLive, SiblingClosed},
	SiblingPaused:     {SiblingLive, SiblingLost, SiblingLeft, SiblingPaused, SiblingClosed},
	SiblingLost:       {SiblingLive, SiblingPaused, SiblingLeft, SiblingClosed},
	SiblingClosed:     {SiblingLive, SiblingPaused, SiblingLeft},
	SiblingLeft:       {SiblingProposed, SiblingApproved, SiblingReceived, SiblingIntroduced},
	SiblingRefused:    {SiblingProposed, SiblingApproved, SiblingReceived, SiblingIntroduced},
}

// Sibling is what a Group of ours and one at another host agreed on.
type Sibling struct {
	ID          int64
	CommunityID int64  // ours
	SiblingID   int64  // theirs, as an actor here; 0 while it is not known
	SiblingURI  string // theirs
	Host        string
	State       string
	Reason      string // of a pause, a refusal or a loss, in words
	Pause       string // why a paused one rests: see PauseByAdmin and the others; of one that is lost or closed, why it rested before
	// What is offered now: beside the agreement, while that is renewed.
	Ours       bool // we offered
	OfferURI   string
	Offer      string // canonical JSON, without proofs
	OfferProof string // of who offered; "" while an admin here has to admit the host first
	// What holds.
	Agreement  string // canonical JSON, without proofs
	OurProof   string // JSON
	TheirProof string
	ApprovedBy int64     // the convener here
	AdmittedBy int64     // the admin here
	HeardAt    Timestamp // when it last spoke
	AgreedAt   Timestamp // when the digests of what was admitted were last the same
	LostAt     Timestamp
	ValidUntil Timestamp
	AdopterURI string    // of one that is lost or closed: who took them up
	EndedAt    Timestamp // when the agreement ended; 0 while it holds
	ClearedAt  Timestamp // when what came through it alone was removed since then
	SyncDigest string    // what it last said that it took first
	SyncURL    string    // where that is listed
	SyncUntil  Timestamp // until when, by its clock
	SyncDueAt  Timestamp // when its list is to be asked for; 0 for not at all
	SyncTries  int
	// IntroducedBy is the sibling that spoke of it; "" where nobody did.
	IntroducedBy string
	CreatedAt    Timestamp `gorm:"autoCreateTime:false"`
	ChangedAt    Timestamp
}

// TableName names the table by what it is in the database: a pair.
func (Sibling) TableName() string { return "community_sibling" }

// MoveTo changes the state. Conflict for a way that there is not.
func (s *Sibling) MoveTo(state, reason string) error {
	if !slices.Contains(siblingMoves[s.State], state) {
		return Errorf(Conflict, "A sibling that is %s cannot become %s.", orNone(s.State), state)
	}
	s.State, s.Reason = state, reason
	if !s.IsAdopted() { // who is lost or closed while it rests does not come back otherwise than it went
		s.Pause = ""
	}
	return nil
}

// Rest pauses a pair, or lets a paused one rest for another cause.
func (s *Sibling) Rest(cause, reason string) error {
	if err := s.MoveTo(SiblingPaused, reason); err != nil {
		return err
	}
	s.Pause = cause
	return nil
}

// IsAdopted reports a pair whose other Group decides on its threads no more: it is lost, or closed.
func (s *Sibling) IsAdopted() bool { return s.State == SiblingLost || s.State == SiblingClosed }

// Stands reports a pair with an agreement that is not over: live or resting.
func (s *Sibling) Stands() bool { return s.State == SiblingLive || s.State == SiblingPaused }

// LastInStep gives until when what a sibling has that left is here; 0 for one that never was a sibling, or did not leave.
func (s *Sibling) LastInStep() Timestamp {
	if s.State != SiblingLeft || s.EndedAt == 0 {
		return 0
	}
	return min(max(s.AgreedAt, s.HeardAt), s.EndedAt)
}

// IsListed reports that our Group names the other as its sibling: also when only the other does not name ours.
func (s *Sibling) IsListed() bool {
	return s.State == SiblingLive || s.State == SiblingPaused && s.Pause == PauseUnlisted
}

// ClearOffer forgets what was offered.
func (s *Sibling) ClearOffer() { s.Offer, s.OfferProof, s.OfferURI, s.Ours = "", "", "", false }

func orNone(state string) string {
	if state == "" {
		return "unknown"
	}
	return state
}

// SaveSibling stores a pair, new or changed. Conflict for a pair that is known.
func (tx *Tx) SaveSibling(s *Sibling) error {
	s.ChangedAt = tx.Now()
	if s.ID != 0 {
		return translate(tx.db.Save(s).Error, "sibling")
	}
	s.ID, s.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(s).Error, "sibling")
}

// Sibling gives the pair of a Group of ours and one elsewhere, by its address.
func (tx *Tx) Sibling(communityID int64, uri string) (*Sibling, error) {
	return first[Sibling](tx.db.Where("community_id = ? AND sibling_uri = ?", communityID, uri), "sibling")
}

// SiblingByID gives a pair by its id.
func (tx *Tx) SiblingByID(id int64) (*Sibling, error) {
	return first[Sibling](tx.db.Where("id = ?", id), "sibling")
}

// Siblings lists the pairs of a Group of ours, the oldest first; only those in some states, if any are named.
func (tx *Tx) Siblings(communityID int64, states ...string) ([]Sibling, error) {
	query := tx.db.Where("community_id = ?", communityID).Order("id")
	if len(states) > 0 {
		query = query.Where("state IN ?", states)
	}
	return list[Sibling](query, "siblings")
}

// IsOver reports an agreement whose end has come.
func (s *Sibling) IsOver(now Timestamp) bool { return s.ValidUntil != 0 && s.ValidUntil <= now }

// AreSiblings reports whether two Groups are siblings, as far as one of ours has to do with it: they are a pair, or both are
// siblings of the same Group of ours, whatever became of that since; or both are elsewhere and name each other.
func (tx *Tx) AreSiblings(one, other *Actor) (bool, error) {
	pair := tx.db.Model(&Sibling{}).Where("state IN ?", everLive)
	switch {
	case one.ID == other.ID:
		return true, nil
	case one.Local:
		pair = pair.Where("community_id = ? AND sibling_uri = ?", one.ID, other.URI)
	case other.Local:
		pair = pair.Where("community_id = ? AND sibling_uri = ?", other.ID, one.URI)
	default:
		pair = pair.Where("sibling_uri = ? AND community_id IN (SELECT o.community_id FROM community_sibling o WHERE o.sibling_uri = ? AND o.state IN ?)",
			one.URI, other.URI, everLive)
	}
	var n int64
	err := pair.Limit(1).Count(&n).Error
	if err == nil && n == 0 && !one.Local && !other.Local {
		return tx.areKin(one.URI, other.URI)
	}
	return n > 0, translate(err, "siblings")
}

// everLive are the states of pairs that agreed once.
var everLive = []string{SiblingLive, SiblingPaused, SiblingLost, SiblingClosed, SiblingLeft}

// IsSiblingOfOurs reports whether a Group elsewhere agreed with one of ours, at any time.
func (tx *Tx) IsSiblingOfOurs(uri string) (bool, error) {
	var n int64
	err := tx.db.Model(&Sibling{}).Where("sibling_uri = ? AND state IN ?", uri, everLive).Limit(1).Count(&n).Error
	return n > 0, translate(err, "siblings")
}

// HearSibling remembers when a sibling last spoke.
func (tx *Tx) HearSibling(uri string) error {
	err := tx.db.Model(&Sibling{}).Where("sibling_uri = ? AND heard_at < ?", uri, tx.Now()).UpdateColumn("heard_at", tx.Now()).Error
	return translate(err, "sibling")
}

// PairsWith lists the pairs that Groups of ours have with one elsewhere.
func (tx *Tx) PairsWith(uri string, states ...string) ([]Sibling, error) {
	query := tx.db.Where("sibling_uri = ?", uri).Order("id")
	if len(states) > 0 {
		query = query.Where("state IN ?", states)
	}
	return list[Sibling](query, "siblings")
}

// SiblingsOfHost lists the pairs with Groups of a host.
func (tx *Tx) SiblingsOfHost(host string, states ...string) ([]Sibling, error) {
	query := tx.db.Where("host = ?", host).Order("id")
	if len(states) > 0 {
		query = query.Where("state IN ?", states)
	}
	return list[Sibling](query, "siblings")
}

// SiblingsIn lists all pairs in some states, by community.
func (tx *Tx) SiblingsIn(states ...string) ([]Sibling, error) {
	return list[Sibling](tx.db.Where("state IN ?", states).Order("community_id, id"), "siblings")
}

// IsLiveSibling reports that a Group of ours and an actor are siblings now.
func (tx *Tx) IsLiveSibling(communityID, actorID int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Sibling{}).Where("community_id = ? AND sibling_id = ? AND state = ?", communityID, actorID, SiblingLive).Limit(1).Count(&n).Error
	return n > 0, translate(err, "siblings")
}

// HasAdmittedHost reports that an admin here admitted a host to siblings.
func (tx *Tx) HasAdmittedHost(host string) (bool, error) {
	var n int64
	err := tx.db.Model(&Sibling{}).Where("host = ? AND admitted_by <> 0", host).Limit(1).Count(&n).Error
	return n > 0, translate(err, "siblings")
}

// AdmittedHosts gives the hosts that an admin here admitted to siblings.
func (tx *Tx) AdmittedHosts() (map[string]bool, error) {
	var hosts []string
	err := tx.db.Model(&Sibling{}).Where("admitted_by <> 0").Distinct().Pluck("host", &hosts).Error
	admitted := make(map[string]bool, len(hosts))
	for _, host := range hosts {
		admitted[host] = true
	}
	return admitted, translate(err, "siblings")
}

// ForgetAdmittedHost takes back that a host was admitted: the next agreement needs an admin again.
func (tx *Tx) ForgetAdmittedHost(host string) error {
	return translate(tx.db.Model(&Sibling{}).Where("host = ?", host).UpdateColumn("admitted_by", 0).Error, "siblings")
}

// CountSiblings counts the pairs in a state; of one community, unless 0 is given.
func (tx *Tx) CountSiblings(state string, communityID int64) (int64, error) {
	query := tx.db.Model(&Sibling{}).Where("state = ?", state)
	if communityID != 0 {
		query = query.Where("community_id = ?", communityID)
	}
	var n int64
	err := query.Count(&n).Error
	return n, translate(err, "siblings")
}

// GoneSiblings gives the pairs whose other Group was deleted, though there is something between them still.
func (tx *Tx) GoneSiblings() (map[int64]bool, error) {
	var ids []int64
	err := tx.db.Raw(`SELECT cs.id FROM community_sibling cs JOIN actor a ON a.id = cs.sibling_id AND a.deleted_at <> 0
		WHERE cs.state IN ?`, []string{SiblingProposed, SiblingLive, SiblingPaused}).Scan(&ids).Error
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	return gone, translate(err, "siblings")
}

// ThreadsSince lists the threads that a community elsewhere took since a moment and that are known here, with when; the newest first.
func (tx *Tx) ThreadsSince(communityID int64, since Timestamp, limit int) ([]Post, error) {
	query := tx.db.Joins("JOIN post b ON b.reblog_of_id = post.id AND b.reblog_of_id <> 0 AND b.author_id = ?", communityID).
		Where("post.community_id = ? AND post.in_reply_to_uri = '' AND post.deleted_at = 0 AND b.published_at >= ?", communityID, since)
	return list[Post](query.Order("b.id DESC").Limit(limit), "posts")
}

// CommunitiesOfSiblings lists the Groups of ours that have siblings, or a feed of them.
func (tx *Tx) CommunitiesOfSiblings() ([]int64, error) {
	var ids []int64
	err := tx.db.Raw(`SELECT DISTINCT community_id FROM community_sibling WHERE state = ?
		UNION SELECT actor_id FROM community WHERE siblings_feed <> 0 ORDER BY 1`, SiblingLive).Scan(&ids).Error
	return ids, translate(err, "siblings")
}
