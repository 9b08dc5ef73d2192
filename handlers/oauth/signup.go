package oauth

import (
	"errors"
	"net/http"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// takesSignUps reports whether people may sign up.
func (s *Server) takesSignUps() bool {
	return s.cfg.Registrations == "open" || s.cfg.Registrations == "approval"
}

// signUpForm is the page for signing up; values are what was typed before.
func (s *Server) signUpForm(action string, approval bool, typed form, problem string) noticePage {
	fields := []inputField{
		{Name: "username", Label: "User name (a-z, 0-9 and _)", Type: "text", Complete: "username", Required: true, Value: typed.get("username")},
		{Name: "email", Label: "E-mail address", Type: "email", Complete: "email", Required: true, Value: typed.get("email")},
		{Name: "password", Label: "Password (at least 8 characters)", Type: "password", Complete: "new-password", Required: true},
	}
	text := "You can sign in once you have confirmed your e-mail address."
	if approval {
		text = "A moderator decides whether you can join."
		fields = append(fields, inputField{Name: "reason", Label: "Why do you want to join?", Long: true, Required: true, Value: typed.get("reason")})
	}
	fields = append(fields, inputField{Name: "agreement", Label: "I agree with the rules of this instance", Type: "checkbox", Value: "true", Required: true})
	return noticePage{Title: "Sign up", Text: text, Problem: problem, Action: action, Button: "Sign up", Fields: fields}
}

func errClosed() error {
	return models.Errorf(models.Forbidden, "Nobody can sign up here: accounts are made by the administration.")
}

func (s *Server) getSignUp(w http.ResponseWriter, r *http.Request) {
	if !s.takesSignUps() {
		s.cfg.Page.Error(w, r, errClosed())
		return
	}
	s.showNotice(w, r, http.StatusOK, s.signUpForm(signUpPath, s.byApproval(), nil, ""))
}

const signUpPath = "/auth/sign_up"

func (s *Server) byApproval() bool { return s.cfg.Registrations == "approval" }

func (s *Server) postSignUp(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	if err == nil && !s.takesSignUps() {
		err = errClosed()
	}
	if err == nil {
		err = s.limits.signUps.take(w, s.place(r), s.cfg.Now())
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.signUp(w, r, in, signUpPath, "", s.byApproval())
}

// signUp carries out a sign-up, by the link of entry unless that is "".
func (s *Server) signUp(w http.ResponseWriter, r *http.Request, in form, action, entry string, approval bool) {
	account, err := s.cfg.Service.SignUp(r.Context(), practice.SignUp{
		Username: in.get("username"), Email: in.get("email"), Password: in.get("password"), Agreement: in.isTrue("agreement"),
		Reason: in.get("reason"), IP: s.ClientAddress(r), Approval: approval, Mail: s.cfg.Mail, Hashing: s.cfg.Hashing, Entry: entry,
	})
	if wrong := practice.Refusals(nil); errors.As(err, &wrong) {
		problem := strings.TrimPrefix(wrong.Error(), "Validation failed: ") + "."
		s.showNotice(w, r, http.StatusUnprocessableEntity, s.signUpForm(action, approval, in, problem))
		return
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	shown := noticePage{Title: "Almost there", Text: "A moderator has to let you in. Until then you cannot sign in."}
	switch {
	case account.ConfirmedAt == 0:
		shown.Text = "We sent you a letter: confirm your e-mail address by its link."
	case !account.IsWaiting():
		shown = noticePage{Title: "Welcome", Text: "Your account is ready.", Next: "/auth/sign_in", NextIs: "Sign in"}
	}
	s.showNotice(w, r, http.StatusOK, shown)
}
