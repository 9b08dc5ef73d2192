package page

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// frame is what the layout shows.
type frame struct {
	Viewer Viewer
	SignIn string // where to sign in and come back; "" on a page where that makes no sense
	Path   string
	Page   any
}

// Policy widens the Content-Security-Policy of one page.
type Policy struct {
	FormAction []string // sources beside 'self', where a form of the page may lead by a redirect
	Script     bool     // whether the page may load scripts of ours
}

// header gives the Content-Security-Policy.
func (p Policy) header() string {
	forms := strings.Join(append([]string{"'self'"}, p.FormAction...), " ")
	scripts := ""
	if p.Script {
		scripts = "script-src 'self'; "
	}
	return "default-src 'none'; " + scripts + "style-src 'self'; img-src 'self' https: data:; form-action " + forms +
		"; frame-ancestors 'none'; base-uri 'none'"
}

// Render writes the page name with a status. Data is what its blocks see as the dot. A template that fails gives a
// whole error page instead of half of this one.
func (s *Set) Render(w http.ResponseWriter, req *http.Request, status int, name string, data any) {
	s.RenderWith(w, req, status, name, data, Policy{})
}

// RenderWith is Render for a page whose forms lead to other origins.
func (s *Set) RenderWith(w http.ResponseWriter, req *http.Request, status int, name string, data any, policy Policy) {
	r := s.renderer
	body, err := s.execute(req, name, data)
	if err != nil {
		r.Error(w, req, err)
		return
	}
	r.write(w, req, status, body, policy)
}

func (s *Set) execute(req *http.Request, name string, data any) ([]byte, error) {
	page, ok := s.pages[name]
	if !ok {
		return nil, fmt.Errorf("no page is called %q", name)
	}
	shown := frame{Viewer: s.renderer.viewer(req), SignIn: signInURL(req), Path: req.URL.Path, Page: data}
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "layout.html", shown); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	return body.Bytes(), nil
}

// write sends a page. What it shows depends on who is signed in, so it belongs into no cache that people share.
func (r *Renderer) write(w http.ResponseWriter, req *http.Request, status int, body []byte, policy Policy) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy.header())
	header.Add("Vary", "Cookie")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "private, no-cache")
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		r.log.DebugContext(req.Context(), "visitor left before the page", "path", req.URL.Path, "error", err)
	}
}

// signInURL leads back to the page that is shown, which only a page that was asked for by GET can be.
func signInURL(req *http.Request) string {
	if strings.HasPrefix(req.URL.Path, "/auth/") {
		return ""
	}
	if req.Method != http.MethodGet || req.URL.Path == "/" || req.URL.Path == "" {
		return "/auth/sign_in"
	}
	return "/auth/sign_in?next=" + url.QueryEscape(req.URL.RequestURI())
}
