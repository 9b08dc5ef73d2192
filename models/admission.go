package models

// The states of an admission.
const (
	AdmissionShown     = "shown"
	AdmissionWithdrawn = "withdrawn" // by moderators of the origin: everywhere
	AdmissionHidden    = "hidden"    // by moderators of ours: here
)

// Admission is what a Group of ours took from a sibling.
type Admission struct {
	ID          int64
	CommunityID int64  // ours
	ObjectURI   string // the post
	PostID      int64  // it, as we have it; 0 when it is gone
	ActivityURI string // what the sibling passed on
	OriginURI   string // the Group that took it first
	ViaURI      string // the sibling that told us
	State       string
	Reason      string
	AdmittedAt  Timestamp // by the origin, as far as it is known
	ChangedAt   Timestamp
}

// AddAdmission stores what was taken, and reports whether it is new: the same object is taken once.
func (tx *Tx) AddAdmission(a *Admission) (bool, error) {
	known, err := tx.Admission(a.CommunityID, a.ObjectURI)
	if err == nil {
		*a = *known
		return false, nil
	}
	if !IsNotFound(err) {
		return false, err
	}
	a.ID, a.ChangedAt = tx.NewID(), tx.Now()
	return true, translate(tx.db.Create(a).Error, "admission")
}

// SaveAdmission stores one that changed.
func (tx *Tx) SaveAdmission(a *Admission) error {
	a.ChangedAt = tx.Now()
	return translate(tx.db.Save(a).Error, "admission")
}

// Admission gives what a Group of ours took, by the address of the post.
func (tx *Tx) Admission(communityID int64, objectURI string) (*Admission, error) {
	return first[Admission](tx.db.Where("community_id = ? AND object_uri = ?", communityID, objectURI), "admission")
}

// AdmissionsOf lists who here took a post.
func (tx *Tx) AdmissionsOf(postID int64) ([]Admission, error) {
	return list[Admission](tx.db.Where("post_id = ?", postID).Order("id"), "admissions")
}
