package models

import "time"

// TouchSignIn notes that an account signed in. False when meanwhile its password changed or it was disabled, so that the
// sign-in must not count.
func (tx *Tx) TouchSignIn(account *Account) (bool, error) {
	result := tx.db.Model(&Account{}).
		Where("id = ? AND password_hash = ? AND disabled_at = 0", account.ID, account.PasswordHash).
		UpdateColumn("last_sign_in_at", tx.Now())
	return result.RowsAffected > 0, translate(result.Error, "account")
}

// PruneOAuthApps removes apps that were registered longer than keep ago and that nobody ever used: they had no token and
// have no code. One that was used stays, since clients keep what they registered and come back with it.
func (tx *Tx) PruneOAuthApps(keep time.Duration) error {
	err := tx.db.Where("created_at < ?", tx.Now().Add(-keep)).
		Where("NOT EXISTS (SELECT 1 FROM oauth_token t WHERE t.app_id = oauth_app.id)").
		Where("NOT EXISTS (SELECT 1 FROM oauth_code c WHERE c.app_id = oauth_app.id)").
		Delete(&OAuthApp{}).Error
	return translate(err, "apps")
}
