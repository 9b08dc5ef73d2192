package practice

import (
	"context"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// Appeal asks the moderators of a community of this instance to think again: about the removal of member's post, or, with no
// post, about the member's ban. Each act can be appealed against once. Errors: NotFound when there is no such act; Invalid
// without a text, when it was done before, or when the community is elsewhere.
func (s *Service) Appeal(ctx context.Context, member, community *models.Actor, post *models.Post, said string) (*models.Appeal, error) {
	if said = strings.TrimSpace(cutRunes(said, maxActReason)); said == "" {
		return nil, invalid("text", "Validation failed: say why the moderators should think again")
	}
	appeal := &models.Appeal{ActorID: member.ID, CommunityID: community.ID, Text: said}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if !community.Local {
			return invalid("id", "Validation failed: @%s is at another server: write to its moderators", community.Acct())
		}
		act, err := appealable(tx, member, community, post)
		if err != nil {
			return err
		}
		added, err := s.appeal(tx, appeal, act, member, community, post)
		if err == nil && !added {
			err = invalid("base", "Validation failed: there was an appeal already")
		}
		return err
	})
	return appeal, err
}

// appeal stores an appeal and tells the moderators; false when there was one.
func (s *Service) appeal(tx *models.Tx, appeal *models.Appeal, act *models.CommunityAct, member, community *models.Actor, post *models.Post) (bool, error) {
	appeal.ActID = act.ID
	if post != nil {
		appeal.PostID = post.ID
	}
	added, err := tx.PutAppeal(appeal)
	if err != nil || !added {
		return false, err
	}
	return true, s.tellOfAppeal(tx, member, community, post, appeal)
}

// appealByAnswer takes the first answer to what a community told somebody of an act for an appeal against it: so every client
// can appeal, of every host.
func (s *Service) appealByAnswer(tx *models.Tx, post *models.Post, draft *Draft) error {
	if post.Visibility != models.Direct || post.InReplyToID == 0 || draft.Backfilled {
		return nil
	}
	act, err := tx.ActOfNotice(post.InReplyToID)
	if err != nil {
		return ignoreMissing(err)
	}
	community, err := tx.Actor(act.CommunityID)
	if err != nil || !community.Local || post.AuthorID == community.ID {
		return err
	}
	var judged *models.Post
	if act.Verb == models.ActRemove {
		judged, err = tx.PostByURI(act.ObjectURI)
		if err != nil || judged.AuthorID != post.AuthorID {
			return ignoreMissing(err)
		}
	} else if act.ObjectURI != draft.Author.URI {
		return nil
	}
	said := strings.TrimSpace(cutRunes(text.Plain(post.Content), maxActReason))
	appeal := &models.Appeal{ActorID: post.AuthorID, CommunityID: community.ID, Text: said}
	added, err := s.appeal(tx, appeal, act, draft.Author, community, judged)
	if err != nil || !added {
		return err
	}
	return s.informBy(tx, community, draft.Author, "Your appeal reached the moderators of "+nameOf(community)+".")
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
	said := nameOf(member) + " appeals against a ban from " + nameOf(community) + ".\n\n" + appeal.Text
	if post != nil {
		said = nameOf(member) + " appeals against the removal of " + post.URL + "\n\n" + appeal.Text
	}
	for i := range moderators {
		if err := s.informBy(tx, community, &moderators[i], said); err != nil {
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
	return s.informBy(tx, act.Community, member, withReason("Your appeal in "+nameOf(act.Community)+" was declined.", act.Reason))
}
