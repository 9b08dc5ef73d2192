package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"praxis/internal/takealong"
	"praxis/models"
	"praxis/practice"
)

const alongPath = ownPath + "/takealong"

func importPath(id int64) string { return alongPath + "/imports/" + format(id) }

var listWords = map[string]string{
	takealong.Following: "People whom you follow", takealong.Lists: "Lists", takealong.Mutes: "People whom you muted", takealong.Blocks: "People whom you blocked",
	takealong.DomainBlocks: "Servers that you blocked", takealong.Bookmarks: "Bookmarks",
}

func (s *Server) showAlong(v *visit) (*screen, error) {
	archives, err := s.archives(v)
	if err != nil {
		return nil, err
	}
	lists := part{Heading: "Lists", Text: "As CSV files, in the form that Mastodon and others read."}
	for _, kind := range takealong.Kinds() {
		lists.Links = append(lists.Links, link{Label: listWords[kind], To: alongPath + "/lists/" + kind, Quiet: true})
	}
	record := part{Card: true, Heading: "Record of contributions", Text: "What you asked, answered and wrote, and what became of it, signed by this server and by each community: others can check it without asking anybody here.", Links: []link{
		{Label: "As a page to print", To: alongPath + "/record?form=page", Quiet: true}, {Label: "As signed JSON", To: alongPath + "/record", Quiet: true},
	}}
	parts := []part{archives, record, lists}
	if !v.left {
		imports, err := s.imports(v)
		if err != nil {
			return nil, err
		}
		parts = append(parts, imports...)
	}
	return &screen{Title: "Take along", Above: ownCrumbs(), Parts: parts}, nil
}

var archiveWords = map[string]badge{
	models.ExportWaiting: {"is being made", "warn"}, models.ExportReady: {"ready", "good"}, models.ExportFailed: {"failed", "bad"}, models.ExportOver: {"no longer kept", ""},
}

func (s *Server) archives(v *visit) (part, error) {
	found, err := v.tx.Exports(v.me.ID)
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "Archives", Heads: []string{"Asked for", "State", "Size", "Kept until"}, Empty: "You asked for no archive yet."}
	for i := range found {
		e := &found[i]
		line := row{Cells: []cell{{Text: v.when(e.CreatedAt)}, {Badge: archiveWords[e.State]}, {Text: "–"}, {Text: "–"}}}
		if e.State == models.ExportReady {
			line.Cells[2] = cell{Text: size(uint64(max(e.Size, 0)))}
			line.Cells[3] = cell{Text: dayOr(e.DoneAt.Add(practice.ExportLife)) + ": download", To: alongPath + "/archives/" + format(e.ID)}
		}
		listed.Rows = append(listed.Rows, line)
	}
	return part{Heading: "Archive", ID: "archive", Text: "All that is yours: profile, posts, uploads, lists and the record, as one file. It takes a while, and one can be made each week.", Table: listed, Forms: []*form{v.fill(&form{
		Name: "archive", Button: "Make an archive", Quiet: true,
	})}}, nil
}

func (s *Server) askArchive(v *visit) (outcome, error) {
	_, err := s.cfg.Service.RequestExport(v.ctx(), v.me)
	return outcome{alongPath, "The archive is being made. Load this page again after a while."}, err
}

// ownArchive gives an archive to whose it is, as long as it is kept (security cases E23, E24).
func (s *Server) ownArchive(v *visit) error {
	e, err := v.tx.Export(v.me.ID, v.id("id"))
	if err != nil {
		return err
	}
	kept := s.cfg.Service.Media().Store
	if e.State != models.ExportReady || kept == nil || v.now.Since(e.DoneAt) > practice.ExportLife {
		return errNotFound
	}
	content, err := kept.Open(v.ctx(), e.File)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	v.attach("application/zip", v.me.Username+".zip")
	http.ServeContent(v.w, v.r, "", content.ModTime(), content)
	return nil
}

// attach says that the answer is a file to keep.
func (v *visit) attach(kind, name string) {
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
}

func (s *Server) ownList(v *visit) error {
	var out bytes.Buffer
	kind := v.path("kind")
	if err := s.cfg.Service.WriteList(v.ctx(), v.me, kind, &out); err != nil {
		return err
	}
	v.attach("text/csv; charset=utf-8", kind+".csv")
	_, _ = out.WriteTo(v.w)
	return nil
}

// ownRecord gives the record, signed, or as a page that stands alone.
func (s *Server) ownRecord(v *visit) error {
	raw, err := s.cfg.Service.RecordOf(v.ctx(), v.me)
	if err != nil {
		return err
	}
	if v.query("form") != "page" {
		v.attach("application/json; charset=utf-8", "record.json")
		_, _ = v.w.Write(raw)
		return nil
	}
	var page bytes.Buffer
	if err := practice.WriteRecordPage(&page, raw); err != nil {
		return err
	}
	v.attach("text/html; charset=utf-8", "record.html")
	_, _ = page.WriteTo(v.w)
	return nil
}

var importWords = map[string]badge{
	models.ImportPreview: {"preview: nothing done", "warn"}, models.ImportRunning: {"running", "warn"}, models.ImportDone: {"done", "good"},
}

// imports are the lists that the member brought along.
func (s *Server) imports(v *visit) ([]part, error) {
	found, err := v.tx.Imports(v.me.ID)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "What you brought along", Heads: []string{"File", "What it is", "State", "Lines"}, Empty: "You brought nothing along yet."}
	for i := range found {
		m := &found[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: orWord(m.File, m.Kind+".csv"), To: importPath(m.ID), Hint: v.ago(m.CreatedAt)}, {Text: listWords[m.Kind]}, {Badge: importWords[m.State]}, {Text: format(m.Lines), Number: true},
		}})
	}
	var kinds []option
	for _, kind := range takealong.Kinds() {
		kinds = append(kinds, option{Value: kind, Label: listWords[kind]})
	}
	return []part{{Heading: "Bring along", ID: "imports", Table: listed}, {Card: true, Forms: []*form{v.fill(&form{
		Name: "import", Upload: true, Heading: "Bring a list from elsewhere", Button: "Read it", Text: "You see first what would be done with each line; nothing is done before you say so.", Fields: []*field{
			{Name: "kind", Label: "What it is", Kind: "choice", Options: kinds},
			{Name: "file", Label: "CSV file", Kind: "file"},
			{Name: "mode", Label: "What is here already", Kind: "choice", Options: options("merge", "stays", "overwrite", "goes, where the file does not have it")},
		},
	})}}}, nil
}

func (s *Server) readImport(v *visit) (outcome, error) {
	if v.left {
		return outcome{}, models.Errorf(models.Forbidden, "You have left: nothing can be brought along any more.")
	}
	if v.r.MultipartForm == nil || len(v.r.MultipartForm.File["file"]) == 0 {
		return outcome{}, models.FieldErrorf("file", "Choose a CSV file.")
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }()
	sent := v.r.MultipartForm.File["file"][0]
	file, err := sent.Open()
	if err != nil {
		return outcome{}, err
	}
	defer func() { _ = file.Close() }()
	made, err := s.cfg.Service.ReadImport(v.ctx(), v.me, practice.NewImport{Kind: v.text("kind"), Overwrite: v.text("mode") == "overwrite", Name: sent.Filename, File: file})
	if err != nil {
		return outcome{}, err
	}
	return outcome{importPath(made.ID), "The file is read; nothing is done yet."}, nil
}

var lineWords = map[string]badge{
	models.LineWaiting: {"waits", "warn"}, models.LineDone: {"done", "good"}, models.LineSkipped: {"skipped", ""}, models.LineFailed: {"failed", "bad"},
}

func (s *Server) showImport(v *visit) (*screen, error) {
	m, err := v.tx.Import(v.me.ID, v.id("id"))
	if err != nil {
		return nil, err
	}
	tally, err := v.tx.ImportTally([]int64{m.ID})
	if err != nil {
		return nil, err
	}
	about := part{Card: true, Badges: []badge{importWords[m.State]}, Facts: []fact{{Name: "What it is", Value: listWords[m.Kind]}, {Name: "Read", Value: v.when(m.CreatedAt)}}}
	for _, state := range []string{models.LineWaiting, models.LineDone, models.LineSkipped, models.LineFailed} {
		about.Facts = append(about.Facts, fact{Name: sentence(lineWords[state].Text), Value: format(tally[m.ID][state])})
	}
	if m.State == models.ImportPreview {
		text := count(tally[m.ID][models.LineWaiting], "line", "lines") + " would be carried out."
		if m.Overwrite {
			text += " What is here now and not in the file is taken away."
		}
		about.Forms = append(about.Forms, v.fill(&form{Name: "start", Text: text, Button: "Do it", Danger: m.Overwrite, Cancel: alongPath}))
	}
	if m.State != models.ImportRunning {
		about.Forms = append(about.Forms, &form{Name: "drop", Inline: true, Button: "Forget this file"})
	}
	rows, err := v.tx.ImportLines(m.ID, number(v.query("after")), v.query("state"), pageSize+1)
	if err != nil {
		return nil, err
	}
	lines := part{Heading: "Lines", Table: &table{Caption: "Lines", Heads: []string{"Line", "About", "State", "Why"}, Empty: "No line is like that."}}
	for i := range rows {
		l := &rows[i]
		if i == pageSize {
			query := v.r.URL.Query()
			query.Set("after", format(rows[i-1].Line))
			lines.Pager.Older = address(v.r.URL.Path, query)
			break
		}
		lines.Table.Rows = append(lines.Table.Rows, row{Cells: []cell{{Text: format(l.Line)}, {Text: l.Subject}, {Badge: lineWords[l.State]}, {Text: orDash(l.Why)}}})
	}
	return &screen{
		Title: orWord(m.File, "A list"), Above: []link{{Label: "Settings", To: ownPath}, {Label: "Take along", To: alongPath}},
		Tabs:  []link{v.tab("state", "", "All"), v.tab("state", models.LineWaiting, "Waiting"), v.tab("state", models.LineSkipped, "Skipped"), v.tab("state", models.LineFailed, "Failed")},
		Parts: []part{about, lines},
	}, nil
}

func (s *Server) startImport(v *visit) (outcome, error) {
	err := s.cfg.Service.StartImport(v.ctx(), v.me, v.id("id"))
	return outcome{importPath(v.id("id")), "It goes on by itself. Load this page again to see how far it is."}, err
}

func (s *Server) dropImport(v *visit) (outcome, error) {
	return outcome{alongPath, "The file is forgotten."}, s.cfg.Service.DropImport(v.ctx(), v.me, v.id("id"))
}
