package testrig_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
)

// lose lets nothing come to a host that is posted to it, though its sender believes so.
func lose(c *testrig.Cluster, host string) {
	c.Network.Carry(func(r *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		if r.URL.Host != host || !strings.HasSuffix(r.URL.Path, "/inbox") {
			return send(r)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: http.StatusAccepted, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	})
}

func alike(t *testing.T, c *testrig.Cluster, one, other *testrig.Sibling) bool {
	t.Helper()
	ctx, now := context.Background(), models.At(c.Clock.Now())
	theirs, err := one.Store.Read(ctx).TakenFirst(one.Group.ID, now.Add(-30*24*time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := other.Store.Read(ctx).TakenFrom(other.Group.ID, one.Group.URI, now.Add(-30*24*time.Hour), now)
	if err != nil {
		t.Fatal(err)
	}
	return len(theirs) == len(ours) && models.SumUp(theirs) == models.SumUp(ours)
}

// What was lost on the way comes by comparing: threads, answers, and what the sibling shows no more; only the difference is asked
// for, and a thread comes home to who missed it.
func TestSiblingsCompare(t *testing.T) {
	threeSiblings(t, func(t *testing.T, c *testrig.Cluster, s []*testrig.Sibling) {
		a, b := s[0], s[1]
		ann, bo := a.Member("ann"), b.Member("bo")
		bo.Follow("@solvents@b.test")
		var first testrig.M
		for range 5 {
			first = post(ann, a, "Before.")
		}
		c.Settle()
		if !alike(t, c, a, b) {
			t.Fatal("they are not alike from the beginning")
		}
		before := len(bo.Home())
		lose(c, b.Host)
		c.Clock.Advance(24 * time.Hour)
		lost := post(ann, a, "Lost.")
		ann.Reply(lost["id"].(string), "Lost, too.")
		if status, body := ann.Do(http.MethodDelete, "/api/v1/statuses/"+first["id"].(string), nil); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		c.Settle()
		c.Network.Carry(nil)
		if alike(t, c, a, b) {
			t.Fatal("nothing was lost")
		}
		c.Clock.Advance(48 * time.Hour)
		post(ann, a, "After.")
		c.Settle()
		calls := c.Network.Calls(a.Host)
		c.Clock.Advance(2 * time.Minute)
		c.Settle()
		if !alike(t, c, a, b) {
			t.Errorf("they are not alike after comparing: %+v", b.PairWith(a))
		}
		if asked := c.Network.Calls(a.Host) - calls; asked > 8 {
			t.Errorf("comparing took %d requests", asked)
		}
		if got := len(bo.Home()); got != before+1 { // one is deleted, one was missed, and one came later
			t.Errorf("%d entries at home, and %d before", got, before)
		}
		if taken := b.Count("admission"); taken != 8 {
			t.Errorf("%d rows for what was taken", taken)
		}
		if pair := b.PairWith(a); pair.SyncDueAt != 0 {
			t.Errorf("it goes on comparing: %+v", pair)
		}
	})
}

// Who is no sibling reads nothing of what a community took first, nor does one whose agreement is withdrawn.
func TestE12_OnlySiblingsCompare(t *testing.T) {
	c := testrig.NewCluster(t, "a.test", "b.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test")
	stranger := c.NewPeer("m.test", "mastodon").Actor("zoe", "Person")
	path := "/c/solvents/admitted?since=1&until=99999999999999"
	if status, body := stranger.Get(s[0].Server, path); status != http.StatusNotFound {
		t.Errorf("%d %s", status, body)
	}
	if status, body := c.Fetch(s[0].Server, path); status == http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}
