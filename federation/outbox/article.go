package outbox

import (
	"maps"

	"praxis/federation/vocab"
	"praxis/models"
)

// articleReaders are servers that file a Note among short messages and an Article among threads. They are given a thread as
// an Article, under the same id (docs/adr/0010).
var articleReaders = words(`mbin kbin`)

// ReadsArticles reports software that is given threads as articles.
func ReadsArticles(software string) bool { return articleReaders[software] }

// AsArticle gives a document as such servers want it: the first post of a thread with a title as an Article, anything else as
// it is.
func AsArticle(doc vocab.M) vocab.M {
	if doc["type"] != "Note" || doc["name"] == nil || doc["inReplyTo"] != nil || doc["audience"] == nil {
		return doc
	}
	article := maps.Clone(doc)
	article["type"] = "Article"
	return article
}

// titleHiders are servers that fold a Note with a name away, with the name as the warning. To them a thread has no name: its
// title stands in the text as well.
var titleHiders = words(`gotosocial`)

// FormFor gives a document as the software of a reader wants it.
func FormFor(software string, doc vocab.M) vocab.M {
	switch {
	case articleReaders[software]:
		return AsArticle(doc)
	case titleHiders[software]:
		return untitled(doc)
	}
	return doc
}

// untitled gives a Note without its title.
func untitled(doc vocab.M) vocab.M {
	if doc["type"] != "Note" || doc["name"] == nil {
		return doc
	}
	note := maps.Clone(doc)
	delete(note, "name")
	return note
}

// split parts inboxes into those whose software is one of some and the others.
func (w *Writer) split(tx *models.Tx, inboxes []models.Inbox, some map[string]bool) (chosen, others []models.Inbox, err error) {
	hosts := make([]string, len(inboxes))
	for i := range inboxes {
		hosts[i] = inboxes[i].Host
	}
	software, err := tx.PeerSoftware(hosts)
	for _, inbox := range inboxes {
		if some[software[inbox.Host]] {
			chosen = append(chosen, inbox)
		} else {
			others = append(others, inbox)
		}
	}
	return chosen, others, err
}

// writeArticle writes a Create or Update once more with the thread as an Article, for servers that want it so, and gives its
// bytes; nil when the object is no such thread, or nobody wants it.
func (w *Writer) writeArticle(tx *models.Tx, n note, object vocab.M, inboxes []models.Inbox, wanted bool) ([]byte, error) {
	article := AsArticle(object)
	if article["type"] == object["type"] || (len(inboxes) == 0 && !wanted) {
		return nil, nil
	}
	return w.writeForm(tx, n, article, inboxes)
}

// writeUntitled writes it once more without the title, and reports whether it did.
func (w *Writer) writeUntitled(tx *models.Tx, n note, object vocab.M, inboxes []models.Inbox) (bool, error) {
	if object["name"] == nil || object["type"] != "Note" || len(inboxes) == 0 {
		return false, nil
	}
	_, err := w.writeForm(tx, n, untitled(object), inboxes)
	return true, err
}

// writeForm writes an activity once more, with its object in another form.
func (w *Writer) writeForm(tx *models.Tx, n note, object vocab.M, inboxes []models.Inbox) ([]byte, error) {
	doc := maps.Clone(n.doc)
	doc["object"] = object
	n.id = tx.NewID()
	doc["id"] = w.links.Activity(n.id)
	n.doc, n.inboxes, n.listed = doc, inboxes, false
	return w.write(tx, n)
}
