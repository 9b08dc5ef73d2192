package mastodon

import (
	"net/http"
)

// moderate asks for all that moderators of a community and who looks after the instance do.
func (k *contract) moderate() {
	k.t.Helper()
	community := pathOf("/api/praxis/v1/communities/{id}", k.care.ID)
	k.post(k.alice, community+"/moderators", map[string]any{"account_id": formatID(k.boss.ID)})
	k.get(nil, community+"/moderators")
	other := k.community("other", k.alice, false)
	written := k.post(k.bob, "/api/v1/statuses", "status=@care+A+thread+to+judge").object()["id"].(string)
	one := "/api/praxis/v1/statuses/" + written + "/"
	k.post(k.carol, "/api/v1/reports", map[string]any{"account_id": formatID(k.bob.ID), "status_ids": []string{written}, "comment": "x"})
	for _, report := range idsOf(k.get(k.alice, community+"/reports").list()) {
		k.post(k.alice, community+"/reports/"+report+"/resolve", "answer=done")
	}
	k.changes(k.alice, "/api/praxis/v1/statuses/"+written, "pin_in_community", "unpin_in_community", "lock", "unlock")
	k.post(k.alice, one+"remove", "reason=no")
	k.get(k.bob, "/api/v1/statuses/"+written)
	k.post(k.bob, one+"appeal", "text=please")
	for _, appeal := range idsOf(k.get(k.alice, community+"/appeals").list()) {
		k.post(k.alice, community+"/appeals/"+appeal, "granted=false&answer=sorry")
	}
	k.post(k.alice, one+"restore", nil)
	k.post(k.alice, one+"move", map[string]any{"target_id": formatID(other.ID)})
	k.post(k.boss, one+"hide", "reason=x")
	k.post(k.boss, one+"unhide", nil)
	k.post(k.alice, community+"/bans", map[string]any{"account_id": formatID(k.bob.ID), "reason": "x", "until": "2036-01-01T00:00:00Z"})
	k.get(k.alice, community+"/bans")
	k.post(k.bob, community+"/appeal", "text=please")
	k.post(k.alice, community+"/bans", map[string]any{"account_id": formatID(k.carol.ID)})
	k.as(k.alice, http.MethodDelete, community+"/bans", map[string]any{"account_id": formatID(k.bob.ID)})
	k.as(k.alice, http.MethodDelete, community+"/moderators", map[string]any{"account_id": formatID(k.boss.ID)})
	k.get(nil, community+"/log")
}
