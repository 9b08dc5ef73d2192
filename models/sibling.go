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
	SiblingLeft     = "left"
	SiblingRefused  = "refused"
)

// siblingMoves are the only ways from one state to another.
var siblingMoves = map[string][]string{
	"":              {SiblingProposed, SiblingReceived},
	SiblingProposed: {SiblingLive, SiblingRefused, SiblingLeft, SiblingReceived},
	SiblingReceived: {SiblingApproved, SiblingLive, SiblingRefused, SiblingReceived, SiblingLeft},
	SiblingApproved: {SiblingLive, SiblingRefused, SiblingReceived, SiblingLeft},
	SiblingLive:     {SiblingPaused, SiblingLost, SiblingLeft, SiblingLive},
	SiblingPaused:   {SiblingLive, SiblingLost, SiblingLeft},
	SiblingLost:     {SiblingLive, SiblingLeft},
	SiblingLeft:     {SiblingProposed, SiblingReceived},
	SiblingRefused:  {SiblingProposed, SiblingReceived},
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
	Ours        bool   // we offered
	OfferURI    string
	Agreement   string // canonical JSON, without proofs
	OurProof    string // JSON
	TheirProof  string
	ApprovedBy  int64     // the convener here
	AdmittedBy  int64     // the admin here
	Rank        int       // among the successors that the sibling declared; 0 for none
	HeardAt     Timestamp // when it last spoke
	AgreedAt    Timestamp // when the digests of what was admitted were last the same
	LostAt      Timestamp
	ValidUntil  Timestamp
	Successors  string    // who takes up its threads when it is lost, as it declared, one address a line
	AdopterURI  string    // of one that is lost: who took them up
	SyncDigest  string    // what it last said that it took first
	SyncURL     string    // where that is listed
	SyncDueAt   Timestamp // when its list is to be asked for; 0 for not at all
	SyncTries   int
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
	ChangedAt   Timestamp
}

// TableName names the table by what it is in the database: a pair.
func (Sibling) TableName() string { return "community_sibling" }

// MoveTo changes the state. Conflict for a way that there is not.
func (s *Sibling) MoveTo(state, reason string) error {
	if !slices.Contains(siblingMoves[s.State], state) {
		return Errorf(Conflict, "A sibling that is %s cannot become %s.", orNone(s.State), state)
	}
	s.State, s.Reason = state, reason
	return nil
}

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
// siblings of the same Group of ours, whatever became of that since.
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
	return n > 0, translate(err, "siblings")
}

// everLive are the states of pairs that agreed once.
var everLive = []string{SiblingLive, SiblingPaused, SiblingLost, SiblingLeft}

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
