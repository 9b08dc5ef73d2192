package mastodon

import (
	"net/http"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
)

// TestPeersAreForThoseWhoFederate: others learn nothing, and wrong input is named.
func TestPeersAreForThoseWhoFederate(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		const peers = ownAPI + "/admin/peers"
		alice, boss := h.member("alice"), h.staffed("boss", models.RoleAdmin)
		h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdatePeer("b.test", func(*models.Peer) {}) }))
		mine := h.post(alice, "/api/v1/statuses", "status=Where+does+it+go").object()["id"].(string)
		h.get(boss, ownAPI+"/statuses/"+mine+"/receipt").refused(http.StatusNotFound)
		for _, verb := range []string{"", "/b.test"} {
			h.get(alice, peers+verb).refused(http.StatusForbidden)
			h.get(nil, peers+verb).refused(http.StatusUnauthorized)
		}
		for _, verb := range []string{"pause", "resume", "retry", "resend"} {
			h.post(alice, peers+"/b.test/"+verb, nil).refused(http.StatusForbidden)
			h.post(boss, peers+"/nobody.test/"+verb, "since="+h.store.Now().UTC().Format("2006-01-02T15:04:05Z")).refused(http.StatusNotFound)
		}
		for _, since := range []string{"", "yesterday", "2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"} {
			h.post(boss, peers+"/b.test/resend", "since="+since).refused(http.StatusUnprocessableEntity)
		}
	})
}
