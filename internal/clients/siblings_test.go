package clients

import (
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// league is organizations with one community, woundcare, and where each has it.
type league struct {
	houses []*house
	groups map[*house]*models.Actor
}

func newLeague(t *testing.T, names ...string) *league {
	t.Helper()
	l, keys := &league{groups: map[*house]*models.Actor{}}, &testkeys.Ring{}
	for _, name := range names {
		h := openHouse(t, keys, name, name, testdb.SQLite(t))
		h.community(t, "woundcare")
		group, err := h.app.Store.Read(t.Context()).ActorByHandle("woundcare", h.host)
		if err != nil {
			t.Fatal(err)
		}
		l.houses, l.groups[h] = append(l.houses, h), group
	}
	for i, one := range l.houses {
		for _, other := range l.houses[:i] {
			l.agree(t, one, other)
		}
	}
	return l
}

// agree lets two of them become siblings: one offers, the other approves, and either admits the host of the other.
func (l *league) agree(t *testing.T, one, other *house) {
	t.Helper()
	theirs, err := one.app.Service.FindCommunity(t.Context(), "woundcare@"+other.host)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.app.Service.ProposeSibling(t.Context(), nil, l.groups[one], theirs, practice.SiblingTerms{}); err != nil {
		t.Fatal(err)
	}
	l.becomes(t, one, other, models.SiblingProposed)
	l.becomes(t, other, one, models.SiblingReceived)
	if _, err := other.app.Service.ApproveSibling(t.Context(), nil, l.groups[other], l.pair(t, other, one).ID); err != nil {
		t.Fatal(err)
	}
	l.becomes(t, other, one, models.SiblingLive)
	l.becomes(t, one, other, models.SiblingLive)
}

func (l *league) pair(t *testing.T, at, with *house) *models.Sibling {
	t.Helper()
	row, err := at.app.Store.Read(t.Context()).Sibling(l.groups[at].ID, l.groups[with].URI)
	if models.IsNotFound(err) {
		return &models.Sibling{}
	}
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// becomes waits until a pair is in a state; where an admin has to decide first, that is done.
func (l *league) becomes(t *testing.T, at, with *house, state string) {
	t.Helper()
	until(t, with.host+" as "+state+" at "+at.host, func() bool {
		row := l.pair(t, at, with)
		if row.State == models.SiblingApproved {
			if _, err := at.app.Service.AdmitSibling(t.Context(), nil, l.groups[at], row.ID); err != nil {
				t.Fatal(err)
			}
		}
		at.app.Wake()
		with.app.Wake()
		return row.State == state
	})
}

// follow lets a member follow the community at the own organization.
func (l *league) follow(t *testing.T, m member) {
	t.Helper()
	actor, err := m.house.app.Store.Read(t.Context()).ActorByHandle(m.name, m.house.host)
	if err == nil {
		_, err = m.house.app.Service.Follow(t.Context(), actor, l.groups[m.house], practice.FollowOptions{})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// guests counts the people of other houses who follow the community of one.
func (l *league) guests(t *testing.T, h *house) (n int) {
	t.Helper()
	found, _, err := h.app.Store.Read(t.Context()).Followers(l.groups[h].ID, models.FollowAccepted, models.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		if !found[i].Local && !found[i].IsCommunity() {
			n++
		}
	}
	return n
}

// times counts the entries that say a text.
func times(entries []entry, text string) (n int) {
	for _, e := range entries {
		if strings.Contains(e.Text, text) {
			n++
		}
	}
	return n
}

// TestTootTakesPartInACommunityOfThreeSiblings: a member with toot follows the community at the own organization, and then at another one,
// too. Each thread is at home once, wherever it began; answers, likes and shares reach who wrote it, and what the member begins reaches all.
func TestTootTakesPartInACommunityOfThreeSiblings(t *testing.T) {
	t.Parallel()
	l := newLeague(t, "hospital", "school", "network")
	hospital, school, network := l.houses[0], l.houses[1], l.houses[2]
	ana, cleo := hospital.member(t, "ana").device(t), network.member(t, "cleo").device(t)
	bo, who := newToot(), school.member(t, "bo")
	for _, m := range []member{ana.member, cleo.member, who} {
		l.follow(t, m)
	}
	bo.signIn(t, who, nil)
	bo.follow(t, bo.find(t, "@woundcare@"+network.host))
	until(t, "bo among who follow the other community", func() bool { return l.guests(t, network) == 1 })
	ana.post(t, map[string][]string{"status": {"@woundcare Honey on burns?"}})
	var seen entry
	until(t, "the thread in bo's home", func() (found bool) {
		seen, found = withText(bo.home(t), "Honey on burns?")
		return found
	})
	bo.favourite(t, seen)
	bo.boost(t, seen)
	bo.reply(t, seen, ana.member.handle(), "We did, once.")
	bo.post(t, "@woundcare Who visits on Sundays?")
	until(t, "bo's thread in cleo's home", func() bool { _, found := cleo.inHome(t, "Who visits on Sundays?"); return found })
	until(t, "what bo did in ana's notifications", func() bool {
		kinds := map[string]int{}
		for _, n := range read[[]struct{ Type string }](t, ana, "/api/v1/notifications") {
			kinds[n.Type]++
		}
		return kinds["mention"] == 1 && kinds["favourite"] == 1 && kinds["reblog"] == 1
	})
	home := bo.home(t)
	for _, text := range []string{"Honey on burns?", "Who visits on Sundays?"} {
		if n := times(home, text); n != 1 {
			t.Errorf("%q is in bo's home %d times: %+v", text, n, home)
		}
	}
	if thread := bo.thread(t, seen); len(thread) != 2 || !ordered(texts(thread), "Honey on burns?", "We did, once.") {
		t.Errorf("the thread is %+v", thread)
	}
}
