package inbox_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/config"
	"praxis/internal/testrig"
	"praxis/models"
)

// traced is a yard whose statements are seen by hook, whichever it is at the time.
type traced struct {
	*yard
	hook atomic.Pointer[func(statement string)]
}

func newTraced(t *testing.T, c *testrig.Cluster) *traced {
	t.Helper()
	x := &traced{}
	c.Trace = func(statement string) {
		if hook := x.hook.Load(); hook != nil {
			(*hook)(statement)
		}
	}
	addFor(t, c)
	x.yard = newYard(t, c)
	return x
}

// addFor adds the instance on the database that the name of the test says.
func addFor(t *testing.T, c *testrig.Cluster, changes ...func(*config.Config)) {
	t.Helper()
	if strings.HasSuffix(t.Name(), "/postgres") {
		c.AddPostgres("a.test", changes...)
	} else {
		c.AddSQLite("a.test", changes...)
	}
}

// during runs f while hook sees all statements.
func (x *traced) during(hook func(statement string), f func()) {
	x.hook.Store(&hook)
	defer x.hook.Store(nil)
	f()
}

// send posts a note of an author and gives the status.
func (y *yard) send(t *testing.T, from int, id string, changes ...func(M)) int {
	t.Helper()
	author := y.authors[from]
	status, _ := author.Send(y.server, author.Activity("Create", id, author.Note(id, "note "+id, changes...)))
	return status
}

// entries gives what became of what was received, by activity.
func (y *yard) entries(t *testing.T, host string) map[string]models.InboxEntry {
	t.Helper()
	all, err := y.server.Store.Read(t.Context()).InboxEntriesOf(host)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]models.InboxEntry{}
	for _, entry := range all {
		found[entry.ActivityURI] = entry
	}
	return found
}

// TestF03_CrashAnywhereBetweenReceiptAndEffect ends the work after each of its statements in turn: then either nothing is done
// and the activity waits, or all is done and it is marked as done; and after the next start the effect is there once.
func TestF03_CrashAnywhereBetweenReceiptAndEffect(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		x := newTraced(t, c)
		before := x.server.Count("home_entry")
		posts := x.server.Count("post")
		for k := 1; ; k++ {
			id := fmt.Sprint("crash", k)
			want(t, x.send(t, 0, id), http.StatusAccepted, "")
			ended := x.crashAfter(t, k)
			x.wholeOrNothing(t, id)
			x.server = c.Restart(x.server)
			c.Settle()
			entry := x.entries(t, "peer0.test")["https://peer0.test/activities/"+id]
			if n := x.server.Count("post") - posts; n != int64(k) || entry.State != models.InboxDone {
				t.Fatalf("after statement %d: %d posts, not %d, and the entry is %s: %s", k, n, k, entry.State, entry.Outcome)
			}
			if !ended {
				t.Logf("%d points of crash", k)
				break
			}
		}
		if n := x.server.Count("home_entry") - before; n != x.server.Count("post")-posts {
			t.Errorf("%d entries at home of %d posts", n, x.server.Count("post")-posts)
		}
	})
}

// crashAfter works until the kth statement is done, and reports whether there were as many.
func (x *traced) crashAfter(t *testing.T, k int) bool {
	t.Helper()
	ctx, crash := context.WithCancel(t.Context())
	defer crash()
	var seen atomic.Int64
	x.during(func(string) {
		if seen.Add(1) == int64(k) {
			crash()
		}
	}, func() { _, _ = x.server.Inbox.Step(ctx) })
	return seen.Load() >= int64(k)
}

func (x *traced) wholeOrNothing(t *testing.T, id string) {
	t.Helper()
	tx := x.server.Store.Read(t.Context())
	_, err := tx.PostByURI("https://peer0.test/notes/" + id)
	entry := x.entries(t, "peer0.test")["https://peer0.test/activities/"+id]
	if there, done := err == nil, entry.State == models.InboxDone; there != done {
		t.Fatalf("%s: the post is there: %v, its entry is %s", id, there, entry.State)
	}
}

// TestH15_NothingIsAcknowledgedThatIsNotStored: what fails before the commit is answered with 503, and comes again.
func TestH15_NothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		x := newTraced(t, c)
		posts := x.server.Count("post")
		var status int
		x.during(func(statement string) {
			if strings.HasPrefix(statement, "INSERT") && strings.Contains(statement, "inbox_entry") { // it is written, and not yet committed
				panic("the process dies")
			}
		}, func() { status = x.send(t, 0, "lost") })
		want(t, status, http.StatusServiceUnavailable, `{"error":"`)
		if n := len(x.entries(t, "peer0.test")); n != 1 { // the Accept of before
			t.Errorf("%d entries", n)
		}
		x.server = c.Restart(x.server)
		for range 2 {
			want(t, x.send(t, 0, "lost"), http.StatusAccepted, "")
			c.Settle()
		}
		if n := x.server.Count("post") - posts; n != 1 {
			t.Errorf("%d posts", n)
		}
	})
}

// TestH28_EntryThatCannotBeMarkedHoldsUpNoOther: where what is done about one entry breaks the transaction of several, they are
// carried out one by one, and that one is tried again later.
func TestH28_EntryThatCannotBeMarkedHoldsUpNoOther(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		x := newTraced(t, c)
		posts := x.server.Count("post")
		for _, id := range []string{"before", "poison", "after"} {
			want(t, x.send(t, 0, id), http.StatusAccepted, "")
		}
		poison := fmt.Sprint(x.entries(t, "peer0.test")["https://peer0.test/activities/poison"].ID)
		x.during(func(statement string) {
			// However often, and among whomever, it is said that it is done; that it has to wait can be said.
			if strings.HasPrefix(statement, "UPDATE") && strings.Contains(statement, poison) && strings.Contains(statement, models.InboxDone) {
				panic("it cannot be marked")
			}
		}, c.Settle)
		for id, state := range map[string]string{"before": models.InboxDone, "poison": models.InboxPending, "after": models.InboxDone} {
			if entry := x.entries(t, "peer0.test")["https://peer0.test/activities/"+id]; entry.State != state {
				t.Errorf("%s is %s: %s", id, entry.State, entry.Outcome)
			}
		}
		if n := x.server.Count("post") - posts; n != 2 {
			t.Errorf("%d posts", n)
		}
		c.Clock.Advance(time.Hour)
		c.Settle()
		if n := x.server.Count("post") - posts; n != 3 {
			t.Errorf("%d posts in the end", n)
		}
	})
}

// TestF02_TwoNodes: two nodes that take the same activities and work on one inbox at the same time carry each out once.
func TestF02_TwoNodes(t *testing.T) {
	c := testrig.NewCluster(t)
	c.AddPostgres("a.test")
	y := newYard(t, c)
	first, posts := y.server, y.server.Count("post")
	second := c.AddServer("a.test", first.Config.Database)
	const n = 20
	all := y.letters(t, n*len(y.authors))
	var wait sync.WaitGroup
	for _, node := range []*testrig.Server{first, second} {
		wait.Go(func() {
			for _, l := range all {
				if status, err := node.Inbox.Receive(t.Context(), y.request(t, l), l.body, nil); status != http.StatusAccepted {
					t.Errorf("%d, %v", status, err)
				}
			}
			if _, err := node.Inbox.Step(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	c.Settle()
	if got := first.Count("post") - posts; got != int64(len(all)) {
		t.Errorf("%d posts of %d", got, len(all))
	}
	if got := first.Count("home_entry"); got != int64(len(all)) {
		t.Errorf("%d entries at home of %d", got, len(all))
	}
	for i := range y.authors {
		for uri, entry := range y.entries(t, fmt.Sprintf("peer%d.test", i)) {
			if entry.State != models.InboxDone || entry.Attempts != 1 {
				t.Errorf("%s is %s after %d tries: %s", uri, entry.State, entry.Attempts, entry.Outcome)
			}
		}
	}
}

// TestH28_PanicParksOneItem: an activity on which the work panics is tried again, then parked; those beside it are carried out,
// and nothing of it is half done.
func TestH28_PanicParksOneItem(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		x := newTraced(t, c)
		posts := x.server.Count("post")
		for _, id := range []string{"before", "poison", "after"} {
			want(t, x.send(t, 0, id), http.StatusAccepted, "")
		}
		want(t, x.send(t, 1, "elsewhere"), http.StatusAccepted, "")
		x.during(func(statement string) {
			if strings.HasPrefix(statement, "INSERT INTO post_text") && strings.Contains(statement, "poison") { // half done
				panic("poisoned")
			}
		}, func() {
			for range 12 {
				c.Settle()
				c.Clock.Advance(3 * time.Hour)
			}
		})
		entry := x.entries(t, "peer0.test")["https://peer0.test/activities/poison"]
		if entry.State != models.InboxParked || !strings.Contains(entry.Outcome, "poisoned") {
			t.Errorf("the entry is %s after %d tries: %s", entry.State, entry.Attempts, entry.Outcome)
		}
		if n := x.server.Count("post") - posts; n != 3 {
			t.Errorf("%d posts beside it", n)
		}
	})
}
