package practice

import (
	"context"

	"praxis/models"
)

// QuoteAsk is the request of a remote actor to quote a post of ours.
type QuoteAsk struct {
	Actor  *models.Actor
	Quoted *models.Post
	// Quoting is the post that quotes; nil when it is not here, because it need not be for a refusal.
	Quoting    *models.Post
	QuotingURI string
	URI        string // of the request
}

// MayQuote says how a post's policy applies to an actor. Errors: NotFound when they may not read it.
func (s *Service) MayQuote(ctx context.Context, actor *models.Actor, post *models.Post) (string, error) {
	_, verdict, err := s.mayQuote(s.store.Read(ctx), actor, post.ID)
	return verdict, err
}

// DecideQuote answers a request to quote a post of ours: by its policy, and with no for what was revoked before. Asking
// again gives the same answer. Errors: NotFound when the actor may not read the post; Forbidden when the post that quotes is
// another's or quotes something else.
func (s *Service) DecideQuote(ctx context.Context, ask QuoteAsk) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		quoted, verdict, err := s.mayQuote(tx, ask.Actor, ask.Quoted.ID)
		if err != nil {
			return err
		}
		author, err := tx.Actor(quoted.AuthorID)
		if err != nil {
			return err
		}
		answer := QuoteAnswered{Author: author, Quoter: ask.Actor, Quoted: quoted, QuotingURI: ask.QuotingURI, RequestURI: ask.URI}
		if verdict != models.QuoteAutomatic || ask.Quoting == nil {
			return s.refuseQuote(tx, ask, answer)
		}
		quoting, err := tx.LockPost(ask.Quoting.ID)
		if err != nil {
			return err
		}
		if quoting.AuthorID != ask.Actor.ID || quoting.QuoteOfURI != quoted.URI || quoting.IsGone() {
			return models.Errorf(models.Forbidden, "%s does not quote %s for %s", quoting.URI, quoted.URI, ask.Actor.URI)
		}
		if quoting.QuoteState == models.QuoteRevoked {
			return s.outbox.Publish(tx, answer)
		}
		answer.Authorization = s.links.QuoteAuthorization(quoted.ID, quoting.ID)
		quoting.QuoteOfID = quoted.ID
		if err := s.acceptQuote(tx, quoting, answer.Authorization); err != nil {
			return err
		}
		return s.outbox.Publish(tx, answer)
	})
}

// refuseQuote says no, and remembers it where the post that quotes is known.
func (s *Service) refuseQuote(tx *models.Tx, ask QuoteAsk, answer QuoteAnswered) error {
	known, err := tx.PostByURI(ask.QuotingURI)
	if err == nil && known.AuthorID == ask.Actor.ID && known.QuoteOfID == ask.Quoted.ID && known.QuoteState == models.QuotePending {
		known.QuoteState = models.QuoteRejected
		err = tx.SetQuote(known)
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	return s.outbox.Publish(tx, answer)
}

// acceptQuote stores that a quote is approved, and tells those who look at it.
func (s *Service) acceptQuote(tx *models.Tx, quoting *models.Post, authorization string) error {
	if quoting.QuoteState == models.QuoteAccepted && quoting.QuoteApprovalURI == authorization {
		return nil
	}
	quoting.QuoteState, quoting.QuoteApprovalURI = models.QuoteAccepted, authorization
	if err := tx.SetQuote(quoting); err != nil {
		return err
	}
	author, err := tx.Actor(quoting.AuthorID)
	if err != nil {
		return err
	}
	if err := s.tellRequoted(tx, author, quoting); err != nil {
		return err
	}
	return s.notifyQuoted(tx, quoting)
}

// QuoteAccepted carries out that a remote author approved a member's quote; the authorization was checked. Errors:
// Forbidden when the quoted post is not theirs.
func (s *Service) QuoteAccepted(ctx context.Context, by *models.Actor, quoting *models.Post, authorization string) error {
	return s.answered(ctx, by, quoting, func(tx *models.Tx, current *models.Post) error {
		if current.QuoteState == models.QuoteRevoked {
			return nil
		}
		return s.acceptQuote(tx, current, authorization)
	})
}

// QuoteRejected carries out that a remote author did not approve a member's quote, or does so no longer. Errors: Forbidden
// when the quoted post is not theirs.
func (s *Service) QuoteRejected(ctx context.Context, by *models.Actor, quoting *models.Post) error {
	return s.answered(ctx, by, quoting, func(tx *models.Tx, current *models.Post) error {
		switch current.QuoteState {
		case models.QuotePending:
			return s.endQuote(tx, current, models.QuoteRejected)
		case models.QuoteAccepted:
			return s.endQuote(tx, current, models.QuoteRevoked)
		}
		return nil
	})
}

// RevokeQuote takes back the approval of a quote of by's post, whoever quotes. Revoking twice changes nothing. Errors:
// Forbidden when the quoted post is not theirs.
func (s *Service) RevokeQuote(ctx context.Context, by *models.Actor, quoting *models.Post) error {
	return s.answered(ctx, by, quoting, func(tx *models.Tx, current *models.Post) error {
		if current.QuoteState == models.QuoteRevoked {
			return nil
		}
		if err := s.endQuote(tx, current, models.QuoteRevoked); err != nil || !by.Local {
			return err
		}
		return s.outbox.Publish(tx, QuoteRevoked{Author: by, Quoting: current})
	})
}

// endQuote stores that a quote is not approved.
func (s *Service) endQuote(tx *models.Tx, quoting *models.Post, state string) error {
	quoting.QuoteState, quoting.QuoteApprovalURI = state, ""
	if err := tx.SetQuote(quoting); err != nil {
		return err
	}
	author, err := tx.Actor(quoting.AuthorID)
	if err != nil {
		return err
	}
	return s.tellRequoted(tx, author, quoting)
}

// answered lets an actor decide about a quote of their own post.
func (s *Service) answered(ctx context.Context, by *models.Actor, quoting *models.Post, then func(*models.Tx, *models.Post) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(quoting.ID)
		if err != nil || current.IsGone() || current.QuoteOfID == 0 {
			return err
		}
		quoted, err := tx.Post(current.QuoteOfID)
		if err != nil {
			return err
		}
		if quoted.AuthorID != by.ID {
			return models.Errorf(models.Forbidden, "Only the author of a quoted post decides who quotes it.")
		}
		return then(tx, current)
	})
}
