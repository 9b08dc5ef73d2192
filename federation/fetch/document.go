package fetch

import (
	"context"
	"strings"

	"praxis/federation/vocab"
)

// Document is an ActivityStreams document that its own URL gave as such: the id is the URL that it came from, save for a
// fragment. Only Client.Document makes one.
type Document struct {
	raw  []byte
	head vocab.Head
}

// ID gives the id as it is written in the document.
func (d *Document) ID() string { return d.head.ID }

// Raw gives the bytes, which have passed vocab.Check. They must not be changed.
func (d *Document) Raw() []byte { return d.raw }

// Head gives the id and types.
func (d *Document) Head() vocab.Head { return d.head }

// Document gets the document of an address. The address may be another one than the id, such as that of an HTML page or
// a key, or one that redirects; then the document is asked for again under its id, and must be there under that very id
// (ActivityPub section 3, FEP-fe34; security cases A1, A2, A6, A7). A fragment of the address is never sent.
//
// The error is an *Error, that of ctx if it has ended, or one of Config.Signer.
func (c *Client) Document(ctx context.Context, iri string) (*Document, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	first, err := c.load(ctx, iri)
	if err != nil {
		return nil, err
	}
	if first.isAtItsID() {
		return first.document(), nil
	}
	second, err := c.loadAgain(ctx, first)
	if err != nil {
		c.failures.remember(first.asked.String(), err)
		return nil, err
	}
	return second.document(), nil
}

// loadAgain takes a page for a hint where the document is. One that came by a redirect from another origin is no hint,
// for an open redirector is all it takes to get there.
func (c *Client) loadAgain(ctx context.Context, hint *page) (*page, error) {
	asked := hint.asked.String()
	if hint.from.Origin() != hint.asked.Origin() && hint.from.Origin() != hint.id.Origin() {
		return nil, refuse(asked, "redirected answer has an id of another origin, %s", show(hint.id.String()))
	}
	p, err := c.load(ctx, hint.id.String())
	if err != nil {
		return nil, err
	}
	if p.id != p.asked || !p.isAtItsID() {
		return nil, refuse(asked, "document at %s has another id", show(p.asked.String()))
	}
	return p, nil
}

// page is an ActivityStreams document of which is not yet known whether it may have the id that it has.
type page struct {
	asked vocab.IRI // for which it was given
	from  vocab.IRI // which gave it, after redirects
	id    vocab.IRI // which it has, without fragment
	raw   []byte
	head  vocab.Head
}

func (p *page) document() *Document { return &Document{raw: p.raw, head: p.head} }

// isAtItsID: the server that answered did so under the id, or under another address of the id's origin to which the id
// redirects.
func (p *page) isAtItsID() bool {
	return p.id == p.from || p.id == p.asked && p.id.Origin() == p.from.Origin()
}

// load gets a page once for all who want it now, and fails without a request when it has just failed.
func (c *Client) load(ctx context.Context, iri string) (*page, error) {
	asked, err := c.admit(ctx, iri)
	if err != nil {
		return nil, err
	}
	if err := c.failures.recall(asked.String()); err != nil {
		return nil, err
	}
	p, err := c.loadPage(ctx, asked)
	if err != nil {
		c.failures.remember(asked.String(), err)
		return nil, err
	}
	return p, nil
}

func (c *Client) loadPage(ctx context.Context, asked vocab.IRI) (*page, error) {
	got, err := c.share(ctx, asked)
	if err != nil {
		return nil, err
	}
	return pageOf(got, asked)
}

// DocumentWith gets the document of an id for who shows something besides the signature, such as a token. It must be there under that
// very id. Neither others who ask at the same time nor what was remembered of failures have a part in it. Errors: as Document.
func (c *Client) DocumentWith(ctx context.Context, iri, authorization string) (*Document, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	asked, err := c.admit(ctx, iri)
	if err != nil {
		return nil, err
	}
	w := documents()
	w.authorization, w.origin = authorization, asked.Origin()
	got, err := c.get(ctx, asked, w)
	if err != nil {
		return nil, err
	}
	p, err := pageOf(got, asked)
	if err != nil {
		return nil, err
	}
	if p.id != p.asked || !p.isAtItsID() {
		return nil, refuse(asked.String(), "document has another id, %s", show(p.id.String()))
	}
	return p.document(), nil
}

// SignedJSON is JSON with our signature. Errors: as Document.
func (c *Client) SignedJSON(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	got, err := c.getJSON(ctx, address)
	if err != nil {
		return nil, err
	}
	return got.body, nil
}

func documents() wanted {
	return wanted{accept: vocab.LDMediaType + ", " + vocab.MediaType, is: vocab.IsMediaType, name: "ActivityPub document"}
}

// pageOf reads what an address gave.
func pageOf(got *answer, asked vocab.IRI) (*page, error) {
	head, err := vocab.PeekHead(got.body)
	if err != nil {
		return nil, refuse(asked.String(), "%w", err)
	}
	plain, _, _ := strings.Cut(head.ID, "#")
	id, err := vocab.ParseIRI(plain)
	if err != nil {
		return nil, refuse(asked.String(), "document has no id that is an address")
	}
	return &page{asked: asked, from: got.url, id: id, raw: got.body, head: head}, nil
}

// share lets all who want a URL at the same time have one request. Whoever joins pays for it as well; if it ended because
// the budget of the one who began it is empty, the next one goes on.
func (c *Client) share(ctx context.Context, target vocab.IRI) (*answer, error) {
	if err := online(ctx, target.String()); err != nil {
		return nil, err
	}
	w := documents()
	fetch := func(ctx context.Context) (*answer, error) {
		ctx, cancel := c.limit(ctx)
		defer cancel()
		return c.get(ctx, target, w)
	}
	for {
		got, led, err := c.flights.do(ctx, target.String(), fetch)
		switch {
		case ctx.Err() != nil && err != nil:
			return nil, failure(ctx, target.String(), err)
		case led:
			return got, err
		}
		if err := spend(ctx, target.String()); err != nil {
			return nil, err
		}
		if KindOf(err) != Budget {
			return got, err
		}
	}
}
