package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestAuditCommands: what commands change is in the log under the name of who ran them; a table is safe for spreadsheets (G21).
func TestAuditCommands(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "rule", "add", "=HYPERLINK(1)"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	said(t, env, "domain", "block", "spam.example", "--note", "n")
	said(t, env, "domain", "mode", "partners", "--dry-run")
	var lines []struct{ Who, Via, Action, Target, Before, After any }
	got := praxis(t, env, "", "audit", "list", "--json")
	if err := json.Unmarshal([]byte(got.out), &lines); err != nil || len(lines) != 2 {
		t.Fatalf("%v: %s%s", err, got.out, got.err)
	}
	after := lines[0].After.(map[string]any)
	if lines[0].Action != "domain.block" || lines[0].Target != "spam.example" || lines[0].Via != "command line" || lines[0].Who != commander().Name ||
		after["block"].(map[string]any)["Severity"] != "suspend" {
		t.Errorf("%v", lines)
	}
	if got := praxis(t, env, "", "audit", "list", "--action", "rule", "--since", "2000-01-01"); strings.Count(got.out, "\n") != 1 || !strings.Contains(got.out, "rule.add") {
		t.Errorf("%+v", got)
	}
	if got := praxis(t, env, "", "audit", "export", "--format", "csv"); !strings.Contains(got.out, ",'=HYPERLINK(1),") || strings.Count(got.out, "\n") != 3 {
		t.Errorf("%+v", got)
	}
	if got := praxis(t, env, "", "audit", "export"); strings.Count(got.out, "\n") != 2 || strings.Index(got.out, "rule.add") > strings.Index(got.out, "domain.block") {
		t.Errorf("%+v", got)
	}
	mistaken(t, praxis(t, env, "", "audit", "list", "--limit", "0"), "1 to 1000")
}

// TestUsersAreListedForPrograms: the list of users says as JSON what it says as a table.
func TestUsersAreListedForPrograms(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "a long password\n", "user", "create", "ann", "--email", "ann@hospital.example", "--admin"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	var users []listedUser
	got := praxis(t, env, "", "user", "list", "--json")
	if err := json.Unmarshal([]byte(got.out), &users); err != nil || len(users) != 1 || users[0].Name != "ann" || users[0].Role != "admin" || users[0].Email != "ann@hospital.example" {
		t.Errorf("%v: %+v, %s", err, users, got.err)
	}
	if table := praxis(t, env, "", "user", "list"); strings.Count(table.out, "\n") != 2 || !strings.Contains(table.out, "ann@hospital.example") {
		t.Errorf("%+v", table)
	}
}
