package middleware

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func answer(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	return do(h, httptest.NewRequest(http.MethodGet, path, nil))
}

// lines gives a JSON logger and a function that decodes what it wrote.
func lines(t *testing.T) (*slog.Logger, func() []map[string]any) {
	t.Helper()
	var buf bytes.Buffer
	log := slog.New(LogHandler(slog.NewJSONHandler(&buf, nil)))
	return log, func() []map[string]any {
		var all []map[string]any
		for line := range strings.Lines(buf.String()) {
			var fields map[string]any
			if err := json.Unmarshal([]byte(line), &fields); err != nil {
				t.Fatalf("log line %q: %v", line, err)
			}
			all = append(all, fields)
		}
		return all
	}
}

func TestChainFirstIsOutermost(t *testing.T) {
	var order []string
	mark := func(name string) Middleware {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				order = append(order, name)
				next.ServeHTTP(w, r)
			})
		}
	}
	get(Chain(answer(200, ""), mark("a"), mark("b")), "/")
	if strings.Join(order, "") != "ab" {
		t.Errorf("order %v, want a before b", order)
	}
}

func TestRecoverAnswers500AndLogsTheStack(t *testing.T) {
	log, logged := lines(t)
	h := Recover(log)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		panic("secret cause")
	}))
	w := get(h, "/x")
	if w.Code != http.StatusInternalServerError {
		t.Fatalf("status %d", w.Code)
	}
	if body := w.Body.String(); body != `{"error":"Something went wrong on this server."}` {
		t.Errorf("body %q", body)
	}
	if got := w.Header().Get("Content-Length"); got != "" {
		t.Errorf("Content-Length %q of the answer that never was", got)
	}
	entry := logged()[0]
	if entry["panic"] != "secret cause" || !strings.Contains(entry["stack"].(string), "middleware_test.go") {
		t.Errorf("logged %v", entry)
	}
}

func TestRecoverEndsConnectionWhenAnswerHasBegun(t *testing.T) {
	log, _ := lines(t)
	server := httptest.NewUnstartedServer(Recover(log)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ok" {
			return
		}
		_, _ = io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		panic("late")
	})))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	defer server.Close()
	resp, err := http.Get(server.URL + "/late")
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("a torn answer was read as a whole one")
	}
	resp, err = http.Get(server.URL + "/ok")
	if err != nil {
		t.Fatalf("the process died: %v", err)
	}
	resp.Body.Close()
}

func TestRecoverPassesAbortOn(t *testing.T) {
	log, logged := lines(t)
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // panicked with as it is
			t.Errorf("recovered %v", cause)
		}
		if len(logged()) != 0 {
			t.Error("an abort was logged as a panic")
		}
	}()
	get(Recover(log)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })), "/")
}

func TestRequestID(t *testing.T) {
	for _, tc := range []struct {
		sent string
		kept bool
	}{
		{"abc-DEF_123", true},
		{strings.Repeat("a", 64), true},
		{strings.Repeat("a", 65), false},
		{"", false},
		{"a b", false},
		{"a\"}", false},
		{"ä", false},
	} {
		var seen string
		h := RequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = RequestIDFrom(r.Context()) }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("X-Request-Id", tc.sent)
		w := do(h, r)
		if got := w.Header().Get("X-Request-Id"); got != seen || !validRequestID(got) {
			t.Errorf("%q: answered %q, context %q", tc.sent, got, seen)
		}
		if (seen == tc.sent) != tc.kept {
			t.Errorf("%q: became %q, kept should be %v", tc.sent, seen, tc.kept)
		}
	}
	if newRequestID() == newRequestID() {
		t.Error("two requests got one id")
	}
}

func TestLogHandlerAddsRequestID(t *testing.T) {
	log, logged := lines(t)
	ctx := WithRequestID(context.Background(), "id-1")
	log.With("a", 1).InfoContext(ctx, "inside")
	log.Info("outside")
	all := logged()
	if all[0]["request_id"] != "id-1" || all[0]["a"] != 1.0 {
		t.Errorf("inside: %v", all[0])
	}
	if _, has := all[1]["request_id"]; has {
		t.Errorf("outside: %v", all[1])
	}
}

func TestLogWritesOneLineWithoutQuery(t *testing.T) {
	log, logged := lines(t)
	now := time.Unix(1000, 0)
	h := Chain(answer(http.StatusTeapot, "short"), RequestID, Log(log, LogOptions{
		Now:      func() time.Time { now = now.Add(time.Second); return now },
		ClientIP: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
	}), Slash)
	r := httptest.NewRequest(http.MethodGet, "/api/v1/x/?access_token=SECRET", nil)
	r.Header.Set("Authorization", "Bearer SECRET")
	r.Header.Set("X-Request-Id", "rid")
	do(h, r)
	all := logged()
	if len(all) != 1 {
		t.Fatalf("%d lines", len(all))
	}
	want := map[string]any{
		"method": "GET", "path": "/api/v1/x/", "status": 418.0, "bytes": 5.0, "duration": 1e9,
		"remote_ip": "192.0.2.7", "request_id": "rid",
	}
	for key, value := range want {
		if all[0][key] != value {
			t.Errorf("%s = %v, want %v", key, all[0][key], value)
		}
	}
	raw, _ := json.Marshal(all)
	if bytes.Contains(raw, []byte("SECRET")) {
		t.Errorf("a token is in the log: %s", raw)
	}
}

func TestLogWithoutHandlerStillNamesRequest(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(slog.NewTextHandler(&buf, nil))
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("X-Request-Id", "rid")
	r.RemoteAddr = "[::ffff:192.0.2.1]:4711"
	do(Chain(answer(200, ""), RequestID, Log(log, LogOptions{})), r)
	if line := buf.String(); !strings.Contains(line, "request_id=rid") || !strings.Contains(line, "remote_ip=192.0.2.1") {
		t.Errorf("line %q", line)
	}
}

func TestG23_LogEscapesControlCharacters(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(LogHandler(slog.NewTextHandler(&buf, nil)))
	get(Log(log, LogOptions{})(answer(404, "")), "/a%0a%1b%5b31mfake")
	raw := buf.Bytes()
	if bytes.Count(raw, []byte("\n")) != 1 || bytes.ContainsRune(raw, 0x1b) {
		t.Errorf("raw control characters in %q", raw)
	}
}

func TestSlashStripsWithoutRedirect(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "//": "/", "/inbox": "/inbox", "/inbox/": "/inbox", "/a/b//": "/a/b", "/x%2Fy/": "/x/y",
	} {
		var seen, uri string
		h := Slash(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen, uri = r.URL.Path, r.RequestURI }))
		r := httptest.NewRequest(http.MethodPost, "http://a.test"+path, strings.NewReader("body"))
		r.RequestURI = path
		before := r.URL.Path
		if w := do(h, r); w.Code != 200 {
			t.Errorf("%s: status %d", path, w.Code)
		}
		if seen != want || uri != path || r.URL.Path != before {
			t.Errorf("%s: routed as %q, RequestURI %q, caller's path now %q", path, seen, uri, r.URL.Path)
		}
	}
}

func TestSlashKeepsEscapedPath(t *testing.T) {
	var seen string
	h := Slash(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.URL.EscapedPath() }))
	get(h, "/x%2Fy/")
	if seen != "/x%2Fy" {
		t.Errorf("escaped path %q", seen)
	}
}

func TestC01_BodyLimitRefusesByContentLength(t *testing.T) {
	called := false
	h := BodyLimit(4)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	w := do(h, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("12345")))
	if w.Code != http.StatusRequestEntityTooLarge || called {
		t.Errorf("status %d, handler called: %v", w.Code, called)
	}
}

func TestC02_BodyLimitCountsUnannouncedBodies(t *testing.T) {
	var got error
	h := BodyLimit(4)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, got = io.ReadAll(r.Body) }))
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("12345"))
	r.ContentLength = -1
	do(h, r)
	var tooLarge *http.MaxBytesError
	if !errors.As(got, &tooLarge) {
		t.Errorf("error %v", got)
	}
	do(h, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("1234")))
	if got != nil {
		t.Errorf("a body at the limit: %v", got)
	}
}

func TestSecurityHeadersAreDefaults(t *testing.T) {
	w := get(SecurityHeaders("")(answer(200, "")), "/")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
	})
	if got := get(SecurityHeaders("")(own), "/").Header().Get("Content-Security-Policy"); got != "default-src 'self'" {
		t.Errorf("a handler's own policy became %q", got)
	}
	if got := get(SecurityHeaders("sandbox")(answer(200, "")), "/").Header().Get("Content-Security-Policy"); got != "sandbox" {
		t.Errorf("the configured policy became %q", got)
	}
}

func TestCORSPaths(t *testing.T) {
	for _, tc := range []struct {
		method, path string
		allowed      bool
	}{
		{"GET", "/api/v1/instance", true},
		{"DELETE", "/api/v1/statuses/1", true},
		{"PATCH", "/api/v1/accounts/update_credentials", true},
		{"POST", "/oauth/token", true},
		{"POST", "/oauth/token/", true},
		{"POST", "/oauth/revoke", true},
		{"GET", "/oauth/userinfo", true},
		{"GET", "/oauth/authorize", false},
		{"POST", "/oauth/authorize", false},
		{"GET", "/.well-known/host-meta", true},
		{"GET", "/nodeinfo/2.0", true},
		{"GET", "/u/alice", true},
		{"HEAD", "/c/care", true},
		{"GET", "/o/1", true},
		{"GET", "/actor", true},
		{"POST", "/u/alice/inbox", false},
		{"POST", "/inbox", false},
		{"GET", "/@alice", false},
		{"GET", "/settings", false},
	} {
		w := do(CORS(answer(http.StatusNotFound, "")), httptest.NewRequest(tc.method, tc.path, nil))
		if got := w.Header().Get("Access-Control-Allow-Origin") == "*"; got != tc.allowed {
			t.Errorf("%s %s: allowed %v, want %v", tc.method, tc.path, got, tc.allowed)
		}
		if w.Code != http.StatusNotFound {
			t.Errorf("%s %s: status %d", tc.method, tc.path, w.Code)
		}
		if w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s %s: credentials are allowed", tc.method, tc.path)
		}
		exposed := w.Header().Get("Access-Control-Expose-Headers")
		for _, name := range []string{"Link", "X-RateLimit-Reset", "X-Request-Id", "Mastodon-Async-Refresh"} {
			if tc.allowed && !strings.Contains(exposed, name) {
				t.Errorf("%s %s: %s is not exposed", tc.method, tc.path, name)
			}
		}
	}
}

func TestCORSPreflight(t *testing.T) {
	for _, path := range []string{"/api/v1/statuses", "/oauth/token", "/oauth/userinfo", "/.well-known/webfinger", "/nodeinfo/2.0", "/u/alice"} {
		r := httptest.NewRequest(http.MethodOptions, path, nil)
		r.Header.Set("Origin", "https://client.test")
		r.Header.Set("Access-Control-Request-Method", "POST")
		r.Header.Set("Access-Control-Request-Headers", "authorization, idempotency-key")
		w := do(CORS(answer(http.StatusMethodNotAllowed, "")), r)
		if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: status %d, headers %v", path, w.Code, w.Header())
		}
		if got := w.Header().Get("Access-Control-Allow-Headers"); got != "authorization, idempotency-key" {
			t.Errorf("%s: allows headers %q", path, got)
		}
	}
	r := httptest.NewRequest(http.MethodOptions, "/api/v1/x", nil)
	w := do(CORS(answer(404, "")), r)
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if !strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), method) {
			t.Errorf("%s is not allowed on the API", method)
		}
	}
	if w := do(CORS(answer(405, "")), httptest.NewRequest(http.MethodOptions, "/settings", nil)); w.Code != 405 {
		t.Errorf("a page answers a preflight with %d", w.Code)
	}
}

func TestMetricsCountByTemplateNotByPath(t *testing.T) {
	reg := prometheus.NewRegistry()
	m := NewMetrics(reg)
	router := mux.NewRouter()
	router.Use(m.Middleware)
	router.Handle("/o/{id}", answer(200, ""))
	router.Handle("/boom", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }))
	router.Handle("/stream", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
	}))
	router.NotFoundHandler = m.Middleware(answer(404, ""))
	h := Recover(slog.New(slog.DiscardHandler))(router)
	for _, path := range []string{"/o/1", "/o/2", "/no/such/1", "/no/such/2", "/boom", "/stream"} {
		get(h, path)
	}
	do(h, httptest.NewRequest("ODD", "/o/3", nil))
	for _, tc := range []struct {
		labels []string
		want   float64
	}{
		{[]string{"GET", "/o/{id}", "2xx"}, 2},
		{[]string{"GET", "unmatched", "4xx"}, 2},
		{[]string{"GET", "/boom", "5xx"}, 1},
		{[]string{"GET", "/stream", "2xx"}, 1},
		{[]string{"other", "/o/{id}", "2xx"}, 1},
	} {
		var metric dto.Metric
		if err := m.requests.WithLabelValues(tc.labels...).Write(&metric); err != nil {
			t.Fatal(err)
		}
		if got := metric.GetCounter().GetValue(); got != tc.want {
			t.Errorf("%v: %v, want %v", tc.labels, got, tc.want)
		}
	}
	// Four series are timed; the stream is not.
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "praxis_http_request_duration_seconds" && len(family.GetMetric()) != 4 {
			t.Errorf("%d timed series, want 4", len(family.GetMetric()))
		}
	}
	if len(families) != 2 {
		t.Errorf("%d metrics, want 2", len(families))
	}
}

func TestRecorderKeepsStreamsWorking(t *testing.T) {
	log, logged := lines(t)
	done := make(chan struct{})
	finish := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			next.ServeHTTP(w, r)
		})
	}
	server := httptest.NewServer(Chain(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Errorf("hijack: %v", err)
			return
		}
		_, _ = io.WriteString(conn, "raw")
		_ = conn.Close()
	}), finish, Log(log, LogOptions{}), Recover(log)))
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n")
	got, _ := io.ReadAll(conn)
	<-done
	server.Close()
	if string(got) != "raw" {
		t.Errorf("read %q", got)
	}
	if status := logged()[0]["status"]; status != 101.0 {
		t.Errorf("logged status %v", status)
	}
}
