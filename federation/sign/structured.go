package sign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Structured fields (RFC 8941), as far as RFC 9421 and Content-Digest use them: dictionaries of items and inner lists;
// strings, tokens, byte sequences, booleans and integers. A name that is there twice is an error, though RFC 8941 lets
// the last one win: readers that differ in it could be played off against each other.

// token is a bare item that is a word; a string is a string.
type token string

type sfParam struct {
	name  string
	value any
}

type sfParams []sfParam

func (p sfParams) get(name string) (any, bool) {
	for _, param := range p {
		if param.name == name {
			return param.value, true
		}
	}
	return nil, false
}

// sfItem is a bare item (string, token, int64, bool, []byte) with parameters.
type sfItem struct {
	value  any
	params sfParams
}

// sfMember is a member of a dictionary. The value of an inner list is []sfItem.
type sfMember struct {
	name string
	sfItem
}

const maxMembers = 16 // members of a dictionary, parameters of an item

var errNoBytes = errors.New("a value is no byte sequence")

// parseDictionary reads the lines of a header as one dictionary.
func parseDictionary(lines []string) ([]sfMember, error) {
	text := strings.Trim(strings.Join(lines, ", "), " ")
	if len(text) > maxHeader {
		return nil, fmt.Errorf("longer than %d bytes", maxHeader)
	}
	s := &sfReader{text: text}
	var members []sfMember
	for {
		m, err := s.member()
		if err != nil {
			return nil, err
		}
		for _, other := range members {
			if other.name == m.name {
				return nil, fmt.Errorf("%.40q is there twice", m.name)
			}
		}
		members = append(members, m)
		s.skip(" \t")
		if s.done() {
			return members, nil
		}
		if !s.take(',') || len(members) == maxMembers {
			return nil, s.fault("a comma, or fewer members")
		}
		s.skip(" \t")
	}
}

// sfReader reads from the start of text onwards.
type sfReader struct {
	text string
	pos  int
}

func (s *sfReader) done() bool { return s.pos == len(s.text) }

// next gives the next byte, 0 at the end.
func (s *sfReader) next() byte {
	if s.done() {
		return 0
	}
	return s.text[s.pos]
}

func (s *sfReader) take(c byte) bool {
	if s.done() || s.text[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

func (s *sfReader) skip(chars string) {
	for !s.done() && strings.IndexByte(chars, s.text[s.pos]) >= 0 {
		s.pos++
	}
}

// span takes bytes as long as they fit.
func (s *sfReader) span(fits func(byte) bool) string {
	start := s.pos
	for !s.done() && fits(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos]
}

func (s *sfReader) fault(want string) error { return fmt.Errorf("want %s at byte %d", want, s.pos) }

func (s *sfReader) member() (sfMember, error) {
	name, err := s.key()
	if err != nil {
		return sfMember{}, err
	}
	m := sfMember{name: name, sfItem: sfItem{value: true}}
	if s.take('=') {
		if s.take('(') {
			m.value, err = s.innerList()
		} else {
			m.value, err = s.bare()
		}
		if err != nil {
			return sfMember{}, err
		}
	}
	m.params, err = s.params()
	return m, err
}

func (s *sfReader) key() (string, error) {
	if c := s.next(); c != '*' && (c < 'a' || c > 'z') {
		return "", s.fault("a name in lower case")
	}
	return s.span(func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("_-.*", c) >= 0
	}), nil
}

// innerList reads what follows the opening parenthesis.
func (s *sfReader) innerList() ([]sfItem, error) {
	items := []sfItem{}
	for {
		s.skip(" ")
		if s.take(')') {
			return items, nil
		}
		if len(items) == maxParts {
			return nil, s.fault("fewer items")
		}
		value, err := s.bare()
		if err != nil {
			return nil, err
		}
		params, err := s.params()
		if err != nil {
			return nil, err
		}
		if c := s.next(); c != ' ' && c != ')' {
			return nil, s.fault("a space or the end of the list")
		}
		items = append(items, sfItem{value: value, params: params})
	}
}

func (s *sfReader) params() (sfParams, error) {
	var params sfParams
	for s.take(';') {
		s.skip(" ")
		name, err := s.key()
		if err != nil {
			return nil, err
		}
		if _, twice := params.get(name); twice || len(params) == maxMembers {
			return nil, fmt.Errorf("parameter %.40q is there twice, or there are too many", name)
		}
		value := any(true)
		if s.take('=') {
			if value, err = s.bare(); err != nil {
				return nil, err
			}
		}
		params = append(params, sfParam{name: name, value: value})
	}
	return params, nil
}

func (s *sfReader) bare() (any, error) {
	c := s.next()
	switch {
	case c == '"':
		return s.str()
	case c == ':':
		return s.bytes()
	case c == '?':
		return s.boolean()
	case c == '-' || isDigit(c):
		return s.integer()
	case c == '*' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return token(s.span(func(c byte) bool { return isTokenChar(c) || c == ':' || c == '/' })), nil
	}
	return nil, s.fault("a value")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (s *sfReader) str() (any, error) {
	s.pos++
	var b strings.Builder
	for !s.done() {
		c := s.text[s.pos]
		s.pos++
		switch {
		case c == '"':
			return b.String(), nil
		case c == '\\':
			if c = s.next(); c != '"' && c != '\\' {
				return nil, s.fault("a quote or a backslash")
			}
			s.pos++
		case c < ' ' || c > '~':
			return nil, s.fault("a printable character")
		}
		b.WriteByte(c)
	}
	return nil, s.fault("a closing quote")
}

func (s *sfReader) bytes() (any, error) {
	s.pos++
	end := strings.IndexByte(s.text[s.pos:], ':')
	if end < 0 {
		return nil, s.fault("a closing colon")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(s.text[s.pos : s.pos+end])
	if err != nil || strings.ContainsAny(s.text[s.pos:s.pos+end], "\r\n") {
		return nil, s.fault("base64")
	}
	s.pos += end + 1
	return raw, nil
}

func (s *sfReader) boolean() (any, error) {
	s.pos++
	if s.take('1') {
		return true, nil
	}
	if s.take('0') {
		return false, nil
	}
	return nil, s.fault("?0 or ?1")
}

// integer reads up to 15 digits. Nothing here uses decimals.
func (s *sfReader) integer() (any, error) {
	minus := s.take('-')
	digits := s.span(isDigit)
	if digits == "" || len(digits) > 15 || s.next() == '.' {
		return nil, s.fault("a whole number of at most 15 digits")
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, s.fault("a whole number")
	}
	if minus {
		n = -n
	}
	return n, nil
}

// serializeList writes an inner list and its parameters in the one canonical way.
func serializeList(items []sfItem, params sfParams) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(serializeBare(item.value))
		b.WriteString(serializeParams(item.params))
	}
	b.WriteByte(')')
	b.WriteString(serializeParams(params))
	return b.String()
}

func serializeParams(params sfParams) string {
	var b strings.Builder
	for _, p := range params {
		b.WriteString(";" + p.name)
		if p.value != true {
			b.WriteString("=" + serializeBare(p.value))
		}
	}
	return b.String()
}

func serializeBare(value any) string {
	switch v := value.(type) {
	case string:
		return `"` + strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), `"`, `\"`) + `"`
	case token:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case []byte:
		return ":" + base64.StdEncoding.EncodeToString(v) + ":"
	case bool:
		if v {
			return "?1"
		}
	}
	return "?0"
}
