package models

import (
	"slices"
	"time"

	"gorm.io/gorm/clause"
)

// The states of an attachment. What remote posts carry is ready always.
const (
	MediaReady      = "ready"
	MediaProcessing = "processing" // File holds what was uploaded, as it came
	MediaFailed     = "failed"     // Failure says why
	MediaDropped    = "dropped"    // its files are being deleted
)

// Attachment is a file or link that a post carries. Those of members exist before their post does: their id is what
// clients know them by from the upload to the end.
type Attachment struct {
	ID            int64
	PostID        int64 // 0 for an upload that no post carries
	OwnerID       int64 // who uploaded it; 0 for what remote posts carry
	Position      int64
	Type          string // image, video, gifv, audio, unknown: as Mastodon's API names them; "link" for a plain link
	MediaType     string
	URL           string
	Description   string
	Blurhash      string
	Width         int64
	Height        int64
	State         string
	Failure       string
	File          string // the name under which it is kept here, as are PreviewFile's
	PreviewFile   string
	PreviewURL    string
	PreviewWidth  int64
	PreviewHeight int64
	Size          int64 // in bytes
	FocusX        float64
	FocusY        float64
	Duration      float64   // seconds
	FrameRate     string    // a fraction such as 30000/1001
	CreatedAt     Timestamp `gorm:"autoCreateTime:false"` // of an upload: since when no post carries it
}

// Files names what is kept of an attachment here.
func (a *Attachment) Files() []string {
	return slices.DeleteFunc([]string{a.File, a.PreviewFile}, func(name string) bool { return name == "" })
}

// SetAttachments replaces the attachments of a remote post. What has the same address as before keeps its id.
func (tx *Tx) SetAttachments(postID int64, attachments []Attachment) error {
	before, err := list[Attachment](tx.db.Where("post_id = ?", postID).Order("position"), "attachments")
	if err != nil {
		return err
	}
	if err := tx.db.Delete(&Attachment{}, "post_id = ?", postID).Error; err != nil {
		return translate(err, "attachments")
	}
	for i := range attachments {
		a := attachments[i]
		a.ID, a.PostID, a.Position, a.State = 0, postID, int64(i), MediaReady
		same := slices.IndexFunc(before, func(old Attachment) bool { return old.URL == a.URL })
		if same >= 0 {
			a.ID, a.CreatedAt = before[same].ID, before[same].CreatedAt
			before = slices.Delete(before, same, same+1)
		} else {
			a.ID, a.CreatedAt = tx.NewID(), tx.Now()
		}
		if err := tx.db.Create(&a).Error; err != nil {
			return translate(err, "attachments")
		}
	}
	return nil
}

// CreateUpload stores what a member uploaded.
func (tx *Tx) CreateUpload(a *Attachment) error {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(a).Error, "upload")
}

// Upload gives what a member uploaded, whether a post carries it or not. Errors: NotFound for what is another's.
func (tx *Tx) Upload(id, ownerID int64) (*Attachment, error) {
	return first[Attachment](tx.db.Where("id = ? AND owner_id = ? AND state <> ?", id, ownerID, MediaDropped), "media")
}

// Uploads gives those of the ids that a member uploaded, by id.
func (tx *Tx) Uploads(ids []int64, ownerID int64) (map[int64]*Attachment, error) {
	found := map[int64]*Attachment{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Attachment](tx.db.Where("id IN ? AND owner_id = ? AND state <> ?", ids, ownerID, MediaDropped), "media")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// CountLooseUploads counts the uploads of a member that no post carries.
func (tx *Tx) CountLooseUploads(ownerID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&Attachment{}).Where("owner_id = ? AND post_id = 0", ownerID).Count(&n).Error
	return n, translate(err, "media")
}

// LockUpload is Upload, and holds the row against other writers until the transaction ends.
func (tx *Tx) LockUpload(id, ownerID int64) (*Attachment, error) {
	query := tx.db
	if tx.store.dialect == dialectPostgres {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return first[Attachment](query.Where("id = ? AND owner_id = ? AND state <> ?", id, ownerID, MediaDropped), "media")
}

// SaveUpload stores what changed of an upload that is locked.
func (tx *Tx) SaveUpload(a *Attachment) error { return translate(tx.db.Save(a).Error, "media") }

// AttachUpload lets a post carry an upload at a position: false when another post does, or when it is not ready.
func (tx *Tx) AttachUpload(a *Attachment, postID, position int64) (bool, error) {
	result := tx.db.Model(&Attachment{}).Where("id = ? AND state = ? AND post_id IN ?", a.ID, MediaReady, []int64{0, postID}).
		UpdateColumns(map[string]any{"post_id": postID, "position": position})
	return result.RowsAffected == 1, translate(result.Error, "media")
}

// HoldUploads keeps loose uploads of a member from the sweep until some time after a moment, for a post that waits for it.
// False when one of them cannot be carried.
func (tx *Tx) HoldUploads(ids []int64, ownerID int64, until Timestamp) (bool, error) {
	if len(ids) == 0 {
		return true, nil
	}
	result := tx.db.Model(&Attachment{}).Where("id IN ? AND owner_id = ? AND state = ? AND post_id = 0", ids, ownerID, MediaReady).
		UpdateColumn("created_at", until)
	return result.RowsAffected == int64(len(ids)), translate(result.Error, "media")
}

// DetachUploads lets a post carry no uploads but those of ids. The others can be used again until the sweep finds them.
func (tx *Tx) DetachUploads(postID int64, but []int64) error {
	query := tx.db.Model(&Attachment{}).Where("post_id = ? AND owner_id <> 0", postID)
	if len(but) > 0 {
		query = query.Where("id NOT IN ?", but)
	}
	return translate(query.UpdateColumns(map[string]any{"post_id": 0, "position": 0, "created_at": tx.Now()}).Error, "media")
}

// WaitingUploads lists uploads that are still to be worked on, oldest first: pictures, or films and sounds.
func (tx *Tx) WaitingUploads(films bool, limit int) ([]Attachment, error) {
	query := tx.db.Where("state = ? AND (type <> 'image') = ?", MediaProcessing, films)
	return list[Attachment](query.Order("id").Limit(limit), "media")
}

// StaleUploads lists uploads that no post has carried for some time, and those whose deletion was cut short.
func (tx *Tx) StaleUploads(age time.Duration, limit int) ([]Attachment, error) {
	query := tx.db.Where("owner_id <> 0 AND post_id = 0 AND (created_at < ? OR state = ?)", tx.Now().Add(-age), MediaDropped)
	return list[Attachment](query.Order("id").Limit(limit), "media")
}

// DropUpload begins to delete an upload: no post can carry it any more. False when one does.
func (tx *Tx) DropUpload(id int64) (bool, error) {
	result := tx.db.Model(&Attachment{}).Where("id = ? AND owner_id <> 0 AND post_id = 0", id).UpdateColumn("state", MediaDropped)
	return result.RowsAffected == 1, translate(result.Error, "media")
}

// ForgetUpload removes the row of a dropped upload, once its files are gone.
func (tx *Tx) ForgetUpload(id int64) error {
	return translate(tx.db.Delete(&Attachment{}, "id = ? AND state = ?", id, MediaDropped).Error, "media")
}
