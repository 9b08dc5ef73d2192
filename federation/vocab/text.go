package vocab

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// translation is one entry of a language map.
type translation struct{ language, text string }

// text gives a text and its language: the plain property, with the language of the map entry that says the same, or
// else the first entry of the map.
func (f fields) text(key, mapKey string) (text, language string) {
	text = f.str(key)
	all := translations(f[mapKey])
	if text == "" && len(all) > 0 {
		return all[0].text, all[0].language
	}
	for _, one := range all {
		if one.text == text {
			return text, one.language
		}
	}
	if len(all) == 1 {
		language = all[0].language
	}
	return text, language
}

// translations reads a language map in the order of the document; the first entry is the sender's choice.
func translations(raw json.RawMessage) []translation {
	if kindOf(raw) != '{' {
		return nil
	}
	dec := jsontext.NewDecoder(strings.NewReader(string(raw)))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	var all []translation
	for dec.PeekKind() == '"' && len(all) < maxLanguages {
		key, err := dec.ReadToken()
		if err != nil {
			break
		}
		language := key.String()
		value, err := dec.ReadValue()
		if err != nil {
			break
		}
		if text := stringOf(json.RawMessage(value)); text != "" {
			all = append(all, translation{language: languageTag(language), text: text})
		}
	}
	return all
}

// tagForm is a language tag as BCP 47 has it: language, script, region and the rest, each at most once and in this order.
var tagForm = regexp.MustCompile(`^(?i)[a-z]{2,8}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*` +
	`(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?$`)

// languageTag gives a tag that looks like BCP 47, else "".
func languageTag(s string) string {
	if len(s) > 35 || !tagForm.MatchString(s) {
		return ""
	}
	return s
}

// language reads the language that Lemmy and PeerTube name as an object, Mobilizon as a string.
func (f fields) language() string {
	if all := f.languages(); len(all) > 0 {
		return all[0]
	}
	return languageTag(f.str("inLanguage"))
}

// languages reads one or many of {identifier, name}, or plain tags.
func (f fields) languages() []string {
	var all []string
	for _, item := range f.list("language", maxLanguages) {
		tag := stringOf(item)
		if kindOf(item) == '{' {
			tag = open(item).str("identifier")
		}
		if tag = languageTag(tag); tag != "" {
			all = append(all, tag)
		}
	}
	return all
}

// source reads an object, or the plain string that Pleroma once sent.
func (f fields) source() *Source {
	if s := f.str("source"); s != "" {
		return &Source{Content: s}
	}
	o := f.object("source")
	if s := o.str("content"); s != "" {
		return &Source{Content: s, MediaType: o.short("mediaType")}
	}
	return nil
}
