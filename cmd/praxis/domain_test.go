package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// said runs a command that is to work, and reads its JSON.
func said(t *testing.T, env []string, args ...string) map[string]any {
	t.Helper()
	got := praxis(t, env, "", append(args, "--json")...)
	var value map[string]any
	if err := json.Unmarshal([]byte(got.out), &value); err != nil || got.code != 0 {
		t.Fatalf("%v: exit %d, %v: %s%s", args, got.code, err, got.out, got.err)
	}
	return value
}

func TestDomainCommands(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "domain", "mode"); got.out != "open\n" {
		t.Errorf("the mode of a new instance: %+v", got)
	}
	if got := said(t, env, "domain", "mode", "partners", "--dry-run"); got["dry_run"] != true {
		t.Errorf("a dry run says %v", got)
	}
	if got := said(t, env, "domain", "mode"); got["mode"] != "open" {
		t.Errorf("a dry run changed the mode: %v", got)
	}
	said(t, env, "domain", "block", "Bücher.Example.", "--note", "n", "--contact", "ann@clinic.example", "--public-reason", "spam", "--reject-media")
	shown := said(t, env, "domain", "show", "shop.xn--bcher-kva.example")
	if block := shown["block"].(map[string]any); shown["verdict"] != "blocked" || block["contact"] != "ann@clinic.example" || block["reject_media"] != true {
		t.Errorf("a host below a blocked one: %v", shown)
	}
	mistaken(t, praxis(t, env, "", "domain", "allow", "xn--bcher-kva.example"), "blocked")
	mistaken(t, praxis(t, env, "", "domain", "unblock", "shop.xn--bcher-kva.example"), "through xn--bcher-kva.example")
	said(t, env, "domain", "unblock", "bücher.example")
	said(t, env, "domain", "allow", "clinic.example", "--note", "by phone")
	said(t, env, "domain", "mode", "partners")
	for host, want := range map[string]string{"clinic.example": "admitted", "lab.clinic.example": "admitted", "other.example": "shut out"} {
		if got := said(t, env, "domain", "show", host); got["verdict"] != want {
			t.Errorf("%s: %v", host, got)
		}
	}
	if got := praxis(t, env, "", "domain", "list"); !strings.Contains(got.out, "by phone") || strings.Contains(got.out, "suspend") {
		t.Errorf("%+v", got)
	}
	said(t, env, "domain", "stop")
	if got := praxis(t, env, "", "domain", "mode"); !strings.Contains(got.out, "stopped since") {
		t.Errorf("%+v", got)
	}
	said(t, env, "domain", "resume")
	mistaken(t, praxis(t, env, "", "domain", "resume"), "not stopped")
	said(t, env, "domain", "refuse", "clinic.example")
	mistaken(t, praxis(t, env, "", "domain", "refuse", "clinic.example"), "not allowed")
}

func TestDomainMistakes(t *testing.T) {
	env := settings(t)
	for _, host := range []string{"*", "=cmd", "a b", "https://clinic.example/"} {
		mistaken(t, praxis(t, env, "", "domain", "block", host), "domain name")
	}
	mistaken(t, praxis(t, env, "", "domain", "block", "hospital.example"), "this server itself")
	mistaken(t, praxis(t, env, "", "domain", "mode", "odd"), "odd", "partners")
	mistaken(t, praxis(t, env, "", "domain", "unblock", "clinic.example"), "not blocked")
}
