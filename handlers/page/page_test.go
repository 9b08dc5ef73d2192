package page

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gorilla/mux"

	"praxis/models"
)

func renderer(t *testing.T) (*Renderer, *bytes.Buffer) {
	t.Helper()
	var logged bytes.Buffer
	return New(Config{
		Name: "Care & Co", Host: "care.test", Description: "Where <nurses> ask.",
		Log: slog.New(slog.NewTextHandler(&logged, nil)),
	}), &logged
}

func load(t *testing.T, r *Renderer, files map[string]string) *Set {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range files {
		tree["pages/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := r.Load(tree, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	return set
}

const greeting = `{{define "title"}}Hello {{.}}{{end}}{{define "content"}}<p>I am {{.}} of {{site.Host}}</p>{{end}}`

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func TestRenderPutsThePageIntoTheFrame(t *testing.T) {
	r, _ := renderer(t)
	r.SetViewer(func(*http.Request) Viewer {
		return Viewer{Username: "ann", DisplayName: "Ann <3", Signed: true, Staff: true}
	})
	set := load(t, r, map[string]string{"hello.html": greeting})
	w := httptest.NewRecorder()
	set.Render(w, get("/communities"), http.StatusTeapot, "hello.html", "<b>")
	body := w.Body.String()
	for _, want := range []string{
		"<title>Hello &lt;b&gt; · Care &amp; Co</title>", "I am &lt;b&gt; of care.test", "Where &lt;nurses&gt; ask.",
		`href="/communities" aria-current="page"`, `<a href="/@ann">Ann &lt;3</a>`, `action="/auth/sign_out"`, `<a href="/admin">Admin</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in the page", want)
		}
	}
	if w.Code != http.StatusTeapot || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("status %d, type %q", w.Code, w.Header().Get("Content-Type"))
	}
	if w.Header().Get("Cache-Control") != "private, no-cache" || w.Header().Get("Vary") != "Cookie" {
		t.Errorf("caching: %v", w.Header())
	}
}

func TestG15_PagesLoadNoScriptAndAreFramedByNobody(t *testing.T) {
	r, _ := renderer(t)
	set := load(t, r, map[string]string{"hello.html": greeting})
	w := httptest.NewRecorder()
	set.Render(w, get("/"), http.StatusOK, "hello.html", "x")
	want := "default-src 'none'; style-src 'self'; img-src 'self' https: data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	if got := w.Header().Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %q", got)
	}
	if found := regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son\w+=`).FindString(w.Body.String()); found != "" {
		t.Errorf("the frame holds %q", found)
	}
	scripted := httptest.NewRecorder()
	set.RenderWith(scripted, get("/"), http.StatusOK, "hello.html", "x", Policy{Scripts: true})
	if got := scripted.Header().Get("Content-Security-Policy"); got != strings.Replace(want, "style-src", "script-src 'self'; style-src", 1) {
		t.Errorf("policy %q", got)
	}
	wide := httptest.NewRecorder()
	set.RenderWith(wide, get("/"), http.StatusOK, "hello.html", "x", Policy{FormAction: []string{"https://app.test"}})
	if got := wide.Header().Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' https://app.test;") {
		t.Errorf("policy %q", got)
	}
}

func TestRenderThatFailsGivesAWholeErrorPage(t *testing.T) {
	r, logged := renderer(t)
	set := load(t, r, map[string]string{"bad.html": `{{define "title"}}T{{end}}{{define "content"}}<p>half{{.Missing}}{{end}}`})
	for _, name := range []string{"bad.html", "unknown.html"} {
		logged.Reset()
		w := httptest.NewRecorder()
		set.Render(w, get("/"), http.StatusOK, name, struct{}{})
		body := w.Body.String()
		if w.Code != http.StatusInternalServerError || strings.Contains(body, "half") || !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
			t.Errorf("%s: status %d, body %s", name, w.Code, body)
		}
		if strings.Contains(body, name) || !strings.Contains(logged.String(), name) {
			t.Errorf("%s: shown or not logged: %s", name, logged)
		}
	}
}

func TestErrorPage(t *testing.T) {
	r, logged := renderer(t)
	for _, tc := range []struct {
		err    error
		status int
		shown  string
	}{
		{models.Errorf(models.NotFound, "There is no <such> page."), 404, "There is no &lt;such&gt; page."},
		{models.Errorf(models.RateLimited, "Slow down."), 429, "Slow down."},
		{models.Errorf(models.Unavailable, "The database rests."), 503, "The database rests."},
		{errors.New("password=hunter2"), 500, "Something went wrong on this server."},
	} {
		w := httptest.NewRecorder()
		r.Error(w, get("/x"), tc.err)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.shown) || strings.Contains(w.Body.String(), "hunter2") {
			t.Errorf("%v: status %d, body %s", tc.err, w.Code, w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" || (tc.status == 503) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%v: headers %v", tc.err, w.Header())
		}
	}
	if got := strings.Count(logged.String(), "page failed"); got != 1 {
		t.Errorf("%d errors are logged, want the internal one alone", got)
	}
}

func TestLoadRefusesPagesWithoutTheirBlocks(t *testing.T) {
	r, _ := renderer(t)
	for name, files := range map[string]fstest.MapFS{
		"no content":    {"p/a.html": {Data: []byte(`{{define "title"}}T{{end}}`)}},
		"does not read": {"p/a.html": {Data: []byte(`{{define "title"}`)}},
		"shared only":   {"p/_a.html": {Data: []byte(`{{define "x"}}{{end}}`)}},
		"nothing":       {"q/a.html": {Data: []byte(greeting)}},
	} {
		if _, err := r.Load(files, "p/*.html"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestSharedTemplatesAndSeparateBlocks(t *testing.T) {
	r, _ := renderer(t)
	set := load(t, r, map[string]string{
		"_row.html": `{{define "row"}}<i>{{.}}</i>{{end}}`,
		"a.html":    `{{define "title"}}A{{end}}{{define "content"}}a {{template "row" .}}{{end}}{{define "head"}}<meta name="x">{{end}}`,
		"b.html":    `{{define "title"}}B{{end}}{{define "content"}}b {{template "row" .}}{{end}}`,
	})
	for name, want := range map[string]string{"a.html": "a <i>1</i>", "b.html": "b <i>1</i>"} {
		w := httptest.NewRecorder()
		set.Render(w, get("/"), http.StatusOK, name, 1)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s", name, w.Body)
		}
		if got := strings.Contains(w.Body.String(), `<meta name="x">`); got != (name == "a.html") {
			t.Errorf("%s: head of its own: %v", name, got)
		}
	}
}

func TestSignInComesBack(t *testing.T) {
	for path, want := range map[string]string{
		"/":                  "/auth/sign_in",
		"/c/care?page=2&x=1": "/auth/sign_in?next=%2Fc%2Fcare%3Fpage%3D2%26x%3D1",
		"/auth/sign_in":      "",
	} {
		if got := signInURL(get(path)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := signInURL(httptest.NewRequest(http.MethodPost, "/x", nil)); got != "/auth/sign_in" {
		t.Errorf("after a POST: %q", got)
	}
}

func TestAssetsAreServedForever(t *testing.T) {
	r, _ := renderer(t)
	router := mux.NewRouter()
	r.Routes(router)
	server := httptest.NewServer(router)
	defer server.Close()
	for name, mediaType := range map[string]string{"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		address := r.assets.url(name)
		if !regexp.MustCompile(`^/assets/\w+\.[0-9a-f]{12}\.\w+$`).MatchString(address) {
			t.Errorf("address %q", address)
		}
		res, err := server.Client().Get(server.URL + address)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != mediaType || len(body) == 0 {
			t.Errorf("%s: %d, %v", name, res.StatusCode, res.Header)
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
	res, err := server.Client().Get(server.URL + "/assets/style.css")
	if err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("without the hash: %v, %v", res.StatusCode, err)
	}
}
