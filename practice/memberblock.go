package practice

import (
	"context"

	"praxis/models"
)

// maxMemberBlocks is how many hosts one member may block.
const maxMemberBlocks = 2000

// HostOf reads the name of a host that a member typed. Errors: Invalid for what is none, and for this instance's own.
func (s *Service) HostOf(typed string) (string, error) {
	host, err := cleanHost(typed)
	if err != nil {
		return "", err
	}
	if host == s.links.Host {
		return "", invalid("domain", "Validation failed: Domain is this server's own")
	}
	return host, nil
}

// BlockHost lets a member have nothing to do with a host any more: what it sends is kept from their timelines and
// notifications, and follows end in both directions. Blocking again changes nothing.
func (s *Service) BlockHost(ctx context.Context, member *models.Actor, host string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.PutMemberDomainBlock(member.ID, host); err != nil {
			return err
		}
		if n, err := tx.CountMemberDomainBlocks(member.ID); err != nil || n > maxMemberBlocks {
			return orTooMany(err, "domain", "Validation failed: You have blocked the maximum number of domains (%d)", maxMemberBlocks)
		}
		if err := tx.DeleteNotificationsFrom(member.ID, host); err != nil {
			return err
		}
		return s.partFrom(tx, member, host)
	})
}

// partFrom ends all follows between a member and a host.
func (s *Service) partFrom(tx *models.Tx, member *models.Actor, host string) error {
	followed, err := tx.FollowedOn(member.ID, host)
	if err != nil {
		return err
	}
	for i := range followed {
		if err := s.unfollow(tx, member, &followed[i]); err != nil {
			return err
		}
	}
	followers, err := tx.FollowersOn(member.ID, host)
	if err != nil {
		return err
	}
	for i := range followers {
		if err := s.dropFollower(tx, member, &followers[i]); err != nil {
			return err
		}
	}
	return nil
}

// UnblockHost lifts a member's block of a host; without one it changes nothing. Follows do not come back.
func (s *Service) UnblockHost(ctx context.Context, member *models.Actor, host string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DeleteMemberDomainBlock(member.ID, host) })
}
