package vocab

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode"
)

// fields are the properties of one object, read one by one: a property of an unexpected kind is as good as absent and
// does not spoil the others. Keys match exactly.
type fields map[string]json.RawMessage

// read checks a document and gives its properties.
func read(raw []byte) (fields, error) {
	if err := Check(raw); err != nil {
		return nil, err
	}
	return open(raw), nil
}

// open gives the properties of an object that is part of a checked document; none if it is no object.
func open(raw json.RawMessage) fields {
	var f fields
	if kindOf(raw) != '{' || json.Unmarshal(raw, &f) != nil {
		return nil
	}
	return f
}

// kindOf gives the first byte of a value, which tells its kind: { [ " t f n, or the start of a number; 0 for nothing.
func kindOf(raw json.RawMessage) byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return 0
	}
	return raw[0]
}

func stringOf(raw json.RawMessage) string {
	var s string
	if kindOf(raw) != '"' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// listOf reads one or many: the first n elements of an array, or the value alone; null and [] are none.
func listOf(raw json.RawMessage, n int) []json.RawMessage {
	switch kindOf(raw) {
	case 0, 'n':
		return nil
	case '[':
		var all []json.RawMessage
		if json.Unmarshal(raw, &all) != nil {
			return nil
		}
		return all[:min(len(all), n)]
	}
	return []json.RawMessage{raw}
}

// idOf gives the id that a value is or, if it is an object, has; "" if neither.
func idOf(raw json.RawMessage) string {
	if kindOf(raw) == '{' {
		raw = open(raw)["id"]
	}
	return usableID(stringOf(raw))
}

// usableID refuses what cannot be stored and compared as an id. The text is otherwise kept as it is: ids are compared
// byte for byte.
func usableID(s string) string {
	if len(s) > maxID || strings.TrimSpace(s) != s || strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return ""
	}
	return s
}

// webLink gives a string that is an http or https address with a host, else "".
func webLink(s string) string {
	if _, err := ParseIRI(s); err != nil {
		return ""
	}
	return s
}

func (f fields) str(key string) string { return stringOf(f[key]) }

// short gives a string of at most maxShort bytes; "" if it is longer.
func (f fields) short(key string) string {
	if s := f.str(key); len(s) <= maxShort {
		return s
	}
	return ""
}

func (f fields) name(key string) string { return cutRunes(f.str(key), maxName) }

func (f fields) link(key string) string { return webLink(f.str(key)) }

func (f fields) id(key string) string { return usableID(f.str(key)) }

// refID gives the id of the first value that has one.
func (f fields) refID(key string) string {
	for _, item := range f.list(key, maxRefs) {
		if id := idOf(item); id != "" {
			return id
		}
	}
	return ""
}

func (f fields) list(key string, n int) []json.RawMessage { return listOf(f[key], n) }

func (f fields) object(key string) fields { return open(f[key]) }

func (f fields) flag(key string) bool { return kindOf(f[key]) == 't' }

// maybe gives nil where a flag is neither true nor false.
func (f fields) maybe(key string) *bool {
	switch kindOf(f[key]) {
	case 't', 'f':
		value := f.flag(key)
		return &value
	}
	return nil
}

func (f fields) time(key string) time.Time { return parseTime(f.str(key)) }

// number gives a number cut to a whole one in 0..limit, 0 if there is none.
func (f fields) number(key string, limit int) int {
	if n := numberOf(f[key], limit); n != nil {
		return *n
	}
	return 0
}
