package streaming_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"praxis/internal/password"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

// ear is a client that listens over a WebSocket.
type ear struct {
	t      *testing.T
	socket *websocket.Conn
}

type heard struct {
	Stream  []string
	Event   string
	Payload string
	Error   string
	Status  int
}

func listen(t *testing.T, m *testrig.Member, query string) *ear {
	t.Helper()
	socket, _, err := websocket.Dial(t.Context(), "wss://"+m.Server.Host+"/api/v1/streaming/?"+query, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: m.Server.Cluster.Network}, Subprotocols: []string{m.Token},
	})
	if err != nil {
		t.Fatal(err)
	}
	if socket.Subprotocol() != m.Token {
		t.Errorf("the protocol that comes back is %q", socket.Subprotocol())
	}
	socket.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = socket.CloseNow() })
	return &ear{t, socket}
}

func (e *ear) say(message string) {
	e.t.Helper()
	if err := e.socket.Write(e.t.Context(), websocket.MessageText, []byte(message)); err != nil {
		e.t.Fatal(err)
	}
}

// sync subscribes to what does not exist. Once the answer is there, everything said before was carried out.
func (e *ear) sync() {
	e.t.Helper()
	e.say(`{"type":"subscribe","stream":"nonsense"}`)
	if got := e.next(); got.Error != "Unknown stream type" || got.Status != http.StatusBadRequest {
		e.t.Fatalf("unknown stream: %+v", got)
	}
}

func (e *ear) next() heard {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), 90*time.Second)
	defer cancel()
	_, raw, err := e.socket.Read(ctx)
	if err != nil {
		e.t.Fatal(err)
	}
	var h heard
	if err := json.Unmarshal(raw, &h); err != nil {
		e.t.Fatalf("%v: %s", err, raw)
	}
	return h
}

// until reads up to a post or notification with a text, and gives all that came.
func (e *ear) until(text string) []heard {
	e.t.Helper()
	var all []heard
	for {
		h := e.next()
		all = append(all, h)
		if strings.Contains(h.Payload, text) {
			return all
		}
	}
}

func both(t *testing.T, f func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member)) {
	testrig.Each(t, []string{"a.test", "b.test"}, func(t *testing.T, c *testrig.Cluster) {
		ana, bo := c.Server("a.test").Member("ana"), c.Server("b.test").Member("bo")
		f(t, c, ana, bo)
	})
}

func TestPostOfAnotherHostAppearsAtHome(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		ana.Follow("@bo@b.test")
		c.Settle()
		e := listen(t, ana, "stream=user")
		e.sync()
		post := bo.Post("hello from afar, @ana@a.test")
		c.Settle()
		var events []string
		for len(events) < 2 {
			got := e.next()
			if !slices.Equal(got.Stream, []string{"user"}) || !strings.Contains(got.Payload, "hello from afar") {
				t.Errorf("got %+v", got)
			}
			events = append(events, got.Event)
		}
		slices.Sort(events)
		if !slices.Equal(events, []string{"notification", "update"}) {
			t.Errorf("events %v", events)
		}
		id := ana.Home()[0]["id"].(string)
		bo.Object(http.MethodPut, "/api/v1/statuses/"+post["id"].(string), testrig.M{"status": "changed my mind"})
		c.Settle()
		if got := e.next(); got.Event != "status.update" || !strings.Contains(got.Payload, "changed my mind") {
			t.Errorf("an edit gives %+v", got)
		}
		bo.Object(http.MethodDelete, "/api/v1/statuses/"+post["id"].(string), nil)
		c.Settle()
		if got := e.next(); got.Event != "delete" || got.Payload != id {
			t.Errorf("a deletion of %s gives %+v", id, got)
		}
	})
}

// TestEveryPublicStream sends one local and one remote post, and looks which streams have which.
func TestEveryPublicStream(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		ana.Follow("@bo@b.test")
		c.Settle()
		e := listen(t, ana, "")
		for _, message := range []string{
			`"public"`, `"public:local"`, `"public:remote"`, `"public:media"`, `"public:local:media"`, `"public:remote:media"`,
			`"hashtag","tag":"Wound"`, `"hashtag:local","tag":"wound"`, `"direct"`, `"user:notification"`,
		} {
			e.say(`{"type":"subscribe","stream":` + message + `}`)
		}
		e.say(`{"type":"subscribe","stream":"hashtag","tag":"other"}`)
		e.sync()
		bo.Post("remote #wound")
		c.Settle()
		ana.Post("local #wound")
		streams := map[string][]string{}
		for range 7 { // four of the local post, three of the remote one
			h := e.next()
			which := "local"
			if strings.Contains(h.Payload, "remote") {
				which = "remote"
			}
			streams[which] = append(streams[which], strings.Join(h.Stream, "="))
		}
		slices.Sort(streams["local"])
		slices.Sort(streams["remote"])
		if want := []string{"hashtag:local=wound", "hashtag=Wound", "public", "public:local"}; !slices.Equal(streams["local"], want) {
			t.Errorf("the local post is in %v", streams["local"])
		}
		if want := []string{"hashtag=Wound", "public", "public:remote"}; !slices.Equal(streams["remote"][:3], want) {
			t.Errorf("the remote post is in %v", streams["remote"])
		}
	})
}

// TestG12_StreamsLeakNothing: private and direct posts, and those of somebody who is blocked, reach nobody who may not
// read them; what comes after shows that nothing is merely late.
func TestG12_StreamsLeakNothing(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		eve, mal := ana.Server.Member("eve"), ana.Server.Member("mal")
		eve.Object(http.MethodPost, "/api/v1/accounts/"+eve.Find("@mal@a.test")+"/block", nil)
		e := listen(t, eve, "stream=public")
		e.say(`{"type":"subscribe","stream":"user"}`)
		e.say(`{"type":"subscribe","stream":"hashtag","tag":"canary"}`)
		e.sync()
		ana.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "concealed #canary", "visibility": "private"})
		ana.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "@mal concealed #canary", "visibility": "direct"})
		mal.Post("@eve concealed #canary")
		ana.Post("the last one")
		for _, h := range e.until("the last one") {
			if strings.Contains(h.Payload, "concealed") {
				t.Errorf("eve hears %+v", h)
			}
		}
	})
}

// TestE06_StreamsOfCommunitiesReachTheirReaders: what is posted for members of a community is heard by those, and by nobody
// who follows its author or the hashtag; what is for this organization is heard by its members.
func TestE06_StreamsOfCommunitiesReachTheirReaders(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		eve, mia := ana.Server.Member("eve"), ana.Server.Member("mia")
		for _, follower := range []*testrig.Member{eve, mia} {
			follower.Follow(ana.Handle())
		}
		for _, class := range []string{models.ClassMembers, models.ClassLocal} {
			group := ana.Server.Community("c"+class, ana, func(n *practice.NewCommunity) { n.Class = class })
			mia.Object(http.MethodPost, fmt.Sprintf("/api/praxis/v1/communities/%d/join", group.ID), nil)
		}
		listening := map[*testrig.Member]*ear{}
		for _, who := range []*testrig.Member{eve, mia} {
			listening[who] = listen(t, who, "stream=public")
			listening[who].say(`{"type":"subscribe","stream":"user"}`)
			listening[who].say(`{"type":"subscribe","stream":"hashtag","tag":"canary"}`)
			listening[who].sync()
		}
		ana.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "@cmembers concealed #canary", "visibility": "private"})
		ana.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "@clocal within #canary", "visibility": "private"})
		ana.Post("the last one")
		for who, want := range map[*testrig.Member][2]bool{eve: {false, true}, mia: {true, true}} {
			all := fmt.Sprint(listening[who].until("the last one"))
			if got := [2]bool{strings.Contains(all, "concealed"), strings.Contains(all, "within")}; got != want {
				t.Errorf("%s hears what is for members, and for the organization: %v, and should: %v", who.Handle(), got, want)
			}
		}
	})
}

func TestG12_UnauthorisedStreams(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	server := c.Server("a.test")
	ana := server.Member("ana")
	narrow, err := server.OAuth.IssueToken(t.Context(), ana.Actor, "test", "read:notifications")
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://a.test/api/v1/streaming"
	for _, path := range []string{"/user", "/user/notification", "/public", "/public/local", "/public/remote", "/hashtag?tag=x", "/hashtag/local?tag=x", "/list?list=1", "/direct"} {
		for _, token := range []string{"", "nonsense"} {
			if status, body := c.Do(http.MethodGet, base+path, token, nil); status != http.StatusUnauthorized || !strings.Contains(string(body), `"error"`) {
				t.Errorf("%s with token %q: %d %s", path, token, status, body)
			}
		}
		if path != "/user/notification" {
			if status, body := c.Do(http.MethodGet, base+path, narrow, nil); status != http.StatusUnauthorized {
				t.Errorf("%s with too small a scope: %d %s", path, status, body)
			}
		}
	}
	for path, want := range map[string]int{"/list?list=1": http.StatusNotFound, "/list": 400, "/hashtag": 400, "": 404, "/nothing": 404} {
		if status, body := c.Do(http.MethodGet, base+path, ana.Token, nil); status != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if status, body := c.Do(http.MethodGet, base+"/health", "", nil); status != http.StatusOK || string(body) != "OK" {
		t.Errorf("health: %d %s", status, body)
	}
}

func TestE22_RevokedTokenEndsItsStream(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	ana := c.Server("a.test").Member("ana")
	e := listen(t, ana, "stream=user")
	e.sync()
	if err := ana.Server.Service.SetPassword(t.Context(), ana.Actor, "another long password", password.Cheap()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	if _, _, err := e.socket.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("the stream ends with %v", err)
	}
}

// TestG12_ClosedAccountHearsNoMore: whoever is suspended, or kept from signing in, hears nothing from that moment on.
func TestG12_ClosedAccountHearsNoMore(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	server := c.Server("a.test")
	chief := server.Member("chief")
	if err := server.Service.SetRole(t.Context(), chief.Actor, "owner"); err != nil {
		t.Fatal(err)
	}
	for name, action := range map[string]string{"ana": practice.ActionSuspend, "bo": practice.ActionDisable} {
		member := server.Member(name)
		e := listen(t, member, "stream=user")
		e.sync()
		if err := server.Service.Moderate(t.Context(), practice.Measure{Moderator: chief.Actor, TargetID: member.Actor.ID, Action: action}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		if _, _, err := e.socket.Read(ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("%s: the stream ends with %v", action, err)
		}
		cancel()
	}
}

func TestServerSentEvents(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	ana := c.Server("a.test").Member("ana")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.test/api/v1/streaming/user", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+ana.Token)
	answer, err := c.Network.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", answer.StatusCode, answer.Header)
	}
	lines := bufio.NewReader(answer.Body)
	line := func() string {
		text, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := line(); got != ":thump\n" {
		t.Errorf("the stream begins with %q", got)
	}
	ana.Post("told at once")
	if got := line(); got != "event: update\n" {
		t.Errorf("got %q", got)
	}
	if got := line(); !strings.HasPrefix(got, `data: {"id":`) || !strings.Contains(got, "told at once") {
		t.Errorf("got %q", got)
	}
	ana.Server.StopStreams()
	for {
		if _, err := lines.ReadString('\n'); err != nil {
			break
		}
	}
}

func TestCommunityIsAList(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		ana.Server.Community("care", ana)
		bo.Follow("@care@a.test")
		c.Settle()
		e := listen(t, bo, "stream=list&list="+bo.Find("@care@a.test"))
		e.sync()
		ana.Post("@care A question for all")
		c.Settle()
		if got := e.next(); got.Event != "update" || got.Stream[0] != "list" || !strings.Contains(got.Payload, "A question for all") {
			t.Errorf("got %+v", got)
		}
	})
}

// TestOwnStreams: what concerns a member besides posts comes to their clients, and to nobody else's.
func TestOwnStreams(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		cy := ana.Server.Member("cy")
		own, others, letters := listen(t, ana, "stream=user"), listen(t, cy, "stream=user"), listen(t, ana, "stream=direct")
		for _, e := range []*ear{own, others, letters} {
			e.sync()
		}
		// One after the other: of what is gone meanwhile nothing is told.
		hear := func(want string, ears ...*ear) {
			t.Helper()
			for _, e := range ears {
				if got := e.next(); got.Event != want {
					t.Errorf("heard %+v, want %s", got, want)
				}
			}
		}
		ana.Object(http.MethodPost, "/api/v2/filters", testrig.M{"title": "f", "context": []string{"home"}})
		hear("filters_changed", own)
		made, err := ana.Server.Service.Announce(t.Context(), "News for #all", time.Time{}, time.Time{}, false)
		if err != nil {
			t.Fatal(err)
		}
		hear("announcement", own, others)
		ana.Object(http.MethodPut, fmt.Sprintf("/api/v1/announcements/%d/reactions/%s", made.ID, "%F0%9F%91%8D"), nil)
		hear("announcement.reaction", own, others)
		if err := ana.Server.Service.Unannounce(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
		hear("announcement.delete", own, others)
		bo.Object(http.MethodPost, "/api/v1/statuses", testrig.M{"status": "@ana@a.test a letter", "visibility": "direct"})
		c.Settle()
		if got := letters.until("a letter"); !slices.ContainsFunc(got, func(h heard) bool { return h.Event == "conversation" && h.Stream[0] == "direct" }) {
			t.Errorf("ana's letters: %+v", got)
		}
		ana.Object(http.MethodPatch, "/api/v2/notifications/policy", testrig.M{"for_not_following": "filter"})
		bo.Post("@ana@a.test held back")
		c.Settle()
		request := ana.List("/api/v1/notifications/requests")[0]["id"].(string)
		ana.Object(http.MethodPost, "/api/v1/notifications/requests/"+request+"/accept", nil)
		for h := own.next(); h.Event != "notifications_merged"; h = own.next() {
			if strings.Contains(h.Payload, "held back") {
				t.Errorf("told of what is held back: %+v", h)
			}
		}
	})
}

// TestStreamsAsTimelines: what a member keeps out of home does not come by the stream either.
func TestStreamsAsTimelines(t *testing.T) {
	both(t, func(t *testing.T, c *testrig.Cluster, ana, bo *testrig.Member) {
		cy, mal := ana.Server.Member("cy"), ana.Server.Member("mal")
		for _, handle := range []string{"@bo@b.test", "@cy@a.test"} {
			ana.Follow(handle)
		}
		c.Settle()
		ana.Object(http.MethodPost, "/api/v1/accounts/"+ana.Find("@mal@a.test")+"/mute", nil)
		list := ana.Object(http.MethodPost, "/api/v1/lists", testrig.M{"title": "apart", "exclusive": true})["id"].(string)
		ana.Object(http.MethodPost, "/api/v1/lists/"+list+"/accounts", testrig.M{"account_ids": []string{ana.Find("@bo@b.test")}})
		home, apart := listen(t, ana, "stream=user"), listen(t, ana, "stream=list&list="+list)
		home.sync()
		apart.sync()
		mal.Post("I am muted")
		bo.Post("only in the list")
		bo.Post("@mal@a.test named, in the list")
		c.Settle()
		cy.Post("@mal@a.test named, at home")
		cy.Post("the last one")
		bo.Post("the last one of the list")
		c.Settle()
		if got := home.until("the last one"); len(got) != 1 {
			t.Errorf("at home: %+v", got)
		}
		if got := apart.until("the last one"); len(got) != 2 || !strings.Contains(got[0].Payload, "only in the list") {
			t.Errorf("in the list: %+v", got)
		}
	})
}
