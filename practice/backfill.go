package practice

import (
	"context"
	"time"

	"praxis/models"
)

// OnBackfill sets what is called after a commit that left something of another host to be fetched. Call it before any verb.
func (s *Service) OnBackfill(poke func()) { s.onBackfill = poke }

func (s *Service) pokeBackfill(tx *models.Tx) {
	if s.onBackfill != nil {
		tx.AfterCommit(s.onBackfill)
	}
}

// becomeReader begins to fetch what a community elsewhere had before, when the first member here follows it.
func (s *Service) becomeReader(tx *models.Tx, actor, community *models.Actor) error {
	if !actor.Local || community.Local || !community.IsCommunity() || community.Outbox == "" {
		return nil
	}
	started, err := tx.StartBackfill(community.ID, community.Outbox)
	if started {
		s.pokeBackfill(tx)
	}
	return err
}

// BackfillAgain fetches once more what a community elsewhere has. Errors: Invalid for one of this instance.
func (s *Service) BackfillAgain(ctx context.Context, community *models.Actor) error {
	if community.Local || !community.IsCommunity() || community.Outbox == "" {
		return invalid("community", "@%s is no community of another host that has an outbox", community.Acct())
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		s.pokeBackfill(tx)
		return tx.AgainBackfill(community.ID, community.Outbox)
	})
}

// threadFresh is how long what was fetched of a thread is good enough for who opens it.
const threadFresh = 15 * time.Minute

// RefreshThread asks for what is in the thread of a post from elsewhere, in the background, and not too often.
func (s *Service) RefreshThread(ctx context.Context, post *models.Post) error {
	if !post.IsPublic() {
		return nil
	}
	root, err := s.store.Read(ctx).Post(post.ThreadID)
	if err != nil || root.Local || root.ContextURI == "" || s.links.IsOurs(root.ContextURI) || root.IsGone() {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		asked, err := tx.AskThreadAgain(root.ContextURI, threadFresh)
		if asked {
			s.pokeBackfill(tx)
		}
		return err
	})
}

// AdmitBackfilled records that a community took a thread that was fetched later: on the community's page, and in nobody's
// home. At is when it took it.
func (s *Service) AdmitBackfilled(ctx context.Context, community *models.Actor, post *models.Post, uri string, at models.Timestamp) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(post.ID)
		if err != nil || current.IsGone() || (!current.IsPublic() && !current.IsRestricted()) || current.InReplyToURI != "" {
			return err
		}
		if current.CommunityID == 0 {
			current.CommunityID = community.ID
			if err := tx.SavePost(current); err != nil {
				return err
			}
		}
		if current.CommunityID != community.ID {
			return nil
		}
		if at == 0 || at > tx.Now() {
			at = current.PublishedAt
		}
		if err := s.admitHistory(tx, community, current, at); err != nil {
			return err
		}
		if _, err := tx.BoostOf(current.ID, community.ID); err == nil || !models.IsNotFound(err) {
			return err
		}
		boost := &models.Post{
			ID: tx.NewIDAt(at.Time()), URI: uri, AuthorID: community.ID, ReblogOfID: current.ID, Type: "Announce",
			Visibility: current.Visibility, PublishedAt: at, CommunityID: community.ID,
		}
		if uri == "" {
			boost.URI = current.URI + "#in/" + format(community.ID)
		}
		return tx.CreatePost(boost)
	})
}

// maxMissedAtHome is how much of what one actor said during an absence comes home.
const maxMissedAtHome = 500

// EndBackfill places the latest of what a backfill brought in the homes of those who follow the community.
func (s *Service) EndBackfill(ctx context.Context, communityID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		finished, err := tx.FinishBackfill(communityID)
		if err != nil || !finished {
			return err
		}
		run, err := tx.Backfill(communityID)
		if err != nil || run.Silent {
			return err
		}
		followers, err := tx.LocalFollowers(communityID)
		if err != nil {
			return err
		}
		latest, since := homeBackfill, models.Timestamp(0)
		if run.Since != 0 { // all that was missed belongs at home
			latest, since = maxMissedAtHome, run.Since.Add(-models.AbsenceOverlap)
		}
		for i := range followers {
			if err := tx.BackfillHomeSince(followers[i].ID, communityID, latest, since); err != nil {
				return err
			}
		}
		return nil
	})
}
