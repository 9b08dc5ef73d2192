package testrig

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"praxis/internal/password"
	"praxis/models"
	"praxis/practice"
)

// Member is somebody who uses an instance from a client.
type Member struct {
	Server *Server
	Actor  *models.Actor
	Token  string
}

// Password is what every member signs in with.
const Password = "correct horse battery"

// M is a JSON object.
type M = map[string]any

// Member makes a member with a token of all scopes.
func (s *Server) Member(name string) *Member {
	s.Cluster.T.Helper()
	actor, err := s.Service.CreateMember(context.Background(), practice.NewMember{
		Username: name, DisplayName: strings.ToUpper(name[:1]) + name[1:], Password: Password, Hashing: password.Cheap(),
	})
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	token, err := s.OAuth.IssueToken(context.Background(), actor, "test", "read write follow push")
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	return &Member{Server: s, Actor: actor, Token: token}
}

// Handle is the member's name with its host.
func (m *Member) Handle() string { return "@" + m.Actor.Username + "@" + m.Server.Host }

// Do calls the client API through the network and gives status and body. Body may be nil, or anything for JSON.
func (m *Member) Do(method, path string, body any) (int, []byte) {
	m.Server.Cluster.T.Helper()
	return m.Server.Cluster.Do(method, "https://"+m.Server.Host+path, m.Token, body)
}

// Call calls the client API, fails unless the answer is 200, and gives it decoded.
func (m *Member) Call(method, path string, body any) any {
	m.Server.Cluster.T.Helper()
	status, raw := m.Do(method, path, body)
	if status != http.StatusOK {
		m.Server.Cluster.T.Fatalf("%s %s: status %d: %s", method, path, status, raw)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		m.Server.Cluster.T.Fatalf("%s %s: %v: %s", method, path, err, raw)
	}
	return value
}

// Object is Call for an answer that is an object.
func (m *Member) Object(method, path string, body any) M {
	m.Server.Cluster.T.Helper()
	object, ok := m.Call(method, path, body).(M)
	if !ok {
		m.Server.Cluster.T.Fatalf("%s %s: the answer is no object", method, path)
	}
	return object
}

// List is Call for an answer that is a list of objects.
func (m *Member) List(path string) []M {
	m.Server.Cluster.T.Helper()
	list, ok := m.Call(http.MethodGet, path, nil).([]any)
	if !ok {
		m.Server.Cluster.T.Fatalf("GET %s: the answer is no list", path)
	}
	objects := make([]M, len(list))
	for i, item := range list {
		objects[i] = item.(M)
	}
	return objects
}

// Find looks an account up by handle, asking other hosts, and gives its id.
func (m *Member) Find(handle string) string {
	m.Server.Cluster.T.Helper()
	found := m.Object(http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+handle, nil)
	accounts := found["accounts"].([]any)
	if len(accounts) == 0 {
		m.Server.Cluster.T.Fatalf("%s does not find %s", m.Handle(), handle)
	}
	return accounts[0].(M)["id"].(string)
}

// Follow looks an account up and follows it; the relationship is given.
func (m *Member) Follow(handle string) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodPost, "/api/v1/accounts/"+m.Find(handle)+"/follow", nil)
}

// Post publishes a status.
func (m *Member) Post(text string) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodPost, "/api/v1/statuses", M{"status": text})
}

// Reply answers a status that the member sees under id.
func (m *Member) Reply(id, text string) M {
	m.Server.Cluster.T.Helper()
	return m.Object(http.MethodPost, "/api/v1/statuses", M{"status": text, "in_reply_to_id": id})
}

// Home gives the member's home timeline.
func (m *Member) Home() []M {
	m.Server.Cluster.T.Helper()
	return m.List("/api/v1/timelines/home?limit=40")
}

// Locate gives the status of an ActivityPub id, or of the page that shows it, as the member sees it.
func (m *Member) Locate(uri string) M {
	m.Server.Cluster.T.Helper()
	found := m.Object(http.MethodGet, "/api/v2/search?resolve=true&type=statuses&q="+uri, nil)
	statuses := found["statuses"].([]any)
	if len(statuses) == 0 {
		m.Server.Cluster.T.Fatalf("%s does not find %s", m.Handle(), uri)
	}
	return statuses[0].(M)
}

// Do sends a request through the network, with a bearer token unless it is "".
func (c *Cluster) Do(method, url, token string, body any) (int, []byte) {
	c.T.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			c.T.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, url, content)
	if err != nil {
		c.T.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := (&http.Client{Transport: c.Network, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		c.T.Fatal(err)
	}
	return answer.StatusCode, raw
}
