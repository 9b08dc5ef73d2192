package practice

import (
	"context"

	"praxis/models"
)

// SetRole changes what an account may do here, without a moderator: for the command line. Errors: Invalid for a role that is
// none, Conflict when nobody would be left to administer the instance (security case G26).
func (s *Service) SetRole(ctx context.Context, actor *models.Actor, role string) error {
	if _, err := roleNamed(role); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		return s.setRole(tx, nil, actor, account, role)
	})
}

// GrantRole is SetRole by somebody who looks after the instance. Nobody grants more than they have, or changes who ranks as
// they do, but for themselves. Errors: as SetRole; Forbidden.
func (s *Service) GrantRole(ctx context.Context, moderator *models.Actor, actorID int64, role string) error {
	wanted, err := roleNamed(role)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		mine, err := s.authorize(tx, moderator, models.PermitRoles)
		if err != nil {
			return err
		}
		actor, err := tx.Actor(actorID)
		if err != nil {
			return err
		}
		account, err := tx.AccountByActor(actorID)
		if err != nil {
			return err
		}
		if wanted.Rank > mine.Rank {
			return models.Errorf(models.Forbidden, "Only who is %s can make somebody %s.", role, role)
		}
		if actorID != moderator.ID && models.RoleOf(account).Rank >= mine.Rank && !mine.May(models.PermitEverything) {
			return models.Errorf(models.Forbidden, "@%s has the same rank as you, or a higher one: an owner can change that.", actor.Username)
		}
		return s.setRole(tx, moderator, actor, account, role)
	})
}

// EndSessions signs somebody out everywhere: browsers and apps. Errors: Forbidden, also for who ranks as high; NotFound.
func (s *Service) EndSessions(ctx context.Context, moderator *models.Actor, actorID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, moderator, models.PermitUserAccess); err != nil {
			return err
		}
		actor, account, err := s.moderated(tx, Measure{Moderator: moderator, TargetID: actorID})
		if err != nil {
			return err
		}
		if account == nil {
			return models.Errorf(models.NotFound, "The account is on another server.")
		}
		if err := tx.DeleteWebSessionsOf(account.ID); err != nil {
			return err
		}
		if err := tx.RevokeOAuthTokensOfAccount(account.ID); err != nil {
			return err
		}
		return s.audit(tx, moderator, "account.end_sessions", s.about(actor), nil, nil)
	})
}

func roleNamed(name string) (models.Role, error) {
	for _, known := range models.Roles() {
		if known.Key == name {
			return known, nil
		}
	}
	return models.Role{}, invalid("role", "there is no role %q: use owner, admin, moderator or member", name)
}

// demote takes an account's role away, unless nobody would be left to administer the instance.
func (s *Service) demote(tx *models.Tx, account *models.Account, actor *models.Actor, role string) error {
	return s.setRole(tx, nil, actor, account, role)
}

// setRole gives an account a role. Who gives it is a person: groups of a provider take it back no more.
func (s *Service) setRole(tx *models.Tx, by, actor *models.Actor, account *models.Account, role string) error {
	last, err := isLastHead(tx, account, role)
	if err != nil {
		return err
	}
	if last {
		return models.Errorf(models.Conflict, "@%s is the last one who administers this instance: make somebody else an admin first", actor.Username)
	}
	was := account.Role
	account.Role, account.RoleBy = role, ""
	if err := tx.SaveAccount(account); err != nil || was == role {
		return err
	}
	return s.audit(tx, by, "account.role", s.about(actor), was, role)
}
