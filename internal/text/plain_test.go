package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for raw, want := range map[string]string{
		"":                               "",
		"<p>a</p><p>b<br>c</p>":          "a\n\nb\nc",
		"a &amp; b &lt;c&gt;":            "a & b <c>",
		"<p>a\n   b</p>\n<p>c":           "a b\n\nc",
		"<ul><li>a</li><li>b</li></ul>c": "a\nb\n\nc",
		"<pre>a\n  b</pre>":              "a\n  b",
		"a<script>x()</script><style>y{}</style>b": "ab",
		"a<br><br><br><br>b":                       "a\n\nb",
		`<p><span class="h-card"><a href="https://x.test/@ana">@<span>ana</span></a></span> #solved</p>`: "@ana #solved",
		"<h2>T</h2>text": "T\n\ntext",
		"\x00a&#0;<b":    "a\uFFFD",
	} {
		if got := Plain(raw); got != want {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	}
}

func TestPlainOfRenderedIsWhatWasTyped(t *testing.T) {
	for _, typed := range []string{"a\nb\n\nc <d> & e", "see https://x.test/a?b&c.", "#Ask @ana how?", "@ana@x.test"} {
		want := strings.ReplaceAll(typed, "@ana@x.test", "@ana")
		if got := Plain(Render(typed, somebody, tagPage)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestC26_NamesShowWhatTheyAre: display names hold nothing that hides or turns text.
func TestC26_NamesShowWhatTheyAre(t *testing.T) {
	for name, want := range map[string]string{
		"":                                 "",
		"  Ana \t\n Lima ":                 "Ana Lima",
		"ad\u200bmin\ufeff":                "admin",
		"\u202enimda\u202c":                "nimda",
		"\u2066a\u2069\u061c":              "a",
		"a\x00b\x1b[31m\u0085c":            "ab[31m c",
		"a\u200cb\u200d":                   "ab",
		"می\u200cخواهم":                    "می\u200cخواهم",
		"👩\u200d⚕\ufe0f Ana":               "👩\u200d⚕\ufe0f Ana",
		"admin\ufe0f":                      "admin",
		"\u3164\u115f":                     "",
		"<b>Ana</b> <script>x</script>":    "Ana x",
		"<<b>b>x":                          "x",
		"1 < 2 <3":                         "1 < 2 <3",
		"Tom &amp; Ana":                    "Tom &amp; Ana",
		"&lt;b&gt;":                        "&lt;b&gt;",
		"Z" + strings.Repeat("\u0301", 50): "Z" + strings.Repeat("\u0301", maxMarks),
		strings.Repeat("é", 500):           strings.Repeat("é", maxNameRunes),
		"\xff":                             "\uFFFD",
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range samples() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := CleanName(name)
		if again := CleanName(got); again != got {
			t.Errorf("%q: the first pass gave %q, the second %q", name, got, again)
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxNameRunes || strings.ContainsAny(got, "\n\r\x00\u202e\u200b") {
			t.Errorf("%q: got %q", name, got)
		}
	})
}

func TestTitle(t *testing.T) {
	for typed, want := range map[string]string{
		"":                             "",
		"How do you dress this?\nmore": "How do you dress this?",
		"@woundcare@hospital.test How do you dress this? #ask #woundcare": "How do you dress this?",
		"How do you dress this? @woundcare@hospital.test":                 "How do you dress this?",
		"How do you dress this? #ask. @woundcare@hospital.test!":          "How do you dress this?",
		"!woundcare@hospital.test @ana: a question":                       "a question",
		"@woundcare@hospital.test\n\nHow?\n":                              "How?",
		"@woundcare@hospital.test #ask\nHow?":                             "How?",
		"#Kubernetes is hard":                                             "#Kubernetes is hard",
		"# A heading\ntext":                                               "A heading",
		"Ask @ana about it":                                               "Ask @ana about it",
		"@ana @ben":                                                       "",
		"---\nText":                                                       "Text",
		"#only #tags":                                                     "",
		"https://x.test/a":                                                "https://x.test/a",
		"a\u202eb":                                                        "ab",
		strings.Repeat("word ", 10):                                       "word word word word…",
		strings.Repeat("x", 50):                                           strings.Repeat("x", 23) + "…",
	} {
		got, ok := Title(typed, 24)
		if len(want) > 24 && !strings.HasSuffix(want, "…") {
			got, ok = Title(typed, 200)
		}
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", typed, got, ok, want)
		}
	}
	if got := TitleFromHTML("<p>@woundcare <b>How</b> do you?</p><p>Text</p>", 200); got != "How do you?" {
		t.Errorf("got %q", got)
	}
	if got := TitleFromHTML("<p></p>", 200); got != "" {
		t.Errorf("got %q", got)
	}
}

func FuzzTitle(f *testing.F) {
	for _, s := range samples() {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, typed string, limit int) {
		limit = min(max(limit, 1), 500)
		got, ok := Title(typed, limit)
		if ok != (got != "") || utf8.RuneCountInString(got) > limit || strings.ContainsAny(got, "\n\r\x00") {
			t.Errorf("%q, at most %d: got %q, %v", typed, limit, got, ok)
		}
		for _, c := range Commands(typed) {
			if c.Name == "" || c.Name != foldTag(c.Name) || strings.Contains(c.Args, "\n") {
				t.Errorf("%q: the command is %v", typed, c)
			}
		}
		if lead := Lead(typed); utf8.RuneCountInString(lead) > maxLead || strings.ContainsAny(lead, ":\n") {
			t.Errorf("%q: the lead is %q", typed, lead)
		}
	})
}

func TestCommands(t *testing.T) {
	for typed, want := range map[string]string{
		"":                                   "",
		"#solved":                            "^solved",
		"#Solved, thank you":                 "^solved thank you",
		"That was it! #solved":               "solved",
		"That was it! #solved!":              "solved",
		"Is it #solved?":                     "",
		"@ana@clinic.test #solved thanks":    "^solved thanks",
		"@ana, @ben@x.test: #solved":         "^solved",
		"@ana":                               "",
		"@ana\n#solved":                      "^solved",
		"I #solved it":                       "solved it",
		"#solved-ish":                        "",
		"(#solved)":                          "",
		"Thanks\n\n#solved\n":                "solved",
		"x#solved":                           "",
		"https://x.test/#solved":             "",
		"#thanks that worked #solved":        "^thanks that worked #solved, solved",
		"#join 5 kg":                         "^join 5 kg",
		"Count us in: #join 5 kg.":           "join 5 kg",
		"#dup https://x.test/1":              "^dup https://x.test/1",
		"#going\nWe come with two.":          "^going",
		"We know that.\n#iknow wet wounds":   "iknow wet wounds",
		"#reused it, and it was good\n#keep": "^reused it, and it was good, keep",
	} {
		var got []string
		for _, c := range Commands(typed) {
			sign := ""
			if c.First {
				sign = "^"
			}
			got = append(got, strings.TrimSpace(sign+c.Name+" "+c.Args))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestLead(t *testing.T) {
	for typed, want := range map[string]string{
		"Stuck: the pump does not start": "Stuck", "@pumps@x.test Who knows: about seals?": "Who knows", "\n\nVisit: 2026-12-01": "Visit",
		"https://x.test": "", "#ask why: because": "", "A sentence that goes on for long before its colon: so": "",
		"at 10:30 we meet": "at 10", "no colon": "", "": "", "c://x": "",
	} {
		if got := Lead(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
