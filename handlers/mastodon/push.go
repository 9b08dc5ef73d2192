package mastodon

import (
	"net/http"
	"slices"
	"strings"

	"praxis/models"
)

// Push is what the subscriptions of push notifications need.
type Push interface {
	// PublicKey is the instance's key, as clients subscribe with it.
	PublicKey() string
	// Check refuses an endpoint or keys to which nothing can be sent.
	Check(s *models.PushSubscription) error
	// Seal hides a token that has to be kept.
	Seal(token string) string
}

func pushRoutes() []route {
	const path, scope = "/api/v1/push/subscription", "push"
	return []route{
		member(http.MethodPost, path, postPush, scope),
		member(http.MethodGet, path, getPush, scope),
		member(http.MethodPut, path, putPush, scope),
		member(http.MethodDelete, path, deletePush, scope),
	}
}

func (s *Server) vapidKey() string {
	if s.cfg.Push == nil {
		return ""
	}
	return s.cfg.Push.PublicKey()
}

// pushSubscription is Mastodon's WebPushSubscription.
type pushSubscription struct {
	ID        string          `json:"id"`
	Endpoint  string          `json:"endpoint"`
	Standard  bool            `json:"standard"`
	Alerts    map[string]bool `json:"alerts"`
	Policy    string          `json:"policy"`
	ServerKey string          `json:"server_key"`
}

// alertNames are the notification types that a client may want to be told of.
func alertNames() []string {
	return []string{
		models.NotifyMention, models.NotifyStatus, models.NotifyReblog, models.NotifyFollow, models.NotifyFollowRequest,
		models.NotifyFavourite, "poll", models.NotifyUpdate, "quote", "quoted_update", "admin.sign_up", "admin.report",
	}
}

func (c *call) showPush(s *models.PushSubscription) pushSubscription {
	shown := pushSubscription{
		ID: formatID(s.ID), Endpoint: s.Endpoint, Standard: s.Standard, Alerts: map[string]bool{}, Policy: s.Policy,
		ServerKey: c.s.vapidKey(),
	}
	for _, name := range alertNames() {
		shown.Alerts[name] = strings.Contains(s.Alerts, " "+name+" ")
	}
	return shown
}

// pushAsk is what a client sends. Policy stood beside data in the first documents.
type pushAsk struct {
	Subscription struct {
		Endpoint string `mapstructure:"endpoint"`
		Standard bool   `mapstructure:"standard"`
		Keys     struct {
			P256dh string `mapstructure:"p256dh"`
			Auth   string `mapstructure:"auth"`
		} `mapstructure:"keys"`
	} `mapstructure:"subscription"`
	Data struct {
		Alerts map[string]any `mapstructure:"alerts"`
		Policy string         `mapstructure:"policy"`
	} `mapstructure:"data"`
	Policy string `mapstructure:"policy"`
}

// wants gives the alerts and the policy as they are stored.
func (ask pushAsk) wants() (alerts, policy string, err error) {
	alerts = " "
	for _, name := range alertNames() {
		value := ask.Data.Alerts[name]
		if value == nil {
			continue
		}
		if on, _ := asSwitch(value).(bool); on {
			alerts += name + " "
		}
	}
	policy = ask.Data.Policy
	if policy == "" {
		policy = ask.Policy
	}
	if policy == "" {
		policy = models.PushFromAll
	}
	if !slices.Contains([]string{models.PushFromAll, models.PushFromFollowed, models.PushFromFollowers, models.PushFromNone}, policy) {
		return "", "", models.FieldErrorf("policy", "Validation failed: Policy %q is none of all, followed, follower, none", policy)
	}
	return alerts, policy, nil
}

func (c *call) readPush() (ask pushAsk, alerts, policy string, err error) {
	if c.s.cfg.Push == nil {
		return ask, "", "", unsupported("base", "Push notifications")
	}
	if err = c.params.decode(&ask); err != nil {
		return ask, "", "", err
	}
	alerts, policy, err = ask.wants()
	return ask, alerts, policy, err
}

func postPush(c *call) (any, error) {
	ask, alerts, policy, err := c.readPush()
	if err != nil {
		return nil, err
	}
	s := &models.PushSubscription{
		TokenHash: c.principal.Token.TokenHash, ActorID: c.viewer(), Endpoint: strings.TrimSpace(ask.Subscription.Endpoint),
		P256dh: ask.Subscription.Keys.P256dh, Auth: ask.Subscription.Keys.Auth, Standard: ask.Subscription.Standard,
		Alerts: alerts, Policy: policy,
	}
	if err := c.s.cfg.Push.Check(s); err != nil {
		return nil, err
	}
	s.Token = c.s.cfg.Push.Seal(c.principal.Secret)
	if err := c.s.service.SubscribePush(c.ctx(), s); err != nil {
		return nil, err
	}
	return c.showPush(s), nil
}

func getPush(c *call) (any, error) {
	s, err := c.tx.PushSubscriptionOf(c.principal.Token.TokenHash)
	if err != nil {
		return nil, err
	}
	return c.showPush(s), nil
}

func putPush(c *call) (any, error) {
	_, alerts, policy, err := c.readPush()
	if err != nil {
		return nil, err
	}
	s, err := c.s.service.TunePush(c.ctx(), c.principal.Token.TokenHash, alerts, policy)
	if err != nil {
		return nil, err
	}
	return c.showPush(s), nil
}

func deletePush(c *call) (any, error) {
	return nothing{}, c.s.service.UnsubscribePush(c.ctx(), c.principal.Token.TokenHash)
}
