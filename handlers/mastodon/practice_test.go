package mastodon

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// praxisOf gives what a status is as a practice post.
func praxisOf(t *testing.T, status map[string]any) map[string]any {
	t.Helper()
	info, ok := status["praxis"].(map[string]any)
	if !ok {
		t.Fatalf("praxis is %v", status["praxis"])
	}
	return info
}

// raw gives an answer that is no JSON.
func (h *house) raw(actor *models.Actor, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	r, w := httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, path, nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer "+h.tokens[actor.ID])
	h.handler.ServeHTTP(w, r)
	return w
}

// TestExplicitFields: what a client says beside the text is stored, shown, and kept by an edit that does not name it.
func TestExplicitFields(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		care := h.community("care", alice, false)
		source := h.post(alice, "/api/v1/statuses", "status=older").object()
		made := h.post(alice, "/api/v1/statuses", map[string]any{
			"status": "The text itself.", "title": "A form: R & D", "kind": "AssetShare", "community_id": formatID(care.ID),
			"license": "https://creativecommons.org/licenses/by/4.0/", "version": "2", "based_on": []string{source["id"].(string), "https://b.test/1"},
			"topics": []string{"#wounds", "dressing"},
		}).object()
		info := praxisOf(t, made)
		if info["title"] != "A form: R & D" || info["kind"] != "AssetShare" || info["label"] != "Asset" || info["license"] != "CC-BY-4.0" ||
			info["license_url"] != "https://spdx.org/licenses/CC-BY-4.0" || info["version"] != "2" || info["revision"] != 1.0 {
			t.Errorf("praxis %v", info)
		}
		if info["community"].(map[string]any)["id"] != formatID(care.ID) {
			t.Errorf("community %v", info["community"])
		}
		sources := info["based_on"].([]any)
		if first := sources[0].(map[string]any); len(sources) != 2 || first["id"] != source["id"] || first["uri"] != source["uri"] {
			t.Errorf("based on %v", sources)
		}
		if made["content"] != "<p><strong>A form: R &amp; D</strong></p><p>The text itself.</p>" {
			t.Errorf("content %q", made["content"])
		}
		path := "/api/v1/statuses/" + made["id"].(string)
		if text := h.get(alice, path+"/source").object()["text"]; text != "The text itself." {
			t.Errorf("the source is %q", text)
		}
		h.as(alice, http.MethodPut, path, map[string]any{"status": "Other text."}).status(http.StatusOK)
		edited := h.as(alice, http.MethodPut, path, map[string]any{"license": "my own terms", "based_on": []string{}}).object()
		info = praxisOf(t, edited)
		if info["title"] != "A form: R & D" || info["license"] != "my own terms" || info["license_url"] != nil || info["version"] != "2" ||
			len(info["based_on"].([]any)) != 0 || info["revision"] != 3.0 || !strings.Contains(edited["content"].(string), "Other text.") {
			t.Errorf("after the edits: %v, %v", info, edited["content"])
		}
		info = praxisOf(t, h.as(alice, http.MethodPut, path, map[string]any{"title": "New", "kind": "Documentation", "document_status": "Draft", "review_at": "2027-01-31"}).object())
		if info["title"] != "New" || info["kind"] != "Documentation" || info["document_status"] != "draft" || info["review_at"] != "2027-01-31T00:00:00.000Z" {
			t.Errorf("after a new kind: %v", info)
		}
		if plain := h.get(alice, "/api/v1/statuses/"+source["id"].(string)).object(); plain["praxis"] != nil {
			t.Errorf("a plain post has %v", plain["praxis"])
		}
		if shown := h.get(alice, pathOf("/api/v1/accounts/{id}", care.ID)).object()["praxis"].(map[string]any); len(shown["kinds"].([]any)) != 12 {
			t.Errorf("the community is %v", shown)
		}
	})
}

// TestWrongFields: what cannot be is refused with the field and what would be right, and nothing is stored.
func TestWrongFields(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	care := h.community("care", alice, false)
	id := formatID(care.ID)
	for name, c := range map[string]struct {
		fields map[string]any
		right  string
	}{
		"community_id":    {map[string]any{"community_id": formatID(alice.ID)}, "id of a group"},
		"kind":            {map[string]any{"kind": "Nonsense"}, "ProblemSolving, InformationRequest"},
		"visibility":      {map[string]any{"community_id": id, "visibility": "private"}, "public or unlisted"},
		"title":           {map[string]any{"title": strings.Repeat("x", 201)}, "200"},
		"license":         {map[string]any{"license": strings.Repeat("x", 201)}, "200"},
		"threshold":       {map[string]any{"threshold": "many"}, "such as 25"},
		"capacity":        {map[string]any{"capacity": "1.5"}, "such as 12"},
		"deadline":        {map[string]any{"deadline": "tomorrow"}, "such as 2026"},
		"end_time":        {map[string]any{"start_time": "2027-01-02T10:00:00Z", "end_time": "2027-01-02T09:00:00Z"}, "before start_time"},
		"timezone":        {map[string]any{"timezone": "Mars/Olympus"}, "Europe/Berlin"},
		"url":             {map[string]any{"url": "javascript:alert(1)"}, "http"},
		"based_on":        {map[string]any{"based_on": []string{"nonsense"}}, "id of a status"},
		"document_status": {map[string]any{"document_status": "great"}, "draft, review, stable, outdated"},
		"state":           {map[string]any{"state": "great"}, "open nor withdrawn"},
	} {
		c.fields["status"] = "text"
		answer := h.post(alice, "/api/v1/statuses", c.fields)
		var refusal struct {
			Error   string
			Details map[string]any
		}
		h.must(json.Unmarshal(answer.status(http.StatusUnprocessableEntity).Body.Bytes(), &refusal))
		details := refusal.Details
		if text := refusal.Error; !strings.Contains(text, c.right) || details[name] == nil {
			t.Errorf("%s: the answer is %s, details %v", name, text, details)
		}
	}
	root := h.write(h.member("bob"), "root", "public", nil)
	reply := h.post(alice, "/api/v1/statuses", map[string]any{"status": "a reply", "in_reply_to_id": formatID(root.ID)}).object()["id"].(string)
	for _, fields := range []map[string]any{{"title": "x"}, {"kind": "Visit"}, {"community_id": id}} {
		fields["status"], fields["in_reply_to_id"] = "another", formatID(root.ID)
		h.post(alice, "/api/v1/statuses", fields).status(http.StatusUnprocessableEntity)
	}
	h.as(alice, http.MethodPut, "/api/v1/statuses/"+reply, map[string]any{"title": "x"}).status(http.StatusUnprocessableEntity)
	h.as(alice, http.MethodPut, "/api/v1/statuses/"+reply, map[string]any{"kind": "Visit"}).status(http.StatusUnprocessableEntity)
	h.as(alice, http.MethodDelete, "/api/v1/statuses/"+reply, nil).status(http.StatusOK)
	if own := h.get(alice, pathOf("/api/v1/accounts/{id}/statuses", alice.ID)).list(); len(own) != 0 {
		t.Errorf("%d posts were stored", len(own))
	}
}

// TestWhoSeesResponses: numbers are for all; who joins is for who coordinates, who comes for the host and those who come.
func TestWhoSeesResponses(t *testing.T) {
	h := newHouse(t)
	alice, bob, cleo := h.member("alice"), h.member("bob"), h.member("cleo")
	care := h.community("care", h.member("dora"), false)
	pool := h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "Gauze", "kind": "Coordination", "unit": "kg", "threshold": 20, "deadline": "2099-01-01", "community_id": formatID(care.ID),
	}).object()["id"].(string)
	visit := h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "Come", "kind": "Visit", "start_time": "2099-01-01T10:00", "timezone": "Europe/Berlin", "capacity": 1, "community_id": formatID(care.ID),
	}).object()["id"].(string)
	for _, c := range []struct {
		who      *models.Actor
		to, text string
	}{{bob, pool, "#join 5,5 kg"}, {cleo, pool, "we take part: #join 3 kg"}, {bob, visit, "#going"}, {cleo, visit, "#going"}} {
		h.post(c.who, "/api/v1/statuses", map[string]any{"status": c.text, "in_reply_to_id": c.to}).status(http.StatusOK)
	}
	info := praxisOf(t, h.get(nil, "/api/v1/statuses/"+pool).object())["pledges"].(map[string]any)
	if info["sum"] != 8.5 || info["count"] != 2.0 || info["threshold"] != 20.0 || info["unit"] != "kg" || info["deadline"] != "2099-01-01T00:00:00.000Z" {
		t.Errorf("pledges %v", info)
	}
	event := praxisOf(t, h.get(nil, "/api/v1/statuses/"+visit).object())["event"].(map[string]any)
	if event["going"] != 1.0 || event["remaining"] != 0.0 || event["start_time"] != "2099-01-01T09:00:00.000Z" {
		t.Errorf("event %v", event)
	}
	path := func(id, verb string) string { return "/api/praxis/v1/statuses/" + id + "/responses?verb=" + verb }
	for _, who := range []*models.Actor{nil, bob, cleo} {
		h.get(who, path(pool, "joined")).status(http.StatusForbidden)
	}
	h.get(cleo, path(visit, "going")).status(http.StatusForbidden)
	h.get(alice, path(visit, "nonsense")).status(http.StatusUnprocessableEntity)
	if going := h.get(bob, path(visit, "going")).list(); len(going) != 1 || going[0]["answer"] != "going" || going[0]["account"].(map[string]any)["acct"] != "bob" {
		t.Errorf("bob sees %v", going)
	}
	if joined := h.get(alice, path(pool, "joined")).list(); len(joined) != 2 || joined[0]["amount"] != 5.5 || joined[0]["status_id"] == nil {
		t.Errorf("alice sees %v", joined)
	}
	name := "=cmd()"
	_, err := h.service.UpdateProfile(t.Context(), bob, practice.Profile{DisplayName: &name})
	h.must(err)
	table, err := csv.NewReader(h.raw(alice, path(pool, "joined")+"&format=csv").Body).ReadAll()
	h.must(err)
	h.get(bob, path(pool, "joined")+"&format=csv").status(http.StatusForbidden)
	if len(table) != 3 || table[1][0] != "bob@"+h.service.Links().Host || table[1][1] != "'=cmd()" || table[1][3] != "5.5" || table[1][4] != "kg" {
		t.Errorf("the table is %q", table)
	}
}

// TestKindsOfACommunity: those who moderate it say which kinds it uses, and which words choose them.
func TestKindsOfACommunity(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		care := h.community("care", alice, false)
		path := pathOf("/api/praxis/v1/communities/{id}/kinds", care.ID)
		said := map[string]any{"kinds": []string{"ProblemSolving", "Visit"}, "words": map[string]any{"#Runde": "Visit", "Klemmt:": "ProblemSolving"}, "commands": false}
		h.as(bob, http.MethodPut, path, said).status(http.StatusForbidden)
		h.as(alice, http.MethodPut, path, map[string]any{"kinds": []string{"Answer"}}).status(http.StatusUnprocessableEntity)
		h.as(alice, http.MethodPut, path, map[string]any{"words": map[string]any{"two words": "Visit"}}).status(http.StatusUnprocessableEntity)
		h.as(alice, http.MethodPut, path, said).status(http.StatusOK)
		shown := h.get(nil, path).object()
		if words := shown["words"].(map[string]any); len(shown["kinds"].([]any)) != 2 || words["#runde"] != "Visit" || words["klemmt:"] != "ProblemSolving" || shown["commands"] != false {
			t.Errorf("shown %v", shown)
		}
		for text, want := range map[string]string{
			"@care a round #runde": "Visit", "@care Klemmt: die Pumpe": "ProblemSolving", "@care who knows? #ask": "", "@care it is #stuck": "ProblemSolving",
		} {
			got := praxisOf(t, h.post(bob, "/api/v1/statuses", map[string]any{"status": text}).object())["kind"]
			if got != want {
				t.Errorf("%q is of the kind %v, want %q", text, got, want)
			}
		}
		refused := h.post(bob, "/api/v1/statuses", map[string]any{"status": "x", "kind": "Story", "community_id": formatID(care.ID)})
		if text := refused.refused(http.StatusUnprocessableEntity); !strings.Contains(text, "ProblemSolving, Visit") {
			t.Errorf("the answer is %s", text)
		}
		h.get(nil, pathOf("/api/praxis/v1/communities/{id}/kinds", alice.ID)).status(http.StatusNotFound)
	})
}

// TestScheduledPracticePost: what waits for its time keeps what was said beside the text.
func TestScheduledPracticePost(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	care := h.community("care", alice, false)
	h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "later", "title": "Later", "kind": "Story", "license": "CC0", "community_id": formatID(care.ID),
		"scheduled_at": h.store.Now().Add(600e9).Format("2006-01-02T15:04:05Z"),
	}).status(http.StatusOK)
	rows, err := h.store.Read(t.Context()).ScheduledPosts(alice.ID, models.Page{Limit: 5})
	h.must(err)
	params, err := practice.ParamsOf(&rows[0])
	h.must(err)
	if params.Title != "Later" || params.Kind != "Story" || params.CommunityID != care.ID || *params.Facts.License != "CC0" {
		t.Errorf("kept is %+v", params)
	}
}
