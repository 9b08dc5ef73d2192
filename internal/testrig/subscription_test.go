package testrig

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// listed subscribes an instance to lists of another host.
type listed struct {
	*border
	t    *testing.T
	host *Peer
}

func (l *listed) serve(path, list string) {
	l.host.Serve(path, http.StatusOK, "text/plain; charset=utf-8", []byte(list))
}

func (l *listed) subscribe(path string, change func(*models.ListSubscription)) *models.ListSubscription {
	l.t.Helper()
	sub := models.ListSubscription{URL: "https://lists.test" + path, Kind: models.ListBlocks, Mode: models.ListApplies, Priority: 100}
	if change != nil {
		change(&sub)
	}
	made, err := l.a.Service.Subscribe(context.Background(), practice.By{}, sub)
	if err != nil {
		l.t.Fatal(err)
	}
	l.Settle()
	return made
}

// nextDay lets a day pass, after which lists are looked at again.
func (l *listed) nextDay() {
	l.Clock.Advance(practice.ListsEvery + time.Minute)
	l.Settle()
}

func (l *listed) holds(host string, want models.Verdict) {
	l.t.Helper()
	if got, err := l.a.Store.Read(context.Background()).Policy(host); err != nil || got != want {
		l.t.Errorf("%s is %s, and not %s: %v", host, got, want, err)
	}
}

// draft gives the lines of the draft that waits, as "fate host".
func (l *listed) drafts() (ids []int64) {
	l.t.Helper()
	all, err := l.a.Store.Read(context.Background()).DomainImports()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, one := range all {
		if one.State == models.ImportDraft {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

func (l *listed) trouble(id int64) string {
	l.t.Helper()
	sub, err := l.a.Store.Read(context.Background()).ListSubscription(id)
	if err != nil {
		l.t.Fatal(err)
	}
	return sub.Trouble
}

func lists(t *testing.T, f func(l *listed)) {
	borders(t, func(t *testing.T, w *border) {
		f(&listed{border: w, t: t, host: w.NewPeer("lists.test", "")})
	})
}

func many(n int, more ...string) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "bad%d.test\n", i)
	}
	return list.String() + strings.Join(more, "\n")
}

// TestSubscribedListsAreFollowed: what lists name is blocked, also what they name later; what none names any more is let go; what an
// admin decided stays; our own name on a list does no harm.
func TestSubscribedListsAreFollowed(t *testing.T) {
	lists(t, func(l *listed) {
		ctx := context.Background()
		_, _, err := l.a.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "own.test", Severity: models.SeveritySuspend})
		ok(t, err)
		_, _, err = l.a.Service.AllowDomain(ctx, practice.By{}, models.DomainAllow{Host: "friend.test"})
		ok(t, err)
		l.serve("/one", many(12, "own.test", "friend.test", "a.test"))
		l.serve("/two", many(1, "other.test"))
		l.subscribe("/one", nil)
		l.subscribe("/two", nil)
		for host, want := range map[string]models.Verdict{
			"bad0.test": models.HostIsBlocked, "other.test": models.HostIsBlocked, "own.test": models.HostIsBlocked, "friend.test": models.HostAdmitted,
		} {
			l.holds(host, want)
		}
		l.serve("/one", many(10, "late.test"))
		l.nextDay()
		for host, want := range map[string]models.Verdict{
			"bad11.test": models.HostAdmitted, "bad9.test": models.HostIsBlocked, "late.test": models.HostIsBlocked, "own.test": models.HostIsBlocked,
		} {
			l.holds(host, want)
		}
		if ids := l.drafts(); len(ids) != 0 {
			t.Errorf("drafts wait: %v", ids)
		}
	})
}

// TestBrokenListsChangeNothing: a list that cannot be read, is empty, has lost most of its hosts, or names stars, leaves things as they
// were, and the admin reads why.
func TestBrokenListsChangeNothing(t *testing.T) {
	lists(t, func(l *listed) {
		l.serve("/one", many(12))
		sub := l.subscribe("/one", nil)
		for list, says := range map[string]string{
			"": "empty", many(3): "more than half", many(12, "*.test"): "stars", "#domain,#severity\nx.test,odd\n": "odd", "[{": "JSON",
		} {
			l.serve("/one", list)
			l.nextDay()
			l.holds("bad11.test", models.HostIsBlocked)
			if got := l.trouble(sub.ID); !strings.Contains(got, says) {
				t.Errorf("%q: %q, and not %q", list, got, says)
			}
		}
		l.host.Serve("/one", http.StatusNotFound, "text/plain", []byte("gone"))
		l.nextDay()
		l.holds("bad11.test", models.HostIsBlocked)
		if l.trouble(sub.ID) == "" {
			t.Error("nobody hears that the list is gone")
		}
	})
}

// TestSubscribedListsAskBeforeTheyCut: what would cut somebody off waits as a draft; there is one at a time; what was undone does not
// come back by itself.
func TestSubscribedListsAskBeforeTheyCut(t *testing.T) {
	lists(t, func(l *listed) {
		ctx := context.Background()
		l.serve("/one", many(2, "b.test"))
		sub := l.subscribe("/one", nil)
		l.holds("b.test", models.HostAdmitted)
		l.nextDay()
		ids := l.drafts()
		if len(ids) != 1 {
			t.Fatalf("drafts: %v", ids)
		}
		done, err := l.a.Service.ApplyImport(ctx, practice.By{}, ids[0])
		ok(t, err)
		if len(done.Impact.Cuts()) != 1 {
			t.Errorf("it cuts %v", done.Impact.Cuts())
		}
		l.holds("b.test", models.HostIsBlocked)
		_, err = l.a.Service.UndoImport(ctx, practice.By{}, ids[0])
		ok(t, err)
		l.nextDay()
		l.holds("b.test", models.HostAdmitted)
		l.holds("bad0.test", models.HostAdmitted)
		if got, err := l.a.Store.Read(ctx).ListSubscription(sub.ID); err != nil || got.Mode != models.ListDrafts || len(l.drafts()) != 1 {
			t.Errorf("%+v, %v, drafts %v", got, err, l.drafts())
		}
	})
}

// TestPriorityOfLists: where a list of blocks and one of allowed hosts name the same host, the higher priority is right; ending a
// subscription drafts that what came with it is taken back.
func TestPriorityOfLists(t *testing.T) {
	lists(t, func(l *listed) {
		ctx := context.Background()
		l.mode(models.ModePartners)
		l.serve("/partners", "b.test\ntwin.test\n")
		l.serve("/bad", "twin.test\nworse.test\n")
		allows := l.subscribe("/partners", func(s *models.ListSubscription) { s.Kind, s.Priority = models.ListAllows, 50 })
		l.holds("b.test", models.HostAdmitted)
		l.holds("twin.test", models.HostAdmitted)
		l.subscribe("/bad", func(s *models.ListSubscription) { s.Priority = 200 })
		l.holds("twin.test", models.HostIsBlocked)
		l.holds("b.test", models.HostAdmitted)
		ok(t, l.a.Service.Unsubscribe(ctx, practice.By{}, allows.ID))
		l.holds("b.test", models.HostAdmitted) // it would cut off who follows: an admin decides
		ids := l.drafts()
		if len(ids) != 1 {
			t.Fatalf("drafts: %v", ids)
		}
		_, err := l.a.Service.ApplyImport(ctx, practice.By{}, ids[0])
		ok(t, err)
		l.holds("b.test", models.HostShutOut)
	})
}

func TestSubscriptionsThatAreNone(t *testing.T) {
	lists(t, func(l *listed) {
		for name, change := range map[string]func(*models.ListSubscription){
			"address":  func(s *models.ListSubscription) { s.URL = "file:///etc/passwd" },
			"kind":     func(s *models.ListSubscription) { s.Kind = "odd" },
			"mode":     func(s *models.ListSubscription) { s.Mode = "odd" },
			"priority": func(s *models.ListSubscription) { s.Priority = 256 },
		} {
			sub := models.ListSubscription{URL: "https://lists.test/x", Kind: models.ListBlocks, Mode: models.ListDrafts}
			change(&sub)
			if _, err := l.a.Service.Subscribe(context.Background(), practice.By{}, sub); models.ErrorCode(err) != models.Invalid || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: %v", name, err)
			}
		}
		inner := l.subscribe("/", func(s *models.ListSubscription) { s.URL = "http://127.0.0.1/list" })
		if got := l.trouble(inner.ID); got == "" {
			t.Error("a private address was asked")
		}
	})
}
