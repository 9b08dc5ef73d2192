package vocab

import (
	"errors"
	"strings"
	"testing"
)

// reasonFor gives the reason of a refusal, "" where there was none.
func reasonFor(t *testing.T, err error) string {
	t.Helper()
	var syntax *SyntaxError
	var document *DocumentError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &syntax):
		return syntax.Reason
	case errors.As(err, &document):
		return document.Reason
	}
	t.Fatalf("error of unexpected type %T: %v", err, err)
	return ""
}

type checkCase struct{ name, raw, reason string }

func runChecks(t *testing.T, cases []checkCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := reasonFor(t, Check([]byte(c.raw))); got != c.reason {
				t.Errorf("reason %q, want %q", got, c.reason)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	runChecks(t, []checkCase{
		{"object", ` {"type":"Note"}` + "\r\n\t ", ""},
		{"empty object", `{}`, ""},
		{"nothing", ``, "truncated"},
		{"array", `[{"type":"Note"}]`, "not_an_object"},
		{"string", `"text"`, "not_an_object"},
		{"number", `42`, "not_an_object"},
		{"null", `null`, "not_an_object"},
		{"cut off", `{"type":"No`, "truncated"},
		{"no JSON", `<html>`, "not_an_object"},
		{"single quotes", `{'type':'Note'}`, "malformed"},
		{"trailing comma", `{"type":"Note",}`, "malformed"},
	})
}

func TestC04_DocumentBeyondOneMegabyte(t *testing.T) {
	shell := len(`{"a":""}`)
	runChecks(t, []checkCase{
		{"at the limit", `{"a":"` + strings.Repeat("x", MaxBytes-shell) + `"}`, ""},
		{"one byte more", `{"a":"` + strings.Repeat("x", MaxBytes-shell+1) + `"}`, "too_large"},
	})
}

func TestC06_NestingIsBoundedWithoutRecursion(t *testing.T) {
	nested := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}` }
	runChecks(t, []checkCase{
		{"64 levels", nested(64), ""},
		{"65 levels", nested(65), "too_deep"},
		{"100000 arrays", nested(100_000), "too_deep"},
		{"100000 open arrays", `{"a":` + strings.Repeat("[", 100_000), "too_deep"},
		{"100000 objects", strings.Repeat(`{"a":`, 100_000), "too_deep"},
	})
}

func TestC07_DuplicateKeysAreRefused(t *testing.T) {
	runChecks(t, []checkCase{
		{"same key", `{"actor":"https://good.test/a","actor":"https://evil.test/a"}`, "duplicate_key"},
		{"nested", `{"object":{"id":1,"id":2}}`, "duplicate_key"},
		{"in an array", `{"tag":[{"a":1},{"b":1,"b":2}]}`, "duplicate_key"},
		{"written with an escape", `{"actor":1,"\u0061ctor":2}`, "duplicate_key"},
		{"other case", `{"actor":"https://good.test/a","Actor":"https://evil.test/a"}`, "duplicate_key"},
		{"Kelvin sign", `{"key":1,"\u212aey":2}`, "duplicate_key"},
		{"long s", `{"cost":1,"co\u017ft":2}`, "duplicate_key"},
		{"case differs below the top", `{"contentMap":{"en":"a","EN":"b"}}`, ""},
		{"key equals a value", `{"a":"b","b":"a"}`, ""},
		{"same key at different levels", `{"id":1,"object":{"id":1,"ID":2}}`, ""},
		{"case differs after a nested object", `{"id":1,"object":{"x":[]},"ID":2}`, "duplicate_key"},
	})
}

func TestC07_KeysOfTheWrongCaseAreNotRead(t *testing.T) {
	_, err := DecodeActivity([]byte(`{"type":"Like","Actor":"https://a.test/u","object":"https://a.test/1"}`))
	if got := reasonFor(t, err); got != "no_actor" {
		t.Errorf("reason %q, want no_actor", got)
	}
}

func TestC08_TrailingDataIsRefused(t *testing.T) {
	runChecks(t, []checkCase{
		{"second document", `{"type":"Note"}{"type":"Note"}`, "trailing_data"},
		{"second document on its own line", "{}\n{}", "trailing_data"},
		{"garbage", `{"type":"Note"} x`, "trailing_data"},
		{"NUL byte", "{}\x00", "trailing_data"},
	})
}

func TestC09_BrokenTextIsRefused(t *testing.T) {
	runChecks(t, []checkCase{
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "invalid_utf8"},
		{"overlong", "{\"a\":\"\xc0\xaf\"}", "invalid_utf8"},
		{"surrogate as bytes", "{\"a\":\"\xed\xa0\x80\"}", "invalid_utf8"},
		{"lone high surrogate", `{"a":"\ud800"}`, "malformed"},
		{"lone low surrogate", `{"a":"\udc00x"}`, "malformed"},
		{"surrogate pair", `{"a":"\ud83d\ude00"}`, ""},
		{"NUL in a value", `{"a":{"b":"x\u0000y"}}`, "nul_in_string"},
		{"NUL in a key", `{"a":{"x\u0000":1}}`, "nul_in_string"},
		{"NUL in a top-level key", `{"x\u0000":1}`, "nul_in_string"},
		{"backslash and digits", `{"a":"\\u0000"}`, ""},
	})
}

func TestSyntaxErrorTellsWhere(t *testing.T) {
	err := Check([]byte(`{"a":1,"a":2}`))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset < 5 || syntax.Offset > 13 {
		t.Fatalf("got %#v, want an offset near the second key", err)
	}
	if want := "malformed document: duplicate_key"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %q, want %q...", err, want)
	}
}

func TestPeekHead(t *testing.T) {
	for raw, want := range map[string]Head{
		`{"id":"https://a.test/1","type":"Note"}`:           {ID: "https://a.test/1", Type: "Note", Types: []string{"Note"}},
		`{"type":["Thing","Article"]}`:                      {Type: "Article", Types: []string{"Thing", "Article"}},
		`{"type":["Thing","Matter"]}`:                       {Type: "Thing", Types: []string{"Thing", "Matter"}},
		`{"id":4,"type":16}`:                                {},
		`{"id":{"id":"https://a.test/1"},"type":{"a":"b"}}`: {},
	} {
		got, err := PeekHead([]byte(raw))
		if err != nil || got.ID != want.ID || got.Type != want.Type || len(got.Types) != len(want.Types) {
			t.Errorf("%s: got %+v, %v, want %+v", raw, got, err, want)
		}
	}
	if _, err := PeekHead([]byte(`[]`)); reasonFor(t, err) != "not_an_object" {
		t.Errorf("got %v, want not_an_object", err)
	}
}
