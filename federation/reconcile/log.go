package reconcile

import (
	"cmp"
	"context"
	"encoding/json"

	"praxis/federation/vocab"
	"praxis/models"
)

const (
	// maxLogPages is how many pages of a sibling's moderation log are read at once, and maxProofs how many of its lines are verified.
	maxLogPages = 5
	maxLogLines = 500
	maxProofs   = 100
)

// readLog reads what is new in the moderation log of a sibling, the newest first, until what is known.
func (w *Worker) readLog(ctx context.Context, pair *models.Sibling, said *report) error {
	if said.ModLog == "" {
		return nil
	}
	group, err := w.store.Read(ctx).Actor(pair.SiblingID)
	if err != nil {
		return err
	}
	head, err := w.logPage(ctx, said.ModLog)
	if err != nil {
		return err
	}
	next := head.First.ID
	if next == "" { // it stands in one
		said.Log, err = w.freshLines(ctx, group, head.Items[:min(len(head.Items), maxLogLines)])
		return err
	}
	for pages := 0; pages < maxLogPages && ownAddress(next, group.URI) != "" && len(said.Log) < maxLogLines; pages++ {
		page, err := w.logPage(ctx, next)
		if err != nil && pages > 0 {
			return nil // what was read is the newest
		}
		if err != nil {
			return err
		}
		fresh, err := w.freshLines(ctx, group, page.Items)
		if err != nil {
			return err
		}
		said.Log = append(said.Log, fresh...)
		if len(fresh) < len(page.Items) {
			break // the rest is known, or is nothing that can be shown
		}
		next = page.Next.ID
	}
	return nil
}

func (w *Worker) logPage(ctx context.Context, address string) (vocab.Collection, error) {
	doc, err := w.cfg.Directory.Document(ctx, address)
	if err != nil {
		return vocab.Collection{}, err
	}
	page, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return page, models.Errorf(models.Invalid, "%s is no log: %w", clip(address), err)
	}
	return page, nil
}

// freshLines gives what is not known of a page.
func (w *Worker) freshLines(ctx context.Context, group *models.Actor, items []vocab.Ref) ([]models.SiblingLogEntry, error) {
	var lines []models.SiblingLogEntry
	var uris []string
	raws := map[string]json.RawMessage{}
	for _, item := range items {
		line, ok := parseLine(item.Raw, group)
		if _, twice := raws[line.ActivityURI]; ok && !twice {
			lines, uris, raws[line.ActivityURI] = append(lines, line), append(uris, line.ActivityURI), item.Raw
		}
	}
	known, err := w.store.Read(ctx).KnownSiblingLog(group.ID, uris)
	if err != nil {
		return nil, err
	}
	var fresh []models.SiblingLogEntry
	for _, line := range lines {
		if !known[line.ActivityURI] {
			line.Proven = len(fresh) < maxProofs && w.isProven(ctx, raws[line.ActivityURI], line.ActorURI, group)
			fresh = append(fresh, line)
		}
	}
	return fresh, nil
}

// isProven reports that who acted signed it, and signed that it is about this community. What cannot be verified is shown as what the host
// says.
func (w *Worker) isProven(ctx context.Context, raw []byte, actor string, group *models.Actor) bool {
	if w.cfg.Verifier == nil || !isAbout(raw, group) {
		return false
	}
	proven, err := w.cfg.Verifier.Proof(ctx, raw, actor)
	return err == nil && proven.Valid() && proven.Actor() == actor
}

// isAbout reports an activity that names a community: what somebody signed elsewhere is no line of its log (security case A24).
func isAbout(raw []byte, group *models.Actor) bool {
	a, err := vocab.DecodeActivity(raw)
	if err != nil {
		return false
	}
	for _, named := range []vocab.IRIs{a.Audience, a.To, a.Cc, {a.Target.ID}} {
		if named.Contains(group.URI) {
			return true
		}
	}
	return false
}

// parseLine reads an activity of a moderation log as one line of it; false for what is none.
func parseLine(raw []byte, group *models.Actor) (models.SiblingLogEntry, bool) {
	a, err := vocab.DecodeActivity(raw)
	if err != nil || a.ID == "" || len(a.ID) > maxAddress || len(a.Actor.ID) > maxAddress {
		return models.SiblingLogEntry{}, false
	}
	said, undone := a, false
	if a.Type == "Undo" {
		inner, err := vocab.DecodeActivity(a.Object.Raw)
		if err != nil {
			return models.SiblingLogEntry{}, false
		}
		said, undone = inner, true
	}
	line := models.SiblingLogEntry{
		ActivityURI: a.ID, Verb: verbOf(said, undone, group), ActorURI: a.Actor.ID, ObjectURI: said.Object.ID, TargetURI: said.Target.ID,
		Reason: cmp.Or(a.Summary, a.Content), Until: models.At(said.EndTime), CreatedAt: models.At(a.Published),
	}
	if undone {
		line.Until = 0
	}
	return line, line.Verb != "" && line.ObjectURI != "" && len(line.ObjectURI) <= maxAddress && len(line.TargetURI) <= maxAddress
}

// verbOf gives what an activity of a moderator does, as moderation logs name it; "" for what is not shown.
func verbOf(a vocab.Activity, undone bool, group *models.Actor) string {
	verbs := map[string][2]string{
		"Delete": {models.ActRemove, models.LogRestore}, "Lock": {models.ActLock, models.LogUnlock}, "Block": {models.ActBan, models.LogUnban},
		"Move": {models.LogMove, ""},
	}
	switch {
	case a.Type == "Add" && a.Target.ID == group.ModeratorsURI:
		verbs["Add"] = [2]string{models.LogAppoint, ""}
	case a.Type == "Remove" && a.Target.ID == group.ModeratorsURI:
		verbs["Remove"] = [2]string{models.LogDismiss, ""}
	case a.Type == "Add" && a.Target.ID == group.FeaturedURI:
		verbs["Add"] = [2]string{models.ActPin, models.LogUnpin}
	case a.Type == "Remove" && a.Target.ID == group.FeaturedURI:
		verbs["Remove"] = [2]string{models.LogUnpin, ""}
	case a.Type == "Remove":
		verbs["Remove"] = [2]string{models.ActRemove, models.LogRestore}
	}
	if undone {
		return verbs[a.Type][1]
	}
	return verbs[a.Type][0]
}
