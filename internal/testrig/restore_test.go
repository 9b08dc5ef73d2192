package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/testdb"
	"praxis/models"
)

// backup copies an instance while it is open.
func (c *Cluster) backup(s *Server) []byte {
	c.T.Helper()
	var file bytes.Buffer
	backup := &app.Backup{Store: s.Store, Media: s.Service.Media().Store}
	if err := backup.Write(context.Background(), &file); err != nil {
		c.T.Fatal(err)
	}
	return file.Bytes()
}

// restore gives what comes of a backup in a new database, in the place of the instance that is lost.
func (c *Cluster) restore(lost *Server, backup []byte, database string) *Server {
	c.T.Helper()
	if err := lost.Close(); err != nil {
		c.T.Fatal(err)
	}
	cfg := lost.Config
	cfg.Database, cfg.MediaDir = database, c.T.TempDir()
	restore, err := app.PrepareRestore(cfg, app.Options{Now: c.Clock.Now})
	if err != nil {
		c.T.Fatal(err)
	}
	if err := restore.From(context.Background(), bytes.NewReader(backup)); err != nil {
		c.T.Fatal(err)
	}
	server := c.start(cfg)
	for i := range c.order {
		if c.order[i] == lost {
			c.order[i] = server
		}
	}
	return server
}

// activities gives the ids of all activities that an instance received.
func (s *Server) activities() map[string]bool {
	s.Cluster.T.Helper()
	snapshot, err := s.Store.Snapshot(context.Background())
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	defer snapshot.Close()
	found := map[string]bool{}
	for _, table := range snapshot.Tables {
		if table.Name != "inbox_entry" {
			continue
		}
		err := snapshot.Rows(context.Background(), table, func(line []byte) error {
			var cells []any
			err := json.Unmarshal(line, &cells)
			for i, column := range table.Columns {
				if column == "activity_uri" {
					found[cells[i].(string)] = true
				}
			}
			return err
		})
		if err != nil {
			s.Cluster.T.Fatal(err)
		}
	}
	return found
}

// inHome reports whether a post, or a boost of it, is in a member's home.
func inHome(m *Member, post M) bool {
	for _, status := range m.Home() {
		if reblog, ok := status["reblog"].(M); ok {
			status = reblog
		}
		if status["uri"] == post["uri"] {
			return true
		}
	}
	return false
}

// TestH25_YesterdaysBackup: after a restore nothing that went out before goes out again, also what waited when the backup
// was made; ids are not given a second time; keys are those of before, so that what is new arrives.
func TestH25_YesterdaysBackup(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		t.Run(name, func(t *testing.T) {
			Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) { yesterdaysBackup(t, newPair(t, c), database(t)) })
		})
	}
}

func yesterdaysBackup(t *testing.T, p *pair, database string) {
	a, b := p.Server("a.test"), p.Server("b.test")
	p.ana.Post("Before the backup")
	p.Settle()
	p.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Planned", "scheduled_at": p.Clock.Now().Add(2 * time.Hour).Format(time.RFC3339)})
	p.Network.SetDown("b.test", true)
	waiting := p.ana.Post("Waits for b.test while the backup is made")
	p.Settle()
	backup := p.backup(a)

	p.Network.SetDown("b.test", false)
	p.Clock.Advance(3 * time.Hour) // the planned one is published, the waiting one is sent
	p.Settle()
	p.bo.Post("@care@a.test While a.test is well")
	p.Settle()
	lost := p.ana.Post("@care@a.test Is lost with the old database")
	p.Settle()
	if !inHome(p.bo, waiting) || !inHome(p.bo, lost) {
		t.Fatal("what was sent before the loss did not arrive")
	}
	received := b.activities()
	homeBefore := len(p.bo.Home())

	p.Clock.Advance(20 * time.Hour)
	restored := p.restore(a, backup, database)
	p.Clock.Advance(24 * time.Hour)
	p.Settle()
	if after := b.activities(); len(after) != len(received) {
		t.Errorf("b.test received %d activities before the restore and %d after it", len(received), len(after))
	}
	parked, err := restored.Store.Read(t.Context()).CountDeliveries(models.DeliveryParked)
	if err != nil || parked == 0 {
		t.Errorf("%d deliveries are parked, %v", parked, err)
	}

	ana := &Member{Server: restored, Actor: p.ana.Actor, Token: p.ana.Token}
	fresh := ana.Post("After the restore")
	p.Settle()
	if !inHome(p.bo, fresh) || len(p.bo.Home()) != homeBefore+1 {
		t.Errorf("bo's home had %d posts and has %d", homeBefore, len(p.bo.Home()))
	}
	for uri := range b.activities() {
		if received[uri] {
			delete(received, uri)
		}
	}
	if len(received) != 0 {
		t.Errorf("activities are missing at b.test: %v", received)
	}
	if id(fresh) <= id(lost) {
		t.Errorf("the id %s of after the restore does not follow %s", id(fresh), id(lost))
	}
}
