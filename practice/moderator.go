package practice

import (
	"context"

	"praxis/models"
)

// AppointModerator lets somebody, of whatever host, moderate a community, or changes their role there. Of a community of ours its
// conveners appoint; of one elsewhere its host decides. Errors: Forbidden for who may not, and for somebody who is banned;
// Invalid for a role that is none, or for who is no person.
func (s *Service) AppointModerator(ctx context.Context, a Act) error {
	return s.act(ctx, a, s.appoint)
}

// appointIn is AppointModerator within a transaction.
func (s *Service) appointIn(tx *models.Tx, a *Act) error { return s.actIn(tx, a, s.appoint) }

func (s *Service) appoint(tx *models.Tx, a *Act) (*Moderated, error) {
	if err := s.mayAppoint(tx, a); err != nil {
		return nil, err
	}
	current, err := tx.ModeratorOf(a.Community.ID, a.Target.ID)
	if err == nil && a.Community.Local && (current.Role == a.Role || a.isForeign()) {
		return nil, nil // other hosts know of no roles, so that they change none
	}
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	if current != nil && current.Role == models.RoleOfConvener {
		if err := keepConvener(tx, a); err != nil {
			return nil, err
		}
	}
	if a.isProposal() {
		return nil, s.propose(tx, a, models.LogAppoint)
	}
	if err := tx.AddModerator(a.Community.ID, a.Target.ID, a.Role); err != nil {
		return nil, err
	}
	return &Moderated{Verb: models.LogAppoint}, s.tellTarget(tx, a, "You are a "+a.Role+" of "+nameOf(a.Community)+" now.")
}

func (s *Service) mayAppoint(tx *models.Tx, a *Act) error {
	if a.Role == "" {
		a.Role = models.RoleOfModerator
	}
	if a.Role != models.RoleOfModerator && a.Role != models.RoleOfConvener {
		return invalid("role", "Validation failed: role %.20q is none of convener, moderator", a.Role)
	}
	if a.Target == nil || a.Target.IsGone() || a.Target.Type == models.TypeGroup || a.Target.Type == models.TypeApplication {
		return invalid("account_id", "Validation failed: only people moderate a community")
	}
	if err := s.mayChoose(tx, a); err != nil {
		return err
	}
	if _, err := tx.BanOf(a.Community.ID, a.Target); err == nil {
		return models.Errorf(models.Forbidden, "@%s is banned from @%s: lift the ban first.", a.Target.Acct(), a.Community.Acct())
	} else if !models.IsNotFound(err) {
		return err
	}
	return nil
}

// isProposal: who moderates a community elsewhere is for its own host to say, and is so once the community announces it.
func (a *Act) isProposal() bool { return !a.Community.Local && !a.isForeign() }

func (s *Service) propose(tx *models.Tx, a *Act, verb string) error {
	return s.outbox.Publish(tx, Moderated{Act: *a, Verb: verb, Entry: &models.ModLogEntry{}})
}

// mayChoose: who moderates a community of ours is for its conveners to say.
func (s *Service) mayChoose(tx *models.Tx, a *Act) error {
	if !a.Community.Local || a.Moderator.ID == a.Community.ID {
		return nil
	}
	role, err := tx.ModeratorOf(a.Community.ID, a.Moderator.ID)
	if err != nil {
		return err
	}
	if role.Role != models.RoleOfConvener {
		return models.Errorf(models.Forbidden, "Only conveners of @%s say who moderates it.", a.Community.Acct())
	}
	return nil
}

// keepConvener refuses to leave a community of ours without a convener.
func keepConvener(tx *models.Tx, a *Act) error {
	if !a.Community.Local {
		return nil
	}
	roles, err := tx.ModeratorRoles(a.Community.ID)
	if err != nil {
		return err
	}
	moderators, err := tx.Moderators(a.Community.ID)
	if err != nil {
		return err
	}
	for i := range moderators {
		m := &moderators[i]
		if roles[m.ID] == models.RoleOfConvener && m.ID != a.Target.ID && !m.IsGone() {
			return nil
		}
	}
	return models.Errorf(models.Forbidden, "@%s is the last convener of @%s: appoint another one first.", a.Target.Acct(), a.Community.Acct())
}

// DismissModerator ends that somebody moderates a community; whoever does may end it themselves. Without an appointment it changes
// nothing. Errors: Forbidden for who may not, and for the last convener.
func (s *Service) DismissModerator(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		current, err := tx.ModeratorOf(a.Community.ID, a.Target.ID)
		if err != nil && (a.Community.Local || !models.IsNotFound(err)) {
			return nil, ignoreMissing(err)
		}
		if a.Moderator.ID != a.Target.ID {
			if err := s.mayChoose(tx, a); err != nil {
				return nil, err
			}
		}
		if current != nil && current.Role == models.RoleOfConvener {
			if err := keepConvener(tx, a); err != nil {
				return nil, err
			}
		}
		if a.isProposal() {
			return nil, s.propose(tx, a, models.LogDismiss)
		}
		if _, err := tx.RemoveModerator(a.Community.ID, a.Target.ID); err != nil {
			return nil, err
		}
		return &Moderated{Verb: models.LogDismiss}, s.tellTarget(tx, a, "You do not moderate "+nameOf(a.Community)+" any more.")
	})
}
