package mastodon

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// schemaVariable names the environment variable with the path of an OpenAPI description of Mastodon's API.
const schemaVariable = "PRAXIS_MASTODON_OPENAPI"

// schemas are the entities of an OpenAPI description, as far as a check of answers needs it.
type schemas map[string]any

func loadSchemas(t *testing.T) schemas {
	t.Helper()
	return loadDescription(t).schemas
}

// description is an OpenAPI description: what each operation answers, and the entities.
type description struct {
	schemas    schemas
	operations map[string]operation // by "GET /path/{}"
}

// operation gives the schema of an answer by its status; nil where it is not described.
type operation map[string]any

func loadDescription(t *testing.T) description {
	t.Helper()
	file := os.Getenv(schemaVariable)
	if file == "" {
		file = "../../../shared/mastodon-openapi/schema.json"
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("no OpenAPI description of Mastodon's API: set %s to the file", schemaVariable)
	}
	type answer struct {
		Content map[string]struct{ Schema any }
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas schemas }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	described := description{doc.Components.Schemas, map[string]operation{}}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			var of struct{ Responses map[string]answer }
			if json.Unmarshal(raw, &of) != nil {
				continue // what all methods of a path share
			}
			found := operation{}
			for status, a := range of.Responses {
				found[status] = a.Content["application/json"].Schema
			}
			described.operations[strings.ToUpper(method)+" "+anyName(path)] = found
		}
	}
	return described
}

// anyName takes the names of parameters out of a path: they differ between descriptions.
func anyName(path string) string { return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(path, "{}") }

// fault is something that is wrong by a schema: where in the answer, and which property of which entity.
type fault struct{ at, property, text string }

// check lists what is wrong with a value by a schema.
func (s schemas) check(at string, schema any, value any) []string {
	var wrong []string
	for _, f := range s.faults(at, at, schema, value) {
		wrong = append(wrong, f.at+" "+f.text)
	}
	return wrong
}

func (s schemas) faults(at, property string, schema any, value any) []fault {
	of, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := of["$ref"].(string); ok {
		entity := ref[strings.LastIndex(ref, "/")+1:]
		inner, _ := s[entity].(map[string]any)
		if inner["properties"] == nil {
			entity = property // an enumeration belongs to the property
		}
		return s.faults(at, entity, s[ref[strings.LastIndex(ref, "/")+1:]], value)
	}
	if choices, ok := of["oneOf"].([]any); ok {
		var wrong []string
		for _, choice := range choices {
			found := s.faults(at, property, choice, value)
			if len(found) == 0 {
				return nil
			}
			for _, f := range found {
				wrong = append(wrong, f.at+" "+f.text)
			}
		}
		return []fault{{at, property, strings.Join(wrong, " or ")}}
	}
	if !hasType(of["type"], value) {
		return []fault{{at, property, fmt.Sprintf("is %T (%v), not %v", value, value, of["type"])}}
	}
	var wrong []fault
	if text := checkText(of, value); text != "" {
		wrong = append(wrong, fault{at, property, text})
	}
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			wrong = append(wrong, s.faults(fmt.Sprintf("%s[%d]", at, i), property, of["items"], item)...)
		}
	case map[string]any:
		wrong = append(wrong, s.objectFaults(at, property, of, value)...)
	}
	return wrong
}

func (s schemas) objectFaults(at, property string, of, value map[string]any) []fault {
	var wrong []fault
	required, _ := of["required"].([]any)
	for _, name := range required {
		if _, ok := value[name.(string)]; !ok {
			wrong = append(wrong, fault{at, property + "." + name.(string), fmt.Sprintf("has no %s", name)})
		}
	}
	properties, _ := of["properties"].(map[string]any)
	for name, inner := range value {
		schema := properties[name]
		if schema == nil {
			schema = of["additionalProperties"]
		}
		wrong = append(wrong, s.faults(at+"."+name, property+"."+name, schema, inner)...)
	}
	return wrong
}

// filled records which properties of entities are there, and which of them say something: neither null nor an empty list.
func (s schemas) filled(told map[string]bool, property string, schema any, value any) {
	of, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if ref, ok := of["$ref"].(string); ok {
		name := ref[strings.LastIndex(ref, "/")+1:]
		if inner, _ := s[name].(map[string]any); inner["properties"] != nil {
			property = name
		}
		s.filled(told, property, s[name], value)
		return
	}
	if choices, ok := of["oneOf"].([]any); ok {
		for _, choice := range choices {
			if len(s.faults("", property, choice, value)) == 0 {
				s.filled(told, property, choice, value)
				return
			}
		}
		return
	}
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			s.filled(told, property, of["items"], item)
		}
	case map[string]any:
		properties, _ := of["properties"].(map[string]any)
		for name, schema := range properties {
			inner := value[name]
			items, isList := inner.([]any)
			place := s.inherited(property, name) + "." + name
			told[place] = told[place] || inner != nil && (!isList || len(items) > 0)
			s.filled(told, place, schema, inner)
		}
	}
}

// inherited gives the entity that a property comes from: some entities are another one and more.
func (s schemas) inherited(entity, property string) string {
	for _, pair := range [][2]string{{"CredentialAccount", "Account"}, {"MutedAccount", "Account"}, {"TrendsLink", "PreviewCard"}} {
		base, _ := s[pair[1]].(map[string]any)
		properties, _ := base["properties"].(map[string]any)
		if entity == pair[0] && properties[property] != nil {
			return pair[1]
		}
	}
	return entity
}

func hasType(want, value any) bool {
	names, ok := want.([]any)
	if !ok {
		if want == nil {
			return true
		}
		names = []any{want}
	}
	number, isNumber := value.(float64)
	got := []any{}
	switch value.(type) {
	case nil:
		got = []any{"null"}
	case string:
		got = []any{"string"}
	case bool:
		got = []any{"boolean"}
	case []any:
		got = []any{"array"}
	case map[string]any:
		got = []any{"object"}
	}
	if isNumber {
		got = append(got, "number")
		if number == float64(int64(number)) {
			got = append(got, "integer")
		}
	}
	return slices.ContainsFunc(got, func(name any) bool { return slices.Contains(names, name) })
}

// checkText says what is wrong with a text by its enumeration or by the formats that clients parse.
func checkText(of map[string]any, value any) string {
	text, ok := value.(string)
	if !ok {
		return ""
	}
	if choices, ok := of["enum"].([]any); ok && !slices.Contains(choices, value) {
		return fmt.Sprintf("is %q, none of %v", text, choices)
	}
	switch of["format"] {
	case "date-time":
		if _, err := time.Parse(dateLayout, text); err != nil {
			return fmt.Sprintf("is %q: three decimals and Z are wanted", text)
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return fmt.Sprintf("is %q, no date", text)
		}
	case "uri":
		known := func(scheme string) bool { return strings.HasPrefix(text, scheme) }
		if text != "" && !slices.ContainsFunc([]string{"https://", "http://", "wss://", "ws://", "urn:"}, known) {
			return fmt.Sprintf("is %q, no address", text)
		}
	}
	return ""
}
