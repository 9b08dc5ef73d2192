package testrig_test

import (
	"strconv"
	"testing"
	"time"
)

// someHours lets a clock be off: most are right, some are an hour ahead or behind.
func someHours(h *story, host string) {
	h.c.Askew(host, time.Duration(h.random.IntN(3)-1)*time.Hour)
}

// part parts the siblings into two and two, anyhow.
func (h *story) part() {
	var hosts []string
	for _, i := range h.random.Perm(len(h.s)) {
		hosts = append(hosts, h.s[i].Host)
	}
	half := len(hosts) / 2
	h.t.Logf("parted: %v and %v", hosts[:half], hosts[half:])
	h.c.Network.Split(hosts[:half], hosts[half:])
}

// Four siblings with clocks that are off by an hour, again and again parted into two and two for up to two days, during which
// everybody goes on; deliveries come late, in any order, and twice. In the end all have the same, once.
func TestSiblingsMeetAgain(t *testing.T) {
	for _, seed := range seeds(t) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Logf("SIBLING_SEED=%d", seed)
			h := begin(t, seed, 4, someHours)
			for i := range h.s {
				for j := range i {
					h.bind(i, j)
				}
			}
			h.c.Settle()
			h.c.Network.Carry(h.mess.carry)
			for number := range 40 {
				switch number % 10 {
				case 2:
					h.part()
				case 8:
					h.c.Network.Heal()
				}
				h.act(number)
				if h.random.IntN(3) == 0 {
					h.c.Settle()
					h.mess.bring() // what is signed is good for an hour
					h.c.Clock.Advance(time.Duration(h.random.IntN(8)) * time.Hour)
				}
				if h.random.IntN(6) == 0 {
					h.mess.bring()
				}
			}
			h.rest()
			h.judge()
		})
	}
}

// rest heals what is parted, and lets everything come in that waits.
func (h *story) rest() {
	h.c.Network.Heal()
	h.settle()
	h.mess.mu.Lock()
	h.mess.off = true
	h.mess.mu.Unlock()
	for range 4 {
		h.c.Clock.Advance(6 * time.Hour)
		h.settle()
	}
}
