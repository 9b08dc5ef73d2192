package practice

import (
	"context"
	"unicode/utf8"

	"praxis/models"
)

// maxActorNote is how long a private note may be, in characters, as with Mastodon.
const maxActorNote = 2000

// NoteActor stores what a member noted about target, for the member alone; an empty text takes the note away. Errors:
// Invalid when it is too long.
func (s *Service) NoteActor(ctx context.Context, member, target *models.Actor, comment string) error {
	if utf8.RuneCountInString(comment) > maxActorNote {
		return invalid("comment", "Validation failed: Comment is too long (maximum is %d characters)", maxActorNote)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		return tx.SetActorNote(models.ActorNote{ActorID: member.ID, TargetID: target.ID, Comment: comment})
	})
}

// Endorse shows target on a member's profile until the member no longer follows target. Endorsing again changes nothing.
// Errors: Invalid when the member does not follow target.
func (s *Service) Endorse(ctx context.Context, member, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		follow, err := tx.FollowBetween(member.ID, target.ID)
		if models.IsNotFound(err) || (err == nil && follow.State != models.FollowAccepted) {
			return invalid("base", "Validation failed: You must be already following the person you want to endorse")
		}
		if err != nil {
			return err
		}
		return tx.PutEndorsement(member.ID, target.ID)
	})
}

// Unendorse takes an endorsement back; without one it changes nothing.
func (s *Service) Unendorse(ctx context.Context, member, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteEndorsement(member.ID, target.ID) })
}

// DismissSuggestion ends that target is suggested to a member.
func (s *Service) DismissSuggestion(ctx context.Context, member, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DismissSuggestion(member.ID, target.ID) })
}
