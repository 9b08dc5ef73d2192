package clients

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// teller is what the whole story asks of every client beyond the short one.
type teller interface {
	client
	pager
	// share posts a text with a picture that has a description.
	share(t *testing.T, text, picture, description string) entry
	bookmark(t *testing.T, e entry)
	bookmarks(t *testing.T) []entry
	remove(t *testing.T, e entry)
}

// editor, pollster and listener are what some clients cannot be.
type (
	editor interface {
		edit(t *testing.T, e entry, text string)
	}
	pollster interface {
		// poll asks with a poll, where one option may be chosen.
		poll(t *testing.T, text string, options ...string) entry
		vote(t *testing.T, e entry, choice int)
	}
	listener interface {
		// listen opens the member's stream, by each of the ways that the client knows.
		listen(t *testing.T)
		// heard gives what came until now, for each of the ways; a post in the home timeline is of the kind update.
		heard(t *testing.T) [][]notice
	}
)

// cannot holds the steps that a client leaves out, and why. All else each of them does.
var cannot = map[string]map[string]string{
	"toot": {
		"edit":   "toot 0.34 has no command that edits",
		"poll":   "toot 0.34 shows polls, and has no command that makes one",
		"vote":   "toot 0.34 has no command that votes",
		"stream": "toot 0.34 opens no streams",
	},
}

func can(c client, step string) (able bool) {
	switch step {
	case "edit":
		_, able = c.(editor)
	case "poll", "vote":
		_, able = c.(pollster)
	case "stream":
		_, able = c.(listener)
	default:
		_, able = c.(teller)
	}
	return able
}

// notes is how many posts are there to page back through.
const notes = 200

// TestClientsGoThroughTheWholeStory lets each client do all that it is for, in the hands of a member who takes part in a
// community of another organization. Whether a step was taken is not the client's word: a member of the other organization
// sees it there, or the member sees it with another device.
func TestClientsGoThroughTheWholeStory(t *testing.T) {
	t.Parallel()
	keys := &testkeys.Ring{}
	hospital := openHouse(t, keys, "", "City Hospital", testdb.SQLite(t))
	clinic := openHouse(t, keys, "", "Riverside Clinic", testdb.SQLite(t))
	community := hospital.community(t, "woundcare")
	clients := map[string]func() client{
		"toot": newToot, "python": newPython, "masto": newMasto, "megalodon": newMegalodon, "library": newLibrary,
	}
	var readers []*models.Actor
	for name := range clients {
		readers = append(readers, clinic.create(t, member{clinic, name}))
	}
	clinic.write(t, readers)
	picture := paint(t)
	for name, fresh := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &story{
				client: fresh().(teller), name: name, community: community, picture: picture,
				ana: hospital.member(t, "ana_"+name).device(t), bo: member{clinic, name}.device(t),
			}
			s.run(t)
		})
	}
}

// write fills the homes of readers with the notes of a member whom they follow.
func (h *house) write(t *testing.T, readers []*models.Actor) {
	t.Helper()
	librarian := h.create(t, member{h, "librarian"})
	for _, reader := range readers {
		if _, err := h.app.Service.Follow(t.Context(), reader, librarian, practice.FollowOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range notes {
		if _, err := h.app.Service.Post(t.Context(), practice.Draft{Author: librarian, Text: fmt.Sprintf("Note %d", i)}); err != nil {
			t.Fatal(err)
		}
	}
}

const pictureWidth, pictureHeight = 48, 32

// paint gives the path of a picture.
func paint(t *testing.T) string {
	t.Helper()
	field := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	for i := range pictureWidth * pictureHeight {
		field.Set(i%pictureWidth, i/pictureWidth, color.RGBA{R: 200, G: uint8(i % 256), B: 80, A: 255})
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "wound.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := png.Encode(file, field); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// story is one client's: bo has it, and ana is a member of the community at the other organization.
type story struct {
	client             teller
	name               string // of the client, and bo's
	community, picture string
	ana, bo            *device

	question entry  // of bo, as the client has it
	seen     status // the same, as ana sees it
	answer   entry  // of ana, as the client has it
	advice   status // the same, as ana sees it
}

func (s *story) run(t *testing.T) {
	s.client.signIn(t, s.bo.member, newBrowser(t))
	if c, able := s.client.(listener); able {
		c.listen(t)
	}
	for _, step := range []struct {
		name string
		take func(*testing.T)
	}{
		{"follow", s.join},
		{"media", s.share},
		{"reply", s.reply},
		{"favourite", s.favourite},
		{"boost", s.boost},
		{"bookmark", s.bookmark},
		{"edit", s.edit},
		{"poll", s.poll},
		{"vote", s.vote},
		{"stream", s.stream},
		{"pages", s.pages},
		{"delete", s.remove},
	} {
		if why := cannot[s.name][step.name]; why != "" {
			if can(s.client, step.name) {
				t.Errorf("%s is able to %s by now, so that this is no longer true: %s", s.name, step.name, why)
			}
			continue
		}
		if !can(s.client, step.name) {
			t.Fatalf("%s leaves out %s, and nothing says why", s.name, step.name)
		}
		if !t.Run(step.name, step.take) {
			return
		}
	}
}

// bosHandle is how ana's server calls bo, and anasHandle is how bo's calls ana.
func (s *story) bosHandle() string  { return strings.TrimPrefix(s.bo.member.handle(), "@") }
func (s *story) anasHandle() string { return strings.TrimPrefix(s.ana.member.handle(), "@") }

// about makes a text that no other client's story has.
func (s *story) about(what string) string { return what + " (" + s.name + ")" }

// join: bo finds the community and follows it. Its own server counts bo among its members.
func (s *story) join(t *testing.T) {
	found := s.client.find(t, s.community)
	if found.Acct != strings.TrimPrefix(s.community, "@") {
		t.Fatalf("found %+v", found)
	}
	s.client.follow(t, found)
	until(t, "the community among whom bo follows", func() bool {
		ties := read[[]struct{ Following bool }](t, s.bo, "/api/v1/accounts/relationships?id[]="+string(found.ID))
		return len(ties) == 1 && ties[0].Following
	})
	if !s.client.follows(t, found) {
		t.Error("the client does not show that bo follows")
	}

	there := read[person](t, s.ana, "/api/v1/accounts/lookup?acct=woundcare")
	ask[any](t, s.ana, http.MethodPost, "/api/v1/accounts/"+string(there.ID)+"/follow", nil)
	until(t, "bo among the community's members", func() bool {
		return slices.Contains(s.ana.names(t, "/api/v1/accounts/"+string(there.ID)+"/followers?limit=80"), s.bosHandle())
	})
}

// share: bo's question has a picture. Ana sees it at home, described, and can open it.
func (s *story) share(t *testing.T) {
	question := s.about("Which dressing for this wound?")
	s.question = s.client.share(t, s.community+" "+question, s.picture, "A wound, three days old")
	s.seen = s.ana.awaits(t, question)
	if s.seen.Account.Acct != s.bosHandle() || len(s.seen.Media) != 1 {
		t.Fatalf("ana sees %+v", s.seen)
	}
	media := s.seen.Media[0]
	if media.Type != "image" || media.Description != "A wound, three days old" {
		t.Fatalf("ana sees %+v", media)
	}
	answer, err := s.ana.http.Get(media.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	shown, kind, err := image.DecodeConfig(answer.Body)
	if err != nil || shown.Width != pictureWidth || shown.Height != pictureHeight {
		t.Errorf("ana's picture is %s of %d × %d: %v", kind, shown.Width, shown.Height, err)
	}
}

// reply: ana answers, bo's client tells of it, and bo replies to what it shows. Ana has the reply under her answer.
func (s *story) reply(t *testing.T) {
	advice, thanks := s.about("Foam, changed daily."), s.about("That helps.")
	s.advice = s.ana.post(t, url.Values{
		"status": {"@" + s.bosHandle() + " " + advice}, "in_reply_to_id": {string(s.seen.ID)},
	})
	until(t, "ana's answer in bo's notifications", func() bool {
		return hasNotice(s.bo.notices(t), "mention", s.anasHandle(), advice)
	})
	if told := s.client.notices(t); !hasNotice(told, "mention", s.anasHandle(), advice) {
		t.Errorf("the client's notifications: %+v", told)
	}
	thread := s.client.thread(t, s.question)
	var found bool
	if s.answer, found = withText(thread, advice); !found {
		t.Fatalf("bo's thread: %+v", thread)
	}
	s.client.reply(t, s.answer, s.ana.member.handle(), thanks)
	until(t, "bo's reply under ana's answer", func() bool {
		thread := read[struct{ Descendants []status }](t, s.ana, "/api/v1/statuses/"+string(s.seen.ID)+"/context")
		return slices.ContainsFunc(thread.Descendants, func(reply status) bool {
			return strings.Contains(plain(reply.Content), thanks) && reply.InReplyTo == s.advice.ID && reply.Account.Acct == s.bosHandle()
		})
	})
}

// favourite and boost: ana is told, and bo is among those who did it.
func (s *story) favourite(t *testing.T) {
	s.client.favourite(t, s.answer)
	s.told(t, "favourite", "favourited_by")
}

func (s *story) boost(t *testing.T) {
	s.client.boost(t, s.answer)
	s.told(t, "reblog", "reblogged_by")
}

func (s *story) told(t *testing.T, kind, list string) {
	t.Helper()
	until(t, "bo's "+kind+" in ana's notifications", func() bool {
		return hasNotice(s.ana.notices(t), kind, s.bosHandle(), plain(s.advice.Content))
	})
	if by := s.ana.names(t, "/api/v1/statuses/"+string(s.advice.ID)+"/"+list); !slices.Equal(by, []string{s.bosHandle()}) {
		t.Errorf("%s: %q", list, by)
	}
}

// bookmark: bo's other device has it as well, and ana hears nothing.
func (s *story) bookmark(t *testing.T) {
	before := len(s.ana.notices(t))
	s.client.bookmark(t, s.answer)
	if kept := s.client.bookmarks(t); len(kept) != 1 || kept[0].ID != s.answer.ID {
		t.Errorf("the client's bookmarks: %+v", kept)
	}
	if kept := read[[]status](t, s.bo, "/api/v1/bookmarks"); len(kept) != 1 || kept[0].ID != s.answer.ID {
		t.Errorf("the bookmarks of bo's other device: %+v", kept)
	}
	if after := len(s.ana.notices(t)); after != before {
		t.Errorf("ana had %d notifications, and has %d", before, after)
	}
}

// edit: ana sees the new text, with the picture, and what was there before.
func (s *story) edit(t *testing.T) {
	question := s.about("Which dressing for this wet wound?")
	s.client.(editor).edit(t, s.question, s.community+" "+question)
	until(t, "the new text at ana's", func() bool {
		s.seen = s.ana.status(t, s.seen.ID)
		return strings.Contains(plain(s.seen.Content), question)
	})
	if s.seen.EditedAt == "" || len(s.seen.Media) != 1 {
		t.Errorf("ana sees %+v", s.seen)
	}
	versions := read[[]status](t, s.ana, "/api/v1/statuses/"+string(s.seen.ID)+"/history")
	if len(versions) != 2 || !strings.Contains(plain(versions[0].Content), s.about("Which dressing for this wound?")) {
		t.Errorf("ana sees the versions %+v", versions)
	}
}

// poll: ana votes where she is, and bo's server counts it.
func (s *story) poll(t *testing.T) {
	question := s.about("Foam or gauze?")
	made := s.client.(pollster).poll(t, s.community+" "+question, "Foam", "Gauze")
	seen := s.ana.awaits(t, question)
	if seen.Poll == nil || len(seen.Poll.Options) != 2 || seen.Poll.Options[0].Title != "Foam" || seen.Poll.Options[1].Title != "Gauze" {
		t.Fatalf("ana sees %+v", seen)
	}
	ask[any](t, s.ana, http.MethodPost, "/api/v1/polls/"+string(seen.Poll.ID)+"/votes", url.Values{"choices[]": {"1"}})
	until(t, "ana's vote in bo's poll", func() bool {
		options := s.bo.status(t, made.ID).Poll.Options
		return options[0].Votes == 0 && options[1].Votes == 1
	})
}

// vote: bo votes in a poll of ana's, where it is counted.
func (s *story) vote(t *testing.T) {
	question := s.about("How often?")
	asked := s.ana.post(t, url.Values{
		"status": {"@woundcare " + question}, "poll[options][]": {"Daily", "Weekly"}, "poll[expires_in]": {"3600"},
	})
	s.bo.awaits(t, question)
	shown, found := withText(s.client.home(t), question)
	if !found || shown.Poll == "" {
		t.Fatalf("bo's client shows %+v", shown)
	}
	s.client.(pollster).vote(t, shown, 0)
	if poll := s.bo.status(t, shown.ID).Poll; !poll.Voted {
		t.Errorf("bo's server has %+v", poll)
	}
	until(t, "bo's vote in ana's poll", func() bool {
		options := s.ana.status(t, asked.ID).Poll.Options
		return options[0].Votes == 1 && options[1].Votes == 0
	})
}

// stream: what happens at the other organization comes by itself: a post into the community, and an answer to bo; each once.
func (s *story) stream(t *testing.T) {
	c := s.client.(listener)
	// Nothing tells when a stream that was asked for is open, other than what comes by it.
	tries := 0
	until(t, "anything by the stream", func() bool {
		if tries++; tries%4 == 1 {
			s.bo.post(t, url.Values{"status": {"Is anybody there?"}, "visibility": {"private"}})
		}
		return !slices.ContainsFunc(c.heard(t), func(events []notice) bool { return len(events) == 0 })
	})
	news, words := s.about("We have a new foam."), s.about("Have you seen it?")
	s.ana.post(t, url.Values{"status": {"@woundcare " + news}})
	s.ana.post(t, url.Values{"status": {"@" + s.bosHandle() + " " + words}, "in_reply_to_id": {string(s.advice.ID)}})
	until(t, "ana's post and answer by the stream", func() bool {
		return !slices.ContainsFunc(c.heard(t), func(events []notice) bool {
			return count(events, "update", news) == 0 || count(events, "mention", words) == 0
		})
	})
	for way, events := range c.heard(t) {
		if n, m := count(events, "update", news), count(events, "mention", words); n != 1 || m != 1 {
			t.Errorf("stream %d: the post came %d times, the answer %d times", way, n, m)
		}
	}
}

func count(events []notice, kind, text string) (n int) {
	for _, e := range events {
		if e.Kind == kind && strings.Contains(e.Text, text) {
			n++
		}
	}
	return n
}

// pages: bo reads the home timeline back to its beginning, and finds each note once, in its order.
func (s *story) pages(t *testing.T) {
	var want, got []string
	for i := range notes {
		want = append(want, fmt.Sprintf("Note %d", notes-1-i))
	}
	known := map[id]bool{}
	for _, e := range s.client.homeInPages(t, 20) {
		if known[e.ID] {
			t.Errorf("%+v comes twice", e)
		}
		known[e.ID] = true
		if e.Author == "librarian" {
			got = append(got, e.Text)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages hold %d notes: %q", len(got), got)
	}
}

// remove: bo's question is gone at both organizations.
func (s *story) remove(t *testing.T) {
	s.client.remove(t, s.question)
	if !s.bo.gone(t, s.question.ID) {
		t.Error("bo's server still shows the question")
	}
	until(t, "the end of bo's question at ana's", func() bool { return s.ana.gone(t, s.seen.ID) })
	if left, found := s.ana.inHome(t, s.about("wound?")); found {
		t.Errorf("ana's home still has %+v", left)
	}
}
