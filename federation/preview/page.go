package preview

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"praxis/federation/fetch"
	"praxis/internal/text"
	"praxis/models"
)

// How much of what a page says is kept, in characters.
const (
	maxTitle       = 500
	maxDescription = 1000
	maxName        = 200
	maxAddress     = 2048
	maxPixels      = 20000
)

// facts are what a page says of itself: by name, the first of each.
type facts struct {
	base   *url.URL
	said   map[string]string
	oembed string
}

// parse reads the head of a page. Nothing of it is trusted: texts become plain, addresses web addresses or nothing.
func parse(page *fetch.WebPage) *facts {
	f := &facts{said: map[string]string{}}
	f.base, _ = url.Parse(page.URL)
	reader, err := charset.NewReader(bytes.NewReader(page.Body), page.Type)
	if err != nil {
		return f
	}
	f.read(html.NewTokenizer(io.LimitReader(reader, 2<<20)))
	return f
}

func (f *facts) read(tokens *html.Tokenizer) {
	tokens.SetMaxBuf(1 << 20)
	title := false
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if title {
				f.note("title", tokens.Token().Data)
			}
		case html.EndTagToken:
			title = false
			if name, _ := tokens.TagName(); string(name) == "head" {
				return
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			title = token.Data == "title"
			if token.Data == "body" {
				return
			}
			f.element(token)
		}
	}
}

func (f *facts) element(token html.Token) {
	attributes := map[string]string{}
	for _, a := range token.Attr {
		attributes[a.Key] = a.Val
	}
	switch token.Data {
	case "html":
		f.note("language", attributes["lang"])
	case "meta":
		name := attributes["property"]
		if name == "" {
			name = attributes["name"]
		}
		f.note(strings.ToLower(name), attributes["content"])
	case "link":
		if strings.ToLower(attributes["type"]) == "application/json+oembed" && f.oembed == "" {
			f.oembed = f.address(attributes["href"])
		}
	}
}

// maxFacts bounds how many names are remembered.
const maxFacts = 200

func (f *facts) note(name, value string) {
	value = strings.TrimSpace(value)
	if name == "" || value == "" || f.said[name] != "" || len(f.said) >= maxFacts {
		return
	}
	f.said[name] = value
}

// first gives what is said under the first of names that is there.
func (f *facts) first(names ...string) string {
	for _, name := range names {
		if f.said[name] != "" {
			return f.said[name]
		}
	}
	return ""
}

// lacks reports that the page's server may know more of it.
func (f *facts) lacks() bool {
	return f.first("og:title") == "" || f.first("og:image", "og:image:url") == "" || f.first("author", "article:author") == ""
}

// addOEmbed adds what a page's server says of it. Its HTML is never taken.
func (f *facts) addOEmbed(raw []byte) {
	var said struct {
		Title        string `json:"title"`
		AuthorName   string `json:"author_name"`
		AuthorURL    string `json:"author_url"`
		ProviderName string `json:"provider_name"`
		ProviderURL  string `json:"provider_url"`
		Thumbnail    string `json:"thumbnail_url"`
	}
	if json.Unmarshal(raw, &said) != nil {
		return
	}
	for name, value := range map[string]string{
		"oembed:title": said.Title, "oembed:author": said.AuthorName, "oembed:author_url": said.AuthorURL,
		"oembed:provider": said.ProviderName, "oembed:provider_url": said.ProviderURL, "oembed:image": said.Thumbnail,
	} {
		f.note(name, value)
	}
}

// card gives what is kept.
func (f *facts) card() *models.PreviewCard {
	card := &models.PreviewCard{
		Type:         "link",
		Title:        plain(f.first("og:title", "twitter:title", "oembed:title", "title"), maxTitle),
		Description:  plain(f.first("og:description", "twitter:description", "description"), maxDescription),
		ProviderName: plain(f.first("og:site_name", "oembed:provider"), maxName),
		ProviderURL:  f.address(f.first("oembed:provider_url")),
		AuthorName:   plain(f.first("oembed:author", "author", "article:author"), maxName),
		AuthorURL:    f.address(f.first("oembed:author_url")),
		Language:     language(f.first("og:locale", "language")),
	}
	if webPage(card.AuthorName) { // some put an address there
		card.AuthorName = ""
	}
	if image := f.address(f.first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "oembed:image")); strings.HasPrefix(image, "https://") {
		card.ImageURL, card.ImageAlt = image, plain(f.first("og:image:alt", "twitter:image:alt"), maxDescription)
		card.Width, card.Height = pixels(f.first("og:image:width")), pixels(f.first("og:image:height"))
	}
	if at, err := time.Parse(time.RFC3339, f.first("article:published_time")); err == nil && at.Year() > 1900 && at.Year() < 3000 {
		card.PublishedAt = models.At(at)
	}
	return card
}

func webPage(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// plain makes a text one line without markup.
func plain(s string, limit int) string {
	s = strings.Join(strings.Fields(text.CleanName(s)), " ")
	if runes := []rune(s); len(runes) > limit {
		s = strings.TrimSpace(string(runes[:limit-1])) + "…"
	}
	return s
}

// address gives a web address, which may be relative to the page, or "".
func (f *facts) address(said string) string {
	if said == "" || f.base == nil {
		return ""
	}
	at, err := f.base.Parse(said)
	if err != nil || (at.Scheme != "https" && at.Scheme != "http") || at.Host == "" || at.User != nil || len(at.String()) > maxAddress {
		return ""
	}
	return at.String()
}

func pixels(said string) int64 {
	n, err := strconv.ParseInt(said, 10, 64)
	if err != nil || n < 0 || n > maxPixels {
		return 0
	}
	return n
}

// language gives the first part of a tag, such as "de" of "de_DE".
func language(said string) string {
	code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(said), "_", "-"), "-")
	if len(code) < 2 || len(code) > 3 || strings.ContainsFunc(code, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return ""
	}
	return code
}
