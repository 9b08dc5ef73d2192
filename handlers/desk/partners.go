package desk

import (
	"net/url"
	"strings"

	"praxis/models"
	"praxis/practice"
)

const partnersPath = root + "/partners"

func partnerPath(host string) string { return partnersPath + "/" + url.PathEscape(host) }

// partners are the organizations with which this one has, wants or had an agreement.
func (s *Server) partners() section {
	const one = partnersPath + "/{host:[^/]{1,255}}"
	return section{
		group: groupOrganizations, name: "Partners", path: partnersPath, needs: models.PermitFederation, waits: s.partnersWait,
		pages: []place{
			{path: partnersPath, show: s.showPartners},
			{path: partnersPath + "/new", show: s.showPropose, forms: map[string]deed{"propose": s.propose, "onesided": s.oneSided}},
			{path: one, show: s.showPartner, forms: map[string]deed{
				"confirm": s.confirmWords, "refuse": s.refuse, "withdraw": s.endPartner, "test": s.testPartner, "renew": s.renew, "answer": s.answerPurge,
			}},
			{path: one + "/accept", show: s.showAccept, forms: map[string]deed{"accept": s.accept}},
			{path: one + "/counter", show: s.showCounter, forms: map[string]deed{"counter": s.counter}},
			{path: one + "/end", show: s.showEnd, forms: map[string]deed{"revoke": s.endPartner}},
			{path: one + "/purge", show: s.showPurge, forms: map[string]deed{"purge": s.askPurge}},
			{path: one + "/health", show: s.showHealth},
		},
	}
}

func (s *Server) partnersWait(v *visit) ([]errand, error) {
	waiting, err := v.waiting()
	look := link{Label: "Look", To: partnersPath}
	return []errand{
		{waiting.Offers, "partnership that is offered", "partnerships that are offered", "An organization wants to be your partner, on terms that you can accept, change or refuse.", link{Label: "Answer", To: partnersPath}},
		{waiting.Words, "partner whose words are to be compared", "partners whose words are to be compared", "Call their admin, and read six words to each other.", look},
		{waiting.Red, "partner who needs you now", "partners who need you now", "Something is badly wrong between you.", look},
	}, err
}

func (s *Server) showPartners(v *visit) (*screen, error) {
	views, err := s.cfg.Service.Partners(v.ctx())
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Partners", Heads: []string{"Organization", "State", "Health", "What to do", "Ends"}, Empty: "There is no partner yet."}
	for i := range views {
		p := &views[i]
		if state := v.query("state"); state != "" && (state == "over") != isOver(p.State) {
			continue
		}
		todo := nextStep(p)
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: p.Host, To: partnerPath(p.Host)},
			{Badge: partnerBadge(p.State)},
			healthCell(p.Verdict),
			{Text: orDash(todo.Label), To: todo.To},
			{Text: dayOr(p.ValidUntil)},
		}})
	}
	return &screen{
		Title: "Partners", Lead: "Organizations with which this one has an agreement on what is shared: signed by both, for a time.",
		Tabs: []link{v.tab("state", "", "All"), v.tab("state", "now", "Now"), v.tab("state", "over", "Ended or refused")},
		Parts: []part{{Table: listed}, {Links: []link{
			{Label: "Propose a partnership", To: partnersPath + "/new"}, {Label: "See the public page", To: "/partners", Quiet: true},
		}}},
	}, nil
}

func isOver(state models.PartnerState) bool {
	return state == models.PartnerEnded || state == models.PartnerRefused
}

var partnerWords = map[models.PartnerState]badge{
	models.PartnerProposed: {"we proposed", "warn"}, models.PartnerReceived: {"they propose", "warn"}, models.PartnerCountered: {"we countered", "warn"},
	models.PartnerAccepted: {"accepted, not signed", "warn"}, models.PartnerCanary: {"being tested", "warn"}, models.PartnerLive: {"in force", "good"},
	models.PartnerPaused: {"paused", "bad"}, models.PartnerEnded: {"ended", ""}, models.PartnerRefused: {"refused", ""}, models.PartnerOneSided: {"one-sided", "good"},
}

func partnerBadge(state models.PartnerState) badge { return partnerWords[state] }

// healthBadge says the health in a word, since a colour alone says nothing to many people.
func healthBadge(colour string) badge {
	switch colour {
	case practice.HealthGreen:
		return badge{"● well", "good"}
	case practice.HealthAmber:
		return badge{"▲ look at it", "warn"}
	case practice.HealthRed:
		return badge{"■ act now", "bad"}
	}
	return badge{}
}

func healthCell(h practice.Health) cell {
	if h.Colour == "" {
		return cell{Text: "–"}
	}
	return cell{Badge: healthBadge(h.Colour), Hint: h.Why}
}

// nextStep is the one thing that is best done now.
func nextStep(p *practice.PartnerView) link {
	to := partnerPath(p.Host)
	switch {
	case p.OfferURI != "" && !p.OfferOurs:
		return link{Label: "Answer their offer", To: to + "#offer"}
	case p.State == models.PartnerAccepted && p.Confirmed == "", p.State == models.PartnerPaused && p.Pause == models.PauseKey:
		return link{Label: "Compare the six words", To: to + "#words"}
	case p.OfferURI != "":
		return link{Label: "Wait for their answer", To: to + "#offer"}
	case p.State == models.PartnerAccepted, p.State == models.PartnerCanary:
		return link{Label: "Wait: " + p.Reason, To: to}
	case p.Verdict.Do != "":
		return link{Label: sentence(p.Verdict.Do), To: whereTo(p)}
	}
	return link{}
}

// whereTo leads to the page on which the advice about the health can be followed.
func whereTo(p *practice.PartnerView) string {
	switch do := p.Verdict.Do; {
	case strings.Contains(do, "renew"):
		return partnerPath(p.Host) + "#renew"
	case strings.Contains(do, "compare"):
		return partnerPath(p.Host) + "#words"
	case strings.Contains(do, "peer"):
		return peerPath(p.Host)
	case strings.Contains(do, "report"):
		return reportsPath
	}
	return partnerPath(p.Host) + "/health"
}

// sentence begins with a capital letter.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func dayOr(at models.Timestamp) string {
	if at.IsZero() {
		return "–"
	}
	return at.Time().UTC().Format("2 Jan 2006")
}
