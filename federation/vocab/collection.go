package vocab

// Collection is a collection or a page of one, ordered or not.
type Collection struct {
	ID, Type string
	// TotalItems is what the collection claims, at most 100,000,000; nil where it does not say.
	TotalItems *int
	// First, Next, Prev and PartOf may be embedded. Following them is the caller's risk: they may lead in circles.
	First, Next, Prev, PartOf Ref
	// Items are the entries of this document, in its order.
	Items        []Ref
	AttributedTo string
}

// DecodeCollection reads a collection or a page; items and orderedItems are both read whatever the type says. Errors:
// *SyntaxError, or *DocumentError with not_a_collection.
func DecodeCollection(raw []byte) (Collection, error) {
	f, err := read(raw)
	if err != nil {
		return Collection{}, err
	}
	head := f.head()
	if !IsCollectionType(head.Type) {
		return Collection{}, refuse("collection", "not_a_collection")
	}
	c := Collection{
		ID: head.ID, Type: head.Type, TotalItems: numberOf(f["totalItems"], maxCount),
		First: f.ref("first"), Next: f.ref("next"), Prev: f.ref("prev"), PartOf: f.ref("partOf"),
		AttributedTo: f.refID("attributedTo"),
	}
	c.Items = f.refs("orderedItems", maxItems)
	if len(c.Items) == 0 {
		c.Items = f.refs("items", maxItems)
	}
	return c, nil
}

// IsPage reports whether this is a page of a collection.
func (c Collection) IsPage() bool {
	return c.Type == "CollectionPage" || c.Type == "OrderedCollectionPage"
}
