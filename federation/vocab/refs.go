package vocab

import "encoding/json"

// Ref points to another document: by its id, or by holding it.
type Ref struct {
	// ID is the id of the document, "" if it is embedded without one.
	ID string
	// Raw is the embedded document; nil if there was only an id.
	Raw json.RawMessage
}

// Refs are one or many references.
type Refs []Ref

// IsEmbedded reports whether the document came along.
func (r Ref) IsEmbedded() bool { return r.Raw != nil }

// IsZero reports whether there is no reference at all.
func (r Ref) IsZero() bool { return r.ID == "" && r.Raw == nil }

// Type gives the type that the embedded document claims, "" if there is none.
func (r Ref) Type() string {
	if r.Raw == nil {
		return ""
	}
	return open(r.Raw).head().Type
}

// IDs gives the ids of those references that have one.
func (rs Refs) IDs() []string {
	var ids []string
	for _, r := range rs {
		if r.ID != "" {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func refOf(raw json.RawMessage) Ref {
	ref := Ref{ID: idOf(raw)}
	if kindOf(raw) == '{' {
		ref.Raw = raw
	}
	return ref
}

func (f fields) refs(key string, n int) Refs {
	var refs Refs
	for _, item := range f.list(key, n) {
		if ref := refOf(item); !ref.IsZero() {
			refs = append(refs, ref)
		}
	}
	return refs
}

// ref gives the first reference.
func (f fields) ref(key string) Ref {
	if refs := f.refs(key, maxRefs); len(refs) > 0 {
		return refs[0]
	}
	return Ref{}
}

// IRIs are one or many ids, read from strings or from objects that have an id; anything else is left out.
type IRIs []string

// Contains reports whether an id is among them, byte for byte.
func (l IRIs) Contains(id string) bool {
	for _, other := range l {
		if other == id {
			return true
		}
	}
	return false
}

func (f fields) iris(key string, n int) IRIs {
	var ids IRIs
	for _, item := range f.list(key, n) {
		if id := idOf(item); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// links gives strings that are web addresses, and nothing else: where a property decides about identity, an object in the
// place of a string is not understood the same way by all readers.
func (f fields) links(key string, n int) IRIs {
	var links IRIs
	for _, item := range f.list(key, n) {
		if link := webLink(stringOf(item)); link != "" {
			links = append(links, link)
		}
	}
	return links
}

// addressees reads to, cc or audience; the short names of everybody become the full one.
func (f fields) addressees(key string) IRIs {
	ids := f.iris(key, maxAddressees)
	for i, id := range ids {
		if id == "as:Public" || id == "Public" {
			ids[i] = Public
		}
	}
	return ids
}
