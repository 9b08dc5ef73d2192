package practice

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// Announced is what a community elsewhere said when it took a post.
type Announced struct {
	URI   string           // the Announce's id
	At    models.Timestamp // when it took the post, as it says
	Cause Cause            // the activity that it passed on, as far as its bytes are certain
	Later bool             // it was fetched later: nobody is notified, and no other host is told
}

// Admitted: Community, of ours, took Post from a sibling. Boost is how it shares a thread; nil for a reply.
type Admitted struct {
	Community *models.Actor
	Author    *models.Actor
	Post      *models.Post
	Boost     *models.Post
	Origin    *models.Actor
	Cause     Cause
}

func (Admitted) event() {}

// fromSibling lets every Group of ours that has a live pair with origin take a post that origin took first.
func (s *Service) fromSibling(tx *models.Tx, origin *models.Actor, post *models.Post, said Announced) error {
	pairs, err := tx.PairsWith(origin.URI, models.SiblingLive, models.SiblingClosed) // answers still come in at one that closed
	if err != nil || len(pairs) == 0 {
		return err
	}
	for i := range pairs {
		if pairs[i].IsOver(tx.Now()) {
			continue
		}
		if err := s.admitFrom(tx, &pairs[i], origin, post, said); err != nil {
			return err
		}
	}
	return nil
}

// admitFrom takes a post once.
func (s *Service) admitFrom(tx *models.Tx, pair *models.Sibling, origin *models.Actor, post *models.Post, said Announced) error {
	if may, err := mayAdmit(tx, pair, post, said); err != nil || !may {
		return err
	}
	community, err := tx.Actor(pair.CommunityID)
	if err != nil || community.IsGone() {
		return err
	}
	row := &models.Admission{
		CommunityID: community.ID, ObjectURI: post.URI, PostID: post.ID, ActivityURI: said.URI, OriginURI: origin.URI, ViaURI: pair.SiblingURI,
		State: models.AdmissionShown, AdmittedAt: said.At,
	}
	if said.At == 0 || said.At > tx.Now() {
		row.AdmittedAt = tx.Now()
	}
	author, err := tx.Actor(post.AuthorID)
	if err != nil {
		return err
	}
	shown, err := s.admitOnce(tx, community, author, post, row)
	if err != nil {
		return err
	}
	if err := openToOrganization(tx, community, origin, post); err != nil {
		return err
	}
	if err := keepCopy(tx, post, said.Cause); err != nil || !shown {
		return err
	}
	if said.Later {
		boost, err := s.placeLate(tx, community, post, row.AdmittedAt)
		if err != nil || boost == nil {
			return err
		}
		return bringHome(tx, pair, boost)
	}
	if err := s.heedFlood(tx, pair, community); err != nil {
		return err
	}
	return s.shareAdmitted(tx, Admitted{Community: community, Author: author, Post: post, Origin: origin, Cause: said.Cause}, said)
}

// admitOnce notes that a Group of ours takes a post of a sibling, and reports whether that is new and shown. How many like a post that comes
// late was told before it came, so that it is asked for again.
func (s *Service) admitOnce(tx *models.Tx, community, author *models.Actor, post *models.Post, row *models.Admission) (shown bool, err error) {
	fresh, err := tx.AddAdmission(row)
	if err != nil || !fresh {
		return false, err
	}
	if err := tx.TotalsAgain(community.ID, post.PublishedAt.Add(-time.Minute)); err != nil {
		return false, err
	}
	kept, err := s.keptOut(tx, community, author, post, row)
	return err == nil && !kept, err
}

// mayAdmit: what is not for everybody is taken where both agreed on that class, and Groups of ours still are of it; of what was there
// before, no more than was agreed.
func mayAdmit(tx *models.Tx, pair *models.Sibling, post *models.Post, said Announced) (bool, error) {
	if !post.IsRestricted() {
		return post.IsPublic(), nil
	}
	row, err := tx.CommunityIfAny(pair.CommunityID)
	if err != nil || row.IsForAll() {
		return false, err
	}
	bond, err := pact.ReadBond([]byte(pair.Agreement))
	if err != nil { // an agreement that cannot be read allows nothing
		return false, nil
	}
	since := bond.ValidFrom.AddDate(0, 0, -bond.History)
	return bond.Class == row.Class && (!said.Later || !post.PublishedAt.Time().Before(since)), nil
}

// openToOrganization lets everybody of this organization read a post of a sibling that is for partners: both Groups are of that class, and
// each is shared with the other's organization. On the wire such a post is addressed as one for members is, so that it came as one.
func openToOrganization(tx *models.Tx, community, origin *models.Actor, post *models.Post) error {
	if post.Local || post.Visibility != models.ForMembers || post.CommunityID != origin.ID {
		return nil
	}
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil || row.PostVisibility() != models.ForPartners {
		return err
	}
	post.Visibility = models.ForPartners
	return tx.SetPostVisibility(post)
}

// keptOut hides here what somebody wrote whom this Group of ours banned.
func (s *Service) keptOut(tx *models.Tx, community, author *models.Actor, post *models.Post, row *models.Admission) (bool, error) {
	act, err := tx.StandingAct(community.ID, models.ActRemove, post.URI)
	if models.IsNotFound(err) {
		act, err = tx.BanOf(community.ID, author)
	}
	if models.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	row.State, row.Reason = models.AdmissionHidden, act.Reason
	if err := tx.SaveAdmission(row); err != nil {
		return true, err
	}
	if act.Verb == models.ActRemove {
		return true, tx.MarkPostRemoved(post, tx.Now())
	}
	return true, removeByBan(tx, post, act)
}

// shareAdmitted shows what was taken to who follows the Group of ours: threads at home, and all of it to other hosts.
func (s *Service) shareAdmitted(tx *models.Tx, e Admitted, said Announced) error {
	if e.Post.IsRestricted() { // whom it names could not read it before
		if err := s.tellReaders(tx, e.Post); err != nil {
			return err
		}
	}
	if e.Post.InReplyToURI == "" {
		boost, err := s.share(tx, e.Community, e.Post, s.links.Relay(e.Community, e.Post.URI), said.At)
		if err != nil {
			return err
		}
		e.Boost = boost
	}
	return s.outbox.Publish(tx, e)
}

// tellReaders tells members of a post that names them, or answers them, once it is shown here.
func (s *Service) tellReaders(tx *models.Tx, post *models.Post) error {
	parts, err := tx.PostParts([]int64{post.ID})
	if err != nil {
		return err
	}
	return s.notifyMentioned(tx, post, &Draft{Mentions: parts.Mentions[post.ID]})
}

// Relay is the id by which a community of ours passes something on. It follows from the id of that, so that saying it again is
// saying the same.
func (l Links) Relay(community *models.Actor, uri string) string {
	sum := sha256.Sum256([]byte(uri))
	return community.URI + "/relays/" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// siblingBoosts gives how Groups of ours share a post that they took from siblings.
func siblingBoosts(tx *models.Tx, post *models.Post) ([]models.Post, error) {
	admitters, err := tx.Admitters(post.ID)
	if err != nil {
		return nil, err
	}
	var boosts []models.Post
	for i := range admitters {
		boost, err := tx.BoostOf(post.ID, admitters[i].ID)
		if models.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		boosts = append(boosts, *boost)
	}
	return boosts, nil
}

// placeAmong gives the community of a reply where its thread is shared among siblings: that which took the reply first, which
// need not be that of the thread. It is the one that the reply names, or else the one of ours that shares the thread.
func (s *Service) placeAmong(tx *models.Tx, draft *Draft, parent *models.Post, community *models.Actor) (*models.Actor, error) {
	named := draft.Community
	if named == nil {
		named = draft.Elsewhere
	}
	if named != nil && !draft.Author.Local && named.ID != community.ID {
		siblings, err := tx.AreSiblings(named, community)
		if err != nil || siblings {
			return named, err
		}
	}
	if community.MovedToURI != "" && draft.Author.Local {
		if next, err := s.successorOf(tx, community); next != nil || err != nil {
			return next, err
		}
	}
	if community.Local || named != nil && !draft.Author.Local {
		return community, nil
	}
	ours, err := tx.AdmitterOf(parent)
	if models.IsNotFound(err) {
		return wayOfGuest(tx, draft, parent, community)
	}
	if err != nil || !draft.Author.Local {
		return ours, err
	}
	return s.wayOfMember(tx, draft.Author, ours, community)
}

// wayOfGuest: a member who follows another sibling than the one that took the thread first answers by way of that.
func wayOfGuest(tx *models.Tx, draft *Draft, parent *models.Post, community *models.Actor) (*models.Actor, error) {
	if !draft.Author.Local {
		return community, nil
	}
	follow, err := tx.FollowBetween(draft.Author.ID, community.ID)
	if err == nil && follow.State == models.FollowAccepted {
		return community, nil
	}
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	other, err := tx.FollowedAdmitter(parent, draft.Author.ID)
	if models.IsNotFound(err) {
		return community, nil
	}
	return other, err
}

// wayOfMember: a member who follows only the sibling elsewhere answers there, unless its host is lost; everybody else by way of
// the Group of ours, which is there also when the other is not.
func (s *Service) wayOfMember(tx *models.Tx, member, ours, elsewhere *models.Actor) (*models.Actor, error) {
	pair, err := tx.Sibling(ours.ID, elsewhere.URI)
	if err != nil || pair.IsAdopted() {
		return ours, ignoreMissing(err)
	}
	follows, err := tx.Relations(member.ID, []int64{ours.ID, elsewhere.ID})
	if err != nil || follows.Following[ours.ID] != nil || follows.Following[elsewhere.ID] == nil {
		return ours, err
	}
	return elsewhere, nil
}
