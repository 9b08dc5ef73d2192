package vocab

import "encoding/json"

// Tag is a mention, a hashtag, an emoji, a community's post tag, or a link to another object.
type Tag struct {
	Type, Name string
	// ID and Href are addresses; Href is the mentioned actor, the page of a hashtag, the linked object.
	ID, Href string
	// PreferredUsername is the short name of a Lemmy CommunityPostTag.
	PreferredUsername string
	// Icon is the picture of an Emoji.
	Icon string
}

// Attachment is a file or link that belongs to an object. URL or Href, or both, are http(s) addresses.
type Attachment struct {
	Type, URL, Href, MediaType, Name string
	// Width and Height are in pixels, 0 where unknown.
	Width, Height int
	Blurhash      string
	// FocusX and FocusY are the point that must be seen when the picture is cut, from -1 to 1; the middle where unknown.
	FocusX, FocusY float64
	// Seconds is how long a film or sound lasts, 0 where unknown; Preview the address of a picture of it.
	Seconds float64
	Preview string
}

// Link gives the address, whichever property holds it.
func (a Attachment) Link() string {
	if a.URL != "" {
		return a.URL
	}
	return a.Href
}

// PollOption is one possible answer of a poll.
type PollOption struct {
	Name  string
	Votes int
}

func (f fields) tags() []Tag {
	var tags []Tag
	for _, item := range f.list("tag", maxTags) {
		o := open(item)
		tag := Tag{
			Type: o.head().Type, Name: o.name("name"), ID: o.id("id"), Href: o.link("href"),
			PreferredUsername: o.name("preferredUsername"), Icon: o.image("icon"),
		}
		if tag != (Tag{}) {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (f fields) attachments() []Attachment {
	var all []Attachment
	for _, item := range f.list("attachment", maxAttachments) {
		if a := attachmentOf(item); a.Link() != "" {
			all = append(all, a)
		}
	}
	return all
}

func attachmentOf(item json.RawMessage) Attachment {
	if s := stringOf(item); s != "" {
		return Attachment{URL: webLink(s)}
	}
	o := open(item)
	a := Attachment{
		Type: o.head().Type, Href: o.link("href"), MediaType: o.short("mediaType"), Name: o.name("name"),
		Width: o.number("width", maxPixels), Height: o.number("height", maxPixels), Blurhash: o.short("blurhash"),
	}
	a.FocusX, a.FocusY = o.point("focalPoint")
	a.Seconds, a.Preview = seconds(o.str("duration")), o.image("icon")
	var media string
	if a.URL, media = o.file("url"); a.MediaType == "" {
		a.MediaType = media
	}
	return a
}

// alternative is one of the links of a url property.
type alternative struct{ href, mediaType string }

// alternatives reads a url: a string, a Link, or an array of these. What is no web address is left out.
func (f fields) alternatives(key string) []alternative {
	var all []alternative
	for _, item := range f.list(key, maxLinks) {
		one := alternative{href: webLink(stringOf(item))}
		if o := open(item); o != nil {
			one = alternative{href: o.link("href"), mediaType: o.short("mediaType")}
			if one.href == "" {
				one.href = o.link("url")
			}
		}
		if one.href != "" {
			all = append(all, one)
		}
	}
	return all
}

// page gives the link for people: the first to HTML, else the first.
func (f fields) page(key string) string {
	all := f.alternatives(key)
	for _, one := range all {
		if baseType(one.mediaType) == "text/html" {
			return one.href
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].href
}

// file gives the first link and its media type.
func (f fields) file(key string) (href, mediaType string) {
	if all := f.alternatives(key); len(all) > 0 {
		return all[0].href, all[0].mediaType
	}
	return "", ""
}

// image gives the address of a picture: a string, an Image whose url is one, or the last of an array, where servers
// that offer several sizes put the largest.
func (f fields) image(key string) string {
	list := f.list(key, maxLinks)
	for i := len(list) - 1; i >= 0; i-- {
		link := webLink(stringOf(list[i]))
		if o := open(list[i]); o != nil {
			if link, _ = o.file("url"); link == "" {
				link = o.link("href")
			}
		}
		if link != "" {
			return link
		}
	}
	return ""
}

// options reads the answers of a poll. The number of votes is the size of each answer's collection of replies.
func (f fields) options(key string) []PollOption {
	var all []PollOption
	for _, item := range f.list(key, maxOptions) {
		o := open(item)
		if name, _ := o.text("name", "nameMap"); name != "" {
			votes := o.object("replies").number("totalItems", maxCount)
			all = append(all, PollOption{Name: cutRunes(name, maxName), Votes: votes})
		}
	}
	return all
}
