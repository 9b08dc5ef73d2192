package models

import (
	"strings"

	"gorm.io/gorm/clause"
)

// What an author made of the life cycle of a post, beyond what follows from its replies.
const (
	StateWithdrawn = "withdrawn" // the author needs no answer any more
	StateReopened  = "reopened"  // an accepted answer turned out to be none
)

// Practice is what a practice post says beside its text. Zero values are not said.
type Practice struct {
	PostID      int64 `gorm:"primaryKey;autoIncrement:false"`
	State       string
	License     string // an SPDX identifier, or what else the author wrote
	Version     string
	Status      string // of a document or a gap
	ReviewAt    Timestamp
	Deadline    Timestamp
	Threshold   int64 // thousandths
	Unit        string
	StartAt     Timestamp
	EndAt       Timestamp
	Timezone    string
	Place       string
	Address     string // a page for people
	Capacity    int64
	Topics      string // one a line
	DuplicateOf string
	Told        string    // JSON: the figures that the post's own host gave
	UpdatedAt   Timestamp `gorm:"autoUpdateTime:false"`
}

// TopicList gives the topics.
func (p *Practice) TopicList() []string {
	if p.Topics == "" {
		return []string{}
	}
	return strings.Split(p.Topics, "\n")
}

// SavePractice stores what a post says beside its text.
func (tx *Tx) SavePractice(p *Practice) error {
	p.UpdatedAt = tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(p).Error, "practice")
}

// Practice gives what a post says beside its text: an empty one where nothing is stored.
func (tx *Tx) Practice(postID int64) (*Practice, error) {
	row, err := first[Practice](tx.db.Where("post_id = ?", postID), "practice")
	if IsNotFound(err) {
		return &Practice{PostID: postID}, nil
	}
	return row, err
}

// PracticeSource says what a post was made from: an address of a post, a thread, or anything else.
type PracticeSource struct {
	PostID   int64  `gorm:"primaryKey;autoIncrement:false"`
	URI      string `gorm:"primaryKey"`
	Position int64
}

// SetSources replaces what a post was made from.
func (tx *Tx) SetSources(postID int64, uris []string) error {
	if err := tx.db.Delete(&PracticeSource{}, "post_id = ?", postID).Error; err != nil {
		return translate(err, "sources")
	}
	for i, uri := range uris {
		row := PracticeSource{PostID: postID, URI: uri, Position: int64(i)}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return translate(err, "sources")
		}
	}
	return nil
}

// SourceNames gives, by address, the posts that addresses name: by their id, their page or their thread.
func (tx *Tx) SourceNames(uris []string, viewer int64) (map[string]*Post, error) {
	found := map[string]*Post{}
	if len(uris) == 0 {
		return found, nil
	}
	rows, err := list[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.reblog_of_id = 0").
		Where("post.uri IN ? OR post.url IN ? OR (post.context_uri IN ? AND post.thread_id = post.id)", uris, uris, uris), "sources")
	for i := range rows {
		row := &rows[i]
		for _, name := range []string{row.ContextURI, row.URL, row.URI} {
			found[name] = row
		}
	}
	return found, err
}

// DerivedPosts gives the posts that viewer may read and that were made from a post, oldest first.
func (tx *Tx) DerivedPosts(post *Post, viewer int64, limit int) ([]Post, error) {
	names := []string{post.URI}
	if post.ContextURI != "" && post.IsThread() {
		names = append(names, post.ContextURI)
	}
	query := tx.db.Scopes(VisibleTo(viewer)).
		Where("EXISTS (SELECT 1 FROM practice_source s WHERE s.post_id = post.id AND s.uri IN ?)", names).
		Order("post.id").Limit(limit)
	return list[Post](query, "derived posts")
}
