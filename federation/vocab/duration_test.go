package vocab

import (
	"strings"
	"testing"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]float64{
		"PT1.5S": 1.5, "PT2M": 120, "PT1H1M1S": 3661, "P1DT1S": 86401, "PT0S": 0, "": 0, "1.5": 0, "P1Y": 0, "PT-1S": 0,
		"P300D": 0, "PT" + strings.Repeat("9", 300) + "S": 0, "PT1.5S\n": 0,
	} {
		if got := seconds(text); got != want {
			t.Errorf("%q lasts %v, not %v", text, got, want)
		}
	}
	for value, want := range map[float64]string{1.5: "PT1.5S", 88.6544: "PT88.654S", 60: "PT60S"} {
		if got := Duration(value); got != want {
			t.Errorf("%v is written as %q", value, got)
		}
	}
}
