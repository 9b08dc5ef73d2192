package inbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// How entries are carried out and tried again.
const (
	batch     = 100
	parallel  = 8
	maxTries  = 9 // the last about two hours after the first
	firstWait = 30 * time.Second
	patience  = 2 * time.Minute // for one entry and all that it makes us ask
)

// Step carries out the entries that are due, those of one host in the order in which they came, and reports whether there
// were any. It is for Run, and for tests that want to see the end of things.
func (p *Processor) Step(ctx context.Context) (bool, error) {
	due, err := p.store.Read(ctx).DueInboxEntries(models.At(p.store.Now()), batch)
	if err != nil || len(due) == 0 {
		return false, err
	}
	hosts := map[string][]*models.InboxEntry{}
	var order []string
	for i := range due {
		host := vocab.Host(due[i].SignerURI)
		if hosts[host] == nil {
			order = append(order, host)
		}
		hosts[host] = append(hosts[host], &due[i])
	}
	return true, p.carryOutAll(ctx, order, hosts)
}

// carryOutAll works for several hosts side by side, so that one that is slow to answer our questions holds up only itself.
func (p *Processor) carryOutAll(ctx context.Context, order []string, hosts map[string][]*models.InboxEntry) error {
	var wait sync.WaitGroup
	slots := make(chan struct{}, parallel)
	failures := make(chan error, len(order))
	for _, host := range order {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			for _, entry := range hosts[host] {
				if err := p.carryOut(ctx, entry); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failures)
	return <-failures // nil when there were none
}

// carryOut does what an entry says and stores what became of it. The error is for a store that does not work: the entry
// is then still there.
func (p *Processor) carryOut(ctx context.Context, entry *models.InboxEntry) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	outcome, err := p.perform(bounded, entry)
	if ctx.Err() != nil {
		return ctx.Err() // we are stopping: it is carried out after the next start
	}
	now := models.At(p.store.Now())
	entry.Attempts++
	switch {
	case err == nil:
		entry.State, entry.Outcome, entry.ProcessedAt = models.InboxDone, outcome, now
	case errors.Is(err, errEarly) && entry.Attempts >= earlyTries:
		entry.State, entry.Outcome, entry.ProcessedAt = models.InboxDone, "ignored: what it is about did not come", now
		outcome = "ignored"
	case isLasting(err):
		entry.State, entry.Outcome, entry.ProcessedAt = models.InboxDone, "refused: "+clip(err.Error()), now
		outcome = "refused"
	case entry.Attempts >= maxTries:
		entry.State, entry.Outcome, entry.ProcessedAt = models.InboxParked, clip(err.Error()), now
		outcome = "parked"
	default:
		entry.NextTryAt, entry.Outcome = now.Add(firstWait<<(entry.Attempts-1)), clip(err.Error())
		outcome = "postponed"
	}
	kind, _, _ := strings.Cut(outcome, ":")
	p.report(ctx, entry, kind, err)
	return p.store.Tx(ctx, func(tx *models.Tx) error { return tx.FinishInboxEntry(entry) })
}

func (p *Processor) report(ctx context.Context, entry *models.InboxEntry, outcome string, err error) {
	p.count(entry.Type, outcome)
	args := []any{"type", entry.Type, "outcome", outcome, "activity", clip(entry.ActivityURI), "peer", vocab.Host(entry.SignerURI)}
	switch {
	case outcome == "parked":
		p.log.ErrorContext(ctx, "activity given up", append(args, "error", err)...)
	case err != nil:
		p.log.InfoContext(ctx, "activity not carried out", append(args, "reason", err)...)
	default:
		p.log.DebugContext(ctx, "activity carried out", args...)
	}
}

// isLasting reports an error that trying again would only repeat.
func isLasting(err error) bool {
	switch models.ErrorCode(err) {
	case models.Unavailable, models.Internal, models.RateLimited:
		return false
	}
	return true
}

// perform opens the seal and carries out the activity. A panic is the entry's failure, not the server's (security cases
// C22, H28).
func (p *Processor) perform(ctx context.Context, entry *models.InboxEntry) (outcome string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			p.log.ErrorContext(ctx, "activity caused a panic", "activity", clip(entry.ActivityURI), "panic", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	verified, err := p.verifier.Open(entry.Seal, entry.SignerURI, entry.KeyID, sign.Scheme(entry.Scheme), []byte(entry.Payload))
	if err != nil {
		return "", models.Errorf(models.Forbidden, "the stored activity was altered: %w", err)
	}
	activity, err := vocab.DecodeActivity(verified.Body())
	if err != nil {
		return "", models.Errorf(models.Invalid, "the activity cannot be read: %w", err)
	}
	if activity.ID == "" {
		activity.ID = entry.ActivityURI
	}
	actor, err := p.signer(ctx, verified)
	if err != nil {
		return "", err
	}
	m, ok := signed(verified, activity, actor)
	if !ok {
		return "", models.Errorf(models.Unauthorized, "the activity is not its signer's")
	}
	outcome, err = p.handle(ctx, m)
	if err == nil && activity.Type == "Undo" && activity.Object.ID != "" {
		err = p.store.Tx(ctx, func(tx *models.Tx) error { return tx.UndoInboxEntry(activity.Object.ID, entry.SignerURI) })
	}
	return outcome, err
}

// handle verifies and applies a message. What stands before a colon in the outcome is what is counted.
func (p *Processor) handle(ctx context.Context, m *message) (outcome string, err error) {
	handler, ok := p.dispatch(m)
	if !ok {
		return "ignored: its type is not understood", nil
	}
	apply, err := handler(ctx, m)
	if err != nil {
		return "", err
	}
	if apply == nil {
		return "ignored: there is nothing to do about it here", nil
	}
	if err := apply(ctx); err != nil {
		return "", err
	}
	return "done", nil
}

// asTemporary reports whether a question to another host failed for now.
func asTemporary(err error) bool { return directory.IsTemporary(err) }
