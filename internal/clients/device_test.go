package clients

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// device is a member's plain view of their server, beside any client: what a client claims is looked up with it.
type device struct {
	member member
	token  string
	http   http.Client
}

// status is what a device reads of Mastodon's Status.
type status struct {
	ID        id
	Content   string
	EditedAt  string `json:"edited_at"`
	InReplyTo id     `json:"in_reply_to_id"`
	Account   person
	Reblog    *status
	Media     []struct{ Type, URL, Description string } `json:"media_attachments"`
	Poll      *struct {
		ID      id
		Voted   bool
		Options []struct {
			Title string
			Votes int `json:"votes_count"`
		}
	}
}

// original is what a boost carries, or the status itself.
func (s status) original() status {
	if s.Reblog != nil {
		return *s.Reblog
	}
	return s
}

// device gives a member one more way to their account.
func (m member) device(t *testing.T) *device {
	t.Helper()
	d := &device{member: m, http: http.Client{Timeout: patience}}
	app := ask[struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}](t, d, http.MethodPost, "/api/v1/apps", url.Values{
		"client_name": {"device"}, "redirect_uris": {outOfBand}, "scopes": {everything},
	})
	d.token = ask[struct {
		Access string `json:"access_token"`
	}](t, d, http.MethodPost, "/oauth/token", url.Values{
		"grant_type": {"password"}, "client_id": {app.ID}, "client_secret": {app.Secret}, "scope": {everything},
		"username": {m.email()}, "password": {secret},
	}).Access
	return d
}

// ask gives what the server answers; anything but success ends the test.
func ask[T any](t *testing.T, d *device, method, path string, form url.Values) T {
	t.Helper()
	code, raw := d.send(t, method, path, form)
	if code != http.StatusOK {
		t.Fatalf("%s %s is answered %d: %s", method, path, code, raw)
	}
	return decode[T](t, raw)
}

func read[T any](t *testing.T, d *device, path string) T {
	t.Helper()
	return ask[T](t, d, http.MethodGet, path, nil)
}

func (d *device) send(t *testing.T, method, path string, form url.Values) (int, json.RawMessage) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, d.member.house.base()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", deviceAgent)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if d.token != "" {
		r.Header.Set("Authorization", "Bearer "+d.token)
	}
	answer, err := d.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, raw
}

func (d *device) post(t *testing.T, form url.Values) status {
	t.Helper()
	return ask[status](t, d, http.MethodPost, "/api/v1/statuses", form)
}

// inHome finds what says text among the newest of the home timeline.
func (d *device) inHome(t *testing.T, text string) (status, bool) {
	t.Helper()
	for _, s := range read[[]status](t, d, "/api/v1/timelines/home?limit=40") {
		if s = s.original(); strings.Contains(plain(s.Content), text) {
			return s, true
		}
	}
	return status{}, false
}

// awaits gives what says text as soon as it is in the home timeline.
func (d *device) awaits(t *testing.T, text string) (s status) {
	t.Helper()
	until(t, "in the home of "+d.member.handle()+": "+text, func() (found bool) {
		s, found = d.inHome(t, text)
		return found
	})
	return s
}

func (d *device) status(t *testing.T, number id) status {
	t.Helper()
	return read[status](t, d, "/api/v1/statuses/"+string(number))
}

// gone tells whether the server has no such status.
func (d *device) gone(t *testing.T, number id) bool {
	t.Helper()
	code, _ := d.send(t, http.MethodGet, "/api/v1/statuses/"+string(number), nil)
	return code == http.StatusNotFound
}

// names gives whom a list of accounts holds.
func (d *device) names(t *testing.T, path string) []string {
	t.Helper()
	var names []string
	for _, p := range read[[]person](t, d, path) {
		names = append(names, p.Acct)
	}
	return names
}

func (d *device) notices(t *testing.T) []notice {
	t.Helper()
	return noticesOf(read[[]shownNotice](t, d, "/api/v1/notifications?limit=40"))
}
