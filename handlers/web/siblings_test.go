package web

import (
	"net/http"
	"testing"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// kin are the Groups elsewhere that are one with the community of a ward, and what is of them.
type kin struct {
	group  *models.Actor
	pair   *models.Sibling
	author *models.Actor
	thread *models.Post
}

// sibling makes the ward's community one with a Group at another host, which says how it stands, and of which a thread came.
func (w *ward) sibling(host, text string) *kin {
	w.t.Helper()
	k := &kin{author: w.remote("cleo", host, "Cleo")}
	uri := "https://" + host + "/c/wounds"
	k.group = &models.Actor{
		URI: uri, Type: models.TypeGroup, Username: "wounds", Host: host, DisplayName: "Wounds", URL: uri, Inbox: uri + "/inbox",
		FollowersURI: uri + "/followers", ModeratorsURI: uri + "/moderators", FeaturedURI: uri + "/featured",
	}
	now := w.store.Now().UTC().Truncate(time.Second)
	bond := pact.Bond{
		ID: uri + "#bond", Nonce: "a nonce of the tests", Community: "urn:uuid:01890000-0000-7000-8000-000000000001", Class: "public", Roster: "hosts",
		Removals: "auto", Bans: "advisory", Silence: 14, ValidFrom: now, ValidUntil: now.AddDate(1, 0, 0),
	}.Between(w.community.URI, "anna", uri, "cleo")
	said, err := bond.Encode()
	w.must(err)
	w.must(w.store.Tx(w.t.Context(), func(tx *models.Tx) error {
		if err := tx.CreateActor(k.group); err != nil {
			return err
		}
		k.pair = &models.Sibling{
			CommunityID: w.community.ID, SiblingID: k.group.ID, SiblingURI: uri, Host: host, State: models.SiblingLive, Agreement: string(said),
			HeardAt: tx.Now(), AgreedAt: tx.Now(), ValidUntil: models.At(bond.ValidUntil),
		}
		return tx.SaveSibling(k.pair)
	}))
	k.thread = w.draft(practice.Draft{
		Author: k.author, URI: k.author.URI + "/1", URL: k.author.URL + "/1", Published: w.store.Now(), Content: "<p>" + text + "</p>", Visibility: models.Public,
	})
	w.must(w.service.Admit(w.t.Context(), k.group, k.thread, practice.Announced{URI: uri + "/a/1"}))
	return k
}

func (w *ward) says(k *kin, said practice.SiblingSays) {
	w.t.Helper()
	w.must(w.service.HearReport(w.t.Context(), k.pair.ID, &said))
}

// TestSiblingPages: pages say where a thread is, who hides it and why, how many members there are, and what moderators did anywhere;
// however many siblings there are, they cost the same.
func TestSiblingPages(t *testing.T) {
	w := newWard(t)
	far := w.sibling("far.example", "Honey on heels")
	address := "/@cleo@far.example/" + format(far.thread.ID)
	w.says(far, practice.SiblingSays{
		Members: 41, Hosts: map[string]int64{"far.example": 30, "near.example": 11}, InStep: map[string]models.Timestamp{w.community.URI: models.At(w.store.Now().Add(time.Hour))},
		Log: []models.SiblingLogEntry{
			{ActivityURI: "https://far.example/a/1", Verb: models.ActRemove, ActorURI: far.author.URI, ObjectURI: w.question.URI, Reason: "Not <b> here.", Proven: true},
			{ActivityURI: "https://far.example/a/2", Verb: models.ActBan, ActorURI: "https://far.example/users/somebody", ObjectURI: "https://m.example/users/spam"},
		},
	})
	w.holds(w.page("", "/@woundcare"), "41 members", "at 2 organizations", "from far.example 30, near.example 11", "from <bdi>far.example</bdi>", "Honey on heels")
	w.holds(w.page("", address), "Which organizations have this thread", "where it began", "has it")
	w.holds(w.page("", w.path(w.question.URL)), "in step until", "from <bdi>St. Anna&#39;s Hospital</bdi>")
	log := w.page("", "/c/woundcare/log")
	w.holds(log, "at far.example", "signature verified", "as far.example says", "shown here", "Not &lt;b&gt; here.", "https://m.example/users/spam", `href="/c/woundcare/log?host=far.example"`)
	w.holds(w.page("", "/c/woundcare/log?host=hospital.example"), "Nothing yet.")
	w.status(w.get("", "/c/woundcare/log?host=no.example"), http.StatusUnprocessableEntity)

	w.must(w.service.Remove(t.Context(), practice.Act{Moderator: w.anna, Community: w.community, PostURI: far.thread.URI, Reason: "We do not use honey."}))
	hidden := w.get("", address)
	w.status(hidden, http.StatusNotFound)
	w.holds(hidden.Body.String(), "This thread is hidden here", "We do not use honey.", "far.example")
	w.lacks(hidden.Body.String(), "Honey on heels")
	w.status(w.get("", "/@anna/"+format(far.thread.ID)), http.StatusNotFound)
	w.lacks(w.get("", "/@anna/"+format(far.thread.ID)).Body.String(), "honey")
}

// TestSiblingPagesCost: what a page costs does not grow with siblings.
func TestSiblingPagesCost(t *testing.T) {
	w := newWard(t)
	says := func(k *kin) {
		w.says(k, practice.SiblingSays{Members: 3, Log: []models.SiblingLogEntry{{ActivityURI: k.group.URI + "/a/1", Verb: models.ActLock, ActorURI: k.author.URI, ObjectURI: k.thread.URI}}})
	}
	says(w.sibling("far0.example", "Honey on heels"))
	paths := []string{"/", "/@woundcare", "/c/woundcare/log", w.path(w.question.URL), "/@woundcare/feed.atom"}
	cost := func(path string) int64 {
		before := w.statements.Load()
		w.page("", path)
		return w.statements.Load() - before
	}
	before := map[string]int64{}
	for _, path := range paths {
		before[path] = cost(path)
	}
	for _, host := range []string{"far1.example", "far2.example", "far3.example"} {
		says(w.sibling(host, "Sugar at "+host))
	}
	for _, path := range paths {
		if after := cost(path); after > before[path] {
			t.Errorf("%s took %d statements, and %d with more siblings", path, before[path], after)
		}
	}
}

// TestLostOrigin: a thread says that its first host is away, and how it can be answered meanwhile; the community's page names organizations,
// and counts no sibling as a member.
func TestLostOrigin(t *testing.T) {
	w := newWard(t)
	far := w.sibling("far.example", "Honey on heels")
	near := w.sibling("near.example", "Sugar on heels")
	address := "/@cleo@far.example/" + format(far.thread.ID)
	w.lacks(w.page("", address), "cannot be reached")
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error {
		far.pair.State = models.SiblingLost
		if err := tx.SaveSibling(far.pair); err != nil {
			return err
		}
		return tx.PutFollow(&models.Follow{URI: near.group.URI + "#f", ActorID: near.group.ID, TargetID: w.community.ID, State: models.FollowAccepted})
	}))
	w.holds(w.page("", address), "<bdi>far.example</bdi>, where it began, cannot be reached", "Until <bdi>far.example</bdi> is back")
	community, err := w.store.Read(t.Context()).Actor(w.community.ID)
	w.must(err)
	members := count(community.FollowersCount-1, "member", "members")
	w.holds(w.page("", "/@woundcare"), "<span>"+members+" here</span>", "<bdi>near.example</bdi></a> as <bdi>Wounds</bdi>", "far.example has not been heard of since")
	w.holds(w.page("", "/communities"), "<span>"+members+"</span>")
}
