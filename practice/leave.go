package practice

import (
	"context"
	"time"

	"praxis/models"
)

// Bounds of the grace: how long whoever left the organization gets at what is theirs.
const (
	DefaultGrace = 90 * 24 * time.Hour
	maxLeaveText = 500
)

// StartLeaving makes an alumnus of a member, who has left the organization: sessions, tokens and the role on the instance end at
// once, and so does what only the organization, its partners or members of a community read. What the member wrote stays. For
// the days of the grace they get in by Recover only, and may take along what is theirs. Whoever left already is left alone.
// Errors: NotFound for an account that is none; Conflict for the last one who administers the instance.
func (s *Service) StartLeaving(ctx context.Context, accountID int64, reason string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.startLeaving(tx, accountID, reason) })
}

func (s *Service) startLeaving(tx *models.Tx, accountID int64, reason string) error {
	account, actor, err := s.lockAccount(tx, accountID)
	if err != nil || actor.LeftAt != 0 {
		return err
	}
	if actor.IsGone() {
		return models.Errorf(models.NotFound, "account not found")
	}
	if err := s.demote(tx, account, actor, models.RoleMember); err != nil {
		return err
	}
	actor.LeftAt = tx.Now()
	leaving := &models.Leaving{
		AccountID: accountID, Reason: cutRunes(reason, maxLeaveText), Since: actor.LeftAt, Until: actor.LeftAt.Add(s.limits.grace()),
	}
	if err := tx.PutLeaving(leaving); err != nil {
		return err
	}
	if err := tx.UpdateActor(actor); err != nil {
		return err
	}
	if err := s.endAccess(tx, accountID); err != nil {
		return err
	}
	if err := s.handOver(tx, actor); err != nil {
		return err
	}
	if err := s.audit(tx, nil, "account.leave", s.about(actor), nil, leaving); err != nil {
		return err
	}
	s.pokeMail(tx)
	return s.outbox.Publish(tx, ActorUpdated{Actor: actor})
}

// LetLeave is StartLeaving by somebody who looks after accounts. Errors: Forbidden, also for who ranks as high; NotFound.
func (s *Service) LetLeave(ctx context.Context, moderator *models.Actor, actorID int64, reason string) error {
	account, err := s.accessOf(ctx, moderator, actorID)
	if err != nil {
		return err
	}
	return s.StartLeaving(ctx, account.ID, reason)
}

// TakeBack is StopLeaving by somebody who looks after accounts. Errors: as LetLeave, and Conflict.
func (s *Service) TakeBack(ctx context.Context, moderator *models.Actor, actorID int64) error {
	account, err := s.accessOf(ctx, moderator, actorID)
	if err != nil {
		return err
	}
	return s.StopLeaving(ctx, account.ID)
}

// accessOf gives an account of this server whose access somebody may end.
func (s *Service) accessOf(ctx context.Context, moderator *models.Actor, actorID int64) (*models.Account, error) {
	tx := s.store.Read(ctx)
	if _, err := s.authorize(tx, moderator, models.PermitUserAccess); err != nil {
		return nil, err
	}
	_, account, err := s.moderated(tx, Measure{Moderator: moderator, TargetID: actorID})
	if err == nil && account == nil {
		err = models.Errorf(models.NotFound, "The account is on another server.")
	}
	return account, err
}

// lockAccount gives an account and its actor, held against other writers.
func (s *Service) lockAccount(tx *models.Tx, accountID int64) (*models.Account, *models.Actor, error) {
	if err := tx.LockSignUps(); err != nil {
		return nil, nil, err
	}
	account, err := tx.Account(accountID)
	if err != nil {
		return nil, nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	return account, actor, err
}

// endAccess ends all sessions and tokens of an account.
func (s *Service) endAccess(tx *models.Tx, accountID int64) error {
	if err := tx.DeleteWebSessionsOf(accountID); err != nil {
		return err
	}
	return tx.RevokeOAuthTokensOfAccount(accountID)
}

// handOver gives each community whose last convener leaves another one. The role of who leaves waits for where they go.
func (s *Service) handOver(tx *models.Tx, actor *models.Actor) error {
	communities, err := tx.ConvenedBy(actor.ID)
	if err != nil {
		return err
	}
	for i := range communities {
		if err := s.succeed(tx, actor, &communities[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) succeed(tx *models.Tx, actor, community *models.Actor) error {
	roles, err := tx.ModeratorRoles(community.ID)
	if err != nil || roles[actor.ID] != models.RoleOfConvener {
		return err
	}
	moderators, err := tx.Moderators(community.ID)
	if err != nil {
		return err
	}
	for i := range moderators {
		m := &moderators[i]
		if m.ID != actor.ID && roles[m.ID] == models.RoleOfConvener && !m.IsGone() && m.LeftAt == 0 {
			return nil
		}
	}
	successor, err := tx.Successor(community.ID, actor.ID)
	if models.IsNotFound(err) {
		return nil // nobody is there who could
	}
	if err != nil {
		return err
	}
	return s.appointIn(tx, &Act{
		Moderator: community, Community: community, Target: successor, Role: models.RoleOfConvener,
		Reason: "The last convener left the organization.",
	})
}

// StopLeaving takes back that a member left: they sign in as before. Roles on the instance are not given back. Errors: NotFound
// for an account that is none, Conflict for one that does not leave, or that moved away meanwhile.
func (s *Service) StopLeaving(ctx context.Context, accountID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		_, actor, err := s.lockAccount(tx, accountID)
		if err != nil {
			return err
		}
		switch {
		case actor.LeftAt == 0:
			return models.Errorf(models.Conflict, "@%s has not left.", actor.Username)
		case actor.MovedToURI != "":
			return models.Errorf(models.Conflict, "@%s moved to %s: whoever moved comes back by moving again.", actor.Username, actor.MovedToURI)
		}
		actor.LeftAt = 0
		if err := tx.DeleteLeaving(accountID); err != nil {
			return err
		}
		if err := tx.UpdateActor(actor); err != nil {
			return err
		}
		if err := s.endAccess(tx, accountID); err != nil { // what a recovery opened
			return err
		}
		if err := tx.ReviveIdentities(accountID); err != nil { // else they could not sign in by the organization
			return err
		}
		if err := s.audit(tx, nil, "account.return", s.about(actor), nil, nil); err != nil {
			return err
		}
		return s.outbox.Publish(tx, ActorUpdated{Actor: actor})
	})
}

// leavingsAtOnce is how many graces end in one go.
const leavingsAtOnce = 20

// TendLeaving ends the graces that are over, and has letters sent that are due. It reports whether there was anything to end.
func (s *Service) TendLeaving(ctx context.Context) (bool, error) {
	over, err := s.store.Read(ctx).LeavingsOver(leavingsAtOnce)
	if err != nil {
		return false, err
	}
	for i := range over {
		if err := s.endGrace(ctx, over[i].AccountID); err != nil {
			return false, err
		}
	}
	return len(over) > 0, nil
}

// endGrace leaves of an account what others see: its profile, with where it went, and its posts. It belongs to nothing, follows
// nobody and has no roles any more.
func (s *Service) endGrace(ctx context.Context, accountID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		_, actor, err := s.lockAccount(tx, accountID)
		if err != nil {
			return err
		}
		leaving, err := tx.LeavingIfAny(accountID)
		if err != nil || leaving == nil || leaving.EndedAt != 0 || leaving.Until > tx.Now() {
			return err
		}
		leaving.EndedAt = tx.Now()
		if err := tx.PutLeaving(leaving); err != nil {
			return err
		}
		if err := s.audit(tx, nil, "account.grace_end", s.about(actor), nil, nil); err != nil {
			return err
		}
		if err := s.layDown(tx, actor); err != nil {
			return err
		}
		return s.unfollowAll(tx, actor)
	})
}

// layDown ends all that an actor is in communities of ours.
func (s *Service) layDown(tx *models.Tx, actor *models.Actor) error {
	communities, err := tx.ConvenedBy(actor.ID)
	if err != nil {
		return err
	}
	for i := range communities {
		a := &Act{Moderator: &communities[i], Community: &communities[i], Target: actor, Reason: "Left the organization."}
		if err := s.actIn(tx, a, s.layDownIn); err != nil {
			return err
		}
	}
	return nil
}

// layDownIn dismisses a moderator, also the last one: nobody is there to take over.
func (s *Service) layDownIn(tx *models.Tx, a *Act) (*Moderated, error) {
	if removed, err := tx.RemoveModerator(a.Community.ID, a.Target.ID); err != nil || !removed {
		return nil, err
	}
	return &Moderated{Verb: models.LogDismiss}, nil
}

func (s *Service) unfollowAll(tx *models.Tx, actor *models.Actor) error {
	for _, state := range []string{models.FollowAccepted, models.FollowPending} {
		for {
			followed, _, err := tx.Following(actor.ID, state, models.Page{Limit: 200})
			if err != nil {
				return err
			}
			if len(followed) == 0 {
				break
			}
			for i := range followed {
				if err := s.unfollow(tx, actor, &followed[i]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// grace is how long whoever left gets at what is theirs.
func (l Limits) grace() time.Duration {
	switch {
	case l.Grace < 0:
		return 0
	case l.Grace == 0:
		return DefaultGrace
	}
	return l.Grace
}
