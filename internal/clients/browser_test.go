package clients

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser is what a member signs in with: it keeps cookies, follows redirects and fills in forms.
type browser struct{ http http.Client }

func newBrowser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{http.Client{Jar: jar, Timeout: patience}}
}

// authorize walks from the address that a client gives to the code that the member carries back.
func (b *browser) authorize(t *testing.T, address string, m member) string {
	t.Helper()
	consent := b.open(t, address).submit(t, url.Values{"login": {m.name}, "password": {secret}})
	shown := consent.submit(t, url.Values{"decision": {"allow"}})
	code := shown.find(func(n *html.Node) bool { return attribute(n, "id") == "code" })
	if code == nil || code.FirstChild == nil {
		t.Fatalf("%s shows no code", shown.at)
	}
	return code.FirstChild.Data
}

func (b *browser) open(t *testing.T, address string) *page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.do(t, r)
}

func (b *browser) do(t *testing.T, r *http.Request) *page {
	t.Helper()
	answer, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	root, err := html.Parse(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", r.Method, r.URL, answer.Status)
	}
	return &page{b, answer.Request.URL, root}
}

// page is what the browser shows.
type page struct {
	browser *browser
	at      *url.URL
	root    *html.Node
}

func (p *page) find(wanted func(*html.Node) bool) *html.Node {
	for node := range p.root.Descendants() {
		if wanted(node) {
			return node
		}
	}
	return nil
}

// submit fills in the form that has all the fields, and sends it.
func (p *page) submit(t *testing.T, fields url.Values) *page {
	t.Helper()
	form := p.find(func(n *html.Node) bool { return n.Data == "form" && hasFields(n, fields) })
	if form == nil {
		t.Fatalf("%s has no form for %v", p.at, fields)
	}
	for node := range form.Descendants() {
		if attribute(node, "type") == "hidden" {
			fields.Set(attribute(node, "name"), attribute(node, "value"))
		}
	}
	action, err := p.at.Parse(attribute(form, "action"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, action.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", p.at.Scheme+"://"+p.at.Host)
	return p.browser.do(t, r)
}

func hasFields(form *html.Node, fields url.Values) bool {
	found := map[string]bool{}
	for node := range form.Descendants() {
		found[attribute(node, "name")] = true
	}
	for name := range fields {
		if !found[name] {
			return false
		}
	}
	return true
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
