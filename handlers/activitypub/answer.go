package activitypub

import (
	"net/http"
	"strconv"

	"praxis/federation/vocab"
	"praxis/handlers/respond"
	"praxis/models"
)

// contentType is the media type of every ActivityStreams answer, in a form that the strictest readers know.
const contentType = vocab.MediaType + "; charset=utf-8"

// The caching of answers. What depends on who asks is never stored on the way (security case B31).
const (
	cachePublic  = "public, max-age=60"
	cachePrivate = "private, no-store"
)

// errNotFound is the one answer to all that is absent or hidden (security case E2).
var errNotFound = &models.Error{Code: models.NotFound, Message: "There is nothing here."}

// document answers with an ActivityStreams document. Public says that everybody gets the same.
func (s *Server) document(w http.ResponseWriter, r *http.Request, status int, doc vocab.M, public bool) {
	body, err := vocab.Marshal(doc)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.write(w, r, status, body, public)
}

// write answers with a finished document. In secure mode nothing is the same for everybody.
func (s *Server) write(w http.ResponseWriter, r *http.Request, status int, body []byte, public bool) {
	setCaching(w, public && !s.isSecure(r))
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func setCaching(w http.ResponseWriter, public bool) {
	w.Header().Add("Vary", "Accept, Signature")
	if public {
		w.Header().Set("Cache-Control", cachePublic)
		return
	}
	w.Header().Set("Cache-Control", cachePrivate)
}

// fail answers with an error, as plain JSON: an error is no ActivityStreams document.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if models.IsNotFound(err) {
		err = errNotFound
	}
	if models.ErrorCode(err) == models.Unauthorized {
		w.Header().Set("WWW-Authenticate", "Signature")
	}
	setCaching(w, false)
	respond.Error(w, r, s.log, err)
}

// seeOther sends people on to the page of what they asked for.
func (s *Server) seeOther(w http.ResponseWriter, location string) {
	setCaching(w, true)
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusFound)
}
