package testrig

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/hostlist"
	"praxis/models"
	"praxis/practice"
)

// border sees what an instance asks of another one.
type border struct {
	*pair
	a, b  *Server
	asked []string // requests of a to b
}

// borders runs f with two instances that know each other, on both databases.
func borders(t *testing.T, f func(t *testing.T, w *border)) {
	both(t, func(t *testing.T, p *pair) {
		w := &border{pair: p, a: p.Server("a.test"), b: p.Server("b.test")}
		p.Network.Watch(func(r *http.Request) {
			if r.URL.Host == "b.test" && strings.Contains(r.UserAgent(), "a.test") {
				w.asked = append(w.asked, r.Method+" "+r.URL.Path)
			}
		})
		f(t, w)
	})
}

func (w *border) mode(mode models.Mode) {
	w.T.Helper()
	if _, err := w.a.Service.SetMode(context.Background(), practice.By{}, mode); err != nil {
		w.T.Fatal(err)
	}
}

// speak lets both sides say all they have to say to each other.
func (w *border) speak() {
	w.T.Helper()
	w.bo.Post("@care@a.test From outside\n\nHello?")
	w.bo.Post("@ana@a.test A word with you")
	w.ana.Post("@bo@b.test From inside")
	w.ana.Post("@care@a.test A thread\n\nWith a text")
	w.Settle()
}

// nothingPasses reports what came through.
func (w *border) nothingPasses(t *testing.T) {
	t.Helper()
	w.asked = nil
	posts, there := w.a.Count("post"), w.b.Count("post")
	w.speak()
	if len(w.asked) > 0 {
		t.Errorf("a.test asked b.test for %v", w.asked)
	}
	if came := w.a.Count("post") - posts; came != 3 { // the community boosts its thread
		t.Errorf("%d posts at a.test, of which three are its own", came)
	}
	if came := w.b.Count("post") - there; came != 2 {
		t.Errorf("%d posts at b.test, of which two are its own", came)
	}
	for _, uri := range []string{"https://a.test/u/ana", "https://a.test/c/care/outbox"} {
		if _, err := w.b.Directory.Document(context.Background(), uri); err == nil {
			t.Errorf("b.test was shown %s", uri)
		}
	}
}

// nobodyIsShown asks without a signature.
func (w *border) nobodyIsShown(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/u/ana", "/c/care/outbox", "/c/care/followers"} {
		if status, body := w.Fetch(w.a, path); status == http.StatusOK && strings.Contains(body, "Ana") {
			t.Errorf("everybody is shown %s: %s", path, body)
		}
	}
}

func TestModesLetNothingThrough(t *testing.T) {
	for _, mode := range []models.Mode{models.ModePartners, models.ModeClosed} {
		t.Run(string(mode), func(t *testing.T) {
			borders(t, func(t *testing.T, w *border) {
				w.mode(mode)
				w.nothingPasses(t)
				w.nobodyIsShown(t)
				if status, _ := w.ana.Do(http.MethodGet, "/api/v1/timelines/home", nil); status != http.StatusOK {
					t.Errorf("members get %d", status)
				}
			})
		})
	}
}

func TestPartnersAreAllowed(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		_, _, err := w.a.Service.AllowDomain(context.Background(), practice.By{}, models.DomainAllow{Host: "B.test."})
		ok(t, err)
		w.mode(models.ModePartners)
		before := w.b.Count("post")
		w.speak()
		if w.b.Count("post")-before < 4 || len(w.asked) == 0 {
			t.Errorf("the partner has %d posts more, and was asked %v", w.b.Count("post")-before, w.asked)
		}
		if _, err := w.b.Directory.Document(context.Background(), "https://a.test/u/ana"); err != nil {
			t.Errorf("a partner is not shown an actor: %v", err)
		}
		if status, _ := w.Fetch(w.a, "/c/care/outbox"); status != http.StatusUnauthorized {
			t.Errorf("who does not sign gets %d", status)
		}
	})
}

func TestABlockCountsBeforeAnAllowance(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		ctx := context.Background()
		_, _, err := w.a.Service.AllowDomain(ctx, practice.By{}, models.DomainAllow{Host: "b.test"})
		ok(t, err)
		_, _, err = w.a.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "b.test", Severity: models.SeveritySuspend})
		ok(t, err)
		w.nothingPasses(t)
		_, _, err = w.a.Service.AllowDomain(ctx, practice.By{}, models.DomainAllow{Host: "b.test"})
		if models.ErrorCode(err) != models.Conflict {
			t.Errorf("a blocked host is allowed: %v", err)
		}
	})
}

func TestFollowsOutliveAModeForThreeDays(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		follows := w.a.Count("follow")
		w.mode(models.ModePartners)
		w.Clock.Advance(models.Grace - time.Minute)
		w.Settle()
		if got := w.a.Count("follow"); got != follows {
			t.Errorf("%d of %d follows before their time", got, follows)
		}
		w.mode(models.ModeOpen)
		w.Clock.Advance(models.Grace)
		w.Settle()
		before := w.b.Count("post")
		w.speak()
		if got := w.a.Count("follow"); got != follows || w.b.Count("post")-before < 4 {
			t.Errorf("%d of %d follows after the mode was undone; %d posts came", got, follows, w.b.Count("post")-before)
		}
		w.mode(models.ModePartners)
		w.Clock.Advance(models.Grace + time.Minute)
		w.Settle()
		if got := w.a.Count("follow"); got >= follows {
			t.Errorf("%d of %d follows when their time is over", got, follows)
		}
	})
}

func TestEmergencyStopLosesNothing(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		ctx, by := context.Background(), practice.By{}
		follows := w.a.Count("follow")
		impact, err := w.a.Service.StopFederation(ctx, by)
		ok(t, err)
		if len(impact.Hosts) != 1 || impact.Total.Followers != 2 || impact.Total.Following != 1 {
			t.Errorf("the stop says %+v", impact)
		}
		w.nothingPasses(t)
		w.nobodyIsShown(t)
		w.Clock.Advance(models.Grace - time.Hour)
		w.Settle()
		_, err = w.a.Service.ResumeFederation(ctx, by)
		ok(t, err)
		for range 10 {
			w.Clock.Advance(6 * time.Hour)
			w.Settle()
		}
		if got := w.a.Count("follow"); got != follows {
			t.Errorf("%d of %d follows", got, follows)
		}
		if here, there := w.a.Count("delivery"), len(w.bo.Home()); here == 0 || there < 3 {
			t.Errorf("%d deliveries, %d posts at home", here, there)
		}
		for _, server := range []*Server{w.a, w.b} {
			if n, err := server.Store.Read(ctx).PendingDeliveries(); err != nil || n != 0 {
				t.Errorf("%s: %d deliveries wait: %v", server.Host, n, err)
			}
		}
		_, err = w.a.Service.ResumeFederation(ctx, by)
		if models.ErrorCode(err) != models.Conflict {
			t.Errorf("resumed twice: %v", err)
		}
	})
}

func TestEmergencyStopEndsAsClosed(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		ctx := context.Background()
		_, err := w.a.Service.StopFederation(ctx, practice.By{})
		ok(t, err)
		w.Clock.Advance(models.Grace + time.Minute)
		w.Settle()
		state, err := w.a.Service.Policy(ctx)
		ok(t, err)
		if state.Rules.Mode != models.ModeClosed || state.Rules.StoppedAt != 0 || len(state.Parting) != 0 {
			t.Errorf("the policy is %+v", state)
		}
		hosts, err := w.a.Store.Read(ctx).RelatedHosts()
		if err != nil || len(hosts) != 0 {
			t.Errorf("follows with %v: %v", hosts, err)
		}
	})
}

func TestQuarantineHoldsNewHosts(t *testing.T) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) {
		w := newPair(t, c)
		a, cleo := c.Server("a.test"), c.Server("c.test").Member("cleo")
		ctx := context.Background()
		cleo.Find("@ana@a.test") // before the door was shut
		_, err := a.Service.SetMode(ctx, practice.By{}, models.ModeQuarantine)
		ok(t, err)
		posts, follows, known := a.Count("post"), a.Count("follow"), len(w.ana.List("/api/v1/notifications"))
		cleo.Follow("@ana@a.test")
		cleo.Post("@ana@a.test Do you hear me?")
		c.Settle()
		if a.Count("post") != posts || a.Count("follow") != follows || len(w.ana.List("/api/v1/notifications")) != known {
			t.Error("something of the new host is shown")
		}
		for _, q := range []string{"cleo", "@cleo@c.test", "https://c.test/u/cleo"} {
			found := w.ana.Object(http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+q, nil)
			if len(found["accounts"].([]any)) > 0 {
				t.Errorf("%s is found", q)
			}
		}
		state, err := a.Service.Policy(ctx)
		ok(t, err)
		if len(state.Waiting) != 1 || state.Waiting[0].Host != "c.test" || state.Waiting[0].Count != 2 {
			t.Errorf("waiting: %+v", state.Waiting)
		}
		w.bo.Post("@ana@a.test You know me")
		c.Settle()
		if a.Count("post") != posts+1 {
			t.Error("a host that was known is held")
		}
		_, _, err = a.Service.AllowDomain(ctx, practice.By{}, models.DomainAllow{Host: "c.test"})
		ok(t, err)
		c.Settle()
		if a.Count("post") != posts+2 || a.Count("follow") != follows+1 {
			t.Errorf("%d posts and %d follows came when it was let in", a.Count("post")-posts, a.Count("follow")-follows)
		}
		w.ana.Find("@cleo@c.test")
		w.ana.Post("For all my followers")
		c.Settle()
		if home := cleo.Home(); len(home) != 2 {
			t.Errorf("cleo's home has %d posts", len(home))
		}
	})
}

func TestQuarantineForgetsWhomItRefuses(t *testing.T) {
	Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *Cluster) {
		newPair(t, c)
		a, cleo := c.Server("a.test"), c.Server("c.test").Member("cleo")
		ctx := context.Background()
		cleo.Find("@ana@a.test")
		_, err := a.Service.SetMode(ctx, practice.By{}, models.ModeQuarantine)
		ok(t, err)
		posts := a.Count("post")
		cleo.Post("@ana@a.test Do you hear me?")
		c.Settle()
		_, _, err = a.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "c.test", Severity: models.SeveritySuspend})
		ok(t, err)
		_, err = a.Service.SetMode(ctx, practice.By{}, models.ModeOpen)
		ok(t, err)
		c.Settle()
		state, err := a.Service.Policy(ctx)
		if err != nil || len(state.Waiting) != 0 || a.Count("post") != posts {
			t.Errorf("%v, %+v, %d posts", err, state, a.Count("post")-posts)
		}
	})
}

func TestMediaAreRejected(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		ctx := context.Background()
		post := func() M {
			picture := upload(w.bo, 40, 30, "A picture")
			said := w.bo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "@ana@a.test Look", "media_ids": []any{picture["id"]}})
			w.Settle()
			return w.ana.Locate(said["uri"].(string))
		}
		if seen := post(); len(seen["media_attachments"].([]any)) != 1 {
			t.Errorf("ana sees %v", seen)
		}
		_, _, err := w.a.Service.BlockDomainBy(ctx, practice.By{}, models.DomainBlock{Host: "b.test", Severity: models.SeverityNoop, RejectMedia: true})
		ok(t, err)
		if seen := post(); len(seen["media_attachments"].([]any)) != 0 {
			t.Errorf("ana sees %v", seen["media_attachments"])
		}
	})
}

func TestAListNeverBlocksAPartner(t *testing.T) {
	borders(t, func(t *testing.T, w *border) {
		ctx, by := context.Background(), practice.By{}
		follows := w.a.Count("follow")
		rows, err := hostlist.Read(strings.NewReader("b.test\nother.test\n"))
		ok(t, err)
		draft, err := w.a.Service.DraftImport(ctx, by, "list", rows)
		ok(t, err)
		if len(draft.Impact.Cuts()) != 1 || draft.Impact.Total.Followers != 2 {
			t.Errorf("the draft says %+v", draft.Impact)
		}
		_, _, err = w.a.Service.AllowDomain(ctx, by, models.DomainAllow{Host: "b.test"})
		ok(t, err)
		_, err = w.a.Service.ApplyImport(ctx, by, draft.ID)
		ok(t, err)
		for host, want := range map[string]models.Verdict{"b.test": models.HostAdmitted, "other.test": models.HostIsBlocked} {
			if got, err := w.a.Store.Read(ctx).Policy(host); err != nil || got != want {
				t.Errorf("%s is %s: %v", host, got, err)
			}
		}
		if got := w.a.Count("follow"); got != follows {
			t.Errorf("%d of %d follows", got, follows)
		}
		_, err = w.a.Service.UndoImport(ctx, by, draft.ID)
		ok(t, err)
		if got, err := w.a.Store.Read(ctx).Policy("other.test"); err != nil || got != models.HostAdmitted {
			t.Errorf("after the undoing other.test is %s: %v", got, err)
		}
	})
}
