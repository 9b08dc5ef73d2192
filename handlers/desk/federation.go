package desk

import (
	"net/url"

	"praxis/models"
	"praxis/practice"
)

const federationPath = root + "/federation"

func hostPath(host string) string { return federationPath + "/" + url.PathEscape(host) }

// federation is with whom this instance speaks.
func (s *Server) federation() section {
	const one = federationPath + "/{host:[^/]{1,255}}"
	return section{
		group: groupOrganizations, name: "Federation", path: federationPath, needs: models.PermitFederation,
		waits: func(v *visit) ([]errand, error) {
			waiting, err := v.waiting()
			return []errand{{waiting.Held, "server in quarantine", "servers in quarantine", "What they sent is kept until you decide.", link{Label: "Decide", To: federationPath + "#held"}}}, err
		},
		pages: []place{
			{path: federationPath, show: s.showFederation, forms: map[string]deed{"mode": s.setMode, "find": s.findHost}},
			{path: federationPath + "/stop", show: s.showStop, forms: map[string]deed{"stop": s.stop, "resume": s.resume}},
			{path: one, show: s.showHost, forms: map[string]deed{
				"block": s.blockHost, "unblock": s.unblockHost, "allow": s.allowHost, "disallow": s.disallowHost, "note": s.noteHost,
			}},
		},
	}
}

// findHost leads from a name that was typed to the page of that host.
func (s *Server) findHost(v *visit) (outcome, error) {
	entry, err := s.cfg.Service.DomainEntry(v.ctx(), v.text("domain"))
	if err != nil {
		return outcome{}, err
	}
	return outcome{to: hostPath(entry.Host)}, nil
}

var modeWords = map[models.Mode]string{
	models.ModeOpen: "Open", models.ModeQuarantine: "Quarantine", models.ModePartners: "Partners only", models.ModeClosed: "Closed",
}

func modeOptions() []option {
	return options(
		string(models.ModeOpen), "Open: all servers that are not blocked",
		string(models.ModeQuarantine), "Quarantine: what new servers send waits until you decide",
		string(models.ModePartners), "Partners only: servers that are allowed by name",
		string(models.ModeClosed), "Closed: nobody",
	)
}

func (s *Server) showFederation(v *visit) (*screen, error) {
	state, err := s.cfg.Service.Policy(v.ctx())
	if err != nil {
		return nil, err
	}
	mode := part{Card: true, Heading: "With whom this server speaks", Facts: []fact{{Name: "Mode", Value: modeWords[state.Rules.Mode]}}}
	if state.Rules.StoppedAt != 0 {
		mode.Badges = []badge{{"stopped", "bad"}}
		mode.Facts = append(mode.Facts, fact{Name: "Stopped", Value: v.when(state.Rules.StoppedAt)}, fact{Name: "Becomes closed", Value: v.when(state.Rules.StoppedAt.Add(models.Grace))})
	}
	change := &form{Name: "mode", Heading: "Change the mode", Button: "See what that would do", Quiet: true, Fields: []*field{
		{Name: "mode", Label: "Mode", Kind: "choice", Value: string(state.Rules.Mode), Options: modeOptions()},
	}}
	mode.Forms = append(mode.Forms, v.sure(change, "Change the mode"))
	parts := append([]part{mode}, s.impactParts(v)...)
	parts = append(parts, hostSearch(v), s.waitingHosts(v, state), s.partingHosts(v, state))
	decided, err := s.decidedHosts(v)
	if err != nil {
		return nil, err
	}
	parts = append(parts, decided...)
	label, danger := "Emergency stop", true
	if state.Rules.StoppedAt != 0 {
		label, danger = "End the emergency stop", false
	}
	parts = append(parts, part{Links: []link{{Label: label, To: federationPath + "/stop", Danger: danger}, {Label: "Lists of hosts", To: root + "/lists", Quiet: true}}})
	return &screen{Title: "Federation", Parts: parts}, nil
}

func hostSearch(v *visit) part {
	return part{Heading: "One server", ID: "find", Card: true, Text: "See what is known of it, and decide on it.", Forms: []*form{v.fill(&form{
		Name: "find", Button: "Look it up", Quiet: true, Fields: []*field{{Name: "domain", Label: "Name of the server", Required: true, Max: 300, Hint: "Such as clinic.example."}},
	})}}
}

// sure makes a form ask once more: the first time it shows what a change would do, with what was typed; then it does it.
func (v *visit) sure(f *form, label string) *form {
	v.fill(f)
	if v.impact == nil || v.form.Get("form") != f.Name {
		return f
	}
	f.Button, f.Quiet, f.Danger = label, false, len(v.impact.Cuts()) > 0
	if f.Hidden == nil {
		f.Hidden = map[string]string{}
	}
	f.Hidden["sure"] = "yes"
	f.Cancel = v.r.URL.Path
	f.Text = impactSentence(v.impact)
	return f
}

func impactSentence(i *models.Impact) string {
	t := i.Total
	if len(i.Hosts) == 0 {
		return "This would cut off and admit nobody: there are no follows and nothing waits. Nothing was changed yet."
	}
	said := "Nothing was changed yet. This would "
	if n := len(i.Cuts()); n > 0 {
		said += "cut off " + count(int64(n), "server", "servers") + ": " + count(t.Following, "follow", "follows") + " from here and " +
			count(t.Followers, "follower", "followers") + " here, " + count(t.Members, "member", "members") + " concerned, " +
			count(t.CommunitiesThere, "community", "communities") + " there, " + count(t.CommunitiesHere, "community", "communities") + " here, " +
			count(t.Deliveries, "delivery", "deliveries") + " that wait. "
		if m := len(i.Admits()); m > 0 {
			said += "And it would "
		} else {
			return said
		}
	}
	return said + "admit " + count(int64(len(i.Admits())), "server", "servers") + "."
}

// impactParts lists the hosts that a change concerns, one by one.
func (s *Server) impactParts(v *visit) []part {
	if v.impact == nil || len(v.impact.Hosts) == 0 {
		return nil
	}
	listed := &table{Caption: "Whom it concerns", Heads: []string{"Server", "Is", "Would be", "Follows from here", "Followers here", "Members", "Waiting"}}
	for i := range v.impact.Hosts {
		h := &v.impact.Hosts[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: h.Host, To: hostPath(h.Host)},
			{Badge: verdictBadge(h.Was)},
			{Badge: verdictBadge(h.Becomes)},
			{Text: format(h.Following), Number: true},
			{Text: format(h.Followers), Number: true},
			{Text: format(h.Members), Number: true},
			{Text: format(h.Deliveries), Number: true},
		}})
	}
	return []part{{Heading: "Whom it concerns", ID: "impact", Table: listed}}
}

func verdictBadge(v models.Verdict) badge {
	switch v {
	case models.HostAdmitted:
		return badge{string(v), "good"}
	case models.HostIsBlocked, models.HostStopped:
		return badge{string(v), "bad"}
	}
	return badge{string(v), "warn"}
}

func (s *Server) setMode(v *visit) (outcome, error) {
	impact, err := s.cfg.Service.SetMode(v.ctx(), v.by(), models.Mode(v.text("mode")))
	return v.tried(impact, err, federationPath, "The mode is changed.")
}

// tried tells a dry run from the change itself.
func (v *visit) tried(impact *models.Impact, err error, to, said string) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	if v.by().DryRun {
		v.impact = impact
		return outcome{}, nil
	}
	return outcome{to, said}, nil
}

func (s *Server) waitingHosts(v *visit, state practice.PolicyState) part {
	if len(state.Waiting) == 0 {
		return part{}
	}
	listed := &table{Caption: "In quarantine", Heads: []string{"Server", "Waits since", "Sent"}}
	for _, h := range state.Waiting {
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: h.Host, To: hostPath(h.Host)}, {Text: v.when(h.Since)}, {Text: format(h.Count), Number: true}}})
	}
	return part{Heading: "In quarantine", ID: "held", Text: "What they sent is kept. Allow a server, or block it.", Table: listed}
}

func (s *Server) partingHosts(v *visit, state practice.PolicyState) part {
	if len(state.Parting) == 0 {
		return part{}
	}
	listed := &table{Caption: "Follows that end", Heads: []string{"Server", "When"}}
	for _, h := range state.Parting {
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: h.Host, To: hostPath(h.Host)}, {Text: v.when(h.DueAt)}}})
	}
	return part{Heading: "Follows that end", Text: "Unless these servers are admitted before, follows in both directions end then.", Table: listed}
}

// decidedHosts lists what was decided by name.
func (s *Server) decidedHosts(v *visit) ([]part, error) {
	blocks, err := v.tx.DomainBlockPage(v.page())
	if err != nil {
		return nil, err
	}
	blocks, pages := cut(v, blocks, func(b *models.DomainBlock) int64 { return b.ID })
	blocked := &table{Caption: "Blocked", Heads: []string{"Server", "How", "Reason", "Since"}, Empty: "No server is blocked."}
	for i := range blocks {
		b := &blocks[i]
		blocked.Rows = append(blocked.Rows, row{Cells: []cell{
			{Text: b.Host, To: hostPath(b.Host)}, {Badge: severityBadge(b)}, {Text: orDash(short(orWord(b.PublicComment, b.PrivateComment), 80))}, {Text: v.ago(b.CreatedAt)},
		}})
	}
	allows, err := v.tx.DomainAllows()
	if err != nil {
		return nil, err
	}
	allowed := &table{Caption: "Allowed", Heads: []string{"Server", "Note", "Contact", "Since"}, Empty: "No server is allowed by name."}
	for i := range allows {
		if a := &allows[i]; !a.Known {
			allowed.Rows = append(allowed.Rows, row{Cells: []cell{
				{Text: a.Host, To: hostPath(a.Host)}, {Text: orDash(short(a.Note, 80))}, {Text: orDash(a.Contact)}, {Text: v.ago(a.CreatedAt)},
			}})
		}
	}
	return []part{{Heading: "Allowed", Table: allowed}, {Heading: "Blocked", Table: blocked, Pager: pages}}, nil
}

func severityBadge(b *models.DomainBlock) badge {
	switch b.Severity {
	case models.SeveritySuspend:
		return badge{"blocked", "bad"}
	case models.SeveritySilence:
		return badge{"limited", "warn"}
	}
	return badge{"restricted", ""}
}

func (s *Server) showStop(v *visit) (*screen, error) {
	state, err := s.cfg.Service.Policy(v.ctx())
	if err != nil {
		return nil, err
	}
	what := part{Card: true, Forms: []*form{v.sure(&form{
		Name: "stop", Button: "See what the stop would do", Cancel: federationPath,
		Text: "Nothing goes out or comes in any more, from or to any server. What waits is kept, and others are told to try again. You can undo it for 72 hours; then the server stays closed, and follows end.",
	}, "Stop federation now")}}
	if state.Rules.StoppedAt != 0 {
		what = part{Card: true, Forms: []*form{v.sure(&form{
			Name: "resume", Button: "See what would go on", Cancel: federationPath, Text: "Federation is stopped since " + v.when(state.Rules.StoppedAt) + ". What waited goes on.",
		}, "Let federation go on")}}
	}
	parts := append([]part{what}, s.impactParts(v)...)
	return &screen{Title: "Emergency stop", Above: []link{{Label: "Federation", To: federationPath}}, Parts: parts}, nil
}

func (s *Server) stop(v *visit) (outcome, error) {
	impact, err := s.cfg.Service.StopFederation(v.ctx(), v.by())
	return v.tried(impact, err, federationPath, "Federation is stopped.")
}

func (s *Server) resume(v *visit) (outcome, error) {
	impact, err := s.cfg.Service.ResumeFederation(v.ctx(), v.by())
	return v.tried(impact, err, federationPath, "Federation goes on.")
}
