package mastodon

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"praxis/models"
)

// houseRoutes tell how the instance is run.
func houseRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/instance/rules", getRules),
		open(http.MethodGet, "/api/v1/instance/extended_description", getExtendedDescription),
		open(http.MethodGet, "/api/v1/instance/privacy_policy", getPrivacyPolicy),
		open(http.MethodGet, "/api/v1/instance/terms_of_service", getTerms),
		open(http.MethodGet, "/api/v1/instance/terms_of_service/{id}", getTermsOf),
		open(http.MethodGet, "/api/v1/instance/activity", getActivity),
		open(http.MethodGet, "/api/v1/instance/domain_blocks", getBlockedDomains),
		open(http.MethodGet, "/api/v1/instance/languages", getLanguages),
		open(http.MethodGet, "/api/v1/peers/search", findPeers),
		member(http.MethodGet, "/api/v1/annual_reports", getAnnualReports, readAccounts),
		member(http.MethodGet, "/api/v1/annual_reports/{id}/state", getAnnualReportState, readAccounts),
	}
}

// rule is Mastodon's Rule.
type rule struct {
	ID           string         `json:"id"`
	Text         string         `json:"text"`
	Hint         string         `json:"hint"`
	Translations map[string]any `json:"translations"`
}

func getRules(c *call) (any, error) { return c.rules() }

func (c *call) rules() ([]rule, error) {
	rows, err := c.tx.Rules()
	shown := []rule{}
	for _, row := range rows {
		shown = append(shown, rule{ID: formatID(row.ID), Text: row.Text, Hint: row.Hint, Translations: map[string]any{}})
	}
	return shown, err
}

// document is a text about this instance.
type document struct {
	UpdatedAt string `json:"updated_at"`
	Content   string `json:"content"` // HTML
}

// document makes HTML of a configured text; what is configured holds since the start.
func (s *Server) document(plain string) document {
	return document{UpdatedAt: date(s.started), Content: s.prose(plain)}
}

// getExtendedDescription gives the short description where there is no longer one.
func getExtendedDescription(c *call) (any, error) {
	if c.s.cfg.ExtendedDescription == "" {
		return c.s.document(c.s.cfg.Description), nil
	}
	return c.s.document(c.s.cfg.ExtendedDescription), nil
}

func getPrivacyPolicy(c *call) (any, error) { return c.s.document(c.s.cfg.PrivacyPolicy), nil }

// terms is Mastodon's TermsOfService.
type terms struct {
	EffectiveDate string  `json:"effective_date"`
	Effective     bool    `json:"effective"`
	Content       string  `json:"content"`
	SucceededBy   *string `json:"succeeded_by"`
}

func getTerms(c *call) (any, error) {
	if c.s.cfg.TermsOfService == "" {
		return nil, errNotFound
	}
	return terms{EffectiveDate: c.s.termsDay(), Effective: true, Content: c.s.prose(c.s.cfg.TermsOfService)}, nil
}

func (s *Server) termsDay() string { return s.started.Time().Format(time.DateOnly) }

// getTermsOf gives the terms of a day: only those that hold now are kept.
func getTermsOf(c *call) (any, error) {
	if c.path("id") != c.s.termsDay() {
		return nil, errNotFound
	}
	return getTerms(c)
}

// activityWeeks is how many weeks are told of, the current one first.
const activityWeeks = 12

// activity is what happened in one week; numbers are strings here.
type activity struct {
	Week          string `json:"week"` // its Monday, in seconds since the Unix epoch
	Statuses      string `json:"statuses"`
	Logins        string `json:"logins"`
	Registrations string `json:"registrations"`
}

// getActivity: who signed in is not kept by week, so that those who wrote stand for them.
func getActivity(c *call) (any, error) {
	const span = 7 * 24 * time.Hour
	const monday = 3 * 24 * time.Hour // the Unix epoch was a Thursday
	week := int64((time.Duration(c.s.store.Now().UnixMilli())*time.Millisecond + monday) / span)
	begin := func(week int64) time.Time { return time.UnixMilli(0).UTC().Add(time.Duration(week)*span - monday) }
	uses, err := c.tx.WeeksOfUse(models.At(begin(week - activityWeeks + 1)))
	if err != nil {
		return nil, err
	}
	shown := make([]activity, activityWeeks)
	for i := range shown {
		at := week - int64(i)
		shown[i] = activity{
			Week: strconv.FormatInt(begin(at).Unix(), 10), Statuses: strconv.FormatInt(uses[at].Posts, 10),
			Logins: strconv.FormatInt(uses[at].Writers, 10), Registrations: strconv.FormatInt(uses[at].Members, 10),
		}
	}
	return shown, nil
}

// blockedDomain is Mastodon's DomainBlock.
type blockedDomain struct {
	Domain   string `json:"domain"`
	Digest   string `json:"digest"`
	Severity string `json:"severity"`
	Comment  string `json:"comment,omitempty"`
}

// Who may see which hosts are blocked.
const (
	BlocksForNobody    = "nobody"
	BlocksForMembers   = "members"
	BlocksForEverybody = "everybody"
)

// getBlockedDomains tells which hosts are kept away, where the administration lets it.
func getBlockedDomains(c *call) (any, error) {
	switch {
	case c.s.cfg.ShowDomainBlocks == BlocksForEverybody:
	case c.s.cfg.ShowDomainBlocks != BlocksForMembers:
		return nil, errNotFound
	case c.me() == nil:
		return nil, models.Errorf(models.Unauthorized, "This method requires an authenticated user")
	}
	rows, err := c.tx.DomainBlockNotices()
	shown := []blockedDomain{}
	for _, row := range rows {
		sum := sha256.Sum256([]byte(row.Host))
		one := blockedDomain{Domain: row.Host, Digest: hex.EncodeToString(sum[:]), Severity: row.Severity, Comment: row.PublicComment}
		if row.Obfuscate {
			one.Domain = obfuscate(row.Host)
		}
		shown = append(shown, one)
	}
	return shown, err
}

// obfuscate hides the middle of a host's name, as Mastodon does: "ex****e.com" for those who know it anyway.
func obfuscate(host string) string {
	length := len(host)
	visible := length / 4
	hidden := []byte(host)
	for i := range hidden {
		if i >= visible && i < length-visible && hidden[i] != '.' {
			hidden[i] = '*'
		}
	}
	return string(hidden)
}

// findPeers lists hosts for those who type a name.
func findPeers(c *call) (any, error) {
	typed := strings.ToLower(strings.TrimSpace(c.params.text("q")))
	if typed == "" {
		return []string{}, nil
	}
	hosts, err := c.tx.PeersWith(typed, 10)
	return append([]string{}, hosts...), err
}

// annualReports is Mastodon's AnnualReports; this server makes none.
type annualReports struct {
	Reports  []any `json:"annual_reports"`
	Accounts []any `json:"accounts"`
	Statuses []any `json:"statuses"`
}

func getAnnualReports(*call) (any, error) {
	return annualReports{Reports: []any{}, Accounts: []any{}, Statuses: []any{}}, nil
}

// getAnnualReportState: there is none to be made of a year.
func getAnnualReportState(c *call) (any, error) {
	if year, err := c.id(); err != nil || year > 9999 {
		return nil, errNotFound
	}
	return map[string]string{"state": "ineligible"}, nil
}
