package testrig

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/vocab"
)

func quoteState(status M) any { return status["quote"].(M)["state"] }

// quoted gives the id of the quoted post that a status shows; nil for none.
func quoted(status M) any {
	post, _ := status["quote"].(M)["quoted_status"].(M)
	return post["uri"]
}

func (m *Member) status(id string) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodGet, "/api/v1/statuses/"+id, nil)
}

// quote posts a quote of a status that the member sees.
func (m *Member) quote(status M, text string) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodPost, "/api/v1/statuses", M{"status": text, "quoted_status_id": id(status)})
}

func (c *Cluster) document(s *Server, uri any) M {
	c.T.Helper()
	status, raw := c.Fetch(s, strings.TrimPrefix(uri.(string), "https://"+s.Host))
	if status != http.StatusOK {
		c.T.Fatalf("%v: status %d: %s", uri, status, raw)
	}
	var doc M
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		c.T.Fatal(err)
	}
	return doc
}

func TestQuoteCrossesAndIsRevoked(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		post := p.bo.Post("Worth a quote")
		p.Settle()
		made := p.ana.quote(p.ana.Locate(post["uri"].(string)), "As bo says")
		if quoteState(made) != "pending" || quoted(made) != nil {
			t.Errorf("before bo's server was asked: %v", made["quote"])
		}
		p.Settle()
		if got := p.ana.status(id(made)); quoteState(got) != "accepted" || quoted(got) != post["uri"] || got["edited_at"] != nil {
			t.Errorf("ana sees %v, edited at %v", got["quote"], got["edited_at"])
		}
		seen := p.bo.Locate(made["uri"].(string))
		if quoteState(seen) != "accepted" || quoted(seen) != post["uri"] {
			t.Errorf("bo sees %v", seen["quote"])
		}
		if got := p.bo.status(id(post)); got["quotes_count"] != 1.0 {
			t.Errorf("quoted %v times", got["quotes_count"])
		}
		if told := p.bo.List("/api/v1/notifications?types[]=quote"); len(told) != 1 || told[0]["status"].(M)["uri"] != made["uri"] {
			t.Errorf("bo is told %v", told)
		}
		if home := p.bo.Home(); home[0]["uri"] != made["uri"] {
			t.Errorf("bo's home begins with %v", home[0]["uri"])
		}
		note := p.document(p.Server("a.test"), made["uri"])
		stamp := p.document(p.Server("b.test"), note["quoteAuthorization"])
		if stamp["type"] != "QuoteAuthorization" || stamp["attributedTo"] != p.bo.Actor.URI || stamp["interactingObject"] != made["uri"] || stamp["interactionTarget"] != post["uri"] {
			t.Errorf("authorization %v", stamp)
		}
		for _, name := range []string{"quote", "quoteUri", "quoteUrl", "_misskey_quote"} {
			if note[name] != post["uri"] {
				t.Errorf("%s is %v", name, note[name])
			}
		}
		p.bo.Object(http.MethodPost, "/api/v1/statuses/"+id(post)+"/quotes/"+id(seen)+"/revoke", nil)
		p.Settle()
		for _, got := range []M{p.ana.status(id(made)), p.bo.status(id(seen))} {
			if quoteState(got) != "revoked" || quoted(got) != nil {
				t.Errorf("after the revocation %v", got["quote"])
			}
		}
		if status, _ := p.Fetch(p.Server("b.test"), strings.TrimPrefix(stamp["id"].(string), "https://b.test")); status != http.StatusNotFound {
			t.Errorf("the authorization is still there: %d", status)
		}
		if note := p.document(p.Server("a.test"), made["uri"]); note["quoteAuthorization"] != nil {
			t.Errorf("the note still names %v", note["quoteAuthorization"])
		}
		if got := p.bo.status(id(post)); got["quotes_count"] != 0.0 {
			t.Errorf("quoted %v times", got["quotes_count"])
		}
	})
}

func TestQuotePolicyHoldsAcrossServers(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		refused := p.bo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Not to be quoted", "quote_approval_policy": "nobody"})
		limited := p.bo.Object(http.MethodPost, "/api/v1/statuses", M{"status": "By followers", "quote_approval_policy": "followers"})
		cyn := p.Server("a.test").Member("cyn")
		p.Settle()
		for _, tc := range []struct {
			who  *Member
			post M
			want string
		}{{p.ana, refused, "denied"}, {p.ana, limited, "automatic"}, {cyn, limited, "denied"}} {
			seen := tc.who.Locate(tc.post["uri"].(string))
			if got := seen["quote_approval"].(M)["current_user"]; got != tc.want {
				t.Errorf("%s may quote %q: %v, want %s", tc.who.Handle(), tc.post["content"], got, tc.want)
			}
			status, _ := tc.who.Do(http.MethodPost, "/api/v1/statuses", M{"status": "x", "quoted_status_id": id(seen)})
			if (status == http.StatusOK) != (tc.want == "automatic") {
				t.Errorf("%s quotes %q: %d", tc.who.Handle(), tc.post["content"], status)
			}
		}
		// A policy that changed on its way refuses what was asked for in good faith.
		open := p.bo.Post("Open for now")
		p.Settle()
		seen := p.ana.Locate(open["uri"].(string))
		p.bo.Object(http.MethodPut, "/api/v1/statuses/"+id(open)+"/interaction_policy", M{"quote_approval_policy": "nobody"})
		made := p.ana.quote(seen, "Too late")
		p.Settle()
		if got := p.ana.status(id(made)); quoteState(got) != "rejected" || quoted(got) != nil {
			t.Errorf("ana sees %v", got["quote"])
		}
		if got := p.bo.List("/api/v1/notifications?types[]=quote"); len(got) != 1 {
			t.Errorf("bo is told of %d quotes", len(got))
		}
	})
}

// stage is an instance with a member, and two peers of another make that the member follows.
type stage struct {
	*Cluster
	home     *Server
	ana      *Member
	mia, eve *PeerActor
	note     M // by mia, open for quotes
}

func newStage(t *testing.T, c *Cluster) *stage {
	t.Helper()
	s := &stage{Cluster: c, home: c.Server("a.test")}
	s.ana = s.home.Member("ana")
	s.mia, s.eve = c.NewPeer("masto.test", "mastodon").Actor("mia", "Person"), c.NewPeer("evil.test", "mastodon").Actor("eve", "Person")
	for _, who := range []*PeerActor{s.mia, s.eve} {
		s.ana.Follow("@" + who.Name + "@" + who.Peer.Host)
	}
	c.Settle()
	for _, who := range []*PeerActor{s.mia, s.eve} {
		for _, a := range who.Peer.Received() {
			if a["type"] == "Follow" {
				s.send(who, who.Activity("Accept", "accept-follow", a))
			}
		}
	}
	s.note = s.mia.Note("1", "quote me", func(n M) {
		n["interactionPolicy"] = M{"canQuote": M{"automaticApproval": []string{vocab.Public}}}
	})
	s.send(s.mia, s.mia.Activity("Create", "c1", s.note))
	return s
}

func (s *stage) send(who *PeerActor, activity M) {
	s.T.Helper()
	if status, said := who.Send(s.home, activity); status != http.StatusAccepted {
		s.T.Fatalf("%v is answered %d: %s", activity["type"], status, said)
	}
	s.Settle()
}

// stamp gives an authorization at a peer and serves it.
func (s *stage) stamp(at *PeerActor, name string, by *PeerActor, quoting, target any) string {
	uri := "https://" + at.Peer.Host + "/stamps/" + name
	at.Peer.ServeDoc(M{
		"@context": vocab.Namespace, "id": uri, "type": "QuoteAuthorization", "attributedTo": by.URI,
		"interactingObject": quoting, "interactionTarget": target,
	})
	return uri
}

func staged(t *testing.T, f func(t *testing.T, s *stage)) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) { f(t, newStage(t, c)) })
}

// asked gives the last QuoteRequest that a peer received.
func (a *PeerActor) received(activityType string) M {
	var last M
	for _, activity := range a.Peer.Received() {
		if activity["type"] == activityType {
			last = activity
		}
	}
	return last
}

func TestA22_AuthorizationsAreBelievedFromTheQuotedAuthorsHostOnly(t *testing.T) {
	staged(t, func(t *testing.T, s *stage) {
		made := s.ana.quote(s.ana.Locate(s.note["id"].(string)), "Look")
		s.Settle()
		request := s.mia.received("QuoteRequest")
		instrument, _ := request["instrument"].(M)
		if request["object"] != s.note["id"] || instrument["id"] != made["uri"] || instrument["quote"] != s.note["id"] {
			t.Fatalf("request %v", request)
		}
		accept := func(who *PeerActor, name, result string) {
			s.send(who, who.Activity("Accept", name, request, func(a M) { a["result"] = result }))
		}
		accept(s.mia, "other-host", s.stamp(s.eve, "1", s.mia, made["uri"], s.note["id"]))
		accept(s.mia, "other-post", s.stamp(s.mia, "2", s.mia, "https://a.test/o/1", s.note["id"]))
		accept(s.mia, "other-target", s.stamp(s.mia, "3", s.mia, made["uri"], "https://masto.test/notes/2"))
		accept(s.mia, "other-author", s.stamp(s.mia, "4", s.eve, made["uri"], s.note["id"]))
		accept(s.mia, "nowhere", "https://masto.test/stamps/nowhere")
		accept(s.mia, "none", "")
		good := s.stamp(s.mia, "5", s.mia, made["uri"], s.note["id"])
		accept(s.eve, "eve", good)
		if got := s.ana.status(id(made)); quoteState(got) != "pending" || quoted(got) != nil {
			t.Fatalf("A20: hostile answers made it %v", got["quote"])
		}
		accept(s.mia, "good", good)
		if got := s.ana.status(id(made)); quoteState(got) != "accepted" || quoted(got) != s.note["id"] {
			t.Fatalf("after the answer %v", got["quote"])
		}
		if update := s.mia.received("Update"); update["object"].(M)["quoteAuthorization"] != good {
			t.Errorf("the post goes on with %v", update["object"])
		}
		s.send(s.eve, s.eve.Activity("Delete", "d1", good))
		if got := s.ana.status(id(made)); quoteState(got) != "accepted" {
			t.Errorf("A16: eve took mia's authorization back: %v", got["quote"])
		}
		s.send(s.mia, s.mia.Activity("Delete", "d2", M{"id": good, "type": "QuoteAuthorization"}))
		if got := s.ana.status(id(made)); quoteState(got) != "revoked" || quoted(got) != nil {
			t.Errorf("after the withdrawal %v", got["quote"])
		}
		accept(s.mia, "again", good)
		if got := s.ana.status(id(made)); quoteState(got) != "revoked" {
			t.Errorf("F4: an old authorization brings it back: %v", got["quote"])
		}
	})
}

// TestA22_RemoteQuotesShowNothingWithoutAuthorization: a remote post that quotes another remote one.
func TestA22_RemoteQuotesShowNothingWithoutAuthorization(t *testing.T) {
	staged(t, func(t *testing.T, s *stage) {
		create := func(name string, change func(uri string, n M)) M {
			uri := "https://evil.test/notes/" + name
			note := s.eve.Note(name, "see", func(n M) {
				n["quote"] = s.note["id"]
				change(uri, n)
			})
			s.send(s.eve, s.eve.Activity("Create", "c-"+name, note))
			return s.ana.Locate(uri)
		}
		for name, tc := range map[string]struct {
			want   string
			change func(uri string, n M)
		}{
			"none":     {"pending", func(string, M) {}},
			"own-host": {"rejected", func(uri string, n M) { n["quoteAuthorization"] = s.stamp(s.eve, "1", s.mia, uri, s.note["id"]) }},
			"another": {"rejected", func(_ string, n M) {
				n["quoteAuthorization"] = s.stamp(s.mia, "2", s.mia, "https://evil.test/notes/other", s.note["id"])
			}},
			"embedded": {"rejected", func(uri string, n M) {
				n["quoteAuthorization"] = M{
					"id": "https://masto.test/stamps/none", "type": "QuoteAuthorization", "attributedTo": s.mia.URI,
					"interactingObject": uri, "interactionTarget": s.note["id"],
				}
			}},
			"good": {"accepted", func(uri string, n M) { n["quoteAuthorization"] = s.stamp(s.mia, "3", s.mia, uri, s.note["id"]) }},
		} {
			got := create(name, tc.change)
			if quoteState(got) != tc.want || (quoted(got) != nil) != (tc.want == "accepted") {
				t.Errorf("%s: %v, want %s", name, got["quote"], tc.want)
			}
		}
		// Older software knows no authorization: its quotes stay the links that they hold, but for those of oneself.
		old := create("old", func(_ string, n M) { delete(n, "quote"); n["quoteUrl"] = s.note["id"] })
		if old["quote"] != nil {
			t.Errorf("an old quote shows %v", old["quote"])
		}
		own := create("own", func(_ string, n M) { delete(n, "quote"); n["_misskey_quote"] = old["uri"] })
		if quoteState(own) != "accepted" || quoted(own) != old["uri"] {
			t.Errorf("a quote of oneself shows %v", own["quote"])
		}
		// An authorization that is had later counts from then on.
		uri := "https://evil.test/notes/none"
		note := s.eve.Note("none", "see", func(n M) {
			n["quote"], n["quoteAuthorization"] = s.note["id"], s.stamp(s.mia, "4", s.mia, uri, s.note["id"])
		})
		s.send(s.eve, s.eve.Activity("Update", "u1", note))
		if got := s.ana.Locate(uri); quoteState(got) != "accepted" || got["edited_at"] != nil {
			t.Errorf("after the update %v, edited at %v", got["quote"], got["edited_at"])
		}
	})
}

// TestRequestsToQuoteAreAnswered: what another server may ask of us, and what it is told.
func TestRequestsToQuoteAreAnswered(t *testing.T) {
	staged(t, func(t *testing.T, s *stage) {
		post := s.ana.Post("Quote me")
		closed := s.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Don't", "quote_approval_policy": "nobody"})
		private := s.ana.Object(http.MethodPost, "/api/v1/statuses", M{"status": "Hush", "visibility": "private"})
		s.Settle()
		ask := func(who *PeerActor, name string, instrument, target any) M {
			who.Peer.Received()
			s.send(who, who.Activity("QuoteRequest", "q-"+name, target, func(a M) { a["instrument"] = instrument }))
			for _, activity := range who.Peer.Received() {
				if activity["type"] == "Accept" || activity["type"] == "Reject" {
					return activity
				}
			}
			return nil
		}
		quoting := func(name string, target any) M {
			return s.mia.Note(name, "see ana", func(n M) { n["quote"] = target })
		}
		note := quoting("q1", post["uri"])
		yes := ask(s.mia, "1", note, post["uri"])
		if yes["type"] != "Accept" || yes["object"].(M)["id"] != "https://masto.test/activities/q-1" || yes["object"].(M)["instrument"] != note["id"] {
			t.Fatalf("answer %v", yes)
		}
		if stamp := s.document(s.home, yes["result"]); stamp["interactingObject"] != note["id"] || stamp["interactionTarget"] != post["uri"] {
			t.Errorf("authorization %v", stamp)
		}
		seen := s.ana.Locate(note["id"].(string))
		if quoteState(seen) != "accepted" || quoted(seen) != post["uri"] || len(s.ana.List("/api/v1/notifications?types[]=quote")) != 1 {
			t.Errorf("ana sees %v", seen["quote"])
		}
		if home := s.ana.Home(); home[0]["uri"] != note["id"] {
			t.Errorf("who follows mia does not see the quote at home: %v", home[0]["uri"])
		}
		s.send(s.mia, s.mia.Activity("Update", "u-1", note)) // which does not know the authorization yet
		if got := s.ana.status(id(seen)); quoteState(got) != "accepted" {
			t.Errorf("an update undid what ana's server approved: %v", got["quote"])
		}
		if again := ask(s.mia, "2", note["id"], post["uri"]); again["result"] != yes["result"] {
			t.Errorf("asked again: %v", again)
		}
		if no := ask(s.mia, "3", quoting("q3", closed["uri"]), closed["uri"]); no["type"] != "Reject" || no["result"] != nil {
			t.Errorf("a closed post: %v", no)
		}
		if got := ask(s.eve, "4", s.eve.Note("q4", "x", func(n M) { n["quote"] = private["uri"] }), private["uri"]); got != nil {
			t.Errorf("E2: a hidden post is there: %v", got)
		}
		if got := ask(s.eve, "5", note["id"], post["uri"]); got != nil {
			t.Errorf("A11: eve asked for mia: %v", got)
		}
		if got := ask(s.eve, "6", s.eve.Note("q6", "x"), post["uri"]); got != nil {
			t.Errorf("a post that quotes nothing: %v", got)
		}
		// What ana takes back is not to be had again by asking again.
		s.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(post)+"/quotes/"+id(seen)+"/revoke", nil)
		s.Settle()
		gone := s.mia.received("Delete")
		if object, _ := gone["object"].(M); object["id"] != yes["result"] || object["type"] != "QuoteAuthorization" {
			t.Errorf("mia is told %v", gone)
		}
		if no := ask(s.mia, "7", note, post["uri"]); no["type"] != "Reject" {
			t.Errorf("after the revocation: %v", no)
		}
		if got := s.ana.status(id(seen)); quoteState(got) != "revoked" || quoted(got) != nil {
			t.Errorf("ana sees %v", got["quote"])
		}
	})
}

// TestA23_BoostsAreNotQuoted: a boost is no post, so that nobody gets around a policy by wrapping.
func TestA23_BoostsAreNotQuoted(t *testing.T) {
	staged(t, func(t *testing.T, s *stage) {
		post := s.ana.Post("Boost me")
		boost := s.ana.Object(http.MethodPost, "/api/v1/statuses/"+id(post)+"/reblog", nil)
		note := s.eve.Note("b1", "see", func(n M) { n["quote"] = boost["uri"] })
		s.send(s.eve, s.eve.Activity("Create", "c-b1", note))
		if got := s.ana.Locate(note["id"].(string)); got["quote"] != nil {
			t.Errorf("a quote of a boost shows %v", got["quote"])
		}
		s.send(s.eve, s.eve.Activity("QuoteRequest", "q-b1", boost["uri"], func(a M) { a["instrument"] = note }))
		for _, activity := range s.eve.Peer.Received() {
			if activity["type"] == "Accept" && activity["result"] != nil {
				t.Errorf("a boost may be quoted: %v", activity)
			}
		}
	})
}
