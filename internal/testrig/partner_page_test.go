package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/hostlist"
	"praxis/models"
)

// TestPartnersAreNamedWhereBothWantIt: the page and the list name who agreed; the agreement itself is for admins.
func TestPartnersAreNamedWhereBothWantIt(t *testing.T) {
	w := newAlliance(t, NewCluster(t, allianceHosts...))
	ctx := context.Background()
	w.ally(w.a, w.b)
	shy := partnerTerms(w.c)
	shy.Listed = false
	_, err := w.c.Service.ProposePartner(ctx, w.by, "a.test", shy)
	ok(t, err)
	w.Settle()
	w.accept(w.a, w.c)
	w.confirm(w.a, w.c)
	w.confirm(w.c, w.a)
	w.state(w.a, w.c, models.PartnerLive)
	get := func(path string) string {
		t.Helper()
		status, body := w.Do(http.MethodGet, "https://a.test"+path, "", nil)
		if status != http.StatusOK {
			t.Fatalf("%s: %d: %s", path, status, body)
		}
		return string(body)
	}
	if page := get("/partners"); !strings.Contains(page, "b.test") || strings.Contains(page, "c.test") {
		t.Errorf("the page names the wrong ones: %s", page)
	}
	if list := get("/partners.txt"); list != hostlist.AllowsLine+"\nb.test\n" {
		t.Errorf("the list is %q", list)
	}
	rows, err := hostlist.Read(strings.NewReader(get("/partners.json")))
	if err != nil || len(rows) != 1 || rows[0].Host != "b.test" || rows[0].Severity != hostlist.Noop {
		t.Errorf("the list in JSON reads as %+v: %v", rows, err)
	}
	var fault *hostlist.Fault
	if _, err := hostlist.Read(strings.NewReader(get("/partners.txt"))); !errors.As(err, &fault) || !strings.Contains(fault.Text, "--allows") {
		t.Errorf("partners are read as hosts to be blocked: %v", err)
	}
	for _, path := range []string{"/partners/b.test/record", "/partners/none.test/record", "/partnership"} {
		if status, _ := w.Do(http.MethodGet, "https://a.test"+path, "", nil); status != http.StatusNotFound {
			t.Errorf("everybody gets %d for %s", status, path)
		}
	}
	var printed bytes.Buffer
	ok(t, w.a.PrintPartner(ctx, &printed, "b.test"))
	for _, want := range []string{w.record(w.a, w.b).Hash, "ann@a.test", "ann@b.test", "@media print", "interact"} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("the printed page lacks %q", want)
		}
	}
	document, hash, err := w.b.Service.PartnerRecordOf(ctx, "a.test")
	ok(t, err)
	sealed, err := pact.Read(document)
	if err != nil || len(sealed.Proofs) != 2 || pact.Hash(sealed.Bare) != hash || !json.Valid(document) {
		t.Errorf("the exported record: %v", err)
	}
}
