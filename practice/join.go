package practice

import (
	"context"
	"strings"
	"unicode/utf8"

	"praxis/internal/text"
	"praxis/models"
)

// JoinRequest is what comes with the wish to belong to a community.
type JoinRequest struct {
	Message    string // for who decides
	Invitation string // the link that is shown, or of one here its token; "" for none
	Charter    int64  // the version of the charter that is acknowledged
	Follow     FollowOptions
}

// maxJoinMessage is how long the message of a request may be, in characters.
const maxJoinMessage = 1000

// Join lets actor belong to a community, or asks for it: at once where everybody is welcome or an invitation is shown,
// else once who runs the community accepts. To join is to follow as well. Errors: Invalid for a charter that is not
// acknowledged or an invitation that does not count, Forbidden where nobody or not this actor is taken.
func (s *Service) Join(ctx context.Context, actor, community *models.Actor, ask JoinRequest) (*models.Membership, error) {
	ask.Message = text.CleanName(ask.Message)
	if utf8.RuneCountInString(ask.Message) > maxJoinMessage {
		return nil, invalid("message", "Validation failed: the message has more than %d characters", maxJoinMessage)
	}
	ask.Invitation = strings.TrimPrefix(ask.Invitation, s.links.Invitation(""))
	var membership *models.Membership
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(community.ID)
		if err != nil {
			return err
		}
		if !current.IsCommunity() {
			return invalid("id", "Validation failed: @%s is no community", current.Acct())
		}
		if err := s.mayFollow(tx, actor, current); err != nil {
			return err
		}
		membership, err = s.join(tx, actor, current, ask)
		return err
	})
	return membership, err
}

func (s *Service) join(tx *models.Tx, actor, community *models.Actor, ask JoinRequest) (*models.Membership, error) {
	known, err := tx.MembershipIfAny(community.ID, actor.ID)
	if err != nil {
		return nil, err
	}
	if known != nil && known.State == models.MembershipAccepted {
		known.CharterVersion = max(known.CharterVersion, ask.Charter)
		return known, tx.PutMembership(known)
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil {
		return nil, err
	}
	m := &models.Membership{
		CommunityID: community.ID, ActorID: actor.ID, Role: models.MemberPlain, State: models.MembershipRequested,
		Message: ask.Message, CharterVersion: ask.Charter,
	}
	if community.Local {
		if err := s.admitted(tx, actor, community, row, ask, m); err != nil {
			return nil, err
		}
	}
	if err := tx.PutMembership(m); err != nil {
		return nil, err
	}
	if community.Local {
		ask.Invitation = ""
	}
	ask.Follow.Message, ask.Follow.Invitation = ask.Message, ask.Invitation
	if _, err := s.follow(tx, actor, community, ask.Follow); err != nil {
		return nil, err
	}
	return tx.Membership(community.ID, actor.ID)
}

// admitted judges a request to join a community of this instance: whether it may be made, and whether it is granted.
func (s *Service) admitted(tx *models.Tx, actor, community *models.Actor, row *models.Community, ask JoinRequest, m *models.Membership) error {
	if err := s.mayBelong(tx, actor, community, row); err != nil {
		return err
	}
	if row == nil {
		return nil
	}
	if row.CharterVersion > 0 && ask.Charter != row.CharterVersion && actor.Local {
		return invalid("charter_version", "Validation failed: @%s has a charter: read it, and send its version, %d, as charter_version",
			community.Acct(), row.CharterVersion)
	}
	if ask.Invitation != "" {
		return s.useInvitation(tx, community, ask.Invitation, m)
	}
	switch row.Joining {
	case models.JoiningOpen:
		m.State = models.MembershipAccepted
	case models.JoiningInvitation:
		return models.Errorf(models.Forbidden, "One joins @%s by invitation only: ask a convener for a link.", community.Acct())
	case models.JoiningClosed:
		return models.Errorf(models.Forbidden, "@%s takes no new members.", community.Acct())
	}
	return nil
}

// discreet is the software that is known to show posts for members of a community to nobody else.
var discreet = map[string]bool{"praxis": true, "lemmy": true}

// KeepsWithin reports software that is known to show posts for members of a community to nobody else.
func KeepsWithin(software string) bool { return discreet[software] }

// mayBelong refuses those whom the class of a community leaves out: other organizations than those it is for, and software
// that would show its posts to everybody (security case E13).
func (s *Service) mayBelong(tx *models.Tx, actor, community *models.Actor, row *models.Community) error {
	if row.IsForAll() || actor.Local {
		return nil
	}
	known, err := tx.IsKnownTo(community, actor.ID)
	if err != nil {
		return err
	}
	if !known && row.Class != models.ClassMembers {
		return models.Errorf(models.NotFound, "actor not found")
	}
	software, err := tx.PeerSoftware([]string{actor.Host})
	if err != nil {
		return err
	}
	if !discreet[software[actor.Host]] {
		return models.Errorf(models.Forbidden, "%s runs %s, which is not known to keep posts within a community.", actor.Host,
			orElse(software[actor.Host], "unknown software"))
	}
	return nil
}

// dropOutsiders ends the follows of those whom a community's class leaves out, at once (security case E16).
func (s *Service) dropOutsiders(tx *models.Tx, community *models.Actor, row *models.Community) error {
	page := models.Page{Limit: 500}
	for {
		followers, keys, err := tx.Followers(community.ID, models.FollowAccepted, page)
		if err != nil || len(followers) == 0 {
			return err
		}
		for i := range followers {
			if err := s.mayBelong(tx, &followers[i], community, row); err == nil {
				continue
			} else if models.ErrorCode(err) == models.Internal {
				return err
			}
			if err := s.dropFollower(tx, community, &followers[i]); err != nil {
				return err
			}
		}
		page.MaxID = keys[len(keys)-1]
	}
}

// belong makes a member of who follows a community, once that is accepted: where it was asked for, and where one cannot
// follow without belonging.
func (s *Service) belong(tx *models.Tx, actor, community *models.Actor) error {
	if !community.IsCommunity() || actor.IsCommunity() {
		return nil
	}
	known, err := tx.MembershipIfAny(community.ID, actor.ID)
	if err != nil {
		return err
	}
	if known == nil {
		row, err := tx.CommunityIfAny(community.ID)
		if err != nil || row == nil || !community.Local || (row.Class != models.ClassMembers && row.Joining != models.JoiningRequest) {
			return err
		}
		known = &models.Membership{CommunityID: community.ID, ActorID: actor.ID, Role: models.MemberPlain}
	}
	if known.State == models.MembershipAccepted {
		return nil
	}
	known.State = models.MembershipAccepted
	return tx.PutMembership(known)
}

// belongsTo reports whether an actor belongs to a community: as a member, or as who runs it.
func belongsTo(tx *models.Tx, community, actor *models.Actor) (bool, error) {
	moderator, err := tx.IsModerator(community.ID, actor.ID)
	if err != nil || moderator {
		return moderator, err
	}
	m, err := tx.MembershipIfAny(community.ID, actor.ID)
	if err != nil || (m != nil && m.State == models.MembershipAccepted) {
		return m != nil, err
	}
	return false, nil
}

// Leave ends that actor belongs to a community and follows it, or the request for it.
func (s *Service) Leave(ctx context.Context, actor, community *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.DeleteMembership(community.ID, actor.ID); err != nil {
			return err
		}
		return s.unfollow(tx, actor, community)
	})
}

// SetMemberRole grants a role in a community. Errors: Forbidden for who is no convener of it, NotFound for who does not
// belong to it, Invalid for what is no role.
func (s *Service) SetMemberRole(ctx context.Context, convener, community, member *models.Actor, role string) (*models.Membership, error) {
	roles := []string{models.MemberPlain, models.MemberCore, models.MemberBroker, models.MemberNewcomer}
	if err := checkOneOf("role", role, roles); err != nil {
		return nil, err
	}
	var m *models.Membership
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.convened(tx, convener, community); err != nil {
			return err
		}
		var err error
		if m, err = tx.Membership(community.ID, member.ID); err != nil {
			return err
		}
		if m.State != models.MembershipAccepted {
			return models.Errorf(models.NotFound, "@%s does not belong to @%s.", member.Acct(), community.Acct())
		}
		m.Role = role
		return tx.PutMembership(m)
	})
	return m, err
}

// RemoveMember ends that somebody belongs to a community and follows it; their server is told. Errors: Forbidden for who
// does not run it.
func (s *Service) RemoveMember(ctx context.Context, moderator, community, member *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.runs(tx, moderator, community); err != nil {
			return err
		}
		if err := tx.DeleteMembership(community.ID, member.ID); err != nil {
			return err
		}
		return s.dropFollower(tx, community, member)
	})
}

// runs refuses who neither convenes nor moderates a community of this instance.
func (s *Service) runs(tx *models.Tx, actor, community *models.Actor) error {
	moderator, err := tx.IsModerator(community.ID, actor.ID)
	if err != nil || moderator {
		return err
	}
	return models.Errorf(models.Forbidden, "Only conveners and moderators of @%s may do this.", community.Acct())
}
