package vocab

// Head is what a document says about itself before it is read as anything.
type Head struct {
	// ID is the id; "" when it is missing, not a string or no usable id.
	ID string
	// Type is the first type that is known here, or else the first.
	Type string
	// Types are all types, in the order of the document.
	Types []string
}

// PeekHead checks a document and reads its id and types. A document without a type has an empty Head.Type. The error is
// a *SyntaxError.
func PeekHead(raw []byte) (Head, error) {
	f, err := read(raw)
	if err != nil {
		return Head{}, err
	}
	return f.head(), nil
}

func (f fields) head() Head {
	h := Head{ID: f.id("id")}
	for _, item := range f.list("type", maxTypes) {
		if s := stringOf(item); s != "" && len(s) <= maxShort {
			h.Types = append(h.Types, s)
		}
	}
	h.Type = firstKnown(h.Types)
	return h
}

func firstKnown(types []string) string {
	for _, t := range types {
		if IsActivityType(t) || isActorType(t) || IsCollectionType(t) || objectTypes[t] {
			return t
		}
	}
	if len(types) == 0 {
		return ""
	}
	return types[0]
}

// IsActivityType reports whether a type names an activity: those of ActivityStreams, and those that group servers add.
func IsActivityType(t string) bool { return activityTypes[t] }

// IsActorType reports whether a type names an actor.
func IsActorType(t string) bool { return isActorType(t) }

// IsCollectionType reports whether a type names a collection or a page of one.
func IsCollectionType(t string) bool { return collectionTypes[t] }

func isActorType(t string) bool { return actorTypes[t] }

var activityTypes = set(
	"Accept", "Add", "Announce", "Arrive", "Block", "Create", "Delete", "Dislike", "Flag", "Follow", "Ignore", "Invite",
	"Join", "Leave", "Like", "Listen", "Move", "Offer", "Read", "Reject", "Remove", "TentativeAccept", "TentativeReject",
	"Travel", "Undo", "Update", "View", "Activity", "IntransitiveActivity",
	"ChooseAnswer", "EmojiReact", "Lock", "Resolve", "Warn", "QuoteRequest",
	"PartnershipTest", "PurgeRequest",
)

var actorTypes = set("Person", "Group", "Application", "Service", "Organization", "Feed")

var collectionTypes = set("Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage")

var objectTypes = set(
	"Article", "Audio", "ChatMessage", "Document", "Event", "Image", "Note", "Page", "Place", "Profile", "Question",
	"Relationship", "Tombstone", "Video", "Object", "Link", "Mention", "Hashtag", "Emoji", "PropertyValue",
	"CommunityPostTag", "Patch", "QuoteAuthorization",
	"Partnership", "PartnershipStatus", "KeySuccession",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, name := range names {
		m[name] = true
	}
	return m
}
