package models

import "gorm.io/gorm/clause"

// The states of a follow.
const (
	FollowPending  = "pending"
	FollowAccepted = "accepted"
)

// Follow is one actor's wish to receive another's posts. It counts only once accepted by the target.
type Follow struct {
	ID          int64
	URI         string // id of the Follow activity
	ActorID     int64
	TargetID    int64
	State       string
	ShowReblogs bool
	Notify      bool
	Languages   string    // codes with blanks between them; "" for all
	Raw         string    // the activity as received, to be embedded in the Accept
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
	AcceptedAt  Timestamp
	// FollowerHost is the host[:port] of the follower's id.
	FollowerHost string
}

// PutFollow stores a follow, or changes URI, state and settings of the one that exists between the two actors. It
// keeps the followers' counts.
func (tx *Tx) PutFollow(f *Follow) error {
	known, err := tx.FollowBetween(f.ActorID, f.TargetID)
	switch {
	case IsNotFound(err):
		f.ID, f.CreatedAt = tx.NewID(), tx.Now()
	case err != nil:
		return err
	default:
		f.ID, f.CreatedAt, f.FollowerHost = known.ID, known.CreatedAt, known.FollowerHost
	}
	if f.FollowerHost == "" {
		follower, err := tx.Actor(f.ActorID)
		if err != nil {
			return err
		}
		f.FollowerHost = Authority(follower.URI)
	}
	wasAccepted := known != nil && known.State == FollowAccepted
	if f.State == FollowAccepted && f.AcceptedAt == 0 {
		f.AcceptedAt = tx.Now()
	}
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(f).Error; err != nil {
		return translate(err, "follow")
	}
	if wasAccepted == (f.State == FollowAccepted) {
		return nil
	}
	return tx.countFollow(f, f.State == FollowAccepted)
}

func (tx *Tx) countFollow(f *Follow, up bool) error {
	delta := -1
	if up {
		delta = 1
	}
	tx.forgetFollowersOf(f.TargetID)
	if err := tx.bump(f.TargetID, "followers_count", delta); err != nil {
		return err
	}
	return tx.bump(f.ActorID, "following_count", delta)
}

// DeleteFollow removes a follow and what it counted.
func (tx *Tx) DeleteFollow(f *Follow) error {
	result := tx.db.Delete(&Follow{}, "id = ?", f.ID)
	if result.Error != nil || result.RowsAffected == 0 {
		return translate(result.Error, "follow")
	}
	if err := tx.forgetFollowed(f.ActorID, f.TargetID); err != nil || f.State != FollowAccepted {
		return err
	}
	return tx.countFollow(f, false)
}

// FollowBetween gives the follow of target by actor.
func (tx *Tx) FollowBetween(actorID, targetID int64) (*Follow, error) {
	return first[Follow](tx.db.Where("actor_id = ? AND target_id = ?", actorID, targetID), "follow")
}

// FollowByURI gives the follow that an activity id names.
func (tx *Tx) FollowByURI(uri string) (*Follow, error) {
	return first[Follow](tx.db.Where("uri = ?", uri), "follow "+uri)
}

// Follow gives the follow of an id.
func (tx *Tx) Follow(id int64) (*Follow, error) {
	return first[Follow](tx.db.Where("id = ?", id), "follow")
}

// Followers pages over those who follow target in a state, by follow id. The second result pairs each actor's id with
// the follow's id, for paging.
func (tx *Tx) Followers(targetID int64, state string, page Page) ([]Actor, []int64, error) {
	return tx.followPage("follow.target_id = ? AND follow.state = ?", "follow.actor_id", targetID, state, page)
}

// Following pages over those whom actor follows in a state, by follow id.
func (tx *Tx) Following(actorID int64, state string, page Page) ([]Actor, []int64, error) {
	return tx.followPage("follow.actor_id = ? AND follow.state = ?", "follow.target_id", actorID, state, page)
}

func (tx *Tx) followPage(where, other string, id int64, state string, page Page) ([]Actor, []int64, error) {
	var rows []Follow
	query := page.apply(tx.db.Model(&Follow{}).Where(where, id, state), "follow.id")
	if err := query.Find(&rows).Error; err != nil {
		return nil, nil, translate(err, "follows")
	}
	rows = descending(page, rows)
	ids, keys := make([]int64, len(rows)), make([]int64, len(rows))
	for i, f := range rows {
		ids[i], keys[i] = f.ActorID, f.ID
		if other == "follow.target_id" {
			ids[i] = f.TargetID
		}
	}
	actors, err := tx.actorsInOrder(ids)
	return actors, keys, err
}

func (tx *Tx) actorsInOrder(ids []int64) ([]Actor, error) {
	byID, err := tx.Actors(ids)
	actors := make([]Actor, 0, len(ids))
	for _, id := range ids {
		if a := byID[id]; a != nil {
			actors = append(actors, *a)
		}
	}
	return actors, err
}

// Inbox is one address that a delivery may go to.
type Inbox struct {
	Host string
	URL  string // the shared inbox where the host has one
}

// HasLocalFollower reports whether any member of this instance follows the actor, accepted.
func (tx *Tx) HasLocalFollower(actorID int64) (bool, error) {
	var n int64
	err := tx.db.Raw(`SELECT count(*) FROM (SELECT 1 FROM follow f JOIN actor a ON a.id = f.actor_id
		WHERE f.target_id = ? AND f.state = ? AND a.local LIMIT 1) x`, actorID, FollowAccepted).Scan(&n).Error
	return n > 0, translate(err, "follow")
}

// LocalFollowers lists the members of this instance that follow an actor, accepted.
func (tx *Tx) LocalFollowers(actorID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN follow f ON f.actor_id = actor.id AND f.target_id = ? AND f.state = ?", actorID, FollowAccepted).
		Where("actor.local AND actor.type <> ?", TypeGroup).Order("f.id") // a Group follows its siblings, and has no home
	return list[Actor](query, "followers")
}

// Relations says how a viewer stands to a set of actors, by actor id.
type Relations struct {
	Following, FollowedBy map[int64]*Follow // pending ones, too
	Blocking, BlockedBy   map[int64]bool
	Muting                map[int64]*Mute // standing ones
	Notes                 map[int64]string
	Endorsed              map[int64]bool
	DomainBlocking        map[int64]bool
}

// Relations reads how a viewer and actors stand to each other, in five statements.
func (tx *Tx) Relations(viewer int64, ids []int64) (Relations, error) {
	r := Relations{Following: map[int64]*Follow{}, FollowedBy: map[int64]*Follow{}, Blocking: map[int64]bool{}, BlockedBy: map[int64]bool{}}
	if len(ids) == 0 {
		return r, nil
	}
	out, err := list[Follow](tx.db.Where("actor_id = ? AND target_id IN ?", viewer, ids), "follows")
	if err != nil {
		return r, err
	}
	for i := range out {
		r.Following[out[i].TargetID] = &out[i]
	}
	in, err := list[Follow](tx.db.Where("target_id = ? AND actor_id IN ?", viewer, ids), "follows")
	if err != nil {
		return r, err
	}
	for i := range in {
		r.FollowedBy[in[i].ActorID] = &in[i]
	}
	blocks, err := list[Block](tx.db.Where("(actor_id = ? AND target_id IN ?) OR (target_id = ? AND actor_id IN ?)", viewer, ids, viewer, ids), "blocks")
	for _, b := range blocks {
		if b.ActorID == viewer {
			r.Blocking[b.TargetID] = true
		} else {
			r.BlockedBy[b.ActorID] = true
		}
	}
	if err != nil {
		return r, err
	}
	return r, tx.readKeptOfActors(&r, viewer, ids)
}
