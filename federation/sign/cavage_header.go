package sign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The components of draft-cavage that are no headers.
const (
	requestTarget = "(request-target)"
	created       = "(created)"
	expires       = "(expires)"
)

// cavageHeader is what a Signature header of draft-cavage says. covered is in lower case and without duplicates.
type cavageHeader struct {
	keyID, algorithm string
	covered          []string
	created, expires int64 // Unix seconds, 0 where absent
	signature        []byte
}

func (h *cavageHeader) covers(name string) bool { return slices.Contains(h.covered, name) }

// parseCavage reads the value of a Signature header (draft-cavage-12, 4.1). Unknown parameters are passed over, as the
// draft wants; whatever could be read in two ways is an error.
func parseCavage(text string) (*cavageHeader, error) {
	params, err := cavageParams(text)
	if err != nil {
		return nil, err
	}
	h := &cavageHeader{keyID: params["keyid"], algorithm: strings.ToLower(params["algorithm"])}
	if h.keyID == "" {
		return nil, errors.New("no keyId")
	}
	if h.signature, err = base64.StdEncoding.Strict().DecodeString(params["signature"]); err != nil || len(h.signature) == 0 {
		return nil, errors.New("the signature is not in base64")
	}
	if h.created, err = cavageTime(params, "created"); err != nil {
		return nil, err
	}
	if h.expires, err = cavageTime(params, "expires"); err != nil {
		return nil, err
	}
	h.covered, err = cavageCovered(params)
	return h, err
}

// Params reads a header that has the form of the parameters of a draft-cavage signature, as others do as well. Names are in
// lower case. What could be read in two ways is an error.
func Params(text string) (map[string]string, error) { return cavageParams(text) }

// cavageParams reads name="value" and name=value, separated by commas. Names are in lower case.
func cavageParams(text string) (map[string]string, error) {
	if len(text) > maxHeader {
		return nil, fmt.Errorf("longer than %d bytes", maxHeader)
	}
	params := map[string]string{}
	for rest := text; ; {
		name, value, after, err := cavageParam(strings.TrimLeft(rest, " \t"))
		if err != nil {
			return nil, err
		}
		if _, twice := params[name]; twice {
			return nil, fmt.Errorf("parameter %.40q is there twice", name)
		}
		params[name] = value
		after = strings.TrimLeft(after, " \t")
		if after == "" {
			return params, nil
		}
		if after[0] != ',' || len(params) == maxParts {
			return nil, fmt.Errorf("something else than a comma after parameter %.40q, or too many parameters", name)
		}
		rest = after[1:]
	}
}

// cavageParam reads one parameter and gives what follows it.
func cavageParam(text string) (name, value, rest string, err error) {
	end := tokenEnd(text)
	if end == 0 || end == len(text) || text[end] != '=' {
		return "", "", "", errors.New("a parameter is not of the form name=value")
	}
	name, text = strings.ToLower(text[:end]), text[end+1:]
	if !strings.HasPrefix(text, `"`) {
		if end = tokenEnd(text); end == 0 {
			return "", "", "", fmt.Errorf("parameter %.40q has no value", name)
		}
		return name, text[:end], text[end:], nil
	}
	value, rest, closed := strings.Cut(text[1:], `"`)
	if !closed {
		return "", "", "", fmt.Errorf("the quote of parameter %.40q does not end", name)
	}
	// No value that means something here has a backslash, and readers differ in what it escapes.
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }) {
		return "", "", "", fmt.Errorf("parameter %.40q has a character that is not allowed", name)
	}
	return name, value, rest, nil
}

// tokenEnd gives the length of the token (RFC 9110, 5.6.2) at the start of the text.
func tokenEnd(text string) int {
	for i := range len(text) {
		if !isTokenChar(text[i]) {
			return i
		}
	}
	return len(text)
}

func isTokenChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// cavageTime reads whole Unix seconds, which some senders put in quotes.
func cavageTime(params map[string]string, name string) (int64, error) {
	text, ok := params[name]
	if !ok {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || len(text) > 15 || text != strconv.FormatInt(n, 10) {
		return 0, fmt.Errorf("parameter %q is no time in seconds", name)
	}
	return n, nil
}

// cavageCovered reads the list of covered components. Where there is none, the draft means (created).
func cavageCovered(params map[string]string) ([]string, error) {
	list, ok := params["headers"]
	if !ok {
		return []string{created}, nil
	}
	names := strings.Split(strings.ToLower(list), " ")
	if len(names) > maxParts {
		return nil, fmt.Errorf("more than %d headers are covered", maxParts)
	}
	for i, name := range names {
		pseudo := name == requestTarget || name == created || name == expires
		if !pseudo && (name == "" || tokenEnd(name) != len(name)) {
			return nil, fmt.Errorf("%.40q is no name of a header", name)
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("header %.40q is covered twice", name)
		}
	}
	return names, nil
}
