package oauth

import (
	"net/http"

	"praxis/models"
)

// Confirm asks for the password of whoever holds a token again, before what cannot be undone: a stolen token is not enough. Tries
// are limited as those of sign-in (security case G9). Who just recovered an account has shown enough; an account without a password
// signs in elsewhere, and has nothing to show. Errors: Forbidden for a wrong password, RateLimited.
func (s *Server) Confirm(header http.Header, r *http.Request, p *Principal, plain string) error {
	if p.Recovers() || p.Account.PasswordHash == "" {
		return nil
	}
	now := s.cfg.Now()
	try, err := s.limits.accounts.reserve(headerOnly{header: header}, s.accountKey("", p.Account), now)
	if err != nil {
		return err
	}
	right, err := s.verify(r.Context(), p.Account, plain)
	if err != nil {
		return err
	}
	if !right {
		return models.Errorf(models.Forbidden, "The password is wrong: send it as password")
	}
	try.CancelAt(now)
	return nil
}
