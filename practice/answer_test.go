package practice_test

import (
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestWhoAcceptsAnswers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		question := w.write(w.bo, "@woundcare Which dressing? #ask")
		answer := w.write(w.cy, "Foam.", under(question))
		dee := w.member("dee")
		for _, stranger := range []*models.Actor{dee, w.cy} {
			w.fails(w.verbs.Answer(w.ctx(), stranger, question, answer, false, practice.Cause{}), models.Forbidden, stranger.Username)
		}
		accept := func(actor *models.Actor, withdraw bool, want int64, events int) {
			t.Helper()
			w.outbox.events = nil
			w.ok(w.verbs.Answer(w.ctx(), actor, question, answer, withdraw, practice.Cause{}))
			if got := w.now(question).AcceptedAnswerID; got != want || len(published[practice.AnswerChosen](w)) != events {
				t.Errorf("%s, withdraw %v: accepted is %d", actor.Username, withdraw, got)
			}
		}
		accept(w.bo, true, 0, 0)
		accept(w.bo, false, answer.ID, 1)
		accept(w.bo, false, answer.ID, 0)
		accept(w.ana, true, 0, 1) // the convener moderates
		accept(w.ana, false, answer.ID, 1)
		other := w.write(dee, "Honey.", under(answer))
		w.ok(w.verbs.Answer(w.ctx(), w.bo, question, other, true, practice.Cause{}))
		if got := w.now(question).AcceptedAnswerID; got != answer.ID {
			t.Error("withdrawing another answer withdrew the accepted one")
		}
	})
}

func TestWhatIsAnAnswer(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		question := w.write(w.bo, "Which dressing?")
		own := w.write(w.bo, "I mean for a wet wound", under(question))
		gone := w.write(w.cy, "Foam.", under(question))
		w.ok(w.verbs.Delete(w.ctx(), w.cy, gone, practice.Cause{}))
		elsewhere := w.write(w.cy, "another thread")
		for what, post := range map[string]*models.Post{
			"the question itself": question, "the asker's own reply": own, "a deleted reply": w.now(gone), "a post of another thread": elsewhere,
		} {
			w.fails(w.verbs.Answer(w.ctx(), w.bo, question, post, false, practice.Cause{}), models.Invalid, what)
		}
		w.fails(w.verbs.Answer(w.ctx(), w.bo, question, gone, false, practice.Cause{}), models.Invalid, "a reply that was deleted since it was read")
		reply := w.write(w.cy, "an answer", under(question))
		w.ok(w.verbs.Delete(w.ctx(), w.bo, question, practice.Cause{}))
		w.fails(w.verbs.Answer(w.ctx(), w.bo, question, reply, false, practice.Cause{}), models.Invalid, "the answer to a deleted question")
	})
}

func TestSolvedIsACommand(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		dora := w.remote("dora@peer.test", models.TypePerson)
		for _, c := range []struct {
			text   string
			solved bool
		}{
			{"That was it! #solved", true},
			{"#solved", true},
			{"#Solved, thank you", true},
			{"@cy #solved", true},
			{"@cy thanks #solved.", true},
			{"I #solved it differently", false},
			{"solved", false},
			{"#unsolved", false},
			{"not yet", false},
			{"#solvedit", false},
		} {
			question := w.write(w.bo, "Which dressing?")
			answer := w.write(w.cy, "Foam.", under(question))
			w.write(w.bo, c.text, under(answer))
			if got := w.now(question).AcceptedAnswerID == answer.ID; got != c.solved {
				t.Errorf("%q accepts the answer: %v", c.text, got)
			}
		}
		question := w.write(w.bo, "Which dressing?")
		answer := w.write(w.cy, "Foam.", under(question))
		for _, word := range []*models.Post{
			w.write(w.cy, "#solved", under(answer)),   // not the asker
			w.write(w.bo, "#solved", under(question)), // no answer
		} {
			if w.now(question).AcceptedAnswerID != 0 {
				t.Errorf("%s by %d accepts", word.Content, word.AuthorID)
			}
		}
		w.write(w.bo, "#solved", under(answer))
		w.write(w.bo, "no, it came back #unsolved", under(answer))
		if w.now(question).AcceptedAnswerID != 0 {
			t.Error("#unsolved does not withdraw")
		}
		// A remote asker may say it, too, and only when it is said to us.
		far := w.receive(w.note(dora, "q", "Which dressing?"))
		near := w.write(w.cy, "Foam.", under(far))
		says := func(id string, backfilled bool) {
			w.receive(w.note(dora, id, "<a href=\"https://a.test/@cy\">@cy</a> thanks <a href=\"https://peer.test/tags/solved\">#solved</a>",
				func(d *practice.Draft) { d.InReplyToURI, d.Backfilled = near.URI, backfilled }))
		}
		says("old", true)
		if w.now(far).AcceptedAnswerID != 0 {
			t.Error("a reply that was only fetched accepts")
		}
		says("new", false)
		if w.now(far).AcceptedAnswerID != near.ID {
			t.Error("a remote asker's #solved does not accept")
		}
	})
}
