package mastodon

import (
	"encoding/json"
	"fmt"
	"os"
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
	file := os.Getenv(schemaVariable)
	if file == "" {
		file = "../../../shared/mastodon-openapi/schema.json"
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("no OpenAPI description of Mastodon's API: set %s to the file", schemaVariable)
	}
	var doc struct{ Components struct{ Schemas schemas } }
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Components.Schemas
}

// check lists what is wrong with a value by a schema.
func (s schemas) check(at string, schema any, value any) []string {
	of, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	if ref, ok := of["$ref"].(string); ok {
		return s.check(at, s[ref[strings.LastIndex(ref, "/")+1:]], value)
	}
	if choices, ok := of["oneOf"].([]any); ok {
		var wrong []string
		for _, choice := range choices {
			found := s.check(at, choice, value)
			if len(found) == 0 {
				return nil
			}
			wrong = append(wrong, found...)
		}
		return wrong
	}
	if !hasType(of["type"], value) {
		return []string{fmt.Sprintf("%s is %T (%v), not %v", at, value, value, of["type"])}
	}
	wrong := checkText(at, of, value)
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			wrong = append(wrong, s.check(fmt.Sprintf("%s[%d]", at, i), of["items"], item)...)
		}
	case map[string]any:
		wrong = append(wrong, s.checkObject(at, of, value)...)
	}
	return wrong
}

func (s schemas) checkObject(at string, of, value map[string]any) []string {
	var wrong []string
	required, _ := of["required"].([]any)
	for _, name := range required {
		if _, ok := value[name.(string)]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s has no %s", at, name))
		}
	}
	properties, _ := of["properties"].(map[string]any)
	for name, schema := range properties {
		if inner, ok := value[name]; ok {
			wrong = append(wrong, s.check(at+"."+name, schema, inner)...)
		}
	}
	return wrong
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

// checkText checks enumerations and the formats that clients parse.
func checkText(at string, of map[string]any, value any) []string {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	if choices, ok := of["enum"].([]any); ok && !slices.Contains(choices, value) {
		return []string{fmt.Sprintf("%s is %q, none of %v", at, text, choices)}
	}
	switch of["format"] {
	case "date-time":
		if _, err := time.Parse(dateLayout, text); err != nil {
			return []string{fmt.Sprintf("%s is %q: three decimals and Z are wanted", at, text)}
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return []string{fmt.Sprintf("%s is %q, no date", at, text)}
		}
	case "uri":
		if text != "" && webURL(text) == "" {
			return []string{fmt.Sprintf("%s is %q, no address", at, text)}
		}
	}
	return nil
}
