package vocab

// Relationship says how two things stand to each other.
type Relationship struct {
	Subject, Object string
	Kind            string // the address of the relation
}

// DecodeRelationship reads a relationship. It needs all three of its parts as addresses. Errors: *SyntaxError, or *DocumentError with
// not_a_relationship.
func DecodeRelationship(raw []byte) (Relationship, error) {
	f, err := read(raw)
	if err != nil {
		return Relationship{}, err
	}
	r := Relationship{Subject: f.refID("subject"), Object: f.refID("object"), Kind: f.refID("relationship")}
	if f.head().Type != "Relationship" || webLink(r.Subject) == "" || webLink(r.Object) == "" || r.Kind == "" {
		return Relationship{}, refuse("relationship", "not_a_relationship")
	}
	return r, nil
}
