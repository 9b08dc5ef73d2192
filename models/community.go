package models

import (
	"strings"

	"gorm.io/gorm/clause"
)

// How one joins a community.
const (
	JoiningOpen       = "open"
	JoiningRequest    = "request"    // conveners and moderators decide
	JoiningInvitation = "invitation" // who has a link
	JoiningClosed     = "closed"
)

// The classes of a community: who may read what is posted into it.
const (
	ClassPublic   = "public"
	ClassPartners = "partners" // this organization, and those that it names
	ClassMembers  = "members"
	ClassLocal    = "local" // this organization
)

// How a community stands to the organizations around it.
const (
	RecognitionInformal   = "informal"
	RecognitionRecognised = "recognised"
	RecognitionSponsored  = "sponsored"
)

// Community is what a Group has beyond being an actor.
type Community struct {
	ActorID        int64  `gorm:"primaryKey"`
	Domain         string // the domain statement: what the community cares for
	Joining        string
	CreatedBy      int64
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
	Class          string
	Unlisted       bool   // in no directory and no search
	Charter        string // sanitised HTML of the charter that holds
	CharterSource  string // as typed
	CharterVersion int64  // 0 without a charter
	CharterAt      Timestamp
	Rules          string // one a line, plain text
	Languages      string // codes with blanks between them
	Place          string
	Topics         string // terms, one a line
	Recognition    string // "" when nothing is said
	Sponsor        string
	Label          string // how this organization calls such communities; "" for "community"
	URN            string // the name of the community at all of its hosts; "" while it has one host only
	FormerURNs     string `gorm:"column:former_urns"` // names that it had before it became one with an older community, one a line
	Successors     string // Groups that go on when this host is lost, the first one first, one a line
	SiblingsURI    string // of one elsewhere: where it lists its siblings
	SiblingsFeed   int64  // of one here: the feed of all siblings
	CopiesURI      string // of one elsewhere: where it gives signed copies of what is lost
	BasedOn        string // the name of the community that this one was a part of; "" for none
	TokenURI       string // of one elsewhere: where it gives tokens to the servers of its members
	ReportURI      string // of one elsewhere: where it says to its siblings how it stands
}

// IsForAll reports a community that anybody may read.
func (c *Community) IsForAll() bool { return c == nil || c.Class == "" || c.Class == ClassPublic }

// PostVisibility is the visibility of what is posted into the community; "" where the author chooses.
func (c *Community) PostVisibility() string {
	if c.IsForAll() {
		return ""
	}
	return map[string]string{ClassPartners: ForPartners, ClassMembers: ForMembers, ClassLocal: ForLocal}[c.Class]
}

// RuleList gives Rules as a list.
func (c *Community) RuleList() []string { return lines(c.Rules) }

// TopicList gives Topics as a list.
func (c *Community) TopicList() []string { return lines(c.Topics) }

// FormerList gives FormerURNs as a list.
func (c *Community) FormerList() []string { return lines(c.FormerURNs) }

// SuccessorsOf gives the Groups that go on with the threads of a community when its host is lost, as it said itself.
func (tx *Tx) SuccessorsOf(communityID int64) ([]string, error) {
	c, err := tx.CommunityIfAny(communityID)
	if err != nil || c == nil {
		return nil, err
	}
	return c.SuccessorList(), nil
}

// SuccessorList gives Successors as a list.
func (c *Community) SuccessorList() []string { return lines(c.Successors) }

// LanguageList gives Languages as a list.
func (c *Community) LanguageList() []string { return strings.Fields(c.Languages) }

func lines(text string) []string {
	var kept []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// CreateCommunity stores a community beside its actor.
func (tx *Tx) CreateCommunity(c *Community) error {
	c.CreatedAt = tx.Now()
	if c.Class == "" {
		c.Class = ClassPublic
	}
	return translate(tx.db.Create(c).Error, "community")
}

// SaveCommunity stores a changed community.
func (tx *Tx) SaveCommunity(c *Community) error {
	return translate(tx.db.Save(c).Error, "community")
}

// Community gives what a Group has beyond being an actor.
func (tx *Tx) Community(actorID int64) (*Community, error) {
	return first[Community](tx.db.Where("actor_id = ?", actorID), "community")
}

// CommunityIfAny is Community; nil for a Group of which nothing more is known.
func (tx *Tx) CommunityIfAny(actorID int64) (*Community, error) {
	found, err := tx.Community(actorID)
	if IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// The roles of those who look after a community.
const (
	RoleOfConvener  = "convener"
	RoleOfModerator = "moderator"
)

// Moderator appoints an actor in a community; Role is RoleOfConvener or RoleOfModerator.
type Moderator struct {
	CommunityID int64 `gorm:"primaryKey"`
	ActorID     int64 `gorm:"primaryKey"`
	Role        string
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// AddModerator appoints an actor; appointing again changes the role.
func (tx *Tx) AddModerator(communityID, actorID int64, role string) error {
	row := Moderator{CommunityID: communityID, ActorID: actorID, Role: role, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error, "moderator")
}

// Moderators gives the actors that moderate a community, longest-serving first.
func (tx *Tx) Moderators(communityID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN moderator m ON m.actor_id = actor.id AND m.community_id = ?", communityID).Order("m.created_at, actor.id")
	return list[Actor](query, "moderators")
}

// IsModerator reports whether an actor moderates a community.
func (tx *Tx) IsModerator(communityID, actorID int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Moderator{}).Where("community_id = ? AND actor_id = ?", communityID, actorID).Count(&n).Error
	return n > 0, translate(err, "moderator")
}

// HasLocalModerator reports whether a member here runs a community.
func (tx *Tx) HasLocalModerator(communityID int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Moderator{}).Joins("JOIN actor a ON a.id = moderator.actor_id AND a.local AND a.deleted_at = 0").
		Where("moderator.community_id = ?", communityID).Count(&n).Error
	return n > 0, translate(err, "moderator")
}

// ModeratorRole gives the role in which an actor runs a community; "" for none.
func (tx *Tx) ModeratorRole(communityID, actorID int64) (string, error) {
	row, err := first[Moderator](tx.db.Where("community_id = ? AND actor_id = ?", communityID, actorID), "moderator")
	if IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.Role, nil
}

// ClearModerators dismisses all moderators of a community, before the current ones are stored.
func (tx *Tx) ClearModerators(communityID int64) error {
	return translate(tx.db.Delete(&Moderator{}, "community_id = ?", communityID).Error, "moderators")
}

// RemoveModerator dismisses an actor; false when it moderates nothing there.
func (tx *Tx) RemoveModerator(communityID, actorID int64) (bool, error) {
	result := tx.db.Delete(&Moderator{}, "community_id = ? AND actor_id = ?", communityID, actorID)
	return result.RowsAffected > 0, translate(result.Error, "moderator")
}

// ModeratorOf gives how an actor moderates a community. Errors: NotFound when it does not.
func (tx *Tx) ModeratorOf(communityID, actorID int64) (*Moderator, error) {
	return first[Moderator](tx.db.Where("community_id = ? AND actor_id = ?", communityID, actorID), "moderator")
}

// ModeratorRoles gives the roles of those who moderate a community, by actor.
func (tx *Tx) ModeratorRoles(communityID int64) (map[int64]string, error) {
	rows, err := list[Moderator](tx.db.Where("community_id = ?", communityID), "moderators")
	roles := make(map[int64]string, len(rows))
	for _, row := range rows {
		roles[row.ActorID] = row.Role
	}
	return roles, err
}
