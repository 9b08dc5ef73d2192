package practice

import (
	"context"

	"praxis/models"
)

// askedAtOnce is how many members are asked in one transaction which of two communities they follow.
const askedAtOnce = 50

// SplitCommunity lets a part of a community found one of its own, under another name, that is based on it. Threads stay where they are;
// nobody is moved: each member of the old one is asked. Errors: Forbidden for who is no convener; those of CreateCommunity; Conflict for a
// community that closed.
func (s *Service) SplitCommunity(ctx context.Context, actor, community *models.Actor, name, title string) (*models.Actor, error) {
	return s.SplitOff(ctx, actor, community, NewCommunity{Username: name, DisplayName: title, Convener: actor})
}

// SplitOff is SplitCommunity with another convener of the new community than who founds it.
func (s *Service) SplitOff(ctx context.Context, actor, community *models.Actor, wanted NewCommunity) (*models.Actor, error) {
	tx := s.store.Read(ctx)
	old, err := s.convened(tx, actor, community)
	if err != nil {
		return nil, err
	}
	if community.MovedToURI != "" {
		return nil, models.Errorf(models.Conflict, "@%s is closed: nothing splits off it.", community.Acct())
	}
	wanted.Domain, wanted.Joining, wanted.Class, wanted.Unlisted = old.Domain, old.Joining, old.Class, old.Unlisted
	change := CommunityChange{Charter: &old.CharterSource, Rules: old.RuleList(), Topics: old.TopicList(), Languages: old.LanguageList()}
	return s.foundCommunity(ctx, wanted, change, func(tx *models.Tx, made *models.Actor) error { return s.splitOff(tx, actor, community, made) })
}

// splitOff ties a new community to the one that it was a part of.
func (s *Service) splitOff(tx *models.Tx, actor, community, made *models.Actor) error {
	old, err := s.convened(tx, actor, community)
	if err != nil {
		return err
	}
	if old.URN == "" {
		old.URN = newURN(tx.Now())
		if err := tx.SaveCommunity(old); err != nil {
			return err
		}
		if err := s.outbox.Publish(tx, ActorUpdated{Actor: community}); err != nil {
			return err
		}
	}
	row, err := tx.Community(made.ID)
	if err != nil {
		return err
	}
	row.URN, row.BasedOn = newURN(tx.Now()), old.URN
	if err := tx.SaveCommunity(row); err != nil {
		return err
	}
	if err := tx.CreateSplit(&models.Split{FromID: community.ID, ToID: made.ID}); err != nil {
		return err
	}
	return s.audit(tx, actor, "community.split", s.about(community), nil, map[string]any{"as": made.URI, "urn": row.URN, "based_on": row.BasedOn})
}

// tendSplits asks the members of communities that split, some at once. It reports whether there were any.
func (s *Service) tendSplits(ctx context.Context) (bool, error) {
	open, err := s.store.Read(ctx).OpenSplits()
	if err != nil {
		return false, err
	}
	for i := range open {
		if err := s.store.Tx(ctx, func(tx *models.Tx) error { return s.askMembers(tx, &open[i]) }); err != nil {
			return false, err
		}
	}
	return len(open) > 0, nil
}

func (s *Service) askMembers(tx *models.Tx, split *models.Split) error {
	ends, err := tx.Actors([]int64{split.FromID, split.ToID})
	if err != nil {
		return err
	}
	from, to := ends[split.FromID], ends[split.ToID]
	follows, err := tx.FollowsAfter(split.FromID, split.At, askedAtOnce)
	if err != nil {
		return err
	}
	said := "A part of " + nameOf(from) + " founded a community of its own: " + nameOf(to) + ". You still follow " + nameOf(from) +
		", and nothing changes unless you want it to. To go along, follow " + nameOf(to) + ": " + to.URL + " You can follow both. Threads stay where they are."
	for i := range follows {
		split.At = follows[i].ID
		if _, err := tx.FollowBetween(follows[i].ActorID, to.ID); err == nil || !models.IsNotFound(err) {
			if err != nil {
				return err
			}
			continue // follows it already
		}
		member, err := tx.Actor(follows[i].ActorID)
		if err != nil {
			return err
		}
		if err := s.informBy(tx, from, member, said); err != nil {
			return err
		}
	}
	if len(follows) < askedAtOnce {
		split.DoneAt = tx.Now()
	}
	return tx.SaveSplit(split)
}

// SplitKin gives the communities that split off a community, or that it split off, within a year: their pages name each other.
func (s *Service) SplitKin(tx *models.Tx, community *models.Actor) (parts []models.Actor, whole *models.Actor, err error) {
	splits, err := tx.SplitsOf(community.ID, tx.Now().Add(-365*oneDay))
	if err != nil || len(splits) == 0 {
		return nil, nil, err
	}
	var ids []int64
	for i := range splits {
		ids = append(ids, splits[i].FromID, splits[i].ToID)
	}
	actors, err := tx.Actors(ids)
	if err != nil {
		return nil, nil, err
	}
	for i := range splits {
		switch other := actors[splits[i].ToID]; {
		case splits[i].ToID == community.ID:
			whole = actors[splits[i].FromID]
		case other != nil && !other.IsGone():
			parts = append(parts, *other)
		}
	}
	if whole != nil && whole.IsGone() {
		whole = nil
	}
	return parts, whole, nil
}
