package oauth

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/practice"
)

func (h *house) entry(wanted practice.NewEntry) string {
	h.t.Helper()
	link, err := h.service.MakeEntry(h.t.Context(), nil, wanted)
	if err != nil {
		h.t.Fatal(err)
	}
	return practice.EntryPath + link.Token
}

func applicant(name string) url.Values {
	return url.Values{"username": {name}, "email": {name + "@new.test"}, "password": {secretWord}, "agreement": {"true"}}
}

func TestInvitedPeopleComeInWhereNobodyMaySignUp(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.Registrations, cfg.Invitations = "closed", "members" })
	if got := h.browser().post("/auth/sign_up", applicant("dora")); got.StatusCode != http.StatusForbidden {
		t.Errorf("without an invitation: %d", got.StatusCode)
	}
	b := h.browser()
	b.mustSignIn("ann")
	if got := b.post("/settings/invitations", url.Values{"note": {"for Dora"}, "uses": {"1"}, "days": {"7"}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("make: %d %s", got.StatusCode, got.body)
	}
	_, rest, _ := strings.Cut(b.get("/settings/invitations").body, h.url+practice.EntryPath)
	token, _, _ := strings.Cut(rest, "<")
	path := practice.EntryPath + token
	guest := h.browser()
	if got := guest.get(path); got.StatusCode != http.StatusOK || !strings.Contains(got.body, `action="`+path+`"`) {
		t.Fatalf("the invitation: %d %s", got.StatusCode, got.body)
	}
	if got := guest.post(path, applicant("ann")); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a name that is taken: %d", got.StatusCode)
	}
	if got := guest.post(path, applicant("dora")); got.StatusCode != http.StatusOK {
		t.Fatalf("sign up: %d %s", got.StatusCode, got.body)
	}
	guest.mustSignIn("dora")
	if got := h.browser().post(path, applicant("emil")); got.StatusCode != http.StatusNotFound {
		t.Errorf("an invitation for one is used twice: %d", got.StatusCode)
	}
}

func TestG14_InvitationsCountAsOftenAsTheySay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, func(cfg *Config) { cfg.Registrations = "closed" })
		path := h.entry(practice.NewEntry{MaxUses: 1})
		var race sync.WaitGroup
		codes := make([]int, 4)
		for i := range codes {
			race.Go(func() {
				name := "guest" + strconv.Itoa(i)
				codes[i] = h.browser().with("Test-Client", "198.51.100."+strconv.Itoa(i+1)).post(path, applicant(name)).StatusCode
			})
		}
		race.Wait()
		came := 0
		for _, code := range codes {
			if code == http.StatusOK {
				came++
			} else if code != http.StatusNotFound {
				t.Errorf("one who came too late gets %d", code)
			}
		}
		if came != 1 || h.countAccounts() != 4 { // ann, bob, rosa and one guest
			t.Errorf("%d of 4 came by an invitation for one; %d accounts", came, h.countAccounts())
		}
	})
}

func TestInvitationsThatAreOver(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.Registrations, cfg.Invitations = "approval", "admins" })
	late := h.entry(practice.NewEntry{Lasts: time.Hour})
	h.clock.forward(time.Hour + time.Second)
	revoked := h.entry(practice.NewEntry{})
	root := h.browser()
	root.mustSignIn("rosa")
	links, err := h.store.Read(t.Context()).EntryLinks(0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := root.post("/settings/invitations/revoke", url.Values{"invitation": {strconv.FormatInt(links[0].ID, 10)}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("revoke: %d %s", got.StatusCode, got.body)
	}
	for name, path := range map[string]string{"late": late, "revoked": revoked, "made up": practice.EntryPath + "x"} {
		if got := h.browser().get(path); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, got.StatusCode)
		}
		if got := h.browser().post(path, applicant("dora")); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s, sent: %d", name, got.StatusCode)
		}
	}
	member := h.browser()
	member.mustSignIn("ann")
	if got := member.get("/settings/invitations"); got.StatusCode != http.StatusForbidden {
		t.Errorf("a member where admins invite: %d", got.StatusCode)
	}
	if got := root.post("/settings/invitations", url.Values{"uses": {"-1"}}); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("limits below zero: %d", got.StatusCode)
	}
	// Whoever is invited waits for nobody, unless the setting says so.
	if got := h.browser().post(h.entry(practice.NewEntry{}), applicant("dora")); got.StatusCode != http.StatusOK {
		t.Fatalf("invited: %d %s", got.StatusCode, got.body)
	}
	h.browser().mustSignIn("dora")
	h.cfg.InvitedNeedWord = true
	emil := applicant("emil")
	emil.Set("reason", "to learn")
	h.browser().post(h.entry(practice.NewEntry{}), emil)
	if got := h.browser().signIn("emil", secretWord, "/"); got.StatusCode != http.StatusForbidden {
		t.Errorf("invited, and to wait for a word: %d", got.StatusCode)
	}
}
