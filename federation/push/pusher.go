package push

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"praxis/federation/fetch"
	"praxis/internal/webpush"
	"praxis/internal/worker"
	"praxis/models"
)

// Config is what a Pusher needs. All of it is required.
type Config struct {
	Store   *models.Store
	Client  *fetch.Client
	Key     string // as webpush.NewKey makes it
	Secret  []byte // of the instance; seals the tokens
	Base    string // address of the instance, "https://hospital.example"
	Contact string // e-mail address of who runs the instance; "": services are told Base
	Log     *slog.Logger
}

// Pusher sends. It is safe for concurrent use.
type Pusher struct {
	cfg     Config
	key     *webpush.Key
	sealer  cipher.AEAD
	wake    chan struct{}
	unwatch func()
}

// New makes a Pusher. It fails only when the instance's key is broken.
func New(cfg Config) (*Pusher, error) {
	key, err := webpush.ParseKey(cfg.Key)
	if err != nil {
		return nil, err
	}
	secret, err := hkdf.Key(sha256.New, cfg.Secret, nil, "praxis push tokens", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	p := &Pusher{cfg: cfg, key: key, sealer: sealer, wake: make(chan struct{}, 1)}
	p.unwatch = cfg.Store.Watch(p.hear)
	return p, nil
}

func (p *Pusher) hear(c models.Change) {
	if c.Kind != models.PushQueued {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Close ends the watch over the store.
func (p *Pusher) Close() { p.unwatch() }

// PublicKey is the instance's key as clients subscribe with it.
func (p *Pusher) PublicKey() string { return p.key.Public() }

// maxEndpoint is how long an endpoint may be, in bytes.
const maxEndpoint = 2048

// Check refuses what no message could be sent to. Errors: Invalid.
func (p *Pusher) Check(s *models.PushSubscription) error {
	if len(s.Endpoint) > maxEndpoint || fetch.CheckAddress(s.Endpoint) != nil {
		return models.FieldErrorf("endpoint", "Validation failed: Endpoint is no https address of a push service")
	}
	if _, err := webpush.ParseSubscriber(s.P256dh, s.Auth); err != nil {
		return models.FieldErrorf("keys", "Validation failed: Keys are not valid: %v", err)
	}
	return nil
}

// Seal hides a token from who reads the table of subscriptions.
func (p *Pusher) Seal(token string) string {
	nonce := make([]byte, p.sealer.NonceSize())
	rand.Read(nonce) // never fails: it ends the process instead
	return base64.RawStdEncoding.EncodeToString(p.sealer.Seal(nonce, nonce, []byte(token), nil))
}

func (p *Pusher) open(sealed string) (string, error) {
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < p.sealer.NonceSize() {
		return "", errors.New("the token of a push subscription cannot be read")
	}
	n := p.sealer.NonceSize()
	token, err := p.sealer.Open(nil, raw[:n], raw[n:], nil)
	if err != nil {
		return "", fmt.Errorf("open the token of a push subscription: %w", err)
	}
	return string(token), nil
}

const idle = time.Minute

// Run sends until ctx ends.
func (p *Pusher) Run(ctx context.Context) {
	worker.Loop{
		Wake: p.wake, Step: p.Step, Pause: p.untilNext,
		Failed: func(ctx context.Context, err error) {
			p.cfg.Log.ErrorContext(ctx, "push messages stopped for a moment", "error", err)
		},
	}.Run(ctx)
}

func (p *Pusher) untilNext(ctx context.Context) time.Duration {
	next, err := p.cfg.Store.Read(ctx).NextPush()
	if err != nil {
		return idle
	}
	return worker.Until(next.Time(), p.cfg.Store.Now(), idle)
}
