package mastodon

import (
	"net/url"
	"strconv"
	"strings"

	"praxis/models"
)

// page gives the position and length that a call asks for: normal rows unless it says otherwise, at most most.
func (c *call) page(normal, most int) (models.Page, error) {
	page := models.Page{Limit: c.limit(normal, most)}
	for name, bound := range map[string]*int64{"max_id": &page.MaxID, "since_id": &page.SinceID, "min_id": &page.MinID} {
		if !c.params.has(name) {
			continue
		}
		id, ok := c.params.number(name)
		if !ok || id < 0 {
			return page, models.FieldErrorf(name, "Validation failed: %s is no id", name)
		}
		*bound = id
	}
	return page, nil
}

// limit gives how many rows a call wants.
func (c *call) limit(normal, most int) int {
	wanted, ok := c.params.number("limit")
	if !ok || wanted <= 0 {
		return normal
	}
	return int(min(wanted, int64(most)))
}

func (c *call) offset() int {
	offset, _ := c.params.number("offset")
	return int(min(max(offset, 0), 10_000))
}

// more asks for one row beyond the page, which tells whether there is a next one.
func more(page models.Page) models.Page {
	page.Limit++
	return page
}

// window takes the row beyond the page away, and says in the Link header where the pages before and after are. Rows are
// sorted by descending key.
func window[T any](c *call, page models.Page, rows []T, key func(*T) int64) []T {
	beyond := len(rows) > page.Limit
	if beyond {
		if page.MinID > 0 {
			rows = rows[1:]
		} else {
			rows = rows[:page.Limit]
		}
	}
	if len(rows) == 0 {
		return rows
	}
	var links []string
	// A page that was read upwards has older rows below it: at least the one that it began above.
	if beyond || page.MinID > 0 {
		links = append(links, c.link("next", "max_id", key(&rows[len(rows)-1])))
	}
	links = append(links, c.link("prev", "min_id", key(&rows[0])))
	c.header.Set("Link", strings.Join(links, ", "))
	return rows
}

// link keeps all that the address says but the position, and the token that some clients put into it.
func (c *call) link(rel, bound string, id int64) string {
	query := url.Values{}
	for name, values := range c.r.URL.Query() {
		switch name {
		case "max_id", "since_id", "min_id", "access_token":
		default:
			query[name] = values
		}
	}
	query.Set(bound, strconv.FormatInt(id, 10))
	return "<" + c.s.links.Base + c.r.URL.EscapedPath() + "?" + query.Encode() + `>; rel="` + rel + `"`
}

// keyed pages over items with keys of their own, and gives the items.
func keyed[T any](c *call, page models.Page, rows []models.Keyed[T]) []T {
	rows = window(c, page, rows, func(row *models.Keyed[T]) int64 { return row.Key })
	items := make([]T, len(rows))
	for i := range rows {
		items[i] = rows[i].Item
	}
	return items
}
