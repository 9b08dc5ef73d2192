package models

import (
	"slices"

	"gorm.io/gorm"
)

// Page is a position in a list sorted by descending id, as Mastodon's API pages: at most Limit rows older than MaxID,
// newer than SinceID (the newest ones), or just after MinID (the oldest ones). 0 means no bound.
type Page struct {
	MaxID, SinceID, MinID int64
	Limit                 int
}

const defaultLimit = 20

// apply bounds, sorts and limits a query by the id column.
func (p Page) apply(db *gorm.DB, column string) *gorm.DB {
	if p.MaxID > 0 {
		db = db.Where(column+" < ?", p.MaxID)
	}
	if after := max(p.SinceID, p.MinID); after > 0 {
		db = db.Where(column+" > ?", after)
	}
	limit := p.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	if p.MinID > 0 {
		return db.Order(column + " ASC").Limit(limit)
	}
	return db.Order(column + " DESC").Limit(limit)
}

// descending puts rows that were read upwards (MinID) into the order of the list.
func descending[T any](p Page, rows []T) []T {
	if p.MinID > 0 {
		slices.Reverse(rows)
	}
	return rows
}
