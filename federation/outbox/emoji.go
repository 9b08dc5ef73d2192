package outbox

import (
	"praxis/federation/vocab"
	"praxis/internal/media"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// emojiTags gives the tags of this instance's emoji that texts of one object use.
func emojiTags(tx *models.Tx, links practice.Links, texts ...string) ([]any, error) {
	names := text.Shortcodes(texts...)
	known, err := tx.EmojiOf([]string{""}, names)
	if err != nil {
		return nil, err
	}
	var tags []any
	for _, name := range names {
		if e := known[models.EmojiKey{Shortcode: name}]; e != nil {
			tags = append(tags, Emoji(links, e))
		}
	}
	return tags, nil
}

// Emoji gives the document of an emoji of this instance, which is also the tag of what uses it.
func Emoji(links practice.Links, e *models.CustomEmoji) vocab.M {
	return vocab.M{
		"type": "Emoji", "id": links.Emoji(e.ID), "name": ":" + e.Shortcode + ":", "updated": vocab.FormatTime(e.UpdatedAt.Time()),
		"icon": vocab.M{"type": "Image", "mediaType": media.TypeOf(e.File), "url": e.URL},
	}
}
