package mastodon

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-viper/mapstructure/v2"

	"praxis/models"
)

// maxBody is how large the body of a request may be, in bytes.
const maxBody = 1 << 20

// maxNesting is how many pairs of brackets a parameter's name may have.
const maxNesting = 4

// params are the parameters of a request, whichever way they came: strings, json.Numbers, bools, lists and maps of those.
type params map[string]any

// readParams reads the query and, of requests that may have one, the body: JSON, a form, or a form with parts. What the
// body says takes precedence. Arrays come as a[]=, a[0]=, a=1&a=2 or JSON lists. A body with parts may have limit bytes: where
// that is more than maxBody, its files are kept in r.MultipartForm.
func readParams(w http.ResponseWriter, r *http.Request, limit int64) (params, error) {
	found := params{}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &requestError{http.StatusBadRequest, "The query of the address is malformed"}
	}
	found.addForm(query)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := found.addBody(w, r, limit); err != nil {
			return nil, err
		}
	}
	if !clean(map[string]any(found)) {
		return nil, &requestError{http.StatusBadRequest, "A parameter holds bytes that are no text: use UTF-8 without NUL"}
	}
	return found, nil
}

func (p params) addBody(w http.ResponseWriter, r *http.Request, limit int64) error {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType == "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		return p.addParts(r, limit > maxBody)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return unreadable(err)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
		return p.addJSON(body)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return &requestError{http.StatusBadRequest, "The form in the body is malformed"}
	}
	p.addForm(form)
	return nil
}

func unreadable(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &requestError{http.StatusRequestEntityTooLarge, "The request is too large"}
	}
	return &requestError{http.StatusBadRequest, "The body could not be read"}
}

func (p params) addJSON(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || decoder.More() {
		return &requestError{http.StatusBadRequest, "The body is no JSON object"}
	}
	for name, value := range object {
		p[name] = value
	}
	return nil
}

// addParts reads multipart/form-data. Of a file only its name is kept, unless the route takes files.
func (p params) addParts(r *http.Request, keep bool) error {
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return unreadable(err)
	}
	p.addForm(r.MultipartForm.Value)
	for name, files := range r.MultipartForm.File {
		for _, file := range files {
			p.put(name, file.Filename)
		}
	}
	if keep {
		return nil
	}
	return r.MultipartForm.RemoveAll()
}

// addForm takes the place of what was there by the same names.
func (p params) addForm(form url.Values) {
	for name := range form {
		base, _, _ := strings.Cut(name, "[")
		delete(p, base)
	}
	for name, values := range form {
		for _, value := range values {
			p.put(name, value)
		}
	}
}

// put places a value where a name such as "fields[0][name]" says; a second value makes a list.
func (p params) put(name string, value any) {
	path := strings.Split(strings.ReplaceAll(name, "]", ""), "[")
	if len(path) > maxNesting+1 {
		return
	}
	if len(path) > 1 && path[len(path)-1] == "" {
		path = path[:len(path)-1]
		value = []any{value}
	}
	at := map[string]any(p)
	for _, segment := range path[:len(path)-1] {
		inner, ok := at[segment].(map[string]any)
		if !ok {
			inner = map[string]any{}
			at[segment] = inner
		}
		at = inner
	}
	last := path[len(path)-1]
	if before, ok := at[last]; ok {
		value = append(asList(before), asList(value)...)
	}
	at[last] = value
}

func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// clean reports whether all strings can be stored: PostgreSQL takes neither NUL nor anything but UTF-8.
func clean(value any) bool {
	switch value := value.(type) {
	case string:
		return utf8.ValidString(value) && !strings.ContainsRune(value, 0)
	case []any:
		for _, item := range value {
			if !clean(item) {
				return false
			}
		}
	case map[string]any:
		for name, item := range value {
			if !clean(name) || !clean(item) {
				return false
			}
		}
	}
	return true
}

// decode fills a struct whose fields carry `mapstructure:"name"`. Errors: 422 that names the parameter of a wrong type.
func (p params) decode(into any) error {
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: into, WeaklyTypedInput: true, DecodeHook: mapstructure.DecodeHookFuncType(asRails),
	})
	if err != nil {
		return err
	}
	if err := decoder.Decode(map[string]any(p)); err != nil {
		return wrongType(err)
	}
	return nil
}

func wrongType(err error) error {
	name := "a parameter"
	var at *mapstructure.DecodeError
	if errors.As(err, &at) {
		name = at.Name()
	}
	return models.FieldErrorf(name, "Validation failed: %s has a value of the wrong type", name)
}

// number gives a whole number; ok is false when it is absent or none.
func (p params) number(name string) (n int64, ok bool) {
	n, err := strconv.ParseInt(p.text(name), 10, 64)
	return n, err == nil
}

// text gives a single value as text, "" when it is absent or not single.
func (p params) text(name string) string {
	switch value := p[name].(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case []any:
		if len(value) > 0 {
			return params{"": value[len(value)-1]}.text("")
		}
	}
	return ""
}

// has reports a parameter that is there and not empty.
func (p params) has(name string) bool {
	switch value := p[name].(type) {
	case nil:
		return false
	case string:
		return value != ""
	case []any:
		return len(value) > 0
	case map[string]any:
		return len(value) > 0
	}
	return true
}
