package vocab

import "strings"

const urnPrefix = "urn:uuid:"

// IsURN reports the name of a community of several hosts: a urn:uuid in small letters.
func IsURN(name string) bool {
	uuid, ok := strings.CutPrefix(name, urnPrefix)
	if !ok || len(uuid) != 36 {
		return false
	}
	for i, r := range uuid {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (r == '-') || !dash && !strings.ContainsRune("0123456789abcdef", r) {
			return false
		}
	}
	return true
}

// urns reads names of communities.
func (f fields) urns(key string, n int) []string {
	var kept []string
	for _, item := range f.list(key, n) {
		if urn := stringOf(item); IsURN(urn) {
			kept = append(kept, urn)
		}
	}
	return kept
}
