package models

import (
	"cmp"
	"slices"
)

// What an organization has of a post that siblings share.
const (
	PlaceOrigin    = "origin"    // its Group took it first
	PlaceHas       = "has"       // it has it, as it says itself
	PlaceSent      = "sent"      // it was told, and said nothing since
	PlaceResting   = "paused"    // the two do not exchange anything for now
	PlaceLost      = "lost"      // its host is lost
	PlaceClosed    = "closed"    // it closed, and goes on at another one
	PlaceLeft      = "left"      // it is no sibling any more, and keeps what it has
	PlaceHidden    = "hidden"    // its moderators hide it at home
	PlaceWithdrawn = "withdrawn" // moderators of the origin took it back
	PlaceReview    = "review"    // they did, and moderators here look at it first
)

// SiblingPlace is an organization of a community, and what it has of a post.
type SiblingPlace struct {
	Host   string
	State  string
	At     Timestamp // until when it is known to be in step, when it was last heard, or when it left
	Reason string    // of moderators
	InStep Timestamp // of one that left, until when what it has is here; 0 for others
}

// SiblingView says which organizations have a post of a community that lives at several, and where it is hidden.
type SiblingView struct {
	Origin string   // the host of the Group that took it first
	URN    string   // the name of the community
	Hosts  []string // those that have it, as far as it is known here
	Hidden []HiddenAt
	Places []SiblingPlace // all of them, the origin first
	Names  map[string]string
}

// HiddenAt is a host whose moderators hide a post at home.
type HiddenAt struct{ Host, Reason string }

// Name gives how an organization is called: by its name where there is a partnership, else by its host.
func (v *SiblingView) Name(host string) string { return cmp.Or(v.Names[host], host) }

// siblingFacts is what views of posts are made of, read at once for all of them.
type siblingFacts struct {
	pairs   []Sibling
	reports map[int64]SiblingReport
	taken   map[int64][]Admission
	removed map[int64][]removal
	actors  map[int64]*Actor
	urns    map[int64]string
	names   map[string]string
}

// removal is an act by which a community removed a post.
type removal struct {
	PostID, CommunityID, OriginID int64
	HiddenAt
}

// SiblingViews gives it of posts, by id; of those that are in no such community, nothing. Where there are no siblings at all it
// is two short questions.
func (tx *Tx) SiblingViews(posts []*Post) (map[int64]SiblingView, error) {
	found := map[int64]SiblingView{}
	facts, err := tx.siblingFacts(posts)
	if err != nil || facts == nil {
		return found, err
	}
	for _, p := range posts {
		if origin := facts.actors[p.CommunityID]; origin != nil && p.CommunityID != 0 {
			if view, ok := facts.view(p, origin); ok {
				found[p.ID] = view
			}
		}
	}
	return found, nil
}

func (tx *Tx) siblingFacts(posts []*Post) (*siblingFacts, error) {
	var ids, communities []int64
	for _, p := range posts {
		if p.CommunityID != 0 {
			ids, communities = append(ids, p.ID), append(communities, p.CommunityID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	f := &siblingFacts{}
	var err error
	if f.pairs, err = tx.SiblingsIn(SiblingLive, SiblingPaused, SiblingLost, SiblingClosed, SiblingLeft); err != nil {
		return nil, err
	}
	if f.taken, err = tx.AdmissionsByPost(ids); err != nil || len(f.pairs)+len(f.taken) == 0 {
		return nil, err
	}
	for _, rows := range f.taken {
		for _, row := range rows { // of Groups here, and of those whose list says that they are one with the origin
			communities = append(communities, row.CommunityID)
		}
	}
	var hosts []string
	for _, pair := range f.pairs {
		communities, hosts = append(communities, pair.CommunityID), append(hosts, pair.Host)
	}
	if f.removed, err = tx.removalsOf(ids); err != nil {
		return nil, err
	}
	if f.actors, err = tx.Actors(communities); err != nil {
		return nil, err
	}
	if f.reports, err = tx.SiblingReports(f.pairs); err != nil {
		return nil, err
	}
	if f.names, err = tx.OrganizationNames(hosts); err != nil {
		return nil, err
	}
	rows, err := tx.Communities(communities)
	f.urns = map[int64]string{}
	for id, row := range rows {
		f.urns[id] = row.URN
	}
	return f, err
}

// view: what came from a sibling is at its host and here; what came in here, at those of the siblings that are there.
func (f *siblingFacts) view(p *Post, origin *Actor) (SiblingView, bool) {
	view := SiblingView{Origin: origin.Host, Hosts: []string{origin.Host}, URN: f.urns[p.CommunityID], Names: f.names}
	taken, groups := f.taken[p.ID], map[int64]bool{p.CommunityID: origin.Local}
	for _, a := range taken {
		groups[a.CommunityID] = true
		view.URN = cmp.Or(f.urns[a.CommunityID], view.URN)
	}
	for _, r := range f.removed[p.ID] {
		if r.CommunityID != r.OriginID {
			view.Hidden = append(view.Hidden, r.HiddenAt)
		}
	}
	view.Places = []SiblingPlace{f.atOrigin(p, origin)}
	for _, a := range taken {
		if ours := f.actors[a.CommunityID]; ours != nil {
			view.add(f.atOurs(p, ours, a), a.State == AdmissionShown)
		}
	}
	for i := range f.pairs {
		if pair := &f.pairs[i]; groups[pair.CommunityID] && !(pair.State == SiblingLeft && pair.ChangedAt < p.PublishedAt) {
			view.add(f.atSibling(p, origin, pair), pair.State == SiblingLive || pair.IsAdopted() && pair.Host != origin.Host)
		}
	}
	slices.Sort(view.Hosts)
	return view, len(taken) > 0 || len(view.Places) > 1
}

// add notes an organization once.
func (v *SiblingView) add(place SiblingPlace, has bool) {
	if has && !slices.Contains(v.Hosts, place.Host) {
		v.Hosts = append(v.Hosts, place.Host)
	}
	for _, known := range v.Places {
		if known.Host == place.Host {
			return
		}
	}
	v.Places = append(v.Places, place)
}

func (f *siblingFacts) atOrigin(p *Post, origin *Actor) SiblingPlace {
	place := SiblingPlace{Host: origin.Host, State: PlaceOrigin}
	for _, pair := range f.pairs {
		switch {
		case pair.SiblingURI != origin.URI:
		case pair.State == SiblingLost:
			place.State, place.At = PlaceLost, pair.HeardAt
		case pair.State == SiblingClosed:
			place.State, place.At = PlaceClosed, pair.LostAt
		case pair.State == SiblingLeft && place.State == PlaceOrigin:
			place.State, place.At, place.InStep = PlaceLeft, pair.ChangedAt, pair.LastInStep()
		}
	}
	if r := f.removedBy(p, p.CommunityID); r != nil {
		place.State, place.Reason = PlaceWithdrawn, r.Reason
	}
	return place
}

// atOurs tells what this host has of what it took. What the origin took back and is shown is looked at.
func (f *siblingFacts) atOurs(p *Post, ours *Actor, a Admission) SiblingPlace {
	place := SiblingPlace{Host: ours.Host, State: PlaceHas, Reason: a.Reason}
	switch {
	case a.State == AdmissionHidden:
		place.State = PlaceHidden
	case a.State == AdmissionWithdrawn:
		place.State = PlaceWithdrawn
	case f.removedBy(p, p.CommunityID) != nil:
		place.State = PlaceReview
	}
	return place
}

// atSibling tells what another sibling has: what it says of its own, and what its moderators said.
func (f *siblingFacts) atSibling(p *Post, origin *Actor, pair *Sibling) SiblingPlace {
	place := SiblingPlace{Host: pair.Host, State: PlaceSent}
	for _, r := range f.removed[p.ID] {
		if r.Host == pair.Host && r.CommunityID != p.CommunityID {
			place.State, place.Reason = PlaceHidden, r.Reason
			return place
		}
	}
	report := f.reports[pair.ID]
	switch pair.State {
	case SiblingPaused:
		place.State = PlaceResting
	case SiblingLost:
		place.State, place.At = PlaceLost, pair.HeardAt
	case SiblingClosed:
		place.State, place.At = PlaceClosed, pair.LostAt
	case SiblingLeft:
		place.State, place.At, place.InStep = PlaceLeft, pair.ChangedAt, pair.LastInStep()
	default:
		if until := report.InStepWith(origin.URI); until > p.PublishedAt {
			place.State, place.At = PlaceHas, until
		}
	}
	return place
}

func (f *siblingFacts) removedBy(p *Post, communityID int64) *removal {
	for i := range f.removed[p.ID] {
		if f.removed[p.ID][i].CommunityID == communityID {
			return &f.removed[p.ID][i]
		}
	}
	return nil
}

// removalsOf gives which communities removed posts.
func (tx *Tx) removalsOf(postIDs []int64) (map[int64][]removal, error) {
	var rows []removal
	err := tx.db.Table("post AS p").Select("p.id AS post_id, community_act.community_id AS community_id, p.community_id AS origin_id, a.host AS host, community_act.reason AS reason").
		Joins("JOIN community_act ON community_act.object_uri = p.uri AND community_act.verb = ?", ActRemove).
		Joins("JOIN actor a ON a.id = community_act.community_id").Where("p.id IN ?", postIDs).Where(standing, tx.Now()).Order("community_act.id").Scan(&rows).Error
	found := map[int64][]removal{}
	for _, row := range rows {
		found[row.PostID] = append(found[row.PostID], row)
	}
	return found, translate(err, "acts of moderation")
}

// OrganizationNames gives how partners call themselves, by host, as far as it is known.
func (tx *Tx) OrganizationNames(hosts []string) (map[string]string, error) {
	names := map[string]string{}
	if len(hosts) == 0 {
		return names, nil
	}
	var rows []struct{ Host, Name string }
	err := tx.db.Raw("SELECT p.host AS host, a.display_name AS name FROM partner p JOIN actor a ON a.uri = p.actor_uri WHERE p.state = ? AND p.host IN ?",
		PartnerLive, hosts).Scan(&rows).Error
	for _, row := range rows {
		if row.Name != "" {
			names[row.Host] = row.Name
		}
	}
	return names, translate(err, "partners")
}

// OffersUnderWay gives how the deliveries of offers stand that were tried and did not arrive, by the ids of the offers.
func (tx *Tx) OffersUnderWay(uris []string) (map[string]Delivery, error) {
	stuck := map[string]Delivery{}
	if len(uris) == 0 {
		return stuck, nil
	}
	var rows []struct {
		Delivery
		ActivityURI string
	}
	err := tx.db.Model(&Delivery{}).Select("delivery.*, e.activity_uri").Joins("JOIN outbox_entry e ON e.id = delivery.entry_id").
		Where("e.activity_uri IN ? AND delivery.state <> ? AND delivery.attempts > 0", uris, DeliveryDone).Scan(&rows).Error
	for i := range rows {
		stuck[rows[i].ActivityURI] = rows[i].Delivery
	}
	return stuck, translate(err, "deliveries")
}
