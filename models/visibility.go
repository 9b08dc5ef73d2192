package models

import (
	"slices"

	"gorm.io/gorm"
)

// Anonymous is the viewer that nobody is signed in as.
const Anonymous int64 = 0

// readable is the one statement of who may read a post. It speaks of the row named p; its parameters are the viewer, as
// asked gives them. What moderators removed, or hid here, its author still sees. Blocks cut both ways. Whatever a rule adds to visibility belongs here and nowhere else.
const readable = `p.deleted_at = 0 AND (p.author_id = ? OR p.removed_at = 0 AND p.hidden_at = 0)
	AND (p.visibility IN ('public', 'unlisted')
		OR p.author_id = ?
		OR (p.visibility IN ('private', 'direct') AND EXISTS (
			SELECT 1 FROM post_mention pm WHERE pm.post_id = p.id AND pm.actor_id = ?))
		OR (p.visibility = 'private' AND EXISTS (
			SELECT 1 FROM follow f WHERE f.target_id = p.author_id AND f.actor_id = ? AND f.state = 'accepted'))
		OR (p.quote_of_id <> 0 AND p.visibility = 'private' AND EXISTS (
			SELECT 1 FROM post quoted WHERE quoted.id = p.quote_of_id AND quoted.author_id = ?))
		OR (p.visibility IN ('partners', 'members', 'local') AND ` + withinOrBeside + `))
	AND NOT EXISTS (SELECT 1 FROM actor gone WHERE gone.id = p.author_id AND (gone.suspended_at <> 0 OR gone.deleted_at <> 0))
	AND NOT EXISTS (SELECT 1 FROM block b WHERE (b.actor_id = p.author_id AND b.target_id = ?)
		OR (b.target_id = p.author_id AND b.actor_id = ?))`

// partnerStands holds for the host of cp, with which a community is shared, unless an agreement with it is under way, paused or over.
const partnerStands = `NOT EXISTS (SELECT 1 FROM partner pa WHERE pa.host = cp.host AND pa.state NOT IN ('live', 'onesided'))`

// siblingRests holds for a Group, fa, that follows the community of cf as its sibling, while the pair is not live: it gets nothing
// then, and its server reads nothing.
const siblingRests = `(fa.type = 'Group' AND EXISTS (SELECT 1 FROM community_sibling rs
	WHERE rs.community_id = cf.target_id AND rs.sibling_id = fa.id AND rs.state <> 'live'))`

// admittedFor holds for a viewer v to whom a sibling of the community of p shows what it took: the sibling itself, its moderators, and
// who follows it, accepted, with the server of such a one. Its own siblings do not: what is passed on once goes no further.
const admittedFor = `EXISTS (SELECT 1 FROM admission ad JOIN community ak ON ak.actor_id = ad.community_id AND ak.class IN ('partners', 'members')
	WHERE ad.post_id = p.id AND ad.post_id <> 0 AND ad.state = 'shown' AND (v.id = ad.community_id
		OR EXISTS (SELECT 1 FROM moderator am WHERE am.community_id = ad.community_id AND am.actor_id = v.id)
		OR EXISTS (SELECT 1 FROM follow af JOIN actor fa ON fa.id = af.actor_id
			WHERE af.target_id = ad.community_id AND af.state = 'accepted' AND fa.type <> 'Group'
				AND (fa.id = v.id OR (v.type = 'Application' AND NOT v.local AND fa.host = v.host)))))`

// withinCommunity holds for a viewer v, its one parameter, who may read what was written for some in the community of p:
// the community itself and its moderators; for members, who follows it, accepted, and the server of such a one, which has
// the post anyway; for partners, this organization and the hosts that the community names; else this organization. Whoever left the
// organization belongs to none of them.
const withinCommunity = aViewer + inCommunity + `))`

// withinOrBeside is withinCommunity, or holds for those for whom a sibling of the community took the post.
const withinOrBeside = aViewer + inCommunity + ` OR (p.visibility IN ('partners', 'members') AND ` + admittedFor + `)))`

const aViewer = `EXISTS (SELECT 1 FROM actor v WHERE v.id = ? AND v.suspended_at = 0 AND v.deleted_at = 0 AND v.left_at = 0 AND (`

const inCommunity = `
	v.id = p.community_id
	OR EXISTS (SELECT 1 FROM moderator mo WHERE mo.community_id = p.community_id AND mo.actor_id = v.id)
	OR (p.visibility IN ('partners', 'local') AND v.local AND v.type <> 'Application')
	OR (p.visibility = 'partners' AND EXISTS (
		SELECT 1 FROM community_partner cp WHERE cp.community_id = p.community_id AND cp.host = v.host AND ` + partnerStands + `))
	OR (p.visibility = 'members' AND EXISTS (
		SELECT 1 FROM follow cf JOIN actor fa ON fa.id = cf.actor_id
		WHERE cf.target_id = p.community_id AND cf.state = 'accepted' AND NOT ` + siblingRests + `
			AND (fa.id = v.id OR (v.type = 'Application' AND NOT v.local AND fa.host = v.host))))`

// knownTo says that a viewer, its two parameters, may learn of the actor at all: a community that is not for everybody is
// as good as absent for those whom it is not for (security case E11). It speaks of the row named actor.
const knownTo = `(actor.id = ? OR NOT EXISTS (SELECT 1 FROM community k WHERE k.actor_id = actor.id AND k.class <> 'public'
	AND NOT (k.class = 'members' AND NOT k.unlisted)
	AND NOT EXISTS (SELECT 1 FROM actor v WHERE v.id = ? AND v.suspended_at = 0 AND v.deleted_at = 0 AND v.left_at = 0 AND (
		EXISTS (SELECT 1 FROM moderator mo WHERE mo.community_id = k.actor_id AND mo.actor_id = v.id)
		OR (k.class IN ('partners', 'local') AND v.local AND v.type <> 'Application')
		OR (k.class = 'partners' AND EXISTS (
			SELECT 1 FROM community_partner cp WHERE cp.community_id = k.actor_id AND cp.host = v.host AND ` + partnerStands + `))
		OR (k.class = 'members' AND EXISTS (
			SELECT 1 FROM follow cf JOIN actor fa ON fa.id = cf.actor_id
			WHERE cf.target_id = k.actor_id AND (fa.id = v.id OR (v.type = 'Application' AND NOT v.local AND fa.host = v.host))))
		OR (k.class = 'members' AND ` + besideOurs + `)))))`

// besideOurs holds for a viewer v who follows a community of ours, accepted, of which k is a sibling: threads of the one are in the other.
const besideOurs = `EXISTS (SELECT 1 FROM community_sibling ks JOIN follow kf ON kf.target_id = ks.community_id AND kf.actor_id = v.id AND kf.state = 'accepted'
	WHERE ks.sibling_id = k.actor_id AND ks.state IN ('live', 'paused', 'lost'))`

// openlyListed leaves out communities that want to stay out of searches, for a viewer, its one parameter, who does not
// follow them. It speaks of the row named actor.
const openlyListed = `(NOT EXISTS (SELECT 1 FROM community k WHERE k.actor_id = actor.id AND k.unlisted)
	OR EXISTS (SELECT 1 FROM follow known WHERE known.target_id = actor.id AND known.actor_id = ? AND known.state = 'accepted'))`

// KnownTo limits a query over actor to those of whom viewer may learn.
func KnownTo(viewer int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB { return db.Where(knownTo, viewer, viewer) }
}

// KnownActor gives an actor if viewer may learn of it, else NotFound.
func (tx *Tx) KnownActor(id, viewer int64) (*Actor, error) {
	return first[Actor](tx.db.Scopes(KnownTo(viewer)).Where("actor.id = ?", id), "actor")
}

// KnownOf gives those of actors of whom viewer may learn, in their order.
func (tx *Tx) KnownOf(actors []Actor, viewer int64) ([]Actor, error) {
	var ids []int64
	for i := range actors {
		if actors[i].IsCommunity() {
			ids = append(ids, actors[i].ID)
		}
	}
	if len(ids) == 0 {
		return actors, nil
	}
	var seen []int64
	if err := tx.db.Model(&Actor{}).Scopes(KnownTo(viewer)).Where("actor.id IN ?", ids).Pluck("actor.id", &seen).Error; err != nil {
		return nil, translate(err, "actors")
	}
	kept := make([]Actor, 0, len(actors))
	for i := range actors {
		if !slices.Contains(ids, actors[i].ID) || slices.Contains(seen, actors[i].ID) {
			kept = append(kept, actors[i])
		}
	}
	return kept, nil
}

// IsKnownTo reports whether viewer may learn of an actor.
func (tx *Tx) IsKnownTo(actor *Actor, viewer int64) (bool, error) {
	if actor.SilencedAt == Knocked { // its host waits in quarantine
		return false, nil
	}
	if !actor.IsCommunity() { // nobody else hides
		return true, nil
	}
	_, err := tx.KnownActor(actor.ID, viewer)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// VisibleTo limits a query over post to what viewer (an actor id, local or remote, or Anonymous) may read. A boost is
// visible when the boost and the post that it carries both are. Every query that returns content goes through it.
func VisibleTo(viewer int64) func(*gorm.DB) *gorm.DB { return visibleTo(viewer) }

// visibleTo is VisibleTo for an actor id or for a column of the query that holds one.
func visibleTo(viewer any) func(*gorm.DB) *gorm.DB {
	self := `EXISTS (SELECT 1 FROM post p WHERE p.id = post.id AND ` + readable + `)`
	original := `(post.reblog_of_id = 0 OR EXISTS (SELECT 1 FROM post p WHERE p.id = post.reblog_of_id AND ` + readable + `))`
	return func(db *gorm.DB) *gorm.DB {
		return db.Where(self+" AND "+original, append(asked(viewer), asked(viewer)...)...)
	}
}

// asked gives the parameters of readable.
func asked(viewer any) []any {
	return []any{viewer, viewer, viewer, viewer, viewer, viewer, viewer, viewer}
}

// VisiblePost gives a post if viewer may read it, else NotFound: absent and forbidden look the same (security case E2).
func (tx *Tx) VisiblePost(id, viewer int64) (*Post, error) {
	return first[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.id = ?", id), "post")
}

// VisiblePostByURI is VisiblePost for an ActivityPub id.
func (tx *Tx) VisiblePostByURI(uri string, viewer int64) (*Post, error) {
	return first[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.uri = ?", uri), "post")
}

// VisiblePosts gives those of ids that viewer may read, by id.
func (tx *Tx) VisiblePosts(ids []int64, viewer int64) (map[int64]*Post, error) {
	found := make(map[int64]*Post, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.id IN ?", ids), "posts")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// Thread gives every post of a thread that viewer may read, oldest first, at most limit.
func (tx *Tx) Thread(threadID, viewer int64, limit int) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).
		Where("post.thread_id = ? AND post.reblog_of_id = 0", threadID).
		Order("post.published_at, post.id").Limit(limit)
	return list[Post](query, "thread")
}
