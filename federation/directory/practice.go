package directory

import (
	"strings"
	"time"

	"praxis/federation/vocab"
	"praxis/practice"
)

// kindOf gives the practice kind that an object names; one that nobody here knows stays the address that it is.
func kindOf(o vocab.Object) string { return practice.KindOfAddress(o.AdditionalType) }

// factsOf gives what an object says beside its text; nil for an object that speaks of no practice. What it does not say is
// not so any more.
func factsOf(o vocab.Object) *practice.Facts {
	if !speaksOfPractice(o) {
		return nil
	}
	license, version, status, unit, zone, place, address := o.License, o.Version, o.WorkStatus, o.Unit, o.Timezone, o.Location, ""
	threshold, capacity, topics, sources := o.Threshold, int64(o.Capacity), o.Topics, []string(o.BasedOn)
	kind, review := kindOf(o), o.Expires
	var deadline, start, end time.Time
	switch {
	case kind == practice.Coordination && len(o.OneOf)+len(o.AnyOf) == 0:
		deadline = o.EndTime
	case kind == practice.Visit || o.Type == "Event":
		start, end = o.StartTime, o.EndTime
	}
	if kind == practice.KnowledgeMapping && o.IsResolved != nil {
		status = practice.StateOpen
		if *o.IsResolved {
			status = practice.StateClosed
		}
	}
	facts := &practice.Facts{
		License: &license, Version: &version, Status: &status, ReviewAt: &review, BasedOn: &sources, Deadline: &deadline,
		Threshold: &threshold, Unit: &unit, Start: &start, End: &end, Timezone: &zone, Place: &place, Address: &address,
		Capacity: &capacity, Topics: &topics, State: &o.State, DuplicateOf: &o.Duplicate,
	}
	facts.Tell(figuresOf(o.Figures))
	return facts
}

// speaksOfPractice: most posts of the world do not, and for those nothing is stored.
func speaksOfPractice(o vocab.Object) bool {
	f := o.Facts
	return kindOf(o) != "" || o.License != "" || f.Version != "" || f.WorkStatus != "" || len(f.BasedOn) > 0 || len(f.Topics) > 0 ||
		o.Type == "Event" && !o.StartTime.IsZero()
}

func figuresOf(f vocab.Figures) practice.Figures {
	return practice.Figures{
		Reuses: int64(f.Reuses), Pledges: int64(f.Pledges), Pledged: practice.Thousandths(f.Pledged), Going: int64(f.Going),
		Maybe: int64(f.Maybe), Keeps: int64(f.Keeps), Knows: int64(f.Knows),
	}
}

// IsCompanion reports an event that goes with a thread of the same host: the thread says all of it.
func IsCompanion(o vocab.Object) bool {
	return o.Type == "Event" && o.Companion != "" && o.Companion != o.ID && vocab.SameOrigin(o.Companion, o.ID)
}

// apart takes the title off a text that shows it first, as our own servers send it.
func apart(o vocab.Object) (content string, isApart bool) {
	content = contentOf(o)
	if o.InReplyTo != "" || o.Type != "Note" || !strings.HasPrefix(content, "<p><strong>") {
		return content, false
	}
	return practice.CutTitle(content, titleOf(o))
}
