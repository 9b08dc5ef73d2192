package models

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// The ways in which somebody comes to act, as AuditEntry.Via has them.
const (
	ViaWeb     = "web"
	ViaAPI     = "api"
	ViaCommand = "command line"
	ViaPeer    = "federation" // another server asked for it
	ViaServer  = "server"     // by itself: because a time came
)

// Doer is who acts. It travels with the context, so that whatever is changed on the way can be recorded under their name.
type Doer struct {
	ActorID int64  // 0 for who is no actor here
	Name    string // as people read it: "@ann", or the name of a user of the operating system
	Via     string
}

type doerKey struct{}

// WithDoer gives a context in which d acts.
func WithDoer(ctx context.Context, d Doer) context.Context {
	return context.WithValue(ctx, doerKey{}, d)
}

// DoerOf gives who acts in a context: the server itself, when nobody was named.
func DoerOf(ctx context.Context) Doer {
	if d, ok := ctx.Value(doerKey{}).(Doer); ok {
		return d
	}
	return Doer{Name: "the server", Via: ViaServer}
}

// Doer gives who acts in this transaction.
func (tx *Tx) Doer() Doer { return DoerOf(tx.db.Statement.Context) }

// AuditEntry is a line of the audit log: who did what to whom or what, and what it was before and after. Lines are added and
// never changed nor removed: the database itself refuses it (security case G26).
type AuditEntry struct {
	ID        int64
	ActorID   int64  // who did it; 0 for who is no actor here
	Who       string // their name at that time
	Via       string // see ViaWeb and the others
	Action    string // what was changed and how: "account.suspend"
	TargetID  int64  // which actor it is about; 0 for none
	Target    string // what it is about, in words
	Before    string // JSON; "" for what was not there
	After     string // JSON; "" for what is no more
	Note      string
	ReportID  int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// WriteAudit adds a line. Who acts is taken from the transaction's context where the line does not say it.
func (tx *Tx) WriteAudit(e AuditEntry) error {
	doer := tx.Doer()
	if e.Who == "" {
		e.ActorID, e.Who = doer.ActorID, doer.Name
	}
	if e.Via == "" {
		e.Via = doer.Via
	}
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(&e).Error, "audit log")
}

// AuditJSON gives a value as Before and After have it; "" for nil.
func AuditJSON(value any) (string, error) {
	if value == nil {
		return "", nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("audit log: %w", err)
	}
	return string(raw), nil
}

// AuditFilter says which lines of the audit log are wanted; what is empty does not matter.
type AuditFilter struct {
	Who          string // a part of the name of who did it
	Action       string // a whole action, or the part before the dot
	Text         string // a part of any of its texts
	TargetID     int64
	Since, Until Timestamp
}

// AuditPage gives a page of the audit log, newest first.
func (tx *Tx) AuditPage(f AuditFilter, page Page) ([]AuditEntry, error) {
	query := page.apply(tx.db.Model(&AuditEntry{}), "audit_entry.id")
	if f.Who != "" {
		query = query.Where(`lower(who) LIKE ? ESCAPE '\'`, holding(f.Who))
	}
	if f.Action != "" {
		query = query.Where(`action = ? OR action LIKE ? ESCAPE '\'`, f.Action, escapeLike(f.Action)+".%")
	}
	if f.Text != "" {
		text := holding(f.Text)
		query = query.Where(`lower(action) LIKE @text ESCAPE '\' OR lower(target) LIKE @text ESCAPE '\' OR lower(note) LIKE @text ESCAPE '\'
			OR lower("before") LIKE @text ESCAPE '\' OR lower("after") LIKE @text ESCAPE '\' OR lower(who) LIKE @text ESCAPE '\'`,
			map[string]any{"text": text})
	}
	if f.TargetID != 0 {
		query = query.Where("target_id = ?", f.TargetID)
	}
	if f.Since != 0 {
		query = query.Where("created_at >= ?", f.Since)
	}
	if f.Until != 0 {
		query = query.Where("created_at < ?", f.Until)
	}
	rows, err := list[AuditEntry](query, "audit log")
	return descending(page, rows), err
}

// AuditEntry gives one line.
func (tx *Tx) AuditEntry(id int64) (*AuditEntry, error) {
	return first[AuditEntry](tx.db.Where("id = ?", id), "audit log entry")
}

// holding gives the pattern for texts that have a part in them, whatever its case.
func holding(part string) string { return "%" + escapeLike(strings.ToLower(part)) + "%" }
