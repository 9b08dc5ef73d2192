package oauth

import (
	"context"
	"net/http"
	"net/url"

	"praxis/models"
)

// authenticate tells which client sent a request, by HTTP Basic or by the form (RFC 6749 section 2.3.1). Errors:
// invalid_client. Nothing of the request is used up when it fails: clients try one way after the other.
func (s *Server) authenticate(r *http.Request, in form) (*models.OAuthApp, error) {
	id, secret, err := credentials(r, in)
	if err != nil {
		return nil, err
	}
	app, err := s.app(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if !matches(secret, app.ClientSecret) {
		return nil, errClient()
	}
	return app, nil
}

// app gives the client of an id, or invalid_client.
func (s *Server) app(ctx context.Context, id string) (*models.OAuthApp, error) {
	if id == "" {
		return nil, errClient()
	}
	app, err := s.store.Read(ctx).OAuthAppByClientID(id)
	if models.IsNotFound(err) {
		return nil, errClient()
	}
	return app, err
}

func credentials(r *http.Request, in form) (id, secret string, err error) {
	user, password, ok := r.BasicAuth()
	if !ok {
		return in.get("client_id"), in.get("client_secret"), nil
	}
	// RFC 6749 has both encoded like a form before they go into the header; ours need no encoding.
	if id, err = url.QueryUnescape(user); err != nil {
		return "", "", errClient()
	}
	if secret, err = url.QueryUnescape(password); err != nil {
		return "", "", errClient()
	}
	if other := in.get("client_id"); other != "" && other != id {
		return "", "", errRequest("The client has one id in the header and another one in the body.")
	}
	return id, secret, nil
}
