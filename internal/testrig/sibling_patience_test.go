package testrig

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/federation/vocab"
	"praxis/models"
)

// shelf is what a sibling lists of what it took first, by day, in pages of three.
type shelf struct {
	x     *traitor
	mu    sync.Mutex
	days  map[int64][]string
	asked func(day, page int64) // before a page is given
}

const shelfPage = 3

func newShelf(x *traitor) *shelf {
	s := &shelf{x: x, days: map[int64][]string{}, asked: func(int64, int64) {}}
	x.peer.Handle(strings.TrimPrefix(x.group.URI, "https://odd.test")+"/admitted", s.show)
	return s
}

func (s *shelf) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc := M{"id": "https://odd.test" + r.URL.RequestURI(), "type": "Collection"}
	if query := r.URL.Query(); query.Has("day") {
		day, _ := strconv.ParseInt(query.Get("day"), 10, 64)
		page, _ := strconv.ParseInt(query.Get("page"), 10, 64)
		s.asked(day, page)
		from := min(int(page)*shelfPage, len(s.days[day]))
		doc["type"], doc["items"] = "CollectionPage", s.days[day][from:min(from+shelfPage, len(s.days[day]))]
	} else {
		var days []models.SyncDay
		for day, ids := range s.days {
			days = append(days, models.SyncDay{Day: day, Count: int64(len(ids)), Digest: models.SumUp(taken(ids))})
		}
		doc["days"] = days
	}
	w.Header().Set("Content-Type", vocab.MediaType)
	_, _ = w.Write(s.x.peer.encode(doc))
}

func taken(ids []string) []models.Taken {
	var all []models.Taken
	for _, id := range ids {
		all = append(all, models.Taken{URI: id})
	}
	return all
}

// put lets somebody have written something in the community at a moment, of which ours hears nothing.
func (s *shelf) put(by *PeerActor, id string, at time.Time) string {
	group := s.x.group.URI
	note := by.Note(id, "Late.", func(n M) {
		n["audience"], n["cc"], n["published"] = group, []string{group}, vocab.FormatTime(at)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	day := models.Taken{PublishedAt: models.At(at)}.Day()
	s.days[day] = append(s.days[day], note["id"].(string))
	return note["id"].(string)
}

// drop lets the sibling show something no more.
func (s *shelf) drop(id string) {
	for day := range s.days {
		s.days[day] = slices.DeleteFunc(s.days[day], func(one string) bool { return one == id })
	}
}

// says tells ours what the sibling says that it took first.
func (s *shelf) says() {
	s.x.T.Helper()
	s.mu.Lock()
	var all []string
	for _, ids := range s.days {
		all = append(all, ids...)
	}
	s.mu.Unlock()
	s.x.sums(models.SumUp(taken(all)))
	s.x.after(2 * time.Minute)
}

func (x *traitor) after(d time.Duration) {
	x.T.Helper()
	x.Clock.Advance(d)
	x.Settle()
}

func (x *traitor) stateOf(uri string) string {
	x.T.Helper()
	row, err := x.a.Store.Read(x.T.Context()).Admission(x.a.Group.ID, uri)
	if models.IsNotFound(err) {
		return ""
	}
	if err != nil {
		x.T.Fatal(err)
	}
	return row.State
}

// A comparison takes what it can get, in pages whose borders lie within one second: a post that fails once, a page that does, and a
// host that is away keep nothing else away. What failed is tried again by itself, soon, and seldom where it is in vain.
func TestComparingGoesPastWhatFails(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		c.Clock.Advance(3 * 24 * time.Hour)
		zoe, yan := x.peer.Actor("zoe", "Person"), c.NewPeer("far.test", "mastodon").Actor("yan", "Person")
		s, today := newShelf(x), c.Clock.Now().Add(-time.Hour)
		for i := range 4 {
			s.put(yan, fmt.Sprint("far", i), today)
		}
		for i := range 7 {
			s.put(zoe, fmt.Sprint("new", i), today)
			s.put(zoe, fmt.Sprint("old", i), today.Add(-24*time.Hour))
		}
		c.Network.SetDown("far.test", true)
		yesterday := models.Taken{PublishedAt: models.At(today)}.Day() - 1
		fails := map[string]bool{"/notes/new1": true, fmt.Sprintf("%s/admitted?day=%d&page=1", strings.TrimPrefix(x.group.URI, "https://odd.test"), yesterday): true}
		x.peer.Guard = func(r *http.Request) int {
			if fails[r.URL.RequestURI()] {
				delete(fails, r.URL.RequestURI())
				return http.StatusServiceUnavailable
			}
			return 0
		}
		s.says()
		if got := x.a.Count("admission"); len(fails) != 0 || got != 6+shelfPage {
			t.Errorf("%d of 18 are taken, and there is %d that can be had; %v did not fail", got, 6+shelfPage, fails)
		}
		x.after(syncedAgain)
		if got := x.a.Count("admission"); got != 14 {
			t.Errorf("%d of 18 are taken, and 14 can be had", got)
		}
		for range 60 {
			x.after(time.Minute)
		}
		if asked := c.Network.Calls("far.test"); asked == 0 || asked > 15 {
			t.Errorf("a host that is away was asked %d times in an hour", asked)
		}
		c.Network.SetDown("far.test", false)
		for range 3 {
			x.after(2 * time.Hour)
		}
		pair := x.a.PairWith(x.as)
		if got := x.a.Count("admission"); got != 18 || pair.SyncDueAt != 0 || pair.AgreedAt < models.At(today) {
			t.Errorf("%d of 18 are taken in the end: %+v", got, pair)
		}
	})
}

// A host that keeps us waiting is left alone: other pairs get their turn, and the rest of this one comes soon.
func TestComparingGoesPastASlowHost(t *testing.T) {
	c := NewCluster(t, "a.test", "b.test")
	x := newTraitor(t, c)
	c.Clock.Advance(3 * 24 * time.Hour)
	far := c.NewPeer("far.test", "mastodon")
	zoe, yan := x.peer.Actor("zoe", "Person"), far.Actor("yan", "Person")
	s, today := newShelf(x), c.Clock.Now().Add(-time.Hour)
	for i := range 6 {
		s.put(yan, fmt.Sprint("far", i), today)
	}
	for i := range 4 {
		s.put(zoe, fmt.Sprint("near", i), today)
	}
	asked := 0
	far.Guard = func(*http.Request) int {
		asked++
		c.Clock.Advance(30 * time.Second)
		return http.StatusGatewayTimeout
	}
	s.says()
	x.after(syncedAgain)
	if got := x.a.Count("admission"); got != 4 || asked != 3 {
		t.Errorf("%d of 4 are taken, and the slow host was asked %d times", got, asked)
	}
}

// syncedAgain is after what time a comparison of which something failed is tried again.
const syncedAgain = 20 * time.Second

// TestE12_AListMovesWhileItIsRead: what goes from a page moves the next post to a page that was read already. It is shown all the same.
func TestE12_AListMovesWhileItIsRead(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		c.Clock.Advance(3 * 24 * time.Hour)
		zoe, s, today := x.peer.Actor("zoe", "Person"), newShelf(x), c.Clock.Now().Add(-time.Hour)
		var ids []string
		for i := range 7 {
			ids = append(ids, s.put(zoe, fmt.Sprint(i), today))
		}
		s.says()
		if got := x.a.Count("admission"); got != 7 {
			t.Fatalf("%d of 7 are taken", got)
		}
		s.drop(ids[6])
		s.asked = func(_, page int64) {
			if page == 1 {
				s.drop(ids[0])
			}
		}
		s.says()
		if got := x.stateOf(ids[6]); got != models.AdmissionWithdrawn {
			t.Errorf("what the sibling does not show is %s", got)
		}
		for _, id := range ids[1:6] {
			if got := x.stateOf(id); got != models.AdmissionShown {
				t.Errorf("%s, which it shows, is %s", id, got)
			}
		}
	})
}

// Moderators who judge themselves what a sibling removed are asked once, however often the two compare.
func TestModeratorsAreAskedOnceOfWhatWent(t *testing.T) {
	Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *Cluster) {
		x := newTraitor(t, c)
		x.a.SetPair(x.as, func(pair *models.Sibling) {
			pair.Agreement = x.a.Agree(x.as, pact.Bond{Removals: "review", Bans: "advisory", Silence: 14})
		})
		err := x.a.Store.Tx(t.Context(), func(tx *models.Tx) error {
			return tx.AddModerator(x.a.Group.ID, x.ann.Actor.ID, models.RoleOfConvener)
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Clock.Advance(3 * 24 * time.Hour)
		zoe, s, today := x.peer.Actor("zoe", "Person"), newShelf(x), c.Clock.Now().Add(-time.Hour)
		gone := s.put(zoe, "gone", today)
		s.put(zoe, "stays", today)
		s.says()
		s.drop(gone)
		told := len(x.ann.List("/api/v1/notifications"))
		for i := range 3 {
			s.put(zoe, fmt.Sprint("more", i), today)
			s.says()
			x.after(time.Hour)
		}
		if got := len(x.ann.List("/api/v1/notifications")) - told; got != 1 || x.stateOf(gone) != models.AdmissionShown {
			t.Errorf("moderators got %d messages about what is %s", got, x.stateOf(gone))
		}
	})
}
