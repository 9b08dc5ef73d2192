package mastodon

import (
	"time"

	"praxis/models"
)

// account is Mastodon's Account.
type account struct {
	ID              string   `json:"id"`
	Username        string   `json:"username"`
	Acct            string   `json:"acct"`
	DisplayName     string   `json:"display_name"`
	Locked          bool     `json:"locked"`
	Bot             bool     `json:"bot"`
	Discoverable    bool     `json:"discoverable"`
	Indexable       bool     `json:"indexable"`
	Group           bool     `json:"group"`
	CreatedAt       string   `json:"created_at"`
	Note            string   `json:"note"`
	URL             string   `json:"url"`
	URI             string   `json:"uri"`
	Avatar          string   `json:"avatar"`
	AvatarStatic    string   `json:"avatar_static"`
	Header          string   `json:"header"`
	HeaderStatic    string   `json:"header_static"`
	FollowersCount  int64    `json:"followers_count"`
	FollowingCount  int64    `json:"following_count"`
	StatusesCount   int64    `json:"statuses_count"`
	LastStatusAt    *string  `json:"last_status_at"`
	HideCollections *bool    `json:"hide_collections"`
	NoIndex         bool     `json:"noindex"`
	Emojis          []emoji  `json:"emojis"`
	Roles           []any    `json:"roles"`
	Fields          []field  `json:"fields"`
	Moved           *account `json:"moved,omitempty"`
	Limited         bool     `json:"limited,omitempty"`
	Suspended       bool     `json:"suspended,omitempty"`

	Practice *communityInfo `json:"praxis"`
}

// accountRole is the badge of those who look after the instance.
type accountRole struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

// field is a line of a profile; its value is HTML.
type field struct {
	Name       string  `json:"name"`
	Value      string  `json:"value"`
	VerifiedAt *string `json:"verified_at"`
}

func (s *shelf) account(a *models.Actor) *account {
	shown := s.plainAccount(a)
	if target := s.moved[a.MovedToURI]; target != nil && target.ID != a.ID {
		shown.Moved = s.plainAccount(target)
	}
	return shown
}

func (s *shelf) plainAccount(a *models.Actor) *account {
	shown := &account{
		ID: formatID(a.ID), Username: a.Username, Acct: a.Acct(), DisplayName: a.DisplayName, Locked: a.Locked,
		Bot:          a.Bot || a.Type == models.TypeService || a.Type == models.TypeApplication,
		Discoverable: a.Discoverable, Indexable: a.Indexable, NoIndex: !a.Indexable, Group: a.IsCommunity(),
		CreatedAt: date(a.CreatedAt), Note: a.Summary, URL: webURL(a.URL), URI: a.URI,
		Avatar: webURL(a.IconURL), Header: webURL(a.ImageURL),
		FollowersCount: a.FollowersCount, FollowingCount: a.FollowingCount, StatusesCount: a.PostsCount,
		LastStatusAt: dayOrNil(a.LastPostAt), Emojis: s.emoji.in(emojiHost(a), actorTexts(a)...), Roles: []any{}, Fields: fields(a),
	}
	shown.Practice = s.communityInfo(a)
	if shown.DisplayName == "" {
		shown.DisplayName = a.Username
	}
	if shown.URL == "" {
		shown.URL = a.URI
	}
	if shown.Avatar == "" {
		shown.Avatar = s.links.Base + avatarPath
	}
	if shown.Header == "" {
		shown.Header = s.links.Base + headerPath
	}
	if a.Local && !a.IsCommunity() {
		hidden := a.HideCollections
		shown.HideCollections = &hidden
	}
	shown.Limited = a.SilencedAt != 0
	if role := models.RoleOf(&models.Account{Role: s.roles[a.ID]}); role.Name != "" {
		shown.Roles = append(shown.Roles, accountRole{ID: formatID(role.ID), Name: role.Name})
	}
	shown.AvatarStatic, shown.HeaderStatic = shown.Avatar, shown.Header
	return shown
}

// dayOrNil: one client reads a date only.
func dayOrNil(t models.Timestamp) *string {
	if t == 0 {
		return nil
	}
	text := t.Time().Format(time.DateOnly)
	return &text
}

func fields(a *models.Actor) []field {
	shown := []field{}
	for _, f := range a.FieldList() {
		shown = append(shown, field{Name: f.Name, Value: f.Value})
	}
	return shown
}
