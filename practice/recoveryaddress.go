package practice

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"praxis/models"
)

// purposeAddress is the letter by which a member confirms an address for recovery, and what keys its link.
const purposeAddress = "recovery-address"

// SetRecoveryEmail sends a letter to the member's own address, which outlasts the organization's and counts once the link in the
// letter was followed; "" takes the address away at once. Errors: Invalid for what is no address, and for one of the organization.
func (s *Service) SetRecoveryEmail(ctx context.Context, actor *models.Actor, email string) error {
	email = strings.TrimSpace(email)
	if email != "" && !isEmail(email) {
		return invalid("email", "Validation failed: %q is not a valid e-mail address", cutRunes(email, 80))
	}
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		if email != "" && s.isInside(email, account.Email) {
			return invalid("email", "Validation failed: this address is the organization's, and ends with your time there: give one of your own")
		}
		recovery, err := tx.Recovery(account.ID)
		if err != nil {
			return err
		}
		if email == "" {
			return putRecoveryEmail(tx, recovery, "")
		}
		if email == recovery.Email {
			return nil
		}
		asked := addressLink{account.ID, email, tx.Now().Add(confirmFor)}
		return s.oweAddressLetter(tx, actor, email, s.links.Base+"/auth/recovery/address?token="+asked.token(secret, recovery.Email))
	})
}

func putRecoveryEmail(tx *models.Tx, recovery *models.Recovery, email string) error {
	recovery.Email, recovery.Token, recovery.AskedAt, recovery.SentAt = email, "", 0, 0
	return tx.PutRecovery(recovery)
}

// oweAddressLetter makes the letter due that the address is confirmed by. One at a time: who asks again before it was sent gets no
// second one.
func (s *Service) oweAddressLetter(tx *models.Tx, actor *models.Actor, email, link string) error {
	account, err := tx.AccountByActor(actor.ID)
	if err != nil {
		return err
	}
	if err := tx.DeleteLettersNamed(account.ID, purposeAddress); err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]string{"username": actor.Username, "link": link, letterTo: email})
	if err != nil {
		return err
	}
	s.pokeMail(tx)
	return tx.PutLetter(&models.Letter{AccountID: account.ID, Name: purposeAddress, Data: string(raw)})
}

// addressLink is what the link of such a letter says. It is stored nowhere: the link carries it, keyed.
type addressLink struct {
	account int64
	email   string
	until   models.Timestamp
}

// token writes a link that is good while the address of now is the one that it was made at, so once.
func (l addressLink) token(secret []byte, now string) string {
	said := strings.Join([]string{format(l.account), base64.RawURLEncoding.EncodeToString([]byte(l.email)), format(int64(l.until))}, ".")
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "letter\n%s\n%s\n%s", purposeAddress, said, now)
	return said + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// readAddressLink reads what a link says, which nothing vouches for yet.
func readAddressLink(token string) (l addressLink, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 4 || len(token) > 2000 {
		return l, false
	}
	email, err := base64.RawURLEncoding.DecodeString(parts[1])
	until, wrong := strconv.ParseInt(parts[2], 10, 64)
	return addressLink{number(parts[0]), string(email), models.Timestamp(until)}, err == nil && wrong == nil
}

// addressOf gives what a good link says, and the recovery that it is about.
func addressOf(tx *models.Tx, secret []byte, token string) (l addressLink, recovery *models.Recovery, err error) {
	over := models.Errorf(models.NotFound, "This link is wrong, was used already, or is too old. Give the address again in your settings.")
	l, ok := readAddressLink(token)
	if !ok {
		return l, nil, over
	}
	account, err := tx.Account(l.account)
	if models.IsNotFound(err) || err == nil && account.DisabledAt != 0 {
		return l, nil, over
	}
	if err != nil {
		return l, nil, err
	}
	if recovery, err = tx.Recovery(account.ID); err != nil {
		return l, nil, err
	}
	if !equal(l.token(secret, recovery.Email), token) || tx.Now() > l.until {
		return l, nil, over
	}
	return l, recovery, nil
}

// RecoveryAddressOf gives the address that a link was made for. Errors: NotFound for one that is wrong, used or over.
func (s *Service) RecoveryAddressOf(ctx context.Context, token string) (string, error) {
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return "", err
	}
	link, _, err := addressOf(s.store.Read(ctx), secret, token)
	return link.email, err
}

// ConfirmRecoveryAddress makes an address count for recovery. Errors: as RecoveryAddressOf.
func (s *Service) ConfirmRecoveryAddress(ctx context.Context, token string) error {
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		link, recovery, err := addressOf(tx, secret, token)
		if err != nil {
			return err
		}
		return putRecoveryEmail(tx, recovery, link.email)
	})
}
