package testrig_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testrig"
)

// TestEmojiTravelWithWhatUsesThem: those of a name, of a profile, of a post and of a poll's options are pictures elsewhere.
func TestEmojiTravelWithWhatUsesThem(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		a := c.Server("a.test")
		ana, ben := a.Member("ana"), c.Server("b.test").Member("ben")
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"wave", "kind", "later", "yes", "unused"} {
			if _, err := a.Service.AddEmoji(t.Context(), name, "", picture.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
		ana.Object(http.MethodPatch, "/api/v1/accounts/update_credentials", m{"display_name": "Ana :wave:", "note": "I am :kind:"})
		ben.Follow(ana.Handle())
		c.Settle()
		asked := ana.Object(http.MethodPost, "/api/v1/statuses", m{
			"status": "Which?", "poll": m{"options": []string{":yes: now", "then"}, "expires_in": 3600},
		})
		c.Settle()
		seen := ben.Locate(asked["uri"].(string))
		if got := emojiOf(seen["account"].(m)); got != "kind wave" {
			t.Errorf("the account has the emoji %q", got)
		}
		if got := emojiOf(seen["poll"].(m)); got != "yes" {
			t.Errorf("the poll has the emoji %q", got)
		}
		ana.Object(http.MethodPatch, "/api/v1/accounts/update_credentials", m{"display_name": "Ana :later:"})
		c.Settle()
		if got := emojiOf(ben.Locate(asked["uri"].(string))["account"].(m)); got != "kind later" {
			t.Errorf("after an update the account has the emoji %q", got)
		}
		emoji := seen["poll"].(m)["emojis"].([]any)[0].(m)
		if url := emoji["url"].(string); !strings.HasPrefix(url, "https://a.test/media/") {
			t.Errorf("the picture is at %s", url)
		}
	})
}

// emojiOf lists the shortcodes of an entity's emoji in the order of the alphabet.
func emojiOf(entity m) string {
	var names []string
	for _, e := range entity["emojis"].([]any) {
		names = append(names, e.(m)["shortcode"].(string))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
