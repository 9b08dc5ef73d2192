package mastodon

import (
	"strconv"
	"strings"
	"testing"
)

// fitsTheDescription holds every good answer against what Mastodon's description says of its path, method and status, and
// sees to it that each property of an entity is shown with something in it at least once.
func (k *contract) fitsTheDescription(t *testing.T) {
	described := loadDescription(t)
	excused, told, undescribed, misdescribed := map[string]bool{}, map[string]bool{}, undescribedRoutes(), misdescribedRoutes()
	for route, answers := range k.answered() {
		if strings.Contains(route, " "+ownAPI+"/") {
			continue // Mastodon has nothing of the kind
		}
		for _, kept := range answers {
			schema, known := described.schemaOf(route, kept.status)
			said, excepted := undescribed[route]
			if known == excepted {
				t.Errorf("%s: described %v, and undescribedRoutes says %q", route, known, said)
			}
			if ours, ok := misdescribed[route]; ok {
				said, excepted = ours.answer, true
			}
			if excepted {
				schema = described.entity(t, said)
			}
			for _, wrong := range described.schemas.faults("answer", route, schema, kept.value) {
				if deviations()[wrong.property] == "" {
					t.Errorf("%s: %s (%s) %s", kept.path, wrong.at, wrong.property, wrong.text)
				}
				excused[wrong.property] = true
			}
			described.schemas.filled(told, route, schema, kept.value)
		}
	}
	for property := range deviations() {
		if !excused[property] {
			t.Errorf("deviations names %s, which deviates nowhere", property)
		}
	}
	for route := range undescribed {
		if k.routes[route] == "" {
			t.Errorf("undescribedRoutes names %s, which is no route", route)
		}
	}
	for route := range misdescribed {
		if k.routes[route] == "" {
			t.Errorf("misdescribedRoutes names %s, which is no route", route)
		}
	}
	k.everythingIsTold(t, told)
}

// everythingIsTold: a property that never says anything is listed with the reason.
func (k *contract) everythingIsTold(t *testing.T, told map[string]bool) {
	untold := untoldProperties()
	for property, is := range told {
		if is == (untold[property] != "") {
			t.Errorf("%s: something in it %v, and untoldProperties says %q", property, is, untold[property])
		}
	}
	for property := range untold {
		if _, met := told[property]; !met {
			t.Errorf("untoldProperties names %s, which no answer could have", property)
		}
	}
}

// schemaOf gives what a route answers by the description; known is false where it is silent about the route.
func (d description) schemaOf(route string, status int) (schema any, known bool) {
	method, path, _ := strings.Cut(anyName(route), " ")
	for _, method := range methods(method) {
		if of, ok := d.operations[method+" "+path]; ok {
			schema, known = of[strconv.Itoa(status)]
			return schema, known && schema != nil
		}
	}
	return nil, false
}

// entity gives the schema of "Entity" or, for a list of them, "[]Entity"; of "{}", which says nothing; of "" any.
func (d description) entity(t *testing.T, name string) any {
	item, isList := strings.CutPrefix(name, "[]")
	schema := map[string]any{"$ref": "#/components/schemas/" + item}
	switch {
	case name == "":
		return nil
	case name == "{}":
		return map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "nothing"}}
	case d.schemas[item] == nil:
		t.Fatalf("there is no entity %s", item)
	case isList:
		return map[string]any{"type": "array", "items": schema}
	}
	return schema
}
