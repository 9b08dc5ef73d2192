package practice

import (
	"strings"

	"praxis/models"
)

// tellsItself are servers that tell their members of what moderators did, since they are told of the act.
var tellsItself = map[string]bool{"lemmy": true, "piefed": true, "mbin": true, "kbin": true}

// howToAppeal ends a notice that can be answered.
const howToAppeal = "\n\nIf you think that this is wrong, answer this message: the moderators read it once."

// notice tells somebody something in private, as a direct post that every client shows, and gives it. A community of ours speaks
// itself, also to people of other hosts. Of one elsewhere this instance tells its members, unless that one does: then there is
// none.
func (s *Service) notice(tx *models.Tx, community, to *models.Actor, said string) (*models.Post, error) {
	if to.Type == models.TypeGroup || to.Type == models.TypeApplication || to.IsGone() {
		return nil, nil
	}
	software, err := tx.PeerSoftware([]string{to.Host, community.Host})
	if err != nil {
		return nil, err
	}
	from := community
	switch {
	case community.Local:
		if !to.Local && tellsItself[software[to.Host]] {
			return nil, nil
		}
	case !to.Local || software[community.Host] == "praxis":
		return nil, nil
	default:
		if from, err = tx.ActorByURI(s.links.Actor(models.TypeApplication, "")); err != nil {
			return nil, err
		}
	}
	return s.post(tx, &Draft{
		Author: from, Visibility: models.Direct, Text: said, Content: s.render(said, nil), Mentions: []*models.Actor{to}, Published: tx.Now().Time(),
	})
}

// informBy is notice for what nobody answers.
func (s *Service) informBy(tx *models.Tx, community, to *models.Actor, said string) error {
	_, err := s.notice(tx, community, to, said)
	return err
}

// tellOfAct tells somebody of an act that they may appeal against: where it can be decided here, by answering.
func (s *Service) tellOfAct(tx *models.Tx, a *Act, to *models.Actor, said string, mark *models.CommunityAct) error {
	said = withReason(said, a.Reason)
	if !a.Community.Local {
		return s.informBy(tx, a.Community, to, said)
	}
	post, err := s.notice(tx, a.Community, to, said+howToAppeal)
	if err != nil || post == nil {
		return err
	}
	return tx.SetActNotice(mark.ID, post.ID)
}

// nameOf gives a community's name as everybody knows it.
func nameOf(community *models.Actor) string { return "@" + community.Username + "@" + community.Host }

// tellAuthor tells the author of a post what moderators did with it, and why. Mark is the act if they may appeal against it.
func (s *Service) tellAuthor(tx *models.Tx, a *Act, post *models.Post, said string, mark *models.CommunityAct) error {
	if post.AuthorID == a.Moderator.ID {
		return nil
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	said += " " + post.URL
	if mark != nil {
		return s.tellOfAct(tx, a, author, said, mark)
	}
	return s.informBy(tx, a.Community, author, withReason(said, a.Reason))
}

// tellTarget tells whom an act is about of it.
func (s *Service) tellTarget(tx *models.Tx, a *Act, said string) error {
	if a.Target.ID == a.Moderator.ID {
		return nil
	}
	return s.informBy(tx, a.Community, a.Target, withReason(said, a.Reason))
}

func withReason(said, reason string) string {
	if strings.TrimSpace(reason) == "" {
		return said
	}
	return said + "\n\nReason: " + reason
}
