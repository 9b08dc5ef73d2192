package practice

import (
	"context"

	"praxis/models"
)

// Favourite records that actor likes post; liking twice changes nothing. URI is the Like's id, "" for members. Errors:
// NotFound when actor may not read the post.
func (s *Service) Favourite(ctx context.Context, actor *models.Actor, post *models.Post, uri string, cause Cause) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := s.original(tx, post, actor.ID)
		if err != nil {
			return err
		}
		id := tx.NewID()
		if uri == "" {
			uri = s.links.Activity(id)
		}
		favourite := &models.Favourite{ID: id, URI: uri, ActorID: actor.ID, PostID: post.ID}
		added, err := tx.PutFavourite(favourite)
		if err != nil || !added {
			return err
		}
		if err := s.notifyAuthor(tx, models.NotifyFavourite, actor, post); err != nil {
			return err
		}
		return s.outbox.Publish(tx, Favourited{Actor: actor, Post: post, Favourite: favourite, Cause: cause})
	})
}

// Unfavourite takes a like back; without one it changes nothing.
func (s *Service) Unfavourite(ctx context.Context, actor *models.Actor, post *models.Post, cause Cause) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		post, err := s.original(tx, post, actor.ID)
		if err != nil {
			return err
		}
		favourite, err := tx.FavouriteOf(post.ID, actor.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteFavourite(favourite); err != nil {
			return err
		}
		return s.outbox.Publish(tx, Unfavourited{Actor: actor, Post: post, Favourite: favourite, Cause: cause})
	})
}

// original gives the post that a boost carries, or the post itself, if viewer may read it.
func (s *Service) original(tx *models.Tx, post *models.Post, viewer int64) (*models.Post, error) {
	id := post.ID
	if post.IsBoost() {
		id = post.ReblogOfID
	}
	return tx.VisiblePost(id, viewer)
}

func (s *Service) notifyAuthor(tx *models.Tx, notifyType string, actor *models.Actor, post *models.Post) error {
	author, err := tx.Actor(post.AuthorID)
	if err != nil || !author.Local || author.Type != models.TypePerson {
		return err
	}
	_, err = tx.Notify(&models.Notification{OwnerID: author.ID, Type: notifyType, ActorID: actor.ID, PostID: post.ID})
	return err
}

// Share boosts post for actor's followers and gives the boost; boosting twice gives the first one. URI is the
// Announce's id, "" for members. Errors: NotFound when actor may not read the post; Invalid when it is not public.
func (s *Service) Share(ctx context.Context, actor *models.Actor, post *models.Post, uri string, at models.Timestamp) (*models.Post, error) {
	var boost *models.Post
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		original, err := s.original(tx, post, actor.ID)
		if err != nil {
			return err
		}
		if !original.IsPublic() && (original.AuthorID != actor.ID || original.Visibility != models.Private) {
			return invalid("id", "Validation failed: only public posts can be boosted")
		}
		boost, err = s.share(tx, actor, original, uri, at)
		return err
	})
	return boost, err
}

// share stores a boost and spreads it. A community's boost is how its followers see a thread: it doesn't count as a
// share and tells the author nothing.
func (s *Service) share(tx *models.Tx, actor *models.Actor, post *models.Post, uri string, at models.Timestamp) (*models.Post, error) {
	if known, err := tx.BoostOf(post.ID, actor.ID); err == nil || !models.IsNotFound(err) {
		return known, err
	}
	boost := boostBy(actor, post, at)
	boost.ID, boost.URI = tx.NewID(), uri
	if at == 0 || at > tx.Now() {
		boost.PublishedAt = tx.Now()
	}
	if uri == "" {
		boost.URI = s.links.Activity(boost.ID)
	}
	if err := tx.CreatePost(boost); err != nil {
		return nil, err
	}
	if actor.Local && actor.Type == models.TypePerson {
		if err := tx.AddToHome(actor.ID, boost); err != nil {
			return nil, err
		}
	}
	if err := tx.AddToHomesOfFollowers(boost); err != nil {
		return nil, err
	}
	if actor.IsCommunity() {
		if err := s.ring(tx, actor.ID, post); err != nil {
			return nil, err
		}
	}
	tx.Emit(models.Change{Kind: models.PostPlaced, ID: boost.ID})
	if !actor.IsCommunity() {
		if err := tx.CountShare(post.ID, 1); err != nil {
			return nil, err
		}
		if err := s.notifyAuthor(tx, models.NotifyReblog, actor, post); err != nil {
			return nil, err
		}
	}
	return boost, s.outbox.Publish(tx, Shared{Actor: actor, Post: post, Boost: boost})
}

// Unshare takes a boost back; without one it changes nothing.
func (s *Service) Unshare(ctx context.Context, actor *models.Actor, post *models.Post) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		id := post.ID
		if post.IsBoost() {
			id = post.ReblogOfID
		}
		boost, err := tx.BoostOf(id, actor.ID)
		if models.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		original, err := tx.Post(id)
		if err != nil {
			return err
		}
		if err := tx.DeleteBoost(boost); err != nil {
			return err
		}
		if !actor.IsCommunity() {
			if err := tx.CountShare(id, -1); err != nil {
				return err
			}
		}
		return s.outbox.Publish(tx, Unshared{Actor: actor, Post: original, Boost: boost})
	})
}

// Admit records that a remote community took a post that we hold: the post belongs to it from now on. A new thread
// enters the homes of the community's followers here as its boost. Groups of ours that are its siblings take the post, too.
func (s *Service) Admit(ctx context.Context, community *models.Actor, post *models.Post, said Announced) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(post.ID)
		if err != nil || current.IsGone() || (!current.IsPublic() && !current.IsRestricted()) {
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
		if current.InReplyToURI == "" {
			if _, err = s.share(tx, community, current, said.URI, said.At); err != nil {
				return err
			}
		}
		if err := s.catchUp(tx, current); err != nil {
			return err
		}
		if current, err = tx.Post(current.ID); err != nil || current.IsGone() {
			return err
		}
		return s.fromSibling(tx, community, current, said)
	})
}
