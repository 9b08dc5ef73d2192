package testrig

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// What stands in everything that not everybody may read, and in the names of what not everybody may know of.
const (
	canaryText = "canarytext"
	canaryName = "canaryname"
)

// secret is a community that is not for everybody, with a thread in it.
type secret struct {
	class    string
	text     string // the canary in what is posted there
	unlisted bool
	group    *models.Actor
	thread   M // as its convener sees it
	answer   M
	// A Group at b.test that is one community with it, and a thread there, if it has a sibling.
	sibling bool
	twin    *models.Actor
	far     M
	// Who may read, and who may know of it, by viewer.
	reads, knows []string
}

// leakRig has communities of every class at a.test, and somebody of every kind around them.
type leakRig struct {
	*Cluster
	t       *testing.T
	a, b, c *Server
	viewers map[string]*Member // nil for nobody who is signed in
	places  map[string]*Server
	secrets []*secret
	eve     *PeerActor
	crowd   *PeerActor // a Group that was a sibling once, and whose follow was not ended
	stolen  string     // a token that is another server's
	sets    string     // the id of a feed of all of them
}

const (
	convener, insider, colleague, guest, guestColleague, stranger = "convener", "member", "colleague", "guest", "guest's colleague", "stranger"
	alumnus                                                       = "alumnus"
	far, gone, beyond                                             = "sibling's member", "sibling's former member", "sibling's guest"
	nobodyA, nobodyB, nobodyC                                     = "nobody at a", "nobody at b", "nobody at c"
)

func newLeakRig(t *testing.T) *leakRig {
	c := NewCluster(t, "a.test", "b.test", "c.test")
	r := &leakRig{Cluster: c, t: t, a: c.Server("a.test"), b: c.Server("b.test"), c: c.Server("c.test"), viewers: map[string]*Member{}, places: map[string]*Server{}}
	for name, at := range map[string]*Server{
		convener: r.a, insider: r.a, colleague: r.a, guest: r.b, guestColleague: r.b, stranger: r.c, alumnus: r.a, far: r.b, gone: r.b, beyond: r.c, nobodyA: r.a, nobodyB: r.b, nobodyC: r.c,
	} {
		r.places[name] = at
		if !strings.HasPrefix(name, "nobody") {
			r.viewers[name] = at.Member(strings.ReplaceAll(strings.ReplaceAll(name, "'", ""), " ", ""))
		}
	}
	// Somebody elsewhere who follows the convener, and gets everything that goes to the convener's followers.
	r.eve = c.NewPeer("eve.test", "praxis").Actor("eve", "Person")
	r.eve.Send(r.a, r.eve.Activity("Follow", "1", r.viewers[convener].Actor.URI))
	r.crowd = r.eve.Peer.Actor("crowd", "Group")
	for _, name := range []string{colleague, guest, guestColleague, stranger, far, gone, beyond} {
		r.viewers[name].Follow(r.viewers[convener].Handle())
	}
	c.Settle()
	_, err := r.a.Service.OneSidedPartner(t.Context(), practice.By{}, "b.test", "")
	r.ok(err)
	local := []string{convener, insider, colleague}
	r.secrets = []*secret{
		{class: models.ClassPartners, reads: append(local, guest), knows: append(local, guest, guestColleague, far, gone)},
		{class: models.ClassMembers, reads: []string{convener, insider, guest}},
		{class: models.ClassMembers, unlisted: true, reads: []string{convener, insider}, knows: []string{convener, insider}},
		{class: models.ClassLocal, reads: local, knows: local},
		{class: models.ClassMembers, sibling: true, reads: []string{convener, insider, far, beyond}},
	}
	for i, s := range r.secrets {
		s.text = fmt.Sprintf("%s%d", canaryText, i)
		r.furnish(s, fmt.Sprintf("%s%d", canaryName, i))
	}
	r.feed()
	r.graduate()
	r.Settle()
	return r
}

// graduate lets somebody who was in every community leave the organization, and get in again as those do who left.
func (r *leakRig) graduate() {
	r.t.Helper()
	gone := r.viewers[alumnus]
	for _, s := range r.secrets {
		if !s.unlisted {
			gone.Object(http.MethodPost, "/api/praxis/v1/communities/"+fmt.Sprint(s.group.ID)+"/join", nil)
		}
	}
	r.Settle()
	code := gone.Object(http.MethodPost, ownMe+"/recovery/code", M{"password": Password})["code"].(string)
	gone.Object(http.MethodPost, ownMe+"/leaving", M{"password": Password})
	gone.Token = recoverToken(r.t, r.a, gone.Actor.Username, code)
}

// feed is a set of all hidden communities, which its owner knows.
func (r *leakRig) feed() {
	r.t.Helper()
	ana := r.viewers[convener].Actor
	set, err := r.a.Service.CreateFeed(r.t.Context(), practice.NewFeed{Username: "sets", Owner: ana})
	r.ok(err)
	for _, s := range r.secrets {
		if s.sibling { // who follows the set would belong to it
			continue
		}
		r.ok(r.a.Service.AddToFeed(r.t.Context(), ana, set, s.group))
	}
	r.viewers[stranger].Follow("@sets@a.test")
	r.sets = fmt.Sprint(set.ID)
}

// furnish makes a secret community with members and a thread.
func (r *leakRig) furnish(s *secret, name string) {
	r.t.Helper()
	ana := r.viewers[convener]
	s.group = r.a.Community(name, ana, func(c *practice.NewCommunity) { c.Class, c.Unlisted = s.class, s.unlisted })
	if s.class == models.ClassPartners {
		r.ok(r.a.Service.ShareWithPartner(r.t.Context(), ana.Actor, s.group, "b.test", true))
	}
	id := fmt.Sprint(s.group.ID)
	if slices.Contains(s.knows, insider) || s.knows == nil {
		if s.unlisted { // hidden: who has the link may join
			link := ana.Object(http.MethodPost, "/api/praxis/v1/communities/"+id+"/invitations", nil)
			_, err := r.a.Service.Join(r.t.Context(), r.viewers[insider].Actor, s.group, practice.JoinRequest{Invitation: link["url"].(string)})
			r.ok(err)
		} else {
			r.viewers[insider].Object(http.MethodPost, "/api/praxis/v1/communities/"+id+"/join", nil)
		}
	}
	if slices.Contains(s.reads, guest) {
		r.viewers[guest].Follow("@" + name + "@a.test")
		r.Settle()
	}
	if s.sibling {
		r.pair(s, name)
	}
	s.thread = ana.Object(http.MethodPost, "/api/v1/statuses", M{
		"status": "@" + name + " What about " + s.text + " #" + s.text + "?", "visibility": "private", "spoiler_text": "",
		"poll": M{"options": []string{s.text + " yes", s.text + " no"}, "expires_in": 3600},
	})
	if s.thread["visibility"] != "private" {
		r.t.Fatalf("a post in a community for %s is shown as %v", s.class, s.thread["visibility"])
	}
	s.answer = r.viewers[insider].Reply(s.thread["id"].(string), "An answer of "+s.text)
	r.viewers[insider].Object(http.MethodPost, "/api/v1/statuses/"+s.thread["id"].(string)+"/favourite", nil)
	r.Settle()
	if s.sibling {
		r.part(s, name)
	}
}

// pair gives a secret community a sibling at b.test, with a member, one who leaves later, and one of a third host; and a former sibling.
func (r *leakRig) pair(s *secret, name string) {
	r.t.Helper()
	s.twin = r.b.Community(name, nil, func(c *practice.NewCommunity) { c.Class = s.class })
	r.Pair(&Sibling{r.a, s.group}, &Sibling{r.b, s.twin}, pact.Bond{Class: s.class, History: 30, Removals: "auto", Bans: "advisory", Silence: 14})
	for _, who := range []string{far, gone, beyond} {
		r.viewers[who].Follow("@" + name + "@b.test")
	}
	zoe := r.NewPeer("third.test", "praxis").Actor("zoe", "Person")
	zoe.Send(r.b, zoe.Activity("Follow", "1", s.twin.URI))
	r.Settle()
	status, token := zoe.Get(r.b, "/c/"+name+"/actor_token")
	if status != http.StatusOK {
		r.t.Fatalf("no token: %d %s", status, token)
	}
	r.stolen = sign.TokenHeader([]byte(token))
	once := r.a.See(r.crowd.URI)
	r.ok(r.a.Store.Tx(r.t.Context(), func(tx *models.Tx) error {
		pair := &models.Sibling{CommunityID: s.group.ID, SiblingID: once.ID, SiblingURI: once.URI, Host: once.Host, State: models.SiblingLeft}
		if err := tx.SaveSibling(pair); err != nil {
			return err
		}
		return tx.PutFollow(&models.Follow{URI: once.URI + "#follow", ActorID: once.ID, TargetID: s.group.ID, State: models.FollowAccepted})
	}))
}

// part lets somebody post at the sibling, and somebody else leave it.
func (r *leakRig) part(s *secret, name string) {
	r.t.Helper()
	s.far = r.viewers[far].Object(http.MethodPost, "/api/v1/statuses", M{"status": "@" + name + "@b.test And " + s.text + "?", "visibility": "private"})
	r.Settle()
	left := r.viewers[gone]
	left.Object(http.MethodPost, "/api/v1/accounts/"+left.Find("@"+name+"@b.test")+"/unfollow", nil)
	r.Settle()
}

func (r *leakRig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestE06_ReadersOfEveryClass: who may read sees the thread at home, in its community and by its address, with the answer.
// Otherwise the test of leaks could pass because nothing is ever shown.
func TestE06_ReadersOfEveryClass(t *testing.T) {
	r := newLeakRig(t)
	for _, s := range r.secrets {
		for _, name := range s.reads {
			viewer := r.viewers[name]
			found := viewer.Locate(s.thread["uri"].(string))
			around := viewer.Object(http.MethodGet, "/api/v1/statuses/"+found["id"].(string)+"/context", nil)
			if len(around["descendants"].([]any)) != 1 || !strings.Contains(fmt.Sprint(around), s.text) {
				t.Errorf("%s does not see the answer in a community for %s: %v", name, s.class, around)
			}
			if name != colleague && !strings.Contains(fmt.Sprint(viewer.Home()), s.thread["uri"].(string)) {
				t.Errorf("%s does not have the thread of a community for %s at home", name, s.class)
			}
		}
	}
}

// TestE11_NothingLeaks asks every address of every instance as every kind of viewer, with the ids of all that is hidden, and
// looks for what the viewer may not read, or not know of (security cases E2 to E6, E8, E10 to E12, E17, E18).
func TestE11_NothingLeaks(t *testing.T) {
	r := newLeakRig(t)
	requests := 0
	for name, server := range r.places {
		for _, path := range server.Paths(http.MethodGet) {
			if strings.HasPrefix(path, "/api/v1/streaming/") {
				continue // answers for as long as somebody listens
			}
			for _, filled := range r.fill(server, path) {
				requests++
				r.look(name, server, filled)
				if name == nobodyA && !strings.HasPrefix(path, "/api") {
					_, body := r.eve.GetWith(server, filled, r.stolen) // signed by somebody who belongs to none of them
					r.lacks("eve", filled, body)
					_, body = r.crowd.Get(server, filled)
					r.lacks("former sibling", filled, body)
				}
			}
		}
	}
	t.Logf("%d requests", requests)
	if requests < 5000 {
		t.Errorf("only %d requests: something is left out", requests)
	}
}

// TestE01_NothingIsSentToOthers: no server gets what nobody there may read.
func TestE01_NothingIsSentToOthers(t *testing.T) {
	r := newLeakRig(t)
	for _, activity := range r.eve.Peer.Received() {
		r.lacks("eve.test", "inbox", fmt.Sprint(activity))
	}
	stored := r.c.Log() + fmt.Sprint(r.viewers[stranger].Home())
	r.lacks(stranger, "home", stored)
}

// look asks one address as one viewer.
func (r *leakRig) look(name string, server *Server, path string) {
	r.t.Helper()
	token := ""
	if viewer := r.viewers[name]; viewer != nil {
		token = viewer.Token
	}
	for _, accept := range []string{"application/json", "text/html", "application/activity+json"} {
		if strings.HasPrefix(path, "/api") != (accept == "application/json") {
			continue
		}
		status, body := r.ask(server, path, token, accept)
		if status >= 500 {
			r.t.Errorf("%s asks for %s and gets %d", name, path, status)
		}
		r.lacks(name, path, body)
	}
}

func (r *leakRig) ask(server *Server, path, token, accept string) (int, string) {
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, "https://"+server.Host+path, nil)
	r.ok(err)
	request.Header.Set("Accept", accept)
	if token != "" && accept == "application/json" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return r.exchange(request)
}

// ofSecret finds a canary, and says of which community it is.
var ofSecret = regexp.MustCompile(`(` + canaryName + `|` + canaryText + `)(\d)`)

// lacks reports what a viewer is shown and may not read, or not know of.
func (r *leakRig) lacks(name, path, body string) {
	r.t.Helper()
	asked := ofSecret.FindAllString(path, -1) // an answer may repeat what was asked for
	for _, found := range ofSecret.FindAllStringSubmatch(body, -1) {
		s := r.secrets[found[2][0]-'0']
		allowed := s.knows == nil || slices.Contains(s.knows, name)
		if found[1] == canaryText {
			allowed = slices.Contains(s.reads, name)
		}
		if !allowed && !slices.Contains(asked, found[0]) {
			r.t.Errorf("%s is shown %s (for %s) at %s: %.300s", name, found[0], s.class, path, body)
			return
		}
	}
}

// fill gives the addresses that a template stands for, with everything hidden in its place.
func (r *leakRig) fill(server *Server, template string) []string {
	ids, names := r.hidden(server)
	var tags []string
	for _, s := range r.secrets {
		tags = append(tags, s.text)
	}
	filled := []string{template}
	for _, part := range regexp.MustCompile(`\{[^{}]*(\{[^{}]*\}[^{}]*)*\}`).FindAllString(template, -1) {
		name, _, _ := strings.Cut(strings.Trim(part, "{}"), ":")
		values := map[string][]string{
			"id": ids, "account": ids, "invitation": ids, "quoting": ids, "name": names, "kind": {"c", "u", "f"}, "tag": tags,
			"host": {"a.test"}, "version": {"2.0"}, "hashtag": tags, "token": {"NONE"}, "practice": {"Visit"},
			"key": {ids[0], "following", "bookmarks", "page"},
		}[name]
		if values == nil {
			values = ids[:1]
		}
		var next []string
		for _, path := range filled {
			for _, value := range values {
				next = append(next, strings.Replace(path, part, value, 1))
			}
		}
		filled = next
	}
	query := r.query(server)
	for i := range filled {
		filled[i] += query
	}
	if strings.Contains(template, "{") && len(filled) == 1 && strings.Contains(filled[0], "{") {
		r.t.Fatalf("%s is not filled in: %s", template, filled[0])
	}
	return filled
}

// query has every parameter that names something, all at once.
func (r *leakRig) query(server *Server) string {
	s := r.secrets[len(server.Host)%len(r.secrets)]
	values := url.Values{
		"limit": {"40"}, "type": {""}, "page": {"true"}, "acct": {s.group.Username + "@a.test"}, "url": {s.thread["url"].(string)},
		"uri": {s.thread["uri"].(string)}, "resource": {"acct:" + s.group.Username + "@a.test"}, "local": {"false"},
	}
	ids, _ := r.hidden(server)
	values["id[]"] = ids
	return "?" + values.Encode()
}

// hidden gives the ids and names of what is hidden, as an instance has them.
func (r *leakRig) hidden(server *Server) (ids, names []string) {
	names = append(names, "sets")
	if server == r.a {
		ids = append(ids, r.sets)
	}
	for _, s := range r.secrets {
		names = append(names, s.group.Username)
		if found, err := server.Store.Read(r.t.Context()).ActorByHandle(s.group.Username, "a.test"); err == nil {
			ids = append(ids, fmt.Sprint(found.ID))
		}
		if found, err := server.Store.Read(r.t.Context()).ActorByHandle(s.group.Username, "b.test"); err == nil {
			ids = append(ids, fmt.Sprint(found.ID))
		}
		for _, post := range []M{s.thread, s.answer, s.far} {
			if post == nil {
				continue
			}
			stored, err := server.Store.Read(r.t.Context()).PostByURI(post["uri"].(string))
			if err == nil {
				ids = append(ids, fmt.Sprint(stored.ID))
			}
		}
	}
	if len(ids) == 0 {
		ids = []string{fmt.Sprint(r.secrets[0].group.ID)}
	}
	slices.Sort(ids) // one community may have several secrets
	slices.Sort(names)
	return slices.Compact(ids), append(slices.Compact(names), "convener")
}
