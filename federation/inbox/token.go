package inbox

import (
	"context"
	"net/http"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// Vouched judges the token that a request of reader shows (FEP-db0e): nil when it is of the community, or of a Group that is its sibling
// now. It counts for nobody but the actor that signed the request. Errors: Forbidden, Unauthorized, Unavailable.
func (p *Processor) Vouched(ctx context.Context, r *http.Request, reader, community *models.Actor) error {
	token, err := p.verifier.Token(ctx, sign.SentToken(r), reader.URI)
	if err != nil {
		return refusal(err)
	}
	issuer, err := p.directory.Known(ctx, token.Issuer)
	if err != nil {
		return err
	}
	if issuer.IsGone() || !issuer.IsCommunity() {
		return models.Errorf(models.Forbidden, "%s is no community that is here", issuer.URI)
	}
	if err := p.admits(ctx, vocab.Host(issuer.URI)); err != nil {
		return err
	}
	may, err := p.mayVouch(ctx, community, issuer)
	if err == nil && !may {
		err = models.Errorf(models.Forbidden, "%s is no sibling of %s", issuer.URI, community.URI)
	}
	return err
}

// mayVouch: each Group knows its own members, and those of its siblings are its own.
func (p *Processor) mayVouch(ctx context.Context, community, issuer *models.Actor) (bool, error) {
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
