package directory

import (
	"strings"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// communityOf translates what a Group elsewhere says of itself as a community of practice. What is shared with partners is
// known to members here and to nobody else; of a class that we do not know, only to those who follow it.
func communityOf(a vocab.Actor, actor *models.Actor) *models.Community {
	said := a.Community
	c := &models.Community{
		Class: models.ClassPublic, Domain: text.Plain(actor.Summary), Joining: joiningOf(said.Joining, actor.Locked),
		CharterVersion: said.CharterVersion, Rules: cleanLines(said.Rules), Topics: cleanLines(said.Topics),
		Languages: strings.Join(a.Languages, " "), Place: text.CleanName(said.Place), Sponsor: text.CleanName(said.Sponsor),
		Label: text.CleanName(said.Label), URN: said.URN, FormerURNs: strings.Join(said.FormerURNs, "\n"), SiblingsURI: said.Siblings, ReportURI: said.SiblingReport,
		Successors: strings.Join(said.Successors, "\n"), CopiesURI: said.Copies, BasedOn: said.BasedOn, TokenURI: said.ActorToken,
	}
	switch said.Class {
	case "", models.ClassPublic:
	case models.ClassPartners:
		c.Class = models.ClassPartners
	default:
		c.Class, c.Unlisted = models.ClassMembers, said.Class != models.ClassMembers || !a.Discoverable
	}
	if said.Charter != "" {
		c.CharterSource = said.Charter // its address: the text is there
	}
	c.Recognition = strings.ToLower(strings.TrimPrefix(said.Recognition, practice.KindNamespace))
	switch c.Recognition {
	case models.RecognitionInformal, models.RecognitionRecognised, models.RecognitionSponsored:
	default:
		c.Recognition = ""
	}
	return c
}

func joiningOf(said string, locked bool) string {
	switch said {
	case models.JoiningOpen, models.JoiningRequest, models.JoiningInvitation, models.JoiningClosed:
		return said
	}
	if locked {
		return models.JoiningRequest
	}
	return models.JoiningOpen
}

func cleanLines(list []string) string {
	var kept []string
	for _, line := range list {
		kept = append(kept, text.CleanName(line))
	}
	return strings.Join(kept, "\n")
}
