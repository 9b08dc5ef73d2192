package gate

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
)

func TestSharesAndTheWhole(t *testing.T) {
	g := New(3, 2)
	enter := func(key string, want error) func() {
		t.Helper()
		leave, err := g.Enter(key)
		if !errors.Is(err, want) {
			t.Fatalf("%q: got %v, want %v", key, err, want)
		}
		return leave
	}
	first := enter("a", nil)
	enter("a", nil)
	enter("a", ErrShare)
	last := enter("b", nil)
	enter("b", ErrFull)
	enter("", ErrFull)
	first()
	again := enter("a", nil)
	last()
	nobody := enter("", nil)
	again()
	nobody()
	enter("a", nil)
	enter("a", ErrShare)
}

func TestGateForgetsWhoLeft(t *testing.T) {
	g := New(100, 100)
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			for range 100 {
				if leave, err := g.Enter("a"); err == nil {
					leave()
				}
			}
		})
	}
	wait.Wait()
	if g.total != 0 || len(g.by) != 0 {
		t.Errorf("%d, %v are left", g.total, g.by)
	}
}

func TestKeysOfAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"127.0.0.1": "", "::1": "", "fe80::1%eth0": "fe80::/64",
	} {
		if got := Address(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
	if got := Address(netip.Addr{}); got != "" {
		t.Errorf("no address: got %q", got)
	}
}
