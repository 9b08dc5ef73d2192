package oauth

import (
	"errors"
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// postRevoke ends a token of the client that asks. A token that is not known is as good as ended (RFC 7009 section 2.2).
func (s *Server) postRevoke(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := s.revoke(w, r); err != nil {
		s.fail(w, r, asRefusal(err))
		return
	}
	respond.JSON(w, http.StatusOK, struct{}{})
}

func errNotYours() error {
	return &refusal{"unauthorized_client", "The client may not revoke this token: it is unknown, its secret is wrong, or the token is not its own."}
}

func (s *Server) revoke(w http.ResponseWriter, r *http.Request) error {
	in, err := readForm(w, r)
	if err != nil {
		return err
	}
	if err := in.once("token", "client_id", "client_secret"); err != nil {
		return err
	}
	app, err := s.authenticate(r, in)
	if err != nil {
		var refused *refusal
		if errors.As(err, &refused) && refused.code == "invalid_client" {
			return errNotYours()
		}
		return err
	}
	hash := hashSecret(in.get("token"))
	return s.store.Tx(r.Context(), func(tx *models.Tx) error {
		token, err := tx.OAuthTokenByHash(hash)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if token.AppID != app.ID {
			return errNotYours()
		}
		return tx.RevokeOAuthToken(hash)
	})
}
