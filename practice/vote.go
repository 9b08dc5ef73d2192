package practice

import (
	"context"
	"slices"
	"time"

	"praxis/models"
)

// Vote is a choice of a member in a poll whose author is elsewhere.
type Vote struct {
	URI    string
	Option string
}

// Vote records what a member chose in the poll of a post: positions of options. Where several may be chosen, more may be
// added later. Errors: NotFound when the member may not read the post or there is no poll; Invalid when it has ended, is
// the member's own, was voted in, or has no such option.
func (s *Service) Vote(ctx context.Context, actor *models.Actor, post *models.Post, choices []int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := tx.VisiblePost(post.ID, actor.ID)
		if err != nil {
			return err
		}
		poll, err := tx.LockPoll(post.ID)
		if err != nil {
			return err
		}
		if err := mayVote(tx, actor, post, poll, choices); err != nil {
			return err
		}
		var votes []Vote
		for _, choice := range choices {
			vote := Vote{Option: poll.Options[choice].Title}
			if vote.URI, err = s.castVote(tx, actor, poll, choice); err != nil {
				return err
			}
			votes = append(votes, vote)
		}
		if err := s.countVotes(tx, actor, post, poll, choices); err != nil || post.Local {
			return err
		}
		return s.outbox.Publish(tx, PollVoted{Actor: actor, Post: post, Votes: votes})
	})
}

func mayVote(tx *models.Tx, actor *models.Actor, post *models.Post, poll *models.Poll, choices []int64) error {
	switch {
	case poll.Ended(tx.Now()):
		return invalid("base", "Validation failed: The poll has already ended")
	case post.AuthorID == actor.ID:
		return invalid("base", "Validation failed: You can't vote in your own poll")
	case len(choices) == 0:
		return invalid("choices", "Validation failed: Choose an option")
	case len(choices) > 1 && !poll.Multiple:
		return invalid("choices", "Validation failed: Only one option of this poll can be chosen")
	}
	before, err := tx.ChoicesOf(actor.ID, []int64{poll.ID})
	if err != nil {
		return err
	}
	chosen := before[poll.ID]
	if len(chosen) > 0 && !poll.Multiple {
		return alreadyVoted()
	}
	for i, choice := range choices {
		if choice < 0 || choice >= int64(len(poll.Options)) {
			return invalid("choices", "Validation failed: The chosen vote option does not exist")
		}
		if slices.Contains(chosen, choice) || slices.Contains(choices[:i], choice) {
			return alreadyVoted()
		}
	}
	return nil
}

func alreadyVoted() error {
	return invalid("base", "Validation failed: You have already voted on this poll")
}

// castVote stores a member's vote and gives its id.
func (s *Service) castVote(tx *models.Tx, actor *models.Actor, poll *models.Poll, choice int64) (string, error) {
	vote := &models.PollVote{ID: tx.NewID(), PollID: poll.ID, ActorID: actor.ID, Choice: choice}
	vote.URI = s.links.Vote(actor, vote.ID)
	_, err := tx.AddVote(vote)
	return vote.URI, err
}

// countVotes adds votes that were just stored. What the members of one server chose is told to others by and by.
func (s *Service) countVotes(tx *models.Tx, actor *models.Actor, post *models.Post, poll *models.Poll, choices []int64) error {
	cast, err := tx.ChoicesOf(actor.ID, []int64{poll.ID})
	if err != nil {
		return err
	}
	if len(cast[poll.ID]) == len(choices) { // the first of this voter
		poll.VotersCount++
	}
	for _, choice := range choices {
		poll.Options[choice].VotesCount++
	}
	if post.Local && poll.VotedAt == 0 {
		poll.VotedAt = tx.Now()
	}
	return tx.SavePoll(poll)
}

// TakeVote records what a remote actor chose in the poll of a local post, named by its title. A second choice where only
// one counts, and the same choice again, change nothing. Errors: NotFound when the actor may not read the post or there is
// no poll; Forbidden when it has ended; Invalid when there is no such option.
func (s *Service) TakeVote(ctx context.Context, actor *models.Actor, post *models.Post, title, uri string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := tx.VisiblePost(post.ID, actor.ID)
		if err != nil {
			return err
		}
		poll, err := tx.LockPoll(post.ID)
		if err != nil {
			return err
		}
		choice := int64(slices.Index(poll.Titles(), title))
		switch {
		case !post.Local || post.AuthorID == actor.ID:
			return models.Errorf(models.Forbidden, "the poll is not one to vote in here")
		case poll.Ended(tx.Now()):
			return models.Errorf(models.Forbidden, "the poll has ended")
		case choice < 0:
			return models.Errorf(models.Invalid, "the poll has no such option")
		}
		before, err := tx.ChoicesOf(actor.ID, []int64{poll.ID})
		if err != nil || len(before[poll.ID]) > 0 && !poll.Multiple {
			return err
		}
		added, err := tx.AddVote(&models.PollVote{PollID: poll.ID, ActorID: actor.ID, Choice: choice, URI: uri})
		if err != nil || !added {
			return err
		}
		return s.countVotes(tx, actor, post, poll, []int64{choice})
	})
}

// How polls are looked after.
const (
	pollBatch = 50
	tellEvery = 3 * time.Minute // other servers hear of new votes in one poll at most so often
)

// TendPolls ends the polls whose time is over, tells other servers of votes, and reports whether there were any. The
// author and the voters among the members are told of an end.
func (s *Service) TendPolls(ctx context.Context) (bool, error) {
	read := s.store.Read(ctx)
	ended, err := read.EndedPolls(pollBatch)
	if err != nil {
		return false, err
	}
	for _, postID := range ended {
		if err := s.tendPoll(ctx, postID, s.endPoll); err != nil {
			return true, err
		}
	}
	untold, err := read.UntoldPolls(models.At(s.store.Now()).Add(-tellEvery), pollBatch)
	if err != nil {
		return false, err
	}
	for _, postID := range untold {
		if err := s.tendPoll(ctx, postID, s.tellPoll); err != nil {
			return true, err
		}
	}
	return len(ended)+len(untold) > 0, nil
}

func (s *Service) tendPoll(ctx context.Context, postID int64, tend func(*models.Tx, *models.Post, *models.Poll) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		poll, err := tx.LockPoll(postID)
		if models.IsNotFound(err) {
			return nil // deleted since
		}
		if err != nil {
			return err
		}
		post, err := tx.Post(postID)
		if err != nil {
			return err
		}
		return tend(tx, post, poll)
	})
}

func (s *Service) endPoll(tx *models.Tx, post *models.Post, poll *models.Poll) error {
	if poll.ClosedAt != 0 || !poll.Ended(tx.Now()) {
		return nil // another process was faster, or the poll was made longer
	}
	poll.ClosedAt = tx.Now()
	owners, err := tx.LocalVoters(poll.ID)
	if err != nil {
		return err
	}
	if !post.Local && len(owners) > 0 {
		poll.WantedAt = tx.Now()
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	if author.Local && author.Type == models.TypePerson {
		owners = appendOnce(owners, author.ID)
	}
	if err := s.notifyEnd(tx, post, owners); err != nil {
		return err
	}
	return s.tellPoll(tx, post, poll)
}

func (s *Service) notifyEnd(tx *models.Tx, post *models.Post, owners []int64) error {
	for _, owner := range owners {
		if _, err := tx.VisiblePost(post.ID, owner); models.IsNotFound(err) {
			continue
		} else if err != nil {
			return err
		}
		_, err := tx.Renotify(&models.Notification{OwnerID: owner, Type: models.NotifyPoll, ActorID: post.AuthorID, PostID: post.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellPoll tells other servers the counts of a local poll.
func (s *Service) tellPoll(tx *models.Tx, post *models.Post, poll *models.Poll) error {
	poll.VotedAt, poll.ToldAt = 0, tx.Now()
	if err := tx.SavePoll(poll); err != nil || !post.Local || post.IsGone() {
		return err
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil || author.IsGone() {
		return err
	}
	return s.outbox.Publish(tx, PollTallied{Author: author, Post: post})
}
