package practice

import (
	"time"

	"praxis/internal/text"
	"praxis/models"
)

// post stores a prepared draft and everything that hangs on it.
func (s *Service) post(tx *models.Tx, draft *Draft) (*models.Post, error) {
	post := newPost(draft)
	if err := s.placeInThread(tx, post, draft); err != nil {
		return nil, err
	}
	if err := s.placeQuote(tx, post, draft); err != nil {
		return nil, err
	}
	community, err := s.communityOf(tx, post, draft)
	if err != nil {
		return nil, err
	}
	s.describe(post, draft, community)
	if err := s.classify(tx, post, draft, community); err != nil {
		return nil, err
	}
	dateVisit(post, draft)
	if err := s.assignIDs(tx, post, draft); err != nil {
		return nil, err
	}
	s.stampQuote(post, draft)
	if err := s.storePost(tx, post, draft); err != nil {
		return nil, err
	}
	if err := s.spread(tx, post, draft, community); err != nil {
		return nil, err
	}
	if community != nil {
		if err := s.catchUp(tx, post); err != nil {
			return nil, err
		}
	}
	if err := s.obey(tx, post, draft); err != nil {
		return nil, err
	}
	if community == nil {
		if err := s.appealByAnswer(tx, post, draft); err != nil {
			return nil, err
		}
	}
	if !draft.adopted {
		return post, nil
	}
	return post, s.obeyAdopted(tx, post)
}

// classify gives a post its kind: the one that its author names, else the one that its words choose.
func (s *Service) classify(tx *models.Tx, post *models.Post, draft *Draft, community *models.Actor) error {
	if post.Kind == "" {
		var err error
		if post.Kind, err = s.kindOfFlair(tx, post, draft.Flair, community); err != nil || post.Kind != "" {
			return err
		}
		return s.chooseKind(tx, post, draft, community)
	}
	if !draft.Author.Local {
		return nil
	}
	return s.checkKind(tx, post.Kind, post.InReplyToURI != "", community)
}

func newPost(draft *Draft) *models.Post {
	visibility := draft.Visibility
	if visibility == "" {
		visibility = models.Public
	}
	return &models.Post{
		URI: draft.URI, URL: draft.URL, AuthorID: draft.Author.ID, Local: draft.Author.Local,
		InReplyToURI: draft.InReplyToURI, ContextURI: draft.ContextURI, Type: orNote(draft.Type), Kind: draft.Kind,
		Title: draft.Title, TitleApart: draft.TitleApart && draft.Title != "", Content: text.Sanitize(draft.Content), Source: draft.Text,
		SpoilerText: draft.SpoilerText, Sensitive: draft.Sensitive || draft.SpoilerText != "",
		Language: draft.Language, Visibility: visibility, AppID: draft.AppID,
		PublishedAt: models.At(draft.Published), EditedAt: models.At(draft.Edited),
	}
}

func orNote(t string) string {
	if t == "" {
		return "Note"
	}
	return t
}

// placeInThread ties a reply to what it answers, if that is known here.
func (s *Service) placeInThread(tx *models.Tx, post *models.Post, draft *Draft) error {
	parent, err := parentOf(tx, post, draft)
	if models.IsNotFound(err) && (draft.InReplyTo == nil || !draft.Author.Local) {
		return nil
	}
	if err != nil {
		return err
	}
	if draft.Author.Local {
		if err := mayReply(tx, draft.Author, parent); err != nil {
			return err
		}
	}
	post.InReplyToID, post.InReplyToURI, post.InReplyToAuthor = parent.ID, parent.URI, parent.AuthorID
	post.ThreadID, post.ContextURI = parent.ThreadID, orElse(post.ContextURI, parent.ContextURI)
	return nil
}

// parentOf reads what a draft answers anew: since the caller read it, it may have moved to the thread of a post that
// came late.
func parentOf(tx *models.Tx, post *models.Post, draft *Draft) (*models.Post, error) {
	if draft.InReplyTo != nil {
		return tx.Post(draft.InReplyTo.ID)
	}
	if post.InReplyToURI == "" {
		return nil, models.Errorf(models.NotFound, "It answers nothing.")
	}
	return tx.PostByURI(post.InReplyToURI)
}

// mayReply refuses a reply to what a member cannot read, which looks the same as absent (security case E7).
func mayReply(tx *models.Tx, author *models.Actor, parent *models.Post) error {
	if parent.IsGone() {
		return invalid("in_reply_to_id", "The post that you are replying to was deleted.")
	}
	_, err := tx.VisiblePost(parent.ID, author.ID)
	return err
}

func orElse(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

// describe gives a thread in a community its title: what the author named it, or the first line where it reads as one.
// The text itself stays whole, since many servers show no title.
func (s *Service) describe(post *models.Post, draft *Draft, community *models.Actor) {
	post.Title = text.CleanName(post.Title)
	if community == nil || post.InReplyToURI != "" || post.Title != "" {
		return
	}
	if draft.Author.Local {
		if title, ok := text.Title(draft.Text, maxTitle); ok {
			post.Title = title
		}
		return
	}
	post.Title = text.TitleFromHTML(post.Content, maxTitle)
}

// maxAhead is how far a clock may be ahead that is believed all the same: siblings compare posts by their dates, which have to be
// the same everywhere. What is shown first goes by ids, which are never ahead.
const maxAhead = 24 * time.Hour

// dateOf gives when a post is held to be published: what it says itself, unless that is nothing, or no clock could say so.
func dateOf(claimed, now models.Timestamp) models.Timestamp {
	if claimed == 0 || claimed > now.Add(maxAhead) {
		return now
	}
	return claimed
}

// assignIDs gives a member's post its addresses, and a remote one its place in time: by arrival when it was delivered,
// so that nobody misses it, by its own date when it was fetched later.
func (s *Service) assignIDs(tx *models.Tx, post *models.Post, draft *Draft) error {
	now := tx.Now()
	post.PublishedAt = dateOf(post.PublishedAt, now)
	if draft.Backfilled {
		post.ID = tx.NewIDAt(min(post.PublishedAt, now).Time())
	} else {
		post.ID = tx.NewID()
	}
	if !post.Local {
		return nil
	}
	post.URI = s.links.Post(post.ID)
	post.URL = s.links.PostPage(draft.Author.Username, post.ID)
	if post.ContextURI == "" {
		if post.ThreadID == 0 {
			post.ContextURI = s.links.Context(post.ID)
		}
	}
	return nil
}

func (s *Service) storePost(tx *models.Tx, post *models.Post, draft *Draft) error {
	if err := tx.CreatePost(post); err != nil {
		return err
	}
	adopted, err := tx.AdoptOrphans(post)
	if err != nil {
		return err
	}
	draft.adopted = adopted > 0
	ids := make([]int64, len(draft.Mentions))
	for i, actor := range draft.Mentions {
		ids[i] = actor.ID
	}
	if err := addParts(tx, post, ids, draft.Tags); err != nil {
		return err
	}
	if err := s.storeFiles(tx, post, draft); err != nil {
		return err
	}
	if err := s.keepFacts(tx, post, draft.Facts); err != nil {
		return err
	}
	if draft.Poll != nil {
		if err := tx.CreatePoll(draft.Poll.poll(post, tx.Now())); err != nil {
			return err
		}
	}
	if page := previewed(post, draft); page != "" {
		if err := s.preview(tx, post, page); err != nil {
			return err
		}
	}
	if draft.IdempotencyKey == "" {
		return nil
	}
	return tx.PutPostOfKey(draft.Author.ID, draft.IdempotencyKey, post.ID)
}

// addParts stores whom a new post names, and its hashtags: most have neither.
func addParts(tx *models.Tx, post *models.Post, mentioned []int64, tags []string) error {
	if len(mentioned) > 0 {
		if err := tx.SetMentions(post.ID, mentioned); err != nil {
			return err
		}
	}
	if len(tags) > 0 {
		return tx.SetTags(post.ID, tags)
	}
	return nil
}

// spread places a post in timelines, notifies, and tells other hosts.
func (s *Service) spread(tx *models.Tx, post *models.Post, draft *Draft, community *models.Actor) error {
	if draft.Backfilled {
		return s.keepFetched(tx, post, draft, community)
	}
	if draft.Author.Local {
		if err := tx.AddToHome(draft.Author.ID, post); err != nil {
			return err
		}
		if err := s.converseAsAuthor(tx, post); err != nil {
			return err
		}
	}
	if post.Visibility != models.Direct {
		if err := tx.AddToHomesOfFollowers(post); err != nil {
			return err
		}
		if len(draft.Tags) > 0 {
			if err := tx.AddToHomesOfTagFollowers(post); err != nil {
				return err
			}
		}
		if err := s.ring(tx, post.AuthorID, post); err != nil {
			return err
		}
	}
	tx.Emit(models.Change{Kind: models.PostPlaced, ID: post.ID})
	if err := s.notifyMentioned(tx, post, draft); err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, PostCreated{Author: draft.Author, Post: post, Cause: draft.Cause}); err != nil {
		return err
	}
	if err := s.tellQuoted(tx, post, draft); err != nil {
		return err
	}
	return s.announce(tx, community, post)
}

// keepFetched keeps in the outbox of a community of ours what was fetched into it. It tells nobody.
func (s *Service) keepFetched(tx *models.Tx, post *models.Post, draft *Draft, community *models.Actor) error {
	if community == nil || !community.Local || draft.Author.Local {
		return nil
	}
	return s.outbox.Publish(tx, PostCreated{Author: draft.Author, Post: post})
}

// announce lets a community of ours share a new thread: its followers have it at home as the community's boost.
func (s *Service) announce(tx *models.Tx, community *models.Actor, post *models.Post) error {
	if community == nil || !community.Local || post.InReplyToURI != "" {
		return nil
	}
	_, err := s.share(tx, community, post, "", tx.Now())
	return err
}

// notifyMentioned tells local members that a post names them or answers them, if they may read it.
func (s *Service) notifyMentioned(tx *models.Tx, post *models.Post, draft *Draft) error {
	owners := membersOf(draft.Mentions)
	if post.InReplyToAuthor != 0 && (post.IsPublic() || post.IsRestricted()) {
		author, err := tx.Actor(post.InReplyToAuthor)
		if err != nil {
			return err
		}
		if author.Local && author.Type == models.TypePerson {
			owners = appendOnce(owners, author.ID)
		}
	}
	return s.notify(tx, post, owners)
}

// membersOf gives the ids of those who are members here, each once.
func membersOf(actors []*models.Actor) []int64 {
	owners := []int64{}
	for _, actor := range actors {
		if actor.Local && actor.Type == models.TypePerson {
			owners = appendOnce(owners, actor.ID)
		}
	}
	return owners
}

// notify tells members of a post, as far as they may read it.
func (s *Service) notify(tx *models.Tx, post *models.Post, owners []int64) error {
	for _, owner := range owners {
		if _, err := tx.VisiblePost(post.ID, owner); models.IsNotFound(err) {
			continue
		} else if err != nil {
			return err
		}
		told := &models.Notification{OwnerID: owner, Type: models.NotifyMention, ActorID: post.AuthorID, PostID: post.ID}
		if added, err := tx.Notify(told); err != nil {
			return err
		} else if err := s.converse(tx, post, told, added); err != nil {
			return err
		}
	}
	return nil
}

// admitLater handles a post that we had before its community took it: fetched as part of a thread, or delivered by its
// author before the community's copy arrived.
func (s *Service) admitLater(tx *models.Tx, post *models.Post, draft *Draft) error {
	if draft.Community == nil || post.CommunityID != 0 || !post.IsPublic() || post.InReplyToURI != "" {
		return nil
	}
	row, err := tx.CommunityIfAny(draft.Community.ID)
	if err != nil {
		return err
	}
	if !row.IsForAll() { // what everybody reads already is in no community for some
		return nil
	}
	if err := s.mayPostInto(tx, draft.Community, row, draft.Author, true); err != nil {
		return err
	}
	post.CommunityID = draft.Community.ID
	if err := s.flairLater(tx, post, draft); err != nil {
		return err
	}
	if post.Title == "" {
		post.Title = text.TitleFromHTML(post.Content, maxTitle)
	}
	if err := tx.SavePost(post); err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, PostCreated{Author: draft.Author, Post: post, Cause: draft.Cause}); err != nil {
		return err
	}
	if err := s.announce(tx, draft.Community, post); err != nil {
		return err
	}
	return s.catchUp(tx, post)
}
