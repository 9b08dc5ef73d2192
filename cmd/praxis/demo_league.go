package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// leagueHouses are the organizations of the demo of siblings.
var leagueHouses = []struct{ host, title, convener, name string }{
	{"hospital", "City Hospital", "ana", "Ana, wound nurse"},
	{"school", "School of Nursing", "bo", "Bo, teacher"},
	{"network", "Network of Practices", "cleo", "Cleo, practice nurse"},
}

const (
	leagueCommunity = "woundcare"
	// leagueSilence is after how many days of silence a sibling can be called lost, as they agree, and leagueAway for how long the
	// hospital is away.
	leagueSilence = 14
	leagueAway    = 15
)

// league is three organizations that have one community, and those who take part.
type league struct {
	narrator
	clock           demoClock
	traffic         traffic
	plans           []housePlan
	houses          []*house
	people          []*participant // the three conveners, in the order of the houses
	ana, bo, cleo   *participant
	dora            *participant // at the network; follows the school's community only
	threads         []leagueThread
	asked, answered int64 // requests and bytes between servers, when the last step had ended
}

// leagueThread is a thread, and how many answers to it were said.
type leagueThread struct {
	title, uri string
	by         *participant
	answers    int
}

// showSiblings lets three organizations have one community, takes one of them away, and brings it back.
func (d *demoCommand) showSiblings(ctx context.Context, tell narrator, folder string) error {
	begun := time.Now()
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		return usage("--data %s is not empty: the demo of siblings sets the clock on, so it begins anew each time", folder)
	}
	l := &league{narrator: tell}
	defer func() {
		for _, h := range l.houses {
			h.close()
		}
	}()
	for i, h := range leagueHouses {
		plan := housePlan{folder: folder, name: h.host, title: h.title, port: d.Ports[i], now: l.clock.Now, through: l.traffic.through(&l.clock)}
		opened, err := openHouse(ctx, tell.std, plan)
		if err != nil {
			return err
		}
		l.plans, l.houses = append(l.plans, plan), append(l.houses, opened)
	}
	l.say("three organizations are up", "a hospital, a school of nursing and a network of practices, each with its own database in %s", time.Since(begun), folder)
	for _, step := range []func(context.Context) error{
		l.settle, l.becomeOne, l.follow, l.begin, l.answer, l.chooseNext, l.lose, l.goOn, l.agreeOnLoss, l.lookAfter, l.comeBack, l.count,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return d.end(ctx, &l.narrator, begun, append(l.people, l.dora))
}

// tell prints a step with what it took: time, and what the servers said to each other.
func (l *league) tell(begun time.Time, step, format string, args ...any) {
	requests, bytes := l.traffic.requests.Load(), l.traffic.bytes.Load()
	args = append(args, requests-l.asked, (bytes-l.answered+1023)/1024)
	l.say(step, format+" (%d requests, %d KiB)", time.Since(begun), args...)
	l.asked, l.answered = requests, bytes
}

// settle makes the people and their communities, and signs them in.
func (l *league) settle(ctx context.Context) error {
	begun := time.Now()
	for i, h := range leagueHouses {
		p := &participant{house: l.houses[i]}
		var err error
		if p.actor, err = p.house.member(ctx, h.convener, h.name); err != nil {
			return err
		}
		if err := p.house.community(ctx, leagueCommunity, "Wound care", "We care for chronic wounds and share what heals them.", p.actor); err != nil {
			return err
		}
		l.people = append(l.people, p)
	}
	l.ana, l.bo, l.cleo = l.people[0], l.people[1], l.people[2]
	l.dora = &participant{house: l.cleo.house}
	var err error
	if l.dora.actor, err = l.dora.house.member(ctx, "dora", "Dora, district nurse"); err != nil {
		return err
	}
	for _, p := range append(l.people, l.dora) {
		if err := p.signInFor(ctx, adminScopes); err != nil {
			return err
		}
		found, err := p.findCommunity(ctx, leagueCommunity, p.host())
		if err != nil {
			return err
		}
		p.community = found.ID
	}
	l.tell(begun, "each has a community for wound care", "@woundcare at each; @ana, @bo and @cleo convene and administer, @dora is a member of the network")
	return nil
}

// becomeOne lets each pair agree.
func (l *league) becomeOne(ctx context.Context) error {
	terms := map[string]any{"history_days": 90, "removals": "auto", "silence_days": leagueSilence}
	for _, pair := range [][2]*participant{{l.ana, l.bo}, {l.ana, l.cleo}, {l.bo, l.cleo}} {
		begun := time.Now()
		if err := agree(ctx, pair[0], pair[1], leagueCommunity, terms); err != nil {
			return err
		}
		one, other := pair[0], pair[1]
		l.tell(begun, one.actor.Username+" and "+other.actor.Username+" make them one", "%s offers, the admin admits %s; %s approves, the admin admits %s; both Groups signed the same agreement",
			one.actor.Username, other.house.name, other.actor.Username, one.house.name)
	}
	return nil
}

// follow lets somebody follow two of them, and somebody one of them only, which is not that of the own organization.
func (l *league) follow(ctx context.Context) error {
	begun := time.Now()
	for _, wish := range []struct{ who, at *participant }{{l.bo, l.ana}, {l.dora, l.bo}} {
		found, err := wish.who.findCommunity(ctx, leagueCommunity, wish.at.host())
		if err != nil {
			return err
		}
		if err := wish.who.call(ctx, http.MethodPost, "/api/v1/accounts/"+found.ID+"/follow", nil, nil); err != nil {
			return err
		}
		err = until(ctx, "the Accept of "+wish.at.host(), func() (bool, error) {
			var relations []struct{ Following bool }
			err := wish.who.call(ctx, http.MethodGet, "/api/v1/accounts/relationships?id[]="+found.ID, nil, &relations)
			return err == nil && len(relations) == 1 && relations[0].Following, err
		})
		if err != nil {
			return err
		}
	}
	l.tell(begun, "bo follows two of them, dora one", "bo that of the school and that of the hospital; dora only that of the school, from another server")
	return nil
}

// begin lets a thread begin at each, and sees to it that everybody has each of them once, and knows from where.
func (l *league) begin(ctx context.Context) error {
	for i, text := range []string{
		"Honey on burns?\n\nA patient asks for it. Has anybody tried?", "Teaching compression\n\nHow do you let students practise it?", "Who visits on Sundays?\n\nTwo of us are ill.",
	} {
		begun := time.Now()
		p := l.people[i]
		if err := l.post(ctx, p, text); err != nil {
			return err
		}
		if err := l.allSee(ctx, append(l.people, l.dora)); err != nil {
			return err
		}
		l.tell(begun, p.actor.Username+" begins a thread at the "+leagueHouses[i].host, "everybody has it at home, once, as one of %s", p.host())
	}
	return nil
}

// post begins a thread.
func (l *league) post(ctx context.Context, p *participant, text string) error {
	var made demoStatus
	err := p.call(ctx, http.MethodPost, "/api/v1/statuses", map[string]any{"status": text, "community_id": p.community}, &made)
	title, _, _ := strings.Cut(text, "\n")
	l.threads = append(l.threads, leagueThread{title: title, uri: made.URI, by: p})
	return err
}

// allSee waits until some have every thread, at home and in their community, once each and as one of the organization where it began.
func (l *league) allSee(ctx context.Context, who []*participant) error {
	for _, p := range who {
		for i := range l.threads {
			t := &l.threads[i]
			err := until(ctx, fmt.Sprintf("%q at the home of %s", t.title, p.actor.Username), func() (bool, error) {
				home, err := p.home(ctx)
				if err != nil {
					return false, err
				}
				return t.among(home)
			})
			if err != nil {
				return err
			}
			if err := until(ctx, fmt.Sprintf("%q at %s", t.title, p.host()), func() (bool, error) { return l.has(ctx, p, t) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// has reports whether somebody's community shows a thread. An error says that it does so twice, or as one of another organization.
func (l *league) has(ctx context.Context, p *participant, t *leagueThread) (bool, error) {
	shown, err := p.threadsAt(ctx)
	if err != nil {
		return false, err
	}
	if n := times(shown, t.uri); n != 1 {
		if n > 1 {
			err = fmt.Errorf("%s shows %q %d times", p.host(), t.title, n)
		}
		return false, err
	}
	found, err := p.locate(ctx, t.uri)
	if err != nil || found == nil {
		return false, err
	}
	return t.among([]siblingStatus{*found})
}

// among reports whether a list has the thread. An error says that it has it twice, or as one of another organization.
func (t *leagueThread) among(list []siblingStatus) (bool, error) {
	found, err := once(list, t.uri)
	if err != nil || found == nil {
		return false, err
	}
	if found.Praxis.Origin != "" && found.Praxis.Origin != t.by.host() {
		return false, fmt.Errorf("%q is shown as one of %s, and began at %s", t.title, found.Praxis.Origin, t.by.host())
	}
	return found.Praxis.Origin != "", nil
}

// reply answers a thread from the answerer's own organization.
func (l *league) reply(ctx context.Context, p *participant, thread int, text string) error {
	t := &l.threads[thread]
	seen, err := p.locate(ctx, t.uri)
	if err != nil {
		return err
	}
	if seen == nil {
		return fmt.Errorf("%s does not find %q", p.actor.Username, t.title)
	}
	var said demoStatus
	if err := p.post(ctx, text, seen.ID, &said); err != nil {
		return err
	}
	t.answers++
	return nil
}

// allHear waits until some see every answer.
func (l *league) allHear(ctx context.Context, who []*participant) error {
	for _, p := range who {
		for i := range l.threads {
			t := &l.threads[i]
			err := until(ctx, fmt.Sprintf("%d answers to %q at %s", t.answers, t.title, p.host()), func() (bool, error) {
				n, err := l.heard(ctx, p, t)
				return n == t.answers, err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// heard counts the answers to a thread that somebody sees. More than were given are an error.
func (l *league) heard(ctx context.Context, p *participant, t *leagueThread) (int, error) {
	thread, err := p.locate(ctx, t.uri)
	if err != nil || thread == nil {
		return 0, err
	}
	answers, err := p.answersTo(ctx, thread.ID)
	if len(answers) > t.answers {
		err = fmt.Errorf("%s shows %d answers to %q, and %d were given", p.host(), len(answers), t.title, t.answers)
	}
	return len(answers), err
}

// answer lets each answer a thread of another one.
func (l *league) answer(ctx context.Context) error {
	begun := time.Now()
	for _, said := range []struct {
		by     *participant
		thread int
		text   string
	}{{l.bo, 0, "We did, twice. It calms."}, {l.cleo, 1, "On each other, first."}, {l.ana, 2, "I could, from ten on."}, {l.dora, 2, "So could I."}} {
		if err := l.reply(ctx, said.by, said.thread, said.text); err != nil {
			return err
		}
	}
	if err := l.allHear(ctx, append(l.people, l.dora)); err != nil {
		return err
	}
	l.tell(begun, "all answer each other", "4 answers, each written at home, all of them seen by all")
	return nil
}
