package practice

import (
	"strconv"
	"strings"

	"praxis/models"
)

// Links mints the addresses of what is ours. Ids are lower case, since some peers compare them so.
type Links struct {
	Base string // "https://hospital.example", without a slash at the end
	Host string // "hospital.example"
}

// Actor is the id of a local actor: /u/name for members, /c/name for communities, /f/name for feeds, /actor for the instance.
func (l Links) Actor(actorType, username string) string {
	name := strings.ToLower(username)
	switch actorType {
	case models.TypeGroup:
		return l.Base + "/c/" + name
	case models.TypeFeed:
		return l.Base + "/f/" + name
	case models.TypeApplication:
		return l.Base + "/actor"
	}
	return l.Base + "/u/" + name
}

// Followers is the id of the collection of a local actor's followers.
func (Links) Followers(actorURI string) string { return actorURI + "/followers" }

// FollowersOnHost is where the host that asks finds those followers that live on it (FEP-8fcf).
func (Links) FollowersOnHost(followers string) string { return followers + "_synchronization" }

// Profile is the page of an actor.
func (l Links) Profile(username string) string { return l.Base + "/@" + strings.ToLower(username) }

// Post is the id of a local post.
func (l Links) Post(id int64) string { return l.Base + "/o/" + format(id) }

// PostPage is the page of a local post.
func (l Links) PostPage(username string, id int64) string {
	return l.Profile(username) + "/" + format(id)
}

// Context is the id of the collection of a thread's posts (FEP-7888).
func (l Links) Context(threadID int64) string { return l.Base + "/t/" + format(threadID) }

// QuoteAuthorization is the id of what says that a post may quote a post of ours (FEP-044f).
func (l Links) QuoteAuthorization(quotedID, quotingID int64) string {
	return l.Post(quotedID) + "/quotes/" + format(quotingID)
}

// QuoteRequest is the id of the request that a local post may quote: part of the post, of which there is one.
func (l Links) QuoteRequest(postID int64) string { return l.Post(postID) + l.QuoteRequestMark() }

// QuoteRequestMark is how the id of a request goes on after that of the post.
func (Links) QuoteRequestMark() string { return "#quote-request" }

// Event is the id of the event that goes with a local visit.
func (l Links) Event(postID int64) string { return l.Post(postID) + l.EventMark() }

// EventMark is how the id of an event goes on after that of its visit.
func (Links) EventMark() string { return "/event" }

// Reuses is the id of the collection of reports that a local asset was used again.
func (l Links) Reuses(postID int64) string { return l.Post(postID) + "/reuses" }

// Edits is the id of the collection of the earlier versions of a local post.
func (l Links) Edits(postID int64) string { return l.Post(postID) + "/edits" }

// Revision is the id of an earlier version of a local post, counted from 1.
func (l Links) Revision(postID int64, number int) string {
	return l.Post(postID) + "#revisions/" + strconv.Itoa(number)
}

// Undo is the page that takes back what a command did.
func (l Links) Undo(token string) string { return l.Base + "/undo/" + token }

// Activity is the id of an activity of ours.
func (l Links) Activity(id int64) string { return l.Base + "/a/" + format(id) }

// Vote is the id of a member's vote in a poll: part of the voter's own document, since nobody else may read it.
func (l Links) Vote(voter *models.Actor, id int64) string { return voter.URI + "#votes/" + format(id) }

// Tag is the page of a hashtag.
func (l Links) Tag(tag string) string { return l.Base + "/tags/" + tag }

// Media is the address of a kept file.
func (l Links) Media(name string) string { return l.Base + "/media/" + name }

// Invitation is the link by which one joins a community.
func (l Links) Invitation(token string) string { return l.Base + InvitationPath + token }

// Admitted is where siblings read what a community of ours took first.
func (l Links) Admitted(community *models.Actor) string { return community.URI + "/admitted" }

// Charter is the id of what a community of ours agreed on.
func (l Links) Charter(community *models.Actor) string { return community.URI + "/charter" }

// Copies is where a community of ours gives what authors of its siblings signed, by the id of the post: ?id=….
func (l Links) Copies(community *models.Actor) string { return community.URI + "/copies" }

// SiblingReport is where siblings read how a community of ours stands.
func (l Links) SiblingReport(community *models.Actor) string { return community.URI + "/report" }

// Totals is where siblings read how many like its posts.
func (l Links) Totals(community *models.Actor) string { return community.URI + "/totals" }

// ModLog is where everybody reads what its moderators did.
func (l Links) ModLog(community *models.Actor) string { return community.URI + "/modlog" }

// Siblings is where a community lists its siblings.
func (l Links) Siblings(community *models.Actor) string { return community.URI + "/siblings" }

// ActorToken is where a community gives tokens to the servers of its members (FEP-db0e).
func (l Links) ActorToken(community *models.Actor) string { return community.URI + "/actor_token" }

// Kinds is the id of the collection of the kinds that a community of ours uses.
func (l Links) Kinds(community *models.Actor) string { return community.URI + "/kinds" }

// Kind is the id of the tag that a community of ours gives threads of a kind.
func (l Links) Kind(community *models.Actor, kind string) string {
	return l.Kinds(community) + "/" + kind
}

// Emoji is the id of an emoji of ours.
func (l Links) Emoji(id int64) string { return l.Base + "/emoji/" + format(id) }

// SharedInbox takes what is meant for anybody here.
func (l Links) SharedInbox() string { return l.Base + "/inbox" }

// IsOurs reports whether a URI is on this host.
func (l Links) IsOurs(uri string) bool {
	return uri == l.Base || strings.HasPrefix(uri, l.Base+"/")
}

func format(id int64) string { return strconv.FormatInt(id, 10) }

// idsOfLines reads decimal ids, one a line.
func idsOfLines(lines string) []int64 {
	var ids []int64
	for _, line := range strings.Fields(lines) {
		if id, err := strconv.ParseInt(line, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
