package practice

import (
	"context"
	"slices"
	"time"

	"praxis/internal/text"
	"praxis/models"
)

// Edit is what changes in a post. A nil field keeps its value: clients don't send what they don't know, and a post's
// audience, community and title must not change because of that.
type Edit struct {
	Text        *string // of members
	Content     *string // of remote authors: HTML, not yet sanitised
	Title       *string
	SpoilerText *string
	Sensitive   *bool
	Language    *string
	Mentions    []*models.Actor // of remote authors
	Tags        []string
	Attachments []models.Attachment
	Media       *[]int64 // of members: uploads that the post carries from now on
	Described   []MediaChange
	Updated     time.Time // when the remote author changed it
	// Answer is the reply that the author accepts now; nil keeps it, a zero Post withdraws it.
	Answer *models.Post
	// Kind and Facts are what else the author says now; what is nil stays.
	Kind  *string
	Facts *Facts
	// Flair are the ids of the community's tags that a thread of a remote author bears; they count where Kind is nil.
	Flair []string
	// Helpful are the replies that the author's host calls helpful; nil when it does not say.
	Helpful *[]*models.Post
	// TitleApart says of a remote post that its title is no part of its text.
	TitleApart bool
	// Poll changes the poll; new options make all votes void. RemovePoll takes it away.
	Poll       *PollDraft
	RemovePoll bool
	// QuotePolicy says who may quote the post from now on. Quote is what a remote post quotes now; nil for nothing.
	QuotePolicy *string
	Quote       *Quote
	Cause       Cause
}

// Edit changes a post of actor's. Errors: Forbidden when it is not theirs, or was removed; Invalid as for Post. An older change than
// the one that is stored is ignored.
func (s *Service) Edit(ctx context.Context, actor *models.Actor, post *models.Post, edit Edit) (*models.Post, error) {
	if post.AuthorID != actor.ID || post.IsBoost() {
		return nil, models.Errorf(models.Forbidden, "Only its author edits a post.")
	}
	draft, err := s.prepareEdit(ctx, actor, post, edit)
	if err != nil {
		return nil, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(post.ID)
		if err != nil {
			return err
		}
		post = current
		if current.DeletedAt != 0 {
			return orGone(nil, current.URI)
		}
		if current.RemovedAt != 0 && actor.Local { // what a remote author says meanwhile is to be seen once it is restored
			return models.Errorf(models.Forbidden, "Moderators removed this post: it cannot be changed.")
		}
		return s.edit(tx, actor, current, edit, draft)
	})
	return post, err
}

// prepareEdit renders what a member typed; for remote authors it carries over what came.
func (s *Service) prepareEdit(ctx context.Context, actor *models.Actor, post *models.Post, edit Edit) (*Draft, error) {
	draft := &Draft{editing: true, Author: actor, Visibility: post.Visibility, InReplyTo: nil, Poll: edit.Poll, Facts: edit.Facts, Kind: orOld(edit.Kind, post.Kind)}
	if !actor.Local {
		draft.Mentions, draft.Tags, draft.Attachments = edit.Mentions, edit.Tags, edit.Attachments
		draft.Content = orOld(edit.Content, post.Content)
		return draft, nil
	}
	if edit.Title != nil && *edit.Title != "" && post.InReplyToURI != "" {
		return nil, errNoTitle()
	}
	draft.Title = orOld(edit.Title, "")
	draft.Text, draft.QuotePolicy = orOld(edit.Text, post.Source), orOld(edit.QuotePolicy, "")
	if post.QuoteOfID != 0 {
		draft.Quoted = &models.Post{ID: post.QuoteOfID}
	}
	draft.SpoilerText = orOld(edit.SpoilerText, post.SpoilerText)
	if err := s.prepareFiles(ctx, post, edit, draft); err != nil {
		return nil, err
	}
	return draft, s.prepare(ctx, draft)
}

func orOld(change *string, old string) string {
	if change != nil {
		return *change
	}
	return old
}

func (s *Service) edit(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit, draft *Draft) error {
	edited := tx.Now()
	if !actor.Local {
		edited = dateOf(models.At(edit.Updated), edited)
	}
	if !actor.Local && edited < max(post.EditedAt, post.PublishedAt) {
		return nil // an older version than ours; the wire tells whole seconds, so that an equal one may be newer
	}
	parts, err := tx.PostParts([]int64{post.ID})
	if err != nil {
		return err
	}
	before, version := *post, versionOf(post, parts.Attachments[post.ID])
	post.Content, post.Source = text.Sanitize(draft.Content), draft.Text
	if err := s.requoteText(tx, post, draft); err != nil {
		return err
	}
	post.SpoilerText = orOld(edit.SpoilerText, post.SpoilerText)
	post.Language = orOld(edit.Language, post.Language)
	if edit.Sensitive != nil {
		post.Sensitive = *edit.Sensitive
	}
	post.Sensitive = post.Sensitive || post.SpoilerText != ""
	if err := s.rename(tx, actor, post, edit, draft); err != nil {
		return err
	}
	asked, err := s.editPoll(tx, post, edit, draft, version)
	if err != nil {
		return err
	}
	changed := *post != before || asked || !actor.Local && !sameFiles(draft.Attachments, parts.Attachments[post.ID])
	if actor.Local || changed {
		post.EditedAt = edited // an Update that only accepts an answer is no edit
		if err := s.keepVersion(tx, post, version, changed); err != nil {
			return err
		}
	}
	if err := s.requote(tx, post, edit); err != nil {
		return err
	}
	if err := tx.SavePost(post); err != nil {
		return err
	}
	keepCommunity(post, draft, parts.Mentions[post.ID])
	if err := s.saveParts(tx, post, draft, actor); err != nil {
		return err
	}
	tx.Emit(models.Change{Kind: models.PostEdited, ID: post.ID})
	if err := s.notify(tx, post, newcomers(draft.Mentions, parts.Mentions[post.ID])); err != nil {
		return err
	}
	if err := keepChanged(tx, post, edit.Cause); err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, PostEdited{Author: actor, Post: post, Cause: edit.Cause}); err != nil {
		return err
	}
	return s.editAnswers(tx, actor, post, edit)
}

// editAnswers carries out what an edit says of the replies.
func (s *Service) editAnswers(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit) error {
	if err := s.editHelpful(tx, actor, post, edit); err != nil {
		return err
	}
	return s.editAnswer(tx, actor, post, edit)
}

// editHelpful carries over which replies a remote author's host calls helpful. There, it is said in the author's name.
func (s *Service) editHelpful(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit) error {
	if edit.Helpful == nil || actor.Local {
		return nil
	}
	before, err := tx.HelpedBy(post.ID, actor.ID)
	if err != nil {
		return err
	}
	var now []int64
	for _, reply := range *edit.Helpful {
		if reply.ThreadID != post.ID || reply.ID == post.ID || reply.IsGone() {
			continue
		}
		now = append(now, reply.ID)
		if slices.Contains(before, reply.ID) {
			continue
		}
		if err := tx.PutResponse(&models.Response{PostID: reply.ID, ActorID: actor.ID, Verb: models.ResponseHelped}); err != nil {
			return err
		}
	}
	for _, id := range before {
		if !slices.Contains(now, id) {
			if err := tx.DeleteResponse(id, actor.ID, models.ResponseHelped, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// rename changes what a post is called and what it is.
func (s *Service) rename(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit, draft *Draft) error {
	s.retitle(post, edit, draft)
	return s.reclassify(tx, actor, post, edit)
}

// retitle follows an edit of the first line; a post that had no title gets none.
func (s *Service) retitle(post *models.Post, edit Edit, draft *Draft) {
	switch {
	case edit.Title != nil && *edit.Title != "":
		post.Title = text.CleanName(*edit.Title)
		post.TitleApart = edit.TitleApart || draft.Author.Local
	case post.TitleApart:
	case !draft.Author.Local && post.CommunityID != 0 && post.InReplyToURI == "":
		post.Title = text.TitleFromHTML(post.Content, maxTitle)
	case draft.Author.Local && post.Title != "":
		if title, ok := text.Title(draft.Text, maxTitle); ok {
			post.Title = title
		}
	}
}

// reclassify changes the kind of a post and what it says beside its text.
func (s *Service) reclassify(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit) error {
	community, err := communityOfPost(tx, post)
	if err != nil {
		return err
	}
	if edit.Kind == nil && len(edit.Flair) > 0 {
		kind, err := s.kindOfFlair(tx, post, edit.Flair, community)
		if err != nil {
			return err
		}
		edit.Kind = &kind
	}
	if edit.Kind != nil && *edit.Kind != "" && *edit.Kind != post.Kind {
		if actor.Local {
			if err := s.checkKind(tx, *edit.Kind, post.InReplyToURI != "", community); err != nil {
				return err
			}
		}
		post.Kind = *edit.Kind
	}
	return s.keepFacts(tx, post, edit.Facts)
}

// communityOfPost gives the community of a post; nil for none.
func communityOfPost(tx *models.Tx, post *models.Post) (*models.Actor, error) {
	if post.CommunityID == 0 {
		return nil, nil
	}
	return tx.Actor(post.CommunityID)
}

// newcomers gives the members whom an edit names and the post did not: nobody is told twice.
func newcomers(named, before []*models.Actor) []int64 {
	known := membersOf(before)
	return slices.DeleteFunc(membersOf(named), func(id int64) bool { return slices.Contains(known, id) })
}

func (s *Service) saveParts(tx *models.Tx, post *models.Post, draft *Draft, actor *models.Actor) error {
	ids := make([]int64, 0, len(draft.Mentions))
	for _, m := range draft.Mentions {
		ids = append(ids, m.ID)
	}
	if err := tx.SetMentions(post.ID, ids); err != nil {
		return err
	}
	if err := tx.SetTags(post.ID, draft.Tags); err != nil {
		return err
	}
	if err := s.preview(tx, post, previewed(post, draft)); err != nil {
		return err
	}
	if err := tx.AddToHomesOfTagFollowers(post); err != nil {
		return err
	}
	if actor.Local {
		return s.editFiles(tx, post, draft)
	}
	return tx.SetAttachments(post.ID, draft.Attachments)
}

// editAnswer carries out what a remote asker's Update says of the accepted answer.
func (s *Service) editAnswer(tx *models.Tx, actor *models.Actor, post *models.Post, edit Edit) error {
	if edit.Answer == nil || post.AcceptedAnswerID == edit.Answer.ID {
		return nil
	}
	answer, withdraw := edit.Answer, false
	if answer.ID == 0 {
		old, err := tx.Post(post.AcceptedAnswerID)
		if err != nil {
			return err
		}
		answer, withdraw = old, true
	}
	if answer.ThreadID != post.ID || answer.AuthorID == post.AuthorID || answer.IsGone() {
		return nil
	}
	return s.answer(tx, actor, post, answer, withdraw, edit.Cause)
}

// communityBoost gives the row by which a community shared a post; nil for none.
func communityBoost(tx *models.Tx, post *models.Post) (*models.Post, error) {
	if post.CommunityID == 0 {
		return nil, nil
	}
	boost, err := tx.BoostOf(post.ID, post.CommunityID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return boost, err
}

// Delete withdraws a post of actor's; a boost is taken back. Withdrawing twice changes nothing. Errors: Forbidden when it
// is not theirs.
func (s *Service) Delete(ctx context.Context, actor *models.Actor, post *models.Post, cause Cause) error {
	if post.AuthorID != actor.ID {
		return models.Errorf(models.Forbidden, "Only its author deletes a post.")
	}
	if post.IsBoost() {
		return s.Unshare(ctx, actor, post)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(post.ID)
		if err != nil || current.DeletedAt != 0 {
			return err
		}
		parts, err := tx.PostParts([]int64{post.ID})
		if err != nil {
			return err
		}
		boost, err := communityBoost(tx, current)
		if err != nil {
			return err
		}
		shared, err := siblingBoosts(tx, current)
		if err != nil {
			return err
		}
		if err := tx.MarkPostDeleted(current); err != nil {
			return err
		}
		if err := tx.UnlistPost(current.ID); err != nil {
			return err
		}
		return s.outbox.Publish(tx, PostDeleted{Actor: actor, Post: current, Mentions: parts.Mentions[post.ID], Boost: boost, SiblingBoosts: shared, Cause: cause})
	})
}

// Forget remembers that an actor deleted something before it was known here.
func (s *Service) Forget(ctx context.Context, actor *models.Actor, uri string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.PutTombstone(uri, actor.URI) })
}
