package mastodon

import (
	"net/http"

	"praxis/internal/text"
	"praxis/models"
)

func emojiRoutes() []route {
	return []route{open(http.MethodGet, "/api/v1/custom_emojis", getEmojis)}
}

// emoji is Mastodon's CustomEmoji.
type emoji struct {
	Shortcode string  `json:"shortcode"`
	URL       string  `json:"url"`
	StaticURL string  `json:"static_url"`
	Visible   bool    `json:"visible_in_picker"`
	Category  *string `json:"category"`
}

func emojiEntity(e *models.CustomEmoji) emoji {
	return emoji{Shortcode: e.Shortcode, URL: e.URL, StaticURL: e.StaticURL, Visible: e.Visible, Category: textOrNil(e.Category)}
}

func getEmojis(c *call) (any, error) {
	rows, err := c.tx.LocalEmoji()
	shown := []emoji{}
	for i := range rows {
		if rows[i].Visible && !rows[i].Disabled {
			shown = append(shown, emojiEntity(&rows[i]))
		}
	}
	return shown, err
}

// emojiShelf holds the emoji that the texts of an answer name.
type emojiShelf map[models.EmojiKey]*models.CustomEmoji

// readEmoji finds, in one statement, what posts and actors name as :shortcode:; the emoji are those of their authors' hosts.
// More gives what else of a post is shown.
func readEmoji(tx *models.Tx, posts []*models.Post, actors []*models.Actor, more func(postID int64) []string) (emojiShelf, error) {
	var texts, hosts []string
	seen := map[string]bool{}
	add := func(host string, found ...string) {
		if len(text.Shortcodes(found...)) == 0 {
			return
		}
		texts = append(texts, found...)
		if !seen[host] {
			seen[host] = true
			hosts = append(hosts, host)
		}
	}
	of := map[int64]*models.Actor{}
	for _, a := range actors {
		of[a.ID] = a
		add(emojiHost(a), actorTexts(a)...)
	}
	for _, p := range posts {
		add(emojiHost(of[p.AuthorID]), append(postTexts(p), more(p.ID)...)...)
	}
	var names []string
	for _, each := range texts {
		names = append(names, text.Shortcodes(each)...)
	}
	return tx.EmojiOf(hosts, names)
}

func postTexts(p *models.Post) []string { return []string{p.Title, p.SpoilerText, p.Content} }

func actorTexts(a *models.Actor) []string {
	texts := []string{a.DisplayName, a.Summary}
	for _, f := range a.FieldList() {
		texts = append(texts, f.Name, f.Value)
	}
	return texts
}

// emojiHost is the host whose emoji an actor's texts name.
func emojiHost(a *models.Actor) string {
	if a == nil || a.Local {
		return ""
	}
	return a.Host
}

// in gives the emoji of a host that texts name.
func (s emojiShelf) in(host string, texts ...string) []emoji {
	shown := []emoji{}
	if len(s) == 0 {
		return shown
	}
	for _, name := range text.Shortcodes(texts...) {
		if e := s[models.EmojiKey{Host: host, Shortcode: name}]; e != nil && webURL(e.URL) != "" {
			shown = append(shown, emojiEntity(e))
		}
	}
	return shown
}
