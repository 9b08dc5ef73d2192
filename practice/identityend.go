package practice

import (
	"context"
	"slices"
	"time"

	"praxis/models"
)

// SignedOut carries out what a provider says with a logout token: the sessions and tokens of the identity end. Seen is the id of
// the token and until when it could come again; of two with one id the second changes nothing. An identity that nobody has here
// is none of our business.
func (s *Service) SignedOut(ctx context.Context, issuer, subject, sid string, seen models.Pending) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		fresh, err := tx.PutPending(&seen)
		if err != nil || !fresh {
			return err
		}
		identity, err := tx.IdentityOf(issuer, subject)
		if subject == "" {
			identity, err = tx.IdentityOfSession(issuer, sid)
		}
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.endAccess(tx, identity.AccountID)
	})
}

// The reasons why somebody leaves.
const (
	LeftByDirectory = "the directory of the organization says so"
	LeftByAbsence   = "no word of the organization for too long"
)

// IdentityLeft carries out that an organization says somebody has left: sessions and tokens end, and unless another
// organization stands by them, the account begins to leave. The last admin stays one, without a session. Saying it again
// changes nothing.
func (s *Service) IdentityLeft(ctx context.Context, identityID int64, reason string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		identity, err := tx.Identity(identityID)
		if err != nil || identity.EndedAt != 0 {
			return err
		}
		identity.EndedAt, identity.RefreshToken = tx.Now(), ""
		if err := tx.SaveIdentity(identity); err != nil {
			return err
		}
		if err := s.auditIdentity(tx, identity, "identity.end", reason); err != nil {
			return err
		}
		if err := s.endAccess(tx, identity.AccountID); err != nil {
			return err
		}
		others, err := tx.IdentitiesOf(identity.AccountID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(others, func(other models.Identity) bool { return other.EndedAt == 0 }) {
			return nil
		}
		return s.leaveUnlessLast(tx, identity.AccountID, reason)
	})
}

// leaveUnlessLast lets an account leave; who alone administers the instance cannot, and that is for people to solve.
func (s *Service) leaveUnlessLast(tx *models.Tx, accountID int64, reason string) error {
	account, err := tx.Account(accountID)
	if err != nil {
		return err
	}
	last, err := isLastHead(tx, account, models.RoleMember)
	if err != nil {
		return err
	}
	if last {
		s.log.Warn("the last admin has left the organization and stays in office: make somebody else an admin", "account_id", accountID)
		return nil
	}
	return s.startLeaving(tx, accountID, reason)
}

// auditIdentity notes what became of an identity.
func (s *Service) auditIdentity(tx *models.Tx, identity *models.Identity, action string, after any) error {
	account, err := tx.Account(identity.AccountID)
	if err != nil {
		return err
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return err
	}
	return s.audit(tx, nil, action, s.about(actor), identity.Provider+" "+identity.Subject, after)
}

// IdentityBack takes it back that somebody has left, and with it the leaving that this began, if nobody moved meanwhile.
func (s *Service) IdentityBack(ctx context.Context, identityID int64) error {
	returns := int64(0)
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		returns = 0
		identity, err := tx.Identity(identityID)
		if err != nil || identity.EndedAt == 0 {
			return err
		}
		identity.EndedAt, identity.SeenAt = 0, tx.Now()
		if err := tx.SaveIdentity(identity); err != nil {
			return err
		}
		leaving, err := tx.Leaving(identity.AccountID)
		if err == nil && (leaving.Reason == LeftByDirectory || leaving.Reason == LeftByAbsence) {
			returns = identity.AccountID
		}
		if err != nil && !models.IsNotFound(err) {
			return err
		}
		return s.auditIdentity(tx, identity, "identity.back", nil)
	})
	if err != nil || returns == 0 {
		return err
	}
	if err := s.StopLeaving(ctx, returns); models.ErrorCode(err) != models.Conflict {
		return err
	}
	return nil // gone elsewhere already
}

// identitiesAtOnce is how many identities are looked at in one go.
const identitiesAtOnce = 50

// askEvery is how often a provider is asked whether it stands by somebody.
const askEvery = 24 * time.Hour

// Asking is an identity whose provider is to be asked, with the token to ask with.
type Asking struct {
	Identity models.Identity
	Token    string
}

// IdentitiesToAsk gives those whose provider was not heard of for a day.
func (s *Service) IdentitiesToAsk(ctx context.Context) ([]Asking, error) {
	var asking []Asking
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		asking = nil
		rows, err := tx.IdentitiesToAsk(tx.Now().Add(-askEvery), identitiesAtOnce)
		if err != nil {
			return err
		}
		box, err := s.tokenBox(tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			row.TriedAt = tx.Now()
			token, err := box.Open(row.RefreshToken, row.Issuer+"\n"+row.Subject)
			if err != nil {
				row.RefreshToken = "" // of another secret: it is of no use any more
			} else {
				asking = append(asking, Asking{row, token})
			}
			if err := tx.SaveIdentity(&row); err != nil {
				return err
			}
		}
		return nil
	})
	return asking, err
}

// IdentityStands notes that a provider stood by somebody, with the token to ask with the next time.
func (s *Service) IdentityStands(ctx context.Context, identityID int64, token string) error {
	return s.changeIdentity(ctx, identityID, func(tx *models.Tx, identity *models.Identity) error {
		box, err := s.tokenBox(tx)
		if err != nil {
			return err
		}
		identity.RefreshToken, identity.SeenAt = box.Seal(token, identity.Issuer+"\n"+identity.Subject), tx.Now()
		return nil
	})
}

// IdentityRefused notes that a provider takes the token no more: from now on only a sign-in counts as a word of it.
func (s *Service) IdentityRefused(ctx context.Context, identityID int64) error {
	return s.changeIdentity(ctx, identityID, func(_ *models.Tx, identity *models.Identity) error {
		identity.RefreshToken = ""
		return nil
	})
}

func (s *Service) changeIdentity(ctx context.Context, id int64, change func(*models.Tx, *models.Identity) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		identity, err := tx.Identity(id)
		if models.IsNotFound(err) {
			return nil // disconnected meanwhile
		}
		if err != nil {
			return err
		}
		if err := change(tx, identity); err != nil {
			return err
		}
		return tx.SaveIdentity(identity)
	})
}

// EndAbsent lets those leave by whom no provider stood for a time, and reports whether there were any.
func (s *Service) EndAbsent(ctx context.Context, after time.Duration) (bool, error) {
	absent, err := s.store.Read(ctx).IdentitiesAbsent(models.At(s.store.Now().Add(-after)), identitiesAtOnce)
	for _, identity := range absent {
		if err := s.IdentityLeft(ctx, identity.ID, LeftByAbsence); err != nil {
			return true, err
		}
	}
	return len(absent) > 0, err
}
