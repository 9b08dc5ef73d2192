package page

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what a Renderer needs.
type Config struct {
	Name        string // of the instance
	Host        string // "hospital.example"
	Description string // one or two sentences
	Log         *slog.Logger
}

// Viewer is who looks at a page.
type Viewer struct {
	Username    string
	DisplayName string
	Signed      bool // somebody is signed in
	Staff       bool // and looks after the instance
}

// Site is what templates see of the instance by {{site}}.
type Site struct{ Name, Host, Description string }

// Renderer makes pages. It is safe for concurrent use once SetViewer was called.
type Renderer struct {
	site   Site
	log    *slog.Logger
	assets assets
	layout *template.Template
	own    *Set
	viewer func(*http.Request) Viewer
}

// New makes a Renderer. Until SetViewer is called nobody is signed in.
func New(cfg Config) *Renderer {
	r := &Renderer{
		site:   Site{Name: cfg.Name, Host: cfg.Host, Description: cfg.Description},
		log:    cfg.Log,
		assets: loadAssets(),
		viewer: func(*http.Request) Viewer { return Viewer{} },
	}
	if r.site.Name == "" {
		r.site.Name = cfg.Host
	}
	functions := template.FuncMap{"site": func() Site { return r.site }, "asset": r.assets.url}
	// What is embedded cannot fail on one machine only: a template that does not parse fails every test.
	r.layout = template.Must(template.New("layout.html").Funcs(functions).ParseFS(templates, "templates/layout.html"))
	r.own = must(r.Load(templates, "templates/error.html"))
	return r
}

func must(set *Set, err error) *Set {
	if err != nil {
		panic(err)
	}
	return set
}

// SetViewer tells how to find out who looks at a page. It must be called before the first request.
func (r *Renderer) SetViewer(viewer func(*http.Request) Viewer) { r.viewer = viewer }

// Set is a number of pages that were loaded together.
type Set struct {
	renderer *Renderer
	pages    map[string]*template.Template
}

// Load reads the pages of files whose path matches pattern, as fs.Glob has it. A page is called by the base name of its
// file, "thread.html", and defines "title" and "content"; it may define "head" for more in the head element. Files
// whose name begins with "_" are no pages: what they define is there for all pages of the set. Errors: no page
// matches, one does not parse or lacks a block.
func (r *Renderer) Load(files fs.FS, pattern string) (*Set, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, fmt.Errorf("find pages by %q: %w", pattern, err)
	}
	base, err := r.layout.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the frame: %w", err)
	}
	set := &Set{renderer: r, pages: map[string]*template.Template{}}
	for _, name := range names {
		if path.Base(name)[0] != '_' {
			continue
		}
		if _, err := base.ParseFS(files, name); err != nil {
			return nil, fmt.Errorf("read what pages share: %w", err)
		}
	}
	for _, name := range names {
		if path.Base(name)[0] == '_' {
			continue
		}
		if set.pages[path.Base(name)], err = loadPage(base, files, name); err != nil {
			return nil, err
		}
	}
	if len(set.pages) == 0 {
		return nil, fmt.Errorf("no page matches %q", pattern)
	}
	return set, nil
}

func loadPage(base *template.Template, files fs.FS, name string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the frame: %w", err)
	}
	if _, err := page.ParseFS(files, name); err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	for _, block := range []string{"title", "content"} {
		if page.Lookup(block) == nil {
			return nil, fmt.Errorf("page %s does not define %q", name, block)
		}
	}
	return page, nil
}
