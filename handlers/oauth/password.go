package oauth

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/time/rate"

	"praxis/internal/password"
	"praxis/models"
)

func errPassword() error {
	return models.Errorf(models.Unauthorized, "The user name or the password is wrong.")
}

// checkPassword gives the account whose password that is. Its limits count failures, of the address and of the account,
// so that a whole clinic can sign in from behind one address. Unknown users get the answer of known ones, after the same
// time and from the same limit (security case G9). Errors: Unauthorized, RateLimited (with Retry-After), Forbidden for a
// disabled account.
func (s *Server) checkPassword(w http.ResponseWriter, r *http.Request, login, plain string) (*models.Account, error) {
	now := s.cfg.Now()
	account, err := s.store.Read(r.Context()).AccountByLogin(login, s.links.Host)
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	byPlace, err := s.limits.places.reserve(w, s.place(r), now)
	if err != nil {
		return nil, err
	}
	byAccount, err := s.limits.accounts.reserve(w, s.accountKey(login, account), now)
	if err != nil {
		return nil, err
	}
	right, err := s.verify(r.Context(), account, plain)
	if err != nil {
		return nil, err
	}
	// Where passwords are for emergencies only, others get the answer of a wrong one.
	if !right || (s.cfg.BreakGlassOnly && !account.BreakGlass) {
		s.log.InfoContext(r.Context(), "sign-in failed", "remote_ip", s.cfg.ClientIP(r).String(), "account_id", idOf(account))
		return nil, errPassword()
	}
	for _, try := range []*rate.Reservation{byPlace, byAccount} {
		try.CancelAt(now)
	}
	return account, s.checkUsable(r.Context(), account)
}

func (s *Server) checkUsable(ctx context.Context, account *models.Account) error {
	if refusal := Refusal(account); refusal != nil {
		return refusal
	}
	usable, _, err := s.member(ctx, account.ID)
	if err == nil && usable == nil {
		if actor, err := s.store.Read(ctx).Actor(account.ActorID); err == nil && actor.LeftAt != 0 {
			return models.Errorf(models.Forbidden, "This account has left the organization. Its recovery code gets at what is yours.")
		}
		return models.Errorf(models.Forbidden, "This account is disabled. Ask an administrator of this instance.")
	}
	return err
}

// accountKey: known accounts have several names, unknown ones only what was typed.
func (s *Server) accountKey(login string, account *models.Account) string {
	if account != nil {
		return fmt.Sprintf("id %d", account.ID)
	}
	name := strings.ToLower(strings.TrimSpace(login))
	name = strings.TrimPrefix(strings.TrimSuffix(name, "@"+s.links.Host), "@")
	return "name " + name[:min(len(name), 100)]
}

// verify compares a password. Only so many hashes are computed at once, since each takes memory.
func (s *Server) verify(ctx context.Context, account *models.Account, plain string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false, models.Errorf(models.Unavailable, "This server is busy. Try again in a moment.")
	}
	if account == nil || account.PasswordHash == "" {
		password.Waste(plain, s.cfg.Hashing)
		return false, nil
	}
	right, err := password.Verify(plain, account.PasswordHash)
	if err != nil {
		return false, fmt.Errorf("verify the password of account %d: %w", account.ID, err)
	}
	return right, nil
}

// noteSignIn records a sign-in, unless the password changed since it was compared.
func (s *Server) noteSignIn(ctx context.Context, account *models.Account) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.TouchSignIn(account)
		if err == nil && !current {
			return errPassword()
		}
		return err
	})
}

func idOf(account *models.Account) int64 {
	if account == nil {
		return 0
	}
	return account.ID
}
