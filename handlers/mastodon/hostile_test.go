package mastodon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
)

// namesOfParameters finds every name of a parameter that the handlers speak of.
func namesOfParameters(t *testing.T) []string {
	t.Helper()
	return found(t, "*.go", regexp.MustCompile("(?:mapstructure:\"|params\\.(?:text|has|number)\\(\"|params\\[\")([a-z_]+)"))
}

// tables finds every table that there is.
func tables(t *testing.T) []string {
	t.Helper()
	names := found(t, "../../models/migrations/sqlite/*.sql", regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`))
	return slices.DeleteFunc(names, func(name string) bool {
		return strings.HasSuffix(name, "_new") || strings.HasSuffix(name, "_old") || name == "admin_action" // is audit_entry by now
	})
}

func found(t *testing.T, pattern string, what *regexp.Regexp) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	var names []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range what.FindAllSubmatch(raw, -1) {
			names = append(names, string(match[1]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// rows counts the rows of all tables but those in which a request alone leaves its trace.
func rows(h *house, of []string) map[string]int64 {
	h.t.Helper()
	counts := map[string]int64{}
	for _, table := range of {
		n, err := h.store.Read(h.t.Context()).CountRows(table)
		h.must(err)
		counts[table] = n
	}
	return counts
}

// hostileBodies are what no client sends: each gives all parameters that there are a value of one sort.
func hostileBodies(names []string) map[string]string {
	all := func(value any) string {
		object := map[string]any{}
		for _, name := range names {
			object[name] = value
		}
		raw, err := json.Marshal(object)
		if err != nil {
			panic(err)
		}
		return string(raw)
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = strconv.Itoa(i + 1)
	}
	lists := map[string]any{}
	for _, name := range []string{"id", "ids", "media_ids", "status_ids", "account_ids", "rule_ids", "types", "timeline"} {
		lists[name] = many
	}
	listed, err := json.Marshal(lists)
	if err != nil {
		panic(err)
	}
	return map[string]string{
		"NUL": all("a\x00b"), "SQL": all(`'"; DROP TABLE post; --`), "HTML": all(`<script>alert(1)</script><img src=x onerror=alert(1)>`),
		"lists": string(listed), "nested": all(map[string]any{"a": map[string]any{"b": []any{nil, map[string]any{}}}}), "null": all(nil),
		"true": all(true), "empty": all(""), "negative": all(-1), "large": all(json.Number("9223372036854775807")), "larger": all(json.Number("1e400")),
		"list of lists": all([]any{[]any{[]any{}}, "x"}), "long": all(strings.Repeat("x", 900_000/max(1, len(names)))),
		"too long": all(strings.Repeat("x", 2_000_000/max(1, len(names)))), "deep": strings.Repeat(`{"a":`, 20_000), "no JSON": `{"a":`, "not UTF-8": "{\"text\":\"\xff\"}",
	}
}

// hostileQueries are the same for what has no body.
func hostileQueries(names []string) map[string]string {
	all := func(format string) string {
		pairs := make([]string, len(names))
		for i, name := range names {
			pairs[i] = fmt.Sprintf(format, name)
		}
		return strings.Join(pairs, "&")
	}
	return map[string]string{
		"NUL": all("%s=a%%00b"), "not UTF-8": all("%s=%%ff"), "SQL": all("%s='%%22%%3B+DROP+TABLE+post%%3B--"), "HTML": all("%s=<script>alert(1)</script>"),
		"lists": all("%[1]s[]=1&%[1]s[]=x"), "nested": all("%s[a][b][]=1"), "empty": all("%s="), "negative": all("%s=-1"),
		"large": all("%s=9223372036854775807"), "larger": all("%s=99999999999999999999"), "malformed": "%zz", "long": "q=" + strings.Repeat("x", 20_000),
		"many ids": strings.Repeat("id[]=1&", 10_000),
	}
}

// TestHostileParameters sends nonsense to every route: nothing fails on the server, and what is refused leaves nothing.
func TestHostileParameters(t *testing.T) {
	names, of := namesOfParameters(t), tables(t)
	if len(names) < 40 || len(of) < 30 {
		t.Fatalf("%d names, %d tables", len(names), len(of))
	}
	bodies, queries := hostileBodies(names), hostileQueries(names)
	testdb.Each(t, func(t *testing.T, database string) {
		t.Parallel() // it is the longest test of all, and mostly waits for its database
		h := newHouseOn(t, database)
		alice := h.member("alice")
		post := h.write(alice, "mine", "public", nil)
		before := rows(h, of)
		for _, rt := range h.server.routes() {
			path := strings.NewReplacer("{id}", formatID(post.ID), "{tag}", "x", "{key}", "ungrouped-1").Replace(rt.path)
			if rt.methods[0] == http.MethodDelete && strings.Contains(rt.path, "/statuses/{id}") {
				continue // nothing that is sent with it matters
			}
			if rt.methods[0] == http.MethodGet {
				for kind, query := range queries {
					checkHostile(t, "GET "+path+" with "+kind, h.get(alice, path+"?"+query))
				}
				continue
			}
			refused := true
			for kind, body := range bodies {
				r := httptest.NewRequestWithContext(t.Context(), rt.methods[0], path, strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				a := h.do(h.tokens[alice.ID], r)
				refused = refused && a.Code >= http.StatusBadRequest
				checkHostile(t, rt.methods[0]+" "+path+" with "+kind, a)
			}
			after := rows(h, of)
			if refused && !slices.Equal(countsOf(of, before), countsOf(of, after)) {
				t.Errorf("%s %s refuses everything, and changes %v into %v", rt.methods[0], path, before, after)
			}
			before = after
		}
	})
}

func countsOf(names []string, counts map[string]int64) []int64 {
	list := make([]int64, len(names))
	for i, name := range names {
		list[i] = counts[name]
	}
	return list
}

func checkHostile(t *testing.T, what string, a answer) {
	t.Helper()
	if a.Code >= http.StatusInternalServerError && a.Code != http.StatusServiceUnavailable {
		t.Errorf("%s: %d %.300s", what, a.Code, a.Body)
		return
	}
	var value any
	if err := json.Unmarshal(a.Body.Bytes(), &value); err != nil {
		t.Errorf("%s: no JSON: %.300s", what, a.Body)
	}
	if a.Code >= http.StatusBadRequest {
		if object, ok := value.(map[string]any); !ok || object["error"] == nil || object["error"] == "" {
			t.Errorf("%s: %d without a reason: %.300s", what, a.Code, a.Body)
		}
		if a.Body.Len() > 4000 {
			t.Errorf("%s: the refusal has %d bytes", what, a.Body.Len())
		}
	}
	if at := scripted(value); at != "" {
		t.Errorf("%s: a script in %s", what, at)
	}
}

// scripted finds a script in what clients show as HTML.
func scripted(value any) string {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			if at := scripted(item); at != "" {
				return at
			}
		}
	case map[string]any:
		for name, item := range value {
			if text, ok := item.(string); ok && (name == "content" || name == "note" || name == "html") && strings.Contains(text, "<script") {
				return name
			}
			if at := scripted(item); at != "" {
				return name + "." + at
			}
		}
	}
	return ""
}

// belongings makes one of everything that can be bob's alone, and gives their ids.
func belongings(h *house, bob *models.Actor) []string {
	h.t.Helper()
	filter := h.post(bob, "/api/v2/filters", map[string]any{
		"title": hidden, "context": []string{"home"}, "keywords_attributes": []any{map[string]any{"keyword": hidden}},
	}).object()
	owned := []string{filter["id"].(string), filter["keywords"].([]any)[0].(map[string]any)["id"].(string)}
	note := h.write(bob, hidden+" to myself", "direct", nil)
	entry := h.post(bob, "/api/v2/filters/"+owned[0]+"/statuses", "status_id="+formatID(note.ID)).object()
	owned = append(owned, entry["id"].(string), formatID(note.ID))
	h.as(bob, http.MethodPut, "/api/v2/notifications/policy", "for_not_following=filter").status(http.StatusOK)
	mentions(h, h.remote("held", "b.test", models.TypePerson), bob, hidden, models.Direct)
	for _, path := range []string{"/api/v1/conversations", "/api/v1/notifications/requests", "/api/v1/notifications?include_filtered=true"} {
		list := idsOf(h.get(bob, path).list())
		if len(list) == 0 {
			h.t.Fatalf("%s is empty", path)
		}
		owned = append(owned, list...)
	}
	// What is not there yet is refused, and then there is nothing to find.
	for path, body := range map[string]any{
		"/api/v1/lists": map[string]any{"title": hidden}, "/api/v1/featured_tags": map[string]any{"name": hidden},
		"/api/v1/statuses": map[string]any{"status": hidden, "visibility": "direct", "scheduled_at": "2027-01-01T00:00:00.000Z"},
	} {
		var made struct{ ID string }
		if a := h.post(bob, path, body); a.Code == http.StatusOK && json.Unmarshal(a.Body.Bytes(), &made) == nil && made.ID != "" {
			owned = append(owned, made.ID)
		}
	}
	return owned
}

// TestE23_NothingOfOthersOnAnyRoute names bob's things to every route in mallory's name, with an app's token, and without
// any: no answer tells of them, and they stay as they are.
func TestE23_NothingOfOthersOnAnyRoute(t *testing.T) {
	h := newHouse(t)
	bob, mallory := h.member("bob"), h.member("mallory")
	owned := belongings(h, bob)
	look := func() string {
		seen := ""
		for _, path := range []string{"/api/v2/filters", "/api/v1/conversations", "/api/v1/notifications/requests", "/api/v1/notifications?include_filtered=true", "/api/v1/lists", "/api/v1/scheduled_statuses"} {
			seen += h.get(bob, path).Body.String() + "\n"
		}
		return seen
	}
	before := look()
	tokens := map[string]string{"mallory": h.tokens[mallory.ID], "nobody": "", "a narrow token": h.token(mallory, "profile")}
	for _, rt := range h.server.routes() {
		if !strings.Contains(rt.path, "{id}") && !strings.Contains(rt.path, "{key}") {
			continue
		}
		for _, id := range owned {
			path := strings.NewReplacer("{id}", id, "{tag}", "x", "{key}", "ungrouped-"+id).Replace(rt.path)
			for who, token := range tokens {
				body := map[string]any{"status_id": id, "id": []string{id}, "account_ids": []string{id}, "keyword": "x", "status": "x", "title": "x"}
				a := h.send(token, rt.methods[0], path, bodyFor(rt, body))
				if a.Code >= http.StatusInternalServerError || strings.Contains(a.Body.String(), hidden) {
					t.Errorf("%s %s by %s: %d %.300s", rt.methods[0], path, who, a.Code, a.Body)
				}
				if a.Code < http.StatusBadRequest && strings.TrimSpace(a.Body.String()) != "{}" && a.Body.String() != "[]" {
					t.Errorf("%s %s by %s: %d %.300s", rt.methods[0], path, who, a.Code, a.Body)
				}
			}
		}
	}
	if after := look(); after != before {
		t.Errorf("bob's things changed from\n%s\nto\n%s", before, after)
	}
}

func bodyFor(rt route, body map[string]any) any {
	if rt.methods[0] == http.MethodGet {
		return nil
	}
	return body
}
