package oauth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// newSecret gives 32 random bytes as 43 characters of base64url: what tokens, codes and client secrets are.
func newSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: it ends the process instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

// hashSecret gives what is stored of a secret. A plain hash will do, since nobody can guess 32 random bytes.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// matches reports whether secret has the stored hash, in a time that does not tell how much of it was right.
func matches(secret, hash string) bool {
	return hash != "" && subtle.ConstantTimeCompare([]byte(hashSecret(secret)), []byte(hash)) == 1
}
