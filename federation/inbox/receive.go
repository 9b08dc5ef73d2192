package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// Receive takes an activity that was posted to an inbox: once it gives 202, the activity is stored and will be carried
// out, or was stored before. The statuses of refusals are those that the error tables of docs name: 400 for what cannot be
// read, 401 for a signature that is no good or not the actor's, 403 for blocked senders, 404 for a Follow of nobody, 503
// when the sender should try again. It is handlers/activitypub's Receiver.
//
// Owner does not matter but for its being there: what an activity is about says whom it concerns.
func (p *Processor) Receive(ctx context.Context, r *http.Request, body []byte, _ *models.Actor) (int, error) {
	status, kind, err := p.receive(directory.Remembering(ctx), r, body)
	if err != nil {
		p.count(kind, "refused")
		p.log.InfoContext(ctx, "activity refused", "type", kind, "status", status, "reason", reasonOf(err), "peer", clip(claimedHost(body)))
	}
	return status, err
}

func (p *Processor) receive(ctx context.Context, r *http.Request, body []byte) (status int, kind string, err error) {
	if r.Header.Get("Signature") == "" && r.Header.Get("Signature-Input") == "" {
		return http.StatusUnauthorized, "", models.Errorf(models.Unauthorized, "An activity must be signed.")
	}
	activity, err := vocab.DecodeActivity(body)
	if err != nil {
		return http.StatusBadRequest, "", models.Errorf(models.Invalid, "The activity cannot be read: %w", err)
	}
	kind = knownType(activity.Type)
	if ctx, err = p.knock(ctx, vocab.Host(activity.Actor.ID)); err != nil {
		return http.StatusServiceUnavailable, kind, err
	}
	if status, err := p.judgeClaims(ctx, &activity, body); status != 0 {
		return status, kind, err
	}
	verified, signer, err := p.verify(ctx, r, body, vocab.Host(activity.Actor.ID))
	if err != nil {
		return statusOf(err), kind, refusal(err)
	}
	if signer.URI != activity.Actor.ID {
		return http.StatusUnauthorized, kind, models.Errorf(models.Unauthorized, "The activity is by %s, but %s signed it.", clip(activity.Actor.ID), signer.URI)
	}
	if activity.Type == "Follow" && p.links.IsOurs(activity.Object.ID) {
		if status, err := p.judgeFollow(ctx, activity.Object.ID); err != nil {
			return status, kind, err
		}
	}
	status, kind, err = p.keep(ctx, verified, activity, kind)
	if err == nil && !isKnocking(ctx) {
		p.hear(ctx, verified, signer)
	}
	return status, kind, err
}

// verify judges the signature of a request that claims to come from a host. A key may have to be fetched, so that only some
// requests for one host wait at a time.
func (p *Processor) verify(ctx context.Context, r *http.Request, body []byte, host string) (sign.Verified, *models.Actor, error) {
	leave, err := p.gate.Enter(host)
	if err != nil {
		return sign.Verified{}, nil, models.Errorf(models.RateLimited, "Activities of %s cannot be taken now: %w", host, err)
	}
	defer leave()
	verified, err := p.verifier.Request(ctx, r, body)
	if err != nil {
		return sign.Verified{}, nil, err
	}
	signer, err := p.signer(ctx, verified)
	return verified, signer, err
}

// judgeClaims looks at what an activity says of itself before anybody is asked for a key: status 0 lets it pass.
func (p *Processor) judgeClaims(ctx context.Context, a *vocab.Activity, body []byte) (int, error) {
	host := vocab.Host(a.Actor.ID)
	switch {
	case host == p.links.Host:
		return http.StatusForbidden, models.Errorf(models.Forbidden, "Nobody but this server acts for its own actors.")
	case a.BadID:
		return http.StatusBadRequest, models.Errorf(models.Invalid, "The activity's id is no address.")
	case a.ID == "" && !transient[a.Type]:
		return http.StatusBadRequest, models.Errorf(models.Invalid, "The activity has no id.")
	case a.ID == "":
		// Something has to tell a repetition from a new one.
		sum := sha256.Sum256(body)
		a.ID = a.Actor.ID + "#transient-" + hex.EncodeToString(sum[:])
	case !vocab.SameOrigin(a.ID, a.Actor.ID):
		return http.StatusBadRequest, models.Errorf(models.Invalid, "The activity's id is not on its actor's host.")
	}
	if err := p.admits(ctx, host); err != nil {
		return statusOf(err), err
	}
	return p.judgeDelete(ctx, a)
}

// transient are the types that do their work without an id (ActivityPub 3.1): each undoes or answers something that has
// one.
var transient = map[string]bool{"Accept": true, "Reject": true, "Undo": true, "Delete": true}

// judgeDelete takes the farewell of actors that were never known here without asking for a key that is gone, too
// (security case A17).
func (p *Processor) judgeDelete(ctx context.Context, a *vocab.Activity) (int, error) {
	if a.Type != "Delete" || a.Object.ID != a.Actor.ID {
		return 0, nil
	}
	known, err := p.store.Read(ctx).ActorByURI(a.Actor.ID)
	switch {
	case models.IsNotFound(err), err == nil && known.DeletedAt != 0:
		return http.StatusAccepted, nil
	case err != nil:
		return http.StatusServiceUnavailable, err
	}
	return 0, nil
}

// judgeFollow: the one mistake that is worth telling a sender at once, since a person waits for the answer.
func (p *Processor) judgeFollow(ctx context.Context, target string) (int, error) {
	actor, err := p.store.Read(ctx).ActorByURI(target)
	switch {
	case models.IsNotFound(err):
		return http.StatusNotFound, models.Errorf(models.NotFound, "There is no %s to follow.", clip(target))
	case err != nil:
		return http.StatusServiceUnavailable, err
	case actor.DeletedAt != 0:
		return http.StatusGone, models.Errorf(models.Gone, "%s was deleted.", clip(target))
	}
	return 0, nil
}

// keep stores a verified activity. The seal lets it be carried out later as what it is now: verified.
func (p *Processor) keep(ctx context.Context, verified sign.Verified, a vocab.Activity, kind string) (int, string, error) {
	host := vocab.Host(verified.Actor())
	if isKnocking(ctx) {
		return p.hold(ctx, verified, a, kind)
	}
	if err := p.backlog.add(ctx, host); err != nil {
		return statusOf(err), kind, err
	}
	entry := p.entryOf(verified, a, kind)
	fresh, err := p.desk.keep(ctx, entry)
	if err != nil || !fresh {
		p.backlog.done(host)
	}
	if err != nil {
		return http.StatusServiceUnavailable, kind, err
	}
	if !fresh {
		p.count(kind, "repeated")
		return http.StatusAccepted, kind, nil
	}
	p.schedule.add(host)
	return http.StatusAccepted, kind, nil
}

// entryOf gives what is stored of a verified activity.
func (p *Processor) entryOf(verified sign.Verified, a vocab.Activity, kind string) *models.InboxEntry {
	return &models.InboxEntry{
		ActivityURI: a.ID, SignerURI: verified.Actor(), Host: vocab.Host(verified.Actor()), KeyID: verified.KeyID(), Scheme: string(verified.Scheme()),
		Seal: p.verifier.Seal(verified), Type: kind, Payload: string(verified.Body()),
	}
}

// knownType gives a type that is fit for a label: anybody may send any other.
func knownType(t string) string {
	if vocab.IsActivityType(t) {
		return t
	}
	return "other"
}

// refusal gives a verifier's error the code that handlers know.
func refusal(err error) error {
	var e *sign.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Status {
	case http.StatusForbidden:
		return models.Errorf(models.Forbidden, "The sender is blocked here: %w", err)
	case http.StatusServiceUnavailable:
		return models.Errorf(models.Unavailable, "The signature's key could not be had for now: %w", err)
	case http.StatusBadRequest:
		return models.Errorf(models.Invalid, "The signature cannot be read: %w", err)
	}
	return models.Errorf(models.Unauthorized, "The signature is no good: %w", err)
}

func statusOf(err error) int {
	var e *sign.Error
	if errors.As(err, &e) {
		return e.Status
	}
	switch models.ErrorCode(err) {
	case models.Forbidden:
		return http.StatusForbidden
	case models.NotFound, models.Gone:
		return http.StatusUnauthorized
	case models.RateLimited:
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}

// reasonOf is the code under which a refusal is logged and counted.
func reasonOf(err error) string {
	var e *sign.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	var syntax *vocab.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Reason
	}
	var document *vocab.DocumentError
	if errors.As(err, &document) {
		return document.Reason
	}
	return string(models.ErrorCode(err))
}

func claimedHost(body []byte) string {
	activity, err := vocab.DecodeActivity(body)
	if err != nil {
		return ""
	}
	return vocab.Host(activity.Actor.ID)
}

// clip bounds what others wrote before it stands in a log or an answer.
func clip(s string) string {
	if len(s) > 256 {
		return s[:256] + "…"
	}
	return s
}
