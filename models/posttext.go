package models

import (
	"strings"

	"praxis/internal/text"
)

// maxBody bounds how much of a post is searched, in bytes.
const maxBody = 64 << 10

// keepText keeps what of a post is searched: its words in lower case, as a reader sees them. Databases differ in what they
// take for lower case, so it is made here.
func (tx *Tx) keepText(p *Post) error {
	if p.IsBoost() || p.IsGone() {
		return translate(tx.db.Exec("DELETE FROM post_text WHERE post_id = ?", p.ID).Error, "post text")
	}
	body := fold(strings.Join([]string{p.Title, p.SpoilerText, text.Plain(p.Content)}, " "))
	if len(body) > maxBody {
		body = strings.ToValidUTF8(body[:maxBody], "")
	}
	err := tx.db.Exec(`INSERT INTO post_text (post_id, body) VALUES (?, ?)
		ON CONFLICT (post_id) DO UPDATE SET body = excluded.body`, p.ID, body).Error
	return translate(err, "post text")
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// TextSearch is what FindPosts looks for.
type TextSearch struct {
	Words, Without []string // parts of the text
	AuthorID       int64    // 0 for anybody
	Media, Link    bool     // only with such
	Reply          *bool
	Sensitive      *bool
	Language       string
	Before, After  Timestamp // 0 for no bound
	MaxID, MinID   int64
	Limit, Offset  int
}

// findable: a member finds by words what they wrote, what names them, what they liked, boosted or bookmarked; and of the
// public posts those of people who agreed to it, wherever they are, and those of communities.
const findable = `(post.author_id = ?
	OR EXISTS (SELECT 1 FROM post_mention n WHERE n.post_id = post.id AND n.actor_id = ?)
	OR EXISTS (SELECT 1 FROM favourite v WHERE v.post_id = post.id AND v.actor_id = ?)
	OR EXISTS (SELECT 1 FROM bookmark k WHERE k.post_id = post.id AND k.actor_id = ?)
	OR EXISTS (SELECT 1 FROM post s WHERE s.reblog_of_id = post.id AND s.reblog_of_id <> 0 AND s.author_id = ?)
	OR (post.visibility = 'public' AND (post.community_id <> 0
		OR EXISTS (SELECT 1 FROM actor w WHERE w.id = post.author_id AND w.indexable))))`

// FindPosts lists the posts that a member may find by words, newest first.
func (tx *Tx) FindPosts(viewer int64, search TextSearch) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).Joins("JOIN post_text x ON x.post_id = post.id").
		Where(findable, viewer, viewer, viewer, viewer, viewer)
	for _, word := range search.Words {
		query = query.Where(`x.body LIKE ? ESCAPE '\'`, "%"+escapeLike(fold(word))+"%")
	}
	for _, word := range search.Without {
		query = query.Where(`x.body NOT LIKE ? ESCAPE '\'`, "%"+escapeLike(fold(word))+"%")
	}
	if search.AuthorID != 0 {
		query = query.Where("post.author_id = ?", search.AuthorID)
	}
	if search.Media {
		query = query.Where("EXISTS (SELECT 1 FROM attachment m WHERE m.post_id = post.id AND m.type <> 'link')")
	}
	if search.Link {
		query = query.Where("EXISTS (SELECT 1 FROM post_card c WHERE c.post_id = post.id)")
	}
	if search.Reply != nil {
		query = query.Where("(post.in_reply_to_uri <> '') = ?", *search.Reply)
	}
	if search.Sensitive != nil {
		query = query.Where("post.sensitive = ?", *search.Sensitive)
	}
	if search.Language != "" {
		query = query.Where("post.language = ?", search.Language)
	}
	for condition, bound := range map[string]int64{
		"post.published_at < ?": int64(search.Before), "post.published_at >= ?": int64(search.After), "post.id < ?": search.MaxID, "post.id > ?": search.MinID,
	} {
		if bound != 0 {
			query = query.Where(condition, bound)
		}
	}
	return list[Post](query.Order("post.id DESC").Limit(search.Limit).Offset(search.Offset), "posts")
}
