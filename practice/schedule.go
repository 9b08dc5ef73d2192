package practice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"praxis/models"
)

// What bounds scheduled posts, as Mastodon bounds them.
const (
	minScheduleAhead = 5 * time.Minute
	maxScheduled     = 300
	maxScheduledDay  = 25
)

// ScheduledParams is what a member said of a post that waits for its time.
type ScheduledParams struct {
	Text        string         `json:"text"`
	SpoilerText string         `json:"spoiler_text"`
	Visibility  string         `json:"visibility"`
	Sensitive   bool           `json:"sensitive"`
	Language    string         `json:"language"`
	InReplyToID int64          `json:"in_reply_to_id"`
	MediaIDs    []int64        `json:"media_ids"`
	Poll        *ScheduledPoll `json:"poll"`
	QuotedID    int64          `json:"quoted_status_id"`
	QuotePolicy string         `json:"quote_approval_policy"`
	Title       string         `json:"title,omitempty"`
	Kind        string         `json:"kind,omitempty"`
	CommunityID int64          `json:"community_id,omitempty"`
	Facts       *Facts         `json:"facts,omitempty"`
}

// ScheduledPoll is the poll of a post that waits: its time begins when it is published.
type ScheduledPoll struct {
	Options    []string `json:"options"`
	ExpiresIn  int64    `json:"expires_in"` // seconds
	Multiple   bool     `json:"multiple"`
	HideTotals bool     `json:"hide_totals"`
}

// ParamsOf reads what a member said of a post that waits.
func ParamsOf(row *models.ScheduledPost) (ScheduledParams, error) {
	var params ScheduledParams
	if err := json.Unmarshal([]byte(row.Params), &params); err != nil {
		return params, fmt.Errorf("read scheduled post %d: %w", row.ID, err)
	}
	return params, nil
}

func paramsOf(draft *Draft) ScheduledParams {
	params := ScheduledParams{
		Text: draft.Text, SpoilerText: draft.SpoilerText, Visibility: draft.Visibility, Sensitive: draft.Sensitive,
		Language: draft.Language, MediaIDs: draft.Media, QuotePolicy: draft.QuotePolicy,
		Title: draft.Title, Kind: draft.Kind, Facts: draft.Facts,
	}
	if draft.Placed {
		params.CommunityID = draft.Community.ID
	}
	if draft.Quoted != nil {
		params.QuotedID = draft.Quoted.ID
	}
	if draft.InReplyTo != nil {
		params.InReplyToID = draft.InReplyTo.ID
	}
	if poll := draft.Poll; poll != nil {
		params.Poll = &ScheduledPoll{
			Options: poll.Options, ExpiresIn: int64(poll.ExpiresIn.Seconds()), Multiple: poll.Multiple, HideTotals: poll.HideTotals,
		}
	}
	return params
}

// draft makes the draft that the parameters stand for. Errors: NotFound when what it answers is gone.
func (p ScheduledParams) draft(tx *models.Tx, row *models.ScheduledPost) (*Draft, error) {
	author, err := tx.Actor(row.ActorID)
	if err != nil {
		return nil, err
	}
	account, err := tx.AccountByActor(author.ID)
	if err != nil {
		return nil, err
	}
	if author.IsGone() || account.DisabledAt != 0 {
		return nil, models.Errorf(models.Forbidden, "The account is disabled.")
	}
	draft := &Draft{
		Author: author, Text: p.Text, SpoilerText: p.SpoilerText, Visibility: p.Visibility, Sensitive: p.Sensitive,
		Language: p.Language, AppID: row.AppID, Media: p.MediaIDs, QuotePolicy: p.QuotePolicy,
		Title: p.Title, Kind: p.Kind, Facts: p.Facts,
	}
	if p.CommunityID != 0 {
		if draft.Community, err = tx.Actor(p.CommunityID); err != nil {
			return nil, err
		}
		draft.Placed = true
	}
	if poll := p.Poll; poll != nil {
		draft.Poll = &PollDraft{
			Options: poll.Options, ExpiresIn: time.Duration(poll.ExpiresIn) * time.Second, Multiple: poll.Multiple, HideTotals: poll.HideTotals,
		}
	}
	if p.QuotedID != 0 {
		if draft.Quoted, err = tx.VisiblePost(p.QuotedID, author.ID); err != nil {
			return nil, err
		}
	}
	if p.InReplyToID != 0 {
		draft.InReplyTo, err = tx.VisiblePost(p.InReplyToID, author.ID)
	}
	return draft, err
}

// Schedule keeps a member's draft until a moment at least five minutes ahead. A draft with an idempotency key that was
// scheduled before gives the first. Errors: Invalid for a draft that could not be published, for a moment that is too near,
// and beyond 300 posts in all or 25 of one day.
func (s *Service) Schedule(ctx context.Context, draft Draft, at time.Time) (*models.ScheduledPost, error) {
	if err := s.checkText(&draft); err != nil {
		return nil, err
	}
	if err := s.checkPoll(&draft); err != nil {
		return nil, err
	}
	if err := draft.checkPractice(); err != nil {
		return nil, err
	}
	if err := s.checkQuoted(ctx, &draft); err != nil {
		return nil, err
	}
	params, err := json.Marshal(paramsOf(&draft))
	if err != nil {
		return nil, fmt.Errorf("encode scheduled post: %w", err)
	}
	var row *models.ScheduledPost
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if row, err = s.knownSchedule(tx, &draft); err != nil || row != nil {
			return err
		}
		row = &models.ScheduledPost{ActorID: draft.Author.ID, AppID: draft.AppID, DueAt: models.At(at), Params: string(params)}
		if err := s.maySchedule(tx, row, true); err != nil {
			return err
		}
		if held, err := tx.HoldUploads(draft.Media, draft.Author.ID, row.DueAt); err != nil || !held {
			return orMissingMedia(err)
		}
		if err := tx.CreateScheduledPost(row); err != nil || draft.IdempotencyKey == "" {
			return err
		}
		return tx.PutPostOfKey(draft.Author.ID, scheduleKey(&draft), row.ID)
	})
	return row, err
}

func orMissingMedia(err error) error {
	if err != nil {
		return err
	}
	return invalid("media_ids", "Validation failed: Media not found, not processed yet, or already attached to another post")
}

// scheduleKey keeps the keys of what waits apart from those of what is published.
func scheduleKey(draft *Draft) string { return "scheduled " + draft.IdempotencyKey }

func (s *Service) knownSchedule(tx *models.Tx, draft *Draft) (*models.ScheduledPost, error) {
	if draft.IdempotencyKey == "" {
		return nil, nil
	}
	id, err := tx.PostOfKey(draft.Author.ID, scheduleKey(draft))
	if err != nil || id == 0 {
		return nil, err
	}
	row, err := tx.ScheduledPost(draft.Author.ID, id)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// maySchedule holds a moment, and how many posts wait for it, to their bounds.
func (s *Service) maySchedule(tx *models.Tx, row *models.ScheduledPost, added bool) error {
	if row.DueAt < tx.Now().Add(minScheduleAhead) {
		return invalid("scheduled_at", "Validation failed: Scheduled at must be at least 5 minutes in the future")
	}
	if row.DueAt > tx.Now().Add(maxScheduleAhead) {
		return invalid("scheduled_at", "Validation failed: Scheduled at is too far in the future")
	}
	day := models.At(row.DueAt.Time().Truncate(24 * time.Hour))
	all, that, err := tx.CountScheduledPosts(row.ActorID, day, day.Add(24*time.Hour))
	switch {
	case err != nil:
		return err
	case added && all >= maxScheduled:
		return invalid("base", "Validation failed: You have exceeded the limit of %d scheduled posts", maxScheduled)
	case that >= maxScheduledDay:
		return invalid("base", "Validation failed: You have exceeded the limit of %d scheduled posts for one day", maxScheduledDay)
	}
	return nil
}

// maxScheduleAhead keeps moments within what can be stored and shown.
const maxScheduleAhead = 100 * 365 * 24 * time.Hour

// Reschedule changes when one of a member's posts is published; one that failed is tried again then. Errors: NotFound;
// Invalid as for Schedule.
func (s *Service) Reschedule(ctx context.Context, actor *models.Actor, id int64, at time.Time) (*models.ScheduledPost, error) {
	var row *models.ScheduledPost
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if row, err = tx.LockScheduledPost(actor.ID, id); err != nil {
			return err
		}
		before := row.DueAt
		row.DueAt, row.Failure = models.At(at), ""
		if before != row.DueAt {
			if err := s.maySchedule(tx, row, false); err != nil {
				return err
			}
		}
		return tx.SaveScheduledPost(row)
	})
	return row, err
}

// Unschedule removes one of a member's posts that wait. Errors: NotFound.
func (s *Service) Unschedule(ctx context.Context, actor *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := tx.LockScheduledPost(actor.ID, id)
		if err != nil {
			return err
		}
		return tx.DeleteScheduledPost(row.ID)
	})
}

// How scheduled posts are published.
const (
	dueBatch = 20
	dueRetry = time.Hour // for how long after its time a post is tried again when the fault was this server's
)

// PublishDue publishes the posts whose time has come, each once, and reports whether anything came of it. One that cannot
// be published stays with the reason and is not tried again.
func (s *Service) PublishDue(ctx context.Context) (bool, error) {
	due, err := s.store.Read(ctx).DueScheduledPosts(dueBatch)
	if err != nil {
		return false, err
	}
	moved := false
	for i := range due {
		err := s.publishScheduled(ctx, &due[i])
		if ctx.Err() != nil {
			return moved, ctx.Err()
		}
		if err != nil {
			s.log.InfoContext(ctx, "scheduled post not published", "post", due[i].ID, "reason", err)
			if s.mayStillWork(&due[i], err) {
				continue
			}
			if err := s.scheduleFailed(ctx, &due[i], err); err != nil {
				return moved, err
			}
		}
		moved = true
	}
	return moved, nil
}

// mayStillWork reports a fault of this server's, which need not last.
func (s *Service) mayStillWork(row *models.ScheduledPost, err error) bool {
	code := models.ErrorCode(err)
	return (code == models.Internal || code == models.Unavailable) && models.At(s.store.Now()) < row.DueAt.Add(dueRetry)
}

// publishScheduled publishes one post and removes what waited, in one transaction.
func (s *Service) publishScheduled(ctx context.Context, row *models.ScheduledPost) error {
	params, err := ParamsOf(row)
	if err != nil {
		return err
	}
	draft, err := params.draft(s.store.Read(ctx), row)
	if err != nil {
		return err
	}
	if err := s.prepare(ctx, draft); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockScheduledPost(row.ActorID, row.ID)
		if models.IsNotFound(err) || err == nil && *current != *row {
			return nil // published by another process, withdrawn or put off in the meantime
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteScheduledPost(row.ID); err != nil {
			return err
		}
		_, err = s.post(tx, draft)
		return err
	})
}

func (s *Service) scheduleFailed(ctx context.Context, row *models.ScheduledPost, cause error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockScheduledPost(row.ActorID, row.ID)
		if models.IsNotFound(err) || err == nil && *current != *row {
			return nil
		}
		if err != nil {
			return err
		}
		current.Failure = models.ErrorMessage(cause)
		return tx.SaveScheduledPost(current)
	})
}
