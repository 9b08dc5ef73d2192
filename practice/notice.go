package practice

import (
	"fmt"
	"strings"

	"praxis/models"
)

// tellsItself are servers that tell their members of what moderators did, since they are told of the act.
var tellsItself = map[string]bool{"praxis": true, "lemmy": true, "piefed": true, "mbin": true, "kbin": true}

// notice tells somebody something in private, as a direct post that every client shows. A community of ours speaks itself; for
// one elsewhere this instance does, to members alone.
func (s *Service) notice(tx *models.Tx, community, to *models.Actor, said string) error {
	if to.Type == models.TypeGroup || to.Type == models.TypeApplication || to.IsGone() {
		return nil
	}
	if !to.Local {
		software, err := tx.PeerSoftware([]string{to.Host})
		if err != nil || !community.Local || tellsItself[software[to.Host]] {
			return err
		}
	}
	from := community
	if !from.Local {
		instance, err := tx.ActorByURI(s.links.Actor(models.TypeApplication, ""))
		if err != nil {
			return err
		}
		from = instance
	}
	_, err := s.post(tx, &Draft{
		Author: from, Visibility: models.Direct, Text: said, Content: s.render(said, nil), Mentions: []*models.Actor{to}, Published: tx.Now().Time(),
	})
	return err
}

// tellAuthor tells the author of a post what moderators did with it, and why; format names the community.
func (s *Service) tellAuthor(tx *models.Tx, a *Act, post *models.Post, format string) error {
	if post.AuthorID == a.Moderator.ID {
		return nil
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	return s.notice(tx, a.Community, author, withReason(fmt.Sprintf(format, a.Community.Acct())+" "+post.URL, a.Reason))
}

// tellTarget tells whom an act is about of it.
func (s *Service) tellTarget(tx *models.Tx, a *Act, said string) error {
	if a.Target.ID == a.Moderator.ID {
		return nil
	}
	return s.notice(tx, a.Community, a.Target, withReason(said, a.Reason))
}

func withReason(said, reason string) string {
	if strings.TrimSpace(reason) == "" {
		return said
	}
	return said + "\n\nReason: " + reason
}
