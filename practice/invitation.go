package practice

import (
	"context"
	"crypto/rand"
	"time"

	"praxis/models"
)

// InvitationPath is where links to join begin, after the host.
const InvitationPath = "/join/"

// NewInvitation is what an invitation allows.
type NewInvitation struct {
	MaxUses int64         // 0 for any number
	Lasts   time.Duration // 0 for as long as it is not revoked
}

// Invite makes a link by which one joins a community. Errors: Forbidden for who does not run it, Invalid for limits below
// zero.
func (s *Service) Invite(ctx context.Context, actor, community *models.Actor, wanted NewInvitation) (*models.Invitation, error) {
	if wanted.MaxUses < 0 || wanted.Lasts < 0 {
		return nil, invalid("max_uses", "Validation failed: limits of an invitation are numbers above zero, or nothing")
	}
	invitation := &models.Invitation{CommunityID: community.ID, Token: rand.Text(), CreatedBy: actor.ID, MaxUses: wanted.MaxUses}
	if wanted.Lasts > 0 {
		invitation.ExpiresAt = models.At(s.store.Now().Add(wanted.Lasts))
	}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.runs(tx, actor, community); err != nil {
			return err
		}
		return tx.PutInvitation(invitation)
	})
	return invitation, err
}

// RevokeInvitation ends an invitation. Errors: NotFound, Forbidden for who does not run its community.
func (s *Service) RevokeInvitation(ctx context.Context, actor, community *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.runs(tx, actor, community); err != nil {
			return err
		}
		invitation, err := tx.Invitation(id)
		if err != nil {
			return err
		}
		if invitation.CommunityID != community.ID {
			return models.Errorf(models.NotFound, "invitation not found")
		}
		return tx.RevokeInvitation(id)
	})
}

// useInvitation grants a request by the invitation that it shows.
func (s *Service) useInvitation(tx *models.Tx, community *models.Actor, token string, m *models.Membership) error {
	none := invalid("invitation", "Validation failed: this invitation does not count any more, or is none for @%s: ask for a new link", community.Acct())
	invitation, err := tx.InvitationByToken(token)
	if models.IsNotFound(err) || (err == nil && invitation.CommunityID != community.ID) {
		return none
	}
	if err != nil {
		return err
	}
	used, err := tx.UseInvitation(invitation.ID)
	if err != nil {
		return err
	}
	if !used {
		return none
	}
	m.State, m.InvitedBy = models.MembershipAccepted, invitation.CreatedBy
	return nil
}
