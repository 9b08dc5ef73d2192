package practice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"praxis/internal/seal"
	"praxis/models"
)

// Codes by time as all apps make them (RFC 6238): six digits, each for half a minute. One before and one after count, too, for
// clocks that are not quite right.
const (
	codePeriod = 30 * time.Second
	codeSkew   = 1
)

var codeOptions = hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

// recoveryCodes is how many of them one gets.
const recoveryCodes = 10

func (s *Service) codeBox(tx *models.Tx) (*seal.Box, error) {
	secret, err := tx.Secret()
	if err != nil {
		return nil, err
	}
	return seal.New(secret, "codes by time")
}

// stepOf gives the step of time whose code somebody typed; 0 for a wrong code.
func stepOf(secret, code string, now time.Time) int64 {
	current := now.Unix() / int64(codePeriod/time.Second)
	for step := current - codeSkew; step <= current+codeSkew; step++ {
		if right, err := hotp.ValidateCustom(code, uint64(step), secret, codeOptions); err == nil && right {
			return step
		}
	}
	return 0
}

// AddCode lets an account sign in with codes of an app that has secret, once a code shows that it has. It gives the recovery
// codes, which are shown once; none when there are some already. Errors: Invalid for a wrong code.
func (s *Service) AddCode(ctx context.Context, accountID int64, secret, code string) ([]string, error) {
	step := stepOf(secret, strings.Join(strings.Fields(code), ""), s.store.Now())
	if step == 0 {
		return nil, invalid("code", "This code is wrong. Check that the clock of your device is right, and type the code that the app shows now.")
	}
	return s.changeFactors(ctx, accountID, "codes by time were set up", func(tx *models.Tx) error {
		box, err := s.codeBox(tx)
		if err != nil {
			return err
		}
		return tx.PutOneTimeCode(&models.OneTimeCode{AccountID: accountID, Secret: box.Seal(secret, format(accountID)), LastStep: step})
	})
}

// AddPasskey lets an account sign in with a passkey that was checked. The codes are as those of AddCode.
func (s *Service) AddPasskey(ctx context.Context, key *models.Passkey) ([]string, error) {
	key.Name = cutRunes(strings.TrimSpace(key.Name), 60)
	if key.Name == "" {
		key.Name = "Passkey"
	}
	return s.changeFactors(ctx, key.AccountID, "a passkey was added", func(tx *models.Tx) error { return tx.PutPasskey(key) })
}

// RemoveCode takes the codes by time from an account.
func (s *Service) RemoveCode(ctx context.Context, accountID int64) error {
	_, err := s.changeFactors(ctx, accountID, "codes by time were removed", func(tx *models.Tx) error { return tx.DeleteOneTimeCode(accountID) })
	return err
}

// RemovePasskey takes a passkey from an account. Errors: NotFound.
func (s *Service) RemovePasskey(ctx context.Context, accountID, id int64) error {
	_, err := s.changeFactors(ctx, accountID, "a passkey was removed", func(tx *models.Tx) error {
		found, err := tx.DeletePasskey(accountID, id)
		if err == nil && !found {
			return models.Errorf(models.NotFound, "passkey not found")
		}
		return err
	})
	return err
}

// NewRecoveryCodes gives an account new recovery codes in the place of those before.
func (s *Service) NewRecoveryCodes(ctx context.Context, accountID int64) ([]string, error) {
	return s.changeFactors(ctx, accountID, "new recovery codes were made", func(tx *models.Tx) error {
		return tx.PutRecoveryCodes(accountID, nil)
	})
}

// ResetFactors takes all second factors from a member who lost them, for the command line.
func (s *Service) ResetFactors(ctx context.Context, actor *models.Actor) error {
	account, err := s.store.Read(ctx).AccountByActor(actor.ID)
	if err != nil {
		return err
	}
	_, err = s.changeFactors(ctx, account.ID, "an administrator removed the second factors", func(tx *models.Tx) error {
		if err := tx.DeletePasskeysOf(account.ID); err != nil {
			return err
		}
		if err := tx.DeleteOneTimeCode(account.ID); err != nil {
			return err
		}
		return s.audit(tx, nil, "account.factors_reset", s.about(actor), nil, nil)
	})
	return err
}

// changeFactors changes what an account signs in with: its sessions and tokens end (security case G8), its owner gets a letter,
// and recovery codes are made for the first factor and go with the last.
func (s *Service) changeFactors(ctx context.Context, accountID int64, what string, change func(*models.Tx) error) ([]string, error) {
	var fresh []string
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		fresh = nil
		account, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		factors, err := tx.Factors(accountID)
		if err != nil {
			return err
		}
		if fresh, err = settleRecovery(tx, accountID, factors); err != nil {
			return err
		}
		if err := s.endAccess(tx, accountID); err != nil {
			return err
		}
		return s.tellChange(tx, account, what)
	})
	return fresh, err
}

func settleRecovery(tx *models.Tx, accountID int64, factors models.Factors) ([]string, error) {
	switch {
	case !factors.Any():
		return nil, tx.PutRecoveryCodes(accountID, nil)
	case factors.Recovery > 0:
		return nil, nil
	}
	codes, hashes := make([]string, recoveryCodes), make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newSpareCode()
		hashes[i] = hashSpareCode(codes[i])
	}
	return codes, tx.PutRecoveryCodes(accountID, hashes)
}

// newSpareCode makes a code of 80 bits, so that a plain hash of it tells nothing.
func newSpareCode() string {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // never fails
	code := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:]
}

func hashSpareCode(code string) string {
	plain := strings.Map(func(c rune) rune {
		if c == '-' || c == ' ' {
			return -1
		}
		return c
	}, strings.ToLower(code))
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// UseCode checks a code by time or a recovery code. Each counts once (RFC 6238 section 5.2). Errors: Unauthorized.
func (s *Service) UseCode(ctx context.Context, accountID int64, code string) error {
	code = strings.Join(strings.Fields(code), "") // apps show codes in two halves
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		wrong := models.Errorf(models.Unauthorized, "This code is wrong or was used already. Wait for the next one.")
		if len(code) > 6 {
			used, err := tx.UseRecoveryCode(accountID, hashSpareCode(code))
			if err == nil && !used {
				err = wrong
			}
			return err
		}
		factors, err := tx.Factors(accountID)
		if err != nil || factors.Code == nil {
			if err == nil {
				err = wrong
			}
			return err
		}
		box, err := s.codeBox(tx)
		if err != nil {
			return err
		}
		secret, err := box.Open(factors.Code.Secret, format(accountID))
		if err != nil {
			return err
		}
		step := stepOf(secret, code, tx.Now().Time())
		if step == 0 {
			return wrong
		}
		fresh, err := tx.UseStep(accountID, step)
		if err == nil && !fresh {
			err = wrong
		}
		return err
	})
}

// tellChange writes a member that how they sign in has changed.
func (s *Service) tellChange(tx *models.Tx, account *models.Account, what string) error {
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return err
	}
	return s.oweLetter(tx, account, "factor", map[string]string{"username": actor.Username, "change": what, "time": s.moment()})
}
