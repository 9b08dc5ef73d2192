package directory

import (
	"context"
	"strings"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
)

// How many emoji of one document are kept, and how long their addresses may be.
const (
	maxEmoji    = 64
	maxEmojiURL = 2048
)

// learnEmoji keeps the emoji that a document of a host brings, as far as they are new or have moved. Nothing is fetched.
// That it fails is no reason to lose the document.
func (d *Directory) learnEmoji(ctx context.Context, host string, tags []vocab.Tag) {
	named := emojiOf(host, tags)
	if len(named) == 0 || d.rejectsMedia(ctx, host) {
		return
	}
	names := make([]string, len(named))
	for i := range named {
		names[i] = named[i].Shortcode
	}
	known, err := d.store.Read(ctx).EmojiOf([]string{host}, names)
	if err == nil {
		var fresh []models.CustomEmoji
		for _, e := range named {
			if old := known[models.EmojiKey{Host: host, Shortcode: e.Shortcode}]; old == nil || old.URL != e.URL {
				fresh = append(fresh, e)
			}
		}
		if len(fresh) == 0 {
			return
		}
		err = d.service.LearnEmoji(ctx, fresh)
	}
	if err != nil {
		d.log.WarnContext(ctx, "emoji not stored", "peer", host, "error", err)
	}
}

func emojiOf(host string, tags []vocab.Tag) []models.CustomEmoji {
	var found []models.CustomEmoji
	for _, tag := range tags {
		name := strings.Trim(tag.Name, ":")
		iri, err := vocab.ParseIRI(tag.Icon)
		if tag.Type != "Emoji" || !text.IsShortcode(name) || err != nil || iri.Scheme() != "https" ||
			len(tag.Icon) > maxEmojiURL || len(found) == maxEmoji {
			continue
		}
		found = append(found, models.CustomEmoji{
			Shortcode: name, Host: host, URI: cut(tag.ID, maxEmojiURL), URL: tag.Icon, StaticURL: tag.Icon, Visible: true,
		})
	}
	return found
}
