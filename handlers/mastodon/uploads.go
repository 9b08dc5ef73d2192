package mastodon

import (
	"encoding/json"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"praxis/internal/media"
	"praxis/models"
	"praxis/practice"
)

const writeMedia = "write:media"

func mediaRoutes() []route {
	return []route{
		filming(member(http.MethodPost, "/api/v1/media", createMediaAndWait, writeMedia)),
		filming(member(http.MethodPost, "/api/v2/media", createMedia, writeMedia)),
		member(http.MethodGet, "/api/v1/media/{id}", getMedia, writeMedia),
		uploading(member(http.MethodPut, "/api/v1/media/{id}", updateMedia, writeMedia)),
		member(http.MethodDelete, "/api/v1/media/{id}", deleteMedia, writeMedia),
	}
}

// uploading lets a route take files.
func uploading(rt route) route {
	rt.uploads = true
	return rt
}

// filming lets a route take files, and among them a film.
func filming(rt route) route {
	rt.films = true
	return uploading(rt)
}

// maxUpload is how large the body of a request with files may be: two pictures, for those who change avatar and header at
// once. What is larger than memory should hold is written to a temporary file while it arrives.
const maxUpload = 2*media.MaxImageBytes + maxBody

// maxUpload gives how large the body of a request to a route may be: larger where films are taken.
func (s *Server) maxUpload(rt route) int64 {
	if rt.films && s.service.FilmsTaken() {
		return max(maxUpload, media.MaxFilmBytes+media.MaxImageBytes+maxBody)
	}
	return maxUpload
}

// How long a request with files may take: phones have slow lines.
const (
	uploadTime = 5 * time.Minute
	filmTime   = 20 * time.Minute // with the time in which its uploader waits for a film
	answerTime = time.Minute
)

// grantTime gives a request with files more time than others have. Where the connection cannot be told so, it has as much
// as others.
func grantTime(w http.ResponseWriter, rt route) {
	controller, now, granted := http.NewResponseController(w), time.Now(), uploadTime
	if rt.films {
		granted = filmTime
	}
	_ = controller.SetReadDeadline(now.Add(granted))
	_ = controller.SetWriteDeadline(now.Add(granted + answerTime))
}

// file opens the file that a request has by a name; nil when there is none. Errors: Invalid for what is no file.
func (c *call) file(name string) (multipart.File, error) {
	if form := c.r.MultipartForm; form != nil && len(form.File[name]) > 0 {
		return form.File[name][0].Open()
	}
	if c.params.has(name) {
		return nil, models.FieldErrorf(name, "Validation failed: %s must be a file, sent as multipart/form-data", name)
	}
	return nil, nil
}

func createMediaAndWait(c *call) (any, error) { return c.upload(true) }

// createMedia answers 202 for what takes time: clients ask for it until it has an address.
func createMedia(c *call) (any, error) { return c.upload(false) }

func (c *call) upload(wait bool) (any, error) {
	file, err := c.file("file")
	if err != nil {
		return nil, err
	}
	if file == nil {
		return nil, models.FieldErrorf("file", "Validation failed: File can't be blank")
	}
	defer func() { _ = file.Close() }()
	up := practice.Upload{Owner: c.me(), File: file, Description: c.params.text("description"), Wait: wait}
	if up.Focus, err = focusOf(c.params["focus"]); err != nil {
		return nil, err
	}
	thumbnail, err := c.file("thumbnail")
	if err != nil {
		return nil, err
	}
	if thumbnail != nil {
		defer func() { _ = thumbnail.Close() }()
		up.Thumbnail = thumbnail
	}
	made, err := c.s.service.Upload(c.ctx(), up)
	if err != nil {
		return nil, err
	}
	return pending(made, http.StatusAccepted), nil
}

// pending shows an upload of one's own, with another status while it is worked on.
func pending(a *models.Attachment, status int) any {
	if a.State == models.MediaProcessing {
		return withStatus{status, attachmentOf(a)}
	}
	return attachmentOf(a)
}

func (c *call) ownMedia() (*models.Attachment, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.tx.Upload(id, c.viewer())
}

func getMedia(c *call) (any, error) {
	a, err := c.ownMedia()
	if err != nil {
		return nil, err
	}
	if a.State == models.MediaFailed {
		return nil, models.FieldErrorf("file", "%s", a.Failure)
	}
	return pending(a, http.StatusPartialContent), nil
}

func updateMedia(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	change := practice.MediaChange{ID: id}
	if _, said := c.params["description"]; said {
		text := c.params.text("description")
		change.Description = &text
	}
	if change.Focus, err = focusOf(c.params["focus"]); err != nil {
		return nil, err
	}
	thumbnail, err := c.file("thumbnail")
	if err != nil {
		return nil, err
	}
	if thumbnail != nil {
		defer func() { _ = thumbnail.Close() }()
		change.Thumbnail = io.Reader(thumbnail)
	}
	changed, err := c.s.service.ChangeUpload(c.ctx(), c.me(), change)
	if err != nil {
		return nil, err
	}
	return attachmentOf(changed), nil
}

func deleteMedia(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DropUpload(c.ctx(), c.me(), id)
}

// focusOf reads "0.5,-0.2", or a list of the two; nil when it is not said.
func focusOf(value any) (*practice.Focus, error) {
	var parts []string
	switch value := value.(type) {
	case nil:
		return nil, nil
	case string:
		if value == "" {
			return nil, nil
		}
		parts = strings.Split(value, ",")
	case []any:
		for _, item := range value {
			parts = append(parts, params{"": item}.text(""))
		}
	case json.Number:
		parts = []string{value.String()}
	}
	wrong := models.FieldErrorf("focus", "Validation failed: focus must be two numbers from -1 to 1, such as 0.5,-0.2")
	if len(parts) != 2 {
		return nil, wrong
	}
	x, errX := strconv.ParseFloat(strings.TrimSpace(parts[0]), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(parts[1]), 64)
	if errX != nil || errY != nil || math.IsNaN(x+y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return nil, wrong
	}
	return &practice.Focus{X: x, Y: y}, nil
}

// mediaChange is what an edit of a post says of one of its files.
type mediaChange struct {
	ID          string  `mapstructure:"id"`
	Description *string `mapstructure:"description"`
	Focus       any     `mapstructure:"focus"`
}

// mediaIDs reads which files a post carries; nil when nothing was said of them.
func (c *call) mediaIDs(named []string) (*[]int64, error) {
	if c.params["media_ids"] == nil {
		return nil, nil
	}
	found := []int64{}
	for _, name := range named {
		if name == "" {
			continue
		}
		id, err := parseID(name)
		if err != nil {
			return nil, models.FieldErrorf("media_ids", "Validation failed: Media %q not found or already attached to another post", name)
		}
		found = append(found, id)
	}
	return &found, nil
}

func mediaChanges(said []mediaChange) ([]practice.MediaChange, error) {
	var changes []practice.MediaChange
	for _, m := range said {
		id, err := parseID(m.ID)
		if err != nil {
			return nil, models.FieldErrorf("media_attributes", "Validation failed: Media %q is not attached to this post", m.ID)
		}
		point, err := focusOf(m.Focus)
		if err != nil {
			return nil, err
		}
		changes = append(changes, practice.MediaChange{ID: id, Description: m.Description, Focus: point})
	}
	return changes, nil
}
