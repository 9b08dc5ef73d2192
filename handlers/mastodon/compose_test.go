package mastodon

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestCreateStatusTakesEveryEncoding: clients send what they post as JSON, as a form, in parts, and in the query alone.
func TestCreateStatusTakesEveryEncoding(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	multipart := "--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nhello\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"sensitive\"\r\n\r\ntrue\r\n--x--\r\n"
	for name, c := range map[string]struct{ query, kind, body string }{
		"json":             {"", "application/json; charset=utf-8", `{"status":"hello","sensitive":true,"in_reply_to_id":null}`},
		"form":             {"", "application/x-www-form-urlencoded", "status=hello&sensitive=on"},
		"parts":            {"", "multipart/form-data; boundary=x", multipart},
		"query":            {"?status=hello&sensitive=1", "", ""},
		"query and body":   {"?status=other", "application/x-www-form-urlencoded", "status=hello&sensitive=true"},
		"form without say": {"", "", "status=hello&sensitive=true"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/statuses"+c.query, strings.NewReader(c.body))
			if c.kind != "" {
				r.Header.Set("Content-Type", c.kind)
			}
			got := h.do(h.tokens[alice.ID], r).object()
			if !strings.Contains(got["content"].(string), "hello") || got["sensitive"] != true {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCreateStatusBadInput(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	for name, c := range map[string]struct {
		kind, body string
		status     int
		says       string
	}{
		"broken json":   {"application/json", `{"status":`, http.StatusBadRequest, "no JSON object"},
		"json list":     {"application/json", `["status"]`, http.StatusBadRequest, "no JSON object"},
		"two objects":   {"application/json", `{"status":"a"}{}`, http.StatusBadRequest, "no JSON object"},
		"broken form":   {"application/x-www-form-urlencoded", "status=%zz", http.StatusBadRequest, "malformed"},
		"broken parts":  {"multipart/form-data", "x", http.StatusBadRequest, "could not be read"},
		"nul":           {"application/json", "{\"status\":\"a\\u0000b\"}", http.StatusBadRequest, "UTF-8"},
		"no utf-8":      {"application/x-www-form-urlencoded", "status=%ff", http.StatusBadRequest, "UTF-8"},
		"object":        {"application/json", `{"status":{"a":"b"}}`, http.StatusUnprocessableEntity, "status has a value"},
		"empty":         {"application/json", `{"status":"  "}`, http.StatusUnprocessableEntity, "blank"},
		"too long":      {"application/json", `{"status":"` + strings.Repeat("x", 5001) + `"}`, http.StatusUnprocessableEntity, "at most 5000"},
		"visibility":    {"application/json", `{"status":"a","visibility":"friends"}`, http.StatusUnprocessableEntity, "friends"},
		"media":         {"application/json", `{"status":"a","media_ids":["1"]}`, http.StatusUnprocessableEntity, "Media 1 not found"},
		"poll":          {"application/json", `{"status":"a","poll":{"options":["a","b"]}}`, http.StatusUnprocessableEntity, "at least 300"},
		"poll as form":  {"application/x-www-form-urlencoded", "status=a&poll[options][]=b", http.StatusUnprocessableEntity, "more than one"},
		"scheduled":     {"application/json", `{"status":"a","scheduled_at":"2020-01-01T00:00:00Z"}`, http.StatusUnprocessableEntity, "5 minutes"},
		"quote absent":  {"application/json", `{"status":"a","quoted_status_id":"1"}`, http.StatusNotFound, "not found"},
		"quote no id":   {"application/json", `{"status":"a","quoted_status_id":"x"}`, http.StatusNotFound, "not found"},
		"quote policy":  {"application/json", `{"status":"a","quote_approval_policy":"friends"}`, http.StatusUnprocessableEntity, "friends"},
		"parent absent": {"application/json", `{"status":"a","in_reply_to_id":"1"}`, http.StatusNotFound, "not found"},
		"parent no id":  {"application/json", `{"status":"a","in_reply_to_id":"x"}`, http.StatusNotFound, "not found"},
		"too large":     {"application/json", `{"status":"` + strings.Repeat("x", maxBody) + `"}`, http.StatusRequestEntityTooLarge, "too large"},
		"parts too large": {
			"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\n" + strings.Repeat("x", maxBody) + "\r\n--x--\r\n",
			http.StatusRequestEntityTooLarge, "too large",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/statuses", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			if text := h.do(h.tokens[alice.ID], r).refused(c.status); !strings.Contains(text, c.says) {
				t.Errorf("says %q", text)
			}
		})
	}
	if got := h.get(alice, "/api/v1/accounts/"+formatID(alice.ID)+"/statuses").list(); len(got) != 0 {
		t.Errorf("%d posts came of it", len(got))
	}
}

// TestEmptyListsAreNoAttachments: clients send the fields that they leave empty.
func TestEmptyListsAreNoAttachments(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "a", "media_ids": []string{}, "poll": nil, "scheduled_at": nil, "spoiler_text": "", "language": "EN",
	}).status(http.StatusOK)
}

func TestIdempotencyKey(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	write := func(who *models.Actor, key string) string {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/statuses?status=once", nil)
		r.Header.Set("Idempotency-Key", key)
		return h.do(h.tokens[who.ID], r).object()["id"].(string)
	}
	long := strings.Repeat("k", 5000) + "\xff"
	if write(alice, "k1") != write(alice, "k1") || write(alice, long) != write(alice, long) {
		t.Error("the same key made two posts")
	}
	if write(alice, "k1") == write(alice, "k2") || write(alice, "k1") == write(bob, "k1") {
		t.Error("different keys made one post")
	}
}

func TestPostingDefaults(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	h.as(alice, http.MethodPatch, "/api/v1/accounts/update_credentials", "source[privacy]=unlisted&source[sensitive]=true&source[language]=de").
		status(http.StatusOK)
	got := h.post(alice, "/api/v1/statuses", "status=a").object()
	if got["visibility"] != "unlisted" || got["sensitive"] != true || got["language"] != "de" {
		t.Errorf("got %v %v %v", got["visibility"], got["sensitive"], got["language"])
	}
	// An answer has no more readers than what it answers, unless its author says so.
	private := h.write(bob, "@alice hush", "direct", nil)
	got = h.post(alice, "/api/v1/statuses", map[string]any{"status": "@bob yes", "in_reply_to_id": formatID(private.ID)}).object()
	if got["visibility"] != "direct" || got["in_reply_to_id"] != formatID(private.ID) || got["in_reply_to_account_id"] != formatID(bob.ID) {
		t.Errorf("the answer is %v to %v of %v", got["visibility"], got["in_reply_to_id"], got["in_reply_to_account_id"])
	}
}

// TestPostIntoCommunity: the community that a public post names takes it, gives it a title, and shares it.
func TestPostIntoCommunity(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	care := h.community("care", alice, false)
	h.post(bob, pathOf("/api/v1/accounts/{id}/follow", care.ID), nil).status(http.StatusOK)
	text := "@care How often do you change a dressing?\n\nWe do it daily. #ask"
	made := h.post(alice, "/api/v1/statuses", map[string]any{"status": text}).object()
	info := made["praxis"].(map[string]any)
	if info["title"] == "" || info["kind"] != practice.InformationRequest || info["solved"] != false {
		t.Errorf("praxis %v", info)
	}
	if group, _ := info["community"].(map[string]any); group["acct"] != "care" {
		t.Errorf("community %v", info["community"])
	}
	if strings.Contains(made["content"].(string), "<strong>") {
		t.Errorf("the title stands twice in %s", made["content"])
	}
	home := h.get(bob, "/api/v1/timelines/home").list()
	if len(home) != 1 {
		t.Fatalf("home has %d entries", len(home))
	}
	sharer, carried := home[0]["account"].(map[string]any), home[0]["reblog"].(map[string]any)
	if sharer["group"] != true || sharer["acct"] != "care" || carried["id"] != made["id"] {
		t.Errorf("shared by %v, carries %v", sharer, carried["id"])
	}
	// The asker accepts the answer with a word.
	reply := h.post(bob, "/api/v1/statuses", map[string]any{"status": "Every other day.", "in_reply_to_id": made["id"]}).object()
	h.post(alice, "/api/v1/statuses", map[string]any{"status": "#solved thank you", "in_reply_to_id": reply["id"]}).status(http.StatusOK)
	info = h.get(bob, "/api/v1/statuses/"+made["id"].(string)).object()["praxis"].(map[string]any)
	if info["solved"] != true || info["accepted_answer_id"] != reply["id"] {
		t.Errorf("praxis %v", info)
	}
}

// TestEditMerges: what an edit does not name stays, above all who may read the post and where it belongs.
func TestEditMerges(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	care := h.community("care", alice, false)
	made := h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "@care A good title\n\nand text", "visibility": "unlisted", "spoiler_text": "careful", "language": "de",
	}).object()
	id := made["id"].(string)
	h.as(alice, http.MethodPut, "/api/v1/statuses/"+id, map[string]any{"status": "A better title\n\nand text", "visibility": "public"}).status(http.StatusOK)
	got := h.get(alice, "/api/v1/statuses/"+id).object()
	if got["visibility"] != "unlisted" || got["spoiler_text"] != "careful" || got["language"] != "de" || got["sensitive"] != true {
		t.Errorf("got %v", got)
	}
	if info := got["praxis"].(map[string]any); info["community"] == nil || info["title"] != "A better title" {
		t.Errorf("praxis %v", info)
	}
	if got["edited_at"] == nil || !strings.Contains(got["content"].(string), "better") {
		t.Errorf("not edited: %v", got)
	}
	stored, err := h.store.Read(t.Context()).Posts(ids([]string{id}, 1))
	h.must(err)
	for _, post := range stored {
		if post.CommunityID != care.ID {
			t.Errorf("it belongs to %d now", post.CommunityID)
		}
	}
	source := h.get(alice, "/api/v1/statuses/"+id+"/source").object()
	if source["text"] != "A better title\n\nand text" || source["spoiler_text"] != "careful" {
		t.Errorf("source %v", source)
	}
	versions := h.get(nil, "/api/v1/statuses/"+id+"/history").list()
	if len(versions) < 2 || versions[len(versions)-1]["created_at"] != got["edited_at"] || versions[0]["created_at"] != got["created_at"] {
		t.Errorf("history %v", versions)
	}
	// An edit that says nothing changes nothing.
	h.as(alice, http.MethodPatch, "/api/v1/statuses/"+id, map[string]any{}).status(http.StatusOK)
	if again := h.get(alice, "/api/v1/statuses/"+id).object(); again["edited_at"] != got["edited_at"] {
		t.Error("an empty edit is an edit")
	}
}

func TestDeleteStatusGivesTheText(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	post := h.write(alice, "to *err* is human", "public", nil)
	path := pathOf("/api/v1/statuses/{id}", post.ID)
	h.as(bob, http.MethodDelete, path, nil).absent()
	got := h.as(alice, http.MethodDelete, path, "delete_media=true").object()
	if got["text"] != "to *err* is human" {
		t.Errorf("text %v", got["text"])
	}
	h.get(alice, path).absent()
	h.as(alice, http.MethodDelete, path, nil).absent()
}

func TestReblogAndItsEnd(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	post := h.write(alice, "good news", "public", nil)
	path := pathOf("/api/v1/statuses/{id}", post.ID)
	boost := h.post(bob, path+"/reblog", nil).object()
	inner := boost["reblog"].(map[string]any)
	if inner["id"] != formatID(post.ID) || inner["reblogged"] != true || inner["reblogs_count"] != 1.0 || boost["id"] == inner["id"] {
		t.Errorf("boost %v", boost)
	}
	// What is done to a boost is done to what it carries.
	liked := h.post(alice, "/api/v1/statuses/"+boost["id"].(string)+"/favourite", nil).object()
	if liked["id"] != formatID(post.ID) || liked["favourited"] != true || liked["favourites_count"] != 1.0 {
		t.Errorf("liked %v", liked)
	}
	if got := h.post(bob, path+"/unreblog", nil).object(); got["reblogged"] != false || got["reblogs_count"] != 0.0 {
		t.Errorf("after unreblog %v", got)
	}
	again := h.post(bob, path+"/reblog", nil).object()
	h.as(bob, http.MethodDelete, "/api/v1/statuses/"+again["id"].(string), nil).status(http.StatusOK)
	if got := h.get(bob, path).object(); got["reblogged"] != false {
		t.Error("a deleted boost is still there")
	}
	private := h.write(bob, "not for all", "private", nil)
	if text := h.post(bob, pathOf("/api/v1/statuses/{id}/reblog", h.write(bob, "@alice x", "direct", nil).ID), nil).refused(422); text == "" {
		t.Error("a direct post was boosted")
	}
	h.post(alice, pathOf("/api/v1/statuses/{id}/reblog", private.ID), nil).absent()
}

func TestRemoteTitlesAndLinks(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	them := h.remote("bob", "b.test", models.TypePerson)
	receive := func(n, kind, title, content string, attached ...models.Attachment) string {
		post := h.receive(practice.Draft{
			Author: them, URI: "https://b.test/p/" + n, URL: "https://b.test/p/" + n, Type: kind, Title: title, Content: content, Attachments: attached,
		})
		return h.get(alice, pathOf("/api/v1/statuses/{id}", post.ID)).object()["content"].(string)
	}
	if got := receive("1", "Page", `Wounds & "care"`, "<p>text</p>"); got != "<p><strong>Wounds &amp; &#34;care&#34;</strong></p><p>text</p>" {
		t.Errorf("a title that is not shown: %s", got)
	}
	if got := receive("2", "Note", "How do  you?", "<p>how do you?</p><p>text</p>"); strings.Contains(got, "<strong>") {
		t.Errorf("a title that is shown: %s", got)
	}
	link := models.Attachment{Type: "link", URL: "https://c.test/?a=1&b=2"}
	got := receive("3", "Page", "T", "", link)
	if !strings.Contains(got, `href="https://c.test/?a=1&amp;b=2"`) {
		t.Errorf("a link: %s", got)
	}
	if got := receive("4", "Page", "T", "", models.Attachment{Type: "link", URL: "javascript:alert(1)"}); strings.Contains(got, "javascript") {
		t.Errorf("a script: %s", got)
	}
}

func TestLanguages(t *testing.T) {
	for said, kept := range map[string]bool{"de": true, "pt-BR": true, "zh-Hant-TW": true, "": true, "german!": false, strings.Repeat("x", 50): false} {
		if got := languageOf(&said); (got != nil) != kept {
			t.Errorf("%q: kept %v", said, got != nil)
		}
	}
}

func FuzzParams(f *testing.F) {
	f.Add("a[]=1&a[]=2&b[c]=d&e=%00", "application/x-www-form-urlencoded", "x=1")
	f.Add("", "application/json", `{"status":"a","id":[1,"2",null,{"a":[]}],"sensitive":"on"}`)
	f.Add("fields_attributes[0][name]=a&fields_attributes[1][name]=b&a[[]]=&[=&]=", "", "")
	f.Add("", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a[]\"\r\n\r\nhello\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, query, kind, body string) {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/statuses", strings.NewReader(body))
		r.URL = &url.URL{Path: "/api/v1/statuses", RawQuery: query}
		r.Header.Set("Content-Type", kind)
		params, err := readParams(httptest.NewRecorder(), r, maxBody)
		if err != nil {
			return
		}
		var d draft
		var change profileChange
		var ask notificationAsk
		_ = params.decode(&d)
		_ = params.decode(&change)
		_ = params.decode(&ask)
		if !clean(map[string]any(params)) {
			t.Error("unclean parameters came through")
		}
	})
}

func TestParamsDecode(t *testing.T) {
	for name, query := range map[string]string{
		"brackets": "id[]=1&id[]=2&on=on", "indices": "id[1]=2&id[0]=1&on=1", "repeated": "id=1&id=2&on=true", "last": "id[]=1&id[]=2&on=off&on=t",
	} {
		r := httptest.NewRequest(http.MethodGet, "/?"+query, nil)
		params, err := readParams(httptest.NewRecorder(), r, maxBody)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			ID []string `mapstructure:"id"`
			On *bool    `mapstructure:"on"`
		}
		if err := params.decode(&got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Join(got.ID, ",") != "1,2" || got.On == nil || !*got.On {
			t.Errorf("%s: %v %v", name, got.ID, got.On)
		}
	}
}
