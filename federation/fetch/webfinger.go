package fetch

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"praxis/federation/vocab"
)

// Finger is what WebFinger says: the handle by which an account goes, and the id of its actor.
type Finger struct {
	User string
	Host string // canonical, with a port where it is not the default one
	Self string // an http or https address, not yet fetched
}

// maxLinks is how many links of an answer are looked at.
const maxLinks = 100

// WebFinger asks a host for the account of a user (RFC 7033). The answer may name another handle as the right one, for
// example on a host that only lends its name; that host is then asked as well and must say the same (security case A29).
// Whether the actor knows of the handle is still to be checked by whoever fetches Self.
//
// Kinds of the *Error: NotFound for no such account, Refused for an answer without an actor, and those of Document.
func (c *Client) WebFinger(ctx context.Context, user, host string) (*Finger, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	handle := user + "@" + host
	user, host, err := vocab.ParseHandle(handle)
	if err != nil {
		return nil, refuse(handle, "%w", err)
	}
	found, err := c.finger(ctx, user, host)
	if err != nil || found.Host == host {
		return found, err
	}
	confirmed, err := c.finger(ctx, found.User, found.Host)
	if err != nil {
		return nil, err
	}
	if confirmed.Host != found.Host || confirmed.Self != found.Self {
		return nil, refuse(handle, "%s does not confirm that it is its %s", show(found.Host), show(found.User))
	}
	return confirmed, nil
}

func (c *Client) finger(ctx context.Context, user, host string) (*Finger, error) {
	query := url.Values{"resource": {"acct:" + user + "@" + host}}
	got, err := c.wellKnown(ctx, host, "/.well-known/webfinger?"+query.Encode())
	if err != nil {
		return nil, err
	}
	found, err := readFinger(got.body)
	if err != nil {
		return nil, refuse(got.url.String(), "%w", err)
	}
	if found.User == "" {
		found.User, found.Host = user, host
	}
	return found, nil
}

// wellKnown gets JSON from a place at a host that is known by name only. In development the host may have no TLS.
func (c *Client) wellKnown(ctx context.Context, host, path string) (*answer, error) {
	got, err := c.getJSON(ctx, "https://"+host+path)
	var failed *Error
	if c.cfg.Development && errors.As(err, &failed) && failed.Kind == Temporary && failed.Status == 0 {
		return c.getJSON(ctx, "http://"+host+path)
	}
	return got, err
}

func (c *Client) getJSON(ctx context.Context, address string) (*answer, error) {
	target, err := c.admit(ctx, address)
	if err != nil {
		return nil, err
	}
	return c.get(ctx, target, wanted{accept: "application/jrd+json, application/json", is: isJSON, name: "JSON"})
}

// isJSON takes the types of RFC 7033 and NodeInfo, whatever their parameters.
func isJSON(contentType string) bool {
	base, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(base)) {
	case "application/jrd+json", "application/json":
		return true
	}
	return false
}

type jrd struct {
	Subject jsontext.Value   `json:"subject"`
	Links   []jsontext.Value `json:"links"`
}

type jrdLink struct {
	Rel  string `json:"rel"`
	Type string `json:"type"`
	Href string `json:"href"`
}

func readJRD(raw []byte) (subject string, links []jrdLink, err error) {
	if err := vocab.Check(raw); err != nil {
		return "", nil, err
	}
	var doc jrd
	if err := json.Unmarshal(raw, &doc); err != nil {
		return "", nil, errors.New("links are no list")
	}
	for _, value := range doc.Links[:min(len(doc.Links), maxLinks)] {
		var link jrdLink
		if json.Unmarshal(value, &link) == nil { // one that is odd does not spoil the others
			links = append(links, link)
		}
	}
	return textOf(doc.Subject), links, nil
}

// textOf gives a string, and "" for whatever is none.
func textOf(value jsontext.Value) string {
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// isOfInstance reports the subject of an instance actor, whose name is its host: with a port, that is no name of a user.
func isOfInstance(subject string) bool {
	user, host, _ := strings.Cut(strings.TrimPrefix(subject, "acct:"), "@")
	return user == host
}

// readFinger reads an answer. User and Host are "" when its subject is no handle; the first of several actors is taken.
func readFinger(raw []byte) (*Finger, error) {
	subject, links, err := readJRD(raw)
	if err != nil {
		return nil, err
	}
	found := &Finger{}
	if strings.HasPrefix(subject, "acct:") {
		if found.User, found.Host, err = vocab.ParseHandle(subject); err != nil && !isOfInstance(subject) {
			return nil, errors.New("subject is no handle")
		}
	}
	for _, link := range links {
		if _, err := vocab.ParseIRI(link.Href); err == nil && link.Rel == "self" && vocab.IsMediaType(link.Type) {
			found.Self = link.Href
			return found, nil
		}
	}
	return nil, errors.New("no ActivityPub actor")
}
