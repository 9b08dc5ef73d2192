package activitypub

import (
	"praxis/federation/vocab"
	"praxis/models"
)

// outboxSlice is a page of an outbox, with its place in the whole. Pages are named by what stands next to them, so that a
// walk meets each activity once, however many come meanwhile.
type outboxSlice struct {
	page       models.Page
	entries    []models.OutboxEntry // that everybody may read
	start      int64                // the number of the first one, 0 for the newest; -1 where there is none
	next, prev int64                // ids: what is older than next, what is newer than prev; 0 for none
}

// numberedPage reads a page of an outbox. Numbers count what was withdrawn, too, as totalItems does.
func numberedPage(tx *models.Tx, actor *models.Actor, page models.Page) (outboxSlice, error) {
	shown := outboxSlice{page: page, start: -1}
	entries, err := tx.OutboxPage(actor.ID, page)
	if err != nil || len(entries) == 0 {
		return shown, err
	}
	if shown.start, err = tx.CountOutboxAfter(actor.ID, entries[0].ID); err != nil {
		return shown, err
	}
	if shown.start > 0 {
		shown.prev = entries[0].ID
	}
	if page.MinID > beforeAll || page.MinID == 0 && len(entries) == page.Limit {
		shown.next = entries[len(entries)-1].ID
	}
	shown.entries, err = readable(tx, entries)
	return shown, err
}

// beforeAll is older than everything: what comes after it is the last page.
const beforeAll = 1

func lastPage(id string) string { return nextPage(id, paramMinID, beforeAll) }

func (o outboxSlice) doc(id string, items []any) vocab.M {
	next, prev := "", ""
	if o.next != 0 {
		next = nextPage(id, paramMaxID, o.next)
	}
	if o.prev != 0 {
		prev = nextPage(id, paramMinID, o.prev)
	}
	doc := vocab.OrderedCollectionPage(self(id, o.page), id, next, prev, items)
	doc["first"], doc["last"] = firstPage(id), lastPage(id)
	if o.start >= 0 {
		doc["startIndex"] = o.start
	}
	return doc
}
