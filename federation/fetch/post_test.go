package fetch

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

func TestPost(t *testing.T) {
	w := newWeb(t)
	const body = `{"type":"Like", "id":"https://praxis.test/1" }`
	var got string
	var header http.Header
	w.verified(t, "a.test", "/inbox", func(out http.ResponseWriter, r *http.Request) {
		header = r.Header
		out.WriteHeader(http.StatusAccepted)
	})
	w.HandleFunc("b.test/inbox", func(out http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got = string(raw)
	})
	for _, scheme := range []sign.Scheme{sign.Cavage, sign.RFC9421} {
		c := w.client(t, Config{Scheme: func(context.Context, string) sign.Scheme { return scheme }})
		answer, err := c.Post(context.Background(), "https://a.test/inbox", []byte(body), must(testSigner(context.Background())), nil)
		if err != nil || answer != (Answer{Status: 202}) {
			t.Errorf("got %+v, %v", answer, err)
		}
		if header.Get("Content-Type") != vocab.MediaType {
			t.Errorf("Content-Type: %s", header.Get("Content-Type"))
		}
		if _, err = c.Post(context.Background(), "https://b.test/inbox", []byte(body), must(testSigner(context.Background())), nil); err != nil || got != body {
			t.Errorf("delivered %q, %v", got, err)
		}
	}
}

func TestPostSpendsNoBudget(t *testing.T) {
	w := newWeb(t)
	w.status("a.test/inbox", 202)
	_, err := w.client(t, Config{}).Post(WithBudget(context.Background(), 0), "https://a.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
	if err != nil {
		t.Error(err)
	}
}

func TestA27_PostAsksAboutTheHost(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{Allow: func(context.Context, string) error { return io.EOF }})
	_, err := c.Post(context.Background(), "https://a.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
	wantKind(t, err, Refused)
	w.expect(t)
}

func TestD20_AnswerIsCutOff(t *testing.T) {
	w := newWeb(t)
	w.HandleFunc("a.test/inbox", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(out, "<!doctype html>\x00\xff")
		for r.Context().Err() == nil {
			if _, err := out.Write([]byte(strings.Repeat("é", 4096))); err != nil {
				return
			}
		}
	})
	got, err := w.client(t, Config{}).Post(context.Background(), "https://a.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
	if err != nil || got.Status != 200 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if !strings.HasPrefix(got.Body, "<!doctype html>\uFFFD\uFFFDé") || len(got.Body) > 2*answerBytes || !utf8.ValidString(got.Body) {
		t.Errorf("body %q", got.Body)
	}
}

func TestH06_RetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	cases := map[string]time.Duration{
		"": 0, "60": time.Minute, " 60 ": time.Minute, "0": 0, "21600": 6 * time.Hour, "21601": 6 * time.Hour, "86400": 6 * time.Hour,
		"99999999999999999999999999": 6 * time.Hour, "-1": 0, "+60": 0, "1.5": 0, "soon": 0, "60s": 0, "0x10": 0, "٣": 0,
		"Sun, 01 Nov 2026 12:05:00 GMT":  5 * time.Minute,
		"Sunday, 01-Nov-26 12:05:00 GMT": 5 * time.Minute,
		"Sun Nov  1 12:05:00 2026":       5 * time.Minute,
		"Sun, 01 Nov 2026 11:00:00 GMT":  0,
		"Mon, 02 Nov 2026 12:00:00 GMT":  6 * time.Hour,
		"Sun, 01 Nov 9999 12:05:00 GMT":  6 * time.Hour,
		"Sun, 41 Nov 2026 12:05:00 GMT":  0,
	}
	for header, want := range cases {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
	w := newWeb(t)
	for _, status := range []int{429, 503} {
		w.HandleFunc("a.test/inbox"+http.StatusText(status)[:3], func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Retry-After", "60")
			out.WriteHeader(status)
			_, _ = io.WriteString(out, "slow down")
		})
		c := w.client(t, Config{Now: func() time.Time { return now }})
		got, err := c.Post(context.Background(), "https://a.test/inbox"+http.StatusText(status)[:3], []byte("{}"), must(testSigner(context.Background())), nil)
		if err != nil || got != (Answer{Status: status, RetryAfter: time.Minute, Body: "slow down"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestAnswersOfAllStatuses(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for _, status := range []int{200, 202, 204, 400, 401, 403, 404, 405, 410, 413, 422, 429, 500, 501, 503} {
		path := "a.test/" + http.StatusText(status)[:2] + string(rune('a'+status%26))
		w.status(path, status)
		got, err := c.Post(context.Background(), "https://"+path, []byte("{}"), must(testSigner(context.Background())), nil)
		if err != nil || got.Status != status {
			t.Errorf("%d: got %+v, %v", status, got, err)
		}
	}
}
