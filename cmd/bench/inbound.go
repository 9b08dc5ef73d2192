package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// inbound sends notes of many actors that the member follows, and waits until they are at home.
func (w *World) inbound(ctx context.Context, s *sheet) error {
	if err := w.subscribe(ctx, s.Target); err != nil {
		return err
	}
	phase := s.phaseName()
	requests, err := w.notes(s.Target, phase)
	if err != nil {
		return err
	}
	w.cfg.Say(fmt.Sprintf("%s: %d notes are signed", s.Target.Name, len(requests)))
	stint := s.begin()
	accepted, waits := w.pour(ctx, s.Target, requests, nil)
	took := time.Since(stint.begun)
	s.add("accepted", "/s", more, perSecond(accepted, took))
	shown, until := w.awaitShown(ctx, s.Target, phase, accepted, stint.begun)
	s.add("processed", "/s", more, perSecond(shown, until))
	stint.cost(ctx, "a note", shown)
	s.add("sent", "", neither, float64(len(requests)))
	s.add("accepted of them", "", neither, float64(accepted))
	s.add("at home of them", "", neither, float64(shown))
	s.add("told to wait", "", neither, float64(waits))
	return nil
}

// notes signs deliveries before the clock runs, on all cores.
func (w *World) notes(t *Target, phase string) ([][]byte, error) {
	senders := w.senders()
	requests := make([][]byte, w.cfg.Notes)
	var next atomic.Int64
	var wait sync.WaitGroup
	failures := make(chan error, runtime.NumCPU())
	begun := time.Now()
	for range runtime.NumCPU() {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(requests); i = int(next.Add(1)) - 1 {
				p := senders[i%len(senders)]
				at := begun.Add(time.Duration(i-len(requests)) * time.Millisecond) // each its own moment, none in the future
				r, _, err := w.speech.signed(p, senderName+w.run, t.actor.sharedInbox(), w.speech.create(p, senderName+w.run, w.mark(phase, i), at))
				if err == nil {
					requests[i], err = freeze(r)
				}
				if err != nil {
					failures <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failures)
	return requests, <-failures // nil when there were none
}

// pour sends deliveries over several connections, and gives how many were accepted and how often it was told to wait.
// After each it tells progress how many there are; once that gives false, it stops.
func (w *World) pour(ctx context.Context, t *Target, requests [][]byte, progress func(accepted int) bool) (accepted, waits int) {
	var next, taken, waited atomic.Int64
	var stopped atomic.Bool
	var wait sync.WaitGroup
	for range w.cfg.Connections {
		wait.Go(func() {
			c, err := w.wire(t)
			if err != nil {
				return
			}
			defer c.close()
			for i := int(next.Add(1)) - 1; i < len(requests) && !stopped.Load() && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if !w.push(ctx, c, requests[i], &waited, &stopped) {
					continue
				}
				if n := taken.Add(1); progress != nil && !progress(int(n)) {
					stopped.Store(true)
				}
			}
		})
	}
	wait.Wait()
	return int(taken.Load()), int(waited.Load())
}

// push sends one delivery, again after a while when the server asks for that, and reports whether it was accepted.
func (w *World) push(ctx context.Context, c *wire, request []byte, waited *atomic.Int64, stopped *atomic.Bool) bool {
	for end := time.Now().Add(w.cfg.Patience); time.Now().Before(end) && !stopped.Load(); {
		status, body, err := c.send(ctx, request, true)
		switch {
		case err != nil:
			return false
		case status/100 == 2:
			return true
		case status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
			w.cfg.Say(fmt.Sprintf("refused with %d: %.200s", status, body))
			return false
		}
		waited.Add(1)
		if pause(ctx, 100*time.Millisecond) != nil {
			return false
		}
	}
	return false
}

// awaitShown waits until so many notes are at home, and gives how many there are and when that was so since a moment. It
// looks the more rarely the longer it takes, since looking costs the server, too.
func (w *World) awaitShown(ctx context.Context, t *Target, phase string, wanted int, since time.Time) (int, time.Duration) {
	shown, at := 0, time.Duration(0)
	stalled := time.Now()
	for {
		began := time.Since(since)
		now, err := w.shown(ctx, t, phase, wanted)
		if err != nil {
			w.cfg.Say("home could not be read: " + err.Error())
		}
		if now > shown {
			shown, at, stalled = now, began, time.Now()
		}
		if shown >= wanted || time.Since(stalled) > w.cfg.Patience/4 || ctx.Err() != nil {
			return shown, at
		}
		left := time.Duration(float64(began) / float64(max(shown, 1)) * float64(wanted-shown))
		if pause(ctx, min(max(left/2, 100*time.Millisecond), 3*time.Second)) != nil {
			return shown, at
		}
	}
}

// shown counts the notes of a phase at home, page by page.
func (w *World) shown(ctx context.Context, t *Target, phase string, wanted int) (int, error) {
	found := map[int]bool{}
	barren := 0
	for last := ""; len(found) < wanted && barren < 3; {
		query := url.Values{"limit": {"40"}}
		if last != "" {
			query.Set("max_id", last)
		}
		var page []struct{ ID, Content string }
		if err := w.call(ctx, t, http.MethodGet, "/api/v1/timelines/home?"+query.Encode(), nil, &page); err != nil {
			return len(found), err
		}
		if len(page) == 0 {
			break
		}
		barren++
		for _, status := range page {
			if of, number, ok := w.readMark([]byte(status.Content)); ok && of == phase {
				found[number] = true
				barren = 0
			}
		}
		last = page[len(page)-1].ID
	}
	return len(found), nil
}

// kill ends the server hard when half of the notes are accepted, starts it again, and counts what is lost of those.
func (w *World) kill(ctx context.Context, s *sheet) error {
	if s.Restart == "" || s.PID == 0 {
		return fmt.Errorf("the target needs pid= and restart=")
	}
	if err := w.subscribe(ctx, s.Target); err != nil {
		return err
	}
	phase := s.phaseName()
	requests, err := w.notes(s.Target, phase)
	if err != nil {
		return err
	}
	var once sync.Once
	var killed error
	accepted, _ := w.pour(ctx, s.Target, requests, func(n int) bool {
		if n < len(requests)/2 {
			return true
		}
		once.Do(func() { killed = syscall.Kill(s.pid(), syscall.SIGKILL) })
		return false
	})
	if killed != nil {
		return fmt.Errorf("kill process %d: %w", s.pid(), killed)
	}
	if err := w.restart(ctx, s.Target); err != nil {
		return err
	}
	shown, _ := w.awaitShown(ctx, s.Target, phase, accepted, time.Now())
	s.add("accepted before", "", neither, float64(accepted))
	s.add("lost of them", "", less, float64(max(0, accepted-shown)))
	return nil
}

func (w *World) restart(ctx context.Context, t *Target) error {
	said, err := exec.CommandContext(ctx, "sh", "-c", t.Restart).Output()
	if err != nil {
		return fmt.Errorf("start %s again: %w", t.Name, err)
	}
	lines := strings.Fields(string(said))
	if len(lines) > 0 {
		if pid, err := strconv.Atoi(lines[len(lines)-1]); err == nil {
			t.process.Store(int64(pid))
		}
	}
	for end := time.Now().Add(w.cfg.Patience); ; {
		err := w.call(ctx, t, http.MethodGet, "/api/v1/accounts/verify_credentials", nil, nil)
		if err == nil || time.Now().After(end) {
			return err
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
