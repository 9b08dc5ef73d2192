package mastodon

import (
	"praxis/models"
)

// sensitized reports a post whose author's pictures all count as sensitive, by a moderator's decision.
func (s *shelf) sensitized(p *models.Post) bool {
	author := s.actors[p.AuthorID]
	return author != nil && author.SensitizedAt != 0 && len(s.parts.Attachments[p.ID]) > 0
}

// status is Mastodon's Status, with what Praxis adds to it.
type status struct {
	ID                 string       `json:"id"`
	CreatedAt          string       `json:"created_at"`
	EditedAt           *string      `json:"edited_at"`
	InReplyToID        *string      `json:"in_reply_to_id"`
	InReplyToAccountID *string      `json:"in_reply_to_account_id"`
	Sensitive          bool         `json:"sensitive"`
	SpoilerText        string       `json:"spoiler_text"`
	Visibility         string       `json:"visibility"`
	Language           *string      `json:"language"`
	URI                string       `json:"uri"`
	URL                *string      `json:"url"`
	RepliesCount       int64        `json:"replies_count"`
	ReblogsCount       int64        `json:"reblogs_count"`
	FavouritesCount    int64        `json:"favourites_count"`
	QuotesCount        int64        `json:"quotes_count"`
	Content            string       `json:"content"`
	Text               *string      `json:"text,omitempty"` // only for who deleted it, to write it anew
	Reblog             *status      `json:"reblog"`
	Application        *application `json:"application"`
	Account            *account     `json:"account"`
	MediaAttachments   []attachment `json:"media_attachments"`
	Mentions           []mention    `json:"mentions"`
	Tags               []shortTag   `json:"tags"`
	Emojis             []emoji      `json:"emojis"`
	Card               *card        `json:"card"`
	Poll               *poll        `json:"poll"`
	Quote              any          `json:"quote"` // a *quote or, of a quoted post, a *shallowQuote
	QuoteApproval      quoteRights  `json:"quote_approval"`
	Filtered           []filterHit  `json:"filtered"`
	*viewerFlags
	Practice *practiceInfo `json:"praxis"`
}

// viewerFlags is what a signed-in viewer did with a post.
type viewerFlags struct {
	Favourited bool  `json:"favourited"`
	Reblogged  bool  `json:"reblogged"`
	Muted      bool  `json:"muted"`
	Bookmarked bool  `json:"bookmarked"`
	Pinned     *bool `json:"pinned,omitempty"` // only for their own posts
}

type community struct {
	ID          string `json:"id"`
	Acct        string `json:"acct"`
	DisplayName string `json:"display_name"`
	URL         string `json:"url"`
}

type application struct {
	Name    string  `json:"name"`
	Website *string `json:"website"`
}

type mention struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Acct     string `json:"acct"`
	URL      string `json:"url"`
}

type shortTag struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// status shows a post of the shelf; a boost shows what it carries.
func (s *shelf) status(p *models.Post) *status {
	original := s.posts[p.ReblogOfID]
	if original == nil {
		return s.plainStatus(p)
	}
	inner := s.plainStatus(original)
	inner.Filtered = s.filtered(original, p.ID)
	boost := *inner
	boost.ID, boost.URI, boost.CreatedAt, boost.EditedAt = formatID(p.ID), p.URI, date(p.PublishedAt), nil
	boost.Visibility = shownVisibility(p)
	boost.InReplyToID, boost.InReplyToAccountID, boost.Application = nil, nil, nil
	boost.MediaAttachments, boost.Mentions, boost.Tags = []attachment{}, []mention{}, []shortTag{}
	boost.Account, boost.Reblog, boost.Quote = s.author(p), inner, nil
	return &boost
}

// plainStatus shows a post that is no boost.
func (s *shelf) plainStatus(p *models.Post) *status {
	shown := s.baseStatus(p)
	shown.Quote = s.quote(p)
	return shown
}

// baseStatus is plainStatus without what the post quotes.
func (s *shelf) baseStatus(p *models.Post) *status {
	media := attachments(s.parts.Attachments[p.ID])
	return &status{
		ID: formatID(p.ID), CreatedAt: date(p.PublishedAt), EditedAt: dateOrNil(p.EditedAt),
		InReplyToID: idOrNil(p.InReplyToID), InReplyToAccountID: idOrNil(p.InReplyToAuthor),
		Sensitive: p.Sensitive || s.sensitized(p), SpoilerText: spoiler(p), Visibility: shownVisibility(p), Language: textOrNil(p.Language),
		URI: p.URI, URL: textOrNil(webURL(p.URL)),
		RepliesCount: p.RepliesCount, ReblogsCount: p.Shares(), FavouritesCount: p.Likes(),
		QuotesCount: p.QuotesCount, QuoteApproval: s.quoteRights(p),
		Content: content(p, s.parts.Attachments[p.ID]), Application: s.application(p), Account: s.author(p),
		MediaAttachments: media, Mentions: s.mentions(p), Tags: s.tags(p), Emojis: s.emoji.in(emojiHost(s.actors[p.AuthorID]), postTexts(p)...),
		Filtered: s.filtered(p, p.ID), Card: cardEntity(s.cards[p.ID]), Poll: s.poll(p), viewerFlags: s.flags(p), Practice: s.practice(p),
	}
}

// spoiler: group software puts an extract of the text where others put a warning.
func spoiler(p *models.Post) string {
	if p.Sensitive || p.Type == "Note" || p.Type == "Question" {
		return p.SpoilerText
	}
	return ""
}

func (s *shelf) author(p *models.Post) *account {
	if actor := s.actors[p.AuthorID]; actor != nil {
		return s.account(actor)
	}
	return s.account(&models.Actor{ID: p.AuthorID}) // the database refuses posts without an author
}

func (s *shelf) application(p *models.Post) *application {
	app := s.apps[p.AppID]
	if app == nil {
		return nil
	}
	return &application{Name: app.Name, Website: textOrNil(webURL(app.Website))}
}

func (s *shelf) mentions(p *models.Post) []mention {
	shown := []mention{}
	for _, a := range s.parts.Mentions[p.ID] {
		address := webURL(a.URL)
		if address == "" {
			address = a.URI
		}
		shown = append(shown, mention{ID: formatID(a.ID), Username: a.Username, Acct: a.Acct(), URL: address})
	}
	return shown
}

func (s *shelf) tags(p *models.Post) []shortTag {
	shown := []shortTag{}
	for _, name := range s.parts.Tags[p.ID] {
		shown = append(shown, shortTag{Name: name, URL: s.links.Tag(name)})
	}
	return shown
}

func (s *shelf) flags(p *models.Post) *viewerFlags {
	if !s.signed {
		return nil
	}
	flags := &viewerFlags{
		Favourited: s.marks.Favourited[p.ID], Reblogged: s.marks.Reblogged[p.ID],
		Muted: s.marks.Muted[p.ID], Bookmarked: s.marks.Bookmarked[p.ID],
	}
	if p.AuthorID == s.viewer {
		pinned := s.marks.Pinned[p.ID]
		flags.Pinned = &pinned
	}
	return flags
}

// shownVisibility names who may read a post in Mastodon's words: what is for some in a community is private to clients,
// which know no more.
func shownVisibility(p *models.Post) string {
	if p.IsRestricted() {
		return models.Private
	}
	return p.Visibility
}

// reason gives why moderators hid a post, or locked it.
func (s *shelf) reason(p *models.Post) string {
	wanted := models.ActLock
	if p.RemovedAt != 0 {
		wanted = models.ActRemove
	}
	for _, act := range s.acts[p.ID] {
		if act.Verb == wanted && act.Reason != "" {
			return act.Reason
		}
	}
	return p.HiddenReason
}
