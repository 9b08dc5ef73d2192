package models

import (
	"strings"
	"time"
)

// IsWaiting reports an account that cannot be used yet: its e-mail address is not confirmed, or nobody let it in. As long
// as it waits its actor is marked as suspended, so that nobody sees it, here or elsewhere.
func (a *Account) IsWaiting() bool { return a.ConfirmedAt == 0 || a.ApprovedAt == 0 }

// LockSignUps lets one transaction at a time decide about names and addresses, until it ends.
func (tx *Tx) LockSignUps() error {
	err := tx.db.Model(&Setting{}).Where("key = ?", SettingHost).UpdateColumn("key", SettingHost).Error
	return translate(err, "sign-ups")
}

// EmailTaken reports whether an account other than except has an e-mail address, in any case.
func (tx *Tx) EmailTaken(email string, except int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Account{}).Where("lower(email) = ? AND id <> ?", strings.ToLower(email), except).Count(&n).Error
	return n > 0, translate(err, "e-mail addresses")
}

// DeleteApplicant removes all of somebody who was never let in, so that the name is free again: nobody has seen it.
func (tx *Tx) DeleteApplicant(account *Account) error {
	if err := tx.DeleteWebSessionsOf(account.ID); err != nil {
		return err
	}
	if err := tx.db.Delete(&OAuthToken{}, "account_id = ?", account.ID).Error; err != nil {
		return translate(err, "tokens")
	}
	if err := tx.db.Delete(&Account{}, "id = ?", account.ID).Error; err != nil {
		return translate(err, "account")
	}
	return translate(tx.db.Delete(&Actor{}, "id = ? AND local", account.ActorID).Error, "actor")
}

// LettersDue lists accounts that are owed a letter, oldest first: a confirmation, or one with which to set a new password.
func (tx *Tx) LettersDue(limit int) ([]Account, error) {
	query := tx.db.Where("(email_token <> '' AND email_sent_at = 0) OR (reset_token <> '' AND reset_sent_at = 0)").
		Where("email <> ''").Order("id").Limit(limit)
	return list[Account](query, "accounts")
}

// MarkLetterSent notes that the letter with an account's token, of either kind, was sent.
func (tx *Tx) MarkLetterSent(accountID int64, token string) error {
	for sent, kept := range map[string]string{"email_sent_at": "email_token", "reset_sent_at": "reset_token"} {
		err := tx.db.Model(&Account{}).Where("id = ? AND "+kept+" = ?", accountID, token).UpdateColumn(sent, tx.Now()).Error
		if err != nil {
			return translate(err, "account")
		}
	}
	return nil
}

// PruneApplicants removes those who did not confirm their address within a time.
func (tx *Tx) PruneApplicants(within time.Duration) error {
	stale, err := list[Account](tx.db.Where("confirmed_at = 0 AND created_at < ?", tx.Now().Add(-within)).Limit(200), "accounts")
	if err != nil {
		return err
	}
	for i := range stale {
		if err := tx.DeleteApplicant(&stale[i]); err != nil {
			return err
		}
	}
	return nil
}

// Staff lists the actors of those accounts whose role has some rights and that can be used.
func (tx *Tx) Staff(wanted Permission) ([]Actor, error) {
	query := present(tx.db, Anonymous).
		Joins("JOIN account c ON c.actor_id = actor.id AND c.role IN ? AND c.disabled_at = 0", RolesWith(wanted)).Order("actor.id")
	return list[Actor](query, "staff")
}

// NotifyStaff tells everybody with some rights what actor did. A later notification of the kind by the same actor takes
// the place of the one before.
func (tx *Tx) NotifyStaff(wanted Permission, kind string, actorID, reportID int64) error {
	staff, err := tx.Staff(wanted)
	if err != nil {
		return err
	}
	for i := range staff {
		if err := tx.DeleteFollowNotification(staff[i].ID, actorID, kind); err != nil {
			return err
		}
		note := &Notification{OwnerID: staff[i].ID, ActorID: actorID, Type: kind, ReportID: reportID}
		if _, err := tx.Notify(note); err != nil {
			return err
		}
	}
	return nil
}
