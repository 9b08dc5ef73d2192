package oauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"praxis/models"
)

// maxForm is how many bytes the body of a request here may have.
const maxForm = 64 << 10

// form holds the parameters of a request, from wherever clients put them.
type form url.Values

// readForm reads parameters from the query and the body, which may be a form, a form with parts or a JSON object; what
// the body says takes precedence. Errors: Invalid for a body that is too large or no such thing.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "The address has a query that cannot be read: %w", err)
	}
	found := form{}
	found.add(query)
	if r.Method != http.MethodPost {
		return found, found.check()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	body, err := readBody(r)
	if err != nil {
		return nil, unreadable(err)
	}
	for name := range body {
		delete(found, plainName(name))
	}
	found.add(body)
	return found, found.check()
}

func readBody(r *http.Request) (url.Values, error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType == "multipart/form-data" {
		if err := r.ParseMultipartForm(maxForm); err != nil {
			return nil, err
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		return r.MultipartForm.Value, nil
	}
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(body)) == 0:
		return nil, nil
	case mediaType == "application/json":
		return readJSON(body)
	case mediaType == "application/x-www-form-urlencoded":
		return url.ParseQuery(string(body))
	}
	return nil, fmt.Errorf("the media type %q is not one of application/x-www-form-urlencoded, multipart/form-data and application/json", mediaType)
}

// readJSON reads an object of strings, numbers, booleans and lists of strings; null is as good as absent.
func readJSON(body []byte) (url.Values, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	values := url.Values{}
	for name, value := range object {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, item := range list {
			switch item := item.(type) {
			case nil:
			case string, bool, json.Number:
				values.Add(name, fmt.Sprint(item))
			default:
				return nil, fmt.Errorf("%q is neither a text nor a list of texts", name)
			}
		}
	}
	return values, nil
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return models.Errorf(models.Invalid, "The body is larger than %d bytes.", tooLarge.Limit)
	}
	return models.Errorf(models.Invalid, "The body cannot be read: %w", err)
}

func (f form) add(values url.Values) {
	for name, list := range values {
		f[plainName(name)] = append(f[plainName(name)], list...)
	}
}

// plainName takes off the brackets by which forms mark lists.
func plainName(name string) string { return strings.TrimSuffix(name, "[]") }

// check refuses bytes that no database column takes.
func (f form) check() error {
	for name, list := range f {
		for _, value := range list {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				return models.FieldErrorf(name, "A parameter holds bytes that are no text: use UTF-8 without NUL.")
			}
		}
	}
	return nil
}

// get gives a parameter, "" without one.
func (f form) get(name string) string {
	if list := f[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

// once refuses requests that say one thing in two ways (RFC 6749 section 3.1), of which each layer might take another.
func (f form) once(names ...string) error {
	for _, name := range names {
		for _, value := range f[name] {
			if value != f[name][0] {
				return models.FieldErrorf(name, "The parameter %s has two values: send it once.", name)
			}
		}
	}
	return nil
}

// isTrue reads a switch.
func (f form) isTrue(name string) bool {
	switch strings.ToLower(f.get(name)) {
	case "true", "1", "on", "t", "yes":
		return true
	}
	return false
}
