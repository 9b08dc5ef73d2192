package mastodon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestFollowedTags(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		them := h.remote("them", "b.test", models.TypePerson)
		old := h.write(bob, "#wounds before", "public", nil)
		for _, typed := range []string{"Wounds", "wounds", "care"} {
			if got := h.post(alice, "/api/v1/tags/"+typed+"/follow", nil).object(); got["following"] != true || got["name"] != strings.ToLower(typed) {
				t.Errorf("followed %v", got)
			}
		}
		h.follows(alice, bob)
		near := h.write(bob, "#wounds", "public", nil)
		far := h.receive(practice.Draft{Author: them, URI: "https://b.test/1", Content: "x", Tags: []string{"wounds"}})
		both := h.receive(practice.Draft{Author: them, URI: "https://b.test/2", Content: "x", Tags: []string{"wounds", "care"}})
		quiet := h.receive(practice.Draft{Author: them, URI: "https://b.test/3", Content: "x", Tags: []string{"wounds"}, Visibility: models.Unlisted})
		home := "/api/v1/timelines/home"
		for post, want := range map[*models.Post]bool{old: false, near: true, far: true, both: true, quiet: false} {
			if h.shows(alice, home, post) != want {
				t.Errorf("home shows %s: %v", post.URI, !want)
			}
		}
		followed := h.get(alice, "/api/v1/followed_tags").list()
		if len(followed) != 2 || followed[0]["name"] != "care" || followed[1]["name"] != "wounds" || followed[0]["following"] != true {
			t.Errorf("followed %v", followed)
		}
		a := h.get(alice, "/api/v1/followed_tags?limit=1")
		if next := h.link(a, "next", "/api/v1/followed_tags?limit=1"); h.get(alice, next).list()[0]["name"] != "wounds" {
			t.Errorf("the second page is %s", next)
		}
		if got := h.post(alice, "/api/v1/tags/wounds/unfollow", nil).object(); got["following"] != false {
			t.Errorf("unfollowed %v", got)
		}
		for post, want := range map[*models.Post]bool{near: true, far: false, both: true} {
			if h.shows(alice, home, post) != want {
				t.Errorf("afterwards home shows %s: %v", post.URI, !want)
			}
		}
		for _, name := range []string{"a b", "123", "x!", strings.Repeat("x", 300)} {
			h.post(alice, "/api/v1/tags/"+url.PathEscape(name)+"/follow", nil).refused(http.StatusUnprocessableEntity)
		}
		h.post(alice, "/api/v1/tags/"+url.PathEscape("Pflegeübergabe")+"/follow", nil).status(http.StatusOK)
		h.send(h.token(alice, "read write:accounts"), http.MethodPost, "/api/v1/tags/x/follow", nil).refused(http.StatusForbidden)
	})
}

func TestFeaturedTags(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		h.write(alice, "#wounds", "public", nil)
		h.write(alice, "#wounds #care", "unlisted", nil)
		h.write(alice, "#wounds", "private", nil)
		h.write(bob, "#wounds", "public", nil)
		if got := h.get(alice, "/api/v1/featured_tags/suggestions").list(); len(got) != 2 || got[0]["name"] != "wounds" || got[0]["featuring"] != false {
			t.Errorf("suggestions %v", got)
		}
		made := h.post(alice, "/api/v1/featured_tags", "name=%23Wounds").object()
		if made["name"] != "wounds" || made["statuses_count"] != "2" || made["last_status_at"] != "2026-03-01" {
			t.Errorf("featured %v", made)
		}
		if again := h.post(alice, "/api/v1/featured_tags", "name=wounds").object(); again["id"] != made["id"] {
			t.Errorf("featured twice: %v", again)
		}
		if got := h.post(alice, "/api/v1/tags/new/feature", nil).object(); got["featuring"] != true {
			t.Errorf("featured %v", got)
		}
		shown := h.get(nil, pathOf("/api/v1/accounts/{id}/featured_tags", alice.ID)).list()
		if len(shown) != 2 || shown[1]["name"] != "new" || shown[1]["statuses_count"] != "0" || shown[1]["last_status_at"] != nil {
			t.Errorf("the profile shows %v", shown)
		}
		h.as(bob, http.MethodDelete, "/api/v1/featured_tags/"+made["id"].(string), nil).absent()
		h.as(alice, http.MethodDelete, "/api/v1/featured_tags/"+made["id"].(string), nil).status(http.StatusOK)
		if got := h.post(alice, "/api/v1/tags/new/unfeature", nil).object(); got["featuring"] != false {
			t.Errorf("unfeatured %v", got)
		}
		if got := h.get(alice, "/api/v1/featured_tags").list(); len(got) != 0 {
			t.Errorf("featured %v", got)
		}
		for i := range practice.MaxFeaturedTags {
			h.post(alice, "/api/v1/featured_tags", "name=tag_"+string(rune('a'+i))).status(http.StatusOK)
		}
		h.post(alice, "/api/v1/featured_tags", "name=more").refused(http.StatusUnprocessableEntity)
		h.post(alice, "/api/v1/featured_tags", "").refused(http.StatusUnprocessableEntity)
	})
}

func TestNotesAndEndorsements(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		if got := h.does(alice, "/api/v1/accounts/{id}/note", bob.ID, "comment=met+in+May"); got["note"] != "met in May" {
			t.Errorf("note %v", got)
		}
		h.does(alice, "/api/v1/accounts/{id}/note", bob.ID, "comment=met+in+June")
		if got := h.get(alice, "/api/v1/accounts/relationships?id[]="+formatID(bob.ID)).list(); got[0]["note"] != "met in June" {
			t.Errorf("note %v", got)
		}
		if got := h.get(bob, "/api/v1/accounts/relationships?id[]="+formatID(alice.ID)).list(); got[0]["note"] != "" {
			t.Errorf("bob reads %v", got)
		}
		h.post(alice, pathOf("/api/v1/accounts/{id}/note", bob.ID), map[string]any{"comment": strings.Repeat("x", 2001)}).refused(http.StatusUnprocessableEntity)
		if got := h.does(alice, "/api/v1/accounts/{id}/note", bob.ID, nil); got["note"] != "" {
			t.Errorf("note %v", got)
		}
		h.post(alice, pathOf("/api/v1/accounts/{id}/endorse", bob.ID), nil).refused(http.StatusUnprocessableEntity)
		h.follows(alice, bob)
		for _, verb := range []string{"endorse", "pin"} {
			if got := h.does(alice, "/api/v1/accounts/{id}/"+verb, bob.ID, nil); got["endorsed"] != true {
				t.Errorf("%s: %v", verb, got)
			}
		}
		for _, path := range []string{"/api/v1/endorsements", pathOf("/api/v1/accounts/{id}/endorsements", alice.ID)} {
			if got := idsOf(h.get(alice, path).list()); !slices.Equal(got, []string{formatID(bob.ID)}) {
				t.Errorf("%s: %v", path, got)
			}
		}
		if got := h.get(nil, pathOf("/api/v1/accounts/{id}/endorsements", alice.ID)).list(); len(got) != 1 {
			t.Errorf("others see %v", got)
		}
		if got := h.does(alice, "/api/v1/accounts/{id}/unpin", bob.ID, nil); got["endorsed"] != false {
			t.Errorf("taken back: %v", got)
		}
		h.does(alice, "/api/v1/accounts/{id}/endorse", bob.ID, nil)
		h.must(h.service.Unfollow(t.Context(), alice, bob))
		if got := h.get(alice, "/api/v1/endorsements").list(); len(got) != 0 {
			t.Errorf("endorsed without a follow: %v", got)
		}
		h.post(alice, pathOf("/api/v1/accounts/{id}/note", 12345), "comment=x").absent()
		h.send(h.token(alice, "read write:follows"), http.MethodPost, pathOf("/api/v1/accounts/{id}/note", bob.ID), nil).refused(http.StatusForbidden)
	})
}

func TestSuggestions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol, dora, shy := h.member("alice"), h.member("bob"), h.member("carol"), h.member("dora"), h.member("shy")
		care := h.community("care", bob, false)
		h.remote("far", "b.test", models.TypePerson)
		yes, no := true, false
		for _, actor := range []*models.Actor{alice, bob, carol, dora, care, shy} {
			wish := &yes
			if actor == shy {
				wish = &no
			}
			_, err := h.service.UpdateProfile(t.Context(), actor, practice.Profile{Discoverable: wish})
			h.must(err)
		}
		h.follows(carol, care)
		h.follows(dora, care)
		h.follows(dora, carol)
		h.follows(alice, bob)
		for path, account := range map[string]func(map[string]any) any{
			"/api/v1/suggestions": func(entry map[string]any) any { return entry["id"] },
			"/api/v2/suggestions": func(entry map[string]any) any { return entry["account"].(map[string]any)["id"] },
		} {
			var got []any
			for _, entry := range h.get(alice, path).list() {
				got = append(got, account(entry))
			}
			if !slices.Equal(got, []any{formatID(care.ID), formatID(carol.ID), formatID(dora.ID)}) {
				t.Errorf("%s: %v", path, got)
			}
		}
		if got := h.get(alice, "/api/v2/suggestions?limit=1").list(); len(got) != 1 || got[0]["source"] != "global" {
			t.Errorf("one: %v", got)
		}
		h.as(alice, http.MethodDelete, pathOf("/api/v1/suggestions/{id}", care.ID), nil).status(http.StatusOK)
		h.does(alice, "/api/v1/accounts/{id}/mute", dora.ID, nil)
		if got := idsOf(h.get(alice, "/api/v1/suggestions").list()); !slices.Equal(got, []string{formatID(carol.ID)}) {
			t.Errorf("afterwards: %v", got)
		}
		h.as(alice, http.MethodDelete, "/api/v1/suggestions/77", nil).absent()
	})
}

func TestFollowsOfSomeLanguages(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		path := pathOf("/api/v1/accounts/{id}/follow", bob.ID)
		if r := h.post(alice, path, map[string]any{"languages": []string{"de", "EN"}}).object(); len(list(r["languages"])) != 2 {
			t.Errorf("relationship %v", r)
		}
		say := func(author *models.Actor, language string) *models.Post {
			post, err := h.service.Post(t.Context(), practice.Draft{Author: author, Text: "in " + language, Language: language})
			h.must(err)
			return post
		}
		french := say(carol, "fr")
		_, err := h.service.Share(t.Context(), bob, french, "", 0)
		h.must(err)
		for post, want := range map[*models.Post]bool{say(bob, "de"): true, say(bob, "en"): true, say(bob, ""): true, say(bob, "fr"): false, french: false} {
			if h.shows(alice, "/api/v1/timelines/home", post) != want {
				t.Errorf("home shows %q: %v", post.Language, !want)
			}
		}
		// Another setting leaves them; an empty one lifts them.
		if r := h.post(alice, path, map[string]any{"reblogs": false}).object(); len(list(r["languages"])) != 2 || r["showing_reblogs"] != false {
			t.Errorf("relationship %v", r)
		}
		if r := h.post(alice, path, "languages[]=").object(); len(list(r["languages"])) != 0 {
			t.Errorf("relationship %v", r)
		}
		if !h.shows(alice, "/api/v1/timelines/home", say(bob, "fr")) {
			t.Error("the limit still holds")
		}
		h.post(alice, path, map[string]any{"languages": []string{"not a language"}}).refused(http.StatusUnprocessableEntity)
	})
}

func TestBells(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		care := h.community("care", bob, false)
		for _, actor := range []*models.Actor{bob, care} {
			if r := h.does(alice, "/api/v1/accounts/{id}/follow", actor.ID, "notify=true"); r["notifying"] != true {
				t.Errorf("relationship %v", r)
			}
		}
		h.follows(carol, bob)
		post := h.write(bob, "news", "public", nil)
		h.write(bob, "an answer", "public", h.write(carol, "something", "public", nil))
		thread := h.write(carol, "@care a question", "public", nil)
		own := h.write(alice, "@care mine", "public", nil)
		got := h.get(alice, "/api/v1/notifications?types[]=status").list()
		if len(got) != 2 {
			t.Fatalf("told of %d posts: %v", len(got), got)
		}
		for i, want := range []struct {
			by *models.Actor
			of *models.Post
		}{{care, thread}, {bob, post}} {
			by, of := got[i]["account"].(map[string]any)["id"], got[i]["status"].(map[string]any)["id"]
			if by != formatID(want.by.ID) || of != formatID(want.of.ID) {
				t.Errorf("told by %v of %v", by, of)
			}
		}
		if h.told(carol) != 1 { // the answer to her
			t.Errorf("carol was told %d things", h.told(carol))
		}
		_ = own
	})
}
