package practice

import (
	"cmp"
	"encoding/json"
	"slices"

	"praxis/models"
)

// The states of a thread's life cycle, beside models.StateWithdrawn and models.StateReopened.
const (
	StateOpen     = "open"
	StateAnswered = "answered" // somebody else replied
	StateSolved   = "solved"   // the asker accepted an answer
	StateClosed   = "closed"   // the time to join, or to come, is over; a gap that is none any more
)

// What people say to an invitation.
const (
	Going    = "going"
	Maybe    = "maybe"
	NotGoing = "notgoing"
)

// Figures are the numbers of a practice post.
type Figures struct {
	Reuses  int64 `json:"reuses,omitempty"`
	Pledges int64 `json:"pledges,omitempty"` // how many joined
	Pledged int64 `json:"pledged,omitempty"` // thousandths
	Going   int64 `json:"going,omitempty"`
	Maybe   int64 `json:"maybe,omitempty"`
	Keeps   int64 `json:"keeps,omitempty"`
	Knows   int64 `json:"knows,omitempty"`
}

// Practice is what a post says and what was said to it, put together for those who show it.
type Practice struct {
	*models.Practice
	Figures
	State     string
	Sources   []string
	Helpful   []int64 // replies that somebody called helpful, the most helpful first
	Revisions int64   // how many versions there are, the present one included
}

// PracticeOf puts together what a post says and what was said to it.
func PracticeOf(post *models.Post, parts *models.PracticeParts, now models.Timestamp) Practice {
	p := Practice{
		Practice: parts.Of(post.ID), Sources: parts.Sources[post.ID], Helpful: []int64{}, Revisions: parts.Revisions[post.ID] + 1,
	}
	for _, tally := range parts.Tallies[post.ID] {
		if tally.Verb == models.ResponseHelped && tally.PostID != post.ID {
			p.Helpful = appendOnce(p.Helpful, tally.PostID)
		}
	}
	p.Figures = count(parts.Tallies[post.ID], p.Practice)
	if !post.Local {
		p.heed()
	}
	p.State = stateOf(post, p.Practice, parts.Answered[post.ID], now)
	return p
}

// count sums up what was said to a post. A pledge in another unit counts as one, and adds nothing to the sum.
func count(tallies []models.Tally, row *models.Practice) Figures {
	var f Figures
	for _, t := range tallies {
		if t.PostID != row.PostID {
			continue
		}
		switch t.Verb {
		case models.ResponseReused:
			f.Reuses += t.Count
		case models.ResponseJoined:
			f.Pledges += t.Count
			if t.Value == row.Unit || t.Value == "" || row.Unit == "" {
				f.Pledged += t.Sum
			}
		case models.ResponseKeep:
			f.Keeps += t.Count
		case models.ResponseKnows:
			f.Knows += t.Count
		case models.ResponseGoing:
			f.come(t)
		}
	}
	return f
}

func (f *Figures) come(t models.Tally) {
	switch t.Value {
	case Going:
		f.Going += t.Count
	case Maybe:
		f.Maybe += t.Count
	}
}

// heed takes the figures that a remote post's own host gave where they are higher than what was seen here: that host sees
// more.
func (p *Practice) heed() {
	var told Figures
	if json.Unmarshal([]byte(p.Told), &told) != nil {
		return
	}
	p.Reuses, p.Pledges, p.Pledged = max(p.Reuses, told.Reuses), max(p.Pledges, told.Pledges), max(p.Pledged, told.Pledged)
	p.Going, p.Maybe = max(p.Going, told.Going), max(p.Maybe, told.Maybe)
	p.Keeps, p.Knows = max(p.Keeps, told.Keeps), max(p.Knows, told.Knows)
}

// HasState reports kinds whose threads have a life cycle.
func HasState(kind string) bool {
	return AsksForAnswer(kind) || slices.Contains([]string{Coordination, Visit, KnowledgeMapping}, kind)
}

func stateOf(post *models.Post, row *models.Practice, answered bool, now models.Timestamp) string {
	switch {
	case !HasState(post.Kind) && post.AcceptedAnswerID == 0, !post.IsThread():
		return ""
	case row.State == models.StateWithdrawn:
		return row.State
	case post.AcceptedAnswerID != 0:
		return StateSolved
	case isClosed(post.Kind, row, now):
		return StateClosed
	case row.State == models.StateReopened:
		return row.State
	case answered && AsksForAnswer(post.Kind):
		return StateAnswered
	}
	return StateOpen
}

// isClosed: joining ends with the deadline, a visit with its end, or its beginning where that is not said.
func isClosed(kind string, row *models.Practice, now models.Timestamp) bool {
	switch kind {
	case Coordination:
		return row.Deadline != 0 && row.Deadline <= now
	case Visit:
		end := cmp.Or(row.EndAt, row.StartAt)
		return end != 0 && end <= now
	case KnowledgeMapping:
		return row.Status == StateClosed
	}
	return false
}

// Remaining gives how many places of a visit are left; -1 where there is no limit.
func (p Practice) Remaining() int64 {
	if p.Capacity == 0 {
		return -1
	}
	return max(0, p.Capacity-p.Going)
}
