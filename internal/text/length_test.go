package text

import (
	"strings"
	"testing"
)

func TestLength(t *testing.T) {
	for typed, want := range map[string]int{
		"":                         0,
		"héllo\n\nwörld":           12,
		"@ana@hospital.example hi": 7,
		"@ana hi":                  7,
		"see https://a.test/":      4 + LinkLength,
		"https://a.test/" + strings.Repeat("x", 1000): LinkLength,
		"#tag": 4,
	} {
		if got := Length(typed); got != want {
			t.Errorf("%.40q: %d, want %d", typed, got, want)
		}
	}
}
