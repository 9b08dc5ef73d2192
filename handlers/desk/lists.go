package desk

import (
	"errors"
	"io"
	"strings"

	"praxis/internal/hostlist"
	"praxis/models"
	"praxis/practice"
)

const listsPath = root + "/lists"

// lists are lists of hosts that admins exchange.
func (s *Server) lists() section {
	return section{group: groupOrganizations, name: "Lists of hosts", path: listsPath, needs: models.PermitFederation, pages: []place{
		{path: listsPath, show: s.showLists, forms: map[string]deed{
			"read": s.readList, "subscribe": s.subscribe, "soon": s.readSoon,
		}},
		{path: listsPath + "/subscriptions/{id:[0-9]{1,19}}", show: s.showSubscription, forms: map[string]deed{"end": s.unsubscribe}},
		{path: listsPath + "/export", raw: s.exportList},
		{path: listsPath + "/{id:[0-9]{1,19}}", show: s.showList, forms: map[string]deed{"apply": s.applyList, "undo": s.undoList}},
	}}
}

func (s *Server) showLists(v *visit) (*screen, error) {
	all, err := v.tx.DomainImports()
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Lists", Heads: []string{"List", "State", "Read", "Changed"}, Empty: "No list was read yet."}
	for i := range all {
		one := &all[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: orWord(one.Source, "List "+format(one.ID)), To: listsPath + "/" + format(one.ID)}, {Badge: listBadge(one.State)}, {Text: v.ago(one.CreatedAt)}, {Text: v.ago(one.ChangedAt)},
		}})
	}
	read := part{Card: true, Heading: "Read a list", Text: "As Mastodon exports it (CSV), one name a line, or JSON of GoToSocial or FIRES. It is a draft first: nothing is blocked by reading. A server that is allowed is never blocked by a list.", Forms: []*form{v.fill(&form{
		Name: "read", Upload: true, Button: "Read it", Fields: []*field{
			{Name: "source", Label: "Where it is from", Max: 1000, Hint: "For the record, such as its address."},
			{Name: "file", Label: "File", Kind: "file"},
			{Name: "list", Label: "Or the list itself", Kind: "long", Rows: 6},
		},
	})}}
	export := part{Heading: "Take the list of blocked servers along", Links: []link{
		{Label: "For Mastodon (CSV)", To: listsPath + "/export?format=mastodon", Quiet: true},
		{Label: "As names", To: listsPath + "/export?format=plain", Quiet: true},
		{Label: "As JSON", To: listsPath + "/export?format=json", Quiet: true},
	}}
	parts, err := s.subscriptions(v)
	if err != nil {
		return nil, err
	}
	parts = append(parts, part{Heading: "Lists that were read", Table: listed}, read, export)
	return &screen{Title: "Lists of hosts", Lead: "Lists of servers to block or to allow: those that you bring, and those that you follow.", Parts: parts}, nil
}

func listBadge(state string) badge {
	switch state {
	case models.ImportApplied:
		return badge{"in force", "good"}
	case models.ImportUndone:
		return badge{"undone", ""}
	}
	return badge{"draft", "warn"}
}

// readList makes a draft of what was sent.
func (s *Server) readList(v *visit) (outcome, error) {
	var from io.Reader = strings.NewReader(v.form.Get("list"))
	if v.r.MultipartForm != nil {
		defer func() { _ = v.r.MultipartForm.RemoveAll() }()
		if sent := v.r.MultipartForm.File["file"]; len(sent) > 0 && sent[0].Size > 0 {
			file, err := sent[0].Open()
			if err != nil {
				return outcome{}, err
			}
			defer file.Close()
			from = file
		}
	}
	rows, err := hostlist.Read(from)
	if fault := (*hostlist.Fault)(nil); errors.As(err, &fault) {
		return outcome{}, models.FieldErrorf("list", "%s", fault.Error())
	}
	if err != nil {
		return outcome{}, models.FieldErrorf("list", "The list cannot be read: %s", err)
	}
	if len(rows) == 0 {
		return outcome{}, models.FieldErrorf("list", "The list is empty: choose a file, or put the list into the field.")
	}
	made, err := s.cfg.Service.DraftImport(v.ctx(), practice.By{Moderator: v.me}, v.text("source"), rows)
	if err != nil {
		return outcome{}, err
	}
	return outcome{listsPath + "/" + format(made.ID), "The list is a draft. Look what it would do."}, nil
}

func (s *Server) showList(v *visit) (*screen, error) {
	stored, err := v.tx.DomainImport(v.id("id"))
	if err != nil {
		return nil, err
	}
	about := part{Card: true, Badges: []badge{listBadge(stored.State)}, Facts: []fact{{Name: "From", Value: orDash(stored.Source)}, {Name: "Read", Value: v.when(stored.CreatedAt)}}}
	shown := &screen{Title: "List of hosts", Above: []link{{Label: "Lists of hosts", To: listsPath}}}
	switch stored.State {
	case models.ImportDraft:
		preview, err := s.cfg.Service.ApplyImport(v.ctx(), practice.By{Moderator: v.me, DryRun: true}, stored.ID)
		if err != nil {
			return nil, err
		}
		v.impact = preview.Impact
		about.Forms = []*form{v.fill(&form{Name: "apply", Text: impactSentence(preview.Impact), Button: "Apply the list", Danger: true, Hidden: map[string]string{"sure": "yes"}, Cancel: listsPath})}
		shown.Parts = append([]part{about}, s.impactParts(v)...)
		shown.Parts = append(shown.Parts, linesPart(preview.Lines))
	case models.ImportApplied:
		about.Forms = []*form{v.fill(&form{Name: "undo", Text: "Blocks become what they were before the list, but for those that somebody changed since. Follows that blocks ended do not come back.", Button: "Undo the list", Danger: true, Hidden: map[string]string{"sure": "yes"}})}
		shown.Parts = []part{about}
	default:
		shown.Parts = []part{about}
	}
	return shown, nil
}

// maxLines is how many lines of a list are shown.
const maxLines = 500

var fateWords = map[string]badge{
	practice.FateNew: {"new", "bad"}, practice.FateChange: {"becomes stronger", "warn"}, practice.FateLift: {"is lifted", "good"},
	practice.FateKept: {"stays as it is", ""}, practice.FateProtected: {"allowed: not touched", "good"},
}

func linesPart(lines []practice.ImportLine) part {
	listed := &table{Caption: "Lines", Heads: []string{"Server", "What becomes of it", "How", "Reason"}, Empty: "The list has no lines."}
	shown := part{Heading: count(int64(len(lines)), "line", "lines"), Table: listed}
	for i := range lines {
		if i == maxLines {
			shown.Text = "The first " + format(maxLines) + " are shown."
			break
		}
		l := &lines[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: l.Host, To: hostPath(l.Host)}, {Badge: fateWords[l.Fate]}, {Text: l.Severity}, {Text: orDash(short(l.PublicComment, 80))}}})
	}
	return shown
}

func (s *Server) applyList(v *visit) (outcome, error) {
	_, err := s.cfg.Service.ApplyImport(v.ctx(), practice.By{Moderator: v.me}, v.id("id"))
	return outcome{listsPath + "/" + format(v.id("id")), "The list is in force."}, err
}

func (s *Server) undoList(v *visit) (outcome, error) {
	_, err := s.cfg.Service.UndoImport(v.ctx(), practice.By{Moderator: v.me}, v.id("id"))
	return outcome{listsPath + "/" + format(v.id("id")), "The list is undone."}, err
}

// exportList writes the blocked servers in a form that others read.
func (s *Server) exportList(v *visit) error {
	blocks, err := v.tx.DomainBlocks()
	if err != nil {
		return err
	}
	rows := make([]hostlist.Row, 0, len(blocks))
	for _, b := range blocks {
		rows = append(rows, hostlist.Row{
			Host: b.Host, Severity: b.Severity, RejectMedia: b.RejectMedia, RejectReports: b.RejectReports, PublicComment: b.PublicComment, Obfuscate: b.Obfuscate,
		})
	}
	kind := v.query("format")
	types := map[string][2]string{"mastodon": {"text/csv; charset=utf-8", "csv"}, "plain": {"text/plain; charset=utf-8", "txt"}, "json": {"application/json", "json"}}
	chosen, ok := types[kind]
	if !ok {
		return models.FieldErrorf("format", "There is no form %q: use mastodon, plain or json.", short(kind, 20))
	}
	v.w.Header().Set("Content-Type", chosen[0])
	v.w.Header().Set("Content-Disposition", `attachment; filename="blocked-hosts.`+chosen[1]+`"`)
	return hostlist.Write(v.w, kind, rows)
}
