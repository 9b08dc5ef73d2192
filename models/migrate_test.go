package models

import (
	"sync"
	"testing"

	"praxis/internal/testdb"
)

func TestOlderProgramRefusesNewerSchema(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		current, target, err := h.SchemaVersion(t.Context())
		if err != nil || current != target || current == 0 {
			t.Fatalf("schema version %d of %d, %v", current, target, err)
		}
		h.must(h.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, ?)", target+1, true).Error)
		for _, opts := range []Options{{}, {SkipMigrations: true}} {
			store, err := Open(t.Context(), url, opts)
			if err == nil {
				_ = store.Close()
			}
			h.wantCode(err, Conflict)
		}
	})
}

func TestUnmigratedSchemaIsRefused(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		store, err := Open(t.Context(), url, Options{SkipMigrations: true})
		if err == nil {
			_ = store.Close()
		}
		if ErrorCode(err) != Conflict {
			t.Errorf("got %v", err)
		}
	})
}

func TestMigratorsWaitForEachOther(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, url string) {
		var done sync.WaitGroup
		for range 3 {
			done.Go(func() {
				store, err := Open(t.Context(), url, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		h := openHouse(t, url)
		if n := h.count("actor"); n != 0 {
			t.Errorf("%d actors in a new database", n)
		}
	})
}

// TestH31_DatabaseBelongsToOneHost: ids on the wire carry the host, so another name makes all of them foreign.
func TestH31_DatabaseBelongsToOneHost(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.do(func(tx *Tx) error { return tx.ClaimHost("a.test") })
		h.do(func(tx *Tx) error { return tx.ClaimHost("a.test") })
		for _, other := range []string{"b.test", "a.test:8080", ""} {
			h.wantCode(h.Tx(t.Context(), func(tx *Tx) error { return tx.ClaimHost(other) }), Conflict)
		}
		if host, err := h.read().Setting(SettingHost); host != "a.test" || err != nil {
			t.Errorf("got %q, %v", host, err)
		}
	})
}

func TestFirstStartersShareOneSecret(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		var lock sync.Mutex
		secrets := map[string]bool{}
		var done sync.WaitGroup
		for range 4 {
			done.Go(func() {
				err := h.Tx(t.Context(), func(tx *Tx) error {
					secret, err := tx.Secret()
					lock.Lock()
					defer lock.Unlock()
					secrets[string(secret)] = true
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if len(secrets) != 1 {
			t.Errorf("%d different secrets were given", len(secrets))
		}
		for secret := range secrets {
			if len(secret) != 32 {
				t.Errorf("the secret has %d bytes", len(secret))
			}
		}
	})
}
