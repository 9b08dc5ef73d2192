package web

import (
	"net/url"
	"strconv"

	"praxis/models"
)

// How many items a page shows.
const (
	listSize   = 20
	threadSize = 200
)

// The parameters of pages, named as in Mastodon's API: lists go on below max_id, threads after min_id.
const (
	paramMaxID = "max_id"
	paramMinID = "min_id"
)

// paging links a list to its next page, and back to its beginning.
type paging struct {
	Older  string
	Newest string
}

// position reads a parameter that names a place in a list; 0 when it is absent.
func position(v *visit, param string) (int64, error) {
	query := v.r.URL.Query()
	if !query.Has(param) {
		return 0, nil
	}
	id, err := strconv.ParseInt(query.Get(param), 10, 64)
	if err != nil || id < 1 {
		return 0, models.FieldErrorf(param, "%s is no place in this list: it must be a whole number above 0, as the link “Older” gives it.", param)
	}
	return id, nil
}

// pageOf gives the page of a list that is asked for. It reaches one item further than is shown, which tells whether
// there are older ones.
func pageOf(v *visit) (models.Page, error) {
	maxID, err := position(v, paramMaxID)
	return models.Page{MaxID: maxID, Limit: listSize + 1}, err
}

// cut takes off the item that only tells of older ones, and links to those.
func cut(v *visit, rows []models.Post, page models.Page) ([]models.Post, paging) {
	return cutBy(v, rows, page, func(p *models.Post) int64 { return p.ID })
}

// cutBy is cut for rows of any kind, which page by a key.
func cutBy[T any](v *visit, rows []T, page models.Page, key func(*T) int64) ([]T, paging) {
	var p paging
	if page.MaxID > 0 {
		p.Newest = v.r.URL.EscapedPath()
	}
	if len(rows) > listSize {
		rows = rows[:listSize]
		p.Older = v.r.URL.EscapedPath() + "?" + url.Values{paramMaxID: {format(key(&rows[listSize-1]))}}.Encode()
	}
	return rows, p
}

func format(id int64) string { return strconv.FormatInt(id, 10) }
