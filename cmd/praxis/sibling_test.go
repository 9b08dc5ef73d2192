package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/models"
)

// sited is an organization that serves in this process, and whose admin uses the command line beside it.
type sited struct {
	t     *testing.T
	house *house
	env   []string
	all   *[]*sited
}

// newSited opens organizations with a community for wounds at each.
func newSited(t *testing.T, names ...string) []*sited {
	t.Helper()
	var all []*sited
	for _, name := range names {
		log := &safeBuffer{}
		plan := housePlan{folder: t.TempDir(), name: name, title: name, port: freePort(t)}
		opened, err := openHouse(t.Context(), &streams{out: log, err: log}, plan)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(opened.close)
		cfg := opened.app.Config
		s := &sited{t: t, house: opened, all: &all, env: []string{
			"PRAXIS_HOST=" + cfg.Host, "PRAXIS_DATABASE=" + cfg.Database, "PRAXIS_MEDIA_DIR=" + cfg.MediaDir, "PRAXIS_DEVELOPMENT=true",
		}}
		well(t, s.env, "user", "create", "ann")
		well(t, s.env, "community", "create", "wounds", "--convener", "ann")
		all = append(all, s)
	}
	return all
}

// wounds names its community.
func (s *sited) wounds() string { return "wounds@" + s.house.app.Config.Host }

// does runs a command about the pair with another one, and reports whether the pair is in a state then.
func (s *sited) does(verb string, other *sited, want string, more ...string) {
	s.t.Helper()
	got := said(s.t, s.env, append([]string{"community", "sibling", verb, "wounds", other.wounds()}, more...)...)
	if got["state"] != want || got["sibling"] != "@"+other.wounds() || got["community"] != "@"+s.wounds() {
		s.t.Fatalf("after %s: %v, want it %s", verb, got, want)
	}
}

// sees waits until the pair with another one is in a state.
func (s *sited) sees(other *sited, want string) {
	s.t.Helper()
	var last any
	err := until(s.t.Context(), other.wounds()+" as "+want, func() (bool, error) {
		for _, one := range *s.all {
			one.house.app.Wake()
		}
		for _, pair := range said(s.t, s.env, "community", "sibling", "list", "wounds")["siblings"].([]any) {
			if shown := pair.(map[string]any); shown["sibling"] == "@"+other.wounds() {
				last = shown["state"]
			}
		}
		return last == want, nil
	})
	if err != nil {
		s.t.Fatalf("at %s: %v: it is %v", s.house.name, err, last)
	}
}

// order gives who goes on, as it is shown in text.
func (s *sited) order(named ...string) string {
	s.t.Helper()
	return well(s.t, s.env, append([]string{"community", "sibling", "next", "wounds"}, named...)...)
}

// TestSiblingCommands goes the whole way by the command line: offers, another offer, a refusal, an agreement, who goes on, rest and end.
func TestSiblingCommands(t *testing.T) {
	all := newSited(t, "hospital", "clinic", "school")
	hospital, clinic, school := all[0], all[1], all[2]
	if got := well(t, hospital.env, "community", "sibling", "list"); strings.Count(got, "\n") != 1 {
		t.Errorf("a new instance lists %q", got)
	}
	if got := hospital.order(); !strings.HasPrefix(got, "nobody: ") {
		t.Errorf("who goes on without siblings: %q", got)
	}

	hospital.does("propose", clinic, models.SiblingApproved, "--history", "30", "--removals", "auto", "--silence", "7", "--until", time.Now().AddDate(1, 0, 0).Format(time.DateOnly))
	if got := praxis(t, hospital.env, "", "community", "sibling", "list", "wounds"); !strings.Contains(got.out, "approved") || !strings.Contains(got.out, "admin") {
		t.Errorf("it does not say that an admin has to decide: %+v", got)
	}
	hospital.does("admit", clinic, models.SiblingProposed)
	clinic.sees(hospital, models.SiblingReceived)
	clinic.does("counter", hospital, models.SiblingApproved, "--history", "60")
	clinic.does("admit", hospital, models.SiblingProposed)
	hospital.sees(clinic, models.SiblingReceived)
	hospital.does("approve", clinic, models.SiblingLive)
	clinic.sees(hospital, models.SiblingLive)
	shown := said(t, clinic.env, "community", "sibling", "show", "wounds", hospital.house.base+"/c/wounds")
	if deal := shown["agreement"].(map[string]any); deal["history_days"] != 60. || deal["removals"] != "review" || len(shown["events"].([]any)) == 0 {
		t.Errorf("what they agreed on: %v", shown)
	}
	if got := well(t, clinic.env, "community", "sibling", "show", "wounds", "!"+hospital.wounds()); !strings.Contains(got, "live (both signed)") || !strings.Contains(got, "history 60 days") {
		t.Errorf("shown as %q", got)
	}

	clinic.takesCharter(hospital)

	hospital.does("propose", school, models.SiblingApproved)
	hospital.does("admit", school, models.SiblingProposed)
	school.sees(hospital, models.SiblingReceived)
	school.does("refuse", hospital, models.SiblingRefused, "--reason", "not this year")
	hospital.sees(school, models.SiblingRefused)
	if got := said(t, hospital.env, "community", "sibling", "show", "wounds", school.wounds()); !strings.Contains(fmt.Sprint(got["reason"]), "not this year") {
		t.Errorf("it was told %q", got["reason"])
	}
	school.does("propose", hospital, models.SiblingApproved)
	school.does("admit", hospital, models.SiblingProposed)
	hospital.sees(school, models.SiblingReceived)
	hospital.does("approve", school, models.SiblingLive) // whose host was admitted before
	school.sees(hospital, models.SiblingLive)

	if want := fmt.Sprintf("1. @%s (live)\n2. @%s (live)\n", clinic.wounds(), school.wounds()); hospital.order() != want {
		t.Errorf("who goes on:\n%s, want\n%s", hospital.order(), want)
	}
	if want, got := fmt.Sprintf("1. @%s (live)\n2. @%s (live)\n", school.wounds(), clinic.wounds()), hospital.order(school.wounds(), clinic.wounds()); got != want {
		t.Errorf("who goes on:\n%s, want\n%s", got, want)
	}
	next := said(t, hospital.env, "community", "sibling", "next", "wounds", clinic.wounds())
	var order []any
	for _, one := range next["successors"].([]any) {
		order = append(order, one.(map[string]any)["sibling"])
	}
	if !slices.Equal(order, []any{"@" + clinic.wounds(), "@" + school.wounds()}) || next["community"] != "@"+hospital.wounds() {
		t.Errorf("who goes on: %v", next)
	}

	hospital.does("pause", school, models.SiblingPaused, "--reason", "too loud")
	school.sees(hospital, models.SiblingPaused)
	hospital.does("resume", school, models.SiblingLive)
	school.sees(hospital, models.SiblingLive)
	hospital.mistakes(clinic, school)
	hospital.does("leave", school, models.SiblingLeft, "--reason", "we go on alone")
	school.sees(hospital, models.SiblingLeft)
	mistaken(t, praxis(t, hospital.env, "", "community", "sibling", "next", "wounds", school.wounds()), "is left", "stands by")
	if want := fmt.Sprintf("1. @%s (live)\n", clinic.wounds()); hospital.order() != want {
		t.Errorf("who goes on: %q, want %q", hospital.order(), want)
	}
}

// takesCharter reads the charter that the other one offers, and takes it over by its digest.
func (s *sited) takesCharter(other *sited) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "charter.txt")
	if err := os.WriteFile(file, []byte("We help.\nNo names of \x1bpatients.\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	well(s.t, other.env, "community", "set", "wounds", "--charter-file", file)
	var read map[string]any
	err := until(s.t.Context(), "the charter that is offered", func() (bool, error) {
		for _, one := range *s.all {
			one.house.app.Wake()
		}
		read = said(s.t, s.env, "community", "sibling", "charter", "wounds", other.wounds())
		return read["offered"] == true, nil
	})
	if err != nil {
		s.t.Fatalf("%v: it is %v", err, read)
	}
	digest := read["digest"].(string)
	if got := well(s.t, s.env, "community", "sibling", "charter", "wounds", other.wounds()); !strings.Contains(got, "\n+ We help.\n+ No names of patients.\ndigest "+digest+", offered") {
		s.t.Errorf("shown as %q", got)
	}
	mistaken(s.t, praxis(s.t, s.env, "", "community", "sibling", "charter", "wounds", other.wounds(), "--accept", strings.Repeat("0", 64)), "read it again")
	s.does("charter", other, models.SiblingLive, "--accept", digest)
	other.sees(s, models.SiblingLive)
}

// mistakes are wrong in every way, and each is told in one line.
func (s *sited) mistakes(live, other *sited) {
	s.t.Helper()
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"nothing named":         {[]string{"propose"}, "<community>"},
		"no sibling named":      {[]string{"approve", "wounds"}, "<sibling>"},
		"charter of nobody":     {[]string{"charter", "wounds", "wounds@nowhere.example"}, "nothing to do with each other"},
		"unknown verb":          {[]string{"marry", "wounds", live.wounds()}, "marry"},
		"unknown community":     {[]string{"list", "burns"}, "burns"},
		"a user":                {[]string{"list", "ann"}, "no community"},
		"offer of none of ours": {[]string{"propose", "burns", live.wounds()}, "burns"},
		"offer to nobody":       {[]string{"propose", "wounds", "burns@" + live.house.app.Config.Host}, "burns"},
		"offer to a person":     {[]string{"propose", "wounds", "ann@" + live.house.app.Config.Host}, "ann"},
		"offer to oneself":      {[]string{"propose", "wounds", s.wounds()}, "another server"},
		"no name":               {[]string{"propose", "wounds", "wounds"}, "wounds"},
		"no day":                {[]string{"propose", "wounds", live.wounds(), "--until", "soon"}, "is no day"},
		"a day too far":         {[]string{"propose", "wounds", live.wounds(), "--until", "2099-01-01"}, "five years"},
		"a day that is over":    {[]string{"propose", "wounds", live.wounds(), "--until", "2020-01-01"}, "is over"},
		"unknown removals":      {[]string{"propose", "wounds", live.wounds(), "--removals", "maybe"}, "--removals"},
		"unknown roster":        {[]string{"propose", "wounds", live.wounds(), "--roster", "names"}, "--roster"},
		"negative history":      {[]string{"propose", "wounds", live.wounds(), "--history=-1"}, "history"},
		"negative silence":      {[]string{"propose", "wounds", live.wounds(), "--silence=-3"}, "silence"},
		"days in words":         {[]string{"propose", "wounds", live.wounds(), "--history", "many"}, "--history"},
		"nothing to approve":    {[]string{"approve", "wounds", live.wounds()}, "live"},
		"nothing to counter":    {[]string{"counter", "wounds", live.wounds()}, "no offer of theirs"},
		"nothing to refuse":     {[]string{"refuse", "wounds", live.wounds()}, "offer"},
		"nothing to admit":      {[]string{"admit", "wounds", "burns@nowhere.example"}, "nothing to do with each other"},
		"nothing to resume":     {[]string{"resume", "wounds", live.wounds()}, "live"},
		"a stranger":            {[]string{"show", "wounds", "wounds@nowhere.example"}, "nothing to do with each other"},
		"a stranger goes on":    {[]string{"next", "wounds", "wounds@nowhere.example"}, "nothing to do with each other"},
		"one goes on twice":     {[]string{"next", "wounds", other.wounds(), other.wounds()}, "named twice"},
	} {
		s.t.Run(name, func(t *testing.T) {
			mistaken(t, praxis(t, s.env, "", append([]string{"community", "sibling"}, c.args...)...), c.says)
		})
	}
}
