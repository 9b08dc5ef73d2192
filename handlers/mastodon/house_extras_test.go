package mastodon

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

func emojiPicture(t *testing.T, kind string) []byte {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	if kind == "gif" {
		out.Reset()
		err = gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{picture, picture}, Delay: []int{1, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRulesAreShown(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		first, err := h.service.AddRule(t.Context(), "Be kind", "Also to the wrong.")
		h.must(err)
		second, err := h.service.AddRule(t.Context(), "Stay at the matter", "")
		h.must(err)
		for _, got := range [][]any{
			h.get(nil, "/api/v1/instance").object()["rules"].([]any), h.get(nil, "/api/v2/instance").object()["rules"].([]any),
		} {
			if len(got) != 2 || got[0].(map[string]any)["text"] != "Be kind" || got[0].(map[string]any)["hint"] != "Also to the wrong." {
				t.Errorf("rules %v", got)
			}
		}
		h.must(h.service.RemoveRule(t.Context(), first.ID))
		if got := idsOf(h.get(nil, "/api/v1/instance/rules").list()); len(got) != 1 || got[0] != formatID(second.ID) {
			t.Errorf("rules %v", got)
		}
		if err := h.service.RemoveRule(t.Context(), first.ID); !models.IsNotFound(err) {
			t.Errorf("removed twice: %v", err)
		}
		for _, text := range []string{" ", strings.Repeat("x", 2001)} {
			if _, err := h.service.AddRule(t.Context(), text, ""); models.ErrorCode(err) != models.Invalid {
				t.Errorf("%.5q: %v", text, err)
			}
		}
	})
}

func TestTextsAboutTheInstance(t *testing.T) {
	h := newHouse(t)
	h.get(nil, "/api/v1/instance/terms_of_service").absent()
	h.server.cfg.TermsOfService, h.server.cfg.ExtendedDescription = "Fair <use>.\n\nSee https://a.test/x", "Long"
	terms := h.get(nil, "/api/v1/instance/terms_of_service").object()
	if text := terms["content"].(string); !strings.Contains(text, "Fair &lt;use&gt;.") || !strings.Contains(text, `href="https://a.test/x"`) {
		t.Errorf("terms %v", terms)
	}
	h.get(nil, "/api/v1/instance/terms_of_service/"+terms["effective_date"].(string)).status(http.StatusOK)
	h.get(nil, "/api/v1/instance/terms_of_service/1999-01-01").absent()
	if got := h.get(nil, "/api/v1/instance/extended_description").object(); got["content"] != "<p>Long</p>" {
		t.Errorf("description %v", got)
	}
}

func TestActivityOfTheWeeks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		h.write(alice, "one", "public", nil)
		h.write(alice, "two", "direct", nil)
		h.write(bob, "three", "public", nil)
		got := h.get(nil, "/api/v1/instance/activity").list()
		monday := time.Date(2026, 2, 23, 0, 0, 0, 0, time.UTC)
		want := map[string]any{"week": formatID(monday.Unix()), "statuses": "3", "logins": "2", "registrations": "2"}
		if len(got) != 12 {
			t.Fatalf("%d weeks", len(got))
		}
		for name, value := range want {
			if got[0][name] != value {
				t.Errorf("%s is %v, want %v", name, got[0][name], value)
			}
		}
		if got[1]["week"] != formatID(monday.AddDate(0, 0, -7).Unix()) || got[11]["statuses"] != "0" {
			t.Errorf("weeks %v", got)
		}
	})
}

// TestE21_BlockedHostsAreToldAsFarAsAllowed: neither strangers nor closed accounts read the list that is for members.
func TestE21_BlockedHostsAreToldAsFarAsAllowed(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.PutDomainBlock("evil.example", "secret reason") }))
	const path = "/api/v1/instance/domain_blocks"
	h.get(alice, path).absent()
	h.server.cfg.ShowDomainBlocks = BlocksForMembers
	h.get(nil, path).refused(http.StatusUnauthorized)
	h.get(alice, path).status(http.StatusOK)
	h.get(bob, path).status(http.StatusOK)
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
		account, err := tx.AccountByActor(bob.ID)
		if err != nil {
			return err
		}
		account.DisabledAt = tx.Now()
		return tx.SaveAccount(account)
	}))
	h.get(bob, path).refused(http.StatusUnauthorized)
	h.server.cfg.ShowDomainBlocks = BlocksForEverybody
	a := h.get(nil, path)
	if got := a.list(); len(got) != 1 || got[0]["domain"] != "evil.example" || got[0]["severity"] != "suspend" || len(got[0]["digest"].(string)) != 64 {
		t.Errorf("blocks %v", got)
	}
	if strings.Contains(a.Body.String(), "secret") {
		t.Errorf("the reason is told: %s", a.Body)
	}
	if got := obfuscate("evil.example"); got != "evi*.****ple" {
		t.Errorf("obfuscated %s", got)
	}
}

func TestAnnouncements(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		_, err := h.service.AddEmoji(t.Context(), "yes", "", emojiPicture(t, "png"))
		h.must(err)
		made, err := h.service.Announce(t.Context(), "Hello :yes: <b> #news", time.Time{}, time.Time{}, false)
		h.must(err)
		_, err = h.service.Announce(t.Context(), "over", time.Time{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), false)
		h.must(err)
		h.get(nil, "/api/v1/announcements").refused(http.StatusUnauthorized)
		path := pathOf("/api/v1/announcements/{id}", made.ID)
		put := func(actor *models.Actor, name string) answer {
			return h.as(actor, http.MethodPut, path+"/reactions/"+url.PathEscape(name), nil)
		}
		put(alice, "👍").status(http.StatusOK)
		put(alice, "👍").status(http.StatusOK)
		put(bob, "👍").status(http.StatusOK)
		put(bob, "yes").status(http.StatusOK)
		put(bob, "1️⃣").status(http.StatusOK)
		for _, bad := range []string{"no", "a👍", "5", "👍 👍", "<b>"} {
			put(bob, bad).refused(http.StatusUnprocessableEntity)
		}
		h.as(alice, http.MethodPut, "/api/v1/announcements/99/reactions/yes", nil).absent()
		h.post(alice, path+"/dismiss", nil).status(http.StatusOK)
		h.post(alice, "/api/v1/announcements/99/dismiss", nil).absent()
		got := h.get(alice, "/api/v1/announcements").list()
		if len(got) != 1 || got[0]["read"] != true || !strings.Contains(got[0]["content"].(string), "&lt;b&gt;") {
			t.Fatalf("announcements %v", got)
		}
		reactions := got[0]["reactions"].([]any)
		thumb, own := reactions[0].(map[string]any), reactions[1].(map[string]any)
		if thumb["name"] != "👍" || thumb["count"] != 2.0 || thumb["me"] != true || own["me"] != false || own["url"] == nil {
			t.Errorf("reactions %v", reactions)
		}
		if emojis := got[0]["emojis"].([]any); len(emojis) != 1 {
			t.Errorf("emojis %v", emojis)
		}
		h.as(bob, http.MethodDelete, path+"/reactions/"+url.PathEscape("👍"), nil).status(http.StatusOK)
		got = h.get(bob, "/api/v1/announcements").list()
		if first := got[0]["reactions"].([]any)[0].(map[string]any); got[0]["read"] != false || first["count"] != 1.0 || first["me"] != false {
			t.Errorf("for bob %v", got)
		}
		h.must(h.service.Unannounce(t.Context(), made.ID))
		if got := h.get(alice, "/api/v1/announcements").list(); len(got) != 0 {
			t.Errorf("deleted, yet %v", got)
		}
	})
}

func TestEmojiOfThisInstance(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		_, err := h.service.AddEmoji(t.Context(), "wave", "Hands", emojiPicture(t, "gif"))
		h.must(err)
		got := h.get(nil, "/api/v1/custom_emojis").list()
		if len(got) != 1 || got[0]["shortcode"] != "wave" || got[0]["category"] != "Hands" || got[0]["visible_in_picker"] != true {
			t.Fatalf("emoji %v", got)
		}
		moving, still := got[0]["url"].(string), got[0]["static_url"].(string)
		if !strings.HasSuffix(moving, ".gif") || strings.HasSuffix(still, ".gif") || !h.kept(moving) || !h.kept(still) {
			t.Errorf("pictures %s and %s", moving, still)
		}
		post := h.post(alice, "/api/v1/statuses", map[string]any{"status": "Hi :wave: :nothing: 10:30:15"}).object()
		if emojis := post["emojis"].([]any); len(emojis) != 1 || emojis[0].(map[string]any)["shortcode"] != "wave" {
			t.Errorf("status has %v", emojis)
		}
		path := "/api/v1/statuses/" + post["id"].(string)
		h.as(alice, http.MethodPut, path, map[string]any{"status": "no more"}).status(http.StatusOK)
		versions := h.get(alice, path+"/history").list()
		if first, last := versions[0]["emojis"].([]any), versions[1]["emojis"].([]any); len(first) != 1 || len(last) != 0 {
			t.Errorf("versions have %v and %v", first, last)
		}
		asked := h.post(alice, "/api/v1/statuses", map[string]any{
			"status": "Which?", "poll": map[string]any{"options": []string{":wave:", "none"}, "expires_in": 3600},
		}).object()["poll"].(map[string]any)
		if emojis := asked["emojis"].([]any); len(emojis) != 1 {
			t.Errorf("the poll has %v", emojis)
		}
		h.must(h.service.RemoveEmoji(t.Context(), "wave"))
		if h.kept(moving) || h.kept(still) {
			t.Error("its files are left")
		}
		if got := h.get(nil, "/api/v1/custom_emojis").list(); len(got) != 0 {
			t.Errorf("removed, yet %v", got)
		}
	})
}

// TestG20_EmojiFiles: no name leads anywhere, and nothing but pictures comes in.
func TestG20_EmojiFiles(t *testing.T) {
	h := newHouse(t)
	for name, picture := range map[string][]byte{
		"../../x": emojiPicture(t, "png"), "a": emojiPicture(t, "png"), "page": []byte("<script>alert(1)</script>"),
		"vector": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "large": bytes.Repeat([]byte("x"), practice.MaxEmojiBytes+1),
	} {
		if _, err := h.service.AddEmoji(t.Context(), name, "", picture); models.ErrorCode(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEmojiOfOtherHosts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, them := h.member("alice"), h.remote("them", "b.test", models.TypePerson)
		h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
			them.DisplayName = "Them :cat:"
			return tx.SaveRemoteActor(them)
		}))
		h.must(h.service.LearnEmoji(t.Context(), []models.CustomEmoji{
			{Host: "b.test", Shortcode: "cat", URL: "https://b.test/cat.png", StaticURL: "https://b.test/cat.png", Visible: true},
			{Host: "c.test", Shortcode: "dog", URL: "https://c.test/dog.png", StaticURL: "https://c.test/dog.png", Visible: true},
		}))
		post := h.receive(practice.Draft{Author: them, URI: "https://b.test/p/1", Content: "<p>:cat: and :dog:</p>"})
		got := h.get(alice, pathOf("/api/v1/statuses/{id}", post.ID)).object()
		for _, emojis := range [][]any{got["emojis"].([]any), got["account"].(map[string]any)["emojis"].([]any)} {
			if len(emojis) != 1 || emojis[0].(map[string]any)["url"] != "https://b.test/cat.png" {
				t.Errorf("emojis %v", emojis)
			}
		}
		if got := h.get(nil, "/api/v1/custom_emojis").list(); len(got) != 0 {
			t.Errorf("those of others are listed: %v", got)
		}
	})
}

func TestOEmbedQuotesWhatIsPublic(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	open, closed := h.write(alice, "hello <b>", "unlisted", nil), h.write(alice, "secret", "private", nil)
	got := h.get(nil, "/api/oembed?url="+url.QueryEscape(open.URL)).object()
	if got["type"] != "rich" || got["version"] != "1.0" || !strings.Contains(got["html"].(string), "hello &lt;b&gt;") {
		t.Errorf("oembed %v", got)
	}
	h.get(nil, "/api/oembed?url="+url.QueryEscape(open.URI)+"&maxwidth=200").status(http.StatusOK)
	h.get(alice, "/api/oembed?url="+url.QueryEscape(closed.URL)).absent() // although its author asks
	for _, nowhere := range []string{"", "https://a.test/", "https://b.test/x", "%00"} {
		h.get(nil, "/api/oembed?url="+url.QueryEscape(nowhere)).absent()
	}
}

func TestPeersAndReports(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdatePeer("bee.test", func(*models.Peer) {}) }))
	for query, want := range map[string]string{"q=be": `["bee.test"]`, "q=e": "[]", "": "[]", "q=%25": "[]"} {
		if got := h.get(nil, "/api/v1/peers/search?"+query).Body.String(); got != want {
			t.Errorf("%q: %s", query, got)
		}
	}
	if got := h.get(alice, "/api/v1/annual_reports").object(); len(got["annual_reports"].([]any)) != 0 {
		t.Errorf("reports %v", got)
	}
	if got := h.get(nil, "/api/v1/instance/languages").list(); len(got) < 40 || got[0]["code"] != "ar" {
		t.Errorf("languages %v", got)
	}
	for _, path := range []string{
		"/api/v1/annual_reports/2025", "/api/v1/donation_campaigns", "/api/v1/collections/1", "/api/v1/accounts/1/collections",
		"/api/v1/accounts/1/in_collections", "/api/v1/annual_reports/116153806946319695/state", "/api/v1_alpha/async_refreshes/1", "/api/v1/timelines/direct",
	} {
		h.get(alice, path).absent()
	}
}

// TestCardOfAPost: what is kept of a page stands below the post, complete and without foreign HTML.
func TestCardOfAPost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		post := h.write(alice, "@alice #x https://b.test/page#part and https://c.test", "public", nil)
		path := pathOf("/api/v1/statuses/{id}", post.ID)
		if got := h.get(alice, path).object(); got["card"] != nil {
			t.Errorf("card before it was fetched: %v", got["card"])
		}
		h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
			due, err := tx.DueCards(9)
			if err != nil || len(due) != 1 || due[0].URL != "https://b.test/page" {
				t.Fatalf("to fetch %v, %v", due, err)
			}
			due[0].State, due[0].Title, due[0].AuthorName, due[0].ImageURL = models.CardReady, "A page", "Ann", "javascript:alert(1)"
			return tx.SaveCard(&due[0])
		}))
		got := h.get(alice, path).object()["card"].(map[string]any)
		if got["title"] != "A page" || got["html"] != "" || got["image"] != nil || got["url"] != "https://b.test/page" || len(got["authors"].([]any)) != 1 {
			t.Errorf("card %v", got)
		}
		if described := loadSchemas(t); len(described.check("card", described["PreviewCard"], got)) > 0 {
			t.Error(described.check("card", described["PreviewCard"], got))
		}
		h.as(alice, http.MethodPut, path, map[string]any{"status": "no link any more"}).status(http.StatusOK)
		if got := h.get(alice, path).object(); got["card"] != nil {
			t.Errorf("the card stays: %v", got["card"])
		}
		h.write(alice, "https://b.test/secret", "direct", nil)
		if due, err := h.store.Read(t.Context()).DueCards(9); err != nil || len(due) != 0 {
			t.Errorf("a link of a direct post is fetched: %v %v", due, err)
		}
	})
}
