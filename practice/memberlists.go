package practice

import (
	"context"
	"io"
	"slices"
	"strings"

	"praxis/internal/takealong"
	"praxis/models"
)

// WriteList writes one of a member's own lists as a CSV file of Mastodon's form. Errors: NotFound for a kind that there is not.
func (s *Service) WriteList(ctx context.Context, member *models.Actor, kind string, w io.Writer) error {
	if !slices.Contains(takealong.Kinds(), kind) {
		return models.Errorf(models.NotFound, "there is no list of the kind %.40q: use %s", kind, strings.Join(takealong.Kinds(), ", "))
	}
	lines, err := s.listLines(s.store.Read(ctx), member, kind)
	if err != nil {
		return err
	}
	return takealong.Write(w, kind, lines)
}

func (s *Service) listLines(tx *models.Tx, member *models.Actor, kind string) ([]takealong.Line, error) {
	switch kind {
	case takealong.Following:
		return s.followLines(tx, member)
	case takealong.Blocks:
		blocks, err := tx.BlocksBy(member.ID)
		return accountLines(tx, member.ID, blocks, func(b models.Block) (int64, takealong.Line) { return b.TargetID, takealong.Line{} }, err)
	case takealong.Mutes:
		mutes, err := tx.MutesBy(member.ID)
		return accountLines(tx, member.ID, mutes, func(m models.Mute) (int64, takealong.Line) {
			return m.TargetID, takealong.Line{KeepNotifications: !m.HideNotifications}
		}, err)
	case takealong.Lists:
		return listedLines(tx, member)
	case takealong.DomainBlocks:
		hosts, err := tx.BlockedHosts(member.ID)
		return subjectLines(hosts), err
	}
	uris, err := tx.BookmarkedURIs(member.ID)
	return subjectLines(uris), err
}

func subjectLines(subjects []string) []takealong.Line {
	lines := make([]takealong.Line, len(subjects))
	for i, subject := range subjects {
		lines[i].Subject = subject
	}
	return lines
}

func (s *Service) followLines(tx *models.Tx, member *models.Actor) ([]takealong.Line, error) {
	var lines []takealong.Line
	after := int64(0)
	for {
		follows, err := tx.FollowsOf(member.ID, after, 500)
		if err != nil || len(follows) == 0 {
			return lines, err
		}
		after = follows[len(follows)-1].ID
		some, err := accountLines(tx, member.ID, follows, func(f models.Follow) (int64, takealong.Line) {
			return f.TargetID, takealong.Line{HideBoosts: !f.ShowReblogs, Notify: f.Notify, Languages: f.LanguageList()}
		}, nil)
		if err != nil {
			return nil, err
		}
		lines = append(lines, some...)
	}
}

func listedLines(tx *models.Tx, member *models.Actor) ([]takealong.Line, error) {
	lists, err := tx.Lists(member.ID)
	if err != nil {
		return nil, err
	}
	titles := map[int64]string{}
	for _, l := range lists {
		titles[l.ID] = l.Title
	}
	members, err := tx.ListMembers(member.ID)
	return accountLines(tx, member.ID, members, func(m models.ListMember) (int64, takealong.Line) {
		return m.ActorID, takealong.Line{List: titles[m.ListID]}
	}, err)
}

// accountLines gives a line for each row, with the account that it is about as its subject. Communities of which the viewer may not
// learn, any more perhaps, are left out.
func accountLines[T any](tx *models.Tx, viewer int64, rows []T, line func(T) (int64, takealong.Line), err error) ([]takealong.Line, error) {
	if err != nil {
		return nil, err
	}
	var ids []int64
	lines := make([]takealong.Line, len(rows))
	of := make([]int64, len(rows))
	for i, row := range rows {
		of[i], lines[i] = line(row)
		ids = append(ids, of[i])
	}
	actors := map[int64]*models.Actor{}
	for some := range slices.Chunk(ids, 500) {
		found, err := tx.ShownActors(some)
		if err != nil {
			return nil, err
		}
		known, err := tx.KnownOf(values(found), viewer)
		if err != nil {
			return nil, err
		}
		for i := range known {
			actors[known[i].ID] = &known[i]
		}
	}
	kept := lines[:0]
	for i := range lines {
		if actor := actors[of[i]]; actor != nil && actor.DeletedAt == 0 {
			lines[i].Subject = actor.Username + "@" + actor.Host
			kept = append(kept, lines[i])
		}
	}
	return kept, nil
}

func values(actors map[int64]*models.Actor) []models.Actor {
	found := make([]models.Actor, 0, len(actors))
	for _, actor := range actors {
		found = append(found, *actor)
	}
	return found
}
