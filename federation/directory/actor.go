package directory

import (
	"context"
	"net/url"
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
)

// Actor gives the actor of an id: from the store when it is known and fresh, else from its host. When the host gives none
// now, what is known is better than nothing, unless it says that the actor is gone. Errors: NotFound, Gone, Unavailable, Invalid.
func (d *Directory) Actor(ctx context.Context, uri string) (*models.Actor, error) {
	known, err := d.Known(ctx, uri)
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	if d.links.IsOurs(uri) {
		return known, err
	}
	if known != nil && (known.IsGone() || !d.isStale(known)) {
		return known, nil
	}
	fresh, err := d.Refresh(ctx, uri)
	if err != nil && known != nil && models.ErrorCode(err) != models.Gone {
		d.log.DebugContext(ctx, "actor not refreshed", "actor", uri, "error", err)
		return known, nil
	}
	return fresh, err
}

func (d *Directory) isStale(actor *models.Actor) bool {
	return d.store.Now().Sub(actor.FetchedAt.Time()) > actorFresh
}

// Refresh asks an actor's host for the actor and stores the answer. Errors: as Actor.
func (d *Directory) Refresh(ctx context.Context, uri string) (*models.Actor, error) {
	ctx = budgeted(ctx)
	if d.links.IsOurs(uri) {
		return d.store.Read(ctx).ActorByURI(uri)
	}
	doc, err := d.client.Document(ctx, uri)
	if err != nil {
		return nil, coded(err, "actor "+uri)
	}
	return d.saveActor(ctx, doc.Raw())
}

// saveActor stores an actor's document that came from its own origin.
func (d *Directory) saveActor(ctx context.Context, raw []byte) (*models.Actor, error) {
	wire, err := vocab.DecodeActor(raw)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the document is no usable actor: %w", err)
	}
	actor := d.actorOf(wire)
	if actor.Type != models.TypeApplication {
		actor.Username, actor.Host = d.canonicalHandle(ctx, actor)
	}
	if isKnocking(ctx) {
		actor.SilencedAt = models.Knocked
	}
	if d.rejectsMedia(ctx, actor.Host) {
		actor.IconURL, actor.ImageURL = "", ""
	}
	if err := d.service.SaveRemoteActor(ctx, actor); err != nil {
		return nil, err
	}
	remember(ctx, actor)
	if isKnocking(ctx) {
		return actor, nil // the rest is learned when it is let in
	}
	d.learnEmoji(ctx, actor.Host, wire.Tag)
	d.LearnSoftware(ctx, vocab.Host(actor.URI))
	if actor.IsCommunity() {
		if err := d.service.SaveRemoteCommunity(ctx, actor, communityOf(wire, actor), communityTagsOf(wire)); err != nil {
			return nil, err
		}
		d.learnModerators(ctx, actor)
	}
	return actor, nil
}

// canonicalHandle gives the name under which people look for an actor. Its own host is taken at its word; a name at
// another host counts when that host says the same, which the client has asked (security case A29). While nobody can be
// asked, an actor keeps the name that it had.
func (d *Directory) canonicalHandle(ctx context.Context, actor *models.Actor) (user, host string) {
	user, host = actor.Username, vocab.Host(actor.URI)
	finger, err := d.client.WebFinger(ctx, user, host)
	if IsTemporary(coded(err, "@"+user+"@"+host)) {
		known, err := d.store.Read(ctx).ActorByURI(actor.URI)
		if err == nil && strings.EqualFold(known.Username, user) {
			return known.Username, known.Host
		}
		return user, host
	}
	if err != nil || finger.Self != actor.URI || strings.EqualFold(finger.Host, host) {
		return user, host
	}
	return finger.User, finger.Host
}

// LearnSoftware asks a host what it runs, once a day: communities announce differently to different software. A host
// that does not say stays unknown.
func (d *Directory) LearnSoftware(ctx context.Context, host string) {
	peer, err := d.store.Read(ctx).Peer(host)
	if err != nil || isKnocking(ctx) || host == d.links.Host || d.store.Now().Sub(peer.NodeInfoAt.Time()) < nodeInfoFresh {
		return
	}
	info, err := d.client.NodeInfo(budgeted(ctx), host)
	err = d.store.Tx(ctx, func(tx *models.Tx) error {
		return tx.UpdatePeer(host, func(p *models.Peer) {
			p.NodeInfoAt = tx.Now()
			if err == nil {
				p.Software, p.Version, p.TakesEd25519 = info.Software, info.Version, info.TakesEd25519
			}
		})
	})
	if err != nil {
		d.log.WarnContext(ctx, "software of peer not stored", "peer", host, "error", err)
	}
}

// learnModerators stores who moderates a community, as far as they are known here: they alone may moderate from afar.
func (d *Directory) learnModerators(ctx context.Context, community *models.Actor) {
	if community.ModeratorsURI == "" {
		return
	}
	doc, err := d.client.Document(ctx, community.ModeratorsURI)
	if err != nil {
		d.log.DebugContext(ctx, "moderators not fetched", "community", community.Handle, "error", err)
		return
	}
	list, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return
	}
	var known []*models.Actor
	for _, item := range list.Items[:min(len(list.Items), maxModerators)] {
		if actor, err := d.store.Read(ctx).ActorByURI(item.ID); err == nil {
			known = append(known, actor)
		}
	}
	if err := d.service.SetModerators(ctx, community, known); err != nil {
		d.log.WarnContext(ctx, "moderators not stored", "community", community.Handle, "error", err)
	}
}

// maxModerators is how many moderators of a remote community are kept.
const maxModerators = 100

// FindByHandle gives the actor of user@host, asking that host by WebFinger when it is unknown here or out of date.
// Errors: NotFound, Gone, Unavailable, Invalid.
func (d *Directory) FindByHandle(ctx context.Context, user, host string) (*models.Actor, error) {
	ctx = budgeted(ctx)
	known, err := d.store.Read(ctx).ActorByHandle(user, host)
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	if strings.EqualFold(host, d.links.Host) {
		return known, err
	}
	if err := d.unveils(ctx, host); err != nil {
		return nil, err
	}
	if known != nil {
		return d.Actor(ctx, known.URI)
	}
	if _, _, err := vocab.ParseHandle(user + "@" + host); err != nil {
		return nil, models.Errorf(models.NotFound, "@%s@%s is no handle", user, host)
	}
	finger, err := d.client.WebFinger(ctx, user, host)
	if err != nil {
		return nil, coded(err, "@"+user+"@"+host)
	}
	actor, err := d.Actor(ctx, finger.Self)
	if err != nil {
		return nil, err
	}
	// The actor's own host has the last word on what it is called.
	if actor.IsGone() || (actor.Handle != models.Handle(user, host) && actor.Handle != models.Handle(finger.User, finger.Host)) {
		return nil, models.Errorf(models.NotFound, "@%s@%s was not found", user, host)
	}
	return actor, nil
}

// FindByURI gives the actor or the post that an address names: an id, or the page that shows it. One of the two is nil.
// What is said here of posts is for verbs: show it only through models.VisibleTo.
func (d *Directory) FindByURI(ctx context.Context, uri string) (*models.Actor, *models.Post, error) {
	ctx = budgeted(ctx)
	iri, err := vocab.ParseIRI(uri)
	if err != nil {
		return nil, nil, models.Errorf(models.NotFound, "%q is no address of an actor or a post", uri)
	}
	if iri.Host() == d.links.Host {
		return d.findOurs(ctx, uri)
	}
	if err := d.unveils(ctx, iri.Host()); err != nil {
		return nil, nil, err
	}
	if actor, post, err := d.findKnown(ctx, uri); err != nil || actor != nil || post != nil {
		return actor, post, err
	}
	doc, err := d.client.Document(ctx, uri)
	if err != nil {
		post, err := d.orCopied(ctx, uri, coded(err, uri))
		return nil, post, err
	}
	if vocab.IsActorType(doc.Head().Type) {
		actor, err := d.saveActor(ctx, doc.Raw())
		return actor, nil, err
	}
	post, err := d.importPost(ctx, doc)
	return nil, post, err
}

func (d *Directory) findKnown(ctx context.Context, uri string) (*models.Actor, *models.Post, error) {
	tx := d.store.Read(ctx)
	actor, err := tx.ActorByURI(uri)
	if err == nil {
		actor, err = d.Actor(ctx, actor.URI)
		return actor, nil, err
	}
	if !models.IsNotFound(err) {
		return nil, nil, err
	}
	post, err := tx.PostByURI(uri)
	if models.IsNotFound(err) {
		return nil, nil, nil
	}
	return nil, post, err
}

// findOurs reads our own addresses: ids, and the pages /@name and /@name/ID.
func (d *Directory) findOurs(ctx context.Context, uri string) (*models.Actor, *models.Post, error) {
	if actor, post, err := d.findKnown(ctx, uri); err != nil || actor != nil || post != nil {
		return actor, post, err
	}
	page, err := url.Parse(uri)
	if err != nil {
		return nil, nil, models.Errorf(models.NotFound, "nothing here has the address %s", uri)
	}
	name, id, isPost := strings.Cut(strings.TrimPrefix(page.Path, "/@"), "/")
	tx := d.store.Read(ctx)
	if isPost {
		post, err := tx.PostByURI(d.links.Base + "/o/" + id)
		return nil, post, err
	}
	actor, err := tx.ActorByHandle(name, d.links.Host)
	return actor, nil, err
}
