package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"praxis/internal/seal"
	"praxis/models"
)

// The kinds of steps that wait for their browser to come back.
const (
	stepProvider = "provider" // to a provider and back
	stepNewcomer = "newcomer" // for the choice of a user name
	stepSecond   = "second"   // for the second factor
	stepPasskey  = "passkey"  // for the answer of an authenticator
)

// stepLife is how long somebody may take over a step.
const stepLife = 15 * time.Minute

// stepCookie names the cookie of a kind of steps. Its value is the secret by which the step is found.
func (s *Server) stepCookie(kind string) string {
	name := "praxis_step_" + kind
	if s.cfg.SecureCookies {
		name = "__Host-" + name
	}
	return name
}

func (s *Server) setStepCookie(w http.ResponseWriter, kind, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.stepCookie(kind), Value: value, Path: "/", MaxAge: int(stepLife / time.Second),
		Secure: s.cfg.SecureCookies, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// stepSecret gives the secret that this browser has for a kind of steps; "" for none.
func (s *Server) stepSecret(r *http.Request, kind string) string {
	cookie, err := r.Cookie(s.stepCookie(kind))
	if err != nil || len(cookie.Value) != len(seal.Random()) {
		return ""
	}
	return cookie.Value
}

func stepName(kind, secret string) string { return hashSecret(kind + " " + secret) }

// putStep lets a step wait for this browser.
func (s *Server) putStep(w http.ResponseWriter, r *http.Request, kind string, accountID int64, data any) error {
	secret := seal.Random()
	if err := s.putNamedStep(r.Context(), stepName(kind, secret), kind, accountID, data); err != nil {
		return err
	}
	s.setStepCookie(w, kind, secret)
	return nil
}

func (s *Server) putNamedStep(ctx context.Context, name, kind string, accountID int64, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		_, err := tx.PutPending(&models.Pending{Name: name, Kind: kind, AccountID: accountID, Data: string(raw), ExpiresAt: tx.Now().Add(stepLife)})
		return err
	})
}

func errStepOver() error {
	return models.Errorf(models.Invalid, "This took too long, was done already, or was begun in another browser. Begin again at the page for signing in.")
}

// step reads what waits for this browser, and leaves it there. Errors: Invalid when nothing does.
func (s *Server) step(r *http.Request, kind string, data any) (*models.Pending, error) {
	waiting, err := s.store.Read(r.Context()).Pending(kind, stepName(kind, s.stepSecret(r, kind)))
	return readStep(waiting, err, data)
}

// takeStep is step, once.
func (s *Server) takeStep(r *http.Request, kind string, data any) (*models.Pending, error) {
	return s.takeNamedStep(r.Context(), stepName(kind, s.stepSecret(r, kind)), kind, data)
}

func (s *Server) takeNamedStep(ctx context.Context, name, kind string, data any) (*models.Pending, error) {
	var waiting *models.Pending
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		waiting, err = tx.TakePending(kind, name)
		return err
	})
	return readStep(waiting, err, data)
}

func readStep(waiting *models.Pending, err error, data any) (*models.Pending, error) {
	if models.IsNotFound(err) {
		return nil, errStepOver()
	}
	if err != nil {
		return nil, err
	}
	return waiting, json.Unmarshal([]byte(waiting.Data), data)
}
