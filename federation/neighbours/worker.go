package neighbours

import (
	"context"
	"log/slog"
	"time"

	"praxis/federation/fetch"
	"praxis/models"
)

// Config is what a Worker needs. All of it is required.
type Config struct {
	Store  *models.Store
	Client *fetch.Client
	Scheme string // "https", or "http" in development
	Log    *slog.Logger
}

// Worker asks for directories. It is safe for concurrent use.
type Worker struct{ cfg Config }

// New makes a Worker.
func New(cfg Config) *Worker { return &Worker{cfg: cfg} }

const (
	every  = 24 * time.Hour
	atOnce = 4
	budget = 4 // requests for one host, with redirects
	idle   = 10 * time.Minute
)

// Run asks until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	ticker := time.NewTicker(idle)
	defer ticker.Stop()
	for {
		for ctx.Err() == nil {
			moved, err := w.Step(ctx)
			if err != nil && ctx.Err() == nil {
				w.cfg.Log.ErrorContext(ctx, "directories of peers not read", "error", err)
			}
			if err != nil || !moved {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Step asks some of the hosts that are due, and reports whether there were any.
func (w *Worker) Step(ctx context.Context) (bool, error) {
	peers, err := w.cfg.Store.Read(ctx).PeersToAsk(programs(), every, atOnce)
	if err != nil || len(peers) == 0 {
		return false, err
	}
	for i := range peers {
		if err := w.ask(ctx, &peers[i]); err != nil {
			return true, err
		}
	}
	return true, nil
}

// ask stores what one host lists. A host that does not answer keeps what it listed before, and is asked again tomorrow.
func (w *Worker) ask(ctx context.Context, peer *models.Peer) error {
	format := formats[peer.Software]
	raw, err := w.cfg.Client.JSON(fetch.WithBudget(ctx, budget), w.cfg.Scheme+"://"+peer.Host+format.path)
	var listed []models.PeerCommunity
	if err == nil {
		listed, err = format.read(peer.Host, raw)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.cfg.Log.DebugContext(ctx, "directory not read", "peer", peer.Host, "error", err)
	}
	return w.cfg.Store.Tx(ctx, func(tx *models.Tx) error {
		if err != nil {
			return tx.UpdatePeer(peer.Host, func(p *models.Peer) { p.DirectoryAt = tx.Now() })
		}
		return tx.ReplacePeerCommunities(peer.Host, listed)
	})
}
