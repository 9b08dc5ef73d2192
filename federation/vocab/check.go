package vocab

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Check reads foreign bytes to the end and reports whether they are one JSON object that every reader understands the
// same way: at most MaxBytes of valid UTF-8, nested at most MaxDepth deep, nothing but white space around it, no key
// twice in an object (at the top level not even in different case), no NUL in a string. The error is a *SyntaxError.
func Check(raw []byte) error {
	if len(raw) > MaxBytes {
		return &SyntaxError{Reason: "too_large", Offset: MaxBytes}
	}
	if !utf8.Valid(raw) {
		return &SyntaxError{Reason: "invalid_utf8"}
	}
	c := &checker{
		dec: jsontext.NewDecoder(bytes.NewReader(raw)), folded: map[string]bool{},
		seekNUL: bytes.Contains(raw, []byte(`\u0000`)), // a NUL can be written in no other way
	}
	return c.run()
}

// checker walks over tokens. It does not recurse: the depth is known before anything is built.
type checker struct {
	dec     *jsontext.Decoder
	folded  map[string]bool // the keys of the top level, in one case
	seekNUL bool
}

func (c *checker) run() error {
	if kind := c.dec.PeekKind(); kind != '{' && kind != 0 {
		return c.fail("not_an_object")
	}
	for {
		isKey := c.atTopKey()
		token, err := c.dec.ReadToken()
		if err != nil {
			return c.fail(reasonOf(err))
		}
		if err := c.token(token, isKey); err != nil {
			return err
		}
		if c.dec.StackDepth() == 0 {
			return c.end()
		}
	}
}

// atTopKey reports whether the next token is a key of the outermost object: the position within it is even there.
func (c *checker) atTopKey() bool {
	if c.dec.StackDepth() != 1 {
		return false
	}
	_, length := c.dec.StackIndex(1)
	return length%2 == 0
}

func (c *checker) token(token jsontext.Token, isKey bool) error {
	if c.dec.StackDepth() > MaxDepth {
		return c.fail("too_deep")
	}
	if token.Kind() != '"' || !isKey && !c.seekNUL {
		return nil
	}
	text := token.String()
	if strings.IndexByte(text, 0) >= 0 {
		return c.fail("nul_in_string")
	}
	if !isKey {
		return nil
	}
	key := foldKey(text)
	if c.folded[key] {
		return c.fail("duplicate_key")
	}
	c.folded[key] = true
	return nil
}

func (c *checker) end() error {
	_, err := c.dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return c.fail("trailing_data")
}

func (c *checker) fail(reason string) error {
	return &SyntaxError{Reason: reason, Offset: c.dec.InputOffset()}
}

func reasonOf(err error) string {
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "duplicate_key"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "truncated"
	}
	return "malformed"
}

// foldKey maps keys that a case-insensitive reader takes for the same to the same text. Lower-casing is not enough: such
// readers take the Kelvin sign for a k.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, key)
}
