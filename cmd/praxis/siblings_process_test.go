package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"

	"praxis/internal/testdb"
)

// mesh is organizations that are processes of their own, know each other by https only, and have one community.
type mesh struct {
	t    *testing.T
	all  []*process
	mu   sync.Mutex
	said map[string]bool // what a client was told is published
}

// newMesh starts them, and lets each two of them agree.
func newMesh(t *testing.T, people map[string]string) *mesh {
	t.Helper()
	m, ca := &mesh{t: t, said: map[string]bool{}}, newAuthority(t)
	for i, name := range slices.Sorted(maps.Keys(people)) {
		settings := append(ca.issue(t, t.TempDir(), int64(i+2), name+".localhost"), "PRAXIS_CLIENT_REQUESTS=0", "PRAXIS_FFMPEG=off", "PRAXIS_LOG_LEVEL=warn")
		p := newProcess(t, name, people[name], append(settings, meshDatabase(t)...)...)
		well(t, p.environ, "user", "role", people[name], "admin")
		well(t, p.environ, "community", "create", leagueCommunity, "--convener", people[name])
		p.member.house.roots = ca.roots
		p.start()
		m.ok(p.member.signInFor(t.Context(), adminScopes), p)
		found, err := p.member.findCommunity(t.Context(), leagueCommunity, p.member.host())
		m.ok(err, p)
		p.member.community = found.ID
		m.all = append(m.all, p)
	}
	for i, one := range m.all {
		for _, other := range m.all[:i] {
			m.ok(agree(t.Context(), one.member, other.member, leagueCommunity, nil), one, other)
		}
	}
	return m
}

// meshDatabase is SQLite unless SIBLING_DATABASE is "postgres": this test is too slow to run on both each time.
func meshDatabase(t *testing.T) []string {
	t.Helper()
	if os.Getenv("SIBLING_DATABASE") != "postgres" {
		return nil
	}
	return []string{"PRAXIS_DATABASE=" + testdb.Postgres(t)}
}

func (m *mesh) ok(err error, at ...*process) {
	m.t.Helper()
	if err == nil {
		return
	}
	for _, p := range at {
		m.t.Log(p.log)
	}
	m.t.Fatal(err)
}

// say posts, and remembers what was acknowledged.
func (m *mesh) say(p *process, fields map[string]any) error {
	var made demoStatus
	if err := p.member.call(m.t.Context(), http.MethodPost, "/api/v1/statuses", fields, &made); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.said[made.URI] = true
	return nil
}

// begin lets a thread begin at one of them.
func (m *mesh) begin(p *process, text string) error {
	return m.say(p, map[string]any{"status": text + "\n\nWhat do you think?", "community_id": p.member.community})
}

// answer answers the first thread of another one.
func (m *mesh) answer(p *process, first, text string) error {
	thread, err := p.member.locate(m.t.Context(), first)
	if err == nil && thread == nil {
		err = fmt.Errorf("%s is not at %s", first, p.member.host())
	}
	if err != nil {
		return err
	}
	return m.say(p, map[string]any{"status": text, "in_reply_to_id": thread.ID})
}

// fall lets all talk at once, takes one of them away in the middle, lets the others go on, also in its threads, and brings it back.
func (m *mesh) fall(round int, firsts []string, leave, back func(*process)) {
	m.t.Helper()
	victim := m.all[round]
	var gone sync.Once
	var others, its sync.WaitGroup
	for i, p := range m.all {
		working := &others
		if p == victim {
			working = &its
		}
		working.Go(func() {
			for n := range 3 {
				err := m.answer(p, firsts[(i+n+1)%len(firsts)], fmt.Sprintf("answer %d of round %d", n, round))
				if n == 0 {
					err = m.begin(p, fmt.Sprintf("thread of round %d", round))
				}
				if err != nil && p == victim {
					return
				}
				if err != nil {
					m.t.Errorf("%s: %v", p.member.host(), err)
				}
				if p != victim && n == 1 {
					gone.Do(func() { leave(victim) })
				}
			}
		})
	}
	others.Wait()
	for _, p := range m.all {
		if p != victim {
			m.ok(m.answer(p, firsts[round], fmt.Sprintf("round %d, you are away", round)), p)
		}
	}
	back(victim)
	its.Wait()
}

// held is what one of them has: how often each thread, and each answer to the first ones, is there.
func (m *mesh) held(ctx context.Context, p *process, firsts []string) (map[string]int, error) {
	threads, err := p.member.threadsAt(ctx)
	if err != nil {
		return nil, err
	}
	if len(threads) >= 30 {
		return nil, errors.New("there are more threads than a feed holds")
	}
	found := map[string]int{}
	for _, uri := range threads {
		found[uri]++
		if !slices.Contains(firsts, uri) {
			continue
		}
		thread, err := p.member.locate(ctx, uri)
		if err != nil || thread == nil {
			return nil, errors.Join(err, fmt.Errorf("%s does not find %s", p.member.host(), uri))
		}
		answers, err := p.member.answersTo(ctx, thread.ID)
		if err != nil {
			return nil, err
		}
		for _, answer := range answers {
			found[answer.URI]++
		}
	}
	return found, nil
}

// agreeAtLast waits until all have the same, each once, and all that was acknowledged among it.
func (m *mesh) agreeAtLast(firsts []string) {
	m.t.Helper()
	state := ""
	err := within(m.t.Context(), 4*demoPatience, "the same at all of them", func() (bool, error) {
		all := make([]map[string]int, len(m.all))
		for i, p := range m.all {
			var err error
			if all[i], err = m.held(m.t.Context(), p, firsts); err != nil {
				return false, err
			}
		}
		state = ""
		for i, p := range m.all {
			for uri := range m.said {
				if all[i][uri] == 0 {
					state += fmt.Sprintf("%s lacks %s\n", p.member.host(), uri)
				}
			}
			for uri, n := range all[i] {
				if n > 1 {
					return false, fmt.Errorf("%s has %s %d times", p.member.host(), uri, n)
				}
			}
			if !maps.Equal(all[i], all[0]) {
				state += fmt.Sprintf("%s has %d, %s has %d\n", p.member.host(), len(all[i]), m.all[0].member.host(), len(all[0]))
			}
		}
		return state == "", nil
	})
	if err != nil {
		m.t.Fatalf("%v\n%s", err, state)
	}
}

// TestSiblingsOutliveProcesses: four processes over TLS have one community. One after the other is killed while all talk and deliver, one
// stands still for a while; the others go on, also in threads of who is away. In the end all have the same, each post once, and none
// is lost that a client was told is published.
func TestSiblingsOutliveProcesses(t *testing.T) {
	m := newMesh(t, map[string]string{"clinic": "dora", "hospital": "ana", "network": "cleo", "school": "bo"})
	for _, p := range m.all {
		m.ok(m.begin(p, "the first thread of "+p.member.host()), p)
	}
	firsts := slices.Sorted(maps.Keys(m.said))
	slices.SortFunc(firsts, func(one, other string) int { return m.place(one) - m.place(other) })
	m.agreeAtLast(firsts)
	kill, start := func(p *process) { p.end(syscall.SIGKILL) }, func(p *process) { p.start() }
	for round := range 3 {
		m.fall(round, firsts, kill, start)
	}
	m.fall(3, firsts, func(p *process) { p.signal(syscall.SIGSTOP) }, func(p *process) { p.signal(syscall.SIGCONT) })
	for _, p := range m.all { // a sign of life of each lets the others try again at once
		m.ok(m.begin(p, "all are back"), p)
	}
	m.agreeAtLast(firsts)
	t.Logf("%d posts at each of %d", len(m.said), len(m.all))
	for _, p := range m.all {
		if code := p.end(syscall.SIGTERM); code != 0 {
			t.Errorf("%s ended with %d: %s", p.member.host(), code, p.log)
		}
	}
}

// place is which of them an address belongs to.
func (m *mesh) place(uri string) int {
	return slices.IndexFunc(m.all, func(p *process) bool {
		return len(uri) > len(p.member.house.base) && uri[:len(p.member.house.base)] == p.member.house.base
	})
}
