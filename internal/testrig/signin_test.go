package testrig

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/internal/config"
	"praxis/internal/testrig/provider"
	"praxis/models"
	"praxis/practice"
)

// staff is an instance whose people sign in by a provider.
type staff struct {
	*Server
	t  *testing.T
	at *provider.Provider
}

func newStaff(t *testing.T, c *Cluster, add func(host string, changes ...func(*config.Config)) *Server, changes ...func(*config.Config)) *staff {
	t.Helper()
	c.Clock.Advance(time.Since(c.Clock.Now())) // the provider lives by the clock of this machine
	const host = "clinic.test"
	at := provider.New(t, "https://"+host+"/auth/oidc/staff/callback")
	at.Add(provider.User{Subject: "s-1", Login: "cleo", Name: "Cleo Berg", Email: "cleo@clinic.test", Verified: true, Groups: []string{"nurses"}})
	changes = append([]func(*config.Config){func(cfg *config.Config) {
		cfg.OIDCProviders = []config.OIDCProvider{{
			Key: "staff", Name: "Staff", Issuer: at.URL, ClientID: provider.ClientID, ClientSecret: provider.Secret,
			Scopes: []string{"openid", "profile", "email", "offline_access"}, GroupsClaim: "groups", ExternalIDClaim: "sub", Create: true,
			Communities: map[string][]string{"nurses": {"woundcare", "nowhere"}, "surgeons": {"theatre"}},
		}}
	}}, changes...)
	return &staff{Server: add(host, changes...), t: t, at: at}
}

// window is a browser of somebody.
type window struct {
	s      *staff
	client *http.Client
}

func (s *staff) window() *window {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &window{s, &http.Client{Transport: s.Cluster.Network, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (w *window) send(method, address string, values url.Values) (*http.Response, string) {
	w.s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = "https://" + w.s.Host + address
	}
	r, err := http.NewRequestWithContext(w.s.t.Context(), method, address, strings.NewReader(values.Encode()))
	if err != nil {
		w.s.t.Fatal(err)
	}
	if values != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.client.Do(r)
	if err != nil {
		w.s.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.s.t.Fatal(err)
	}
	return res, string(body)
}

// come signs login in and gives where that leads, or what the page says.
func (w *window) come(login string) (string, string) {
	w.s.t.Helper()
	res, body := w.send(http.MethodGet, "/auth/oidc/staff", nil)
	if res.StatusCode != http.StatusSeeOther {
		w.s.t.Fatalf("to the provider: %d %s", res.StatusCode, body)
	}
	res, body = w.send(http.MethodGet, w.s.at.Visit(res.Header.Get("Location"), login), nil)
	if res.Header.Get("Location") == "/auth/welcome" {
		res, body = w.send(http.MethodPost, "/auth/welcome", url.Values{"username": {login}, "agreement": {"true"}})
	}
	return res.Header.Get("Location"), body
}

func (s *staff) mustCome(login string) *window {
	s.t.Helper()
	w := s.window()
	if led, body := w.come(login); led != "/" {
		s.t.Fatalf("%s comes to %q: %s", login, led, body)
	}
	return w
}

func (w *window) isIn() bool {
	w.s.t.Helper()
	res, _ := w.send(http.MethodGet, "/settings/identities", nil)
	return res.StatusCode == http.StatusOK
}

func (s *staff) actor(name string) *models.Actor {
	s.t.Helper()
	actor, err := s.Store.Read(s.t.Context()).ActorByHandle(name, s.Host)
	if err != nil {
		s.t.Fatal(err)
	}
	return actor
}

func (s *staff) belongs(name, community string) bool {
	s.t.Helper()
	m, err := s.Store.Read(s.t.Context()).MembershipIfAny(s.actor(community).ID, s.actor(name).ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return m != nil && m.State == models.MembershipAccepted
}

func eachStaff(t *testing.T, f func(t *testing.T, s *staff), changes ...func(*config.Config)) {
	Each(t, nil, func(t *testing.T, c *Cluster) {
		add := c.AddSQLite
		if strings.HasSuffix(t.Name(), "postgres") {
			add = c.AddPostgres
		}
		f(t, newStaff(t, c, add, changes...))
	})
}

func TestGroupsJoinTheCommunitiesThatTheyAreInvitedTo(t *testing.T) {
	eachStaff(t, func(t *testing.T, s *staff) {
		closed := func(c *practice.NewCommunity) { c.Joining = models.JoiningInvitation }
		s.Community("woundcare", nil, closed)
		s.Community("theatre", nil, closed)
		s.mustCome("cleo")
		s.Cluster.Settle()
		if !s.belongs("cleo", "woundcare") || s.belongs("cleo", "theatre") {
			t.Error("the groups of the first sign-in did not do what they say")
		}
		if err := s.Service.Leave(t.Context(), s.actor("cleo"), s.actor("woundcare")); err != nil {
			t.Fatal(err)
		}
		s.at.Add(provider.User{Subject: "s-1", Login: "cleo", Groups: []string{"nurses", "surgeons"}})
		s.mustCome("cleo")
		if s.belongs("cleo", "woundcare") {
			t.Error("a group takes back who left the community")
		}
		if !s.belongs("cleo", "theatre") {
			t.Error("a group that came later does nothing")
		}
	})
}

// scim calls the directory's interface.
func (s *staff) scim(method, path, token string, body any) (int, M) {
	s.t.Helper()
	status, raw := s.Cluster.Do(method, "https://"+s.Host+"/scim/v2"+path, token, body)
	object := M{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &object); err != nil {
			s.t.Fatalf("%s %s: %d %s", method, path, status, raw)
		}
	}
	return status, object
}

func TestADirectorySwitchesPeopleOffAndOn(t *testing.T) {
	eachStaff(t, func(t *testing.T, s *staff) {
		s.Community("woundcare", nil)
		w := s.mustCome("cleo")
		token, err := s.Service.NewDirectoryToken(t.Context(), "staff")
		if err != nil {
			t.Fatal(err)
		}
		client, err := s.OAuth.IssueToken(t.Context(), s.actor("cleo"), "test", "read")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User"} {
			if status, object := s.scim(http.MethodGet, path, token, nil); status != http.StatusOK || object["schemas"] == nil {
				t.Errorf("%s: %d %v", path, status, object)
			}
		}
		id := ""
		for _, filter := range []string{`externalId eq "s-1"`, `userName Eq "CLEO"`, ""} {
			status, found := s.scim(http.MethodGet, "/Users?filter="+url.QueryEscape(filter), token, nil)
			if status != http.StatusOK || found["totalResults"] != 1.0 {
				t.Fatalf("%s: %d %v", filter, status, found)
			}
			user := found["Resources"].([]any)[0].(M)
			if id = user["id"].(string); user["active"] != true || user["userName"] != "cleo" || user["externalId"] != "s-1" {
				t.Errorf("%s finds %v", filter, user)
			}
		}
		if status, found := s.scim(http.MethodGet, "/Users?filter="+url.QueryEscape(`userName eq "nobody"`), token, nil); status != http.StatusOK || found["totalResults"] != 0.0 {
			t.Errorf("nobody is found: %d %v", status, found)
		}
		off := M{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []M{
			{"op": "Replace", "path": "displayName", "value": "Mallory"}, {"op": "Replace", "path": "active", "value": "False"},
		}}
		status, user := s.scim(http.MethodPatch, "/Users/"+id, token, off)
		if status != http.StatusOK || user["active"] != false || user["displayName"] != "Cleo Berg" {
			t.Errorf("off: %d %v", status, user)
		}
		if w.isIn() || s.actor("cleo").LeftAt == 0 {
			t.Error("the session lives, or the leaving did not begin")
		}
		if status, _ := s.Cluster.Do(http.MethodGet, "https://"+s.Host+"/api/v1/accounts/verify_credentials", client, nil); status != http.StatusUnauthorized {
			t.Errorf("the token of an app still works: %d", status)
		}
		if led, body := s.window().come("cleo"); led != "" || !strings.Contains(body, "said that you have left") {
			t.Errorf("somebody who left comes to %q: %s", led, body)
		}
		if status, user = s.scim(http.MethodPut, "/Users/"+id, token, M{"userName": "cleo", "active": true}); status != http.StatusOK || user["active"] != true {
			t.Errorf("on: %d %v", status, user)
		}
		if !s.mustCome("cleo").isIn() || s.actor("cleo").LeftAt != 0 {
			t.Error("whoever is back is not in")
		}
		if status, _ := s.scim(http.MethodDelete, "/Users/"+id, token, nil); status != http.StatusNoContent || s.actor("cleo").LeftAt == 0 {
			t.Errorf("removed: %d", status)
		}
		entries, err := s.Store.Read(t.Context()).AuditPage(models.AuditFilter{Action: "identity.end"}, models.Page{Limit: 5})
		if err != nil || len(entries) != 2 {
			t.Errorf("the audit log has %d lines on it, %v", len(entries), err)
		}
	})
}

func TestDirectoriesThatMayNotAndWhatTheyCannotSay(t *testing.T) {
	c := NewCluster(t)
	s := newStaff(t, c, c.AddSQLite)
	w := s.mustCome("cleo")
	token, err := s.Service.NewDirectoryToken(t.Context(), "staff")
	if err != nil {
		t.Fatal(err)
	}
	_, found := s.scim(http.MethodGet, "/Users", token, nil)
	path := "/Users/" + found["Resources"].([]any)[0].(M)["id"].(string)
	for _, wrong := range []string{"", "x", token + "x"} {
		if status, object := s.scim(http.MethodPatch, path, wrong, M{"Operations": []M{{"op": "replace", "path": "active", "value": false}}}); status != http.StatusUnauthorized || object["status"] != "401" {
			t.Errorf("token %.3q: %d %v", wrong, status, object)
		}
	}
	for name, body := range map[string]any{
		"no object": []int{1}, "no operations": M{}, "active is a number": M{"Operations": []M{{"op": "replace", "path": "active", "value": 7}}},
		"active is nothing": M{"Operations": []M{{"op": "replace", "path": "active", "value": nil}}}, "another operation": M{"Operations": []M{{"op": "copy"}}},
		"a list as value": M{"Operations": []M{{"op": "replace", "value": []int{1}}}}, "too long": M{"x": strings.Repeat("x", 70_000)},
		"too many": M{"Operations": slices.Repeat([]M{{"op": "add", "path": "name", "value": "x"}}, 101)},
	} {
		if status, object := s.scim(http.MethodPatch, path, token, body); status != http.StatusBadRequest || object["detail"] == "" {
			t.Errorf("%s: %d %v", name, status, object)
		}
	}
	for filter, want := range map[string]int{
		`userName co "a"`: 400, `name eq "a"`: 400, `userName eq`: 400, `userName eq "a" or active eq true`: 400, `userName eq "'; DROP TABLE identity; --"`: 200,
	} {
		if status, object := s.scim(http.MethodGet, "/Users?startIndex=-7&count=x&filter="+url.QueryEscape(filter), token, nil); status != want {
			t.Errorf("%s: %d %v", filter, status, object)
		}
	}
	if status, _ := s.scim(http.MethodPost, "/Users", token, M{"userName": "dora"}); status != http.StatusForbidden {
		t.Errorf("a directory makes an account: %d", status)
	}
	for _, nobody := range []string{"1", "x"} {
		if status, _ := s.scim(http.MethodDelete, "/Users/"+nobody, token, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", nobody, status)
		}
	}
	if !w.isIn() {
		t.Error("one of them ended a session")
	}
	if err := s.Service.DropDirectoryToken(t.Context(), "staff"); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.scim(http.MethodGet, "/Users", token, nil); status != http.StatusUnauthorized {
		t.Errorf("a token that was taken away: %d", status)
	}
}

func TestWhoIsAwayForTooLongLeaves(t *testing.T) {
	eachStaff(t, func(t *testing.T, s *staff) {
		const day = 24 * time.Hour
		w := s.mustCome("cleo")
		left := func() bool { s.Cluster.Settle(); return s.actor("cleo").LeftAt != 0 }
		for range 12 {
			s.Cluster.Clock.Advance(2 * day) // the provider is asked, and stands by her
			if left() {
				t.Fatal("somebody of whom the provider tells is away")
			}
		}
		s.at.SetDown(true)
		s.Cluster.Clock.Advance(2 * day)
		s.Cluster.Settle()
		s.Cluster.Clock.Advance(20 * day)
		if left() {
			t.Fatal("a provider that is down sends people away")
		}
		s.at.SetDown(false)
		s.Cluster.Clock.Advance(2 * day)
		if left() {
			t.Fatal("the provider is back, and she is away")
		}
		s.at.Forget("s-1")
		s.Cluster.Clock.Advance(2 * day)
		if left() {
			t.Fatal("she leaves at once")
		}
		s.Cluster.Clock.Advance(6 * day)
		if !left() || w.isIn() {
			t.Error("she is still here")
		}
		s.at.Alter(func(claims map[string]any) { // the provider lives by another clock
			claims["iat"], claims["exp"] = s.Cluster.Clock.Now().Unix(), s.Cluster.Clock.Now().Add(time.Hour).Unix()
		})
		if led, body := s.window().come("cleo"); led != "" || !strings.Contains(body, "said that you have left") {
			t.Errorf("after leaving she comes to %q: %s", led, body)
		}
		account, err := s.Store.Read(t.Context()).AccountByActor(s.actor("cleo").ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Service.StopLeaving(t.Context(), account.ID); err != nil {
			t.Fatal(err)
		}
		if !s.mustCome("cleo").isIn() || left() {
			t.Error("an admin took the leaving back, and she is not in")
		}
	}, func(cfg *config.Config) { cfg.OIDCAbsentDays = 7 })
}

func TestTheLastAdminDoesNotLeaveByADirectory(t *testing.T) {
	c := NewCluster(t)
	s := newStaff(t, c, c.AddSQLite)
	w := s.mustCome("cleo")
	if err := s.Service.SetRole(t.Context(), s.actor("cleo"), models.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	token, err := s.Service.NewDirectoryToken(t.Context(), "staff")
	if err != nil {
		t.Fatal(err)
	}
	_, found := s.scim(http.MethodGet, "/Users", token, nil)
	path := "/Users/" + found["Resources"].([]any)[0].(M)["id"].(string)
	if status, _ := s.scim(http.MethodDelete, path, token, nil); status != http.StatusNoContent {
		t.Errorf("removed: %d", status)
	}
	if w.isIn() || s.actor("cleo").LeftAt != 0 {
		t.Error("the session lives, or nobody administers the instance")
	}
}
