package practice

import (
	"context"
	"strings"

	"praxis/models"
)

// FollowOptions tune a follow. URI and Raw are the activity's id and bytes when it came from outside.
type FollowOptions struct {
	URI         string
	Raw         []byte
	HideReblogs bool
	Notify      bool
	Languages   []string // only posts in these come home; none for all
	Message     string   // to a community: what the request to join says
	Invitation  string   // to a community: the link that is shown, or of one here its token
}

// homeBackfill is how many posts of a newly followed actor enter the follower's home.
const homeBackfill = 20

// Follow lets actor follow target and gives the follow: accepted at once when target lives here and takes everybody,
// else pending. Following again changes the settings only. Who is banned from a community and lives elsewhere gets no follow and
// no error: their host is told no. Errors: Forbidden between blocked actors; Invalid for
// oneself; Gone for a deleted target.
func (s *Service) Follow(ctx context.Context, actor, target *models.Actor, opts FollowOptions) (*models.Follow, error) {
	var follow *models.Follow
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(target.ID) // it may have been locked, or gone, since it was read
		if err != nil {
			return err
		}
		if err := s.mayFollow(tx, actor, current); err != nil {
			return s.turnAway(tx, actor, current, opts, err)
		}
		if actor.Local && current.IsCommunity() { // by hand: no feed ends it
			if err := tx.OwnFollow(actor.ID, current.ID); err != nil {
				return err
			}
		}
		follow, err = s.follow(tx, actor, current, opts)
		return err
	})
	return follow, err
}

func (s *Service) mayFollow(tx *models.Tx, actor, target *models.Actor) error {
	if actor.ID == target.ID {
		return models.Errorf(models.Forbidden, "Nobody follows themselves.")
	}
	if target.IsGone() {
		return models.Errorf(models.Gone, "@%s is gone.", target.Acct())
	}
	if target.Type == models.TypeApplication {
		return models.Errorf(models.Forbidden, "@%s is a server: it has no posts to follow.", target.Acct())
	}
	blocked, err := tx.BlockedEitherWay(actor.ID, target.ID)
	if err != nil {
		return err
	}
	hostBlocked, err := tx.HostBlockedBetween(actor, target)
	if err != nil {
		return err
	}
	if blocked || hostBlocked {
		return models.Errorf(models.Forbidden, "You cannot follow @%s.", target.Acct())
	}
	if actor.Local && !target.Local {
		verdict, err := tx.Policy(target.Host)
		if err == nil {
			err = verdict.Refusal(target.Host)
		}
		if err != nil {
			return err
		}
	}
	if target.IsCommunity() && target.MovedToURI != "" && (target.Local || actor.Local) {
		return s.closedTo(tx, target)
	}
	if target.IsCommunity() && (target.Local || actor.Local) {
		return s.refuseBanned(tx, target, actor)
	}
	return nil
}

// turnAway answers a follow of a community by somebody of another host who is banned from it, or of one that closed: that host waits
// for an answer.
func (s *Service) turnAway(tx *models.Tx, actor, target *models.Actor, opts FollowOptions, refused error) error {
	if actor.Local || !target.Local || !target.IsCommunity() {
		return refused
	}
	if _, err := tx.BanOf(target.ID, actor); err != nil && target.MovedToURI == "" {
		return refused
	}
	follow := &models.Follow{URI: opts.URI, Raw: string(opts.Raw), ActorID: actor.ID, TargetID: target.ID}
	return s.outbox.Publish(tx, FollowAnswered{Actor: actor, Target: target, Follow: follow})
}

func (s *Service) follow(tx *models.Tx, actor, target *models.Actor, opts FollowOptions) (*models.Follow, error) {
	known, err := tx.FollowBetween(actor.ID, target.ID)
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	follow := &models.Follow{ActorID: actor.ID, TargetID: target.ID, State: models.FollowPending}
	if known != nil {
		follow = known
	}
	follow.ShowReblogs, follow.Notify = !opts.HideReblogs, opts.Notify
	follow.Languages = strings.ToLower(strings.Join(opts.Languages, " "))
	if opts.URI != "" {
		follow.URI, follow.Raw = opts.URI, string(opts.Raw)
	}
	if known != nil && actor.Local && (!target.Local || known.State == models.FollowAccepted) {
		return follow, tx.PutFollow(follow)
	}
	if follow.URI == "" {
		follow.URI = s.links.Activity(tx.NewID())
	}
	if err := tx.PutFollow(follow); err != nil {
		return nil, err
	}
	if !target.Local {
		return follow, s.outbox.Publish(tx, Followed{
			Actor: actor, Target: target, Follow: follow, Message: opts.Message, Invitation: opts.Invitation,
		})
	}
	if target.IsCommunity() {
		return follow, s.receiveFollowOfCommunity(tx, actor, target, follow, opts)
	}
	return follow, s.receiveFollow(tx, actor, target, follow, "")
}

// receiveFollowOfCommunity answers a follow of a community of ours, which may be the wish to belong to it.
func (s *Service) receiveFollowOfCommunity(tx *models.Tx, actor, community *models.Actor, follow *models.Follow, opts FollowOptions) error {
	if sibling, err := tx.IsLiveSibling(community.ID, actor.ID); err != nil || sibling { // as both agreed
		if err != nil {
			return err
		}
		return s.acceptFollow(tx, actor, community, follow)
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil {
		return err
	}
	if err := s.mayBelong(tx, actor, community, row); err != nil {
		return s.refuseFollow(tx, actor, community, follow, err)
	}
	m, err := tx.MembershipIfAny(community.ID, actor.ID)
	if err != nil {
		return err
	}
	if m == nil && (opts.Message != "" || opts.Invitation != "") {
		m = &models.Membership{
			CommunityID: community.ID, ActorID: actor.ID, Role: models.MemberPlain, State: models.MembershipRequested,
			Message: clip(opts.Message),
		}
		if opts.Invitation != "" {
			if err := s.useInvitation(tx, community, opts.Invitation, m); err != nil {
				return s.refuseFollow(tx, actor, community, follow, err)
			}
		}
		if err := tx.PutMembership(m); err != nil {
			return err
		}
	}
	if m != nil && m.State == models.MembershipAccepted {
		return s.acceptFollow(tx, actor, community, follow)
	}
	byInvitation := row != nil && (row.Joining == models.JoiningInvitation || row.Joining == models.JoiningClosed)
	if byInvitation && row.Class == models.ClassMembers && follow.State != models.FollowAccepted {
		return s.refuseFollow(tx, actor, community, follow,
			models.Errorf(models.Forbidden, "One joins @%s by invitation only: ask a convener for a link.", community.Acct()))
	}
	return s.receiveFollow(tx, actor, community, follow, opts.Message)
}

// refuseFollow turns a follow down: a member is told why, another server gets a Reject.
func (s *Service) refuseFollow(tx *models.Tx, actor, target *models.Actor, follow *models.Follow, why error) error {
	if actor.Local || models.ErrorCode(why) == models.Internal || models.IsNotFound(why) {
		return why
	}
	return s.rejectFollow(tx, actor, target, follow)
}

// receiveFollow answers a follow of somebody here: at once where everybody is welcome, or where it was accepted before
// and the follower's host has lost that.
func (s *Service) receiveFollow(tx *models.Tx, actor, target *models.Actor, follow *models.Follow, message string) error {
	if !target.Locked || follow.State == models.FollowAccepted {
		return s.acceptFollow(tx, actor, target, follow)
	}
	owners, err := s.deciders(tx, target)
	if err != nil {
		return err
	}
	if err := s.tellDeciders(tx, owners, actor); err != nil || !target.IsCommunity() {
		return err
	}
	return s.outbox.Publish(tx, RequestForwarded{Actor: actor, Target: target, Follow: follow, Message: message})
}

// deciders are those who decide on requests to follow target: the member, or a community's local moderators.
func (s *Service) deciders(tx *models.Tx, target *models.Actor) ([]int64, error) {
	if !target.IsCommunity() {
		return []int64{target.ID}, nil
	}
	var owners []int64
	moderators, err := tx.Moderators(target.ID)
	for _, m := range moderators {
		if m.Local {
			owners = append(owners, m.ID)
		}
	}
	return owners, err
}

func (s *Service) acceptFollow(tx *models.Tx, actor, target *models.Actor, follow *models.Follow) error {
	wasAccepted := follow.State == models.FollowAccepted
	follow.State = models.FollowAccepted
	if err := tx.PutFollow(follow); err != nil {
		return err
	}
	if err := s.forgetRequest(tx, actor, target); err != nil {
		return err
	}
	if err := s.belong(tx, actor, target); err != nil {
		return err
	}
	if target.Type == models.TypePerson && target.Local && !wasAccepted {
		_, err := tx.Notify(&models.Notification{OwnerID: target.ID, Type: models.NotifyFollow, ActorID: actor.ID})
		if err != nil {
			return err
		}
	}
	if actor.Local && !wasAccepted && !actor.IsCommunity() { // a sibling has no home
		if err := tx.BackfillHome(actor.ID, target.ID, homeBackfill); err != nil {
			return err
		}
		if err := s.becomeReader(tx, actor, target); err != nil {
			return err
		}
		if target.IsFeed() {
			if err := s.followFeed(tx, actor, target); err != nil {
				return err
			}
		}
	}
	if !target.Local || actor.Local {
		return nil
	}
	return s.outbox.Publish(tx, FollowAnswered{Actor: actor, Target: target, Follow: follow, Accepted: true})
}

// forgetRequest takes back what a request notified, unless whoever decides has another one of the same actor to decide:
// for themselves, or for a community that they moderate.
func (s *Service) forgetRequest(tx *models.Tx, actor, target *models.Actor) error {
	owners, err := s.deciders(tx, target)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		if _, err := tx.FollowRequest(owner, actor.ID); err == nil {
			continue
		} else if !models.IsNotFound(err) {
			return err
		}
		if err := tx.DeleteFollowNotification(owner, actor.ID, models.NotifyFollowRequest); err != nil {
			return err
		}
	}
	return nil
}

// AnswerFollow lets target accept or reject the follow of actor. For a remote target this is what its Accept or Reject
// means: one that answers no follow of ours is an error NotFound, and changes nothing (security cases A20, A21).
func (s *Service) AnswerFollow(ctx context.Context, target, actor *models.Actor, accept bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		follow, err := tx.FollowBetween(actor.ID, target.ID)
		if err != nil {
			return err
		}
		if accept {
			return s.acceptFollow(tx, actor, target, follow)
		}
		return s.rejectFollow(tx, actor, target, follow)
	})
}

func (s *Service) rejectFollow(tx *models.Tx, actor, target *models.Actor, follow *models.Follow) error {
	if err := s.endFollow(tx, follow); err != nil {
		return err
	}
	if err := s.forgetRequest(tx, actor, target); err != nil {
		return err
	}
	if err := tx.DeleteFollowNotification(target.ID, actor.ID, models.NotifyFollow); err != nil {
		return err
	}
	if actor.Local {
		if err := s.leaveByFeed(tx, actor, target); err != nil {
			return err
		}
		return tx.RemoveFromHome(actor.ID, target.ID)
	}
	if !target.Local {
		return nil
	}
	return s.outbox.Publish(tx, FollowAnswered{Actor: actor, Target: target, Follow: follow})
}

// endFollow ends a follow, and with it that the follower belongs to a community: to belong is to follow.
func (s *Service) endFollow(tx *models.Tx, follow *models.Follow) error {
	if err := tx.DeleteMembership(follow.TargetID, follow.ActorID); err != nil {
		return err
	}
	return tx.DeleteFollow(follow)
}

// Unfollow ends actor's follow of target, or the request for it; without one it changes nothing.
func (s *Service) Unfollow(ctx context.Context, actor, target *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.unfollow(tx, actor, target) })
}

func (s *Service) unfollow(tx *models.Tx, actor, target *models.Actor) error {
	follow, err := tx.FollowBetween(actor.ID, target.ID)
	if models.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.endFollow(tx, follow); err != nil {
		return err
	}
	if target.Local {
		if err := s.forgetRequest(tx, actor, target); err != nil {
			return err
		}
		if err := tx.DeleteFollowNotification(target.ID, actor.ID, models.NotifyFollow); err != nil {
			return err
		}
	}
	if !actor.Local {
		return nil
	}
	if err := tx.RemoveFromHome(actor.ID, target.ID); err != nil {
		return err
	}
	if err := s.leaveByFeed(tx, actor, target); err != nil {
		return err
	}
	if target.Local {
		return nil
	}
	return s.outbox.Publish(tx, Unfollowed{Actor: actor, Target: target, Follow: follow})
}
