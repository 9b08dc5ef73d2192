package practice

import (
	"context"

	"praxis/models"
)

// MaxPins is how many posts a member may pin.
const MaxPins = 5

// Pin shows a member's own post at the top of their profile, and tells other hosts if everybody may read it. Pinning
// again changes nothing. Errors: NotFound when the member may not read the post; Invalid when it is somebody else's, a
// boost or for single people, and beyond MaxPins.
func (s *Service) Pin(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.VisiblePost(post.ID, member.ID)
		if err != nil {
			return err
		}
		if err := mayPin(member, current); err != nil {
			return err
		}
		if added, err := tx.PutPin(member.ID, current.ID); err != nil || !added {
			return err
		}
		// Counted after it is added: two requests at once cannot both find the last place free and keep quiet about it.
		if n, err := tx.CountPins(member.ID); err != nil || n > MaxPins {
			return orTooMany(err, "base", "Validation failed: You have already pinned the maximum number of posts (%d)", MaxPins)
		}
		return s.outbox.Publish(tx, Pinned{Actor: member, Post: current})
	})
}

func mayPin(member *models.Actor, post *models.Post) error {
	switch {
	case post.IsBoost():
		return invalid("base", "Validation failed: A boost cannot be pinned")
	case post.AuthorID != member.ID:
		return invalid("base", "Validation failed: Someone else's post cannot be pinned")
	case post.Visibility == models.Direct:
		return invalid("base", "Validation failed: Posts that are only visible to mentioned users cannot be pinned")
	}
	return nil
}

// orTooMany gives a database's error, or else says that there are too many of something.
func orTooMany(err error, field, format string, limit int) error {
	if err != nil {
		return err
	}
	return invalid(field, format, limit)
}

// Unpin takes a pin back; without one it changes nothing. Errors: NotFound when the member may not read the post.
func (s *Service) Unpin(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.VisiblePost(post.ID, member.ID)
		if err != nil {
			return err
		}
		if removed, err := tx.DeletePin(member.ID, current.ID); err != nil || !removed {
			return err
		}
		return s.outbox.Publish(tx, Pinned{Actor: member, Post: current, Withdrawn: true})
	})
}

// Pinned: Actor pinned Post to its profile, or no longer does (Withdrawn).
type Pinned struct {
	Actor     *models.Actor
	Post      *models.Post
	Withdrawn bool
}

func (Pinned) event() {}
