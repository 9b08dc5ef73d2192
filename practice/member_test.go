package practice_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"praxis/internal/password"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

func TestNames(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		before := w.server.Count("actor")
		for _, name := range []string{
			"", "ana-maria", "ana.maria", "añа", "a b", "@@", "admin", "Root", "inbox", "actor", "api", strings.Repeat("a", 31), "ana\n", "a@b",
		} {
			_, err := w.verbs.CreateMember(w.ctx(), practice.NewMember{Username: name})
			w.fails(err, models.Invalid, "member "+name)
			_, err = w.verbs.CreateCommunity(w.ctx(), practice.NewCommunity{Username: name})
			w.fails(err, models.Invalid, "community "+name)
		}
		_, err := w.verbs.CreateMember(w.ctx(), practice.NewMember{Username: "short", Password: "x", Hashing: password.Cheap()})
		w.fails(err, models.Invalid, "a short password")
		// One name space, whatever the case.
		for _, name := range []string{"ana", "@Ana", "woundcare", "WoundCare"} {
			_, err := w.verbs.CreateMember(w.ctx(), practice.NewMember{Username: name})
			w.fails(err, models.Conflict, "member "+name)
			_, err = w.verbs.CreateCommunity(w.ctx(), practice.NewCommunity{Username: name})
			w.fails(err, models.Conflict, "community "+name)
		}
		if n := w.server.Count("actor"); n != before || w.server.Count("actor_key") != before {
			t.Errorf("%d actors and %d keys, there were %d", n, w.server.Count("actor_key"), before)
		}
		if got := w.member("@Zoe"); got.Username != "zoe" || got.URI != "https://a.test/u/zoe" {
			t.Errorf("the member is %s, %s", got.Username, got.URI)
		}
	})
}

func TestConvenerModeratesAndFollows(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		moderator, err := w.read().IsModerator(w.community.ID, w.ana.ID)
		if w.ok(err); !moderator {
			t.Error("the convener does not moderate")
		}
		w.counts(w.community, 1, 0)
		w.counts(w.ana, 0, 1)
	})
}

func TestG27_NamesAreNeverUsedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(w.bo, "hello @ana")
		w.follow(w.cy, w.bo)
		w.ok(w.verbs.DeleteActor(w.ctx(), w.bo))
		w.ok(w.verbs.DeleteActor(w.ctx(), w.community))
		for _, name := range []string{"bo", "woundcare"} {
			_, err := w.verbs.CreateMember(w.ctx(), practice.NewMember{Username: name})
			w.fails(err, models.Conflict, "member "+name)
			_, err = w.verbs.CreateCommunity(w.ctx(), practice.NewCommunity{Username: name})
			w.fails(err, models.Conflict, "community "+name)
		}
		w.counts(w.cy, 0, 0)
		w.isTold(w.ana)
		carl := w.remote("carl@peer.test", models.TypePerson)
		w.ok(w.verbs.DeleteActor(w.ctx(), carl))
		w.fails(w.verbs.SaveRemoteActor(w.ctx(), &models.Actor{URI: carl.URI, Type: models.TypePerson, Username: "carl", Host: "peer.test"}),
			models.Gone, "a deleted actor that comes back")
	})
}

// TestDeletedTwice: deleting again publishes nothing and changes nothing.
func TestDeletedTwice(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		for range 2 {
			w.ok(w.verbs.DeleteActor(w.ctx(), w.bo))
		}
		if n := len(published[practice.ActorDeleted](w)); n != 1 {
			t.Errorf("%d deletions were published", n)
		}
	})
}

func TestG08_NewPasswordEndsSessionsAndTokens(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		server := c.Server("a.test")
		ana, bo := server.Member("ana"), server.Member("bo")
		ctx := context.Background()
		session := func(m *testrig.Member, token string) {
			t.Helper()
			err := server.Store.Tx(ctx, func(tx *models.Tx) error {
				account, err := tx.AccountByActor(m.Actor.ID)
				if err != nil {
					return err
				}
				return tx.PutWebSession(&models.WebSession{Token: token, AccountID: account.ID, Data: []byte{}, ExpiresAt: models.At(c.Clock.Now()).Add(1 << 40)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		session(ana, "hers")
		session(bo, "his")
		if err := server.Service.SetPassword(ctx, ana.Actor, "x", password.Cheap()); models.ErrorCode(err) != models.Invalid {
			t.Errorf("a bad password: %v", err)
		}
		if status, _ := ana.Do(http.MethodGet, "/api/v1/accounts/verify_credentials", nil); status != http.StatusOK {
			t.Fatalf("after a refused password the token is answered %d", status)
		}
		if err := server.Service.SetPassword(ctx, ana.Actor, "a new long password", password.Cheap()); err != nil {
			t.Fatal(err)
		}
		for m, want := range map[*testrig.Member]int{ana: http.StatusUnauthorized, bo: http.StatusOK} {
			if status, _ := m.Do(http.MethodGet, "/api/v1/accounts/verify_credentials", nil); status != want {
				t.Errorf("%s's token is answered %d, want %d", m.Actor.Username, status, want)
			}
		}
		if _, err := server.Store.Read(ctx).WebSession("hers"); !models.IsNotFound(err) {
			t.Errorf("ana's session: %v", err)
		}
		if _, err := server.Store.Read(ctx).WebSession("his"); err != nil {
			t.Errorf("bo's session: %v", err)
		}
	})
}
