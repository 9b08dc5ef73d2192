package mastodon

import (
	"net/http"

	"praxis/models"
)

// askPractice lets clients that know communities say what they can of posts, and ask what was said to them.
func (k *contract) askPractice() {
	k.t.Helper()
	ask := func(fields map[string]any) string {
		fields["community_id"] = formatID(k.care.ID)
		return k.post(k.alice, "/api/v1/statuses", fields).object()["id"].(string)
	}
	asset := ask(map[string]any{
		"status": "See the file.", "title": "A form for wound care", "kind": "AssetShare", "license": "cc-by-4.0", "version": "1.2",
		"based_on": []string{k.root, "https://b.test/old"}, "topics": []string{"wounds"},
	})
	question := ask(map[string]any{"status": "How?", "title": "How to dress?", "kind": "ProblemSolving"})
	say := func(who *models.Actor, to, text string) string {
		return k.post(who, "/api/v1/statuses", map[string]any{"status": text, "in_reply_to_id": to}).object()["id"].(string)
	}
	answer := say(k.bob, question, "With foam.")
	say(k.carol, answer, "#helped")
	say(k.bob, asset, "#reused")
	ask(map[string]any{"status": "My own.", "title": "Another form", "kind": "AssetShare", "based_on": []string{asset}})
	pool := ask(map[string]any{"status": "Gauze.", "kind": "Coordination", "threshold": 20, "unit": "kg", "deadline": "2099-01-01"})
	say(k.bob, pool, "#join 5 kg")
	visit := ask(map[string]any{"status": "Come.", "kind": "Visit", "start_time": "2099-01-01T10:00", "timezone": "Europe/Berlin", "place": "Ward 3", "capacity": 4})
	say(k.bob, visit, "#going")
	for id, verb := range map[string]string{asset: "reused", answer: "helped", pool: "joined", visit: "going"} {
		k.get(k.alice, "/api/praxis/v1/statuses/"+id+"/responses?verb="+verb)
	}
	for _, id := range []string{asset, question, pool, visit} {
		k.get(k.bob, "/api/v1/statuses/"+id)
	}
	k.get(nil, "/api/praxis/v1/statuses/"+asset+"/derived")
	kinds := pathOf("/api/praxis/v1/communities/{id}/kinds", k.care.ID)
	k.get(nil, kinds)
	k.as(k.alice, http.MethodPut, kinds, map[string]any{"kinds": []string{"Visit", "AssetShare"}, "words": map[string]any{"#round": "Visit"}})
}
