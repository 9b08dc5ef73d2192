package mastodon

import "praxis/models"

// card is Mastodon's PreviewCard. There is never foreign HTML in it.
type card struct {
	URL              string       `json:"url"`
	Title            string       `json:"title"`
	Description      string       `json:"description"`
	Language         *string      `json:"language"`
	Type             string       `json:"type"`
	AuthorName       string       `json:"author_name"`
	AuthorURL        string       `json:"author_url"`
	ProviderName     string       `json:"provider_name"`
	ProviderURL      string       `json:"provider_url"`
	HTML             string       `json:"html"`
	Width            int64        `json:"width"`
	Height           int64        `json:"height"`
	Image            *string      `json:"image"`
	ImageDescription string       `json:"image_description"`
	EmbedURL         string       `json:"embed_url"`
	Blurhash         *string      `json:"blurhash"`
	PublishedAt      *string      `json:"published_at"`
	Authors          []cardAuthor `json:"authors"`
	History          []tagDay     `json:"history,omitempty"` // only where it is a trend
}

// cardAuthor is Mastodon's PreviewCardAuthor.
type cardAuthor struct {
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Account *account `json:"account"`
}

func cardEntity(c *models.PreviewCard) *card {
	if c == nil {
		return nil
	}
	shown := &card{
		URL: webURL(c.URL), Title: c.Title, Description: c.Description, Language: textOrNil(c.Language), Type: c.Type,
		AuthorName: c.AuthorName, AuthorURL: webURL(c.AuthorURL), ProviderName: c.ProviderName, ProviderURL: webURL(c.ProviderURL),
		Width: c.Width, Height: c.Height, Image: textOrNil(webURL(c.ImageURL)), ImageDescription: c.ImageAlt,
		Blurhash: textOrNil(c.Blurhash), PublishedAt: dateOrNil(c.PublishedAt), Authors: []cardAuthor{},
	}
	if c.AuthorName != "" {
		shown.Authors = append(shown.Authors, cardAuthor{Name: c.AuthorName, URL: shown.AuthorURL})
	}
	return shown
}
