package oauth

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"praxis/models"
)

// outOfBand asks for a page that shows the code, for clients that have no address.
const outOfBand = "urn:ietf:wg:oauth:2.0:oob"

// maxURI is how many bytes an address of an app may have, as in Mastodon.
const maxURI = 2000

// maxRedirects is how many redirect URIs an app may have.
const maxRedirects = 20

// forbiddenSchemes run as scripts in this server's origin, or read what is on the member's machine.
var forbiddenSchemes = []string{"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"}

// checkRedirectURI reports what is wrong with a redirect URI at registration, as an Invalid error.
func checkRedirectURI(uri string) error {
	bad := func(why string) error {
		return models.FieldErrorf("redirect_uris", "The redirect URI %q %s.", uri, why)
	}
	if uri == outOfBand {
		return nil
	}
	if len(uri) > maxURI {
		return models.FieldErrorf("redirect_uris", "A redirect URI has %d bytes: at most %d are allowed.", len(uri), maxURI)
	}
	if strings.ContainsFunc(uri, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\\' || c == '"' || c == '<' || c == '>' }) {
		return bad("holds characters that no address may hold")
	}
	parsed, err := url.Parse(uri)
	switch {
	case err != nil || parsed.Scheme == "":
		return bad("is no absolute address: use https://…, a scheme of the app, or " + outOfBand)
	case slices.Contains(forbiddenSchemes, parsed.Scheme):
		return bad("has a scheme that is not allowed")
	case strings.Contains(uri, "#"):
		return bad("has a fragment: leave out what begins with #")
	case (parsed.Scheme == "http" || parsed.Scheme == "https") && parsed.Hostname() == "":
		return bad("names no host")
	case parsed.User != nil:
		return bad("has a user name: leave it out")
	}
	return nil
}

// isRegistered compares exactly (security case G1): no prefix, no other port, no further query.
func isRegistered(app *models.OAuthApp, uri string) bool {
	return uri != "" && slices.Contains(strings.Split(app.RedirectURIs, "\n"), uri)
}

// leadBack adds parameters to a redirect URI. The URI stays as it was registered, byte for byte: parsing it and printing
// it again would change schemes that apps compare.
func leadBack(uri string, params url.Values) string {
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
	}
	return uri + separator + params.Encode()
}

// plainHost is a host that a content policy can name.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// policySource gives what form-action must permit besides 'self', so that browsers that apply it to redirects, too,
// follow the one that answers the consent form: the origin, or for schemes of apps the scheme.
func policySource(uri string) []string {
	parsed, err := url.Parse(uri)
	if err != nil || uri == outOfBand {
		return nil
	}
	if (parsed.Scheme == "http" || parsed.Scheme == "https") && plainHost.MatchString(parsed.Host) {
		return []string{parsed.Scheme + "://" + parsed.Host}
	}
	return []string{parsed.Scheme + ":"} // a parsed scheme has no character that could end the directive
}
