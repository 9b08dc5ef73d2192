package practice

import "praxis/models"

// succeedEverywhere lets the communities of this instance take target in the place of actor, who moved there: with role, and with
// since when they belong. A community that is not for everybody takes it only where target could be let in, and never from somebody
// who left the organization.
func (s *Service) succeedEverywhere(tx *models.Tx, actor, target *models.Actor) error {
	moderated, err := tx.ConvenedBy(actor.ID)
	if err != nil {
		return err
	}
	belongings, err := tx.BelongingsOf(actor.ID)
	if err != nil {
		return err
	}
	for i := range belongings {
		community, err := tx.Actor(belongings[i].CommunityID)
		if err != nil {
			return err
		}
		if may, err := s.maySucceed(tx, actor, target, community); err != nil || !may {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.succeedMember(tx, actor, target, community, belongings[i]); err != nil {
			return err
		}
	}
	for i := range moderated {
		if may, err := s.maySucceed(tx, actor, target, &moderated[i]); err != nil || !may {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.succeedModerator(tx, actor, target, &moderated[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) maySucceed(tx *models.Tx, actor, target, community *models.Actor) (bool, error) {
	if _, err := tx.BanOf(community.ID, target); !models.IsNotFound(err) {
		return false, err
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil || row.IsForAll() {
		return err == nil, err
	}
	if actor.LeftAt != 0 {
		return false, nil
	}
	err = s.mayBelong(tx, target, community, row)
	switch models.ErrorCode(err) {
	case models.Forbidden, models.NotFound:
		return false, nil
	}
	return err == nil, err
}

// succeedMember hands a membership over. To belong is to follow: somebody here follows at once, and whoever is elsewhere once their
// Follow comes, which needs no decision any more.
func (s *Service) succeedMember(tx *models.Tx, actor, target, community *models.Actor, m models.Membership) error {
	if known, err := tx.MembershipIfAny(community.ID, target.ID); err != nil || known != nil && known.State == models.MembershipAccepted {
		return err
	}
	old, err := tx.FollowBetween(actor.ID, community.ID)
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	m.ActorID = target.ID
	if err := tx.PutMembership(&m); err != nil {
		return err
	}
	if target.Local && m.State == models.MembershipAccepted {
		if _, err := s.follow(tx, target, community, FollowOptions{}); err != nil {
			return err
		}
	}
	switch {
	case old == nil:
		return tx.DeleteMembership(community.ID, actor.ID)
	case actor.Local:
		return s.unfollow(tx, actor, community)
	}
	return s.rejectFollow(tx, actor, community, old)
}

// succeedModerator hands a role over, by acts that the moderation log shows.
func (s *Service) succeedModerator(tx *models.Tx, actor, target, community *models.Actor) error {
	role, err := tx.ModeratorRole(community.ID, actor.ID)
	if err != nil || role == "" {
		return err
	}
	reason := "@" + actor.Username + "@" + actor.Host + " moved to @" + target.Username + "@" + target.Host + "."
	err = s.appointIn(tx, &Act{Moderator: community, Community: community, Target: target, Role: role, Reason: reason})
	if err != nil {
		return err
	}
	return s.actIn(tx, &Act{Moderator: community, Community: community, Target: actor, Reason: reason}, s.layDownIn)
}
