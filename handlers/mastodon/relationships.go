package mastodon

import (
	"net/http"

	"praxis/models"
	"praxis/practice"
)

func relationshipRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/accounts/relationships", getRelationships, "read:follows"),
		member(http.MethodGet, "/api/v1/accounts/familiar_followers", getFamiliarFollowers, "read:follows"),
		member(http.MethodPost, "/api/v1/accounts/{id}/follow", followAccount, "write:follows"),
		member(http.MethodPost, "/api/v1/accounts/{id}/unfollow", unfollowAccount, "write:follows"),
		member(http.MethodPost, "/api/v1/accounts/{id}/remove_from_followers", removeFollower, "write:follows"),
		member(http.MethodPost, "/api/v1/accounts/{id}/block", blockAccount, "write:blocks"),
		member(http.MethodPost, "/api/v1/accounts/{id}/unblock", unblockAccount, "write:blocks"),
		member(http.MethodGet, "/api/v1/blocks", getBlocks, "read:blocks"),
	}
}

// relationship is Mastodon's Relationship: how the caller stands to an account.
type relationship struct {
	ID                  string   `json:"id"`
	Following           bool     `json:"following"`
	ShowingReblogs      bool     `json:"showing_reblogs"`
	Notifying           bool     `json:"notifying"`
	Languages           []string `json:"languages"`
	FollowedBy          bool     `json:"followed_by"`
	Blocking            bool     `json:"blocking"`
	BlockedBy           bool     `json:"blocked_by"`
	Muting              bool     `json:"muting"`
	MutingNotifications bool     `json:"muting_notifications"`
	MutingExpiresAt     *string  `json:"muting_expires_at"`
	Requested           bool     `json:"requested"`
	RequestedBy         bool     `json:"requested_by"`
	DomainBlocking      bool     `json:"domain_blocking"`
	Endorsed            bool     `json:"endorsed"`
	Note                string   `json:"note"`
}

func relationTo(id int64, known models.Relations) relationship {
	r := relationship{
		ID: formatID(id), Blocking: known.Blocking[id], BlockedBy: known.BlockedBy[id],
		DomainBlocking: known.DomainBlocking[id], Endorsed: known.Endorsed[id], Note: known.Notes[id],
	}
	if mute := known.Muting[id]; mute != nil {
		r.Muting, r.MutingNotifications, r.MutingExpiresAt = true, mute.HideNotifications, dateOrNil(mute.ExpiresAt)
	}
	if follow := known.Following[id]; follow != nil {
		r.Following = follow.State == models.FollowAccepted
		r.Requested = !r.Following
		r.ShowingReblogs, r.Notifying = follow.ShowReblogs, follow.Notify
		r.Languages = follow.LanguageList()
	}
	if follow := known.FollowedBy[id]; follow != nil {
		r.FollowedBy = follow.State == models.FollowAccepted
		r.RequestedBy = !r.FollowedBy
	}
	return r
}

func getRelationships(c *call) (any, error) {
	wanted, err := c.idList(maxBatch)
	if err != nil {
		return nil, err
	}
	actors, err := c.tx.Actors(wanted)
	if err != nil {
		return nil, err
	}
	known, err := c.tx.Relations(c.viewer(), wanted)
	if err != nil {
		return nil, err
	}
	shown := []relationship{}
	for _, id := range wanted {
		if actors[id] != nil {
			shown = append(shown, relationTo(id, known))
		}
	}
	return shown, nil
}

// relation answers with how the caller stands to one account now.
func (c *call) relation(actor *models.Actor) (any, error) {
	known, err := c.tx.Relations(c.viewer(), []int64{actor.ID})
	if err != nil {
		return nil, err
	}
	return relationTo(actor.ID, known), nil
}

// familiar is Mastodon's FamiliarFollowers.
type familiar struct {
	ID       string     `json:"id"`
	Accounts []*account `json:"accounts"`
}

func getFamiliarFollowers(c *call) (any, error) {
	wanted, err := c.idList(maxBatch)
	if err != nil {
		return nil, err
	}
	found, err := c.tx.FamiliarFollowers(c.viewer(), wanted)
	if err != nil {
		return nil, err
	}
	var all []models.Actor
	for _, id := range wanted {
		all = append(all, found[id]...)
	}
	accounts, err := c.accounts(all)
	if err != nil {
		return nil, err
	}
	shown := []familiar{}
	for _, id := range wanted {
		n := len(found[id])
		shown = append(shown, familiar{ID: formatID(id), Accounts: accounts[:n:n]})
		accounts = accounts[n:]
	}
	return shown, nil
}

// followAccount asks to follow; where that needs approval, the relationship says requested. Following again changes the
// settings that the request names.
func followAccount(c *call) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Reblogs   *bool     `mapstructure:"reblogs"`
		Notify    *bool     `mapstructure:"notify"`
		Languages *[]string `mapstructure:"languages"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	var opts practice.FollowOptions
	known, err := c.tx.FollowBetween(c.viewer(), actor.ID)
	switch {
	case err == nil:
		opts.HideReblogs, opts.Notify, opts.Languages = !known.ShowReblogs, known.Notify, known.LanguageList()
	case !models.IsNotFound(err):
		return nil, err
	}
	if ask.Reblogs != nil {
		opts.HideReblogs = !*ask.Reblogs
	}
	if ask.Notify != nil {
		opts.Notify = *ask.Notify
	}
	if ask.Languages != nil {
		if opts.Languages, err = followLanguages(*ask.Languages); err != nil {
			return nil, err
		}
	}
	if _, err := c.s.service.Follow(c.ctx(), c.me(), actor, opts); err != nil {
		return nil, err
	}
	return c.relation(actor)
}

// maxFollowLanguages is how many languages a follow may be limited to.
const maxFollowLanguages = 50

// followLanguages reads the languages to which a follow is limited; none of them, or empty ones, lift the limit.
func followLanguages(said []string) ([]string, error) {
	var languages []string
	for _, code := range said {
		if code == "" {
			continue
		}
		if languageOf(&code) == nil || len(languages) == maxFollowLanguages {
			return nil, models.FieldErrorf("languages", "Validation failed: Languages must be at most %d codes such as en or de", maxFollowLanguages)
		}
		languages = append(languages, code)
	}
	return languages, nil
}

// toward carries out what the caller does to whom the path names, and answers with how they stand then.
func (c *call) toward(act func(actor *models.Actor) error) (any, error) {
	actor, err := c.actor()
	if err != nil {
		return nil, err
	}
	if err := act(actor); err != nil {
		return nil, err
	}
	return c.relation(actor)
}

func unfollowAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Unfollow(c.ctx(), c.me(), actor) })
}

func removeFollower(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.RemoveFollower(c.ctx(), c.me(), actor) })
}

func blockAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Block(c.ctx(), c.me(), actor, "") })
}

func unblockAccount(c *call) (any, error) {
	return c.toward(func(actor *models.Actor) error { return c.s.service.Unblock(c.ctx(), c.me(), actor) })
}

func getBlocks(c *call) (any, error) {
	return c.actorPage(func(page models.Page) ([]models.Keyed[models.Actor], error) {
		return c.tx.BlockedPage(c.viewer(), page)
	})
}
