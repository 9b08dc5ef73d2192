package inbox_test

import (
	"fmt"
	"os"
	"testing"
	"sync/atomic"

	"praxis/internal/testrig"
)

func BenchmarkZZ(b *testing.B) {
	var on atomic.Bool
	var n atomic.Int64
	c := testrig.NewCluster(b)
	c.Trace = func(s string) { n.Add(1); if on.Load() { if len(s) > 260 { s = s[:260] }; fmt.Fprintln(os.Stderr, s) } }
	c.AddSQLite("a.test")
	y := newYard(b, c, &n)
	all := y.letters(b, 30)
	y.receiveAll(b, all[:10]); c.Settle()
	on.Store(true)
	fmt.Fprintln(os.Stderr, "---- receive")
	y.receiveAll(b, all[10:11])
	fmt.Fprintln(os.Stderr, "---- step")
	y.server.Inbox.Step(b.Context())
}
