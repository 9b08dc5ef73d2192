package outbox

import (
	"praxis/federation/vocab"
	"praxis/internal/media"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// emojiTags gives the tags of this instance's emoji that a post uses.
func emojiTags(tx *models.Tx, links practice.Links, p *models.Post) ([]any, error) {
	names := text.Shortcodes(p.Content, p.SpoilerText)
	known, err := tx.EmojiOf([]string{""}, names)
	if err != nil {
		return nil, err
	}
	var tags []any
	for _, name := range names {
		if e := known[models.EmojiKey{Shortcode: name}]; e != nil {
			tags = append(tags, vocab.M{
				"type": "Emoji", "id": links.Emoji(e.ID), "name": ":" + e.Shortcode + ":", "updated": vocab.FormatTime(e.UpdatedAt.Time()),
				"icon": vocab.M{"type": "Image", "mediaType": media.TypeOf(e.File), "url": e.URL},
			})
		}
	}
	return tags, nil
}
