package practice

import (
	"context"
	"net/netip"

	"praxis/models"
)

// SetBreakGlass marks an account as one whose password counts although local_sign_in lets only such in, or takes the mark away.
// Errors: Invalid for who is no admin.
func (s *Service) SetBreakGlass(ctx context.Context, actor *models.Actor, on bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		if on && !models.RoleOf(account).May(models.PermitRoles) {
			return invalid("name", "@%s is no admin: an emergency account has to be able to put the sign-in right", actor.Username)
		}
		was := account.BreakGlass
		account.BreakGlass = on
		if err := tx.SaveAccount(account); err != nil {
			return err
		}
		return s.audit(tx, nil, "account.break_glass", s.about(actor), was, on)
	})
}

// BreakGlassUsed notes that an emergency account signed in, and tells the other admins.
func (s *Service) BreakGlassUsed(ctx context.Context, account *models.Account, from netip.Addr) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		who, err := tx.Actor(account.ActorID)
		if err != nil {
			return err
		}
		if err := s.audit(tx, who, "account.break_glass_used", s.about(who), nil, from.String()); err != nil {
			return err
		}
		staff, err := tx.Staff(models.PermitRoles)
		if err != nil {
			return err
		}
		for i := range staff {
			other, err := tx.AccountByActor(staff[i].ID)
			if err != nil {
				return err
			}
			if other.ID == account.ID {
				continue
			}
			err = s.oweLetter(tx, other, "break-glass", map[string]string{
				"username": staff[i].Username, "who": who.Username, "time": s.moment(), "address": from.String(),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
