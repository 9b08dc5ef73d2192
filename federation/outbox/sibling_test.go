package outbox

import (
	"encoding/json"
	"testing"

	"praxis/models"
)

// FuzzReaddressed: whatever others wrote, what is made of it for software that files by the audience is JSON, names the Group in
// the place of the sibling, and proves nothing.
func FuzzReaddressed(f *testing.F) {
	f.Add([]byte(`{"type":"Create","audience":"https://a.test/c/x","to":["https://a.test/c/x/followers"],"proof":{},"object":{"cc":["https://a.test/c/x"],"proof":1}}`))
	f.Add([]byte(`"https://a.test/o/1"`))
	f.Add([]byte(`{"object":{"object":{"object":{"object":{}}}}}`))
	origin := &models.Actor{URI: "https://a.test/c/x", FollowersURI: "https://a.test/c/x/followers"}
	ours := &models.Actor{URI: "https://b.test/c/x", FollowersURI: "https://b.test/c/x/followers"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		changed := readdressed(raw, origin, ours)
		if changed == nil {
			return
		}
		var doc any
		if err := json.Unmarshal(changed, &doc); err != nil {
			t.Fatalf("%q became %q: %v", raw, changed, err)
		}
		activity, ok := doc.(map[string]any)
		if ok && (activity["audience"] == origin.URI || activity["proof"] != nil) {
			t.Errorf("%q became %q", raw, changed)
		}
	})
}
