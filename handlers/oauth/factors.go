package oauth

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image/png"
	"net/http"
	"strconv"

	"github.com/pquerna/otp/totp"

	"praxis/handlers/respond"
	"praxis/models"
)

const securityPath = "/settings/security"

// factorRoutes adds the second step of signing in, and the settings of it.
func (s *Server) factorRoutes(view, form route) {
	view("/auth/second", s.getSecond)
	form("/auth/second", s.postSecond)
	view("/auth/passkey", s.getPasskey)
	form("/auth/passkey", s.postPasskey)
	view("/auth/passkey.js", s.getPasskeyScript)
	view(securityPath, s.getSecurity)
	view(securityPath+"/code", s.getNewCode)
	form(securityPath+"/code", s.postNewCode)
	view(securityPath+"/passkey", s.getNewPasskey)
	form(securityPath+"/passkey", s.postNewPasskey)
	form(securityPath+"/remove", s.postRemoveFactor)
	form(securityPath+"/recovery", s.postRecovery)
}

// securityPage shows what an account signs in with beside its password.
type securityPage struct {
	Problem  string
	Factors  models.Factors
	Password bool     // the account has one
	Passkeys bool     // this instance can have passkeys
	Fresh    []string // recovery codes, shown once
	Done     string
}

func (s *Server) getSecurity(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, securityPath)
	if account == nil {
		return
	}
	s.showSecurity(w, r, http.StatusOK, account, securityPage{})
}

func (s *Server) showSecurity(w http.ResponseWriter, r *http.Request, status int, account *models.Account, shown securityPage) {
	var err error
	if shown.Factors, err = s.store.Read(r.Context()).Factors(account.ID); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown.Password, shown.Passkeys = account.PasswordHash != "", s.passkeys != nil
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "security.html", shown)
}

// newCodePage shows the secret for an app, as text and as a picture.
type newCodePage struct {
	Problem string
	Secret  string
	Address string
	Picture template.URL
}

func (s *Server) getNewCode(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, securityPath+"/code")
	if account == nil {
		return
	}
	s.showNewCode(w, r, http.StatusOK, "", "")
}

// showNewCode shows a secret, a fresh one unless secret is given. The secret waits in the form: only who is signed in and knows the
// password makes it count.
func (s *Server) showNewCode(w http.ResponseWriter, r *http.Request, status int, secret, problem string) {
	_, actor := s.signedIn(r)
	options := totp.GenerateOpts{Issuer: s.links.Host, AccountName: actor.Username, SecretSize: 20}
	if raw, err := decodeSecret(secret); err == nil {
		options.Secret = raw
	}
	key, err := totp.Generate(options)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	picture, err := key.Image(240, 240)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	var raw bytes.Buffer
	if err := png.Encode(&raw, picture); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "new_code.html", newCodePage{
		Problem: problem, Secret: key.Secret(), Address: key.URL(),
		Picture: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(raw.Bytes())), //nolint:gosec // made here
	})
}

// decodeSecret takes only secrets of the length that are made here.
func decodeSecret(secret string) ([]byte, error) {
	raw, err := base32NoPadding.DecodeString(secret)
	if err != nil || len(raw) != 20 {
		return nil, models.Errorf(models.Invalid, "The form is not whole. Begin again.")
	}
	return raw, nil
}

func (s *Server) postNewCode(w http.ResponseWriter, r *http.Request) {
	account, in, ok := s.changing(w, r)
	if !ok {
		return
	}
	if _, err := decodeSecret(in.get("secret")); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	err := s.again(w, r, account, in)
	var fresh []string
	if err == nil {
		fresh, err = s.cfg.Service.AddCode(r.Context(), account.ID, in.get("secret"), in.get("code"))
	}
	switch models.ErrorCode(err) {
	case "":
		s.changed(w, r, account, securityPage{Fresh: fresh, Done: "Codes by time are set up."})
	case models.Invalid, models.Unauthorized, models.RateLimited:
		s.showNewCode(w, r, respond.Status(err), in.get("secret"), models.ErrorMessage(err))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

// changing gives who wants to change how they sign in, which is for accounts with a password.
func (s *Server) changing(w http.ResponseWriter, r *http.Request) (*models.Account, form, bool) {
	account := s.must(w, r, securityPath)
	if account == nil {
		return nil, nil, false
	}
	in, err := readForm(w, r)
	if err == nil && account.PasswordHash == "" {
		err = models.Errorf(models.Forbidden, "You sign in by your organization: second factors are set up there.")
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return nil, nil, false
	}
	return account, in, true
}

// again asks for the password once more: a session that somebody left open must not become theirs.
func (s *Server) again(w http.ResponseWriter, r *http.Request, account *models.Account, in form) error {
	_, actor := s.signedIn(r)
	known, err := s.checkPassword(w, r, actor.Username, in.get("password"))
	if err == nil && known.ID != account.ID {
		err = errPassword()
	}
	if models.ErrorCode(err) == models.Unauthorized {
		err = models.Errorf(models.Unauthorized, "The password is wrong.")
	}
	return err
}

// changed goes on in a new session: the change ended the one before, with all others.
func (s *Server) changed(w http.ResponseWriter, r *http.Request, account *models.Account, shown securityPage) {
	by := s.openedBy(r)
	if err := s.begin(w, r, account, by); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showSecurity(w, r, http.StatusOK, account, shown)
}

func (s *Server) postRemoveFactor(w http.ResponseWriter, r *http.Request) {
	account, in, ok := s.changing(w, r)
	if !ok {
		return
	}
	err := s.again(w, r, account, in)
	if err == nil {
		err = s.removeFactor(r, account, in.get("factor"))
	}
	s.answerChange(w, r, account, nil, "It is removed.", err)
}

func (s *Server) removeFactor(r *http.Request, account *models.Account, which string) error {
	if which == "code" {
		return s.cfg.Service.RemoveCode(r.Context(), account.ID)
	}
	id, err := strconv.ParseInt(which, 10, 64)
	if err != nil {
		return models.Errorf(models.Invalid, "The form names no factor.")
	}
	return s.cfg.Service.RemovePasskey(r.Context(), account.ID, id)
}

func (s *Server) postRecovery(w http.ResponseWriter, r *http.Request) {
	account, in, ok := s.changing(w, r)
	if !ok {
		return
	}
	err := s.again(w, r, account, in)
	var fresh []string
	if err == nil {
		fresh, err = s.cfg.Service.NewRecoveryCodes(r.Context(), account.ID)
	}
	s.answerChange(w, r, account, fresh, "The recovery codes before count no more.", err)
}

func (s *Server) answerChange(w http.ResponseWriter, r *http.Request, account *models.Account, fresh []string, done string, err error) {
	switch models.ErrorCode(err) {
	case "":
		s.changed(w, r, account, securityPage{Fresh: fresh, Done: done})
	case models.Unauthorized, models.RateLimited, models.Invalid:
		s.showSecurity(w, r, respond.Status(err), account, securityPage{Problem: models.ErrorMessage(err)})
	default:
		s.cfg.Page.Error(w, r, err)
	}
}
