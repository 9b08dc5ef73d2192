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

// split parts inboxes into those of servers that are given articles and the others.
func (w *Writer) split(tx *models.Tx, inboxes []models.Inbox) (articles, others []models.Inbox, err error) {
	hosts := make([]string, len(inboxes))
	for i := range inboxes {
		hosts[i] = inboxes[i].Host
	}
	software, err := tx.PeerSoftware(hosts)
	for _, inbox := range inboxes {
		if ReadsArticles(software[inbox.Host]) {
			articles = append(articles, inbox)
		} else {
			others = append(others, inbox)
		}
	}
	return articles, others, err
}

// writeArticle writes a Create or Update once more with the thread as an Article, for servers that want it so, and gives its
// bytes; nil when the object is no such thread, or nobody wants it.
func (w *Writer) writeArticle(tx *models.Tx, n note, object vocab.M, inboxes []models.Inbox, wanted bool) ([]byte, error) {
	article := AsArticle(object)
	if article["type"] == object["type"] || (len(inboxes) == 0 && !wanted) {
		return nil, nil
	}
	doc := maps.Clone(n.doc)
	doc["object"] = article
	n.id = tx.NewID()
	doc["id"] = w.links.Activity(n.id)
	n.doc, n.inboxes, n.listed = doc, inboxes, false
	return w.write(tx, n)
}
