package mastodon

import (
	"net/http"
	"testing"
)

// TestFeedsAreTheirOwners: nobody else changes a feed, names are given once, and a feed holds communities only.
func TestFeedsAreTheirOwners(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	care := h.community("care", alice, false)
	feed := ownAPI + "/feeds/" + h.post(alice, ownAPI+"/feeds", "name=health").object()["id"].(string)
	ours := map[string]any{"community_id": formatID(care.ID)}
	h.as(bob, http.MethodDelete, feed+"/communities", ours).status(http.StatusForbidden)
	h.post(bob, feed+"/communities", ours).status(http.StatusForbidden)
	h.post(nil, feed+"/communities", ours).status(http.StatusUnauthorized)
	h.post(alice, ownAPI+"/feeds", "name=health").status(http.StatusConflict)
	h.post(alice, ownAPI+"/feeds", "name=care").status(http.StatusConflict)
	h.post(alice, ownAPI+"/feeds", "name=no+name").status(http.StatusUnprocessableEntity)
	h.post(alice, feed+"/communities", map[string]any{"community_id": formatID(bob.ID)}).status(http.StatusNotFound)
	h.post(alice, feed+"/communities", "community_id=1").status(http.StatusNotFound)
	h.get(nil, ownAPI+"/feeds/"+formatID(care.ID)).status(http.StatusNotFound)
	h.get(nil, ownAPI+"/feeds/1").status(http.StatusNotFound)
}
