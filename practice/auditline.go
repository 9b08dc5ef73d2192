package practice

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"praxis/models"
)

// AuditLine is a line of the audit log for whoever reads it, people or programs.
type AuditLine struct {
	ID       string          `json:"id"`
	At       string          `json:"created_at"` // RFC 3339
	Who      string          `json:"who"`
	Via      string          `json:"via"`
	Action   string          `json:"action"`
	Target   string          `json:"target"`
	TargetID string          `json:"target_id,omitempty"`
	ReportID string          `json:"report_id,omitempty"`
	Note     string          `json:"note"`
	Before   json.RawMessage `json:"before"`
	After    json.RawMessage `json:"after"`
}

// AuditLines gives lines of the audit log for readers.
func AuditLines(entries []models.AuditEntry) []AuditLine {
	lines := make([]AuditLine, len(entries))
	for i := range entries {
		lines[i] = auditLine(&entries[i])
	}
	return lines
}

func auditLine(e *models.AuditEntry) AuditLine {
	line := AuditLine{
		ID: format(e.ID), At: e.CreatedAt.Time().UTC().Format(time.RFC3339), Who: e.Who, Via: e.Via, Action: e.Action, Target: e.Target,
		Note: e.Note, Before: rawOrNull(e.Before), After: rawOrNull(e.After),
	}
	if e.TargetID != 0 {
		line.TargetID = format(e.TargetID)
	}
	if e.ReportID != 0 {
		line.ReportID = format(e.ReportID)
	}
	return line
}

func rawOrNull(text string) json.RawMessage {
	if !json.Valid([]byte(text)) {
		return json.RawMessage("null")
	}
	return json.RawMessage(text)
}

// AuditColumns heads the cells of AuditLine.Cells.
func AuditColumns() []string {
	return []string{"id", "created_at", "who", "via", "action", "target", "target_id", "report_id", "note", "before", "after"}
}

// Cells gives a line for a table. What a spreadsheet would take for a formula stands behind an apostrophe (security case G21).
func (l AuditLine) Cells() []string {
	cells := []string{l.ID, l.At, l.Who, l.Via, l.Action, l.Target, l.TargetID, l.ReportID, l.Note, string(l.Before), string(l.After)}
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cells[i] = "'" + cell
		}
	}
	return cells
}

// EachAuditLine gives all lines that a filter wants, oldest first.
func (s *Service) EachAuditLine(ctx context.Context, filter models.AuditFilter, each func(AuditLine) error) error {
	for page := (models.Page{MinID: 1, Limit: 1000}); ; {
		entries, err := s.store.Read(ctx).AuditPage(filter, page)
		if err != nil {
			return err
		}
		for i := len(entries) - 1; i >= 0; i-- {
			if err := each(auditLine(&entries[i])); err != nil {
				return err
			}
		}
		if len(entries) < page.Limit {
			return nil
		}
		page.MinID = entries[0].ID
	}
}
