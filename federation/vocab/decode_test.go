package vocab

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func mustActivity(t *testing.T, raw []byte) Activity {
	t.Helper()
	a, err := DecodeActivity(raw)
	if err != nil {
		t.Fatalf("decode activity: %v", err)
	}
	return a
}

func mustObject(t *testing.T, raw string) Object {
	t.Helper()
	o, err := DecodeObject([]byte(raw))
	if err != nil {
		t.Fatalf("decode object: %v", err)
	}
	return o
}

func equal(t *testing.T, got, want any, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
}

func yes(b bool) *bool { return &b }

func TestDecodeAnnouncedCreate(t *testing.T) {
	announce := mustActivity(t, fixture(t, "announce_create.json"))
	equal(t, announce.To, IRIs{"https://group.test/c/solvents", Public})
	equal(t, announce.Cc, IRIs{"https://group.test/c/solvents/followers"})
	if !announce.Object.IsEmbedded() || announce.Object.Type() != "Create" || announce.Object.ID != "https://person.test/act/create/1" {
		t.Fatalf("object: %s %q", announce.Object.ID, announce.Object.Type())
	}
	create := mustActivity(t, announce.Object.Raw)
	if !create.To.Contains(Public) || create.Cc.Contains(Public) {
		t.Errorf("to %v, cc %v", create.To, create.Cc)
	}
	object, err := DecodeObject(create.Object.Raw)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, object, Object{
		ID: "https://person.test/o/1", Type: "Article", Types: []string{"Article"},
		Name: "Which still recovers acetone?", Content: "<p>We run a 40 l still.</p>", Language: "en", MediaType: "text/html",
		Source:       &Source{Content: "We run a 40 l still.", MediaType: "text/markdown"},
		AttributedTo: IRIs{"https://person.test/u/ana"},
		To:           IRIs{"https://group.test/c/solvents", Public}, Audience: IRIs{"https://group.test/c/solvents"},
		Published: time.Date(2026, 11, 23, 9, 0, 0, 123456000, time.UTC),
		URL:       "https://person.test/@ana/1",
		Tag:       []Tag{{Type: "Mention", Href: "https://group.test/c/solvents", Name: "@solvents@group.test"}},
		Attachment: []Attachment{
			{Type: "Document", URL: "https://person.test/a.png", MediaType: "image/png", Name: "A still", Width: 640, Height: 480, Blurhash: "LKO2"},
			{Type: "Link", Href: "https://elsewhere.test/still"},
		},
		Conversation: "https://person.test/t/1", Replies: Ref{ID: "https://person.test/o/1/replies"}, Location: "Ghent",
		AdditionalType: "https://w3id.org/fep/69f0/InformationRequest", IsResolved: yes(false), CommentsEnabled: yes(true),
		AcceptedAnswer:  "https://other.test/o/2",
		SuggestedAnswer: IRIs{"https://other.test/o/2", "https://other.test/o/3"},
		License:         "https://creativecommons.org/licenses/by/4.0/",
	}, cmpopts.IgnoreUnexported(Object{}))
	if author, err := object.Author(); author != "https://person.test/u/ana" || err != nil {
		t.Errorf("author %q, %v", author, err)
	}
}

func TestDecodeUndoWithoutIDs(t *testing.T) {
	undo := mustActivity(t, fixture(t, "undo_follow.json"))
	if undo.ID != "" || undo.BadID || undo.Actor.ID != "https://person.test/u/ana" || undo.Actor.Type() != "Person" {
		t.Errorf("got %+v", undo)
	}
	follow := mustActivity(t, undo.Object.Raw)
	if follow.ID != "" || follow.Object.ID != "https://group.test/c/solvents" || follow.Object.IsEmbedded() || follow.Object.Type() != "" {
		t.Errorf("got %+v", follow)
	}
}

func TestDecodeFlagOfSeveralObjects(t *testing.T) {
	flag := mustActivity(t, fixture(t, "flag.json"))
	equal(t, flag.Objects.IDs(), []string{"https://group.test/u/bo", "https://group.test/o/1", "https://group.test/o/2"})
	if flag.Object.ID != "https://group.test/u/bo" || flag.Content != "Please look at this" {
		t.Errorf("got %+v", flag)
	}
}

func TestDecodePoll(t *testing.T) {
	poll := mustObject(t, string(fixture(t, "poll.json")))
	equal(t, poll.OneOf, []PollOption{{"Monday", 2}, {"Friday", 0}})
	if poll.Content != "Wann?" || poll.Language != "de" || poll.VotersCount != 3 || poll.AnyOf != nil || !poll.Closed.IsZero() {
		t.Errorf("got %+v", poll)
	}
	if author, err := poll.Author(); author != "https://person.test/u/ana" || err != nil {
		t.Errorf("author %q, %v", author, err)
	}
}

func TestDecodeTombstone(t *testing.T) {
	o := mustObject(t, `{"id":"https://a.test/1","type":"Tombstone","former_type":"Note","deleted":"2026-01-02T03:04Z"}`)
	if !o.IsTombstone() || o.FormerType != "Note" || !o.Deleted.Equal(time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)) {
		t.Errorf("got %+v", o)
	}
	if mustObject(t, `{"type":"Note"}`).IsTombstone() {
		t.Error("a note is no tombstone")
	}
}

func TestDecodeGroup(t *testing.T) {
	a, err := DecodeActor(fixture(t, "group.json"))
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://group.test/c/solvents"
	equal(t, a, Actor{
		ID: base, Type: "Group", PreferredUsername: "solvents", Name: "Solvents", Summary: "<p>About solvents</p>",
		Source: &Source{Content: "About solvents"},
		Inbox:  base + "/inbox", Outbox: base + "/outbox", Followers: base + "/followers", Featured: base + "/featured",
		SharedInbox: "https://group.test/inbox", Moderators: base + "/moderators", AttributedTo: IRIs{base + "/moderators"},
		Discoverable: true, PostingRestrictedToMods: true, QuestionAnswer: true, Indexable: yes(false),
		PublicKeys:       []PublicKey{{ID: base + "#main-key", Owner: base, PEM: "PEM"}},
		AssertionMethods: []Multikey{{ID: base + "#ed", Controller: base, PublicKeyMultibase: "z6Mk"}},
		Icon:             "https://group.test/120.png", Image: "https://cdn.test/banner.png", URL: "https://www.group.test/c/solvents",
		AlsoKnownAs: IRIs{"https://old.test/c/solvents"},
		Fields:      []Field{{Name: "Site", Value: `<a href="https://group.test">group.test</a>`}},
		Published:   time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
		Tag:         []Tag{{Type: "CommunityPostTag", ID: base + "/tag/ask", PreferredUsername: "ask", Name: "Question"}},
		Languages:   []string{"fr", "de"},
	})
	if !a.IsCommunity() {
		t.Error("a Group is a community")
	}
}

func TestDecodeCollectionPage(t *testing.T) {
	c, err := DecodeCollection(fixture(t, "collection_page.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Items) != 3 || c.Items[0].ID != "https://group.test/act/1" || c.Items[1].Type() != "Announce" || c.Items[2].ID != "" {
		t.Errorf("items %+v", c.Items)
	}
	if *c.TotalItems != 3 || c.Next.ID != "https://group.test/c/solvents/outbox?page=2" || !c.Prev.IsZero() || !c.IsPage() {
		t.Errorf("got %+v", c)
	}
	if _, err := DecodeCollection([]byte(`{"type":"Note"}`)); reasonFor(t, err) != "not_a_collection" {
		t.Errorf("got %v, want not_a_collection", err)
	}
	one, err := DecodeCollection([]byte(`{"type":"OrderedCollection","items":"https://a.test/1","first":{"type":"CollectionPage"}}`))
	if err != nil || len(one.Items) != 1 || !one.First.IsEmbedded() || one.TotalItems != nil || one.IsPage() {
		t.Errorf("got %+v, %v", one, err)
	}
}

func TestLinksOfAnObject(t *testing.T) {
	for raw, want := range map[string]string{
		`"https://a.test/1"`:                        "https://a.test/1",
		`{"type":"Link","href":"https://a.test/2"}`: "https://a.test/2",
		`["https://a.test/1",{"href":"https://a.test/2","mediaType":"text/html; charset=utf-8"}]`: "https://a.test/2",
		`["ftp://a.test/","https://a.test/3"]`:                                                    "https://a.test/3",
		`"javascript:alert(1)"`:                                                                   "",
		`"/relative"`:                                                                             "",
		`null`:                                                                                    "",
		`7`:                                                                                       "",
		`[]`:                                                                                      "",
		`[[["https://a.test/1"]]]`:                                                                "",
	} {
		if got := mustObject(t, `{"type":"Note","url":`+raw+`}`).URL; got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestPropertiesOfTheWrongKindAreAbsent(t *testing.T) {
	for _, value := range []string{`7`, `true`, `{}`, `[]`, `[[]]`, `null`, `""`, `[null]`, `[{"id":[]}]`} {
		raw := `{"type":"Note"`
		for _, key := range []string{
			"id", "name", "summary", "mediaType", "source", "attributedTo", "inReplyTo", "to", "published", "url", "context",
			"tag", "attachment", "replies", "additionalType", "acceptedAnswer", "suggestedAnswer", "license", "oneOf", "location",
			"nameMap", "contentMap", "votersCount", "endTime", "image", "language", "formerType", "creativeWorkStatus", "expires",
			"isBasedOn", "unit", "timezone", "companion", "topics", "state", "duplicateOf",
		} {
			raw += `,"` + key + `":` + value
		}
		got := mustObject(t, raw+"}")
		got.owners, got.VotersCount = nil, 0
		if got.Replies.Raw != nil { // {} is an embedded document, if an empty one
			got.Replies = Ref{}
		}
		equal(t, got, Object{Type: "Note", Types: []string{"Note"}}, cmpopts.IgnoreUnexported(Object{}))
	}
}

// TestSummaryThatIsThere: an empty one tells a moderator's Delete from an author's as well.
func TestSummaryThatIsThere(t *testing.T) {
	for rest, want := range map[string]bool{
		``: false, `,"summary":null`: false, `,"summary":""`: true, `,"summary":"spam"`: true, `,"summary":7`: true,
	} {
		a, err := DecodeActivity([]byte(`{"type":"Delete","actor":"https://a.example/u/a","object":"https://a.example/o/1"` + rest + `}`))
		if err != nil || a.HasSummary != want {
			t.Errorf("%s: %v, %v", rest, a.HasSummary, err)
		}
	}
	raw, err := os.ReadFile("testdata/undo_block.json")
	if err != nil {
		t.Fatal(err)
	}
	undo, err := DecodeActivity(raw)
	if err != nil {
		t.Fatal(err)
	}
	block, err := DecodeActivity(undo.Object.Raw)
	if err != nil || !block.RemoveData || !block.HasSummary || block.Target.ID != "https://a.example/c/care" || block.EndTime.Year() != 2027 {
		t.Errorf("the ban is %+v, %v", block, err)
	}
}
