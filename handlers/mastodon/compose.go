package mastodon

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"praxis/models"
	"praxis/practice"
)

// draft is what a client says of a new post or of a change. Nil fields were not said.
type draft struct {
	Status      *string    `mapstructure:"status"`
	SpoilerText *string    `mapstructure:"spoiler_text"`
	Visibility  *string    `mapstructure:"visibility"`
	InReplyToID string     `mapstructure:"in_reply_to_id"`
	QuotedID    string     `mapstructure:"quoted_status_id"`
	QuotePolicy *string    `mapstructure:"quote_approval_policy"`
	Language    *string    `mapstructure:"language"`
	Sensitive   *bool      `mapstructure:"sensitive"`
	Poll        *pollDraft `mapstructure:"poll"`

	MediaIDs        []string      `mapstructure:"media_ids"`
	MediaAttributes []mediaChange `mapstructure:"media_attributes"`

	practiceDraft `mapstructure:",squash"`
}

// composition reads a draft.
func (c *call) composition() (draft, error) {
	var d draft
	return d, c.params.decode(&d)
}

func createStatus(c *call) (any, error) {
	d, err := c.composition()
	if err != nil {
		return nil, err
	}
	owner := c.principal.Account
	written := practice.Draft{
		Author: c.me(), Text: orElse(d.Status, ""), SpoilerText: orElse(d.SpoilerText, ""),
		Sensitive: orElse(d.Sensitive, owner.DefaultSensitive), Language: orElse(languageOf(d.Language), owner.DefaultLanguage),
		QuotePolicy:    orSaid(d.QuotePolicy, owner.DefaultQuotePolicy),
		IdempotencyKey: idempotencyKey(c.r.Header.Get("Idempotency-Key")), AppID: c.principal.Token.AppID,
	}
	if written.InReplyTo, err = c.parent(d.InReplyToID); err != nil {
		return nil, err
	}
	if written.Quoted, err = c.quotedPost(d.QuotedID); err != nil {
		return nil, err
	}
	carried, err := c.mediaIDs(d.MediaIDs)
	if err != nil {
		return nil, err
	}
	written.Media = orElse(carried, nil)
	written.Visibility = visibilityOf(d.Visibility, defaultVisibility(owner), written.InReplyTo)
	if written.Poll, err = d.Poll.draft(c); err != nil {
		return nil, err
	}
	if err := c.practise(&written, d); err != nil {
		return nil, err
	}
	if c.params.has("scheduled_at") {
		at, err := c.scheduledAt()
		if err != nil {
			return nil, err
		}
		return c.schedule(written, at)
	}
	post, err := c.s.service.Post(c.ctx(), written)
	if err != nil {
		return nil, err
	}
	return c.fresh(post)
}

// practise adds what a client that knows communities says.
func (c *call) practise(written *practice.Draft, d draft) error {
	var err error
	if written.Community, err = c.namedCommunity(d.CommunityID); err != nil {
		return err
	}
	written.Placed = written.Community != nil
	written.Title, written.Kind = orElse(d.Title, ""), orElse(d.Kind, "")
	written.Facts, err = d.facts(c)
	return err
}

// orSaid takes an empty text for nothing said.
func orSaid(said *string, otherwise string) string {
	if said == nil || *said == "" {
		return otherwise
	}
	return *said
}

func orElse[T any](said *T, otherwise T) T {
	if said != nil {
		return *said
	}
	return otherwise
}

// parent gives the post that is answered: what a boost carries, when a client names the boost.
func (c *call) parent(name string) (*models.Post, error) {
	if name == "" {
		return nil, nil
	}
	id, err := parseID(name)
	if err != nil {
		return nil, err
	}
	post, err := c.tx.VisiblePost(id, c.viewer())
	if err != nil || !post.IsBoost() {
		return post, err
	}
	return c.tx.VisiblePost(post.ReblogOfID, c.viewer())
}

// visibilityOf: who says nothing answers for no more readers than the post that is answered has.
func visibilityOf(said *string, otherwise string, parent *models.Post) string {
	if said != nil && *said != "" {
		return *said
	}
	if parent != nil && width(parent.Visibility) < width(otherwise) {
		return shownVisibility(parent)
	}
	return otherwise
}

func width(visibility string) int {
	switch visibility {
	case models.Direct:
		return 0
	case models.Private, models.ForMembers, models.ForPartners, models.ForLocal:
		return 1
	case models.Unlisted:
		return 2
	}
	return 3
}

// idempotencyKey makes any header short and storable.
func idempotencyKey(header string) string {
	if header == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(header))
	return hex.EncodeToString(sum[:])
}

var languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}$`)

// languageOf keeps what can be the name of a language, and forgets the rest as Mastodon does.
func languageOf(said *string) *string {
	if said == nil || (*said != "" && !languagePattern.MatchString(strings.ToLower(*said))) {
		return nil
	}
	return said
}

// change gives what a request wants to be different about a post; nil for nothing.
func (c *call) change(post *models.Post, d draft) (*practice.Edit, error) {
	edit := practice.Edit{Text: d.Status, SpoilerText: d.SpoilerText, Sensitive: d.Sensitive, Language: languageOf(d.Language), QuotePolicy: d.QuotePolicy}
	var err error
	if edit.Media, err = c.mediaIDs(d.MediaIDs); err != nil {
		return nil, err
	}
	if edit.Described, err = mediaChanges(d.MediaAttributes); err != nil {
		return nil, err
	}
	if edit.Poll, err = d.Poll.draft(c); err != nil {
		return nil, err
	}
	if edit.Facts, err = d.facts(c); err != nil {
		return nil, err
	}
	edit.Title, edit.Kind = d.Title, d.Kind
	_, namesPoll := c.params["poll"]
	edit.RemovePoll = namesPoll && edit.Poll == nil && post.Type == "Question"
	if d.Status == nil && d.SpoilerText == nil && d.Sensitive == nil && d.Language == nil &&
		d.Title == nil && d.Kind == nil && edit.Facts == nil && edit.Media == nil && edit.Described == nil && edit.Poll == nil && !edit.RemovePoll {
		return nil, nil
	}
	return &edit, nil
}

// editStatus changes what the request names and keeps the rest: clients don't send what they don't know, such as the
// community. Nothing gets more readers than it had.
func editStatus(c *call) (any, error) {
	post, err := c.ownPost()
	if err != nil {
		return nil, err
	}
	d, err := c.composition()
	if err != nil {
		return nil, err
	}
	edit, err := c.change(post, d)
	if err != nil {
		return nil, err
	}
	if edit == nil && d.QuotePolicy != nil {
		return editInteractionPolicy(c)
	}
	if edit == nil {
		return c.fresh(post)
	}
	post, err = c.s.service.Edit(c.ctx(), c.me(), post, *edit)
	if err != nil {
		return nil, err
	}
	return c.fresh(post)
}

// fresh reads a post again, since verbs change counts, and shows it.
func (c *call) fresh(post *models.Post) (any, error) {
	current, err := c.tx.VisiblePost(post.ID, c.viewer())
	if err != nil {
		return nil, err
	}
	return c.status(current)
}
