package testrig

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/internal/password"
	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// Server is one instance of a cluster.
type Server struct {
	*app.App
	Host    string
	Cluster *Cluster
	log     *logBook
}

// NewServer gives an instance by itself, on SQLite.
func NewServer(t testing.TB, host string) *Server {
	t.Helper()
	return NewCluster(t, host).Server(host)
}

// AddServer adds an instance with a database of its own; changes are made to its configuration first.
func (c *Cluster) AddServer(host, database string, changes ...func(*config.Config)) *Server {
	c.T.Helper()
	cfg := config.Defaults()
	cfg.Host, cfg.Database, cfg.Name, cfg.PasswordGrant = host, database, host, true
	cfg.MediaDir = c.T.TempDir()
	for _, change := range changes {
		change(&cfg)
	}
	server := c.start(cfg)
	c.order = append(c.order, server)
	return server
}

// Restart gives what a new process makes of an instance's database, in the place of the old one, which does nothing more.
func (c *Cluster) Restart(old *Server) *Server {
	c.T.Helper()
	if err := old.Close(); err != nil {
		c.T.Fatal(err)
	}
	server := c.start(old.Config)
	for i := range c.order {
		if c.order[i] == old {
			c.order[i] = server
		}
	}
	return server
}

// Twin gives a second node of an instance, on the same database, which no request of the network comes to and which Settle does
// not know. Its leases last as long as is said.
func (c *Cluster) Twin(of *Server, lease time.Duration) *Server {
	c.T.Helper()
	return c.build(of.Config, func(opts *app.Options) { opts.Lease = lease })
}

// Stop ends an instance's process: its host is down until Start.
func (c *Cluster) Stop(server *Server) {
	c.T.Helper()
	if err := server.Close(); err != nil {
		c.T.Fatal(err)
	}
	c.Network.SetDown(server.Host, true)
	c.order = slices.DeleteFunc(c.order, func(other *Server) bool { return other == server })
}

// Start begins a new process on the database of an instance that was stopped, and gives it.
func (c *Cluster) Start(stopped *Server) *Server {
	c.T.Helper()
	server := c.start(stopped.Config)
	c.order = append(c.order, server)
	c.Network.SetDown(server.Host, false)
	return server
}

func (c *Cluster) start(cfg config.Config) *Server {
	c.T.Helper()
	server := c.build(cfg)
	c.Network.Serve(cfg.Host, dated(server.Handler, c.clockOf(cfg.Host)))
	c.servers[cfg.Host] = server
	return server
}

// dated lets answers tell the time of the cluster, not that of this machine.
func dated(handler http.Handler, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now().Format(http.TimeFormat))
		handler.ServeHTTP(w, r)
	})
}

func (c *Cluster) build(cfg config.Config, changes ...func(*app.Options)) *Server {
	c.T.Helper()
	book := &logBook{}
	opts := app.Options{
		Log: slog.New(slog.NewJSONHandler(book, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: c.clockOf(cfg.Host), Transport: c.Network.From(cfg.Host), Hashing: password.Cheap(), Keys: c.keys.Next,
		Trace: c.Trace, Patience: c.patience, Limits: &app.Limits{}, // the clock stands still, so that no window would ever end
	}
	for _, change := range changes {
		change(&opts)
	}
	instance, err := app.New(context.Background(), cfg, opts)
	if err != nil {
		c.T.Fatalf("start %s: %v", cfg.Host, err)
	}
	server := &Server{App: instance, Host: cfg.Host, Cluster: c, log: book}
	c.T.Cleanup(func() { _ = instance.Close() })
	return server
}

// AddSQLite adds an instance on SQLite.
func (c *Cluster) AddSQLite(host string, changes ...func(*config.Config)) *Server {
	c.T.Helper()
	return c.AddServer(host, testdb.SQLite(c.T), changes...)
}

// AddPostgres adds an instance on PostgreSQL.
func (c *Cluster) AddPostgres(host string, changes ...func(*config.Config)) *Server {
	c.T.Helper()
	return c.AddServer(host, testdb.Postgres(c.T), changes...)
}

// Log gives everything that the instance logged so far.
func (s *Server) Log() string { return s.log.String() }

// Count gives the number of rows of a table.
func (s *Server) Count(table string) int64 {
	s.Cluster.T.Helper()
	n, err := s.Store.Read(context.Background()).CountRows(table)
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	return n
}

// Community makes a community; the convener may be nil.
func (s *Server) Community(name string, convener *Member, changes ...func(*practice.NewCommunity)) *models.Actor {
	s.Cluster.T.Helper()
	wanted := practice.NewCommunity{Username: name, DisplayName: strings.ToUpper(name[:1]) + name[1:], Domain: "What " + name + " is about"}
	if convener != nil {
		wanted.Convener = convener.Actor
	}
	for _, change := range changes {
		change(&wanted)
	}
	community, err := s.Service.CreateCommunity(context.Background(), wanted)
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	return community
}

// logBook keeps what is logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
