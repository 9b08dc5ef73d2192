package push_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"praxis/internal/testrig"
)

// open reads a message as a browser does: RFC 8188 with the keys of RFC 8291, written down here a second time so that it
// does not agree with itself only.
func open(t *testing.T, private *ecdh.PrivateKey, body []byte) testrig.M {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(body) < 86 || body[20] != 65 {
		t.Fatalf("a body of %d bytes without a header", len(body))
	}
	salt, theirs, sealed := body[:16], body[21:86], body[86:]
	sender, err := ecdh.P256().NewPublicKey(theirs)
	must(err)
	shared, err := private.ECDH(sender)
	must(err)
	secret, err := base64.RawURLEncoding.DecodeString(clientSecret)
	must(err)
	info := "WebPush: info\x00" + string(private.PublicKey().Bytes()) + string(theirs)
	input, err := hkdf.Key(sha256.New, shared, secret, info, 32)
	must(err)
	key, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: aes128gcm\x00", 16)
	must(err)
	nonce, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: nonce\x00", 12)
	must(err)
	block, err := aes.NewCipher(key)
	must(err)
	gcm, err := cipher.NewGCM(block)
	must(err)
	plain, err := gcm.Open(nil, nonce, sealed, nil)
	must(err)
	end := len(plain) - 1
	for end >= 0 && plain[end] == 0 {
		end--
	}
	if end < 0 || plain[end] != 2 {
		t.Fatalf("the record does not end as the last one: %q", plain)
	}
	var told testrig.M
	must(json.Unmarshal(plain[:end], &told))
	return told
}

// wants subscribes a member to alerts, and gives the key with which the messages are read.
func wants(t *testing.T, m *testrig.Member, policy string, alerts ...string) *ecdh.PrivateKey {
	t.Helper()
	private, chosen := newClientKey(t), testrig.M{}
	for _, alert := range alerts {
		chosen[alert] = true
	}
	status, body := m.Do(http.MethodPost, "/api/v1/push/subscription", testrig.M{
		"subscription": testrig.M{"endpoint": "https://push.test/" + m.Actor.Username, "standard": true, "keys": testrig.M{
			"p256dh": base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()), "auth": clientSecret,
		}},
		"data": testrig.M{"alerts": chosen, "policy": policy},
	})
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	return private
}

// TestEveryAlertIsPushed: each type arrives when it is asked for, names what it is about, and can be read.
func TestEveryAlertIsPushed(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana, bo := c.Server("a.test").Member("ana"), c.Server("b.test").Member("bo")
		s := &service{status: http.StatusCreated}
		c.Network.Serve("push.test", s)
		private := wants(t, ana, "all", "mention", "reblog", "favourite", "follow", "follow_request", "status", "update", "poll")
		ana.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "Which?", "poll": testrig.M{"options": []string{"x", "y"}, "expires_in": 3600}})
		bo.Follow("@ana@a.test")
		id := ana.Find("@bo@b.test")
		ana.Object(http.MethodPost, "/api/v1/accounts/"+id+"/follow", testrig.M{"notify": true})
		c.Settle()
		mine := ana.Post("something of mine")
		c.Settle()
		bo.Object(http.MethodPost, "/api/v1/statuses/"+bo.Locate(mine["uri"].(string))["id"].(string)+"/favourite", nil)
		bo.Object(http.MethodPost, "/api/v1/statuses/"+bo.Locate(mine["uri"].(string))["id"].(string)+"/reblog", nil)
		bo.Post("@ana@a.test a word")
		theirs := bo.Post("first words")
		c.Settle()
		ana.Object(http.MethodPost, "/api/v1/statuses/"+ana.Locate(theirs["uri"].(string))["id"].(string)+"/reblog", nil)
		c.Settle()
		bo.Object(http.MethodPut, "/api/v1/statuses/"+theirs["id"].(string), testrig.M{"status": "better words"})
		c.Settle()
		c.Clock.Advance(2 * time.Hour)
		c.Settle()
		ana.Object(http.MethodPatch, "/api/v1/accounts/update_credentials", testrig.M{"locked": true})
		ana.Server.Member("cy").Object(http.MethodPost, "/api/v1/accounts/"+strconv.FormatInt(ana.Actor.ID, 10)+"/follow", nil)
		c.Settle()
		var types []string
		for i := range s.bodies {
			told := open(t, private, s.bodies[i])
			types = append(types, told["notification_type"].(string))
			if told["access_token"] != ana.Token || told["title"] == "" || told["icon"] == "" {
				t.Errorf("message %v", told)
			}
		}
		slices.Sort(types)
		if want := []string{"favourite", "follow", "follow_request", "mention", "poll", "reblog", "status", "status", "update"}; !slices.Equal(types, want) {
			t.Errorf("pushed %v, want %v", types, want)
		}
	})
}

// TestPushPolicy: who may make a client ring.
func TestPushPolicy(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	server := c.Server("a.test")
	bo := server.Member("bo")
	s := &service{status: http.StatusCreated}
	c.Network.Serve("push.test", s)
	for policy, want := range map[string]int{"all": 3, "followed": 1, "follower": 1, "none": 0} {
		ana, friend, fan := server.Member("ana_"+policy), server.Member("friend_"+policy), server.Member("fan_"+policy)
		ana.Follow("@" + friend.Actor.Username)
		fan.Follow("@" + ana.Actor.Username)
		wants(t, ana, policy, "mention")
		before := len(s.got)
		for _, from := range []*testrig.Member{bo, friend, fan} {
			from.Post("@" + ana.Actor.Username + " hello")
		}
		c.Settle()
		if got := len(s.got) - before; got != want {
			t.Errorf("policy %s lets %d pass, want %d", policy, got, want)
		}
	}
}
