package mastodon

import (
	"net/http"
	"slices"
	"strings"

	"praxis/models"
	"praxis/practice"
)

const (
	adminReadAccounts   = "admin:read:accounts"
	adminWriteAccounts  = "admin:write:accounts"
	adminReadReports    = "admin:read:reports"
	adminWriteReports   = "admin:write:reports"
	adminAccountsPath   = "/api/v1/admin/accounts"
	adminAccountPattern = adminAccountsPath + "/{id}"
)

// adminRoutes is the part of the API for those who look after the instance.
func adminRoutes() []route {
	routes := []route{
		staff(http.MethodGet, adminAccountsPath, getAdminAccounts, models.PermitUsers, adminReadAccounts),
		staff(http.MethodGet, "/api/v2/admin/accounts", getAdminAccounts, models.PermitUsers, adminReadAccounts),
		staff(http.MethodGet, adminAccountPattern, getAdminAccount, models.PermitUsers, adminReadAccounts),
		staff(http.MethodDelete, adminAccountPattern, measure(practice.ActionDelete), models.PermitDeleteData, adminWriteAccounts),
		staff(http.MethodPost, adminAccountPattern+"/action", takeAction, models.PermitUsers, adminWriteAccounts),
	}
	for _, action := range []string{
		practice.ActionApprove, practice.ActionReject, practice.ActionEnable, practice.ActionUnsensitive, practice.ActionUnsilence,
		practice.ActionUnsuspend,
	} {
		routes = append(routes, staff(http.MethodPost, adminAccountPattern+"/"+action, measure(action), models.PermitUsers, adminWriteAccounts))
	}
	return slices.Concat(routes, adminReportRoutes(), adminBlockRoutes(), adminFigureRoutes(), adminTrendRoutes())
}

// adminAccount is Mastodon's Admin::Account: an account as moderators see it.
type adminAccount struct {
	ID                 string    `json:"id"`
	Username           string    `json:"username"`
	Domain             *string   `json:"domain"`
	CreatedAt          string    `json:"created_at"`
	Email              string    `json:"email"`
	IP                 *string   `json:"ip"`
	IPs                []adminIP `json:"ips"`
	Role               role      `json:"role"`
	Confirmed          bool      `json:"confirmed"`
	Suspended          bool      `json:"suspended"`
	Silenced           bool      `json:"silenced"`
	Sensitized         bool      `json:"sensitized"`
	Disabled           bool      `json:"disabled"`
	Approved           bool      `json:"approved"`
	Locale             string    `json:"locale"`
	InviteRequest      *string   `json:"invite_request"`
	CreatedByApp       *string   `json:"created_by_application_id,omitempty"`
	InvitedByAccountID *string   `json:"invited_by_account_id,omitempty"`
	Account            *account  `json:"account"`
}

type adminIP struct {
	IP     string `json:"ip"`
	UsedAt string `json:"used_at"`
}

// adminAccounts shows actors as moderators see them, by id, in a fixed number of statements.
func (c *call) adminAccounts(actors []models.Actor) (map[int64]*adminAccount, error) {
	shown, err := c.accounts(actors)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	accounts, err := c.tx.AccountsByActor(ids)
	if err != nil {
		return nil, err
	}
	found := make(map[int64]*adminAccount, len(actors))
	for i := range actors {
		entry := adminAccountOf(&actors[i], accounts[ids[i]], shown[i])
		shown[i].Suspended = entry.Suspended
		found[ids[i]] = entry
	}
	return found, nil
}

func adminAccountOf(actor *models.Actor, owner *models.Account, shown *account) *adminAccount {
	entry := &adminAccount{
		ID: formatID(actor.ID), Username: actor.Username, CreatedAt: date(actor.CreatedAt), IPs: []adminIP{}, Account: shown,
		Suspended: actor.SuspendedAt != 0, Silenced: actor.SilencedAt != 0, Sensitized: actor.SensitizedAt != 0,
		Role: roleOf(owner), Confirmed: true, Approved: true, Locale: "en",
	}
	if !actor.Local {
		entry.Domain = textOrNil(actor.Host)
	}
	if owner == nil {
		return entry
	}
	entry.Email, entry.IP, entry.InviteRequest = owner.Email, textOrNil(owner.SignUpIP), textOrNil(owner.Reason)
	entry.Confirmed, entry.Approved, entry.Disabled = owner.ConfirmedAt != 0, owner.ApprovedAt != 0, owner.DisabledAt != 0
	entry.CreatedByApp = idOrNil(owner.AppID)
	if owner.IsWaiting() {
		entry.Suspended = false // hidden because it waits
	}
	if owner.Locale != "" {
		entry.Locale = owner.Locale
	}
	if owner.SignUpIP != "" {
		entry.IPs = append(entry.IPs, adminIP{owner.SignUpIP, date(owner.CreatedAt)})
	}
	return entry
}

func (c *call) adminAccount(actor *models.Actor) (*adminAccount, error) {
	found, err := c.adminAccounts([]models.Actor{*actor})
	if err != nil {
		return nil, err
	}
	return found[actor.ID], nil
}

// adminAsk is how clients narrow the list of accounts, in the words of both versions of the route.
type adminAsk struct {
	Origin      string   `mapstructure:"origin"`
	Status      string   `mapstructure:"status"`
	Permissions string   `mapstructure:"permissions"`
	RoleIDs     []string `mapstructure:"role_ids"`
	Username    string   `mapstructure:"username"`
	DisplayName string   `mapstructure:"display_name"`
	ByDomain    string   `mapstructure:"by_domain"`
	Email       string   `mapstructure:"email"`
	IP          string   `mapstructure:"ip"`

	Local      bool `mapstructure:"local"`
	Remote     bool `mapstructure:"remote"`
	Active     bool `mapstructure:"active"`
	Pending    bool `mapstructure:"pending"`
	Disabled   bool `mapstructure:"disabled"`
	Silenced   bool `mapstructure:"silenced"`
	Suspended  bool `mapstructure:"suspended"`
	Sensitized bool `mapstructure:"sensitized"`
	Staff      bool `mapstructure:"staff"`
}

func (ask adminAsk) filter() models.AdminFilter {
	filter := models.AdminFilter{
		Origin: ask.Origin, Status: ask.Status, Username: ask.Username, DisplayName: ask.DisplayName, Host: ask.ByDomain,
		Email: ask.Email, IP: ask.IP,
	}
	for name, said := range map[string]bool{"local": ask.Local, "remote": ask.Remote} {
		if said {
			filter.Origin = name
		}
	}
	for name, said := range map[string]bool{
		"active": ask.Active, "pending": ask.Pending, "disabled": ask.Disabled, "silenced": ask.Silenced, "suspended": ask.Suspended,
		"sensitized": ask.Sensitized,
	} {
		if said {
			filter.Status = name
		}
	}
	if ask.Staff || ask.Permissions == "staff" {
		filter.Roles = models.RolesWith(models.PermitReports)
	}
	if len(ask.RoleIDs) > 0 {
		filter.Roles = []string{}
	}
	for _, known := range models.Roles() {
		if slices.Contains(ask.RoleIDs, formatID(known.ID)) {
			filter.Roles = append(filter.Roles, known.Key)
		}
	}
	return filter
}

func getAdminAccounts(c *call) (any, error) {
	var ask adminAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	page, err := c.page(100, 200)
	if err != nil {
		return nil, err
	}
	actors, err := c.tx.AdminAccountPage(ask.filter(), more(page))
	if err != nil {
		return nil, err
	}
	actors = window(c, page, actors, func(a *models.Actor) int64 { return a.ID })
	found, err := c.adminAccounts(actors)
	if err != nil {
		return nil, err
	}
	list := []*adminAccount{}
	for i := range actors {
		list = append(list, found[actors[i].ID])
	}
	return list, nil
}

// moderated gives whom the path names, suspended or waiting, but not gone.
func (c *call) moderated() (*models.Actor, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	actor, err := c.tx.Actor(id)
	if err == nil && (actor.DeletedAt != 0 || actor.Type == models.TypeApplication && actor.Local) {
		return nil, errNotFound
	}
	return actor, err
}

func getAdminAccount(c *call) (any, error) {
	actor, err := c.moderated()
	if err != nil {
		return nil, err
	}
	return c.adminAccount(actor)
}

// measure takes a measure that needs no further words, and shows the account as it is then.
func measure(action string) endpoint {
	return func(c *call) (any, error) {
		actor, err := c.moderated()
		if err != nil {
			return nil, err
		}
		before, err := c.adminAccount(actor)
		if err != nil {
			return nil, err
		}
		if err := c.s.service.Moderate(c.ctx(), practice.Measure{Moderator: c.me(), TargetID: actor.ID, Action: action}); err != nil {
			return nil, err
		}
		if action == practice.ActionReject || action == practice.ActionDelete {
			return before, nil // it is not there any more
		}
		return getAdminAccount(c)
	}
}

// takeAction takes one of the measures that are against an account.
func takeAction(c *call) (any, error) {
	actor, err := c.moderated()
	if err != nil {
		return nil, err
	}
	var ask struct {
		Type     string `mapstructure:"type"`
		Text     string `mapstructure:"text"`
		ReportID string `mapstructure:"report_id"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	against := []string{practice.ActionNone, practice.ActionSensitive, practice.ActionDisable, practice.ActionSilence, practice.ActionSuspend}
	if !slices.Contains(against, ask.Type) {
		return nil, models.FieldErrorf("type", "Validation failed: type must be one of %s", strings.Join(against, ", "))
	}
	wanted := practice.Measure{Moderator: c.me(), TargetID: actor.ID, Action: ask.Type, Text: ask.Text}
	if ask.ReportID != "" {
		if wanted.ReportID, err = parseID(ask.ReportID); err != nil {
			return nil, err
		}
	}
	return nothing{}, c.s.service.Moderate(c.ctx(), wanted)
}
