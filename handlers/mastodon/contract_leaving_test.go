package mastodon

import (
	"net/http"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
)

// askLeaving asks for all by which members take along what is theirs.
func (k *contract) askLeaving() {
	mover, home := k.member("mover"), k.member("mover2")
	moverAt, homeAt := "@mover@"+k.service.Links().Host, "@mover2"
	k.post(mover, "/api/v1/statuses", "status=@care+How+do+you+do+this")
	k.as(mover, http.MethodPut, ownMe+"/recovery", "email=mover@home.example").object()
	code := k.post(mover, ownMe+"/recovery/code", nil).object()["code"].(string)
	k.post(mover, ownMe+"/aliases", "alias="+homeAt).object()
	if got := k.get(mover, ownMe+"/leaving").object(); len(got["aliases"].([]any)) != 1 {
		k.t.Errorf("leaving: %v", got)
	}
	k.as(mover, http.MethodDelete, ownMe+"/aliases", "alias="+homeAt).object()
	k.bringAlong(mover)
	k.get(mover, ownMe+"/record").object()
	k.post(mover, ownMe+"/exports", nil).object()
	k.get(mover, ownMe+"/exports").list()
	k.post(mover, ownMe+"/leaving", nil).object()
	k.send("", http.MethodPost, ownAPI+"/recovery/letter", "login=mover").object()
	k.tokens[mover.ID] = k.send("", http.MethodPost, ownAPI+"/recovery", "login=mover&code="+code).object()["access_token"].(string)
	k.post(home, ownMe+"/aliases", "alias="+moverAt).object()
	if got := k.post(mover, ownMe+"/move", "to="+homeAt).object(); got["moved_to"] != home.URI {
		k.t.Errorf("moved: %v", got)
	}
	k.post(mover, ownMe+"/delete", nil).object()
}

// bringAlong sends a list, looks at what would be done, and lets it be done.
func (k *contract) bringAlong(mover *models.Actor) {
	made := k.sendFiles(k.tokens[mover.ID], http.MethodPost, ownMe+"/imports", map[string]any{
		"kind": "blocks", "mode": "overwrite", "file": []byte("Account address\nnobody@c.test\n=1+1\n"),
	}).object()
	if results := made["results"].([]any); len(results) != 2 || made["state"] != models.ImportPreview {
		k.t.Errorf("the preview is %v", made)
	}
	path := ownMe + "/imports/" + made["id"].(string)
	k.get(mover, ownMe+"/imports").list()
	k.get(mover, path).object()
	if got := k.post(mover, path+"/start", nil).object(); got["state"] != models.ImportRunning {
		k.t.Errorf("the import is %v", got)
	}
	k.as(mover, http.MethodDelete, path, nil).object()
}

// TestE23_ListsAndArchivesAreTheirOwners: whoever else asks by the right id is told that there is none; files that are no lists are
// refused with what is wrong.
func TestE23_ListsAndArchivesAreTheirOwners(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		bring := func(kind, file string) answer {
			return h.sendFiles(h.tokens[alice.ID], http.MethodPost, ownMe+"/imports", map[string]any{"kind": kind, "file": []byte(file)})
		}
		id := bring("blocks", "x@b.test\n").object()["id"].(string)
		export := h.post(alice, ownMe+"/exports", nil).object()["id"].(string)
		for _, path := range []string{"/imports/" + id, "/exports/" + export + "/file"} {
			h.as(bob, http.MethodGet, ownMe+path, nil).absent()
		}
		h.post(bob, ownMe+"/imports/"+id+"/start", nil).absent()
		h.as(bob, http.MethodDelete, ownMe+"/imports/"+id, nil).absent()
		h.as(alice, http.MethodGet, ownMe+"/csv/passwords", nil).absent()
		for kind, file := range map[string]string{"blocks": "#domain\nb.test\n", "following": "\"open", "odd": "x", "mutes": ""} {
			bring(kind, file).refused(http.StatusUnprocessableEntity)
		}
		h.post(alice, ownMe+"/imports", "kind=blocks&file=x").refused(http.StatusUnprocessableEntity)
		h.post(alice, ownMe+"/exports", nil).refused(http.StatusTooManyRequests)
		h.post(alice, ownMe+"/aliases", "alias=@nobody@b.test").refused(http.StatusUnprocessableEntity)
		h.as(alice, http.MethodPut, ownMe+"/recovery", "email=alice@"+h.service.Links().Host).refused(http.StatusUnprocessableEntity)
	})
}
