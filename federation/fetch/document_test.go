package fetch

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
)

func TestDocument(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{UserAgent: "Praxis/1 (+https://praxis.test/)"})
	var header http.Header
	w.HandleFunc("a.test/notes/1", func(out http.ResponseWriter, r *http.Request) {
		header = r.Header
		out.Header().Set("Content-Type", vocab.LDMediaType)
		_, _ = io.WriteString(out, noteWith("https://a.test/notes/1?x=y"))
	})
	doc, err := get(t, c, "https://A.test:443/notes/1?x=y")
	wantID(t, doc, err, "https://a.test/notes/1?x=y")
	if err == nil && (doc.Head().Type != "Note" || string(doc.Raw()) != noteWith(doc.ID())) {
		t.Errorf("got %+v, %s", doc.Head(), doc.Raw())
	}
	if accept := header.Get("Accept"); !strings.Contains(accept, vocab.LDMediaType) || !strings.Contains(accept, vocab.MediaType) {
		t.Errorf("Accept: %s", accept)
	}
	if agent := header.Get("User-Agent"); agent != "Praxis/1 (+https://praxis.test/)" {
		t.Errorf("User-Agent: %s", agent)
	}
	w.expect(t, "GET https://a.test/notes/1?x=y")
}

func TestDocumentWithFragment(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.note("a.test/u", "https://a.test/u")
	w.note("a.test/v", "https://a.test/v#me")
	doc, err := get(t, c, "https://a.test/u#main-key")
	wantID(t, doc, err, "https://a.test/u")
	doc, err = get(t, c, "https://a.test/v#me")
	wantID(t, doc, err, "https://a.test/v#me")
	w.expect(t, "GET https://a.test/u", "GET https://a.test/v")
}

func TestStatuses(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for status, want := range map[int]Kind{
		202: Refused, 204: Refused, 304: Refused, 400: Refused, 401: Denied, 403: Denied, 404: NotFound, 406: Refused, 408: Temporary,
		410: Gone, 429: Temporary, 451: Refused, 500: Temporary, 502: Temporary, 503: Temporary, 504: Temporary,
	} {
		w.status(fmt.Sprintf("a.test/%d", status), status)
		_, err := get(t, c, fmt.Sprintf("https://a.test/%d", status))
		wantKind(t, err, want)
		var failed *Error
		if !errors.As(err, &failed) || failed.Status != status {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestA01_ForeignIDIsFetchedFromItsOrigin(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.note("evil.test/x", "https://victim.test/note/1")
	w.page("victim.test/note/1", vocab.MediaType, `{"id":"https://victim.test/note/1","type":"Note","content":"the true one"}`)
	doc, err := get(t, c, "https://evil.test/x")
	wantID(t, doc, err, "https://victim.test/note/1")
	if err == nil && !strings.Contains(string(doc.Raw()), "the true one") {
		t.Errorf("got the forged document %s", doc.Raw())
	}
	w.expect(t, "GET https://evil.test/x", "GET https://victim.test/note/1")

	w.note("evil.test/y", "https://victim.test/note/2")
	_, err = get(t, c, "https://evil.test/y")
	wantKind(t, err, NotFound)
}

func TestA02_SecondAnswerMustHaveTheVeryID(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.note("evil.test/x", "https://victim.test/a")
	w.note("victim.test/a", "https://victim.test/b")
	w.note("victim.test/b", "https://victim.test/b")
	_, err := get(t, c, "https://evil.test/x")
	wantKind(t, err, Refused)
	w.expect(t, "GET https://evil.test/x", "GET https://victim.test/a")

	// Not even by a redirect to an address that has its own id.
	w.note("evil.test/y", "https://victim.test/c")
	w.redirect("victim.test/c", "/b")
	_, err = get(t, c, "https://evil.test/y")
	wantKind(t, err, Refused)
}

func TestA03_IDsThatAreNone(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for i, id := range []string{``, `"id":null,`, `"id":7,`, `"id":["https://a.test/0"],`, `"id":"acct:u@a.test",`, `"id":"#x",`, `"id":"file:///etc/hosts",`} {
		w.page(fmt.Sprintf("a.test/%d", i), vocab.MediaType, `{`+id+`"type":"Note"}`)
		_, err := get(t, c, fmt.Sprintf("https://a.test/%d", i))
		wantKind(t, err, Refused)
	}
}

func TestA04_OnlyActivityStreamsTypes(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for i, typed := range []struct {
		contentType string
		fine        bool
	}{
		{"application/activity+json", true},
		{"application/activity+json; charset=utf-8", true},
		{`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, true},
		{`application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted https://www.w3.org/ns/activitystreams"`, true},
		{"application/ld+json", false},
		{`application/ld+json; profile="https://evil.test/ns/activitystreams"`, false},
		{"application/json", false},
		{"text/html; charset=utf-8", false},
		{"text/plain", false},
		{"image/png", false},
		{"text/html, application/activity+json", false},
		{"", false},
	} {
		path := fmt.Sprintf("a.test/%d", i)
		w.HandleFunc(path, func(out http.ResponseWriter, _ *http.Request) {
			out.Header()["Content-Type"] = []string{typed.contentType}
			_, _ = io.WriteString(out, noteWith("https://"+path))
		})
		_, err := get(t, c, "https://"+path)
		if fine := err == nil; fine != typed.fine || !fine && KindOf(err) != Refused {
			t.Errorf("%s: got %v, fine should be %v", typed.contentType, err, typed.fine)
		}
	}
	w.HandleFunc("a.test/two", func(out http.ResponseWriter, _ *http.Request) {
		out.Header()["Content-Type"] = []string{vocab.MediaType, "text/html"}
		_, _ = io.WriteString(out, noteWith("https://a.test/two"))
	})
	_, err := get(t, c, "https://a.test/two")
	wantKind(t, err, Refused)
}

func TestA06_RedirectedAnswerSpeaksForItsOwnOriginOnly(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.redirect("victim.test/redirect", "https://evil.test/x")
	w.note("victim.test/note/1", "https://victim.test/note/1")
	for i, id := range []string{"https://victim.test/redirect", "https://victim.test/redirect?0", "https://victim.test/note/1"} {
		w.note(fmt.Sprintf("evil.test/%d", i), id)
		w.redirect(fmt.Sprintf("victim.test/redirect/%d", i), fmt.Sprintf("https://evil.test/%d", i))
		_, err := get(t, c, fmt.Sprintf("https://victim.test/redirect/%d", i))
		wantKind(t, err, Refused)
	}
	w.note("evil.test/x", "https://victim.test/redirect")
	_, err := get(t, c, "https://victim.test/redirect")
	wantKind(t, err, Refused)

	// Honest redirects, to another address of the origin and to a document with an id of its own.
	w.redirect("a.test/@u", "/users/u")
	w.redirect("b.test/u", "https://a.test/users/u")
	w.redirect("a.test/users/w", "/files/w.json")
	w.note("a.test/users/u", "https://a.test/users/u")
	w.note("a.test/files/w.json", "https://a.test/users/w")
	for asked, id := range map[string]string{
		"https://a.test/@u": "https://a.test/users/u", "https://b.test/u": "https://a.test/users/u", "https://a.test/users/w": "https://a.test/users/w",
	} {
		doc, err := get(t, c, asked)
		wantID(t, doc, err, id)
	}
}

func TestA07_SchemeAndPortBelongToTheOrigin(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.note("a.test/http", "http://a.test/http")
	w.note("a.test/port", "https://a.test:8443/port")
	for _, iri := range []string{"https://a.test/http", "https://a.test/port", "http://a.test/http", "https://a.test:8443/port"} {
		_, err := get(t, c, iri)
		wantKind(t, err, Refused)
	}
	w.expect(t, "GET https://a.test/http", "GET https://a.test/port")

	// In development both are possible, but still different origins.
	dev := w.client(t, Config{Development: true})
	w.redirect("a.test/moved", "http://a.test:8080/moved2")
	w.note("a.test/moved2", "http://a.test/moved")
	_, err := get(t, dev, "http://a.test/moved")
	wantKind(t, err, Refused)
	doc, err := get(t, dev, "http://a.test/http")
	wantID(t, doc, err, "http://a.test/http")
}

func TestA27_NeverOurselvesNorBlockedHosts(t *testing.T) {
	w := newWeb(t)
	var asked []string
	c := w.client(t, Config{Allow: func(_ context.Context, host string) error {
		asked = append(asked, host)
		if host == "praxis.test" || host == "blocked.test" {
			return errors.New("not this one")
		}
		return nil
	}})
	w.note("a.test/x", "https://praxis.test/note/1")
	w.redirect("a.test/y", "https://blocked.test/z")
	for _, iri := range []string{"https://praxis.test/note/1", "https://PRAXIS.test./note/1", "https://a.test/x", "https://a.test/y"} {
		_, err := get(t, c, iri)
		wantKind(t, err, Refused)
	}
	w.expect(t, "GET https://a.test/x", "GET https://a.test/y")
	if got := strings.Join(asked, " "); got != "praxis.test praxis.test a.test praxis.test a.test blocked.test" {
		t.Errorf("asked about %s", got)
	}
}

func TestAllowMaySayThatItDoesNotKnow(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{Allow: func(context.Context, string) error {
		return &Error{Kind: Temporary, Err: errors.New("database is busy")}
	}})
	_, err := get(t, c, "https://a.test/x")
	wantKind(t, err, Temporary)
}

func TestC04_LongDocumentIsCutOff(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	document := func(id string, size int) string {
		head := `{"id":"` + id + `","content":"`
		return head + strings.Repeat("x", size-len(head)-2) + `"}`
	}
	w.page("a.test/fits", vocab.MediaType, document("https://a.test/fits", vocab.MaxBytes))
	w.page("a.test/long", vocab.MediaType, document("https://a.test/long", vocab.MaxBytes+1))
	w.HandleFunc("a.test/endless", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", vocab.MediaType)
		for r.Context().Err() == nil {
			if _, err := out.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	doc, err := get(t, c, "https://a.test/fits")
	wantID(t, doc, err, "https://a.test/fits")
	for _, iri := range []string{"https://a.test/long", "https://a.test/endless"} {
		_, err := get(t, c, iri)
		wantKind(t, err, Refused)
	}
}

func TestC05_LimitHoldsForDecompressedBytes(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	sent := 0
	w.HandleFunc("a.test/bomb", func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Error("no compressed answer is asked for")
		}
		out.Header().Set("Content-Type", vocab.MediaType)
		out.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(out)
		_, _ = io.WriteString(packed, `{"id":"https://a.test/bomb"`)
		for ; sent < 1<<30; sent += 1 << 16 {
			if _, err := packed.Write([]byte(strings.Repeat(" ", 1<<16))); err != nil || r.Context().Err() != nil {
				return
			}
			if packed.Flush() != nil {
				return
			}
		}
	})
	_, err := get(t, c, "https://a.test/bomb")
	wantKind(t, err, Refused)
	if err != nil && !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got %v", err)
	}
}

func TestC06_BadJSON(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for path, body := range map[string]string{
		"deep":      `{"id":"https://a.test/deep","x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`,
		"duplicate": `{"id":"https://a.test/duplicate","id":"https://a.test/duplicate"}`,
		"cases":     `{"id":"https://a.test/cases","ID":"https://b.test/"}`,
		"trailing":  `{"id":"https://a.test/trailing"}{}`,
		"array":     `[{"id":"https://a.test/array"}]`,
		"html":      `<!doctype html>`,
		"empty":     ``,
	} {
		w.page("a.test/"+path, vocab.MediaType, body)
		_, err := get(t, c, "https://a.test/"+path)
		wantKind(t, err, Refused)
	}
}

func TestC17_BudgetOfATask(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.note("a.test/1", "https://a.test/1")
	w.redirect("a.test/2", "/1")
	w.note("a.test/3", "https://a.test/1")
	ctx := WithBudget(context.Background(), 5)
	for _, iri := range []string{"https://a.test/1", "https://a.test/2", "https://a.test/3"} {
		doc, err := c.Document(ctx, iri)
		wantID(t, doc, err, "https://a.test/1")
	}
	if got := len(w.requests()); got != 5 {
		t.Errorf("%d requests, want 5: a redirect and a second fetch count", got)
	}
	_, err := c.Document(ctx, "https://a.test/1")
	wantKind(t, err, Budget)
	if !errors.Is(err, ErrBudget) {
		t.Errorf("got %v", err)
	}
	_, err = c.WebFinger(ctx, "u", "a.test")
	wantKind(t, err, Budget)
	w.expect(t)

	// Another task has its own; a task within a task spends from both.
	doc, err := c.Document(WithBudget(context.Background(), 1), "https://a.test/1")
	wantID(t, doc, err, "https://a.test/1")
	_, err = c.Document(WithBudget(ctx, 100), "https://a.test/1")
	wantKind(t, err, Budget)
	// An empty budget is nothing to be remembered of a URL.
	doc, err = get(t, c, "https://a.test/2")
	wantID(t, doc, err, "https://a.test/1")
}

func TestD16_FailuresAreRememberedForAWhile(t *testing.T) {
	w := newWeb(t)
	now := time.Now()
	c := w.client(t, Config{Now: func() time.Time { return now }})
	w.status("a.test/x", 503)
	w.note("evil.test/x", "https://a.test/x")
	for range 3 {
		_, err := get(t, c, "https://a.test/x")
		wantKind(t, err, Temporary)
		_, err = get(t, c, "https://evil.test/x")
		wantKind(t, err, Temporary)
	}
	w.expect(t, "GET https://a.test/x", "GET https://evil.test/x")
	now = now.Add(failureTime)
	_, err := get(t, c, "https://a.test/x")
	wantKind(t, err, Temporary)
	w.expect(t, "GET https://a.test/x")
}

func TestFailuresAreBounded(t *testing.T) {
	now := time.Now()
	f := newFailures(func() time.Time { return now })
	for i := range maxFailures + 10 {
		f.remember(fmt.Sprint(i), &Error{Kind: NotFound})
	}
	if len(f.urls) > maxFailures {
		t.Errorf("%d remembered, want at most %d", len(f.urls), maxFailures)
	}
	if f.recall(fmt.Sprint(maxFailures+9)) == nil {
		t.Error("the latest is forgotten")
	}
	now = now.Add(failureTime)
	f.remember("new", &Error{Kind: NotFound})
	if len(f.urls) != 1 {
		t.Errorf("%d remembered after their time, want the new one", len(f.urls))
	}
}

func TestCallerWhoGivesUpIsNoFaultOfThePeer(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	arrived := make(chan struct{})
	w.HandleFunc("a.test/", func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-arrived; cancel() }()
	_, err := c.Document(ctx, "https://a.test/x")
	if !errors.Is(err, context.Canceled) || KindOf(err) != "" {
		t.Errorf("got %v of kind %q, want context canceled", err, KindOf(err))
	}
	if c.failures.recall("https://a.test/x") != nil {
		t.Error("the peer's URL is remembered as a failure")
	}
	expired, cancel := context.WithTimeout(context.Background(), -time.Second)
	defer cancel()
	if _, err := c.Document(expired, "https://a.test/y"); !errors.Is(err, context.DeadlineExceeded) || KindOf(err) != "" {
		t.Errorf("got %v of kind %q, want deadline exceeded", err, KindOf(err))
	}
	if _, err := c.Post(expired, "https://a.test/inbox", []byte("{}"), must(testSigner(ctx)), nil); KindOf(err) != "" || err == nil {
		t.Errorf("Post: got %v of kind %q, want deadline exceeded", err, KindOf(err))
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func BenchmarkDocument(b *testing.B) {
	w := newWeb(b)
	c := w.client(b, Config{Signer: testSigner})
	w.note("a.test/1", "https://a.test/1")
	for b.Loop() {
		if _, err := c.Document(context.Background(), "https://a.test/1"); err != nil {
			b.Fatal(err)
		}
	}
}
