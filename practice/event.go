package practice

import "praxis/models"

// Event is something that happened here and that other hosts may have to learn. Actor is who did it, local or remote;
// Cause is set when it came from outside.
type Event interface{ event() }

// PostCreated: Author published Post.
type PostCreated struct {
	Author *models.Actor
	Post   *models.Post
	Cause  Cause
}

// PostEdited: Author changed Post.
type PostEdited struct {
	Author *models.Actor
	Post   *models.Post
	Cause  Cause
}

// PostDeleted: Actor withdrew Post, which is a tombstone now. Mentions are those that it had, Boost what its community shared
// it by, nil for nothing; SiblingBoosts what Groups of ours shared it by that took it from a sibling.
type PostDeleted struct {
	Actor         *models.Actor
	Post          *models.Post
	Mentions      []*models.Actor
	Boost         *models.Post
	SiblingBoosts []models.Post
	Cause         Cause
}

// Followed: Actor asked to follow Target. Message and Invitation, which is a link of Target's host, go to a community with
// the wish to join it.
type Followed struct {
	Actor, Target       *models.Actor
	Follow              *models.Follow
	Message, Invitation string
}

// Unfollowed: Actor ended Follow.
type Unfollowed struct {
	Actor, Target *models.Actor
	Follow        *models.Follow
}

// FollowAnswered: Target accepted or rejected Follow by Actor.
type FollowAnswered struct {
	Actor, Target *models.Actor
	Follow        *models.Follow
	Accepted      bool
}

// RequestForwarded: Actor asked to join Target, a community of ours; whoever moderates it elsewhere decides, too.
type RequestForwarded struct {
	Actor, Target *models.Actor
	Follow        *models.Follow
	Message       string
}

// RequestAnswered: Moderator, of ours, decided on the request of Actor to join Target, a community elsewhere.
type RequestAnswered struct {
	Moderator, Actor, Target *models.Actor
	Follow                   *models.Follow
	Accepted                 bool
}

// RequestSettled: the request of Actor to join Target, a community of ours, was decided.
type RequestSettled struct {
	Actor, Target *models.Actor
	Follow        *models.Follow
	Accepted      bool
}

// Favourited: Actor liked Post.
type Favourited struct {
	Actor     *models.Actor
	Post      *models.Post
	Favourite *models.Favourite
	Cause     Cause
}

// Unfavourited: Actor took a like back.
type Unfavourited struct {
	Actor     *models.Actor
	Post      *models.Post
	Favourite *models.Favourite
	Cause     Cause
}

// Shared: Actor boosted Post; Boost is the row that says so. A community's announcement of a thread is one, too.
type Shared struct {
	Actor       *models.Actor
	Post, Boost *models.Post
}

// Unshared: Actor took a boost back.
type Unshared struct {
	Actor       *models.Actor
	Post, Boost *models.Post
}

// AnswerChosen: Actor accepted Answer as the answer to Question, or no longer does (Withdrawn).
type AnswerChosen struct {
	Actor            *models.Actor
	Question, Answer *models.Post
	Withdrawn        bool
	Cause            Cause
}

// PracticeTallied: the figures of Post by Author, a member, changed; nothing else did.
type PracticeTallied struct {
	Author *models.Actor
	Post   *models.Post
}

// AttendanceAnswered: Post, a visit of ours, has a place for Actor, who asked by an activity, or has none.
type AttendanceAnswered struct {
	Actor    *models.Actor
	Author   *models.Actor
	Post     *models.Post
	Cause    Cause
	Accepted bool
}

// PollVoted: Actor, a member, voted in the poll of Post, whose author is elsewhere.
type PollVoted struct {
	Actor *models.Actor
	Post  *models.Post
	Votes []Vote
}

// PollTallied: the counts of the poll of Post by Author changed, or it ended; nothing else did.
type PollTallied struct {
	Author *models.Actor
	Post   *models.Post
	Cause  Cause
}

// QuoteRequested: Author, a member, asks the remote author of Quoted whether Post may quote it (FEP-044f).
type QuoteRequested struct {
	Author       *models.Actor
	Post, Quoted *models.Post
}

// QuoteAnswered: Author, whose Quoted is, answers Quoter's request; Authorization is "" for no.
type QuoteAnswered struct {
	Author, Quoter                        *models.Actor
	Quoted                                *models.Post
	QuotingURI, RequestURI, Authorization string
}

// QuoteRevoked: Author took back that Quoting may quote a post of theirs.
type QuoteRevoked struct {
	Author  *models.Actor
	Quoting *models.Post
}

// ActorUpdated: a local actor's profile changed. Followers are told; Also may name somebody who follows it only after that.
type ActorUpdated struct{ Actor, Also *models.Actor }

// ActorDeleted: a local actor is gone.
type ActorDeleted struct{ Actor *models.Actor }

// FeedChanged: Community came into Feed, a feed of ours, or left it (Removed).
type FeedChanged struct {
	Feed, Community *models.Actor
	Removed         bool
}

// Blocked: Actor blocked Target, or lifted the block (Lifted).
type Blocked struct {
	Actor, Target *models.Actor
	Block         *models.Block
	Lifted        bool
}

// Reported: Reporter complained about Target to the server of Target.
type Reported struct {
	Reporter, Target *models.Actor
	Posts            []*models.Post
	Report           *models.Report
}

func (PostCreated) event()        {}
func (PostEdited) event()         {}
func (PostDeleted) event()        {}
func (Followed) event()           {}
func (Unfollowed) event()         {}
func (FollowAnswered) event()     {}
func (RequestForwarded) event()   {}
func (RequestAnswered) event()    {}
func (RequestSettled) event()     {}
func (Favourited) event()         {}
func (Unfavourited) event()       {}
func (Shared) event()             {}
func (Unshared) event()           {}
func (AnswerChosen) event()       {}
func (PracticeTallied) event()    {}
func (AttendanceAnswered) event() {}
func (PollVoted) event()          {}
func (PollTallied) event()        {}
func (QuoteRequested) event()     {}
func (QuoteAnswered) event()      {}
func (QuoteRevoked) event()       {}
func (ActorUpdated) event()       {}
func (ActorDeleted) event()       {}
func (FeedChanged) event()        {}
func (Blocked) event()            {}
func (Reported) event()           {}
