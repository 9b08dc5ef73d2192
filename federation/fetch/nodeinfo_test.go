package fetch

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// linksTo gives a links document of pairs of version and address.
func linksTo(pairs ...string) string {
	var links []string
	for i := 0; i < len(pairs); i += 2 {
		links = append(links, fmt.Sprintf(`{"rel":"http://nodeinfo.diaspora.software/ns/schema/%s","href":%q}`, pairs[i], pairs[i+1]))
	}
	return `{"links":[` + strings.Join(links, ",") + `]}`
}

const nodeInfoType = `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"; charset=utf-8`

func TestNodeInfo(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.page("a.test/.well-known/nodeinfo", "application/json",
		linksTo("1.0", "https://a.test/1.0", "2.0", "https://a.test/2.0", "2.1", "https://a.test/2.1", "3.0", "https://a.test/3.0"))
	w.page("a.test/2.1", nodeInfoType, `{"version":"2.1","software":{"name":"Mastodon","version":"4.6.0"},"usage":{"users":{"total":3}},"metadata":[]}`)
	got, err := c.NodeInfo(context.Background(), "A.test")
	if err != nil || *got != (NodeInfo{Software: "mastodon", Version: "4.6.0"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	w.expect(t, "GET https://a.test/.well-known/nodeinfo", "GET https://a.test/2.1")
	_, err = c.NodeInfo(context.Background(), "none.test")
	wantKind(t, err, NotFound)
}

func TestD21_NodeInfoIsOnTheSameHost(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for i, href := range []string{
		"https://inner.test/x", "https://a.test.evil.test/x", "https://a.test@evil.test/x", "//evil.test/x", "http://192.168.0.1/x", "https://localhost/x",
		"data:application/json,{}", "file:///etc/hosts", "/x", "", "https://a.test:8443/x", "http://a.test/x", "https://sub.a.test/x",
	} {
		host := fmt.Sprintf("a%d.test", i)
		w.page(host+"/.well-known/nodeinfo", "application/json", linksTo("2.1", strings.ReplaceAll(href, "a.test", host)))
		if got, err := c.NodeInfo(context.Background(), host); KindOf(err) != Refused {
			t.Errorf("%s: got %+v, %v", href, got, err)
		}
	}
	for _, seen := range w.requests() {
		if !strings.HasSuffix(seen, ".test/.well-known/nodeinfo") {
			t.Errorf("request %s", seen)
		}
	}
	// The next best is taken when the best is elsewhere.
	w.page("b.test/.well-known/nodeinfo", "application/json", linksTo("2.1", "https://evil.test/x", "2.0", "https://b.test/2.0"))
	w.page("b.test/2.0", "application/json", `{"software":{"name":"lemmy","version":"1"}}`)
	got, err := c.NodeInfo(context.Background(), "b.test")
	if err != nil || got.Software != "lemmy" {
		t.Errorf("got %+v, %v", got, err)
	}
	// A redirect is checked as everywhere.
	w.page("c.test/.well-known/nodeinfo", "application/json", linksTo("2.1", "https://c.test/x"))
	w.redirect("c.test/x", "https://127.0.0.1/x")
	_, err = c.NodeInfo(context.Background(), "c.test")
	wantKind(t, err, Refused)
}

func TestReadNodeInfo(t *testing.T) {
	long := strings.Repeat("ä", 1000)
	for body, want := range map[string]*NodeInfo{
		`{"software":{"name":"PieFed","version":"1.2 (abc)"}}`:                                  {Software: "piefed", Version: "1.2 (abc)"},
		`{"software":{"name":"x"}}`:                                                             {Software: "x", Version: ""},
		`{"software":{"name":"x","version":null}}`:                                              {Software: "x", Version: ""},
		`{"software":{"name":"x","version":2}}`:                                                 {Software: "x", Version: ""},
		`{"software":{"name":" \u202eX\u0007\ny ","version":"1\u200b"}}`:                        {Software: "xy", Version: "1"},
		`{"software":{"name":"` + long + `","version":"` + long + `"}}`:                         {Software: long[:128], Version: long[:128]},
		`{"software":{"Name":"x","version":"1"}}`:                                               nil,
		`{"software":{"name":"","version":"1"}}`:                                                nil,
		`{"software":{"name":["x"],"version":"1"}}`:                                             nil,
		`{"software":{"name":"x"},"software":{"name":"y"}}`:                                     nil,
		`{"software":{"name":"x","name":"y"}}`:                                                  nil,
		`{"software":{"name":"x"},"metadata":{"httpSignatures":["rfc9421","rfc9421-ed25519"]}}`: {Software: "x", TakesEd25519: true},
		`{"software":{"name":"x"},"metadata":{"httpSignatures":["rfc9421"]}}`:                   {Software: "x"},
		`{"software":{"name":"x"},"metadata":{"httpSignatures":"rfc9421-ed25519"}}`:             {Software: "x"},
		`{"software":{"name":"x"},"metadata":{"httpSignatures":[["rfc9421-ed25519"],{},7]}}`:    {Software: "x"},
		`{"software":{"name":"x"},"metadata":["rfc9421-ed25519"]}`:                              {Software: "x"},
		`{"software":"x"}`: nil,
		`{}`:               nil,
		`[]`:               nil,
		``:                 nil,
	} {
		got, err := readNodeInfo([]byte(body))
		switch {
		case want == nil && err == nil:
			t.Errorf("%.60s: got %+v, want an error", body, got)
		case want != nil && (err != nil || *got != *want):
			t.Errorf("%.60s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
}
