package inbox

import (
	"context"

	"praxis/federation/vocab"
	"praxis/practice"
)

// verify looks into what a message says and gives what to do about it; nil for nothing.
type verify func(ctx context.Context, m *message) (apply, error)

// apply carries it out: it asks nobody, and calls a verb of practice.
type apply func(ctx context.Context) error

// any stands in the table for objects of every type, and for those that are only named by their id.
const anyObject = ""

// table is what this server understands: type of the activity, type of its object, what is done. Whatever stands not in
// it is taken, counted and left alone.
func (p *Processor) table() map[string]map[string]verify {
	return map[string]map[string]verify{
		"Follow":       {anyObject: p.verifyFollow},
		"Accept":       {anyObject: p.verifyAccept},
		"Reject":       {anyObject: p.verifyReject},
		"Offer":        {"Partnership": p.verifyOffer},
		"Undo":         {anyObject: p.verifyUndo, "Follow": p.verifyUndoFollow, "Like": p.verifyUndoLike, "Announce": p.verifyUndoAnnounce, "Block": p.verifyUndoBlock, "ChooseAnswer": p.verifyUndoAnswer, "Delete": p.verifyUndoDelete, "Lock": p.verifyUndoLock, "Join": p.verifyUndoJoin, "SiblingLost": p.verifyFound, "Move": p.verifyMovedBack},
		"Create":       {anyObject: p.verifyCreate},
		"Update":       {anyObject: p.verifyUpdate, "Person": p.verifyUpdateActor, "Group": p.verifyUpdateActor, "Service": p.verifyUpdateActor, "Application": p.verifyUpdateActor, "Organization": p.verifyUpdateActor, "Feed": p.verifyUpdateActor},
		"Delete":       {anyObject: p.verifyDelete},
		"Like":         {anyObject: p.verifyLike},
		"Announce":     {anyObject: p.verifyAnnounce},
		"ChooseAnswer": {anyObject: p.verifyAnswer},
		"Block":        {anyObject: p.verifyBlock},
		"Lock":         {anyObject: p.verifyLock},
		"Add":          {anyObject: p.verifyAdd},
		"Remove":       {anyObject: p.verifyRemove},
		"Flag":         {anyObject: p.verifyFlag},
		"Resolve":      {anyObject: p.verifyResolve},
		"Move":         {anyObject: p.verifyMove},
		"Join":         {anyObject: p.verifyJoin},
		"Leave":        {anyObject: p.verifyLeave},
		"SiblingLost":  {anyObject: p.verifyLost},
		"QuoteRequest": {anyObject: p.verifyQuoteRequest},
	}
}

// partnerTable is what is understood of partnerships, beside offers: type of the activity, type of its object.
func (p *Processor) partnerTable() map[string]map[string]verify {
	return map[string]map[string]verify{
		"Accept": {
			"Offer": p.verifyPartnerAccept, "Accept": p.verifyPartnerAccept, "PartnershipTest": p.partnerVerb(p.service.PartnerTestAnswered),
			"PurgeRequest": p.partnerVerb(func(ctx context.Context, said practice.PartnerSpoke) error {
				return p.service.PurgeAnswered(ctx, said, true)
			}),
		},
		"Reject": {
			"Offer": p.partnerVerb(p.service.PartnerRefused),
			"PurgeRequest": p.partnerVerb(func(ctx context.Context, said practice.PartnerSpoke) error {
				return p.service.PurgeAnswered(ctx, said, false)
			}),
		},
		"Undo": {
			"Accept": p.partnerVerb(func(ctx context.Context, said practice.PartnerSpoke) error {
				return p.service.PartnerUndid(ctx, said, false)
			}),
			"Offer": p.partnerVerb(func(ctx context.Context, said practice.PartnerSpoke) error {
				return p.service.PartnerUndid(ctx, said, true)
			}),
		},
		"Update":          {"KeySuccession": p.verifySuccession},
		"PartnershipTest": {anyObject: p.partnerVerb(p.service.PartnerTested)},
		"PurgeRequest":    {anyObject: p.partnerVerb(p.service.PurgeAsked)},
	}
}

// relayable are the types that a community may pass on from somebody else (FEP-1b12). Announcements of announcements are
// never followed (security cases A23, F10), and nobody joins, moves or deletes an actor by hearsay.
var relayable = map[string]bool{
	"Create": true, "Update": true, "Delete": true, "Like": true, "Undo": true, "ChooseAnswer": true,
	"Lock": true, "Add": true, "Remove": true, "Block": true, "Move": true, "Flag": true, "Resolve": true,
}

// feedChanges are the types by which a feed says that it changed: by itself, or announced by itself.
var feedChanges = map[string]bool{"Add": true, "Remove": true, "Announce": true}

// dispatch finds what is done about a message.
func (p *Processor) dispatch(m *message) (verify, bool) {
	if m.actor != nil && m.actor.IsFeed() && m.via == nil && feedChanges[m.activity.Type] {
		return p.verifyFeedChange, true
	}
	if m.actor != nil && m.actor.IsCommunity() {
		if handler, ok := find(p.siblingTable(), m); ok {
			return handler, true
		}
	}
	if handler, ok := find(p.partnerTable(), m); ok {
		return handler, true
	}
	return find(p.table(), m)
}

// find looks a message up in a table.
func find(table map[string]map[string]verify, m *message) (verify, bool) {
	byObject, ok := table[m.activity.Type]
	if !ok {
		return nil, false
	}
	if handler, ok := byObject[m.activity.Object.Type()]; ok {
		return handler, true
	}
	handler, ok := byObject[anyObject]
	return handler, ok
}

// objectOf gives an embedded object; false when there is none that can be read.
func objectOf(ref vocab.Ref) (vocab.Object, bool) {
	if !ref.IsEmbedded() {
		return vocab.Object{}, false
	}
	object, err := vocab.DecodeObject(ref.Raw)
	return object, err == nil
}

// innerOf gives an embedded activity; false when there is none that can be read.
func innerOf(ref vocab.Ref) (vocab.Activity, bool) {
	if !ref.IsEmbedded() {
		return vocab.Activity{}, false
	}
	inner, err := vocab.DecodeActivity(ref.Raw)
	return inner, err == nil
}
