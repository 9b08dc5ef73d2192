package mastodon

import (
	"praxis/models"
	"praxis/practice"
)

// statusEdit is Mastodon's StatusEdit: a version of a post.
type statusEdit struct {
	Content          string       `json:"content"`
	SpoilerText      string       `json:"spoiler_text"`
	Sensitive        bool         `json:"sensitive"`
	CreatedAt        string       `json:"created_at"`
	Account          *account     `json:"account"`
	MediaAttachments []attachment `json:"media_attachments"`
	Emojis           []emoji      `json:"emojis"`
	Poll             *editedPoll  `json:"poll,omitempty"`
	Quote            any          `json:"quote"`
}

// editedPoll is what could be chosen from in a version.
type editedPoll struct {
	Options []editedOption `json:"options"`
}

type editedOption struct {
	Title string `json:"title"`
}

// getHistory answers with all versions of a post, oldest first, the current one last. Of a boost those of what it carries.
func getHistory(c *call) (any, error) {
	post, err := c.post()
	if err == nil && post.IsBoost() {
		post, err = c.tx.VisiblePost(post.ReblogOfID, c.viewer())
	}
	if err != nil {
		return nil, err
	}
	earlier, err := practice.History(c.tx, post)
	if err != nil {
		return nil, err
	}
	s, err := c.shelve([]models.Post{*post})
	if err != nil {
		return nil, err
	}
	current := practice.Version{
		Title: post.Title, Content: post.Content, SpoilerText: post.SpoilerText, Sensitive: post.Sensitive,
		Attachments: s.parts.Attachments[post.ID], At: max(post.EditedAt, post.PublishedAt),
	}
	if asked := s.polls[post.ID]; asked != nil {
		current.Poll = asked.Titles()
	}
	earlier = append(earlier, current)
	if err := s.readEmojiOf(c.tx, post, earlier); err != nil {
		return nil, err
	}
	shown := make([]statusEdit, 0, len(earlier))
	for _, version := range earlier {
		shown = append(shown, s.version(post, version))
	}
	return shown, nil
}

// readEmojiOf finds the emoji that any version of a post names.
func (s *shelf) readEmojiOf(tx *models.Tx, p *models.Post, versions []practice.Version) error {
	var posts []*models.Post
	for _, v := range versions {
		posts = append(posts, asWas(p, v))
	}
	var err error
	s.emoji, err = readEmoji(tx, posts, []*models.Actor{s.actors[p.AuthorID]}, func(int64) []string { return nil })
	return err
}

// asWas is a post as it read at some time.
func asWas(p *models.Post, v practice.Version) *models.Post {
	was := *p
	was.Title, was.Content, was.SpoilerText, was.Sensitive = v.Title, v.Content, v.SpoilerText, v.Sensitive
	return &was
}

// version shows how a post read at some time.
func (s *shelf) version(p *models.Post, v practice.Version) statusEdit {
	was := asWas(p, v)
	shown := statusEdit{
		Content: content(was, v.Attachments), SpoilerText: spoiler(was), Sensitive: v.Sensitive, CreatedAt: date(v.At),
		Account: s.author(p), MediaAttachments: attachments(v.Attachments), Emojis: s.emoji.in(emojiHost(s.actors[p.AuthorID]), postTexts(was)...),
		Quote: s.quote(p),
	}
	if len(v.Poll) > 0 {
		shown.Poll = &editedPoll{}
		for _, title := range v.Poll {
			shown.Poll.Options = append(shown.Poll.Options, editedOption{title})
		}
	}
	return shown
}
