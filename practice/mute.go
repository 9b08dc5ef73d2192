package practice

import (
	"context"
	"time"

	"praxis/models"
)

// MuteOptions tune a mute: whether it covers notifications, and how long it lasts (0: without end).
type MuteOptions struct {
	Notifications bool
	Duration      time.Duration
}

// MaxMute is how long a mute with an end may last; longer ones are as good as without.
const MaxMute = 100 * 365 * 24 * time.Hour

// Mute keeps what target writes out of a member's timelines, and out of their notifications if the options say so; target
// never hears of it. Muting again changes the settings. Errors: Forbidden for oneself; Invalid for a duration below zero
// or beyond MaxMute.
func (s *Service) Mute(ctx context.Context, member, target *models.Actor, opts MuteOptions) error {
	if member.ID == target.ID {
		return models.Errorf(models.Forbidden, "Nobody mutes themselves.")
	}
	if opts.Duration < 0 || opts.Duration > MaxMute {
		return invalid("duration", "Validation failed: Duration must be a number of seconds, 0 for no end")
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		mute := &models.Mute{ActorID: member.ID, TargetID: target.ID, HideNotifications: opts.Notifications}
		if opts.Duration > 0 {
			mute.ExpiresAt = models.At(tx.Now().Time().Add(opts.Duration))
		}
		if err := tx.PutMute(mute); err != nil || !opts.Notifications {
			return err
		}
		return tx.DeleteNotificationsBy(member.ID, target.ID)
	})
}

// Unmute lifts a mute; without one it changes nothing.
func (s *Service) Unmute(ctx context.Context, member, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteMute(member.ID, target.ID) })
}

// MuteThread ends that a member is told of what happens in the thread of a post. Errors: NotFound when the member may not
// read the post.
func (s *Service) MuteThread(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.withOriginal(ctx, member, post, func(tx *models.Tx, post *models.Post) error {
		return tx.PutThreadMute(member.ID, post.ThreadID)
	})
}

// UnmuteThread lifts the mute of a thread; without one it changes nothing. Errors: as for MuteThread.
func (s *Service) UnmuteThread(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.withOriginal(ctx, member, post, func(tx *models.Tx, post *models.Post) error {
		return tx.DeleteThreadMute(member.ID, post.ThreadID)
	})
}
