package directory

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// How much of a remote post is followed up.
const (
	maxAncestors = 30 // posts above one, fetched to place it in its thread (security case C15)
	maxNewNames  = 8  // unknown actors that a post mentions, fetched for it (security case C16)
	maxHashtags  = 30
)

// ErrNoPost says that a document is nothing that is kept as a post.
var ErrNoPost = errors.New("not a kind of post that is kept here")

// Post gives the post of an id: from the store, else from its host, with the posts above it. It enters no timeline and
// notifies nobody. Errors: NotFound, Gone, Unavailable, Invalid.
func (d *Directory) Post(ctx context.Context, uri string) (*models.Post, error) {
	ctx = budgeted(ctx)
	known, err := d.store.Read(ctx).PostByURI(uri)
	if err == nil || !models.IsNotFound(err) || d.links.IsOurs(uri) {
		return known, err
	}
	doc, err := d.fetch(ctx, uri)
	if err != nil {
		return d.orCopied(ctx, uri, coded(err, "post "+uri))
	}
	return d.importPost(ctx, doc)
}

// PostIn is Post for one that a community elsewhere says that it took, and reports whether the author addressed it to that community.
func (d *Directory) PostIn(ctx context.Context, uri string, group *models.Actor) (post *models.Post, meant bool, err error) {
	ctx = InGroup(budgeted(ctx), group)
	known, err := d.store.Read(ctx).PostByURI(uri)
	if err != nil && (!models.IsNotFound(err) || d.links.IsOurs(uri)) {
		return nil, false, err
	}
	if err == nil && (known.CommunityID != 0 || known.Local) {
		return known, known.CommunityID == group.ID, nil
	}
	object, err := d.objectOrCopy(ctx, uri)
	if err != nil {
		return nil, false, err
	}
	meant = object.Audience.Contains(group.URI) || object.To.Contains(group.URI) || object.Cc.Contains(group.URI)
	if known == nil {
		known, err = d.importObject(ctx, object)
	}
	return known, meant, err
}

// objectOrCopy is FetchObject, or else gives a copy where the host does not answer.
func (d *Directory) objectOrCopy(ctx context.Context, uri string) (vocab.Object, error) {
	object, err := d.FetchObject(ctx, uri)
	if IsTemporary(err) {
		if kept, missing := d.copied(ctx, uri); missing == nil && kept != nil {
			return *kept, nil
		}
	}
	return object, err
}

// PostFrom stores the post that a document is, with the posts above it, and gives it. Errors: as Post.
func (d *Directory) PostFrom(ctx context.Context, doc *fetch.Document) (*models.Post, error) {
	return d.importPost(budgeted(ctx), doc)
}

// FetchObject gives an object as its own host has it now. Errors: NotFound, Gone, Unavailable, Invalid.
func (d *Directory) FetchObject(ctx context.Context, uri string) (vocab.Object, error) {
	doc, err := d.Document(ctx, uri)
	if err != nil {
		return vocab.Object{}, err
	}
	object, err := vocab.DecodeObject(doc.Raw())
	if err != nil {
		return vocab.Object{}, models.Errorf(models.Invalid, "%s is no usable object: %w", uri, err)
	}
	return object, nil
}

// Document gives a document as its own host has it now. Errors: NotFound, Gone, Unavailable, Invalid.
func (d *Directory) Document(ctx context.Context, uri string) (*fetch.Document, error) {
	doc, err := d.fetch(budgeted(ctx), uri)
	return doc, coded(err, uri)
}

// importPost stores a fetched post and those above it. The post comes first where requests are counted: its author must be
// known, while a thread may stay without its beginning.
func (d *Directory) importPost(ctx context.Context, doc *fetch.Document) (*models.Post, error) {
	object, err := vocab.DecodeObject(doc.Raw())
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the document is no usable object: %w", err)
	}
	return d.importObject(ctx, object)
}

func (d *Directory) importObject(ctx context.Context, object vocab.Object) (*models.Post, error) {
	draft, err := d.Draft(ctx, object)
	if err != nil {
		return nil, err
	}
	d.Ancestors(ctx, object)
	draft.Backfilled = true
	return d.service.Post(ctx, draft)
}

// Ancestors fetches and stores the unknown posts above an object that is about to be stored, the nearest first: wherever
// it ends, what is there hangs together.
func (d *Directory) Ancestors(ctx context.Context, object vocab.Object) {
	ctx = budgeted(ctx)
	seen := map[string]bool{object.ID: true}
	for parent := object.InReplyTo; parent != "" && len(seen) <= maxAncestors && !seen[parent]; {
		seen[parent] = true
		if _, err := d.store.Read(ctx).PostByURI(parent); err == nil || d.links.IsOurs(parent) {
			return
		}
		found, err := d.objectOrCopy(ctx, parent)
		if err == nil {
			_, err = d.storeOne(ctx, found)
		}
		if err != nil {
			d.log.DebugContext(ctx, "post above not stored", "post", parent, "error", err)
			return
		}
		parent = found.InReplyTo
	}
}

// storeOne stores one fetched post.
func (d *Directory) storeOne(ctx context.Context, object vocab.Object) (*models.Post, error) {
	draft, err := d.Draft(ctx, object)
	if err != nil {
		return nil, err
	}
	draft.Backfilled = true
	return d.service.Post(ctx, draft)
}

// Draft translates an object from the wire into a draft. The object must come from its author's own host: by that host's
// signature, or fetched. Errors: Invalid for what is no post or whose author is not on the same host; those of Actor.
func (d *Directory) Draft(ctx context.Context, o vocab.Object) (practice.Draft, error) {
	ctx = budgeted(ctx)
	if !isPost(o) {
		return practice.Draft{}, models.Errorf(models.Invalid, "%s: %w", o.Type, ErrNoPost)
	}
	owner, err := o.Author()
	if err != nil {
		return practice.Draft{}, models.Errorf(models.Invalid, "object %s: %w", o.ID, err)
	}
	if o.ID == "" || !vocab.SameOrigin(owner, o.ID) {
		return practice.Draft{}, models.Errorf(models.Invalid, "object %s is not on its author's host", o.ID)
	}
	author, err := d.Actor(ctx, owner)
	if err != nil {
		return practice.Draft{}, err
	}
	if !vocab.SameOrigin(author.URI, o.ID) { // the owner's address led to an actor of another host
		return practice.Draft{}, models.Errorf(models.Invalid, "object %s is not on the host of its author %s", o.ID, author.URI)
	}
	if author.IsGone() {
		return practice.Draft{}, models.Errorf(models.Forbidden, "@%s is suspended here", author.Acct())
	}
	draft := practice.Draft{
		Author: author, URI: o.ID, URL: orElse(o.URL, o.ID), Type: o.Type, Title: titleOf(o),
		SpoilerText: spoilerOf(o), Sensitive: o.Sensitive, Language: o.Language, Visibility: visibilityOf(o, author),
		InReplyToURI: o.InReplyTo, ContextURI: o.Conversation, Kind: kindOf(o),
		Tags: hashtagsOf(o), Flair: flairOf(o), Attachments: attachmentsOf(o), Published: o.Published, Edited: editedOf(o),
		Poll: PollOf(o), Facts: factsOf(o),
	}
	if d.rejectsMedia(ctx, author.Host) {
		draft.Attachments = nil
	}
	draft.Content, draft.TitleApart = apart(o)
	draft.Mentions = d.mentions(ctx, o)
	draft.Quote, draft.QuotePolicy = d.quoteOf(ctx, o, author), quotePolicyOf(o, author)
	d.learnEmoji(ctx, author.Host, o.Tag)
	if d.isWithin(ctx, o) {
		draft.Visibility = models.ForMembers
	}
	draft.Elsewhere, err = d.elsewhere(ctx, o)
	return draft, err
}

// isPost reports what is kept as a post.
func isPost(o vocab.Object) bool {
	switch o.Type {
	case "Note", "Page", "Article", "Question", "Event", "Video", "Audio", "Image", "Document":
		return !IsVote(o)
	}
	return false
}

func titleOf(o vocab.Object) string {
	if o.InReplyTo != "" {
		return ""
	}
	return o.Name
}

// contentOf gives the text as HTML. Objects that are no texts say what they are by name, place, time and link.
func contentOf(o vocab.Object) string {
	content := o.Content
	if isPlain(o) {
		content = text.Render(content, nobody, nowhere)
	}
	if content == "" && o.Type != "Note" {
		content = o.Summary
	}
	var facts []string
	if o.Type == "Event" && !o.StartTime.IsZero() {
		facts = append(facts, html.EscapeString(o.StartTime.Format("2006-01-02 15:04 UTC")))
		if o.Location != "" {
			facts = append(facts, html.EscapeString(o.Location))
		}
	}
	if (o.Type == "Event" || o.Type == "Video" || o.Type == "Audio") && o.URL != "" {
		facts = append(facts, fmt.Sprintf(`<a href="%[1]s">%[1]s</a>`, html.EscapeString(o.URL)))
	}
	if o.Type != "Question" {
		for _, option := range append(o.OneOf, o.AnyOf...) {
			facts = append(facts, "○ "+html.EscapeString(option.Name))
		}
	}
	if len(facts) > 0 {
		content += "<p>" + strings.Join(facts, "<br>") + "</p>"
	}
	return content
}

// isPlain reports a text that is no HTML: video servers send what was typed. Some say so of HTML as well.
func isPlain(o vocab.Object) bool {
	return (o.MediaType == "text/markdown" || o.MediaType == "text/plain") && !strings.HasPrefix(strings.TrimSpace(o.Content), "<")
}

// nobody and nowhere leave mentions and hashtags of a foreign text as they are.
func nobody(text.Mention) (href, acct string, ok bool) { return "", "", false }
func nowhere(string) string                            { return "" }

// spoilerOf: the summary of a Note is its content warning; of an Article it is an abstract, unless it is sensitive.
func spoilerOf(o vocab.Object) string {
	if o.Type != "Note" && o.Type != "Question" && !o.Sensitive {
		return ""
	}
	return text.CleanName(text.Plain(o.Summary))
}

func visibilityOf(o vocab.Object, author *models.Actor) string {
	switch {
	case o.To.Contains(vocab.Public):
		return models.Public
	case o.Cc.Contains(vocab.Public):
		return models.Unlisted
	case author.FollowersURI != "" && (o.To.Contains(author.FollowersURI) || o.Cc.Contains(author.FollowersURI)):
		return models.Private
	}
	return models.Direct
}

func hashtagsOf(o vocab.Object) []string {
	var tags []string
	for _, tag := range o.Tag {
		if tag.Type != "Hashtag" || len(tags) == maxHashtags {
			continue
		}
		tags = append(tags, text.FindHashtags("#"+strings.TrimPrefix(tag.Name, "#"))...)
	}
	return tags
}
