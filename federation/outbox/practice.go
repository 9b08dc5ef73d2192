package outbox

import (
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// practiceOf reads what a practice post says beside its text, and what was said to it; nil for other posts.
func practiceOf(tx *models.Tx, p *models.Post) (*practice.Practice, error) {
	if p.Kind == "" && p.CommunityID == 0 && p.AcceptedAnswerID == 0 {
		return nil, nil
	}
	parts, err := tx.PracticeParts([]int64{p.ID})
	if err != nil {
		return nil, err
	}
	all := practice.PracticeOf(p, parts, tx.Now())
	return &all, nil
}

// addKind says what a post is, as top-level properties with plain values: some readers refuse what they do not expect
// within attachments or tags.
func (w *Writer) addKind(doc vocab.M, p *models.Post, parts *postParts) {
	if p.Kind != "" {
		doc["additionalType"] = practice.KindAddress(p.Kind)
	}
	if parts.practice == nil {
		return
	}
	addFacts(doc, parts.practice)
	if !p.IsThread() {
		return
	}
	addAnswers(doc, p, parts)
	switch p.Kind {
	case practice.AssetShare:
		doc["reuses"], doc["reusesCount"] = w.links.Reuses(p.ID), parts.practice.Reuses
	case practice.Coordination:
		addPool(doc, parts.practice)
	case practice.Visit:
		w.addVisit(doc, p, parts.practice)
	case practice.Documentation:
		doc["edits"] = w.links.Edits(p.ID)
	case practice.KnowledgeMapping:
		addNumber(doc, "knowsCount", parts.practice.Knows)
		if parts.practice.Status != "" {
			doc["isResolved"] = parts.practice.Status == practice.StateClosed
		}
	}
}

func addAnswers(doc vocab.M, p *models.Post, parts *postParts) {
	if practice.AsksForAnswer(p.Kind) || p.AcceptedAnswerID != 0 {
		doc["isResolved"] = p.AcceptedAnswerID != 0
	}
	if parts.answer != nil {
		doc["acceptedAnswer"] = parts.answer.URI
	}
	if len(parts.helpful) > 0 {
		doc["suggestedAnswer"] = parts.helpful
	}
	addNumber(doc, "keepsCount", parts.practice.Keeps)
	for name, value := range map[string]string{"state": parts.practice.Practice.State, "duplicateOf": parts.practice.DuplicateOf} {
		if value != "" {
			doc[name] = value
		}
	}
}

func addFacts(doc vocab.M, p *practice.Practice) {
	license := p.License
	if address := practice.LicenseAddress(license); address != "" {
		license = address
	}
	for name, value := range map[string]string{
		"license": license, "version": p.Version, "creativeWorkStatus": capitalized(p.Status), "expires": vocab.FormatTime(p.ReviewAt.Time()),
	} {
		if value != "" {
			doc[name] = value
		}
	}
	if len(p.Sources) > 0 {
		doc["isBasedOn"] = p.Sources
	}
	if topics := p.TopicList(); len(topics) > 0 {
		doc["topics"] = topics
	}
}

// capitalized: how far a document is, is written "Draft" on the wire.
func capitalized(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func addNumber(doc vocab.M, name string, n int64) {
	if n != 0 {
		doc[name] = n
	}
}

// addPool: what is pooled, how much of it is there, and until when one can join.
func addPool(doc vocab.M, p *practice.Practice) {
	doc["pledgesCount"], doc["pledged"] = p.Pledges, practice.Amount(p.Pledged)
	if p.Threshold != 0 {
		doc["threshold"] = practice.Amount(p.Threshold)
	}
	if p.Unit != "" {
		doc["unit"] = p.Unit
	}
	if p.Deadline != 0 && doc["endTime"] == nil {
		doc["endTime"] = vocab.FormatTime(p.Deadline.Time())
	}
}

// addVisit: when and where; the event of it is for software that knows events.
func (w *Writer) addVisit(doc vocab.M, post *models.Post, p *practice.Practice) {
	if p.StartAt == 0 {
		return
	}
	addSchedule(doc, p)
	doc["companion"] = w.links.Event(post.ID)
	addNumber(doc, "maybeCount", p.Maybe)
}

func addSchedule(doc vocab.M, p *practice.Practice) {
	doc["startTime"], doc["participantCount"] = vocab.FormatTime(p.StartAt.Time()), p.Going
	if p.EndAt != 0 {
		doc["endTime"] = vocab.FormatTime(p.EndAt.Time())
	}
	if p.Timezone != "" {
		doc["timezone"] = p.Timezone
	}
	if p.Place != "" {
		doc["location"] = vocab.M{"type": "Place", "name": p.Place}
	}
	if p.Capacity != 0 {
		doc["maximumAttendeeCapacity"], doc["remainingAttendeeCapacity"] = p.Capacity, p.Remaining()
	}
}
