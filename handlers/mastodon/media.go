package mastodon

import (
	"strconv"

	"praxis/models"
)

// attachedLink is the kind of attachment that is a mere link: part of the text, not of the media.
const attachedLink = "link"

// attachment is Mastodon's MediaAttachment.
type attachment struct {
	ID          string  `json:"id"`
	Type        string  `json:"type"`
	URL         string  `json:"url"`
	PreviewURL  *string `json:"preview_url"`
	RemoteURL   *string `json:"remote_url"`
	TextURL     *string `json:"text_url"`
	Meta        meta    `json:"meta"`
	Description *string `json:"description"`
	Blurhash    *string `json:"blurhash"`
}

type meta struct {
	Original *dimensions `json:"original,omitempty"`
}

type dimensions struct {
	Width  int64   `json:"width"`
	Height int64   `json:"height"`
	Size   string  `json:"size"`
	Aspect float64 `json:"aspect"`
}

func attachments(attached []models.Attachment) []attachment {
	shown := []attachment{}
	for i := range attached {
		a := &attached[i]
		address := webURL(a.URL)
		if a.Type == attachedLink || address == "" {
			continue
		}
		media := attachment{
			ID: formatID(a.ID), Type: mediaKind(a.Type), URL: address, RemoteURL: &address,
			Description: textOrNil(a.Description), Blurhash: textOrNil(a.Blurhash),
		}
		if media.Type == "image" {
			media.PreviewURL = &address
		}
		if a.Width > 0 && a.Height > 0 {
			media.Meta.Original = &dimensions{
				Width: a.Width, Height: a.Height, Aspect: float64(a.Width) / float64(a.Height),
				Size: strconv.FormatInt(a.Width, 10) + "x" + strconv.FormatInt(a.Height, 10),
			}
		}
		shown = append(shown, media)
	}
	return shown
}

// mediaKind: clients know no others.
func mediaKind(kind string) string {
	switch kind {
	case "image", "video", "gifv", "audio":
		return kind
	}
	return "unknown"
}
