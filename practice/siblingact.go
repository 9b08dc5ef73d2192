package practice

import (
	"praxis/federation/pact"
	"praxis/models"
)

// How far a Group of ours follows a sibling, as agreed.
const (
	RemoveAuto   = "auto"
	RemoveReview = "review"
	BansAdvisory = "advisory"
	BansMutual   = "mutual"
	RosterNone   = "none"   // nothing is said of members
	RosterCounts = "counts" // how many there are
	RosterHosts  = "hosts"  // and at which hosts
)

// siblingHonour is what of an agreement says how far each follows the other.
type siblingHonour struct {
	Remove, Bans, Roster string
	LossDays             int
}

// defaultLossDays is how long a sibling may be silent before the others may say that it is lost.
const defaultLossDays = 14

// honourOf reads an agreement. What it does not say is the more careful of two ways.
func honourOf(pair *models.Sibling) siblingHonour {
	honour := siblingHonour{}
	if sealed, err := pact.ReadBond([]byte(pair.Agreement)); err == nil { // what cannot be read says nothing
		honour = siblingHonour{Remove: sealed.Bond.Removals, Bans: sealed.Bond.Bans, Roster: sealed.Bond.Roster, LossDays: sealed.Bond.Silence}
	}
	if honour.Remove != RemoveAuto {
		honour.Remove = RemoveReview
	}
	if honour.Bans != BansMutual {
		honour.Bans = BansAdvisory
	}
	if honour.Roster != RosterCounts && honour.Roster != RosterHosts {
		honour.Roster = RosterNone
	}
	if honour.LossDays <= 0 {
		honour.LossDays = defaultLossDays
	}
	return honour
}

// markAdmission notes that moderators of ours hide, or show again, what is of a sibling; false for what is not.
func (s *Service) markAdmission(tx *models.Tx, a *Act, post *models.Post, state string) (bool, error) {
	if !a.Community.Local || post.CommunityID == a.Community.ID {
		return false, nil
	}
	taken, err := tx.Admission(a.Community.ID, post.URI)
	if err != nil {
		return false, ignoreMissing(err)
	}
	taken.State, taken.Reason = state, a.Reason
	return true, tx.SaveAdmission(taken)
}

// withdrawnByOrigin: the sibling that took a post first removed it. Where that was agreed, it is gone at once for those who have
// it by a Group of ours; else moderators here are told, and decide: true.
func (s *Service) withdrawnByOrigin(tx *models.Tx, a *Act, post *models.Post) (review bool, err error) {
	if a.Community.Local {
		return false, nil
	}
	taken, err := tx.AdmissionsOf(post.ID)
	if err != nil || len(taken) == 0 {
		return false, err
	}
	for i := range taken {
		if taken[i].State != models.AdmissionShown {
			continue
		}
		left, err := s.takeBack(tx, a, post, &taken[i])
		if err != nil {
			return false, err
		}
		review = review || left
	}
	return review, nil
}

// takeBack takes one admission back, or leaves it to the moderators: true.
func (s *Service) takeBack(tx *models.Tx, a *Act, post *models.Post, taken *models.Admission) (bool, error) {
	community, err := tx.Actor(taken.CommunityID)
	if err != nil {
		return false, err
	}
	pair, err := tx.Sibling(taken.CommunityID, a.Community.URI)
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if honourOf(pair).Remove == RemoveReview {
		said := withReason("Moderators of the sibling "+nameOf(a.Community)+" removed a post that is shown here. Remove it here, too, or leave it: "+post.URL, a.Reason)
		return true, s.informModerators(tx, community, said)
	}
	boost, err := boostOf(tx, community, post)
	if err != nil {
		return false, err
	}
	taken.State, taken.Reason = models.AdmissionWithdrawn, a.Reason
	if err := tx.SaveAdmission(taken); err != nil {
		return false, err
	}
	return false, s.outbox.Publish(tx, Withdrawn{Community: community, Post: post, Boost: boost, Cause: a.Cause})
}

// Withdrawn: the sibling that took Post first removed it, or shows it again, so that Community, of ours, does so for its own.
type Withdrawn struct {
	Community   *models.Actor
	Post, Boost *models.Post
	Cause       Cause
	Again       bool
}

func (Withdrawn) event() {}

// shownByOrigin: the sibling that took a post first shows it again.
func (s *Service) shownByOrigin(tx *models.Tx, a *Act, post *models.Post) error {
	if a.Community.Local {
		return nil
	}
	taken, err := tx.AdmissionsOf(post.ID)
	if err != nil {
		return err
	}
	for i := range taken {
		if taken[i].State != models.AdmissionWithdrawn {
			continue
		}
		taken[i].State, taken[i].Reason = models.AdmissionShown, ""
		if err := tx.SaveAdmission(&taken[i]); err != nil {
			return err
		}
		community, err := tx.Actor(taken[i].CommunityID)
		if err != nil {
			return err
		}
		boost, err := boostOf(tx, community, post)
		if err != nil {
			return err
		}
		if err := s.outbox.Publish(tx, Withdrawn{Community: community, Post: post, Boost: boost, Cause: a.Cause, Again: true}); err != nil {
			return err
		}
	}
	return nil
}

// ofOther gives the post that an act of a community elsewhere is about, when it is of one of its siblings; nil for others.
func (s *Service) ofOther(tx *models.Tx, a *Act) (*models.Post, error) {
	if a.Community.Local || !a.isForeign() {
		return nil, nil
	}
	post, err := tx.PostByURI(a.PostURI)
	if err != nil || post.CommunityID == 0 || post.CommunityID == a.Community.ID || post.IsBoost() {
		return nil, ignoreMissing(err)
	}
	if _, err := tx.BoostOf(post.ID, a.Community.ID); err == nil || !models.IsNotFound(err) {
		return post, err
	}
	other, err := tx.Actor(post.CommunityID)
	if err != nil {
		return nil, err
	}
	siblings, err := tx.AreSiblings(a.Community, other)
	if err != nil || !siblings {
		return nil, err
	}
	return post, nil
}

// hiddenElsewhere: moderators of one sibling hide at home what another took first. Here it stays, and is said to be hidden there;
// who has it here by that sibling alone has it no more.
func (s *Service) hiddenElsewhere(tx *models.Tx, a *Act) (bool, error) {
	post, err := s.ofOther(tx, a)
	if err != nil || post == nil {
		return false, err
	}
	if adopted, err := s.isAdopter(tx, a.Community, post); err != nil || adopted {
		return false, err
	}
	changed, err := tx.PutCommunityAct(a.mark(models.ActRemove, a.PostURI))
	if err != nil || !changed {
		return true, err
	}
	if err := markPassedOn(tx, a, models.AdmissionHidden); err != nil {
		return true, err
	}
	boost, err := boostOf(tx, a.Community, post)
	if err != nil || boost == nil {
		return true, err
	}
	return true, tx.DeleteBoost(boost)
}

// markPassedOn notes that a community elsewhere shows its followers no more what is of a sibling of it, or again.
func markPassedOn(tx *models.Tx, a *Act, state string) error {
	if a.Community.Local {
		return nil
	}
	taken, err := tx.Admission(a.Community.ID, a.PostURI)
	if err != nil {
		return ignoreMissing(err)
	}
	taken.State, taken.Reason = state, a.Reason
	return tx.SaveAdmission(taken)
}

// shownElsewhere undoes hiddenElsewhere; how the sibling shares it comes with its next Announce.
func (s *Service) shownElsewhere(tx *models.Tx, a *Act) (bool, error) {
	post, err := s.ofOther(tx, a)
	if err != nil || post == nil {
		return false, err
	}
	if adopted, err := s.isAdopter(tx, a.Community, post); err != nil || adopted {
		return false, err
	}
	if _, err = a.unmark(tx, models.ActRemove, a.PostURI); err != nil {
		return true, err
	}
	return true, markPassedOn(tx, a, models.AdmissionShown)
}

// isAdopter reports whether a sibling took up the threads of the one that took a post first, which is lost or closed: then it decides.
func (s *Service) isAdopter(tx *models.Tx, community *models.Actor, post *models.Post) (bool, error) {
	if post.CommunityID == 0 {
		return false, nil
	}
	origin, err := tx.Actor(post.CommunityID)
	if err != nil || origin.Local {
		return false, err
	}
	lost, err := tx.PairsWith(origin.URI, models.SiblingLost, models.SiblingClosed)
	if err != nil {
		return false, err
	}
	for i := range lost {
		if lost[i].AdopterURI == community.URI {
			return true, nil
		}
	}
	return false, nil
}
