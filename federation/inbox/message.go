package inbox

import (
	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// message is an activity whose actor is certain. It is made by signed, fetched, vouched or attested, and by nothing else.
type message struct {
	activity vocab.Activity
	raw      []byte
	actor    *models.Actor
	// via is the community that announced the activity, and announced is what it sent; nil for an activity that its actor
	// sent itself.
	via       *models.Actor
	announced *vocab.Activity
	// proof is what a verified proof of the bytes says.
	proof practice.Proof
}

// signed makes a message of what its actor signed.
func signed(verified sign.Verified, activity vocab.Activity, actor *models.Actor) (*message, bool) {
	if !verified.Valid() || verified.Actor() != activity.Actor.ID || actor.URI != activity.Actor.ID {
		return nil, false
	}
	return &message{activity: activity, raw: verified.Body(), actor: actor}, true
}

// fetched makes a message of an activity that its actor's own host gave under the activity's id.
func fetched(outer *message, doc *fetch.Document, activity vocab.Activity, actor *models.Actor) (*message, bool) {
	own := activity.ID == doc.ID() && vocab.SameOrigin(doc.ID(), activity.Actor.ID)
	if !own || actor.URI != activity.Actor.ID || outer.via != nil {
		return nil, false
	}
	return &message{activity: activity, raw: doc.Raw(), actor: actor, via: outer.actor, announced: &outer.activity}, true
}

// vouched makes a message of an activity that a community embedded in a signed one, when both live on the same host: the
// host that signed is the one that speaks for the actor (FEP-fe34).
func vouched(outer *message, activity vocab.Activity, actor *models.Actor) (*message, bool) {
	same := vocab.SameOrigin(outer.actor.URI, activity.Actor.ID) && (activity.ID == "" || vocab.SameOrigin(activity.ID, activity.Actor.ID))
	if !same || actor.URI != activity.Actor.ID || outer.via != nil {
		return nil, false
	}
	return &message{activity: activity, raw: outer.activity.Object.Raw, actor: actor, via: outer.actor, announced: &outer.activity}, true
}

// said is what the verbs of practice are told of how a community took what a message is about.
func (m *message) said() practice.Announced {
	return practice.Announced{URI: m.announced.ID, At: models.At(m.announced.Published), Cause: m.cause()}
}

// cause is what the verbs of practice are told of where a message came from.
func (m *message) cause() practice.Cause {
	cause := practice.Cause{URI: m.activity.ID, Raw: m.raw, Proof: m.proof}
	if m.via != nil {
		cause.Via = m.via.ID
	}
	return cause
}
