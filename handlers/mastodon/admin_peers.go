package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

// peerRoutes are for those who federate with other organizations, and for authors who want to know where a post went.
func peerRoutes() []route {
	const peers, one = ownAPI + "/admin/peers", ownAPI + "/admin/peers/{host}"
	routes := []route{
		staff(http.MethodGet, peers, getPeerStates, models.PermitFederation, "admin:read"),
		staff(http.MethodGet, one, getPeerState, models.PermitFederation, "admin:read"),
		member(http.MethodGet, ownAPI+"/statuses/{id}/receipt", getReceipt, readStatuses),
	}
	for verb, run := range map[string]endpoint{"pause": pausePeer, "resume": resumePeer, "retry": retryPeer, "resend": resendPeer} {
		routes = append(routes, staff(http.MethodPost, one+"/"+verb, run, models.PermitFederation, "admin:write"))
	}
	return routes
}

// peer is another server as those see it who federate with it.
type peer struct {
	Host          string         `json:"host"`
	State         string         `json:"state"` // healthy, failing, paused, parked or blocked
	Software      *string        `json:"software"`
	Version       *string        `json:"version"`
	Waiting       int64          `json:"waiting"` // deliveries
	Failures      int64          `json:"failures"`
	FailingSince  *string        `json:"failing_since"`
	NextTryAt     *string        `json:"next_try_at"`
	PausedAt      *string        `json:"paused_at"`
	ParkedAt      *string        `json:"parked_at"`
	LastError     *string        `json:"last_error"`
	LastSuccessAt *string        `json:"last_success_at"`
	LastInboundAt *string        `json:"last_inbound_at"`
	LatencyMs     int64          `json:"latency_ms"`
	Signatures    string         `json:"signatures"`
	Deliveries    *peerCounts    `json:"deliveries,omitempty"`
	Troubles      []peerDelivery `json:"troubles,omitempty"`
}

// peerCounts are the deliveries of the last 30 days.
type peerCounts struct {
	Pending  int64 `json:"pending"`
	Aside    int64 `json:"aside"`
	Done     int64 `json:"done"`
	Refused  int64 `json:"refused"`
	Parked   int64 `json:"parked"`
	Replaced int64 `json:"replaced"`
}

type peerDelivery struct {
	ID        string `json:"id"`
	Activity  string `json:"activity"` // its type
	State     string `json:"state"`
	Attempts  int64  `json:"attempts"`
	Status    int64  `json:"status"`
	Reason    string `json:"reason"`
	UpdatedAt string `json:"updated_at"`
}

func showPeer(r *practice.PeerReport) *peer {
	p := &r.Peer
	shown := &peer{
		Host: p.Host, State: r.State, Software: textOrNil(p.Software), Version: textOrNil(p.Version), Waiting: r.Waiting(),
		Failures: p.Failures, FailingSince: dateOrNil(p.FailingSince), NextTryAt: dateOrNil(p.NextTryAt), PausedAt: dateOrNil(p.PausedAt),
		ParkedAt: dateOrNil(p.ParkedAt), LastError: textOrNil(p.LastError), LastSuccessAt: dateOrNil(p.LastSuccessAt),
		LastInboundAt: dateOrNil(p.LastInboundAt), LatencyMs: p.LatencyMs, Signatures: p.SignatureScheme,
	}
	if shown.Signatures == "" {
		shown.Signatures = "cavage"
	}
	return shown
}

func getPeerStates(c *call) (any, error) {
	reports, err := c.s.service.PeerReports(c.ctx())
	if err != nil {
		return nil, err
	}
	state := c.params.text("state")
	shown := []*peer{}
	for i := range reports {
		if state == "" || reports[i].State == state {
			shown = append(shown, showPeer(&reports[i]))
		}
	}
	return shown, nil
}

func getPeerState(c *call) (any, error) {
	report, err := c.s.service.PeerReport(c.ctx(), c.path("host"))
	if err != nil {
		return nil, err
	}
	shown := showPeer(report)
	n := report.Counts
	shown.Deliveries = &peerCounts{
		Pending: n[models.DeliveryPending], Aside: n[models.DeliveryAside], Done: n[models.DeliveryDone], Refused: n[models.DeliveryRefused],
		Parked: n[models.DeliveryParked], Replaced: n[models.DeliveryReplaced],
	}
	shown.Troubles = []peerDelivery{}
	for _, d := range report.Troubles {
		shown.Troubles = append(shown.Troubles, peerDelivery{
			ID: formatID(d.ID), Activity: report.Types[d.EntryID], State: d.State, Attempts: d.Attempts, Status: d.Status, Reason: d.LastError,
			UpdatedAt: date(d.UpdatedAt),
		})
	}
	return shown, nil
}

func pausePeer(c *call) (any, error) {
	if err := c.s.service.PausePeer(c.ctx(), c.path("host")); err != nil {
		return nil, err
	}
	return getPeerState(c)
}

func resumePeer(c *call) (any, error) {
	if err := c.s.service.ResumePeer(c.ctx(), c.path("host")); err != nil {
		return nil, err
	}
	return getPeerState(c)
}

func retryPeer(c *call) (any, error) {
	if _, err := c.s.service.RetryPeer(c.ctx(), c.path("host")); err != nil {
		return nil, err
	}
	return getPeerState(c)
}

// resendPeer sends once more what was for a peer since a moment.
func resendPeer(c *call) (any, error) {
	since, err := time.Parse(time.RFC3339, c.params.text("since"))
	if err != nil {
		return nil, models.FieldErrorf("since", "Validation failed: since %q is no moment such as 2026-01-31T12:00:00Z", c.params.text("since"))
	}
	n, err := c.s.service.ResendTo(c.ctx(), c.path("host"), since)
	if err != nil {
		return nil, err
	}
	return map[string]any{"resent": n}, nil
}

// receipt says how far a post has come at another organization.
type receipt struct {
	Host      string  `json:"host"`
	Software  *string `json:"software"`
	State     string  `json:"state"`  // has, waits, refused or given_up
	Behind    bool    `json:"behind"` // it has an earlier version
	Reason    *string `json:"reason"`
	Status    *int64  `json:"status"`
	Since     string  `json:"since"`
	NextTryAt *string `json:"next_try_at"`
}

func getReceipt(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	receipts, err := c.s.service.PostReceipts(c.ctx(), c.me(), post)
	if err != nil {
		return nil, err
	}
	shown := []*receipt{}
	for _, r := range receipts {
		one := &receipt{
			Host: r.Host, Software: textOrNil(r.Software), State: r.State, Behind: r.Behind, Reason: textOrNil(r.Reason), Since: date(r.Since),
			NextTryAt: dateOrNil(r.NextTry),
		}
		if r.Status != 0 {
			one.Status = &r.Status
		}
		shown = append(shown, one)
	}
	return shown, nil
}
