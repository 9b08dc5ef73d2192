package mastodon

import (
	"net/http"

	"praxis/models"
)

// mastodonVersion is the version of the API whose shapes are answered: clients gate on its three numbers.
const mastodonVersion = "4.5.0"

// apiLevel is the level of the API that is whole: that of Mastodon 4.5, with grouped notifications (2), blurred filters (5)
// and quotes (7).
const apiLevel = 7

func instanceRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/instance", getOldInstance),
		open(http.MethodGet, "/api/v2/instance", getInstance),
		open(http.MethodGet, "/api/v1/instance/peers", getPeers),
		open(http.MethodGet, "/api/v1/instance/translation_languages", func(*call) (any, error) { return nothing{}, nil }),
	}
}

// instance is Mastodon's Instance.
type instance struct {
	Domain        string         `json:"domain"`
	Title         string         `json:"title"`
	Version       string         `json:"version"`
	SourceURL     string         `json:"source_url"`
	Description   string         `json:"description"`
	Usage         usage          `json:"usage"`
	Thumbnail     thumbnail      `json:"thumbnail"`
	Icon          []any          `json:"icon"`
	Languages     []string       `json:"languages"`
	Configuration configuration  `json:"configuration"`
	Registrations registrations  `json:"registrations"`
	APIVersions   map[string]int `json:"api_versions"`
	Contact       contact        `json:"contact"`
	Rules         []rule         `json:"rules"`
}

type usage struct {
	Users struct {
		ActiveMonth int64 `json:"active_month"`
	} `json:"users"`
}

type thumbnail struct {
	URL         string            `json:"url"`
	Blurhash    *string           `json:"blurhash"`
	Versions    map[string]string `json:"versions"`
	Description *string           `json:"description"`
}

type registrations struct {
	Enabled          bool    `json:"enabled"`
	ApprovalRequired bool    `json:"approval_required"`
	ReasonRequired   bool    `json:"reason_required"`
	Message          *string `json:"message"`
	MinAge           *int    `json:"min_age"`
	URL              *string `json:"url"`
}

type contact struct {
	Email   string   `json:"email"`
	Account *account `json:"account"`
}

func (s *Server) version() string {
	return mastodonVersion + " (compatible; Praxis " + s.cfg.Version + ")"
}

func (s *Server) languages() []string { return []string{"en"} }

func getInstance(c *call) (any, error) {
	statistics, err := c.tx.Statistics()
	if err != nil {
		return nil, err
	}
	who, err := c.contact()
	if err != nil {
		return nil, err
	}
	rules, err := c.rules()
	if err != nil {
		return nil, err
	}
	cfg := c.s.cfg
	shown := instance{
		Domain: c.s.links.Host, Title: cfg.Name, Version: c.s.version(), SourceURL: cfg.SourceURL, Description: cfg.Description,
		Thumbnail: thumbnail{URL: c.s.links.Base + headerPath, Versions: map[string]string{}}, Icon: []any{},
		Languages: c.s.languages(), Configuration: c.s.configuration(), APIVersions: map[string]int{"mastodon": apiLevel},
		Registrations: registrations{Enabled: c.s.registers(), ApprovalRequired: cfg.Registrations == "approval", ReasonRequired: cfg.Registrations == "approval", URL: c.s.signUpPage()},
		Contact:       contact{Email: cfg.ContactEmail, Account: who}, Rules: rules,
	}
	shown.Usage.Users.ActiveMonth = statistics.ActiveMonth
	return shown, nil
}

// signUpPage is where people sign up in a browser; nil where they cannot.
func (s *Server) signUpPage() *string {
	if !s.registers() {
		return nil
	}
	return textOrNil(s.links.Base + "/auth/sign_up")
}

func (s *Server) registers() bool {
	return s.cfg.Registrations == "open" || s.cfg.Registrations == "approval"
}

// contact is the administrator that has served longest; nil when there is none.
func (c *call) contact() (*account, error) {
	actor, err := c.tx.Contact()
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c.account(actor)
}

// oldInstance is Mastodon's V1::Instance. URI is a bare domain.
type oldInstance struct {
	URI              string           `json:"uri"`
	Title            string           `json:"title"`
	ShortDescription string           `json:"short_description"`
	Description      string           `json:"description"`
	Email            string           `json:"email"`
	Version          string           `json:"version"`
	URLs             oldURLs          `json:"urls"`
	Stats            stats            `json:"stats"`
	Thumbnail        *string          `json:"thumbnail"`
	Languages        []string         `json:"languages"`
	Registrations    bool             `json:"registrations"`
	ApprovalRequired bool             `json:"approval_required"`
	InvitesEnabled   bool             `json:"invites_enabled"`
	MaxTootChars     int              `json:"max_toot_chars"`
	Configuration    oldConfiguration `json:"configuration"`
	ContactAccount   *account         `json:"contact_account"`
	Rules            []rule           `json:"rules"`
}

type oldURLs struct {
	StreamingAPI string `json:"streaming_api"`
}

type stats struct {
	UserCount   int64 `json:"user_count"`
	StatusCount int64 `json:"status_count"`
	DomainCount int64 `json:"domain_count"`
}

func getOldInstance(c *call) (any, error) {
	statistics, err := c.tx.Statistics()
	if err != nil {
		return nil, err
	}
	who, err := c.contact()
	if err != nil {
		return nil, err
	}
	rules, err := c.rules()
	if err != nil {
		return nil, err
	}
	cfg, picture := c.s.cfg, c.s.links.Base+headerPath
	return oldInstance{
		URI: c.s.links.Host, Title: cfg.Name, ShortDescription: cfg.Description, Description: cfg.Description,
		Email: cfg.ContactEmail, Version: c.s.version(), URLs: oldURLs{cfg.Streaming}, Thumbnail: &picture,
		Stats:     stats{UserCount: statistics.Members, StatusCount: statistics.Posts, DomainCount: statistics.Peers},
		Languages: c.s.languages(), Registrations: c.s.registers(), ApprovalRequired: cfg.Registrations == "approval",
		MaxTootChars: c.s.service.Limits().PostChars, Configuration: c.s.oldConfiguration(), ContactAccount: who, Rules: rules,
	}, nil
}

func getPeers(c *call) (any, error) {
	hosts, err := c.tx.PeerHosts()
	return append([]string{}, hosts...), err
}
