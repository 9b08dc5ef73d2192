package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

func scheduledRoutes() []route {
	const path = "/api/v1/scheduled_statuses"
	return []route{
		member(http.MethodGet, path, getScheduled, readStatuses),
		member(http.MethodGet, path+"/{id}", getScheduledOne, readStatuses),
		member(http.MethodPut, path+"/{id}", reschedule, writeStatuses),
		member(http.MethodDelete, path+"/{id}", unschedule, writeStatuses),
	}
}

// scheduled is Mastodon's ScheduledStatus, with why it was not published.
type scheduled struct {
	ID               string          `json:"id"`
	ScheduledAt      string          `json:"scheduled_at"`
	Params           scheduledParams `json:"params"`
	MediaAttachments []attachment    `json:"media_attachments"`
	Failure          *string         `json:"failure,omitempty"`
}

type scheduledParams struct {
	Text          string                  `json:"text"`
	SpoilerText   string                  `json:"spoiler_text"`
	Visibility    string                  `json:"visibility"`
	Sensitive     bool                    `json:"sensitive"`
	Language      *string                 `json:"language"`
	InReplyToID   *int64                  `json:"in_reply_to_id"`
	MediaIDs      []string                `json:"media_ids"`
	Poll          *practice.ScheduledPoll `json:"poll"`
	ApplicationID int64                   `json:"application_id"`
	ScheduledAt   *string                 `json:"scheduled_at"`
	Idempotency   *string                 `json:"idempotency"`
	WithRateLimit bool                    `json:"with_rate_limit"`
	QuotedID      *string                 `json:"quoted_status_id"`
	QuotePolicy   *string                 `json:"quote_approval_policy"`
}

// scheduled shows what waits to be published, with the files that it will carry.
func (c *call) scheduled(rows []models.ScheduledPost) ([]*scheduled, error) {
	shown, media := []*scheduled{}, []int64{}
	for i := range rows {
		params, err := practice.ParamsOf(&rows[i])
		if err != nil {
			return nil, err
		}
		shown, media = append(shown, showScheduled(&rows[i], params)), append(media, params.MediaIDs...)
	}
	files, err := c.tx.Uploads(media, c.viewer())
	if err != nil {
		return nil, err
	}
	for _, one := range shown {
		for _, id := range ids(one.Params.MediaIDs, practice.MaxAttachments) {
			if file := files[id]; file != nil {
				one.MediaAttachments = append(one.MediaAttachments, attachmentOf(file))
			}
		}
	}
	return shown, nil
}

func (c *call) scheduledOne(row *models.ScheduledPost, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	shown, err := c.scheduled([]models.ScheduledPost{*row})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

func showScheduled(row *models.ScheduledPost, params practice.ScheduledParams) *scheduled {
	shown := &scheduled{
		ID: formatID(row.ID), ScheduledAt: date(row.DueAt), MediaAttachments: []attachment{}, Failure: textOrNil(row.Failure),
		Params: scheduledParams{
			Text: params.Text, SpoilerText: params.SpoilerText, Visibility: params.Visibility, Sensitive: params.Sensitive,
			Language: textOrNil(params.Language), Poll: params.Poll, ApplicationID: row.AppID, MediaIDs: []string{},
		},
	}
	shown.Params.QuotedID, shown.Params.QuotePolicy = idOrNil(params.QuotedID), textOrNil(params.QuotePolicy)
	if params.InReplyToID != 0 {
		shown.Params.InReplyToID = &params.InReplyToID
	}
	for _, id := range params.MediaIDs {
		shown.Params.MediaIDs = append(shown.Params.MediaIDs, formatID(id))
	}
	return shown
}

// schedule keeps a draft for later.
func (c *call) schedule(written practice.Draft, at time.Time) (any, error) {
	return c.scheduledOne(c.s.service.Schedule(c.ctx(), written, at))
}

// scheduledAt reads when a post shall be published.
func (c *call) scheduledAt() (time.Time, error) {
	said := c.params.text("scheduled_at")
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, said); err == nil {
			return at, nil
		}
	}
	return time.Time{}, models.FieldErrorf("scheduled_at", "Validation failed: Scheduled at is no date such as 2030-12-31T12:00:00Z")
}

func getScheduled(c *call) (any, error) {
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.ScheduledPosts(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	return c.scheduled(window(c, page, rows, func(row *models.ScheduledPost) int64 { return row.ID }))
}

func getScheduledOne(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.scheduledOne(c.tx.ScheduledPost(c.viewer(), id))
}

func reschedule(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if !c.params.has("scheduled_at") {
		return getScheduledOne(c)
	}
	if _, err := c.tx.ScheduledPost(c.viewer(), id); err != nil {
		return nil, err
	}
	at, err := c.scheduledAt()
	if err != nil {
		return nil, err
	}
	return c.scheduledOne(c.s.service.Reschedule(c.ctx(), c.me(), id, at))
}

func unschedule(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.Unschedule(c.ctx(), c.me(), id)
}
