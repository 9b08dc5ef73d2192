package fetch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// NodeInfo tells what software a host runs, by its own account.
type NodeInfo struct {
	Software string // lower case, at most 64 characters
	Version  string // at most 64 characters; "" when it is not told
	// TakesEd25519: it says that it takes signatures of RFC 9421 by Ed25519 keys (metadata.httpSignatures).
	TakesEd25519 bool
}

// schemas of NodeInfo, the best first.
func schemas() []string {
	const base = "http://nodeinfo.diaspora.software/ns/schema/"
	return []string{base + "2.1", base + "2.0"}
}

// NodeInfo asks a host for its software (NodeInfo 2.1 or 2.0). The document must be on the host itself (security case
// D21). Kinds of the *Error: NotFound, Refused for an answer that is none, and those of Document.
func (c *Client) NodeInfo(ctx context.Context, host string) (*NodeInfo, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	at, err := vocab.ParseIRI("https://" + host)
	if err != nil || at.String() != at.Origin() {
		return nil, refuse(host, "bad host")
	}
	links, err := c.wellKnown(ctx, at.Host(), "/.well-known/nodeinfo")
	if err != nil {
		return nil, err
	}
	href, err := readNodeInfoLinks(links.body, at.Host())
	if err != nil {
		return nil, refuse(links.url.String(), "%w", err)
	}
	got, err := c.getJSON(ctx, href)
	if err != nil {
		return nil, err
	}
	info, err := readNodeInfo(got.body)
	if err != nil {
		return nil, refuse(href, "%w", err)
	}
	return info, nil
}

// readNodeInfoLinks gives the address of the best document on the host.
func readNodeInfoLinks(raw []byte, host string) (string, error) {
	_, links, err := readJRD(raw)
	if err != nil {
		return "", err
	}
	for _, schema := range schemas() {
		for _, link := range links {
			if link.Rel == schema && vocab.Host(link.Href) == host {
				return link.Href, nil
			}
		}
	}
	return "", errors.New("no NodeInfo 2.x on the same host")
}

func readNodeInfo(raw []byte) (*NodeInfo, error) {
	if err := vocab.Check(raw); err != nil {
		return nil, err
	}
	var doc struct {
		Software struct {
			Name    jsontext.Value `json:"name"`
			Version jsontext.Value `json:"version"`
		} `json:"software"`
		Metadata jsontext.Value `json:"metadata"`
	}
	err := json.Unmarshal(raw, &doc)
	info := &NodeInfo{
		Software: word(strings.ToLower(textOf(doc.Software.Name))),
		Version:  word(textOf(doc.Software.Version)),

		TakesEd25519: takesEd25519(doc.Metadata),
	}
	if err != nil || info.Software == "" {
		return nil, errors.New("software has no name")
	}
	return info, nil
}

// takesEd25519 looks for the scheme in what the schema leaves open. Others keep there what they like.
func takesEd25519(metadata jsontext.Value) bool {
	var said struct {
		Schemes []jsontext.Value `json:"httpSignatures"`
	}
	if len(metadata) == 0 || json.Unmarshal(metadata, &said) != nil {
		return false
	}
	return slices.ContainsFunc(said.Schemes, func(scheme jsontext.Value) bool { return textOf(scheme) == string(sign.Ed25519) })
}

const maxWord = 64

// word makes foreign text fit for one field of a list: printable and short.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxWord {
		s = string(runes[:maxWord])
	}
	return strings.TrimSpace(s)
}
