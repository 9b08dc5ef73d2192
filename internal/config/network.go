package config

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// off is the word for no metrics.
const off = "off"

func listenKind(field func(*Config) *string, optional bool) kind {
	right := `ADDRESS:PORT, such as 127.0.0.1:8080 or :8080`
	if optional {
		right += `, or off`
	}
	return kind{
		func(c *Config, value any) error {
			s, err := textOf(value, right)
			if err != nil {
				return err
			}
			if optional && (s == "" || strings.EqualFold(s, off)) {
				*field(c) = ""
				return nil
			}
			if _, _, err := splitListen(s); err != nil {
				return wrong(quote(s)+" "+err.Error(), right)
			}
			*field(c) = s
			return nil
		},
		func(c *Config) string { return *field(c) },
	}
}

// complaint is half an error: what a value is, to stand behind the value.
type complaint string

func (c complaint) Error() string { return string(c) }

// splitListen takes an address that a server can listen on: no name but localhost, since what a name stands for may
// change.
func splitListen(s string) (host string, port uint16, err error) {
	host, digits, err := net.SplitHostPort(s)
	if err != nil {
		return "", 0, complaint("is no address with a port")
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, complaint("has no port number from 0 to 65535")
	}
	if host != "" && host != "localhost" {
		if _, err := netip.ParseAddr(host); err != nil {
			return "", 0, complaint("has a name where an IP address is needed")
		}
	}
	return host, uint16(n), nil
}

// collide reports whether two servers cannot listen side by side.
func collide(a, b string) bool {
	hostA, portA, errA := splitListen(a)
	hostB, portB, errB := splitListen(b)
	if errA != nil || errB != nil || portA != portB || portA == 0 {
		return false
	}
	return hostA == hostB || isAnyAddress(hostA) || isAnyAddress(hostB)
}

func isAnyAddress(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

// loopback is the word for the machine itself.
const loopback = "loopback"

func readProxies(c *Config, value any) error {
	words, err := wordsOf(value)
	if err != nil {
		return err
	}
	var all []netip.Prefix
	for _, word := range words {
		if strings.EqualFold(word, loopback) {
			all = append(all, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
			continue
		}
		one, err := proxyOf(word)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	c.TrustedProxies = all
	return nil
}

const proxiesRight = "addresses or prefixes such as 10.0.0.2 or 172.16.0.0/12, or loopback, with commas between them"

func wordsOf(value any) ([]string, error) {
	parts := []any{value}
	if list, ok := value.([]any); ok {
		parts = list
	}
	var words []string
	for _, part := range parts {
		s, err := textOf(part, proxiesRight)
		if err != nil {
			return nil, err
		}
		words = append(words, strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return words, nil
}

// proxyOf reads one address or prefix. A prefix of everybody would let any visitor choose the address that limits and
// logs see (security case F12).
func proxyOf(word string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(word)
	if err != nil {
		addr, err := netip.ParseAddr(word)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, wrong(quote(word)+" is neither an address nor a prefix", proxiesRight)
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if prefix.Bits() == 0 {
		return netip.Prefix{}, wrong(quote(word)+" trusts everybody", "the addresses of your proxies only")
	}
	if prefix.Addr().Is4In6() {
		return netip.Prefix{}, wrong(quote(word)+" is an IPv4 prefix in IPv6 clothes", "the IPv4 prefix itself, such as 10.0.0.0/8")
	}
	return prefix.Masked(), nil
}

func showProxies(c *Config) string {
	shown := make([]string, len(c.TrustedProxies))
	for i, prefix := range c.TrustedProxies {
		shown[i] = prefix.String()
	}
	return strings.Join(shown, ",")
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}
