package testrig_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

const tokenPath = "/c/solvents/actor_token"

// guestRig is a circle with a server of another make, one of whose people follows the second sibling.
type guestRig struct {
	*circle
	zoe    *testrig.PeerActor
	thread testrig.M
	path   string // of the thread, at its author's host
}

func eachGuest(t *testing.T, f func(t *testing.T, g *guestRig)) {
	t.Helper()
	eachCircle(t, func(t *testing.T, k *circle) {
		g := &guestRig{circle: k, zoe: k.NewPeer("third.test", "praxis").Actor("zoe", "Person")}
		g.zoe.Send(k.b.Server, g.zoe.Activity("Follow", "1", k.b.Group.URI))
		k.Settle()
		g.thread = within(k.ann, k.a, "Acetone dissolves the seal.")
		g.path = strings.TrimPrefix(g.thread["uri"].(string), "https://a.test")
		k.Settle()
		f(t, g)
	})
}

// token asks the second sibling for a token.
func (g *guestRig) token() string {
	g.t.Helper()
	status, body := g.zoe.Get(g.b.Server, tokenPath)
	if status != http.StatusOK {
		g.t.Fatalf("no token: %d %s", status, body)
	}
	return sign.TokenHeader([]byte(body))
}

// sees reports whether an actor is shown the thread by its author's host for a token.
func (g *guestRig) sees(who *testrig.PeerActor, path, token string) bool {
	g.t.Helper()
	status, body := who.GetWith(g.a.Server, path, token)
	if status != http.StatusOK && status != http.StatusNotFound {
		g.t.Errorf("%s gets %d: %s", path, status, body)
	}
	return status == http.StatusOK && strings.Contains(body, "Acetone")
}

// A server whose people follow one sibling is shown what is of the other, for a token; nobody else is, and nothing else.
func TestTokensOfSiblings(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guestRig) {
		token := g.token()
		if g.sees(g.zoe, g.path, "") || !g.sees(g.zoe, g.path, token) {
			t.Fatal("the token makes no difference")
		}
		eve := g.NewPeer("eve.test", "praxis").Actor("eve", "Person")
		if g.sees(eve, g.path, token) {
			t.Error("another server uses the token")
		}
		if status, body := g.GetUnsigned(g.path, token); status == http.StatusOK {
			t.Errorf("without a signature it counts: %s", body)
		}
		if g.sees(g.zoe, g.path, strings.Replace(token, "12:30", "12:59", 1)) {
			t.Error("an altered token counts")
		}
		for who, want := range map[*testrig.PeerActor]int{eve: http.StatusForbidden} {
			if status, body := who.Get(g.b.Server, tokenPath); status != want {
				t.Errorf("a stranger who asks for a token gets %d: %s", status, body)
			}
		}
		if status, _ := g.Fetch(g.b.Server, tokenPath); status != http.StatusUnauthorized {
			t.Errorf("who does not sign gets %d", status)
		}
		other := g.a.Community("secrets", g.ann, func(c *practice.NewCommunity) { c.Class = models.ClassMembers })
		of := within(g.ann, &testrig.Sibling{Server: g.a.Server, Group: other}, "Acetone, too.")
		if g.sees(g.zoe, strings.TrimPrefix(of["uri"].(string), "https://a.test"), token) {
			t.Error("a token of one community opens another")
		}
		private := g.ann.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "Acetone @solvents@a.test", "visibility": "direct"})
		if g.sees(g.zoe, strings.TrimPrefix(private["uri"].(string), "https://a.test"), token) {
			t.Error("a token opens what was said to the community alone")
		}
		g.Clock.Advance(36 * time.Minute)
		if g.sees(g.zoe, g.path, token) || !g.sees(g.zoe, g.path, g.token()) {
			t.Error("a token counts after its end, or a new one does not")
		}
	})
}

// Nobody vouches but a sibling that counts.
func TestTokensOfOthersThanSiblings(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guestRig) {
		crowd := g.NewPeer("eve.test", "praxis").Actor("crowd", "Group")
		now := g.Clock.Now()
		forged, err := crowd.Keys.IssueToken(sign.Token{Issuer: crowd.URI, Actor: g.zoe.URI, IssuedAt: now, ValidUntil: now.Add(sign.TokenLife)},
			crowd.URI+"#main-key", crowd.ProofKey())
		fine(t, err)
		g.a.See(crowd.URI)
		if g.sees(g.zoe, g.path, sign.TokenHeader(forged)) {
			t.Error("any Group vouches")
		}
		token := g.token()
		for state, change := range map[string]func(*models.Sibling){
			"rests":   func(p *models.Sibling) { p.State = models.SiblingPaused },
			"is over": func(p *models.Sibling) { p.State, p.ValidUntil = models.SiblingLive, 1 },
			"left":    func(p *models.Sibling) { p.State, p.ValidUntil = models.SiblingLeft, 0 },
		} {
			g.a.SetPair(g.b, change)
			if g.sees(g.zoe, g.path, token) {
				t.Errorf("a sibling that %s vouches", state)
			}
		}
		g.a.SetPair(g.b, func(p *models.Sibling) { p.State, p.ValidUntil = models.SiblingLive, 0 })
		if !g.sees(g.zoe, g.path, token) {
			t.Error("the live one does not")
		}
	})
}

// Who is a member no more gets no token; the last one counts for at most half an hour, and some minutes for clocks. What was removed
// no token shows.
func TestE16_TokensEndWithMembership(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guestRig) {
		token := g.token()
		g.zoe.Send(g.b.Server, g.zoe.Activity("Undo", "2", g.zoe.Activity("Follow", "1", g.b.Group.URI)))
		g.Settle()
		if status, _ := g.zoe.Get(g.b.Server, tokenPath); status != http.StatusForbidden {
			t.Errorf("who left gets %d for a token", status)
		}
		if !g.sees(g.zoe, g.path, token) {
			t.Error("the last token was taken back: say so in the documents")
		}
		g.ann.Object(http.MethodDelete, "/api/v1/statuses/"+g.thread["id"].(string), nil)
		if g.sees(g.zoe, g.path, token) {
			t.Error("a token shows what was deleted")
		}
	})
}

// GetUnsigned asks the first sibling's host with a token and no signature.
func (g *guestRig) GetUnsigned(path, token string) (int, string) {
	g.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://a.test"+path, nil)
	fine(g.t, err)
	r.Header.Set("Accept", "application/activity+json")
	r.Header.Set("Authorization", token)
	got, err := g.Network.RoundTrip(r)
	fine(g.t, err)
	defer got.Body.Close()
	return got.StatusCode, got.Status
}

// A third Praxis, with no community of its own, fetches with a token by itself what is not shown to it without.
func TestOwnFetcherUsesTokens(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		third := k.Server("c.test")
		cleo := third.Member("cleo")
		k.joins(cleo, k.b)
		lose(k.Cluster, "c.test")
		thread := within(k.ann, k.a, "Acetone dissolves the seal.")
		k.Settle()
		k.Network.Carry(nil)
		uri, asked := thread["uri"].(string), 0
		if _, err := third.Directory.Post(context.Background(), uri); err == nil {
			t.Fatal("it is shown to everybody")
		}
		k.Network.Watch(func(r *http.Request) {
			if r.URL.Path == tokenPath {
				asked++
			}
		})
		for range 2 {
			object, err := third.Directory.FetchObject(directory.InGroup(context.Background(), third.See(k.b.Group.URI)), uri)
			if err != nil || !strings.Contains(object.Content, "Acetone") {
				t.Errorf("%q, %v", object.Content, err)
			}
		}
		if asked != 1 {
			t.Errorf("a token was asked for %d times", asked)
		}
	}, "c.test")
}

// A member at a third Praxis who follows one sibling reads the thread of the other, once, and answers by way of the one that she
// follows; who follows both has it once, too.
func TestThirdHostTakesSiblingsForOneCommunity(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		third := k.Server("c.test")
		cleo, dora, stranger := third.Member("cleo"), third.Member("dora"), third.Member("eli")
		k.joins(cleo, k.b)
		k.joins(dora, k.a)
		k.joins(dora, k.b)
		thread := within(k.ann, k.a, "Acetone dissolves the seal.")
		k.Settle()
		for _, m := range []*testrig.Member{cleo, dora} {
			if home := texts(m.Home()); len(home) != 1 || !strings.Contains(home[0], "Acetone") {
				t.Errorf("%s has %q at home", m.Handle(), home)
			}
		}
		if reads(t, third, stranger, thread["uri"]) || reads(t, third, nil, thread["uri"]) {
			t.Error("others at the third host read it")
		}
		seen := cleo.Locate(thread["uri"].(string))
		answer := cleo.Reply(seen["id"].(string), "Take another seal.")
		k.Settle()
		around := k.ann.Object(http.MethodGet, "/api/v1/statuses/"+thread["id"].(string)+"/context", nil)
		if got := around["descendants"].([]any); len(got) != 1 || got[0].(testrig.M)["uri"] != answer["uri"] {
			t.Errorf("the first has the answers %v", got)
		}
		further := k.bo.Reply(k.bo.Locate(answer["uri"].(string))["id"].(string), "Which one?")
		k.Settle()
		if !reads(t, third, cleo, further["uri"]) {
			t.Error("what is answered does not come back")
		}
		views, err := third.Store.Read(context.Background()).SiblingViews(k.stored(third, thread))
		fine(t, err)
		for _, view := range views {
			if view.Origin != "a.test" || strings.Join(view.Hosts, " ") != "a.test b.test" {
				t.Errorf("it is labelled %+v", view)
			}
		}
		if len(views) != 1 {
			t.Errorf("there are %d labels", len(views))
		}
	}, "c.test")
}

func (k *circle) stored(at *testrig.Server, status testrig.M) []*models.Post {
	k.t.Helper()
	post, err := at.Store.Read(context.Background()).PostByURI(status["uri"].(string))
	fine(k.t, err)
	return []*models.Post{post}
}

// The page of each sibling that a third host knows shows a public thread of the other; where they do not name each other it stays a
// boost.
func TestThirdHostBelievesOnlyWhoNameEachOther(t *testing.T) {
	testrig.Each(t, []string{"a.test", "b.test", "c.test"}, func(t *testing.T, c *testrig.Cluster) {
		s := c.Siblings("solvents", agreed(), "a.test", "b.test")
		a, b, third := s[0], s[1], c.Server("c.test")
		ann, cleo := a.Member("ann"), third.Member("cleo")
		cleo.Follow("@solvents@b.test")
		c.Settle()
		page := func(want int) {
			t.Helper()
			known := third.See(b.Group.URI)
			rows, err := third.Store.Read(context.Background()).CommunityThreads(known.ID, models.Anonymous, models.Page{Limit: 40})
			if err != nil || len(rows) != want {
				t.Errorf("the page shows %d threads, want %d: %v", len(rows), want, err)
			}
		}
		a.SetPair(b, func(p *models.Sibling) { fine(t, p.Rest(models.PauseByConvener, "a test")) })
		boosted := post(ann, a, "Before they agreed.")
		c.Settle()
		page(0)
		a.SetPair(b, func(p *models.Sibling) { fine(t, p.MoveTo(models.SiblingLive, "a test")) })
		c.Clock.Advance(2 * time.Hour)
		thread := post(ann, a, "Acetone dissolves the seal.")
		c.Settle()
		page(1)
		if home := texts(cleo.Home()); len(home) != 2 {
			t.Errorf("at home are %q", home)
		}
		for uri, want := range map[any]bool{boosted["uri"]: false, thread["uri"]: true} {
			stored, err := third.Store.Read(context.Background()).PostByURI(uri.(string))
			if err != nil || (stored.CommunityID != 0) != want {
				t.Errorf("%v is in a community: %v, %v", uri, stored.CommunityID != 0, err)
			}
		}
	})
}

// What the origin's moderators remove is gone at a third host, too; what the sibling hides is gone for those who follow only that one.
func TestThirdHostHeedsModerators(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		third := k.Server("c.test")
		cleo, dora := third.Member("cleo"), third.Member("dora")
		k.joins(cleo, k.b)
		k.joins(dora, k.a)
		removed, hidden := within(k.ann, k.a, "Buy my acetone."), within(k.ann, k.a, "Buy my ethanol.")
		k.Settle()
		if !reads(t, third, cleo, removed["uri"]) || !reads(t, third, cleo, hidden["uri"]) {
			t.Fatal("it did not come")
		}
		does(t, k.a, k.a.Service.Remove, about(removed["uri"]))
		does(t, k.b, k.b.Service.Remove, about(hidden["uri"]))
		if reads(t, third, cleo, removed["uri"]) || reads(t, third, dora, removed["uri"]) {
			t.Error("what was removed is read")
		}
		if reads(t, third, cleo, hidden["uri"]) || !reads(t, third, dora, hidden["uri"]) {
			t.Error("what one sibling hides its followers read, or those of the other do not")
		}
		does(t, k.b, k.b.Service.Restore, about(hidden["uri"]))
		if !reads(t, third, cleo, hidden["uri"]) {
			t.Error("what is shown again is not read")
		}
	}, "c.test")
}

// TestE02_TokensTellNothingOfWhatIsThere: whatever is wrong with a token, a post that is there and one that is not get the same answer.
func TestE02_TokensTellNothingOfWhatIsThere(t *testing.T) {
	eachGuest(t, func(t *testing.T, g *guestRig) {
		crowd := g.NewPeer("eve.test", "praxis").Actor("crowd", "Group")
		now := g.Clock.Now()
		forged, err := crowd.Keys.IssueToken(sign.Token{Issuer: crowd.URI, Actor: g.zoe.URI, IssuedAt: now, ValidUntil: now.Add(sign.TokenLife)},
			crowd.URI+"#main-key", crowd.ProofKey())
		fine(t, err)
		g.Network.SetDown("eve.test", true) // its key is not to be had for now
		there, _ := g.zoe.GetWith(g.a.Server, g.path, sign.TokenHeader(forged))
		absent, _ := g.zoe.GetWith(g.a.Server, g.path[:len(g.path)-4]+"0000", sign.TokenHeader(forged))
		if there != absent {
			t.Errorf("%d for what is there, and %d for what is not", there, absent)
		}
	})
}

// At the host of an author who posts into a community elsewhere, tokens of that community and of who is one with it count, as both say;
// those of others do not.
func TestTokensAtAThirdAuthorsHost(t *testing.T) {
	eachCircle(t, func(t *testing.T, k *circle) {
		third := k.Server("c.test")
		cleo, zoe := third.Member("cleo"), k.NewPeer("third.test", "praxis").Actor("zoe", "Person")
		k.joins(cleo, k.a)
		zoe.Send(k.b.Server, zoe.Activity("Follow", "1", k.b.Group.URI))
		k.Settle()
		path := strings.TrimPrefix(within(cleo, k.a, "Acetone dissolves the seal.")["uri"].(string), "https://c.test")
		k.Settle()
		sees := func(token string) bool {
			status, body := zoe.GetWith(third, path, token)
			return status == http.StatusOK && strings.Contains(body, "Acetone")
		}
		crowd := k.NewPeer("eve.test", "praxis").Actor("crowd", "Group")
		third.See(crowd.URI)
		now := k.Clock.Now()
		forged, err := crowd.Keys.IssueToken(sign.Token{Issuer: crowd.URI, Actor: zoe.URI, IssuedAt: now, ValidUntil: now.Add(sign.TokenLife)},
			crowd.URI+"#main-key", crowd.ProofKey())
		fine(t, err)
		if sees("") || sees(sign.TokenHeader(forged)) {
			t.Error("it is shown without a token, or for one of any Group")
		}
		status, token := zoe.Get(k.b.Server, tokenPath)
		if status != http.StatusOK || !sees(sign.TokenHeader([]byte(token))) {
			t.Errorf("a token of who is one with the community does not count: %d %s", status, token)
		}
	}, "c.test")
}
