package mastodon

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/media"
	"praxis/internal/testdb"
	"praxis/models"
)

// newCinema is a house that takes films.
func newCinema(t *testing.T, database string) *house {
	t.Helper()
	testdb.FFmpeg(t)
	h := newHouseOn(t, database)
	films, err := media.FindFilms("auto", filepath.Join(t.TempDir(), "work"), slog.New(slog.DiscardHandler))
	h.must(err)
	kept := h.service.Media()
	kept.Films = films
	h.service.UseMedia(kept)
	return h
}

func filmOf(t *testing.T) []byte {
	t.Helper()
	return testdb.Film(t, ".mp4", testdb.Moving(), testdb.Sounding(), []string{"-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"})
}

// laterMedia uploads a file that is worked on later, as clients of the second version do.
func (h *house) laterMedia(alice *models.Actor, parts map[string]any) map[string]any {
	h.t.Helper()
	a := h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v2/media", parts).status(http.StatusAccepted)
	var made map[string]any
	h.must(json.Unmarshal(a.Body.Bytes(), &made))
	return made
}

func (h *house) worked() {
	h.t.Helper()
	worked, err := h.service.WorkOnMedia(h.t.Context())
	if h.must(err); !worked {
		h.t.Error("nothing waited")
	}
}

func TestVideoFromUploadToPost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newCinema(t, database)
		alice, bob := h.member("alice"), h.member("bob")
		film := filmOf(t)
		made := h.laterMedia(alice, map[string]any{"file": film, "description": "a test card"})
		path := "/api/v1/media/" + made["id"].(string)
		if made["url"] != nil || made["type"] != "video" || made["description"] != "a test card" {
			t.Errorf("at once: %v", made)
		}
		h.get(alice, path).status(http.StatusPartialContent)
		h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []any{made["id"]}}).refused(http.StatusUnprocessableEntity)
		h.as(alice, http.MethodPut, path, "description=bars&focus=0.5,0.25").status(http.StatusOK)
		h.worked()
		h.get(bob, path).absent()
		done := h.get(alice, path).object()
		if done["type"] != "video" || done["description"] != "bars" || !strings.HasSuffix(done["url"].(string), ".mp4") || !h.kept(done["url"]) || !h.kept(done["preview_url"]) || done["blurhash"] == nil {
			t.Fatalf("when it is done: %v", done)
		}
		shape := done["meta"].(map[string]any)
		original, small := shape["original"].(map[string]any), shape["small"].(map[string]any)
		if original["width"] != 64.0 || original["height"] != 48.0 || original["frame_rate"] != "10/1" || original["bitrate"].(float64) < 1000 || small["size"] != "64x48" {
			t.Errorf("meta %v", shape)
		}
		if seconds := original["duration"].(float64); seconds < 0.9 || seconds > 1.3 {
			t.Errorf("it lasts %v", seconds)
		}
		if focus := shape["focus"].(map[string]any); focus["x"] != 0.5 || focus["y"] != 0.25 {
			t.Errorf("focus %v", focus)
		}
		if described := loadSchemas(t); described != nil {
			for _, wrong := range described.check("MediaAttachment", described["MediaAttachment"], done) {
				t.Error(wrong)
			}
		}
		shown := h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []any{made["id"]}}).object()
		if files := list(shown["media_attachments"]); len(files) != 1 || files[0].(map[string]any)["type"] != "video" {
			t.Errorf("the post carries %v", files)
		}
		edit := map[string]any{"status": "x", "media_attributes": []any{map[string]any{"id": made["id"], "description": "late"}}}
		changed := h.as(alice, http.MethodPut, "/api/v1/statuses/"+shown["id"].(string), edit).object()
		if got := list(changed["media_attachments"])[0].(map[string]any); got["description"] != "late" || got["meta"].(map[string]any)["original"].(map[string]any)["frame_rate"] != "10/1" {
			t.Errorf("after an edit %v", got)
		}
	})
}

func TestSoundsAndAnimations(t *testing.T) {
	h := newCinema(t, testdb.SQLite(t))
	alice := h.member("alice")
	token := h.tokens[alice.ID]
	sound := h.sendFiles(token, http.MethodPost, "/api/v1/media", map[string]any{"file": testdb.Film(t, ".ogg", testdb.Sounding()), "thumbnail": pictureOf(t, 20, 20)}).object()
	if sound["type"] != "audio" || !strings.HasSuffix(sound["url"].(string), ".mp3") || !h.kept(sound["url"]) || !h.kept(sound["preview_url"]) {
		t.Errorf("a sound by the first version of the API: %v", sound)
	}
	original := sound["meta"].(map[string]any)["original"].(map[string]any)
	if _, wide := original["width"]; wide || original["duration"].(float64) < 0.9 {
		t.Errorf("the sound is %v", original)
	}
	moving := h.laterMedia(alice, map[string]any{"file": testdb.Film(t, ".gif", testdb.Moving())})
	if h.worked(); moving["type"] != "gifv" {
		t.Errorf("an animation is %v", moving)
	}
	done := h.get(alice, "/api/v1/media/"+moving["id"].(string)).object()
	if done["type"] != "gifv" || !strings.HasSuffix(done["url"].(string), ".mp4") || !h.kept(done["url"]) {
		t.Errorf("when it is done: %v", done)
	}
	still := h.sendFiles(token, http.MethodPost, "/api/v2/media", map[string]any{"file": testdb.Film(t, ".gif", testdb.Moving(), []string{"-frames:v", "1"})}).object()
	if still["type"] != "image" || !strings.HasSuffix(still["url"].(string), ".gif") {
		t.Errorf("a GIF that does not move is %v", still)
	}
	picture := h.upload(alice, map[string]any{"file": pictureOf(t, 4, 4)})
	for _, ids := range [][]any{{picture["id"], sound["id"]}, {sound["id"], picture["id"]}} {
		text := h.post(alice, "/api/v1/statuses", map[string]any{"status": "x", "media_ids": ids}).refused(http.StatusUnprocessableEntity)
		if !strings.Contains(text, "Cannot attach a video to a post that already contains images") {
			t.Errorf("a sound with a picture: %s", text)
		}
	}
	h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []any{done["id"], picture["id"]}}).status(http.StatusOK)
}

// TestG18_FilmsThatFail: what cannot be taken is refused at once, and what turns out to be broken when it is worked on is
// told to those who ask for it; nothing of either is kept.
func TestG18_FilmsThatFail(t *testing.T) {
	h := newCinema(t, testdb.SQLite(t))
	alice := h.member("alice")
	film := filmOf(t)
	for name, c := range map[string]struct {
		raw  []byte
		says string
	}{
		"SVG":      {[]byte("<svg onload='alert(1)'/>"), "MP4"},
		"playlist": {[]byte("#EXTM3U\nfile:///etc/passwd\n"), "cannot be taken"},
		"cut off":  {film[:300], "film"},
		"noise":    {append([]byte("\x1a\x45\xdf\xa3"), make([]byte, 4000)...), "damaged"},
	} {
		for _, path := range []string{"/api/v1/media", "/api/v2/media"} {
			if text := h.sendFiles(h.tokens[alice.ID], http.MethodPost, path, map[string]any{"file": c.raw}).refused(http.StatusUnprocessableEntity); !strings.Contains(text, c.says) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v2/media", map[string]any{"file": film, "thumbnail": []byte("x")}).refused(http.StatusUnprocessableEntity)
	if n, err := h.store.Read(t.Context()).CountRows("attachment"); n != 0 || err != nil {
		t.Errorf("%d uploads are stored, %v", n, err)
	}
	made := h.laterMedia(alice, map[string]any{"file": film[:len(film)/2]}) // its head is whole
	h.worked()
	if text := h.get(alice, "/api/v1/media/"+made["id"].(string)).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "cut off") {
		t.Errorf("a film that is cut off: %s", text)
	}
	h.post(alice, "/api/v1/statuses", map[string]any{"media_ids": []any{made["id"]}}).refused(http.StatusUnprocessableEntity)
	if left := h.filesKept(); left != 0 {
		t.Errorf("%d files are kept", left)
	}
}

// filesKept counts what lies in the folder of files.
func (h *house) filesKept() int {
	h.t.Helper()
	count := 0
	h.must(filepath.WalkDir(h.folder, func(_ string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			count++
		}
		return err
	}))
	return count
}

func TestLimitsOfFilmsAreAnnouncedWhereTheyAreTaken(t *testing.T) {
	read := func(h *house) map[string]any {
		return h.get(nil, "/api/v2/instance").object()["configuration"].(map[string]any)["media_attachments"].(map[string]any)
	}
	without := read(newHouse(t))
	if text, _ := json.Marshal(without["supported_mime_types"]); strings.Contains(string(text), "video") || strings.Contains(string(text), "audio") || without["video_size_limit"] != 0.0 {
		t.Errorf("without ffmpeg: %v", without)
	}
	h := newCinema(t, testdb.SQLite(t))
	with := read(h)
	text, _ := json.Marshal(with["supported_mime_types"])
	if !strings.Contains(string(text), `"video/mp4"`) || !strings.Contains(string(text), `"audio/mpeg"`) || with["video_frame_rate_limit"] != 120.0 ||
		with["video_matrix_limit"] != 8294400.0 || with["video_size_limit"] != 103809024.0 {
		t.Errorf("with ffmpeg: %v", with)
	}
	alice := h.member("alice")
	large := append([]byte("\x1a\x45\xdf\xa3"), make([]byte, media.MaxFilmBytes)...)
	if text := h.sendFiles(h.tokens[alice.ID], http.MethodPost, "/api/v2/media", map[string]any{"file": large}).refused(http.StatusUnprocessableEntity); !strings.Contains(text, "99 MB") {
		t.Errorf("one byte more than is announced: %s", text)
	}
}
