package takeout

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"praxis/federation/outbox"
	"praxis/federation/vocab"
	"praxis/internal/media"
	"praxis/internal/takealong"
	"praxis/models"
	"praxis/practice"
)

// archive is a zip that is being written.
type archive struct {
	*Worker
	ctx    context.Context
	zip    *zip.Writer
	member *models.Actor
}

// Write writes the archive of a member, as a zip laid out as those of Mastodon are.
func (w *Worker) Write(ctx context.Context, member *models.Actor, to io.Writer) error {
	a := &archive{w, ctx, zip.NewWriter(to), member}
	for _, step := range []func() error{a.actor, a.outbox, a.addresses, a.lists, a.record, a.communities} {
		if err := step(); err != nil {
			return err
		}
	}
	return a.zip.Close()
}

func (a *archive) read() *models.Tx { return a.store.Read(a.ctx) }

// put adds a file.
func (a *archive) put(name string, write func(io.Writer) error) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.store.Now()}
	part, err := a.zip.CreateHeader(header)
	if err == nil {
		err = write(part)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func (a *archive) putJSON(name string, value any) error {
	return a.put(name, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", " ")
		return out.Encode(value)
	})
}

func (a *archive) actor() error {
	doc, err := outbox.Profile(a.read(), a.cfg.Service.Links(), a.member)
	if err != nil {
		return err
	}
	doc["@context"] = vocab.Contexts()
	if err := a.putJSON("actor.json", doc); err != nil {
		return err
	}
	return errors.Join(a.file("avatar", a.member.IconFile), a.file("header", a.member.ImageFile))
}

// file adds a kept file under another name; one that is lost is left out.
func (a *archive) file(name, kept string) error {
	if kept == "" {
		return nil
	}
	content, err := a.cfg.Service.Media().Store.Open(a.ctx, kept)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	if name != "media_attachments/"+kept {
		name += kept[len(kept)-len(endingOf(kept)):]
	}
	return a.put(name, func(w io.Writer) error {
		_, err := io.Copy(w, content)
		return err
	})
}

func endingOf(kept string) string {
	for i := range kept {
		if kept[i] == '.' {
			return kept[i:]
		}
	}
	return ""
}

// pageOf is how many posts are read at once.
const pageOf = 100

// outbox writes all posts as the activities that told of them, one by one, so that no number of them fills the memory.
func (a *archive) outbox() error {
	var files []string
	err := a.put("outbox.json", func(w io.Writer) error {
		context, err := json.Marshal(vocab.Contexts())
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "{\"@context\":%s,\"id\":\"outbox.json\",\"type\":\"OrderedCollection\",\"orderedItems\":[", context); err != nil {
			return err
		}
		count, after := 0, int64(0)
		for {
			posts, err := a.read().OwnPosts(a.member.ID, after, pageOf)
			if err != nil {
				return err
			}
			if len(posts) == 0 {
				break
			}
			after = posts[len(posts)-1].ID
			for i := range posts {
				if err := a.activity(w, &posts[i], count); err != nil {
					return err
				}
				count++
			}
			more, err := a.filesOf(posts)
			if err != nil {
				return err
			}
			files = append(files, more...)
		}
		_, err = fmt.Fprintf(w, "],\"totalItems\":%d}\n", count)
		return err
	})
	for _, kept := range files {
		err = errors.Join(err, a.file("media_attachments/"+kept, kept))
	}
	return err
}

func (a *archive) activity(w io.Writer, post *models.Post, before int) error {
	doc, err := a.document(post)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	separator := "\n"
	if before > 0 {
		separator = ",\n"
	}
	_, err = fmt.Fprintf(w, "%s%s", separator, raw)
	return err
}

func (a *archive) document(post *models.Post) (vocab.M, error) {
	at := vocab.FormatTime(post.PublishedAt.Time())
	if !post.IsBoost() {
		object, err := a.cfg.Writer.Post(a.read(), post)
		if err != nil {
			return nil, err
		}
		return vocab.M{
			"id": post.URI + "/activity", "type": "Create", "actor": a.member.URI, "published": at, "to": object["to"], "cc": object["cc"], "object": object,
		}, nil
	}
	doc := vocab.M{"id": post.URI, "type": "Announce", "actor": a.member.URI, "published": at}
	shared, err := a.read().VisiblePost(post.ReblogOfID, a.member.ID)
	if err == nil {
		doc["object"] = shared.URI
	} else if models.IsNotFound(err) {
		err = nil
	}
	return doc, err
}

// filesOf gives the names of the files of posts.
func (a *archive) filesOf(posts []models.Post) ([]string, error) {
	ids := make([]int64, len(posts))
	for i := range posts {
		ids[i] = posts[i].ID
	}
	parts, err := a.read().PostParts(ids)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, attachments := range parts.Attachments {
		for i := range attachments {
			if file := attachments[i].File; attachments[i].OwnerID == a.member.ID && media.IsName(file) {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// addresses writes what the member liked and kept, by address only: the posts are others'.
func (a *archive) addresses() error {
	for name, read := range map[string]func(int64) ([]string, error){"likes.json": a.read().LikedURIs, "bookmarks.json": a.read().BookmarkedURIs} {
		uris, err := read(a.member.ID)
		if err != nil {
			return err
		}
		doc := vocab.M{
			"@context": vocab.Namespace, "id": name, "type": "OrderedCollection", "totalItems": len(uris), "orderedItems": append([]string{}, uris...),
		}
		if err := a.putJSON(name, doc); err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) lists() error {
	for _, kind := range takealong.Kinds() {
		err := a.put(kind+".csv", func(w io.Writer) error { return a.cfg.Service.WriteList(a.ctx, a.member, kind, w) })
		if err != nil {
			return err
		}
	}
	return nil
}

// record adds the record of contributions, and a page of it that prints well.
func (a *archive) record() error {
	raw, err := a.cfg.Service.RecordOf(a.ctx, a.member)
	if err != nil {
		return err
	}
	err = a.put("record.json", func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		return err
	}
	return a.put("record.html", func(w io.Writer) error { return practice.WriteRecordPage(w, raw) })
}

// communities adds to which communities the member belongs, and as what.
func (a *archive) communities() error {
	roles, err := a.read().RolesHeld(a.member.ID)
	if err != nil {
		return err
	}
	shown := []vocab.M{}
	for id, role := range roles {
		community, err := a.read().KnownActor(id, a.member.ID)
		if models.IsNotFound(err) {
			continue // who left does not know of it any more
		}
		if err != nil {
			return err
		}
		shown = append(shown, vocab.M{"community": community.URI, "name": community.DisplayName, "role": role})
	}
	return a.putJSON("communities.json", shown)
}
