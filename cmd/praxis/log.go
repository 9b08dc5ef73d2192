package main

import (
	"io"
	"log/slog"

	"praxis/handlers/middleware"
	"praxis/internal/config"
)

// newLog gives the log that the configuration asks for; every line of a request carries the request's id.
func newLog(w io.Writer, cfg config.Config) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level()}
	if cfg.LogFormat == "json" {
		return slog.New(middleware.LogHandler(slog.NewJSONHandler(w, opts)))
	}
	return slog.New(middleware.LogHandler(slog.NewTextHandler(w, opts)))
}

// quietLog tells only what went wrong: the command itself says what it did.
func quietLog(std *streams) *slog.Logger {
	return slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
