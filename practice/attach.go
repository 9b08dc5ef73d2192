package practice

import (
	"context"
	"strconv"
	"strings"

	"praxis/models"
)

// MaxAttachments is how many files a post of a member carries.
const MaxAttachments = 4

// storeFiles gives a new post what it carries.
func (s *Service) storeFiles(tx *models.Tx, post *models.Post, draft *Draft) error {
	if !draft.Author.Local {
		if len(draft.Attachments) == 0 {
			return nil
		}
		return tx.SetAttachments(post.ID, draft.Attachments)
	}
	return s.attach(tx, post, draft.Media)
}

// prepareFiles tells a draft of an edit what the post will carry: a post without text must carry something.
func (s *Service) prepareFiles(ctx context.Context, post *models.Post, edit Edit, draft *Draft) error {
	draft.edit = edit
	if edit.Media != nil {
		draft.Media = *edit.Media
		return nil
	}
	carried, err := s.store.Read(ctx).Attachments([]int64{post.ID})
	for _, a := range carried[post.ID] {
		draft.Media = append(draft.Media, a.ID)
	}
	return err
}

// editFiles carries out what an edit says of files: which there are, and how they are described.
func (s *Service) editFiles(tx *models.Tx, post *models.Post, draft *Draft) error {
	if draft.edit.Media != nil {
		if err := s.attach(tx, post, draft.Media); err != nil {
			return err
		}
	}
	for _, change := range draft.edit.Described {
		a, err := tx.LockUpload(change.ID, post.AuthorID)
		if err == nil && a.PostID != post.ID {
			err = models.Errorf(models.NotFound, "media %d belongs to another post", change.ID)
		}
		if models.IsNotFound(err) {
			return invalid("media_attributes", "Validation failed: Media %d is not attached to this post", change.ID)
		}
		if err != nil {
			return err
		}
		if err := change.apply(a); err != nil {
			return err
		}
		if err := tx.SaveUpload(a); err != nil {
			return err
		}
	}
	return nil
}

// attach lets a post carry uploads of its author, in their order, and no others.
func (s *Service) attach(tx *models.Tx, post *models.Post, ids []int64) error {
	if len(ids) > MaxAttachments {
		return invalid("media_ids", "Validation failed: Cannot attach more than %d files", MaxAttachments)
	}
	found, err := tx.Uploads(ids, post.AuthorID)
	if err != nil {
		return err
	}
	if err := checkUploads(found, ids, post.ID); err != nil {
		return err
	}
	if err := tx.DetachUploads(post.ID, ids); err != nil {
		return err
	}
	for i, id := range ids {
		attached, err := tx.AttachUpload(found[id], post.ID, int64(i))
		if err != nil {
			return err
		}
		if !attached { // somebody was faster
			return notAttachable([]int64{id})
		}
	}
	return nil
}

func checkUploads(found map[int64]*models.Attachment, ids []int64, postID int64) error {
	var absent []int64
	for _, id := range ids {
		if a := found[id]; a == nil || (a.PostID != 0 && a.PostID != postID) {
			absent = append(absent, id)
		}
	}
	if len(absent) > 0 {
		return notAttachable(absent)
	}
	for _, id := range ids {
		if kind := found[id].Type; len(ids) > 1 && (kind == "video" || kind == "audio") {
			return invalid("media_ids", "Validation failed: Cannot attach a video to a post that already contains images")
		}
		switch found[id].State {
		case models.MediaProcessing:
			return invalid("media_ids", "Validation failed: Cannot attach files that have not finished processing. Try again in a moment!")
		case models.MediaFailed:
			return invalid("media_ids", "Validation failed: Media %d could not be processed: %s", id, found[id].Failure)
		}
	}
	return nil
}

func notAttachable(ids []int64) error {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = strconv.FormatInt(id, 10)
	}
	return invalid("media_ids", "Validation failed: Media %s not found or already attached to another post", strings.Join(names, ", "))
}
