package practice

import (
	"context"
	"strings"

	"praxis/models"
)

// Appeal asks the moderators of a community of this instance to think again: about the removal of member's post, or, with no
// post, about the member's ban. Each act can be appealed against once. Errors: NotFound when there is no such act; Invalid
// without a text, when it was done before, or when the community is elsewhere.
func (s *Service) Appeal(ctx context.Context, member, community *models.Actor, post *models.Post, text string) (*models.Appeal, error) {
	if text = strings.TrimSpace(cutRunes(text, maxActReason)); text == "" {
		return nil, invalid("text", "Validation failed: say why the moderators should think again")
	}
	appeal := &models.Appeal{ActorID: member.ID, CommunityID: community.ID, Text: text}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if !community.Local {
			return invalid("id", "Validation failed: @%s is at another server: write to its moderators", community.Acct())
		}
		act, err := appealable(tx, member, community, post)
		if err != nil {
			return err
		}
		appeal.ActID = act.ID
		if post != nil {
			appeal.PostID = post.ID
		}
		added, err := tx.PutAppeal(appeal)
		if err != nil {
			return err
		}
		if !added {
			return invalid("base", "Validation failed: there was an appeal already")
		}
		return s.tellOfAppeal(tx, member, community, post, appeal)
	})
	return appeal, err
}

// appealable gives the act that a member may appeal against.
func appealable(tx *models.Tx, member, community *models.Actor, post *models.Post) (*models.CommunityAct, error) {
	if post == nil {
		return tx.BanOf(community.ID, member)
	}
	if post.AuthorID != member.ID || post.CommunityID != community.ID {
		return nil, models.Errorf(models.NotFound, "post not found")
	}
	return tx.StandingAct(community.ID, models.ActRemove, post.URI)
}

func (s *Service) tellOfAppeal(tx *models.Tx, member, community *models.Actor, post *models.Post, appeal *models.Appeal) error {
	moderators, err := tx.Moderators(community.ID)
	if err != nil {
		return err
	}
	said := "@" + member.Username + " appeals against a ban from @" + community.Acct() + ".\n\n" + appeal.Text
	if post != nil {
		said = "@" + member.Username + " appeals against the removal of " + post.URL + "\n\n" + appeal.Text
	}
	for i := range moderators {
		if err := s.notice(tx, community, &moderators[i], said); err != nil {
			return err
		}
	}
	return nil
}

// Verdict is how moderators decide on an appeal.
type Verdict struct {
	Moderator, Community *models.Actor
	AppealID             int64
	Granted              bool
	Answer               string
}

// DecideAppeal grants an appeal, which undoes the act, or declines it; the log has it, and who appealed is told. Errors:
// Forbidden for who does not moderate the community, NotFound, Conflict when it was decided before.
func (s *Service) DecideAppeal(ctx context.Context, v Verdict) (*models.Appeal, error) {
	var appeal *models.Appeal
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		act := &Act{Moderator: v.Moderator, Community: v.Community, Reason: cutRunes(v.Answer, maxActReason)}
		if err := s.mayModerate(tx, act); err != nil {
			return err
		}
		var err error
		if appeal, err = tx.Appeal(v.AppealID); err != nil {
			return err
		}
		switch {
		case appeal.CommunityID != act.Community.ID:
			return models.Errorf(models.NotFound, "appeal not found")
		case appeal.DecidedAt != 0:
			return models.Errorf(models.Conflict, "The appeal was decided before.")
		}
		appeal.Granted, appeal.Answer, appeal.DecidedBy, appeal.DecidedAt = v.Granted, act.Reason, v.Moderator.ID, tx.Now()
		if err := tx.SaveAppeal(appeal); err != nil {
			return err
		}
		return s.carryOutVerdict(tx, act, appeal)
	})
	return appeal, err
}

func (s *Service) carryOutVerdict(tx *models.Tx, act *Act, appeal *models.Appeal) error {
	mark, err := tx.CommunityActByID(appeal.ActID)
	if err != nil {
		return err
	}
	member, err := tx.Actor(appeal.ActorID)
	if err != nil {
		return err
	}
	if appeal.Granted {
		if appeal.PostID == 0 {
			act.Target = member
			return s.actIn(tx, act, s.unban)
		}
		act.PostURI = mark.ObjectURI
		return s.actIn(tx, act, s.restore)
	}
	entry := &models.ModLogEntry{
		CommunityID: act.Community.ID, ActorID: act.Moderator.ID, Verb: models.LogDeclined, PostID: appeal.PostID, TargetID: member.ID,
		ObjectURI: mark.ObjectURI, Reason: act.Reason, ActivityURI: s.links.Activity(tx.NewID()),
	}
	if err := tx.AddModLog(entry); err != nil {
		return err
	}
	return s.notice(tx, act.Community, member, withReason("Your appeal in @"+act.Community.Acct()+" was declined.", act.Reason))
}
