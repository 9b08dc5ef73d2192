package oauth

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// TestConnectedApps: a member sees what is connected, and disconnects one app without touching others, or other people's.
func TestConnectedApps(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		ann, bob := h.ann, h.bob
		issue := func(name, by string) string {
			actor := ann
			if by == "bob" {
				actor = bob
			}
			token, err := h.IssueToken(t.Context(), actor, name, "read write:statuses")
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		first, second, others := issue("Ivory", "ann"), issue("<b>Tusky</b>", "ann"), issue("Elk", "bob")
		b := h.browser()
		if got := b.get("/settings/apps"); got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.location(), "/auth/sign_in") {
			t.Errorf("nobody sees %d %s", got.StatusCode, got.location())
		}
		b.mustSignIn("ann")
		page := b.get("/settings/apps")
		for text, want := range map[string]bool{"Ivory": true, "&lt;b&gt;Tusky": true, "<b>Tusky": false, "Elk": false, "Read everything": true} {
			if strings.Contains(page.body, text) != want {
				t.Errorf("the page has %q: %v", text, !want)
			}
		}
		disconnect := func(token string) int {
			p, err := h.bearer(token)
			if err != nil {
				t.Fatal(err)
			}
			return b.post("/settings/apps", url.Values{"app": {strconv.FormatInt(p.App.ID, 10)}}).StatusCode
		}
		if got := disconnect(first); got != http.StatusSeeOther {
			t.Errorf("disconnect: %d", got)
		}
		disconnect(others)
		h.wantWorks(first, false)
		h.wantWorks(second, true)
		h.wantWorks(others, true)
		if got := b.post("/settings/apps", url.Values{"app": {"x"}}); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("nonsense: %d", got.StatusCode)
		}
		if got := h.browser().with("Sec-Fetch-Site", "cross-site").post("/settings/apps", url.Values{"app": {"1"}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("a form of another site: %d", got.StatusCode)
		}
	})
}
