package snowflake

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// sequenceBits is how many ids fit in one millisecond, as a power of two.
	sequenceBits = 16
	// startRange bounds where the sequence of a millisecond starts, so that at least half of it is left.
	startRange = 1 << (sequenceBits - 1)
	// latest is the last millisecond that fits.
	latest = 1<<(63-sequenceBits) - 1
)

// Source gives ids. It is safe for concurrent use; the zero value is not ready, use New.
type Source struct {
	now  func() time.Time
	lock sync.Mutex
	last int64
}

// New gives a Source that reads the clock now.
func New(now func() time.Time) *Source { return &Source{now: now} }

// Next gives an id that is greater than every earlier one of this Source, also when the clock stands still or goes
// back: ids then run ahead of it. The sequence of each millisecond starts at random, so that several servers on one
// database hardly ever meet.
func (s *Source) Next() int64 {
	fresh := first(s.now()) + rand.Int64N(startRange)
	s.lock.Lock()
	defer s.lock.Unlock()
	if fresh>>sequenceBits > s.last>>sequenceBits {
		s.last = fresh
	} else {
		s.last++
	}
	return s.last
}

// After sees to it that all ids to come are greater than id, whatever the clock says.
func (s *Source) After(id int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.last = max(s.last, id)
}

// At gives an id that sorts by t, for what is older than its arrival. Its low 16 bits are random, so two ids for one
// millisecond may meet, though rarely. A time before 1970 counts as 1970.
func (s *Source) At(t time.Time) int64 {
	return first(t) + rand.Int64N(1<<sequenceBits)
}

// first gives the first id of a moment. It is positive, since 0 stands for no id at all.
func first(t time.Time) int64 {
	return min(max(t.UnixMilli(), 1), latest) << sequenceBits
}

// Time gives the moment of an id in UTC, to the millisecond.
func Time(id int64) time.Time { return time.UnixMilli(id >> sequenceBits).UTC() }

// First gives the smallest id of a moment: ids that are not below it were made then or later.
func First(t time.Time) int64 { return first(t) }
