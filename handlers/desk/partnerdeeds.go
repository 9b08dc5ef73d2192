package desk

import (
	"praxis/models"
	"praxis/practice"
)

// decider says who decides on partners; there is no dry run of that.
func (v *visit) decider() practice.By { return practice.By{Moderator: v.me} }

// agrees reports that what is sent was confirmed; else the page asks, saying what it would do.
func (v *visit) agrees(means string) bool {
	if v.is("sure") {
		return true
	}
	v.asked = means
	return false
}

// twice makes a form ask once more: the first time it says what would be done, then it does it.
func (v *visit) twice(f *form, label string) *form {
	v.fill(f)
	if v.asked == "" || v.form.Get("form") != f.Name {
		return f
	}
	f.Button, f.Quiet, f.Danger, f.Text, f.Cancel = label, false, true, v.asked, v.r.URL.Path
	if f.Hidden == nil {
		f.Hidden = map[string]string{}
	}
	f.Hidden["sure"] = "yes"
	return f
}

func (s *Server) showPropose(v *visit) (*screen, error) {
	host := v.query("host")
	var terms practice.PartnerTerms
	if p, err := s.cfg.Service.PartnerOf(v.ctx(), host); host != "" && err == nil {
		terms = s.termsOf(p.Ours)
	} else {
		terms = s.termsOf(nil)
	}
	name := func() *field {
		return &field{Name: "host", Label: "Name of their server", Required: true, Max: 300, Value: host, Hint: "Such as clinic.example."}
	}
	return &screen{
		Title: "Propose a partnership", Above: []link{{Label: "Partners", To: partnersPath}},
		Lead: "Their admin sees what you offer, and accepts, counters or refuses it. Then you both read six words to each other, both servers sign, and test each other.",
		Parts: []part{
			{Card: true, Forms: []*form{v.fill(&form{Name: "propose", Heading: "What we offer", Button: "Send the offer", Cancel: partnersPath, Fields: append([]*field{name()}, termFields(terms)...)})}},
			{Card: true, Forms: []*form{v.fill(&form{
				Name: "onesided", Heading: "Or a one-sided partnership", Button: "Make it a one-sided partner", Quiet: true,
				Text:   "For servers with other software, such as Mastodon, which can sign no agreement: it is let in, and communities can be shared with it. It is your decision alone, and binds nobody there.",
				Fields: []*field{name(), {Name: "note", Label: "Note", Max: 500, Hint: "Such as what was agreed, and with whom."}},
			})}},
		},
	}, nil
}

// partnerDid leads back to the page of a partner.
func partnerDid(p *models.Partner, err error, said string) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	return outcome{partnerPath(p.Host), said}, nil
}

// hereOr makes it no fault of the page that a server which was typed is not found.
func hereOr(field string, err error) error {
	if models.IsNotFound(err) || models.ErrorCode(err) == models.Gone || models.ErrorCode(err) == models.Unavailable {
		return models.FieldErrorf(field, "%s", models.ErrorMessage(err))
	}
	return err
}

func (s *Server) propose(v *visit) (outcome, error) {
	terms, err := v.terms()
	if err != nil {
		return outcome{}, err
	}
	p, err := s.cfg.Service.ProposePartner(v.ctx(), v.decider(), v.text("host"), terms)
	return partnerDid(p, hereOr("host", err), "The offer is on its way.")
}

func (s *Server) oneSided(v *visit) (outcome, error) {
	p, err := s.cfg.Service.OneSidedPartner(v.ctx(), v.decider(), v.text("host"), v.text("note"))
	return partnerDid(p, err, "It is a one-sided partner now.")
}

// offered gives a partner whose offer waits for us.
func (s *Server) offered(v *visit) (*practice.PartnerView, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err == nil && (p.OfferURI == "" || p.OfferOurs) {
		err = models.Errorf(models.NotFound, "No offer of %s waits for an answer.", p.Host)
	}
	return p, err
}

func (s *Server) showAccept(v *visit) (*screen, error) {
	p, err := s.offered(v)
	if err != nil {
		return nil, err
	}
	return &screen{Title: "Accept the offer of " + p.Host, Above: partnerCrumbs(p.Host), Parts: []part{
		comparison(p), {Card: true, Forms: []*form{v.fill(&form{
			Name: "accept", Button: "Accept the offer", Cancel: partnerPath(p.Host), Fields: contactFields(s.termsOf(p.Ours)),
			Text: "We give what they give. It counts once both servers have signed, after you compared six words with their admin.",
		})}},
	}}, nil
}

func (s *Server) accept(v *visit) (outcome, error) {
	terms, err := v.terms()
	if err != nil {
		return outcome{}, err
	}
	p, err := s.cfg.Service.AcceptPartner(v.ctx(), v.decider(), v.path("host"), terms)
	return partnerDid(p, err, "The offer is accepted. Compare the six words now.")
}

func (s *Server) showCounter(v *visit) (*screen, error) {
	p, err := s.offered(v)
	if err != nil {
		return nil, err
	}
	begin := p.Ours
	if begin == nil {
		begin = p.Theirs
	}
	return &screen{Title: "Answer " + p.Host + " with other terms", Above: partnerCrumbs(p.Host), Parts: []part{
		comparison(p), {Card: true, Forms: []*form{v.fill(&form{Name: "counter", Heading: "What we offer", Button: "Send it", Cancel: partnerPath(p.Host), Fields: termFields(s.termsOf(begin))})}},
	}}, nil
}

func (s *Server) counter(v *visit) (outcome, error) {
	terms, err := v.terms()
	if err != nil {
		return outcome{}, err
	}
	p, err := s.cfg.Service.CounterPartner(v.ctx(), v.decider(), v.path("host"), terms)
	return partnerDid(p, err, "Our other offer is on its way.")
}

func (s *Server) refuse(v *visit) (outcome, error) {
	p, err := s.cfg.Service.RefusePartner(v.ctx(), v.decider(), v.path("host"), v.text("reason"))
	return partnerDid(p, err, "The offer is refused.")
}

func (s *Server) confirmWords(v *visit) (outcome, error) {
	p, err := s.cfg.Service.ConfirmPartner(v.ctx(), v.decider(), v.path("host"), v.text("words"))
	return partnerDid(p, err, "The words are the same: their keys count from now on.")
}

func (s *Server) testPartner(v *visit) (outcome, error) {
	p, err := s.cfg.Service.TestPartner(v.ctx(), v.decider(), v.path("host"))
	return partnerDid(p, err, "The test begins anew.")
}

func (s *Server) renew(v *visit) (outcome, error) {
	until, err := readDay("valid_until", v.text("valid_until"))
	if err != nil {
		return outcome{}, err
	}
	p, err := s.cfg.Service.RenewPartner(v.ctx(), v.decider(), v.path("host"), until)
	return partnerDid(p, err, "The renewal is offered.")
}

func (s *Server) showEnd(v *visit) (*screen, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	cuts, err := s.cutsOf(v, p)
	if err != nil {
		return nil, err
	}
	if v.asked != "" {
		cuts.Text = "" // the form says it now
	}
	cuts.Forms = []*form{v.twice(&form{
		Name: "revoke", Text: "Your reason is told to them.", Button: "End the partnership", Danger: true, Cancel: partnerPath(p.Host),
		Fields: []*field{{Name: "reason", Label: "Why", Max: 500, Hint: "May stay empty."}},
	}, "End it now")}
	return &screen{Title: "End the partnership with " + p.Host, Above: partnerCrumbs(p.Host), Parts: []part{cuts}}, nil
}

// cutsOf says what an end cuts.
func (s *Server) cutsOf(v *visit, p *practice.PartnerView) (part, error) {
	ties, err := v.tx.TiesWith(p.Host)
	if err != nil {
		return part{}, err
	}
	communities, err := v.tx.CommunitiesWith(p.Host)
	if err != nil {
		return part{}, err
	}
	shown := part{Card: true, Text: endWords(p), Facts: []fact{
		{Name: "Follows from here that end", Value: format(ties.Following)},
		{Name: "Followers here that end", Value: format(ties.Followers)},
		{Name: "Members concerned", Value: format(ties.Members)},
		{Name: "Deliveries that wait", Value: format(ties.Deliveries)},
	}}
	for i := range communities {
		shown.Facts = append(shown.Facts, fact{Name: "Community", Value: nameOf(&communities[i]), Hint: handleOf(&communities[i])})
	}
	return shown, nil
}

func endWords(p *practice.PartnerView) string {
	switch {
	case p.State == models.PartnerLive || p.State == models.PartnerCanary:
		return "It is paused at once, and what is for them waits. After seven days follows in both directions end, communities are shared no more, and members are told. Until then both can agree anew."
	case p.State == models.PartnerPaused && p.Pause != models.PauseKey:
		return "It is paused already. Now it ends at once: follows in both directions end, communities are shared no more, and members are told."
	}
	return "It ends at once: follows in both directions end, communities are shared no more, and members are told."
}

// endPartner takes an offer of ours back, or ends what there is.
func (s *Server) endPartner(v *visit) (outcome, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err != nil {
		return outcome{}, err
	}
	said, means := "The partnership is ended.", endWords(p)
	if p.State == models.PartnerLive || p.State == models.PartnerCanary {
		said = "The partnership is paused, and ends in seven days."
	}
	if v.form.Get("form") == "withdraw" {
		said, means = "The offer is taken back.", "They are told that the offer does not stand any more. What holds between you now stays as it is."
	}
	if !v.agrees(means) {
		return outcome{}, nil
	}
	done, err := s.cfg.Service.RevokePartner(v.ctx(), v.decider(), p.Host, v.text("reason"))
	return partnerDid(done, err, said)
}

func (s *Server) showPurge(v *visit) (*screen, error) {
	p, err := s.cfg.Service.PartnerOf(v.ctx(), v.path("host"))
	if err != nil {
		return nil, err
	}
	return &screen{Title: "Ask " + p.Host + " to remove what we shared", Above: partnerCrumbs(p.Host), Parts: []part{{Card: true, Forms: []*form{v.twice(&form{
		Name: "purge", Button: "Ask them", Danger: true, Cancel: partnerPath(p.Host), Fields: []*field{{Name: "reason", Label: "Why", Max: 500, Hint: "They read it. May stay empty."}},
		Text: "They are asked to remove their copies of what was shared with partners only. Nothing can force them; what they answer is kept on the record.",
	}, "Ask them now")}}}}, nil
}

func (s *Server) askPurge(v *visit) (outcome, error) {
	if !v.agrees("What they remove does not come back, also when the partnership goes on.") {
		return outcome{}, nil
	}
	p, err := s.cfg.Service.AskPurge(v.ctx(), v.decider(), v.path("host"), v.text("reason"))
	return partnerDid(p, err, "They are asked. Their answer will stand below.")
}

func (s *Server) answerPurge(v *visit) (outcome, error) {
	answer := practice.PurgeAnswer{Words: v.text("words")}
	switch v.text("how") {
	case "remove":
		answer.Remove = true
	case "done":
		answer.Done = true
	case "keep":
	default:
		return outcome{}, models.FieldErrorf("how", "Say what we do: remove, done or keep.")
	}
	if answer.Remove {
		copies, err := v.tx.PartnerCopies(v.path("host"))
		if err != nil {
			return outcome{}, err
		}
		if !v.agrees(count(int64(len(copies)), "post", "posts") + " of theirs would be removed here for good. Readers then see that something was removed.") {
			return outcome{}, nil
		}
	}
	p, err := s.cfg.Service.AnswerPurge(v.ctx(), v.decider(), v.path("host"), answer)
	return partnerDid(p, err, "The answer is on its way.")
}
