package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// addPoll makes a Question of a post with a poll, in the form that Mastodon made common. Counts that the author hides until
// the end are left out.
func addPoll(doc vocab.M, poll *models.Poll, now models.Timestamp) {
	if poll == nil {
		return
	}
	ended := poll.Ended(now)
	options := make([]any, len(poll.Options))
	for i, option := range poll.Options {
		replies := vocab.M{"type": "Collection"}
		if ended || !poll.HideTotals {
			replies["totalItems"] = option.VotesCount
		}
		options[i] = vocab.M{"type": "Note", "name": option.Title, "replies": replies}
	}
	choose := "oneOf"
	if poll.Multiple {
		choose = "anyOf"
	}
	doc["type"], doc[choose], doc["votersCount"] = "Question", options, poll.VotersCount
	if poll.ExpiresAt != 0 {
		doc["endTime"] = vocab.FormatTime(poll.ExpiresAt.Time())
	}
	if ended {
		doc["closed"] = vocab.FormatTime(poll.ExpiresAt.Time())
	}
}

// pollVoted writes a member's votes: each is a Note with nothing but a name, for the author alone.
func (w *Writer) pollVoted(tx *models.Tx, e practice.PollVoted) error {
	author, err := tx.Actor(e.Post.AuthorID)
	if err != nil || author.Local {
		return err
	}
	for _, vote := range e.Votes {
		to := []string{author.URI}
		object := vocab.M{
			"id": vote.URI, "type": "Note", "attributedTo": e.Actor.URI, "to": to, "inReplyTo": e.Post.URI, "name": vote.Option,
		}
		doc := vocab.M{"type": "Create", "id": vote.URI + "/activity", "to": to, "cc": []string{}, "object": object}
		if _, err := w.write(tx, note{actor: e.Actor, doc: doc, inboxes: withActors(nil, author)}); err != nil {
			return err
		}
	}
	return nil
}

// pollTallied tells all who have a poll how its counts are now, or that it has ended.
func (w *Writer) pollTallied(tx *models.Tx, e practice.PollTallied) error {
	raw := told{note: e.Cause.Raw}
	if e.Author.Local {
		var err error
		if raw, err = w.writePost(tx, verbTally, e.Author, e.Post); err != nil {
			return err
		}
	}
	return w.relay(tx, e.Post, e.Author, raw, false)
}
