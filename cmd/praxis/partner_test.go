package main

import (
	"strings"
	"testing"
)

func TestPartnerCommands(t *testing.T) {
	env := settings(t)
	made := said(t, env, "partner", "one-sided", "masto.example", "--note", "by phone with their admin")
	if made["state"] != "onesided" || made["one_sided"] != true || made["note"] != "by phone with their admin" {
		t.Errorf("a one-sided partner: %v", made)
	}
	if got := said(t, env, "domain", "show", "masto.example"); got["allow"] == nil {
		t.Errorf("it is not let in: %v", got)
	}
	if got := said(t, env, "partner", "list")["partners"].([]any); len(got) != 1 {
		t.Errorf("%d partners", len(got))
	}
	if got := praxis(t, env, "", "partner", "show", "masto.example"); !strings.Contains(got.out, "onesided") || got.code != 0 {
		t.Errorf("%+v", got)
	}
	for want, args := range map[string][]string{
		"no key to compare":      {"compare", "masto.example"},
		"is a one-sided partner": {"confirm", "masto.example", "one", "two", "three", "four", "five", "six"},
		"no offer of theirs":     {"accept", "masto.example", "--contact", "ann"},
		"There is no partner":    {"show", "other.example"},
		"no agreement":           {"renew", "masto.example"},
	} {
		mistaken(t, praxis(t, env, "", append([]string{"partner"}, args...)...), want)
	}
	mistaken(t, praxis(t, env, "", "partner", "renew", "masto.example", "--until", "soon"), "is no day")
	mistaken(t, praxis(t, env, "", "partner", "export", "masto.example", "--json", "--html"), "--json or --html")
	if got := praxis(t, env, "", "partner", "export"); got.code != 0 || got.out != "" {
		t.Errorf("a one-sided partner is named in public: %+v", got)
	}
	if got := said(t, env, "partner", "revoke", "masto.example"); got["state"] != "ended" {
		t.Errorf("revoked: %v", got)
	}
	if got := said(t, env, "domain", "show", "masto.example"); got["allow"] != nil {
		t.Errorf("it is still let in: %v", got)
	}
}
