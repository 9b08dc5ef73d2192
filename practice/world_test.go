package practice_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"praxis/federation/outbox"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// world is one instance with three members and a community that ana convenes. What verbs publish is kept and written.
type world struct {
	*testrig.Cluster
	t           *testing.T
	server      *testrig.Server
	verbs       *practice.Service
	ana, bo, cy *models.Actor
	community   *models.Actor
	outbox      *tap
}

// tap passes events on to the real outbox, and fails at the one that failAt counts down to.
type tap struct {
	writer *outbox.Writer
	events []practice.Event
	failAt int
}

var errOutbox = fmt.Errorf("the outbox is broken")

func (o *tap) Publish(tx *models.Tx, event practice.Event) error {
	if o.failAt > 0 {
		if o.failAt--; o.failAt == 0 {
			return errOutbox
		}
	}
	o.events = append(o.events, event)
	return o.writer.Publish(tx, event)
}

// each runs f in a fresh world on either database.
func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) { f(t, newWorld(t, c)) })
}

// one runs f in a fresh world on SQLite: for rules of which the store has no part.
func one(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	f(t, newWorld(t, testrig.NewCluster(t, "a.test")))
}

func newWorld(t *testing.T, c *testrig.Cluster) *world {
	t.Helper()
	w := &world{Cluster: c, t: t, server: c.Server("a.test")}
	w.verbs = w.server.Service
	w.outbox = &tap{writer: outbox.NewWriter(w.verbs.Links())}
	w.verbs.Connect(w.server.Directory, w.outbox)
	w.ana, w.bo, w.cy = w.member("ana"), w.member("bo"), w.member("cy")
	w.community = w.newCommunity(practice.NewCommunity{Username: "woundcare", Convener: w.ana})
	return w
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) read() *models.Tx { return w.server.Store.Read(w.ctx()) }

func must[T any](w *world, value T, err error) T {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// fails holds an error to its code.
func (w *world) fails(err error, want models.Code, what string) {
	w.t.Helper()
	if err == nil || models.ErrorCode(err) != want {
		w.t.Errorf("%s: the error is %v, and should be of the code %s", what, err, want)
	}
}

func (w *world) member(name string) *models.Actor {
	w.t.Helper()
	actor, err := w.verbs.CreateMember(w.ctx(), practice.NewMember{Username: name})
	return must(w, actor, err)
}

func (w *world) newCommunity(c practice.NewCommunity) *models.Actor {
	w.t.Helper()
	actor, err := w.verbs.CreateCommunity(w.ctx(), c)
	return must(w, actor, err)
}

// remote gives an actor of another host, by "name@host".
func (w *world) remote(handle, actorType string) *models.Actor {
	w.t.Helper()
	name, host, _ := strings.Cut(handle, "@")
	uri := "https://" + host + "/users/" + name
	actor := &models.Actor{
		URI: uri, Type: actorType, Username: name, Host: host, URL: uri, Inbox: uri + "/inbox", SharedInbox: "https://" + host + "/inbox",
		FollowersURI: uri + "/followers", FetchedAt: models.At(w.Clock.Now()), Discoverable: true,
	}
	w.ok(w.verbs.SaveRemoteActor(w.ctx(), actor))
	return actor
}

// write publishes what a member typed.
func (w *world) write(author *models.Actor, text string, changes ...func(*practice.Draft)) *models.Post {
	w.t.Helper()
	post, err := w.tryWrite(author, text, changes...)
	return must(w, post, err)
}

func (w *world) tryWrite(author *models.Actor, text string, changes ...func(*practice.Draft)) (*models.Post, error) {
	draft := practice.Draft{Author: author, Text: text}
	for _, change := range changes {
		change(&draft)
	}
	return w.verbs.Post(w.ctx(), draft)
}

func to(visibility string) func(*practice.Draft) {
	return func(d *practice.Draft) { d.Visibility = visibility }
}

func under(parent *models.Post) func(*practice.Draft) {
	return func(d *practice.Draft) { d.InReplyTo = parent }
}

// note gives the draft of a remote author.
func (w *world) note(author *models.Actor, id, content string, changes ...func(*practice.Draft)) practice.Draft {
	uri := "https://" + author.Host + "/notes/" + id
	draft := practice.Draft{
		Author: author, URI: uri, URL: uri, Content: "<p>" + content + "</p>", Visibility: models.Public, Published: w.Clock.Now(),
		Cause: practice.Cause{URI: uri + "/create", Raw: []byte(`{"id":"` + uri + `/create","type":"Create"}`)},
	}
	for _, change := range changes {
		change(&draft)
	}
	return draft
}

func (w *world) receive(draft practice.Draft) *models.Post {
	w.t.Helper()
	post, err := w.verbs.Post(w.ctx(), draft)
	return must(w, post, err)
}

func (w *world) follow(actor, target *models.Actor) *models.Follow {
	w.t.Helper()
	follow, err := w.verbs.Follow(w.ctx(), actor, target, practice.FollowOptions{})
	return must(w, follow, err)
}

// now gives a post as it is stored.
func (w *world) now(post *models.Post) *models.Post {
	w.t.Helper()
	stored, err := w.read().Post(post.ID)
	return must(w, stored, err)
}

func (w *world) actor(a *models.Actor) *models.Actor {
	w.t.Helper()
	stored, err := w.read().Actor(a.ID)
	return must(w, stored, err)
}

func (w *world) sees(viewer *models.Actor, post *models.Post) bool {
	w.t.Helper()
	id := models.Anonymous
	if viewer != nil {
		id = viewer.ID
	}
	_, err := w.read().VisiblePost(post.ID, id)
	if err != nil && !models.IsNotFound(err) {
		w.t.Fatal(err)
	}
	return err == nil
}

// home gives the ids of what a member has at home; a boost counts as what it carries.
func (w *world) home(owner *models.Actor) []int64 {
	w.t.Helper()
	posts, err := w.read().Home(owner.ID, models.Page{Limit: 100})
	w.ok(err)
	var ids []int64
	for i := range posts {
		if posts[i].IsBoost() {
			ids = append(ids, posts[i].ReblogOfID)
		} else {
			ids = append(ids, posts[i].ID)
		}
	}
	return ids
}

func (w *world) atHome(owner *models.Actor, post *models.Post) bool {
	w.t.Helper()
	return slices.Contains(w.home(owner), post.ID)
}

// told lists a member's notifications as "type by name".
func (w *world) told(owner *models.Actor) []string {
	w.t.Helper()
	rows, err := w.read().NotificationPage(owner.ID, models.NotificationFilter{}, models.Page{Limit: 100})
	w.ok(err)
	var lines []string
	for _, row := range rows {
		actor, err := w.read().Actor(row.ActorID)
		w.ok(err)
		lines = append(lines, row.Type+" by "+actor.Username)
	}
	slices.Sort(lines)
	return lines
}

func (w *world) isTold(owner *models.Actor, want ...string) {
	w.t.Helper()
	slices.Sort(want)
	if got := w.told(owner); !slices.Equal(got, want) {
		w.t.Errorf("%s was told %q, want %q", owner.Username, got, want)
	}
}

// database opens the instance's database beside the store, to look at rows that no query of models gives.
func (w *world) database() *sql.DB {
	w.t.Helper()
	driver, source := "pgx", w.server.Config.Database
	if path, ok := strings.CutPrefix(source, "sqlite:"); ok {
		driver, source = "sqlite", path
	}
	db, err := sql.Open(driver, source)
	w.ok(err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

// published gives the events of a type since the last call.
func published[E practice.Event](w *world) []E {
	var found []E
	for _, event := range w.outbox.events {
		if e, ok := event.(E); ok {
			found = append(found, e)
		}
	}
	w.outbox.events = nil
	return found
}
