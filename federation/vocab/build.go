package vocab

import "time"

// OrderedCollection builds a collection that is read by pages. Without a first page it only tells its size, which is how
// a collection is shown that is not public.
func OrderedCollection(id string, total int, first string) M {
	doc := M{"id": id, "type": "OrderedCollection", "totalItems": total}
	if first != "" {
		doc["first"] = first
	}
	return doc
}

// OrderedCollectionPage builds a page. next and prev may be "".
func OrderedCollectionPage(id, partOf, next, prev string, items []any) M {
	if items == nil {
		items = []any{}
	}
	doc := M{"id": id, "type": "OrderedCollectionPage", "partOf": partOf, "orderedItems": items}
	if next != "" {
		doc["next"] = next
	}
	if prev != "" {
		doc["prev"] = prev
	}
	return doc
}

// Tombstone builds what is left of a deleted object. formerType and deleted may be zero.
func Tombstone(id, formerType string, deleted time.Time) M {
	doc := M{"id": id, "type": "Tombstone"}
	if formerType != "" {
		doc["formerType"] = formerType
	}
	if !deleted.IsZero() {
		doc["deleted"] = FormatTime(deleted)
	}
	return doc
}
