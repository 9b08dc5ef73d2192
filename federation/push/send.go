package push

import (
	"context"
	"net/http"
	"sync"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/internal/webpush"
	"praxis/models"
)

// Life is for how long a message is worth sending, by us and by the push service.
const Life = 48 * time.Hour

const (
	load        = 64 // messages of one round
	atOnce      = 8
	firstWait   = 30 * time.Second
	longWait    = time.Hour
	maxAttempts = 20
	// maxRefused is how many messages in a row a service refuses for good before the subscription is given up.
	maxRefused = 10
)

// Step sends what may be sent now, and reports whether there was anything.
func (p *Pusher) Step(ctx context.Context) (bool, error) {
	due, err := p.cfg.Store.Read(ctx).DuePushes(load)
	if err != nil || len(due) == 0 {
		return false, err
	}
	var wait sync.WaitGroup
	places, failures := make(chan struct{}, atOnce), make(chan error, len(due))
	for i := range due {
		places <- struct{}{}
		wait.Go(func() {
			defer func() { <-places }()
			if err := p.deliver(ctx, &due[i]); err != nil {
				failures <- err
			}
		})
	}
	wait.Wait()
	close(failures)
	return true, <-failures // nil when there were none
}

// outcome is what became of an attempt.
type outcome struct {
	status     int
	again      bool // a fault that may pass
	gone       bool // the service does not know the subscription any more
	refused    bool
	retryAfter time.Duration
	reason     string
}

func (p *Pusher) deliver(ctx context.Context, m *models.DuePush) error {
	text, err := p.text(ctx, m)
	if models.IsNotFound(err) { // dismissed, deleted or hidden meanwhile
		return p.finish(ctx, m, m.Subscription.Failures)
	}
	if err != nil {
		return err
	}
	o := p.attempt(ctx, m, text)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if o.again || o.gone || o.refused {
		p.cfg.Log.InfoContext(ctx, "push message not delivered", "service", vocab.Host(m.Subscription.Endpoint),
			"subscription", m.SubscriptionID, "status", o.status, "attempts", m.Attempts+1, "reason", o.reason)
	}
	switch {
	case o.gone, o.refused && m.Subscription.Failures+1 >= maxRefused:
		return p.cfg.Store.Tx(ctx, func(tx *models.Tx) error { return tx.DeletePushSubscription(m.SubscriptionID) })
	case o.refused:
		return p.finish(ctx, m, m.Subscription.Failures+1)
	case o.again && m.Attempts+1 < maxAttempts && p.cfg.Store.Now().Sub(m.CreatedAt.Time()) < Life:
		return p.postpone(ctx, m, o.retryAfter)
	}
	return p.finish(ctx, m, 0)
}

func (p *Pusher) finish(ctx context.Context, m *models.DuePush, failures int64) error {
	return p.cfg.Store.Tx(ctx, func(tx *models.Tx) error { return tx.FinishPush(&m.PushMessage, failures) })
}

// postpone doubles the wait from half a minute to an hour.
func (p *Pusher) postpone(ctx context.Context, m *models.DuePush, retryAfter time.Duration) error {
	wait := longWait
	if m.Attempts < 7 {
		wait = min(firstWait<<m.Attempts, longWait)
	}
	m.Attempts++
	return p.cfg.Store.Tx(ctx, func(tx *models.Tx) error {
		m.NextTryAt = tx.Now().Add(max(wait, retryAfter))
		return tx.PostponePush(&m.PushMessage)
	})
}

func (p *Pusher) attempt(ctx context.Context, m *models.DuePush, text []byte) outcome {
	to, err := webpush.ParseSubscriber(m.Subscription.P256dh, m.Subscription.Auth)
	if err != nil {
		return outcome{gone: true, reason: "the subscription's keys are not valid"}
	}
	contact := p.cfg.Base
	if p.cfg.Contact != "" {
		contact = "mailto:" + p.cfg.Contact
	}
	header, body, err := p.key.Message(webpush.Draft{
		To: to, Endpoint: m.Subscription.Endpoint, Standard: m.Subscription.Standard, Text: text, Contact: contact,
		Life: Life, Now: p.cfg.Store.Now(),
	})
	if err != nil {
		return outcome{refused: true, reason: "the message could not be made"}
	}
	answer, err := p.cfg.Client.Send(ctx, m.Subscription.Endpoint, header, body)
	if err != nil { // its text names the endpoint
		if fetch.KindOf(err) == fetch.Refused {
			return outcome{refused: true, reason: "nothing is sent to such an address"}
		}
		return outcome{again: true, reason: "the service does not answer"}
	}
	return judge(answer)
}

// judge says what an answer means (RFC 8030 section 5, RFC 8292 section 4.2).
func judge(answer fetch.Answer) outcome {
	o := outcome{status: answer.Status, retryAfter: answer.RetryAfter}
	switch status := answer.Status; {
	case status >= 200 && status < 300:
	case status == http.StatusNotFound, status == http.StatusGone:
		o.gone, o.reason = true, "the subscription is gone"
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		o.again, o.reason = true, "the service is busy"
	default:
		o.refused, o.reason = true, "the service refuses it"
	}
	return o
}
