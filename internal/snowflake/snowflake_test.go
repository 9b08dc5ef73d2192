package snowflake

import (
	"math"
	"slices"
	"sync"
	"testing"
	"testing/quick"
	"time"
)

// TestNextIncreases: whatever the clock does, ids increase, and while it runs forwards they tell its time.
func TestNextIncreases(t *testing.T) {
	increases := func(steps []int16) bool {
		now := time.UnixMilli(1_800_000_000_000)
		source := New(func() time.Time { return now })
		last := int64(0)
		for _, step := range steps {
			now = now.Add(time.Duration(step) * time.Millisecond)
			id := source.Next()
			if id <= last {
				return false
			}
			if step > 0 && id>>sequenceBits > last>>sequenceBits && !Time(id).Equal(now) {
				return false
			}
			last = id
		}
		return true
	}
	if err := quick.Check(increases, nil); err != nil {
		t.Error(err)
	}
}

// TestNextOverflows: more ids in one millisecond than it has run into the next ones, and stay in order.
func TestNextOverflows(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	source := New(func() time.Time { return now })
	last := int64(0)
	for range 3 << sequenceBits {
		id := source.Next()
		if id <= last {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
	}
	if ahead := Time(last).Sub(now); ahead < 2*time.Millisecond || ahead > 4*time.Millisecond {
		t.Errorf("the ids are %v ahead of the clock", ahead)
	}
	now = now.Add(time.Second)
	if id := source.Next(); id <= last || !Time(id).Equal(now) {
		t.Errorf("%d after %d does not catch up with the clock", id, last)
	}
}

// TestH12_IdsGoOnWhereTheyWere: a source that begins with a clock that went back goes on after what was given before.
func TestH12_IdsGoOnWhereTheyWere(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	before := New(func() time.Time { return now }).Next()
	source := New(func() time.Time { return now.Add(-2 * time.Hour) })
	source.After(before)
	source.After(7)
	for range 100 {
		id := source.Next()
		if id <= before {
			t.Fatalf("%d after %d", id, before)
		}
		before = id
	}
}

func TestNextIsConcurrent(t *testing.T) {
	const workers, each = 8, 2000
	source := New(func() time.Time { return time.UnixMilli(1_800_000_000_000) })
	made := make([][]int64, workers)
	var done sync.WaitGroup
	for w := range workers {
		done.Go(func() {
			for range each {
				made[w] = append(made[w], source.Next())
			}
		})
	}
	done.Wait()
	for w, ids := range made {
		if !slices.IsSorted(ids) {
			t.Errorf("worker %d saw ids go back", w)
		}
	}
	all := slices.Concat(made...)
	slices.Sort(all)
	if len(slices.Compact(all)) != workers*each {
		t.Error("an id was given twice")
	}
}

// TestSourcesHardlyMeet: two servers on one database and one clock.
func TestSourcesHardlyMeet(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	one, other := New(func() time.Time { return now }), New(func() time.Time { return now })
	met := 0
	for range 1000 {
		now = now.Add(time.Millisecond)
		if one.Next() == other.Next() {
			met++
		}
	}
	if met > 5 {
		t.Errorf("they met %d times in 1000", met)
	}
}

func TestAtSortsByTime(t *testing.T) {
	source := New(time.Now)
	base := time.UnixMilli(1_800_000_000_000)
	sorts := func(a, b uint32) bool {
		earlier, later := base.Add(time.Duration(a)*time.Millisecond), base.Add(time.Duration(b)*time.Millisecond)
		one, other := source.At(earlier), source.At(later)
		return Time(one).Equal(earlier) && (a == b || (one < other) == (a < b))
	}
	if err := quick.Check(sorts, nil); err != nil {
		t.Error(err)
	}
	ids := map[int64]bool{}
	for range 50 {
		ids[source.At(base)] = true
	}
	if len(ids) < 40 {
		t.Errorf("50 ids of one millisecond are only %d", len(ids))
	}
}

func TestAtIsPositive(t *testing.T) {
	source := New(time.Now)
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.UnixMilli(math.MinInt64), time.UnixMilli(math.MaxInt64), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if id := source.At(at); id <= 0 {
			t.Errorf("%v: got %d", at, id)
		}
	}
}

func TestTime(t *testing.T) {
	want := time.Date(2027, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	if got := Time(want.UnixMilli()<<16 | 0xffff); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
