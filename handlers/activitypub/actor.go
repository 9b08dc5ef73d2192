package activitypub

import (
	"net/http"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/federation/vocab"
	"praxis/models"
)

// pathActor gives the actor that a path names, gone or not. Members, communities and feeds share one name space, but each has
// an address of its own.
func (s *Server) pathActor(tx *models.Tx, r *http.Request) (*models.Actor, error) {
	vars := mux.Vars(r)
	actorType := models.TypeApplication
	switch vars["kind"] {
	case "u":
		actorType = models.TypePerson
	case "c":
		actorType = models.TypeGroup
	case "f":
		actorType = models.TypeFeed
	}
	return s.ourActor(tx, s.links.Actor(actorType, vars["name"]))
}

// ourActor gives a local actor, gone or not, and never a remote one.
func (s *Server) ourActor(tx *models.Tx, uri string) (*models.Actor, error) {
	actor, err := tx.ActorByURI(uri)
	if err == nil && !actor.Local {
		return nil, errNotFound
	}
	return actor, err
}

// standing refuses actors that are no more: deleted ones for ever, suspended ones for as long as they are.
func standing(actor *models.Actor, err error) (*models.Actor, error) {
	switch {
	case err != nil:
		return nil, err
	case actor.DeletedAt != 0:
		return nil, models.Errorf(models.Gone, "This actor was deleted.")
	case actor.SuspendedAt != 0:
		return nil, errNotFound
	}
	return actor, nil
}

// known refuses an actor of whom the asker may not learn, as if there were none (security case E11).
func known(tx *models.Tx, who asker, actor *models.Actor, err error) (*models.Actor, error) {
	if err != nil {
		return nil, err
	}
	seen, err := tx.IsKnownTo(actor, who.viewer())
	if err == nil && !seen {
		return nil, who.unseen(errNotFound)
	}
	return actor, err
}

func (s *Server) getActor(w http.ResponseWriter, r *http.Request) {
	found, err := s.pathActor(s.store.Read(r.Context()), r)
	actor, err := standing(found, err)
	switch {
	case models.ErrorCode(err) == models.Gone:
		s.document(w, r, http.StatusGone, vocab.Tombstone(found.URI, found.Type, found.DeletedAt.Time()), true)
	case err != nil:
		s.fail(w, r, err)
	case prefersHTML(r) && s.isOpen(r, actor):
		s.seeOther(w, actor.URL)
	case actor.Type == models.TypeApplication:
		// Two servers in secure mode would wait for each other's keys for ever if this one had to be asked with a
		// signature (security case B30).
		s.document(w, r, http.StatusOK, outbox.Actor(s.links, actor), true)
	default:
		s.introduce(w, r, actor)
	}
}

// introduce answers with as much of an actor as the asker may know.
func (s *Server) introduce(w http.ResponseWriter, r *http.Request, actor *models.Actor) {
	who := s.ask(r)
	if who.isBlocked() {
		s.fail(w, r, who.refused())
		return
	}
	if err := s.shut(r); err != nil {
		s.fail(w, r, err)
		return
	}
	tx := s.store.Read(r.Context())
	if _, err := known(tx, who, actor, nil); err != nil {
		s.fail(w, r, err)
		return
	}
	doc, err := outbox.Profile(tx, s.links, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if who.actor == nil && s.isSecure(r) {
		doc = minimal(doc)
	}
	s.document(w, r, http.StatusOK, doc, s.isOpen(r, actor))
}

// isOpen reports an actor of whom everybody may learn.
func (s *Server) isOpen(r *http.Request, actor *models.Actor) bool {
	open, err := s.store.Read(r.Context()).IsKnownTo(actor, models.Anonymous)
	return err == nil && open
}

// minimal leaves of an actor's document what it takes to verify its signatures.
func minimal(doc vocab.M) vocab.M {
	kept := vocab.M{}
	for _, name := range []string{"id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod"} {
		if value, ok := doc[name]; ok {
			kept[name] = value
		}
	}
	return kept
}
