package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

func auditRoutes() []route {
	return []route{staff(http.MethodGet, ownAPI+"/admin/audit", getAudit, models.PermitAuditLog, "admin:read")}
}

func getAudit(c *call) (any, error) {
	page, err := c.page(40, 200)
	if err != nil {
		return nil, err
	}
	filter := models.AuditFilter{Who: c.params.text("who"), Action: c.params.text("action"), Text: c.params.text("q")}
	for name, moment := range map[string]*models.Timestamp{"since": &filter.Since, "until": &filter.Until} {
		text := c.params.text(name)
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, models.FieldErrorf(name, "Validation failed: %s is no moment like 2026-05-01T12:00:00Z", name)
		}
		*moment = models.At(at)
	}
	rows, err := c.tx.AuditPage(filter, more(page))
	if err != nil {
		return nil, err
	}
	return practice.AuditLines(window(c, page, rows, func(e *models.AuditEntry) int64 { return e.ID })), nil
}
