package inbox

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"praxis/federation/directory"
	"praxis/federation/fetch"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// How much of a host is carried out in one transaction: a commit to the disk costs more than an entry, while others wait for
// the one writer of SQLite.
const (
	roundSize = 20
	roundTime = 10 * time.Millisecond
	patience  = 2 * time.Minute // for one entry and all that it makes us ask
)

// round is what became of one round of work for a host.
type round struct {
	more bool               // something of the host may still wait
	asks *models.InboxEntry // it has to ask other servers, and comes before all that is left; nil for none
	held bool               // another node works for the host just now
}

// work carries out the next entries of a host in one transaction, each of them and the mark that it is done together. Nobody is
// asked anything meanwhile: an entry that has to ask is given back.
func (p *Processor) work(ctx context.Context, host string) (round, error) {
	done, reports, err := p.attempt(ctx, host, roundSize)
	if err != nil && ctx.Err() == nil {
		// One entry that cannot be stored must not hold up those before it, nor be tried for ever.
		p.log.WarnContext(ctx, "activities are carried out one by one", "peer", host, "error", err)
		done, reports, err = p.attempt(ctx, host, 1)
		if err != nil {
			return p.alone(ctx, host)
		}
	}
	for _, report := range reports {
		report()
	}
	return done, err
}

func (p *Processor) attempt(ctx context.Context, host string, size int) (done round, reports []func(), err error) {
	err = p.store.Tx(ctx, func(tx *models.Tx) error {
		return guarded(func() (err error) {
			done, reports, err = p.next(ctx, tx, host, size)
			return err
		})
	})
	return done, reports, err
}

// next carries out, in a transaction, as many of the next entries of a host as fit in a round.
func (p *Processor) next(ctx context.Context, tx *models.Tx, host string, size int) (done round, reports []func(), err error) {
	free, err := tx.LockInboxHost(host)
	if err != nil || !free {
		return round{more: true, held: true}, nil, err
	}
	due, err := tx.DueInboxEntries(host, tx.Now(), size)
	if err != nil {
		return round{}, nil, err
	}
	begun := time.Now()
	for i := range due {
		if i > 0 && time.Since(begun) > roundTime {
			return round{more: true}, reports, nil
		}
		report, err := p.inside(ctx, tx, &due[i])
		if errors.Is(err, errAsks) {
			return round{more: true, asks: &due[i]}, reports, nil
		}
		if err != nil {
			return round{}, nil, err
		}
		reports = append(reports, report)
	}
	return round{more: len(due) == size}, reports, nil
}

// alone carries out the first entry of a host as if it had to ask: what it does to the store then counts as its own failure.
func (p *Processor) alone(ctx context.Context, host string) (round, error) {
	due, err := p.store.Read(ctx).DueInboxEntries(host, models.At(p.store.Now()), 1)
	if err != nil || len(due) == 0 {
		return round{}, err
	}
	return round{more: true, asks: &due[0]}, nil
}

// errAsks is for an entry that cannot be carried out without asking other servers.
var errAsks = errors.New("other servers have to be asked")

// inside carries out an entry as a part of a transaction in which nobody is asked anything, and gives what reports it
// afterwards. The error is for a store that does not work, and errAsks.
func (p *Processor) inside(ctx context.Context, tx *models.Tx, entry *models.InboxEntry) (report func(), err error) {
	told := &told{}
	var did result
	err = tx.PartFor(with(ctx, told), func(ctx context.Context, part *models.Tx) error {
		within, asked := fetch.Offline(ctx)
		m, do, cause := p.understand(within, entry)
		if asked() {
			return errAsks
		}
		return guarded(func() (err error) {
			did, err = p.perform(within, part, entry, m, do, cause)
			return err
		})
	})
	if ctx.Err() != nil {
		return nil, ctx.Err() // we are stopping: it is carried out after the next start
	}
	if errors.Is(err, errAsks) {
		return nil, err
	}
	if did, err = record(tx, entry, did, err); err != nil {
		return nil, err
	}
	return func() { told.count(p); p.report(ctx, did) }, nil
}

// carryOut does what an entry says, asks whom it has to ask, and stores what became of it. The error is for a store that does
// not work: the entry is then still there.
func (p *Processor) carryOut(ctx context.Context, entry *models.InboxEntry) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m, do, cause := p.understand(bounded, entry)
	var did result
	err := p.store.Tx(bounded, func(tx *models.Tx) error {
		within, _ := fetch.Offline(models.Within(bounded, tx))
		return guarded(func() (err error) {
			did, err = p.perform(within, tx, entry, m, do, cause)
			return err
		})
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		failure := err
		err = p.store.Tx(ctx, func(tx *models.Tx) error {
			return guarded(func() (err error) {
				did, err = record(tx, entry, did, failure)
				return err
			})
		})
	}
	if err == nil {
		p.report(ctx, did)
	}
	return err
}

// understand opens the seal and finds out what to do; no apply and no error mean that the activity is left alone.
func (p *Processor) understand(ctx context.Context, entry *models.InboxEntry) (m *message, do apply, err error) {
	defer p.survive(ctx, entry, &err)
	ctx = directory.Remembering(ctx)
	if m, err = p.open(ctx, entry); err != nil {
		return nil, nil, err
	}
	handler, ok := p.dispatch(m)
	if !ok {
		return nil, nil, nil
	}
	do, err = handler(ctx, m)
	return m, do, err
}

// open makes a message of an entry: sealed is what was verified.
func (p *Processor) open(ctx context.Context, entry *models.InboxEntry) (*message, error) {
	verified, err := p.verifier.Open(entry.Seal, entry.SignerURI, entry.KeyID, sign.Scheme(entry.Scheme), []byte(entry.Payload))
	if err != nil {
		return nil, models.Errorf(models.Forbidden, "the stored activity was altered: %w", err)
	}
	activity, err := vocab.DecodeActivity(verified.Body())
	if err != nil {
		return nil, models.Errorf(models.Invalid, "the activity cannot be read: %w", err)
	}
	if activity.ID == "" {
		activity.ID = entry.ActivityURI
	}
	actor, err := p.signer(ctx, verified)
	if err != nil {
		return nil, err
	}
	m, ok := signed(verified, activity, actor)
	if !ok {
		return nil, models.Errorf(models.Unauthorized, "the activity is not its signer's")
	}
	return m, nil
}

// perform does in a transaction what an entry was understood to say, and marks it as done there. The error undoes the
// transaction: the entry is to be tried again, or is settled already.
func (p *Processor) perform(ctx context.Context, tx *models.Tx, entry *models.InboxEntry, m *message, do apply, cause error) (result, error) {
	outcome, err := "done", cause
	switch {
	case err != nil:
	case m == nil:
		outcome = "ignored: its type is not understood"
	case do == nil:
		outcome = "ignored: there is nothing to do about it here"
	default:
		err = p.apply(ctx, entry, do)
	}
	if err == nil && m != nil && m.activity.Type == "Undo" && m.activity.Object.ID != "" {
		err = tx.UndoInboxEntry(m.activity.Object.ID, entry.SignerURI)
	}
	if err != nil && !isLasting(err) {
		return result{}, err
	}
	did := resultOf(*entry, outcome, err, tx.Now())
	return did, tx.FinishInboxEntry(&did.entry)
}

func (p *Processor) apply(ctx context.Context, entry *models.InboxEntry, do apply) (err error) {
	defer p.survive(ctx, entry, &err)
	return do(ctx)
}

// survive makes a panic the failure of the entry, not the server's (security cases C22, H28).
func (p *Processor) survive(ctx context.Context, entry *models.InboxEntry, err *error) {
	if cause := recover(); cause != nil {
		p.log.ErrorContext(ctx, "activity caused a panic", "activity", clip(entry.ActivityURI), "panic", cause, "stack", string(debug.Stack()))
		*err = fmt.Errorf("panic: %v", cause)
	}
}

// record stores what becomes of an entry whose transaction was undone, if it was. One that is settled already, by another node
// or by its Undo, stays as it is.
func record(tx *models.Tx, entry *models.InboxEntry, did result, failure error) (result, error) {
	if failure == nil {
		return did, nil
	}
	if models.ErrorCode(failure) == models.Conflict {
		return result{kind: "repeated", entry: *entry}, nil
	}
	did = resultOf(*entry, "", failure, tx.Now())
	err := tx.FinishInboxEntry(&did.entry)
	if models.ErrorCode(err) == models.Conflict {
		err = nil
	}
	return did, err
}
