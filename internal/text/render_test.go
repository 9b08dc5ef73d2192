package text

import (
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	const rel = ` rel="nofollow noopener noreferrer"`
	for typed, want := range map[string]string{
		"":                            "",
		" \n \n":                      "",
		"one":                         "<p>one</p>",
		"one\ntwo":                    "<p>one<br>two</p>",
		"one\r\n\r\ntwo":              "<p>one</p><p>two</p>",
		"\n\none\n \t\n\ntwo":         "<p>one</p><p>two</p>",
		"1 < 2 & \"3\"":               "<p>1 &lt; 2 &amp; &#34;3&#34;</p>",
		"a\x00b\x1bc\xff":             "<p>abc\uFFFD</p>",
		"See https://x.test/a?b=c&d.": `<p>See <a href="https://x.test/a?b=c&amp;d"` + rel + `>https://x.test/a?b=c&amp;d</a>.</p>`,
		"(https://x.test/a_(b))":      `<p>(<a href="https://x.test/a_(b)"` + rel + `>https://x.test/a_(b)</a>)</p>`,
		"[https://x.test/[b]]!":       `<p>[<a href="https://x.test/[b]"` + rel + `>https://x.test/[b]</a>]!</p>`,
		"<https://x.test>":            `<p>&lt;<a href="https://x.test"` + rel + `>https://x.test</a>&gt;</p>`,
		"HTTP://X.test/é":             `<p><a href="http://X.test/%C3%A9"` + rel + `>HTTP://X.test/é</a></p>`,
		"https://x.test。次":            `<p><a href="https://x.test"` + rel + `>https://x.test</a>。次</p>`,
		"xhttps://x.test":             "<p>xhttps://x.test</p>",
		"https://":                    "<p>https://</p>",
		"@Ana@Clinic.Test: hi":        `<p><span class="h-card"><a href="https://clinic.test/@ana" class="u-url mention"` + rel + `>@<span>ana</span></a></span>: hi</p>`,
		"!team@x.test":                `<p><span class="h-card"><a href="https://x.test/@team" class="u-url mention"` + rel + `>@<span>team</span></a></span></p>`,
		"@nobody@x.test":              "<p>@nobody@x.test</p>",
		"mail ana@x.test":             "<p>mail ana@x.test</p>",
		"#WoundCare":                  `<p><a href="https://home.test/tags/woundcare" class="mention hashtag" rel="tag nofollow noopener noreferrer">#<span>WoundCare</span></a></p>`,
		"#Ärzte":                      `<p><a href="https://home.test/tags/%C3%A4rzte" class="mention hashtag" rel="tag nofollow noopener noreferrer">#<span>Ärzte</span></a></p>`,
	} {
		if got := Render(typed, somebody, tagPage); got != want {
			t.Errorf("%q:\n got %s\nwant %s", typed, got, want)
		}
	}
}

// TestG16_OnlyWebLinks: nothing but http(s) becomes a link, wherever the address comes from.
func TestG16_OnlyWebLinks(t *testing.T) {
	evil := func(Mention) (string, string, bool) { return "javascript:alert(1)", "ana", true }
	for _, typed := range []string{
		"javascript:alert(1)", "javascript://x.test/%0aalert(1)", "data:text/html,<script>", "vbscript:x", "ftp://x.test", "file:///etc/passwd",
		"@ana", "#tag", "https://bank.test@evil.test/", "https://bank.test:443:evil@x.test/", "http:///x", "https://%zz/",
	} {
		if got := Render(typed, evil, func(string) string { return "data:text/html,x" }); strings.Contains(got, "<a") {
			t.Errorf("%q: got %s", typed, got)
		}
	}
	for _, href := range []string{
		"javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)",
		"data:text/html,x", "//evil.test/", "/local", "mailto:a@x.test", "https://bank.test@evil.test/", "\x01javascript:x", "",
	} {
		if got := Sanitize(`<a href="` + href + `">x</a>`); got != "x" {
			t.Errorf("%q: got %s", href, got)
		}
	}
}

// TestG15_RenderEscapesNames: what the store says of an actor is text, too.
func TestG15_RenderEscapesNames(t *testing.T) {
	resolve := func(Mention) (string, string, bool) { return `https://x.test/"><script>`, "<script>", true }
	got := Render("@ana", resolve, tagPage)
	if strings.Contains(got, "<script") || !strings.Contains(got, "&lt;script&gt;") {
		t.Errorf("got %s", got)
	}
}

// FuzzRender: what comes out is exactly what Sanitize lets through, so it holds nothing that Sanitize forbids.
func FuzzRender(f *testing.F) {
	for _, s := range samples() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := Render(typed, somebody, tagPage)
		if again := Sanitize(got); again != got {
			t.Errorf("%q: Render gave\n%q, Sanitize made\n%q", typed, got, again)
		}
	})
}

func FuzzFindMentions(f *testing.F) {
	for _, s := range samples() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, m := range FindMentions(typed) {
			handle := "@" + m.User
			if m.Host != "" {
				handle += "@" + m.Host
			}
			if found := FindMentions(handle); len(found) != 1 || found[0] != m {
				t.Errorf("%q names %v, and %q names %v", typed, m, handle, found)
			}
			if handle != strings.ToLower(handle) || strings.ContainsAny(handle, " <>\"'/\\?#%") {
				t.Errorf("%q names %q", typed, handle)
			}
		}
		for _, tag := range FindHashtags(typed) {
			if found := FindHashtags("#" + tag); len(found) != 1 || found[0] != tag {
				t.Errorf("%q has the tag %q, and that has %q", typed, tag, found)
			}
		}
	})
}
