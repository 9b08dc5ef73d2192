package practice

import (
	"context"

	"praxis/models"
)

// DeleteAccount removes a member for good, at their own wish: profile and posts here and, by a Delete, everywhere, and what they
// kept for themselves. The name is never given again (security case G27); the moderation log and the audit log keep who did what.
// Errors: Conflict for the last one who administers the instance.
func (s *Service) DeleteAccount(ctx context.Context, actor *models.Actor) error {
	var files []string
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		files = nil
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		_, current, err := s.lockAccount(tx, account.ID)
		if err != nil || current.DeletedAt != 0 {
			return err
		}
		if err := s.demote(tx, account, current, models.RoleMember); err != nil {
			return err
		}
		if err := s.handOver(tx, current); err != nil {
			return err
		}
		if err := s.endAccess(tx, account.ID); err != nil {
			return err
		}
		if err := s.audit(tx, nil, "account.delete", s.about(current), nil, nil); err != nil {
			return err
		}
		exports, err := tx.ExportFiles(current.ID)
		if err != nil {
			return err
		}
		if files, err = s.deleteActor(tx, current); err != nil {
			return err
		}
		files = append(files, exports...)
		account.Email, account.PasswordHash, account.SignUpIP, account.Reason = "", "", "", ""
		account.EmailToken, account.ResetToken, account.DisabledAt = "", "", tx.Now()
		return tx.SaveAccount(account)
	})
	if err == nil {
		s.discard(ctx, files...)
	}
	return err
}
