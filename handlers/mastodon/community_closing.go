package mastodon

import (
	"net/http"

	"praxis/models"
)

// closingRoutes are for conveners who close a community here, or let a part of it found one of its own.
func closingRoutes() []route {
	const closing = oneCommunity + "closing"
	return []route{
		member(http.MethodGet, closing, getClosing, readAccounts),
		member(http.MethodPost, closing, closeCommunity, "write:accounts"),
		member(http.MethodDelete, closing, undoClosing, "write:accounts"),
		member(http.MethodPost, oneCommunity+"split", splitCommunity, "write:accounts"),
		staff(http.MethodPost, ownAPI+"/admin/communities/{id}/closing/admit", admitClosing, models.PermitFederation, "admin:write"),
	}
}

// closingAsk names the sibling that goes on.
type closingAsk struct {
	Sibling string `mapstructure:"sibling"` // the id of the pair
	Reason  string `mapstructure:"reason"`
}

// convenedCommunity gives the community of the path to who convenes it: what admins do needs their scope (security case G5).
func (c *call) convenedCommunity() (*models.Actor, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	role, err := c.tx.ModeratorRole(community.ID, c.viewer())
	if err == nil && role != models.RoleOfConvener {
		err = models.Errorf(models.Forbidden, "Only conveners of @%s may do this.", community.Acct())
	}
	return community, err
}

func (c *call) closingAsk() (*models.Actor, closingAsk, int64, error) {
	var ask closingAsk
	community, err := c.convenedCommunity()
	if err == nil {
		err = c.params.decode(&ask)
	}
	if err != nil || ask.Sibling == "" {
		return community, ask, 0, err
	}
	id, err := parseID(ask.Sibling)
	return community, ask, id, err
}

// getClosing says what closing would do, or how far it is.
func getClosing(c *call) (any, error) {
	community, _, id, err := c.closingAsk()
	if err != nil {
		return nil, err
	}
	return c.s.service.PreviewClosing(c.ctx(), c.me(), community, id)
}

// closeCommunity closes a community in favour of a sibling; without a word of an admin it waits for one.
func closeCommunity(c *call) (any, error) {
	community, ask, id, err := c.closingAsk()
	if err != nil {
		return nil, err
	}
	if id == 0 {
		return nil, models.FieldErrorf("sibling", "Validation failed: Sibling can't be blank: name the one that goes on")
	}
	if err := c.s.service.CloseCommunity(c.ctx(), c.me(), community, id, ask.Reason, false); err != nil {
		return nil, named("sibling", err)
	}
	return c.s.service.PreviewClosing(c.ctx(), c.me(), community, 0)
}

// undoClosing takes it back.
func undoClosing(c *call) (any, error) {
	community, err := c.convenedCommunity()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.UndoClosing(c.ctx(), c.me(), community)
}

func admitClosing(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	if err := c.s.service.AdmitClosing(c.ctx(), c.me(), community); err != nil {
		return nil, err
	}
	return c.s.service.PreviewClosing(c.ctx(), c.me(), community, 0)
}

// splitCommunity founds a community of a part of another one, and answers with it.
func splitCommunity(c *call) (any, error) {
	community, err := c.convenedCommunity()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Name  string `mapstructure:"name"`
		Title string `mapstructure:"display_name"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	made, err := c.s.service.SplitCommunity(c.ctx(), c.me(), community, ask.Name, ask.Title)
	if err != nil {
		return nil, named("name", err)
	}
	return c.showCommunity(made)
}
