package vocab

import (
	"encoding/json"
	"time"
)

// Object is a post, a comment, a poll, an event, a tombstone: anything that an activity is about and that is neither an
// actor nor a collection. Texts are as the sender wrote them: content and summary are HTML to be sanitised.
type Object struct {
	ID, Type string
	// Types are all types, where the object has several.
	Types []string
	// Name, Summary and Content fall back to the first entry of nameMap, summaryMap and contentMap.
	Name, Summary, Content string
	// Language is the BCP 47 tag of the content, "" if the object does not say.
	Language  string
	MediaType string
	Source    *Source
	// AttributedTo are the ids of all owners; use Author for the one that counts.
	AttributedTo                           IRIs
	InReplyTo                              string
	To, Cc, Audience                       IRIs
	Published, Updated, StartTime, EndTime time.Time
	// URL is the page for people: the first http(s) link, one to HTML before others. It may be on any host and proves
	// nothing.
	URL        string
	Tag        []Tag
	Attachment []Attachment
	// Image is the address of the object's illustration.
	Image string
	// Conversation is the "context" property: the collection of the thread (FEP-7888).
	Conversation string
	Sensitive    bool
	Replies      Ref
	// Location is the name of the place.
	Location string
	OneOf    []PollOption
	AnyOf    []PollOption
	// VotersCount is how many people voted, 0 if the object does not say.
	VotersCount int
	// Closed is when a poll was closed; the zero time while it is open.
	Closed time.Time
	// FormerType is what a tombstone stands for, Deleted since when.
	FormerType string
	Deleted    time.Time

	// AdditionalType is the practice kind (schema:additionalType), an address.
	AdditionalType string
	// IsResolved is nil where the object does not say (forge:isResolved).
	IsResolved      *bool
	AcceptedAnswer  string
	SuggestedAnswer IRIs
	License         string
	Facts
	// CommentsEnabled is nil where the object does not say.
	CommentsEnabled *bool

	// Quote is the id of the post that is quoted, "" for none; LegacyQuote is true where it is only said in one of the ways
	// from before FEP-044f, which know no authorization. QuoteAuthorization is the id of that.
	Quote              string
	LegacyQuote        bool
	QuoteAuthorization string
	// CanQuote is nil where the object does not say who may quote it.
	CanQuote *QuotePolicy
	// InteractingObject and InteractionTarget are what an authorization is for: which object may do it, and to which.
	InteractingObject, InteractionTarget string

	owners []owner
}

// Source is the text from which the content was made.
type Source struct{ Content, MediaType string }

type owner struct{ id, typ string }

// DecodeObject reads an object. It needs a type; the id may be missing. Errors: *SyntaxError, or *DocumentError with
// no_type.
func DecodeObject(raw []byte) (Object, error) {
	f, err := read(raw)
	if err != nil {
		return Object{}, err
	}
	head := f.head()
	if head.Type == "" {
		return Object{}, refuse("object", "no_type")
	}
	o := Object{ID: head.ID, Type: head.Type, Types: head.Types}
	o.readText(f)
	o.readRelations(f)
	o.readTimes(f)
	o.readParts(f)
	o.readPractice(f)
	o.readQuote(f)
	return o, nil
}

// IsTombstone reports whether the object stands for a deleted one.
func (o Object) IsTombstone() bool { return o.Type == "Tombstone" }

// Author gives the id of the one owner. An object with several has none: which one a check sees must not depend on the
// reader (FEP-fe34). The exception is how video servers write it, one Person and otherwise only objects of type Group:
// the Person is the owner. Errors: *DocumentError with no_owner or several_owners.
func (o Object) Author() (string, error) {
	candidates := o.owners
	if len(candidates) > 1 {
		candidates = nil
		for _, one := range o.owners {
			if one.typ != "Group" {
				candidates = append(candidates, one)
			}
		}
		if len(candidates) != 1 || candidates[0].typ != "Person" {
			return "", refuse("object", "several_owners")
		}
	}
	if len(candidates) == 0 || candidates[0].id == "" {
		return "", refuse("object", "no_owner")
	}
	return candidates[0].id, nil
}

func (o *Object) readText(f fields) {
	o.Name, _ = f.text("name", "nameMap")
	o.Name = cutRunes(o.Name, maxName)
	o.Summary, _ = f.text("summary", "summaryMap")
	o.Summary = cutBytes(o.Summary, maxSummary)
	o.Content, o.Language = f.text("content", "contentMap")
	if o.Language == "" {
		o.Language = f.language()
	}
	o.MediaType = f.short("mediaType")
	o.Source = f.source()
}

func (o *Object) readRelations(f fields) {
	o.owners = f.owners()
	for _, one := range o.owners {
		if one.id != "" {
			o.AttributedTo = append(o.AttributedTo, one.id)
		}
	}
	o.InReplyTo = f.refID("inReplyTo")
	o.To, o.Cc, o.Audience = f.addressees("to"), f.addressees("cc"), f.addressees("audience")
	o.Conversation = f.refID("context")
	o.Replies = f.ref("replies")
}

// owners keeps entries that have no usable id: they still count as owners.
func (f fields) owners() []owner {
	var owners []owner
	for _, item := range f.list("attributedTo", maxRefs) {
		owners = append(owners, owner{id: idOf(item), typ: open(item).head().Type})
	}
	return owners
}

func (o *Object) readTimes(f fields) {
	o.Published, o.Updated = f.time("published"), f.time("updated")
	o.StartTime, o.EndTime = f.time("startTime"), f.time("endTime")
	o.Closed, o.Deleted = f.time("closed"), f.time("deleted")
}

func (o *Object) readParts(f fields) {
	o.URL = f.page("url")
	o.Tag = f.tags()
	o.Attachment = f.attachments()
	o.Image = f.image("image")
	o.Sensitive = f.flag("sensitive")
	o.OneOf, o.AnyOf = f.options("oneOf"), f.options("anyOf")
	o.VotersCount = f.number("votersCount", maxCount)
	o.Location = f.place()
	o.FormerType = f.short("formerType")
	if o.FormerType == "" {
		o.FormerType = f.short("former_type")
	}
}

func (o *Object) readPractice(f fields) {
	o.AdditionalType = f.refID("additionalType")
	o.IsResolved = f.maybe("isResolved")
	o.AcceptedAnswer = f.refID("acceptedAnswer")
	o.SuggestedAnswer = f.iris("suggestedAnswer", maxRefs)
	o.License = f.license()
	o.readFacts(f)
	o.CommentsEnabled = f.maybe("commentsEnabled")
}

// place gives the name of the first location.
func (f fields) place() string {
	for _, item := range f.list("location", maxRefs) {
		if name := open(item).name("name"); name != "" {
			return name
		}
		if name := stringOf(item); name != "" {
			return cutRunes(name, maxName)
		}
	}
	return ""
}

// license reads schema:license, or what video servers call licence: an object with a name.
func (f fields) license() string {
	for _, raw := range []json.RawMessage{f["license"], f["licence"]} {
		for _, s := range []string{stringOf(raw), open(raw).str("name"), idOf(raw)} {
			if s != "" {
				return cutRunes(s, maxName)
			}
		}
	}
	return ""
}
