package vocab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// seed adds our fixtures and some hostile shapes.
func seed(f *testing.F) {
	f.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	for _, raw := range []string{
		`{}`, `{"a":1,"A":2}`, `{"type":["a",1,null]}`, `{"type":"Note","attributedTo":[{},[],null]}`, strings.Repeat(`{"a":`, 70),
		`{"type":"Like","actor":{"id":"https://a.test/"}}`, `{"type":"Note","contentMap":{"en":null,"":"x"},"published":"0001-01-01T00:00:00Z"}`,
		actorShell + `}`, "{\"a\":\"\\u0000\"}", "{\"a\":\"\xff\"}", `{"type":"Collection","totalItems":1e999,"items":{}}`,
	} {
		f.Add([]byte(raw))
	}
}

func FuzzCheck(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := Check(raw)
		head, headErr := PeekHead(raw)
		if (err == nil) != (headErr == nil) {
			t.Fatalf("Check says %v, PeekHead %v", err, headErr)
		}
		if err != nil {
			if reasonFor(t, err) == "" {
				t.Fatal("an error without a reason")
			}
			return
		}
		if !utf8.Valid(raw) || strings.ContainsRune(head.ID+head.Type, 0) {
			t.Fatalf("passed: %q", raw)
		}
		again, err := Marshal(M{"@context": Namespace, "object": open(raw)})
		if err == nil && Check(again) != nil {
			t.Fatalf("%q was written as %q", raw, again)
		}
	})
}

func FuzzDecodeActivity(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := DecodeActivity(raw)
		if err != nil {
			return
		}
		if a.Type == "" || Host(a.Actor.ID) == "" || len(a.Tag) > maxTags {
			t.Fatalf("%q gave %+v", raw, a)
		}
		for _, ref := range a.Objects {
			_ = ref.Type()
			if ref.IsZero() || ref.IsEmbedded() && len(open(ref.Raw)) == 0 && kindOf(ref.Raw) != '{' {
				t.Fatalf("%q gave object %+v", raw, ref)
			}
		}
	})
}

func FuzzDecodeObject(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := DecodeObject(raw)
		if err != nil {
			return
		}
		author, err := o.Author()
		if (author == "") != (err != nil) {
			t.Fatalf("%q: author %q, %v", raw, author, err)
		}
		for _, link := range append([]string{o.URL, o.Image}, linksOf(o)...) {
			if link != "" && !strings.HasPrefix(strings.ToLower(link), "http") {
				t.Fatalf("%q gave link %q", raw, link)
			}
		}
	})
}

func linksOf(o Object) []string {
	var links []string
	for _, a := range o.Attachment {
		links = append(links, a.URL, a.Href)
	}
	for _, tag := range o.Tag {
		links = append(links, tag.Href, tag.Icon)
	}
	return links
}

func FuzzDecodeActor(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := DecodeActor(raw)
		if err != nil {
			return
		}
		home := Host(a.ID)
		for _, link := range []string{a.Outbox, a.Followers, a.Following, a.Featured, a.SharedInbox, a.Moderators} {
			if link != "" && Host(link) != home {
				t.Fatalf("%q: %q is not on %q", raw, link, home)
			}
		}
		if home == "" || Host(a.Inbox) != home || len(a.PublicKeys) > maxKeys {
			t.Fatalf("%q gave %+v", raw, a)
		}
	})
}

func FuzzDecodeCollection(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := DecodeCollection(raw)
		if err != nil {
			return
		}
		if c.TotalItems != nil && (*c.TotalItems < 0 || *c.TotalItems > maxCount) || len(c.Items) > maxItems {
			t.Fatalf("%q gave %+v", raw, c)
		}
	})
}

func FuzzParseIRI(f *testing.F) {
	for _, s := range []string{
		"https://a.test/x?y#z", "HTTP://B\u00fccher.test.:80", "https://[::1]:8080/", "https://u@a.test", "https://xn--a/", "https://1.2.3/",
		"https://a\u3002test", "http://[::ffff:1.2.3.4]", "//a", "https://a%", "https://\u00df.test",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		iri, err := ParseIRI(s)
		if err != nil {
			if iri != (IRI{}) || SameOrigin(s, s) {
				t.Fatalf("%q: an error and %v", s, iri)
			}
			return
		}
		again, err := ParseIRI(iri.String())
		if err != nil && len(iri.String()) <= maxID || err == nil && again != iri {
			t.Fatalf("%q gave %q, which gave %q, %v", s, iri, again, err)
		}
		if strings.ContainsAny(iri.Host(), "@/\\?# %") || iri.Host() != strings.ToLower(iri.Host()) || !SameOrigin(s, s) {
			t.Fatalf("%q has host %q", s, iri.Host())
		}
	})
}

func FuzzParseHandle(f *testing.F) {
	for _, s := range []string{"ana@a.test", "@ana@a.test:8443", "acct:!ana@b\u00fccher.test", "@@", "a@b@c", "a@[::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		user, host, err := ParseHandle(s)
		if err != nil {
			return
		}
		u, h, err := ParseHandle("@" + user + "@" + host)
		if err != nil || u != user || h != host || strings.Contains(host, "@") {
			t.Fatalf("%q gave %q %q, which gave %q %q %v", s, user, host, u, h, err)
		}
	})
}
