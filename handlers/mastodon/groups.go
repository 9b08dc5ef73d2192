package mastodon

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"praxis/models"
)

func groupRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v2/notifications", getGroups, readNotifications),
		member(http.MethodGet, "/api/v2/notifications/unread_count", countUnreadGroups, readNotifications),
		member(http.MethodPost, "/api/v2/notifications/clear", clearNotifications, writeNotifications),
		member(http.MethodGet, "/api/v2/notifications/{key}", getGroup, readNotifications),
		member(http.MethodGet, "/api/v2/notifications/{key}/accounts", getGroupAccounts, readNotifications),
		member(http.MethodPost, "/api/v2/notifications/{key}/dismiss", dismissGroup, writeNotifications),
	}
}

// groupedNotifications is Mastodon's GroupedNotificationsResults: accounts and posts are named in groups by their ids.
type groupedNotifications struct {
	Accounts        []*account          `json:"accounts"`
	PartialAccounts []partialAccount    `json:"partial_accounts,omitempty"`
	Statuses        []*status           `json:"statuses"`
	Groups          []notificationGroup `json:"notification_groups"`
}

// notificationGroup is Mastodon's NotificationGroup.
type notificationGroup struct {
	GroupKey                 string   `json:"group_key"`
	NotificationsCount       int64    `json:"notifications_count"`
	Type                     string   `json:"type"`
	MostRecentNotificationID int64    `json:"most_recent_notification_id"`
	PageMinID                string   `json:"page_min_id"`
	PageMaxID                string   `json:"page_max_id"`
	LatestPageNotificationAt string   `json:"latest_page_notification_at"`
	SampleAccountIDs         []string `json:"sample_account_ids"`
	StatusID                 *string  `json:"status_id,omitempty"`
	Report                   *report  `json:"report,omitempty"`
}

// partialAccount is enough of an account to show its picture.
type partialAccount struct {
	ID           string `json:"id"`
	Acct         string `json:"acct"`
	Locked       bool   `json:"locked"`
	Bot          bool   `json:"bot"`
	URL          string `json:"url"`
	Avatar       string `json:"avatar"`
	AvatarStatic string `json:"avatar_static"`
}

const ungrouped = "ungrouped"

// groupable are the kinds of notifications that can be shown as one.
func groupable() []string {
	return []string{models.NotifyFavourite, models.NotifyFollow, models.NotifyReblog}
}

// grouped gives the kinds that a client wants to have grouped: all, unless it names some.
func (ask notificationAsk) grouped() []string {
	if ask.GroupedTypes == nil {
		return groupable()
	}
	return slices.DeleteFunc(groupable(), func(kind string) bool { return !slices.Contains(*ask.GroupedTypes, kind) })
}

// keyOf names the group of a notification.
func keyOf(kind string, postID, id, createdAt int64) string {
	if !slices.Contains(groupable(), kind) {
		return ungrouped + "-" + formatID(id)
	}
	return kind + "-" + formatID(postID) + "-" + formatID(createdAt/models.GroupSpan.Milliseconds())
}

func keyOfGroup(g models.NotificationGroup, grouped []string) string {
	if !slices.Contains(grouped, g.Type) {
		return ungrouped + "-" + formatID(g.LatestID)
	}
	return g.Type + "-" + formatID(g.PostID) + "-" + formatID(g.Bucket)
}

// parseKey reads what keyOf wrote: a group, or the id of a single notification. Errors: NotFound.
func parseKey(key string) (group models.NotificationGroup, single int64, err error) {
	parts := strings.Split(key, "-")
	if len(parts) == 2 && parts[0] == ungrouped {
		single, err = parseID(parts[1])
		return group, single, err
	}
	if len(parts) != 3 || !slices.Contains(groupable(), parts[0]) {
		return group, 0, errNotFound
	}
	post, errPost := strconv.ParseInt(parts[1], 10, 64)
	bucket, errBucket := strconv.ParseInt(parts[2], 10, 64)
	if errPost != nil || errBucket != nil {
		return group, 0, errNotFound
	}
	return models.NotificationGroup{Type: parts[0], PostID: post, Bucket: bucket}, 0, nil
}

func getGroups(c *call) (any, error) {
	ask, filter, err := c.notificationFilter()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.NotificationGroups(c.viewer(), filter, ask.grouped(), more(page))
	if err != nil {
		return nil, err
	}
	rows = window(c, page, rows, func(g *models.NotificationGroup) int64 { return g.LatestID })
	return c.groups(rows, filter, ask.grouped())
}

func (c *call) groups(rows []models.NotificationGroup, filter models.NotificationFilter, grouped []string) (any, error) {
	samples, reports, err := c.samples(rows, filter, grouped)
	if err != nil {
		return nil, err
	}
	var postIDs, actorIDs []int64
	for i := range rows {
		if rows[i].PostID != 0 {
			postIDs = append(postIDs, rows[i].PostID)
		}
		actorIDs = append(actorIDs, samples[sampleKey(&rows[i])]...)
	}
	shelf, posts, err := c.shelveVisible(postIDs, actorIDs)
	if err != nil {
		return nil, err
	}
	answer := groupedNotifications{Accounts: []*account{}, Statuses: []*status{}, Groups: []notificationGroup{}}
	for i := range rows {
		if rows[i].PostID == 0 || posts[rows[i].PostID] != nil {
			group := showGroup(&rows[i], grouped, samples[sampleKey(&rows[i])])
			group.Report = reports[sampleKey(&rows[i])]
			answer.Groups = append(answer.Groups, group)
		}
	}
	answer.addAccounts(shelf, rows, samples, c.params.text("expand_accounts") == "partial_avatars")
	for _, id := range distinct(postIDs) {
		if posts[id] != nil {
			answer.Statuses = append(answer.Statuses, shelf.status(posts[id]))
		}
	}
	return answer, nil
}

// groupOf tells groups apart.
type groupOf struct {
	kind           string
	postID, bucket int64
}

func sampleKey(g *models.NotificationGroup) groupOf { return groupOf{g.Type, g.PostID, g.Bucket} }

// samples gives, newest first, the actors that are named with each group, and the reports that groups are about.
func (c *call) samples(rows []models.NotificationGroup, filter models.NotificationFilter, grouped []string) (map[groupOf][]int64, map[groupOf]*report, error) {
	found, reports := map[groupOf][]int64{}, map[groupOf]*report{}
	if len(rows) == 0 {
		return found, reports, nil
	}
	from, to := rows[0].OldestID, rows[0].LatestID
	for i := range rows {
		from, to = min(from, rows[i].OldestID), max(to, rows[i].LatestID)
	}
	samples, err := c.tx.GroupSamples(c.viewer(), filter, grouped, from, to)
	if err != nil {
		return nil, nil, err
	}
	told := make([]models.Notification, len(samples))
	for i := range samples {
		told[i] = samples[i].Notification
	}
	about, err := c.reportsOf(told)
	for _, n := range samples {
		key := groupOf{n.Type, n.PostID, n.Bucket}
		found[key] = append(found[key], n.ActorID)
		reports[key] = about[n.ReportID]
	}
	return found, reports, err
}

func showGroup(g *models.NotificationGroup, grouped []string, actors []int64) notificationGroup {
	shown := notificationGroup{
		GroupKey: keyOfGroup(*g, grouped), NotificationsCount: g.Count, Type: g.Type,
		MostRecentNotificationID: g.LatestID, PageMinID: formatID(g.OldestID), PageMaxID: formatID(g.LatestID),
		LatestPageNotificationAt: date(g.LatestAt), StatusID: idOrNil(g.PostID), SampleAccountIDs: []string{},
	}
	for _, id := range actors {
		shown.SampleAccountIDs = append(shown.SampleAccountIDs, formatID(id))
	}
	return shown
}

// addAccounts names each account once: in full, or all but the first of each group with what their pictures need.
func (g *groupedNotifications) addAccounts(s *shelf, rows []models.NotificationGroup, samples map[groupOf][]int64, partial bool) {
	var full, short []int64
	for i := range rows {
		for place, id := range samples[sampleKey(&rows[i])] {
			if partial && place > 0 {
				short = append(short, id)
			} else {
				full = append(full, id)
			}
		}
	}
	for _, id := range distinct(full) {
		if actor := s.actors[id]; actor != nil {
			g.Accounts = append(g.Accounts, s.account(actor))
		}
	}
	for _, id := range distinct(short) {
		if actor := s.actors[id]; actor != nil && !slices.Contains(full, id) {
			a := s.plainAccount(actor)
			g.PartialAccounts = append(g.PartialAccounts, partialAccount{
				ID: a.ID, Acct: a.Acct, Locked: a.Locked, Bot: a.Bot, URL: a.URL, Avatar: a.Avatar, AvatarStatic: a.AvatarStatic,
			})
		}
	}
}

// distinct gives ids in the order in which they come first.
func distinct(ids []int64) []int64 {
	seen, first := map[int64]bool{}, []int64{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			first = append(first, id)
		}
	}
	return first
}
