package models

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/testdb"
)

func TestOAuthCodeIsUsedOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		account := &Account{ActorID: h.actor("ana").ID, Role: RoleMember}
		app := &OAuthApp{ClientID: "c", ClientSecret: "s", Name: "n", RedirectURIs: "r", Scopes: "read"}
		h.do(func(tx *Tx) error {
			if err := tx.CreateAccount(account); err != nil {
				return err
			}
			if err := tx.CreateOAuthApp(app); err != nil {
				return err
			}
			return tx.CreateOAuthCode(&OAuthCode{CodeHash: "h", AppID: app.ID, AccountID: account.ID, RedirectURI: "r", Scopes: "read", ExpiresAt: tx.Now().Add(time.Minute)})
		})
		var won atomic.Int64
		var done sync.WaitGroup
		for range 5 {
			done.Go(func() {
				err := h.Tx(t.Context(), func(tx *Tx) error {
					first, err := tx.UseOAuthCode("h")
					if first {
						won.Add(1)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if won.Load() != 1 {
			t.Errorf("the code was used %d times", won.Load())
		}
		if used, err := h.read().UseOAuthCode("unknown"); used || err != nil {
			t.Errorf("got %v, %v", used, err)
		}
	})
}

func TestTokensEnd(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		account := &Account{ActorID: h.actor("ana").ID, Role: RoleMember}
		app := &OAuthApp{ClientID: "c", ClientSecret: "s", Name: "n", RedirectURIs: "r", Scopes: "read"}
		h.do(func(tx *Tx) error {
			if err := tx.CreateAccount(account); err != nil {
				return err
			}
			if err := tx.CreateOAuthApp(app); err != nil {
				return err
			}
			for hash, code := range map[string]string{"t1": "code", "t2": "code", "t3": "", "t4": ""} {
				if err := tx.CreateOAuthToken(&OAuthToken{TokenHash: hash, CodeHash: code, AppID: app.ID, AccountID: account.ID, Scopes: "read"}); err != nil {
					return err
				}
			}
			return nil
		})
		check := func(when string, want map[string]bool) {
			t.Helper()
			for hash, works := range want {
				_, err := h.read().OAuthTokenByHash(hash)
				if (err == nil) != works || err != nil && !IsNotFound(err) {
					t.Errorf("%s, %s: got %v, want %v", when, hash, err, works)
				}
			}
		}
		check("new", map[string]bool{"t1": true, "t2": true, "t3": true, "t4": true, "": false})
		h.do(func(tx *Tx) error { return tx.RevokeOAuthTokensOfCode("code") })
		check("code used twice", map[string]bool{"t1": false, "t2": false, "t3": true, "t4": true})
		h.do(func(tx *Tx) error { return tx.RevokeOAuthToken("t3") })
		check("revoked", map[string]bool{"t3": false, "t4": true})
		h.do(func(tx *Tx) error { return tx.RevokeOAuthTokensOfAccount(account.ID) })
		check("password changed", map[string]bool{"t4": false})
	})
}

func TestSessionsExpire(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.do(func(tx *Tx) error {
			return tx.PutWebSession(&WebSession{Token: "s", AccountID: 5, Data: []byte{0, 1}, ExpiresAt: tx.Now().Add(time.Minute)})
		})
		if s, err := h.read().WebSession("s"); err != nil || string(s.Data) != "\x00\x01" {
			t.Errorf("got %v, %v", s, err)
		}
		h.now = h.now.Add(time.Minute)
		_, err := h.read().WebSession("s")
		h.wantCode(err, NotFound)
		h.do(func(tx *Tx) error { return tx.PruneWebSessions() })
		if n := h.count("web_session"); n != 0 {
			t.Errorf("%d sessions are left", n)
		}
	})
}

func TestIdempotencyKeyIsForgottenAfterAnHour(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, ben := h.actor("ana"), h.actor("ben")
		h.do(func(tx *Tx) error { return tx.PutPostOfKey(ana.ID, "k", 7) })
		if id, err := h.read().PostOfKey(ana.ID, "k"); id != 7 || err != nil {
			t.Errorf("got %d, %v", id, err)
		}
		if id, err := h.read().PostOfKey(ben.ID, "k"); id != 0 || err != nil {
			t.Errorf("somebody else's key: got %d, %v", id, err)
		}
		h.now = h.now.Add(61 * time.Minute)
		if id, err := h.read().PostOfKey(ana.ID, "k"); id != 0 || err != nil {
			t.Errorf("an old key: got %d, %v", id, err)
		}
		h.do(func(tx *Tx) error { return tx.PutPostOfKey(ana.ID, "k", 8) })
		if id, err := h.read().PostOfKey(ana.ID, "k"); id != 8 || err != nil {
			t.Errorf("a key that is used again: got %d, %v", id, err)
		}
	})
}
