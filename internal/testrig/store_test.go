package testrig

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/config"
	"praxis/internal/media"
	"praxis/internal/testdb"
)

// TestH20_MediaStoreIsDown: posts without files go on and arrive, uploads and files are answered with 503 and a word to try
// again, and once the store is there everything is as before.
func TestH20_MediaStoreIsDown(t *testing.T) {
	c := NewCluster(t, "b.test")
	a := c.AddServer("a.test", testdb.SQLite(t), func(cfg *config.Config) {
		cfg.S3Endpoint, cfg.S3Bucket, cfg.S3AccessKey, cfg.S3SecretKey, cfg.S3PathStyle = "http://127.0.0.1:1", "files", "key", "secret", true
	})
	p := newPair(t, c)
	var raw bytes.Buffer
	if err := png.Encode(&raw, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	answer := sendFile(p.ana, raw.Bytes(), "")
	var said M
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(said["error"].(string), "try again") {
		t.Errorf("an upload got %d %v, %v", answer.StatusCode, said, err)
	}
	if a.Count("attachment") != 0 {
		t.Error("the upload left something")
	}
	answer = request(c, http.MethodGet, "https://a.test/media/"+media.NewName(".png"), nil, nil)
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
		t.Errorf("a file got %d", answer.StatusCode)
	}
	post := p.ana.Post("No picture needed")
	p.Settle()
	if !inHome(p.bo, post) {
		t.Error("a post without files did not arrive")
	}
	a.Config.S3Endpoint = ""
	p.ana.Server = c.Restart(a)
	if made := uploadFile(p.ana, raw.Bytes(), ""); made["id"] == nil {
		t.Errorf("after the store came back an upload got %v", made)
	}
}
