package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

func muteRoutes() []route {
	return []route{
		member(http.MethodPost, "/api/v1/accounts/{id}/mute", muteAccount, "write:mutes"),
		member(http.MethodPost, "/api/v1/accounts/{id}/unmute", unmuteAccount, "write:mutes"),
		member(http.MethodGet, "/api/v1/mutes", getMutes, "read:mutes"),
		member(http.MethodPost, "/api/v1/statuses/{id}/mute", muteThread, "write:mutes"),
		member(http.MethodPost, "/api/v1/statuses/{id}/unmute", unmuteThread, "write:mutes"),
	}
}

// mutedAccount is Mastodon's MutedAccount: an account with the end of its mute, null where there is none.
type mutedAccount struct {
	*account
	MuteExpiresAt *string `json:"mute_expires_at"`
}

// muteAccount mutes notifications, too, unless it is told otherwise.
func muteAccount(c *call) (any, error) {
	var ask struct {
		Notifications *bool `mapstructure:"notifications"`
		Duration      int64 `mapstructure:"duration"` // in seconds
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	opts := practice.MuteOptions{Notifications: ask.Notifications == nil || *ask.Notifications}
	if longest := int64(practice.MaxMute / time.Second); ask.Duration > longest {
		return nil, models.FieldErrorf("duration", "Validation failed: Duration is too long (maximum is %d seconds, 0 for no end)", longest)
	}
	opts.Duration = time.Duration(max(ask.Duration, -1)) * time.Second
	return c.toward(func(actor *models.Actor) error { return c.s.service.Mute(c.ctx(), c.me(), actor, opts) })
}

func unmuteAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Unmute(c.ctx(), c.me(), actor) })
}

func getMutes(c *call) (any, error) {
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.MutedPage(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	actors := keyed(c, page, rows)
	targets := make([]int64, len(actors))
	for i := range actors {
		targets[i] = actors[i].ID
	}
	mutes, err := c.tx.Mutes(c.viewer(), targets)
	if err != nil {
		return nil, err
	}
	accounts, err := c.accounts(actors)
	if err != nil {
		return nil, err
	}
	shown := []mutedAccount{}
	for i := range actors {
		entry := mutedAccount{account: accounts[i]}
		if mute := mutes[actors[i].ID]; mute != nil {
			entry.MuteExpiresAt = dateOrNil(mute.ExpiresAt)
		}
		shown = append(shown, entry)
	}
	return shown, nil
}

func muteThread(c *call) (any, error) {
	return c.react(func(post *models.Post) error { return c.s.service.MuteThread(c.ctx(), c.me(), post) })
}

func unmuteThread(c *call) (any, error) {
	return c.react(func(post *models.Post) error { return c.s.service.UnmuteThread(c.ctx(), c.me(), post) })
}
