package oauth

import (
	"fmt"
	"net/http"
	"time"

	"praxis/handlers/respond"
	"praxis/models"
)

// The pages by which whoever left the organization gets at what is theirs, in a browser. An app does the same with a token
// (IssueRecovery).
const recoveryPath = "/auth/recovery"

func (s *Server) recoveryRoutes(view, form route) {
	view(recoveryPath, s.getRecovery)
	form(recoveryPath, s.postRecoveryLetter)
	view(recoveryPath+"/code", s.getRecoveryCode)
	form(recoveryPath+"/code", s.postRecoveryCode)
}

func (s *Server) getRecovery(w http.ResponseWriter, r *http.Request) {
	s.showNotice(w, r, http.StatusOK, noticePage{
		Title: "Take along what is yours", Action: recoveryPath, Button: "Send me a code", Fields: loginField(), Next: recoveryPath + "/code", NextIs: "I have a code",
		Text: "For those who have left the organization. A code goes to the address of your own that you gave before you left.",
	})
}

// postRecoveryLetter answers the same whether there is such an account or not (security case G9).
func (s *Server) postRecoveryLetter(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil {
		err = s.limits.letters.take(w, s.place(r), s.cfg.Now())
	}
	if err == nil {
		err = s.cfg.Service.AskForRecovery(r.Context(), in.get("login"))
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown := recoveryCodeForm(in.get("login"), "")
	shown.Text = "If there is such an account and it has an address of its own, a letter with a code is on its way. It can be used for one hour."
	s.showNotice(w, r, http.StatusOK, shown)
}

func recoveryCodeForm(login, problem string) noticePage {
	fields := append(loginField(), inputField{Name: "code", Label: "Code", Type: "text", Complete: "one-time-code", Required: true})
	fields[0].Value = login
	return noticePage{
		Title: "Take along what is yours", Text: "Give your recovery code, or the one of the letter.", Problem: problem,
		Action: recoveryPath + "/code", Button: "Go on", Fields: fields,
	}
}

func (s *Server) getRecoveryCode(w http.ResponseWriter, r *http.Request) {
	s.showNotice(w, r, http.StatusOK, recoveryCodeForm("", ""))
}

func (s *Server) postRecoveryCode(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil {
		err = s.limits.signUps.take(w, s.place(r), s.cfg.Now())
	}
	var account *models.Account
	if err == nil {
		account, err = s.cfg.Service.Recover(r.Context(), in.get("login"), in.get("code"))
	}
	if err == nil {
		err = s.beginRecovery(w, r, account)
	}
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(w, r, "/settings", http.StatusSeeOther)
	case models.Unauthorized, models.RateLimited:
		s.showNotice(w, r, respond.Status(err), recoveryCodeForm(in.get("login"), models.ErrorMessage(err)))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

// beginRecovery opens a session that is for taking along what is theirs, and for nothing else: everywhere else nobody is signed in.
func (s *Server) beginRecovery(w http.ResponseWriter, r *http.Request, account *models.Account) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew the session: %w", err)
	}
	s.sessions.Put(ctx, accountKey, account.ID)
	s.sessions.Put(ctx, recoveryKey, int64(models.At(s.store.Now())))
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		return fmt.Errorf("store the session: %w", err)
	}
	s.sessions.WriteSessionCookie(ctx, w, token, time.Now().Add(RecoveryLife))
	return nil
}

// Recovered gives who left the organization and got in by a code lately; nil for everybody else, also for who is signed in.
func (s *Server) Recovered(r *http.Request) *models.Actor {
	if visitOf(r) == nil {
		return nil
	}
	since := models.Timestamp(s.sessions.GetInt64(r.Context(), recoveryKey))
	if since == 0 || s.store.Now().Sub(since.Time()) > RecoveryLife {
		return nil
	}
	tx := s.store.Read(r.Context())
	account, err := tx.Account(s.sessions.GetInt64(r.Context(), accountKey))
	if err != nil || account.DisabledAt != 0 {
		return nil
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil || actor.IsGone() || actor.LeftAt == 0 {
		return nil
	}
	return actor
}
