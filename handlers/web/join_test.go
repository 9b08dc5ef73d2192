package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// send posts a form to a page as a member's browser would, from a page of the site that origin names.
func (h *house) send(viewer, path, origin string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://hospital.example"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", origin)
	if viewer != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: viewer})
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// TestInvitation: a link shows what one is invited to, joins who is signed in and agrees, and says when it does not count.
func TestInvitation(t *testing.T) {
	w := newWard(t)
	charter := "We share what we learn."
	group, err := w.service.CreateCommunity(t.Context(), practice.NewCommunity{
		Username: "rounds", DisplayName: "Ward rounds", Domain: "What happens at night", Class: models.ClassMembers, Unlisted: true,
		Joining: models.JoiningInvitation, Convener: w.anna,
	})
	w.must(err)
	_, err = w.service.ChangeCommunity(t.Context(), w.anna, group, practice.CommunityChange{Charter: &charter, Rules: []string{"No names"}})
	w.must(err)
	made, err := w.service.Invite(t.Context(), w.anna, group, practice.NewInvitation{MaxUses: 1})
	w.must(err)
	path, ours := "/join/"+made.Token, "https://hospital.example"
	w.status(w.get("ben", "/@rounds"), http.StatusNotFound)
	w.holds(w.page("", path), "Ward rounds", "What happens at night", charter, "No names", "Sign in", "for members")
	w.holds(w.page("ben", path), "I have read the charter", "<button>Join")
	w.status(w.send("", path, ours, nil), http.StatusUnauthorized)
	w.status(w.send("ben", path, "https://evil.example", url.Values{"charter_version": {"1"}}), http.StatusForbidden)
	w.status(w.send("ben", path, ours, nil), http.StatusUnprocessableEntity)
	answer := w.send("ben", path, ours, url.Values{"charter_version": {"1"}})
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != "/@rounds" {
		t.Fatalf("joining answers %d to %q: %s", answer.Code, answer.Header().Get("Location"), answer.Body)
	}
	w.holds(w.page("ben", "/@rounds"), "for members", charter)
	w.holds(w.page("ben", path), "does not count any more")
	w.status(w.get("", "/join/NOSUCHTOKEN"), http.StatusNotFound)
	if got := w.get("", path).Header().Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("the address of an invitation goes out as referrer: %q", got)
	}
}
