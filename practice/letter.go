package practice

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"praxis/internal/password"
	"praxis/models"
)

// Letter is an e-mail that an account is owed. It is written anew from the account until it was sent, so that none is lost.
type Letter struct {
	To, Subject, Text string

	account int64
	purpose string
	token   string // what the account had when the letter was written
	row     int64  // the row of the letter, for those that have one
}

// Key tells a letter from all others.
func (l Letter) Key() string {
	return l.purpose + " " + format(l.account) + " " + l.token + " " + format(l.row)
}

// The purposes of letters.
const (
	purposeConfirm  = "confirm"
	purposePassword = "password"
)

// How long the links in letters can be used.
const (
	confirmFor  = 7 * 24 * time.Hour
	passwordFor = time.Hour
)

func newNonce() string {
	raw := make([]byte, 18)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func isEmail(address string) bool {
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Address == address && len(address) <= maxEmail && strings.Contains(address, "@") &&
		!strings.ContainsFunc(address, func(c rune) bool { return unicode.IsControl(c) || unicode.IsSpace(c) })
}

// OnLetter sets what is called when a letter is due. Call it before any verb.
func (s *Service) OnLetter(poke func()) { s.letterDue = poke }

func (s *Service) pokeMail(tx *models.Tx) {
	if s.letterDue != nil {
		tx.AfterCommit(s.letterDue)
	}
}

// lettersAtOnce is how many letters are written in one go.
const lettersAtOnce = 50

// Letters writes all letters that are due.
func (s *Service) Letters(ctx context.Context) ([]Letter, error) {
	tx := s.store.Read(ctx)
	letters, err := s.owedLetters(tx)
	if err != nil {
		return nil, err
	}
	leaving, err := s.leavingLetters(tx, func() ([]byte, error) { return s.letterSecret(ctx) })
	if err != nil {
		return nil, err
	}
	partners, err := s.partnerLetters(tx)
	if err != nil {
		return nil, err
	}
	letters = slices.Concat(letters, leaving, partners)
	accounts, err := tx.LettersDue(lettersAtOnce)
	if err != nil || len(accounts) == 0 {
		return letters, err
	}
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return nil, err
	}
	for i := range accounts {
		linked, err := s.lettersWithLinks(tx, secret, &accounts[i])
		if err != nil {
			return nil, err
		}
		letters = append(letters, linked...)
	}
	return letters, nil
}

// lettersWithLinks writes those that the columns of an account say.
func (s *Service) lettersWithLinks(tx *models.Tx, secret []byte, account *models.Account) ([]Letter, error) {
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return nil, err
	}
	var letters []Letter
	for _, due := range []struct {
		purpose, path, token string
		sent                 models.Timestamp
	}{
		{purposeConfirm, "/auth/confirmation", account.EmailToken, account.EmailSentAt},
		{purposePassword, "/auth/password/new", account.ResetToken, account.ResetSentAt},
	} {
		if due.token == "" || due.sent != 0 {
			continue
		}
		link := s.links.Base + due.path + "?token=" + linkToken(secret, due.purpose, account, due.token)
		subject, text, err := s.letterTexts.write(due.purpose, s.links.Host, map[string]string{"username": actor.Username, "link": link})
		if err != nil {
			return nil, fmt.Errorf("write the letter %s: %w", due.purpose, err)
		}
		letters = append(letters, Letter{To: account.Email, Subject: subject, Text: text, account: account.ID, purpose: due.purpose, token: due.token})
	}
	return letters, nil
}

// letterSecret keys the links, by the instance's secret for this one purpose.
func (s *Service) letterSecret(ctx context.Context) ([]byte, error) {
	var secret []byte
	err := s.store.Tx(ctx, func(tx *models.Tx) (err error) {
		secret, err = tx.Secret()
		return err
	})
	return secret, err
}

// linkToken is what a link carries: the account, and what nobody can make who does not hold the secret. It is good as long
// as the account has the same token, so once.
func linkToken(secret []byte, purpose string, account *models.Account, token string) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "letter\n%s\n%d\n%s\n%s", purpose, account.ID, strings.ToLower(account.Email), token)
	return format(account.ID) + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// LetterSent notes that a letter is on its way, or was given up.
func (s *Service) LetterSent(ctx context.Context, letter Letter) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if strings.HasPrefix(letter.purpose, purposePartner) {
			return s.partnerLetterSent(tx, letter)
		}
		if letter.row != 0 {
			return tx.DeleteLetter(letter.row)
		}
		if done, err := leavingLetterSent(tx, letter); done || err != nil {
			return err
		}
		return tx.MarkLetterSent(letter.account, letter.token)
	})
}

// accountOfLink gives the account that a link was made for. Errors: NotFound for a link that is wrong, used or over.
func (s *Service) accountOfLink(ctx context.Context, purpose, token string) (*models.Account, error) {
	over := models.Errorf(models.NotFound, "This link is wrong, was used already, or is too old. Ask for a new one.")
	number, _, _ := strings.Cut(token, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, over
	}
	secret, err := s.letterSecret(ctx)
	if err != nil {
		return nil, err
	}
	account, err := s.store.Read(ctx).Account(id)
	if models.IsNotFound(err) {
		return nil, over
	}
	if err != nil {
		return nil, err
	}
	nonce, sent, life := account.EmailToken, account.EmailSentAt, confirmFor
	if purpose == purposePassword {
		nonce, sent, life = account.ResetToken, account.ResetAskedAt, passwordFor
	}
	if nonce == "" || subtle.ConstantTimeCompare([]byte(token), []byte(linkToken(secret, purpose, account, nonce))) != 1 {
		return nil, over
	}
	if sent != 0 && s.store.Now().Sub(sent.Time()) > life {
		return nil, over
	}
	return account, nil
}

// ConfirmationOf gives the account that a link for confirming was made for. Errors: NotFound.
func (s *Service) ConfirmationOf(ctx context.Context, token string) (*models.Account, error) {
	return s.accountOfLink(ctx, purposeConfirm, token)
}

// ConfirmByLink confirms the address that a link was sent to, and gives the account. Errors: NotFound.
func (s *Service) ConfirmByLink(ctx context.Context, token string) (*models.Account, error) {
	account, err := s.accountOfLink(ctx, purposeConfirm, token)
	if err != nil {
		return nil, err
	}
	if err := s.Confirm(ctx, account.ActorID); err != nil {
		return nil, err
	}
	return s.store.Read(ctx).Account(account.ID)
}

// resendEvery is how long somebody waits for the next letter.
const resendEvery = time.Minute

// ResendConfirmation sends the letter again, to another address unless email is "". Errors: Forbidden when the address is
// confirmed; Refusals for an address that cannot be; RateLimited for who asks too often.
func (s *Service) ResendConfirmation(ctx context.Context, accountID int64, email string) error {
	email = strings.TrimSpace(email)
	if email != "" && !isEmail(email) {
		return Refusals{{"email", "ERR_INVALID", "is not a valid e-mail address"}}
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		if account.ConfirmedAt != 0 {
			return models.Errorf(models.Forbidden, "This method is only available while the e-mail is awaiting confirmation")
		}
		if account.EmailSentAt != 0 && tx.Now().Time().Sub(account.EmailSentAt.Time()) < resendEvery {
			return models.Errorf(models.RateLimited, "A letter was sent a moment ago: look for it, and ask again in a minute.")
		}
		if email != "" && !strings.EqualFold(email, account.Email) {
			if err := tx.LockSignUps(); err != nil {
				return err
			}
			refused, err := s.checkAddress(tx, email, account.ID)
			if err != nil {
				return err
			}
			if refused != nil {
				return refusedAddress(*refused)
			}
			account.Email = email
		}
		account.EmailToken, account.EmailSentAt = newNonce(), 0
		s.pokeMail(tx)
		return tx.SaveAccount(account)
	})
}

func refusedAddress(refused Refusal) error {
	if refused.Code == errNeedsApproval {
		refused.Code, refused.Description = "ERR_BLOCKED", "is of a provider that is not allowed here"
	}
	return Refusals{refused}
}

// AskForPassword sends whoever has the login a letter with which to set a new password. It tells nobody whether there is
// such an account (security case G9).
func (s *Service) AskForPassword(ctx context.Context, login string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByLogin(login, s.links.Host)
		if models.IsNotFound(err) || (err == nil && (account.Email == "" || account.DisabledAt != 0)) {
			return nil
		}
		if err != nil {
			return err
		}
		if account.ResetAskedAt != 0 && tx.Now().Time().Sub(account.ResetAskedAt.Time()) < resendEvery {
			return nil
		}
		account.ResetToken, account.ResetAskedAt, account.ResetSentAt = newNonce(), tx.Now(), 0
		s.pokeMail(tx)
		return tx.SaveAccount(account)
	})
}

// SendPasswordLink sends a member a letter with which to set a new password, since who looks after the instance wants so.
// Errors: Forbidden; Invalid for who has no e-mail address; RateLimited.
func (s *Service) SendPasswordLink(ctx context.Context, moderator *models.Actor, actorID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, moderator, models.PermitUserAccess); err != nil {
			return err
		}
		account, err := tx.AccountByActor(actorID)
		switch {
		case err != nil:
			return err
		case account.Email == "":
			return invalid("", "This account has no e-mail address: set a new password with praxis user password.")
		case account.DisabledAt != 0:
			return models.Errorf(models.Conflict, "This account is disabled: let it sign in again first.")
		case account.ResetAskedAt != 0 && tx.Now().Time().Sub(account.ResetAskedAt.Time()) < resendEvery:
			return models.Errorf(models.RateLimited, "A letter was sent a moment ago: ask again in a minute.")
		}
		account.ResetToken, account.ResetAskedAt, account.ResetSentAt = newNonce(), tx.Now(), 0
		s.pokeMail(tx)
		if err := tx.SaveAccount(account); err != nil {
			return err
		}
		actor, err := tx.Actor(actorID)
		if err != nil {
			return err
		}
		return s.audit(tx, moderator, "account.send_password_link", s.about(actor), nil, nil)
	})
}

// PasswordLinkOf gives the account that a link for a new password was made for. Errors: NotFound.
func (s *Service) PasswordLinkOf(ctx context.Context, token string) (*models.Account, error) {
	return s.accountOfLink(ctx, purposePassword, token)
}

// SetPasswordByLink sets the password of the account that a link was sent to, which ends its sessions and tokens; the link
// is good once. Errors: NotFound for the link, Invalid for the password.
func (s *Service) SetPasswordByLink(ctx context.Context, token, plain string, hashing password.Params) error {
	account, err := s.accountOfLink(ctx, purposePassword, token)
	if err != nil {
		return err
	}
	hash, err := password.Hash(plain, hashing)
	if err != nil {
		return invalid("password", "%s", err.Error())
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Account(account.ID)
		if err != nil {
			return err
		}
		if current.ResetToken != account.ResetToken {
			return models.Errorf(models.NotFound, "This link was used already. Ask for a new one.")
		}
		current.PasswordHash, current.ResetToken = hash, ""
		if err := tx.SaveAccount(current); err != nil {
			return err
		}
		if err := tx.DeleteWebSessionsOf(current.ID); err != nil {
			return err
		}
		return tx.RevokeOAuthTokensOfAccount(current.ID)
	})
}
