package middleware

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func stream(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/stream") }

// TestH32_WaitsEnd: the context of a request ends after a while, but not that of a stream.
func TestH32_WaitsEnd(t *testing.T) {
	handler := Patience(time.Millisecond, stream)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if stream(r) {
			if _, limited := r.Context().Deadline(); limited {
				t.Error("a stream has a limit")
			}
			return
		}
		<-r.Context().Done()
		if r.Context().Err() != context.DeadlineExceeded {
			t.Error(r.Context().Err())
		}
	}))
	for _, path := range []string{"/", "/stream"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
}

// TestH29_CrowdIsTurnedAway: as many as there is room for are inside, the next is told to come again, and streams pass.
func TestH29_CrowdIsTurnedAway(t *testing.T) {
	inside, leave := make(chan bool), make(chan bool)
	handler := Crowd(2, stream)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			inside <- true
			<-leave
		}
	}))
	get := func(path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		return answer
	}
	done := make(chan int)
	for range 2 {
		go func() { done <- get("/slow").Code }()
		<-inside
	}
	if answer := get("/"); answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("the third got %d", answer.Code)
	}
	if answer := get("/stream"); answer.Code != http.StatusOK {
		t.Errorf("a stream got %d", answer.Code)
	}
	for range 2 {
		leave <- true
		if code := <-done; code != http.StatusOK {
			t.Errorf("who was inside got %d", code)
		}
	}
	if answer := get("/"); answer.Code != http.StatusOK {
		t.Errorf("when there is room again: %d", answer.Code)
	}
}
