package practice

import (
	"context"
	"slices"
	"time"

	"praxis/models"
)

// followFeed lets a member who begins to follow a feed follow what is in it.
func (s *Service) followFeed(tx *models.Tx, member, feed *models.Actor) error {
	communities, err := tx.FeedCommunities(feed.ID, member.ID)
	if err != nil {
		return err
	}
	for i := range communities {
		if err := s.followByFeed(tx, member, feed, &communities[i]); err != nil {
			return err
		}
	}
	return s.askFeed(tx, feed)
}

// feedFresh is how long what was read of a feed is good enough, however often it says that it changed.
const feedFresh = time.Minute

// askFeed lets a feed elsewhere be asked for what it holds, in the background.
func (s *Service) askFeed(tx *models.Tx, feed *models.Actor) error {
	if feed.Local || !feed.IsFeed() || feed.FollowingURI == "" {
		return nil
	}
	s.pokeBackfill(tx)
	return tx.AskFeedAgain(feed.URI, feedFresh)
}

// RefreshFeed asks a feed elsewhere for what it holds now, in the background.
func (s *Service) RefreshFeed(ctx context.Context, feed *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.askFeed(tx, feed) })
}

// SaveFeed stores what a feed elsewhere holds, the first communities of it, and carries the change over to who follows it.
func (s *Service) SaveFeed(ctx context.Context, feed *models.Actor, communities []*models.Actor) error {
	if feed.Local {
		return models.Errorf(models.Forbidden, "feed %s is local and cannot be replaced from outside", feed.URI)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		had, err := tx.FeedEntries(feed.ID)
		if err != nil {
			return err
		}
		for i := range had {
			if slices.ContainsFunc(communities, func(a *models.Actor) bool { return a.ID == had[i].ID }) {
				continue
			}
			if _, err := tx.RemoveFromFeed(feed.ID, had[i].ID); err != nil {
				return err
			}
			if err := s.carryToFollowers(tx, feed, &had[i], true); err != nil {
				return err
			}
		}
		return s.enterFeed(tx, feed, communities)
	})
}

func (s *Service) enterFeed(tx *models.Tx, feed *models.Actor, communities []*models.Actor) error {
	for _, community := range communities[:min(len(communities), MaxInFeed)] {
		if !community.IsCommunity() || community.IsGone() {
			continue
		}
		if added, err := tx.AddToFeed(feed.ID, community.ID); err != nil || !added {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.carryToFollowers(tx, feed, community, false); err != nil {
			return err
		}
	}
	return nil
}

// carryToFollowers lets the members who follow a feed follow a community that came into it, or no more one that left it and
// that they follow because of it only. What else changes by hand stays as it is.
func (s *Service) carryToFollowers(tx *models.Tx, feed, community *models.Actor, removed bool) error {
	followers, err := tx.LocalFollowers(feed.ID)
	if err != nil {
		return err
	}
	for i := range followers {
		if removed {
			err = s.dropFeedFollow(tx, &followers[i], models.FeedFollow{FeedID: feed.ID, MemberID: followers[i].ID, CommunityID: community.ID})
		} else {
			err = s.followByFeed(tx, &followers[i], feed, community)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// followByFeed lets a member follow one community because of a feed. What the member follows anyway stays theirs, and what
// does not take them is left out.
func (s *Service) followByFeed(tx *models.Tx, member, feed, community *models.Actor) error {
	_, err := tx.FollowBetween(member.ID, community.ID)
	if err == nil {
		n, err := tx.CountFeedFollows(member.ID, community.ID)
		if err != nil || n == 0 { // the member's own
			return err
		}
		return tx.AddFeedFollow(models.FeedFollow{FeedID: feed.ID, MemberID: member.ID, CommunityID: community.ID})
	}
	if !models.IsNotFound(err) {
		return err
	}
	if takes, err := s.takesByFeed(tx, member, community); err != nil || !takes {
		return err
	}
	if _, err := s.follow(tx, member, community, FollowOptions{}); err != nil {
		return err
	}
	return tx.AddFeedFollow(models.FeedFollow{FeedID: feed.ID, MemberID: member.ID, CommunityID: community.ID})
}

// takesByFeed reports whether a member can follow a community without more ado: to ask for it, or to show an invitation, is
// the member's own to do.
func (s *Service) takesByFeed(tx *models.Tx, member, community *models.Actor) (bool, error) {
	_, err := tx.KnownActor(community.ID, member.ID)
	if err == nil {
		err = s.mayFollow(tx, member, community)
	}
	if err == nil && community.Locked {
		return false, nil
	}
	if err == nil && community.Local {
		var row *models.Community
		if row, err = tx.CommunityIfAny(community.ID); err == nil {
			err = s.mayBelong(tx, member, community, row)
		}
		if err == nil && row != nil && row.Joining != models.JoiningOpen {
			return false, nil
		}
	}
	switch models.ErrorCode(err) {
	case models.Forbidden, models.Gone, models.NotFound, models.Invalid:
		return false, nil
	}
	return err == nil, err
}

// leaveByFeed keeps what follows by feeds in step with an end: of a feed, or of a community that came by one.
func (s *Service) leaveByFeed(tx *models.Tx, member, target *models.Actor) error {
	if target.IsFeed() {
		return s.unfollowFeed(tx, member, target)
	}
	return tx.OwnFollow(member.ID, target.ID)
}

// unfollowFeed ends what a member follows only because of a feed.
func (s *Service) unfollowFeed(tx *models.Tx, member, feed *models.Actor) error {
	had, err := tx.FeedFollows(feed.ID, member.ID)
	if err != nil {
		return err
	}
	for _, known := range had {
		if err := s.dropFeedFollow(tx, member, known); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) dropFeedFollow(tx *models.Tx, member *models.Actor, f models.FeedFollow) error {
	if by, err := tx.DeleteFeedFollow(f); err != nil || !by {
		return err
	}
	n, err := tx.CountFeedFollows(member.ID, f.CommunityID)
	if err != nil || n > 0 { // another feed has it, too
		return err
	}
	community, err := tx.Actor(f.CommunityID)
	if err != nil {
		return err
	}
	return s.unfollow(tx, member, community)
}
