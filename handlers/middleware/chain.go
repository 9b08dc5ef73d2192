package middleware

import "net/http"

// Middleware puts something around a handler.
type Middleware = func(http.Handler) http.Handler

// Chain puts middlewares around h; the first one is the outermost.
func Chain(h http.Handler, middlewares ...Middleware) http.Handler {
	for i := len(middlewares) - 1; i >= 0; i-- {
		h = middlewares[i](h)
	}
	return h
}
