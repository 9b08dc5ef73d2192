package mastodon

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// hits names the filters that a status says it matches, with what matched.
func hits(status map[string]any) []string {
	found := []string{}
	list, _ := status["filtered"].([]any)
	for _, item := range list {
		hit := item.(map[string]any)
		keywords, _ := hit["keyword_matches"].([]any)
		statuses, _ := hit["status_matches"].([]any)
		found = append(found, fmt.Sprintf("%v%v%d", hit["filter"].(map[string]any)["title"], keywords, len(statuses)))
	}
	return found
}

func expectHits(t *testing.T, where string, status map[string]any, want ...string) {
	t.Helper()
	if got := hits(status); !slices.Equal(got, want) {
		t.Errorf("%s: filtered %q, want %q", where, got, want)
	}
}

func TestFiltersAreKept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		made := h.post(alice, "/api/v2/filters", map[string]any{
			"title": "Tea", "context": []string{"home", "public", "home"}, "filter_action": "blur", "expires_in": 3600,
			"keywords_attributes": []any{map[string]any{"keyword": "tea"}, map[string]any{"keyword": "té", "whole_word": false}},
		}).object()
		keywords := made["keywords"].([]any)
		first, second := keywords[0].(map[string]any), keywords[1].(map[string]any)
		if made["title"] != "Tea" || made["filter_action"] != "blur" || made["expires_at"] == nil || len(made["context"].([]any)) != 2 ||
			first["whole_word"] != true || second["whole_word"] != false || len(made["statuses"].([]any)) != 0 {
			t.Fatalf("made %v", made)
		}
		one := "/api/v2/filters/" + made["id"].(string)
		changed := h.as(alice, http.MethodPut, one, map[string]any{
			"expires_in": nil, "filter_action": "hide", "keywords_attributes": []any{
				map[string]any{"id": first["id"], "keyword": "coffee"}, map[string]any{"id": second["id"], "_destroy": true}, map[string]any{"keyword": "mate"},
			},
		}).object()
		words := []string{}
		for _, k := range changed["keywords"].([]any) {
			words = append(words, k.(map[string]any)["keyword"].(string))
		}
		if changed["title"] != "Tea" || changed["expires_at"] != nil || changed["filter_action"] != "hide" || !slices.Equal(words, []string{"coffee", "mate"}) {
			t.Errorf("changed %v", changed)
		}
		// As a form, of which the objects have no numbers; PATCH is as good as PUT.
		form := "keywords_attributes[][keyword]=x&keywords_attributes[][whole_word]=0&keywords_attributes[][keyword]=y&keywords_attributes[][whole_word]=1&context[]=thread"
		changed = h.as(alice, http.MethodPatch, one, form).object()
		if list := changed["keywords"].([]any); len(list) != 4 || list[2].(map[string]any)["whole_word"] == list[3].(map[string]any)["whole_word"] || changed["context"].([]any)[0] != "thread" {
			t.Errorf("changed %v", changed)
		}
		if all := h.get(alice, "/api/v2/filters").list(); len(all) != 1 || len(all[0]["keywords"].([]any)) != 4 {
			t.Errorf("listed %v", all)
		}
		h.as(alice, http.MethodDelete, one, nil).status(http.StatusOK)
		h.get(alice, one).absent()
		if n, err := h.store.Read(t.Context()).CountRows("filter_keyword"); err != nil || n != 0 {
			t.Errorf("%d keywords stay, %v", n, err)
		}
	})
}

func TestFilterPartsAreKept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		post := h.write(bob, "hello", "public", nil)
		secret := h.write(bob, "hidden", "private", nil)
		one := "/api/v2/filters/" + h.post(alice, "/api/v2/filters", "title=T&context[]=home").object()["id"].(string)
		keyword := h.post(alice, one+"/keywords", "keyword=hello&whole_word=false").object()
		path := "/api/v2/filters/keywords/" + keyword["id"].(string)
		if got := h.as(alice, http.MethodPut, path, map[string]any{"whole_word": true}).object(); got["keyword"] != "hello" || got["whole_word"] != true {
			t.Errorf("keyword %v", got)
		}
		if got := h.get(alice, one+"/keywords").list(); len(got) != 1 || h.get(alice, path).object()["id"] != got[0]["id"] {
			t.Errorf("keywords %v", got)
		}
		entry := h.post(alice, one+"/statuses", "status_id="+formatID(post.ID)).object()
		again := h.post(alice, one+"/statuses", "status_id="+formatID(post.ID)).object()
		if entry["status_id"] != formatID(post.ID) || entry["id"] != again["id"] {
			t.Errorf("entries %v, %v", entry, again)
		}
		h.post(alice, one+"/statuses", "status_id="+formatID(secret.ID)).absent()
		h.post(alice, one+"/statuses", "status_id=x").absent()
		place := "/api/v2/filters/statuses/" + entry["id"].(string)
		if got := h.get(alice, one+"/statuses").list(); len(got) != 1 || h.get(alice, place).object()["id"] != got[0]["id"] {
			t.Errorf("statuses %v", got)
		}
		for _, address := range []string{one, one + "/keywords", one + "/statuses", path, place} {
			h.get(bob, address).absent()
		}
		h.post(bob, one+"/keywords", "keyword=x").absent()
		h.post(bob, one+"/statuses", "status_id="+formatID(post.ID)).absent()
		h.as(bob, http.MethodPut, one, "title=x").absent()
		h.as(bob, http.MethodPut, path, "keyword=x").absent()
		for _, address := range []string{one, path, place} {
			h.as(bob, http.MethodDelete, address, nil).absent()
		}
		other := "/api/v2/filters/" + h.post(alice, "/api/v2/filters", "title=U&context[]=home").object()["id"].(string)
		h.as(alice, http.MethodPut, other, map[string]any{"keywords_attributes": []any{map[string]any{"id": keyword["id"], "_destroy": "1"}}}).absent()
		for _, address := range []string{path, place} {
			h.as(alice, http.MethodDelete, address, nil).status(http.StatusOK)
			h.get(alice, address).absent()
		}
	})
}

func TestWhatIsNoFilter(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for _, c := range []struct{ body, about string }{
		{"context[]=home", "Title"},
		{"title=%20&context[]=home", "Title"},
		{"title=x", "Context"},
		{"title=x&context[]=nowhere", "nowhere"},
		{"title=x&context[]=home&filter_action=burn", "burn"},
		{"title=x&context[]=home&expires_in=soon", "seconds"},
		{"title=x&context[]=home&expires_in=-1", "seconds"},
		{"title=x&context[]=home&expires_in=9000000000", "100 years"},
		{"title=x&context[]=home&expires_in=99999999999999999999", "seconds"},
		{"context[]=home&title=" + strings.Repeat("x", 257), "256"},
		{"title=x&context[]=home&keywords_attributes[0][keyword]=", "Keyword"},
		{"title=x&context[]=home&keywords_attributes[0][keyword]=" + strings.Repeat("x", 513), "512"},
	} {
		if text := h.post(alice, "/api/v2/filters", c.body).refused(http.StatusUnprocessableEntity); !strings.Contains(text, c.about) {
			t.Errorf("%.60s: %s", c.body, text)
		}
	}
	many := []any{}
	for i := range 501 {
		many = append(many, map[string]any{"keyword": fmt.Sprint("k", i)})
	}
	h.post(alice, "/api/v2/filters", map[string]any{"title": "x", "context": []string{"home"}, "keywords_attributes": many}).refused(http.StatusUnprocessableEntity)
	if left := h.get(alice, "/api/v2/filters").list(); len(left) != 0 {
		t.Errorf("stored %v", left)
	}
	h.post(alice, "/api/v1/filters", "phrase=x").refused(http.StatusUnprocessableEntity)
	h.post(alice, "/api/v1/filters", "context[]=home").refused(http.StatusUnprocessableEntity)
}

func TestOldFilters(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		made := h.post(alice, "/api/v1/filters", "phrase=spider&context[]=home&context[]=thread&irreversible=true&whole_word=false&expires_in=60").object()
		one := "/api/v1/filters/" + made["id"].(string)
		if made["phrase"] != "spider" || made["irreversible"] != true || made["whole_word"] != false || made["expires_at"] == nil {
			t.Errorf("made %v", made)
		}
		if got := h.get(alice, "/api/v1/filters").list(); len(got) != 1 || got[0]["id"] != made["id"] || h.get(alice, one).object()["phrase"] != "spider" {
			t.Errorf("listed %v", got)
		}
		got := h.as(alice, http.MethodPut, one, map[string]any{"phrase": "wasp", "context": []string{"public"}, "irreversible": false, "expires_in": ""}).object()
		if got["phrase"] != "wasp" || got["irreversible"] != false || got["expires_at"] != nil || got["whole_word"] != false || got["id"] != made["id"] {
			t.Errorf("changed %v", got)
		}
		// It is the same to those who know more.
		whole := h.get(alice, "/api/v2/filters").list()[0]
		if whole["title"] != "spider" || whole["keywords"].([]any)[0].(map[string]any)["id"] != made["id"] {
			t.Errorf("whole %v", whole)
		}
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
			h.as(bob, method, one, nil).absent()
		}
		h.post(alice, "/api/v2/filters/"+whole["id"].(string)+"/keywords", "keyword=bee").status(http.StatusOK)
		h.as(alice, http.MethodPut, one, "context[]=home").refused(http.StatusUnprocessableEntity)
		h.as(alice, http.MethodPut, one, "phrase=hornet").status(http.StatusOK)
		for _, filter := range h.get(alice, "/api/v1/filters").list() {
			h.as(alice, http.MethodDelete, "/api/v1/filters/"+filter["id"].(string), nil).status(http.StatusOK)
		}
		if left := h.get(alice, "/api/v2/filters").list(); len(left) != 0 {
			t.Errorf("left %v", left)
		}
	})
}

func TestFiltersMarkPosts(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		them := h.remote("them", "b.test", models.TypePerson)
		h.follows(alice, bob)
		h.follows(alice, them)
		own := h.write(alice, "my own tea", "public", nil)
		plain := h.write(bob, "nothing here, @alice", "public", own)
		word := h.write(bob, "Tea for two", "public", own)
		shown := h.receive(practice.Draft{
			Author: them, URI: "https://b.test/p/1", Content: "<p>Look: c<b>ha</b>i</p>", SpoilerText: "Warm", Mentions: []*models.Actor{alice},
			Attachments: []models.Attachment{{Type: "image", URL: "https://b.test/1.png", Description: "a cup of TEA"}},
		})
		h.post(bob, pathOf("/api/v1/statuses/{id}/reblog", shown.ID), nil).status(http.StatusOK)
		made := h.post(alice, "/api/v2/filters", map[string]any{
			"title": "Tea", "context": []string{"home"}, "keywords_attributes": []any{map[string]any{"keyword": "tea"}, map[string]any{"keyword": "chai"}},
		}).object()
		ends := h.post(alice, "/api/v2/filters", "title=Warm&context[]=public&filter_action=hide&expires_in=100&keywords_attributes[0][keyword]=warm").object()
		h.post(alice, "/api/v2/filters/"+made["id"].(string)+"/statuses", "status_id="+formatID(plain.ID)).status(http.StatusOK)

		for _, path := range []string{
			"/api/v1/timelines/home", "/api/v1/timelines/public", pathOf("/api/v1/accounts/{id}/statuses", bob.ID),
			pathOf("/api/v1/accounts/{id}/statuses", alice.ID), pathOf("/api/v1/accounts/{id}/statuses", them.ID),
		} {
			list := h.get(alice, path).list()
			if len(list) == 0 {
				t.Errorf("%s is empty", path)
			}
			for _, status := range list {
				inner := status
				if carried, ok := status["reblog"].(map[string]any); ok {
					inner = carried
					expectHits(t, path+" boost", status, "Tea[chai tea]0", "Warm[warm]0")
				}
				switch inner["id"] {
				case formatID(own.ID):
					expectHits(t, path, status)
				case formatID(plain.ID):
					expectHits(t, path, status, "Tea[]1")
				case formatID(word.ID):
					expectHits(t, path, status, "Tea[tea]0")
				case formatID(shown.ID):
					expectHits(t, path, inner, "Tea[chai tea]0", "Warm[warm]0")
				}
			}
		}
		below := h.get(alice, pathOf("/api/v1/statuses/{id}/context", own.ID)).object()["descendants"].([]any)
		expectHits(t, "context", below[0].(map[string]any), "Tea[]1")
		for _, n := range h.get(alice, "/api/v1/notifications?types[]=mention").list() {
			if hits(n["status"].(map[string]any)) == nil || len(hits(n["status"].(map[string]any))) == 0 {
				t.Errorf("a notification is not filtered: %v", n["status"])
			}
		}
		for _, status := range h.get(alice, "/api/v2/notifications").object()["statuses"].([]any) {
			if status := status.(map[string]any); status["id"] != formatID(own.ID) && len(hits(status)) == 0 {
				t.Errorf("a notification is not filtered: %v", status)
			}
		}
		result := h.get(alice, pathOf("/api/v1/statuses/{id}", word.ID)).object()["filtered"].([]any)[0].(map[string]any)
		if of := result["filter"].(map[string]any); of["id"] != made["id"] || of["filter_action"] != "warn" || of["keywords"] != nil || of["context"].([]any)[0] != "home" || result["status_matches"] != nil {
			t.Errorf("result %v", result)
		}
		// Others, and nobody, have no part in it, and what ended holds no more.
		for _, who := range []*models.Actor{bob, nil} {
			expectHits(t, "of others", h.get(who, pathOf("/api/v1/statuses/{id}", shown.ID)).object())
		}
		h.seconds.Add(200)
		expectHits(t, "ended", h.get(alice, pathOf("/api/v1/statuses/{id}", shown.ID)).object(), "Tea[chai tea]0")
		h.as(alice, http.MethodPut, "/api/v2/filters/"+ends["id"].(string), "expires_in=").status(http.StatusOK)
		expectHits(t, "without end", h.get(alice, pathOf("/api/v1/statuses/{id}", shown.ID)).object(), "Tea[chai tea]0", "Warm[warm]0")
	})
}
