package outbox

import (
	"fmt"

	"praxis/federation/sign"
	"praxis/models"
)

// IssuesTokens reports a community whose members' servers need to show elsewhere that they are such (FEP-db0e).
func IssuesTokens(c *models.Community) bool {
	return c != nil && (c.Class == models.ClassMembers || c.Class == models.ClassPartners)
}

// ActorToken gives an actor of another server a token of a community of ours. The caller has to know that it may have one.
func (w *Writer) ActorToken(tx *models.Tx, community *models.Actor, reader string) ([]byte, error) {
	stored, err := tx.ActorKey(community.ID)
	if err != nil {
		return nil, err
	}
	keys, err := sign.DecodePrivateKeys(stored.RSAPEM, stored.Ed25519Seed)
	if err != nil {
		return nil, fmt.Errorf("read the keys of %s: %w", community.Handle, err)
	}
	now := tx.Now().Time()
	token := sign.Token{Issuer: community.URI, Actor: reader, IssuedAt: now, ValidUntil: now.Add(sign.TokenLife)}
	return keys.IssueToken(token, community.PublicKeyID, community.Ed25519KeyID)
}
