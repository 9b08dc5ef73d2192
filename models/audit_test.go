package models

import (
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// TestG26_AuditLogStays: lines are added and found; the database refuses to change or remove any.
func TestG26_AuditLogStays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ctx := WithDoer(t.Context(), Doer{ActorID: 7, Name: "@ann", Via: ViaWeb})
		write := func(e AuditEntry) {
			t.Helper()
			if err := h.Tx(ctx, func(tx *Tx) error { return tx.WriteAudit(e) }); err != nil {
				t.Fatal(err)
			}
		}
		write(AuditEntry{Action: "domain.block", Target: "spam_1.example", After: `{"severity":"suspend"}`})
		write(AuditEntry{Action: "domain.unblock", Target: "spamx1.example", Note: "It was Not so bad"})
		write(AuditEntry{Action: "account.suspend", Who: "@bo", ActorID: 8, TargetID: 9, Target: "@eve"})
		for _, c := range []struct {
			filter AuditFilter
			want   string
		}{
			{AuditFilter{}, "@eve spamx1.example spam_1.example"},
			{AuditFilter{Who: "ANN"}, "spamx1.example spam_1.example"},
			{AuditFilter{Action: "domain"}, "spamx1.example spam_1.example"},
			{AuditFilter{Action: "domain.block"}, "spam_1.example"},
			{AuditFilter{Text: "spam_1"}, "spam_1.example"},
			{AuditFilter{Text: "not so BAD"}, "spamx1.example"},
			{AuditFilter{Text: "severity"}, "spam_1.example"},
			{AuditFilter{Text: "'; DROP TABLE audit_entry; --"}, ""},
			{AuditFilter{TargetID: 9}, "@eve"},
			{AuditFilter{Text: "spam", Who: "bo"}, ""},
			{AuditFilter{Until: At(h.now)}, ""},
			{AuditFilter{Since: At(h.now)}, "@eve spamx1.example spam_1.example"},
		} {
			lines, err := h.read().AuditPage(c.filter, Page{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, line := range lines {
				got = append(got, line.Target)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%+v: %v, want %s", c.filter, got, c.want)
			}
		}
		lines, _ := h.read().AuditPage(AuditFilter{}, Page{Limit: 1})
		if len(lines) != 1 || lines[0].Via != ViaWeb || lines[0].Who != "@bo" || lines[0].ActorID != 8 {
			t.Errorf("%+v", lines)
		}
		refused := []string{"UPDATE audit_entry SET who = 'nobody'", "DELETE FROM audit_entry"}
		if h.Dialect() == dialectPostgres {
			refused = append(refused, "TRUNCATE audit_entry")
		}
		for _, statement := range refused {
			if err := h.Tx(t.Context(), func(tx *Tx) error { return tx.db.Exec(statement).Error }); err == nil {
				t.Errorf("%s: it was let through", statement)
			}
		}
	})
}
