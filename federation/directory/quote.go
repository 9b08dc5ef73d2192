package directory

import (
	"context"
	"slices"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// quoteOf gives what an object by author quotes, with the quoted post, which is fetched if it is not known, and with what
// its author's host says of the authorization. Boosts are not quoted (security case A23). Nil for no quote.
func (d *Directory) quoteOf(ctx context.Context, o vocab.Object, author *models.Actor) *practice.Quote {
	if o.Quote == "" || o.Quote == o.ID {
		return nil
	}
	quote := &practice.Quote{URI: o.Quote, Legacy: o.LegacyQuote}
	quoted, err := d.quoted(ctx, o.Quote)
	if err != nil {
		d.log.DebugContext(ctx, "quoted post not found", "post", o.Quote, "error", err)
		return quote
	}
	if quoted.IsBoost() {
		return nil
	}
	quote.URI, quote.Post = quoted.URI, quoted
	if quoted.AuthorID != author.ID && o.QuoteAuthorization != "" {
		quote.Approval, quote.Check = o.QuoteAuthorization, d.checkQuote(ctx, o.QuoteAuthorization, o.ID, quoted)
	}
	return quote
}

type quotedKey struct{}

// quoted gives a quoted post. What it quotes itself is not fetched, so that no chain of quotes leads anywhere (security
// case C15).
func (d *Directory) quoted(ctx context.Context, uri string) (*models.Post, error) {
	if ctx.Value(quotedKey{}) != nil || d.links.IsOurs(uri) {
		return d.store.Read(ctx).PostByURI(uri)
	}
	return d.Post(context.WithValue(ctx, quotedKey{}, true), uri)
}

// CheckQuote looks into the authorization of a quote of a post by its author. It is believed only where the quoted author's
// own host gives it under its own id, for these two posts and for no others (security case A22). What is embedded anywhere
// proves nothing.
func (d *Directory) CheckQuote(ctx context.Context, authorization, quotingURI string, quoted *models.Post) practice.QuoteCheck {
	return d.checkQuote(budgeted(ctx), authorization, quotingURI, quoted)
}

func (d *Directory) checkQuote(ctx context.Context, authorization, quotingURI string, quoted *models.Post) practice.QuoteCheck {
	tx := d.store.Read(ctx)
	author, err := tx.Actor(quoted.AuthorID)
	if err != nil {
		return practice.QuoteUnchecked
	}
	if author.Local {
		return practice.QuoteUnproved // what is approved here is known here
	}
	if !vocab.SameOrigin(authorization, author.URI) || !vocab.SameOrigin(authorization, quoted.URI) || !quoted.IsPublic() {
		return practice.QuoteDisproved
	}
	if revoked, err := tx.HasTombstone(authorization, author.URI); err != nil || revoked {
		return checkOf(err == nil)
	}
	stamp, err := d.FetchObject(ctx, authorization)
	if err != nil {
		d.log.DebugContext(ctx, "quote authorization not to be had", "authorization", authorization, "error", err)
		return checkOf(!IsTemporary(err))
	}
	owner, err := stamp.Author()
	if err != nil || owner != author.URI || stamp.ID != authorization || !slices.Contains(stamp.Types, "QuoteAuthorization") ||
		stamp.InteractingObject != quotingURI || stamp.InteractionTarget != quoted.URI {
		return practice.QuoteDisproved
	}
	return practice.QuoteProved
}

// checkOf is the outcome where there is no authorization: certain, or only for now.
func checkOf(certain bool) practice.QuoteCheck {
	if certain {
		return practice.QuoteDisproved
	}
	return practice.QuoteUnchecked
}

// quotePolicyOf translates who may quote an object. Where it does not say, nobody may.
func quotePolicyOf(o vocab.Object, author *models.Actor) string {
	if o.CanQuote == nil {
		return models.QuotesByNobody
	}
	return models.QuotePolicy{Automatic: groupsOf(o.CanQuote.Automatic, author), Manual: groupsOf(o.CanQuote.Manual, author)}.String()
}

func groupsOf(ids vocab.IRIs, author *models.Actor) []string {
	var groups []string
	for _, id := range ids {
		group := models.QuotesByUnsupported
		switch id {
		case "", author.URI: // who needs nobody's leave
			continue
		case vocab.Public:
			group = models.QuotesByPublic
		case author.FollowersURI:
			group = models.QuotesByFollowers
		case author.FollowingURI:
			group = models.QuotesByFollowing
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	return groups
}
