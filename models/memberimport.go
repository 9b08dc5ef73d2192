package models

// The states of an import.
const (
	ImportPreview = "preview" // read, and nothing done
	ImportRunning = "running"
	ImportDone    = "done"
)

// The states of a line of an import.
const (
	LineWaiting = "waiting"
	LineDone    = "done"
	LineSkipped = "skipped" // nothing to do, or nothing that may be done
	LineFailed  = "failed"
)

// MemberImport is a list that a member brings along.
type MemberImport struct {
	ID        int64
	ActorID   int64
	Kind      string
	Overwrite bool // what is not in the file goes
	State     string
	File      string // its name, as it was sent
	Lines     int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	ChangedAt Timestamp
}

// ImportLine is one line of an import.
type ImportLine struct {
	ImportID int64 `gorm:"primaryKey"`
	Line     int64 `gorm:"primaryKey"`
	Subject  string
	Extra    string // JSON of what else the line says
	State    string
	Why      string
}

// CreateImport stores a list with its lines.
func (tx *Tx) CreateImport(m *MemberImport, lines []ImportLine) error {
	m.ID, m.CreatedAt, m.ChangedAt, m.State, m.Lines = tx.NewID(), tx.Now(), tx.Now(), ImportPreview, int64(len(lines))
	if err := tx.db.Create(m).Error; err != nil {
		return translate(err, "import")
	}
	for i := range lines {
		lines[i].ImportID, lines[i].Line = m.ID, int64(i+1)
	}
	return translate(tx.db.CreateInBatches(lines, 500).Error, "import")
}

// SaveImport stores how far an import is.
func (tx *Tx) SaveImport(m *MemberImport) error {
	m.ChangedAt = tx.Now()
	return translate(tx.db.Save(m).Error, "import")
}

// Import gives an import of a member's own (security case E23).
func (tx *Tx) Import(actorID, id int64) (*MemberImport, error) {
	return first[MemberImport](tx.db.Where("id = ? AND actor_id = ?", id, actorID), "import")
}

// Imports lists a member's imports, newest first.
func (tx *Tx) Imports(actorID int64) ([]MemberImport, error) {
	return list[MemberImport](tx.db.Where("actor_id = ?", actorID).Order("id DESC").Limit(40), "imports")
}

// ImportsRunning lists imports that are under way, oldest first.
func (tx *Tx) ImportsRunning(limit int) ([]MemberImport, error) {
	return list[MemberImport](tx.db.Where("state = ?", ImportRunning).Order("id").Limit(limit), "imports")
}

// DeleteImport forgets an import with its lines; what was done stays done.
func (tx *Tx) DeleteImport(id int64) error {
	if err := tx.db.Delete(&ImportLine{}, "import_id = ?", id).Error; err != nil {
		return translate(err, "import")
	}
	return translate(tx.db.Delete(&MemberImport{}, "id = ?", id).Error, "import")
}

// ImportLines gives lines of an import behind a line, in one state, or in all for "".
func (tx *Tx) ImportLines(importID, after int64, state string, limit int) ([]ImportLine, error) {
	query := tx.db.Where("import_id = ? AND line > ?", importID, after)
	if state != "" {
		query = query.Where("state = ?", state)
	}
	return list[ImportLine](query.Order("line").Limit(limit), "lines")
}

// SaveImportLine stores what came of a line.
func (tx *Tx) SaveImportLine(l *ImportLine) error { return translate(tx.db.Save(l).Error, "line") }

// ImportTally counts the lines of imports by state.
func (tx *Tx) ImportTally(importIDs []int64) (map[int64]map[string]int64, error) {
	var rows []struct {
		ImportID, N int64
		State       string
	}
	found := map[int64]map[string]int64{}
	err := tx.db.Model(&ImportLine{}).Where("import_id IN ?", importIDs).Select("import_id, state, count(*) AS n").
		Group("import_id, state").Scan(&rows).Error
	for _, row := range rows {
		if found[row.ImportID] == nil {
			found[row.ImportID] = map[string]int64{}
		}
		found[row.ImportID][row.State] = row.N
	}
	return found, translate(err, "lines")
}
