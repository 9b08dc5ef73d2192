package practice

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"praxis/internal/takealong"
	"praxis/models"
)

// NewImport is a file that a member brings along.
type NewImport struct {
	Kind      string
	Overwrite bool // what is not in the file goes
	Name      string
	File      io.Reader
}

// ReadImport reads a file and says line by line what would be done with it; nothing is done before StartImport. Errors: Invalid for a
// file that is none of the kind (security case G21).
func (s *Service) ReadImport(ctx context.Context, member *models.Actor, in NewImport) (*models.MemberImport, error) {
	lines, err := takealong.Read(in.Kind, in.File)
	if err != nil {
		return nil, invalid("file", "Validation failed: %s", err.Error())
	}
	rows := make([]models.ImportLine, len(lines))
	seen := map[string]bool{}
	for i := range lines {
		rows[i] = s.judgeLine(member, in.Kind, &lines[i], seen)
	}
	made := &models.MemberImport{ActorID: member.ID, Kind: in.Kind, Overwrite: in.Overwrite, File: cutRunes(in.Name, 100)}
	return made, s.store.Tx(ctx, func(tx *models.Tx) error {
		made.ID = 0
		return tx.CreateImport(made, rows)
	})
}

// judgeLine says of a line what is clear without asking anybody.
func (s *Service) judgeLine(member *models.Actor, kind string, line *takealong.Line, seen map[string]bool) models.ImportLine {
	row := models.ImportLine{State: models.LineWaiting}
	if why := s.lineProblem(member, kind, line); why != "" {
		row.State, row.Why = models.LineSkipped, why
	} else if key := strings.ToLower(line.List + "\n" + line.Subject); seen[key] {
		row.State, row.Why = models.LineSkipped, "It is in the file twice."
	} else {
		seen[key] = true
	}
	row.Subject, line.Subject = cutRunes(line.Subject, 500), ""
	if extra, err := json.Marshal(line); err == nil {
		row.Extra = string(extra)
	}
	return row
}

func (s *Service) lineProblem(member *models.Actor, kind string, line *takealong.Line) string {
	switch kind {
	case takealong.DomainBlocks:
		host, err := s.HostOf(line.Subject)
		if err != nil {
			return models.ErrorMessage(err)
		}
		line.Subject = host
		return ""
	case takealong.Bookmarks:
		if !strings.HasPrefix(line.Subject, "https://") {
			return "It is no address of a post."
		}
		return ""
	}
	user, host, found := strings.Cut(line.Subject, "@")
	if !found {
		host = s.links.Host
	}
	host, err := cleanHost(host)
	switch {
	case user == "" || err != nil || strings.ContainsAny(user, " /\\\"'=") || len(user) > 255:
		return "It is no account: one looks as ann@hospital.example does."
	case models.Handle(user, host) == member.Handle:
		return "This is the account itself."
	case kind == takealong.Lists && line.List == "":
		return "The list has no title."
	}
	line.Subject = user + "@" + host
	return ""
}

// StartImport lets an import that was read begin. Starting again changes nothing. Errors: NotFound when it is not the member's.
func (s *Service) StartImport(ctx context.Context, member *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		found, err := tx.Import(member.ID, id)
		if err != nil || found.State != models.ImportPreview {
			return err
		}
		found.State = models.ImportRunning
		return tx.SaveImport(found)
	})
}

// DropImport forgets an import, and ends one that is under way; what it did stays. Errors: NotFound when it is not the member's.
func (s *Service) DropImport(ctx context.Context, member *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.Import(member.ID, id); err != nil {
			return err
		}
		return tx.DeleteImport(id)
	})
}

// linesAtOnce is how many lines of one import are worked on before another has its turn.
const linesAtOnce = 20

// RunImports works on imports that are under way, some lines of each, and reports whether there were any. What came of a line is noted
// after it: a line that is done twice after a crash changes nothing the second time.
func (s *Service) RunImports(ctx context.Context) (bool, error) {
	running, err := s.store.Read(ctx).ImportsRunning(10)
	if err != nil {
		return false, err
	}
	for i := range running {
		if err := s.runImport(ctx, &running[i]); err != nil {
			return false, err
		}
	}
	return len(running) > 0, nil
}

func (s *Service) runImport(ctx context.Context, m *models.MemberImport) error {
	tx := s.store.Read(ctx)
	member, err := tx.Actor(m.ActorID)
	if err != nil {
		return err
	}
	lines, err := tx.ImportLines(m.ID, 0, models.LineWaiting, linesAtOnce)
	if err != nil {
		return err
	}
	if len(lines) == 0 || member.IsGone() || member.LeftAt != 0 {
		return s.endImport(ctx, member, m)
	}
	for i := range lines {
		line := &lines[i]
		line.State, line.Why = models.LineDone, ""
		if err := s.importLine(ctx, member, m.Kind, line); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			line.State, line.Why = models.LineFailed, cutRunes(models.ErrorMessage(err), 300)
		}
		err := s.store.Tx(ctx, func(tx *models.Tx) error { return tx.SaveImportLine(line) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) importLine(ctx context.Context, member *models.Actor, kind string, row *models.ImportLine) error {
	var line takealong.Line
	if err := json.Unmarshal([]byte(row.Extra), &line); err != nil {
		return err
	}
	switch kind {
	case takealong.DomainBlocks:
		return s.BlockHost(ctx, member, row.Subject)
	case takealong.Bookmarks:
		_, post, err := s.directory.FindByURI(ctx, row.Subject)
		if err == nil && post == nil {
			err = models.Errorf(models.NotFound, "There is no such post.")
		}
		if err != nil {
			return err
		}
		return s.Bookmark(ctx, member, post)
	}
	target, err := s.accountBy(ctx, member, row.Subject)
	if err != nil {
		return err
	}
	switch kind {
	case takealong.Blocks:
		return s.Block(ctx, member, target, "")
	case takealong.Mutes:
		return s.Mute(ctx, member, target, MuteOptions{Notifications: !line.KeepNotifications})
	case takealong.Lists:
		return s.importListed(ctx, member, target, line.List)
	}
	_, err = s.Follow(ctx, member, target, FollowOptions{HideReblogs: line.HideBoosts, Notify: line.Notify, Languages: line.Languages})
	return err
}

// accountBy finds the account of user@host, here or elsewhere; a community that the member may not know of is none.
func (s *Service) accountBy(ctx context.Context, member *models.Actor, handle string) (*models.Actor, error) {
	user, host, _ := strings.Cut(handle, "@")
	if host != s.links.Host {
		return s.directory.FindByHandle(ctx, user, host)
	}
	tx := s.store.Read(ctx)
	found, err := tx.ActorByHandle(user, host)
	if err != nil {
		return nil, err
	}
	known, err := tx.IsKnownTo(found, member.ID)
	if err == nil && !known {
		err = models.Errorf(models.NotFound, "actor %s not found", models.Handle(user, host)) // as if there were none
	}
	return found, err
}

// importListed puts an account into the list of a title, which is made where there is none.
func (s *Service) importListed(ctx context.Context, member, target *models.Actor, title string) error {
	lists, err := s.store.Read(ctx).Lists(member.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(lists, func(l models.MemberList) bool { return l.Title == strings.TrimSpace(title) })
	if at < 0 {
		made, err := s.CreateList(ctx, member, ListChange{Title: &title})
		if err != nil {
			return err
		}
		lists, at = []models.MemberList{*made}, 0
	}
	if known, err := s.store.Read(ctx).ListsWith(member.ID, target.ID); err != nil || slices.ContainsFunc(known, func(l models.MemberList) bool { return l.ID == lists[at].ID }) {
		return err
	}
	err = s.AddToList(ctx, member, lists[at].ID, []int64{target.ID})
	if models.IsNotFound(err) {
		return models.Errorf(models.Invalid, "Only accounts that one follows can be in a list: import whom you follow first.")
	}
	return err
}

// endImport does what overwriting means, once all lines are done: what is not in the file goes.
func (s *Service) endImport(ctx context.Context, member *models.Actor, m *models.MemberImport) error {
	if m.Overwrite && !member.IsGone() && member.LeftAt == 0 {
		if err := s.dropUnlisted(ctx, member, m); err != nil {
			return err
		}
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		m.State = models.ImportDone
		return tx.SaveImport(m)
	})
}

func (s *Service) dropUnlisted(ctx context.Context, member *models.Actor, m *models.MemberImport) error {
	tx := s.store.Read(ctx)
	listed, err := listedSubjects(tx, m)
	if err != nil {
		return err
	}
	lines, err := s.listLines(tx, member, m.Kind)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if listed[strings.ToLower(line.List+"\n"+line.Subject)] {
			continue
		}
		if err := ignoreMissing(s.dropLine(ctx, member, m.Kind, line)); err != nil {
			return err
		}
	}
	return nil
}

func listedSubjects(tx *models.Tx, m *models.MemberImport) (map[string]bool, error) {
	listed, after := map[string]bool{}, int64(0)
	for {
		lines, err := tx.ImportLines(m.ID, after, "", 1000)
		if err != nil || len(lines) == 0 {
			return listed, err
		}
		for i := range lines {
			var extra takealong.Line
			if err := json.Unmarshal([]byte(lines[i].Extra), &extra); err != nil {
				return nil, err
			}
			listed[strings.ToLower(extra.List+"\n"+lines[i].Subject)] = true
		}
		after = lines[len(lines)-1].Line
	}
}

// dropLine takes back what a line says. Who belongs to a community does not leave it because a file does not name it.
func (s *Service) dropLine(ctx context.Context, member *models.Actor, kind string, line takealong.Line) error {
	tx := s.store.Read(ctx)
	switch kind {
	case takealong.DomainBlocks:
		return s.UnblockHost(ctx, member, line.Subject)
	case takealong.Bookmarks:
		post, err := tx.PostByURI(line.Subject)
		if err != nil {
			return err
		}
		return s.Unbookmark(ctx, member, post)
	}
	target, err := s.knownBy(ctx, line.Subject)
	if err != nil {
		return err
	}
	switch kind {
	case takealong.Blocks:
		return s.Unblock(ctx, member, target)
	case takealong.Mutes:
		return s.Unmute(ctx, member, target)
	case takealong.Lists:
		lists, err := tx.ListsWith(member.ID, target.ID)
		for i := range lists {
			if err == nil && lists[i].Title == line.List {
				err = s.RemoveFromList(ctx, member, lists[i].ID, []int64{target.ID})
			}
		}
		return err
	}
	if m, err := tx.MembershipIfAny(target.ID, member.ID); err != nil || m != nil {
		return err
	}
	return s.Unfollow(ctx, member, target)
}
