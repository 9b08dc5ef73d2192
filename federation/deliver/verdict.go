package deliver

import (
	"net/http"
	"strings"
	"time"

	"praxis/federation/fetch"
	"praxis/models"
)

// How a host that fails is tried again, and when one activity is given up.
const (
	firstWait = 15 * time.Second
	longWait  = 6 * time.Hour
	// maxUnanswered is how often an activity is tried at a host that does not answer: with the waits above that is more
	// than nine days.
	maxUnanswered = 50
	// maxAnswered is how often it is tried at a host that answers with a fault of its own. The host is there, so perhaps it
	// is this one activity that it cannot take: the rest of the lane must not wait for it for ever.
	maxAnswered = 12
	// maxRefused is how often it is tried where we ourselves refuse to connect: the address may be bad for good, or DNS may
	// have lost its way for an hour.
	maxRefused = 9
)

// verdict is what an attempt means.
type verdict struct {
	state      string // of the delivery
	status     int    // HTTP status; 0 when no answer came
	reason     string
	isFault    bool // the host's, and a temporary one: it is left alone for a while
	isRefused  bool // by ourselves
	retryAfter time.Duration
}

func fault(status int, reason string) verdict {
	return verdict{state: models.DeliveryPending, status: status, reason: reason, isFault: true}
}

// judge says what an answer means. A lasting no concerns the one activity and not the host. 401 may be a clock or a key
// that is out of date, so it is tried again.
func judge(answer fetch.Answer) verdict {
	switch status := answer.Status; {
	case status >= 200 && status < 300:
		return verdict{state: models.DeliveryDone, status: status}
	case status >= 500 && status != http.StatusNotImplemented, status == http.StatusRequestTimeout,
		status == http.StatusTooManyRequests, status == http.StatusUnauthorized:
		v := fault(status, reason(answer))
		v.retryAfter = answer.RetryAfter
		return v
	default:
		return verdict{state: models.DeliveryRefused, status: status, reason: reason(answer)}
	}
}

// reason gives the beginning of what the host said, for the admin.
func reason(answer fetch.Answer) string {
	said := strings.Join(strings.Fields(strings.ToValidUTF8(answer.Body, "")), " ")
	if len(said) > 200 {
		said = strings.ToValidUTF8(said[:200], "")
	}
	return strings.ReplaceAll(said, "\x00", "")
}

func (v verdict) maxTries() int64 {
	switch {
	case v.isRefused:
		return maxRefused
	case v.status == 0:
		return maxUnanswered
	}
	return maxAnswered
}

// applyTo tells the host's record. Chance, from 0 to 1, spreads the tries of many hosts that failed together.
func (v verdict) applyTo(peer *models.Peer, now models.Timestamp, chance float64) {
	if !v.isFault {
		if v.status != 0 {
			peer.Failures, peer.FailingSince, peer.NextTryAt, peer.LastError = 0, 0, 0, ""
		}
		if v.state == models.DeliveryDone {
			peer.LastSuccessAt = now
		}
		return
	}
	if peer.Failures == 0 {
		peer.FailingSince = now
	}
	wait := backoff(peer.Failures, chance)
	peer.Failures++
	peer.NextTryAt, peer.LastError = now.Add(max(wait, v.retryAfter)), v.reason
}

// backoff doubles from 15 seconds to 6 hours, plus up to a quarter.
func backoff(failures int64, chance float64) time.Duration {
	wait := longWait
	if failures < 11 {
		wait = min(firstWait<<failures, longWait)
	}
	return wait + time.Duration(chance*float64(wait)/4)
}
