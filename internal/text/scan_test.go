package text

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindMentions(t *testing.T) {
	for typed, want := range map[string][]Mention{
		"":           nil,
		"@ana":       {{"ana", ""}},
		"Hello @Ana": {{"ana", ""}},
		"@ana@Clinic.Test, see @ben@hospital.test.": {{"ana", "clinic.test"}, {"ben", "hospital.test"}},
		"!woundcare@hospital.test how":              {{"woundcare", "hospital.test"}},
		"!important":                                nil,
		"(@ana@clinic.test)":                        {{"ana", "clinic.test"}},
		"@ana@localhost:8081: hi":                   {{"ana", "localhost:8081"}},
		"@ana@clinic.test:443":                      {{"ana", "clinic.test"}},
		"@ana@clinic.test:0":                        {{"ana", "clinic.test"}},
		"@ana@clinic.test:99999":                    {{"ana", "clinic.test"}},
		"@ana@127.0.0.1:8081":                       {{"ana", "127.0.0.1:8081"}},
		"@ana@clinic.test.":                         {{"ana", "clinic.test"}},
		"@a.b-c@x.test @a_@y.test":                  {{"a.b-c", "x.test"}, {"a_", "y.test"}},
		"@ana. Then":                                {{"ana", ""}},
		"@ana @ANA @ana@x.test":                     {{"ana", ""}, {"ana", "x.test"}},
		"one\n@ana\r\n@ben":                         {{"ana", ""}, {"ben", ""}},
		"ana@clinic.test":                           nil,
		"write to a.b+c@clinic.test, a-@x.test":     nil,
		"Done.@ana":                                 {{"ana", ""}},
		"https://x.test/@ana":                       nil,
		"https://u@ana@x.test":                      nil,
		"x.test/@ana and /@ben":                     nil,
		"@@ana":                                     nil,
		"@ana@":                                     nil,
		"@ana@@x.test":                              nil,
		"@ana@x.test@y.test":                        nil,
		"@types/node":                               nil,
		"@anaé":                                     nil,
		"@":                                         nil,
		"@-ana":                                     nil,
		"@" + strings.Repeat("a", maxUser+1):        nil,
		"@ana@" + strings.Repeat("a.", 200) + "com": nil,
		"@ana@1.2.3":      nil,
		"@ana@0x7f000001": nil,
		"日本@ana":          nil,
	} {
		if diff := cmp.Diff(want, FindMentions(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
}

// TestC25_HostsAreALabels: one host has one spelling.
func TestC25_HostsAreALabels(t *testing.T) {
	for typed, want := range map[string]string{
		"@ana@bücher.example":            "xn--bcher-kva.example",
		"@ana@BÜCHER.example.":           "xn--bcher-kva.example",
		"@ana@xn--bcher-kva.EXAMPLE":     "xn--bcher-kva.example",
		"@ana@例え.テスト:8443":               "xn--r8jz45g.xn--zckzah:8443",
		"!team@xn--bcher-kva.example:99": "xn--bcher-kva.example:99",
	} {
		found := FindMentions(typed)
		if len(found) != 1 || found[0].Host != want {
			t.Errorf("%q: got %v, want host %q", typed, found, want)
		}
	}
	if found := FindMentions("@ana@xn--\u0430.test @ana@xn--zzzzzzzzzzzz.test"); found != nil {
		t.Errorf("broken punycode names hosts: %v", found)
	}
}

func TestFindHashtags(t *testing.T) {
	for typed, want := range map[string][]string{
		"":                                nil,
		"#Ask how":                        {"ask"},
		"#ask #ASK #Stuck.":               {"ask", "stuck"},
		"#2026 #2026goals #_ #a_1":        {"2026goals", "a_1"},
		"#Ärzte #日本語 #हिन्दी":             {"ärzte", "日本語", "हिन्दी"},
		"#A\u0308rzte":                    {"ärzte"},
		"(#ask)":                          {"ask"},
		"a#ask &#39; #a#b ##c /#d ?x=#e":  {"a"},
		"https://x.test/#ask x.test/#ask": nil,
		"@ana@x.test#ask":                 nil,
		"#one\n#two":                      {"one", "two"},
		"C# is":                           nil,
		"#" + strings.Repeat("a", 101):    nil,
		"#wound-care":                     {"wound"},
	} {
		if diff := cmp.Diff(want, FindHashtags(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
	}
}

// TestScanLosesNothing: tokens joined are the line.
func TestScanLosesNothing(t *testing.T) {
	for _, line := range samples() {
		var joined strings.Builder
		for _, token := range scan(line) {
			joined.WriteString(token.text)
		}
		if joined.String() != line {
			t.Errorf("got %q, want %q", joined.String(), line)
		}
	}
}

// TestC20_ReadersAreLinear: what makes backtracking matchers slow is read at the pace of plain text.
func TestC20_ReadersAreLinear(t *testing.T) {
	for _, piece := range []string{
		"@a", "@a@", "@a.", "@a@b.", "#", "#a", "http://", "https://a.test/(", "https://a!", "!a@b", "@a@ü", "((", "<", "<a ",
		"<p><b>", "</p>", "&", "&#", "<a href='http://a.test/'>", "<blockquote>", "<!--", "<li>", "a\u0301", "@a@x:1", "\u200d",
	} {
		typed := strings.Repeat(piece, (32<<10)/len(piece))
		FindMentions(typed)
		FindHashtags(typed)
		Commands(typed)
		Title(typed, 200)
		Sanitize(Render(typed, nobody, nowhere))
		Sanitize(typed)
		Plain(typed)
		CleanName(typed)
	}
}

func nobody(Mention) (string, string, bool) { return "", "", false }
func nowhere(string) string                 { return "" }

func somebody(m Mention) (string, string, bool) {
	if m.Host == "" {
		m.Host = "home.test"
	}
	return "https://" + m.Host + "/@" + m.User, m.User, m.User != "nobody"
}

func tagPage(tag string) string { return "https://home.test/tags/" + tag }

// samples are texts of every sort, for the properties and as seeds of the fuzz targets.
func samples() []string {
	return slices.Clone([]string{
		"", " ", "\n", "Hello @ana@clinic.test, see https://x.test/a_(b)?c=d&e=f#g.",
		"#Ask How do you dress this?\n\nIt is *deep* & <b>wet</b>.\n#woundcare",
		"!woundcare@hospital.test: what about @ben?", "@nobody @ana", "<script>alert(1)</script>",
		"javascript:alert(1) HTTPS://X.TEST/ http://[::1]/ https://u:p@x.test/ https://", "\x00\xff\u202e",
		"@ana@bücher.example:8080 #日本語 https://bücher.example/é%20ü", "`a` \"b\" 'c'", "a\r\nb\rc\u2028d",
		`<p class="mention evil" onclick="x()">a<br/>b</p><img src=x onerror=alert(1)>`,
		`<a href="java&#10;script:alert(1)" rel="me tag" class="u-url">x</a>`, "<b><p>a</b>b</p></blockquote>c",
		"<ul><li>a<li>b<ul><li>c</ul></ul><li>d", "<h1>T<h2>U</h1>", "<pre>\n a\n\n b</pre>", "<a href=http://a.test><a href=http://b.test>x",
		"<svg><style><a title='</style><img src=x onerror=alert(1)>'>", "<math><mtext><table><mglyph><style><img src=x>",
		"<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<!--><img src=x>-->", "&lt;script&gt; &#0; &#1; &amp;lt;",
		strings.Repeat("<b>", 50) + "x" + strings.Repeat("<h1>", 40),
	})
}
