package oauth

import (
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// documentation is where the API that tokens are for is described.
const documentation = "https://docs.joinmastodon.org/"

// metadata describes this server to clients (RFC 8414 section 2).
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	RegistrationEndpoint  string   `json:"app_registration_endpoint"` // Mastodon's own, not that of RFC 7591
	Documentation         string   `json:"service_documentation"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	ResponseModes         []string `json:"response_modes_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	TokenAuthentication   []string `json:"token_endpoint_auth_methods_supported"`
	RevokeAuthentication  []string `json:"revocation_endpoint_auth_methods_supported"`
	ChallengeMethods      []string `json:"code_challenge_methods_supported"`
}

func (s *Server) getMetadata(w http.ResponseWriter, _ *http.Request) {
	grants := []string{"authorization_code", "client_credentials"}
	if s.cfg.PasswordGrant {
		grants = append(grants, "password")
	}
	base, authentication := s.links.Base, []string{"client_secret_basic", "client_secret_post"}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	respond.JSON(w, http.StatusOK, metadata{
		Issuer:                s.issuer(),
		AuthorizationEndpoint: base + "/oauth/authorize",
		TokenEndpoint:         base + "/oauth/token",
		RevocationEndpoint:    base + "/oauth/revoke",
		UserInfoEndpoint:      base + "/oauth/userinfo",
		RegistrationEndpoint:  base + "/api/v1/apps",
		Documentation:         documentation,
		Scopes:                allScopes(),
		ResponseTypes:         []string{"code"},
		ResponseModes:         []string{"query"},
		GrantTypes:            grants,
		TokenAuthentication:   authentication,
		RevokeAuthentication:  authentication,
		ChallengeMethods:      []string{"S256"},
	})
}

// issuer has a slash at its end, as Mastodon's has.
func (s *Server) issuer() string { return s.links.Base + "/" }

// userInfo names the member of a token (OpenID Connect Core section 5.1, as far as Mastodon has it).
type userInfo struct {
	Issuer            string `json:"iss"`
	Subject           string `json:"sub"` // the actor's id
	Name              string `json:"name"`
	PreferredUsername string `json:"preferred_username"`
	Profile           string `json:"profile"`
	Picture           string `json:"picture,omitempty"`
}

func (s *Server) getUserInfo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	principal, err := s.Bearer(r)
	switch {
	case err != nil:
	case principal == nil || principal.Actor == nil:
		err = errToken()
	case !principal.Has("profile"):
		err = models.Errorf(models.Forbidden, "The token does not cover the scope profile.")
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	actor := principal.Actor
	respond.JSON(w, http.StatusOK, userInfo{
		Issuer: s.issuer(), Subject: actor.URI, Name: firstOf(actor.DisplayName, actor.Username),
		PreferredUsername: actor.Username, Profile: actor.URL, Picture: actor.IconURL,
	})
}
