package mastodon

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"praxis/internal/media"
	"praxis/models"
	"praxis/practice"
)

func takeAlongRoutes() []route {
	return []route{
		uploading(member(http.MethodPost, ownMe+"/imports", postImport, writeAccounts)),
		member(http.MethodGet, ownMe+"/imports", getImports, readAccounts),
		member(http.MethodGet, ownMe+"/imports/{id}", getImport, readAccounts),
		member(http.MethodPost, ownMe+"/imports/{id}/start", startImport, writeAccounts),
		member(http.MethodDelete, ownMe+"/imports/{id}", deleteImport, writeAccounts),
		own(http.MethodGet, "/csv/{key}", getOwnList),
		own(http.MethodGet, "/exports", getExports),
		own(http.MethodPost, "/exports", postExport),
		own(http.MethodGet, "/exports/{id}/file", getExportFile),
		own(http.MethodGet, "/record", getRecord),
		own(http.MethodGet, "/record/{key}", getRecordPage),
	}
}

// memberImport is a list that the member brought along, with what came of its lines.
type memberImport struct {
	ID        string           `json:"id"`
	Kind      string           `json:"kind"`
	Overwrite bool             `json:"overwrite"`
	State     string           `json:"state"`
	File      string           `json:"file"`
	Lines     int64            `json:"lines"`
	Tally     map[string]int64 `json:"tally"`
	CreatedAt string           `json:"created_at"`
	ChangedAt string           `json:"changed_at"`
}

// importedLine is one line of it.
type importedLine struct {
	Line    int64   `json:"line"`
	Subject string  `json:"subject"`
	State   string  `json:"state"`
	Why     *string `json:"why"`
}

// importLines is an import with some of its lines.
type importLines struct {
	memberImport
	Results []importedLine `json:"results"`
}

func (c *call) showImports(found ...models.MemberImport) ([]memberImport, error) {
	ids := make([]int64, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	tallies, err := c.tx.ImportTally(ids)
	shown := make([]memberImport, len(found))
	for i, m := range found {
		shown[i] = memberImport{
			ID: formatID(m.ID), Kind: m.Kind, Overwrite: m.Overwrite, State: m.State, File: m.File, Lines: m.Lines, Tally: map[string]int64{},
			CreatedAt: date(m.CreatedAt), ChangedAt: date(m.ChangedAt),
		}
		for _, state := range []string{models.LineWaiting, models.LineDone, models.LineSkipped, models.LineFailed} {
			shown[i].Tally[state] = tallies[m.ID][state]
		}
	}
	return shown, err
}

func postImport(c *call) (any, error) {
	file, err := c.file("file")
	if err != nil {
		return nil, err
	}
	if file == nil {
		return nil, models.FieldErrorf("file", "Validation failed: send a CSV file as file, in multipart/form-data")
	}
	defer func() { _ = file.Close() }()
	mode := c.params.text("mode")
	if mode != "" && mode != "merge" && mode != "overwrite" {
		return nil, models.FieldErrorf("mode", "Validation failed: mode %.20q is neither merge nor overwrite", mode)
	}
	made, err := c.s.service.ReadImport(c.ctx(), c.me(), practice.NewImport{
		Kind: c.params.text("kind"), Overwrite: mode == "overwrite", Name: c.params.text("file"), File: file,
	})
	if err != nil {
		return nil, err
	}
	return c.showImport(made.ID)
}

func getImports(c *call) (any, error) {
	found, err := c.tx.Imports(c.viewer())
	if err != nil {
		return nil, err
	}
	return c.showImports(found...)
}

func getImport(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return c.showImport(id)
}

// maxShownLines is how many lines are shown at once.
const maxShownLines = 500

// showImport shows an import with its lines behind the line "after", those of one state if "state" names one.
func (c *call) showImport(id int64) (any, error) {
	found, err := c.tx.Import(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	shown, err := c.showImports(*found)
	if err != nil {
		return nil, err
	}
	after, _ := c.params.number("after")
	lines, err := c.tx.ImportLines(id, after, c.params.text("state"), maxShownLines)
	if err != nil {
		return nil, err
	}
	answer := importLines{memberImport: shown[0], Results: []importedLine{}}
	for _, line := range lines {
		answer.Results = append(answer.Results, importedLine{line.Line, line.Subject, line.State, textOrNil(line.Why)})
	}
	return answer, nil
}

func startImport(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if err := c.s.service.StartImport(c.ctx(), c.me(), id); err != nil {
		return nil, err
	}
	return c.showImport(id)
}

func deleteImport(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DropImport(c.ctx(), c.me(), id)
}

// getOwnList gives one of the member's own lists as Mastodon's CSV file.
func getOwnList(c *call) (any, error) {
	var out bytes.Buffer
	kind := c.path("key")
	if err := c.s.service.WriteList(c.ctx(), c.me(), kind, &out); err != nil {
		return nil, err
	}
	return file{"text/csv; charset=utf-8", kind + ".csv", out.Bytes()}, nil
}

// memberExport is an archive of all that is the member's own.
type memberExport struct {
	ID        string  `json:"id"`
	State     string  `json:"state"`
	Size      int64   `json:"size"`
	CreatedAt string  `json:"created_at"`
	DoneAt    *string `json:"done_at"`
	Until     *string `json:"until"`
	URL       *string `json:"url"` // needs the member's token
}

func (c *call) showExport(e *models.MemberExport) memberExport {
	shown := memberExport{ID: formatID(e.ID), State: e.State, Size: e.Size, CreatedAt: date(e.CreatedAt), DoneAt: dateOrNil(e.DoneAt)}
	if e.State == models.ExportReady {
		shown.Until = dateOrNil(e.DoneAt.Add(practice.ExportLife))
		shown.URL = textOrNil(c.s.links.Base + ownMe + "/exports/" + shown.ID + "/file")
	}
	return shown
}

func getExports(c *call) (any, error) {
	found, err := c.tx.Exports(c.viewer())
	shown := make([]memberExport, len(found))
	for i := range found {
		shown[i] = c.showExport(&found[i])
	}
	return shown, err
}

func postExport(c *call) (any, error) {
	made, err := c.s.service.RequestExport(c.ctx(), c.me())
	if err != nil {
		return nil, err
	}
	return c.showExport(made), nil
}

// stream is an answer that is a kept file.
type stream struct {
	name    string
	content media.Content
}

func (f stream) serve(w http.ResponseWriter, r *http.Request) {
	defer func() { _ = f.content.Close() }()
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	http.ServeContent(w, r, "", f.content.ModTime(), f.content)
}

// getExportFile gives an archive to whose it is, for as long as it is kept (security cases E23, E24).
func getExportFile(c *call) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	e, err := c.tx.Export(c.viewer(), id)
	if err != nil {
		return nil, err
	}
	kept := c.s.service.Media().Store
	if e.State != models.ExportReady || kept == nil || c.s.store.Now().Sub(e.DoneAt.Time()) > practice.ExportLife {
		return nil, errNotFound
	}
	content, err := kept.Open(c.ctx(), e.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNotFound
	}
	return stream{c.me().Username + ".zip", content}, err
}

// getRecord gives the signed record of the member's contributions.
func getRecord(c *call) (any, error) {
	raw, err := c.s.service.RecordOf(c.ctx(), c.me())
	return json.RawMessage(raw), err
}

// getRecordPage gives it as a page that prints well.
func getRecordPage(c *call) (any, error) {
	if c.path("key") != "page" {
		return nil, errNotFound
	}
	raw, err := c.s.service.RecordOf(c.ctx(), c.me())
	if err != nil {
		return nil, err
	}
	var page strings.Builder
	err = practice.WriteRecordPage(&page, raw)
	return file{"text/html; charset=utf-8", "record.html", []byte(page.String())}, err
}
