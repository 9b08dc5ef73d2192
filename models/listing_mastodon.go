package models

import (
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Keyed is an item of a list that pages by the id of something else, such as the follow that put an actor into it.
type Keyed[T any] struct {
	Key  int64
	Item T
}

type actorRow struct {
	Actor   `gorm:"embedded"`
	PageKey int64
}

// present leaves out actors that are gone, and those between whom and the viewer a block stands; a list that is filtered
// afterwards would have short pages.
func present(db *gorm.DB, viewer int64) *gorm.DB {
	db = db.Where("actor.deleted_at = 0 AND actor.suspended_at = 0 AND actor.silenced_at <> ?", Knocked).Scopes(KnownTo(viewer))
	if viewer == Anonymous {
		return db
	}
	return db.Where(`NOT EXISTS (SELECT 1 FROM block b WHERE (b.actor_id = actor.id AND b.target_id = ?)
		OR (b.target_id = actor.id AND b.actor_id = ?))`, viewer, viewer)
}

// actorPage gives a page of actors that join brings in, by the column key.
func (tx *Tx) actorPage(viewer int64, page Page, key, join string, args ...any) ([]Keyed[Actor], error) {
	var rows []actorRow
	query := present(tx.db.Model(&Actor{}), viewer).Select("actor.*, "+key+" AS page_key").Joins(join, args...)
	if err := page.apply(query, key).Scan(&rows).Error; err != nil {
		return nil, translate(err, "actors")
	}
	return keyedActors(descending(page, rows)), nil
}

func keyedActors(rows []actorRow) []Keyed[Actor] {
	found := make([]Keyed[Actor], len(rows))
	for i := range rows {
		found[i] = Keyed[Actor]{Key: rows[i].PageKey, Item: rows[i].Actor}
	}
	return found
}

// FollowersPage gives those who follow target, accepted, by follow.
func (tx *Tx) FollowersPage(targetID, viewer int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(viewer, page, "f.id",
		"JOIN follow f ON f.actor_id = actor.id AND f.target_id = ? AND f.state = ?", targetID, FollowAccepted)
}

// FollowingPage gives those whom actor follows, accepted, by follow.
func (tx *Tx) FollowingPage(actorID, viewer int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(viewer, page, "f.id",
		"JOIN follow f ON f.target_id = actor.id AND f.actor_id = ? AND f.state = ?", actorID, FollowAccepted)
}

// LikersPage gives those who like a post, by favourite.
func (tx *Tx) LikersPage(postID, viewer int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(viewer, page, "f.id", "JOIN favourite f ON f.actor_id = actor.id AND f.post_id = ?", postID)
}

// BoostersPage gives those who boosted a post, by boost; communities' announcements are left out, as they don't count.
func (tx *Tx) BoostersPage(postID, viewer int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(viewer, page, "s.id",
		"JOIN post s ON s.author_id = actor.id AND s.reblog_of_id = ? AND s.reblog_of_id <> 0 AND s.deleted_at = 0 AND s.removed_at = 0 AND actor.type <> ?",
		postID, TypeGroup)
}

// BlockedPage gives those whom actor blocks, by block.
func (tx *Tx) BlockedPage(actorID int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(Anonymous, page, "k.id", "JOIN block k ON k.target_id = actor.id AND k.actor_id = ?", actorID)
}

// decidable: the requests r that a member decides on are those to follow them, and those to join a community
// instance that they moderate.
const decidable = `r.state = 'pending' AND (r.target_id = ? OR EXISTS (SELECT 1 FROM moderator m
	WHERE m.community_id = r.target_id AND m.actor_id = ?))`

// FollowRequestsPage gives those whose requests to follow a member decides on, each once, by their first request.
func (tx *Tx) FollowRequestsPage(deciderID int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(Anonymous, page, "q.id", `JOIN (SELECT r.actor_id AS actor_id, min(r.id) AS id FROM follow r
		WHERE `+decidable+` GROUP BY r.actor_id) q ON q.actor_id = actor.id`, deciderID, deciderID)
}

// CountFollowRequests counts what FollowRequestsPage lists.
func (tx *Tx) CountFollowRequests(deciderID int64) (int64, error) {
	var n int64
	err := present(tx.db.Model(&Actor{}), Anonymous).
		Where("actor.id IN (SELECT r.actor_id FROM follow r WHERE "+decidable+")", deciderID, deciderID).Count(&n).Error
	return n, translate(err, "follow requests")
}

// FollowRequest gives the request of an actor that a member decides on next: one to follow the member, or else the
// oldest one to join a community that the member moderates.
func (tx *Tx) FollowRequest(deciderID, actorID int64) (*Follow, error) {
	query := tx.db.Table("follow AS r").Select("r.*").Where("r.actor_id = ?", actorID).Where(decidable, deciderID, deciderID).
		Clauses(clause.OrderBy{Expression: gorm.Expr("CASE WHEN r.target_id = ? THEN 0 ELSE 1 END, r.id", deciderID)}).Limit(1)
	return first[Follow](query, "follow request")
}

// maxFamiliar bounds how many familiar followers are named at once.
const maxFamiliar = 200

// FamiliarFollowers gives, by the ids of targets, whom of those that viewer follows also follow them.
func (tx *Tx) FamiliarFollowers(viewer int64, targetIDs []int64) (map[int64][]Actor, error) {
	found := map[int64][]Actor{}
	if len(targetIDs) == 0 {
		return found, nil
	}
	var rows []actorRow
	err := present(tx.db.Model(&Actor{}), viewer).Select("actor.*, g.target_id AS page_key").
		Joins("JOIN follow f ON f.target_id = actor.id AND f.actor_id = ? AND f.state = ?", viewer, FollowAccepted).
		Joins("JOIN follow g ON g.actor_id = actor.id AND g.target_id IN ? AND g.state = ?", targetIDs, FollowAccepted).
		Order("g.id DESC").Limit(maxFamiliar).Scan(&rows).Error
	for i := range rows {
		found[rows[i].PageKey] = append(found[rows[i].PageKey], rows[i].Actor)
	}
	return found, translate(err, "familiar followers")
}

// ActorSearch is what FindActors looks for.
type ActorSearch struct {
	Text          string // part of a handle or a name
	Following     bool   // only those whom the viewer follows
	Limit, Offset int
}

// FindActors lists actors whose handle or name contains a text, local and best known first.
func (tx *Tx) FindActors(viewer int64, search ActorSearch) ([]Actor, error) {
	pattern := "%" + escapeLike(strings.ToLower(strings.TrimLeft(search.Text, "@!"))) + "%"
	query := present(tx.db, viewer).Where("actor.type <> ?", TypeApplication).
		Where(`(actor.handle LIKE ? ESCAPE '\' OR lower(actor.display_name) LIKE ? ESCAPE '\')`, pattern, pattern)
	// A limited actor is found by those who follow it, and by its whole name.
	query = query.Where(`(actor.silenced_at = 0 OR actor.handle = ? OR EXISTS (SELECT 1 FROM follow known
		WHERE known.target_id = actor.id AND known.actor_id = ? AND known.state = 'accepted'))`,
		strings.ToLower(strings.TrimLeft(search.Text, "@!")), viewer).Where(openlyListed, viewer)
	if search.Following {
		query = query.Where("EXISTS (SELECT 1 FROM follow f WHERE f.target_id = actor.id AND f.actor_id = ? AND f.state = ?)",
			viewer, FollowAccepted)
	}
	query = query.Order("actor.local DESC, actor.followers_count DESC, actor.id").Limit(search.Limit).Offset(search.Offset)
	return list[Actor](query, "actors")
}

// DirectoryFilter narrows the directory of profiles.
type DirectoryFilter struct {
	Local         bool
	Newest        bool // by when they came instead of by when they last wrote
	Limit, Offset int
}

// Directory lists the actors that want to be found.
func (tx *Tx) Directory(viewer int64, filter DirectoryFilter) ([]Actor, error) {
	query := present(tx.db, viewer).Where("actor.discoverable AND actor.silenced_at = 0 AND actor.type <> ?", TypeApplication)
	if filter.Local {
		query = query.Where("actor.local")
	}
	order := "actor.last_post_at DESC, actor.id DESC"
	if filter.Newest {
		order = "actor.id DESC"
	}
	return list[Actor](query.Order(order).Limit(filter.Limit).Offset(filter.Offset), "directory")
}

// ActorsByURI gives the actors of ActivityPub ids by id; unknown and gone ones are left out.
func (tx *Tx) ActorsByURI(uris []string) (map[string]*Actor, error) {
	found := make(map[string]*Actor, len(uris))
	if len(uris) == 0 {
		return found, nil
	}
	rows, err := list[Actor](present(tx.db, Anonymous).Where("actor.uri IN ?", uris), "actors")
	for i := range rows {
		found[rows[i].URI] = &rows[i]
	}
	return found, err
}

// Contact gives the administrator that has served longest.
func (tx *Tx) Contact() (*Actor, error) {
	query := present(tx.db, Anonymous).Joins("JOIN account c ON c.actor_id = actor.id AND c.role IN ? AND c.disabled_at = 0", []string{RoleOwner, RoleAdmin}).
		Order("c.id").Limit(1)
	return first[Actor](query, "administrator")
}

// PeerHosts lists the hosts that this instance knows.
func (tx *Tx) PeerHosts() ([]string, error) {
	var hosts []string
	err := tx.db.Model(&Peer{}).Order("host").Pluck("host", &hosts).Error
	return hosts, translate(err, "peers")
}

// OAuthApps gives clients by their row ids.
func (tx *Tx) OAuthApps(ids []int64) (map[int64]*OAuthApp, error) {
	found := make(map[int64]*OAuthApp, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[OAuthApp](tx.db.Where("id IN ?", ids), "apps")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}
