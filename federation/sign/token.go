package sign

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"praxis/federation/vocab"
)

// Actor tokens (FEP-db0e): a Group says of the actor of a server that somebody there is a member, for a short time. It counts only
// beside a signature of that very actor, so that nobody else can use it.
const (
	// TokenLife is how long a token of ours counts. Nothing takes one back before.
	TokenLife    = 30 * time.Minute
	maxTokenLife = 2 * time.Hour
	// tokenSlack is how far the clock of who issued a token may be off.
	tokenSlack = 5 * time.Minute
	tokenWord  = "ActivityPubActorToken"

	maxToken        = 8 << 10
	maxTokenMembers = 16
	tokenRSA        = "rsa-sha256"
	tokenEd25519    = "ed25519"
)

// Token is what a token says.
type Token struct {
	Issuer     string // the Group
	Actor      string // for whom it is
	IssuedAt   time.Time
	ValidUntil time.Time
}

// tokenSignature is one signature of a token.
type tokenSignature struct {
	Algorithm string `json:"algorithm"`
	KeyID     string `json:"keyId"`
	Signature string `json:"signature"`
}

// writtenToken is a token on the wire.
type writtenToken struct {
	Issuer     string           `json:"issuer"`
	Actor      string           `json:"actor"`
	IssuedAt   string           `json:"issuedAt"`
	ValidUntil string           `json:"validUntil"`
	Signatures []tokenSignature `json:"signatures"`
}

// IssueToken writes a token, signed by both keys of its issuer: the RSA one is what FEP-db0e asks for, the Ed25519 one is what our own
// software looks at first.
func (k *Keys) IssueToken(t Token, rsaKeyID, ed25519KeyID string) ([]byte, error) {
	w := writtenToken{
		Issuer: t.Issuer, Actor: t.Actor, IssuedAt: t.IssuedAt.UTC().Format(time.RFC3339Nano), ValidUntil: t.ValidUntil.UTC().Format(time.RFC3339Nano),
	}
	source := tokenSource(map[string]string{"issuer": w.Issuer, "actor": w.Actor, "issuedAt": w.IssuedAt, "validUntil": w.ValidUntil})
	if k.RSA != nil {
		sum := sha256.Sum256(source)
		signature, err := rsa.SignPKCS1v15(rand.Reader, k.RSA, crypto.SHA256, sum[:])
		if err != nil {
			return nil, fmt.Errorf("sign a token: %w", err)
		}
		w.Signatures = append(w.Signatures, tokenSignature{tokenRSA, rsaKeyID, base64.StdEncoding.EncodeToString(signature)})
	}
	if k.Ed25519Public() != nil && ed25519KeyID != "" {
		signature := ed25519.Sign(k.Ed25519, source)
		w.Signatures = append(w.Signatures, tokenSignature{tokenEd25519, ed25519KeyID, base64.StdEncoding.EncodeToString(signature)})
	}
	return plainJSON(w)
}

// tokenSource is what is signed of a token: its members but the signatures, one a line, sorted.
func tokenSource(members map[string]string) []byte {
	lines := make([]string, 0, len(members))
	for name, value := range members {
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, "\n"))
}

// ParseToken reads a token as it came. What it says is worth nothing before Verifier.Token.
func ParseToken(raw []byte) (Token, error) {
	t, _, _, err := readToken(raw)
	return t, err
}

// readToken gives what a token says, what is signed of it, and its signatures.
func readToken(raw []byte) (Token, []byte, []tokenSignature, error) {
	members, signatures, err := openToken(raw)
	if err != nil {
		return Token{}, nil, nil, err
	}
	t := Token{Issuer: members["issuer"], Actor: members["actor"]}
	if t.Issuer == "" || t.Actor == "" {
		return Token{}, nil, nil, errors.New("the token does not say by whom and for whom it is")
	}
	if t.IssuedAt, err = time.Parse(time.RFC3339, members["issuedAt"]); err == nil {
		t.ValidUntil, err = time.Parse(time.RFC3339, members["validUntil"])
	}
	if err != nil {
		return Token{}, nil, nil, errors.New("the token does not say from when and until when it counts")
	}
	return t, tokenSource(members), signatures, nil
}

func openToken(raw []byte) (map[string]string, []tokenSignature, error) {
	if len(raw) > maxToken {
		return nil, nil, fmt.Errorf("the token is longer than %d bytes", maxToken)
	}
	if err := vocab.Check(raw); err != nil {
		return nil, nil, err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil || len(all) > maxTokenMembers {
		return nil, nil, errors.New("the token is no object of a few members")
	}
	var signatures []tokenSignature
	if err := json.Unmarshal(all["signatures"], &signatures); err != nil {
		return nil, nil, errors.New("the token has no signatures")
	}
	delete(all, "signatures")
	members := make(map[string]string, len(all))
	for name, value := range all {
		var text string
		if json.Unmarshal(value, &text) != nil || strings.ContainsAny(name+text, "\r\n") { // one line could be read as two
			return nil, nil, fmt.Errorf("the member %.40q of the token is no line of text", name)
		}
		members[name] = text
	}
	return members, signatures, nil
}

// TokenHeader gives what a request brings with it to show a token; SentToken reads that, "" for a request without one.
func TokenHeader(token []byte) string { return tokenWord + " " + string(token) }

// SentToken gives the token that a request shows; nil for none.
func SentToken(r *http.Request) []byte {
	word, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(word, tokenWord) {
		return nil
	}
	return []byte(strings.TrimSpace(token))
}

// Token judges a token that an actor shows, who signed the request. Errors are *Error. The caller must still ask whether the issuer has
// a say in what is asked for.
func (v *Verifier) Token(ctx context.Context, raw []byte, shownBy string) (Token, error) {
	t, source, signatures, err := readToken(raw)
	if err != nil {
		return Token{}, denied(ReasonToken, "%w", err)
	}
	if t.Actor != shownBy {
		return Token{}, denied(ReasonToken, "the token is for %.200s, and %.200s shows it", t.Actor, shownBy)
	}
	if err := v.checkTokenTime(t); err != nil {
		return Token{}, err
	}
	claimed, err := v.claimToken(t, source, signatures)
	if err != nil {
		return Token{}, err
	}
	key, err := v.key(ctx, claimed.keyID, false)
	if err != nil {
		return Token{}, err
	}
	if err := claimed.check(key.Public); err != nil {
		if key, err = v.again(ctx, claimed, key, err); err != nil {
			return Token{}, err
		}
	}
	if key.Owner != t.Issuer {
		return Token{}, denied(ReasonOwner, "the key of the token is %.200s's", key.Owner)
	}
	return t, nil
}

func (v *Verifier) checkTokenTime(t Token) error {
	now := v.cfg.Now()
	switch life := t.ValidUntil.Sub(t.IssuedAt); {
	case life <= 0 || life > maxTokenLife:
		return denied(ReasonToken, "the token counts for %s, and at most %s are allowed", life, maxTokenLife)
	case t.IssuedAt.After(now.Add(tokenSlack)):
		return denied(ReasonFuture, "the token counts only from %s", t.IssuedAt.UTC().Format(time.RFC3339))
	case t.ValidUntil.Before(now.Add(-tokenSlack)):
		return denied(ReasonExpired, "the token is over since %s", t.ValidUntil.UTC().Format(time.RFC3339))
	}
	return nil
}

// claimToken finds the signature that counts: the one by an Ed25519 key where there is one.
func (v *Verifier) claimToken(t Token, source []byte, signatures []tokenSignature) (*claim, error) {
	for _, algorithm := range []string{tokenEd25519, tokenRSA} {
		i := slices.IndexFunc(signatures, func(s tokenSignature) bool { return s.Algorithm == algorithm })
		if i < 0 {
			continue
		}
		keyID, err := v.keyIRI(signatures[i].KeyID)
		if err != nil {
			return nil, err
		}
		if issuer, err := vocab.ParseIRI(t.Issuer); err != nil || issuer.Origin() != keyID.Origin() {
			return nil, denied(ReasonOwner, "the key of the token is not on the host of its issuer")
		}
		signature, err := base64.StdEncoding.DecodeString(signatures[i].Signature)
		if err != nil {
			return nil, denied(ReasonToken, "the signature of the token is not base64")
		}
		return &claim{keyID: keyID, check: func(public crypto.PublicKey) error { return checkToken(public, algorithm, source, signature) }}, nil
	}
	return nil, denied(ReasonToken, "the token has no signature of a kind that is known here")
}

func checkToken(public crypto.PublicKey, algorithm string, source, signature []byte) error {
	good := false
	switch key := public.(type) {
	case ed25519.PublicKey:
		good = algorithm == tokenEd25519 && ed25519.Verify(key, source, signature)
	case *rsa.PublicKey:
		sum := sha256.Sum256(source)
		good = algorithm == tokenRSA && rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature) == nil
	}
	if !good {
		return denied(ReasonSignature, "the signature of the token is not the key's, or the token was changed")
	}
	return nil
}
