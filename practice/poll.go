package practice

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"praxis/models"
)

// What bounds members' polls, as Mastodon bounds them.
const (
	MaxPollOptions = 4
	MaxPollOption  = 50 // characters
	MinPollTime    = 5 * time.Minute
	MaxPollTime    = 2629746 * time.Second // a month
)

// typeQuestion is the ActivityStreams type of a post with a poll.
const typeQuestion = "Question"

// PollDraft is a poll before it is one, or what a poll shall become.
type PollDraft struct {
	Options    []string
	Multiple   bool
	HideTotals bool          // until it ends; of members
	ExpiresIn  time.Duration // of members

	// Of remote authors.
	ExpiresAt time.Time // the zero time for never
	Votes     []int64   // for each option
	Voters    int64
}

// checkPoll refuses a member's poll that is not within bounds, and tidies its options.
func (s *Service) checkPoll(draft *Draft) error {
	if draft.Poll == nil {
		return nil
	}
	if len(draft.Attachments)+len(draft.Media) > 0 {
		return invalid("poll", "Validation failed: a post has attachments or a poll, not both")
	}
	tidy := *draft.Poll
	tidy.Options = nil
	for _, option := range draft.Poll.Options {
		if option = strings.TrimSpace(option); option != "" {
			tidy.Options = append(tidy.Options, option)
		}
	}
	draft.Poll, draft.Type = &tidy, typeQuestion
	switch n := len(tidy.Options); {
	case n < 2:
		return invalid("poll", "Validation failed: a poll must have more than one option")
	case n > MaxPollOptions:
		return invalid("poll", "Validation failed: a poll has %d options, and at most %d are allowed", n, MaxPollOptions)
	case tidy.ExpiresIn < MinPollTime:
		return invalid("poll", "Validation failed: a poll must be open for at least %d seconds", int(MinPollTime.Seconds()))
	case tidy.ExpiresIn > MaxPollTime:
		return invalid("poll", "Validation failed: a poll may be open for at most %d seconds", int(MaxPollTime.Seconds()))
	}
	for i, option := range tidy.Options {
		if slices.Contains(tidy.Options[:i], option) {
			return invalid("poll", "Validation failed: the options of a poll must differ")
		}
		if n := utf8.RuneCountInString(option); n > MaxPollOption {
			return invalid("poll", "Validation failed: an option has %d characters, and at most %d are allowed", n, MaxPollOption)
		}
	}
	return nil
}

// poll makes the poll of a new post.
func (d *PollDraft) poll(post *models.Post, now models.Timestamp) *models.Poll {
	poll := &models.Poll{PostID: post.ID, ToldAt: now}
	d.describe(poll)
	d.date(poll, post.Local, now)
	d.count(poll)
	return poll
}

func (d *PollDraft) describe(poll *models.Poll) {
	poll.Multiple, poll.HideTotals, poll.VotersCount, poll.Options = d.Multiple, d.HideTotals, 0, nil
	for _, title := range d.Options {
		poll.Options = append(poll.Options, models.PollOption{Title: title})
	}
}

// date sets when a poll ends. One that has ended before it came here ends nothing any more.
func (d *PollDraft) date(poll *models.Poll, local bool, now models.Timestamp) {
	if local {
		poll.ExpiresAt = now.Add(d.ExpiresIn)
	} else {
		poll.ExpiresAt, poll.FetchedAt, poll.WantedAt = models.At(d.ExpiresAt), now, 0
	}
	switch {
	case !poll.Ended(now):
		poll.ClosedAt = 0
	case poll.ID == 0:
		poll.ClosedAt = now
	}
}

// count takes over what a remote author's server counted.
func (d *PollDraft) count(poll *models.Poll) {
	for i := range poll.Options {
		if i < len(d.Votes) {
			poll.Options[i].VotesCount = d.Votes[i]
		}
	}
	poll.VotersCount = d.Voters
	if !poll.Multiple && d.Voters == 0 {
		poll.VotersCount = poll.Votes()
	}
}

func (d *PollDraft) asks(poll *models.Poll) bool {
	return poll.Multiple == d.Multiple && slices.Equal(poll.Titles(), d.Options)
}

// editPoll does what an edit says of the poll, and reports whether it asks something else now. The version that ends is
// told what could be chosen from.
func (s *Service) editPoll(tx *models.Tx, post *models.Post, edit Edit, draft *Draft, version *Version) (bool, error) {
	poll, err := tx.LockPoll(post.ID)
	if err != nil && !models.IsNotFound(err) {
		return false, err
	}
	if poll != nil {
		version.Poll = poll.Titles()
	}
	switch wanted := draft.Poll; {
	case edit.RemovePoll && poll != nil:
		post.Type = "Note"
		return true, tx.DeletePoll(poll.ID)
	case wanted == nil:
		return false, nil
	case poll == nil:
		post.Type = typeQuestion
		return true, tx.CreatePoll(wanted.poll(post, tx.Now()))
	case wanted.asks(poll):
		poll.HideTotals = wanted.HideTotals
		wanted.date(poll, post.Local, tx.Now())
		if !post.Local {
			wanted.count(poll)
		}
		return false, tx.SavePoll(poll)
	default:
		wanted.describe(poll)
		wanted.date(poll, post.Local, tx.Now())
		wanted.count(poll)
		poll.VotedAt, poll.ToldAt = 0, tx.Now()
		return true, tx.ResetPoll(poll)
	}
}

// RefreshPoll takes over what the author's server says of a remote poll now: the counts and the end, and nothing else.
// One that asks something else than the poll that is known here changes nothing.
func (s *Service) RefreshPoll(ctx context.Context, author *models.Actor, post *models.Post, told PollDraft, cause Cause) error {
	if post.AuthorID != author.ID || post.Local {
		return models.Errorf(models.Forbidden, "Only its author's server counts the votes of a poll.")
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		poll, err := tx.LockPoll(post.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if !told.asks(poll) {
			poll.FetchedAt, poll.WantedAt = tx.Now(), 0
			return tx.SavePoll(poll)
		}
		told.date(poll, false, tx.Now())
		told.count(poll)
		if err := tx.SavePoll(poll); err != nil || cause.IsZero() {
			return err
		}
		return s.outbox.Publish(tx, PollTallied{Author: author, Post: post, Cause: cause})
	})
}

// pollFresh is how long the counts of a remote poll are shown without asking for newer ones.
const pollFresh = time.Minute

// WantPoll notes that somebody looks at a remote poll whose counts may be out of date: they are asked for in the
// background.
func (s *Service) WantPoll(ctx context.Context, post *models.Post, poll *models.Poll) error {
	now := models.At(s.store.Now())
	final := poll.Ended(poll.FetchedAt)
	if post.Local || final || poll.WantedAt != 0 || poll.FetchedAt.Add(pollFresh) > now {
		return nil
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.WantPoll(poll.ID) })
}

// PollUnreachable notes that the counts of a remote poll could not be had: they are asked for no more until somebody looks
// again.
func (s *Service) PollUnreachable(ctx context.Context, post *models.Post) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		poll, err := tx.LockPoll(post.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		poll.WantedAt = 0
		if !poll.Ended(tx.Now()) {
			poll.FetchedAt = tx.Now()
		}
		return tx.SavePoll(poll)
	})
}
