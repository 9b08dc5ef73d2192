package oauth

import (
	"context"
	"time"

	"praxis/models"
)

// RecoveryScope is what the token of somebody who left the organization has, and nothing else: no app can ask for it.
const RecoveryScope = "recovery"

// RecoveryLife is for how long such a token is good.
const RecoveryLife = 24 * time.Hour

// Recovers reports the token of somebody who left the organization, who may only take along what is theirs.
func (p *Principal) Recovers() bool {
	return p != nil && p.Token != nil && p.Token.Scopes == RecoveryScope
}

func (s *Server) isOver(p *Principal) bool {
	return p.Recovers() && s.store.Now().Sub(p.Token.CreatedAt.Time()) > RecoveryLife
}

// IssueRecovery gives a token for an account that was recovered (practice.Service.Recover).
func (s *Server) IssueRecovery(ctx context.Context, account *models.Account) (token string, err error) {
	token = newSecret()
	app := &models.OAuthApp{
		ClientID: newSecret(), ClientSecret: hashSecret(newSecret()), Name: "Recovery", RedirectURIs: outOfBand, Scopes: RecoveryScope,
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.CreateOAuthApp(app); err != nil {
			return err
		}
		return tx.CreateOAuthToken(&models.OAuthToken{
			TokenHash: hashSecret(token), AppID: app.ID, AccountID: account.ID, Scopes: app.Scopes,
		})
	})
	return token, err
}
