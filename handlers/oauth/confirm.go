package oauth

import (
	"context"
	"net/http"
	"time"

	"praxis/models"
)

// Confirm asks for the password of whoever holds a token again, before what cannot be undone: a stolen token is not enough. Tries
// are limited as those of sign-in (security case G9). Who just recovered an account has shown enough. Who signs in by a provider has
// no password, and shows a sign-in there that is younger than freshFor. Errors: Forbidden, RateLimited.
func (s *Server) Confirm(header http.Header, r *http.Request, p *Principal, plain string) error {
	if p.Recovers() {
		return nil
	}
	if p.Account.PasswordHash == "" {
		return s.confirmBySignOn(r.Context(), p.Account)
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

// freshFor is how young a sign-in at a provider has to be for what cannot be undone.
const freshFor = 10 * time.Minute

// confirmBySignOn wants a fresh sign-in at the account's provider. An account that has none and no password signs in nowhere, and has
// nothing to show.
func (s *Server) confirmBySignOn(ctx context.Context, account *models.Account) error {
	tx := s.store.Read(ctx)
	identities, err := tx.IdentitiesOf(account.ID)
	if err != nil || len(identities) == 0 {
		return err
	}
	fresh, err := tx.HasSignOnUntil(account.ID, models.At(s.store.Now().Add(sessionLife-freshFor)))
	if err != nil || fresh {
		return err
	}
	return models.Errorf(models.Forbidden, "Sign in again at %s/auth/oidc/%s, and repeat this within ten minutes", s.links.Base, identities[0].Provider)
}
