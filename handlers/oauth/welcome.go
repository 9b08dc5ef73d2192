package oauth

import (
	"errors"
	"net/http"
	"strings"

	"praxis/practice"
)

// newcomerStep is who waits to choose a user name.
type newcomerStep struct {
	Person practice.Person
	Next   string
}

func (s *Server) welcomeForm(who practice.Person, username, problem string) noticePage {
	name := who.Login
	if provider := s.cfg.Service.Provider(who.Provider); provider != nil {
		name = provider.Name
	}
	return noticePage{
		Title: "Welcome", Problem: problem, Action: "/auth/welcome", Button: "Begin",
		Text: name + " let you in. Choose the name by which people here and on other servers will know you: it cannot be changed later.",
		Fields: []inputField{
			{Name: "username", Label: "User name (a-z, 0-9 and _)", Type: "text", Complete: "username", Required: true, Value: username},
			{Name: "agreement", Label: "I agree with the rules of this instance", Type: "checkbox", Value: "true", Required: true},
		},
		Next: "/about", NextIs: "The rules of this instance",
	}
}

func (s *Server) getWelcome(w http.ResponseWriter, r *http.Request) {
	var waiting newcomerStep
	if _, err := s.step(r, stepNewcomer, &waiting); err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	suggested, err := s.cfg.Service.SuggestName(r.Context(), waiting.Person)
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	s.showNotice(w, r, http.StatusOK, s.welcomeForm(waiting.Person, suggested, ""))
}

// postWelcome makes the account of a newcomer. The step is used up only when it did: a name that is taken may be typed anew.
func (s *Server) postWelcome(w http.ResponseWriter, r *http.Request) {
	in, err := readForm(w, r)
	var waiting newcomerStep
	if err == nil {
		_, err = s.step(r, stepNewcomer, &waiting)
	}
	if err != nil {
		s.cfg.Page.Error(w, r, err)
		return
	}
	account, identity, err := s.cfg.Service.CreateByIdentity(r.Context(), waiting.Person, practice.Newcomer{
		Username: in.get("username"), Agreement: in.isTrue("agreement"), IP: s.ClientAddress(r),
	})
	if wrong := practice.Refusals(nil); errors.As(err, &wrong) {
		problem := strings.TrimPrefix(wrong.Error(), "Validation failed: ") + "."
		s.showNotice(w, r, http.StatusUnprocessableEntity, s.welcomeForm(waiting.Person, in.get("username"), problem))
		return
	}
	if err == nil {
		_, err = s.takeStep(r, stepNewcomer, &waiting)
	}
	s.finish(w, r, account, identity, waiting.Person.SID, waiting.Next, err)
}
