package web

import (
	"regexp"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func (w *ward) draftWarned(text string) *models.Post {
	return w.draft(practice.Draft{Author: w.anna, Text: text, SpoilerText: "Pictures of wounds"})
}

const (
	script = `<script>alert(1)</script>`
	broken = `"><img src=x onerror=alert(1)>`
)

// active is what must stand in no tag of a page.
var active = regexp.MustCompile(`(?i)<script|<[^>]*\son[a-z]+\s*=|(?:href|src|action|content)="?\s*(?:javascript|data|vbscript):|<iframe|<object|<embed|<form[^>]*evil|style="|srcdoc|<img[^>]*src="?x|rel="?me`)

// TestG15_HostileText: whatever a database holds comes out as text, or as harmless HTML. The rows are written past the
// checks that keep such things out.
func TestG15_HostileText(t *testing.T) {
	w := newWard(t)
	eve := w.remote("eve", "evil.example", script+broken+"Eve")
	eve.Summary = `<p onclick="alert(1)">` + script + `<a rel="me" href="javascript:alert(1)">bio</a></p>`
	eve.Fields = `[{"name":"<script>alert(1)</script>","value":"<a href=\"javascript:alert(1)\" rel=\"me\">site</a><iframe src=x></iframe>"}]`
	eve.URL, eve.MovedToURI = "javascript:alert(1)", "javascript:alert(2)"
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(eve) }))
	post := w.draft(practice.Draft{
		Author: eve, URI: "https://evil.example/1", URL: "https://evil.example/@eve/1", Content: "<p>hello</p>", Community: w.community,
		Tags: []string{"ask"}, Published: w.store.Now(), SpoilerText: "", InReplyTo: nil,
		Attachments: []models.Attachment{
			{Type: "image", URL: "javascript:alert(1)", Description: "never"},
			{Type: "image", URL: "https://evil.example/a.png?" + script, Description: broken},
		},
	})
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error {
		post.Title, post.SpoilerText = script+broken+"Title", ""
		post.Content = `<p onmouseover="alert(1)">` + script + `<a href="javascript:alert(1)">x</a></p></article></main><style>*{}</style><form action="//evil"><svg onload=alert(1)>`
		post.Language, post.URL, post.Kind = `en" onload="alert(1)`, "javascript:alert(3)", broken
		return tx.SavePost(post)
	}))
	reply := w.post(w.anna, script+broken+" #"+broken, models.Public, post)
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error {
		reply.SpoilerText = script + broken
		reply.Title = script
		w.community.DisplayName, w.community.Summary = script+broken, script+`<a href="javascript:1">`
		if err := tx.UpdateActor(w.community); err != nil {
			return err
		}
		return tx.SavePost(reply)
	}))
	paths := []string{"/", "/communities", "/@eve@evil.example", "/@anna", "/@woundcare", "/tags/ask", "/@eve@evil.example/" + format(post.ID), w.path(reply.URL)}
	for _, path := range paths {
		for _, viewer := range []string{"", "anna"} {
			shown := w.page(viewer, path)
			if found := active.FindString(shown); found != "" {
				t.Errorf("%s holds %q:\n%s", path, found, shown)
			}
			if strings.Count(shown, "</main>") != 1 || strings.Count(shown, "<article") != strings.Count(shown, "</article>") {
				t.Errorf("%s was taken apart:\n%s", path, shown)
			}
			w.lacks(shown, "javascript:", "ZgotmplZ")
		}
	}
	w.holds(w.page("", "/@eve@evil.example/"+format(post.ID)), "https://evil.example/a.png", "at its own server", `href="https://evil.example/1"`)
}

// TestC26_Names: names that turn the direction of writing do not turn the page, and nameless people have a name.
func TestC26_Names(t *testing.T) {
	w := newWard(t)
	eve := w.remote("eve", "evil.example", "\u202eevE\u202c")
	w.post(w.anna, "@eve@evil.example hello", models.Public, nil)
	w.lacks(w.page("anna", "/@eve@evil.example"), "\u202e")
	eve.DisplayName = "\u200b \u2060"
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(eve) }))
	w.holds(w.page("anna", "/@eve@evil.example"), "<bdi>eve</bdi>")
}

func TestWithoutTitle(t *testing.T) {
	for _, c := range []struct{ content, title, want string }{
		{"<p>Why?<br>Because.</p>", "Why?", "<p>Because.</p>"},
		{"<p>Why?</p><p>Because.</p>", "Why?", "<p>Because.</p>"},
		{`<p><a href="https://a.test/Why?">@x</a> Why? <a href="/t">#ask</a><br>Because.</p>`, "Why?", `<p><a href="https://a.test/Why?">@x</a> Why? <a href="/t">#ask</a><br>Because.</p>`},
		{`<p><a href="https://a.test/">@x</a> Why? <a href="/t">#ask</a></p>`, "Why?", `<p><a href="https://a.test/">@x</a> <a href="/t">#ask</a></p>`},
		{"<p>Other<br>Why?</p>", "Why?", "<p>Other<br>Why?</p>"},
		{"<p>Other</p><p>Why?</p>", "Why?", "<p>Other</p><p>Why?</p>"},
		{"<p>&lt;b&gt; &amp; c</p>", "<b> & c", ""},
		{"<ul><li>Why?</li></ul>", "Why?", "<ul><li>Why?</li></ul>"},
		{"<p>Why?</p>", "", "<p>Why?</p>"},
		{"", "Why?", ""},
	} {
		if got := withoutTitle(c.content, c.title); got != c.want {
			t.Errorf("%s without %q: %s, want %s", c.content, c.title, got, c.want)
		}
	}
}

func TestG16_WebURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x": "https://a.example/x", "http://a.example": "http://a.example", "javascript:alert(1)": "", "data:text/html,x": "",
		"//a.example": "", "https://": "", "java\nscript:alert(1)": "", " https://a.example": "", "": "", "ftp://a.example": "",
	} {
		if got := webURL(raw); got != want {
			t.Errorf("%q gives %q, want %q", raw, got, want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, c := range []struct{ content, title, want string }{
		{"<p>@ward Why? #ask<br>Because it is so.</p>", "Why?", "Because it is so."},
		{"<p>@anna @ben@clinic.example Because it is so.</p>", "", "Because it is so."},
		{"<p>@anna</p>", "", "@anna"},
		{"<p>One two three four five six</p>", "", "One two three four…"},
		{"<p>Text</p><p>Why?</p>", "Why?", "Text Why?"},
	} {
		if got := excerpt(c.content, c.title, 21); got != c.want {
			t.Errorf("%s with the title %q gives %q, want %q", c.content, c.title, got, c.want)
		}
	}
}
