package vocab

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Actor is somebody or something that acts: a person, a community (Group), a server (Application), a feed.
type Actor struct {
	ID, Type string
	// PreferredUsername is the name within the host; "" only for Application and Service.
	PreferredUsername string
	// Name is plain text, Summary is HTML to be sanitised.
	Name, Summary string
	Source        *Source
	// Inbox is always there, on the host of ID. The other addresses are "" where they are missing or on another host
	// than ID: nobody may direct deliveries or questions to a third party.
	Inbox, Outbox, Followers, Following, Featured, SharedInbox, Moderators string
	AttributedTo                                                           IRIs
	ManuallyApprovesFollowers, Discoverable, PostingRestrictedToMods       bool
	Suspended, QuestionAnswer, Sensitive                                   bool
	// Indexable is nil where the actor does not say.
	Indexable        *bool
	PublicKeys       []PublicKey
	AssertionMethods []Multikey
	// Icon, Image and URL may be on any host; they are for display.
	Icon, Image, URL   string
	AlsoKnownAs        IRIs
	MovedTo            string
	Fields             []Field
	Published, Updated time.Time
	Tag                []Tag
	Languages          []string
	// Community is what a Group says of itself as a community of practice.
	Community Community
}

// Community is what a community of practice says of itself. All of it is plain text; unknown words are kept as they are.
type Community struct {
	Class, Joining, Recognition, Sponsor, Label, Place string
	Charter                                            string // its address, on the host of the Group
	CharterVersion                                     int64
	Rules, Topics                                      []string
	// URN is the name of the community at all of its hosts, and FormerURNs are names that it had; Siblings is where the Group lists its
	// siblings, on its own host; Successors are the Groups that go on when its host is lost.
	// Copies is where it gives what authors of lost siblings signed; BasedOn is the name of the community that it was a part of.
	URN, Siblings   string
	Copies, BasedOn string
	// ActorToken is where it gives tokens to the servers of its members (FEP-db0e), on its own host.
	ActorToken    string
	SiblingReport string // where siblings read how it stands, on its own host
	FormerURNs    []string
	Successors    IRIs
}

// Field is one line of a profile. Value is HTML to be sanitised.
type Field struct{ Name, Value string }

// IsCommunity reports whether the actor is a community.
func (a Actor) IsCommunity() bool { return a.Type == "Group" }

// DecodeActor reads an actor. It needs an http(s) id, the type of an actor, a username (but for Application and Service)
// and an inbox on the host of its id. Errors: *SyntaxError, or *DocumentError with not_an_actor, no_id, no_username,
// bad_username, no_inbox or foreign_inbox.
func DecodeActor(raw []byte) (Actor, error) {
	f, err := read(raw)
	if err != nil {
		return Actor{}, err
	}
	head := f.head()
	a := Actor{ID: head.ID, Type: head.Type}
	if !IsActorType(a.Type) {
		return Actor{}, refuse("actor", "not_an_actor")
	}
	home, err := ParseIRI(a.ID)
	if err != nil {
		return Actor{}, refuse("actor", "no_id")
	}
	if err := a.readName(f); err != nil {
		return Actor{}, err
	}
	if err := a.readInbox(f, home); err != nil {
		return Actor{}, err
	}
	a.readCollections(f, home)
	a.readProfile(f)
	a.readFlags(f)
	a.readLinks(f)
	if a.IsCommunity() {
		a.readCommunity(f, home)
	}
	return a, nil
}

func (a *Actor) readName(f fields) error {
	a.PreferredUsername = f.str("preferredUsername")
	switch {
	case a.PreferredUsername == "" && a.Type != "Application" && a.Type != "Service":
		return refuse("actor", "no_username")
	case utf8.RuneCountInString(a.PreferredUsername) > maxUsername, strings.ContainsFunc(a.PreferredUsername, spoilsHandle):
		return refuse("actor", "bad_username")
	}
	return nil
}

// spoilsHandle reports characters that would make a handle read as another one's.
func spoilsHandle(r rune) bool {
	return r == '@' || r == '/' || r == '\\' || r == '<' || r == '>' || unicode.IsSpace(r) || unicode.IsControl(r)
}

func (a *Actor) readInbox(f fields, home IRI) error {
	if f.link("inbox") == "" {
		return refuse("actor", "no_inbox")
	}
	if a.Inbox = f.linkAt("inbox", home); a.Inbox == "" {
		return refuse("actor", "foreign_inbox")
	}
	return nil
}

// linkAt gives an address on the same host as home, and not a less safe one.
func (f fields) linkAt(key string, home IRI) string {
	link := f.str(key)
	iri, err := ParseIRI(link)
	if err != nil || iri.host != home.host || home.scheme == "https" && iri.scheme != "https" {
		return ""
	}
	return link
}

func (a *Actor) readCollections(f fields, home IRI) {
	a.Outbox = f.linkAt("outbox", home)
	a.Followers, a.Following = f.linkAt("followers", home), f.linkAt("following", home)
	a.Featured = f.linkAt("featured", home)
	a.SharedInbox = f.object("endpoints").linkAt("sharedInbox", home)
	if a.SharedInbox == "" {
		a.SharedInbox = f.linkAt("sharedInbox", home)
	}
	a.AttributedTo = f.iris("attributedTo", maxRefs)
	a.Moderators = f.linkAt("moderators", home)
	if a.Moderators == "" && (a.Type == "Group" || a.Type == "Feed") {
		// FEP-1b12: a string is the collection of moderators, an array would be people.
		a.Moderators = f.linkAt("attributedTo", home)
	}
}

func (a *Actor) readProfile(f fields) {
	a.Name, _ = f.text("name", "nameMap")
	a.Name = cutRunes(a.Name, maxName)
	a.Summary, _ = f.text("summary", "summaryMap")
	a.Summary = cutBytes(a.Summary, maxSummary)
	a.Source = f.source()
	a.Icon, a.Image, a.URL = f.image("icon"), f.image("image"), f.page("url")
	a.Fields = f.profileFields()
	a.Tag = f.tags()
	a.Languages = f.languages()
	a.Published, a.Updated = f.time("published"), f.time("updated")
}

// profileFields reads PropertyValue attachments; other attachments of an actor are not shown.
func (f fields) profileFields() []Field {
	var all []Field
	for _, item := range f.list("attachment", maxItems) {
		o := open(item)
		if o.head().Type != "PropertyValue" || len(all) == maxFields {
			continue
		}
		field := Field{Name: o.name("name"), Value: cutRunes(o.str("value"), maxName)}
		if field != (Field{}) {
			all = append(all, field)
		}
	}
	return all
}

func (a *Actor) readFlags(f fields) {
	a.ManuallyApprovesFollowers = f.flag("manuallyApprovesFollowers")
	a.Discoverable, a.Indexable = f.flag("discoverable"), f.maybe("indexable")
	a.PostingRestrictedToMods = f.flag("postingRestrictedToMods")
	a.Suspended, a.Sensitive = f.flag("suspended"), f.flag("sensitive")
	a.QuestionAnswer = f.flag("questionAnswer")
}

func (a *Actor) readLinks(f fields) {
	a.PublicKeys, a.AssertionMethods = f.publicKeys(), f.multikeys()
	a.AlsoKnownAs = f.links("alsoKnownAs", maxRefs)
	a.MovedTo = f.link("movedTo")
}

func (a *Actor) readCommunity(f fields, home IRI) {
	c := &a.Community
	c.Class, c.Joining = cutRunes(f.str("communityClass"), maxWord), cutRunes(f.str("joining"), maxWord)
	c.Recognition = cutRunes(f.str("recognition"), maxName)
	c.Sponsor, c.Label = cutRunes(f.str("sponsor"), maxWord), cutRunes(f.str("communityLabel"), maxWord)
	c.Place = cutRunes(f.place(), maxWord)
	c.Charter, c.CharterVersion = f.linkAt("charter", home), int64(f.number("charterVersion", maxVersion))
	c.Rules, c.Topics = f.lines("rules"), f.lines("keywords")
	if urns := f.urns("urn", 1); len(urns) > 0 {
		c.URN = urns[0]
	}
	if urns := f.urns("isBasedOn", 1); len(urns) > 0 {
		c.BasedOn = urns[0]
	}
	c.Copies = f.linkAt("copies", home)
	if c.ActorToken = f.object("endpoints").linkAt("sm:actorToken", home); c.ActorToken == "" {
		c.ActorToken = f.object("endpoints").linkAt("actorToken", home)
	}
	c.SiblingReport = f.linkAt("siblingReport", home)
	c.Siblings, c.FormerURNs, c.Successors = f.linkAt("siblings", home), f.urns("formerURNs", maxSiblings), f.links("successors", maxSiblings)
}

// maxSiblings is how many hosts of a community are read.
const maxSiblings = 20

// maxWord is how long a word or a short phrase may be, in characters; maxLines how many lines a list may have.
const (
	maxWord    = 100
	maxLines   = 30
	maxVersion = 1_000_000
)

// lines reads a list of plain texts, each cut to a name's length.
func (f fields) lines(key string) []string {
	var kept []string
	for _, item := range f.list(key, maxLines) {
		var line string
		if json.Unmarshal(item, &line) == nil && strings.TrimSpace(line) != "" {
			kept = append(kept, cutRunes(line, maxName))
		}
	}
	return kept
}
