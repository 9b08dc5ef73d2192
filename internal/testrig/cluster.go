package testrig

import (
	"context"
	"testing"
	"time"

	"praxis/internal/testdb"
	"praxis/internal/testkeys"
)

// Cluster is a small world: instances and peers on one network, under one clock.
type Cluster struct {
	T       testing.TB
	Clock   *Clock
	Network *Network
	// Trace is called with every statement of the instances that are added afterwards, if set.
	Trace   func(statement string)
	servers map[string]*Server
	order   []*Server
	keys    testkeys.Ring
	askew   map[string]time.Duration
	// patience is how long requests may wait for a database; as long as with a real instance unless set.
	patience time.Duration
}

// start is when every cluster's time begins.
func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// NewCluster gives instances on SQLite, one for each host name.
func NewCluster(t testing.TB, hosts ...string) *Cluster {
	t.Helper()
	return newCluster(t, testdb.SQLite, hosts)
}

// Each runs f on a fresh cluster for each kind of database, as the subtests "sqlite" and "postgres".
func Each(t *testing.T, hosts []string, f func(t *testing.T, c *Cluster)) {
	t.Helper()
	testdb.Both(t, func(t *testing.T) { f(t, newCluster(t, testdb.SQLite, hosts)) }, func(t *testing.T) { f(t, newCluster(t, testdb.Postgres, hosts)) })
}

func newCluster(t testing.TB, database func(testing.TB) string, hosts []string) *Cluster {
	t.Helper()
	c := &Cluster{T: t, Clock: NewClock(start()), Network: NewNetwork(t), servers: map[string]*Server{}, askew: map[string]time.Duration{}}
	for _, host := range hosts {
		c.AddServer(host, database(t))
	}
	return c
}

// Server gives the instance of a host.
func (c *Cluster) Server(host string) *Server {
	c.T.Helper()
	server := c.servers[host]
	if server == nil {
		c.T.Fatalf("the cluster has no server %s", host)
	}
	return server
}

// maxRounds is how long a cluster may take to come to rest: far more than any honest exchange.
const maxRounds = 200

// Askew lets the clock of a host be off: call it before the host is added, or restarted.
func (c *Cluster) Askew(host string, ahead time.Duration) { c.askew[host] = ahead }

// clockOf gives the clock as a host sees it.
func (c *Cluster) clockOf(host string) func() time.Time {
	ahead := c.askew[host]
	return func() time.Time { return c.Clock.Now().Add(ahead) }
}

// Settle runs until nothing moves: whatever was received is carried out, whatever is due is delivered. What waits for a
// later moment stays; advance the clock for it.
func (c *Cluster) Settle() {
	c.T.Helper()
	for range maxRounds {
		moved := false
		for _, server := range c.order {
			stepped, err := server.Step(context.Background())
			if err != nil {
				c.T.Fatalf("%s: %v", server.Host, err)
			}
			moved = moved || stepped
		}
		if !moved {
			return
		}
	}
	c.T.Fatal("the cluster does not come to rest")
}
