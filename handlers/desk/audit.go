package desk

import (
	"encoding/csv"
	"encoding/json"
	"time"

	"praxis/models"
	"praxis/practice"
)

const auditsPath = root + "/audit"

func auditPath(v *visit, e *models.AuditEntry) string {
	if v.in.convener {
		return ""
	}
	return auditsPath + "/" + format(e.ID)
}

// actionHint gives the word by which one searches, where the log shows another.
func actionHint(action string) string {
	if actionWord(action) == action {
		return ""
	}
	return action
}

// audit is who did what, when, and what it was before and after. Nothing of it can be changed here, or anywhere else.
func (s *Server) audit() section {
	return section{group: groupInstance, name: "Audit log", path: auditsPath, needs: models.PermitAuditLog, pages: []place{
		{path: auditsPath, show: s.showAudit},
		{path: auditsPath + "/export", raw: s.exportAudit},
		{path: auditsPath + "/{id:[0-9]{1,19}}", show: s.showAuditEntry},
	}}
}

// auditFilter reads how the log is narrowed.
func (v *visit) auditFilter() (models.AuditFilter, error) {
	filter := models.AuditFilter{Who: v.query("who"), Action: v.query("action"), Text: v.query("text")}
	for name, at := range map[string]*models.Timestamp{"since": &filter.Since, "until": &filter.Until} {
		t, err := readMoment(name, v.query(name))
		if err != nil {
			return filter, err
		}
		if name == "until" && !t.IsZero() && len(v.query(name)) == len("2006-01-02") {
			t = t.Add(24 * time.Hour) // the day itself is meant, too
		}
		*at = models.At(t)
	}
	return filter, nil
}

func (s *Server) showAudit(v *visit) (*screen, error) {
	filter, err := v.auditFilter()
	if err != nil {
		return nil, err
	}
	rows, err := v.tx.AuditPage(filter, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(e *models.AuditEntry) int64 { return e.ID })
	listed := &table{Caption: "Audit log", Heads: []string{"What", "About", "By whom", "By which way", "When"}, Empty: "No line is like that."}
	for i := range rows {
		e := &rows[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: actionWord(e.Action), To: auditPath(v, e), Hint: actionHint(e.Action)}, {Text: orDash(short(e.Target, 80))}, {Text: e.Who}, {Text: e.Via}, {Text: v.when(e.CreatedAt)},
		}})
	}
	find := &search{Fields: []*field{
		{ID: "q-text", Name: "text", Label: "Any text", Value: v.query("text")},
		{ID: "q-who", Name: "who", Label: "By whom", Value: v.query("who")},
		{ID: "q-action", Name: "action", Label: "What", Value: v.query("action"), Hint: "Such as account, or account.suspend."},
		{ID: "q-since", Name: "since", Label: "From the day", Kind: "date", Value: v.query("since")},
		{ID: "q-until", Name: "until", Label: "Until the day", Kind: "date", Value: v.query("until")},
	}}
	export := func(form string) string {
		query := v.r.URL.Query()
		query.Del("before")
		query.Set("format", form)
		return address(auditsPath+"/export", query)
	}
	return &screen{Title: "Audit log", Lead: "Who did what, and what it was before. Lines are added and never changed.", Parts: []part{{
		Search: find, Table: listed, Pager: pages,
		Links: []link{{Label: "Take along as CSV", To: export("csv"), Quiet: true}, {Label: "As JSON lines", To: export("json"), Quiet: true}},
	}}}, nil
}

func (s *Server) showAuditEntry(v *visit) (*screen, error) {
	e, err := v.tx.AuditEntry(v.id("id"))
	if err != nil {
		return nil, err
	}
	about := part{Card: true, Facts: []fact{
		{Name: "What", Value: actionWord(e.Action), Hint: e.Action},
		{Name: "About", Value: orDash(e.Target)},
		{Name: "By whom", Value: e.Who},
		{Name: "By which way", Value: e.Via},
		{Name: "When", Value: v.when(e.CreatedAt)},
		{Name: "Why", Value: orDash(e.Note)},
		{Name: "Before", Value: orDash(e.Before)},
		{Name: "After", Value: orDash(e.After)},
	}}
	if e.ReportID != 0 {
		about.Links = append(about.Links, link{Label: "The report", To: reportPath(e.ReportID), Quiet: true})
	}
	return &screen{Title: "Line of the audit log", Above: []link{{Label: "Audit log", To: auditsPath}}, Parts: []part{about}}, nil
}

// exportAudit writes what the page shows, and all of it, for spreadsheets and programs.
func (s *Server) exportAudit(v *visit) error {
	filter, err := v.auditFilter()
	if err != nil {
		return err
	}
	switch v.query("format") {
	case "json":
		v.w.Header().Set("Content-Type", "application/x-ndjson")
		v.w.Header().Set("Content-Disposition", `attachment; filename="audit.jsonl"`)
		out := json.NewEncoder(v.w)
		return s.cfg.Service.EachAuditLine(v.ctx(), filter, func(line practice.AuditLine) error { return out.Encode(line) })
	case "", "csv":
	default:
		return models.FieldErrorf("format", "There is no form %q: use csv or json.", short(v.query("format"), 20))
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	out := csv.NewWriter(v.w)
	if err := out.Write(practice.AuditColumns()); err != nil {
		return err
	}
	if err := s.cfg.Service.EachAuditLine(v.ctx(), filter, func(line practice.AuditLine) error { return out.Write(line.Cells()) }); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
