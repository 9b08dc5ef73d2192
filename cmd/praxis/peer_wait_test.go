package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"praxis/internal/progress"
	"praxis/models"
	"praxis/practice"
)

// TestResendWaits: the command stays until a real peer has everything once more, and ends with an error that says why when the
// peer fails.
func TestResendWaits(t *testing.T) {
	eachTrial(t, nil, func(tr *trial) {
		p := tr.crowd.peers[0]
		for i := range 5 {
			tr.post(fmt.Sprintf("post %d", i))
		}
		tr.check(0)
		got := praxis(tr.t, tr.server.environ, "", "peer", "resend", p.host, "--since", "1h", "--wait")
		if got.code != 0 || !strings.Contains(got.out, "nothing waits for "+p.host+": 6 taken") || !strings.Contains(got.err, "6 deliveries in") {
			tr.t.Errorf("%+v", got) // five posts and the Accept before them
		}
		p.mu.Lock()
		for uri, n := range p.times {
			if n != 2 {
				tr.t.Errorf("%s came %d times", uri, n)
			}
		}
		p.mood = moods["broken"]
		p.mu.Unlock()
		got = praxis(tr.t, tr.server.environ, "", "peer", "resend", p.host, "--since", "1h", "--wait")
		if got.code != 1 || !strings.Contains(got.err, p.host+" fails") || !strings.Contains(got.err, "6 deliveries wait") {
			tr.t.Errorf("%+v", got)
		}
		tr.crowd.misbehave(false)
		if got = praxis(tr.t, tr.server.environ, "", "peer", "retry", p.host, "--wait"); got.code != 0 || !strings.Contains(got.out, "nothing waits") {
			tr.t.Errorf("%+v", got)
		}
	})
}

func TestLaneWatchSaysWhyItEnds(t *testing.T) {
	report := func(state string, failures, pending int64) *practice.PeerReport {
		return &practice.PeerReport{
			Peer: models.Peer{Failures: failures, LastError: "no answer"}, State: state, Counts: map[string]int64{models.DeliveryPending: pending},
		}
	}
	for name, c := range map[string]struct {
		now  *practice.PeerReport
		want string
	}{
		"it fails again":  {report(models.PeerFailing, 4, 7), "fails (no answer): 7 deliveries wait"},
		"it is paused":    {report(models.PeerPaused, 3, 7), "is paused"},
		"it is blocked":   {report(models.PeerBlocked, 3, 7), "is blocked"},
		"nobody sends":    {report(models.PeerFailing, 3, 7), "does praxis serve run"},
		"nothing is left": {report(models.PeerHealthy, 0, 0), ""},
	} {
		first := true
		var told, out bytes.Buffer
		w := &laneWatch{host: "clinic.example", meter: progress.New(&told), patience: time.Millisecond}
		w.report = func(context.Context) (*practice.PeerReport, error) {
			if first {
				first = false
				return report(models.PeerFailing, 3, 7), nil
			}
			return c.now, nil
		}
		switch err := w.follow(t.Context(), &out); {
		case c.want == "" && (err != nil || !strings.Contains(out.String(), "nothing waits for clinic.example")):
			t.Errorf("%s: %q, %v", name, out.String(), err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(told.String(), "deliveries to clinic.example: ") {
			t.Errorf("%s: told %q", name, told.String())
		}
	}
}
