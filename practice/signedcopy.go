package practice

import "praxis/models"

// keepCopy keeps what the author of a post of a sibling signed, where that was verified, unless a later version is kept.
func keepCopy(tx *models.Tx, post *models.Post, cause Cause) error {
	if cause.Proof.KeyID == "" || len(cause.Raw) == 0 || post.Local || !post.IsPublic() || post.ID == 0 {
		return nil
	}
	known, err := tx.SignedCopyOf(post.ID)
	if err == nil && known.ProvenAt >= cause.Proof.At {
		return nil
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	return tx.KeepSignedCopy(&models.SignedCopy{
		PostID: post.ID, ObjectURI: post.URI, Document: string(cause.Raw), KeyID: cause.Proof.KeyID, ProvenAt: cause.Proof.At,
	})
}

// keepChanged is keepCopy for a change: only where a Group of ours took the post from a sibling.
func keepChanged(tx *models.Tx, post *models.Post, cause Cause) error {
	if cause.Proof.KeyID == "" {
		return nil
	}
	if taken, err := tx.HasAdmissions(post.ID); err != nil || !taken {
		return err
	}
	return keepCopy(tx, post, cause)
}
