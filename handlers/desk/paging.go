package desk

import (
	"net/url"
	"strconv"

	"praxis/models"
)

// pageSize is how many rows a list shows.
const pageSize = 40

// page gives the page of a list that is asked for, one row more than is shown.
func (v *visit) page() models.Page {
	before, _ := strconv.ParseInt(v.query("before"), 10, 64)
	return models.Page{MaxID: max(before, 0), Limit: pageSize + 1}
}

// cut takes off the row that only tells of older ones, and links to those.
func cut[T any](v *visit, rows []T, key func(*T) int64) ([]T, pager) {
	var p pager
	query := v.r.URL.Query()
	if query.Get("before") != "" {
		query.Del("before")
		p.Newest = address(v.r.URL.Path, query)
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		query.Set("before", format(key(&rows[pageSize-1])))
		p.Older = address(v.r.URL.Path, query)
	}
	return rows, p
}

func address(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// tab makes a link to a view of the page that a parameter chooses.
func (v *visit) tab(param, value, label string) link {
	return link{Label: label, To: address(v.r.URL.Path, url.Values{param: {value}}), Current: v.query(param) == value}
}
