package clients

import (
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/internal/testkeys"
)

// TestClientsTakePartInACommunityOfAnotherOrganization lets a client ask and another one answer. On one of the databases each:
// what every client does is in the whole story.
func TestClientsTakePartInACommunityOfAnotherOrganization(t *testing.T) {
	t.Parallel()
	type pair struct {
		name          string
		asks, answers func() client
		bo, ana       string
	}
	for kind, database := range map[string]struct {
		fresh func(testing.TB) string
		pairs []pair
	}{
		"sqlite": {testdb.SQLite, []pair{{"toot asks, Mastodon.py answers", newToot, newPython, "bo", "ana"}}},
		"postgres": {testdb.Postgres, []pair{
			{"Mastodon.py asks, masto.js answers", newPython, newMasto, "ben", "amy"},
			{"masto.js asks, go-mastodon answers", newMasto, newLibrary, "bea", "asa"},
		}},
	} {
		t.Run(kind, func(t *testing.T) {
			keys := &testkeys.Ring{}
			hospital := openHouse(t, keys, "hospital", "City Hospital", database.fresh(t))
			clinic := openHouse(t, keys, "clinic", "Riverside Clinic", database.fresh(t))
			community := hospital.community(t, "woundcare")
			for _, pair := range database.pairs {
				t.Run(pair.name, func(t *testing.T) {
					t.Parallel()
					job := &mainJob{
						community: community, asking: pair.asks(), answering: pair.answers(),
						bo: clinic.member(t, pair.bo), ana: hospital.member(t, pair.ana),
					}
					job.run(t)
				})
			}
		})
	}
}

// mainJob is what Praxis is for: bo, at one organization, takes part in a community of another one, where ana is.
type mainJob struct {
	community         string
	asking, answering client
	bo, ana           member
}

func (j *mainJob) run(t *testing.T) {
	j.asking.signIn(t, j.bo, nil)
	j.answering.signIn(t, j.ana, newBrowser(t))
	j.join(t)
	question, seen := j.ask(t)
	answer := j.reply(t, question, seen)
	j.thank(t, question, seen, answer)
}

// join: bo finds the community and follows it, ana does the same at home.
func (j *mainJob) join(t *testing.T) {
	for _, who := range []client{j.asking, j.answering} {
		found := who.find(t, j.community)
		want := strings.TrimPrefix(j.community, "@")
		if who == j.answering {
			want = "woundcare"
		}
		if found.Acct != want || found.ID == "" {
			t.Fatalf("found %+v, want acct %q", found, want)
		}
		who.follow(t, found)
		until(t, "the community among whom the member follows", func() bool { return who.follows(t, found) })
	}
}

// The texts fit into a line of what toot prints.
func (j *mainJob) title() string  { return "Which dressing for a wet wound, asks " + j.bo.name + "?" }
func (j *mainJob) advice() string { return "Foam, changed daily, says " + j.ana.name + "." }
func (j *mainJob) thanks() string { return "That worked, thanks, says " + j.bo.name + "! #solved" }

// ask: bo's question goes to the community and comes to ana's home, who likes and boosts it; bo is told. It gives the
// question as bo's client shows it, and as ana's does.
func (j *mainJob) ask(t *testing.T) (question, seen entry) {
	question = j.asking.post(t, j.community+" "+j.title()+"\n\nWe tried two kinds. #ask")
	until(t, "bo's own question at home", func() bool { return hasText(j.asking.home(t), j.title()) })
	until(t, "the question in ana's home", func() (found bool) {
		seen, found = withText(j.answering.home(t), j.title())
		return found
	})
	j.answering.favourite(t, seen)
	j.answering.boost(t, seen)
	from := strings.TrimPrefix(j.ana.handle(), "@")
	until(t, "ana's favourite and boost in bo's notifications", func() bool {
		notices := j.asking.notices(t)
		return hasNotice(notices, "favourite", from, j.title()) && hasNotice(notices, "reblog", from, j.title())
	})
	return question, seen
}

// reply: ana's answer to the question that she sees comes to bo's notifications and into the thread. It gives the answer
// as bo's client shows it.
func (j *mainJob) reply(t *testing.T, question, seen entry) entry {
	j.answering.reply(t, seen, j.bo.handle(), j.advice())
	from := strings.TrimPrefix(j.ana.handle(), "@")
	until(t, "the answer in bo's notifications", func() bool {
		return hasNotice(j.asking.notices(t), "mention", from, j.advice())
	})
	thread := j.asking.thread(t, question)
	answer, found := withText(thread, j.advice())
	if !found || answer.Author != from || !hasText(thread, j.title()) {
		t.Fatalf("bo's thread: %+v", thread)
	}
	return answer
}

// thank: bo likes the answer and accepts it; ana is told, and both see the same thread.
func (j *mainJob) thank(t *testing.T, question, seen, answer entry) {
	j.asking.favourite(t, answer)
	j.asking.reply(t, answer, j.ana.handle(), j.thanks())
	from := strings.TrimPrefix(j.bo.handle(), "@")
	until(t, "bo's favourite and thanks in ana's notifications", func() bool {
		notices := j.answering.notices(t)
		return hasNotice(notices, "favourite", from, j.advice()) && hasNotice(notices, "mention", from, j.thanks())
	})
	for _, thread := range [][]entry{j.asking.thread(t, question), j.answering.thread(t, seen)} {
		if got := texts(thread); !ordered(got, j.title(), j.advice(), j.thanks()) {
			t.Errorf("thread: %q", got)
		}
	}
}

// texts gives what was said, but for the note by which the community tells the asker alone that it understood #solved.
func texts(entries []entry) []string {
	var said []string
	for _, e := range entries {
		if !strings.Contains(e.Text, "Noted: this is the accepted answer") {
			said = append(said, e.Text)
		}
	}
	return said
}

// ordered tells whether there are just as many texts as parts, and each holds its part.
func ordered(said []string, parts ...string) bool {
	return slices.EqualFunc(said, parts, strings.Contains)
}
