package mastodon

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"praxis/internal/media"
	"praxis/internal/testdb"
	"praxis/models"
)

func pictureOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	picture := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.RGBA{R: 200, A: 255}, color.Black})
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sendFiles makes a request with parts: strings are fields, bytes are files with a name and a type that lie.
func (h *house) sendFiles(token, method, path string, parts map[string]any) answer {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, part := range parts {
		switch part := part.(type) {
		case string:
			h.must(form.WriteField(name, part))
		case []byte:
			file, err := form.CreateFormFile(name, "../../evil.html")
			h.must(err)
			_, err = file.Write(part)
			h.must(err)
		}
	}
	h.must(form.Close())
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return h.do(token, r)
}

func (h *house) upload(actor *models.Actor, parts map[string]any) map[string]any {
	h.t.Helper()
	return h.sendFiles(h.tokens[actor.ID], http.MethodPost, "/api/v2/media", parts).object()
}

// kept tells whether a file is there under the last part of an address.
func (h *house) kept(address any) bool {
	h.t.Helper()
	text := address.(string)
	file, err := h.service.Media().Store.Open(h.t.Context(), text[strings.LastIndex(text, "/")+1:])
	if err != nil {
		return false
	}
	h.must(file.Close())
	return true
}

func TestUploadAndPost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		made := h.upload(alice, map[string]any{"file": pictureOf(t, 60, 30), "description": "a red field", "focus": "0.5,-3"})
		if made["type"] != "image" || made["description"] != "a red field" || made["remote_url"] != nil || made["blurhash"] == nil {
			t.Fatalf("upload %v", made)
		}
		if !strings.HasPrefix(made["url"].(string), "https://a.test/media/") || !strings.HasSuffix(made["url"].(string), ".png") || !h.kept(made["url"]) || !h.kept(made["preview_url"]) {
			t.Errorf("addresses %v and %v", made["url"], made["preview_url"])
		}
		shape := made["meta"].(map[string]any)
		if original := shape["original"].(map[string]any); original["width"] != 60.0 || original["size"] != "60x30" || original["aspect"] != 2.0 || shape["small"] == nil {
			t.Errorf("meta %v", shape)
		}
		if point := shape["focus"].(map[string]any); point["x"] != 0.5 || point["y"] != -1.0 {
			t.Errorf("focus %v", point)
		}
		if described := loadSchemas(t); described != nil {
			for _, wrong := range described.check("MediaAttachment", described["MediaAttachment"], made) {
				t.Error(wrong)
			}
		}
		id := made["id"].(string)
		h.get(bob, "/api/v1/media/"+id).absent()
		if got := h.get(alice, "/api/v1/media/"+id).object(); got["url"] != made["url"] {
			t.Errorf("asked again: %v", got)
		}
		if got := h.as(alice, http.MethodPut, "/api/v1/media/"+id, "description=a+field&focus=0,0").object(); got["description"] != "a field" {
			t.Errorf("changed: %v", got)
		}
		h.as(bob, http.MethodPut, "/api/v1/media/"+id, "description=mine").absent()
		h.as(bob, http.MethodPost, "/api/v1/statuses", map[string]any{"media_ids": []string{id}}).refused(http.StatusUnprocessableEntity)
		second := h.upload(alice, map[string]any{"file": pictureOf(t, 5, 5)})["id"].(string)
		post := h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []string{second, id}}).object() // without any text
		files := list(post["media_attachments"])
		if len(files) != 2 || files[0].(map[string]any)["id"] != second || files[1].(map[string]any)["id"] != id {
			t.Fatalf("the post carries %v", files)
		}
		if text := h.post(alice, "/api/v1/statuses", "status=x&media_ids[]="+id).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "already attached") {
			t.Errorf("twice: %s", text)
		}
		if text := h.as(alice, http.MethodDelete, "/api/v1/media/"+id, nil).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "currently used") {
			t.Errorf("deleting what is used: %s", text)
		}
		h.as(alice, http.MethodPut, "/api/v1/media/"+id, "description=late").absent()
	})
}

func TestEditsOfMedia(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	first := h.upload(alice, map[string]any{"file": pictureOf(t, 5, 5)})["id"].(string)
	second := h.upload(alice, map[string]any{"file": pictureOf(t, 6, 6)})["id"].(string)
	path := "/api/v1/statuses/" + h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []string{first}}).object()["id"].(string)
	if got := list(h.as(alice, http.MethodPut, path, map[string]any{"sensitive": true}).object()["media_attachments"]); len(got) != 1 {
		t.Errorf("an edit that does not speak of files left %v", got)
	}
	got := list(h.as(alice, http.MethodPut, path, map[string]any{
		"status": "", "media_ids": []string{second, first},
		"media_attributes": []any{map[string]any{"id": first, "description": "told", "focus": "0.1,0.2"}},
	}).object()["media_attachments"])
	if len(got) != 2 || got[1].(map[string]any)["id"] != first || got[1].(map[string]any)["description"] != "told" {
		t.Fatalf("after the edit %v", got)
	}
	form := "status=x&media_ids[]=" + first + "&media_attributes[0][id]=" + first + "&media_attributes[0][description]=by+form"
	got = list(h.as(alice, http.MethodPut, path, form).object()["media_attachments"])
	if len(got) != 1 || got[0].(map[string]any)["description"] != "by form" {
		t.Errorf("by a form %v", got)
	}
	h.as(alice, http.MethodPut, path, map[string]any{"status": "x", "media_attributes": []any{map[string]any{"id": second, "description": "y"}}}).refused(http.StatusUnprocessableEntity)
	h.as(alice, http.MethodPut, path, map[string]any{"status": " ", "media_ids": []string{}}).refused(http.StatusUnprocessableEntity)
	if got := h.as(alice, http.MethodPut, path, map[string]any{"status": "x", "media_ids": []string{}}).object(); len(list(got["media_attachments"])) != 0 {
		t.Errorf("without files %v", got["media_attachments"])
	}
	var five []string
	for range 5 {
		five = append(five, h.upload(alice, map[string]any{"file": pictureOf(t, 2, 2)})["id"].(string))
	}
	if text := h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": five}).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "more than 4") {
		t.Errorf("five files: %s", text)
	}
}

func TestLargePicturesAreMadeLater(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		large := pictureOf(t, 2001, 1000)
		a := h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v2/media", map[string]any{"file": large}).status(http.StatusAccepted)
		var made map[string]any
		h.must(json.Unmarshal(a.Body.Bytes(), &made))
		path := "/api/v1/media/" + made["id"].(string)
		if made["url"] != nil {
			t.Errorf("the address is %v at once", made["url"])
		}
		h.get(alice, path).status(http.StatusPartialContent)
		if text := h.post(alice, "/api/v1/statuses", "media_ids[]="+made["id"].(string)).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "not finished processing") {
			t.Errorf("too early: %s", text)
		}
		h.as(alice, http.MethodPut, path, "description=meanwhile").status(http.StatusOK)
		worked, err := h.service.WorkOnMedia(t.Context())
		h.must(err)
		if done := h.get(alice, path).object(); !worked || done["id"] != made["id"] || !h.kept(done["url"]) || done["description"] != "meanwhile" {
			t.Errorf("when it is done: %v", done)
		}
		if worked, err := h.service.WorkOnMedia(t.Context()); worked || err != nil {
			t.Errorf("it is worked on again: %v", err)
		}
		h.post(alice, "/api/v1/statuses", "media_ids[]="+made["id"].(string)).status(http.StatusOK)
		// Its picture data is cut off, which its head does not tell.
		a = h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v2/media", map[string]any{"file": large[:len(large)-40]}).status(http.StatusAccepted)
		h.must(json.Unmarshal(a.Body.Bytes(), &made))
		_, err = h.service.WorkOnMedia(t.Context())
		h.must(err)
		if text := h.get(alice, "/api/v1/media/"+made["id"].(string)).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "cut off") {
			t.Errorf("a damaged picture: %s", text)
		}
		h.post(alice, "/api/v1/statuses", "media_ids[]="+made["id"].(string)).refused(http.StatusUnprocessableEntity)
		whole := h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v1/media", map[string]any{"file": large}).object()
		if whole["url"] == nil || !h.kept(whole["url"]) {
			t.Errorf("the first version of the API answers before it is done: %v", whole)
		}
	})
}

// TestG17_G19_UploadsThatAreRefused: with words, and nothing is kept of them.
func TestG17_G19_UploadsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	token := h.tokens[alice.ID]
	picture := pictureOf(t, 4, 4)
	for name, c := range map[string]struct {
		parts map[string]any
		says  string
	}{
		"SVG":         {map[string]any{"file": []byte("<svg onload='alert(1)'/>")}, "SVG"},
		"activity":    {map[string]any{"file": []byte(`{"type":"Note"}`)}, "text file"},
		"video":       {map[string]any{"file": []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00")}, "video"},
		"cut off":     {map[string]any{"file": picture[:len(picture)-20]}, "cut off"},
		"empty":       {map[string]any{"file": []byte{}}, "empty"},
		"none":        {map[string]any{"description": "x"}, "blank"},
		"text":        {map[string]any{"file": "x"}, "must be a file"},
		"large":       {map[string]any{"file": append(picture, make([]byte, media.MaxImageBytes)...)}, "less than 16 MB"},
		"description": {map[string]any{"file": picture, "description": strings.Repeat("x", 1501)}, "too long"},
		"focus":       {map[string]any{"file": picture, "focus": "left"}, "two numbers"},
		"focus NaN":   {map[string]any{"file": picture, "focus": "NaN,0"}, "two numbers"},
		"thumbnail":   {map[string]any{"file": picture, "thumbnail": []byte("x")}, "thumbnail"},
	} {
		for _, path := range []string{"/api/v1/media", "/api/v2/media"} {
			if text := h.sendFiles(token, http.MethodPost, path, c.parts).refused(http.StatusUnprocessableEntity); !strings.Contains(text, c.says) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	h.sendFiles(token, http.MethodPost, "/api/v2/media", map[string]any{"file": make([]byte, maxUpload)}).refused(http.StatusRequestEntityTooLarge)
	h.sendFiles(h.token(alice, "read write:statuses"), http.MethodPost, "/api/v2/media", map[string]any{"file": picture}).refused(http.StatusForbidden)
	h.sendFiles("", http.MethodPost, "/api/v2/media", map[string]any{"file": picture}).refused(http.StatusUnauthorized)
	if n, err := h.store.Read(t.Context()).CountRows("attachment"); n != 0 || err != nil {
		t.Errorf("%d uploads are stored, %v", n, err)
	}
}

func TestLooseUploadsAreSwept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		loose, used := h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)}), h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)})
		again, gone := h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)}), h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)})
		post := func(file map[string]any) string {
			return "/api/v1/statuses/" + h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []any{file["id"]}}).object()["id"].(string)
		}
		post(used)
		deleted := post(again)
		if shown := h.as(alice, http.MethodDelete, deleted, nil).object(); len(list(shown["media_attachments"])) != 1 {
			t.Errorf("a deleted post shows %v", shown)
		}
		h.as(alice, http.MethodDelete, post(gone)+"?delete_media=true", nil).status(http.StatusOK)
		h.get(alice, "/api/v1/media/"+gone["id"].(string)).absent()
		if h.kept(gone["url"]) || h.kept(gone["preview_url"]) {
			t.Error("what was to be deleted with its post is there")
		}
		deleted = post(again) // deleted to be written anew
		h.as(alice, http.MethodDelete, deleted, nil).status(http.StatusOK)
		h.must(h.service.SweepMedia(t.Context()))
		for _, file := range []map[string]any{loose, used, again} {
			if !h.kept(file["url"]) {
				t.Errorf("%v was swept at once", file["id"])
			}
		}
		h.seconds.Add(25 * 60 * 60)
		h.must(h.service.SweepMedia(t.Context()))
		if h.kept(loose["url"]) || h.kept(again["preview_url"]) || !h.kept(used["url"]) || !h.kept(used["preview_url"]) {
			t.Error("after a day the wrong files are there")
		}
		h.get(alice, "/api/v1/media/"+loose["id"].(string)).absent()
		h.get(alice, "/api/v1/media/"+used["id"].(string)).status(http.StatusOK)
		mine := h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)})
		if got := h.as(alice, http.MethodDelete, "/api/v1/media/"+mine["id"].(string), nil).object(); len(got) != 0 || h.kept(mine["url"]) {
			t.Errorf("deleting an upload answers %v", got)
		}
	})
}

func TestPortraits(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	path, token := "/api/v1/accounts/update_credentials", h.tokens[alice.ID]
	got := h.sendFiles(token, http.MethodPatch, path, map[string]any{"avatar": pictureOf(t, 900, 500), "header": pictureOf(t, 50, 50), "display_name": "Al"}).object()
	first := got["avatar"]
	if got["display_name"] != "Al" || first != got["avatar_static"] || !h.kept(first) || !h.kept(got["header"]) || got["source"] == nil {
		t.Fatalf("after the change %v", got)
	}
	other := h.sendFiles(token, http.MethodPatch, path, map[string]any{"avatar": pictureOf(t, 10, 10)}).object()
	if other["avatar"] == first || h.kept(first) || !h.kept(other["avatar"]) || other["header"] != got["header"] {
		t.Errorf("another avatar: %v", other["avatar"])
	}
	h.sendFiles(token, http.MethodPatch, path, map[string]any{"avatar": []byte("<svg/>"), "display_name": "no"}).refused(http.StatusUnprocessableEntity)
	if shown := h.get(alice, path[:len("/api/v1/accounts/")]+"verify_credentials").object(); shown["display_name"] != "Al" || shown["avatar"] != other["avatar"] {
		t.Errorf("a refused change left %v", shown)
	}
	bare := h.as(alice, http.MethodDelete, "/api/v1/profile/avatar", nil).object()
	if !strings.HasSuffix(bare["avatar"].(string), avatarPath) || bare["header"] != got["header"] || h.kept(other["avatar"]) {
		t.Errorf("without an avatar %v", bare)
	}
	bare = h.as(alice, http.MethodDelete, "/api/v1/profile/header", nil).object()
	if !strings.HasSuffix(bare["header"].(string), headerPath) || h.kept(got["header"]) {
		t.Errorf("without a header %v", bare)
	}
	h.send(h.token(alice, "read"), http.MethodDelete, "/api/v1/profile/avatar", nil).refused(http.StatusForbidden)
}
