package mastodon

import (
	"html"
	"net/http"

	"praxis/models"
)

func oembedRoutes() []route {
	return []route{open(http.MethodGet, "/api/oembed", getOEmbed)}
}

// oembed is what other pages show of a post (oEmbed 1.0).
type oembed struct {
	Type         string `json:"type"`
	Version      string `json:"version"`
	Title        string `json:"title"`
	AuthorName   string `json:"author_name"`
	AuthorURL    string `json:"author_url"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	CacheAge     int    `json:"cache_age"`
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       *int   `json:"height"`
}

const (
	oembedWidth = 400
	oembedAge   = 24 * 60 * 60 // seconds
)

// getOEmbed quotes a post of ours that everybody may read. Whoever asks counts as nobody: what comes out stands on a page
// for everybody.
func getOEmbed(c *call) (any, error) {
	address := c.params.text("url")
	post, err := c.tx.VisiblePostByURI(address, models.Anonymous)
	if models.IsNotFound(err) && c.s.links.IsOurs(address) {
		if _, found := c.findPage(address); found != nil {
			post, err = c.tx.VisiblePost(found.ID, models.Anonymous)
		}
	}
	if err != nil {
		return nil, err
	}
	if post == nil || !post.Local || post.IsBoost() || !post.IsPublic() {
		return nil, errNotFound
	}
	shown, err := c.status(post)
	if err != nil {
		return nil, err
	}
	width := oembedWidth
	if most, ok := c.params.number("maxwidth"); ok && most > 0 {
		width = int(min(most, oembedWidth))
	}
	quoted := shown.Content
	if post.Sensitive {
		quoted = "<p>" + html.EscapeString(post.SpoilerText) + "</p>"
	}
	return oembed{
		Type: "rich", Version: "1.0", Title: titleOf(post, shown.Account), AuthorName: shown.Account.DisplayName, AuthorURL: shown.Account.URL,
		ProviderName: c.s.links.Host, ProviderURL: c.s.links.Base + "/", CacheAge: oembedAge, Width: width,
		HTML: `<blockquote cite="` + html.EscapeString(post.URL) + `">` + quoted + `<footer><a href="` + html.EscapeString(post.URL) +
			`">` + html.EscapeString("@"+shown.Account.Username+"@"+c.s.links.Host) + "</a></footer></blockquote>",
	}, nil
}

// titleOf names a post: by its title, where it has one.
func titleOf(post *models.Post, author *account) string {
	if post.Title != "" && !post.Sensitive {
		return post.Title
	}
	return "A post by " + author.DisplayName
}
