package models

// The states of a Closing.
const (
	ClosingAsked   = "asked"   // a convener wants it; an admin here has to agree
	ClosingOffered = "offered" // the sibling was asked to name this Group as its own
	ClosingDone    = "closed"  // followers were told to move
)

// Closing is the planned end of a Group of ours in favour of a sibling.
type Closing struct {
	CommunityID  int64 `gorm:"primaryKey"`
	PairID       int64 // the pair with the sibling that goes on
	SuccessorURI string
	State        string
	Reason       string
	OfferURI     string // by which the sibling was asked
	AskedBy      int64
	AdmittedBy   int64
	AskedAt      Timestamp
	ClosedAt     Timestamp
}

// TableName names the table.
func (Closing) TableName() string { return "community_closing" }

// ClosingOf gives the closing of a Group of ours; nil for none.
func (tx *Tx) ClosingOf(communityID int64) (*Closing, error) {
	found, err := first[Closing](tx.db.Where("community_id = ?", communityID), "closing")
	if IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// CreateClosing stores that a community closes. Conflict when it does already.
func (tx *Tx) CreateClosing(c *Closing) error {
	c.AskedAt = tx.Now()
	return translate(tx.db.Create(c).Error, "closing")
}

// SaveClosing stores one that changed.
func (tx *Tx) SaveClosing(c *Closing) error { return translate(tx.db.Save(c).Error, "closing") }

// DropClosing forgets that a community closes.
func (tx *Tx) DropClosing(communityID int64) error {
	return translate(tx.db.Where("community_id = ?", communityID).Delete(&Closing{}).Error, "closing")
}

// ClosingsIn lists the closings in a state.
func (tx *Tx) ClosingsIn(state string) ([]Closing, error) {
	return list[Closing](tx.db.Where("state = ?", state).Order("community_id"), "closings")
}

// SoftwareCount is how many followers are on a kind of software.
type SoftwareCount struct {
	Software string // "" where it is not known
	Local    bool
	Count    int64
}

// FollowersBySoftware counts the people who follow an actor by what their server runs, the most first.
func (tx *Tx) FollowersBySoftware(targetID int64) ([]SoftwareCount, error) {
	return listOf[SoftwareCount](tx.db.Raw(`SELECT a.local AS local, coalesce(p.software, '') AS software, count(*) AS count
		FROM follow f JOIN actor a ON a.id = f.actor_id AND a.type NOT IN ('Group', 'Application') AND a.deleted_at = 0
		LEFT JOIN peer p ON p.host = a.host AND NOT a.local
		WHERE f.target_id = ? AND f.state = ? GROUP BY a.local, coalesce(p.software, '') ORDER BY count DESC, software`, targetID, FollowAccepted), "followers")
}

// ForgetMoves forgets that an actor moved: it took that back.
func (tx *Tx) ForgetMoves(actorID int64) error {
	return translate(tx.db.Where("actor_id = ?", actorID).Delete(&ActorMove{}).Error, "moves")
}
