package outbox

import (
	"slices"
	"strconv"

	"praxis/federation/vocab"
	"praxis/internal/media"
	"praxis/models"
	"praxis/practice"
)

// Post gives the document of a local post. A community's post names the community as audience and as a mention, so that
// answers from servers that know no communities reach it, too.
func (w *Writer) Post(tx *models.Tx, p *models.Post) (vocab.M, error) {
	parts, err := w.partsOf(tx, p)
	if err != nil {
		return nil, err
	}
	return w.document(tx, p, parts)
}

func (w *Writer) document(tx *models.Tx, p *models.Post, parts *postParts) (vocab.M, error) {
	to, cc := parts.audience(p)
	doc := vocab.M{
		"id": p.URI, "type": "Note", "attributedTo": parts.author.URI, "to": to, "cc": cc,
		"published": vocab.FormatTime(p.PublishedAt.Time()), "url": p.URL,
		"content": practice.ShownContent(p), "mediaType": "text/html", "sensitive": p.Sensitive,
		"replies": p.URI + "/replies",
	}
	texts := []string{p.Title, p.Content, p.SpoilerText}
	if parts.poll != nil {
		for _, option := range parts.poll.Options {
			texts = append(texts, option.Title)
		}
	}
	emoji, err := emojiTags(tx, w.links, texts...)
	if err != nil {
		return nil, err
	}
	flair, err := flairOf(tx, w.links, p, parts.community)
	if err != nil {
		return nil, err
	}
	if tags := slices.Concat(parts.tags(w.links, p), flair, emoji); len(tags) > 0 {
		doc["tag"] = tags
	}
	if attachments := parts.attachments(p); len(attachments) > 0 {
		doc["attachment"] = attachments
	}
	addText(doc, p)
	addThread(doc, p, parts)
	addPoll(doc, parts.poll, tx.Now())
	w.addKind(doc, p, parts)
	addQuote(doc, p, parts)
	return doc, nil
}

func addText(doc vocab.M, p *models.Post) {
	if p.Title != "" {
		doc["name"] = p.Title
	}
	if p.SpoilerText != "" {
		doc["summary"] = p.SpoilerText
	}
	if p.Language != "" {
		doc["contentMap"] = vocab.M{p.Language: practice.ShownContent(p)}
	}
	if p.Source != "" {
		doc["source"] = vocab.M{"content": p.Source, "mediaType": "text/plain"}
	}
	if p.EditedAt != 0 {
		doc["updated"] = vocab.FormatTime(p.EditedAt.Time())
	}
}

func addThread(doc vocab.M, p *models.Post, parts *postParts) {
	if p.InReplyToURI != "" {
		doc["inReplyTo"] = p.InReplyToURI
	}
	if p.ContextURI != "" {
		doc["context"] = p.ContextURI
	}
	if parts.community != nil {
		doc["audience"] = parts.community.URI
	}
}

// postParts is what a post's document needs beside its row.
type postParts struct {
	author, community, parent *models.Actor
	quoted                    *models.Actor // the author of what the post quotes
	answer                    *models.Post
	mentions                  []*models.Actor
	hashtags                  []string
	files                     []models.Attachment
	poll                      *models.Poll
	practice                  *practice.Practice // nil for posts that are none
	helpful                   []string           // the ids of helpful replies
}

func (w *Writer) partsOf(tx *models.Tx, p *models.Post) (*postParts, error) {
	all, err := tx.PostParts([]int64{p.ID})
	if err != nil {
		return nil, err
	}
	parts := &postParts{mentions: all.Mentions[p.ID], hashtags: all.Tags[p.ID], files: all.Attachments[p.ID]}
	actors, err := tx.Actors([]int64{p.AuthorID, p.CommunityID, p.InReplyToAuthor})
	if err != nil {
		return nil, err
	}
	parts.author, parts.community, parts.parent = actors[p.AuthorID], actors[p.CommunityID], actors[p.InReplyToAuthor]
	if parts.quoted, err = quotedAuthor(tx, p); err != nil {
		return nil, err
	}
	if p.AcceptedAnswerID != 0 {
		if parts.answer, err = tx.Post(p.AcceptedAnswerID); err != nil {
			return nil, err
		}
	}
	if err := parts.readPractice(tx, p); err != nil {
		return nil, err
	}
	if p.Type == "Question" {
		polls, err := tx.Polls([]int64{p.ID})
		if err != nil {
			return nil, err
		}
		parts.poll = polls[p.ID]
	}
	return parts, nil
}

func (parts *postParts) readPractice(tx *models.Tx, p *models.Post) error {
	var err error
	if parts.practice, err = practiceOf(tx, p); err != nil || parts.practice == nil {
		return err
	}
	replies, err := tx.Posts(parts.practice.Helpful)
	if err != nil {
		return err
	}
	for _, id := range parts.practice.Helpful {
		if reply := replies[id]; reply != nil && reply.IsPublic() && !reply.IsGone() {
			parts.helpful = append(parts.helpful, reply.URI)
		}
	}
	return nil
}

// named gives everybody whom the post's audience names: those it mentions, its community, and the author of what it
// answers, so that an answer is seen even where the text does not name them.
func (parts *postParts) named(p *models.Post) []*models.Actor {
	all := append([]*models.Actor{}, parts.mentions...)
	if p.Visibility != models.Direct {
		all = append(all, parts.community)
		if p.IsPublic() || p.IsRestricted() {
			all = append(all, parts.parent)
		}
	}
	var named []*models.Actor
	seen := map[int64]bool{parts.author.ID: true}
	for _, actor := range all {
		if actor != nil && !seen[actor.ID] {
			seen[actor.ID], named = true, append(named, actor)
		}
	}
	return named
}

// audience gives to and cc; both are always present, since some readers insist.
func (parts *postParts) audience(p *models.Post) (to, cc []string) {
	to, cc = []string{}, []string{}
	followers := parts.author.FollowersURI
	switch p.Visibility {
	case models.Public:
		to, cc = append(to, vocab.Public), append(cc, followers)
	case models.Unlisted:
		to, cc = append(to, followers), append(cc, vocab.Public)
	case models.Private:
		to = append(to, followers)
	case models.ForMembers, models.ForPartners, models.ForLocal:
		if parts.community == nil {
			return to, cc
		}
		return append(to, parts.community.URI, parts.community.FollowersURI), cc
	}
	for _, actor := range parts.named(p) {
		switch {
		case parts.community != nil && actor.ID == parts.community.ID, p.Visibility == models.Direct:
			to = append(to, actor.URI)
		default:
			cc = append(cc, actor.URI)
		}
	}
	return to, cc
}

func (parts *postParts) tags(links practice.Links, p *models.Post) []any {
	tags := []any{}
	for _, actor := range parts.named(p) {
		tags = append(tags, vocab.M{"type": "Mention", "href": actor.URI, "name": "@" + actor.Username + "@" + actor.Host})
	}
	for _, tag := range parts.hashtags {
		tags = append(tags, vocab.M{"type": "Hashtag", "href": links.Tag(tag), "name": "#" + tag})
	}
	return tags
}

// attachments keeps to two of the shapes that every group server takes, Link and Document: microblog servers know files by
// the latter.
func (parts *postParts) attachments(*models.Post) []any {
	list := []any{}
	for _, file := range parts.files {
		switch file.Type {
		case "link":
			list = append(list, vocab.M{"type": "Link", "href": file.URL})
		default:
			list = append(list, sized(vocab.M{"type": "Document", "url": file.URL, "mediaType": file.MediaType, "name": file.Description}, file))
		}
	}
	return list
}

func sized(doc vocab.M, file models.Attachment) vocab.M {
	if file.Width > 0 && file.Height > 0 {
		doc["width"], doc["height"] = file.Width, file.Height
	}
	if file.Blurhash != "" {
		doc["blurhash"] = file.Blurhash
	}
	if file.Duration > 0 {
		doc["duration"] = vocab.Duration(file.Duration)
	}
	if file.Type != "image" && file.PreviewURL != "" {
		doc["icon"] = vocab.M{"type": "Image", "url": file.PreviewURL, "mediaType": media.TypeOf(file.PreviewFile)}
	}
	if file.FocusX != 0 || file.FocusY != 0 {
		doc["focalPoint"] = []float64{file.FocusX, file.FocusY}
	}
	return doc
}

// inboxes gives where a post of a local author goes: to the author's followers and to whom it quotes unless it is direct,
// and to everybody whom it names.
func (w *Writer) inboxes(tx *models.Tx, p *models.Post, parts *postParts) ([]models.Inbox, error) {
	var all []models.Inbox
	if p.IsRestricted() { // those who belong to the community have it from the community
		return withActors(nil, parts.community), nil
	}
	if p.Visibility != models.Direct {
		followers, err := tx.FollowerInboxes(parts.author.ID)
		if err != nil {
			return nil, err
		}
		all = withActors(followers, parts.quoted)
	}
	return withActors(all, parts.named(p)...), nil
}

// withActors adds the inboxes of remote actors, each inbox once.
func withActors(inboxes []models.Inbox, actors ...*models.Actor) []models.Inbox {
	seen := map[string]bool{}
	for _, inbox := range inboxes {
		seen[inbox.URL] = true
	}
	for _, actor := range actors {
		if actor == nil || actor.Local || actor.IsGone() || actor.Inbox == "" || seen[actor.DeliveryInbox()] {
			continue
		}
		seen[actor.DeliveryInbox()] = true
		inboxes = append(inboxes, models.Inbox{Host: actor.Host, URL: actor.DeliveryInbox()})
	}
	return inboxes
}

func stamp(id int64, at models.Timestamp) string {
	return strconv.FormatInt(id, 10) + "-" + strconv.FormatInt(int64(at), 10)
}
