package mastodon

import (
	"strconv"

	"praxis/models"
)

// attachedLink is the kind of attachment that is a mere link: part of the text, not of the media.
const attachedLink = "link"

// attachment is Mastodon's MediaAttachment. URL is nil while the file is worked on: clients wait for it.
type attachment struct {
	ID          string  `json:"id"`
	Type        string  `json:"type"`
	URL         *string `json:"url"`
	PreviewURL  *string `json:"preview_url"`
	RemoteURL   *string `json:"remote_url"`
	TextURL     *string `json:"text_url"`
	Meta        meta    `json:"meta"`
	Description *string `json:"description"`
	Blurhash    *string `json:"blurhash"`
}

type meta struct {
	Original *dimensions `json:"original,omitempty"`
	Small    *dimensions `json:"small,omitempty"`
	Focus    *focus      `json:"focus,omitempty"`
}

// dimensions has no size for a sound, and no time for a picture.
type dimensions struct {
	Width     int64   `json:"width,omitempty"`
	Height    int64   `json:"height,omitempty"`
	Size      string  `json:"size,omitempty"`
	Aspect    float64 `json:"aspect,omitempty"`
	FrameRate string  `json:"frame_rate,omitempty"`
	Duration  float64 `json:"duration,omitempty"` // seconds
	Bitrate   int64   `json:"bitrate,omitempty"`
}

type focus struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

func attachments(attached []models.Attachment) []attachment {
	shown := []attachment{}
	for i := range attached {
		a := &attached[i]
		if a.Type == attachedLink || webURL(a.URL) == "" {
			continue
		}
		shown = append(shown, attachmentOf(a))
	}
	return shown
}

func attachmentOf(a *models.Attachment) attachment {
	address := textOrNil(webURL(a.URL))
	media := attachment{
		ID: formatID(a.ID), Type: mediaKind(a.Type), URL: address, PreviewURL: textOrNil(webURL(a.PreviewURL)),
		Description: textOrNil(a.Description), Blurhash: textOrNil(a.Blurhash),
		Meta: meta{Original: originalOf(a), Small: dimensionsOf(a.PreviewWidth, a.PreviewHeight)},
	}
	if a.OwnerID == 0 {
		media.RemoteURL = address
		if media.Type == "image" && media.PreviewURL == nil {
			media.PreviewURL = address
		}
	}
	if a.OwnerID != 0 || a.FocusX != 0 || a.FocusY != 0 {
		media.Meta.Focus = &focus{X: a.FocusX, Y: a.FocusY}
	}
	return media
}

func originalOf(a *models.Attachment) *dimensions {
	shape := dimensionsOf(a.Width, a.Height)
	if a.Duration <= 0 {
		return shape
	}
	if shape == nil {
		shape = &dimensions{}
	}
	shape.Duration, shape.FrameRate, shape.Bitrate = a.Duration, a.FrameRate, int64(float64(a.Size)*8/a.Duration)
	return shape
}

func dimensionsOf(width, height int64) *dimensions {
	if width <= 0 || height <= 0 {
		return nil
	}
	return &dimensions{
		Width: width, Height: height, Aspect: float64(width) / float64(height),
		Size: strconv.FormatInt(width, 10) + "x" + strconv.FormatInt(height, 10),
	}
}

// mediaKind: clients know no others.
func mediaKind(kind string) string {
	switch kind {
	case "image", "video", "gifv", "audio":
		return kind
	}
	return "unknown"
}
