package inbox

import (
	"context"
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// verifyQuoteRequest: somebody wants to quote a post of ours (FEP-044f). A post that they may not read is not there; where
// its policy refuses them, the post that quotes is not even looked at.
func (p *Processor) verifyQuoteRequest(ctx context.Context, m *message) (apply, error) {
	quotingURI := m.activity.Instrument.ID
	if m.via != nil || quotingURI == "" || !vocab.SameOrigin(quotingURI, m.actor.URI) || !p.links.IsOurs(m.activity.Object.ID) {
		return nil, nil
	}
	quoted, err := p.store.Read(ctx).VisiblePostByURI(m.activity.Object.ID, m.actor.ID)
	if err != nil || !quoted.Local || quoted.IsBoost() {
		return nil, err
	}
	ask := practice.QuoteAsk{Actor: m.actor, Quoted: quoted, QuotingURI: quotingURI, URI: m.activity.ID}
	verdict, err := p.service.MayQuote(ctx, m.actor, quoted)
	if err != nil {
		return nil, err
	}
	if verdict != models.QuoteAutomatic {
		return func(ctx context.Context) error { return p.service.DecideQuote(ctx, ask) }, nil
	}
	draft, err := p.instrument(ctx, m)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if ask.Quoting, err = p.service.Post(ctx, *draft); err != nil {
			return err
		}
		return p.service.DecideQuote(ctx, ask)
	}, nil
}

// instrument gives the post that wants to quote, as its author's own host has it: it came along with what that host signed,
// or it is fetched. It may come before the Create that brings it to followers, and does the same then.
func (p *Processor) instrument(ctx context.Context, m *message) (*practice.Draft, error) {
	object, ok := objectOf(m.activity.Instrument)
	if !ok || !isOwn(m.actor.URI, object) {
		var err error
		if object, err = p.directory.FetchObject(ctx, m.activity.Instrument.ID); err != nil {
			return nil, err
		}
	}
	if !isOwn(m.actor.URI, object) || object.ID != m.activity.Instrument.ID || object.Quote != m.activity.Object.ID {
		return nil, models.Errorf(models.Forbidden, "%s is no quote of %s by %s", clip(m.activity.Instrument.ID), clip(m.activity.Object.ID), m.actor.URI)
	}
	draft, err := p.directory.Draft(ctx, object)
	if err != nil {
		return nil, err
	}
	p.directory.Ancestors(ctx, object)
	return &draft, nil
}

// verifyQuoteAnswer: the author of a post that a member quotes says yes or no. An authorization is looked at before it is
// believed (security case A22); handled is false when the answer is about something else.
func (p *Processor) verifyQuoteAnswer(ctx context.Context, m *message, accept bool) (do apply, handled bool, err error) {
	quoting, err := p.requested(ctx, m)
	if err != nil || quoting == nil {
		return nil, false, err
	}
	quoted, err := p.store.Read(ctx).Post(quoting.QuoteOfID)
	if err != nil {
		return nil, true, err
	}
	if quoted.AuthorID != m.actor.ID || m.via != nil {
		return nil, true, models.Errorf(models.Forbidden, "%s does not decide who quotes %s", m.actor.URI, quoted.URI)
	}
	if !accept {
		return func(ctx context.Context) error { return p.service.QuoteRejected(ctx, m.actor, quoting) }, true, nil
	}
	authorization := m.activity.Result.ID
	switch p.directory.CheckQuote(ctx, authorization, quoting.URI, quoted) {
	case practice.QuoteProved:
		return func(ctx context.Context) error { return p.service.QuoteAccepted(ctx, m.actor, quoting, authorization) }, true, nil
	case practice.QuoteUnchecked:
		return nil, true, models.Errorf(models.Unavailable, "quote authorization %s could not be had now", clip(authorization))
	}
	return nil, true, models.Errorf(models.Forbidden, "%s is no authorization of %s", clip(authorization), quoting.URI)
}

// requested gives the member's post whose request to quote an answer is about, by the request's id or by what the embedded
// request says; nil for none.
func (p *Processor) requested(ctx context.Context, m *message) (*models.Post, error) {
	uri, ok := strings.CutSuffix(m.activity.Object.ID, p.links.QuoteRequestMark())
	if !ok {
		inner, embedded := innerOf(m.activity.Object)
		if !embedded || inner.Type != "QuoteRequest" {
			return nil, nil
		}
		uri = inner.Instrument.ID
	}
	if !p.links.IsOurs(uri) {
		return nil, nil
	}
	post, err := p.store.Read(ctx).PostByURI(uri)
	if models.IsNotFound(err) || err == nil && (!post.Local || post.QuoteOfID == 0) {
		return nil, nil
	}
	return post, err
}

// quoteRevoked gives what carries out that the author of a quoted post took its authorization back; false when the id is
// that of no authorization which counts here. Only the quoted author does so.
func (p *Processor) quoteRevoked(ctx context.Context, m *message) (do apply, found bool, err error) {
	quoting, err := p.store.Read(ctx).PostOfQuoteApproval(m.activity.Object.ID)
	if models.IsNotFound(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, err
	}
	if m.via != nil || !vocab.SameOrigin(m.activity.Object.ID, m.actor.URI) {
		return nil, true, models.Errorf(models.Forbidden, "%s is not on the host of %s", clip(m.activity.Object.ID), m.actor.URI)
	}
	return func(ctx context.Context) error {
		if err := p.service.RevokeQuote(ctx, m.actor, quoting); err != nil {
			return err
		}
		return p.service.Forget(ctx, m.actor, m.activity.Object.ID)
	}, true, nil
}
