package models

import "time"

// OAuthApp is a client that members use.
type OAuthApp struct {
	ID           int64
	ClientID     string
	ClientSecret string // the SHA-256 of what the client holds
	Name         string
	Website      string
	RedirectURIs string    `gorm:"column:redirect_uris"` // one a line, compared exactly
	Scopes       string    // separated by spaces
	CreatedAt    Timestamp `gorm:"autoCreateTime:false"`
}

// TableName keeps "oauth" one word.
func (OAuthApp) TableName() string { return "oauth_app" }

// OAuthCode is an authorization code, stored as the SHA-256 of what the client holds, usable once.
type OAuthCode struct {
	CodeHash    string `gorm:"primaryKey"`
	AppID       int64
	AccountID   int64
	RedirectURI string
	Scopes      string
	Challenge   string    // PKCE S256; "" without
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
	ExpiresAt   Timestamp
	UsedAt      Timestamp
}

// TableName keeps "oauth" one word.
func (OAuthCode) TableName() string { return "oauth_code" }

// OAuthToken is an access token, stored as the SHA-256 of what the client holds. AccountID is 0 for an app's own token.
type OAuthToken struct {
	ID         int64
	TokenHash  string
	CodeHash   string // the code that it was given for, "" otherwise
	AppID      int64
	AccountID  int64
	Scopes     string
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
	LastUsedAt Timestamp
	RevokedAt  Timestamp
}

// TableName keeps "oauth" one word.
func (OAuthToken) TableName() string { return "oauth_token" }

// CreateOAuthApp stores a client.
func (tx *Tx) CreateOAuthApp(app *OAuthApp) error {
	app.ID, app.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(app).Error, "app")
}

// OAuthApp gives a client by its row id.
func (tx *Tx) OAuthApp(id int64) (*OAuthApp, error) {
	return first[OAuthApp](tx.db.Where("id = ?", id), "app")
}

// OAuthAppByClientID gives a client by its public id.
func (tx *Tx) OAuthAppByClientID(clientID string) (*OAuthApp, error) {
	return first[OAuthApp](tx.db.Where("client_id = ?", clientID), "app")
}

// CreateOAuthCode stores an authorization code.
func (tx *Tx) CreateOAuthCode(code *OAuthCode) error {
	code.CreatedAt = tx.Now()
	return translate(tx.db.Create(code).Error, "authorization code")
}

// OAuthCode gives an authorization code by its hash.
func (tx *Tx) OAuthCode(hash string) (*OAuthCode, error) {
	return first[OAuthCode](tx.db.Where("code_hash = ?", hash), "authorization code")
}

// UseOAuthCode marks a code as used; false when somebody was faster.
func (tx *Tx) UseOAuthCode(hash string) (bool, error) {
	result := tx.db.Model(&OAuthCode{}).Where("code_hash = ? AND used_at = 0", hash).UpdateColumn("used_at", tx.Now())
	return result.RowsAffected > 0, translate(result.Error, "authorization code")
}

// PruneOAuthCodes removes codes that expired longer than keep ago.
func (tx *Tx) PruneOAuthCodes(keep time.Duration) error {
	return translate(tx.db.Where("expires_at < ?", tx.Now().Add(-keep)).Delete(&OAuthCode{}).Error, "authorization codes")
}

// CreateOAuthToken stores an access token.
func (tx *Tx) CreateOAuthToken(token *OAuthToken) error {
	token.ID, token.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(token).Error, "token")
}

// OAuthTokenByHash gives a token that was not revoked.
func (tx *Tx) OAuthTokenByHash(hash string) (*OAuthToken, error) {
	return first[OAuthToken](tx.db.Where("token_hash = ? AND revoked_at = 0", hash), "token")
}

// TokenHolder is a token with whom it speaks for. An app's own token has an empty account and an empty actor.
type TokenHolder struct {
	Token   OAuthToken
	App     OAuthApp
	Account Account
	Actor   Actor
}

// TokenHolder gives whom a token speaks for, unless it was revoked, in one statement: every request of a client asks.
func (tx *Tx) TokenHolder(hash string) (*TokenHolder, error) {
	found := &TokenHolder{}
	err := readTuple(tx.db, "token", `FROM oauth_token t JOIN oauth_app p ON p.id = t.app_id LEFT JOIN account c ON c.id = t.account_id
		LEFT JOIN actor a ON a.id = c.actor_id WHERE t.token_hash = ? AND t.revoked_at = 0`, []any{hash},
		map[string]any{"t": &found.Token, "p": &found.App, "c": &found.Account, "a": &found.Actor}, "t", "p", "c", "a")
	if err == nil && found.Token.AccountID != 0 && found.Actor.ID == 0 {
		err = Errorf(NotFound, "account not found")
	}
	return found, err
}

// RevokeOAuthToken ends a token.
func (tx *Tx) RevokeOAuthToken(hash string) error {
	err := tx.db.Model(&OAuthToken{}).Where("token_hash = ? AND revoked_at = 0", hash).UpdateColumn("revoked_at", tx.Now()).Error
	if err != nil {
		return translate(err, "token")
	}
	return tx.endAccess()
}

// RevokeOAuthTokensOfCode ends all tokens that a code gave: it was used twice, so somebody else has it.
func (tx *Tx) RevokeOAuthTokensOfCode(codeHash string) error {
	err := tx.db.Model(&OAuthToken{}).Where("code_hash = ? AND revoked_at = 0", codeHash).UpdateColumn("revoked_at", tx.Now()).Error
	if err != nil {
		return translate(err, "tokens")
	}
	return tx.endAccess()
}

// RevokeOAuthTokensOfAccount ends all tokens of an account, and the codes that could still become tokens, after its
// password changed.
func (tx *Tx) RevokeOAuthTokensOfAccount(accountID int64) error {
	if err := tx.db.Delete(&OAuthCode{}, "account_id = ? AND used_at = 0", accountID).Error; err != nil {
		return translate(err, "authorization codes")
	}
	err := tx.db.Model(&OAuthToken{}).Where("account_id = ? AND revoked_at = 0", accountID).UpdateColumn("revoked_at", tx.Now()).Error
	if err != nil {
		return translate(err, "tokens")
	}
	return tx.endAccess()
}

// TouchOAuthToken notes that a token was used.
func (tx *Tx) TouchOAuthToken(id int64) error {
	return translate(tx.db.Model(&OAuthToken{}).Where("id = ?", id).UpdateColumn("last_used_at", tx.Now()).Error, "token")
}
