package peers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
)

type M = testrig.M

const public = vocab.Public

// fake is a server of another make: a member and, where the software knows them, a community.
type fake struct {
	*testrig.Cluster
	t        *testing.T
	d        *dialect
	server   *testrig.Server // ours
	ana      *testrig.Member // of ours
	care     *models.Actor   // ana's community
	peer     *testrig.Peer
	mia, grp *testrig.PeerActor
	n        int
	log      []M // all that was heard
}

func newFake(t *testing.T, d *dialect, more ...string) *fake {
	t.Helper()
	f := &fake{Cluster: testrig.NewCluster(t, append([]string{"a.test"}, more...)...), t: t, d: d}
	f.server = f.Server("a.test")
	f.ana = f.server.Member("ana")
	f.care = f.server.Community("care", f.ana)
	f.peer = f.NewPeer("peer.test", d.software)
	f.mia = f.peer.ActorAt(d.person, "mia", "Person", d.dressPerson)
	if d.group != "" {
		f.grp = f.peer.ActorAt(d.group, "grp", "Group", d.dressGroup)
	}
	if d.prepare != nil {
		d.prepare(f)
	}
	f.peer.Judge = f.judgeRequest
	return f
}

// judgeRequest is what every software asks of a delivery before it reads it.
func (f *fake) judgeRequest(r *http.Request) int {
	signature := r.Header.Get("Signature")
	switch {
	case !strings.HasPrefix(r.Header.Get("Digest"), "SHA-256="),
		!strings.Contains(signature, `keyId="https://a.test/`),
		!strings.Contains(signature, `algorithm="rsa-sha256"`),
		!strings.Contains(signature, `headers="(request-target) host date digest`):
		f.t.Errorf("%s refuses a request signed %q, %q", f.d.software, signature, r.Header.Get("Digest"))
		return http.StatusUnauthorized
	case r.Header.Get("Content-Type") != "application/activity+json":
		f.t.Errorf("%s refuses the media type %q", f.d.software, r.Header.Get("Content-Type"))
		return http.StatusUnsupportedMediaType
	}
	return http.StatusAccepted
}

// id makes an address of a kind: post, comment, or activity.
func (f *fake) id(kind string) string {
	f.n++
	form := f.d.ids[kind]
	if form == "" {
		form = "/" + kind + "/%d"
	}
	return "https://peer.test" + fmt.Sprintf(form, f.n)
}

// send delivers an activity to an inbox of ours, and lets everything come to rest.
func (f *fake) send(from *testrig.PeerActor, activity any) {
	f.t.Helper()
	raw, err := json.Marshal(activity)
	if err != nil {
		f.t.Fatal(err)
	}
	if status, body := from.SendRaw(f.server, raw, "", nil); status != http.StatusAccepted {
		f.t.Fatalf("%s of %s is answered %d %s", raw, f.d.software, status, body)
	}
	f.Settle()
}

// hear gives what came since the last time, every word of it judged.
func (f *fake) hear() []M {
	f.t.Helper()
	f.Settle()
	got := f.peer.Received()
	for _, activity := range got {
		for _, complaint := range append(anybody(activity), f.d.strict(f, activity)...) {
			raw, _ := json.MarshalIndent(activity, "", "  ")
			f.t.Errorf("%s refuses a %v: %s\n%.3000s", f.d.software, activity["type"], complaint, raw)
		}
	}
	f.log = append(f.log, got...)
	return got
}

// one gives the one activity of a type among what came, unwrapped where a community announced it.
func (f *fake) one(activities []M, kind string) M {
	f.t.Helper()
	var found M
	for _, activity := range activities {
		if inner, ok := activity["object"].(M); ok && activity["type"] == "Announce" {
			activity = inner
		}
		if activity["type"] == kind {
			found = activity
		}
	}
	if found == nil {
		f.t.Fatalf("%s heard no %s: %s", f.d.software, kind, show(activities))
	}
	return found
}

// announced gives the activity form that a community of ours sent of an activity.
func announced(activities []M, id any) M {
	for _, activity := range activities {
		if inner, ok := activity["object"].(M); ok && activity["type"] == "Announce" && inner["id"] == id {
			return inner
		}
	}
	return nil
}

func show(activities []M) string {
	raw, _ := json.Marshal(activities)
	return fmt.Sprintf("%.2000s", raw)
}

// holds tells whether a status is in a list, boosts opened.
func holds(list []M, uri any) bool {
	for _, status := range list {
		if inner, ok := status["reblog"].(M); ok {
			status = inner
		}
		if status["uri"] == uri {
			return true
		}
	}
	return false
}

// find gives a status from somebody's home by its uri, boosts opened; nil when it is not there.
func find(m *testrig.Member, uri any) M {
	for _, status := range m.Home() {
		if inner, ok := status["reblog"].(M); ok {
			status = inner
		}
		if status["uri"] == uri {
			return status
		}
	}
	return nil
}

// status asks for a status as it is now.
func status(m *testrig.Member, id any) M {
	return m.Object(http.MethodGet, "/api/v1/statuses/"+id.(string), nil)
}

// replies gives what a thread holds below a status, as uri → text.
func replies(m *testrig.Member, id any) map[string]string {
	thread := m.Object(http.MethodGet, "/api/v1/statuses/"+id.(string)+"/context", nil)
	texts := map[string]string{}
	for _, item := range thread["descendants"].([]any) {
		texts[item.(M)["uri"].(string)] = item.(M)["content"].(string)
	}
	return texts
}

func isGone(m *testrig.Member, id any) bool {
	code, _ := m.Do(http.MethodGet, "/api/v1/statuses/"+id.(string), nil)
	return code == http.StatusNotFound
}
