package activitypub

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"praxis/handlers/respond"
	"praxis/models"
)

// jrdType is the media type of WebFinger answers (RFC 7033).
const jrdType = "application/jrd+json; charset=utf-8"

type jrd struct {
	Subject string    `json:"subject,omitempty"`
	Aliases []string  `json:"aliases,omitempty"`
	Links   []jrdLink `json:"links"`
}

type jrdLink struct {
	Rel      string `json:"rel"`
	Type     string `json:"type,omitempty"`
	Href     string `json:"href,omitempty"`
	Template string `json:"template,omitempty"`
}

// getWebFinger says which actor an address stands for (RFC 7033): acct:user@host, or the URL of an actor or of its page.
// The root of the host stands for the instance actor (FEP-d556).
func (s *Server) getWebFinger(w http.ResponseWriter, r *http.Request) {
	resource := r.URL.Query().Get("resource")
	if resource == "" {
		setCaching(w, false)
		respond.JSON(w, http.StatusBadRequest, map[string]string{"error": "The parameter resource is missing."})
		return
	}
	actor, err := standing(s.resolve(s.store.Read(r.Context()), resource))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.mayLearn(r, actor); err != nil {
		s.fail(w, r, err)
		return
	}
	if !s.isOpen(r, actor) {
		// A name that not everybody may learn is told to those who say who they are.
		if _, err := known(s.store.Read(r.Context()), s.ask(r), actor, nil); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	w.Header().Set("Content-Type", jrdType)
	setCaching(w, s.isOpen(r, actor))
	respond.JSON(w, http.StatusOK, s.describe(actor))
}

// mayLearn refuses to tell of an actor, other than the server's own, to those whom the policy keeps away: they are known when
// they sign. A signature that is no good counts as none, since the same is to be had without.
func (s *Server) mayLearn(r *http.Request, actor *models.Actor) error {
	if actor.Type == models.TypeApplication {
		return nil
	}
	if err := s.shut(r); err != nil {
		return err
	}
	if r.Header.Get("Signature") == "" && r.Header.Get("Signature-Input") == "" {
		return nil
	}
	if who := s.ask(r); who.isBlocked() {
		return who.refused()
	}
	return nil
}

func (s *Server) describe(actor *models.Actor) jrd {
	doc := jrd{
		Subject: "acct:" + actor.Username + "@" + s.links.Host,
		Aliases: []string{actor.URI},
		Links: []jrdLink{
			// Byte for byte the actor's id: some servers drop actors where it differs.
			{Rel: "self", Type: "application/activity+json", Href: actor.URI},
			{Rel: "http://webfinger.net/rel/profile-page", Type: "text/html", Href: actor.URL},
		},
	}
	if actor.Type == models.TypeApplication {
		return doc
	}
	doc.Aliases = append(doc.Aliases, actor.URL)
	doc.Links = append(doc.Links, jrdLink{
		Rel: "http://ostatus.org/schema/1.0/subscribe", Template: s.links.Base + "/authorize_interaction?uri={uri}",
	})
	return doc
}

// localName is what names of local actors consist of; the instance actor's is a host, with a port in development.
var localName = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,255}$`)

// resolve gives the local actor that a resource names, gone or not. Nothing of the resource reaches a query unchecked.
func (s *Server) resolve(tx *models.Tx, resource string) (*models.Actor, error) {
	if name, ok := s.accountName(resource); ok {
		return s.byName(tx, name)
	}
	page, err := url.Parse(resource)
	if err != nil || !s.isOurURL(page) {
		return nil, errNotFound
	}
	path := strings.TrimSuffix(page.Path, "/")
	if name, ok := strings.CutPrefix(path, "/@"); ok {
		return s.byName(tx, name)
	}
	for actorType, prefix := range map[string]string{models.TypePerson: "/u/", models.TypeGroup: "/c/", models.TypeFeed: "/f/"} {
		if name, ok := strings.CutPrefix(path, prefix); ok && localName.MatchString(name) {
			return s.ourActor(tx, s.links.Actor(actorType, name))
		}
	}
	if path == "" || path == "/actor" {
		return s.ourActor(tx, s.links.Actor(models.TypeApplication, ""))
	}
	return nil, errNotFound
}

// accountName gives the user part of acct:user@host when the host is ours (security case G25).
func (s *Server) accountName(resource string) (string, bool) {
	if len(resource) < len("acct:") || !strings.EqualFold(resource[:len("acct:")], "acct:") {
		return "", false
	}
	account := strings.TrimPrefix(resource[len("acct:"):], "@")
	at := strings.LastIndexByte(account, '@')
	if at < 0 || !s.isOurHost(account[at+1:]) {
		return "", false
	}
	name := account[:at]
	if s.isOurHost(name) {
		name = s.links.Host // the instance actor, under whichever of our names
	}
	return name, true
}

func (s *Server) byName(tx *models.Tx, name string) (*models.Actor, error) {
	if !localName.MatchString(name) {
		return nil, errNotFound
	}
	actor, err := tx.ActorByHandle(name, s.links.Host)
	if err == nil && !actor.Local {
		return nil, errNotFound
	}
	return actor, err
}

func (s *Server) isOurURL(page *url.URL) bool {
	return (page.Scheme == "https" || page.Scheme == "http") && page.User == nil && s.isOurHost(page.Host)
}
