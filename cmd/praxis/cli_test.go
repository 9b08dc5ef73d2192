package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
)

// outcome is what a command left.
type outcome struct {
	code     int
	out, err string
}

// praxis runs a command as the shell would, with an environment of its own.
func praxis(t *testing.T, environ []string, stdin string, args ...string) outcome {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, &streams{in: strings.NewReader(stdin), out: &out, err: &err, environ: environ})
	return outcome{code, out.String(), err.String()}
}

func settings(t *testing.T) []string {
	t.Helper()
	return []string{"PRAXIS_HOST=hospital.example", "PRAXIS_DATABASE=sqlite:" + filepath.Join(t.TempDir(), "p.db")}
}

// mistaken checks exit 2 and one line on stderr that holds what was wrong.
func mistaken(t *testing.T, got outcome, parts ...string) {
	t.Helper()
	if got.code != 2 {
		t.Errorf("exit %d, want 2: %s", got.code, got.err)
	}
	if strings.Count(got.err, "\n") != 1 || !strings.HasPrefix(got.err, "praxis: ") {
		t.Errorf("stderr is not one line: %q", got.err)
	}
	for _, part := range parts {
		if !strings.Contains(got.err, part) {
			t.Errorf("stderr %q does not say %q", got.err, part)
		}
	}
}

func TestMistakesAreOneLineAndExit2(t *testing.T) {
	env := settings(t)
	for name, c := range map[string]struct {
		environ []string
		args    []string
		says    []string
	}{
		"unknown command":     {env, []string{"frob"}, []string{"frob", "--help"}},
		"missing argument":    {env, []string{"user", "create"}, []string{"<name>"}},
		"no host":             {nil, []string{"user", "list"}, []string{"host", "PRAXIS_HOST"}},
		"typing error":        {append(env[:len(env):len(env)], "PRAXIS_DATABSE=x"), []string{"user", "list"}, []string{"PRAXIS_DATABSE", "PRAXIS_DATABASE"}},
		"bad database":        {[]string{"PRAXIS_HOST=a.example", "PRAXIS_DATABASE=mysql:x"}, []string{"migrate"}, []string{"sqlite:", "postgres:"}},
		"dev in public":       {append(env[:1:1], "PRAXIS_HOST=a.com", "PRAXIS_DEVELOPMENT=true"), []string{"serve"}, []string{"development", "a.com"}},
		"bad user name":       {env, []string{"user", "create", "Bad Name"}, []string{"a-z"}},
		"reserved name":       {env, []string{"user", "create", "admin"}, []string{"reserved"}},
		"unknown user":        {env, []string{"user", "password", "nobody"}, []string{"nobody", "user list"}},
		"unknown convener":    {env, []string{"community", "create", "care", "--convener", "nobody"}, []string{"nobody"}},
		"empty stdin":         {env, []string{"user", "create", "ann", "--stdin"}, []string{"stdin"}},
		"same ports":          {nil, []string{"demo", "--once", "--ports", "8081,8081"}, []string{"ports"}},
		"two ports of three":  {nil, []string{"demo", "--siblings", "--once", "--ports", "8081,8082"}, []string{"ports", "3 different"}},
		"three ports of two":  {nil, []string{"demo", "--once", "--ports", "8081,8082,8083"}, []string{"ports", "2 different"}},
		"no port":             {nil, []string{"demo", "--siblings", "--ports", "0,8082,8083"}, []string{"ports"}},
		"port in words":       {nil, []string{"demo", "--siblings", "--ports", "a,b,c"}, []string{"--ports"}},
		"sibling demo":        {nil, []string{"demo", "--sibling"}, []string{"--sibling"}},
		"siblings with value": {nil, []string{"demo", "--siblings", "three"}, []string{"three"}},
		"config file absent":  {env, []string{"--config", "/nowhere/praxis.toml", "user", "list"}, []string{"/nowhere/praxis.toml"}},
	} {
		t.Run(name, func(t *testing.T) { mistaken(t, praxis(t, c.environ, "", c.args...), c.says...) })
	}
}

func TestShortPasswordIsRefused(t *testing.T) {
	mistaken(t, praxis(t, settings(t), "short\n", "user", "create", "ann", "--stdin"), "8")
}

func TestUsersAndCommunities(t *testing.T) {
	env := settings(t)
	made := praxis(t, env, "", "user", "create", "ann", "--email", "ann@hospital.example", "--admin")
	if made.code != 0 || !regexp.MustCompile(`^created @ann@hospital\.example\npassword: [a-z2-7]{24}\n$`).MatchString(made.out) {
		t.Errorf("create: %+v", made)
	}
	mistaken(t, praxis(t, env, "", "user", "create", "ann"), "ann@hospital.example")
	if got := praxis(t, env, "long enough for all\n", "user", "password", "@ann@hospital.example", "--stdin"); got.code != 0 || strings.Contains(got.out, "password:") {
		t.Errorf("password: %+v", got)
	}
	if got := praxis(t, env, "", "community", "create", "woundcare", "--title", "Wound care", "--convener", "ann", "--request"); got.code != 0 {
		t.Errorf("community create: %+v", got)
	}
	mistaken(t, praxis(t, env, "", "user", "create", "woundcare"), "woundcare") // one name space
	users, communities := praxis(t, env, "", "user", "list"), praxis(t, env, "", "community", "list")
	if !strings.Contains(users.out, "ann") || !strings.Contains(users.out, "admin") || !strings.Contains(users.out, "active") {
		t.Errorf("user list: %s", users.out)
	}
	if !strings.Contains(communities.out, "woundcare") || !strings.Contains(communities.out, "request") || !strings.Contains(communities.out, "ann") {
		t.Errorf("community list: %s", communities.out)
	}
	changed := praxis(t, env, "", "community", "kinds", "woundcare", "--use", "ProblemSolving,Visit", "--word", "#Runde=Visit", "--commands", "off")
	if want := "kinds     ProblemSolving, Visit\ncommands  off\nword      #runde = Visit\n"; changed.code != 0 || changed.out != want {
		t.Errorf("community kinds: %+v", changed)
	}
	mistaken(t, praxis(t, env, "", "community", "kinds", "ann"), "no community")
	mistaken(t, praxis(t, env, "", "community", "kinds", "woundcare", "--use", "Nonsense"), "Nonsense", "ProblemSolving")
	if got := praxis(t, env, "", "community", "kinds", "woundcare", "--use", "all"); got.code != 0 || !strings.HasPrefix(got.out, "kinds     all\ncommands  off\n") {
		t.Errorf("community kinds: %+v", got)
	}
	if got := praxis(t, env, "", "migrate"); got.code != 0 || !strings.Contains(got.out, "sqlite database has schema version") {
		t.Errorf("migrate: %+v", got)
	}
}

// TestCommunityIsModeratedFromTheCommandLine: in the community's own name, for whoever runs the server.
func TestCommunityIsModeratedFromTheCommandLine(t *testing.T) {
	env := settings(t)
	for _, args := range [][]string{
		{"user", "create", "ann"},
		{"user", "create", "bo"},
		{"user", "create", "cleo"},
		{"community", "create", "care", "--convener", "ann"},
		{"community", "moderator", "add", "care", "bo", "--convener"},
		{"community", "moderator", "remove", "care", "@ann"},
		{"community", "ban", "care", "cleo", "--for", "72h", "--remove-posts", "--reason", "spam"},
		{"community", "unban", "care", "cleo"},
	} {
		if got := praxis(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
	}
	log := praxis(t, env, "", "community", "log", "care")
	for _, word := range []string{"appoint", "dismiss", "ban", "unban", "spam", "cleo", "care"} {
		if !strings.Contains(log.out, word) {
			t.Errorf("the log lacks %q: %s", word, log.out)
		}
	}
	for _, args := range [][]string{
		{"community", "moderator", "remove", "care", "bo"},
		{"community", "ban", "nowhere", "cleo"},
		{"community", "ban", "care", "nobody"},
		{"community", "ban", "care", "bo"},
		{"community", "ban", "care", "cleo", "--for=-1h"},
	} {
		if got := praxis(t, env, "", args...); got.code != 2 {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestH31_DatabaseOfAnotherHostIsRefused(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "user", "create", "ann"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	other := append([]string{"PRAXIS_HOST=clinic.example"}, env[1:]...)
	mistaken(t, praxis(t, other, "", "user", "list"), "hospital.example", "clinic.example")
	mistaken(t, praxis(t, append(other, "PRAXIS_LISTEN=127.0.0.1:0"), "", "serve"), "hospital.example", "clinic.example")
}

func TestDatabaseThatIsDownIsTold(t *testing.T) {
	environ := []string{"PRAXIS_HOST=a.example", "PRAXIS_LISTEN=127.0.0.1:0", "PRAXIS_DATABASE=postgres://u:geheim@127.0.0.1:1/p"}
	got := praxis(t, environ, "", "serve")
	if got.code != 1 || strings.Count(got.err, "\n") != 1 || !strings.Contains(got.err, "database") || strings.Contains(got.err, "geheim") {
		t.Errorf("%+v", got)
	}
	doctor := praxis(t, environ, "", "doctor", "--offline")
	if doctor.code != 1 || !strings.Contains(doctor.out, "fail  database") || !strings.Contains(doctor.out, "start the database") {
		t.Errorf("doctor: %+v", doctor)
	}
}

func TestDoctorOfAHealthyInstance(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "user", "create", "ann"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	got := praxis(t, env, "", "doctor", "--offline")
	if got.code != 0 || strings.Contains(got.out, "fail") || !strings.Contains(got.out, "2 local actors have keys that fit") {
		t.Errorf("%+v", got)
	}
}

// takePort gives a port that is taken for as long as the test runs.
func takePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// The ports of tests are below those that systems give to who asks for any port, and to connections that go out. For each there is
// another one that is held as long as the test runs: so no two tests get the same, whatever runs beside.
const (
	firstPort = 20_000
	portRange = 6_000
)

// freePort gives a port that nobody else gets until the test ends.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := firstPort + rand.IntN(portRange) //nolint:gosec // not a secret
		guard, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+portRange))
		if err != nil {
			continue
		}
		t.Cleanup(func() { _ = guard.Close() })
		probe, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		if err := probe.Close(); err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("there is no free port")
	return 0
}

func TestTakenPortIsNamed(t *testing.T) {
	taken := strconv.Itoa(takePort(t))
	mistaken(t, praxis(t, nil, "", "demo", "--once", "--ports", taken+","+strconv.Itoa(freePort(t))), "port "+taken+" is taken", "--ports")
	mistaken(t, praxis(t, append(settings(t), "PRAXIS_LISTEN=127.0.0.1:"+taken), "", "serve"), "port "+taken+" is taken")
}

func TestDemoSeesEveryStep(t *testing.T) {
	ports := strconv.Itoa(freePort(t)) + "," + strconv.Itoa(freePort(t))
	folder := t.TempDir()
	for _, run := range []string{"first", "again in the same folder"} {
		got := praxis(t, nil, "", "demo", "--once", "--data", folder, "--ports", ports)
		if got.code != 0 || !strings.Contains(got.out, "all 21 steps were seen at the other end") {
			t.Fatalf("%s: exit %d\n%s\n%s", run, got.code, got.out, got.err)
		}
	}
}

// TestDemoOfSiblings: one of three organizations is cut off and returns, and all have the same; it begins anew each time.
func TestDemoOfSiblings(t *testing.T) {
	ports := fmt.Sprintf("%d,%d,%d", freePort(t), freePort(t), freePort(t))
	folder := t.TempDir()
	got := praxis(t, nil, "", "demo", "--siblings", "--once", "--data", folder, "--ports", ports)
	for _, part := range []string{
		"the hospital is cut off", "the others agree that it is lost", "the demo's clock was set on by 15 days", "5 threads with 9 answers at each of them, each of them once",
		"KiB to each other", "all 19 steps were seen at the other end",
	} {
		if !strings.Contains(got.out, part) {
			t.Errorf("it does not say %q", part)
		}
	}
	if got.code != 0 || got.err != "" {
		t.Errorf("exit %d\n%s\n%s", got.code, got.out, got.err)
	}
	mistaken(t, praxis(t, nil, "", "demo", "--siblings", "--once", "--data", folder, "--ports", ports), folder, "not empty")
	if help := praxis(t, nil, "", "demo", "--help"); help.code != 0 || !strings.Contains(help.out, "--siblings") {
		t.Errorf("the help does not name it: %+v", help)
	}
}

// TestDemoOfSiblingsFindsFailures: whoever has a thread twice, or as one of another organization, or an answer too many, is told of.
func TestDemoOfSiblingsFindsFailures(t *testing.T) {
	by := &participant{house: &house{app: &app.App{Config: config.Config{Host: "hospital.localhost:1"}}}}
	thread := &leagueThread{title: "Honey", uri: "http://hospital.localhost:1/p/1", by: by}
	entry := siblingStatus{demoStatus: demoStatus{URI: thread.uri}}
	entry.Praxis.Origin = "hospital.localhost:1"
	wrong := entry
	wrong.Praxis.Origin = "school.localhost:2"
	for name, c := range map[string]struct {
		list   []siblingStatus
		found  bool
		failed bool
	}{
		"absent": {nil, false, false}, "once": {[]siblingStatus{entry}, true, false}, "twice": {[]siblingStatus{entry, entry}, false, true},
		"of another": {[]siblingStatus{wrong}, false, true},
	} {
		if found, err := thread.among(c.list); found != c.found || (err != nil) != c.failed {
			t.Errorf("%s: %t, %v", name, found, err)
		}
	}
}

func TestDemoStaysUntilItIsEnded(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	out := &watched{seen: make(chan struct{}), wanted: "Ctrl-C ends them"}
	var err bytes.Buffer
	ports := strconv.Itoa(freePort(t)) + "," + strconv.Itoa(freePort(t))
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"demo", "--ports", ports}, &streams{in: strings.NewReader(""), out: out, err: &err})
	}()
	select {
	case <-out.seen:
	case code := <-ended:
		t.Fatalf("ended with %d: %s %s", code, out.text.String(), err.String())
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("exit %d: %s", code, err.String())
	}
	for _, part := range []string{"http://hospital.localhost:", "http://clinic.localhost:", "user ana, password ", "API token  "} {
		if !strings.Contains(out.text.String(), part) {
			t.Errorf("the invitation lacks %q: %s", part, out.text.String())
		}
	}
}

// watched tells when a text was written.
type watched struct {
	text   bytes.Buffer
	seen   chan struct{}
	wanted string
	done   bool
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.text.Write(p)
	if !w.done && strings.Contains(w.text.String(), w.wanted) {
		w.done = true
		close(w.seen)
	}
	return n, err
}
