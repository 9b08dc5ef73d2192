package config

import (
	"encoding/json"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
)

// OIDCProvider is a sign-in of an organization that members may use (OpenID Connect).
type OIDCProvider struct {
	Key          string // its name in addresses, such as "clinic"
	Name         string // on the button
	Issuer       string
	ClientID     string
	ClientSecret string // "" for a public client
	Scopes       []string
	GroupsClaim  string
	// ExternalIDClaim holds what SCIM calls externalId.
	ExternalIDClaim string
	AllowedGroups   []string // one of which a person must have; none: everybody
	AdminGroups     []string
	ModeratorGroups []string
	Communities     map[string][]string // group -> user names of communities here that its people join
	Create          bool                // people whom nobody knows yet get an account
}

var providerKey = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

const providersRight = "an array of sections [[oidc_providers]], or in the variable a JSON array of objects, each with key, issuer and client_id"

// readProviders takes what TOML makes of [[oidc_providers]], and JSON from the environment.
func readProviders(c *Config, value any) error {
	var rows []any
	switch v := value.(type) {
	case []any:
		rows = v
	case []map[string]any:
		for _, row := range v {
			rows = append(rows, row)
		}
	case string:
		if err := json.Unmarshal([]byte(v), &rows); err != nil {
			return wrong("it is no JSON array", providersRight)
		}
	default:
		return wrong("it is "+typeOf(value), providersRight)
	}
	var providers []OIDCProvider
	for _, row := range rows {
		section, ok := row.(map[string]any)
		if !ok {
			return wrong("one of them is "+typeOf(row), providersRight)
		}
		p, err := readProvider(section)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(providers, func(other OIDCProvider) bool { return other.Key == p.Key }) {
			return wrong("two have the key "+quote(p.Key), "a key of its own for each")
		}
		providers = append(providers, p)
	}
	c.OIDCProviders = providers
	return nil
}

func readProvider(section map[string]any) (OIDCProvider, error) {
	p := OIDCProvider{Scopes: []string{"openid", "profile", "email"}, GroupsClaim: "groups", ExternalIDClaim: "sub", Create: true}
	secretFile := ""
	fields := map[string]any{
		"key": &p.Key, "name": &p.Name, "issuer": &p.Issuer, "client_id": &p.ClientID, "client_secret": &p.ClientSecret,
		"client_secret_file": &secretFile, "scopes": &p.Scopes, "groups_claim": &p.GroupsClaim, "external_id_claim": &p.ExternalIDClaim,
		"allowed_groups": &p.AllowedGroups, "admin_groups": &p.AdminGroups, "moderator_groups": &p.ModeratorGroups,
		"communities": &p.Communities, "create": &p.Create,
	}
	for _, name := range slices.Sorted(maps.Keys(section)) {
		into, known := fields[name]
		if !known {
			return p, wrong("a provider has no setting "+quote(name), nearest(name, slices.Sorted(maps.Keys(fields)))+", if that is what is meant")
		}
		// Through JSON, so that file and environment are judged alike; what stands there is not shown, it may be the secret.
		raw, err := json.Marshal(section[name])
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			return p, wrong(name+" is "+typeOf(section[name]), "a text, a list of texts, or true or false, as the documentation has it")
		}
	}
	if secretFile != "" {
		raw, err := os.ReadFile(secretFile)
		if err != nil || p.ClientSecret != "" {
			return p, wrong("client_secret_file cannot be read, or client_secret is set, too", "one of the two")
		}
		p.ClientSecret = strings.TrimSpace(string(raw))
	}
	if p.Name == "" {
		p.Name = p.Key
	}
	if !slices.Contains(p.Scopes, "openid") {
		p.Scopes = append([]string{"openid"}, p.Scopes...)
	}
	return p, checkProvider(p)
}

func checkProvider(p OIDCProvider) error {
	issuer, err := url.Parse(p.Issuer)
	switch {
	case !providerKey.MatchString(p.Key):
		return wrong("the key "+quote(p.Key)+" cannot be part of an address", "1 to 32 of a-z, 0-9 and -")
	case err != nil || issuer.Host == "" || (issuer.Scheme != "https" && issuer.Scheme != "http") || issuer.User != nil || issuer.RawQuery != "" || issuer.Fragment != "":
		return wrong("the issuer of "+quote(p.Key)+" is no such address", "the https:// address that the provider calls its issuer")
	case p.ClientID == "":
		return wrong("client_id of "+quote(p.Key)+" is not set", "the id under which this instance is registered at the provider")
	}
	return nil
}

// showProviders says which there are, without secrets.
func showProviders(c *Config) string {
	var parts []string
	for _, p := range c.OIDCProviders {
		parts = append(parts, p.Key+" "+p.Issuer)
	}
	return strings.Join(parts, ", ")
}

// checkSignIn looks at the ways in together.
func (c Config) checkSignIn(say func(name string, err error)) {
	for _, p := range c.OIDCProviders {
		if strings.HasPrefix(p.Issuer, "http://") && !(c.Development && isLoopbackURL(p.Issuer)) {
			say("oidc_providers", wrong("the issuer of "+quote(p.Key)+" is not https", "an https:// address: tokens travel over it"))
		}
	}
	if c.LocalSignIn != "break-glass" {
		return
	}
	if len(c.OIDCProviders) == 0 {
		say("local_sign_in", wrong(`"break-glass" leaves no way in, since there are no oidc_providers`, "all, or at least one provider"))
	}
	if c.Registrations != "closed" {
		say("registrations", wrong("who signs up gets a password, and local_sign_in lets nobody use one", "closed"))
	}
	if c.Invitations != "nobody" {
		say("invitations", wrong("who is invited gets a password, and local_sign_in lets nobody use one", "nobody"))
	}
}

func isLoopbackURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost")
	}
	return net.IP(addr.AsSlice()).IsLoopback()
}
