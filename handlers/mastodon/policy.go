package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

// policyRoutes stand before the routes whose {id} and {key} would match them.
func policyRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/notifications/policy", getOldPolicy, readNotifications),
		member(http.MethodPut, "/api/v1/notifications/policy", putOldPolicy, writeNotifications),
		member(http.MethodGet, "/api/v2/notifications/policy", getPolicy, readNotifications),
		member(http.MethodPatch, "/api/v2/notifications/policy", putPolicy, writeNotifications),
	}
}

// policy is Mastodon's NotificationPolicy.
type policy struct {
	NotFollowing    string         `json:"for_not_following"`
	NotFollowers    string         `json:"for_not_followers"`
	NewAccounts     string         `json:"for_new_accounts"`
	PrivateMentions string         `json:"for_private_mentions"`
	LimitedAccounts string         `json:"for_limited_accounts"`
	Summary         pendingSummary `json:"summary"`
}

// oldPolicy is what the policy was in the first drafts of it.
type oldPolicy struct {
	NotFollowing    bool           `json:"filter_not_following"`
	NotFollowers    bool           `json:"filter_not_followers"`
	NewAccounts     bool           `json:"filter_new_accounts"`
	PrivateMentions bool           `json:"filter_private_mentions"`
	Summary         pendingSummary `json:"summary"`
}

// pendingSummary says how much is held back.
type pendingSummary struct {
	Requests      int64 `json:"pending_requests_count"`
	Notifications int64 `json:"pending_notifications_count"`
}

// policy reads the caller's policy, and what it holds back.
func (c *call) policy() (*models.NotificationPolicy, pendingSummary, error) {
	var summary pendingSummary
	stored, err := c.tx.NotificationPolicy(c.viewer())
	if err != nil {
		return nil, summary, err
	}
	summary.Requests, summary.Notifications, err = c.tx.PendingNotifications(c.viewer())
	return stored, summary, err
}

func getPolicy(c *call) (any, error) {
	stored, summary, err := c.policy()
	if err != nil {
		return nil, err
	}
	return policy{
		NotFollowing: stored.ForNotFollowing, NotFollowers: stored.ForNotFollowers, NewAccounts: stored.ForNewAccounts,
		PrivateMentions: stored.ForPrivateMentions, LimitedAccounts: stored.ForLimitedAccounts, Summary: summary,
	}, nil
}

func putPolicy(c *call) (any, error) {
	var ask struct {
		NotFollowing    *string `mapstructure:"for_not_following"`
		NotFollowers    *string `mapstructure:"for_not_followers"`
		NewAccounts     *string `mapstructure:"for_new_accounts"`
		PrivateMentions *string `mapstructure:"for_private_mentions"`
		LimitedAccounts *string `mapstructure:"for_limited_accounts"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	if err := c.s.service.EditPolicy(c.ctx(), c.me(), practice.PolicyEdit(ask)); err != nil {
		return nil, err
	}
	return getPolicy(c)
}

func getOldPolicy(c *call) (any, error) {
	stored, summary, err := c.policy()
	if err != nil {
		return nil, err
	}
	return oldPolicy{
		NotFollowing: stored.ForNotFollowing != models.PolicyAccept, NotFollowers: stored.ForNotFollowers != models.PolicyAccept,
		NewAccounts: stored.ForNewAccounts != models.PolicyAccept, PrivateMentions: stored.ForPrivateMentions != models.PolicyAccept,
		Summary: summary,
	}, nil
}

func putOldPolicy(c *call) (any, error) {
	var ask struct {
		NotFollowing    *bool `mapstructure:"filter_not_following"`
		NotFollowers    *bool `mapstructure:"filter_not_followers"`
		NewAccounts     *bool `mapstructure:"filter_new_accounts"`
		PrivateMentions *bool `mapstructure:"filter_private_mentions"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	edit := practice.PolicyEdit{
		NotFollowing: wish(ask.NotFollowing), NotFollowers: wish(ask.NotFollowers), NewAccounts: wish(ask.NewAccounts),
		PrivateMentions: wish(ask.PrivateMentions),
	}
	if err := c.s.service.EditPolicy(c.ctx(), c.me(), edit); err != nil {
		return nil, err
	}
	return getOldPolicy(c)
}

// wish says what a switch of the old policy means.
func wish(filtered *bool) *string {
	if filtered == nil {
		return nil
	}
	meant := models.PolicyAccept
	if *filtered {
		meant = models.PolicyFilter
	}
	return &meant
}
