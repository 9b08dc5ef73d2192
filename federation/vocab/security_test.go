package vocab

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func repeat(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(format, "%d", fmt.Sprint(i))
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func TestA10_ActivityWithoutUsableID(t *testing.T) {
	for id, bad := range map[string]bool{
		``: false, `"id":null,`: false, `"id":7,`: true, `"id":["https://a.test/1"],`: true, `"id":{"id":"https://a.test/1"},`: true,
		`"id":"https://a.test/\n1",`: true, `"id":" https://a.test/1",`: true, `"id":"https://a.test/` + strings.Repeat("x", maxID) + `",`: true,
	} {
		a := mustActivity(t, []byte(`{`+id+`"type":"Like","actor":"https://a.test/u"}`))
		if a.ID != "" || a.BadID != bad {
			t.Errorf("%.40s: ID %q, BadID %v, want \"\", %v", id, a.ID, a.BadID, bad)
		}
	}
	if a := mustActivity(t, []byte(`{"id":"https://a.test/1","type":"Like","actor":"https://a.test/u"}`)); a.ID == "" || a.BadID {
		t.Errorf("good id: got %+v", a)
	}
}

func TestA12_SeveralOwnersAreNoOwner(t *testing.T) {
	const me, victim = `"https://evil.test/me"`, `"https://good.test/victim"`
	for owners, reason := range map[string]string{
		`[` + me + `,` + victim + `]`: "several_owners",
		`[` + victim + `,` + me + `]`: "several_owners",
		`[` + me + `,` + me + `]`:     "several_owners",
		`[{"type":"Person","id":` + me + `},{"type":"Person","id":` + victim + `}]`: "several_owners",
		`[{"type":"Person","id":` + me + `},` + victim + `]`:                        "several_owners",
		`[` + victim + `,{"type":"Person","id":` + me + `}]`:                        "several_owners",
		`[{"type":"Group","id":` + me + `},{"type":"Group","id":` + victim + `}]`:   "several_owners",
		`[{"type":"Group","id":` + me + `},` + victim + `]`:                         "several_owners",
		`[{"type":"Person"},{"type":"Person","id":` + victim + `}]`:                 "several_owners",
		`[null,` + victim + `]`:                "several_owners",
		`[7,` + victim + `]`:                   "several_owners",
		`null`:                                 "no_owner",
		`[]`:                                   "no_owner",
		`7`:                                    "no_owner",
		`{"type":"Group"}`:                     "no_owner",
		`[{"type":"Person"}]`:                  "no_owner",
		victim:                                 "",
		`[` + victim + `]`:                     "",
		`{"type":"Group","id":` + victim + `}`: "",
		`[{"type":"Group","id":` + me + `},{"type":"Person","id":` + victim + `}]`: "",
	} {
		author, err := mustObject(t, `{"type":"Note","attributedTo":`+owners+`}`).Author()
		if got := reasonFor(t, err); got != reason {
			t.Errorf("%s: reason %q, want %q", owners, got, reason)
		}
		if want := strings.Trim(victim, `"`); reason == "" && author != want || reason != "" && author != "" {
			t.Errorf("%s: author %q", owners, author)
		}
	}
}

func TestA12_SeveralActorsAreRefused(t *testing.T) {
	for actor, reason := range map[string]string{
		`["https://evil.test/me","https://good.test/victim"]`: "several_actors",
		`["https://evil.test/me",null]`:                       "several_actors",
		`["https://evil.test/me","https://evil.test/me"]`:     "several_actors",
		`null`: "no_actor", `[]`: "no_actor", `7`: "bad_actor", `{}`: "bad_actor", `[["https://a.test/u"]]`: "bad_actor",
		`"sally"`: "bad_actor", `"javascript:x"`: "bad_actor", `{"id":"https://u@a.test/"}`: "bad_actor",
		`"https://a.test/u"`: "", `["https://a.test/u"]`: "", `{"id":"https://a.test/u"}`: "",
	} {
		_, err := DecodeActivity([]byte(`{"type":"Like","actor":` + actor + `}`))
		if got := reasonFor(t, err); got != reason {
			t.Errorf("%s: reason %q, want %q", actor, got, reason)
		}
	}
	if _, err := DecodeActivity([]byte(`{"actor":"https://a.test/u"}`)); reasonFor(t, err) != "no_type" {
		t.Errorf("got %v, want no_type", err)
	}
}

func TestA31_ObjectsWhereStringsAreExpected(t *testing.T) {
	a := mustActor(t, `"alsoKnownAs":[{"id":"https://evil.test/1"},{"@id":"https://evil.test/2"},"https://good.test/u",7,"x"],
		"movedTo":{"id":"https://evil.test/3"},"featured":{"id":"https://a.test/f"},"name":{"en":"x"},"moderators":["https://a.test/m"]`)
	equal(t, a.AlsoKnownAs, IRIs{"https://good.test/u"})
	if a.MovedTo != "" || a.Featured != "" || a.Name != "" || a.Moderators != "" {
		t.Errorf("got %+v", a)
	}
}

const actorShell = `{"id":"https://a.test/u","type":"Person","preferredUsername":"u","inbox":"https://a.test/u/inbox"`

func mustActor(t *testing.T, more string) Actor {
	t.Helper()
	a, err := DecodeActor([]byte(actorShell + "," + more + "}"))
	if err != nil {
		t.Fatalf("decode actor: %v", err)
	}
	return a
}

func TestA32_InboxMustBeAWebAddress(t *testing.T) {
	for inbox, reason := range map[string]string{
		`{"id":"https://a.test/i"}`: "no_inbox", `["https://a.test/i"]`: "no_inbox", `"javascript:alert(1)"`: "no_inbox",
		`"file:///etc/passwd"`: "no_inbox", `""`: "no_inbox", `null`: "no_inbox", `"/u/inbox"`: "no_inbox", `"https:///inbox"`: "no_inbox",
		`"https://u:p@a.test/i"`: "no_inbox", `"https://a.test\\@evil.test/i"`: "no_inbox",
		`"https://evil.test/i"`: "foreign_inbox", `"http://a.test/i"`: "foreign_inbox", `"https://a.test:444/i"`: "foreign_inbox",
		`"https://a.test/i"`: "", `"https://A.test.:443/i"`: "",
	} {
		_, err := DecodeActor([]byte(`{"id":"https://a.test/u","type":"Person","preferredUsername":"u","inbox":` + inbox + `}`))
		if got := reasonFor(t, err); got != reason {
			t.Errorf("%s: reason %q, want %q", inbox, got, reason)
		}
	}
	a := mustActor(t, `"followers":{"id":"https://a.test/f"},"outbox":["https://a.test/o"],"endpoints":{"sharedInbox":"javascript:x"},"url":"file:///x"`)
	if a.Followers+a.Outbox+a.SharedInbox+a.URL != "" {
		t.Errorf("got %+v", a)
	}
}

func TestA33_CollectionsOfOtherHostsAreIgnored(t *testing.T) {
	a := mustActor(t, `"followers":"https://b.test/f","following":"https://b.test/g","outbox":"https://b.test/o","featured":"https://b.test/p",
		"moderators":"https://b.test/m","endpoints":{"sharedInbox":"https://b.test/i"}`)
	if a.Followers+a.Following+a.Outbox+a.Featured+a.Moderators+a.SharedInbox != "" || a.Inbox == "" {
		t.Errorf("got %+v", a)
	}
	a = mustActor(t, `"followers":"https://a.test/f","endpoints":{"sharedInbox":"https://A.test/i"}`)
	if a.Followers != "https://a.test/f" || a.SharedInbox != "https://A.test/i" {
		t.Errorf("got %+v", a)
	}
}

func TestA34_LinkForPeopleMayBeElsewhere(t *testing.T) {
	if a := mustActor(t, `"url":"https://www.b.test/@u"`); a.URL != "https://www.b.test/@u" {
		t.Errorf("url %q", a.URL)
	}
}

func TestActorRefusals(t *testing.T) {
	for raw, reason := range map[string]string{
		`{"id":"https://a.test/u","type":"Note","preferredUsername":"u","inbox":"https://a.test/i"}`:          "not_an_actor",
		`{"type":"Person","preferredUsername":"u","inbox":"https://a.test/i"}`:                                "no_id",
		`{"id":"urn:u","type":"Person","preferredUsername":"u","inbox":"https://a.test/i"}`:                   "no_id",
		`{"id":"https://a.test/u","type":"Person","inbox":"https://a.test/i"}`:                                "no_username",
		`{"id":"https://a.test/u","type":"Person","preferredUsername":"u@b.test","inbox":"https://a.test/i"}`: "bad_username",
		`{"id":"https://a.test/u","type":"Person","preferredUsername":"u v","inbox":"https://a.test/i"}`:      "bad_username",
		`{"id":"https://a.test/u","type":"Application","inbox":"https://a.test/i"}`:                           "",
		`{"id":"https://a.test/u","type":["Thing","Service"],"inbox":"https://a.test/i"}`:                     "",
	} {
		if _, err := DecodeActor([]byte(raw)); reasonFor(t, err) != reason {
			t.Errorf("%s: got %v, want %q", raw, err, reason)
		}
	}
}

func TestB23_AtMostTenKeys(t *testing.T) {
	a := mustActor(t, `"publicKey":`+repeat(10_000, `{"id":"https://a.test/u#%d","publicKeyPem":"x"}`)+
		`,"assertionMethod":`+repeat(1000, `{"id":"https://a.test/u#m%d","publicKeyMultibase":"z6"}`))
	if len(a.PublicKeys) != 10 || len(a.AssertionMethods) != 10 || a.PublicKeys[9].ID != "https://a.test/u#9" {
		t.Errorf("%d keys, %d multikeys", len(a.PublicKeys), len(a.AssertionMethods))
	}
	a = mustActor(t, `"publicKey":{"id":"https://a.test/u#1","publicKeyPem":"`+strings.Repeat("x", maxPEM+1)+`"}`)
	if len(a.PublicKeys) != 0 {
		t.Error("a key of more than 16 kB was kept")
	}
}

func TestC10_NumbersAreBounded(t *testing.T) {
	for number, want := range map[string]int{
		"1e400": 100_000_000, "-1e400": 0, "1e18": 100_000_000, "9223372036854775808": 100_000_000, "-0": 0, "-5": 0, "7.9": 7,
		"1e-400": 0, "100000001": 100_000_000, "99999999": 99_999_999, "12": 12,
	} {
		c, err := DecodeCollection([]byte(`{"type":"Collection","totalItems":` + number + `}`))
		if err != nil || c.TotalItems == nil || *c.TotalItems != want {
			t.Errorf("%s: got %v, %v, want %d", number, c.TotalItems, err, want)
		}
		o := mustObject(t, `{"type":"Question","votersCount":`+number+`,"attachment":{"url":"https://a.test/","width":`+number+`}}`)
		if o.VotersCount != want || o.Attachment[0].Width != min(want, maxPixels) {
			t.Errorf("%s: voters %d, width %d", number, o.VotersCount, o.Attachment[0].Width)
		}
	}
	for _, none := range []string{`"12"`, `null`, `[12]`, `{}`, `true`} {
		c, err := DecodeCollection([]byte(`{"type":"Collection","totalItems":` + none + `}`))
		if err != nil || c.TotalItems != nil {
			t.Errorf("%s: got %v, %v, want none", none, c.TotalItems, err)
		}
	}
}

func TestC11_ImpossibleDatesAreAbsent(t *testing.T) {
	for _, date := range []string{
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "1700000000", "yesterday", "", "2026-11-23",
		"-2026-01-01T00:00:00Z", "2026-11-23T10:00:00Z" + strings.Repeat(" ", 100),
	} {
		if o := mustObject(t, `{"type":"Note","published":"`+date+`"}`); !o.Published.IsZero() {
			t.Errorf("%q: got %v, want none", date, o.Published)
		}
	}
	for _, date := range []string{
		"2026-11-23T10:00:00Z", "2026-11-23T11:00:00.000+01:00", "2026-11-23T10:00Z", "2026-11-23T10:00:00", "2026-11-23T10:00:00+00:00",
	} {
		want := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
		if o := mustObject(t, `{"type":"Note","published":"`+date+`"}`); o.Published != want {
			t.Errorf("%q: got %v, want %v", date, o.Published, want)
		}
	}
}

func TestC18_LongListsAreCut(t *testing.T) {
	o := mustObject(t, `{"type":"Question","tag":`+repeat(5000, `{"type":"Mention","href":"https://a.test/%d"}`)+
		`,"attachment":`+repeat(1000, `{"type":"Link","href":"https://a.test/%d"}`)+`,"oneOf":`+repeat(500, `{"name":"%d"}`)+
		`,"to":`+repeat(5000, `"https://a.test/%d"`)+`}`)
	for what, got := range map[string][2]int{
		"tags": {len(o.Tag), 200}, "attachments": {len(o.Attachment), 32}, "options": {len(o.OneOf), 100}, "to": {len(o.To), 1000},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %d, want %d", what, got[0], got[1])
		}
	}
	if o.Tag[0].Href != "https://a.test/0" || o.Tag[199].Href != "https://a.test/199" {
		t.Error("not the first tags were kept")
	}
	if a := mustActor(t, `"attachment":`+repeat(300, `{"type":"PropertyValue","name":"%d","value":"x"}`)); len(a.Fields) != 64 {
		t.Errorf("%d fields, want 64", len(a.Fields))
	}
	c, err := DecodeCollection([]byte(`{"type":"Collection","items":` + repeat(20_000, `"https://a.test/%d"`) + `}`))
	if err != nil || len(c.Items) != maxItems {
		t.Errorf("%d items, %v, want %d", len(c.Items), err, maxItems)
	}
}

func TestC19_LongTextsAreCut(t *testing.T) {
	a := mustActor(t, `"name":"`+strings.Repeat("é", 300_000)+`","summary":"x`+strings.Repeat("é", 100_000)+`"`)
	if got := utf8.RuneCountInString(a.Name); got != 2048 {
		t.Errorf("name of %d characters, want 2048", got)
	}
	if len(a.Summary) != 20<<10-1 || !utf8.ValidString(a.Summary) {
		t.Errorf("summary of %d bytes, valid %v", len(a.Summary), utf8.ValidString(a.Summary))
	}
	for length, reason := range map[int]string{2048: "", 2049: "bad_username"} {
		_, err := DecodeActor([]byte(`{"id":"https://a.test/u","type":"Person","preferredUsername":"` + strings.Repeat("u", length) +
			`","inbox":"https://a.test/i"}`))
		if got := reasonFor(t, err); got != reason {
			t.Errorf("username of %d: reason %q, want %q", length, got, reason)
		}
	}
	if o := mustObject(t, `{"type":"Note","name":"`+strings.Repeat("n", 5000)+`"}`); len(o.Name) != 2048 {
		t.Errorf("title of %d, want 2048", len(o.Name))
	}
}
