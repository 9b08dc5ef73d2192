package middleware

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// minCompressed is from how many bytes on an answer is worth it.
const minCompressed = 1024

// Compress sends the JSON of the client API gzipped to those who take it. Pages are left alone: they hold secrets beside
// what others wrote, and go to browsers that add cookies by themselves, so that their length would tell (BREACH). A token
// of the API must be added by whoever holds it. Streams are left alone, too.
func Compress(next http.Handler) http.Handler {
	writers := &sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/api/v1/streaming") {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Method == http.MethodHead || !takesGzip(r.Header.Values("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		answer := &compressed{ResponseWriter: w, writers: writers}
		defer answer.close()
		next.ServeHTTP(answer, r)
	})
}

// takesGzip reads Accept-Encoding: gzip or anything, unless with the weight 0.
func takesGzip(headers []string) bool {
	takes := false
	for _, part := range strings.Split(strings.Join(headers, ","), ",") {
		name, weight, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		value, weighted := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		takes = !weighted || (err == nil && q > 0)
		if name == "gzip" {
			return takes
		}
	}
	return takes
}

// compressed decides with the first bytes whether an answer is compressed: handlers write an answer in one piece.
type compressed struct {
	http.ResponseWriter
	writers *sync.Pool
	status  int
	decided bool
	gzip    *gzip.Writer
}

// WriteHeader waits for the first bytes, which decide about the headers.
func (c *compressed) WriteHeader(status int) {
	if c.decided || status < http.StatusOK {
		c.ResponseWriter.WriteHeader(status)
		return
	}
	if c.status == 0 {
		c.status = status
	}
}

func (c *compressed) Write(p []byte) (int, error) {
	if !c.decided {
		c.decide(len(p))
	}
	if c.gzip != nil {
		return c.gzip.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

func (c *compressed) decide(length int) {
	c.decided = true
	header := c.Header()
	if length >= minCompressed && strings.HasPrefix(header.Get("Content-Type"), "application/json") && header.Get("Content-Encoding") == "" {
		header.Set("Content-Encoding", "gzip")
		header.Del("Content-Length")
		c.gzip, _ = c.writers.Get().(*gzip.Writer)
		c.gzip.Reset(c.ResponseWriter)
	}
	if c.status != 0 {
		c.ResponseWriter.WriteHeader(c.status)
	}
}

func (c *compressed) close() {
	if !c.decided {
		c.decide(0)
	}
	if c.gzip != nil {
		_ = c.gzip.Close()
		c.writers.Put(c.gzip)
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (c *compressed) Unwrap() http.ResponseWriter { return c.ResponseWriter }
