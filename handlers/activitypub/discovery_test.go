package activitypub

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"praxis/models"
)

func (h *house) finger(resource string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.get("/.well-known/webfinger?resource=" + url.QueryEscape(resource))
}

// link gives the link of a relation.
func link(doc map[string]any, rel string) map[string]any {
	links, _ := doc["links"].([]any)
	for _, l := range links {
		if l := l.(map[string]any); l["rel"] == rel {
			return l
		}
	}
	return map[string]any{}
}

func TestWebFinger(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	care := h.community("care", alice)
	instance, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	for resource, want := range map[string]*models.Actor{
		"acct:alice@a.test": alice, "acct:Alice@A.TEST": alice, "ACCT:alice@a.test": alice, "acct:@alice@a.test": alice,
		"https://a.test/u/alice": alice, "https://a.test/@alice": alice, "https://a.test/u/alice/": alice,
		"acct:care@a.test": care, "https://a.test/c/care": care, "https://a.test/@care": care,
		"acct:a.test@a.test": instance, "https://a.test/actor": instance, "https://a.test/": instance, "https://a.test": instance,
	} {
		w := h.finger(resource)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d", resource, w.Code)
			continue
		}
		if got := w.Header().Get("Content-Type"); got != "application/jrd+json; charset=utf-8" {
			t.Errorf("%s: content type %q", resource, got)
		}
		doc := decode(t, w.Body)
		noNulls(t, "", doc)
		if doc["subject"] != "acct:"+want.Username+"@a.test" {
			t.Errorf("%s: subject %v", resource, doc["subject"])
		}
		self := link(doc, "self")
		if self["type"] != "application/activity+json" || !slices.Contains(doc["aliases"].([]any), any(want.URI)) {
			t.Errorf("%s: %v", resource, doc)
		}
		// Byte for byte the id that the actor itself says.
		if served := h.doc(h.get(h.path(want.URI))); self["href"] != served["id"] {
			t.Errorf("%s: self %v, id %v", resource, self["href"], served["id"])
		}
		if page := link(doc, "http://webfinger.net/rel/profile-page"); page["href"] != want.URL {
			t.Errorf("%s: profile page %v", resource, page)
		}
		template := link(doc, "http://ostatus.org/schema/1.0/subscribe")["template"]
		if want != instance && template != "https://a.test/authorize_interaction?uri={uri}" {
			t.Errorf("%s: subscribe %v", resource, template)
		}
	}
}

func TestG25_WebFingerAnswersForOurHostsOnly(t *testing.T) {
	h := newHouse(t, func(cfg *Config) { cfg.Hosts = []string{"people.test"} })
	h.member("alice")
	h.remote("bob", "b.test")
	for resource, want := range map[string]int{
		"acct:alice@people.test":             200, // a further name of ours
		"acct:alice@evil.test":               404,
		"acct:alice@a.test.evil.test":        404,
		"acct:alice@evil.test@a.test":        404,
		"acct:alice@a.test@evil.test":        404,
		"acct:bob@b.test":                    404,
		"acct:alice":                         404,
		"acct:@a.test":                       404,
		"acct:":                              404,
		"alice@a.test":                       404,
		"https://evil.test/u/alice":          404,
		"https://a.test@evil.test/u/alice":   404,
		"https://x@a.test/u/alice":           404,
		"https://a.test:444/u/alice":         404,
		"https://b.test/users/bob":           404,
		"https://a.test/o/1":                 404,
		"ftp://a.test/u/alice":               404,
		"acct:al\x00ice@a.test":              404,
		"https://a.test/u/al\x00ice":         404,
		"https://a.test/@al\xffice":          404,
		"https://a.test/u/" + "%2e%2e/alice": 404,
		strings.Repeat("a", 5000):            404,
		"":                                   400,
	} {
		r := httptest.NewRequest(http.MethodGet, "/.well-known/webfinger?resource="+url.QueryEscape(resource), nil)
		r.Host = "evil.test" // whoever we are called by, the answer is about ourselves
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%.60q: status %d, want %d", resource, w.Code, want)
		}
		if strings.Contains(w.Body.String(), "evil.test") {
			t.Errorf("%.60q: the answer speaks of another host: %s", resource, w.Body)
		}
	}
	h.status(h.get("/.well-known/webfinger"), http.StatusBadRequest)
	if doc := decode(t, h.finger("acct:alice@people.test").Body); doc["subject"] != "acct:alice@a.test" {
		t.Errorf("subject %v", doc["subject"])
	}
}

func FuzzResolve(f *testing.F) {
	for _, seed := range []string{"acct:alice@a.test", "https://a.test/@alice", "acct:@@", "https://[::1", "acct:a.test@a.test", "\x00"} {
		f.Add(seed)
	}
	s := &Server{hosts: []string{"a.test"}}
	s.links.Base, s.links.Host = "https://a.test", "a.test"
	f.Fuzz(func(t *testing.T, resource string) {
		name, ok := s.accountName(resource)
		if ok && !strings.Contains(strings.ToLower(resource), "a.test") {
			t.Errorf("%q was taken for %q of ours", resource, name)
		}
	})
}

func TestHostMeta(t *testing.T) {
	h := newHouse(t, nil)
	w := h.get("/.well-known/host-meta")
	h.status(w, http.StatusOK)
	if got := w.Header().Get("Content-Type"); got != "application/xrd+xml; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	var doc hostMeta
	h.must(xml.Unmarshal(w.Body.Bytes(), &doc))
	const template = "https://a.test/.well-known/webfinger?resource={uri}"
	if doc.Link.Rel != "lrdd" || doc.Link.Template != template {
		t.Errorf("%+v", doc)
	}
	if got := link(decode(t, h.get("/.well-known/host-meta.json").Body), "lrdd")["template"]; got != template {
		t.Errorf("template %v", got)
	}
}

func TestNodeInfo(t *testing.T) {
	h := newHouse(t, nil)
	alice := h.member("alice")
	h.post(alice, "Hello", models.Public, nil)
	links := decode(t, h.get("/.well-known/nodeinfo").Body)
	for _, version := range []string{"2.0", "2.1"} {
		href := link(links, "http://nodeinfo.diaspora.software/ns/schema/"+version)["href"]
		if href != "https://a.test/nodeinfo/"+version {
			t.Errorf("%s: href %v", version, href)
			continue
		}
		w := h.get(h.path(href.(string)))
		h.status(w, http.StatusOK)
		if got := w.Header().Get("Content-Type"); got != `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/`+version+`#"; charset=utf-8` {
			t.Errorf("content type %q", got)
		}
		doc := decode(t, w.Body)
		noNulls(t, "", doc)
		checkNodeInfo(t, version, doc)
	}
	h.status(h.get("/nodeinfo/3.0"), http.StatusNotFound)
}

func checkNodeInfo(t *testing.T, version string, doc map[string]any) {
	t.Helper()
	software := doc["software"].(map[string]any)
	if doc["version"] != version || software["name"] != "praxis" || software["version"] != "1.2.3" {
		t.Errorf("%s: %v", version, doc)
	}
	if repository := software["repository"]; (version == "2.1") != (repository == "https://code.test/praxis") {
		t.Errorf("%s: repository %v", version, repository)
	}
	usage := doc["usage"].(map[string]any)
	users := usage["users"].(map[string]any)
	if usage["localPosts"] != 1.0 || users["total"] != 1.0 || users["activeMonth"] != 1.0 || users["activeHalfyear"] != 1.0 {
		t.Errorf("%s: usage %v", version, usage)
	}
	services := doc["services"].(map[string]any)
	metadata := doc["metadata"].(map[string]any)
	protocols := doc["protocols"].([]any)
	if len(protocols) != 1 || protocols[0] != "activitypub" || doc["openRegistrations"] != false ||
		services["inbound"] == nil || services["outbound"] == nil || metadata["nodeName"] != "A" || metadata["nodeDescription"] != "A house" {
		t.Errorf("%s: %v", version, doc)
	}
	// megalodon asks for this before it speaks to a server whose name it does not know.
	if upstream := metadata["upstream"].(map[string]any); upstream["name"] != "mastodon" {
		t.Errorf("%s: upstream %v", version, upstream)
	}
}

func TestA38_InteractionResolvesNothing(t *testing.T) {
	h := newHouse(t, nil)
	h.member("alice")
	h.remote("bob", "b.test")
	_, err := h.service.EnsureInstanceActor(t.Context())
	h.must(err)
	for uri, want := range map[string]string{
		"acct:alice@a.test":          "/@alice",
		"@alice@a.test":              "/@alice",
		"https://a.test/u/alice":     "/@alice",
		"https://a.test/@alice":      "/@alice",
		"https://b.test/users/bob":   "/@bob@b.test",
		"acct:bob@b.test":            "/@bob@b.test",
		"https://b.test/users/carol": "",
		"acct:carol@b.test":          "",
		"acct:bob":                   "",
		"https://a.test/actor":       "",
		"//evil.test":                "",
		"javascript:alert(1)":        "",
		"https://b.test/\x00":        "",
		"":                           "",
	} {
		w := h.get("/authorize_interaction?uri="+url.QueryEscape(uri), "Accept", browserAccept)
		if want == "" {
			h.notFound(w)
			continue
		}
		h.status(w, http.StatusFound)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%q: sent to %q, want %q", uri, got, want)
		}
	}
}

func TestC09_UncleanAddressesReachNoQuery(t *testing.T) {
	for uri, want := range map[string]bool{
		"https://b.test/users/bob": true, "acct:bob@b.test": true, "https://b.test/ä": true,
		"": false, "https://b.test/\x00": false, "https://b.test/\n": false, "https://b.test/\xff": false,
		strings.Repeat("a", maxURI): true, strings.Repeat("a", maxURI+1): false,
	} {
		if got := isClean(uri); got != want {
			t.Errorf("%.60q: %v, want %v", uri, got, want)
		}
	}
}

func TestA05_OnlyDocumentsAreServedAsActivityStreams(t *testing.T) {
	h := newHouse(t, secure)
	h.member("alice")
	for _, path := range []string{
		"/u/nobody", "/o/1", "/u/alice/outbox", "/inbox", "/media/upload.json", "/.well-known/webfinger?resource=acct:alice@a.test",
		"/.well-known/nodeinfo", "/nodeinfo/2.0", "/.well-known/host-meta", "/authorize_interaction?uri=x",
	} {
		got := h.get(path).Header().Get("Content-Type")
		if strings.Contains(got, "activity+json") || strings.Contains(got, "ld+json") {
			t.Errorf("%s is served as %q", path, got)
		}
	}
}
