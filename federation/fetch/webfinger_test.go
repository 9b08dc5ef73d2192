package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const jrdType = "application/jrd+json; charset=utf-8"

func jrdOf(subject, self string) string {
	return fmt.Sprintf(`{"subject":%q,"aliases":[],"links":[{"rel":"self","type":"text/html","href":"https://a.test/html"},
		{"rel":"http://webfinger.net/rel/profile-page","type":"application/activity+json","href":"https://a.test/page"},7,{"rel":3},
		{"rel":"self","type":"application/activity+json","href":"javascript:alert(1)"},{"rel":"self","type":"application/activity+json","href":%q},
		{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://a.test/{uri}"}]}`, subject, self)
}

func finger(t *testing.T, c *Client, user, host string) (*Finger, error) {
	t.Helper()
	return c.WebFinger(context.Background(), user, host)
}

func TestWebFinger(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	w.page("a.test/.well-known/webfinger", jrdType, jrdOf("acct:Anna@A.test", "https://a.test/u/anna"))
	for _, name := range []string{"anna", "ANNA"} {
		got, err := finger(t, c, name, "a.test")
		if err != nil || *got != (Finger{User: "Anna", Host: "a.test", Self: "https://a.test/u/anna"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	w.page("b.test/.well-known/webfinger", "application/json", `{"links":[{"rel":"self","href":"https://b.test/u","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\""}]}`)
	got, err := finger(t, c, "bo", "B.test.")
	if err != nil || *got != (Finger{User: "bo", Host: "b.test", Self: "https://b.test/u"}) {
		t.Errorf("without subject: got %+v, %v", got, err)
	}
	w.expect(t, "GET https://a.test/.well-known/webfinger?resource=acct%3Aanna%40a.test",
		"GET https://a.test/.well-known/webfinger?resource=acct%3AANNA%40a.test", "GET https://b.test/.well-known/webfinger?resource=acct%3Abo%40b.test")
}

func TestWebFingerRefuses(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	const fine = `{"links":[{"rel":"self","href":"https://a.test/u","type":"application/activity+json"}]}`
	for name, answer := range map[string]struct{ contentType, body string }{
		"html":       {"text/html", fine},
		"xml":        {"application/xrd+xml", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><XRD/>`},
		"activity":   {"application/activity+json", fine},
		"no actor":   {jrdType, `{"subject":"acct:u@a.test","links":[{"rel":"self","type":"text/html","href":"https://a.test/u"}]}`},
		"no links":   {jrdType, `{"subject":"acct:u@a.test"}`},
		"odd links":  {jrdType, `{"links":"x"}`},
		"file":       {jrdType, `{"links":[{"rel":"self","href":"file:///etc/hosts","type":"application/activity+json"}]}`},
		"two":        {jrdType, `{"links":[],"Links":[{"rel":"self","href":"https://a.test/u","type":"application/activity+json"}]}`},
		"deep":       {jrdType, `{"links":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`},
		"bad handle": {jrdType, `{"subject":"acct:u@b.test/x",` + fine[1:]},
		"two hosts":  {jrdType, `{"subject":"acct:u@a.test@b.test",` + fine[1:]},
		"long":       {jrdType, `{"x":"` + strings.Repeat("x", 1<<20) + `",` + fine[1:]},
	} {
		host := strings.ReplaceAll(name, " ", "") + ".test"
		w.page(host+"/.well-known/webfinger", answer.contentType, answer.body)
		if got, err := finger(t, c, "u", host); KindOf(err) != Refused {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	w.status("gone.test/.well-known/webfinger", 410)
	_, err := finger(t, c, "u", "gone.test")
	wantKind(t, err, Gone)
	_, err = finger(t, c, "u", "none.test")
	wantKind(t, err, NotFound)
}

// TestC21_NoXML: a host that has only host-meta is not found, and its XML is not asked for.
func TestC21_NoXML(t *testing.T) {
	w := newWeb(t)
	w.page("a.test/.well-known/host-meta", "application/xrd+xml", `<XRD><Link rel="lrdd" template="https://a.test/wf?{uri}"/></XRD>`)
	_, err := finger(t, w.client(t, Config{}), "u", "a.test")
	wantKind(t, err, NotFound)
	w.expect(t, "GET https://a.test/.well-known/webfinger?resource=acct%3Au%40a.test")
}

func TestD10_NothingGetsIntoTheQuery(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for _, bad := range [][2]string{
		{"u&resource=acct:admin", "a.test"},
		{"u#", "a.test"},
		{"u?x", "a.test"},
		{"u/../x", "a.test"},
		{"", "a.test"},
		{"u%26x", "a.test"},
		{"u\r\nx", "a.test"},
		{"u", "a.test/x?y="},
		{"u", "a.test#"},
		{"u", "a.test?x=y"},
		{"u", "x@a.test"},
		{"u@b.test", "a.test"},
		{"u", "a.test\\"},
		{"u", "a.test:443:1"},
		{"u", ""},
	} {
		_, err := finger(t, c, bad[0], bad[1])
		wantKind(t, err, Refused)
		_, err = c.NodeInfo(context.Background(), bad[1])
		if bad[1] != "a.test" {
			wantKind(t, err, Refused)
		}
	}
	for _, seen := range w.requests() {
		if seen != "GET https://a.test/.well-known/nodeinfo" {
			t.Errorf("request %s", seen)
		}
	}
}

func TestA29_AnotherHostMustConfirmItsHandle(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	wf := func(host, subject, self string) {
		w.page(host+"/.well-known/webfinger", jrdType, jrdOf(subject, self))
	}
	// The web host of an organization that gives handles under its main name.
	wf("social.org.test", "acct:anna@org.test", "https://social.org.test/u/anna")
	w.HandleFunc("org.test/.well-known/webfinger", func(out http.ResponseWriter, r *http.Request) {
		http.Redirect(out, r, "https://social.org.test"+r.URL.RequestURI(), http.StatusFound)
	})
	for _, host := range []string{"org.test", "social.org.test"} {
		got, err := finger(t, c, "anna", host)
		if err != nil || *got != (Finger{User: "anna", Host: "org.test", Self: "https://social.org.test/u/anna"}) {
			t.Errorf("%s: got %+v, %v", host, got, err)
		}
	}
	// One that claims the handle of somebody else.
	wf("evil.test", "acct:bob@victim.test", "https://evil.test/u/bob")
	wf("victim.test", "acct:bob@victim.test", "https://victim.test/u/bob")
	_, err := finger(t, c, "bob", "evil.test")
	wantKind(t, err, Refused)
	wf("evil2.test", "acct:bob@nowhere.test", "https://evil2.test/u/bob")
	_, err = finger(t, c, "bob", "evil2.test")
	wantKind(t, err, NotFound)
	// One that leads on and on.
	wf("one.test", "acct:x@two.test", "https://one.test/x")
	wf("two.test", "acct:x@three.test", "https://one.test/x")
	w.requests()
	_, err = finger(t, c, "x", "one.test")
	wantKind(t, err, Refused)
	if got := len(w.requests()); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestWellKnownInDevelopment(t *testing.T) {
	w := newWeb(t)
	transport := newTransport(newGuard(true), defaultLimits, always("127.0.0.1"))
	c := New(Config{Development: true, Transport: transport, Timeout: time.Minute})
	t.Cleanup(c.CloseIdleConnections)
	host := "localhost:" + portOf(w.plain.URL)
	w.HandleFunc("localhost/.well-known/webfinger", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", jrdType)
		_, _ = io.WriteString(out, jrdOf("acct:u@"+r.Host, "http://"+r.Host+"/u"))
	})
	w.page("localhost/.well-known/nodeinfo", "application/json", linksTo("2.0", "http://"+host+"/nodeinfo/2.0"))
	w.page("localhost/nodeinfo/2.0", "application/json", `{"software":{"name":"praxis","version":"1"}}`)
	got, err := finger(t, c, "u", host)
	if err != nil || *got != (Finger{User: "u", Host: host, Self: "http://" + host + "/u"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	info, err := c.NodeInfo(context.Background(), host)
	if err != nil || *info != (NodeInfo{Software: "praxis", Version: "1"}) {
		t.Errorf("got %+v, %v", info, err)
	}
}

// TestInstanceActorsOfHostsWithPorts: their name is their host, with the port, which is no name of a user.
func TestInstanceActorsOfHostsWithPorts(t *testing.T) {
	for subject, good := range map[string]bool{"acct:a.test:81@a.test:81": true, "acct:a.test@a.test": true, "acct:a.test:81@b.test": false, "acct:x:y@b.test": false} {
		found, err := readFinger([]byte(`{"subject":"` + subject + `","links":[{"rel":"self","type":"application/activity+json","href":"http://a.test:81/actor"}]}`))
		if good != (err == nil) || good && found.Self != "http://a.test:81/actor" {
			t.Errorf("%s: %+v, %v", subject, found, err)
		}
	}
}
