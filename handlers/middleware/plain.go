package middleware

import (
	"io"
	"net/http"
)

// plainError answers with {"error": text}: short, for machines, and without anything that came from the request.
func plainError(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"error":"`+text+`"}`)
}
