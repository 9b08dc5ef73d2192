package practice

import (
	"context"
	"slices"
	"strings"

	"praxis/models"
)

// succeed names the other Group as the last of those that go on when this host is lost, or names it no more.
func (p *pair) succeed(named bool) error {
	next := slices.DeleteFunc(p.ours.SuccessorList(), func(uri string) bool { return uri == p.row.SiblingURI && !named })
	if named {
		next = appendOnce(next, p.row.SiblingURI)
	}
	joined := strings.Join(next, "\n")
	if joined == p.ours.Successors {
		return nil
	}
	p.ours.Successors = joined
	return p.tx.SaveCommunity(p.ours)
}

// SetSuccessors says which siblings of a community go on with its threads when this host is lost, the first one first; pairs name them by
// their ids. Those that are left out come after, in the order in which they became siblings. Errors: Forbidden for who is no convener,
// Invalid for who is no sibling.
func (s *Service) SetSuccessors(ctx context.Context, actor, community *models.Actor, pairs []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := s.convened(tx, actor, community)
		if err != nil {
			return err
		}
		before := row.SuccessorList()
		var next []string
		for _, id := range pairs {
			one, err := tx.SiblingByID(id)
			if err != nil || one.CommunityID != community.ID {
				return invalid("siblings", "Validation failed: %d is no sibling of @%s", id, community.Acct())
			}
			if !one.Stands() {
				return invalid("siblings", "Validation failed: %s is %s: only a sibling that stands by @%s can go on for it", one.SiblingURI, one.State, community.Acct())
			}
			next = appendOnce(next, one.SiblingURI)
		}
		for _, uri := range before {
			next = appendOnce(next, uri)
		}
		row.Successors = strings.Join(next, "\n")
		if err := tx.SaveCommunity(row); err != nil {
			return err
		}
		if err := s.audit(tx, actor, "sibling.successors", s.about(community), before, next); err != nil {
			return err
		}
		return s.outbox.Publish(tx, ActorUpdated{Actor: community})
	})
}
