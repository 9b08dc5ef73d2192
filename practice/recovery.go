package practice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"praxis/models"
)

// recoveryFor is how long the code of a letter can be used.
const recoveryFor = time.Hour

// isInside reports an address of this instance's domain, or of that which the account signs in with.
func (s *Service) isInside(email, account string) bool {
	domain := strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
	own := strings.ToLower(account[strings.LastIndexByte(account, '@')+1:])
	host, _, _ := strings.Cut(s.links.Host, ":")
	return domain == own && own != "" || domain == host || strings.HasSuffix(domain, "."+host)
}

// MakeRecoveryCode gives a code with which the member gets at what is theirs after leaving. It is shown once, and takes the place
// of the one before.
func (s *Service) MakeRecoveryCode(ctx context.Context, actor *models.Actor) (string, error) {
	code := newRecoveryCode()
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		recovery, err := tx.Recovery(account.ID)
		if err != nil {
			return err
		}
		recovery.Code, recovery.CodeAt = hashRecoveryCode(code), tx.Now()
		return tx.PutRecovery(recovery)
	})
	return code, err
}

// newRecoveryCode makes a code that nobody guesses, in groups that people can copy from paper.
func newRecoveryCode() string {
	var raw [15]byte
	_, _ = rand.Read(raw[:]) // never fails
	text := strings.ToLower(base32.StdEncoding.EncodeToString(raw[:]))
	return strings.Join([]string{text[:6], text[6:12], text[12:18], text[18:]}, "-")
}

// hashRecoveryCode forgives how a code is typed: case, blanks and hyphens.
func hashRecoveryCode(code string) string {
	plain := strings.NewReplacer("-", "", " ", "").Replace(strings.ToLower(code))
	sum := sha256.Sum256([]byte("recovery\n" + plain))
	return hex.EncodeToString(sum[:])
}

// AskForRecovery sends whoever left and has the login a code to their own address. It tells nobody whether there is such an account
// (security case G9).
func (s *Service) AskForRecovery(ctx context.Context, login string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := s.alumnusByLogin(tx, login)
		if err != nil {
			return ignoreMissing(err)
		}
		recovery, err := tx.Recovery(account.ID)
		if err != nil || recovery.Email == "" {
			return err
		}
		if recovery.AskedAt != 0 && tx.Now().Since(recovery.AskedAt) < resendEvery {
			return nil
		}
		recovery.Token, recovery.AskedAt, recovery.SentAt = newNonce(), tx.Now(), 0
		s.pokeMail(tx)
		return tx.PutRecovery(recovery)
	})
}

// alumnusByLogin gives the account of who left and may recover it. Errors: NotFound.
func (s *Service) alumnusByLogin(tx *models.Tx, login string) (*models.Account, error) {
	account, err := tx.AccountByLogin(login, s.links.Host)
	if err != nil {
		return nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	if err == nil && (actor.LeftAt == 0 || actor.IsGone() || account.DisabledAt != 0) {
		err = models.Errorf(models.NotFound, "account not found")
	}
	return account, err
}

// Recover gives the account of who left, for the member's recovery code or one of a letter, which is good once. What they may do
// with it is export, move, name a destination and delete their own posts. Errors: Unauthorized, the same for every reason.
func (s *Service) Recover(ctx context.Context, login, code string) (*models.Account, error) {
	refused := models.Errorf(models.Unauthorized, "The name or the code is wrong, or the code is too old.")
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return nil, err
	}
	var account *models.Account
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err = s.alumnusByLogin(tx, login)
		if models.IsNotFound(err) {
			return refused
		}
		if err != nil {
			return err
		}
		recovery, err := tx.Recovery(account.ID)
		if err != nil {
			return err
		}
		if recovery.Code != "" && equal(recovery.Code, hashRecoveryCode(code)) {
			return nil
		}
		if recovery.Token == "" || tx.Now().Since(recovery.AskedAt) > recoveryFor ||
			!equal(linkToken(secret, purposeRecovery, account, recovery.Token), strings.TrimSpace(code)) {
			return refused
		}
		recovery.Token = ""
		return tx.PutRecovery(recovery)
	})
	if err != nil {
		return nil, err
	}
	return account, nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// number reads what format wrote; 0 for anything else.
func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
