package practice

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"

	"praxis/internal/seal"
	"praxis/models"
)

// directorySetting is where the hash of a directory's token stands.
func directorySetting(provider string) string { return "scim_token/" + provider }

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// NewDirectoryToken makes the token with which a provider's directory says who belongs to it (SCIM), in the place of the one
// before. Errors: NotFound for a provider that is not in the settings.
func (s *Service) NewDirectoryToken(ctx context.Context, provider string) (string, error) {
	if s.Provider(provider) == nil {
		return "", models.Errorf(models.NotFound, "there is no provider %q in oidc_providers", provider)
	}
	token := seal.Random()
	return token, s.putDirectoryToken(ctx, provider, hashToken(token))
}

// DropDirectoryToken takes it away.
func (s *Service) DropDirectoryToken(ctx context.Context, provider string) error {
	return s.putDirectoryToken(ctx, provider, "")
}

func (s *Service) putDirectoryToken(ctx context.Context, provider, hash string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.PutSetting(directorySetting(provider), hash); err != nil {
			return err
		}
		return s.audit(tx, nil, "scim.token", named(provider), nil, map[string]bool{"on": hash != ""})
	})
}

// DirectoryOf gives the provider whose directory has a token; nil for none.
func (s *Service) DirectoryOf(ctx context.Context, token string) (*Provider, error) {
	if token == "" {
		return nil, nil
	}
	given := hashToken(token)
	for i := range s.providers {
		kept, err := s.store.Read(ctx).Setting(directorySetting(s.providers[i].Key))
		if err != nil {
			return nil, err
		}
		if kept != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(given)) == 1 {
			return &s.providers[i], nil
		}
	}
	return nil, nil
}
