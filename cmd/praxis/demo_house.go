package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/internal/password"
	"praxis/models"
	"praxis/practice"
)

// housePlan is what an organization of the demo is made from.
type housePlan struct {
	folder, name, title string
	port                int
	now                 func() time.Time                        // the clock; the system's unless set
	through             func(handler http.Handler) http.Handler // what its handler stands behind, if anything
}

// house is one organization of the demo: an instance with its own database, keys and listener.
type house struct {
	name   string
	app    *app.App
	server *http.Server
	base   string
	roots  *x509.CertPool // whose certificates clients believe; nil for the system's
	stop   func()         // ends its work, and comes back when it has ended
	isOff  bool
	door   *door
}

func (p *housePlan) config() config.Config {
	cfg := config.Defaults()
	cfg.Host = fmt.Sprintf("%s.localhost:%d", p.name, p.port)
	cfg.Listen = fmt.Sprintf("127.0.0.1:%d", p.port)
	cfg.Database = "sqlite:" + filepath.Join(p.folder, p.name+".db")
	cfg.MediaDir = filepath.Join(p.folder, p.name+"-media")
	cfg.Name, cfg.Description = p.title, "One of the organizations of the demo."
	cfg.Development, cfg.PasswordGrant = true, true
	return cfg
}

// openHouse opens one organization and lets it work. Its listener is taken first, so that a taken port is told before anything is made.
func openHouse(ctx context.Context, std *streams, plan housePlan) (*house, error) {
	cfg := plan.config()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	listener, err := listen(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w (demo: --ports)", err)
	}
	log := quietLog(std)
	if plan.now != nil { // a clock that is set on makes what is under way look late
		log = slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	instance, err := app.New(ctx, cfg, app.Options{Log: log, Now: plan.now, Limits: &app.Limits{}})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	handler := instance.Handler
	if plan.through != nil {
		handler = plan.through(handler)
	}
	h := &house{name: plan.title, app: instance, base: cfg.BaseURL(), door: &door{}}
	h.work(ctx, h.door.before(handler), listener, log)
	return h, nil
}

// work serves, and does what an instance does by itself.
func (h *house) work(ctx context.Context, handler http.Handler, listener net.Listener, log *slog.Logger) {
	h.server = newHTTPServer(handler, log)
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wait sync.WaitGroup
	wait.Go(func() { h.app.Run(background) })
	h.stop = func() { cancel(); wait.Wait() }
	go func() { _ = h.server.Serve(listener) }()
}

func (h *house) close() {
	if h.isOff {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	h.app.StopStreams()
	_ = h.server.Shutdown(ctx)
	h.stop()
	_ = h.app.Close()
}

// door lets nobody in any more once it is shut, and is shut when all who were in are out.
type door struct {
	mu   sync.RWMutex
	shut bool
}

func (d *door) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.RLock()
		defer d.mu.RUnlock()
		if d.shut {
			panic(http.ErrAbortHandler) // the connection ends without an answer
		}
		next.ServeHTTP(w, r)
	})
}

func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = true
}

// cutOff ends it in the middle of whatever it does: nobody who speaks with it gets an answer. Its database closes when nobody reads in it
// any more: that is no part of what is shown.
func (h *house) cutOff() error {
	h.app.StopStreams()
	err := h.server.Close()
	h.isOff = true
	h.door.close()
	h.stop()
	return errors.Join(err, h.app.Close())
}

// demoPassword is that of every user of the demo.
const demoPassword = "practice-makes-progress"

// member makes a user, or finds the one of an earlier run in the same folder.
func (h *house) member(ctx context.Context, name, displayName string) (*models.Actor, error) {
	actor, err := h.app.Service.CreateMember(ctx, practice.NewMember{
		Username: name, DisplayName: displayName, Password: demoPassword, Admin: true,
	})
	if models.ErrorCode(err) != models.Conflict {
		return actor, err
	}
	actor, err = memberByName(ctx, h.app, name)
	if err != nil {
		return nil, err
	}
	return actor, h.app.Service.SetPassword(ctx, actor, demoPassword, password.Default())
}

func (h *house) community(ctx context.Context, name, title, domain string, convener *models.Actor) error {
	_, err := h.app.Service.CreateCommunity(ctx, practice.NewCommunity{Username: name, DisplayName: title, Domain: domain, Convener: convener})
	if models.ErrorCode(err) == models.Conflict {
		return nil
	}
	return err
}
