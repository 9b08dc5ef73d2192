package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"praxis/cmd/bench"
)

// TestBenchRunsAllScenarios: what a bench counts is right, whatever the speed; every post arrives once and in order, also at
// hosts that were away and beside hosts that are faulty.
func TestBenchRunsAllScenarios(t *testing.T) {
	dir := t.TempDir()
	said := praxis(t, nil, "", "bench", "prepare", "--dir", dir, "praxis.test")
	if said.code != 0 || !strings.Contains(said.out, filepath.Join(dir, "ca.crt")) {
		t.Fatalf("%+v", said)
	}
	p := newProcess(t, "measured", "ann", "PRAXIS_CLIENT_REQUESTS=0", "PRAXIS_FFMPEG=off", "SSL_CERT_FILE="+filepath.Join(dir, "ca.crt"))
	p.start()
	if err := p.member.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "report.json")
	target := "me=" + p.member.house.base + ",pid=" + strconv.Itoa(p.command.Process.Pid) + ",token=" + p.member.token + ",page=/"
	got := praxis(t, nil, "", "bench", "--dir", dir, "--target", target, "--port", strconv.Itoa(freePort(t)), "--peers", "6", "--senders", "3",
		"--posts", "3", "--notes", "12", "--statuses", "4", "--clients", "2", "--seconds", "50ms", "--patience", "1m", "--json", file)
	if got.code != 0 {
		t.Fatalf("%+v\n%s", got, p.log)
	}
	report := readReport(t, file)
	for _, want := range []struct {
		scenario, name string
		value          float64
	}{
		{"fanout", "wanted", 18},
		{"fanout", "arrived", 18},
		{"fanout", "lost", 0},
		{"fanout", "duplicates", 0},
		{"fanout", "out of order", 0},
		{"inbound", "sent", 12},
		{"inbound", "accepted of them", 12},
		{"inbound", "at home of them", 12},
		{"catchup", "lost", 0},
		{"catchup", "out of order", 0},
		{"faulty", "wanted", 12},
		{"faulty", "lost", 0},
		{"faulty", "duplicates", 0},
		{"faulty", "out of order", 0}, // one of six hangs, one refuses
		{"process", "bad signatures", 0},
	} {
		if value, ok := report.Value("me", want.scenario, want.name); !ok || value != want.value {
			t.Errorf("%s, %s: %v (%v), want %v", want.scenario, want.name, value, ok, want.value)
		}
	}
	for _, measured := range [][2]string{
		{"posting", "one by one"},
		{"posting", "eight at once"},
		{"timeline", "requests"},
		{"page", "requests"},
		{"inbound", "processed"},
		{"contact", "GETs for one Follow"},
		{"process", "memory at peak"},
		{"process", "signatures verified"},
	} {
		if value, _ := report.Value("me", measured[0], measured[1]); value <= 0 || !strings.Contains(got.out, measured[1]) {
			t.Errorf("%s, %s: %v, or it is not in the table: %s", measured[0], measured[1], value, got.out)
		}
	}
	if code := p.end(syscall.SIGTERM); code != 0 {
		t.Errorf("serve ended with %d: %s", code, p.log)
	}
}

func readReport(t *testing.T, file string) *bench.Report {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report bench.Report
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	return &report
}

// TestBenchRefusesBadOptions in one line.
func TestBenchRefusesBadOptions(t *testing.T) {
	const good = "me=https://praxis.test,token=x"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense", "--target", good}, "nonsense"},
		{[]string{"--target", "me=praxis.test,token=x"}, "praxis.test"},
		{[]string{"--target", "me=https://praxis.test"}, "token"},
		{[]string{"--target", good + ",pid=zero"}, "zero"},
		{[]string{"--target", good + ",colour=red"}, "colour"},
		{[]string{"--target", good, "--peers", "0"}, "peers"},
		{nil, "target"},
	} {
		mistaken(t, praxis(t, nil, "", append([]string{"bench"}, c.args...)...), c.want)
	}
}

// TestBenchFills: the member's home and the community have what was asked for, on the command line's own word.
func TestBenchFills(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "a good long password\n", "user", "create", "ann", "--stdin"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	got := praxis(t, env, "", "bench", "fill", "ann", "--posts", "1500", "--accounts", "20")
	if got.code != 0 || !strings.Contains(got.err, "1500 of 1500 posts") {
		t.Fatalf("%+v", got)
	}
	if got = praxis(t, env, "", "bench", "fill", "ann", "--posts", "10", "--accounts", "5"); got.code != 0 {
		t.Errorf("a second time: %+v", got)
	}
	mistaken(t, praxis(t, env, "", "bench", "fill", "nobody"), "nobody")
}
