package testrig

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
	"praxis/models"
)

// texts gives how often each text is in a list of statuses, boosts by what they pass on.
func texts(statuses []M) map[string]int {
	found := map[string]int{}
	for _, status := range statuses {
		if reblog, ok := status["reblog"].(M); ok {
			status = reblog
		}
		found[strings.TrimSpace(plain(status["content"].(string)))]++
	}
	return found
}

func plain(html string) string {
	for _, word := range strings.Fields(strings.NewReplacer("<p>", " ", "</p>", " ", "<br>", " ").Replace(html)) {
		if strings.HasPrefix(word, "No") {
			return word
		}
	}
	return html
}

// TestAfterFortyDaysAwayAllIsThereOnce: b.test is off for longer than anybody tries to reach it. What a member and a community
// of a.test said meanwhile is there when it is back, each once, with the replies, and nobody is notified of old things.
func TestAfterFortyDaysAwayAllIsThereOnce(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a, b := p.Server("a.test"), p.Server("b.test")
		before := p.ana.Post("@care@a.test NoBefore")
		p.Settle()
		p.Stop(b)
		var said []string
		say := func(format string, n int) {
			text := fmt.Sprintf(format, n)
			said = append(said, text)
			if strings.HasPrefix(text, "NoThread") {
				p.ana.Post("@care@a.test " + text)
			} else {
				p.ana.Post(text)
			}
		}
		p.ana.Reply(id(before), "NoReply to what was known")
		for round := range 20 {
			say("NoThread%d", round)
			say("NoNote%d", round)
			p.Clock.Advance(48 * time.Hour)
			p.Settle()
		}
		giveUp(t, a, "b.test")
		p.bo.Server = p.Start(b)
		for range 8 {
			p.Settle()
			p.Clock.Advance(time.Hour)
		}
		p.say() // and life goes on
		group := p.bo.List("/api/v1/accounts/" + p.bo.Find("@care@a.test") + "/statuses?limit=40")
		of := texts(group)
		notes := texts(p.bo.List("/api/v1/accounts/" + p.bo.Find("@ana@a.test") + "/statuses?limit=40&exclude_replies=true"))
		home := texts(p.wholeHome())
		for _, text := range said {
			switch {
			case strings.HasPrefix(text, "NoThread") && of[text] != 1:
				t.Errorf("%s is %d times in the community", text, of[text])
			case home[text] != 1:
				t.Errorf("%s is %d times at home", text, home[text])
			}
		}
		for text, n := range notes {
			if n != 1 {
				t.Errorf("%s is %d times among ana's", text, n)
			}
		}
		around := p.bo.Object(http.MethodGet, "/api/v1/statuses/"+id(p.bo.Locate(before["uri"].(string)))+"/context", nil)
		if n := len(around["descendants"].([]any)); n != 1 {
			t.Errorf("%d replies to what was known", n)
		}
		if n := p.fetched(t); n < 40 {
			t.Errorf("%d posts were fetched", n)
		}
	})
}

// giveUp gives up all that is on its way to a host, as happens after a week without an answer.
func giveUp(t *testing.T, server *Server, host string) {
	t.Helper()
	err := server.Store.Tx(t.Context(), func(tx *models.Tx) error {
		waiting, err := tx.Lane(host, 0, 1000)
		if err != nil {
			return err
		}
		for i := range waiting {
			waiting[i].State = models.DeliveryParked
			if err := tx.FinishDelivery(&waiting[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// say lets ana say something after all that.
func (p *pair) say() {
	p.ana.Post("NoMore")
	p.Settle()
}

// fetched is how many posts bo's server fetched because it was away.
func (p *pair) fetched(t *testing.T) (n int64) {
	t.Helper()
	tx := p.bo.Server.Store.Read(t.Context())
	for _, uri := range []string{anaURI, careURI} {
		actor, err := tx.ActorByURI(uri)
		if err != nil {
			t.Fatal(err)
		}
		run, err := tx.Backfill(actor.ID)
		if err != nil || run.Since == 0 || run.State != models.BackfillDone {
			t.Errorf("catching up with %s stands at %+v, %v", uri, run, err)
			continue
		}
		n += run.Threads + run.Posts
	}
	return n
}

// wholeHome pages through bo's home.
func (p *pair) wholeHome() []M {
	var all []M
	for next := "/api/v1/timelines/home?limit=40"; ; {
		page := p.bo.List(next)
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		next = "/api/v1/timelines/home?limit=40&max_id=" + id(page[len(page)-1])
	}
}

// TestSilentHostIsAskedWhatItSaid: a peer was silent for eight days and speaks again. Its outbox is read until what is older,
// and no further.
func TestSilentHostIsAskedWhatItSaid(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		l := newLiar(t, c, "Person")
		a := c.Server("a.test")
		var pages []string
		l.peer.Guard = func(r *http.Request) int {
			if strings.HasPrefix(r.URL.Path, "/outbox") {
				pages = append(pages, r.URL.Path)
			}
			return 0
		}
		c.Clock.Advance(time.Minute)
		c.Settle()
		old := l.liz.Activity("Create", "old", l.liz.Note("old", "NoOld"), func(m M) { m["published"] = vocab.FormatTime(c.Clock.Now().Add(-time.Hour * 24)) })
		c.Clock.Advance(8 * 24 * time.Hour)
		var newest []any
		for i := range 5 {
			c.Clock.Advance(time.Minute)
			note := l.liz.Note(fmt.Sprint(i), fmt.Sprintf("NoNew%d", i))
			newest = append([]any{l.liz.Activity("Create", fmt.Sprint("new", i), note)}, newest...)
		}
		stranger := c.NewPeer("evil.test", "").Actor("eve", "Person").Note("1", "NoStranger")
		newest = append(newest, l.liz.Activity("Create", "x", stranger), l.liz.Activity("Announce", "y", stranger), "https://a.test/o/1", 7, nil)
		serve := func(page int, next string, items ...any) {
			l.peer.ServeDoc(M{"@context": vocab.Namespace, "id": fmt.Sprintf("https://peer.test/outbox%d", page), "type": "OrderedCollectionPage", "next": next, "orderedItems": items})
		}
		serve(1, "https://peer.test/outbox2", newest...)
		serve(2, "https://peer.test/outbox3", old)
		serve(3, "https://peer.test/outbox1")
		l.peer.ServeDoc(M{"@context": vocab.Namespace, "id": l.liz.URI + "/outbox", "type": "OrderedCollection", "first": "https://peer.test/outbox1"})
		l.say(a, l.liz.Activity("Create", "", l.liz.Note("now", "NoNow")), "")
		for name, want := range map[string]int{"NoOld": 0, "NoNew0": 1, "NoNew4": 1, "NoNow": 1, "NoStranger": 0} {
			if got := texts(l.bo.Home())[name]; got != want {
				t.Errorf("%s is %d times at home, want %d", name, got, want)
			}
		}
		if got := fmt.Sprint(pages); got != "[/outbox1 /outbox2]" {
			t.Errorf("read %s", got)
		}
		if told := l.bo.List("/api/v1/notifications"); len(told) != 0 {
			t.Errorf("notified of %v", told)
		}
		l.say(a, l.liz.Activity("Like", "", "https://a.test/o/1"), "")
		if len(pages) != 2 {
			t.Errorf("read again: %v", pages)
		}
	})
}
