package deliver

import (
	"net/http"
	"strings"
	"time"

	"praxis/federation/fetch"
	"praxis/models"
)

// How a host that fails is tried again, and when something is given up.
const (
	firstWait = 15 * time.Second
	longWait  = 6 * time.Hour
	// patience is for how long a host is tried without a success; then its whole lane is parked.
	patience = 7 * 24 * time.Hour
	// suspectAfter is how often a host answers an activity with a fault before it is asked whether it takes the next one.
	suspectAfter = 2
	// maxFaults is how often a host may answer an activity with a fault while it takes others: after some hours of waits, that
	// one is parked.
	maxFaults = 10
	// maxFaultsAlone is the same where nothing else was there to be taken: more than seven days of waits.
	maxFaultsAlone = 40
)

// verdict is what an attempt means.
type verdict struct {
	state      string // of the delivery
	status     int    // HTTP status; 0 when no answer came
	reason     string
	isFault    bool // the host's, and a temporary one: it is left alone for a while
	isOurs     bool // the fault is our own, and says nothing of the host
	retryAfter time.Duration
}

func fault(status int, reason string) verdict {
	return verdict{state: models.DeliveryPending, status: status, reason: reason, isFault: true}
}

// ours is a trouble of this server, such as a database that does not answer: the lane ends, and the host is not blamed.
func ours(err error) verdict {
	return verdict{state: models.DeliveryPending, reason: err.Error(), isFault: true, isOurs: true}
}

// isAnswered reports a fault that may be about the one activity: the host answered, and did not say that it wants to be left
// alone.
func (v verdict) isAnswered() bool {
	return v.isFault && v.status != 0 && v.status != http.StatusTooManyRequests && v.status != http.StatusRequestTimeout && v.retryAfter == 0
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

// succeeded tells the host's record that it took something.
func succeeded(peer *models.Peer, now models.Timestamp) {
	peer.Failures, peer.FailingSince, peer.NextTryAt, peer.ParkedAt, peer.LastError = 0, 0, 0, 0, ""
	peer.LastSuccessAt = now
}

// applyTo tells the host's record of a fault. Chance, from 0 to 1, spreads the tries of many hosts that failed together.
func (v verdict) applyTo(peer *models.Peer, now models.Timestamp, chance float64) {
	if !v.isFault || v.isOurs {
		return
	}
	if peer.FailingSince == 0 {
		peer.FailingSince = now
	}
	wait := backoff(peer.Failures, chance)
	peer.Failures++
	peer.NextTryAt, peer.LastError = now.Add(max(wait, v.retryAfter)), v.reason
	if now.Since(peer.FailingSince) >= patience {
		peer.ParkedAt = now
	}
}

// backoff doubles from 15 seconds to 6 hours, plus up to a quarter.
func backoff(failures int64, chance float64) time.Duration {
	wait := longWait
	if failures < 11 {
		wait = min(firstWait<<failures, longWait)
	}
	return min(wait+time.Duration(chance*float64(wait)/4), longWait+longWait/4)
}
