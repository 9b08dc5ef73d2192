package inbox

import (
	"maps"
	"slices"
)

// Types gives the types of activities that are understood, for tests that must not forget one.
func Types() []string {
	return slices.Sorted(maps.Keys((&Processor{}).table()))
}
