package mastodon

import (
	"net/http"
	"strings"

	"praxis/handlers/oauth"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

func profileRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/accounts/verify_credentials", verifyCredentials, readAccounts, "profile", oauth.RecoveryScope),
		uploading(member(http.MethodPatch, "/api/v1/accounts/update_credentials", updateCredentials, "write:accounts")),
		member(http.MethodGet, "/api/v1/preferences", getPreferences, readAccounts),
		open(http.MethodGet, "/api/v1/accounts/{id}", getAccount, readAccounts),
	}
}

// credentialAccount is Mastodon's CredentialAccount: an account as its owner sees it.
type credentialAccount struct {
	*account
	Source source `json:"source"`
	Role   role   `json:"role"`
}

// source is what was typed, and what posts get unless they say otherwise.
type source struct {
	Privacy             string   `json:"privacy"`
	Sensitive           bool     `json:"sensitive"`
	Language            *string  `json:"language"`
	Note                string   `json:"note"`
	Fields              []field  `json:"fields"`
	FollowRequestsCount int64    `json:"follow_requests_count"`
	QuotePolicy         string   `json:"quote_policy"`
	HideCollections     bool     `json:"hide_collections"`
	Discoverable        bool     `json:"discoverable"`
	Indexable           bool     `json:"indexable"`
	AttributionDomains  []string `json:"attribution_domains"`
}

type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	Color       string `json:"color"`
	Highlighted bool   `json:"highlighted"`
}

func verifyCredentials(c *call) (any, error) {
	return c.credentials(c.me(), c.principal.Account)
}

func (c *call) credentials(actor *models.Actor, owner *models.Account) (any, error) {
	shown, err := c.account(actor)
	if err != nil {
		return nil, err
	}
	requests, err := c.tx.CountFollowRequests(actor.ID)
	if err != nil {
		return nil, err
	}
	typed := []field{}
	for _, f := range actor.FieldList() {
		typed = append(typed, field{Name: f.Name, Value: text.Plain(f.Value)})
	}
	return credentialAccount{account: shown, Role: roleOf(owner), Source: source{
		Privacy: defaultVisibility(owner), Sensitive: owner.DefaultSensitive, Language: textOrNil(owner.DefaultLanguage),
		Note: actor.SummarySource, Fields: typed, FollowRequestsCount: requests,
		Discoverable: actor.Discoverable, Indexable: actor.Indexable, HideCollections: actor.HideCollections,
		AttributionDomains: append([]string{}, strings.Fields(actor.AttributionDomains)...), QuotePolicy: quotePolicy(owner),
	}}, nil
}

// roleOf gives what an account may do, as clients read it.
func roleOf(owner *models.Account) role { return showRole(models.RoleOf(owner)) }

func showRole(r models.Role) role {
	return role{ID: formatID(r.ID), Name: r.Name, Permissions: formatID(int64(r.Permissions)), Highlighted: r.Name != ""}
}

func defaultVisibility(owner *models.Account) string {
	if owner.DefaultVisibility == "" {
		return models.Public
	}
	return owner.DefaultVisibility
}

func quotePolicy(owner *models.Account) string {
	if owner.DefaultQuotePolicy == "" {
		return "public"
	}
	return owner.DefaultQuotePolicy
}

// profileChange is what update_credentials may say.
type profileChange struct {
	DisplayName        *string  `mapstructure:"display_name"`
	Note               *string  `mapstructure:"note"`
	Locked             *bool    `mapstructure:"locked"`
	Discoverable       *bool    `mapstructure:"discoverable"`
	Indexable          *bool    `mapstructure:"indexable"`
	Bot                *bool    `mapstructure:"bot"`
	HideCollections    *bool    `mapstructure:"hide_collections"`
	AttributionDomains []string `mapstructure:"attribution_domains"`
	Fields             []struct {
		Name  string `mapstructure:"name"`
		Value string `mapstructure:"value"`
	} `mapstructure:"fields_attributes"`
	Source struct {
		Privacy     *string `mapstructure:"privacy"`
		Sensitive   *bool   `mapstructure:"sensitive"`
		Language    *string `mapstructure:"language"`
		QuotePolicy *string `mapstructure:"quote_policy"`
	} `mapstructure:"source"`
}

func updateCredentials(c *call) (any, error) {
	var change profileChange
	if err := c.params.decode(&change); err != nil {
		return nil, err
	}
	profile := change.profile(c.params["fields_attributes"] != nil, c.params["attribution_domains"] != nil)
	pictured, end, err := c.pictures(&profile)
	defer end()
	if err != nil {
		return nil, err
	}
	owner := c.principal.Account
	if defaults := change.Source; defaults.Privacy != nil || defaults.Sensitive != nil || defaults.Language != nil || defaults.QuotePolicy != nil {
		var err error
		if owner, err = c.s.service.SetPostingDefaults(c.ctx(), c.me(), practice.PostingDefaults{
			Visibility: defaults.Privacy, Sensitive: defaults.Sensitive, Language: languageOf(defaults.Language), QuotePolicy: defaults.QuotePolicy,
		}); err != nil {
			return nil, err
		}
	}
	if !pictured && !change.namesProfile(c.params) {
		return c.credentials(c.me(), owner)
	}
	actor, err := c.s.service.UpdateProfile(c.ctx(), c.me(), profile)
	if err != nil {
		return nil, err
	}
	return c.credentials(actor, owner)
}

// namesProfile reports a change that others see.
func (change profileChange) namesProfile(said params) bool {
	return change.DisplayName != nil || change.Note != nil || change.Locked != nil || change.Discoverable != nil ||
		change.Indexable != nil || change.Bot != nil || change.HideCollections != nil || said["fields_attributes"] != nil ||
		said["attribution_domains"] != nil
}

func (change profileChange) profile(fields, attribution bool) practice.Profile {
	profile := practice.Profile{
		DisplayName: change.DisplayName, Note: change.Note, Locked: change.Locked,
		Discoverable: change.Discoverable, Indexable: change.Indexable, Bot: change.Bot, HideCollections: change.HideCollections,
	}
	if attribution {
		profile.AttributionDomains = append([]string{}, change.AttributionDomains...)
	}
	if fields {
		profile.Fields = []models.Field{}
	}
	for _, f := range change.Fields {
		profile.Fields = append(profile.Fields, models.Field{Name: f.Name, Value: f.Value})
	}
	return profile
}

func getPreferences(c *call) (any, error) {
	owner := c.principal.Account
	return map[string]any{
		"posting:default:visibility":   defaultVisibility(owner),
		"posting:default:sensitive":    owner.DefaultSensitive,
		"posting:default:language":     textOrNil(owner.DefaultLanguage),
		"posting:default:quote_policy": quotePolicy(owner),
		"reading:expand:media":         "default",
		"reading:expand:spoilers":      false,
		"reading:autoplay:gifs":        false,
	}, nil
}
