package models

// The states of an archive of a member's own.
const (
	ExportWaiting = "waiting"
	ExportReady   = "ready"
	ExportFailed  = "failed"
	ExportOver    = "over"
)

// MemberExport is an archive of all that is a member's own.
type MemberExport struct {
	ID        int64
	ActorID   int64
	State     string
	File      string // the name under which it is kept here; "" before it is made
	Size      int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	DoneAt    Timestamp
}

// CreateExport stores that an archive is wanted.
func (tx *Tx) CreateExport(e *MemberExport) error {
	e.ID, e.CreatedAt, e.State = tx.NewID(), tx.Now(), ExportWaiting
	return translate(tx.db.Create(e).Error, "export")
}

// SaveExport stores how far an archive is.
func (tx *Tx) SaveExport(e *MemberExport) error { return translate(tx.db.Save(e).Error, "export") }

// Export gives an archive of a member's own (security case E23).
func (tx *Tx) Export(actorID, id int64) (*MemberExport, error) {
	return first[MemberExport](tx.db.Where("id = ? AND actor_id = ?", id, actorID), "export")
}

// Exports lists a member's archives, newest first.
func (tx *Tx) Exports(actorID int64) ([]MemberExport, error) {
	return list[MemberExport](tx.db.Where("actor_id = ?", actorID).Order("id DESC").Limit(20), "exports")
}

// ExportFiles gives the files of a member's archives.
func (tx *Tx) ExportFiles(actorID int64) ([]string, error) {
	var files []string
	err := tx.db.Model(&MemberExport{}).Where("actor_id = ? AND file <> ''", actorID).Pluck("file", &files).Error
	return files, translate(err, "exports")
}

// ExportsWaiting lists archives that are to be made, oldest first.
func (tx *Tx) ExportsWaiting(limit int) ([]MemberExport, error) {
	return list[MemberExport](tx.db.Where("state = ?", ExportWaiting).Order("id").Limit(limit), "exports")
}

// ExportsBefore lists archives that were made before a moment and are still kept.
func (tx *Tx) ExportsBefore(at Timestamp, limit int) ([]MemberExport, error) {
	return list[MemberExport](tx.db.Where("state = ? AND done_at < ?", ExportReady, at).Order("id").Limit(limit), "exports")
}
