package vocab

import (
	"regexp"
	"strconv"
)

// maxSeconds is the longest time that is believed of a film or sound: a week.
const maxSeconds = 7 * 24 * 60 * 60

// durationPattern is that part of an xsd:duration that says how long something lasts: days and less.
var durationPattern = regexp.MustCompile(`^P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?$`)

// Duration writes seconds as an xsd:duration, such as PT1.5S.
func Duration(seconds float64) string {
	return "PT" + strconv.FormatFloat(float64(int64(seconds*1000+0.5))/1000, 'f', -1, 64) + "S"
}

// seconds reads an xsd:duration; 0 for what is none, and for what lasts longer than anybody looks.
func seconds(text string) float64 {
	if len(text) > maxShort {
		return 0
	}
	parts := durationPattern.FindStringSubmatch(text)
	if parts == nil {
		return 0
	}
	total := 0.0
	for i, unit := range []float64{24 * 60 * 60, 60 * 60, 60, 1} {
		count, _ := strconv.ParseFloat(parts[i+1], 64) // "" is 0
		total += count * unit
	}
	if total > maxSeconds {
		return 0
	}
	return total
}
