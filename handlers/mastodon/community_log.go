package mastodon

import (
	"net/http"

	"praxis/models"
)

// communityLogRoutes show what moderators did.
func communityLogRoutes() []route {
	return []route{open(http.MethodGet, oneCommunity+"log", getCommunityLog, readStatuses)}
}

// modLogEntry is one line of a community's moderation log. Of a post that the reader may not read, its address is all.
type modLogEntry struct {
	ID            string   `json:"id"`
	CreatedAt     string   `json:"created_at"`
	Verb          string   `json:"verb"`
	Reason        string   `json:"reason"`
	Until         *string  `json:"until"`
	Account       *account `json:"account"`
	TargetAccount *account `json:"target_account"`
	StatusID      *string  `json:"status_id"`
	Title         *string  `json:"title"`
	ObjectURI     string   `json:"object_uri"`
	ActivityURI   *string  `json:"activity_uri"`
}

func getCommunityLog(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.ModLogPage(community.ID, more(page))
	if err != nil {
		return nil, err
	}
	return c.modLog(window(c, page, rows, func(e *models.ModLogEntry) int64 { return e.ID }))
}

func (c *call) modLog(rows []models.ModLogEntry) ([]modLogEntry, error) {
	var people, posts []int64
	for i := range rows {
		people, posts = append(people, rows[i].ActorID, rows[i].TargetID), append(posts, rows[i].PostID)
	}
	shelf, err := c.shelve(nil, people...)
	if err != nil {
		return nil, err
	}
	visible, err := c.tx.VisiblePosts(posts, c.viewer())
	if err != nil {
		return nil, err
	}
	shown := []modLogEntry{}
	for i := range rows {
		e := &rows[i]
		entry := modLogEntry{
			ID: formatID(e.ID), CreatedAt: date(e.CreatedAt), Verb: e.Verb, Reason: e.Reason, Until: dateOrNil(e.Until),
			Account: shelf.accountOf(e.ActorID), TargetAccount: shelf.accountOf(e.TargetID), ObjectURI: e.ObjectURI,
		}
		if e.Activity != "" {
			entry.ActivityURI = &e.ActivityURI
		}
		if post := visible[e.PostID]; post != nil {
			entry.StatusID, entry.Title = idOrNil(post.ID), textOrNil(post.Title)
		}
		shown = append(shown, entry)
	}
	return shown, nil
}
