package outbox

import (
	"encoding/json"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// SiblingsFeature is what a server says that understands siblings (FEP-844e).
const SiblingsFeature = "https://w3id.org/fep/ff83"

// SiblingOf is the relationship of two Groups that are one community.
const SiblingOf = practice.KindNamespace + "siblingOf"

// implements lists what our server understands beyond what others do.
func implements() []any {
	return []any{vocab.M{"href": SiblingsFeature, "name": "Sibling groups"}}
}

// siblingSaid writes what a Group of ours tells one elsewhere about being siblings.
func (w *Writer) siblingSaid(tx *models.Tx, e practice.SiblingSaid) error {
	doc := vocab.M{"@context": vocab.SiblingContext(), "id": w.links.Activity(e.ID), "type": e.Verb, "to": []string{e.To.URI}}
	switch e.Verb {
	case "Offer":
		if e.Heir {
			doc["object"] = vocab.M{"type": "Move", "actor": e.From.URI, "object": e.From.URI, "target": e.To.URI}
			doc["target"] = e.To.URI
			break
		}
		one := e.From.URI
		if e.Third != "" {
			one = e.Third
		} else {
			doc["instrument"] = json.RawMessage(e.Document)
		}
		doc["object"] = vocab.M{"type": "Relationship", "subject": one, "relationship": SiblingOf, "object": e.To.URI}
		doc["target"] = e.To.URI
		if e.About != "" {
			doc["inReplyTo"] = e.About
		}
	case "Leave":
		doc["object"] = vocab.M{"id": e.About, "type": vocab.BondWord}
	case "Undo":
		doc["object"] = vocab.M{"id": e.About, "type": "Offer", "actor": e.From.URI}
	default:
		doc["object"] = vocab.M{"id": e.About, "type": "Offer", "actor": e.To.URI}
		if len(e.Document) > 0 {
			doc["result"] = json.RawMessage(e.Document)
		}
	}
	if e.Words != "" {
		doc["content"] = e.Words
	}
	inbox := models.Inbox{Host: e.To.Host, URL: e.To.Inbox}
	_, err := w.write(tx, note{id: e.ID, actor: e.From, doc: doc, inboxes: []models.Inbox{inbox}})
	return err
}

// nameSiblings adds to the document of a Group what makes it one of several.
func nameSiblings(tx *models.Tx, doc vocab.M, links practice.Links, a *models.Actor, c *models.Community) error {
	if c.URN == "" {
		return nil
	}
	doc["urn"], doc["siblings"], doc["copies"] = c.URN, links.Siblings(a), links.Copies(a)
	doc["siblingReport"] = links.SiblingReport(a)
	if c.BasedOn != "" {
		doc["isBasedOn"] = c.BasedOn
	}
	doc["generator"] = vocab.M{"type": models.TypeApplication, "id": links.Actor(models.TypeApplication, ""), "implements": implements()}
	if former := c.FormerList(); len(former) > 0 {
		doc["formerURNs"] = former
	}
	if next := c.SuccessorList(); len(next) > 0 {
		doc["successors"] = next
	}
	if c.SiblingsFeed == 0 {
		return nil
	}
	feed, err := tx.Actor(c.SiblingsFeed)
	if err == nil && !feed.IsGone() {
		doc["siblingsFeed"] = feed.URI
	}
	return err
}

// Siblings gives the collection of the Groups that a community of ours names as its siblings.
func Siblings(links practice.Links, a *models.Actor, pairs []models.Sibling) vocab.M {
	items := []any{}
	for i := range pairs {
		if pairs[i].IsListed() {
			items = append(items, pairs[i].SiblingURI)
		}
	}
	return vocab.M{"id": links.Siblings(a), "type": "Collection", "totalItems": len(items), "items": items, "attributedTo": a.URI}
}
