package vocab

import (
	"strings"
	"testing"
)

func TestParseIRI(t *testing.T) {
	for s, want := range map[string]string{
		"https://a.test":                    "https://a.test",
		"https://a.test/":                   "https://a.test/",
		"HTTPS://A.Test/U?q=%41#Key":        "https://a.test/U?q=%41#Key",
		"http://a.test:80/x":                "http://a.test/x",
		"https://a.test:0443?x":             "https://a.test?x",
		"https://a.test:8443#k":             "https://a.test:8443#k",
		"https://a.test:":                   "https://a.test",
		"http://a.test:443/":                "http://a.test:443/",
		"https://a_b.test/@u":               "https://a_b.test/@u",
		"https://a.test//featured":          "https://a.test//featured",
		"https://192.0.2.1/":                "https://192.0.2.1/",
		"https://[2001:DB8:0::1]:8443/":     "https://[2001:db8::1]:8443/",
		"https://a.test/ü?x=ü":              "https://a.test/ü?x=ü",
		"https://localhost:3000/x":          "https://localhost:3000/x",
		"https://a.test/?redirect=//b.test": "https://a.test/?redirect=//b.test",
	} {
		iri, err := ParseIRI(s)
		if err != nil || iri.String() != want {
			t.Errorf("ParseIRI(%q) = %q, %v, want %q", s, iri, err, want)
		}
	}
}

func TestParseIRIRefuses(t *testing.T) {
	for _, s := range []string{
		"", "a.test", "//a.test/x", "/x", "https:", "https://", "https:///x", "https:a.test", "ftp://a.test/",
		"javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "as:Public", "urn:uuid:1", "acct:a@b.test",
		"https://user@a.test/", "https://user:pw@a.test/", "https://@a.test/", "https://a.test\\@b.test/", "https://a.test/\\x",
		"https://a.test/\nx", "https://a.test/\x00", "https://a.test/\u0085", " https://a.test/", "https://a.test/ ",
		"https://a b.test/", "https://a%2etest/", "https://%61.test/", "https://a..test/", "https://.a.test/", "https://a.test../",
		"https://-\u200b.test/", "https://a.test:0/", "https://a.test:65536/", "https://a.test:x/", "https://[fe80::1%25eth0]/",
		"https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://1.2.3.4.5/", "https://a.0x1f/", "https://0x/",
		"https://xn--\u00fc.test/", "https://xn--a.test/", "https://" + strings.Repeat("a", 64) + ".test/",
		"https://" + strings.Repeat("a.", 130) + "test/", "https://a.test/" + strings.Repeat("x", maxID),
	} {
		if iri, err := ParseIRI(s); err == nil {
			t.Errorf("ParseIRI(%q) = %q, want an error", s, iri)
		}
	}
	if zero := (IRI{}); zero.String() != "" || zero.Origin() != "" {
		t.Errorf("zero IRI: %q, %q", zero.String(), zero.Origin())
	}
}

func TestC25_HostsHaveOneSpelling(t *testing.T) {
	for s, want := range map[string]string{
		"https://EXAMPLE.test/":           "example.test",
		"https://example.test./":          "example.test",
		"https://Bücher.test/":            "xn--bcher-kva.test",
		"https://XN--BCHER-KVA.test./":    "xn--bcher-kva.test",
		"https://b\u00fccher\u3002test/":  "xn--bcher-kva.test", // ideographic full stop
		"https://\u0430pple.test/":        "xn--pple-43d.test",  // Cyrillic a
		"https://\uff45\uff58.test:8443/": "ex.test:8443",       // full-width letters
		"https://example.test.:8443/":     "example.test:8443",
		"https://example.test:443/":       "example.test",
		"https://exa\u00admple.test/":     "example.test", // soft hyphen is ignored
		"mailto:someone@example.test":     "",
	} {
		if got := Host(s); got != want {
			t.Errorf("Host(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestA07_OriginIsSchemeHostAndPort(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.test/1", "https://a.test/2#x", true},
		{"https://A.test:443/1", "https://a.test./2", true},
		{"https://a.test/1", "http://a.test/1", false},
		{"https://a.test/1", "https://a.test:8443/1", false},
		{"https://a.test/1", "https://b.a.test/1", false},
		{"https://a.test/1", "https://a.test.evil.test/1", false},
		{"https://a.test/1", "https://a.test@evil.test/1", false},
		{"", "", false},
		{"x", "x", false},
		{"https://a.test/1", "", false},
	} {
		if got := SameOrigin(c.a, c.b); got != c.want {
			t.Errorf("SameOrigin(%q, %q) = %v, want %v", c.a, c.b, got, c.want)
		}
		if got := SameOrigin(c.b, c.a); got != c.want {
			t.Errorf("SameOrigin(%q, %q) = %v, want %v", c.b, c.a, got, c.want)
		}
	}
}

func TestParseHandle(t *testing.T) {
	for s, want := range map[string][2]string{
		"ana@a.test":                          {"ana", "a.test"},
		"@Ana.B-c_d@A.Test":                   {"Ana.B-c_d", "a.test"},
		"!solvents@a.test:8443":               {"solvents", "a.test:8443"},
		"acct:ana@a.test.":                    {"ana", "a.test"},
		"acct:@ana@a.test":                    {"ana", "a.test"},
		"blog.test@blog.test":                 {"blog.test", "blog.test"},
		"_@bücher.test":                       {"_", "xn--bcher-kva.test"},
		strings.Repeat("a", 2048) + "@a.test": {strings.Repeat("a", 2048), "a.test"},
	} {
		user, host, err := ParseHandle(s)
		if err != nil || user != want[0] || host != want[1] {
			t.Errorf("ParseHandle(%q) = %q, %q, %v, want %q", s, user, host, err, want)
		}
	}
	for _, s := range []string{
		"", "@", "ana", "@ana", "ana@", "@@a.test", "@ana@@a.test", "ana@b@a.test", "-ana@a.test", "ana.@a.test", "a na@a.test",
		"ana@a.test/x", "ana@a.test?x", "ana@a.test#x", "ana@a test", "änä@a.test", "ana\n@a.test", "ana@a.test\n",
		"!@ana@a.test", "ana@a.test\\", "https://a.test/@ana", "ana@127.1", strings.Repeat("a", 2049) + "@a.test",
	} {
		if user, host, err := ParseHandle(s); err == nil {
			t.Errorf("ParseHandle(%q) = %q, %q, want an error", s, user, host)
		}
	}
}
