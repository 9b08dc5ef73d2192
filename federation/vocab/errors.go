package vocab

import "fmt"

// SyntaxError says why bytes are not one well-formed document.
type SyntaxError struct {
	// Reason is a snake_case code fit for logs and counters: too_large, invalid_utf8, malformed, truncated, too_deep,
	// duplicate_key, not_an_object, trailing_data, nul_in_string.
	Reason string
	// Offset is the position in bytes near which reading stopped.
	Offset int64
}

// Error implements error.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("malformed document: %s at byte %d", e.Reason, e.Offset)
}

// DocumentError says why a well-formed document is not what it was read as.
type DocumentError struct {
	// Kind is what the document was read as: document, activity, object, actor, collection.
	Kind string
	// Reason is a snake_case code fit for logs and counters, for example no_type, no_actor, several_actors, no_owner,
	// several_owners, no_id, not_an_actor, no_username, bad_username, no_inbox, foreign_inbox, not_a_collection.
	Reason string
}

// Error implements error.
func (e *DocumentError) Error() string { return e.Kind + " refused: " + e.Reason }

func refuse(kind, reason string) error { return &DocumentError{Kind: kind, Reason: reason} }
