package vocab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// M is a document, or a part of one, to be written.
type M = map[string]any

// Marshal writes a document. It adds our @context where there is none, as far as the document needs it; leaves out what is nil, the zero time and empty
// references, at every depth; writes times by FormatTime and nil slices of a type as []; escapes nothing for HTML; and
// puts @context, id and type first and the other keys in order, so that the same document gives the same bytes. Strings
// lose NUL and invalid UTF-8. A json.RawMessage is somebody else's document, which may carry a proof: it is written as
// it is. What Marshal writes passes Check; a document that cannot is an error.
func Marshal(doc M) ([]byte, error) {
	w := &writer{}
	if err := w.value(doc, 0); err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	if err := Check(w.Bytes()); err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	if isNil(doc["@context"]) {
		return withContext(w.Bytes())
	}
	return w.Bytes(), nil
}

// withContext puts our @context before a document that has none.
func withContext(body []byte) ([]byte, error) {
	w := &writer{}
	w.WriteString(`{"@context":`)
	if err := w.value(contextsOf(body), 1); err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	if len(body) > len("{}") {
		w.WriteByte(',')
	}
	w.Write(body[1:])
	if w.Len() > MaxBytes {
		return nil, fmt.Errorf("write document: it has %d bytes, and %d are read", w.Len(), MaxBytes)
	}
	return w.Bytes(), nil
}

type writer struct{ bytes.Buffer }

var errTooDeep = errors.New("nested too deep")

func (w *writer) value(v any, depth int) error {
	if depth > MaxDepth {
		return errTooDeep
	}
	switch v := v.(type) {
	case string:
		return w.text(v)
	case time.Time:
		return w.text(FormatTime(v))
	case *time.Time: // a Marshaler, too, but one that keeps the zone
		return w.text(FormatTime(*v))
	case json.RawMessage:
		_, err := w.Write(v)
		return err
	case json.Number:
		return w.scalar(v)
	case Ref:
		if v.IsEmbedded() {
			return w.value(v.Raw, depth)
		}
		return w.text(v.ID)
	case json.Marshaler:
		return w.structure(v, depth)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return w.text(r.String())
	case reflect.Pointer:
		return w.value(r.Elem().Interface(), depth+1)
	case reflect.Map:
		return w.object(r, depth)
	case reflect.Slice, reflect.Array:
		return w.array(r, depth)
	case reflect.Struct:
		return w.structure(v, depth)
	default:
		return w.scalar(v)
	}
}

func (w *writer) text(s string) error {
	return w.scalar(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

func (w *writer) scalar(v any) error {
	enc := json.NewEncoder(&w.Buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	w.Truncate(w.Len() - 1) // the encoder ends with a newline
	return nil
}

// structure writes a struct by its json tags and then cleans it like everything else.
func (w *writer) structure(v any, depth int) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var plain any
	if err := dec.Decode(&plain); err != nil {
		return err
	}
	if plain == nil {
		return fmt.Errorf("%T is written as null", v)
	}
	return w.value(plain, depth+1)
}

func (w *writer) object(r reflect.Value, depth int) error {
	if r.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("keys of %s are no strings", r.Type())
	}
	members := make(M, r.Len())
	for _, key := range r.MapKeys() {
		if v := r.MapIndex(key).Interface(); !isNil(v) {
			members[key.String()] = v
		}
	}
	w.WriteByte('{')
	for i, key := range keysInOrder(members) {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := w.text(key); err != nil {
			return err
		}
		w.WriteByte(':')
		if err := w.value(members[key], depth+1); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return w.WriteByte('}')
}

func (w *writer) array(r reflect.Value, depth int) error {
	w.WriteByte('[')
	first := true
	for i := range r.Len() {
		v := r.Index(i).Interface()
		if isNil(v) {
			continue
		}
		if !first {
			w.WriteByte(',')
		}
		first = false
		if err := w.value(v, depth+1); err != nil {
			return err
		}
	}
	return w.WriteByte(']')
}

// isNil reports whether a value is left out. A nil slice is not: a list without entries is still a list, and some
// readers insist on cc being there.
func isNil(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case time.Time:
		return v.IsZero()
	case json.RawMessage:
		return len(v) == 0 || kindOf(v) == 'n'
	case Ref:
		return v.IsZero()
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer:
		return r.IsNil() || isNil(r.Elem().Interface())
	case reflect.Map:
		return r.IsNil()
	}
	return false
}

// keysInOrder gives @context, id and type, then the others by the alphabet.
func keysInOrder(m M) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if ra, rb := rank(a), rank(b); ra != rb {
			return ra - rb
		}
		return strings.Compare(a, b)
	})
	return keys
}

func rank(key string) int {
	switch key {
	case "@context":
		return 0
	case "id":
		return 1
	case "type":
		return 2
	}
	return 3
}
