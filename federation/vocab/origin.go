package vocab

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// IRI is an http or https address whose host is written in the one way in which hosts are compared: lower case, A-label
// (punycode), no trailing dot, no default port. The zero IRI is no address. IRIs are comparable.
type IRI struct {
	scheme, host, tail string // host holds the port, tail is all that follows, as written
}

var errIRI = errors.New("not an http(s) address")

// ParseIRI reads an http or https address. It refuses user info, backslashes, control characters, percent signs in the
// host, and hosts that one reader takes for a name and another for a number. The error says what is wrong.
func ParseIRI(s string) (IRI, error) {
	if len(s) > maxID || strings.TrimSpace(s) != s || strings.ContainsFunc(s, badInIRI) {
		return IRI{}, errIRI
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" {
		return IRI{}, errIRI
	}
	authority, tail := splitAuthority(s)
	if strings.ContainsAny(authority, "%@") {
		return IRI{}, errIRI
	}
	host, err := canonicalHost(u.Hostname())
	if err != nil {
		return IRI{}, err
	}
	port, err := canonicalPort(u.Scheme, u.Port())
	if err != nil {
		return IRI{}, err
	}
	return IRI{scheme: u.Scheme, host: host + port, tail: tail}, nil
}

func badInIRI(r rune) bool { return r == '\\' || r == unicode.ReplacementChar || unicode.IsControl(r) }

// splitAuthority cuts an address that has one after its host and port.
func splitAuthority(s string) (authority, tail string) {
	_, rest, _ := strings.Cut(s, "//")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, ""
}

func canonicalHost(host string) (string, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return canonicalAddr(addr)
	}
	name := strings.ToLower(host)
	if !isPlainName(name) {
		mapped, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", errors.New("host is no valid international name")
		}
		name = mapped
	}
	name = strings.TrimSuffix(name, ".")
	if len(name) > 253 || !validLabels(strings.Split(name, ".")) {
		return "", errors.New("host is no valid name")
	}
	return name, nil
}

func canonicalAddr(addr netip.Addr) (string, error) {
	if addr.Zone() != "" {
		return "", errors.New("host has a zone")
	}
	if addr.Is6() {
		return "[" + addr.String() + "]", nil
	}
	return addr.String(), nil
}

// isPlainName reports whether a name needs no mapping: ASCII, and no label that claims to be punycode.
func isPlainName(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return false
		}
	}
	return !strings.HasPrefix(name, "xn--") && !strings.Contains(name, ".xn--")
}

// validLabels takes letters, digits, hyphens and (for private networks) underscores. A last label that is a number would
// make resolvers disagree whether this is an IPv4 address.
func validLabels(labels []string) bool {
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInLabel) {
			return false
		}
	}
	last := labels[len(labels)-1]
	digits := strings.TrimLeft(last, "0123456789")
	hex, isHex := strings.CutPrefix(last, "0x")
	return digits != "" && (!isHex || strings.TrimLeft(hex, "0123456789abcdef") != "")
}

func notInLabel(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// canonicalPort gives ":port", or "" for the default one.
func canonicalPort(scheme, port string) (string, error) {
	if port == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", errors.New("port is no valid number")
	}
	if scheme == "https" && n == 443 || scheme == "http" && n == 80 {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}

// String gives the address with its canonical host; path, query and fragment are as they were written. For the zero IRI
// it is "".
func (i IRI) String() string { return i.Origin() + i.tail }

// Scheme gives "http" or "https".
func (i IRI) Scheme() string { return i.scheme }

// Host gives the host, with the port where it is not the default one.
func (i IRI) Host() string { return i.host }

// Origin gives scheme://host[:port], the part that must agree between documents that vouch for each other (FEP-fe34).
func (i IRI) Origin() string {
	if i.host == "" {
		return ""
	}
	return i.scheme + "://" + i.host
}

// SameOrigin reports whether two addresses have the same scheme, host and port; false when either is no address.
func SameOrigin(a, b string) bool {
	one, err := ParseIRI(a)
	if err != nil {
		return false
	}
	other, err := ParseIRI(b)
	return err == nil && one.Origin() == other.Origin()
}

// Host gives the canonical host[:port] of an address, "" if it is none.
func Host(s string) string {
	iri, err := ParseIRI(s)
	if err != nil {
		return ""
	}
	return iri.Host()
}
