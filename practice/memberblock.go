package practice

import (
	"context"
	"regexp"
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
)

// maxMemberBlocks is how many hosts one member may block.
const maxMemberBlocks = 2000

// hostName is the name of a host, with a port where it has one.
var hostName = regexp.MustCompile(`^[a-z0-9]+([.-]+[a-z0-9]+)*(:[0-9]+)?$`)

// HostOf reads the name of a host that a member typed. Errors: Invalid for what is none, and for this instance's own.
func (s *Service) HostOf(typed string) (string, error) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	iri, err := vocab.ParseIRI("https://" + typed)
	if typed == "" || len(typed) > 253 || strings.ContainsAny(typed, "/?#@") || err != nil || !hostName.MatchString(iri.Host()) {
		return "", invalid("domain", "Validation failed: Domain is not a valid domain name")
	}
	if iri.Host() == s.links.Host {
		return "", invalid("domain", "Validation failed: Domain is this server's own")
	}
	return iri.Host(), nil
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
