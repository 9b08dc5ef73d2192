package push_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testrig"
)

// service is a push service that keeps what comes.
type service struct {
	mu     sync.Mutex
	status int
	got    []*http.Request
	bodies [][]byte
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.got, s.bodies = append(s.got, r), append(s.bodies, body)
	w.WriteHeader(s.status)
}

const clientSecret = "BTBZMqHH6r4Tts7J_aSIgg"

func newClientKey(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return private
}

func subscribe(t *testing.T, m *testrig.Member, endpoint string) (int, []byte) {
	t.Helper()
	private := newClientKey(t)
	return m.Do(http.MethodPost, "/api/v1/push/subscription", testrig.M{
		"subscription": testrig.M{"endpoint": endpoint, "standard": true, "keys": testrig.M{
			"p256dh": base64.RawURLEncoding.EncodeToString(private.PublicKey().Bytes()), "auth": clientSecret,
		}},
		"data": testrig.M{"alerts": testrig.M{"mention": true, "admin.report": false}},
	})
}

func TestNotificationIsPushedUntilTheServiceForgets(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana, bo := c.Server("a.test").Member("ana"), c.Server("a.test").Member("bo")
		s := &service{status: http.StatusServiceUnavailable}
		c.Network.Serve("push.test", s)
		if status, body := subscribe(t, ana, "https://push.test/secret-path"); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		if got := ana.Object(http.MethodGet, "/api/v1/push/subscription", nil); got["alerts"].(testrig.M)["mention"] != true || got["policy"] != "all" || got["server_key"] == "" {
			t.Errorf("subscription %v", got)
		}
		bo.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "@ana a private word", "visibility": "direct"})
		c.Settle()
		if len(s.got) != 1 || ana.Server.Count("push_message") != 1 {
			t.Fatalf("%d requests, %d messages wait", len(s.got), ana.Server.Count("push_message"))
		}
		s.status = http.StatusCreated
		c.Clock.Advance(time.Minute)
		c.Settle()
		if len(s.got) != 2 || ana.Server.Count("push_message") != 0 {
			t.Fatalf("%d requests, %d messages wait", len(s.got), ana.Server.Count("push_message"))
		}
		r := s.got[1]
		if r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") != "172800" || strings.Contains(string(s.bodies[1]), "private word") {
			t.Errorf("headers %v", r.Header)
		}
		if log := ana.Server.Log(); strings.Contains(log, "private word") || strings.Contains(log, "secret-path") {
			t.Error("the log tells of it")
		}
		s.status = http.StatusGone
		bo.Post("@ana again")
		c.Settle()
		if n := ana.Server.Count("push_subscription"); n != 0 {
			t.Errorf("%d subscriptions after 410", n)
		}
	})
}

func TestG12_PushGoesToNoPrivateAddress(t *testing.T) {
	ana := testrig.NewServer(t, "a.test").Member("ana")
	for _, endpoint := range []string{"", "http://push.test/x", "https://127.0.0.1/x", "https://localhost/x", "https://push.test:22/x", "ftp://push.test"} {
		if status, body := subscribe(t, ana, endpoint); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s", endpoint, status, body)
		}
	}
}
