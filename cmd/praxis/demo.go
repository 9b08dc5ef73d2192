package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/internal/password"
	"praxis/models"
	"praxis/practice"
)

type demoCommand struct {
	Data  string `help:"Folder for the two databases and uploaded files; a temporary one that is removed at the end unless set." type:"path" placeholder:"DIR"`
	Once  bool   `help:"End after the walk: exit 0 only if every step was seen at the other end."`
	Ports []int  `help:"The two ports to listen on." default:"8081,8082" sep:","`
}

// house is one organization of the demo: an instance with its own database, keys and listener.
type house struct {
	name     string
	app      *app.App
	server   *http.Server
	listener net.Listener
	base     string
	roots    *x509.CertPool // whose certificates clients believe; nil for the system's
}

// demo is the two organizations and those who take part.
type demo struct {
	std              *streams
	hospital, clinic *house
	steps, missed    int
}

// Run starts two organizations, lets a member of the one take part in a community of the other, and stays.
func (d *demoCommand) Run(ctx context.Context, std *streams) (err error) {
	begun := time.Now()
	folder, cleanUp, err := d.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	if len(d.Ports) != 2 || d.Ports[0] == d.Ports[1] {
		return usage("--ports takes two different ports, such as 8081,8082")
	}
	play := &demo{std: std}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wait sync.WaitGroup
	defer func() { stop(); wait.Wait() }()
	for i, h := range []struct {
		house       **house
		host, title string
	}{{&play.hospital, "hospital.localhost", "City Hospital"}, {&play.clinic, "clinic.localhost", "Riverside Clinic"}} {
		*h.house, err = openHouse(ctx, std, folder, h.host, h.title, d.Ports[i])
		if err != nil {
			return err
		}
		defer (*h.house).close()
		wait.Go(func() { (*h.house).app.Run(background) })
		go func() { _ = (*h.house).server.Serve((*h.house).listener) }()
	}
	play.say("two instances are up", "%s and %s, each with its own database in %s", time.Since(begun), play.hospital.app.Config.Host, play.clinic.app.Config.Host, folder)
	people, err := play.walk(ctx)
	if err != nil {
		return err
	}
	if d.Once {
		fmt.Fprintf(std.out, "\nall %d steps were seen at the other end, after %s\n", play.steps, time.Since(begun).Round(time.Millisecond))
		return nil
	}
	play.invite(people)
	<-ctx.Done()
	return nil
}

func (d *demoCommand) folder() (folder string, cleanUp func() error, err error) {
	if d.Data != "" {
		if err := os.MkdirAll(d.Data, 0o700); err != nil {
			return "", nil, usage("cannot make the folder %s: %w", d.Data, err)
		}
		return d.Data, func() error { return nil }, nil
	}
	folder, err = os.MkdirTemp("", "praxis-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return folder, func() error { return os.RemoveAll(folder) }, nil
}

// openHouse opens one organization. Its listener is taken first, so that a taken port is told before anything is made.
func openHouse(ctx context.Context, std *streams, folder, name, title string, port int) (*house, error) {
	cfg := config.Defaults()
	cfg.Host = fmt.Sprintf("%s:%d", name, port)
	cfg.Listen = fmt.Sprintf("127.0.0.1:%d", port)
	cfg.Database = "sqlite:" + filepath.Join(folder, strings.TrimSuffix(name, ".localhost")+".db")
	cfg.MediaDir = filepath.Join(folder, strings.TrimSuffix(name, ".localhost")+"-media")
	cfg.Name, cfg.Description = title, "One of the two organizations of the demo."
	cfg.Development, cfg.PasswordGrant = true, true
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	listener, err := listen(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w (demo: --ports)", err)
	}
	log := quietLog(std)
	instance, err := app.New(ctx, cfg, app.Options{Log: log, Limits: &app.Limits{}})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return &house{name: title, app: instance, listener: listener, server: newHTTPServer(instance.Handler, log), base: cfg.BaseURL()}, nil
}

func (h *house) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = h.server.Shutdown(ctx)
	_ = h.app.Close()
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

// say prints a step: what, how long it took, and what happened.
func (d *demo) say(step, format string, took time.Duration, args ...any) {
	d.steps++
	fmt.Fprintf(d.std.out, "%2d. %-50s %8s   %s\n", d.steps, step, took.Round(time.Millisecond), fmt.Sprintf(format, args...))
}

// invite says what there is to look at.
func (d *demo) invite(people []*participant) {
	out := d.std.out
	fmt.Fprintf(out, "\nBoth instances keep running; Ctrl-C ends them.\n\n")
	for _, p := range people {
		fmt.Fprintf(out, "%s\n", p.house.name)
		fmt.Fprintf(out, "  open       %s\n", p.house.base)
		fmt.Fprintf(out, "  sign in    user %s, password %s\n", p.actor.Username, demoPassword)
		fmt.Fprintf(out, "  API token  %s\n", p.token)
	}
	p := people[0]
	fmt.Fprintf(out, "\nFor instance: curl -H 'Authorization: Bearer %s' %s/api/v1/timelines/home\n", p.token, p.house.base)
	fmt.Fprintf(out, "A client that does not know names under localhost reaches the same at http://localhost:%s\n", portOf(p.house.base))
}

func portOf(base string) string { return base[strings.LastIndexByte(base, ':')+1:] }
