package models

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"praxis/internal/testdb"
)

// dump is all that a database holds, by table.
type dump map[string][]string

func (h *house) dump() (*Snapshot, dump) {
	h.Helper()
	snapshot, err := h.Snapshot(h.Context())
	h.must(err)
	defer func() { h.must(snapshot.Close()) }()
	all := dump{}
	for _, table := range snapshot.Tables {
		h.must(snapshot.Rows(h.Context(), table, func(line []byte) error {
			all[table.Name] = append(all[table.Name], string(line))
			return nil
		}))
		slices.Sort(all[table.Name])
		if len(all[table.Name]) != int(table.Rows) {
			h.Errorf("%s has %d rows, and %d were read", table.Name, table.Rows, len(all[table.Name]))
		}
	}
	return snapshot, all
}

// refill puts a dump into the database at url.
func (h *house) refill(url string, snapshot *Snapshot, all dump, taken, now time.Time) Settled {
	h.Helper()
	restore, err := BeginRestore(h.Context(), url, snapshot.Schema, snapshot.Tables)
	h.must(err)
	for _, table := range snapshot.Tables {
		n, err := restore.Fill(h.Context(), table.Name, strings.NewReader(strings.Join(all[table.Name], "")))
		h.must(err)
		if n != table.Rows {
			h.Errorf("%d of %d rows of %s were filled in", n, table.Rows, table.Name)
		}
	}
	settled, err := restore.Settle(h.Context(), At(taken), At(now))
	h.must(err)
	h.must(restore.Commit())
	return settled
}

// furnish makes a little of what a backup could get wrong: text of all kinds, bytes, fractions, what waits to be sent.
func (h *house) furnish() (entry *OutboxEntry) {
	h.Helper()
	author := h.actor("ann")
	follower := h.actor("bo@b.test")
	post := h.post(author, "public", func(p *Post) {
		p.Content = "<p>\"Ünïcode\" 🩺 & \\ \u2028 \t</p>"
	})
	h.do(func(tx *Tx) error {
		if _, err := tx.Epoch(); err != nil {
			return err
		}
		if err := tx.ClaimHost("a.test"); err != nil {
			return err
		}
		entry = &OutboxEntry{ActivityURI: post.URI + "/create", ActorID: author.ID, Type: "Create", PostID: post.ID, Payload: "{}"}
		if err := tx.AddOutboxEntry(entry, []Inbox{{Host: follower.Host, URL: follower.Inbox}, {Host: "c.test", URL: "https://c.test/inbox"}}); err != nil {
			return err
		}
		aside := Delivery{State: DeliveryAside, NextTryAt: At(h.now.Add(time.Hour))} // one of the two waits by itself
		if err := tx.db.Model(&Delivery{}).Where("entry_id = ? AND host = 'c.test'", entry.ID).Updates(&aside).Error; err != nil {
			return err
		}
		for _, due := range []time.Duration{time.Hour, 48 * time.Hour} {
			if err := tx.CreateScheduledPost(&ScheduledPost{ActorID: author.ID, DueAt: At(h.now.Add(due)), Params: "{}"}); err != nil {
				return err
			}
		}
		return nil
	})
	h.must(h.db.Exec("INSERT INTO web_session (token, account_id, data, expires_at) VALUES (?, 0, ?, 1)", "t", []byte{0, 255, 1}).Error)
	h.must(h.db.Exec("INSERT INTO attachment (id, post_id, type, url, focus_x, created_at) VALUES (1, ?, 'image', 'u', -0.125, 1)", post.ID).Error)
	return entry
}

// TestH25_BackupMovesBetweenDatabases: what comes back is what went in, whichever database it came from and goes to, but for
// what must not happen again.
func TestH25_BackupMovesBetweenDatabases(t *testing.T) {
	testdb.Each(t, func(t *testing.T, from string) {
		h := openHouse(t, from)
		entry := h.furnish()
		testdb.Each(t, func(t *testing.T, to string) {
			snapshot, before := h.dump()
			now := h.now.Add(24 * time.Hour)
			settled := h.refill(to, snapshot, before, h.now, now)
			if settled != (Settled{Deliveries: 2, Scheduled: 1}) {
				t.Errorf("settled %+v", settled)
			}
			restored := openHouse(t, to)
			restored.now = now
			_, after := restored.dump()
			for _, table := range []string{"delivery", "scheduled_post", "setting"} {
				delete(before, table)
				delete(after, table)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("not the same:\n%s", diff)
			}
			restored.wantParked(entry)
			if due, err := restored.read().DueScheduledPosts(9); err != nil || len(due) != 0 {
				t.Errorf("%d posts would be published, %v", len(due), err)
			}
			restored.wantNewEpoch(h, now)
		})
	})
}

func (h *house) wantParked(entry *OutboxEntry) {
	h.Helper()
	rows, err := h.read().Deliveries(entry.ID)
	h.must(err)
	if len(rows) != 2 {
		h.Errorf("%d deliveries", len(rows))
	}
	for _, row := range rows {
		if row.State != DeliveryParked || row.LastError != RestoredReason {
			h.Errorf("a delivery is %s: %s", row.State, row.LastError)
		}
	}
}

func (h *house) wantNewEpoch(before *house, now time.Time) {
	h.Helper()
	old, err := before.CurrentEpoch(h.Context())
	h.must(err)
	fresh, err := h.CurrentEpoch(h.Context())
	h.must(err)
	if !strings.HasPrefix(old, "1 ") || !strings.HasPrefix(fresh, "2 ") {
		h.Errorf("epoch %q became %q", old, fresh)
	}
	backup, restored, err := h.read().RestoredFrom()
	if err != nil || backup != At(before.now) || restored != At(now) {
		h.Errorf("restored at %d from a backup of %d, %v", restored, backup, err)
	}
}

// TestH25_RestoreRefuses: an occupied database and a backup that does not fit leave everything as it was.
func TestH25_RestoreRefuses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		snapshot, _ := h.dump()
		other := func(change func(tables []Table) []Table) []Table {
			tables := slices.Clone(snapshot.Tables)
			for i := range tables {
				tables[i].Columns = slices.Clone(tables[i].Columns)
			}
			return change(tables)
		}
		refuse := func(what string, schema int64, tables []Table, says string) {
			t.Helper()
			restore, err := BeginRestore(t.Context(), url, schema, tables)
			if err == nil {
				h.must(restore.Rollback())
			}
			if code := ErrorCode(err); (code != Conflict && code != Invalid) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v", what, err)
			}
		}
		refuse("newer schema", snapshot.Schema+1, snapshot.Tables, "newer praxis")
		refuse("older schema", snapshot.Schema-1, snapshot.Tables, "new database")
		refuse("no schema", 0, snapshot.Tables, "never was")
		refuse("table absent", snapshot.Schema, snapshot.Tables[1:], "another program")
		refuse("table unknown", snapshot.Schema, other(func(t []Table) []Table { t[0].Name = "x"; return t }), `"x"`)
		refuse("column unknown", snapshot.Schema, other(func(t []Table) []Table { t[0].Columns[0] = "x"; return t }), `"x"`)
		refuse("column twice", snapshot.Schema, other(func(t []Table) []Table { t[0].Columns[0] = t[0].Columns[1]; return t }), "another program")
		h.actor("ann")
		refuse("not empty", snapshot.Schema, snapshot.Tables, "not empty (actor has rows)")
	})
}

// TestH25_HalfARestoreIsNone: rows that cannot be read, or that the database refuses, undo all before them.
func TestH25_HalfARestoreIsNone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		snapshot, _ := h.dump()
		for _, line := range []string{"x", "[]", `["host"]`, `["host", 7]`, `["host", {"base64": "!"}]`, `["host", null]`, `["b", "c"]` + "\n" + `["b", "c"]`} {
			restore, err := BeginRestore(t.Context(), url, snapshot.Schema, snapshot.Tables)
			h.must(err)
			if _, err := restore.Fill(t.Context(), "setting", strings.NewReader(`["a", "b"]`+"\n")); err != nil {
				t.Fatal(err)
			}
			if _, err := restore.Fill(t.Context(), "setting", strings.NewReader(line+"\n")); err == nil {
				t.Errorf("%s was taken", line)
			}
			if _, err := restore.Fill(t.Context(), "nowhere", strings.NewReader(line)); err == nil {
				t.Error("a table that is none was filled")
			}
			h.must(restore.Rollback())
		}
		if n := h.count("setting"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

// TestH25_OlderBackupIsBroughtUp: a backup of an older schema is filled in as it is and migrated afterwards.
func TestH25_OlderBackupIsBroughtUp(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		var first []Table
		restore := &Restore{release: func() error { return nil }}
		if err := restore.open(t.Context(), url, 1); err != nil {
			t.Fatal(err)
		}
		tx, err := restore.db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if first, err = readTables(t.Context(), tx, restore.dialect); err != nil {
			t.Fatal(err)
		}
		restore.tx = tx
		if err := restore.Rollback(); err != nil {
			t.Fatal(err)
		}
		if restore, err = BeginRestore(t.Context(), url, 1, first); err != nil {
			t.Fatal(err)
		}
		if _, err := restore.Fill(t.Context(), "setting", strings.NewReader(`["host","a.test"]`)); err != nil {
			t.Fatal(err)
		}
		if err := restore.Commit(); err != nil {
			t.Fatal(err)
		}
		h := openHouse(t, url)
		if host, err := h.read().Setting(SettingHost); host != "a.test" || err != nil {
			t.Errorf("host %q, %v", host, err)
		}
	})
}

// TestSnapshotIsOneMoment: what is written while the backup is read is not in it, and nobody waits.
func TestSnapshotIsOneMoment(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.actor("ann")
		snapshot, err := h.Snapshot(t.Context())
		h.must(err)
		h.actor("bo")
		var names bytes.Buffer
		for _, table := range snapshot.Tables {
			if table.Name == "actor" {
				h.must(snapshot.Rows(t.Context(), table, func(line []byte) error {
					names.Write(line)
					return nil
				}))
			}
		}
		h.must(snapshot.Close())
		if !strings.Contains(names.String(), `"ann"`) || strings.Contains(names.String(), `"bo"`) {
			t.Errorf("the snapshot has %s", names.String())
		}
	})
}

// TestH27_OneServesAnSQLiteFile: by whatever path it is called.
func TestH27_OneServesAnSQLiteFile(t *testing.T) {
	url := testdb.EmptySQLite(t)
	release, err := Reserve(url)
	if err != nil {
		t.Fatal(err)
	}
	for _, again := range []string{url, strings.Replace(url, "/praxis.db", "/./praxis.db", 1)} {
		if _, err := Reserve(again); ErrorCode(err) != Conflict || !strings.Contains(err.Error(), "stop it first") {
			t.Errorf("%s was reserved twice: %v", again, err)
		}
	}
	if _, err := BeginRestore(context.Background(), url, 1, nil); ErrorCode(err) != Conflict {
		t.Errorf("a database that is served was filled: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if release, err = Reserve(url); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
}

func FuzzRow(f *testing.F) {
	kinds := []string{kindInteger, kindReal, kindBoolean, kindText, kindBytes}
	f.Add([]byte(`[1,0.5,true,"x",{"base64":"AP8="}]`))
	f.Add([]byte(`[null,1e400,{},{"base64":"/w=="},null]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		values, err := rowFromJSON(kinds, line)
		if err != nil {
			return
		}
		again, err := rowToJSON(kinds, slices.Clone(values))
		if err != nil {
			t.Fatal(err)
		}
		back, err := rowFromJSON(kinds, again)
		if err != nil || !cmp.Equal(values, back) {
			t.Errorf("%v became %v, %v", values, back, err)
		}
	})
}
