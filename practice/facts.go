package practice

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"praxis/internal/text"
	"praxis/models"
)

// Facts is what an author says of a post beside its text. Nil fields are not said: a change leaves them as they are.
type Facts struct {
	License, Version *string
	// Status is how far a document is (see DocumentStatuses), or that a gap is open or closed.
	Status   *string
	ReviewAt *time.Time
	// BasedOn are addresses of what the post was made from: posts, threads, or anything else.
	BasedOn   *[]string
	Deadline  *time.Time
	Threshold *float64
	Unit      *string

	Start, End               *time.Time
	Timezone, Place, Address *string
	Capacity                 *int64
	Topics                   *[]string
	// State withdraws a question, or opens it again.
	State *string
	// DuplicateOf is where the same was asked before.
	DuplicateOf *string

	told string // of remote posts: the figures that their host gave
}

// DocumentStatuses are how far a document can be.
func DocumentStatuses() []string { return []string{"draft", "review", "stable", "outdated"} }

// GapStatuses are what a gap can be.
func GapStatuses() []string { return []string{StateOpen, StateClosed} }

// How long what facts say may be.
const (
	maxFact    = 200
	maxSources = 20
	maxTopics  = 20
	maxAddress = 2048
	maxAmount  = 1_000_000_000
	maxPlaces  = 100_000 // of a visit
)

// Tell stores the figures that the host of a remote post gave.
func (f *Facts) Tell(figures Figures) {
	raw, err := json.Marshal(figures)
	if err == nil { // numbers always can be encoded
		f.told = string(raw)
	}
}

// said reports whether anything is.
func (f *Facts) said() bool { return f != nil && *f != Facts{} }

// check refuses what a member may not say.
func (f *Facts) check(kind string) error {
	if f == nil {
		return nil
	}
	for name, value := range map[string]*string{
		"license": f.License, "version": f.Version, "unit": f.Unit, "place": f.Place, "timezone": f.Timezone,
	} {
		if value != nil && utf8.RuneCountInString(*value) > maxFact {
			return invalid(name, "Validation failed: %s is longer than %d characters", name, maxFact)
		}
	}
	if err := f.checkStates(kind); err != nil {
		return err
	}
	if err := f.checkTimes(); err != nil {
		return err
	}
	if err := f.checkAmounts(); err != nil {
		return err
	}
	return f.checkLists()
}

func (f *Facts) checkStates(kind string) error {
	if f.Status != nil && *f.Status != "" {
		allowed := DocumentStatuses()
		if kind == KnowledgeMapping {
			allowed = GapStatuses()
		}
		if !slices.Contains(allowed, strings.ToLower(*f.Status)) {
			return invalid("document_status", "Validation failed: document_status %q is none of %s", cutRunes(*f.Status, 40), strings.Join(allowed, ", "))
		}
	}
	if f.State != nil && !slices.Contains([]string{StateOpen, models.StateWithdrawn}, *f.State) {
		return invalid("state", "Validation failed: state %q is neither open nor withdrawn", cutRunes(*f.State, 40))
	}
	return nil
}

func (f *Facts) checkTimes() error {
	if f.Start != nil && f.End != nil && !f.Start.IsZero() && !f.End.IsZero() && f.End.Before(*f.Start) {
		return invalid("end_time", "Validation failed: end_time is before start_time")
	}
	if f.Timezone != nil && *f.Timezone != "" {
		if _, err := time.LoadLocation(*f.Timezone); err != nil {
			return invalid("timezone", "Validation failed: timezone %q is no name of the time zone database, such as Europe/Berlin", cutRunes(*f.Timezone, 40))
		}
	}
	return nil
}

func (f *Facts) checkAmounts() error {
	if f.Threshold != nil && (*f.Threshold < 0 || *f.Threshold > maxAmount) {
		return invalid("threshold", "Validation failed: threshold is no number from 0 to %d", maxAmount)
	}
	if f.Capacity != nil && (*f.Capacity < 0 || *f.Capacity > maxPlaces) {
		return invalid("capacity", "Validation failed: capacity is no number from 0 to %d", maxPlaces)
	}
	return nil
}

func (f *Facts) checkLists() error {
	if f.Address != nil && *f.Address != "" && !isWebAddress(*f.Address) {
		return invalid("url", "Validation failed: url is no http or https address of at most %d bytes", maxAddress)
	}
	if f.BasedOn != nil {
		if len(*f.BasedOn) > maxSources {
			return invalid("based_on", "Validation failed: based_on names more than %d sources", maxSources)
		}
		for _, uri := range *f.BasedOn {
			if !isWebAddress(uri) {
				return invalid("based_on", "Validation failed: based_on %q is neither the id of a status nor an http or https address", cutRunes(uri, 80))
			}
		}
	}
	if f.Topics != nil && len(*f.Topics) > maxTopics {
		return invalid("topics", "Validation failed: topics names more than %d", maxTopics)
	}
	return nil
}

func isWebAddress(address string) bool {
	at, err := url.Parse(address)
	return err == nil && at.Host != "" && (at.Scheme == "https" || at.Scheme == "http") && len(address) <= maxAddress
}

// apply puts what is said into a row. What comes from outside is cut to what fits.
func (f *Facts) apply(row *models.Practice) {
	for _, pair := range []struct {
		to   *string
		from *string
	}{
		{&row.Version, f.Version}, {&row.Unit, f.Unit}, {&row.Timezone, f.Timezone}, {&row.Place, f.Place},
	} {
		if pair.from != nil {
			*pair.to = cutRunes(text.CleanName(*pair.from), maxFact)
		}
	}
	if f.License != nil {
		row.License = License(cutRunes(text.CleanName(*f.License), maxFact))
	}
	if f.Status != nil {
		row.Status = strings.ToLower(cutRunes(text.CleanName(*f.Status), maxFact))
	}
	if f.Address != nil && (*f.Address == "" || isWebAddress(*f.Address)) {
		row.Address = *f.Address
	}
	f.applyNumbers(row)
	if f.Topics != nil {
		row.Topics = strings.Join(cleanTopics(*f.Topics), "\n")
	}
	if f.DuplicateOf != nil && (*f.DuplicateOf == "" || isWebAddress(*f.DuplicateOf)) {
		row.DuplicateOf = *f.DuplicateOf
	}
	if f.told != "" {
		row.Told = f.told
	}
}

func (f *Facts) applyNumbers(row *models.Practice) {
	for _, pair := range []struct {
		to   *models.Timestamp
		from *time.Time
	}{{&row.ReviewAt, f.ReviewAt}, {&row.Deadline, f.Deadline}, {&row.StartAt, f.Start}, {&row.EndAt, f.End}} {
		if pair.from != nil {
			*pair.to = models.At(*pair.from)
		}
	}
	if f.Threshold != nil && *f.Threshold >= 0 && *f.Threshold <= maxAmount {
		row.Threshold = Thousandths(*f.Threshold)
	}
	if f.Capacity != nil && *f.Capacity >= 0 && *f.Capacity <= maxPlaces {
		row.Capacity = *f.Capacity
	}
}

func cleanTopics(topics []string) []string {
	clean := []string{}
	for _, topic := range topics {
		topic = cutRunes(text.CleanName(strings.TrimPrefix(topic, "#")), maxFact)
		if topic != "" && len(clean) < maxTopics {
			clean = appendOnce(clean, topic)
		}
	}
	return clean
}

// cleanSources leaves what can be an address, each once.
func cleanSources(uris []string) []string {
	clean := []string{}
	for _, uri := range uris {
		if isWebAddress(uri) && len(clean) < maxSources {
			clean = appendOnce(clean, uri)
		}
	}
	return clean
}

// Thousandths gives an amount as it is stored.
func Thousandths(amount float64) int64 {
	if amount < 0 {
		return -int64(-amount*1000 + 0.5)
	}
	return int64(amount*1000 + 0.5)
}

// Amount gives a stored amount as a number.
func Amount(thousandths int64) float64 { return float64(thousandths) / 1000 }

// Row gives what is said as it is stored of a new post.
func (f *Facts) Row() *models.Practice {
	row := &models.Practice{}
	f.apply(row)
	return row
}

// Sources gives the addresses of what a post was made from, without what is none.
func (f *Facts) Sources() []string {
	if f.BasedOn == nil {
		return []string{}
	}
	return cleanSources(*f.BasedOn)
}

// keepFacts stores what a post says beside its text.
func (s *Service) keepFacts(tx *models.Tx, post *models.Post, facts *Facts) error {
	if !facts.said() {
		return nil
	}
	row, err := tx.Practice(post.ID)
	if err != nil {
		return err
	}
	facts.apply(row)
	if facts.State != nil {
		row.State = stateSaid(row.State, *facts.State, post.Local)
	}
	if err := tx.SavePractice(row); err != nil {
		return err
	}
	if facts.BasedOn == nil {
		return nil
	}
	return tx.SetSources(post.ID, facts.Sources())
}

// stateSaid: whoever opens again what they withdrew reopens it. Another host says itself what has become of a post.
func stateSaid(old, said string, local bool) string {
	switch {
	case said == models.StateWithdrawn, !local && said == models.StateReopened:
		return said
	case !local:
		return ""
	case old == models.StateWithdrawn:
		return models.StateReopened
	}
	return old
}
