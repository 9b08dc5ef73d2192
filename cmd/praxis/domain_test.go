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

func TestListsOfHosts(t *testing.T) {
	env := settings(t)
	said(t, env, "domain", "allow", "partner.example")
	said(t, env, "domain", "block", "known.example")
	const list = "#domain,#severity,#public_comment\nbad.example,silence,=cmd()\nknown.example,silence,\npartner.example,suspend,\n"
	preview := praxis(t, env, list, "domain", "import", "-", "--dry-run")
	if preview.code != 0 || !strings.Contains(preview.out, "1 new, 0 changed, 0 lifted, 1 kept, 1 protected") {
		t.Fatalf("%+v", preview)
	}
	drafted := praxis(t, env, list, "domain", "import", "-")
	_, rest, _ := strings.Cut(drafted.out, "list ")
	id, _, _ := strings.Cut(rest, ":")
	if got := praxis(t, env, "", "domain", "list"); strings.Contains(got.out, "bad.example") {
		t.Errorf("a draft blocks: %s", got.out)
	}
	mistaken(t, praxis(t, env, "", "domain", "import", "--undo", id), "draft")
	said(t, env, "domain", "import", "--apply", id)
	out := praxis(t, env, "", "domain", "export").out
	if !strings.Contains(out, "bad.example,silence") || !strings.Contains(out, "known.example,suspend") || strings.Contains(out, "partner") || strings.Contains(out, ",=") {
		t.Errorf("exported:\n%s", out)
	}
	if got := praxis(t, env, "", "domain", "export", "--allows").out; got != "# hosts that are allowed\npartner.example\n" {
		t.Errorf("allowed: %s", got)
	}
	mistaken(t, praxis(t, env, "# hosts that are allowed\nclinic.example\n", "domain", "import", "-"), "--allows")
	if got := praxis(t, env, "# hosts that are allowed\nclinic.example\n", "domain", "import", "-", "--allows", "--dry-run").out; !strings.Contains(got, "new  clinic.example  allow") {
		t.Errorf("a list of allowed hosts: %s", got)
	}
	mistaken(t, praxis(t, env, "", "domain", "import", "--apply", id), "applied")
	said(t, env, "domain", "import", "--undo", id)
	if got := praxis(t, env, "", "domain", "export", "--format", "plain").out; got != "known.example\n" {
		t.Errorf("after the undoing: %s", got)
	}
}

func TestG21_ListsThatAreRefused(t *testing.T) {
	env := settings(t)
	for list, says := range map[string]string{
		"a.example\n=cmd|' /C calc'!A0\n": "line 2", "a.example\n\n*\n": "line 3", "#domain,#severity\nHospital.Example,silence\n": "line 2",
		"example\n": "above it", "#domain,#severity\na.example\n": "line 2", "": "empty", "#name,#severity\na.example,x\n": "domain",
	} {
		mistaken(t, praxis(t, env, list, "domain", "import", "-"), says)
		if got := praxis(t, env, "", "domain", "export", "--format", "plain").out; got != "" {
			t.Errorf("%q left %s", list, got)
		}
	}
}
