package models

import (
	"cmp"
	"slices"
)

// SiblingView says which organizations have a post of a community that lives at several, and where it is hidden.
type SiblingView struct {
	Origin string   // the host of the Group that took it first
	Hosts  []string // those that have it, as far as it is known here
	Hidden []HiddenAt
}

// HiddenAt is a host whose moderators hide a post at home.
type HiddenAt struct{ Host, Reason string }

// SiblingViews gives it of posts, by id; of those that are in no such community, nothing. Where there are no siblings at all it
// is one short question.
func (tx *Tx) SiblingViews(posts []*Post) (map[int64]SiblingView, error) {
	found := map[int64]SiblingView{}
	var ids []int64
	for _, p := range posts {
		if p.CommunityID != 0 {
			ids = append(ids, p.ID)
		}
	}
	if len(ids) == 0 {
		return found, nil
	}
	pairs, err := list[Sibling](tx.db.Where("state IN ?", []string{SiblingLive, SiblingPaused, SiblingLost}).Order("id"), "siblings")
	if err != nil {
		return found, err
	}
	if len(pairs) == 0 {
		return found, tx.kinViews(found, posts)
	}
	taken, err := tx.AdmissionsByPost(ids)
	if err != nil {
		return nil, err
	}
	hidden, err := tx.hiddenAmong(ids)
	if err != nil {
		return nil, err
	}
	communities := communitiesOf(posts)
	for _, pair := range pairs {
		communities = append(communities, pair.CommunityID)
	}
	actors, err := tx.Actors(communities)
	if err != nil {
		return nil, err
	}
	for _, p := range posts {
		if origin := actors[p.CommunityID]; origin != nil {
			if view, ok := siblingView(p, origin, pairs, taken[p.ID]); ok {
				view.addOurs(actors, taken[p.ID])
				view.Hidden = hidden[p.ID]
				found[p.ID] = view
			}
		}
	}
	return found, nil
}

func communitiesOf(posts []*Post) []int64 {
	var ids []int64
	for _, p := range posts {
		ids = append(ids, p.CommunityID)
	}
	return ids
}

// siblingView: what came from a sibling is at its host and here; what came in here, at those of the siblings that are there.
func siblingView(p *Post, origin *Actor, pairs []Sibling, taken []Admission) (SiblingView, bool) {
	view := SiblingView{Origin: origin.Host, Hosts: []string{origin.Host}}
	groups := map[int64]bool{p.CommunityID: origin.Local}
	for _, a := range taken {
		groups[a.CommunityID] = true
	}
	for _, pair := range pairs {
		if groups[pair.CommunityID] && pair.State != SiblingPaused && (pair.State == SiblingLive || pair.Host != origin.Host) {
			view.Hosts = append(view.Hosts, pair.Host)
		}
	}
	slices.SortFunc(view.Hosts, cmp.Compare[string])
	view.Hosts = slices.Compact(view.Hosts)
	return view, len(taken) > 0 || len(view.Hosts) > 1
}

// addOurs adds this host where it shows what it took.
func (v *SiblingView) addOurs(actors map[int64]*Actor, taken []Admission) {
	for _, a := range taken {
		if ours := actors[a.CommunityID]; ours != nil && a.State == AdmissionShown && !slices.Contains(v.Hosts, ours.Host) {
			v.Hosts = append(v.Hosts, ours.Host)
		}
	}
	slices.SortFunc(v.Hosts, cmp.Compare[string])
}

// hiddenAmong gives where posts are hidden by moderators of another community than the one that took them first.
func (tx *Tx) hiddenAmong(postIDs []int64) (map[int64][]HiddenAt, error) {
	var rows []struct {
		PostID int64
		HiddenAt
	}
	err := tx.db.Table("post AS p").Select("p.id AS post_id, a.host AS host, community_act.reason AS reason").
		Joins("JOIN community_act ON community_act.object_uri = p.uri AND community_act.community_id <> p.community_id AND community_act.verb = ?", ActRemove).
		Joins("JOIN actor a ON a.id = community_act.community_id").Where("p.id IN ?", postIDs).Where(standing, tx.Now()).Order("community_act.id").Scan(&rows).Error
	found := map[int64][]HiddenAt{}
	for _, row := range rows {
		found[row.PostID] = append(found[row.PostID], row.HiddenAt)
	}
	return found, translate(err, "acts of moderation")
}
