package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

func communityMemberRoutes() []route {
	const of = ownAPI + "/communities/{id}"
	return []route{
		member(http.MethodGet, of+"/members", getCommunityMembers, "read:accounts"),
		member(http.MethodPatch, of+"/members/{account}", changeCommunityMember, "write:accounts"),
		member(http.MethodDelete, of+"/members/{account}", removeCommunityMember, "write:accounts"),
		member(http.MethodPost, of+"/members/{account}/accept", acceptCommunityMember, "write:follows"),
		member(http.MethodPost, of+"/members/{account}/reject", rejectCommunityMember, "write:follows"),
		member(http.MethodGet, of+"/invitations", getInvitations, "read:accounts"),
		member(http.MethodPost, of+"/invitations", createInvitation, "write:accounts"),
		member(http.MethodDelete, of+"/invitations/{invitation}", deleteInvitation, "write:accounts"),
		member(http.MethodGet, of+"/partners", getCommunityPartners, "read:accounts"),
		member(http.MethodPut, of+"/partners/{host}", putCommunityPartner, "write:accounts"),
		member(http.MethodDelete, of+"/partners/{host}", deleteCommunityPartner, "write:accounts"),
	}
}

// communityMember is somebody who belongs to a community, or asked to.
type communityMember struct {
	Account    *account    `json:"account"`
	Membership *membership `json:"membership"`
}

// getCommunityMembers lists who belongs to a community to those who belong to it themselves; who asked to, to those who
// decide.
func getCommunityMembers(c *call) (any, error) {
	actor, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask struct {
		State string `mapstructure:"state"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	if ask.State != models.MembershipRequested {
		ask.State = models.MembershipAccepted
	}
	if err := c.mayListMembers(actor, ask.State); err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.Memberships(actor.ID, c.viewer(), ask.State, more(page))
	if err != nil {
		return nil, err
	}
	rows = window(c, page, rows, func(b *models.Belonging) int64 { return b.Actor.ID })
	people := make([]models.Actor, len(rows))
	for i := range rows {
		people[i] = rows[i].Actor
	}
	accounts, err := c.accounts(people)
	if err != nil {
		return nil, err
	}
	shown := make([]communityMember, len(rows))
	for i := range rows {
		shown[i] = communityMember{Account: accounts[i], Membership: showMembership(&rows[i].Membership)}
		if ask.State == models.MembershipAccepted {
			shown[i].Membership.Message = nil // it was for those who decided
		}
	}
	return shown, nil
}

func (c *call) mayListMembers(community *models.Actor, state string) error {
	moderator, err := c.tx.IsModerator(community.ID, c.viewer())
	if err != nil || moderator {
		return err
	}
	mine, err := c.tx.MembershipIfAny(community.ID, c.viewer())
	if err != nil {
		return err
	}
	if state == models.MembershipAccepted && mine != nil && mine.State == models.MembershipAccepted {
		return nil
	}
	return models.Errorf(models.Forbidden, "This list is for those who belong to the community, and requests for those who decide on them")
}

// communityAnd gives the community and the account that the path names.
func (c *call) communityAnd() (community, somebody *models.Actor, err error) {
	if community, err = c.community(); err != nil {
		return nil, nil, err
	}
	id, err := parseID(c.path("account"))
	if err != nil {
		return nil, nil, err
	}
	somebody, err = c.standing(c.tx.Actor(id))
	return community, somebody, err
}

func changeCommunityMember(c *call) (any, error) {
	community, somebody, err := c.communityAnd()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Role string `mapstructure:"role"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	m, err := c.s.service.SetMemberRole(c.ctx(), c.me(), community, somebody, ask.Role)
	if err != nil {
		return nil, err
	}
	shown, err := c.account(somebody)
	return communityMember{Account: shown, Membership: showMembership(m)}, err
}

func removeCommunityMember(c *call) (any, error) {
	community, somebody, err := c.communityAnd()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.RemoveMember(c.ctx(), c.me(), community, somebody)
}

func acceptCommunityMember(c *call) (any, error) { return c.decideMember(true) }
func rejectCommunityMember(c *call) (any, error) { return c.decideMember(false) }

func (c *call) decideMember(accept bool) (any, error) {
	community, somebody, err := c.communityAnd()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.DecideJoin(c.ctx(), c.me(), community, somebody, accept)
}

// invitation is a link to join.
type invitation struct {
	ID        string  `json:"id"`
	URL       string  `json:"url"`
	MaxUses   *int64  `json:"max_uses"`
	Uses      int64   `json:"uses"`
	CreatedAt string  `json:"created_at"`
	ExpiresAt *string `json:"expires_at"`
	Good      bool    `json:"good"`
}

func (c *call) invitation(i *models.Invitation) invitation {
	shown := invitation{
		ID: formatID(i.ID), URL: c.s.links.Invitation(i.Token), Uses: i.Uses, CreatedAt: date(i.CreatedAt),
		ExpiresAt: dateOrNil(i.ExpiresAt), Good: i.IsGood(models.At(c.s.cfg.Now())),
	}
	if i.MaxUses != 0 {
		shown.MaxUses = &i.MaxUses
	}
	return shown
}

func getInvitations(c *call) (any, error) {
	community, err := c.run()
	if err != nil {
		return nil, err
	}
	page, err := c.page(40, 80)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.Invitations(community.ID, more(page))
	if err != nil {
		return nil, err
	}
	shown := []invitation{}
	for _, row := range window(c, page, rows, func(i *models.Invitation) int64 { return i.ID }) {
		shown = append(shown, c.invitation(&row))
	}
	return shown, nil
}

// run gives the community that the path names if the caller runs it.
func (c *call) run() (*models.Actor, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	moderator, err := c.tx.IsModerator(community.ID, c.viewer())
	if err == nil && !moderator {
		return nil, errNotAllowed
	}
	return community, err
}

func createInvitation(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask struct {
		MaxUses   int64 `mapstructure:"max_uses"`
		ExpiresIn int64 `mapstructure:"expires_in"` // seconds
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	if ask.ExpiresIn > int64(longestInvitation/time.Second) {
		ask.ExpiresIn = int64(longestInvitation / time.Second)
	}
	made, err := c.s.service.Invite(c.ctx(), c.me(), community, practice.NewInvitation{
		MaxUses: ask.MaxUses, Lasts: time.Duration(ask.ExpiresIn) * time.Second,
	})
	if err != nil {
		return nil, err
	}
	return c.invitation(made), nil
}

// longestInvitation bounds how long an invitation with an end lasts.
const longestInvitation = 10 * 365 * 24 * time.Hour

func deleteInvitation(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	id, err := parseID(c.path("invitation"))
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.RevokeInvitation(c.ctx(), c.me(), community, id)
}

// communityPartner is an organization that a community is shared with.
type communityPartner struct {
	Host    string `json:"host"`
	MayPost bool   `json:"may_post"`
}

func getCommunityPartners(c *call) (any, error) {
	community, err := c.run()
	if err != nil {
		return nil, err
	}
	partners, err := c.tx.CommunityPartners(community.ID)
	if err != nil {
		return nil, err
	}
	shown := []communityPartner{}
	for _, p := range partners {
		shown = append(shown, communityPartner{Host: p.Host, MayPost: p.MayPost})
	}
	return shown, nil
}

func putCommunityPartner(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	var ask struct {
		MayPost *bool `mapstructure:"may_post"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	mayPost := orElse(ask.MayPost, true)
	host := c.path("host")
	if err := c.s.service.ShareWithPartner(c.ctx(), c.me(), community, host, mayPost); err != nil {
		return nil, err
	}
	return communityPartner{Host: host, MayPost: mayPost}, nil
}

func deleteCommunityPartner(c *call) (any, error) {
	community, err := c.community()
	if err != nil {
		return nil, err
	}
	return struct{}{}, c.s.service.EndPartnerSharing(c.ctx(), c.me(), community, c.path("host"))
}
