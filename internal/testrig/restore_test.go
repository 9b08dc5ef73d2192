package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/archive"
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

// TestH25_WhatWaitedIsSentWhenSomebodySaysSo: what a restore parked is sent by `peer retry`, and everything once more by `peer
// resend`; a peer that has it does nothing a second time.
func TestH25_WhatWaitedIsSentWhenSomebodySaysSo(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		b := p.Server("b.test")
		had := p.ana.Post("b.test has this @bo@b.test")
		p.Settle()
		p.Network.SetDown("b.test", true)
		waited := p.ana.Post("b.test does not have this @bo@b.test")
		p.Settle()
		restored := p.restore(p.Server("a.test"), p.backup(p.Server("a.test")), testdb.SQLite(t))
		p.Network.SetDown("b.test", false)
		p.Clock.Advance(24 * time.Hour)
		p.Settle()
		if !inHome(p.bo, had) || inHome(p.bo, waited) {
			t.Fatal("what waited was sent though nobody said so")
		}
		reports, err := restored.Service.PeerReports(t.Context())
		if err != nil || len(reports) != 1 || reports[0].Counts[models.DeliveryParked] == 0 {
			t.Errorf("the list of peers does not say what was given up: %+v, %v", reports, err)
		}
		if n, err := restored.Service.RetryPeer(t.Context(), "b.test"); err != nil || n == 0 {
			t.Fatalf("%d deliveries are tried again, %v", n, err)
		}
		p.Settle()
		if !inHome(p.bo, waited) {
			t.Errorf("what was tried again is not in bo's home: %v", p.bo.Home())
		}
		home, notified, received := len(p.bo.Home()), b.Count("notification"), b.Count("inbox_entry")
		n, err := restored.Service.ResendTo(t.Context(), "b.test", p.Clock.Now().AddDate(0, 0, -7))
		if err != nil || n < 2 {
			t.Fatalf("%d deliveries are sent once more, %v", n, err)
		}
		before := p.Network.Calls("b.test")
		p.Settle()
		if calls := p.Network.Calls("b.test") - before; int64(calls) < n {
			t.Errorf("%d requests for %d deliveries", calls, n)
		}
		if len(p.bo.Home()) != home || b.Count("notification") != notified || b.Count("inbox_entry") != received {
			t.Errorf("what came again was done again: %d in the home, %d notifications, %d received", len(p.bo.Home()), b.Count("notification"), b.Count("inbox_entry"))
		}
		for _, state := range []string{models.DeliveryPending, models.DeliveryParked, models.DeliveryAside} {
			if n, err := restored.Store.Read(t.Context()).CountDeliveries(state); err != nil || n != 0 {
				t.Errorf("%d deliveries are %s, %v", n, state, err)
			}
		}
	})
}

// TestH26_KeysAreLost: without keys nothing that is signed goes out; with new ones under the old ids other servers take what
// is new, without anybody doing anything there.
func TestH26_KeysAreLost(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a := p.Server("a.test")
		p.ana.Post("With the old keys")
		p.Settle()
		backup := p.backup(a)
		a = p.restore(a, dropKeys(t, backup), testdb.SQLite(t))
		if _, bad, err := a.CheckKeys(t.Context()); err != nil || len(bad) != 3 {
			t.Fatalf("keys of %v are missing, %v", bad, err)
		}
		renewed, err := a.RenewKeys(t.Context(), "")
		if err != nil || len(renewed) != 3 {
			t.Fatalf("new keys for %v, %v", renewed, err)
		}
		if _, bad, err := a.CheckKeys(t.Context()); err != nil || len(bad) != 0 {
			t.Errorf("keys of %v do not fit, %v", bad, err)
		}
		p.Clock.Advance(time.Hour)
		ana := &Member{Server: a, Actor: p.ana.Actor, Token: p.ana.Token}
		own, shared := ana.Post("With new keys"), ana.Post("@care@a.test The community has new keys, too")
		p.Settle()
		p.Clock.Advance(time.Hour) // a peer that asked for a key does not ask again at once
		p.Settle()
		if !inHome(p.bo, own) || !inHome(p.bo, shared) {
			t.Errorf("what is signed with new keys did not arrive: %v", p.bo.Home())
		}
	})
}

// dropKeys gives a backup without the rows of the table of keys.
func dropKeys(t *testing.T, backup []byte) []byte {
	t.Helper()
	reader, err := archive.NewReader(bytes.NewReader(backup))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	writer := archive.NewWriter(&out, time.Now())
	for {
		part, err := reader.Next()
		if err != nil {
			break
		}
		content, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Name, "tables/actor_key/") {
			continue
		}
		if part.Name == "backup.json" {
			content = regexp.MustCompile(`(?s)("name": "actor_key",.*?"rows": )\d+`).ReplaceAll(content, []byte("${1}0"))
		}
		if err := writer.Add(part.Name, int64(len(content)), bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
