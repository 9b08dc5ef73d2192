package practice

import (
	"praxis/federation/pact"
	"praxis/models"
)

// lateAtHome is how old what comes late may be to come home: what siblings compare.
const lateAtHome = 30 * oneDay

// placeLate puts a thread that a Group of ours took late on its page, at the thread's own date. Nobody is told of it, and no other host
// hears of it: it is no news.
func (s *Service) placeLate(tx *models.Tx, community *models.Actor, post *models.Post, at models.Timestamp) (*models.Post, error) {
	if post.InReplyToURI != "" {
		return nil, nil
	}
	if known, err := tx.BoostOf(post.ID, community.ID); err == nil || !models.IsNotFound(err) {
		return known, err
	}
	boost := boostBy(community, post, at)
	boost.ID, boost.URI = tx.NewIDAt(at.Time()), s.links.Relay(community, post.URI)
	return boost, tx.CreatePost(boost)
}

// boostBy makes how somebody shares a post.
func boostBy(actor *models.Actor, post *models.Post, at models.Timestamp) *models.Post {
	boost := &models.Post{
		AuthorID: actor.ID, Local: actor.Local, ReblogOfID: post.ID, Type: "Announce",
		Visibility: post.Visibility, PublishedAt: at, CommunityID: post.CommunityID,
	}
	if actor.IsCommunity() && post.IsRestricted() { // for those who read it by this community
		boost.CommunityID = actor.ID
	}
	return boost
}

// bringHome places a thread that was missed in the homes of those who followed the Group of ours when it was published. What was there
// before the two were siblings is history, and comes in nobody's home.
func bringHome(tx *models.Tx, pair *models.Sibling, boost *models.Post) error {
	sealed, err := pact.ReadBond([]byte(pair.Agreement))
	if err != nil { // an agreement that cannot be read says not since when
		return nil
	}
	oldest := max(models.At(sealed.Bond.ValidFrom), tx.Now().Add(-lateAtHome))
	if boost.PublishedAt < oldest {
		return nil
	}
	return tx.AddToHomesOfFollowersThen(boost)
}
