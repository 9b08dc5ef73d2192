package desk

import (
	"praxis/models"
	"praxis/practice"
)

// keptFor says what an agreement says of the time after its end.
func keptFor(days int) string {
	if days == 0 {
		return "What each has of the other stays"
	}
	return "What each has of the other alone is removed after " + count(int64(days), "day", "days")
}

// closings lists the communities here that close, for admins.
func (s *Server) closings(v *visit) ([]part, error) {
	var parts []part
	for _, state := range []string{models.ClosingAsked, models.ClosingOffered, models.ClosingDone} {
		rows, err := v.tx.ClosingsIn(state)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			shown, err := s.closingPart(v, rows[i].CommunityID, state)
			if err != nil {
				return nil, err
			}
			parts = append(parts, shown)
		}
	}
	return parts, nil
}

// closingPart shows one that closes, with what an admin can do.
func (s *Server) closingPart(v *visit, communityID int64, state string) (part, error) {
	community, err := v.tx.Actor(communityID)
	if err != nil {
		return part{}, err
	}
	said, err := s.cfg.Service.PreviewClosing(v.ctx(), v.me, community, 0)
	if err != nil {
		return part{}, err
	}
	hidden := map[string]string{"community": format(community.ID)}
	shown := part{Card: true, Heading: nameOf(community) + " goes on as " + said.Successor, Text: closingWords(said), Facts: closingFacts(said)}
	if state == models.ClosingAsked {
		shown.Forms = append(shown.Forms, &form{Name: "close", ID: "close" + format(community.ID), Button: "Close " + nameOf(community), Danger: true, Hidden: hidden})
	}
	shown.Forms = append(shown.Forms, &form{Name: "unclose", ID: "unclose" + format(community.ID), Button: "Leave " + nameOf(community) + " open", Quiet: true, Hidden: hidden})
	return shown, nil
}

func closingWords(said *practice.ClosingPreview) string {
	words := count(said.Threads, "thread stays", "threads stay") + " readable here and " + map[bool]string{true: "goes", false: "go"}[said.Threads == 1] + " on there. " +
		count(said.Moving, "follower comes", "followers come") + " along by themselves; " + count(said.Remaining, "has", "have") + " to follow it by hand."
	if said.UndoUntil != nil {
		words += " It can be opened again until " + (*said.UndoUntil)[:10] + "."
	}
	return words
}

func closingFacts(said *practice.ClosingPreview) []fact {
	var facts []fact
	if said.Reason != "" {
		facts = append(facts, fact{Name: "Why", Value: said.Reason})
	}
	for _, one := range said.Followers {
		way := "follow it by hand"
		if one.Moves {
			way = "come along"
		}
		facts = append(facts, fact{Name: "Followers: " + orDash(one.Software), Value: format(one.Count) + ", " + way})
	}
	return facts
}

// closingCommunity gives the community that a form names, or that the path names, to who may.
func (s *Server) closingCommunity(v *visit) (*models.Actor, string, error) {
	if id := number(v.text("community")); id != 0 {
		community, err := v.tx.Actor(id)
		return community, siblingsPath, err
	}
	community, _, err := s.own(v)
	if err != nil {
		return nil, "", err
	}
	return community, settingsPath(community.Username) + "/siblings", nil
}

func (s *Server) admitClosing(v *visit) (outcome, error) {
	community, to, err := s.closingCommunity(v)
	if err != nil {
		return outcome{}, err
	}
	return outcome{to, "The sibling is asked to go on."}, s.cfg.Service.AdmitClosing(v.ctx(), v.me, community)
}

func (s *Server) undoClosing(v *visit) (outcome, error) {
	community, to, err := s.closingCommunity(v)
	if err != nil {
		return outcome{}, err
	}
	return outcome{to, "It does not close."}, s.cfg.Service.UndoClosing(v.ctx(), v.me, community)
}

// closingParts are on the page of a convener: closing here, and letting a part found its own.
func (s *Server) closingParts(v *visit, community *models.Actor, sheets []practice.SiblingSheet) ([]part, error) {
	split := part{Card: true, Heading: "Let a part found its own community", Forms: []*form{v.fill(&form{
		Name: "split", Button: "Found it", Quiet: true, Text: "It is based on this one, with the same charter. Each member is asked whom they follow; nobody is moved.",
		Fields: []*field{{Name: "name", Label: "Name of the new community", Required: true, Max: 30, Hint: "1 to 30 of a-z, 0-9 and _."}, {Name: "title", Label: "Name as shown to people", Max: 100}},
	})}}
	closing, err := v.tx.ClosingOf(community.ID)
	if err != nil {
		return nil, err
	}
	if closing != nil {
		shown, err := s.ownClosing(v, community)
		return []part{shown}, err
	}
	var heirs []string
	for i := range sheets {
		if sheets[i].State == models.SiblingLive {
			heirs = append(heirs, sheets[i].ID, sheets[i].Sibling)
		}
	}
	if len(heirs) == 0 {
		return []part{split}, nil
	}
	return []part{split, {Card: true, Heading: "Close it here", ID: "close", Forms: []*form{v.twice(&form{
		Name: "close", Button: "See what would happen", Quiet: true, Text: "A sibling goes on with it: followers are asked to move there, threads stay readable here and go on there. An admin has to agree.",
		Fields: []*field{{Name: "heir", Label: "Who goes on", Kind: "choice", Options: options(heirs...)}, {Name: "why", Label: "Why", Max: 500, Hint: "Siblings and conveners read it."}},
	}, "Close it")}}}, nil
}

func (s *Server) ownClosing(v *visit, community *models.Actor) (part, error) {
	said, err := s.cfg.Service.PreviewClosing(v.ctx(), v.me, community, 0)
	if err != nil {
		return part{}, err
	}
	return part{Card: true, Heading: "It closes, and goes on as " + said.Successor, ID: "close", Text: closingWords(said), Facts: closingFacts(said), Forms: []*form{
		{Name: "unclose", Button: "Leave it open", Quiet: true},
	}}, nil
}

// closeOwn says what closing would do, and then does it.
func (s *Server) closeOwn(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	heir := number(v.text("heir"))
	said, err := s.cfg.Service.PreviewClosing(v.ctx(), v.me, community, heir)
	if err != nil || !v.agrees(closingWords(said)) {
		return outcome{}, err
	}
	err = s.cfg.Service.CloseCommunity(v.ctx(), v.me, community, heir, v.text("why"), true)
	return outcome{settingsPath(community.Username) + "/siblings#close", "It is asked for."}, err
}

func (s *Server) splitOwn(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	made, err := s.cfg.Service.SplitCommunity(v.ctx(), v.me, community, v.text("name"), v.text("title"))
	if err != nil {
		return outcome{}, err
	}
	return outcome{settingsPath(made.Username), nameOf(made) + " is founded. The members of " + nameOf(community) + " are asked."}, nil
}
