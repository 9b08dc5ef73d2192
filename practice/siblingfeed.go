package practice

import (
	"context"
	"strconv"
	"strings"

	"praxis/models"
)

// tendSiblingFeeds keeps a feed of all siblings for each community that has some, and reports whether there was anything to do:
// members of other group software follow that in the place of one of them.
func (s *Service) tendSiblingFeeds(ctx context.Context) (bool, error) {
	tx := s.store.Read(ctx)
	communities, err := tx.CommunitiesOfSiblings()
	if err != nil {
		return false, err
	}
	did := false
	for _, id := range communities {
		changed, err := s.tendSiblingFeed(ctx, id)
		did = did || changed
		if err != nil {
			return did, err
		}
	}
	return did, nil
}

func (s *Service) tendSiblingFeed(ctx context.Context, communityID int64) (bool, error) {
	tx := s.store.Read(ctx)
	community, err := tx.Actor(communityID)
	if err != nil {
		return false, err
	}
	row, err := tx.Community(communityID)
	if err != nil || community.IsGone() || !row.IsForAll() {
		return false, err
	}
	members, err := s.siblingActors(tx, community)
	if err != nil {
		return false, err
	}
	if row.SiblingsFeed == 0 {
		if len(members) < 2 {
			return false, nil
		}
		return true, s.createSiblingFeed(ctx, community, row)
	}
	feed, err := tx.Actor(row.SiblingsFeed)
	if err != nil || feed.IsGone() {
		return false, err
	}
	had, err := tx.FeedEntries(feed.ID)
	if err != nil || sameActors(had, members) {
		return false, err
	}
	return true, s.store.Tx(ctx, func(tx *models.Tx) error { return s.fillSiblingFeed(tx, row.SiblingsFeed, members) })
}

// siblingActors gives a community with its live siblings.
func (s *Service) siblingActors(tx *models.Tx, community *models.Actor) ([]models.Actor, error) {
	members := []models.Actor{*community}
	pairs, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(pairs))
	for i := range pairs {
		ids[i] = pairs[i].SiblingID
	}
	others, err := tx.Actors(ids)
	for _, id := range ids {
		if other := others[id]; other != nil && !other.IsGone() {
			members = append(members, *other)
		}
	}
	return members, err
}

func sameActors(one, other []models.Actor) bool {
	ids := map[int64]bool{}
	for i := range one {
		ids[one[i].ID] = true
	}
	for i := range other {
		if !ids[other[i].ID] {
			return false
		}
	}
	return len(one) == len(other)
}

// createSiblingFeed makes the feed of a community, under a name that is free.
func (s *Service) createSiblingFeed(ctx context.Context, community *models.Actor, row *models.Community) error {
	var err error
	for i := range 10 {
		ending := "_siblings"
		if i > 0 {
			ending += strconv.Itoa(i)
		}
		name := community.Username[:min(len(community.Username), 30-len(ending))] + ending
		feed := s.newFeed(NewFeed{
			Username: name, DisplayName: clipName(orElse(community.DisplayName, community.Username) + ", at all servers"),
			About: strings.TrimSpace(row.Domain + "\n\nThis community is at several servers. Who follows this follows it at all of them."),
		})
		err = s.createActor(ctx, feed, func(tx *models.Tx) error { return s.openSiblingFeed(tx, community, feed) })
		if models.ErrorCode(err) != models.Conflict {
			break
		}
	}
	return err
}

// openSiblingFeed makes a new feed that of a community, and fills it.
func (s *Service) openSiblingFeed(tx *models.Tx, community, feed *models.Actor) error {
	if err := tx.CreateFeed(&models.Feed{ActorID: feed.ID}); err != nil {
		return err
	}
	row, err := tx.Community(community.ID)
	if err != nil {
		return err
	}
	row.SiblingsFeed = feed.ID
	if err := tx.SaveCommunity(row); err != nil {
		return err
	}
	members, err := s.siblingActors(tx, community)
	if err != nil {
		return err
	}
	if err := s.fillSiblingFeed(tx, feed.ID, members); err != nil {
		return err
	}
	return s.outbox.Publish(tx, ActorUpdated{Actor: community})
}

func clipName(name string) string {
	if runes := []rune(name); len(runes) > maxShort {
		return string(runes[:maxShort])
	}
	return name
}

// fillSiblingFeed gives a feed these communities, and no others.
func (s *Service) fillSiblingFeed(tx *models.Tx, feedID int64, members []models.Actor) error {
	feed, err := tx.Actor(feedID)
	if err != nil || feed.IsGone() {
		return err
	}
	had, err := tx.FeedEntries(feedID)
	if err != nil {
		return err
	}
	for i := range had {
		if hasActor(members, had[i].ID) {
			continue
		}
		if _, err := tx.RemoveFromFeed(feedID, had[i].ID); err != nil {
			return err
		}
		if err := s.feedChanged(tx, feed, &had[i], true); err != nil {
			return err
		}
	}
	for i := range members {
		added, err := tx.AddToFeed(feedID, members[i].ID)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		if err := s.feedChanged(tx, feed, &members[i], false); err != nil {
			return err
		}
	}
	return nil
}

func hasActor(list []models.Actor, id int64) bool {
	for i := range list {
		if list[i].ID == id {
			return true
		}
	}
	return false
}
