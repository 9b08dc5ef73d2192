package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/testdb"
)

// trial is a process among a crowd of peers, whose follower each peer is.
type trial struct {
	t      *testing.T
	server *process
	crowd  *crowd
	sent   []string // posts that a client was told are published, in their order
}

func eachTrial(t *testing.T, misbehaving []string, run func(tr *trial)) {
	t.Helper()
	testdb.Each(t, func(t *testing.T, database string) {
		tr := &trial{t: t, crowd: newCrowd(t, 4, misbehaving...)}
		tr.server = newProcess(t, "hospital", "ana", "PRAXIS_DATABASE="+database, "PRAXIS_CLIENT_REQUESTS=0", "PRAXIS_NODE_LEASE=2s", "PRAXIS_FFMPEG=off", "PRAXIS_LOG_LEVEL=warn")
		tr.server.start()
		if err := tr.server.member.signIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		tr.follow()
		run(tr)
	})
}

// await waits longer than others do: what a killed process held on PostgreSQL is free only when its lease has ended.
func (tr *trial) await(awaited string, seen func() bool) {
	tr.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !seen(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			tr.t.Fatalf("%s was not seen\n%s", awaited, tr.server.log)
		}
	}
}

func (tr *trial) base() string { return tr.server.member.house.base }

func (tr *trial) ana() string { return tr.base() + "/u/ana" }

// follow lets a reader of each peer follow ana.
func (tr *trial) follow() {
	tr.t.Helper()
	for _, p := range tr.crowd.peers {
		if status := p.send(tr.ana()+"/inbox", p.activity("Follow", "follow", tr.ana())); status != http.StatusAccepted {
			tr.t.Fatalf("%s: follow: %d\n%s", p.name, status, tr.server.log)
		}
	}
	tr.await("all followers", func() bool {
		var me struct {
			FollowersCount int `json:"followers_count"`
		}
		err := tr.server.member.call(tr.t.Context(), http.MethodGet, "/api/v1/accounts/verify_credentials", nil, &me)
		return err == nil && me.FollowersCount == len(tr.crowd.peers)
	})
}

// post posts and remembers what was acknowledged.
func (tr *trial) post(text string) bool {
	var made demoStatus
	if err := tr.server.member.post(tr.t.Context(), text, "", &made); err != nil {
		return false
	}
	tr.sent = append(tr.sent, made.URI)
	return true
}

// wake lets every peer speak to the server, so that what waits for them is tried at once.
func (tr *trial) wake(word string) {
	for _, p := range tr.crowd.peers {
		p.send(tr.ana()+"/inbox", p.activity("Like", word, tr.ana()))
	}
}

// check is the checker of what must hold after every fault: each acknowledged post has come to each peer, counted once by its id, in
// order, and no lane stands. What was on its way when something was killed may have come twice, under the same id.
func (tr *trial) check(kills int) {
	tr.t.Helper()
	tr.crowd.misbehave(false)
	rounds := 0
	tr.await("every post at every peer", func() bool {
		if rounds++; rounds%8 == 1 {
			tr.wake(fmt.Sprintf("wake%d", rounds))
		}
		for _, p := range tr.crowd.peers {
			if len(p.missing(tr.sent)) > 0 {
				return false
			}
		}
		return true
	})
	for _, p := range tr.crowd.peers {
		p.mu.Lock()
		var acknowledged []string
		twice := 0
		for _, id := range p.taken {
			if slices.Contains(tr.sent, id) {
				acknowledged = append(acknowledged, id)
			}
			if p.times[id] > 1 {
				twice++
			}
		}
		isLiar := p.name == "liar"
		p.mu.Unlock()
		if !slices.Equal(acknowledged, tr.sent) {
			tr.t.Errorf("%s: out of order: got %d of %d", p.name, len(acknowledged), len(tr.sent))
		}
		if limit := 50 * kills; twice > limit && !isLiar {
			tr.t.Errorf("%s: %d posts came more than once", p.name, twice)
		}
	}
	tr.await("no lane to wait", func() bool {
		got := praxis(tr.t, tr.server.environ, "", "peer", "list")
		if got.code != 0 {
			tr.t.Fatalf("%+v", got)
		}
		for _, line := range strings.Split(strings.TrimSpace(got.out), "\n")[1:] {
			if fields := strings.Fields(line); len(fields) > 2 && fields[2] != "0" {
				return false
			}
		}
		return true
	})
}

func (p *crowdPeer) missing(sent []string) (found []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range sent {
		if p.times[id] == 0 {
			found = append(found, id)
		}
	}
	return found
}

// whenTaken calls do once, when a peer has taken so many posts: before the server hears that it did.
func (p *crowdPeer) whenTaken(count int, do func()) {
	var once sync.Once
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onGot = func(string) {
		p.mu.Lock()
		n := len(p.taken)
		p.mu.Unlock()
		if n >= count {
			once.Do(do)
		}
	}
}

// everybody are all moods.
func everybody() []string { return []string{"stall", "reset", "cut", "drip", "busy", "broken", "liar"} }

// TestH14_KilledWhilePeersAnswer: kill -9 between a peer's taking a post and its answer, in the middle of the fan-out, while others
// misbehave in every way; twice.
func TestH14_KilledWhilePeersAnswer(t *testing.T) {
	eachTrial(t, everybody(), func(tr *trial) {
		tr.crowd.misbehave(true)
		for round := range 2 {
			killed := make(chan struct{})
			tr.crowd.peers[round].whenTaken(3+10*round, func() {
				_ = tr.server.command.Process.Kill()
				close(killed)
			})
			for i := range 10 {
				if !tr.post(fmt.Sprintf("post %d of round %d", i, round)) {
					break // the server is gone
				}
			}
			tr.await("the peer to take enough", func() bool {
				select {
				case <-killed:
					return true
				default:
					return false
				}
			})
			tr.server.end(syscall.SIGKILL)
			tr.server.start()
		}
		if len(tr.sent) < 3 {
			tr.t.Fatalf("%d posts only", len(tr.sent))
		}
		tr.check(2)
	})
}

// TestH13_KilledWhilePosting: kill -9 while clients post; whatever a client was told is published arrives, and nothing is in order
// that was not.
func TestH13_KilledWhilePosting(t *testing.T) {
	eachTrial(t, []string{"stall", "broken"}, func(tr *trial) {
		tr.crowd.misbehave(true)
		for round := range 3 {
			go func(server *process) {
				time.Sleep(time.Duration(40+60*round) * time.Millisecond)
				_ = server.command.Process.Kill()
			}(tr.server)
			for i := 0; tr.post(fmt.Sprintf("post %d of round %d", i, round)); i++ {
				if i > 500 {
					tr.t.Fatal("it is not killed")
				}
			}
			tr.server.end(syscall.SIGKILL)
			tr.server.start()
		}
		tr.post("after all")
		tr.check(3)
	})
}

// TestH21_ProcessThatStoodStill: SIGSTOP in the middle of the fan-out, and SIGCONT when its peers have long given up waiting.
func TestH21_ProcessThatStoodStill(t *testing.T) {
	eachTrial(t, []string{"reset", "cut"}, func(tr *trial) {
		tr.crowd.misbehave(true)
		stopped := make(chan struct{})
		tr.crowd.peers[0].whenTaken(2, func() {
			_ = tr.server.command.Process.Signal(syscall.SIGSTOP)
			close(stopped)
		})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 6 {
				tr.post(fmt.Sprintf("post %d", i))
			}
		}()
		<-stopped
		time.Sleep(3 * time.Second)
		if err := tr.server.command.Process.Signal(syscall.SIGCONT); err != nil {
			tr.t.Fatal(err)
		}
		<-done
		tr.check(1)
	})
}

// TestH15_KilledWhileReceiving: kill -9 while peers deliver, who send again what was not acknowledged, as servers do. Each note
// that was acknowledged has its effect, and has it once.
func TestH15_KilledWhileReceiving(t *testing.T) {
	eachTrial(t, nil, func(tr *trial) {
		const each = 30
		var acknowledged atomic.Int64
		kills := []int64{15, 60}
		var mu sync.Mutex
		kill := func() {
			mu.Lock()
			defer mu.Unlock()
			if len(kills) > 0 && acknowledged.Load() >= kills[0] {
				kills = kills[1:]
				_ = tr.server.command.Process.Kill()
				tr.server.end(syscall.SIGKILL)
				tr.server.start()
			}
		}
		var working sync.WaitGroup
		for _, p := range tr.crowd.peers {
			working.Go(func() {
				for i := range each {
					create := p.activity("Create", fmt.Sprint("create", i), p.note(i, tr.ana()))
					for tries := 0; p.send(tr.ana()+"/inbox", create) != http.StatusAccepted; tries++ {
						if tries > 200 {
							tr.t.Errorf("%s: note %d is not taken", p.name, i)
							return
						}
						time.Sleep(50 * time.Millisecond)
					}
					acknowledged.Add(1)
					kill()
				}
			})
		}
		working.Wait()
		want := each * len(tr.crowd.peers)
		counts := func() map[string]int { return tr.mentions() }
		tr.await("all mentions", func() bool { return len(counts()) == want })
		for uri, n := range counts() {
			if n != 1 {
				tr.t.Errorf("%s: %d notifications", uri, n)
			}
		}
		if len(kills) != 0 {
			tr.t.Errorf("it was not killed as often as planned")
		}
	})
}

// note is one that mentions ana.
func (p *crowdPeer) note(i int, ana string) map[string]any {
	return map[string]any{
		"id": fmt.Sprintf("http://%s/notes/%d", p.host, i), "type": "Note", "attributedTo": p.uri(), "content": fmt.Sprintf("<p>@ana note %d</p>", i),
		"to": []string{vocab.Public}, "cc": []string{ana}, "published": vocab.FormatTime(time.Now()),
		"tag": []any{map[string]any{"type": "Mention", "href": ana, "name": "@ana"}},
	}
}

// mentions counts ana's notifications of mentions, by post.
func (tr *trial) mentions() map[string]int {
	found := map[string]int{}
	path := "/api/v1/notifications?types[]=mention&limit=80"
	for before := ""; ; {
		var page []struct {
			ID     string
			Status *demoStatus
		}
		if err := tr.server.member.call(tr.t.Context(), http.MethodGet, path+before, nil, &page); err != nil || len(page) == 0 {
			return found
		}
		for _, n := range page {
			if n.Status != nil {
				found[n.Status.URI]++
			}
		}
		before = "&max_id=" + page[len(page)-1].ID
	}
}
