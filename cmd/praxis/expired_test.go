package main

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestH11_CertificateOfAPeerExpired: what is for a peer whose certificate has expired waits, the admin reads why, and it arrives
// when the certificate is renewed.
func TestH11_CertificateOfAPeerExpired(t *testing.T) {
	ca, folder := newAuthority(t), t.TempDir()
	hospital := newProcess(t, "hospital", "ana", ca.issue(t, t.TempDir(), 2, "hospital.localhost")...)
	clinic := newProcess(t, "clinic", "bo", ca.issue(t, folder, 3, "clinic.localhost")...)
	if got := praxis(t, hospital.environ, "", "community", "create", "woundcare", "--convener", "ana"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	for _, p := range []*process{hospital, clinic} {
		p.member.house.roots = ca.roots
		p.start()
	}
	quiet := &safeBuffer{}
	play := &demo{narrator: narrator{std: &streams{out: quiet, err: quiet}}, hospital: hospital.member.house, clinic: clinic.member.house}
	ana, bo, group := hospital.member, clinic.member, "@woundcare@"+hospital.member.house.app.Config.Host
	for _, step := range []func(context.Context, *participant, *participant, string) error{play.signIn, play.lookUp, play.follow} {
		if err := step(t.Context(), ana, bo, group); err != nil {
			t.Fatalf("%v\n%s\n%s", err, hospital.log, clinic.log)
		}
	}
	clinic.end(syscall.SIGTERM)
	ca.issueUntil(t, folder, 4, "clinic.localhost", time.Now().Add(-time.Minute))
	clinic.startAt("127.0.0.1:" + strconv.Itoa(clinic.port))
	var question demoStatus
	if err := ana.post(t.Context(), group+" Who has seen this?", "", &question); err != nil {
		t.Fatal(err)
	}
	host := clinic.member.house.app.Config.Host
	hospital.await("the reason at the admin", func() bool {
		shown := praxis(t, hospital.environ, "", "peer", "show", host)
		return strings.Contains(shown.out, "certificate has expired") && strings.Contains(shown.out, "pending") && strings.Contains(shown.out, "failing")
	})
	if got := praxis(t, hospital.environ, "", "peer", "list", "--state", "failing"); !strings.Contains(got.out, host) {
		t.Errorf("it is not among those that fail: %s", got.out)
	}
	clinic.end(syscall.SIGTERM)
	ca.issue(t, folder, 5, "clinic.localhost")
	clinic.start()
	// What the clinic sends lets the hospital try again at once.
	var found struct{ Accounts []demoAccount }
	if err := bo.call(t.Context(), http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q=@ana@"+ana.house.app.Config.Host, nil, &found); err != nil || len(found.Accounts) != 1 {
		t.Fatalf("ana: %+v, %v", found, err)
	}
	if err := bo.call(t.Context(), http.MethodPost, "/api/v1/accounts/"+found.Accounts[0].ID+"/follow", nil, nil); err != nil {
		t.Fatal(err)
	}
	clinic.await("the question in bo's home", func() bool {
		status, err := bo.inHome(t.Context(), question.URI)
		if err != nil {
			t.Fatal(err)
		}
		return status != nil
	})
	hospital.await("an admin's view without it", func() bool {
		shown := praxis(t, hospital.environ, "", "peer", "show", host)
		return !strings.Contains(shown.out, "expired") && strings.Contains(shown.out, "healthy")
	})
}
