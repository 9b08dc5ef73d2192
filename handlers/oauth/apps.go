package oauth

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"praxis/handlers/respond"
	"praxis/models"
)

// maxAppName is how many characters the name of an app may have, as in Mastodon.
const maxAppName = 60

// appEntity is what a client sees of an app. The secret is shown once, when the app is registered.
type appEntity struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Website      *string  `json:"website"`
	Scopes       []string `json:"scopes"`
	RedirectURI  string   `json:"redirect_uri"`
	RedirectURIs []string `json:"redirect_uris"`
	VapidKey     string   `json:"vapid_key"`
}

type registeredApp struct {
	appEntity
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	ExpiresAt    int    `json:"client_secret_expires_at"` // 0: never
}

func (s *Server) entityOf(app *models.OAuthApp) appEntity {
	entity := appEntity{
		VapidKey: s.cfg.VapidKey,
		ID:       strconv.FormatInt(app.ID, 10), Name: app.Name, Scopes: strings.Fields(app.Scopes),
		RedirectURI: app.RedirectURIs, RedirectURIs: strings.Split(app.RedirectURIs, "\n"),
	}
	if app.Website != "" {
		entity.Website = &app.Website
	}
	return entity
}

// postApp registers an app; anybody may.
func (s *Server) postApp(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	app, secret, err := s.register(w, r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	respond.JSON(w, http.StatusOK, registeredApp{appEntity: s.entityOf(app), ClientID: app.ClientID, ClientSecret: secret})
}

func (s *Server) register(w http.ResponseWriter, r *http.Request) (*models.OAuthApp, string, error) {
	if err := s.limits.apps.take(w, s.place(r), s.cfg.Now()); err != nil {
		return nil, "", err
	}
	in, err := readForm(w, r)
	if err != nil {
		return nil, "", err
	}
	app, err := readApp(in)
	if err != nil {
		return nil, "", err
	}
	secret := newSecret()
	app.ClientID, app.ClientSecret = newSecret(), hashSecret(secret)
	err = s.store.Tx(r.Context(), func(tx *models.Tx) error { return tx.CreateOAuthApp(app) })
	return app, secret, err
}

func readApp(in form) (*models.OAuthApp, error) {
	app := &models.OAuthApp{Name: strings.TrimSpace(in.get("client_name")), Website: strings.TrimSpace(in.get("website"))}
	switch length := utf8.RuneCountInString(app.Name); {
	case length == 0:
		return nil, models.FieldErrorf("client_name", "The app has no name: send client_name.")
	case length > maxAppName:
		return nil, models.FieldErrorf("client_name", "The app's name has %d characters: at most %d are allowed.", length, maxAppName)
	}
	if app.Website != "" && !isWebAddress(app.Website) {
		return nil, models.FieldErrorf("website", "The website is no web address: use http://… or https://…, or leave it out.")
	}
	asked, err := parseScopes(firstOf(in.get("scopes"), in.get("scope"), defaultScope))
	if err != nil {
		return nil, err
	}
	app.Scopes = asked.String()
	app.RedirectURIs, err = readRedirectURIs(in["redirect_uris"])
	return app, err
}

// readRedirectURIs takes a list, or one text with an address a line.
func readRedirectURIs(list []string) (string, error) {
	uris := strings.Fields(strings.Join(list, "\n"))
	switch {
	case len(uris) == 0:
		return "", models.FieldErrorf("redirect_uris", "The app has no redirect URI: send redirect_uris, %s if the app has no address.", outOfBand)
	case len(uris) > maxRedirects:
		return "", models.FieldErrorf("redirect_uris", "The app has %d redirect URIs: at most %d are allowed.", len(uris), maxRedirects)
	}
	for _, uri := range uris {
		if err := checkRedirectURI(uri); err != nil {
			return "", err
		}
	}
	return strings.Join(uris, "\n"), nil
}

func isWebAddress(address string) bool {
	parsed, err := url.Parse(address)
	return err == nil && len(address) <= maxURI && parsed.Host != "" && (parsed.Scheme == "https" || parsed.Scheme == "http")
}

func firstOf(values ...string) string {
	for _, value := range values {
		if strings.TrimSpace(value) != "" {
			return value
		}
	}
	return ""
}

// getApp tells an app what it is, by any token of its own.
func (s *Server) getApp(w http.ResponseWriter, r *http.Request) {
	principal, err := s.Bearer(r)
	if err == nil && principal == nil {
		err = errToken()
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	respond.JSON(w, http.StatusOK, s.entityOf(principal.App))
}
