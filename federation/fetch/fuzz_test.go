package fetch

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"praxis/federation/vocab"
)

func FuzzReadFinger(f *testing.F) {
	f.Add([]byte(jrdOf("acct:anna@a.test", "https://a.test/u/anna")))
	f.Add([]byte(jrdOf("https://a.test/u/anna", "http://a.test:3000/u/anna")))
	f.Add([]byte(`{"subject":7,"links":[null,[],{"rel":"self","type":"application/activity+json","href":"https://a.test"}]}`))
	f.Add([]byte(`{"subject":"acct:!c@a.test"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readFinger(raw)
		if err != nil {
			return
		}
		if _, err := vocab.ParseIRI(got.Self); err != nil {
			t.Errorf("Self is %q: %v", got.Self, err)
		}
		if (got.User == "") != (got.Host == "") {
			t.Errorf("half a handle: %+v", got)
		}
		if got.Host == "" {
			return
		}
		if _, host, err := vocab.ParseHandle(got.User + "@" + got.Host); err != nil || host != got.Host {
			t.Errorf("handle %+v reads as host %q: %v", got, host, err)
		}
	})
}

func FuzzReadNodeInfo(f *testing.F) {
	f.Add([]byte(`{"version":"2.1","software":{"name":"Mastodon","version":"4.6.0"}}`))
	f.Add([]byte(`{"software":{"name":"\ud83d\ude00\u202e","version":null}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readNodeInfo(raw)
		if err != nil {
			return
		}
		for _, s := range []string{got.Software, got.Version} {
			if utf8.RuneCountInString(s) > maxWord || !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\n\t") {
				t.Errorf("got %q", s)
			}
		}
		if got.Software == "" {
			t.Error("no name and no error")
		}
	})
}

func FuzzReadNodeInfoLinks(f *testing.F) {
	f.Add([]byte(linksTo("2.0", "https://a.test/2.0", "2.1", "https://b.test/2.1")))
	f.Add([]byte(linksTo("2.1", "https://A.test:443/2.1")))
	f.Add([]byte(linksTo("2.1", "https://a.test@b.test/2.1")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if href, err := readNodeInfoLinks(raw, "a.test"); err == nil && vocab.Host(href) != "a.test" {
			t.Errorf("got %q, which is on another host", href)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, header := range []string{"60", "-1", "99999999999999999999", "Sun, 01 Nov 2026 12:05:00 GMT", "soon"} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if got := retryAfter(header, time.Unix(1_800_000_000, 0)); got < 0 || got > MaxRetryAfter {
			t.Errorf("%q: %v", header, got)
		}
	})
}
