package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/models"
)

type serveCommand struct{}

// Run serves until the process is told to stop.
func (*serveCommand) Run(ctx context.Context, std *streams, c *cli) (err error) {
	begun := time.Now()
	spendMemory()
	cfg, err := c.load(std)
	if err != nil {
		return err
	}
	log := newLog(std.err, cfg)
	release, err := models.Reserve(cfg.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	listener, err := listen(cfg.Listen)
	if err != nil {
		return err
	}
	public, err := secured(listener, cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	metrics, err := listenMetrics(cfg)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	instance, err := app.New(ctx, cfg, app.Options{Log: log})
	if err != nil {
		return errors.Join(err, listener.Close(), closeIfOpen(metrics))
	}
	log.Info("instance serves", "host", cfg.Host, "listen", listener.Addr().String(), "version", app.Version,
		"database", instance.Store.Dialect(), "started_in", time.Since(begun).Round(time.Millisecond))
	serving := &serving{cfg: cfg, app: instance, log: log}
	return errors.Join(serving.run(ctx, public, metrics), instance.Close())
}

// spendMemory lets garbage grow to twice what is in use before it is collected, which is little here and would otherwise be
// collected so often that a fifth of the computing goes there. GOGC says otherwise.
func spendMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

func closeIfOpen(l net.Listener) error {
	if l == nil {
		return nil
	}
	return l.Close()
}

// listen takes an address; one that is taken is named.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		_, port, _ := net.SplitHostPort(address)
		return nil, usage("port %s is taken (%s): stop what uses it, or choose another port", port, address)
	}
	if errors.Is(err, syscall.EACCES) {
		return nil, usage("no permission to listen on %s: choose a port above 1023, or grant CAP_NET_BIND_SERVICE", address)
	}
	if err != nil {
		return nil, usage("cannot listen on %s: %w", address, err)
	}
	return listener, nil
}

func listenMetrics(cfg config.Config) (net.Listener, error) {
	if cfg.MetricsListen == "" {
		return nil, nil
	}
	return listen(cfg.MetricsListen)
}

// serving is an instance at work.
type serving struct {
	cfg config.Config
	app *app.App
	log *slog.Logger
}

// run serves until ctx ends or a listener fails, then lets what is under way come to its end.
func (s *serving) run(ctx context.Context, public, metrics net.Listener) error {
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	defer stopBackground()
	var wait sync.WaitGroup
	wait.Go(func() { s.app.Run(background) })
	servers := []*http.Server{newHTTPServer(s.app.Handler, s.log)}
	failed := make(chan error, 3)
	go func() { failed <- s.app.Watch(background) }()
	go func() { failed <- servers[0].Serve(public) }()
	if metrics != nil {
		servers = append(servers, newHTTPServer(s.app.MetricsHandler(), s.log))
		go func() { failed <- servers[1].Serve(metrics) }()
	}
	var err error
	select {
	case <-ctx.Done():
		s.log.Info("instance stops")
	case err = <-failed:
		if models.ErrorCode(err) == models.Internal {
			err = fmt.Errorf("serve: %w", err)
		}
	}
	err = errors.Join(err, s.drain(servers))
	stopBackground()
	wait.Wait()
	return err
}

// drain answers what is under way, for as long as the configuration allows.
func (s *serving) drain(servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.ShutdownTimeout)
	defer cancel()
	s.app.StopStreams()
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			s.log.Warn("requests were cut off", "after", s.cfg.ShutdownTimeout, "error", err)
			if err := server.Close(); err != nil {
				return err
			}
		}
	}
	return nil
}

// newHTTPServer bounds what a client may take of the server (security case F14).
func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      90 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
