package practice

import (
	"context"

	"praxis/models"
)

// ShareWithPartner shares a community with another organization, by its host. Errors: Forbidden for who is no convener of
// it, Invalid for what is no host, for this one, and for one with which no partnership stands.
func (s *Service) ShareWithPartner(ctx context.Context, convener, community *models.Actor, host string, mayPost bool) error {
	host, err := cleanHost(host)
	if err != nil {
		return err
	}
	if host == s.links.Host {
		return invalid("host", "Validation failed: %s is this server itself, which is always a part of it", host)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.convened(tx, convener, community); err != nil {
			return err
		}
		if err := mayShareWith(tx, host); err != nil {
			return err
		}
		return tx.PutCommunityPartner(community.ID, host, mayPost)
	})
}

// mayShareWith refuses hosts with which no partnership stands: who shares must not believe that an agreement protects what is shared.
func mayShareWith(tx *models.Tx, host string) error {
	p, err := tx.Partner(host)
	switch {
	case models.IsNotFound(err):
		return invalid("host", "Validation failed: %s is no partner of this organization. An administrator first proposes a partnership to it, "+
			"or makes it a one-sided partner if it runs other software", host)
	case err != nil || p.Stands():
		return err
	}
	return invalid("host", "Validation failed: the partnership with %s is %s, not live: share the community once it is", host, p.State)
}

// EndPartnerSharing ends that a community is shared with a host: its followers there are dropped at once.
func (s *Service) EndPartnerSharing(ctx context.Context, convener, community *models.Actor, host string) error {
	host, err := cleanHost(host)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := s.convened(tx, convener, community)
		if err != nil {
			return err
		}
		if err := tx.DeleteCommunityPartner(community.ID, host); err != nil || row.Class != models.ClassPartners {
			return err
		}
		followers, err := tx.FollowersFrom(community.ID, host)
		if err != nil {
			return err
		}
		for i := range followers {
			if err := s.dropFollower(tx, community, &followers[i]); err != nil {
				return err
			}
		}
		return nil
	})
}
