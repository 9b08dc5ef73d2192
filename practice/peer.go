package practice

import (
	"context"
	"time"

	"praxis/models"
)

// KeptDeliveries is for how long it is remembered what went where, and so how long ago may be what is sent again.
const KeptDeliveries = 30 * 24 * time.Hour

// PeerReport is what an admin wants to know of a peer.
type PeerReport struct {
	Peer     models.Peer
	State    string // as models.Peer's, or "blocked"
	Counts   map[string]int64
	Troubles []models.Delivery // the latest that were refused, given up or failed
	Types    map[int64]string  // of the activities of Troubles, by entry
}

// Waiting is how many deliveries to the peer wait.
func (r *PeerReport) Waiting() int64 {
	return r.Counts[models.DeliveryPending] + r.Counts[models.DeliveryAside]
}

// PeerReports gives what is known of all peers; Counts hold no more than what waits and what was given up.
func (s *Service) PeerReports(ctx context.Context) ([]PeerReport, error) {
	tx := s.store.Read(ctx)
	peers, err := tx.Peers()
	if err != nil {
		return nil, err
	}
	waiting, err := tx.WaitingByHost()
	if err != nil {
		return nil, err
	}
	hosts := hostsOf(peers)
	parked, err := tx.ParkedAmong(hosts)
	if err != nil {
		return nil, err
	}
	blocked, err := tx.BlockedAmong(hosts)
	if err != nil {
		return nil, err
	}
	reports := make([]PeerReport, 0, len(peers))
	for _, peer := range peers {
		report := PeerReport{Peer: peer, State: peer.State(), Counts: map[string]int64{
			models.DeliveryPending: waiting[peer.Host], models.DeliveryParked: parked[peer.Host],
		}}
		if blocked[peer.Host] {
			report.State = models.PeerBlocked
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func hostsOf(peers []models.Peer) []string {
	hosts := make([]string, len(peers))
	for i := range peers {
		hosts[i] = peers[i].Host
	}
	return hosts
}

// shownTroubles is how many deliveries that failed a report shows.
const shownTroubles = 20

// PeerReport gives what is known of one peer. Errors: NotFound when nothing is.
func (s *Service) PeerReport(ctx context.Context, host string) (*PeerReport, error) {
	tx := s.store.Read(ctx)
	host, err := cleanHost(host)
	if err != nil {
		return nil, err
	}
	peer, err := tx.KnownPeer(host)
	if err != nil {
		return nil, unknownPeer(err, host)
	}
	report := &PeerReport{Peer: *peer, State: peer.State(), Counts: map[string]int64{}, Types: map[int64]string{}}
	blocked, err := tx.HostBlocked(peer.Host)
	if err != nil {
		return nil, err
	}
	if blocked {
		report.State = models.PeerBlocked
	}
	counts, err := tx.LaneCounts(peer.Host)
	if err != nil {
		return nil, err
	}
	for _, c := range counts {
		report.Counts[c.State] = c.Count
	}
	if report.Troubles, err = tx.LastTroubles(peer.Host, shownTroubles); err != nil {
		return nil, err
	}
	var ids []int64
	for _, d := range report.Troubles {
		ids = append(ids, d.EntryID)
	}
	entries, err := tx.OutboxEntries(ids)
	for _, e := range entries {
		report.Types[e.ID] = e.Type
	}
	return report, err
}

func unknownPeer(err error, host string) error {
	if models.IsNotFound(err) {
		return models.Errorf(models.NotFound, "No peer %q is known here: see the list of peers.", host)
	}
	return err
}

// PausePeer stops deliveries to a peer; what is for it waits. Errors: NotFound.
func (s *Service) PausePeer(ctx context.Context, host string) error {
	return s.onPeer(ctx, host, "peer.pause", func(tx *models.Tx, host string) error { return tx.PausePeer(host) })
}

// ResumePeer lets deliveries to a peer go on at once, whether an admin or its failures stopped them. Errors: NotFound.
func (s *Service) ResumePeer(ctx context.Context, host string) error {
	return s.onPeer(ctx, host, "peer.resume", func(tx *models.Tx, host string) error { return tx.ResumePeer(host) })
}

// RetryPeer is ResumePeer, and tries again what was given up; it reports how much that is. Errors: NotFound.
func (s *Service) RetryPeer(ctx context.Context, host string) (n int64, err error) {
	err = s.onPeer(ctx, host, "peer.retry", func(tx *models.Tx, host string) error {
		if n, err = tx.ReleaseParked(host); err != nil {
			return err
		}
		return tx.ResumePeer(host)
	})
	return n, err
}

// ResendTo sends a peer once more what was for it since a moment, in its order and under the same ids, and reports how much
// that is. Errors: NotFound; Invalid for a moment that is still to come, or before anything that is kept.
func (s *Service) ResendTo(ctx context.Context, host string, since time.Time) (n int64, err error) {
	now := s.store.Now()
	switch {
	case since.After(now):
		return 0, models.FieldErrorf("since", "%s is still to come", since.Format(time.RFC3339))
	case now.Sub(since) > KeptDeliveries:
		return 0, models.FieldErrorf("since", "%s is longer ago than the 30 days for which deliveries are kept", since.Format(time.RFC3339))
	}
	err = s.onPeer(ctx, host, "peer.resend", func(tx *models.Tx, host string) error {
		if n, err = tx.ResendSince(host, models.At(since)); err != nil {
			return err
		}
		return tx.ResumePeer(host)
	})
	return n, err
}

func (s *Service) onPeer(ctx context.Context, host, action string, do func(tx *models.Tx, host string) error) error {
	host, err := cleanHost(host)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.KnownPeer(host); err != nil {
			return unknownPeer(err, host)
		}
		if err := do(tx, host); err != nil {
			return err
		}
		return s.audit(tx, nil, action, named(host), nil, nil)
	})
}
