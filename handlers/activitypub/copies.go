package activitypub

import (
	"net/http"

	"praxis/federation/vocab"
	"praxis/models"
)

// maxAddress is how long the id of a post may be that is asked for.
const maxAddress = 2000

// getCopies answers with what the author of a post at another host signed, byte for byte, where a community of ours took it from a
// sibling: also when that host is there no more. People get the page of it. Who may not read the post learns nothing.
func (s *Server) getCopies(w http.ResponseWriter, r *http.Request) {
	tx := s.store.Read(r.Context())
	if prefersHTML(r) {
		if post, _, err := s.copyOf(tx, r, asker{}); err == nil {
			author, err := tx.Actor(post.AuthorID)
			if err == nil {
				s.seeOther(w, s.links.PostPage(author.Username+"@"+author.Host, post.ID))
				return
			}
		}
	}
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	post, copied, err := s.copyOf(tx, r, who)
	if err != nil {
		s.fail(w, r, who.unseen(err))
		return
	}
	s.write(w, r, http.StatusOK, []byte(copied.Document), post.IsPublic())
}

// copyOf gives the post that the query names, with what its author signed, as far as the community of the path shows it to who may know of
// it.
func (s *Server) copyOf(tx *models.Tx, r *http.Request, who asker) (*models.Post, *models.SignedCopy, error) {
	community, err := s.ourCommunity(tx, r, who)
	if err != nil {
		return nil, nil, err
	}
	uri := r.URL.Query().Get("id")
	if _, err := vocab.ParseIRI(uri); err != nil || len(uri) > maxAddress {
		return nil, nil, errNotFound
	}
	taken, err := tx.Admission(community.ID, uri)
	if err != nil || taken.State != models.AdmissionShown || taken.PostID == 0 {
		return nil, nil, orAbsent(err)
	}
	post, err := tx.VisiblePost(taken.PostID, who.viewer())
	if err != nil {
		return nil, nil, err
	}
	copied, err := tx.SignedCopyOf(post.ID)
	return post, copied, err
}

// orAbsent gives an error, or that there is nothing.
func orAbsent(err error) error {
	if err == nil {
		return errNotFound
	}
	return err
}
