package practice

import (
	"praxis/models"
)

// The letters to those who leave.
const (
	purposeLeaving  = "leaving"
	purposeRecovery = "recovery"
)

// leavingLetters writes what those who leave are owed: what they can do, and a code that they asked for.
func (s *Service) leavingLetters(tx *models.Tx, secret func() ([]byte, error)) ([]Letter, error) {
	leavings, err := tx.Leavings()
	if err != nil {
		return nil, err
	}
	var letters []Letter
	for i := range leavings {
		l := &leavings[i]
		if owed := l.LettersOwed(tx.Now()); l.Letters < owed && len(letters) < lettersAtOnce {
			letter, err := s.leavingLetter(tx, l, owed)
			if err != nil {
				return nil, err
			}
			if letter.To != "" { // else nobody can be written to
				letters = append(letters, letter)
			}
		}
	}
	codes, err := s.recoveryLetters(tx, secret)
	return append(letters, codes...), err
}

// leavingLetter goes to the member's own address, and to the organization's where there is no other.
func (s *Service) leavingLetter(tx *models.Tx, l *models.Leaving, number int64) (Letter, error) {
	account, actor, recovery, err := leaver(tx, l.AccountID)
	if err != nil {
		return Letter{}, err
	}
	until := l.Until.Time().Format("2 January 2006")
	return Letter{
		To: orElse(recovery.Email, account.Email), account: account.ID, purpose: purposeLeaving, token: format(number),
		Subject: "Your account at " + s.links.Host + " until " + until,
		Text: "You left the organization of " + s.links.Host + ", and @" + actor.Username + " can no longer be signed in to as before.\n\n" +
			"Until " + until + " you can take along what is yours, with your recovery code or with one that we send to this address:\n\n" +
			"- move to another server: your followers come along,\n" +
			"- fetch an archive of your posts and lists, and a signed record of what you contributed,\n" +
			"- delete posts of yours.\n\n" +
			"What you wrote stays where it is, under your name. After that day your profile says where you went, or that you left.\n",
	}, nil
}

func leaver(tx *models.Tx, accountID int64) (*models.Account, *models.Actor, *models.Recovery, error) {
	account, err := tx.Account(accountID)
	if err != nil {
		return nil, nil, nil, err
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return nil, nil, nil, err
	}
	recovery, err := tx.Recovery(accountID)
	return account, actor, recovery, err
}

func (s *Service) recoveryLetters(tx *models.Tx, secret func() ([]byte, error)) ([]Letter, error) {
	due, err := tx.RecoveriesDue(lettersAtOnce)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	key, err := secret()
	if err != nil {
		return nil, err
	}
	var letters []Letter
	for i := range due {
		account, actor, recovery, err := leaver(tx, due[i].AccountID)
		if err != nil {
			return nil, err
		}
		letters = append(letters, Letter{
			To: recovery.Email, account: account.ID, purpose: purposeRecovery, token: recovery.Token,
			Subject: "A code for your account at " + s.links.Host,
			Text: "Somebody wants to get at what @" + actor.Username + " has at " + s.links.Host + ".\n\n" +
				"If that was you, use this code within an hour:\n\n" + linkToken(key, purposeRecovery, account, recovery.Token) + "\n\n" +
				"If it was not you, do nothing.\n",
		})
	}
	return letters, nil
}

// leavingLetterSent notes that a letter of those above is on its way; false for a letter of another sort.
func leavingLetterSent(tx *models.Tx, letter Letter) (bool, error) {
	switch letter.purpose {
	case purposeLeaving:
		leaving, err := tx.LeavingIfAny(letter.account)
		if err != nil || leaving == nil {
			return true, err
		}
		leaving.Letters = max(leaving.Letters, number(letter.token))
		return true, tx.PutLeaving(leaving)
	case purposeRecovery:
		recovery, err := tx.Recovery(letter.account)
		if err != nil || recovery.Token != letter.token {
			return true, err
		}
		recovery.SentAt = tx.Now()
		return true, tx.PutRecovery(recovery)
	}
	return false, nil
}
