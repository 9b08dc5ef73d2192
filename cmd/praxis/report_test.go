package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/models"
	"praxis/practice"
)

// TestReportCommands: a report is listed, assigned, closed and opened again, by who runs the server.
func TestReportCommands(t *testing.T) {
	env := settings(t)
	for _, name := range []string{"ann", "bo", "cleo"} {
		praxis(t, env, "", "user", "create", name)
	}
	praxis(t, env, "", "user", "role", "ann", "moderator")
	id := reported(t, env)
	var all []shownReport
	got := praxis(t, env, "", "report", "list", "--json")
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 1 || all[0].State != "open" || !strings.HasPrefix(all[0].Target, "@cleo@") {
		t.Fatalf("%v: %+v", err, got)
	}
	one := func(args ...string) shownReport {
		t.Helper()
		var shown shownReport
		got := praxis(t, env, "", append([]string{"report"}, args...)...)
		if err := json.Unmarshal([]byte(got.out), &shown); err != nil || got.code != 0 {
			t.Fatalf("%v: %+v", err, got)
		}
		return shown
	}
	if shown := one("assign", id, "ann", "--json"); shown.AssignedTo == nil || !strings.HasPrefix(*shown.AssignedTo, "@ann@") {
		t.Errorf("%+v", shown)
	}
	if shown := one("resolve", id, "--json"); shown.State != "closed" || shown.ResolvedAt == nil {
		t.Errorf("%+v", shown)
	}
	if got := praxis(t, env, "", "report", "list", "--closed"); !strings.Contains(got.out, "Too loud") {
		t.Errorf("%+v", got)
	}
	if shown := one("reopen", id, "--json"); shown.State != "open" {
		t.Errorf("%+v", shown)
	}
	if shown := one("assign", id, "--json"); shown.AssignedTo != nil {
		t.Errorf("%+v", shown)
	}
	if got := praxis(t, env, "", "report", "show", id); !strings.Contains(got.out, "Too loud") {
		t.Errorf("%+v", got)
	}
	if got := praxis(t, env, "", "report", "forward", id); got.code == 0 || !strings.Contains(got.err, "nobody to forward it to") {
		t.Errorf("%+v", got)
	}
	if got := praxis(t, env, "", "report", "assign", id, "bo"); got.code == 0 {
		t.Errorf("who is no moderator gets a report: %+v", got)
	}
	if got := praxis(t, env, "", "audit", "list", "--action", "report.change"); strings.Count(got.out, "\n") != 4 {
		t.Errorf("%+v", got)
	}
}

// reported has bo complain about cleo, and gives the report's id.
func reported(t *testing.T, env []string) string {
	t.Helper()
	cfg, err := config.Load("", env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), cfg, app.Options{Log: quietLog(&streams{err: io.Discard})})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	people := map[string]*models.Actor{}
	for _, name := range []string{"bo", "cleo"} {
		if people[name], err = a.Store.Read(t.Context()).ActorByHandle(name, cfg.Host); err != nil {
			t.Fatal(err)
		}
	}
	report, err := a.Service.Report(t.Context(), practice.Complaint{Reporter: people["bo"], Target: people["cleo"], Comment: "Too loud"})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(report.ID)
}
