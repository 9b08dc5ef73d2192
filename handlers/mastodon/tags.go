package mastodon

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"praxis/models"
)

func tagRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/tags/{tag}", getTag, "read:follows"),
	}
}

// tag is Mastodon's Tag.
type tag struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	URL       string   `json:"url"`
	History   []tagDay `json:"history"`
	Following *bool    `json:"following,omitempty"`
	Featuring *bool    `json:"featuring,omitempty"`
}

// tagDay says how a hashtag was used in one day; numbers are strings here.
type tagDay struct {
	Day      string `json:"day"` // seconds since the Unix epoch
	Uses     string `json:"uses"`
	Accounts string `json:"accounts"`
}

// tagDays is how many days the history of a hashtag has.
const tagDays = 7

func getTag(c *call) (any, error) {
	name := tagName(c.path("tag"))
	if name == "" || strings.ContainsAny(name, " /?") {
		return nil, errNotFound
	}
	return c.tag(name)
}

func (c *call) tag(name string) (any, error) {
	shown, err := c.tags([]string{name})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}

// tags shows hashtags with how they were used of late, and how the caller stands to them.
func (c *call) tags(names []string) ([]tag, error) {
	const day = 24 * time.Hour
	today := c.s.store.Now().UTC().Truncate(day)
	uses, err := c.tx.TagUses(names, models.At(today.Add(-(tagDays-1)*day)))
	if err != nil {
		return nil, err
	}
	followed, featured, err := c.tx.TagMarks(c.viewer(), names)
	if err != nil {
		return nil, err
	}
	shown := make([]tag, 0, len(names))
	for _, name := range names {
		t := tag{ID: name, Name: name, URL: c.s.links.Tag(name), History: history(uses[name], today.Unix()/int64(day.Seconds()))}
		if c.me() != nil {
			following, featuring := followed[name], featured[name]
			t.Following, t.Featuring = &following, &featuring
		}
		shown = append(shown, t)
	}
	return shown, nil
}

// history gives the last days, today first, also those on which nothing happened.
func history(uses []models.TagUse, today int64) []tagDay {
	byDay := map[int64]models.TagUse{}
	for _, use := range uses {
		byDay[use.Day] = use
	}
	days := make([]tagDay, tagDays)
	for i := range days {
		day := today - int64(i)
		days[i] = tagDay{
			Day: strconv.FormatInt(day*24*60*60, 10), Uses: strconv.FormatInt(byDay[day].Uses, 10),
			Accounts: strconv.FormatInt(byDay[day].Accounts, 10),
		}
	}
	return days
}
