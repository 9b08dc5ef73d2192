package mastodon

import (
	"context"
	"net/http"

	"praxis/models"
	"praxis/practice"
)

const oneCommunity = "/api/praxis/v1/communities/{id}/"

// communityPeopleRoutes say who moderates a community, and who is kept out of it.
func communityPeopleRoutes() []route {
	return []route{
		open(http.MethodGet, oneCommunity+"moderators", getModerators, readAccounts),
		member(http.MethodPost, oneCommunity+"moderators", actOnMember((*practice.Service).AppointModerator, getModerators), "write:accounts"),
		member(http.MethodDelete, oneCommunity+"moderators", actOnMember((*practice.Service).DismissModerator, getModerators), "write:accounts"),
		member(http.MethodGet, oneCommunity+"bans", getBans, readAccounts),
		member(http.MethodPost, oneCommunity+"bans", actOnMember((*practice.Service).Ban, getBans), "write:accounts"),
		member(http.MethodDelete, oneCommunity+"bans", actOnMember((*practice.Service).Unban, getBans), "write:accounts"),
	}
}

// communityModerator is somebody who moderates a community.
type communityModerator struct {
	Role    string   `json:"role"`
	Account *account `json:"account"`
}

// communityBan is a ban that stands.
type communityBan struct {
	ID        string   `json:"id"`
	CreatedAt string   `json:"created_at"`
	Until     *string  `json:"until"`
	Reason    string   `json:"reason"`
	Account   *account `json:"account"`
	Moderator *account `json:"moderator"`
}

// ownCommunity gives the community that the path names, if the caller moderates it. Errors: Forbidden.
func (c *call) ownCommunity() (*models.Actor, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	moderates, err := c.tx.IsModerator(community.ID, c.viewer())
	if err == nil && !moderates {
		return nil, models.Errorf(models.Forbidden, "Only moderators of @%s do this.", community.Acct())
	}
	return community, err
}

// actOnMember makes an endpoint of an act about somebody, which answers with the list that it changed.
func actOnMember(verb func(*practice.Service, context.Context, practice.Act) error, then endpoint) endpoint {
	return func(c *call) (any, error) {
		community, err := c.community()
		if err != nil {
			return nil, err
		}
		a, err := c.act(community)
		if err != nil {
			return nil, err
		}
		if a.Target == nil {
			return nil, models.FieldErrorf("account_id", "Validation failed: say whom, with account_id")
		}
		if err := verb(c.s.service, c.ctx(), *a); err != nil {
			return nil, err
		}
		return then(c)
	}
}

func getModerators(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	actors, err := c.tx.Moderators(community.ID)
	if err != nil {
		return nil, err
	}
	roles, err := c.tx.ModeratorRoles(community.ID)
	if err != nil {
		return nil, err
	}
	accounts, err := c.accounts(actors)
	shown := []communityModerator{}
	for i := range accounts {
		if !actors[i].IsGone() {
			shown = append(shown, communityModerator{Role: roles[actors[i].ID], Account: accounts[i]})
		}
	}
	return shown, err
}

func getBans(c *call) (any, error) {
	community, err := c.ownCommunity()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.BanPage(community.ID, more(page))
	if err != nil {
		return nil, err
	}
	rows = window(c, page, rows, func(b *models.Ban) int64 { return b.ID })
	var people []int64
	for i := range rows {
		people = append(people, rows[i].TargetID, rows[i].ActorID)
	}
	shelf, err := c.shelve(nil, people...)
	shown := []communityBan{}
	for i := range rows {
		b := &rows[i]
		shown = append(shown, communityBan{
			ID: formatID(b.ID), CreatedAt: date(b.CreatedAt), Until: dateOrNil(b.Until), Reason: b.Reason,
			Account: shelf.accountOf(b.TargetID), Moderator: shelf.accountOf(b.ActorID),
		})
	}
	return shown, err
}

// accountOf shows an actor of the shelf; nil for one that is not there.
func (s *shelf) accountOf(id int64) *account {
	if s == nil || s.actors[id] == nil {
		return nil
	}
	return s.account(s.actors[id])
}
