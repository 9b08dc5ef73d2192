package middleware

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// LogOptions tune Log. The zero value is good behind no proxy.
type LogOptions struct {
	// ClientIP gives the address of the client behind trusted proxies; the peer of the connection unless set.
	ClientIP func(*http.Request) netip.Addr
	// Now is the clock; time.Now unless set.
	Now func() time.Time
}

// Log writes one line for each request: method, path, status, bytes, duration and the client's address. Nothing private
// is in it: no query, which may hold tokens and search words, no header, no body. The request's id comes from
// LogHandler, or from here if the logger has none.
func Log(log *slog.Logger, opts LogOptions) Middleware {
	if opts.ClientIP == nil {
		opts.ClientIP = peerIP
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// Slash and routers change the path further in; what was asked for is what is logged.
			path, start, rec := r.URL.Path, opts.Now(), record(w)
			done := false
			defer func() {
				status := rec.final()
				if !done && !rec.started() {
					status = http.StatusInternalServerError // a panic is on its way out
				}
				log.LogAttrs(r.Context(), levelOf(status), "request", attrs(log, r, path, status, rec.bytes, opts, start)...)
			}()
			next.ServeHTTP(rec, r)
			done = true
		})
	}
}

func attrs(log *slog.Logger, r *http.Request, path string, status int, bytes int64, opts LogOptions, start time.Time) []slog.Attr {
	list := []slog.Attr{
		slog.String("method", r.Method), slog.String("path", path), slog.Int("status", status),
		slog.Int64("bytes", bytes), slog.Duration("duration", opts.Now().Sub(start)),
		slog.String("remote_ip", opts.ClientIP(r).String()),
	}
	if _, adds := log.Handler().(*idHandler); !adds {
		list = append(list, slog.String("request_id", RequestIDFrom(r.Context())))
	}
	return list
}

func levelOf(status int) slog.Level {
	if status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable {
		return slog.LevelError
	}
	return slog.LevelInfo
}

func peerIP(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	return addr.Unmap()
}
