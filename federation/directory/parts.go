package directory

import (
	"context"
	"strings"
	"time"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
)

// maxAttachments is how many files of a remote post are kept.
const maxAttachments = 16

func attachmentsOf(o vocab.Object) []models.Attachment {
	var files []models.Attachment
	for _, a := range o.Attachment[:min(len(o.Attachment), maxAttachments)] {
		file := models.Attachment{
			Type: fileType(a), MediaType: a.MediaType, URL: a.Link(), Description: text.CleanName(a.Name),
			Blurhash: a.Blurhash, Width: int64(a.Width), Height: int64(a.Height), FocusX: a.FocusX, FocusY: a.FocusY,
		}
		if file.Type == "video" || file.Type == "audio" {
			file.Duration, file.PreviewURL = a.Seconds, a.Preview
		}
		files = append(files, file)
	}
	return files
}

// fileType names a file as Mastodon's API does; "link" for what is no file.
func fileType(a vocab.Attachment) string {
	kind, _, _ := strings.Cut(a.MediaType, "/")
	switch {
	case kind == "image", kind == "video", kind == "audio":
		return kind
	case a.Type == "Link" || (a.Type == "" && a.URL == ""):
		return "link"
	case a.Type == "Image", a.Type == "Video", a.Type == "Audio":
		return strings.ToLower(a.Type)
	}
	return "unknown"
}

// editedOf: a post was edited when it says a later time than that of its publication.
func editedOf(o vocab.Object) time.Time {
	if o.Updated.After(o.Published) {
		return o.Updated
	}
	return time.Time{}
}

// mentions gives the actors that an object names and addresses. Unknown ones are looked up, though not many.
func (d *Directory) mentions(ctx context.Context, o vocab.Object) []*models.Actor {
	var found []*models.Actor
	asked := 0
	for _, tag := range o.Tag {
		if tag.Type != "Mention" || tag.Href == "" {
			continue
		}
		actor, err := d.store.Read(ctx).ActorByURI(tag.Href)
		if models.IsNotFound(err) && asked < maxNewNames && !d.links.IsOurs(tag.Href) {
			asked++
			actor, err = d.Actor(ctx, tag.Href)
		}
		if err == nil && !contains(found, actor) {
			found = append(found, actor)
		}
	}
	return d.addressed(ctx, o, found)
}

// addressed adds the local actors that an object addresses without naming them: they may read it, too.
func (d *Directory) addressed(ctx context.Context, o vocab.Object, found []*models.Actor) []*models.Actor {
	for _, uri := range append(append(vocab.IRIs{}, o.To...), o.Cc...) {
		if !d.links.IsOurs(uri) {
			continue
		}
		actor, err := d.store.Read(ctx).ActorByURI(uri)
		if err == nil && actor.Local && actor.Type == models.TypePerson && !contains(found, actor) {
			found = append(found, actor)
		}
	}
	return found
}

func contains(list []*models.Actor, actor *models.Actor) bool {
	for _, known := range list {
		if known.ID == actor.ID {
			return true
		}
	}
	return false
}

// Community gives the community of ours that an object was posted into: its audience, or one that it addresses. A
// community elsewhere decides itself what it took, and says so by announcing it.
func (d *Directory) Community(ctx context.Context, o vocab.Object) *models.Actor {
	for _, uri := range append(append(append(vocab.IRIs{}, o.Audience...), o.To...), o.Cc...) {
		if !d.links.IsOurs(uri) {
			continue
		}
		actor, err := d.store.Read(ctx).ActorByURI(uri)
		if err == nil && actor.Local && actor.IsCommunity() && !actor.IsGone() {
			return actor
		}
	}
	return nil
}

// isWithin reports an object for those who follow the community that it names, and for nobody else.
func (d *Directory) isWithin(ctx context.Context, o vocab.Object) bool {
	if o.To.Contains(vocab.Public) || o.Cc.Contains(vocab.Public) {
		return false
	}
	for _, uri := range o.Audience[:min(len(o.Audience), maxAudience)] {
		group, err := d.store.Read(ctx).ActorByURI(uri)
		if err == nil && group.IsCommunity() && group.FollowersURI != "" && (o.To.Contains(group.FollowersURI) || o.Cc.Contains(group.FollowersURI)) {
			return true
		}
	}
	return false
}

// elsewhere gives the community of another host that a reply names as its audience, if it is a sibling of one of ours; nil for
// none.
func (d *Directory) elsewhere(ctx context.Context, o vocab.Object) (*models.Actor, error) {
	if o.InReplyTo == "" {
		return nil, nil
	}
	tx := d.store.Read(ctx)
	for _, uri := range o.Audience[:min(len(o.Audience), maxAudience)] {
		if d.links.IsOurs(uri) {
			continue
		}
		if known, err := tx.IsSiblingOrKin(uri); err != nil {
			return nil, err
		} else if !known {
			continue
		}
		actor, err := tx.ActorByURI(uri)
		if err == nil && actor.IsCommunity() {
			return actor, nil
		}
		if err != nil && !models.IsNotFound(err) {
			return nil, err
		}
	}
	return nil, nil
}

// maxAudience is among how many communities that a reply names its own is looked for.
const maxAudience = 3
