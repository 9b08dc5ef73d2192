package practice

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"praxis/internal/hostlist"
	"praxis/models"
)

// The fates of the lines of a list.
const (
	FateNew       = "new"
	FateChange    = "change"    // the block becomes stronger
	FateLift      = "lift"      // the block or allowance came with a list, and is taken back
	FateKept      = "kept"      // nothing is to be done
	FateProtected = "protected" // the host, or one below it, is allowed
)

// ImportLine is a line of a list, and what becomes of it.
type ImportLine struct {
	hostlist.Row
	Fate string `json:"fate"`
}

// Import is a list of hosts on its way.
type Import struct {
	ID     int64
	State  string
	Source string
	Lines  []ImportLine
	Impact *models.Impact
}

// former is what the block or the allowance of a host was before a list was applied; nil for none.
type former struct {
	Host    string              `json:"host"`
	Block   *models.DomainBlock `json:"block"`
	Allow   *models.DomainAllow `json:"allow,omitempty"`
	IsAllow bool                `json:"is_allow,omitempty"` // it is about the allowance
}

// DraftImport reads nothing but rows: it tells what a list would do, and keeps it as a draft unless it is a dry run. Errors: Invalid,
// naming the line, for what is no host, and for our own.
func (s *Service) DraftImport(ctx context.Context, by By, source string, rows []hostlist.Row) (*Import, error) {
	return s.draft(ctx, by, models.DomainImport{Source: clip(source)}, rows)
}

func (s *Service) draft(ctx context.Context, by By, stored models.DomainImport, rows []hostlist.Row) (*Import, error) {
	rows, err := s.cleanRows(rows)
	if err != nil {
		return nil, err
	}
	made := &Import{State: models.ImportDraft, Source: stored.Source}
	made.Impact, err = s.changePolicy(ctx, By{Moderator: by.Moderator, DryRun: true}, policyChange{edit: func(tx *models.Tx) error {
		made.Lines, _, err = applyRows(tx, rows, 0)
		return err
	}})
	if err != nil || by.DryRun {
		return made, err
	}
	raw, err := json.Marshal(rows)
	if err != nil {
		return nil, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.mayFederate(tx, by.Moderator); err != nil {
			return err
		}
		stored.State, stored.Lines = made.State, string(raw)
		err := tx.SaveDomainImport(&stored)
		made.ID = stored.ID
		return err
	})
	return made, err
}

// cleanRows checks the hosts of a list, and takes each once.
func (s *Service) cleanRows(rows []hostlist.Row) ([]hostlist.Row, error) {
	seen := map[string]bool{}
	var kept []hostlist.Row
	for _, row := range rows {
		host, err := cleanHost(row.Host)
		switch {
		case strings.Contains(row.Host, "*"):
			return nil, invalid("list", "line %d: %q has stars: a list must name hosts in full", row.Line, clip(row.Host))
		case err != nil:
			return nil, invalid("list", "line %d: %q is not a valid domain name, such as example.com", row.Line, clip(row.Host))
		case s.isOurs(host):
			return nil, invalid("list", "line %d: %s is this server itself, or a domain above it: take the line out", row.Line, host)
		}
		said := host // of its block
		if row.IsAllowance() {
			said = "allow " + host
		}
		if !seen[said] {
			seen[said], row.Host = true, host
			kept = append(kept, row)
		}
	}
	return kept, nil
}

// isOurs reports whether a host is this instance, or a domain above it.
func (s *Service) isOurs(host string) bool {
	return host == s.links.Host || strings.HasSuffix(s.links.Host, "."+host)
}

// applyRows does what a list says, and gives what became of each line and what the blocks were before.
func applyRows(tx *models.Tx, rows []hostlist.Row, importID int64) (lines []ImportLine, before []former, err error) {
	allows, err := tx.DomainAllows()
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		if row.IsAllowance() {
			line, was, err := applyAllow(tx, row, importID)
			if err != nil {
				return nil, nil, err
			}
			if lines = append(lines, line); line.isChange() {
				before = append(before, *was)
			}
			if line.Fate == FateLift {
				allows = slices.DeleteFunc(allows, func(a models.DomainAllow) bool { return a.Host == row.Host })
			}
			continue
		}
		known, err := tx.DomainBlockOf(row.Host)
		if err != nil && !models.IsNotFound(err) {
			return nil, nil, err
		}
		if known != nil && known.Host != row.Host {
			known = nil
		}
		line := ImportLine{row, fateOf(row, known, allows)}
		lines = append(lines, line)
		if !line.isChange() {
			continue
		}
		before = append(before, former{Host: row.Host, Block: known})
		if err := applyRow(tx, line, known, importID); err != nil {
			return nil, nil, err
		}
	}
	return lines, before, nil
}

// applyAllow allows a host, or takes back what a list allowed; what an admin decided on it stays.
func applyAllow(tx *models.Tx, row hostlist.Row, importID int64) (ImportLine, *former, error) {
	line, was := ImportLine{row, FateKept}, &former{Host: row.Host, IsAllow: true}
	known, err := tx.DomainAllowOf(row.Host)
	if err != nil && !models.IsNotFound(err) {
		return line, nil, err
	}
	if err == nil {
		was.Allow = known
	}
	if row.Severity == hostlist.Refuse {
		if was.Allow == nil || was.Allow.ImportID == 0 {
			return line, was, nil
		}
		line.Fate = FateLift
		return line, was, tx.DeleteDomainAllow(row.Host)
	}
	block, err := tx.DomainBlockOf(row.Host)
	if err != nil && !models.IsNotFound(err) {
		return line, nil, err
	}
	isBlocked := err == nil && block.Host == row.Host && block.Severity == models.SeveritySuspend
	if isBlocked || was.Allow != nil && !was.Allow.Known {
		return line, was, nil
	}
	line.Fate = FateNew
	return line, was, tx.SaveDomainAllow(&models.DomainAllow{Host: row.Host, PublicReason: clip(row.PublicComment), ImportID: importID})
}

// strength orders severities: a list makes no block weaker.
var strength = map[string]int{models.SeverityNoop: 0, models.SeveritySilence: 1, models.SeveritySuspend: 2}

func fateOf(row hostlist.Row, known *models.DomainBlock, allows []models.DomainAllow) string {
	for _, a := range allows {
		if !a.Known && (a.Host == row.Host || strings.HasSuffix(a.Host, "."+row.Host)) {
			return FateProtected
		}
	}
	switch {
	case row.Severity == hostlist.Retract && known != nil && known.ImportID != 0:
		return FateLift
	case row.Severity == hostlist.Retract:
		return FateKept
	case known == nil:
		return FateNew
	case strength[row.Severity] > strength[known.Severity], row.RejectMedia && !known.RejectMedia, row.RejectReports && !known.RejectReports:
		return FateChange
	}
	return FateKept
}

func applyRow(tx *models.Tx, line ImportLine, known *models.DomainBlock, importID int64) error {
	if known != nil {
		if err := liftLimits(tx, known.ID); err != nil {
			return err
		}
	}
	if line.Fate == FateLift {
		return tx.DeleteDomainBlock(line.Host)
	}
	b := models.DomainBlock{Host: line.Host, Severity: line.Severity, PublicComment: clip(line.PublicComment), PrivateComment: clip(line.Note), Obfuscate: line.Obfuscate}
	if known != nil {
		b = *known
		if strength[line.Severity] > strength[b.Severity] {
			b.Severity = line.Severity
		}
	}
	b.RejectMedia, b.RejectReports, b.ImportID = b.RejectMedia || line.RejectMedia, b.RejectReports || line.RejectReports, importID
	return tx.SaveDomainBlock(&b)
}

// ApplyImport carries a draft out, as things are by then. Errors: NotFound, Conflict for one that is no draft.
func (s *Service) ApplyImport(ctx context.Context, by By, id int64) (*Import, error) {
	done := &Import{ID: id}
	var before []former
	impact, err := s.changePolicy(ctx, by, policyChange{
		action: "list.apply", list: id,
		edit: func(tx *models.Tx) error {
			stored, rows, err := importIn(tx, id, models.ImportDraft)
			if err != nil {
				return err
			}
			if done.Lines, before, err = applyRows(tx, rows, id); err != nil {
				return err
			}
			raw, err := json.Marshal(before)
			if err != nil {
				return err
			}
			done.Source, done.State = stored.Source, models.ImportApplied
			stored.State, stored.Before = models.ImportApplied, string(raw)
			return tx.SaveDomainImport(stored)
		},
		enforce: func(tx *models.Tx) error { return enforceAll(tx, before) },
	})
	done.Impact = impact
	return done, err
}

// enforceAll does what the blocks of hosts say now.
func enforceAll(tx *models.Tx, hosts []former) error {
	for _, f := range hosts {
		b, err := tx.DomainBlockOf(f.Host)
		if f.IsAllow || models.IsNotFound(err) || (err == nil && b.Host != f.Host) {
			continue
		}
		if err != nil {
			return err
		}
		if err := enforce(tx, b); err != nil {
			return err
		}
	}
	return nil
}

// UndoImport makes the blocks what they were before a list was applied, but for those that somebody changed since. Follows that blocks
// ended do not come back. Errors: NotFound, Conflict for one that is not applied.
func (s *Service) UndoImport(ctx context.Context, by By, id int64) (*Import, error) {
	done := &Import{ID: id, State: models.ImportUndone}
	var before []former
	impact, err := s.changePolicy(ctx, by, policyChange{
		action: "list.undo", list: id,
		edit: func(tx *models.Tx) error {
			stored, _, err := importIn(tx, id, models.ImportApplied)
			if err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(stored.Before), &before); err != nil {
				return err
			}
			for _, f := range before {
				restore := restoreBlock
				if f.IsAllow {
					restore = restoreAllow
				}
				if err := restore(tx, f, id); err != nil {
					return err
				}
			}
			if stored.Subscribed { // or it would be applied again with the next look
				if err := tx.DraftSubscriptions(); err != nil {
					return err
				}
			}
			done.Source, stored.State = stored.Source, models.ImportUndone
			return tx.SaveDomainImport(stored)
		},
		enforce: func(tx *models.Tx) error { return enforceAll(tx, before) },
	})
	done.Impact = impact
	return done, err
}

func restoreAllow(tx *models.Tx, f former, importID int64) error {
	current, err := tx.DomainAllowOf(f.Host)
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	if err == nil && current.ImportID != importID || err != nil && f.Allow == nil {
		return nil // somebody decided anew
	}
	if err == nil {
		if err := tx.DeleteDomainAllow(f.Host); err != nil {
			return err
		}
	}
	if f.Allow == nil {
		return nil
	}
	return tx.SaveDomainAllow(f.Allow)
}

func restoreBlock(tx *models.Tx, f former, importID int64) error {
	current, err := tx.DomainBlockOf(f.Host)
	isOwn := err == nil && current.Host == f.Host
	switch {
	case err != nil && !models.IsNotFound(err):
		return err
	case isOwn && current.ImportID != importID, !isOwn && (f.Block == nil || f.Block.ImportID == 0):
		return nil // somebody decided anew
	}
	if isOwn {
		if err := liftLimits(tx, current.ID); err != nil {
			return err
		}
		if err := tx.DeleteDomainBlock(f.Host); err != nil {
			return err
		}
	}
	if f.Block == nil {
		return nil
	}
	return tx.SaveDomainBlock(f.Block)
}

func importIn(tx *models.Tx, id int64, state string) (*models.DomainImport, []hostlist.Row, error) {
	stored, err := tx.DomainImport(id)
	if err != nil {
		return nil, nil, err
	}
	if stored.State != state {
		return nil, nil, models.Errorf(models.Conflict, "The list %d is %s, not %s.", id, stored.State, state)
	}
	var rows []hostlist.Row
	return stored, rows, json.Unmarshal([]byte(stored.Lines), &rows)
}
