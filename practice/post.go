package practice

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"praxis/internal/text"
	"praxis/models"
)

// Draft is a post before it is one. A member's draft has Text, as typed; a remote one has URI and Content.
type Draft struct {
	Author      *models.Actor
	Visibility  string // public unless set
	SpoilerText string
	Sensitive   bool
	Language    string
	InReplyTo   *models.Post // what it answers, where known
	Community   *models.Actor
	Elsewhere   *models.Actor // the community of another host that a reply from elsewhere names
	Poll        *PollDraft    // nil for none
	QuotePolicy string        // who may quote it, as models.QuotePolicy is stored; a member's is public unless set
	Kind        string        // the practice kind that the author names; "" to find it in the text
	Facts       *Facts        // what else the author says; nil for nothing
	Title       string        // of a thread
	TitleApart  bool          // the title is no part of the text; a member's never is

	// Of members.
	Text           string
	AppID          int64
	IdempotencyKey string
	Quoted         *models.Post // what the post quotes; nil for nothing
	Media          []int64      // uploads that the post carries, in their order
	Placed         bool         // the member named the community beside the text

	// Of remote authors.
	URI          string
	URL          string
	Type         string
	Content      string // HTML, not yet sanitised
	InReplyToURI string
	ContextURI   string
	Mentions     []*models.Actor
	Tags         []string
	Flair        []string // the ids of the community's tags that a thread bears
	Attachments  []models.Attachment
	Quote        *Quote // nil for none
	Published    time.Time
	Edited       time.Time
	// Backfilled posts were fetched rather than delivered: they notify nobody and enter no timeline.
	Backfilled bool
	Cause      Cause

	edit    Edit // what an edit says of uploads
	adopted bool // replies were here before it
	editing bool // it is what becomes of a post that is here
}

// maxTitle is how long a title may be, in characters, as group servers take it.
const maxTitle = 200

// Post publishes a draft: stores the post, places it in timelines, notifies, and tells other hosts, in one
// transaction. A community's thread is announced by the community when it lives here. Errors: Invalid for a draft that
// is empty, too long or answers nothing; Forbidden where the community does not take it. A remote draft that is known
// already gives the known post; one that was deleted before gives Gone.
func (s *Service) Post(ctx context.Context, draft Draft) (*models.Post, error) {
	if draft.Author.Local {
		if err := s.prepare(ctx, &draft); err != nil {
			return nil, err
		}
	}
	post, err := s.postOnce(ctx, &draft)
	if models.ErrorCode(err) == models.Conflict && !draft.Author.Local { // somebody else stored it meanwhile: now it is known
		post, err = s.postOnce(ctx, &draft)
	}
	return post, err
}

func (s *Service) postOnce(ctx context.Context, draft *Draft) (*models.Post, error) {
	var post *models.Post
	var gone error
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		gone = nil
		known, err := s.knownPost(tx, draft)
		if models.ErrorCode(err) == models.Gone {
			gone = err
			return s.bury(tx, draft)
		}
		if err != nil || known != nil {
			post = known
			return err
		}
		post, err = s.post(tx, draft)
		return err
	})
	if err == nil {
		err = gone
	}
	return post, err
}

// knownPost finds a post that was made before: by the same idempotency key, or the same URI.
func (s *Service) knownPost(tx *models.Tx, draft *Draft) (*models.Post, error) {
	if draft.Author.Local {
		if draft.IdempotencyKey == "" {
			return nil, nil
		}
		id, err := tx.PostOfKey(draft.Author.ID, draft.IdempotencyKey)
		if err != nil || id == 0 {
			return nil, err
		}
		return tx.Post(id)
	}
	if dead, err := tx.HasTombstone(draft.URI, draft.Author.URI); err != nil || dead {
		return nil, orGone(err, draft.URI)
	}
	known, err := tx.PostByURI(draft.URI)
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if known.IsGone() {
		return nil, orGone(nil, draft.URI)
	}
	if known.AuthorID != draft.Author.ID {
		return nil, models.Errorf(models.Forbidden, "post %s belongs to another author", draft.URI)
	}
	return known, s.admitLater(tx, known, draft)
}

func orGone(err error, uri string) error {
	if err != nil {
		return err
	}
	return models.Errorf(models.Gone, "post %s was deleted", uri)
}

// prepare turns what a member typed into what is stored: mentions are looked up (this may ask other hosts), text
// becomes HTML, the community, the kind and the title are read from it.
func (s *Service) prepare(ctx context.Context, draft *Draft) error {
	if draft.Visibility == "" {
		draft.Visibility = models.Public
	}
	if err := s.checkText(draft); err != nil {
		return err
	}
	if err := s.checkPoll(draft); err != nil {
		return err
	}
	if err := draft.checkPractice(); err != nil {
		return err
	}
	if draft.QuotePolicy != "" {
		if err := CheckQuotePolicy(draft.QuotePolicy); err != nil {
			return err
		}
	}
	if draft.InReplyTo != nil {
		draft.InReplyToURI = draft.InReplyTo.URI
	}
	found := s.resolveMentions(ctx, draft.Author, draft.Text)
	draft.Mentions = nil
	for _, m := range text.FindMentions(draft.Text) { // in the order of the text: the first community is the post's
		draft.Mentions = appendActor(draft.Mentions, found[s.mentionKey(m)])
	}
	draft.Content = s.render(draft.Text, found)
	draft.Tags = text.FindHashtags(draft.Text)
	if draft.Placed {
		draft.Mentions = appendActor(draft.Mentions, draft.Community)
	} else if draft.Community == nil {
		draft.Community = firstCommunity(draft)
	}
	draft.Published = s.store.Now()
	return nil
}

func (s *Service) checkText(draft *Draft) error {
	if strings.TrimSpace(draft.Text) == "" && len(draft.Attachments) == 0 && len(draft.Media) == 0 && draft.Quoted == nil {
		return invalid("status", "Validation failed: Text can't be blank")
	}
	length := text.Length(draft.Text) + utf8.RuneCountInString(draft.SpoilerText)
	if length > s.limits.PostChars {
		return invalid("status", "Validation failed: Text has %d characters, and at most %d are allowed", length, s.limits.PostChars)
	}
	switch draft.Visibility {
	case models.Public, models.Unlisted, models.Private, models.Direct:
		return nil
	case models.ForMembers, models.ForPartners, models.ForLocal: // by an edit: nobody else can say these
		if draft.editing {
			return nil
		}
	}
	return invalid("visibility", "Validation failed: Visibility %q is none of public, unlisted, private, direct", draft.Visibility)
}

// checkPractice judges what a member says of a post beside its text.
func (draft *Draft) checkPractice() error {
	if utf8.RuneCountInString(draft.Title) > maxTitle {
		return invalid("title", "Validation failed: Title has more than %d characters", maxTitle)
	}
	draft.Title = text.CleanName(draft.Title)
	if draft.Title != "" && draft.InReplyTo != nil {
		return errNoTitle()
	}
	draft.TitleApart = draft.Title != ""
	return draft.Facts.check(draft.Kind)
}

func errNoTitle() error {
	return invalid("title", "Validation failed: Title is for the first post of a thread, and not for a reply")
}

// render makes HTML of what a member typed.
func (s *Service) render(typed string, found map[string]*models.Actor) string {
	resolve := func(m text.Mention) (href, acct string, ok bool) {
		actor := found[s.mentionKey(m)]
		if actor == nil {
			return "", "", false
		}
		if actor.URL != "" {
			return actor.URL, actor.Username, true
		}
		return actor.URI, actor.Username, true
	}
	return text.Render(typed, resolve, s.links.Tag)
}

// resolveMentions finds the actors that a text names, by what mentionKey gives. Who cannot be found stays plain text, and so
// does a community of which the author may not learn (security case E11).
func (s *Service) resolveMentions(ctx context.Context, author *models.Actor, typed string) map[string]*models.Actor {
	found := map[string]*models.Actor{}
	for _, m := range text.FindMentions(typed) {
		key := s.mentionKey(m)
		if _, tried := found[key]; tried {
			continue
		}
		user, host, _ := strings.Cut(key, "@")
		actor, err := s.directory.FindByHandle(ctx, user, host)
		if err != nil {
			s.log.Debug("mention not resolved", "handle", key, "error", err)
		}
		if actor != nil && (actor.IsGone() || !s.knows(ctx, author, actor)) {
			actor = nil
		}
		found[key] = actor
	}
	return found
}

// knows reports whether somebody may learn of an actor; not when that cannot be told.
func (s *Service) knows(ctx context.Context, who, actor *models.Actor) bool {
	known, err := s.store.Read(ctx).IsKnownTo(actor, who.ID)
	if err != nil {
		s.log.WarnContext(ctx, "not told whether an actor may be known", "actor", actor.Handle, "error", err)
	}
	return known && err == nil
}

// mentionKey is the handle that a mention names; a name without a host is one of ours.
func (s *Service) mentionKey(m text.Mention) string {
	host := m.Host
	if host == "" {
		host = s.links.Host
	}
	return models.Handle(m.User, host)
}

func appendActor(list []*models.Actor, actor *models.Actor) []*models.Actor {
	if actor == nil {
		return list
	}
	for _, known := range list {
		if known.ID == actor.ID {
			return list
		}
	}
	return append(list, actor)
}

// firstCommunity is the community that a post names. Whether a post for fewer readers is in it says the community's class;
// a direct one only speaks to it.
func firstCommunity(draft *Draft) *models.Actor {
	if draft.InReplyTo != nil || draft.Visibility == models.Direct {
		return nil
	}
	for _, actor := range draft.Mentions {
		if actor.IsCommunity() {
			return actor
		}
	}
	return nil
}
