package oauth

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"praxis/handlers/respond"
	"praxis/models"
)

// recoveryPage is what the page for those who left the organization shows.
type recoveryPage struct {
	Login, Problem string
	Sent           bool // a letter was asked for
	Mail           bool // letters can be sent
}

// RecoveredPath is where whoever got in by a recovery goes on.
const RecoveredPath = "/settings"

// recoveryRoutes adds the way in for those who left.
func (s *Server) recoveryRoutes(view, form route) {
	view("/auth/recovery", s.getRecovered)
	form("/auth/recovery", s.postRecovered)
	form("/auth/recovery/letter", s.postRecoveredLetter)
	view("/auth/recovery/address", s.getRecoveryAddress)
	form("/auth/recovery/address", s.postRecoveryAddress)
}

func (s *Server) getRecovered(w http.ResponseWriter, r *http.Request) {
	s.showRecovery(w, r, http.StatusOK, recoveryPage{})
}

func (s *Server) showRecovery(w http.ResponseWriter, r *http.Request, status int, shown recoveryPage) {
	shown.Mail = s.cfg.Mail
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "recovery.html", shown)
}

func (s *Server) postRecovered(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	login := strings.TrimSpace(in.get("login"))
	account, err := s.recover(w, r, login, in.get("code"))
	if err == nil {
		err = s.beginRecovered(w, r, account)
	}
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(w, r, RecoveredPath, http.StatusSeeOther)
	case models.Unauthorized, models.RateLimited:
		s.showRecovery(w, r, respond.Status(err), recoveryPage{Login: login, Problem: models.ErrorMessage(err)})
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

// recover gives the account of who left, for a code. Its limits count failures, as those of passwords (security case G9).
func (s *Server) recover(w http.ResponseWriter, r *http.Request, login, code string) (*models.Account, error) {
	now := s.cfg.Now()
	byPlace, err := s.limits.places.reserve(w, s.place(r), now)
	if err != nil {
		return nil, err
	}
	byAccount, err := s.limits.accounts.reserve(w, s.accountKey(login, nil), now)
	if err != nil {
		return nil, err
	}
	account, err := s.cfg.Service.Recover(r.Context(), login, code)
	if err != nil {
		return nil, err
	}
	for _, try := range []*rate.Reservation{byPlace, byAccount} {
		try.CancelAt(now)
	}
	return account, nil
}

// beginRecovered lets a browser get at what is of who left, for RecoveryLife; it is not signed in.
func (s *Server) beginRecovered(w http.ResponseWriter, r *http.Request, account *models.Account) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	s.sessions.Put(ctx, accountKey, account.ID)
	s.sessions.Put(ctx, recoveredKey, true)
	s.sessions.Remove(ctx, identityKey)
	s.sessions.Remove(ctx, sidKey)
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("store the session: %w", err)
	}
	until := s.store.Now().Add(RecoveryLife)
	if err := s.store.Tx(ctx, func(tx *models.Tx) error { return tx.ShortenWebSession(hashSecret(token), models.At(until)) }); err != nil {
		return fmt.Errorf("shorten the session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, time.Now().Add(RecoveryLife))
	return nil
}

// Recovered gives who left the organization and whose browser got in by a recovery; nil for everybody else.
func (s *Server) Recovered(r *http.Request) *models.Actor {
	if visitOf(r) == nil || !s.sessions.GetBool(r.Context(), recoveredKey) {
		return nil
	}
	actor, err := s.alumnus(r.Context(), s.sessions.GetInt64(r.Context(), accountKey))
	if err != nil {
		s.log.ErrorContext(r.Context(), "recovered account not read", "error", err)
	}
	return actor
}

func (s *Server) alumnus(ctx context.Context, id int64) (*models.Actor, error) {
	tx := s.store.Read(ctx)
	account, err := tx.Account(id)
	if models.IsNotFound(err) || err == nil && account.DisabledAt != 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	if models.IsNotFound(err) || err == nil && (actor.IsGone() || actor.LeftAt == 0) {
		return nil, nil
	}
	return actor, err
}

func (s *Server) postRecoveredLetter(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil {
		err = s.LimitSignUp(w.Header(), r)
	}
	if err == nil {
		err = s.cfg.Service.AskForRecovery(r.Context(), in.get("login"))
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showRecovery(w, r, http.StatusOK, recoveryPage{Login: strings.TrimSpace(in.get("login")), Sent: true})
}

// getRecoveryAddress asks to confirm an address for recovery. The link alone does nothing: mail programs open links by themselves.
func (s *Server) getRecoveryAddress(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	email, err := s.cfg.Service.RecoveryAddressOf(r.Context(), token)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, noticePage{
		Title: "Confirm your own address", Text: "Is " + email + " your address, also after you leave the organization?",
		Action: "/auth/recovery/address", Token: token, Button: "Confirm",
	})
}

func (s *Server) postRecoveryAddress(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil {
		err = s.cfg.Service.ConfirmRecoveryAddress(r.Context(), in.get("token"))
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, noticePage{Title: "Your address is confirmed", Text: "After you leave the organization, codes are sent there.", Next: "/", NextIs: "Go on"})
}
