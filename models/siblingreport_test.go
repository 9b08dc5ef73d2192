package models

import (
	"fmt"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// groups makes a Group of ours and the Groups elsewhere that it is one with.
func (h *house) groups(names ...string) (ours *Actor, far []*Actor, pairs []*Sibling) {
	h.Helper()
	h.do(func(tx *Tx) error {
		for i, name := range append([]string{"care"}, names...) {
			group := newActor(name)
			group.Type = TypeGroup
			if err := tx.CreateActor(group); err != nil {
				return err
			}
			if i == 0 {
				ours = group
				continue
			}
			far = append(far, group)
			pairs = append(pairs, &Sibling{CommunityID: ours.ID, SiblingID: group.ID, SiblingURI: group.URI, Host: group.Host, State: SiblingLive})
			if err := tx.SaveSibling(pairs[i-1]); err != nil {
				return err
			}
		}
		return nil
	})
	return ours, far, pairs
}

// TestTotalsAreSaidByWhoAnswers: the host of the author, or the origin for authors at no sibling; nobody else is believed, and nobody
// else is asked.
func TestTotalsAreSaidByWhoAnswers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		care, far, pairs := h.groups("care@b.test", "care@c.test")
		in := func(group *Actor) func(p *Post) { return func(p *Post) { p.CommunityID = group.ID } }
		taken := func(p *Post, from *Actor) *Post {
			h.do(func(tx *Tx) error {
				_, err := tx.AddAdmission(&Admission{CommunityID: care.ID, ObjectURI: p.URI, PostID: p.ID, OriginURI: from.URI, ViaURI: from.URI, State: AdmissionShown, AdmittedAt: tx.Now()})
				return err
			})
			return p
		}
		own := h.post(h.actor("ann"), Public, in(care))
		bo := h.actor("bo@b.test")
		stranger := h.actor("zoe@m.test")
		ofBo, ofStranger := taken(h.post(bo, Public, in(far[0])), far[0]), taken(h.post(stranger, Public, in(far[0])), far[0])
		boHere, strangerHere := h.post(bo, Public, in(care)), h.post(stranger, Public, in(care))
		elsewhere := h.post(bo, Public, nil)
		hear := func(pair *Sibling, p *Post) bool {
			var ok bool
			h.do(func(tx *Tx) error {
				var err error
				ok, err = tx.HearTotal(pair, PostTotal{URI: p.URI, Likes: 7, Shares: 3})
				return err
			})
			return ok
		}
		for name, said := range map[string]struct {
			pair *Sibling
			post *Post
			want bool
		}{
			"of its own member": {pairs[0], ofBo, true}, "of its own member, who posted here": {pairs[0], boHere, true},
			"of a stranger whose post it took first": {pairs[0], ofStranger, true}, "of a member of another sibling": {pairs[1], ofBo, false},
			"of a stranger whose post another took": {pairs[1], ofStranger, false}, "of ours": {pairs[0], own, false},
			"of a stranger whose post we took": {pairs[0], strangerHere, false}, "of what is in no community": {pairs[0], elsewhere, false},
		} {
			if got := hear(said.pair, said.post); got != said.want {
				t.Errorf("%s: %v", name, got)
			}
		}
		if p, err := h.read().Post(ofBo.ID); err != nil || p.Likes() != 7 || p.Shares() != 3 {
			t.Errorf("it has %d likes and %d shares, %v", p.Likes(), p.Shares(), err)
		}
		start := h.now
		h.now = h.now.Add(time.Minute)
		for i, p := range []*Post{own, boHere, strangerHere, ofBo} {
			h.do(func(tx *Tx) error {
				_, err := tx.PutFavourite(&Favourite{URI: fmt.Sprint("https://a.test/like/", i), ActorID: bo.ID, PostID: p.ID})
				return err
			})
		}
		rows, err := h.read().ChangedTotals(care.ID, At(start), 10)
		if err != nil || len(rows) != 2 || rows[0].URI != own.URI || rows[1].URI != strangerHere.URI || rows[0].Likes != 1 {
			t.Errorf("we say %+v, %v", rows, err)
		}
		if rows, err = h.read().ChangedTotals(care.ID, At(h.now), 10); err != nil || len(rows) != 0 {
			t.Errorf("again we say %+v, %v", rows, err)
		}
	})
}

// TestLogsAreOne: lines of all hosts by time, page by page in both directions; the newest of each sibling are kept.
func TestLogsAreOne(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		care, far, _ := h.groups("care@b.test", "care@c.test")
		ann := h.actor("ann")
		for i := range 12 {
			h.now = h.now.Add(time.Minute)
			h.do(func(tx *Tx) error {
				uri := fmt.Sprint("https://a.test/a/", i)
				if i%3 == 0 {
					return tx.AddModLog(&ModLogEntry{CommunityID: care.ID, ActorID: ann.ID, Verb: ActLock, ObjectURI: uri, ActivityURI: uri})
				}
				line := SiblingLogEntry{GroupID: far[i%3-1].ID, ActivityURI: uri, Verb: ActLock, ActorURI: ann.URI, ObjectURI: uri, CreatedAt: tx.Now()}
				if err := tx.AddSiblingLog(&line); err != nil {
					return err
				}
				return tx.AddSiblingLog(&line) // once
			})
		}
		both := []int64{far[0].ID, far[1].ID}
		read := func(ours int64, siblings []int64, page Page) string {
			lines, err := h.read().SharedLogPage(ours, siblings, page)
			h.must(err)
			said := ""
			for _, line := range lines {
				if line.Ours != nil {
					said += line.Ours.ObjectURI[len("https://a.test/a/"):] + " "
				} else {
					said += line.Sibling.ObjectURI[len("https://a.test/a/"):] + " "
				}
			}
			return said
		}
		lines, err := h.read().SharedLogPage(care.ID, both, Page{Limit: 5})
		h.must(err)
		if got := read(care.ID, both, Page{Limit: 5}); got != "11 10 9 8 7 " {
			t.Errorf("the first page is %s", got)
		}
		if got := read(care.ID, both, Page{Limit: 5, MaxID: lines[4].ID()}); got != "6 5 4 3 2 " {
			t.Errorf("the second page is %s", got)
		}
		if got := read(care.ID, both, Page{Limit: 3, MinID: lines[4].ID()}); got != "10 9 8 " {
			t.Errorf("upwards it is %s", got)
		}
		if got := read(0, both[:1], Page{Limit: 9}) + "|" + read(care.ID, nil, Page{Limit: 9}); got != "10 7 4 1 |9 6 3 0 " {
			t.Errorf("alone they are %s", got)
		}
		h.do(func(tx *Tx) error { return tx.TrimSiblingLog(far[0].ID, 2) })
		if got := read(0, both, Page{Limit: 9}); got != "11 10 8 7 5 2 " {
			t.Errorf("what is kept is %s", got)
		}
	})
}

// TestWhoSpeaksAgainIsAsked: who did not answer is asked anew before its hour is over, once it was heard of after that; who answered, and
// who stays silent, is not.
func TestWhoSpeaksAgainIsAsked(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		_, _, pairs := h.groups("care@b.test", "care@c.test", "care@d.test")
		now := At(h.Store.Now())
		const minute = 60_000
		h.do(func(tx *Tx) error {
			for i, failed := range []string{"no answer", "no answer", ""} {
				pairs[i].HeardAt = now
				if i == 1 {
					pairs[i].HeardAt = now - 10*minute
				}
				if err := tx.SaveSibling(pairs[i]); err != nil {
					return err
				}
				if err := tx.SaveSiblingReport(&SiblingReport{PairID: pairs[i].ID, AskedAt: now - 5*minute, Failed: failed}); err != nil {
					return err
				}
			}
			return nil
		})
		due := func(before, again Timestamp) (hosts []string) {
			rows, err := h.read().DueReports(before, again, 5)
			h.must(err)
			for i := range rows {
				hosts = append(hosts, rows[i].Host)
			}
			return hosts
		}
		if got := due(now-60*minute, now-minute); len(got) != 1 || got[0] != "b.test" {
			t.Errorf("asked are %v, want who failed and spoke since", got)
		}
		if got := due(now-60*minute, now-6*minute); len(got) != 0 {
			t.Errorf("asked at once again are %v", got)
		}
		if got := due(now-minute, now-6*minute); len(got) != 3 {
			t.Errorf("after an hour %v are asked", got)
		}
	})
}
