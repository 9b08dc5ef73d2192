package desk

import (
	"encoding/json"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

// showPartner is all that there is with one partner.
func (s *Server) showPartner(v *visit) (*screen, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	if p.ActorURI != "" {
		if p, err = s.cfg.Service.ComparePartner(v.ctx(), p.Host); err != nil {
			return nil, err
		}
	}
	parts := []part{partnerAbout(v, p)}
	parts = append(parts, s.partnerOffer(v, p)...)
	parts = append(parts, wordsPart(v, p)...)
	if p.ActorURI != "" {
		parts = append(parts, comparison(p))
	}
	parts = append(parts, partnerRenewal(v, p)...)
	parts = append(parts, purgePart(v, p)...)
	if p.ActorURI != "" {
		parts = append(parts, recordsPart(v, p))
	}
	parts = append(parts, eventsPart(v, p), s.endPart(p))
	return &screen{Title: p.Host, Above: []link{{Label: "Partners", To: partnersPath}}, Parts: parts}, nil
}

func partnerCrumbs(host string) []link {
	return []link{{Label: "Partners", To: partnersPath}, {Label: host, To: partnerPath(host)}}
}

func partnerAbout(v *visit, p *practice.PartnerView) part {
	about := part{Card: true, Badges: []badge{partnerBadge(p.State), healthBadge(shownHealth(p))}, Facts: []fact{
		{Name: "State", Value: orWord(sentence(p.Reason), "–"), Hint: "since " + v.when(p.ChangedAt)},
	}}
	if h := shownHealth(p); h != "" {
		about.Facts = append(about.Facts, fact{Name: "Health", Value: sentence(p.Verdict.Why), To: partnerPath(p.Host) + "/health"})
	}
	if p.Agreed != nil {
		about.Facts = append(about.Facts,
			fact{Name: "Goes as far as", Value: string(p.Agreed.Level())},
			fact{Name: "In force", Value: p.Agreed.ValidFrom.Format("2 Jan 2006") + " to " + p.Agreed.ValidUntil.Format("2 Jan 2006")})
	}
	if p.Note != "" {
		about.Facts = append(about.Facts, fact{Name: "Note", Value: p.Note})
	}
	if waiting := len(p.Messages); waiting > 0 {
		about.Facts = append(about.Facts, fact{Name: "Not yet told to them", Value: count(int64(waiting), "message", "messages"), Hint: orWord(p.Messages[0].LastError, "it goes on by itself")})
	}
	if todo := nextStep(p); todo.To != "" {
		about.Facts = append(about.Facts, fact{Name: "What to do", Value: todo.Label, To: todo.To})
	}
	if p.State == models.PartnerCanary {
		about.Forms = append(about.Forms, &form{Name: "test", Inline: true, Button: "Test again now"})
	}
	about.Links = []link{{Label: "Health in detail", To: partnerPath(p.Host) + "/health", Quiet: true}, {Label: "Deliveries", To: peerPath(p.Host), Quiet: true}}
	return about
}

// shownHealth is the colour of a partnership that there is; what is only negotiated has none.
func shownHealth(p *practice.PartnerView) string {
	if p.KeepsState() {
		return p.Verdict.Colour
	}
	return ""
}

// partnerOffer is the offer that waits: theirs is answered, ours can be taken back.
func (s *Server) partnerOffer(v *visit, p *practice.PartnerView) []part {
	if p.OfferURI == "" {
		return nil
	}
	until := ""
	if p.Offered != nil {
		until = " It would hold until " + p.Offered.ValidUntil.Format("2 Jan 2006") + "."
	}
	if p.OfferOurs {
		return []part{{Card: true, Heading: "Our offer", ID: "offer", Text: "It waits for their answer." + until, Forms: []*form{v.twice(&form{
			Name: "withdraw", Button: "Take the offer back", Quiet: true,
		}, "Take it back now")}}}
	}
	return []part{{
		Card: true, Heading: "Their offer", ID: "offer", Text: "Compare the terms below, then accept them as they are, answer with others, or refuse." + until,
		Forms: []*form{v.fill(&form{
			Name: "refuse", Heading: "Refuse", Button: "Refuse the offer", Danger: true, Fields: []*field{{Name: "reason", Label: "What to tell them", Max: 500, Hint: "May stay empty."}},
		})},
		Links: []link{{Label: "Accept it", To: partnerPath(p.Host) + "/accept"}, {Label: "Answer with other terms", To: partnerPath(p.Host) + "/counter", Quiet: true}},
	}}
}

// wordsPart shows the six words, and takes those that the other admin reads.
func wordsPart(v *visit, p *practice.PartnerView) []part {
	if len(p.Words) == 0 || isOver(p.State) {
		return nil
	}
	shown := part{Card: true, Heading: "Six words", ID: "words"}
	if p.Compared {
		shown.Badges = []badge{{"compared", "good"}}
		shown.Facts = []fact{{Name: "The words", Value: strings.Join(p.Words, " ")}, {Name: "Compared", Value: v.when(p.ConfirmedAt)}}
		return []part{shown}
	}
	shown.Badges = []badge{{"not compared", "warn"}}
	shown.Text = "They come from the keys of both servers. Call their admin: you read the first three, they read the last three, from their own screen. If a word is not the same, somebody stands between you."
	shown.Facts = []fact{{Name: "The words", Value: strings.Join(p.Words, " ")}}
	shown.Forms = []*form{v.fill(&form{Name: "confirm", Button: "These words were read to us", Fields: []*field{{
		Name: "words", Label: "Type the six words as you heard them", Required: true, Max: 200, Hint: "Nothing is signed or shared before.",
	}}})}
	return []part{shown}
}

func partnerRenewal(v *visit, p *practice.PartnerView) []part {
	if p.RecordID == 0 || !p.KeepsState() || p.OfferURI != "" || p.DraftID != 0 {
		return nil
	}
	return []part{{Card: true, Heading: "Renew", ID: "renew", Text: "The same terms for longer: it is an offer, which they accept. Until then the agreement stands as it is.", Forms: []*form{v.fill(&form{
		Name: "renew", Button: "Offer the renewal", Quiet: true, Fields: []*field{{Name: "valid_until", Label: "Until", Kind: "date", Hint: "Empty: a year from now."}},
	})}, Links: []link{{Label: "Offer other terms", To: partnersPath + "/new?host=" + p.Host, Quiet: true}}}}
}

// purgePart is what they ask us to remove, as long as it is not answered.
func purgePart(v *visit, p *practice.PartnerView) []part {
	if !purgeWaits(p.Events) {
		return nil
	}
	return []part{{Card: true, Heading: "They ask us to remove what they shared", ID: "answer", Text: "Posts that were for partners or members only. What members here wrote is theirs, and stays.", Forms: []*form{v.twice(&form{
		Name: "answer", Button: "Answer", Fields: []*field{
			{Name: "how", Label: "What we do", Kind: "choice", Options: options("remove", "Remove it now", "done", "It was removed otherwise", "keep", "Do not remove it")},
			{Name: "words", Label: "What to tell them", Max: 500},
		},
	}, "Remove it for good")}}}
}

// purgeWaits finds a request of theirs that is not answered.
func purgeWaits(events []models.PartnerEvent) bool {
	answered := map[string]bool{}
	for _, e := range events {
		if e.Kind == practice.PartnerEventAnswered {
			answered[e.Ref] = true
		}
	}
	for _, e := range events {
		if e.Kind == practice.PartnerEventAskedUs && !answered[e.Ref] {
			return true
		}
	}
	return false
}

func recordsPart(v *visit, p *practice.PartnerView) part {
	listed := &table{Caption: "Agreements", Heads: []string{"Made", "State", "SHA-256"}, Empty: "Nothing was signed yet."}
	whole := part{Heading: "Agreements", ID: "records", Table: listed}
	for i := range p.Records {
		r := &p.Records[i]
		state := badge{"replaced", ""}
		switch {
		case r.ID == p.RecordID:
			state = badge{"counts", "good"}
			whole.Links = []link{{Label: "Print it", To: "/partners/" + p.Host + "/record", Quiet: true}, {Label: "As JSON", To: "/partners/" + p.Host + "/record?format=json", Quiet: true}}
		case !r.IsWhole():
			state = badge{"a signature is missing", "warn"}
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: v.when(r.CreatedAt)}, {Badge: state}, {Text: r.Hash}}})
	}
	return whole
}

// shownEvents is how many events the page has.
const shownEvents = 50

func eventsPart(v *visit, p *practice.PartnerView) part {
	listed := &table{Caption: "What happened", Heads: []string{"When", "What", "More"}, Empty: "Nothing happened yet."}
	for _, e := range p.Events {
		if e.Kind == practice.PartnerEventNonce || len(listed.Rows) == shownEvents {
			continue
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: v.when(e.CreatedAt)}, {Text: e.Kind}, {Text: orDash(short(e.Detail, 300))}}})
	}
	return part{Heading: "What happened", ID: "events", Table: listed}
}

// endPart leads to what ends things, or begins them anew.
func (s *Server) endPart(p *practice.PartnerView) part {
	shown := part{Heading: "Decide", ID: "decide"}
	if isOver(p.State) {
		shown.Links = append(shown.Links, link{Label: "Propose anew", To: partnersPath + "/new?host=" + p.Host})
	}
	switch p.State {
	case models.PartnerAccepted, models.PartnerCanary, models.PartnerLive, models.PartnerPaused, models.PartnerOneSided:
		shown.Links = append(shown.Links, link{Label: "End the partnership", To: partnerPath(p.Host) + "/end", Danger: true})
	}
	if p.RecordID != 0 {
		shown.Links = append(shown.Links, link{Label: "Ask them to remove what we shared", To: partnerPath(p.Host) + "/purge", Danger: true})
	}
	shown.Links = append(shown.Links, link{Label: "Decide on this server", To: hostPath(p.Host), Quiet: true})
	return shown
}

// showHealth is what the health is judged by.
func (s *Server) showHealth(v *visit) (*screen, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	days, err := v.tx.HostDays(p.Host, 14)
	if err != nil {
		return nil, err
	}
	f := p.Facts
	verdict := part{Card: true, Badges: []badge{healthBadge(p.Verdict.Colour)}, Facts: []fact{
		{Name: "Why", Value: sentence(p.Verdict.Why)},
		{Name: "What to do", Value: orWord(sentence(p.Verdict.Do), "Nothing")},
		{Name: "Last delivery that they took", Value: v.when(f.LastOut)},
		{Name: "Last heard", Value: v.when(f.LastIn)},
		{Name: "Waiting", Value: count(f.Waiting, "delivery", "deliveries")},
		{Name: "Refused within a week", Value: format(f.Refused)},
		{Name: "Failures in a row", Value: format(f.Failures), Hint: f.Error},
		{Name: "Clocks differ by", Value: f.ClockSkew.Round(time.Second).String()},
		{Name: "Software", Value: orDash(f.Software)},
		{Name: "Open reports", Value: format(f.Reports)},
	}}
	return &screen{Title: "Health of " + p.Host, Above: partnerCrumbs(p.Host), Parts: []part{
		verdict, trafficPart(days, f.Usual), seenPart(v, p), {Links: []link{{Label: "Deliveries to " + p.Host, To: peerPath(p.Host), Quiet: true}}},
	}}, nil
}

// trafficPart shows the days in pictures and, for whoever cannot see them, in a table.
func trafficPart(days []models.HostDay, usual int64) part {
	var in, out, lane []int64
	listed := &table{Caption: "Day by day", Heads: []string{"Day (UTC)", "To them", "From them", "Waiting at its end"}}
	for _, day := range days {
		in, out, lane = append(in, day.In), append(out, day.Out), append(lane, day.Lane)
		listed.Rows = append([]row{{Cells: []cell{
			{Text: dayOr(day.Start)}, {Text: format(day.Out), Number: true}, {Text: format(day.In), Number: true}, {Text: format(day.Lane), Number: true},
		}}}, listed.Rows...)
	}
	return part{Heading: "Day by day", ID: "days", Charts: []chart{
		drawn("To them", "delivery", "deliveries", out, usual), drawn("From them", "activity", "activities", in, 0), drawn("Waiting", "delivery", "deliveries", lane, 0),
	}, Table: listed}
}

// seenPart is how the partner says that it sees us.
func seenPart(v *visit, p *practice.PartnerView) part {
	shown := part{Card: true, Heading: "How they see us", ID: "seen"}
	seen := p.Facts.Seen
	if seen == nil {
		shown.Text = "They have not said so yet. Partners whose agreement is signed ask each other."
		return shown
	}
	at := func(t time.Time) string { return v.when(models.At(t)) }
	same := badge{"the same as here", "good"}
	for i := range p.Records {
		if p.Records[i].ID == p.RecordID && p.Records[i].Hash != seen.Hash {
			same = badge{"another agreement", "bad"}
		}
	}
	shown.Facts = []fact{
		{Name: "State", Value: orDash(seen.State), Badge: partnerBadge(models.PartnerState(seen.State))},
		{Name: "Said", Value: at(seen.Published)},
		{Name: "Agreement", Value: orDash(seen.Hash), Badge: same},
		{Name: "Failures towards us", Value: format(seen.Failures)},
		{Name: "Waits for us there", Value: format(seen.Waiting)},
		{Name: "We last took something", Value: at(seen.LastOut)},
		{Name: "Heard from us", Value: at(seen.LastIn)},
		{Name: "Open reports there", Value: format(seen.Reports)},
	}
	if !json.Valid([]byte(p.Status)) {
		shown.Facts = nil
	}
	return shown
}
