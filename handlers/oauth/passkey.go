package oauth

import (
	"context"
	_ "embed"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"praxis/handlers/page"
	"praxis/handlers/respond"
	"praxis/models"
	"praxis/practice"
)

var base32NoPadding = base32.StdEncoding.WithPadding(base32.NoPadding)

// passkeyScript asks the browser's authenticator, which no page can do without a script.
//
//go:embed passkey.js
var passkeyScript []byte

// newPasskeys knows the rules of passkeys for our host; nil for a host that can have none, such as an address.
func newPasskeys(links practice.Links, name string) *webauthn.WebAuthn {
	host, _, err := net.SplitHostPort(links.Host)
	if err != nil {
		host = links.Host
	}
	if net.ParseIP(host) != nil {
		return nil
	}
	if name == "" {
		name = links.Host
	}
	rules, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{links.Base},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil
	}
	return rules
}

func errNoPasskeys() error {
	return models.Errorf(models.NotFound, "This instance has no passkeys.")
}

// holder is an account as the library sees it.
type holder struct {
	account *models.Account
	actor   *models.Actor
	keys    []webauthn.Credential
}

// WebAuthnID gives the handle of the account.
func (h *holder) WebAuthnID() []byte { return binary.BigEndian.AppendUint64(nil, uint64(h.account.ID)) } //nolint:gosec // an id

// WebAuthnName gives the user name.
func (h *holder) WebAuthnName() string { return h.actor.Username }

// WebAuthnDisplayName gives the name for people.
func (h *holder) WebAuthnDisplayName() string { return firstOf(h.actor.DisplayName, h.actor.Username) }

// WebAuthnCredentials gives the passkeys.
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func (s *Server) holder(ctx context.Context, accountID int64) (*holder, error) {
	tx := s.store.Read(ctx)
	account, err := tx.Account(accountID)
	if err != nil {
		return nil, err
	}
	h := &holder{account: account}
	if h.actor, err = tx.Actor(account.ActorID); err != nil {
		return nil, err
	}
	factors, err := tx.Factors(accountID)
	for _, key := range factors.Passkeys {
		var credential webauthn.Credential
		if err := json.Unmarshal([]byte(key.Credential), &credential); err != nil {
			return nil, err
		}
		h.keys = append(h.keys, credential)
	}
	return h, err
}

// passkeyStep is what an authenticator was asked.
type passkeyStep struct {
	Session webauthn.SessionData
	Next    string
}

// passkeyPage asks the authenticator by the script, which fills in the form.
type passkeyPage struct {
	Title, Text, Problem, Action, Button, Next string
	Create                                     bool
	Options                                    string // JSON for the script
}

func (s *Server) showPasskey(w http.ResponseWriter, r *http.Request, status int, shown passkeyPage, options any) {
	raw, err := json.Marshal(options)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown.Options = string(raw)
	w.Header().Set("Cache-Control", "no-store")
	s.pages.RenderWith(w, r, status, "passkey.html", shown, page.Policy{Scripts: true})
}

func (s *Server) getPasskeyScript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(passkeyScript)
}

// getPasskey asks for a passkey instead of name and password.
func (s *Server) getPasskey(w http.ResponseWriter, r *http.Request) {
	s.askPasskey(w, r, http.StatusOK, localPath(r.URL.Query().Get("next")), "")
}

func (s *Server) askPasskey(w http.ResponseWriter, r *http.Request, status int, next, problem string) {
	err := errNoPasskeys()
	if s.passkeys != nil {
		err = s.limits.steps.take(w, s.place(r), s.cfg.Now())
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	options, session, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err == nil {
		err = s.putStep(w, r, stepPasskey, 0, passkeyStep{Session: *session, Next: next})
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showPasskey(w, r, status, passkeyPage{
		Title: "Sign in with a passkey", Text: "Your device or your password manager shows which ones you have here.",
		Problem: problem, Action: "/auth/passkey", Button: "Use a passkey", Next: next,
	}, options)
}

// postPasskey signs in who shows a passkey. It asks for its owner, so that nothing else is asked for.
func (s *Server) postPasskey(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil && s.passkeys == nil {
		err = errNoPasskeys()
	}
	if err == nil {
		err = s.limits.steps.take(w, s.place(r), s.cfg.Now())
	}
	var waiting passkeyStep
	if err == nil {
		_, err = s.takeStep(r, stepPasskey, &waiting)
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	account, err := s.checkPasskey(r, waiting, in.get("credential"))
	if err == nil {
		err = s.checkUsable(r.Context(), account)
	}
	if err == nil {
		err = s.beginLocal(w, r, account)
	}
	switch models.ErrorCode(err) {
	case "":
		http.Redirect(w, r, waiting.Next, http.StatusSeeOther)
	case models.Unauthorized, models.Forbidden:
		s.askPasskey(w, r, respond.Status(err), waiting.Next, models.ErrorMessage(err))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

func errPasskey() error {
	return models.Errorf(models.Unauthorized, "This passkey is not known here, or did not ask for you. Try another one, or sign in with your password.")
}

// checkPasskey gives the account of the passkey that an authenticator showed. Errors: Unauthorized.
func (s *Server) checkPasskey(r *http.Request, waiting passkeyStep, credential string) (*models.Account, error) {
	shown, err := protocol.ParseCredentialRequestResponseBytes([]byte(credential))
	if err != nil {
		return nil, errPasskey()
	}
	ctx := r.Context()
	key, err := s.store.Read(ctx).PasskeyByKey(keyID(shown.RawID))
	if models.IsNotFound(err) {
		return nil, errPasskey()
	}
	if err != nil {
		return nil, err
	}
	owner, err := s.holder(ctx, key.AccountID)
	if err != nil {
		return nil, err
	}
	find := func([]byte, []byte) (webauthn.User, error) { return owner, nil }
	_, used, err := s.passkeys.ValidatePasskeyLogin(find, waiting.Session, shown)
	if err != nil || used.Authenticator.CloneWarning || (s.cfg.BreakGlassOnly && !owner.account.BreakGlass) {
		s.log.InfoContext(ctx, "passkey refused", "remote_ip", s.cfg.ClientIP(r).String(), "account_id", key.AccountID, "error", err)
		return nil, errPasskey()
	}
	raw, err := json.Marshal(used)
	if err != nil {
		return nil, err
	}
	return owner.account, s.store.Tx(ctx, func(tx *models.Tx) error { return tx.TouchPasskey(key.ID, string(raw)) })
}

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// getNewPasskey lets who is signed in add one.
func (s *Server) getNewPasskey(w http.ResponseWriter, r *http.Request) {
	account := s.must(w, r, securityPath+"/passkey")
	if account == nil {
		return
	}
	s.askNewPasskey(w, r, http.StatusOK, account, "")
}

func (s *Server) askNewPasskey(w http.ResponseWriter, r *http.Request, status int, account *models.Account, problem string) {
	if s.passkeys == nil {
		s.cfg.Page.Error(w, r, errNoPasskeys())
		return
	}
	owner, err := s.holder(r.Context(), account.ID)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	exclude := make([]protocol.CredentialDescriptor, 0, len(owner.keys))
	for _, key := range owner.keys {
		exclude = append(exclude, key.Descriptor())
	}
	options, session, err := s.passkeys.BeginRegistration(owner, webauthn.WithExclusions(exclude))
	if err == nil {
		err = s.putStep(w, r, stepPasskey, account.ID, passkeyStep{Session: *session})
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showPasskey(w, r, status, passkeyPage{
		Title: "Add a passkey", Text: "It signs you in without a password. Adding it signs you out everywhere else.",
		Problem: problem, Action: securityPath + "/passkey", Button: "Add a passkey", Create: true,
	}, options)
}

func (s *Server) postNewPasskey(w http.ResponseWriter, r *http.Request) {
	account, in, ok := s.changing(w, r)
	if !ok {
		return
	}
	if s.passkeys == nil {
		s.cfg.Page.Error(w, r, errNoPasskeys())
		return
	}
	var waiting passkeyStep
	pending, err := s.takeStep(r, stepPasskey, &waiting)
	if err == nil && pending.AccountID != account.ID {
		err = errStepOver()
	}
	if err == nil {
		err = s.again(w, r, account, in)
	}
	var fresh []string
	if err == nil {
		fresh, err = s.addPasskey(r.Context(), account, waiting, in)
	}
	switch models.ErrorCode(err) {
	case "":
		s.changed(w, r, account, securityPage{Fresh: fresh, Done: "The passkey is added."})
	case models.Unauthorized, models.RateLimited, models.Conflict:
		s.askNewPasskey(w, r, respond.Status(err), account, models.ErrorMessage(err))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}

func (s *Server) addPasskey(ctx context.Context, account *models.Account, waiting passkeyStep, in form) ([]string, error) {
	shown, err := protocol.ParseCredentialCreationResponseBytes([]byte(in.get("credential")))
	if err != nil {
		return nil, models.Errorf(models.Unauthorized, "Your device made no passkey. Try again.")
	}
	owner, err := s.holder(ctx, account.ID)
	if err != nil {
		return nil, err
	}
	credential, err := s.passkeys.CreateCredential(owner, waiting.Session, shown)
	if err != nil {
		s.log.InfoContext(ctx, "new passkey refused", "account_id", account.ID, "error", err)
		return nil, models.Errorf(models.Unauthorized, "Your device made a passkey that does not fit this instance. Try again, or with another device.")
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return nil, err
	}
	return s.cfg.Service.AddPasskey(ctx, &models.Passkey{
		AccountID: account.ID, KeyID: keyID(credential.ID), Name: in.get("name"), Credential: string(raw),
	})
}
