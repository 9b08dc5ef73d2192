package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/feeds"
	"github.com/gorilla/mux"

	"praxis/internal/text"
	"praxis/models"
	"praxis/practice"
)

// feedSize is how many posts a feed has.
const feedSize = 30

const feedPart = "/feed.{format:atom|rss}"

// feed gives the latest threads of a community, or posts of a member, as Atom or RSS: what everybody may read, whoever asks.
// The parameters kind and tag narrow it.
func (s *Server) feed(v *visit) error {
	v.member, v.viewer = nil, models.Anonymous
	actor, err := s.named(v)
	if err != nil {
		return err
	}
	if !actor.Local {
		return errNotFound // its own host has it
	}
	query := v.r.URL.Query()
	filter := models.FeedFilter{AuthorID: actor.ID, Kind: query.Get("kind"), Limit: feedSize}
	if actor.IsCommunity() {
		filter.CommunityID, filter.AuthorID = actor.ID, 0
	}
	if filter.Kind != "" && practice.KindLabel(filter.Kind) == "" {
		return models.FieldErrorf("kind", "%q is no kind of post: take one such as InformationRequest or Visit.", shorten(filter.Kind, maxTag))
	}
	if filter.Tag = strings.ToLower(strings.TrimPrefix(query.Get("tag"), "#")); filter.Tag != "" && !isTag(filter.Tag) {
		return models.FieldErrorf("tag", "%q is no hashtag.", shorten(filter.Tag, maxTag))
	}
	p, about := s.person(actor), oneLine(text.Plain(actor.Summary))
	if actor.IsCommunity() {
		members, err := s.roster(v, actor)
		if err != nil {
			return err
		}
		if members != nil {
			about = strings.TrimSpace(about + " " + members.Total + ".")
		}
	}
	return s.showFeed(v, filter, &feeds.Feed{
		Title: titleOfFeed(p.Name, filter), Link: &feeds.Link{Href: s.links.Base + p.Path}, Description: about,
		Id: s.links.Base + v.r.URL.RequestURI(), Author: &feeds.Author{Name: p.Name},
	})
}

func titleOfFeed(name string, filter models.FeedFilter) string {
	if filter.Kind != "" {
		name += ": " + practice.KindLabel(filter.Kind)
	}
	if filter.Tag != "" {
		name += " #" + filter.Tag
	}
	return name
}

// tagFeed gives the latest posts with a hashtag.
func (s *Server) tagFeed(v *visit) error {
	v.member, v.viewer = nil, models.Anonymous
	tag := strings.ToLower(mux.Vars(v.r)["tag"])
	if !isTag(tag) {
		return errNotFound
	}
	return s.showFeed(v, models.FeedFilter{Tag: tag, Limit: feedSize}, &feeds.Feed{
		Title: "#" + tag, Link: &feeds.Link{Href: s.links.Base + "/tags/" + url.PathEscape(tag)}, Description: "Posts about #" + tag,
		Id: s.links.Base + v.r.URL.RequestURI(), Author: &feeds.Author{Name: s.cfg.Name},
	})
}

// showFeed answers with the posts of a filter in the format of the path.
func (s *Server) showFeed(v *visit, filter models.FeedFilter, feed *feeds.Feed) error {
	posts, err := v.tx.FeedPosts(filter)
	if err != nil {
		return err
	}
	entries, err := s.entries(v, posts)
	if err != nil {
		return err
	}
	feed.Updated = time.Unix(0, 0).UTC()
	for i, e := range entries {
		item := s.feedItem(e, &posts[i])
		if item.Updated.After(feed.Updated) {
			feed.Updated = item.Updated
		}
		feed.Items = append(feed.Items, item)
	}
	v.w.Header().Set("Cache-Control", cachePublic)
	if mux.Vars(v.r)["format"] == "rss" {
		v.w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		return feed.WriteRss(v.w)
	}
	v.w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	return feeds.WriteXML(atomOf(feed), v.w)
}

// atomOf adds what the library leaves out: the feed's own id, and when each entry was published first.
func atomOf(feed *feeds.Feed) *feeds.AtomFeed {
	atom := (&feeds.Atom{Feed: feed}).AtomFeed()
	atom.Id = feed.Id
	for i, item := range feed.Items {
		atom.Entries[i].Published = item.Created.Format(time.RFC3339)
	}
	return atom
}

// feedItem shows a post as an entry of a feed. What is behind a warning stays there.
func (s *Server) feedItem(e *entry, post *models.Post) *feeds.Item {
	item := &feeds.Item{
		Title: e.Heading, Link: &feeds.Link{Href: s.links.Base + e.Path}, Id: post.URI, Author: &feeds.Author{Name: e.Author.Name},
		Created: post.PublishedAt.Time(), Updated: max(post.PublishedAt, post.EditedAt).Time(), Description: e.Preview,
	}
	if e.Warning == "" {
		item.Content = string(e.Body)
	} else {
		item.Description = e.Warning
	}
	if e.Origin != nil {
		from := "From " + e.Origin.Name + "."
		item.Description = strings.TrimSpace(item.Description + " " + from)
		if item.Content != "" {
			item.Content += "<p>" + template.HTMLEscapeString(from) + "</p>"
		}
	}
	if e.Kind != "" {
		item.Title = e.Kind + ": " + item.Title
	}
	return item
}

// feedLinks names a feed on a page, for programs that look for one.
func feedLinks(w http.ResponseWriter, path string) {
	for format, mediaType := range map[string]string{"atom": "application/atom+xml", "rss": "application/rss+xml"} {
		w.Header().Add("Link", `<`+path+`/feed.`+format+`>; rel="alternate"; type="`+mediaType+`"`)
	}
}
