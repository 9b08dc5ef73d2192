package testrig

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// upload sends a picture, and gives what the instance says of it.
func upload(m *Member, width, height int, description string) M {
	m.Server.Cluster.T.Helper()
	var raw bytes.Buffer
	if err := png.Encode(&raw, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		m.Server.Cluster.T.Fatal(err)
	}
	return uploadFile(m, raw.Bytes(), description)
}

func uploadFile(m *Member, raw []byte, description string) M {
	t := m.Server.Cluster.T
	t.Helper()
	answer := sendFile(m, raw, description)
	var made M
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || answer.StatusCode/100 != 2 {
		t.Fatalf("upload: %d %v", answer.StatusCode, err)
	}
	return made
}

func sendFile(m *Member, raw []byte, description string) *http.Response {
	t := m.Server.Cluster.T
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "note.json")
	if err == nil {
		_, err = file.Write(raw)
	}
	if err == nil {
		err = form.WriteField("description", description)
	}
	if err == nil {
		err = form.WriteField("focus", "0.5,-0.25")
	}
	if err != nil || form.Close() != nil {
		t.Fatal(err)
	}
	return request(m.Server.Cluster, http.MethodPost, "https://"+m.Server.Host+"/api/v2/media", &body, map[string]string{
		"Content-Type": form.FormDataContentType(), "Authorization": "Bearer " + m.Token,
	})
}

func request(c *Cluster, method, url string, body io.Reader, header map[string]string) *http.Response {
	c.T.Helper()
	r, err := http.NewRequestWithContext(c.T.Context(), method, url, body)
	if err != nil {
		c.T.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := c.Network.RoundTrip(r)
	if err != nil {
		c.T.Fatal(err)
	}
	c.T.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// TestPicturesCross: what a member shows is seen elsewhere, with what they say of it, and changes there when it does here.
func TestPicturesCross(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		made := upload(p.ana, 64, 32, "A dressing, seen from above")
		post := p.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "", "media_ids": []any{made["id"]}})
		p.Settle()
		seen := p.bo.Home()[0]
		files := seen["media_attachments"].([]any)
		if seen["uri"] != post["uri"] || len(files) != 1 {
			t.Fatalf("bo sees %v", seen)
		}
		file := files[0].(M)
		meta := file["meta"].(M)
		if file["type"] != "image" || file["url"] != made["url"] || file["description"] != "A dressing, seen from above" || file["blurhash"] != made["blurhash"] {
			t.Errorf("bo sees the picture as %v", file)
		}
		if meta["original"].(M)["size"] != "64x32" || meta["focus"].(M)["x"] != 0.5 || meta["focus"].(M)["y"] != -0.25 {
			t.Errorf("bo sees the size as %v", meta)
		}
		p.ana.Object(http.MethodPut, "/api/v1/statuses/"+id(post), M{
			"status": "see", "media_ids": []any{made["id"]}, "media_attributes": []M{{"id": made["id"], "description": "A wound"}},
		})
		p.Settle()
		changed := p.bo.Locate(post["uri"].(string))["media_attachments"].([]any)[0].(M)
		if changed["description"] != "A wound" || changed["id"] != file["id"] {
			t.Errorf("after an edit bo sees %v", changed)
		}
	})
}

// TestVideosCross: a film is seen elsewhere as one, with its preview and its length, and given out in parts.
func TestVideosCross(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		film := testdb.Film(t, ".mp4", testdb.Moving(), testdb.Sounding(), []string{"-c:v", "libx264", "-pix_fmt", "yuv420p"})
		made := uploadFile(p.ana, film, "How to roll a bandage")
		p.Settle()
		made = p.ana.Object(http.MethodGet, "/api/v1/media/"+id(made), nil)
		p.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "look", "media_ids": []any{made["id"]}})
		p.Settle()
		file := p.bo.Home()[0]["media_attachments"].([]any)[0].(M)
		if file["type"] != "video" || file["url"] != made["url"] || file["preview_url"] != made["preview_url"] || file["blurhash"] != made["blurhash"] || file["description"] != "How to roll a bandage" {
			t.Errorf("bo sees %v, ana %v", file, made)
		}
		seen, meant := file["meta"].(M)["original"].(M), made["meta"].(M)["original"].(M)
		if seen["size"] != "64x48" || math.Abs(seen["duration"].(float64)-meant["duration"].(float64)) > 0.001 {
			t.Errorf("bo sees the size as %v, ana as %v", seen, meant)
		}
		part := request(p.Cluster, http.MethodGet, made["url"].(string), nil, map[string]string{"Range": "bytes=4-7"})
		raw, err := io.ReadAll(part.Body)
		if err != nil || part.StatusCode != http.StatusPartialContent || string(raw) != "ftyp" || part.Header.Get("Content-Type") != "video/mp4" || part.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("a part: %d %q %v", part.StatusCode, raw, part.Header)
		}
	})
}

// TestWorkOnMediaSurvivesARestart: what waited is done by the next process.
func TestWorkOnMediaSurvivesARestart(t *testing.T) {
	c := NewCluster(t, "a.test")
	ana := c.Server("a.test").Member("ana")
	made := upload(ana, 2000, 1500, "large")
	if made["url"] != nil {
		t.Fatal("a large picture was made at once: it is to be a larger one")
	}
	ana.Server = c.Restart(c.Server("a.test"))
	c.Settle()
	if got := ana.Object(http.MethodGet, "/api/v1/media/"+id(made), nil); got["url"] == nil || got["description"] != "large" {
		t.Errorf("after the restart %v", got)
	}
}

// TestA05_G17_FilesAreNothingButPictures: whatever is asked for, a file is given out as what it is.
func TestA05_G17_FilesAreNothingButPictures(t *testing.T) {
	c := NewCluster(t, "a.test")
	made := upload(c.Server("a.test").Member("ana"), 40, 30, "")
	address := made["url"].(string)
	for _, accept := range []string{"", "application/activity+json", "text/html"} {
		answer := request(c, http.MethodGet, address, nil, map[string]string{"Accept": accept, "Origin": "https://elk.test"})
		raw, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK || http.DetectContentType(raw) != "image/png" {
			t.Errorf("Accept %q: %d, %v", accept, answer.StatusCode, err)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=31536000, immutable",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
	part := request(c, http.MethodGet, address, nil, map[string]string{"Range": "bytes=1-3"})
	if raw, err := io.ReadAll(part.Body); err != nil || part.StatusCode != http.StatusPartialContent || string(raw) != "PNG" {
		t.Errorf("a part: %d %q", part.StatusCode, raw)
	}
	if again := request(c, http.MethodGet, address, nil, map[string]string{"If-None-Match": part.Header.Get("ETag")}); again.StatusCode != http.StatusNotModified {
		t.Errorf("again: %d", again.StatusCode)
	}
	for _, path := range []string{"/media/x.png", "/media/" + strings.Repeat("a", 26) + ".png", "/media/" + strings.Repeat("a", 26) + ".upload", "/media/"} {
		if answer := request(c, http.MethodGet, "https://a.test"+path, nil, nil); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}
