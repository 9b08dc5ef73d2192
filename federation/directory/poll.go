package directory

import (
	"context"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// IsVote reports how a vote travels: a Note with a name, no content and something that it answers.
func IsVote(o vocab.Object) bool {
	return o.Type == "Note" && o.Name != "" && o.InReplyTo != "" && o.Content == "" && len(o.Attachment) == 0
}

// PollOf gives the poll that a Question asks; nil when it names nothing to choose from.
func PollOf(o vocab.Object) *practice.PollDraft {
	if o.Type != "Question" {
		return nil
	}
	options, multiple := o.OneOf, false
	if len(o.AnyOf) > 0 {
		options, multiple = o.AnyOf, true
	}
	if len(options) == 0 {
		return nil
	}
	poll := &practice.PollDraft{Multiple: multiple, ExpiresAt: endOf(o), Voters: int64(o.VotersCount)}
	for _, option := range options {
		poll.Options = append(poll.Options, option.Name)
		poll.Votes = append(poll.Votes, int64(option.Votes))
	}
	return poll
}

// endOf: a poll ends when it says, unless its author closed it before.
func endOf(o vocab.Object) time.Time {
	if !o.Closed.IsZero() && (o.EndTime.IsZero() || o.Closed.Before(o.EndTime)) {
		return o.Closed
	}
	return o.EndTime
}

// pollBatch is how many polls one step asks for.
const pollBatch = 10

// RefreshPolls asks for the counts of the remote polls that somebody looks at, and reports whether there were any.
func (d *Directory) RefreshPolls(ctx context.Context) (bool, error) {
	wanted, err := d.store.Read(ctx).WantedPolls(pollBatch)
	if err != nil {
		return false, err
	}
	for _, id := range wanted {
		post, err := d.store.Read(ctx).Post(id)
		if err != nil {
			return true, err
		}
		if err := d.refreshPoll(ctx, post); err != nil {
			d.log.DebugContext(ctx, "poll not refreshed", "post", post.URI, "error", err)
			if err := d.service.PollUnreachable(ctx, post); err != nil {
				return true, err
			}
		}
	}
	return len(wanted) > 0, nil
}

// refreshPoll takes over what the author's own server says of a poll now.
func (d *Directory) refreshPoll(ctx context.Context, post *models.Post) error {
	ctx = budgeted(ctx)
	object, err := d.FetchObject(ctx, post.URI)
	if err != nil {
		return err
	}
	author, err := d.store.Read(ctx).Actor(post.AuthorID)
	if err != nil {
		return err
	}
	owner, err := object.Author()
	if err != nil || owner != author.URI || object.ID != post.URI {
		return models.Errorf(models.Forbidden, "%s is not what %s answers with", post.URI, author.Host)
	}
	poll := PollOf(object)
	if poll == nil {
		return models.Errorf(models.Invalid, "%s asks nothing any more", post.URI)
	}
	return d.service.RefreshPoll(ctx, author, post, *poll, practice.Cause{})
}
