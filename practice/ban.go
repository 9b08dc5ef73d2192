package practice

import (
	"context"
	"fmt"
	"time"

	"praxis/models"
)

// Ban keeps somebody out of a community: they neither post nor reply nor follow, until the ban ends or is lifted. With
// RemovePosts all that they posted there is removed. Banning again changes nothing. Errors: Forbidden for who does not moderate
// the community, and for a ban of who does; Invalid for an end that has passed.
func (s *Service) Ban(ctx context.Context, a Act) error {
	return s.act(ctx, a, s.ban)
}

func (s *Service) ban(tx *models.Tx, a *Act) (*Moderated, error) {
	if err := s.mayBan(tx, a); err != nil {
		return nil, err
	}
	mark := a.mark(models.ActBan, a.Target.URI)
	changed, err := tx.PutCommunityAct(mark)
	if err != nil || !changed {
		return nil, err
	}
	if err := s.leave(tx, a.Community, a.Target); err != nil {
		return nil, err
	}
	if a.RemovePosts {
		if err := s.removeAll(tx, a, mark); err != nil {
			return nil, err
		}
	}
	if err := s.heedBan(tx, a); err != nil {
		return nil, err
	}
	said := "You are banned from " + nameOf(a.Community) + untilText(a.Until) + "."
	return &Moderated{Verb: models.ActBan, Mark: mark}, s.tellOfAct(tx, a, a.Target, said, mark)
}

func (s *Service) mayBan(tx *models.Tx, a *Act) error {
	switch {
	case a.Target == nil || a.Target.Type == models.TypeGroup || a.Target.Type == models.TypeApplication:
		return invalid("account_id", "Validation failed: only people are banned from a community")
	case !a.Until.IsZero() && models.At(a.Until) <= tx.Now():
		return invalid("until", "Validation failed: the ban would have ended already: name a later time")
	}
	moderator, err := tx.IsModerator(a.Community.ID, a.Target.ID)
	if err == nil && moderator && a.Community.Local {
		return models.Errorf(models.Forbidden, "@%s moderates @%s: dismiss them first.", a.Target.Acct(), a.Community.Acct())
	}
	return err
}

func untilText(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return " until " + until.UTC().Format("2 January 2006, 15:04 UTC")
}

// leave ends a banned actor's follow of a community.
func (s *Service) leave(tx *models.Tx, community, target *models.Actor) error {
	if community.Local {
		return s.dropFollower(tx, community, target)
	}
	if !target.Local {
		return nil
	}
	return s.unfollow(tx, target, community)
}

// removeAll removes what a banned actor posted into the community. Each removal has a mark of its own, so that a single post
// can be restored.
func (s *Service) removeAll(tx *models.Tx, a *Act, ban *models.CommunityAct) error {
	posts, err := tx.PostsIn(a.Community.ID, a.Target.ID)
	if err != nil {
		return err
	}
	for i := range posts {
		if err := removeByBan(tx, &posts[i], ban); err != nil {
			return err
		}
	}
	return nil
}

func removeByBan(tx *models.Tx, post *models.Post, ban *models.CommunityAct) error {
	mark := *ban
	mark.URI, mark.Verb, mark.ObjectURI, mark.Until, mark.RemoveData = ban.URI+"#"+format(post.ID), models.ActRemove, post.URI, 0, false
	changed, err := tx.PutCommunityAct(&mark)
	if err != nil || !changed {
		return err
	}
	return tx.MarkPostRemoved(post, tx.Now())
}

// removeOfBanned removes a post that comes after the ban of its author, who wrote it before.
func (s *Service) removeOfBanned(tx *models.Tx, post *models.Post) error {
	if post.CommunityID == 0 || post.IsGone() || post.IsBoost() {
		return nil
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	ban, err := tx.BanOf(post.CommunityID, author)
	if err != nil || !ban.RemoveData {
		return ignoreMissing(err)
	}
	current, err := tx.Post(post.ID) // what stood for it may have removed it
	if err != nil {
		return err
	}
	return removeByBan(tx, current, ban)
}

// Unban lifts a ban before its end; without one it changes nothing. What was removed with the ban stays so. Errors: Forbidden
// for who does not moderate the community.
func (s *Service) Unban(ctx context.Context, a Act) error {
	return s.act(ctx, a, s.unban)
}

func (s *Service) unban(tx *models.Tx, a *Act) (*Moderated, error) {
	ended, err := a.unmark(tx, models.ActBan, a.Target.URI)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	if err := tx.GrantAppeals(ended, a.Moderator.ID, a.Reason); err != nil {
		return nil, err
	}
	if err := s.heedUnban(tx, a); err != nil {
		return nil, err
	}
	return &Moderated{Verb: models.LogUnban, Mark: &ended[0]}, s.tellTarget(tx, a, "You may take part in "+nameOf(a.Community)+" again.")
}

// refuseBanned refuses who is banned from a community, and says until when and why.
func (s *Service) refuseBanned(tx *models.Tx, community, actor *models.Actor) error {
	ban, err := tx.BanOf(community.ID, actor)
	if err != nil {
		return ignoreMissing(err)
	}
	var until time.Time
	if ban.Until != 0 {
		until = ban.Until.Time()
	}
	said := fmt.Sprintf("You are banned from @%s%s.", community.Acct(), untilText(until))
	if ban.Reason != "" {
		said += " Reason: " + ban.Reason
	}
	return models.Errorf(models.Forbidden, "%s", said)
}
