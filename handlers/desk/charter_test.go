package desk_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"praxis/federation/pact"
	"praxis/internal/config"
	"praxis/internal/testdb"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// league gives a community of ann's and its sibling at another server, with a charter each, that of the sibling being offered.
func (h *house) league(database string) (ours, theirs *testrig.Sibling) {
	h.t.Helper()
	other := h.Cluster.AddServer("clinic.example", database, func(cfg *config.Config) { cfg.Development = true })
	ours = &testrig.Sibling{Server: h.Server, Group: h.Community("wounds", h.ann)}
	theirs = &testrig.Sibling{Server: other, Group: other.Community("wounds", nil)}
	old := "We help.\nNo names of patients."
	_, err := h.Service.ChangeCommunity(h.t.Context(), h.ann.Actor, ours.Group, practice.CommunityChange{Charter: &old})
	h.must(err)
	h.Cluster.Pair(ours, theirs, pact.Bond{Removals: "auto", Bans: "advisory", Silence: 14})
	ours.SetPair(theirs, func(pair *models.Sibling) { pair.AdmittedBy = h.ann.Actor.ID })
	theirs.SetPair(ours, func(pair *models.Sibling) { pair.AdmittedBy = theirs.Group.ID })
	h.offerCharter(theirs, "We help.\nNo <b>pictures</b> of patients.")
	return ours, theirs
}

func (h *house) offerCharter(by *testrig.Sibling, said string) {
	h.t.Helper()
	_, err := by.Service.ChangeCommunity(h.t.Context(), nil, by.Group, practice.CommunityChange{Charter: &said})
	h.must(err)
	h.Cluster.Settle()
}

var digestPattern = regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`)

// A convener reads on the desk what differs, marked without scripts, and takes over what was read: a text that changed since is not.
func TestCharterOfASiblingOnTheDesk(t *testing.T) {
	testdb.Both(t, func(t *testing.T) { charterOnTheDesk(t, testdb.SQLite) }, func(t *testing.T) { charterOnTheDesk(t, testdb.Postgres) })
}

func charterOnTheDesk(t *testing.T, fresh func(testing.TB) string) {
	h := openHouse(t, fresh(t))
	ours, theirs := h.league(fresh(t))
	ann, cleo := h.visitor("ann"), h.visitor("cleo")
	const list = "/c/wounds/settings/siblings"
	page := list + "/" + strconv.FormatInt(ours.PairWith(theirs).ID, 10) + "/charter"
	if _, body := ann.get(list); !strings.Contains(body, `href="`+page+`"`) || !strings.Contains(body, "Approve @wounds@clinic.example") {
		t.Error("the list of siblings does not lead to what differs")
	}
	if status, _ := cleo.get(page); status != http.StatusNotFound {
		t.Errorf("who does not look after the community gets %d", status)
	}
	_, body := ann.get(page)
	for _, want := range []string{`<del dir="auto">No names of patients.</del>`, `<ins dir="auto">No &lt;b&gt;pictures&lt;/b&gt; of patients.</ins>`, `<span dir="auto">We help.</span>`, "Ours only: ", "Theirs only: "} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	read := digestPattern.FindStringSubmatch(body)
	if read == nil {
		t.Fatalf("the page has no button: %s", body)
	}
	if _, other := ann.get(list + "/1/charter"); strings.Contains(other, "pictures") {
		t.Error("a pair that there is not has a charter")
	}
	h.offerCharter(theirs, "We help.\nNo pictures.")
	status, body := ann.post(page, url.Values{"form": {"take"}, "digest": {read[1]}})
	row, err := h.Store.Read(t.Context()).Community(ours.Group.ID)
	h.must(err)
	if status != http.StatusConflict || row.CharterVersion != 1 || !strings.Contains(body, "read it again") || !strings.Contains(body, "No pictures.") {
		t.Errorf("what changed since it was read: %d, version %d: %s", status, row.CharterVersion, body)
	}
	ann.sends(page, "is ours now", "form", "take", "digest", digestPattern.FindStringSubmatch(body)[1])
	h.Cluster.Settle()
	row, err = h.Store.Read(t.Context()).Community(ours.Group.ID)
	h.must(err)
	if row.CharterSource != "We help.\nNo pictures." || row.CharterVersion != 2 || ours.PairWith(theirs).Offer != "" || theirs.PairWith(ours).Offer != "" {
		t.Errorf("after it was taken over: %+v", row)
	}
	if _, body := ann.get(page); !strings.Contains(body, "both are the same") || digestPattern.MatchString(body) {
		t.Error("what is agreed on is offered still")
	}
	h.Cluster.Network.SetDown("clinic.example", true)
	if status, body := ann.get(page); status != http.StatusOK || !strings.Contains(body, "cannot be read now") {
		t.Errorf("while their server is away: %d", status)
	}
}
