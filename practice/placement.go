package practice

import "praxis/models"

// communityOf decides the community of a post: the thread's for a reply, else the one that the draft names. A post for
// fewer readers than the community has stays out of it, and no post gets more readers by it.
func (s *Service) communityOf(tx *models.Tx, post *models.Post, draft *Draft) (*models.Actor, error) {
	if err := checkPlace(post, draft); err != nil {
		return nil, err
	}
	community, parent, err := s.namedCommunity(tx, post, draft)
	if err != nil || community == nil || community.IsGone() {
		return nil, err
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil {
		return nil, err
	}
	wanted := row.PostVisibility()
	if wanted != "" && !community.Local {
		wanted = models.ForMembers // here it is for those who follow it: nothing gets wider on the way
	}
	if parent != nil && parent.IsRestricted() {
		wanted = parent.Visibility
	} else if parent != nil {
		wanted = ""
	}
	in, err := narrow(post, draft, community, wanted)
	if err == nil && !in && draft.Placed { // named by itself: it must not be left out in silence
		err = invalid("visibility", "Validation failed: Visibility of a post in @%s is public or unlisted, and not %s", community.Acct(), post.Visibility)
	}
	if err != nil || !in {
		return nil, err
	}
	if err := s.mayPostInto(tx, community, row, draft.Author, post.InReplyToURI == ""); err != nil {
		return nil, err
	}
	if post.InReplyToID != 0 {
		if err := s.mayReplyIn(tx, community, post, draft); err != nil {
			return nil, err
		}
	}
	post.CommunityID = community.ID
	return community, nil
}

// checkPlace refuses a community that a member names for a reply: that of its thread counts.
func checkPlace(post *models.Post, draft *Draft) error {
	if draft.Placed && post.InReplyToURI != "" {
		return invalid("community_id", "Validation failed: Community of a reply is that of its thread: leave community_id out")
	}
	return nil
}

// namedCommunity gives the community of the thread that a post answers, with what it answers, else the draft's.
func (s *Service) namedCommunity(tx *models.Tx, post *models.Post, draft *Draft) (community *models.Actor, parent *models.Post, err error) {
	if post.InReplyToID == 0 {
		if draft.Community == nil {
			return draft.Elsewhere, nil, nil
		}
		return draft.Community, nil, nil
	}
	if parent, err = tx.Post(post.InReplyToID); err != nil || parent.CommunityID == 0 {
		return nil, parent, err
	}
	if community, err = tx.Actor(parent.CommunityID); err != nil {
		return nil, nil, err
	}
	community, err = s.placeAmong(tx, draft, parent, community)
	return community, parent, err
}

// narrow gives a post the visibility that its place in a community wants, "" for a public one, and reports whether the post
// belongs there. A member whose post would have fewer readers than it says is told so rather than surprised; what came from
// elsewhere is kept for those few.
func narrow(post *models.Post, draft *Draft, community *models.Actor, wanted string) (bool, error) {
	switch {
	case post.Visibility == models.Direct:
		return false, nil
	case wanted == "" && post.IsRestricted(): // written for the followers of a community that is open by now
		return true, nil
	case wanted == "":
		return post.IsPublic(), nil
	case draft.Author.Local && post.IsPublic():
		return false, invalid("visibility", "Validation failed: posts in @%s are not public: choose \"followers only\" (private) for them",
			community.Acct())
	case !draft.Author.Local && post.Visibility == models.Private:
		return false, nil // for the author's own followers, and not for the community's
	}
	post.Visibility = wanted
	post.QuotePolicy = models.QuotesByNobody
	return true, nil
}

// mayReplyIn refuses replies in what moderators locked.
func (s *Service) mayReplyIn(tx *models.Tx, community *models.Actor, post *models.Post, draft *Draft) error {
	parent, err := tx.Post(post.InReplyToID)
	if err != nil {
		return err
	}
	return s.refuseLocked(tx, community, draft.Author, parent)
}

// mayPostInto refuses those whom a community does not take. Only the community's own host knows all of them, so a post into a
// remote one is let through, unless it is of a member who is known to be banned there.
func (s *Service) mayPostInto(tx *models.Tx, community *models.Actor, row *models.Community, author *models.Actor, thread bool) error {
	if community.Local || author.Local {
		if err := s.refuseBanned(tx, community, author); err != nil {
			return err
		}
	}
	if thread && community.MovedToURI != "" && (community.Local || author.Local) {
		return s.closedTo(tx, community)
	}
	if !community.Local {
		return nil
	}
	blocked, err := tx.BlockedEitherWay(community.ID, author.ID)
	if err != nil {
		return err
	}
	if blocked {
		return models.Errorf(models.Forbidden, "You cannot post into @%s.", community.Acct())
	}
	moderator, err := tx.IsModerator(community.ID, author.ID)
	if err != nil || moderator {
		return err
	}
	if community.ModeratorsPost && thread {
		return models.Errorf(models.Forbidden, "Only moderators may start threads in @%s.", community.Acct())
	}
	if err := s.mayShare(tx, community, row, author); err != nil {
		return err
	}
	return postsAsMember(tx, community, row, author)
}

// mayShare refuses those whom the class of a community leaves out, and partners that may only read.
func (s *Service) mayShare(tx *models.Tx, community *models.Actor, row *models.Community, author *models.Actor) error {
	if err := s.mayBelong(tx, author, community, row); err != nil {
		return err
	}
	if row == nil || row.Class != models.ClassPartners || author.Local {
		return nil
	}
	partner, err := tx.CommunityPartner(community.ID, author.Host)
	if err == nil && !partner.MayPost {
		return models.Errorf(models.Forbidden, "Members of %s may read @%s, and not post into it.", author.Host, community.Acct())
	}
	return err
}

// postsAsMember refuses who does not belong to a community that only members post into.
func postsAsMember(tx *models.Tx, community *models.Actor, row *models.Community, author *models.Actor) error {
	if !community.Locked && (row == nil || row.Joining == models.JoiningOpen) {
		return nil
	}
	belongs, err := belongsTo(tx, community, author)
	if err != nil || belongs {
		return err
	}
	follow, err := tx.FollowBetween(author.ID, community.ID)
	if err == nil && follow.State == models.FollowAccepted && (row == nil || row.Joining == models.JoiningRequest) {
		return nil
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	return models.Errorf(models.Forbidden, "Only members may post into @%s: ask to join by following it.", community.Acct())
}
