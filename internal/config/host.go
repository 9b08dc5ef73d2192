package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

const (
	hostRight        = "the bare DNS name, such as hospital.example"
	developmentRight = "localhost, a name that ends in .localhost, .test, .example or .internal, or a loopback address"
)

// readHost stores the canonical form. What depends on development is checked later, since that may be read later.
func readHost(c *Config, value any) error {
	s, err := textOf(value, hostRight)
	if err != nil {
		return err
	}
	name, port, err := splitHost(s)
	if err != nil {
		return wrong(quote(s)+" "+err.Error(), hostRight)
	}
	if name, err = canonicalName(name); err != nil {
		return wrong(quote(s)+" "+err.Error(), hostRight)
	}
	if c.Host = name; port != "" {
		c.Host += ":" + port
	}
	return nil
}

// splitHost refuses what is more than a name with perhaps a port.
func splitHost(s string) (name, port string, err error) {
	switch {
	case s == "":
		return "", "", complaint("is empty")
	case strings.Contains(s, "://"):
		return "", "", complaint("has a scheme")
	case strings.Contains(s, "@"):
		return "", "", complaint("has an @")
	case strings.ContainsAny(s, `/\?#`):
		return "", "", complaint("has a path")
	case strings.Contains(s, "*"):
		return "", "", complaint("has a wildcard")
	}
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if addr, err := netip.ParseAddr(bare); err == nil && addr.Is6() {
		return bare, "", nil
	}
	if !strings.Contains(s, ":") {
		return s, "", nil
	}
	name, port, err = net.SplitHostPort(s)
	if err != nil {
		return "", "", complaint("is no name")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		return "", "", complaint("has no valid port")
	}
	return name, port, nil
}

// canonicalName gives the form in which names are compared: lower case, A-labels, no dot at the end; IPv6 addresses
// with brackets.
func canonicalName(name string) (string, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		if addr.Zone() != "" {
			return "", complaint("has a zone")
		}
		if addr.Is6() {
			return "[" + addr.String() + "]", nil
		}
		return addr.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || len(ascii) > 253 {
		return "", complaint("is no valid DNS name")
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsFunc(label, notInLabel) {
			return "", complaint("is no valid DNS name")
		}
	}
	if last := labels[len(labels)-1]; strings.TrimLeft(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", complaint("ends in a number") // some would read it as an IPv4 address
	}
	return ascii, nil
}

func notInLabel(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }

// checkHost looks at the host that others will see.
func checkHost(host string, development bool) error {
	name, port, err := splitHost(host)
	if err != nil {
		return wrong(quote(host)+" "+err.Error(), hostRight)
	}
	if canonical, err := canonicalName(name); err != nil || canonical != name && canonical != "["+name+"]" {
		return wrong(quote(host)+" is not written as it is compared", hostRight+" in lower case")
	}
	if development {
		if !isPrivateName(name) {
			return wrong(quote(host)+" is a public name, and development is on",
				"development = false, or as the host "+developmentRight)
		}
		return nil
	}
	_, addrErr := netip.ParseAddr(strings.Trim(name, "[]"))
	switch {
	case port != "":
		return wrong(quote(host)+" has a port", hostRight+"; what it listens on is the setting listen")
	case addrErr == nil:
		return wrong(quote(host)+" is an IP address", hostRight)
	case !strings.Contains(name, "."):
		return wrong(quote(host)+" has no dot, so no other server could reach it",
			hostRight+"; to try things out on one machine, set development as well")
	}
	return nil
}

// isPrivateName reports names and addresses that are nobody's on the public network (RFC 6761, RFC 2606).
func isPrivateName(name string) bool {
	if addr, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return addr.Unmap().IsLoopback()
	}
	if name == "localhost" {
		return true
	}
	for _, ending := range []string{".localhost", ".test", ".example", ".internal"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}
