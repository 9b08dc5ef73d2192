package mastodon

import (
	"net/http"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

func announcementRoutes() []route {
	const reaction = "/api/v1/announcements/{id}/reactions/{key}"
	return []route{
		member(http.MethodGet, "/api/v1/announcements", getAnnouncements),
		member(http.MethodPost, "/api/v1/announcements/{id}/dismiss", dismissAnnouncement, "write:accounts"),
		member(http.MethodPut, reaction, addReaction, "write:favourites"),
		member(http.MethodDelete, reaction, removeReaction, "write:favourites"),
	}
}

// announcement is Mastodon's Announcement.
type announcement struct {
	ID          string     `json:"id"`
	Content     string     `json:"content"`
	StartsAt    *string    `json:"starts_at"`
	EndsAt      *string    `json:"ends_at"`
	AllDay      bool       `json:"all_day"`
	PublishedAt string     `json:"published_at"`
	UpdatedAt   string     `json:"updated_at"`
	Read        bool       `json:"read"`
	Mentions    []mention  `json:"mentions"`
	Statuses    []any      `json:"statuses"`
	Tags        []shortTag `json:"tags"`
	Emojis      []emoji    `json:"emojis"`
	Reactions   []reaction `json:"reactions"`
}

// reaction is Mastodon's Reaction. Only those with a picture of their own have addresses.
type reaction struct {
	Name      string `json:"name"`
	Count     int64  `json:"count"`
	Me        bool   `json:"me"`
	URL       string `json:"url,omitempty"`
	StaticURL string `json:"static_url,omitempty"`
}

// getAnnouncements lists what holds now. Dismissed ones are in it, marked as read, as clients expect since version 3.2.
func getAnnouncements(c *call) (any, error) {
	rows, err := c.tx.Announcements()
	if err != nil {
		return nil, err
	}
	read, err := c.tx.DismissedAnnouncements(c.viewer())
	if err != nil {
		return nil, err
	}
	shown, err := c.announcementsOf(rows)
	for i := range shown {
		shown[i].Read = read[rows[i].ID]
	}
	return shown, err
}

func (c *call) announcementsOf(rows []models.Announcement) ([]announcement, error) {
	reactions, err := c.tx.AnnouncementReactions(c.viewer())
	if err != nil {
		return nil, err
	}
	own, err := c.announcementEmoji(rows, reactions)
	if err != nil {
		return nil, err
	}
	shown := []announcement{}
	for i := range rows {
		one := c.announcement(&rows[i], own)
		one.Reactions = reactionsOf(reactions[rows[i].ID], own)
		shown = append(shown, one)
	}
	return shown, nil
}

// announcementEmoji finds the emoji of this instance in announcements and under them.
func (c *call) announcementEmoji(rows []models.Announcement, reactions map[int64][]models.ReactionCount) (emojiShelf, error) {
	var names []string
	for i := range rows {
		names = append(names, text.Shortcodes(rows[i].Text)...)
		for _, r := range reactions[rows[i].ID] {
			names = append(names, r.Name)
		}
	}
	return c.tx.EmojiOf([]string{""}, names)
}

func (c *call) announcement(a *models.Announcement, own emojiShelf) announcement {
	shown := announcement{
		ID: formatID(a.ID), Content: c.s.prose(a.Text), StartsAt: dateOrNil(a.StartsAt), EndsAt: dateOrNil(a.EndsAt), AllDay: a.AllDay,
		PublishedAt: date(a.CreatedAt), UpdatedAt: date(a.UpdatedAt), Mentions: []mention{}, Statuses: []any{}, Tags: []shortTag{},
		Emojis: own.in("", a.Text),
	}
	for _, name := range text.FindHashtags(a.Text) {
		shown.Tags = append(shown.Tags, shortTag{Name: name, URL: c.s.links.Tag(name)})
	}
	return shown
}

// prose makes HTML of what the administration wrote.
func (s *Server) prose(plain string) string {
	nobody := func(text.Mention) (href, acct string, ok bool) { return "", "", false }
	return text.Render(plain, nobody, s.links.Tag)
}

func reactionsOf(counts []models.ReactionCount, own emojiShelf) []reaction {
	shown := []reaction{}
	for _, count := range counts {
		r := reaction{Name: count.Name, Count: count.Count, Me: count.Mine}
		if e := own[models.EmojiKey{Shortcode: count.Name}]; e != nil {
			r.URL, r.StaticURL = e.URL, e.StaticURL
		}
		shown = append(shown, r)
	}
	return shown
}

func dismissAnnouncement(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DismissAnnouncement(c.ctx(), c.me(), id)
}

// reactionName is the emoji in the path; some clients put colons around a shortcode.
func (c *call) reactionName() string {
	return strings.ReplaceAll(strings.ToValidUTF8(strings.Trim(c.path("key"), ":"), ""), "\x00", "")
}

func addReaction(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.ReactToAnnouncement(c.ctx(), c.me(), id, c.reactionName())
}

func removeReaction(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnreactToAnnouncement(c.ctx(), c.me(), id, c.reactionName())
}
