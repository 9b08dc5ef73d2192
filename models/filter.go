package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// What is to happen to a post that a filter matches. The server marks the post, and the client does it.
const (
	FilterWarn = "warn" // hide it behind the filter's title
	FilterHide = "hide" // do not show it at all
	FilterBlur = "blur" // hide its pictures
)

// Filter is a member's wish to be spared some posts: those with certain words, and single ones.
type Filter struct {
	ID        int64
	OwnerID   int64
	Title     string
	Contexts  string // where it holds, as Mastodon's API names the places, with spaces between
	Action    string
	ExpiresAt Timestamp // 0 for never
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// FilterKeyword is a phrase that a filter looks for.
type FilterKeyword struct {
	ID        int64
	FilterID  int64
	Keyword   string
	WholeWord bool
}

// FilterStatus is a single post that a filter matches.
type FilterStatus struct {
	ID       int64
	FilterID int64
	PostID   int64
}

// FilterParts are the keywords and posts of filters, by filter.
type FilterParts struct {
	Keywords map[int64][]FilterKeyword
	Statuses map[int64][]FilterStatus
}

// Filters gives all of a member's filters, those that ended, too, oldest first.
func (tx *Tx) Filters(ownerID int64) ([]Filter, error) {
	return list[Filter](tx.db.Where("owner_id = ?", ownerID).Order("id"), "filters")
}

// Filter gives one of a member's filters.
func (tx *Tx) Filter(ownerID, id int64) (*Filter, error) {
	return first[Filter](tx.db.Where("owner_id = ? AND id = ?", ownerID, id), "filter")
}

// FilterParts reads keywords and posts of filters in two statements.
func (tx *Tx) FilterParts(filterIDs []int64) (FilterParts, error) {
	parts := FilterParts{Keywords: map[int64][]FilterKeyword{}, Statuses: map[int64][]FilterStatus{}}
	if len(filterIDs) == 0 {
		return parts, nil
	}
	keywords, err := list[FilterKeyword](tx.db.Where("filter_id IN ?", filterIDs).Order("id"), "filter keywords")
	if err != nil {
		return parts, err
	}
	for _, keyword := range keywords {
		parts.Keywords[keyword.FilterID] = append(parts.Keywords[keyword.FilterID], keyword)
	}
	statuses, err := list[FilterStatus](tx.db.Where("filter_id IN ?", filterIDs).Order("id"), "filtered posts")
	for _, status := range statuses {
		parts.Statuses[status.FilterID] = append(parts.Statuses[status.FilterID], status)
	}
	return parts, err
}

// FilterKeyword gives a keyword of one of a member's filters.
func (tx *Tx) FilterKeyword(ownerID, id int64) (*FilterKeyword, error) {
	return first[FilterKeyword](tx.ownFilters(ownerID).Where("filter_keyword.id = ?", id), "filter keyword")
}

// FilterKeywords gives the keywords of all of a member's filters, oldest first.
func (tx *Tx) FilterKeywords(ownerID int64) ([]FilterKeyword, error) {
	return list[FilterKeyword](tx.ownFilters(ownerID).Order("filter_keyword.id"), "filter keywords")
}

func (tx *Tx) ownFilters(ownerID int64) *gorm.DB {
	return tx.db.Joins("JOIN filter ON filter.id = filter_keyword.filter_id AND filter.owner_id = ?", ownerID)
}

// FilterStatus gives the entry of a post in one of a member's filters.
func (tx *Tx) FilterStatus(ownerID, id int64) (*FilterStatus, error) {
	query := tx.db.Joins("JOIN filter ON filter.id = filter_status.filter_id AND filter.owner_id = ?", ownerID)
	return first[FilterStatus](query.Where("filter_status.id = ?", id), "filtered post")
}

// SaveFilter stores a new or changed filter.
func (tx *Tx) SaveFilter(f *Filter) error {
	if f.ID == 0 {
		f.ID, f.CreatedAt = tx.NewID(), tx.Now()
	}
	return translate(tx.db.Save(f).Error, "filter")
}

// SaveFilterKeyword stores a new or changed keyword.
func (tx *Tx) SaveFilterKeyword(k *FilterKeyword) error {
	if k.ID == 0 {
		k.ID = tx.NewID()
	}
	return translate(tx.db.Save(k).Error, "filter keyword")
}

// PutFilterStatus adds a post to a filter, and gives the entry that is there when it was added before.
func (tx *Tx) PutFilterStatus(filterID, postID int64) (*FilterStatus, error) {
	row := &FilterStatus{ID: tx.NewID(), FilterID: filterID, PostID: postID}
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(row).Error; err != nil {
		return nil, translate(err, "filtered post")
	}
	return first[FilterStatus](tx.db.Where("filter_id = ? AND post_id = ?", filterID, postID), "filtered post")
}

// DeleteFilter removes a filter and what hangs on it.
func (tx *Tx) DeleteFilter(id int64) error {
	return translate(tx.db.Delete(&Filter{}, "id = ?", id).Error, "filter")
}

// DeleteFilterKeyword removes a keyword.
func (tx *Tx) DeleteFilterKeyword(id int64) error {
	return translate(tx.db.Delete(&FilterKeyword{}, "id = ?", id).Error, "filter keyword")
}

// DeleteFilterStatus removes a post from a filter.
func (tx *Tx) DeleteFilterStatus(id int64) error {
	return translate(tx.db.Delete(&FilterStatus{}, "id = ?", id).Error, "filtered post")
}

// CountFilters counts what a member's filters hold.
func (tx *Tx) CountFilters(ownerID int64) (filters, keywords, statuses int64, err error) {
	row := tx.db.Raw(`SELECT (SELECT count(*) FROM filter WHERE owner_id = ?),
		(SELECT count(*) FROM filter_keyword k JOIN filter f ON f.id = k.filter_id WHERE f.owner_id = ?),
		(SELECT count(*) FROM filter_status s JOIN filter f ON f.id = s.filter_id WHERE f.owner_id = ?)`, ownerID, ownerID, ownerID).Row()
	if row == nil {
		return 0, 0, 0, Errorf(Unavailable, "filters could not be counted")
	}
	return filters, keywords, statuses, translate(row.Scan(&filters, &keywords, &statuses), "filters")
}

// FilterRule is one thing that a member's filters look for: a keyword, or a post.
type FilterRule struct {
	Filter    `gorm:"embedded"`
	Keyword   string
	WholeWord bool
	PostID    int64
}

// FilterRules gives, in one statement, what a member's filters look for now: all keywords, and those of posts that are
// named. Rules of one filter stand next to each other.
func (tx *Tx) FilterRules(ownerID int64, posts []int64) ([]FilterRule, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	var rules []FilterRule
	const live = "f.owner_id = ? AND (f.expires_at = 0 OR f.expires_at > ?)"
	err := tx.db.Raw(`SELECT f.*, k.keyword AS keyword, k.whole_word AS whole_word, 0 AS post_id
			FROM filter f JOIN filter_keyword k ON k.filter_id = f.id WHERE `+live+`
		UNION ALL SELECT f.*, '' AS keyword, false AS whole_word, s.post_id AS post_id
			FROM filter f JOIN filter_status s ON s.filter_id = f.id AND s.post_id IN ? WHERE `+live+`
		ORDER BY id, keyword, post_id`, ownerID, tx.Now(), posts, ownerID, tx.Now()).Scan(&rules).Error
	return rules, translate(err, "filters")
}
