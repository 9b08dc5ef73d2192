package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
)

// runAsPraxis makes the test's own binary be praxis, so that a test can have it as a process.
const runAsPraxis = "PRAXIS_TEST_RUN_AS_PRAXIS"

func TestMain(m *testing.M) {
	if os.Getenv(runAsPraxis) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is `praxis serve` as a process of its own, with a participant at it.
type process struct {
	t       *testing.T
	environ []string
	port    int
	command *exec.Cmd
	log     *safeBuffer
	member  *participant
}

type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// newProcess prepares an organization with one user from the command line, as an admin does, with settings of the
// environment besides those that each has.
func newProcess(t *testing.T, name, user string, more ...string) *process {
	t.Helper()
	port := freePort(t)
	p := &process{t: t, port: port, log: &safeBuffer{}, environ: []string{
		"PRAXIS_HOST=" + name + ".localhost:" + strconv.Itoa(port), "PRAXIS_LISTEN=127.0.0.1:" + strconv.Itoa(port),
		"PRAXIS_DATABASE=sqlite:" + filepath.Join(t.TempDir(), "p.db"), "PRAXIS_DEVELOPMENT=true", "PRAXIS_PASSWORD_GRANT=true",
		"PRAXIS_LOG_LEVEL=debug", "PRAXIS_LOG_FORMAT=json",
	}}
	p.environ = append(p.environ, more...)
	if got := praxis(t, p.environ, demoPassword+"\n", "user", "create", user, "--stdin"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	cfg, err := config.Load("", p.environ)
	if err != nil {
		t.Fatal(err)
	}
	actor, err := func() (*participant, error) {
		a, err := app.Open(t.Context(), cfg, app.Options{})
		if err != nil {
			return nil, err
		}
		defer a.Close()
		actor, err := memberByName(t.Context(), a, user)
		return &participant{house: &house{app: &app.App{Config: cfg}, base: cfg.BaseURL()}, actor: actor}, err
	}()
	if err != nil {
		t.Fatal(err)
	}
	p.member = actor
	return p
}

func (p *process) start() {
	p.t.Helper()
	p.startAt("127.0.0.1:" + strconv.Itoa(p.port))
	p.awaitReady()
}

// startAt starts it at an address and does not wait.
func (p *process) startAt(address string) {
	p.t.Helper()
	p.command = exec.Command(os.Args[0], "serve")
	p.command.Env = slices.Concat(p.environ, []string{runAsPraxis + "=1", "HOME=" + p.t.TempDir(), "PRAXIS_LISTEN=" + address})
	p.command.Stdout, p.command.Stderr = p.log, p.log
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	command := p.command
	p.t.Cleanup(func() { _ = command.Process.Kill() })
}

func (p *process) awaitReady() {
	p.t.Helper()
	p.await("the instance to be ready", func() bool {
		r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.member.house.base+"/readyz", nil)
		if err != nil {
			return false
		}
		answer, err := demoClient("127.0.0.1:"+strconv.Itoa(p.port), p.member.house.roots).Do(r)
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

func (p *process) await(awaited string, seen func() bool) {
	p.t.Helper()
	err := within(p.t.Context(), 90*time.Second, awaited, func() (bool, error) { return seen(), nil })
	if err != nil {
		p.t.Fatalf("%v\n%s", err, p.log)
	}
}

// end sends a signal, waits, and gives the exit status; -1 for a process that was killed.
func (p *process) end(signal syscall.Signal) int {
	p.t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	_ = p.command.Wait() // the status is what counts
	return p.command.ProcessState.ExitCode()
}

// TestH13_KilledProcessLosesNothing: what a client was told is published arrives, though both processes end in between,
// one of them by kill -9.
func TestH13_KilledProcessLosesNothing(t *testing.T) {
	hospital, clinic := newProcess(t, "hospital", "ana"), newProcess(t, "clinic", "bo")
	if got := praxis(t, hospital.environ, "", "community", "create", "woundcare", "--convener", "ana"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	hospital.start()
	clinic.start()
	play, quiet := &demo{}, &safeBuffer{}
	play.std = &streams{out: quiet, err: quiet}
	play.hospital, play.clinic = hospital.member.house, clinic.member.house
	ana, bo, group := hospital.member, clinic.member, "@woundcare@"+hospital.member.house.app.Config.Host
	for _, step := range []func(context.Context, *participant, *participant, string) error{play.signIn, play.lookUp, play.follow} {
		if err := step(t.Context(), ana, bo, group); err != nil {
			t.Fatalf("%v\n%s\n%s", err, hospital.log, clinic.log)
		}
	}
	if code := hospital.end(syscall.SIGTERM); code != 0 {
		t.Errorf("after SIGTERM serve ended with %d: %s", code, hospital.log)
	}
	var question demoStatus
	if err := bo.post(t.Context(), group+" Does this arrive?", "", &question); err != nil {
		t.Fatal(err)
	}
	clinic.end(syscall.SIGKILL)
	hospital.start()
	clinic.start()
	// A sign of life of the hospital's lets the clinic try again at once.
	if err := ana.call(t.Context(), http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q=@bo@"+bo.house.app.Config.Host, nil, nil); err != nil {
		t.Fatal(err)
	}
	clinic.await("the question in ana's home", func() bool {
		status, err := ana.inHome(t.Context(), question.URI)
		if err != nil {
			t.Fatal(err)
		}
		return status != nil
	})
	for _, p := range []*process{hospital, clinic} {
		log := p.log.String()
		for _, secret := range []string{demoPassword, p.member.token, "Does this arrive"} {
			if strings.Contains(log, secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
		if !strings.Contains(log, `"request_id"`) || strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("the log has no request ids, or an error: %s", log)
		}
		if code := p.end(syscall.SIGTERM); code != 0 {
			t.Errorf("after SIGTERM serve ended with %d", code)
		}
	}
}
