package models

import "strings"

// CommunityFilter narrows the directory of communities.
type CommunityFilter struct {
	Text          string // part of a handle, a name, a domain statement or a topic
	Local         bool   // only those of this instance
	Limit, Offset int
}

// CommunityDirectory lists the communities that are known here and want to be found, those of this instance first, then by
// how many follow them. One that closed goes on elsewhere, and is not among them.
func (tx *Tx) CommunityDirectory(viewer int64, filter CommunityFilter) ([]Actor, error) {
	query := present(tx.db, viewer).Where("actor.type = ? AND actor.silenced_at = 0 AND actor.moved_to_uri = ''", TypeGroup).
		Where("(actor.discoverable OR NOT actor.local)").Where(openlyListed, viewer)
	if filter.Local {
		query = query.Where("actor.local")
	}
	if filter.Text != "" {
		pattern := "%" + escapeLike(strings.ToLower(strings.TrimLeft(filter.Text, "@!"))) + "%"
		query = query.Where(`(actor.handle LIKE ? ESCAPE '\' OR lower(actor.display_name) LIKE ? ESCAPE '\'
			OR lower(actor.summary) LIKE ? ESCAPE '\' OR EXISTS (
				SELECT 1 FROM community k WHERE k.actor_id = actor.id AND lower(k.topics) LIKE ? ESCAPE '\'))`,
			pattern, pattern, pattern, pattern)
	}
	return list[Actor](query.Order("actor.local DESC, actor.followers_count DESC, actor.id").Limit(filter.Limit).Offset(filter.Offset), "communities")
}

// ModeratorsOf gives who runs communities, by community, longest-serving first.
func (tx *Tx) ModeratorsOf(communityIDs []int64) (map[int64][]Moderator, error) {
	found := map[int64][]Moderator{}
	if len(communityIDs) == 0 {
		return found, nil
	}
	rows, err := list[Moderator](tx.db.Where("community_id IN ?", communityIDs).Order("created_at, actor_id"), "moderators")
	for _, row := range rows {
		found[row.CommunityID] = append(found[row.CommunityID], row)
	}
	return found, err
}
