package mastodon

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
)

// asRails makes of a value what Mastodon's framework would: switches from the words of forms, lists from maps with
// numbers for names, single values from lists.
func asRails(_, to reflect.Type, value any) (any, error) {
	switch to.Kind() {
	case reflect.Bool:
		return asSwitch(single(value)), nil
	case reflect.Slice:
		if indexed, ok := value.(map[string]any); ok {
			return inOrder(indexed), nil
		}
	case reflect.String, reflect.Int, reflect.Int64:
		return single(value), nil
	}
	return value, nil
}

// asSwitch: a switch is on unless the value is one of those that mean off.
func asSwitch(value any) any {
	switch value := value.(type) {
	case string:
		return !slices.Contains([]string{"", "0", "f", "F", "false", "FALSE", "off", "OFF"}, value)
	case json.Number:
		return value.String() != "0"
	}
	return value
}

func single(value any) any {
	if list, ok := value.([]any); ok && len(list) > 0 {
		return list[len(list)-1]
	}
	return value
}

// inOrder gives the values of a map whose names are positions, by position; others come last.
func inOrder(indexed map[string]any) []any {
	names := make([]string, 0, len(indexed))
	for name := range indexed {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		i, errI := strconv.Atoi(a)
		j, errJ := strconv.Atoi(b)
		if errI != nil || errJ != nil {
			return compareText(a, b)
		}
		return i - j
	})
	list := make([]any, 0, len(names))
	for _, name := range names {
		list = append(list, indexed[name])
	}
	return list
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
