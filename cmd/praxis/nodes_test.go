package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// twoNodes are two processes on one PostgreSQL, behind one address, which leads to one of them at a time.
type twoNodes struct {
	*trial
	nodes [2]*process
	front atomic.Int32 // which of them the address leads to
}

// nodeLease is what the nodes' leases last, as in a process of anybody's.
const nodeLease = 10 * time.Second

func newTwoNodes(t *testing.T) *twoNodes {
	t.Helper()
	tr := &trial{t: t, crowd: newCrowd(t, 4)}
	first := newProcess(t, "hospital", "ana", "PRAXIS_DATABASE="+testdb.Postgres(t), "PRAXIS_CLIENT_REQUESTS=0", "PRAXIS_FFMPEG=off", "PRAXIS_LOG_LEVEL=warn")
	two := &twoNodes{trial: tr}
	for i := range two.nodes {
		node := *first
		node.log = &safeBuffer{}
		two.nodes[i] = &node
	}
	ports := [2]int{freePort(t), freePort(t)}
	two.listen(first.port, ports)
	for i, node := range two.nodes {
		node.startAt("127.0.0.1:" + strconv.Itoa(ports[i]))
		two.front.Store(int32(i))
		node.awaitReady()
	}
	tr.server = two.nodes[0]
	if err := tr.server.member.signIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	tr.follow()
	return two
}

// listen passes connections on, as a balancer does.
func (two *twoNodes) listen(port int, ports [2]int) {
	two.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		two.t.Fatal(err)
	}
	two.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(ports[two.front.Load()]))
			if err != nil {
				_ = near.Close()
				continue
			}
			go func() { defer far.Close(); _, _ = io.Copy(far, near) }()
			go func() { defer near.Close(); _, _ = io.Copy(near, far) }()
		}
	}()
}

// postAt posts through one of the nodes.
func (two *twoNodes) postAt(node int32, text string) {
	two.t.Helper()
	two.front.Store(node)
	if !two.post(text) {
		two.t.Fatalf("a post got no answer\n%s", two.nodes[node].log)
	}
}

// holding lets a peer keep the request of one delivery until it may answer, so that whoever sent it keeps the lane.
func (p *crowdPeer) holding() (held <-chan struct{}, answer func()) {
	came, may := make(chan struct{}), make(chan struct{})
	var first atomic.Bool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.onGot = func(string) {
		if first.CompareAndSwap(false, true) {
			close(came)
			<-may
		}
	}
	return came, func() { close(may) }
}

// overtake lets the first node have the lane of a peer, then stops it in its way while both fan out, and sees to it that the
// second has taken over within two lease times, and one more for a machine that is busy.
func (two *twoNodes) overtake(p *crowdPeer, stop func(*process)) {
	two.t.Helper()
	held, answer := p.holding()
	two.postAt(0, "The first node has the lane of "+p.name)
	<-held
	for i := range 10 {
		two.postAt(int32(i%2), fmt.Sprintf("%s: post %d, while both work", p.name, i))
	}
	stop(two.nodes[0])
	stopped := time.Now()
	for i := range 5 {
		two.postAt(1, fmt.Sprintf("%s: post %d, while one works", p.name, i))
	}
	two.await("the other node at "+p.name, func() bool { return len(p.missing(two.sent)) == 0 })
	if took := time.Since(stopped); took > 3*nodeLease {
		two.t.Errorf("it took %s until the other node had taken over", took.Round(time.Millisecond))
	} else {
		two.t.Logf("taken over after %s", took.Round(time.Millisecond))
	}
	answer()
}

// TestH22_OneOfTwoNodesIsKilled: kill -9 of one process in the middle of the fan-out of both.
func TestH22_OneOfTwoNodesIsKilled(t *testing.T) {
	two := newTwoNodes(t)
	two.overtake(two.crowd.peers[0], func(p *process) { p.end(syscall.SIGKILL) })
	two.server = two.nodes[1]
	two.check(1)
}

// TestH21_OneOfTwoNodesStandsStill: SIGSTOP of one process until its lease is over and another has its lane, then SIGCONT: it
// sends nothing more of what it had, and overwrites nothing.
func TestH21_OneOfTwoNodesStandsStill(t *testing.T) {
	two := newTwoNodes(t)
	p := two.crowd.peers[0]
	two.overtake(p, func(p *process) { p.signal(syscall.SIGSTOP) })
	two.nodes[0].signal(syscall.SIGCONT)
	for i := range 10 {
		two.postAt(int32(i%2), fmt.Sprintf("post %d, both work again", i))
	}
	two.check(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	twice := 0
	for _, n := range p.times {
		if n > 1 {
			twice++
		}
	}
	if twice > 1 { // the one that was under way when its sender fell asleep
		t.Errorf("%d posts came to %s more than once", twice, p.name)
	}
	for i, node := range two.nodes {
		if code := node.end(syscall.SIGTERM); code != 0 {
			t.Errorf("node %d ended with %d: %s", i, code, node.log)
		}
	}
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.command.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}
