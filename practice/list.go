package practice

import (
	"context"
	"strings"
	"unicode/utf8"

	"praxis/models"
)

// How many lists a member may have, as with Mastodon, how many may be in one, and how long a title may be.
const (
	maxLists       = 50
	maxListMembers = 1000
	maxListTitle   = 255
)

// ListChange is what a member wants of a list; nil keeps what there is.
type ListChange struct {
	Title         *string
	RepliesPolicy *string
	Exclusive     *bool
}

func (change ListChange) apply(l *models.MemberList) error {
	if change.Title != nil {
		l.Title = strings.TrimSpace(*change.Title)
	}
	if change.RepliesPolicy != nil {
		l.RepliesPolicy = *change.RepliesPolicy
	}
	if change.Exclusive != nil {
		l.Exclusive = *change.Exclusive
	}
	if l.Title == "" {
		return invalid("title", "Validation failed: Title can't be blank")
	}
	if utf8.RuneCountInString(l.Title) > maxListTitle {
		return invalid("title", "Validation failed: Title is too long (maximum is %d characters)", maxListTitle)
	}
	switch l.RepliesPolicy {
	case models.RepliesFollowed, models.RepliesList, models.RepliesNone:
		return nil
	}
	return invalid("replies_policy", "'%s' is not a valid replies_policy: use followed, list or none", l.RepliesPolicy)
}

// CreateList makes a list of a member's. Errors: Invalid without a title, with a policy that there is not, or beyond the
// number of lists that a member may have.
func (s *Service) CreateList(ctx context.Context, member *models.Actor, change ListChange) (*models.MemberList, error) {
	l := &models.MemberList{OwnerID: member.ID, RepliesPolicy: models.RepliesList}
	if err := change.apply(l); err != nil {
		return nil, err
	}
	return l, s.store.Tx(ctx, func(tx *models.Tx) error {
		if n, err := tx.CountLists(member.ID); err != nil || n >= maxLists {
			return orTooMany(err, "base", "Validation failed: You have reached the maximum number of lists (%d)", maxLists)
		}
		l.ID = 0
		return tx.PutList(l)
	})
}

// ChangeList changes a list of a member's. Errors: NotFound when it is not theirs; Invalid as for CreateList.
func (s *Service) ChangeList(ctx context.Context, member *models.Actor, id int64, change ListChange) (*models.MemberList, error) {
	var l *models.MemberList
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if l, err = s.ownList(tx, member, id); err != nil {
			return err
		}
		if err := change.apply(l); err != nil {
			return err
		}
		return tx.PutList(l)
	})
	return l, err
}

// ownList gives a list that a member may change. A community is a list that nobody changes but by joining and leaving.
func (s *Service) ownList(tx *models.Tx, member *models.Actor, id int64) (*models.MemberList, error) {
	l, err := tx.List(member.ID, id)
	if !models.IsNotFound(err) {
		return l, err
	}
	community, errCommunity := tx.FollowedCommunity(member.ID, id)
	if models.IsNotFound(errCommunity) {
		return nil, err
	}
	if errCommunity != nil {
		return nil, errCommunity
	}
	return nil, invalid("id", "This list is the community @%s: it cannot be changed. To leave it, unfollow @%s.", community.Acct(), community.Acct())
}

// DeleteList removes a list of a member's. Errors: as for ChangeList.
func (s *Service) DeleteList(ctx context.Context, member *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.ownList(tx, member, id); err != nil {
			return err
		}
		return tx.DeleteList(id)
	})
}

// AddToList places actors in a list of a member's, all or none of them. Errors: NotFound when the list is not the
// member's, or when they do not follow one of the actors, nor asked to; Invalid when one is in it already, when there are
// too many, and for a community's list.
func (s *Service) AddToList(ctx context.Context, member *models.Actor, id int64, actorIDs []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.ownList(tx, member, id); err != nil {
			return err
		}
		for _, actorID := range actorIDs {
			if err := addToList(tx, member, id, actorID); err != nil {
				return err
			}
		}
		if n, err := tx.CountListMembers(id); err != nil || n > maxListMembers {
			return orTooMany(err, "account_ids", "Validation failed: A list takes at most %d accounts", maxListMembers)
		}
		return nil
	})
}

func addToList(tx *models.Tx, member *models.Actor, id, actorID int64) error {
	if actorID != member.ID {
		if _, err := tx.FollowBetween(member.ID, actorID); err != nil {
			return err
		}
	}
	added, err := tx.AddToList(id, actorID)
	if err == nil && !added {
		return invalid("account_ids", "Validation failed: Account has already been taken")
	}
	return err
}

// RemoveFromList takes actors out of a list of a member's; who is not in it changes nothing. Errors: as for ChangeList.
func (s *Service) RemoveFromList(ctx context.Context, member *models.Actor, id int64, actorIDs []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.ownList(tx, member, id); err != nil {
			return err
		}
		return tx.RemoveFromList(id, actorIDs)
	})
}
