package inbox

import (
	"context"
	"sync"
	"time"

	"praxis/models"
)

// How the worker shares itself out.
const (
	idle      = 15 * time.Second // how often it looks for entries whose next try is due
	parallel  = 16               // hosts that are worked for side by side
	asking    = 64               // hosts whose entries may wait for answers of other servers
	turns     = 4                // rounds that a host gets before others have theirs
	dueHosts  = 1000
	afterward = time.Second           // pause of a host after a fault of the store
	meanwhile = 20 * time.Millisecond // pause of a host for which another node works
)

// schedule says which hosts have something that waits. A host is worked for by one goroutine at a time, so that its entries
// keep their order; one that is slow holds up nobody but itself.
type schedule struct {
	mu    sync.Mutex
	queue []string          // hosts that wait for their turn, each once
	hosts map[string]status // of those that wait or are worked for
	wake  chan struct{}
	slots chan struct{} // of those that are worked for
	calls chan struct{} // of those that ask other servers
}

// status is what is known of a host that has something to do.
type status struct {
	busy  bool // it is worked for
	again bool // meanwhile something came
}

func newSchedule() *schedule {
	return &schedule{
		hosts: map[string]status{}, wake: make(chan struct{}, 1),
		slots: make(chan struct{}, parallel), calls: make(chan struct{}, asking),
	}
}

// add notes that something of a host waits.
func (s *schedule) add(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, known := s.hosts[host]; known {
		now.again = now.busy
		s.hosts[host] = now
		return
	}
	s.enqueue(host)
}

func (s *schedule) enqueue(host string) {
	s.hosts[host] = status{}
	s.queue = append(s.queue, host)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// next gives the host whose turn it is.
func (s *schedule) next() (host string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue = nil
		return "", false
	}
	host, s.queue = s.queue[0], s.queue[1:]
	s.hosts[host] = status{busy: true}
	return host, true
}

// done ends the turn of a host; it gets another one if there is more, or something came meanwhile.
func (s *schedule) done(host string, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if more || s.hosts[host].again {
		s.enqueue(host)
		return
	}
	delete(s.hosts, host)
}

// Run carries out what is stored until ctx ends.
func (p *Processor) Run(ctx context.Context) {
	var wait sync.WaitGroup
	defer wait.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.schedule.wake:
		case <-timer.C:
			if err := p.findDue(ctx); err != nil && ctx.Err() == nil {
				p.log.ErrorContext(ctx, "inbox cannot be read", "error", err)
			}
			timer.Reset(idle)
		}
		p.startAll(ctx, &wait)
	}
}

// findDue looks in the store for what waits: from before the start, for another try, or taken by another node.
func (p *Processor) findDue(ctx context.Context) error {
	hosts, err := p.store.Read(ctx).DueInboxHosts(models.At(p.store.Now()), dueHosts)
	for _, host := range hosts {
		p.schedule.add(host)
	}
	return err
}

// startAll gives all hosts that wait their turns, as slots are free.
func (p *Processor) startAll(ctx context.Context, wait *sync.WaitGroup) {
	for {
		select {
		case <-ctx.Done():
			return
		case p.schedule.slots <- struct{}{}:
		}
		host, ok := p.schedule.next()
		if !ok {
			<-p.schedule.slots
			return
		}
		wait.Go(func() { p.turn(ctx, host) })
	}
}

// turn works for a host: some rounds without asking anybody; if an entry has to ask, the slot is given to others meanwhile.
func (p *Processor) turn(ctx context.Context, host string) {
	var done round
	var err error
	for range turns {
		if done, err = p.work(ctx, host); err != nil || !done.more || done.asks != nil || done.held {
			break
		}
	}
	<-p.schedule.slots
	if err == nil && done.held {
		pause(ctx, meanwhile)
	}
	if err == nil && done.asks != nil {
		err = p.ask(ctx, done.asks)
	}
	if err != nil && ctx.Err() == nil {
		p.log.ErrorContext(ctx, "inbox stopped for a moment", "peer", host, "error", err)
		pause(ctx, afterward)
		done.more = true
	}
	if ctx.Err() == nil {
		p.schedule.done(host, done.more)
	}
}

// ask carries out an entry that has to ask other servers, as soon as not too many others do.
func (p *Processor) ask(ctx context.Context, entry *models.InboxEntry) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case p.schedule.calls <- struct{}{}:
	}
	defer func() { <-p.schedule.calls }()
	return p.carryOut(ctx, entry)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Step carries out the entries that are due, host by host and those of one host in the order in which they came, until none
// is, and reports whether there were any. It is for tests that want to see the end of things.
func (p *Processor) Step(ctx context.Context) (bool, error) {
	moved := false
	for {
		hosts, err := p.store.Read(ctx).DueInboxHosts(models.At(p.store.Now()), dueHosts)
		if err != nil || len(hosts) == 0 {
			return moved, err
		}
		moved = true
		for _, host := range hosts {
			if err := p.finish(ctx, host); err != nil {
				return moved, err
			}
		}
	}
}

// finish works for a host until nothing of it is due.
func (p *Processor) finish(ctx context.Context, host string) error {
	for {
		done, err := p.work(ctx, host)
		if err == nil && done.asks != nil {
			err = p.carryOut(ctx, done.asks)
		}
		if done.held {
			pause(ctx, meanwhile)
		}
		if err != nil || !done.more {
			return err
		}
	}
}
