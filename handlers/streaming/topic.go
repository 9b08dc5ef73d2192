package streaming

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"praxis/handlers/oauth"
)

// The names of streams.
const (
	user              = "user"
	userNotification  = "user:notification"
	public            = "public"
	publicLocal       = "public:local"
	publicRemote      = "public:remote"
	publicMedia       = "public:media"
	publicLocalMedia  = "public:local:media"
	publicRemoteMedia = "public:remote:media"
	hashtag           = "hashtag"
	hashtagLocal      = "hashtag:local"
	lists             = "list"
	direct            = "direct"
)

func names() []string {
	return []string{
		user, userNotification, public, publicLocal, publicRemote, publicMedia, publicLocalMedia, publicRemoteMedia,
		hashtag, hashtagLocal, lists, direct,
	}
}

// topic is what a client listens to.
type topic struct {
	name string
	tag  string // without "#", lower case
	list int64
}

// label is how a topic is named in messages: as the client named it.
type label []string

// problem is what a client did wrong, in the form that it is told.
type problem struct {
	Message string `json:"error"`
	Status  int    `json:"status"`
}

func (p *problem) Error() string { return p.Message }

func wrong(status int, message string) *problem { return &problem{Message: message, Status: status} }

// maxTag is how long a hashtag may be, in bytes.
const maxTag = 400

// parseTopic reads what a client names. Errors: 400.
func parseTopic(name, tag, list string) (topic, label, *problem) {
	switch {
	case name == "":
		return topic{}, nil, wrong(http.StatusBadRequest, "Missing stream name parameter")
	case !slices.Contains(names(), name):
		return topic{}, nil, wrong(http.StatusBadRequest, "Unknown stream type")
	case name == hashtag || name == hashtagLocal:
		clean := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(tag), "#"))
		if clean == "" || len(clean) > maxTag {
			return topic{}, nil, wrong(http.StatusBadRequest, "Missing tag name parameter")
		}
		return topic{name: name, tag: clean}, label{name, tag}, nil
	case name == lists:
		id, err := strconv.ParseInt(list, 10, 64)
		if err != nil || id <= 0 {
			return topic{}, nil, wrong(http.StatusBadRequest, "Missing list name parameter")
		}
		return topic{name: name, list: id}, label{name, strconv.FormatInt(id, 10)}, nil
	}
	return topic{name: name}, label{name}, nil
}

// mayHear reports whether a token covers a topic: of public ones, too (security case E22).
func mayHear(p *oauth.Principal, t topic) bool {
	if t.name == userNotification {
		return p.Has("read:notifications")
	}
	return p.Has("read:statuses")
}

// occasion is a post with what decides which topics it belongs to.
type occasion struct {
	listed bool // in public timelines
	local  bool
	media  bool
	tags   []string
	home   bool // in the reader's home
	inList func(list int64) bool
}

// takes reports whether a post belongs to a topic.
func (t topic) takes(o occasion) bool {
	switch t.name {
	case user:
		return o.home
	case lists:
		return o.inList(t.list)
	case userNotification, direct:
		return false
	}
	if !o.listed {
		return false
	}
	switch t.name {
	case publicLocal:
		return o.local
	case publicRemote:
		return !o.local
	case publicMedia:
		return o.media
	case publicLocalMedia:
		return o.media && o.local
	case publicRemoteMedia:
		return o.media && !o.local
	case hashtag:
		return slices.Contains(o.tags, t.tag)
	case hashtagLocal:
		return o.local && slices.Contains(o.tags, t.tag)
	}
	return t.name == public
}
