package practice

import "praxis/models"

// bury gives a post that was deleted before it came its place in the thread, without a word of it: what answers it hangs
// there as if the post had come in time. Who is not let in has no place to be given.
func (s *Service) bury(tx *models.Tx, draft *Draft) error {
	if _, err := tx.PostByURI(draft.URI); err == nil || !models.IsNotFound(err) {
		return err
	}
	post := newPost(draft)
	post.Title, post.Content, post.SpoilerText, post.Kind = "", "", "", ""
	if err := s.placeInThread(tx, post, draft); err != nil {
		return err
	}
	if _, err := s.communityOf(tx, post, draft); err != nil {
		return err
	}
	if err := s.assignIDs(tx, post, draft); err != nil {
		return err
	}
	if err := tx.CreatePost(post); err != nil {
		return err
	}
	if _, err := tx.AdoptOrphans(post); err != nil {
		return err
	}
	return tx.MarkPostDeleted(post)
}
