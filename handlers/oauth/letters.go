package oauth

import (
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// noticePage is a page that says one thing, with at most one form.
type noticePage struct {
	Title   string
	Text    string
	Problem string
	Action  string // where the form goes; "" for none
	Token   string
	Button  string
	Fields  []inputField
	Next    string // a link to go on; "" for none
	NextIs  string
}

// inputField is a line of a form.
type inputField struct {
	Name, Label, Type, Value, Complete string
	Required                           bool
	Long                               bool // several lines
}

func (s *Server) showNotice(w http.ResponseWriter, r *http.Request, status int, shown noticePage) {
	w.Header().Set("Cache-Control", "no-store")
	s.pages.Render(w, r, status, "notice.html", shown)
}

// getConfirmation asks to confirm an address. The link alone does nothing: mail programs open links by themselves.
func (s *Server) getConfirmation(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	account, err := s.cfg.Service.ConfirmationOf(r.Context(), token)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, noticePage{
		Title: "Confirm your e-mail address", Text: "Is " + account.Email + " your address?",
		Action: "/auth/confirmation", Token: token, Button: "Confirm",
	})
}

func (s *Server) postConfirmation(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	account, err := s.cfg.Service.ConfirmByLink(r.Context(), in.get("token"))
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown := noticePage{Title: "Your address is confirmed", Text: "You can sign in now.", Next: "/auth/sign_in", NextIs: "Sign in"}
	if account.IsWaiting() {
		shown = noticePage{Title: "Your address is confirmed", Text: "Now a moderator has to let you in. Until then you cannot sign in."}
	}
	s.showNotice(w, r, http.StatusOK, shown)
}

func loginField() []inputField {
	return []inputField{{Name: "login", Label: "User name or e-mail", Type: "text", Complete: "username", Required: true}}
}

func (s *Server) forgotten() noticePage {
	if !s.cfg.Mail || s.cfg.BreakGlassOnly {
		return noticePage{Title: "Forgot your password?", Text: "An administrator of this instance can set a new one."}
	}
	return noticePage{
		Title: "Forgot your password?", Text: "We send you a letter with a link by which you can set a new one.",
		Action: "/auth/password", Button: "Send me the letter", Fields: loginField(),
	}
}

func (s *Server) getForgotten(w http.ResponseWriter, r *http.Request) {
	s.showNotice(w, r, http.StatusOK, s.forgotten())
}

// postForgotten answers the same whether there is such an account or not (security case G9).
func (s *Server) postForgotten(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil && (!s.cfg.Mail || s.cfg.BreakGlassOnly) {
		err = models.Errorf(models.Forbidden, "This instance sends no letters. Ask an administrator for a new password.")
	}
	if err == nil {
		err = s.limits.letters.take(w, s.place(r), s.cfg.Now())
	}
	if err == nil {
		err = s.cfg.Service.AskForPassword(r.Context(), in.get("login"))
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, noticePage{
		Title: "Look into your mail", Text: "If there is such an account and it has an e-mail address, a letter is on its way. Its link can be used for one hour.",
	})
}

func (s *Server) newPasswordForm(token, problem string) noticePage {
	return noticePage{
		Title: "A new password", Text: "It ends every session and every app that is connected with your account.", Problem: problem,
		Action: "/auth/password/new", Token: token, Button: "Set the password",
		Fields: []inputField{{Name: "password", Label: "New password", Type: "password", Complete: "new-password", Required: true}},
	}
}

func (s *Server) getNewPassword(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	if _, err := s.cfg.Service.PasswordLinkOf(r.Context(), token); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, s.newPasswordForm(token, ""))
}

func (s *Server) postNewPassword(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	err = s.cfg.Service.SetPasswordByLink(r.Context(), in.get("token"), in.get("password"), s.cfg.Hashing)
	switch models.ErrorCode(err) {
	case "":
		s.showNotice(w, r, http.StatusOK, noticePage{
			Title: "Your password is changed", Text: "Sign in with the new one.", Next: "/auth/sign_in", NextIs: "Sign in",
		})
	case models.Invalid:
		s.showNotice(w, r, respond.Status(err), s.newPasswordForm(in.get("token"), models.ErrorMessage(err)))
	default:
		s.cfg.Page.Error(w, r, err)
	}
}
