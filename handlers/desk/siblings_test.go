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
