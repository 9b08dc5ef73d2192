package desk

import (
	"net/url"
	"strings"

	"praxis/models"
	"praxis/practice"
)

const peersPath = root + "/peers"

func peerPath(host string) string { return peersPath + "/" + url.PathEscape(host) }

// peers are the servers that something went to or came from, and how far deliveries to them are.
func (s *Server) peers() section {
	return section{
		group: groupOrganizations, name: "Deliveries", path: peersPath, needs: models.PermitFederation,
		waits: func(v *visit) ([]errand, error) {
			waiting, err := v.waiting()
			return []errand{{waiting.Failing, "server that fails", "servers that fail", "What is for them waits, or was given up.", link{Label: "See why", To: peersPath + "?state=failing"}}}, err
		},
		pages: []place{
			{path: peersPath, show: s.showPeers},
			{path: peersPath + "/{host:[^/]{1,255}}", show: s.showPeer, forms: map[string]deed{
				"retry": s.retryPeer, "pause": s.pausePeer, "resume": s.resumePeer, "resend": s.resendPeer,
			}},
		},
	}
}

func (s *Server) showPeers(v *visit) (*screen, error) {
	reports, err := s.cfg.Service.PeerReports(v.ctx())
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Servers", Heads: []string{"Server", "State", "Software", "Waiting", "Given up", "Last success", "Last heard"}, Empty: "No server is like that."}
	from := v.query("after")
	var pages pager
	state, name := v.query("state"), strings.ToLower(v.query("host"))
	for i := range reports {
		r := &reports[i]
		if (state != "" && r.State != state) || !strings.Contains(r.Peer.Host, name) || r.Peer.Host <= from {
			continue
		}
		if len(listed.Rows) == pageSize {
			query := v.r.URL.Query()
			query.Set("after", listed.Rows[pageSize-1].Cells[0].Text)
			pages.Older = address(v.r.URL.Path, query)
			break
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: r.Peer.Host, To: peerPath(r.Peer.Host)},
			{Badge: peerBadge(r.State)},
			{Text: orDash(strings.TrimSpace(r.Peer.Software + " " + r.Peer.Version))},
			{Text: format(r.Waiting()), Number: true},
			{Text: format(r.Counts[models.DeliveryParked]), Number: true},
			{Text: v.ago(r.Peer.LastSuccessAt)},
			{Text: v.ago(r.Peer.LastInboundAt)},
		}})
	}
	find := &search{Fields: []*field{{ID: "q-host", Name: "host", Label: "Name of the server", Value: v.query("host")}}}
	return &screen{
		Title: "Deliveries", Lead: "Each server has a lane of its own; one that fails holds up no other.",
		Tabs:  []link{v.tab("state", "", "All"), v.tab("state", models.PeerFailing, "Failing"), v.tab("state", models.PeerParked, "Given up"), v.tab("state", models.PeerPaused, "Paused"), v.tab("state", models.PeerBlocked, "Blocked")},
		Parts: []part{{Search: find, Table: listed, Pager: pages}},
	}, nil
}

func peerBadge(state string) badge {
	switch state {
	case models.PeerHealthy:
		return badge{"healthy", "good"}
	case models.PeerParked:
		return badge{"given up", "bad"}
	case models.PeerFailing, models.PeerBlocked:
		return badge{state, "bad"}
	}
	return badge{state, "warn"}
}

func peerFacts(v *visit, r *practice.PeerReport) []fact {
	p := &r.Peer
	facts := []fact{
		{Name: "Software", Value: orDash(strings.TrimSpace(p.Software + " " + p.Version))},
		{Name: "Last success", Value: v.when(p.LastSuccessAt)},
		{Name: "Last heard", Value: v.when(p.LastInboundAt)},
		{Name: "Waiting", Value: format(r.Waiting())},
		{Name: "Given up", Value: format(r.Counts[models.DeliveryParked])},
		{Name: "Refused", Value: format(r.Counts[models.DeliveryRefused])},
		{Name: "Done in 30 days", Value: format(r.Counts[models.DeliveryDone])},
		{Name: "Answers within", Value: format(p.LatencyMs) + " ms"},
		{Name: "Signatures", Value: orWord(p.SignatureScheme, "cavage")},
	}
	if p.Failures > 0 {
		facts = append(facts, fact{Name: "Fails since", Value: v.when(p.FailingSince)}, fact{Name: "Attempts that failed", Value: format(p.Failures)},
			fact{Name: "Last fault", Value: orDash(p.LastError)}, fact{Name: "Next attempt", Value: v.ago(p.NextTryAt)})
	}
	return facts
}

func (s *Server) showPeer(v *visit) (*screen, error) {
	report, err := s.cfg.Service.PeerReport(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	p := &report.Peer
	steer := part{Heading: "Steer", ID: "steer"}
	button := func(name, label string) {
		steer.Forms = append(steer.Forms, &form{Name: name, Inline: true, Button: label})
	}
	button("retry", "Try all again now")
	if p.PausedAt != 0 || p.ParkedAt != 0 || p.Failures > 0 {
		button("resume", "Let it go on")
	}
	if p.PausedAt == 0 {
		button("pause", "Pause")
	}
	steer.Forms = append(steer.Forms, v.fill(&form{
		Name: "resend", Heading: "Send again", Text: "What went there since a moment goes once more, under the same ids. It helps a server that lost data.", Button: "Send again", Quiet: true,
		Fields: []*field{{Name: "since", Label: "Since (UTC)", Kind: "datetime-local", Required: true, Hint: "At most 30 days ago."}},
	}))
	troubles := &table{Caption: "Latest troubles", Heads: []string{"What", "State", "Attempts", "Answer", "When"}, Empty: "There are no troubles."}
	for _, d := range report.Troubles {
		answer := d.LastError
		if d.Status != 0 {
			answer = format(d.Status) + " " + answer
		}
		troubles.Rows = append(troubles.Rows, row{Cells: []cell{
			{Text: orDash(report.Types[d.EntryID])}, {Text: d.State}, {Text: format(d.Attempts), Number: true}, {Text: orDash(short(answer, 200))}, {Text: v.ago(d.UpdatedAt)},
		}})
	}
	return &screen{
		Title: p.Host, Above: []link{{Label: "Deliveries", To: peersPath}},
		Parts: []part{
			{Card: true, Badges: []badge{peerBadge(report.State)}, Facts: peerFacts(v, report), Links: []link{{Label: "Decide on this server", To: hostPath(p.Host), Quiet: true}}},
			steer,
			{Heading: "Latest troubles", Table: troubles},
		},
	}, nil
}

func (s *Server) retryPeer(v *visit) (outcome, error) {
	n, err := s.cfg.Service.RetryPeer(v.ctx(), v.path("host"))
	return outcome{peerPath(v.path("host")), count(n, "delivery that was given up is", "deliveries that were given up are") + " tried again."}, err
}

func (s *Server) pausePeer(v *visit) (outcome, error) {
	return outcome{peerPath(v.path("host")), "Deliveries are paused; what is for this server waits."}, s.cfg.Service.PausePeer(v.ctx(), v.path("host"))
}

func (s *Server) resumePeer(v *visit) (outcome, error) {
	return outcome{peerPath(v.path("host")), "Deliveries go on."}, s.cfg.Service.ResumePeer(v.ctx(), v.path("host"))
}

func (s *Server) resendPeer(v *visit) (outcome, error) {
	since, err := readMoment("since", v.text("since"))
	if err == nil && since.IsZero() {
		err = models.FieldErrorf("since", "Say since when.")
	}
	if err != nil {
		return outcome{}, err
	}
	n, err := s.cfg.Service.ResendTo(v.ctx(), v.path("host"), since)
	return outcome{peerPath(v.path("host")), count(n, "delivery goes", "deliveries go") + " there again."}, err
}
