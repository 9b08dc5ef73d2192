package vocab

import (
	"encoding/json"
	"time"
)

// Activity is something that an actor did (ActivityStreams 4.2). The secret addressees bto and bcc are not read.
type Activity struct {
	// ID is "" where the activity has none that is a usable string. Such an activity is transient (ActivityPub 3.1).
	ID string
	// BadID is true when there was an id that is neither a usable string nor null.
	BadID bool
	Type  string
	// Actor has an http(s) id.
	Actor Ref
	// Object is the first of Objects.
	Object Ref
	// Objects are all objects; more than one is common only for Flag.
	Objects                Refs
	Target, Origin, Result Ref
	// Instrument is what the actor does it with: the post that wants to quote.
	Instrument             Ref
	To, Cc, Audience       IRIs
	Published, Updated     time.Time
	StartTime, EndTime     time.Time
	Name, Summary, Content string
	Tag                    []Tag
	InReplyTo              string
	// Successors are who goes on for a Group that is lost, as far as who says so knows them.
	Successors IRIs
	// RemoveData is what Lemmy adds to the Block of a member whose posts are to go, too.
	RemoveData bool
	// HasSummary is true when there was a summary, even an empty one: it tells the Delete of a moderator from that of an author.
	HasSummary bool
}

// DecodeActivity reads an activity. It needs a type and exactly one actor with an http(s) id; everything else may be
// missing. Errors: *SyntaxError, or *DocumentError with no_type, no_actor, bad_actor or several_actors.
func DecodeActivity(raw []byte) (Activity, error) {
	f, err := read(raw)
	if err != nil {
		return Activity{}, err
	}
	head := f.head()
	if head.Type == "" {
		return Activity{}, refuse("activity", "no_type")
	}
	actor, err := f.actor()
	if err != nil {
		return Activity{}, err
	}
	a := Activity{ID: head.ID, BadID: head.ID == "" && isGiven(f["id"]), Type: head.Type, Actor: actor}
	a.readParts(f)
	a.readText(f)
	return a, nil
}

// isGiven reports whether a property is there and not null.
func isGiven(raw json.RawMessage) bool {
	kind := kindOf(raw)
	return kind != 0 && kind != 'n'
}

// actor gives the one actor. Several are refused even where they are equal: which of them a signature speaks for would
// depend on the reader.
func (f fields) actor() (Ref, error) {
	switch list := f.list("actor", 2); {
	case len(list) == 0:
		return Ref{}, refuse("activity", "no_actor")
	case len(list) > 1:
		return Ref{}, refuse("activity", "several_actors")
	default:
		ref := refOf(list[0])
		if webLink(ref.ID) == "" {
			return Ref{}, refuse("activity", "bad_actor")
		}
		return ref, nil
	}
}

func (a *Activity) readParts(f fields) {
	a.Objects = f.refs("object", maxRefs)
	if len(a.Objects) > 0 {
		a.Object = a.Objects[0]
	}
	a.Target, a.Origin, a.Result = f.ref("target"), f.ref("origin"), f.ref("result")
	a.Instrument = f.ref("instrument")
	a.To, a.Cc, a.Audience = f.addressees("to"), f.addressees("cc"), f.addressees("audience")
	a.Tag = f.tags()
	a.InReplyTo = f.refID("inReplyTo")
	a.Successors = f.links("successors", maxSiblings)
}

func (a *Activity) readText(f fields) {
	a.Published, a.Updated = f.time("published"), f.time("updated")
	a.StartTime, a.EndTime = f.time("startTime"), f.time("endTime")
	a.Name = f.name("name")
	a.Summary = cutBytes(f.str("summary"), maxSummary)
	a.Content = f.str("content")
	a.RemoveData, a.HasSummary = f.flag("removeData"), isGiven(f["summary"])
}
