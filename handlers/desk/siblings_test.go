package desk_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"praxis/models"
)

func TestSiblingsOnTheDesk(t *testing.T) {
	h := newHouse(t)
	h.furnish()
	admin := h.visitor("ann")
	const theirs = "https://" + farHost + "/c/wounds"
	pair := func(community *models.Actor) *models.Sibling {
		t.Helper()
		row, err := h.Store.Read(t.Context()).Sibling(community.ID, theirs)
		h.must(err)
		return row
	}
	if _, body := admin.get("/admin"); !strings.Contains(body, "community that wants a sibling") {
		t.Error("the first page does not say that a community wants a sibling")
	}
	id := strconv.FormatInt(pair(h.wards).ID, 10)
	if status, body := admin.post("/admin/siblings", url.Values{"form": {"admit"}, "pair": {id}}); status >= http.StatusBadRequest || pair(h.wards).State != models.SiblingProposed {
		t.Errorf("admitted: %d, %s: %s", status, pair(h.wards).State, body)
	}
	if status, _ := admin.post("/c/woundcare/settings/siblings", url.Values{"form": {"leave"}, "pair": {id}}); status >= http.StatusBadRequest || pair(h.wards).State != models.SiblingLeft {
		t.Errorf("taken back: %d, %s", status, pair(h.wards).State)
	}
	again := url.Values{"form": {"propose"}, "uri": {theirs}, "history": {"30"}, "removals": {"auto"}, "silence": {"14"}, "until": {"no day"}}
	if status, body := admin.post("/c/woundcare/settings/siblings", again); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Use a day such as") {
		t.Errorf("a day that is none: %d", status)
	}
	again.Del("until")
	if status, body := admin.post("/c/woundcare/settings/siblings", again); status >= http.StatusBadRequest || pair(h.wards).State != models.SiblingProposed {
		t.Errorf("offered again: %d, %s: %s", status, pair(h.wards).State, body)
	}
	alike := url.Values{"form": {"new"}, "username": {"wounds"}, "display_name": {"Wounds"}, "class": {"public"}, "joining": {"open"}}
	if status, body := admin.post("/admin/communities/new", alike); status != http.StatusUnprocessableEntity || !strings.Contains(body, "as one with @wounds@"+farHost) {
		t.Errorf("a similar one is not offered: %d", status)
	}
	alike.Set("link", theirs)
	if status, body := admin.post("/admin/communities/new", alike); status >= http.StatusBadRequest {
		t.Fatalf("founded as one with another: %d %s", status, body)
	}
	made, err := h.Store.Read(t.Context()).ActorByHandle("wounds", h.Config.Host)
	h.must(err)
	if row := pair(made); row.State != models.SiblingProposed || row.Offer == "" {
		t.Errorf("the new one has its pair as %s", row.State)
	}
}

// A convener sees what closing would do before it is done; an admin sees that it is asked for; both can take it back. A part founds a
// community of its own.
func TestClosingOnTheDesk(t *testing.T) {
	h := newHouse(t)
	h.furnish()
	admin := h.visitor("ann")
	const page = "/c/woundcare/settings/siblings"
	row, err := h.Store.Read(t.Context()).Sibling(h.wards.ID, "https://"+farHost+"/c/wounds")
	h.must(err)
	h.must(h.Store.Tx(t.Context(), func(tx *models.Tx) error {
		row.State, row.Agreement = models.SiblingLive, row.Offer
		row.ClearOffer()
		return tx.SaveSibling(row)
	}))
	closing := func() *models.Closing {
		t.Helper()
		found, err := h.Store.Read(t.Context()).ClosingOf(h.wards.ID)
		h.must(err)
		return found
	}
	if _, body := admin.get(page); !strings.Contains(body, "Close it here") || !strings.Contains(body, "What each has of the other") {
		t.Error("the page offers no closing, or does not say what stays after the end")
	}
	ask := url.Values{"form": {"close"}, "heir": {strconv.FormatInt(row.ID, 10)}, "why": {"We move"}}
	if _, body := admin.post(page, ask); !strings.Contains(body, "along by themselves") || closing() != nil {
		t.Errorf("it is not asked again: %v", closing())
	}
	ask.Set("sure", "yes")
	if status, body := admin.post(page, ask); status >= http.StatusBadRequest || closing() == nil || closing().State != models.ClosingOffered {
		t.Fatalf("closed: %d %v %s", status, closing(), body)
	}
	if _, body := admin.get("/admin/siblings"); !strings.Contains(body, "goes on as @wounds@"+farHost) {
		t.Error("an admin does not see that it closes")
	}
	if status, _ := admin.post("/admin/siblings", url.Values{"form": {"unclose"}, "community": {strconv.FormatInt(h.wards.ID, 10)}}); status >= http.StatusBadRequest || closing() != nil {
		t.Errorf("taken back: %d %v", status, closing())
	}
	if status, body := admin.post(page, url.Values{"form": {"split"}, "name": {"burns"}, "title": {"Burns"}}); status >= http.StatusBadRequest {
		t.Errorf("split: %d %s", status, body)
	}
	_, err = h.Store.Read(t.Context()).ActorByHandle("burns", h.Config.Host)
	h.must(err)
}
