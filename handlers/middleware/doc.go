// Package middleware holds what every HTTP request passes through before a handler answers it: recovery from panics,
// request ids, the log line, the body limit, headers for browsers, cross-origin access and metrics. Each is one small
// func(http.Handler) http.Handler that knows nothing of the others.
//
// Entry point: Chain, which puts them around a handler. The usual order, outermost first, is RequestID, Log, Recover,
// SecurityHeaders, CORS, Slash, then the router, which itself uses Metrics.Middleware so that the route is known.
//
// It must not import models, practice, federation or any other package of handlers.
package middleware
