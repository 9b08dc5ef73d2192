package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// The names that the actors of peers begin with; the run follows, so that each run has its own.
const (
	followerName = "f"
	senderName   = "s"
)

// each does something for every peer, a few at a time, and gives the first error.
func each(ps []*peer, do func(*peer) error) error {
	const atOnce = 8
	slots := make(chan struct{}, atOnce)
	failures := make(chan error, len(ps))
	var wait sync.WaitGroup
	for _, p := range ps {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if err := do(p); err != nil {
				failures <- err
			}
		})
	}
	wait.Wait()
	close(failures)
	return <-failures // nil when there were none
}

// follow lets an actor of a peer follow the target's member, and waits for the Accept.
func (w *World) follow(ctx context.Context, t *Target, p *peer, name string) error {
	done := make(chan struct{})
	w.mu.Lock()
	w.accepted[actorURI(p, name)] = done
	w.mu.Unlock()
	if err := w.deliver(ctx, p, name, t.actor.Inbox, w.speech.follow(p, name, t.actor.ID)); err != nil {
		return err
	}
	timer := time.NewTimer(w.cfg.Patience)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-done:
		return nil
	case <-timer.C:
		return fmt.Errorf("the follow by %s was not accepted within %s: is the account locked?", p.host, w.cfg.Patience)
	}
}

// gather gives the member one follower at each peer.
func (w *World) gather(ctx context.Context, t *Target) error {
	if t.followers {
		return nil
	}
	begun := time.Now()
	if err := each(w.peers.all, func(p *peer) error { return w.follow(ctx, t, p, followerName+w.run) }); err != nil {
		return err
	}
	t.followers = true
	w.cfg.Say(fmt.Sprintf("%s: %d followers on as many hosts in %.1f s", t.Name, len(w.peers.all), time.Since(begun).Seconds()))
	return nil
}

// senders are the peers whose actors the member follows.
func (w *World) senders() []*peer { return w.peers.all[:min(w.cfg.Senders, len(w.peers.all))] }

// subscribe lets the member follow the actors of the senders, through the client API.
func (w *World) subscribe(ctx context.Context, t *Target) error {
	if t.following {
		return nil
	}
	begun := time.Now()
	var mu sync.Mutex
	var ids []string
	err := each(w.senders(), func(p *peer) error {
		id, err := w.followBack(ctx, t, p)
		mu.Lock()
		defer mu.Unlock()
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return err
	}
	if err := w.awaitFollowing(ctx, t, ids); err != nil {
		return err
	}
	t.following = true
	w.cfg.Say(fmt.Sprintf("%s: follows %d actors on as many hosts after %.1f s", t.Name, len(ids), time.Since(begun).Seconds()))
	return nil
}

func (w *World) followBack(ctx context.Context, t *Target, p *peer) (id string, err error) {
	name := senderName + w.run
	query := url.Values{"q": {"@" + name + "@" + p.host}, "type": {"accounts"}, "resolve": {"true"}, "limit": {"1"}}
	var found struct{ Accounts []struct{ ID string } }
	if err := w.call(ctx, t, http.MethodGet, "/api/v2/search?"+query.Encode(), nil, &found); err != nil {
		return "", err
	}
	if len(found.Accounts) == 0 {
		return "", fmt.Errorf("@%s@%s was not found: does the server trust the authority of the bench (SSL_CERT_FILE)?", name, p.host)
	}
	id = found.Accounts[0].ID
	return id, w.call(ctx, t, http.MethodPost, "/api/v1/accounts/"+id+"/follow", struct{}{}, nil)
}

// awaitFollowing waits until all follows are accepted.
func (w *World) awaitFollowing(ctx context.Context, t *Target, ids []string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.cfg.Patience, errors.New("the follows of the member were not accepted in time"))
	defer cancel()
	for some := range slices.Chunk(ids, 40) {
		for {
			var known []struct{ Following bool }
			if err := w.call(ctx, t, http.MethodGet, "/api/v1/accounts/relationships?"+url.Values{"id[]": some}.Encode(), nil, &known); err != nil {
				return errors.Join(context.Cause(ctx), err)
			}
			if !slices.ContainsFunc(known, func(one struct{ Following bool }) bool { return !one.Following }) {
				break
			}
			if err := pause(ctx, 100*time.Millisecond); err != nil {
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// contact counts what a server asks of a peer that it never met, for one Follow.
func (w *World) contact(ctx context.Context, s *sheet) error {
	p := w.peers.all[len(w.peers.all)-1]
	before := p.gets.Load()
	begun := time.Now()
	if err := w.follow(ctx, s.Target, p, "n"+w.run); err != nil {
		return err
	}
	took := time.Since(begun)
	if err := pause(ctx, 2*time.Second); err != nil { // what it asks afterwards counts as well
		return err
	}
	s.add("GETs for one Follow", "", less, float64(p.gets.Load()-before))
	s.add("Follow to Accept", "ms", less, float64(took)/float64(time.Millisecond))
	return nil
}
