package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"praxis/models"
)

// chooseNext lets the hospital say who goes on with its threads when it is lost.
func (l *league) chooseNext(ctx context.Context) error {
	begun := time.Now()
	var ids []string
	for _, other := range []*participant{l.cleo, l.bo} {
		pair, err := l.ana.pairWith(ctx, other)
		if err != nil {
			return err
		}
		ids = append(ids, pair.ID)
	}
	if err := l.ana.call(ctx, http.MethodPut, l.ana.communityPath("/successors"), map[string]any{"siblings": ids}, nil); err != nil {
		return err
	}
	for _, other := range []*participant{l.bo, l.cleo} {
		if err := until(ctx, "the hospital's successors at "+other.host(), func() (bool, error) {
			pair, err := other.pairWith(ctx, l.ana)
			return err == nil && len(pair.Successors) == 2 && strings.Contains(pair.Successors[0], l.cleo.host()), err
		}); err != nil {
			return err
		}
	}
	l.tell(begun, "the hospital says who goes on for it", "the network first, then the school")
	return nil
}

// lose cuts the hospital off.
func (l *league) lose(ctx context.Context) error {
	begun := time.Now()
	if err := l.houses[0].cutOff(); err != nil {
		return err
	}
	if _, err := l.ana.home(ctx); err == nil {
		return errors.New("the hospital answers although it was cut off")
	}
	l.tell(begun, "the hospital is cut off", "its connections, its listener and its work ended at once; nobody was told")
	return nil
}

// goOn lets the talk go on at the others, in threads of the hospital, too.
func (l *league) goOn(ctx context.Context) error {
	begun := time.Now()
	left := []*participant{l.bo, l.cleo, l.dora}
	if err := l.post(ctx, l.bo, "Sugar on wounds\n\nAnd that?"); err != nil {
		return err
	}
	if err := l.post(ctx, l.cleo, "New dressings\n\nThey came today."); err != nil {
		return err
	}
	if err := l.allSee(ctx, left); err != nil {
		return err
	}
	l.tell(begun, "the talk goes on", "bo and cleo begin threads, the school and the network have both")
	begun = time.Now()
	if err := l.reply(ctx, l.cleo, 0, "Medical honey only."); err != nil {
		return err
	}
	if err := l.reply(ctx, l.dora, 0, "And not on the face."); err != nil {
		return err
	}
	if err := l.reply(ctx, l.dora, 3, "Rather not."); err != nil {
		return err
	}
	if err := l.allHear(ctx, left); err != nil {
		return err
	}
	l.tell(begun, "also in a thread of the hospital", "%q has %d answers at both", l.threads[0].title, l.threads[0].answers)
	return nil
}

// agreeOnLoss lets time pass, until the others agree that the hospital is lost.
func (l *league) agreeOnLoss(ctx context.Context) error {
	begun := time.Now()
	for range leagueAway {
		l.pass(24 * time.Hour)
	}
	for _, p := range []*participant{l.bo, l.cleo} {
		if err := l.passing(ctx, "the hospital as lost at "+p.host(), func() (bool, error) {
			pair, err := p.pairWith(ctx, l.ana)
			return err == nil && pair.State == models.SiblingLost, err
		}); err != nil {
			return err
		}
		page, err := p.page(ctx, "/@"+leagueCommunity)
		if err != nil {
			return err
		}
		next := l.cleo.host()
		if p == l.cleo {
			next = l.cleo.house.name // as it calls itself
		}
		for _, said := range []string{l.ana.host() + " has not been heard of since", next + " looks after them until it returns"} {
			if !strings.Contains(page, said) {
				return fmt.Errorf("the community's page at %s does not say %q", p.host(), said)
			}
		}
	}
	l.tell(begun, "the others agree that it is lost", "the demo's clock was set on by %d days: silent for the %d that they agreed on, both signed it; the network looks after its threads", leagueAway, leagueSilence)
	return nil
}

// pass sets the clock on and lets all look what is due.
func (l *league) pass(d time.Duration) {
	l.clock.Advance(d)
	for _, h := range l.houses {
		if !h.isOff {
			h.app.Wake()
		}
	}
}

// leagueStep is how far the clock is set on at a time while something is awaited: within what a signature holds, so that nothing that is
// under way is refused.
const leagueStep = 50 * time.Minute

// passing is until, while the demo's clock goes on now and then: what failed before is tried again after some hours only.
func (l *league) passing(ctx context.Context, awaited string, seen func() (bool, error)) error {
	next := time.Now().Add(time.Second)
	return within(ctx, 3*demoPatience, awaited, func() (bool, error) {
		found, err := seen()
		if err == nil && !found && time.Now().After(next) {
			l.pass(leagueStep)
			next = time.Now().Add(time.Second)
		}
		return found, err
	})
}

// lookAfter lets the successor decide on a thread of the hospital.
func (l *league) lookAfter(ctx context.Context) error {
	begun := time.Now()
	if err := l.reply(ctx, l.bo, 0, "Thank you. We write it into our course."); err != nil {
		return err
	}
	if err := l.allHear(ctx, []*participant{l.bo, l.cleo, l.dora}); err != nil {
		return err
	}
	l.tell(begun, "its threads go on", "bo answers %q once more, and all that are left see it", l.threads[0].title)
	return nil
}

// comeBack opens the hospital with the database that it had, and waits until all have the same.
func (l *league) comeBack(ctx context.Context) error {
	begun := time.Now()
	opened, err := openHouse(ctx, l.std, l.plans[0])
	if err != nil {
		return err
	}
	*l.houses[0] = *opened
	for _, p := range []*participant{l.bo, l.cleo} {
		if err := l.passing(ctx, "the hospital back at "+p.host(), func() (bool, error) {
			pair, err := p.pairWith(ctx, l.ana)
			return err == nil && pair.State == models.SiblingLive, err
		}); err != nil {
			return err
		}
	}
	l.tell(begun, "the hospital returns", "with its old database; the others hold it for lost no more")
	begun = time.Now()
	for i := range l.threads {
		if err := l.passing(ctx, fmt.Sprintf("%q with %d answers at the hospital", l.threads[i].title, l.threads[i].answers), func() (bool, error) { return l.hasAll(ctx, l.ana, &l.threads[i]) }); err != nil {
			return err
		}
	}
	if err := l.reply(ctx, l.ana, 0, "We are back. What did we miss?"); err != nil {
		return err
	}
	if err := l.allHear(ctx, append(l.people, l.dora)); err != nil {
		return err
	}
	l.tell(begun, "it catches up", "what was said in %d days is there, and ana answers", leagueAway)
	return nil
}

// hasAll reports whether somebody's community shows a thread with all of its answers.
func (l *league) hasAll(ctx context.Context, p *participant, t *leagueThread) (bool, error) {
	if there, err := l.has(ctx, p, t); err != nil || !there {
		return false, err
	}
	n, err := l.heard(ctx, p, t)
	return n == t.answers, err
}

// count compares what each of the three has.
func (l *league) count(ctx context.Context) error {
	begun := time.Now()
	answers := 0
	for i := range l.threads {
		answers += l.threads[i].answers
	}
	for _, p := range l.people {
		shown, err := p.threadsAt(ctx)
		if err != nil {
			return err
		}
		if len(shown) != len(l.threads) {
			return fmt.Errorf("%s shows %d threads, and there are %d", p.host(), len(shown), len(l.threads))
		}
		for i := range l.threads {
			there, err := l.hasAll(ctx, p, &l.threads[i])
			if err != nil {
				return err
			}
			if !there {
				return fmt.Errorf("%s does not show %q with its %d answers", p.host(), l.threads[i].title, l.threads[i].answers)
			}
		}
	}
	l.say("all three have the same", "%d threads with %d answers at each of them, each of them once; in all the servers said %d requests with %d KiB to each other",
		time.Since(begun), len(l.threads), answers, l.traffic.requests.Load(), (l.traffic.bytes.Load()+1023)/1024)
	return nil
}
