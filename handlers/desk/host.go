package desk

import (
	"praxis/models"
	"praxis/practice"
)

// showHost is all that is known of one server, and what can be decided on it.
func (s *Server) showHost(v *visit) (*screen, error) {
	entry, err := s.cfg.Service.DomainEntry(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	ties := entry.Impact
	about := part{Card: true, Badges: []badge{verdictBadge(entry.Verdict)}, Facts: []fact{
		{Name: "Follows from here", Value: format(ties.Following)},
		{Name: "Followers here", Value: format(ties.Followers)},
		{Name: "Members concerned", Value: format(ties.Members)},
		{Name: "Communities there", Value: format(ties.CommunitiesThere)},
		{Name: "Communities here", Value: format(ties.CommunitiesHere)},
		{Name: "Deliveries that wait", Value: format(ties.Deliveries)},
	}}
	about.Facts = append(about.Facts, decisionFacts(v, entry)...)
	lane, err := s.laneOf(v, entry.Host)
	if err != nil {
		return nil, err
	}
	reports, err := v.tx.ReportPage(models.ReportFilter{TargetHost: entry.Host}, models.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	open, err := s.reportTable(v, reports, "No report about people there is open.")
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(v, practice.NoteOnHost(entry.Host))
	if err != nil {
		return nil, err
	}
	parts := append([]part{about}, s.impactParts(v)...)
	parts = append(parts, s.hostForms(v, entry), lane, part{Heading: "Open reports", Table: open}, notes)
	return &screen{Title: entry.Host, Above: []link{{Label: "Federation", To: federationPath}}, Parts: parts}, nil
}

func decisionFacts(v *visit, entry *practice.DomainEntry) []fact {
	var facts []fact
	if b := entry.Block; b != nil {
		facts = append(facts, fact{Name: "Decided", Value: v.when(b.CreatedAt), Badge: severityBadge(b)})
		if b.Host != entry.Host {
			facts = append(facts, fact{Name: "Through", Value: b.Host, To: hostPath(b.Host)})
		}
		facts = append(facts, fact{Name: "Said to the public", Value: orDash(b.PublicComment)}, fact{Name: "Said among admins", Value: orDash(b.PrivateComment)}, fact{Name: "Contact", Value: orDash(b.Contact)})
	}
	if a := entry.Allow; a != nil && !a.Known {
		facts = append(facts, fact{Name: "Allowed", Value: v.when(a.CreatedAt)}, fact{Name: "Note", Value: orDash(a.Note)}, fact{Name: "Contact", Value: orDash(a.Contact)})
	}
	return facts
}

// laneOf is how far deliveries to a host are.
func (s *Server) laneOf(v *visit, host string) (part, error) {
	report, err := s.cfg.Service.PeerReport(v.ctx(), host)
	if models.IsNotFound(err) {
		return part{Heading: "Deliveries", Text: "Nothing went there or came from there yet."}, nil
	}
	if err != nil {
		return part{}, err
	}
	shown := part{Heading: "Deliveries", Card: true, Badges: []badge{peerBadge(report.State)}, Facts: peerFacts(v, report)}
	shown.Links = []link{{Label: "Steer deliveries", To: peerPath(host), Quiet: true}}
	return shown, nil
}

// hostForms are the decisions that can be taken now; each shows first what it would do.
func (s *Server) hostForms(v *visit, entry *practice.DomainEntry) part {
	shown := part{Heading: "Decide", ID: "decide", Card: true}
	own := entry.Block
	if own != nil && own.Host != entry.Host {
		own = nil
	}
	if own != nil {
		shown.Forms = append(shown.Forms, v.sure(&form{Name: "unblock", Button: "See what lifting the block would do", Quiet: true, Heading: "Lift the block"}, "Lift the block"))
	}
	shown.Forms = append(shown.Forms, v.sure(blockForm(own), "Save the decision"))
	if own != nil && own.Severity == models.SeveritySuspend {
		return shown
	}
	allowed := entry.Allow
	if allowed == nil || allowed.Known {
		allowed = &models.DomainAllow{}
	}
	shown.Forms = append(shown.Forms, v.sure(&form{
		Name: "allow", Heading: "Allow", Text: "It is admitted in the modes “quarantine” and “partners only”, too.", Button: "See what allowing it would do", Quiet: true,
		Fields: []*field{
			{Name: "note", Label: "Note among admins", Value: allowed.Note, Max: 1000},
			{Name: "contact", Label: "Contact there", Value: allowed.Contact, Max: 1000},
			{Name: "public", Label: "Reason for the public", Value: allowed.PublicReason, Max: 1000},
		},
	}, "Allow it"))
	if allowed.Host != "" {
		shown.Forms = append(shown.Forms, v.sure(&form{Name: "disallow", Heading: "Take the allowance back", Button: "See what that would do", Quiet: true}, "Take the allowance back"))
	}
	return shown
}

func blockForm(b *models.DomainBlock) *form {
	if b == nil {
		b = &models.DomainBlock{Severity: models.SeveritySuspend}
	}
	return &form{
		Name: "block", Heading: "Block or limit", Button: "See what that would do", Quiet: true,
		Text: "It holds for the server and for all names below it.",
		Fields: []*field{
			{Name: "severity", Label: "How", Kind: "choice", Value: b.Severity, Options: options(
				models.SeveritySuspend, "Block: nothing comes from there or goes there", models.SeveritySilence, "Limit: only who follows somebody there sees them", models.SeverityNoop, "Neither: only what is ticked below")},
			{Name: "media", Label: "Refuse its media", Kind: "box", Checked: b.RejectMedia},
			{Name: "reports", Label: "Refuse its reports", Kind: "box", Checked: b.RejectReports},
			{Name: "public", Label: "Reason for the public", Value: b.PublicComment, Max: 1000},
			{Name: "private", Label: "Note among admins", Value: b.PrivateComment, Max: 1000},
			{Name: "contact", Label: "Contact there", Value: b.Contact, Max: 1000},
			{Name: "obfuscate", Label: "Show its name with stars in public lists", Kind: "box", Checked: b.Obfuscate},
		},
	}
}

func (s *Server) blockHost(v *visit) (outcome, error) {
	b, err := s.cfg.Service.BlockOf(v.ctx(), v.path("host"))
	if err != nil {
		return outcome{}, err
	}
	b.Severity, b.RejectMedia, b.RejectReports, b.Obfuscate = v.text("severity"), v.is("media"), v.is("reports"), v.is("obfuscate")
	b.PublicComment, b.PrivateComment, b.Contact = v.text("public"), v.text("private"), v.text("contact")
	_, impact, err := s.cfg.Service.BlockDomainBy(v.ctx(), v.by(), *b)
	return v.tried(impact, err, hostPath(b.Host), "The decision on "+b.Host+" is saved.")
}

func (s *Server) unblockHost(v *visit) (outcome, error) {
	impact, err := s.cfg.Service.LiftBlock(v.ctx(), v.by(), v.path("host"))
	return v.tried(impact, err, hostPath(v.path("host")), "The block is lifted.")
}

func (s *Server) allowHost(v *visit) (outcome, error) {
	a, impact, err := s.cfg.Service.AllowDomain(v.ctx(), v.by(), models.DomainAllow{
		Host: v.path("host"), Note: v.text("note"), Contact: v.text("contact"), PublicReason: v.text("public"),
	})
	if err != nil {
		return outcome{}, err
	}
	return v.tried(impact, nil, hostPath(a.Host), a.Host+" is allowed.")
}

func (s *Server) disallowHost(v *visit) (outcome, error) {
	impact, err := s.cfg.Service.DisallowDomain(v.ctx(), v.by(), v.path("host"))
	return v.tried(impact, err, hostPath(v.path("host")), "The allowance is taken back.")
}

func (s *Server) noteHost(v *visit) (outcome, error) {
	entry, err := s.cfg.Service.DomainEntry(v.ctx(), v.path("host"))
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.WriteNote(v.ctx(), v.me, practice.NoteOnHost(entry.Host), v.text("note"))
	return outcome{hostPath(entry.Host) + "#notes", "The note is kept."}, err
}
