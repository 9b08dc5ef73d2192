package practice

import (
	"context"
	"time"

	"praxis/models"
)

// Act is what a moderator does in a community: at the client API, from the command line, or by an activity from outside.
type Act struct {
	Moderator   *models.Actor // who acts, wherever they live; the community itself speaks for those who run its server
	Community   *models.Actor
	PostURI     string        // the post that it is about, which may not be known here yet
	Target      *models.Actor // whom it is about
	Reason      string
	Until       time.Time     // when a ban ends; zero for never
	RemovePosts bool          // a ban that removes what was posted there, too
	Role        string        // of who is appointed
	To          *models.Actor // where a thread moves

	FromSibling bool // a Group of ours follows a sibling in it, so that the siblings know of it
	// Of activities from outside.
	URI     string    // the activity's id; "" for members
	Undoes  string    // the id of the activity that it undoes
	At      time.Time // when it was done, as the activity says
	Vouched bool      // a remote community announced what its own host did
	Cause   Cause
}

// Moderated: Moderator did something in Community. Outbox writes it and puts the activity's id and bytes into Entry, which is
// stored after that.
type Moderated struct {
	Act
	Verb    string               // as the moderation log names it
	Mark    *models.CommunityAct // the act that stands now, or that is undone; nil for what does not stand
	Post    *models.Post         // nil when it is not known here
	Boost   *models.Post         // how the community announced the thread; nil for none
	Entry   *models.ModLogEntry
	Sibling bool // the post is of a sibling, and this is about how it is shown here
}

func (Moderated) event() {}

// maxActReason is how much of a reason is kept.
const maxActReason = 2000

// act carries out an act in one transaction: it asks who may, does it, tells other hosts and adds a line to the log. Do says
// what happened; nil for nothing that was not so before.
func (s *Service) act(ctx context.Context, a Act, do func(tx *models.Tx, a *Act) (*Moderated, error)) error {
	a.Reason = cutRunes(a.Reason, maxActReason)
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		a := a // the transaction may be run again
		return s.actIn(tx, &a, do)
	})
}

func (s *Service) actIn(tx *models.Tx, a *Act, do func(tx *models.Tx, a *Act) (*Moderated, error)) error {
	if err := s.mayModerate(tx, a); err != nil {
		return err
	}
	if a.URI == "" {
		a.URI = s.links.Activity(tx.NewID())
	} else if known, err := tx.HasModLog(a.URI); err != nil || known {
		return err // it was carried out before
	}
	event, err := do(tx, a)
	if err != nil || event == nil {
		return err
	}
	return s.logAct(tx, a, event)
}

// logAct tells other hosts of an act and adds it to the log.
func (s *Service) logAct(tx *models.Tx, a *Act, event *Moderated) error {
	event.Act = *a
	event.Entry = &models.ModLogEntry{
		CommunityID: a.Community.ID, ActorID: a.Moderator.ID, Verb: event.Verb, ObjectURI: a.PostURI, Reason: a.Reason,
		Until: models.At(a.Until), ActivityURI: a.URI, Activity: string(a.Cause.Raw),
	}
	if a.Target != nil {
		event.Entry.TargetID, event.Entry.ObjectURI = a.Target.ID, orElse(a.PostURI, a.Target.URI)
	}
	if event.Post != nil {
		event.Entry.PostID, event.Entry.TargetID = event.Post.ID, event.Post.AuthorID
	}
	if a.To != nil {
		event.Entry.TargetID = a.To.ID
	}
	if err := s.outbox.Publish(tx, *event); err != nil {
		return err
	}
	return tx.AddModLog(event.Entry)
}

// mayModerate refuses who does not moderate the community. Of a community elsewhere its list of moderators is known here, and
// its own host speaks for itself (security case A24). The role is read anew in the transaction.
func (s *Service) mayModerate(tx *models.Tx, a *Act) error {
	community, err := tx.Actor(a.Community.ID)
	if err != nil {
		return err
	}
	if !community.IsCommunity() || community.IsGone() {
		return models.Errorf(models.NotFound, "community not found")
	}
	a.Community = community
	if a.Moderator.ID == community.ID || a.Vouched && !community.Local {
		return nil
	}
	if a.Moderator.IsGone() {
		return models.Errorf(models.Forbidden, "@%s is gone.", a.Moderator.Acct())
	}
	moderator, err := tx.IsModerator(community.ID, a.Moderator.ID)
	if err != nil || moderator {
		return err
	}
	return models.Errorf(models.Forbidden, "Only moderators of @%s do this.", community.Acct())
}

// postOf gives the post that an act is about, held against other writers; nil when it is not known here, or not yet known to
// be the community's: the act then waits for it. Errors: Forbidden for what belongs to another community, Gone for what its
// author deleted.
func (s *Service) postOf(tx *models.Tx, a *Act) (*models.Post, error) {
	if a.PostURI == "" {
		return nil, models.Errorf(models.Invalid, "The activity names no post.")
	}
	found, err := tx.PostByURI(a.PostURI)
	if models.IsNotFound(err) && a.isForeign() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	post, err := tx.LockPost(found.ID)
	switch {
	case err != nil:
		return nil, err
	case post.IsBoost():
		return nil, models.Errorf(models.Invalid, "A boost is no post of a community.")
	case post.CommunityID == 0 && a.isForeign():
		return nil, nil
	case post.CommunityID != a.Community.ID:
		if taken, err := tx.Admission(a.Community.ID, post.URI); err == nil && taken.PostID == post.ID && post.DeletedAt == 0 {
			return post, nil // of a sibling: who moderates here decides what is shown here
		} else if err != nil && !models.IsNotFound(err) {
			return nil, err
		}
		if adopted, err := s.isAdopter(tx, a.Community, post); adopted || err != nil {
			return post, err
		}
		return nil, models.Errorf(models.Forbidden, "The post is not in @%s.", a.Community.Acct())
	case post.DeletedAt != 0:
		return nil, orGone(nil, post.URI)
	}
	return post, nil
}

// isForeign reports an act that came from outside.
func (a *Act) isForeign() bool { return !a.Cause.IsZero() }

// mark gives the row of an act that stands.
func (a *Act) mark(verb, objectURI string) *models.CommunityAct {
	return &models.CommunityAct{
		URI: a.URI, CommunityID: a.Community.ID, Verb: verb, ActorID: a.Moderator.ID, ObjectURI: objectURI, Reason: a.Reason,
		Until: models.At(a.Until), RemoveData: a.RemovePosts, ActedAt: models.At(a.At),
	}
}

// unmark undoes what stands of a kind about an object and gives what stood. Without the id of what it undoes, which members
// need not know, it is what stands.
func (a *Act) unmark(tx *models.Tx, verb, objectURI string) ([]models.CommunityAct, error) {
	undone := a.mark(verb, objectURI)
	if undone.URI = a.Undoes; a.Undoes == "" {
		current, err := tx.StandingAct(a.Community.ID, verb, objectURI)
		switch {
		case err == nil:
			undone.URI = current.URI
		case !models.IsNotFound(err) || !a.isForeign():
			return nil, ignoreMissing(err)
		default:
			undone.URI = a.URI + "#undone" // it may have to undo what comes later
		}
	}
	return tx.UndoCommunityAct(undone, models.At(a.At))
}

func ignoreMissing(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}
