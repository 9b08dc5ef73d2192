package oauth

import (
	"context"
	"net/http"
	"strconv"

	"golang.org/x/time/rate"

	"praxis/handlers/respond"
	"praxis/models"
)

// secondStep is who gave the right password and owes a second factor.
type secondStep struct {
	Next     string
	Password string // its hash: another password since then makes the step void
}

// secondPage asks for it.
type secondPage struct {
	Problem         string
	Next            string
	Codes, Passkeys bool
}

// passwordSuffices refuses what asks for a password only, of accounts that need more.
func (s *Server) passwordSuffices(ctx context.Context, account *models.Account) error {
	factors, err := s.store.Read(ctx).Factors(account.ID)
	if err == nil && (factors.Any() || account.BreakGlass) {
		err = models.Errorf(models.Forbidden, "This account needs more than a password: sign in on the page of this instance.")
	}
	return err
}

// second gives who owes a second factor from this browser.
func (s *Server) second(r *http.Request) (*models.Account, models.Factors, *secondStep, error) {
	var waiting secondStep
	pending, err := s.step(r, stepSecond, &waiting)
	if err != nil {
		return nil, models.Factors{}, nil, err
	}
	tx := s.store.Read(r.Context())
	account, err := tx.Account(pending.AccountID)
	if models.IsNotFound(err) || (err == nil && account.PasswordHash != waiting.Password) {
		return nil, models.Factors{}, nil, errStepOver()
	}
	if err != nil {
		return nil, models.Factors{}, nil, err
	}
	factors, err := tx.Factors(account.ID)
	return account, factors, &waiting, err
}

func (s *Server) getSecond(w http.ResponseWriter, r *http.Request) {
	_, factors, waiting, err := s.second(r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showSecond(w, r, http.StatusOK, factors, waiting, "")
}

func (s *Server) showSecond(w http.ResponseWriter, r *http.Request, status int, factors models.Factors, waiting *secondStep, problem string) {
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "second.html", secondPage{
		Problem: problem, Next: waiting.Next, Codes: factors.Code != nil || factors.Recovery > 0,
		Passkeys: len(factors.Passkeys) > 0 && s.passkeys != nil,
	})
}

func (s *Server) postSecond(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	account, factors, waiting, err := s.second(r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	err = s.tryCode(w, r, account, in.get("code"))
	if err == nil {
		err = s.endSecond(w, r, account)
	}
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(w, r, waiting.Next, http.StatusSeeOther)
	case models.Unauthorized, models.RateLimited:
		s.showSecond(w, r, respond.Status(err), factors, waiting, models.ErrorMessage(err))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

// endSecond uses the step up and begins the session.
func (s *Server) endSecond(w http.ResponseWriter, r *http.Request, account *models.Account) error {
	var waiting secondStep
	if _, err := s.takeStep(r, stepSecond, &waiting); err != nil {
		return err
	}
	if err := s.checkUsable(r.Context(), account); err != nil {
		return err
	}
	return s.beginLocal(w, r, account)
}

// tryCode checks a code. Its limits count failures, of the address and of the account (security case G9). Errors: Unauthorized,
// RateLimited.
func (s *Server) tryCode(w http.ResponseWriter, r *http.Request, account *models.Account, code string) error {
	now := s.cfg.Now()
	byPlace, err := s.limits.places.reserve(w, s.place(r), now)
	if err != nil {
		return err
	}
	byAccount, err := s.limits.codes.reserve(w, strconv.FormatInt(account.ID, 10), now)
	if err != nil {
		return err
	}
	if err := s.cfg.Service.UseCode(r.Context(), account.ID, code); err != nil {
		s.log.InfoContext(r.Context(), "second factor failed", "remote_ip", s.cfg.ClientIP(r).String(), "account_id", account.ID)
		return err
	}
	for _, try := range []*rate.Reservation{byPlace, byAccount} {
		try.CancelAt(now)
	}
	return nil
}
