package directory

import (
	"context"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// heldToken is a token of a Group, or that there was none, and until when that counts.
type heldToken struct {
	token []byte
	until time.Time
}

// tokenMargin is how long before its end a token is used no more; noTokenFor how long a Group that gave none is not asked again.
const (
	tokenMargin = 5 * time.Minute
	noTokenFor  = 10 * time.Minute
)

type groupKey struct{}

// InGroup gives a context in which what is fetched is of a community elsewhere: where its host does not show it to us, a token of that
// community may help (FEP-db0e).
func InGroup(ctx context.Context, group *models.Actor) context.Context {
	if group == nil || group.Local || !group.IsCommunity() {
		return ctx
	}
	return context.WithValue(ctx, groupKey{}, group)
}

// fetch gets a document, with a token of the community that it is of where it is not to be had without.
func (d *Directory) fetch(ctx context.Context, uri string) (*fetch.Document, error) {
	doc, err := d.client.Document(ctx, uri)
	kind := fetch.KindOf(err)
	if kind != fetch.Denied && kind != fetch.NotFound {
		return doc, err
	}
	group, _ := ctx.Value(groupKey{}).(*models.Actor)
	if group == nil || vocab.SameOrigin(group.URI, uri) { // that host knows what it told us
		return doc, err
	}
	token := d.tokenOf(ctx, group)
	if token == nil {
		return doc, err
	}
	return d.client.DocumentWith(ctx, uri, sign.TokenHeader(token))
}

// tokenOf gives a token of a Group that we have, or that it gives us now; nil for none.
func (d *Directory) tokenOf(ctx context.Context, group *models.Actor) []byte {
	row, err := d.store.Read(ctx).CommunityIfAny(group.ID)
	if err != nil || row == nil || row.TokenURI == "" || !vocab.SameOrigin(row.TokenURI, group.URI) {
		return nil
	}
	now := d.store.Now()
	d.mu.Lock()
	held, ok := d.tokens[group.ID]
	d.mu.Unlock()
	if ok && now.Before(held.until) {
		return held.token
	}
	held = heldToken{until: now.Add(noTokenFor)}
	raw, err := d.client.SignedJSON(ctx, row.TokenURI)
	if err == nil {
		var said sign.Token
		if said, err = sign.ParseToken(raw); err == nil && said.Issuer == group.URI {
			held = heldToken{raw, said.ValidUntil.Add(-tokenMargin)}
		}
	}
	if err != nil {
		d.log.DebugContext(ctx, "no token of a community", "community", group.URI, "error", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tokens == nil || len(d.tokens) >= maxRefused {
		d.tokens = map[int64]heldToken{}
	}
	d.tokens[group.ID] = held
	return held.token
}
