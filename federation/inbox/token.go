package inbox

import (
	"context"
	"net/http"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// Voucher judges the token that a request of reader shows (FEP-db0e), whatever is asked for, and gives the Group whose it is. It counts for
// nobody but the actor that signed the request. Errors: Forbidden, Unauthorized, Unavailable.
func (p *Processor) Voucher(ctx context.Context, r *http.Request, reader *models.Actor) (*models.Actor, error) {
	token, err := p.verifier.Token(ctx, sign.SentToken(r), reader.URI)
	if err != nil {
		return nil, refusal(err)
	}
	issuer, err := p.directory.Known(ctx, token.Issuer)
	if err != nil {
		return nil, err
	}
	if issuer.IsGone() || !issuer.IsCommunity() {
		return nil, models.Errorf(models.Forbidden, "%s is no community that is here", issuer.URI)
	}
	return issuer, p.admits(ctx, vocab.Host(issuer.URI))
}

// MayVouch reports whether a Group vouches for who reads in a community: it is that, or its sibling now. Each knows its own members, and
// those of its siblings are its own.
func (p *Processor) MayVouch(ctx context.Context, community, issuer *models.Actor) (bool, error) {
	if issuer.ID == community.ID {
		return true, nil
	}
	if !community.Local {
		_, kin, err := p.directory.AreKin(ctx, community, issuer.URI)
		return kin, err
	}
	pair, err := p.store.Read(ctx).Sibling(community.ID, issuer.URI)
	if models.IsNotFound(err) {
		return false, nil
	}
	return err == nil && pair.State == models.SiblingLive && !pair.IsOver(models.At(p.store.Now())), err
}
