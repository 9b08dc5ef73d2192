package practice

import (
	"context"

	"praxis/internal/text"
	"praxis/models"
)

// KinTook: By, a community elsewhere, passes on a post that Origin took first, which is one community with it. Nobody here has an
// agreement with either.
type KinTook struct {
	By, Origin *models.Actor
	Post       *models.Post
	Said       Announced
}

// AdmitKin shows those who follow a community elsewhere what a sibling of it took first: as a thread of that one, on the pages and in
// the lists of both, and at home once.
func (s *Service) AdmitKin(ctx context.Context, e KinTook) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := tx.LockPost(e.Post.ID)
		if err != nil || post.IsGone() || !post.IsPublic() && !post.IsRestricted() {
			return ignoreMissing(err)
		}
		if err := joinKin(tx, post, e.Origin); err != nil || post.CommunityID != e.Origin.ID {
			return err
		}
		row := &models.Admission{
			CommunityID: e.By.ID, ObjectURI: post.URI, PostID: post.ID, ActivityURI: e.Said.URI, OriginURI: e.Origin.URI, ViaURI: e.By.URI,
			State: models.AdmissionShown, AdmittedAt: e.Said.At,
		}
		fresh, err := tx.AddAdmission(row)
		if err != nil || !fresh {
			return err
		}
		if post.IsRestricted() {
			if err := s.tellReaders(tx, post); err != nil {
				return err
			}
		}
		if post.InReplyToURI == "" {
			if _, err := s.share(tx, e.By, post, e.Said.URI, e.Said.At); err != nil {
				return err
			}
		}
		return s.catchUp(tx, post)
	})
}

// joinKin makes a post that came by a boost before one of its community.
func joinKin(tx *models.Tx, post *models.Post, origin *models.Actor) error {
	if post.CommunityID != 0 {
		return nil
	}
	post.CommunityID = origin.ID
	if post.InReplyToURI == "" && post.Title == "" {
		post.Title = text.TitleFromHTML(post.Content, maxTitle)
	}
	return tx.SavePost(post)
}
