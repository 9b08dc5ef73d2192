package peers

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// complaints collects why something would be refused.
type complaints []string

func (c *complaints) unless(fine bool, format string, args ...any) {
	if !fine {
		*c = append(*c, fmt.Sprintf(format, args...))
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func isText(v any) bool { return text(v) != "" }

// addressees gives to or cc; false where it is no list of texts.
func addressees(v any) ([]string, bool) {
	list, ok := v.([]any)
	var all []string
	for _, item := range list {
		ok = ok && isText(item)
		all = append(all, text(item))
	}
	return all, ok
}

func host(v any) string {
	address, err := url.Parse(text(v))
	if err != nil {
		return ""
	}
	return address.Host
}

func isMoment(v any) bool {
	_, err := time.Parse(time.RFC3339, text(v))
	return err == nil
}

// isOurs tells an activity of ours from one that a community of ours only passes on.
func isOurs(activity M) bool { return host(activity["actor"]) == "a.test" }

// anybody is what holds for everything that we send.
func anybody(a M) []string {
	var c complaints
	c.unless(isText(a["actor"]), "the actor is %v", a["actor"])
	c.unless(isText(a["id"]) && host(a["id"]) == host(a["actor"]), "the id %v is not on the host of the actor", a["id"])
	_, ok := addressees(a["to"])
	c.unless(ok, "to is %v", a["to"])
	return c
}

func takesAnything(*fake, M) []string { return nil }

// inside gives the complaints about what an announcement holds, if it is ours.
func inside(f *fake, a M, strict func(*fake, M) []string) []string {
	if inner, ok := a["object"].(M); ok && isOurs(inner) {
		return strict(f, inner)
	}
	return nil
}

// lemmyTakes: enumerations without a way out, both lists of addressees, one community as a text, and documents that stand
// under their ids with exactly the right media type.
func lemmyTakes(f *fake, a M) []string {
	var c complaints
	switch a["type"] {
	case "Announce":
		inner, ok := a["object"].(M)
		c.unless(ok && isText(inner["actor"]), "an announcement of %v, which is no activity", a["object"])
		_, hasCc := addressees(a["cc"])
		c.unless(hasCc, "cc is %v", a["cc"])
		c = append(c, inside(f, a, lemmyTakes)...)
	case "Create", "Update":
		if object, ok := a["object"].(M); !ok || object["type"] != "Person" && object["type"] != "Group" {
			c = append(c, lemmyTakesPost(f, a)...)
		}
	case "Like":
		c.unless(isText(a["object"]), "it likes %v", a["object"])
	case "Undo":
		inner, _ := a["object"].(M)
		c.unless(isText(inner["type"]) && isText(inner["actor"]) && isText(inner["object"]), "it undoes %v", a["object"])
	case "Follow":
		c.unless(isText(a["object"]), "it follows %v", a["object"])
	case "Accept", "Reject":
		c = append(c, wholeFollow(a)...)
	case "Delete":
		object, ok := a["object"].(M)
		c.unless(isText(a["object"]) || ok && isText(object["id"]) && object["type"] == "Tombstone", "it deletes %v", a["object"])
	}
	if audience, ok := a["audience"]; ok {
		c.unless(isText(audience), "audience is %v", audience)
	}
	return c
}

func wholeFollow(a M) []string {
	var c complaints
	inner, _ := a["object"].(M)
	whole := inner["type"] == "Follow" && isText(inner["id"]) && isText(inner["actor"]) && isText(inner["object"])
	c.unless(whole, "the Follow in it is %v", a["object"])
	return c
}

func lemmyTakesPost(f *fake, a M) []string {
	var c complaints
	object, _ := a["object"].(M)
	c.unless(slices.Contains([]string{"Page", "Article", "Note", "Video", "Event"}, text(object["type"])), "the type %v", object["type"])
	for name, doc := range map[string]M{"activity": a, "object": object} {
		to, hasTo := addressees(doc["to"])
		cc, hasCc := addressees(doc["cc"])
		c.unless(hasTo && hasCc, "to %v and cc %v of the %s", doc["to"], doc["cc"], name)
		c.unless(slices.Contains(append(to, cc...), public), "the %s is not for everybody", name)
		if audience, ok := doc["audience"]; ok {
			c.unless(isText(audience) && slices.Contains(append(to, cc...), text(audience)), "the audience %v of the %s", audience, name)
		}
	}
	c.unless(host(object["attributedTo"]) == host(object["id"]) && host(object["id"]) == host(a["actor"]), "hosts differ")
	c.unless(object["attributedTo"] == a["actor"], "it is by %v", object["attributedTo"])
	c.unless(object["inReplyTo"] != nil || isText(object["name"]) || object["audience"] == nil, "a thread without a name")
	c.unless(isText(object["content"]) && object["mediaType"] == "text/html", "content %v as %v", object["content"], object["mediaType"])
	c.unless(isMoment(object["published"]), "published %v", object["published"])
	if language, ok := object["language"]; ok {
		named, _ := language.(M)
		c.unless(isText(named["identifier"]) && isText(named["name"]), "language %v", language)
	}
	for _, item := range listOf(object["attachment"]) {
		part, _ := item.(M)
		c.unless(part["type"] == "Link" && isText(part["href"]) || slices.Contains([]string{"Image", "Document"}, text(part["type"])) && isText(part["url"]), "the attachment %v", item)
	}
	for _, item := range listOf(object["tag"]) {
		part, _ := item.(M)
		c.unless(isText(part["type"]), "the tag %v", item)
	}
	if a["type"] == "Create" {
		c = append(c, f.fetchesAs(text(object["id"]))...)
	}
	return c
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

// fetchesAs: a document is taken only from its own address, under one of three spellings of its media type.
func (f *fake) fetchesAs(id string) []string {
	var c complaints
	code, contentType, body := f.mia.Ask(id)
	spellings := []string{
		"application/activity+json", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, "application/activity+json; charset=utf-8",
	}
	c.unless(code == 200 && slices.Contains(spellings, strings.ToLower(contentType)), "%s is answered %d as %q", id, code, contentType)
	var doc M
	c.unless(json.Unmarshal([]byte(body), &doc) == nil && doc["id"] == id, "under %s stands %v", id, doc["id"])
	return c
}

// mbinTakes reads four properties without asking whether they are there, and a Follow only where it is embedded.
func mbinTakes(f *fake, a M) []string {
	var c complaints
	switch a["type"] {
	case "Announce":
		_, hasCc := addressees(a["cc"])
		c.unless(hasCc, "cc is %v", a["cc"])
		c = append(c, inside(f, a, mbinTakes)...)
	case "Create":
		object, _ := a["object"].(M)
		for _, key := range []string{"to", "cc"} {
			_, ok := addressees(object[key])
			c.unless(ok, "%s of the object is %v", key, object[key])
		}
		c.unless(isMoment(object["published"]), "published %v", object["published"])
		c.unless(object["inReplyTo"] != nil || object["audience"] == nil || isText(object["name"]), "a thread without a name")
	case "Accept", "Reject":
		c = append(c, wholeFollow(a)...)
	}
	return c
}

// nodebbTakes asks WebFinger for every actor: the link to self must be its id, byte for byte.
func nodebbTakes(f *fake, a M) []string {
	var c complaints
	_, _, body := f.mia.Ask(text(a["actor"]))
	var actor M
	c.unless(json.Unmarshal([]byte(body), &actor) == nil, "the actor %v cannot be read", a["actor"])
	resource := "acct:" + text(actor["preferredUsername"]) + "@" + host(a["actor"])
	code, found := f.Fetch(f.server, "/.well-known/webfinger?resource="+url.QueryEscape(resource))
	var jrd struct {
		Links []struct{ Rel, Type, Href string }
	}
	c.unless(code == 200 && json.Unmarshal([]byte(found), &jrd) == nil, "%s is answered %d", resource, code)
	self := ""
	for _, link := range jrd.Links {
		if link.Rel == "self" && strings.Contains(link.Type, "application/activity+json") {
			self = link.Href
		}
	}
	c.unless(self == a["actor"], "%s leads to %q, want %v", resource, self, a["actor"])
	return c
}

// piefedTakes compares ids in lower case and stumbles over actors that lack what it expects.
func piefedTakes(f *fake, a M) []string {
	var c complaints
	for _, id := range []any{a["actor"], a["id"], a["audience"]} {
		c.unless(text(id) == strings.ToLower(text(id)) || strings.Contains(text(id), "#"), "%v is not in lower case", id)
	}
	_, _, body := f.mia.Ask(text(a["actor"]))
	var actor M
	c.unless(json.Unmarshal([]byte(body), &actor) == nil, "the actor %v cannot be read", a["actor"])
	key, _ := actor["publicKey"].(M)
	endpoints, _ := actor["endpoints"].(M)
	whole := isText(actor["preferredUsername"]) && isText(actor["name"]) && isText(actor["outbox"]) && isText(key["publicKeyPem"]) && isText(endpoints["sharedInbox"])
	c.unless(whole, "the actor %v lacks something", actor)
	if a["type"] == "Accept" || a["type"] == "Reject" {
		c = append(c, wholeFollow(a)...)
	}
	return append(c, inside(f, a, piefedTakes)...)
}

// mastodonTakes shows notes, finds people by mentions, and does not read what a community relays but for its own posts.
func mastodonTakes(f *fake, a M) []string {
	var c complaints
	object, embedded := a["object"].(M)
	switch a["type"] {
	case "Announce":
		c.unless(!embedded || host(object["actor"]) == "peer.test", "an announcement of a %v", object["type"])
	case "Create", "Update":
		c.unless(embedded && isText(object["content"]) && isText(object["attributedTo"]) || a["type"] == "Update", "object %v", a["object"])
		for _, item := range listOf(object["tag"]) {
			part, _ := item.(M)
			c.unless(part["type"] != "Mention" || isText(part["href"]) && strings.HasPrefix(text(part["name"]), "@"), "the mention %v", item)
		}
	case "Accept", "Reject":
		c = append(c, wholeFollow(a)...)
	}
	return c
}
