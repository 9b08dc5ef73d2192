package practice

import (
	"context"

	"praxis/models"
)

// The ways in which a post can have come to another organization.
const (
	ReceiptHas     = "has"      // it took the post
	ReceiptWaits   = "waits"    // it has not taken it yet, and is tried again
	ReceiptRefused = "refused"  // it said a lasting no
	ReceiptGivenUp = "given_up" // it did not take it for a long time; an administrator can have it sent again
)

// PostReceipt says how far a post has come at one host.
type PostReceipt struct {
	Host     string
	State    string
	Behind   bool // it has an earlier version, and the last one waits
	Reason   string
	Status   int64 // HTTP; 0 when no answer came
	Since    models.Timestamp
	NextTry  models.Timestamp // of what waits
	Software string
}

// PostReceipts tells the author of a post which organizations have it, which wait and which refused it, in the order in which it was
// sent to them. Errors: NotFound for everybody else, and for posts from elsewhere.
func (s *Service) PostReceipts(ctx context.Context, author *models.Actor, post *models.Post) ([]PostReceipt, error) {
	if author == nil || post.AuthorID != author.ID || !post.Local {
		return nil, models.Errorf(models.NotFound, "Only its author sees where a post went.")
	}
	tx := s.store.Read(ctx)
	rows, err := tx.Receipts(post.URI)
	if err != nil {
		return nil, err
	}
	var receipts []*PostReceipt
	at := map[string]*PostReceipt{}
	for _, row := range rows {
		receipt := at[row.Host]
		if receipt == nil {
			receipt = &PostReceipt{Host: row.Host}
			at[row.Host] = receipt
			receipts = append(receipts, receipt)
		}
		receipt.add(row)
	}
	return s.explainReceipts(tx, receipts)
}

// add tells a receipt of one more activity, which is newer than those before.
func (r *PostReceipt) add(row models.Receipt) {
	if row.State == models.DeliveryReplaced {
		return
	}
	has := r.State == ReceiptHas || r.Behind
	r.Since, r.Status, r.Reason = row.UpdatedAt, row.Status, row.LastError
	switch row.State {
	case models.DeliveryDone:
		r.State, r.Behind = ReceiptHas, false
		return
	case models.DeliveryRefused:
		r.State = ReceiptRefused
	case models.DeliveryParked:
		r.State = ReceiptGivenUp
	default:
		r.State = ReceiptWaits
	}
	r.Behind = has
}

// explainReceipts adds what is known of the hosts.
func (s *Service) explainReceipts(tx *models.Tx, receipts []*PostReceipt) ([]PostReceipt, error) {
	hosts := make([]string, len(receipts))
	for i, r := range receipts {
		hosts[i] = r.Host
	}
	peers, err := tx.PeersAmong(hosts)
	if err != nil {
		return nil, err
	}
	shown := make([]PostReceipt, 0, len(receipts))
	for _, r := range receipts {
		if peer := peers[r.Host]; peer != nil {
			r.Software = peer.Software
			if r.State == ReceiptWaits {
				r.NextTry = peer.NextTryAt
				if r.Reason == "" {
					r.Reason = peer.LastError
				}
				if peer.ParkedAt != 0 {
					r.State = ReceiptGivenUp
				}
			}
		}
		if r.State != "" {
			shown = append(shown, *r)
		}
	}
	return shown, nil
}
