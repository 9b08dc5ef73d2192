package activitypub

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"praxis/federation/vocab"
	"praxis/handlers/respond"
	"praxis/internal/gate"
	"praxis/models"
)

// maxActivity is how many bytes an activity may have (security cases C1, C2).
const maxActivity = vocab.MaxBytes

// refused is an answer to an inbox request that never reached the Receiver.
type refused struct {
	status int
	text   string
}

func (e *refused) Error() string { return e.text }

// postInbox takes an activity: it looks at what can be seen without reading it, reads it within bounds, and hands it on.
func (s *Server) postInbox(w http.ResponseWriter, r *http.Request) {
	if err := acceptable(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	leave, err := s.gate.Enter(gate.Address(s.cfg.ClientIP(r)))
	if err != nil {
		s.refuse(w, r, crowded(err))
		return
	}
	defer leave()
	owner, err := s.inboxOwner(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	body, err := readActivity(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	status, err := s.cfg.Receive.Receive(r.Context(), r, body, owner)
	s.acknowledge(w, r, status, err)
}

// addressShare is which part of all that is received may come from one address.
const addressShare = 4

// crowded is the answer to what cannot be received now (security case F15): a sender that has its share is told so.
func crowded(err error) error {
	if errors.Is(err, gate.ErrShare) {
		return &refused{http.StatusTooManyRequests, "Too many activities come from this address at once."}
	}
	return &refused{http.StatusServiceUnavailable, "Too many activities come at once."}
}

// acceptable looks at the head of a request alone.
func acceptable(r *http.Request) error {
	switch {
	case r.Method != http.MethodPost:
		return &refused{http.StatusMethodNotAllowed, "An inbox takes POST only."}
	case !isActivity(r.Header.Values("Content-Type")):
		return &refused{http.StatusUnsupportedMediaType, "An inbox takes application/activity+json only."}
	case !isPlain(r.Header.Values("Content-Encoding")):
		return &refused{http.StatusUnsupportedMediaType, "An inbox takes no compressed bodies."}
	case r.ContentLength > maxActivity:
		return &refused{http.StatusRequestEntityTooLarge, "The activity is too large."}
	}
	return nil
}

// isActivity: two types would be read differently by different readers.
func isActivity(types []string) bool { return len(types) == 1 && vocab.IsMediaType(types[0]) }

// isPlain: a compressed body would get around the limit (security case C5).
func isPlain(encodings []string) bool {
	for _, encoding := range encodings {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return false
		}
	}
	return true
}

// inboxOwner gives the actor whose inbox it is; nil for the shared one. A suspended owner still takes activities: the
// suspension may end. A deleted one never will.
func (s *Server) inboxOwner(r *http.Request) (*models.Actor, error) {
	if mux.Vars(r)["kind"] == "" && !strings.HasPrefix(r.URL.Path, "/actor") {
		return nil, nil
	}
	owner, err := s.pathActor(s.store.Read(r.Context()), r)
	if err == nil && owner.DeletedAt != 0 {
		return nil, models.Errorf(models.Gone, "This actor was deleted.")
	}
	return owner, err
}

func readActivity(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxActivity))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refused{http.StatusRequestEntityTooLarge, "The activity is too large."}
	case err != nil, len(body) == 0, r.ContentLength >= 0 && int64(len(body)) != r.ContentLength:
		return nil, &refused{http.StatusBadRequest, "The activity is incomplete."}
	}
	return body, nil
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *refused
	if !errors.As(err, &e) {
		s.fail(w, r, err)
		return
	}
	switch e.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", http.MethodPost)
	case http.StatusUnsupportedMediaType:
		w.Header().Set("Accept", vocab.MediaType)
	case http.StatusRequestEntityTooLarge:
		w.Header().Set("Connection", "close") // the rest is not read
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		w.Header().Set("Retry-After", retryLater)
		w.Header().Set("Connection", "close")
	}
	s.log.InfoContext(r.Context(), "inbox request refused", "path", r.URL.Path, "status", e.status, "reason", e.text)
	setCaching(w, false)
	respond.JSON(w, e.status, map[string]string{"error": e.text})
}

// retryLater is how many seconds a sender is asked to wait when the Receiver could not take an activity.
const retryLater = "30"

// acknowledge tells the sender what became of an activity. A failure of ours is temporary for the sender: 500 is not
// said, since some servers stop their whole queue at it, and others never try again.
func (s *Server) acknowledge(w http.ResponseWriter, r *http.Request, status int, err error) {
	if err != nil && (status < http.StatusBadRequest || status == http.StatusInternalServerError) {
		s.log.ErrorContext(r.Context(), "activity could not be taken", "path", r.URL.Path, "status", status, "error", err)
		status = http.StatusServiceUnavailable
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", retryLater)
	}
	setCaching(w, false)
	if err == nil {
		w.WriteHeader(status)
		return
	}
	respond.JSON(w, status, map[string]string{"error": reason(status, err)})
}

// reason is what a sender is told: the error's own text if it is meant for others, else the status in words.
func reason(status int, err error) string {
	if code := models.ErrorCode(err); code != models.Internal {
		return models.ErrorMessage(err)
	}
	return http.StatusText(status)
}
