package activitypub

import (
	"net/http"

	"praxis/models"
)

// asker is who asks: the actor that signed the request, or nobody. Err is why a signature was not taken.
type asker struct {
	actor *models.Actor
	err   error
}

func (s *Server) ask(r *http.Request) asker {
	actor, err := s.cfg.Verifier.Fetcher(r.Context(), r)
	if err != nil {
		return asker{err: refusal(err)}
	}
	return asker{actor: actor}
}

// refusal keeps what the verifier says with a code, and takes the rest for a bad signature: what came from outside is
// never our fault.
func refusal(err error) error {
	switch models.ErrorCode(err) {
	case models.Forbidden, models.Unauthorized, models.Unavailable, models.RateLimited:
		return err
	}
	return &models.Error{Code: models.Unauthorized, Message: "The signature of the request could not be verified.", Err: err}
}

// viewer is the asker's id for models.VisibleTo.
func (a asker) viewer() int64 {
	if a.actor == nil {
		return models.Anonymous
	}
	return a.actor.ID
}

func (a asker) isBlocked() bool { return models.ErrorCode(a.err) == models.Forbidden }

// refused is the answer to an asker who had to sign and did not, or not well.
func (a asker) refused() error {
	if a.err != nil {
		return a.err
	}
	return models.Errorf(models.Unauthorized, "This needs a signed request.")
}

// unseen gives what an asker is told of something that is not there for them. Absent and forbidden look the same; but
// when the signature could not be read, it is that which failed: a sender whose key we could not fetch must not take a
// post for deleted.
func (a asker) unseen(err error) error {
	if models.IsNotFound(err) && a.err != nil {
		return a.err
	}
	return err
}

// admit says who asks, and answers those who may not: blocked ones, and in secure mode everybody who did not sign. With
// an open door a bad signature counts as none, since the same is to be had without.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (asker, bool) {
	who := s.ask(r)
	if who.isBlocked() || (who.actor == nil && s.isSecure(r)) {
		s.fail(w, r, who.refused())
		return who, false
	}
	return who, true
}

// isSecure reports that only signed requests are answered: by configuration, or because not everybody is admitted.
func (s *Server) isSecure(r *http.Request) bool {
	if s.cfg.SecureMode {
		return true
	}
	rules, err := s.store.Read(r.Context()).FederationRules()
	return err != nil || rules.NeedsSignatures()
}

// shut is why nobody is told anything; nil unless the policy says so.
func (s *Server) shut(r *http.Request) error {
	rules, err := s.store.Read(r.Context()).FederationRules()
	if err != nil || !rules.IsClosed() {
		return err
	}
	if rules.StoppedAt != 0 {
		return models.HostStopped.Refusal("")
	}
	return models.Errorf(models.Forbidden, "This server federates with nobody.")
}
