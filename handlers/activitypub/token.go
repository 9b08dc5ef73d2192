package activitypub

import (
	"net/http"
	"strconv"

	"praxis/federation/outbox"
	"praxis/federation/sign"
	"praxis/models"
)

// getActorToken gives the server of a member of a community of ours what shows other servers that it is one (FEP-db0e). To others the
// community is there, or not, as everywhere.
func (s *Server) getActorToken(w http.ResponseWriter, r *http.Request) {
	who, ok := s.admit(w, r)
	if !ok {
		return
	}
	tx := s.store.Read(r.Context())
	community, err := s.ourCommunity(tx, r, who)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err == nil && !outbox.IssuesTokens(row) {
		err = errNotFound
	}
	if err == nil {
		err = mayHaveToken(tx, who, row)
	}
	var token []byte
	if err == nil {
		token, err = s.writer.ActorToken(tx, community, who.actor.URI)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	setCaching(w, false)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(token)))
	_, _ = w.Write(token)
}

// mayHaveToken: a token is for who signs, and for servers of members alone.
func mayHaveToken(tx *models.Tx, who asker, row *models.Community) error {
	if who.actor == nil {
		return who.refused()
	}
	reads, err := tx.ReadsAsMember(row, who.actor.ID)
	if err == nil && !reads {
		return models.Errorf(models.Forbidden, "Nobody at %s is a member of this community.", who.actor.Host)
	}
	return err
}

// guestPost gives a post of a community that is not for everybody to a server that shows a token of the community, or of a sibling.
// Whatever is wrong with that, the post is as good as absent; the token is judged first, so that no answer tells whether there is one
// (security case E2).
func (s *Server) guestPost(r *http.Request, tx *models.Tx, who asker, id int64) (*models.Post, error) {
	if who.actor == nil || sign.SentToken(r) == nil {
		return nil, errNotFound
	}
	voucher, err := s.cfg.Verifier.Voucher(r.Context(), r, who.actor)
	if err != nil {
		s.log.DebugContext(r.Context(), "token not taken", "reader", who.actor.URI, "error", err)
		if models.ErrorCode(err) == models.Unavailable {
			return nil, err
		}
		return nil, errNotFound
	}
	post, err := tx.Post(id)
	if err != nil || post.CommunityID == 0 || post.Visibility != models.ForMembers && post.Visibility != models.ForPartners {
		return nil, errNotFound
	}
	community, err := tx.Actor(post.CommunityID)
	if err != nil {
		return nil, errNotFound
	}
	if may, err := s.cfg.Verifier.MayVouch(r.Context(), community, voucher); err != nil || !may {
		s.log.DebugContext(r.Context(), "token of another community", "voucher", voucher.URI, "error", err)
		return nil, errNotFound
	}
	return ourPost(tx, id, community.ID) // the community reads what is in it, and nothing that was removed
}
