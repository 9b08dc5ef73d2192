package vocab

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Facts are what a practice post says beside its text, each as plain as a top-level property can be: readers that know
// none of them see the post. What is no value of its kind counts as absent.
type Facts struct {
	Version    string
	WorkStatus string    // schema:creativeWorkStatus
	Expires    time.Time // when a document is to be looked at again
	BasedOn    IRIs
	Threshold  float64 // how much a pool needs, 0 where that is not said
	Unit       string
	Timezone   string
	Capacity   int
	Companion  string // the event that goes with a visit, or the visit that an event goes with
	Topics     []string
	State      string
	Duplicate  string
	Figures    Figures
}

// Figures are what the host of a post counted.
type Figures struct {
	Reuses, Pledges, Going, Maybe, Keeps, Knows int
	Pledged                                     float64
}

// maxTopics is how many topics of an object are read.
const maxTopics = 50

func (o *Object) readFacts(f fields) {
	o.Version = f.name("version")
	if o.Version == "" && kindOf(f["version"]) >= '0' && kindOf(f["version"]) <= '9' {
		o.Version = cutRunes(string(f["version"]), maxName)
	}
	o.WorkStatus = f.short("creativeWorkStatus")
	o.Expires = f.time("expires")
	o.BasedOn = f.iris("isBasedOn", maxRefs)
	o.Threshold = f.amount("threshold")
	o.Unit, o.Timezone = f.short("unit"), f.short("timezone")
	o.Capacity = f.number("maximumAttendeeCapacity", maxCount)
	o.Companion = f.refID("companion")
	o.State = f.short("state")
	o.Duplicate = f.refID("duplicateOf")
	for _, item := range f.list("topics", maxTopics) {
		if topic := cutRunes(stringOf(item), maxName); topic != "" {
			o.Topics = append(o.Topics, topic)
		}
	}
	o.Figures = Figures{
		Reuses: f.number("reusesCount", maxCount), Pledges: f.number("pledgesCount", maxCount), Pledged: f.amount("pledged"),
		Going: f.number("participantCount", maxCount), Maybe: f.number("maybeCount", maxCount),
		Keeps: f.number("keepsCount", maxCount), Knows: f.number("knowsCount", maxCount),
	}
}

// amount gives a number that need not be whole, 0 if there is none that could be counted.
func (f fields) amount(key string) float64 {
	var n json.Number
	if json.Unmarshal(f[key], &n) != nil || kindOf(f[key]) == '"' {
		return 0
	}
	value, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || math.IsNaN(value) || value < 0 {
		return 0
	}
	return min(value, maxCount)
}
