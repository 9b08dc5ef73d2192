package testrig

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/media"
)

// TestE24_ArchivesAreTheirOwners: an archive has all that is the member's own and nothing private of others; it is fetched by its owner
// only, for a week, at no address that somebody could guess; one is made a week.
func TestE24_ArchivesAreTheirOwners(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		a := c.Server("a.test")
		ana, bo := a.Member("ana"), a.Member("bo")
		a.Community("wounds", ana)
		bo.Follow(ana.Handle())
		ana.Follow(bo.Handle())
		ana.Post("@wounds How do you do this?")
		secret := bo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "@ana bosecret", "visibility": "direct"})
		ana.Object(http.MethodPost, "/api/v1/statuses/"+secret["id"].(string)+"/bookmark", nil)
		ana.Reply(secret["id"].(string), "@bo my own answer")
		made := ana.Object(http.MethodPost, ownMe+"/exports", nil)
		if status, _ := ana.Do(http.MethodPost, ownMe+"/exports", nil); status != http.StatusTooManyRequests {
			t.Errorf("a second one at once: %d", status)
		}
		c.Settle()
		list := ana.List(ownMe + "/exports")
		if len(list) != 1 || list[0]["state"] != "ready" {
			t.Fatalf("exports %v", list)
		}
		path := ownMe + "/exports/" + made["id"].(string) + "/file"
		status, raw := ana.Do(http.MethodGet, path, nil)
		if status != http.StatusOK {
			t.Fatalf("the archive answers %d", status)
		}
		files := unzip(t, raw)
		for name, want := range map[string]string{
			"actor.json": ana.Actor.URI, "outbox.json": "How do you do this?", "following.csv": "bo@a.test,true,false,", "record.json": "ContributionRecord",
			"bookmarks.json": secret["uri"].(string), "likes.json": "OrderedCollection", "communities.json": "convener", "record.html": "<table>",
		} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %q: %s", name, want, files[name])
			}
		}
		if whole := fmt.Sprint(files); strings.Contains(whole, "bosecret") || strings.Contains(whole, "PRIVATE") || !strings.Contains(whole, "my own answer") {
			t.Error("the archive has what is another's, or lacks what is one's own")
		}
		for who, m := range map[string]*Member{"somebody else": bo, "nobody": {Server: a}} {
			if status, _ := m.Do(http.MethodGet, path, nil); status != http.StatusNotFound && status != http.StatusUnauthorized {
				t.Errorf("%s gets %d", who, status)
			}
		}
		kept := ""
		if err := a.Service.Media().Store.Each(t.Context(), func(name string) error {
			if strings.HasSuffix(name, ".zip") {
				kept = name
			}
			return nil
		}); err != nil || !media.IsName(kept) {
			t.Fatal("no file is kept", kept, err)
		}
		if status, _ := c.Fetch(a, "/media/"+kept); status != http.StatusNotFound {
			t.Errorf("the file is served to everybody: %d", status)
		}
		c.Clock.Advance(8 * 24 * time.Hour)
		c.Settle()
		if status, _ := ana.Do(http.MethodGet, path, nil); status != http.StatusNotFound {
			t.Errorf("after a week: %d", status)
		}
		if _, err := a.Service.Media().Store.Open(t.Context(), kept); err == nil {
			t.Error("the file is kept for more than a week")
		}
		ana.Object(http.MethodPost, ownMe+"/exports", nil)
	})
}

func unzip(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, part := range archive.File {
		content, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		files[part.Name] = string(text)
	}
	return files
}
