package models

import (
	"strings"

	"gorm.io/gorm"
)

// AdminFilter narrows the list of accounts that moderators see.
type AdminFilter struct {
	Origin      string   // "local", "remote" or "" for both
	Status      string   // "active", "pending", "disabled", "silenced", "suspended", "sensitized" or ""
	Roles       []string // keys of roles; nil for all accounts
	Username    string   // the beginning of it
	DisplayName string   // a part of it
	Host        string
	Email       string // the beginning of it
	IP          string // the address of the sign-up
}

// waiting holds for accounts c that cannot be used yet.
const waiting = "(c.confirmed_at = 0 OR c.approved_at = 0)"

// AdminAccountPage gives a page of all actors but communities and servers, gone ones left out.
func (tx *Tx) AdminAccountPage(filter AdminFilter, page Page) ([]Actor, error) {
	query := tx.db.Model(&Actor{}).Select("actor.*").Joins("LEFT JOIN account c ON c.actor_id = actor.id").
		Where("actor.deleted_at = 0 AND actor.type NOT IN ?", []string{TypeApplication, TypeGroup, TypeFeed})
	query = adminStatus(adminNames(query, filter), filter.Status)
	switch filter.Origin {
	case "local":
		query = query.Where("actor.local")
	case "remote":
		query = query.Where("NOT actor.local")
	}
	if filter.Roles != nil {
		query = query.Where("c.role IN ?", filter.Roles)
	}
	rows, err := list[Actor](page.apply(query, "actor.id"), "accounts")
	return descending(page, rows), err
}

func adminNames(query *gorm.DB, filter AdminFilter) *gorm.DB {
	if filter.Username != "" {
		query = query.Where(`lower(actor.username) LIKE ? ESCAPE '\'`, escapeLike(strings.ToLower(filter.Username))+"%")
	}
	if filter.DisplayName != "" {
		query = query.Where(`lower(actor.display_name) LIKE ? ESCAPE '\'`, "%"+escapeLike(strings.ToLower(filter.DisplayName))+"%")
	}
	if filter.Host != "" {
		query = query.Where("actor.host = ?", strings.ToLower(filter.Host))
	}
	if filter.Email != "" {
		query = query.Where(`lower(c.email) LIKE ? ESCAPE '\'`, escapeLike(strings.ToLower(filter.Email))+"%")
	}
	if filter.IP != "" {
		query = query.Where("c.sign_up_ip = ?", filter.IP)
	}
	return query
}

func adminStatus(query *gorm.DB, status string) *gorm.DB {
	switch status {
	case "active":
		return query.Where("actor.suspended_at = 0 AND (c.id IS NULL OR c.disabled_at = 0)")
	case "pending":
		return query.Where("c.approved_at = 0")
	case "disabled":
		return query.Where("c.disabled_at <> 0")
	case "silenced":
		return query.Where("actor.silenced_at <> 0")
	case "suspended":
		return query.Where("actor.suspended_at <> 0 AND (c.id IS NULL OR NOT " + waiting + ")")
	case "sensitized":
		return query.Where("actor.sensitized_at <> 0")
	}
	return query
}

// AccountsByActor gives the accounts of actors, by the actors' ids; those of other servers have none.
func (tx *Tx) AccountsByActor(actorIDs []int64) (map[int64]*Account, error) {
	found := make(map[int64]*Account, len(actorIDs))
	if len(actorIDs) == 0 {
		return found, nil
	}
	rows, err := list[Account](tx.db.Where("actor_id IN ?", actorIDs), "accounts")
	for i := range rows {
		found[rows[i].ActorID] = &rows[i]
	}
	return found, err
}

// StaffRoles gives the roles of accounts that are more than members, by the ids of their actors.
func (tx *Tx) StaffRoles(actorIDs []int64) (map[int64]string, error) {
	found := map[int64]string{}
	if len(actorIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		ActorID int64
		Role    string
	}
	err := tx.db.Model(&Account{}).Select("actor_id, role").Where("actor_id IN ? AND role <> ?", actorIDs, RoleMember).Scan(&rows).Error
	for _, row := range rows {
		found[row.ActorID] = row.Role
	}
	return found, translate(err, "roles")
}

// MarkActor sets or clears one of an actor's marks of moderation.
func (tx *Tx) MarkActor(id int64, mark string, at Timestamp) error {
	if mark == MarkSuspended && at != 0 {
		tx.Emit(Change{Kind: AccessEnded})
	}
	if mark == MarkSuspended {
		tx.forgetReach()
	}
	return translate(tx.db.Model(&Actor{}).Where("id = ?", id).UpdateColumn(mark, at).Error, "actor")
}

// The marks of moderation, as MarkActor takes them.
const (
	MarkSilenced   = "silenced_at"
	MarkSensitized = "sensitized_at"
	MarkSuspended  = "suspended_at"
)

// CountRole counts the accounts of some roles that can be used.
func (tx *Tx) CountRole(roles ...string) (int64, error) {
	var n int64
	err := tx.db.Model(&Account{}).Where("role IN ? AND disabled_at = 0", roles).Count(&n).Error
	return n, translate(err, "accounts")
}

// ConnectedApp is a client with what a member lets it do.
type ConnectedApp struct {
	OAuthApp   `gorm:"embedded"`
	Granted    string    // the scopes of its latest token
	Since      Timestamp // of its first token
	LastUsedAt Timestamp
}

// ConnectedApps lists the apps that may act for an account, the latest first.
func (tx *Tx) ConnectedApps(accountID int64) ([]ConnectedApp, error) {
	var rows []ConnectedApp
	err := tx.db.Table("oauth_app a").
		Select(`a.*, max(t.scopes) AS granted, min(t.created_at) AS since, max(t.last_used_at) AS last_used_at`).
		Joins("JOIN oauth_token t ON t.app_id = a.id AND t.account_id = ? AND t.revoked_at = 0", accountID).
		Group("a.id").Order("since DESC").Limit(200).Scan(&rows).Error
	return rows, translate(err, "apps")
}

// DisconnectApp ends all tokens and codes by which an app may act for an account.
func (tx *Tx) DisconnectApp(accountID, appID int64) error {
	if err := tx.db.Delete(&OAuthCode{}, "account_id = ? AND app_id = ? AND used_at = 0", accountID, appID).Error; err != nil {
		return translate(err, "authorization codes")
	}
	err := tx.db.Model(&OAuthToken{}).Where("account_id = ? AND app_id = ? AND revoked_at = 0", accountID, appID).
		UpdateColumn("revoked_at", tx.Now()).Error
	return translate(err, "tokens")
}
