package practice

import (
	"context"
	"strings"
	"unicode/utf8"

	"praxis/models"
)

// MaxInFeed is how many communities a feed holds, or are read of one elsewhere: who follows it follows them all.
const MaxInFeed = 50

// NewFeed is what it takes to create a feed.
type NewFeed struct {
	Username    string
	DisplayName string
	About       string
	Owner       *models.Actor // nil for the instance
}

// CreateFeed makes a set of communities that one can follow together. Errors: Invalid for a bad name or long texts,
// Conflict for a name that is or was taken.
func (s *Service) CreateFeed(ctx context.Context, f NewFeed) (*models.Actor, error) {
	f.Username = strings.ToLower(strings.TrimPrefix(f.Username, "@"))
	if err := CheckName(f.Username); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(f.DisplayName) > maxShort {
		return nil, invalid("display_name", "Validation failed: display_name has more than %d characters", maxShort)
	}
	if utf8.RuneCountInString(f.About) > maxDomain {
		return nil, invalid("about", "Validation failed: about has more than %d characters", maxDomain)
	}
	actor := s.newFeed(f)
	err := s.createActor(ctx, actor, func(tx *models.Tx) error {
		row := &models.Feed{ActorID: actor.ID}
		if f.Owner != nil {
			row.OwnerID = f.Owner.ID
		}
		return tx.CreateFeed(row)
	})
	return actor, err
}

func (s *Service) newFeed(f NewFeed) *models.Actor {
	actor := s.newActor(models.TypeFeed, f.Username, f.DisplayName)
	actor.SummarySource, actor.Summary = f.About, s.render(f.About, nil)
	actor.ModeratorsURI, actor.FeaturedURI = actor.URI+"/moderators", ""
	return actor
}

// AddToFeed puts a community, of any host, into a feed of ours; one that is there stays. Actor nil is the instance itself.
// Errors: Forbidden for who does not own the feed; NotFound for a community that the owner may not know of; Invalid for
// what is no community, or more than fit.
func (s *Service) AddToFeed(ctx context.Context, actor, feed, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.ownsFeed(tx, actor, feed); err != nil {
			return err
		}
		viewer := community.ID
		if actor != nil {
			viewer = actor.ID
		}
		current, err := tx.KnownActor(community.ID, viewer)
		if err != nil {
			return err
		}
		if !current.IsCommunity() || current.IsGone() {
			return invalid("community_id", "Validation failed: @%s is no community", current.Acct())
		}
		if n, err := tx.CountFeedCommunities(feed.ID); err != nil || n >= MaxInFeed {
			return orInvalid(err, "community_id", "Validation failed: a feed holds at most %d communities", MaxInFeed)
		}
		if added, err := tx.AddToFeed(feed.ID, current.ID); err != nil || !added {
			return err
		}
		return s.feedChanged(tx, feed, current, false)
	})
}

// RemoveFromFeed takes a community out of a feed of ours; one that is not there changes nothing. Errors: Forbidden for who
// does not own the feed.
func (s *Service) RemoveFromFeed(ctx context.Context, actor, feed, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.ownsFeed(tx, actor, feed); err != nil {
			return err
		}
		if removed, err := tx.RemoveFromFeed(feed.ID, community.ID); err != nil || !removed {
			return err
		}
		return s.feedChanged(tx, feed, community, true)
	})
}

func orInvalid(err error, field, message string, args ...any) error {
	if err != nil {
		return err
	}
	return invalid(field, message, args...)
}

// ownsFeed refuses who does not own a feed of ours; nil is the instance itself.
func (s *Service) ownsFeed(tx *models.Tx, actor, feed *models.Actor) error {
	if !feed.Local || !feed.IsFeed() || feed.IsGone() {
		return models.Errorf(models.NotFound, "there is no such feed here")
	}
	if actor == nil {
		return nil
	}
	row, err := tx.Feed(feed.ID)
	if err == nil && row.OwnerID != actor.ID {
		err = models.Errorf(models.Forbidden, "Only its owner changes @%s.", feed.Acct())
	}
	return err
}

// feedChanged carries a change of a feed over to who follows it here, and tells those elsewhere.
func (s *Service) feedChanged(tx *models.Tx, feed, community *models.Actor, removed bool) error {
	current, err := tx.Actor(feed.ID)
	if err != nil {
		return err
	}
	if err := tx.UpdateActor(current); err != nil { // its date tells readers that it changed
		return err
	}
	if err := s.carryToFollowers(tx, current, community, removed); err != nil {
		return err
	}
	return s.outbox.Publish(tx, FeedChanged{Feed: current, Community: community, Removed: removed})
}
