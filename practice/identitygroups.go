package practice

import (
	"slices"
	"strings"

	"praxis/models"
)

// rolePrefix marks a role that the groups of a provider gave: its key follows, and the role that it took the place of.
const rolePrefix = "groups:"

// roleByGroups gives the role that the groups say, and takes back what they gave and say no more. What a person decided stays,
// and so does the last admin (security case G26).
func (s *Service) roleByGroups(tx *models.Tx, account *models.Account, provider *Provider, groups []string) error {
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(g string) bool { return slices.Contains(groups, g) })
	}
	wanted := ""
	switch {
	case has(provider.Admins):
		wanted = models.RoleAdmin
	case has(provider.Moderators):
		wanted = models.RoleModerator
	}
	given, before := strings.CutPrefix(account.RoleBy, rolePrefix+provider.Key+":")
	switch {
	case before: // these groups gave the role that the account has
		if wanted == account.Role {
			return nil
		}
		if wanted == "" || rankOf(given) >= rankOf(wanted) {
			return s.giveRole(tx, account, given, "")
		}
		return s.giveRole(tx, account, wanted, account.RoleBy)
	case wanted != "" && rankOf(wanted) > rankOf(account.Role):
		return s.giveRole(tx, account, wanted, rolePrefix+provider.Key+":"+account.Role)
	}
	return nil
}

func rankOf(role string) int { return models.RoleOf(&models.Account{Role: role}).Rank }

// giveRole sets a role by groups, unless nobody would be left to administer the instance.
func (s *Service) giveRole(tx *models.Tx, account *models.Account, role, by string) error {
	last, err := isLastHead(tx, account, role)
	if err != nil || last {
		return err
	}
	was := account.Role
	account.Role, account.RoleBy = role, by
	if err := tx.SaveAccount(account); err != nil {
		return err
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return err
	}
	return s.audit(tx, nil, "account.role", s.about(actor), was, map[string]string{"role": role, "by": "groups"})
}

// isLastHead reports that nobody would be left to administer the instance if an account got a role.
func isLastHead(tx *models.Tx, account *models.Account, role string) (bool, error) {
	heads := models.RolesWith(models.PermitRoles)
	if !slices.Contains(heads, account.Role) || slices.Contains(heads, role) {
		return false, nil
	}
	if err := tx.LockSignUps(); err != nil { // two who go at once must not each count the other
		return false, err
	}
	n, err := tx.CountRole(heads...)
	return n <= 1, err
}

// joinByGroups makes somebody a member of the communities that groups are invited to. Who belongs there, or asked to, stays as
// they are; where somebody may not belong, they do not.
func (s *Service) joinByGroups(tx *models.Tx, account *models.Account, provider *Provider, groups []string) error {
	if len(provider.Communities) == 0 || len(groups) == 0 {
		return nil
	}
	actor, err := tx.Actor(account.ActorID)
	if err != nil {
		return err
	}
	for _, group := range groups {
		for _, name := range provider.Communities[group] {
			if err := s.joinInvited(tx, actor, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) joinInvited(tx *models.Tx, actor *models.Actor, name string) error {
	community, err := tx.ActorByHandle(strings.ToLower(name), s.links.Host)
	if models.IsNotFound(err) || (err == nil && (!community.IsCommunity() || community.IsGone())) {
		s.log.Warn("group is invited to a community that is not here", "community", name)
		return nil
	}
	if err != nil {
		return err
	}
	known, err := tx.MembershipIfAny(community.ID, actor.ID)
	if err != nil || (known != nil && known.State == models.MembershipAccepted) {
		return err
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil {
		return err
	}
	for _, refusal := range []error{s.mayFollow(tx, actor, community), s.mayBelong(tx, actor, community, row)} {
		switch models.ErrorCode(refusal) {
		case "":
		case models.Forbidden, models.NotFound, models.Invalid, models.Conflict:
			s.log.Warn("member of an invited group not taken", "community", name, "member", actor.Username, "reason", models.ErrorMessage(refusal))
			return nil
		default:
			return refusal
		}
	}
	m := &models.Membership{CommunityID: community.ID, ActorID: actor.ID, Role: models.MemberPlain, State: models.MembershipAccepted}
	if err := tx.PutMembership(m); err != nil {
		return err
	}
	_, err = s.follow(tx, actor, community, FollowOptions{})
	return err
}
