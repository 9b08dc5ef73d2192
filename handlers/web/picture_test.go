package web

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"praxis/internal/media"
	"praxis/practice"
)

// TestPicturesOfMembersAreShown: with what their author says of them, escaped; those of other hosts stay links.
func TestPicturesOfMembersAreShown(t *testing.T) {
	w := newWard(t)
	w.service.UseMedia(practice.Media{Store: media.NewFolder(t.TempDir()), Decoder: media.NewDecoder()})
	var file bytes.Buffer
	w.must(png.Encode(&file, image.NewGray(image.Rect(0, 0, 8, 6))))
	made, err := w.service.Upload(t.Context(), practice.Upload{Owner: w.anna, File: &file, Description: `a "heel" &co`})
	w.must(err)
	post := w.draft(practice.Draft{Author: w.anna, Media: []int64{made.ID}})
	shown := w.page("", w.path(post.URL))
	want := `<img src="` + made.PreviewURL + `" alt="a &#34;heel&#34; &amp;co" width="8" height="6" loading="lazy">`
	if !strings.Contains(shown, want) || !strings.Contains(shown, `<a href="`+made.URL+`">`) {
		t.Errorf("the page has no %s:\n%s", want, shown)
	}
}
