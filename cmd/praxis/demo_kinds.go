package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"praxis/practice"
)

// demoThread is a thread of one kind, which ana begins, and what is said to it.
type demoThread struct {
	kind, title, text string
	fields            map[string]any
	reply             string // bo's
	thanks            string // ana's, to that reply
	seen              string // what is to be seen then
	is                func(*demoPractice) bool
}

// demoPractice is what the demo reads of a practice post.
type demoPractice struct {
	Kind, Label, State string
	Helpful            []string
	ReusesCount        int64 `json:"reuses_count"`
	KnowsCount         int64 `json:"knows_count"`
	Pledges            struct{ Sum float64 }
	Event              struct{ Going int64 }
}

func demoThreads(now time.Time) []demoThread {
	soon := func(days int) string { return now.AddDate(0, 0, days).UTC().Format(time.RFC3339) }
	there := func(*demoPractice) bool { return true }
	return []demoThread{
		{
			kind: practice.ProblemSolving, title: "The edges of the foam come off", text: "After a shower nothing holds. What do you do?",
			reply: "A strip of film over each edge, and no cream below it.", thanks: "It holds! #solved", seen: "solved",
			is: func(p *demoPractice) bool { return p.State == practice.StateSolved },
		},
		{
			kind: practice.InformationRequest, title: "Which scale do you use for pain?", text: "We are about to choose one for the ward.",
			reply: "The numeric one; faces for children.", thanks: "Good to know. #helped", seen: "one helpful answer",
			is: func(p *demoPractice) bool { return len(p.Helpful) == 1 },
		},
		{
			kind: practice.ExperienceRequest, title: "Who has worked with negative pressure at home?", text: "We think of sending patients home with it.",
			reply: "Three patients so far. #myexperience", seen: "an experience", is: there,
		},
		{
			kind: practice.AssetShare, title: "A one-page wound protocol", text: "Two sides, to be printed.",
			fields: map[string]any{"license": "CC-BY-4.0", "version": "1.2", "topics": []string{"documentation"}},
			reply:  "We use it in three teams. #reused", seen: "used again", is: func(p *demoPractice) bool { return p.ReusesCount == 1 },
		},
		{
			kind: practice.Coordination, title: "Buying gauze together", text: "From 20 kg on it is a third cheaper.",
			fields: map[string]any{"threshold": 20, "unit": "kg", "deadline": soon(14)},
			reply:  "#join 12 kg", seen: "12 kg are pledged", is: func(p *demoPractice) bool { return p.Pledges.Sum == 12 },
		},
		{kind: practice.Discussion, title: "The new guideline on compression", text: "It says less than the old one. Does that help?", reply: "It leaves more to us.", seen: "a reply", is: there},
		{
			kind: practice.Documentation, title: "How we change a dressing", text: "First wash your hands …",
			fields: map[string]any{"document_status": "draft", "review_at": soon(180)}, reply: "Step three could be shorter.", seen: "a reply", is: there,
		},
		{
			kind: practice.Visit, title: "Visit our wound clinic", text: "See how we work, and stay for coffee.",
			fields: map[string]any{"start_time": soon(21), "place": "City Hospital, ward 3", "capacity": 8, "timezone": "Europe/Berlin"},
			reply:  "#going", seen: "one guest", is: func(p *demoPractice) bool { return p.Event.Going == 1 },
		},
		{
			kind: practice.KnowledgeMapping, title: "Who knows about larval therapy?", text: "Nobody here has tried it.",
			fields: map[string]any{"topics": []string{"larval therapy"}}, reply: "#iknow", seen: "one who knows",
			is: func(p *demoPractice) bool { return p.KnowsCount == 1 },
		},
		{kind: practice.Story, title: "The leg that took a year", text: "It began with a scratch …", reply: "Thank you for telling. #keep", seen: "a reply", is: there},
		{kind: practice.Introduction, title: "New here", text: "I came from surgery in spring.", reply: "Welcome!", seen: "a reply", is: there},
		{kind: practice.Announcement, title: "We meet every first Monday", text: "At five, in the library and online.", reply: "See you there.", seen: "a reply", is: there},
	}
}

// kinds begins a thread of each kind, and lets it be answered from the other organization.
func (d *demo) kinds(ctx context.Context, ana, bo *participant, _ string) error {
	var community demoAccount
	if err := ana.call(ctx, http.MethodGet, "/api/v1/accounts/lookup?acct=woundcare", nil, &community); err != nil {
		return err
	}
	for _, thread := range demoThreads(time.Now()) {
		begun := time.Now()
		if err := d.thread(ctx, ana, bo, community.ID, &thread); err != nil {
			return err
		}
		d.say("ana begins: "+strings.ToLower(practice.KindLabel(thread.kind)), "bo replies from the clinic, and ana sees: %s", time.Since(begun), thread.seen)
	}
	return nil
}

func (d *demo) thread(ctx context.Context, ana, bo *participant, community string, thread *demoThread) error {
	fields := map[string]any{"status": thread.text, "title": thread.title, "kind": thread.kind, "community_id": community, "language": "en"}
	for name, value := range thread.fields {
		fields[name] = value
	}
	var begun, seen, reply demoStatus
	if err := ana.call(ctx, http.MethodPost, "/api/v1/statuses", fields, &begun); err != nil {
		return err
	}
	err := until(ctx, fmt.Sprintf("the thread %q in bo's home", thread.title), func() (bool, error) {
		status, err := bo.inHome(ctx, begun.URI)
		if status != nil {
			seen = *status
		}
		return status != nil && status.Praxis.Kind == thread.kind, err
	})
	if err != nil {
		return err
	}
	if err := bo.post(ctx, thread.reply, seen.ID, &reply); err != nil {
		return err
	}
	if err := d.thank(ctx, ana, reply.URI, thread.thanks); err != nil {
		return err
	}
	return until(ctx, thread.seen+" at "+thread.title, func() (bool, error) {
		var now struct {
			RepliesCount int64 `json:"replies_count"`
			Praxis       demoPractice
		}
		err := ana.call(ctx, http.MethodGet, "/api/v1/statuses/"+begun.ID, nil, &now)
		return err == nil && now.RepliesCount > 0 && thread.is(&now.Praxis), err
	})
}

// thank lets ana answer a reply once it has arrived.
func (d *demo) thank(ctx context.Context, ana *participant, uri, thanks string) error {
	if thanks == "" {
		return nil
	}
	var arrived *demoStatus
	err := until(ctx, "bo's reply in ana's notifications", func() (found bool, err error) {
		arrived, err = ana.notified(ctx, uri)
		return arrived != nil, err
	})
	if err != nil {
		return err
	}
	var said demoStatus
	return ana.post(ctx, thanks, arrived.ID, &said)
}
