package testrig

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"praxis/internal/config"
	"praxis/internal/testdb"
)

var linkPattern = regexp.MustCompile(`https://hospital\.test/auth/[a-z/]+\?token=\S+`)

// form sends a form as a browser does that has the page open.
func (c *Cluster) form(address string, values url.Values) (int, string) {
	c.T.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, strings.NewReader(values.Encode()))
	if err != nil {
		c.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := c.Network.RoundTrip(r)
	if err != nil {
		c.T.Fatal(err)
	}
	defer answer.Body.Close()
	body := new(strings.Builder)
	buffer := make([]byte, 64<<10)
	for {
		n, err := answer.Body.Read(buffer)
		body.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return answer.StatusCode, body.String()
}

func (c *Cluster) object(method, address, token string, body any) (int, M) {
	c.T.Helper()
	status, raw := c.Do(method, address, token, body)
	object := M{}
	_ = json.Unmarshal(raw, &object)
	return status, object
}

// signUp registers an app and signs somebody up by it.
func (s *Server) signUp(name string) (token string) {
	c := s.Cluster
	c.T.Helper()
	base := "https://" + s.Host
	_, app := c.object(http.MethodPost, base+"/api/v1/apps", "", M{"client_name": "App", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"})
	_, own := c.object(http.MethodPost, base+"/oauth/token", "", M{
		"grant_type": "client_credentials", "client_id": app["client_id"], "client_secret": app["client_secret"], "scope": "read write",
	})
	status, made := c.object(http.MethodPost, base+"/api/v1/accounts", own["access_token"].(string), M{
		"username": name, "email": name + "@mail.test", "password": Password, "agreement": true, "locale": "en", "reason": "to learn",
	})
	if status != http.StatusOK {
		c.T.Fatalf("sign-up: %d %v", status, made)
	}
	return made["access_token"].(string)
}

// TestSignUpByLetter: from the app to the letter to the first call, over a real mail server that fails at first.
func TestSignUpByLetter(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": testdb.SQLite, "postgres": testdb.Postgres} {
		t.Run(name, func(t *testing.T) {
			c, post := NewCluster(t, "clinic.test"), NewMailServer(t)
			hospital := c.AddServer("hospital.test", database(t), func(cfg *config.Config) { cfg.Registrations = "open"; post.Use(cfg) })
			base := "https://hospital.test"
			post.Refuse("451 come back later")
			token := hospital.signUp("newcomer")
			c.Settle()
			if n := len(post.Letters()); n != 0 {
				t.Fatalf("%d letters", n)
			}
			post.Refuse("")
			c.Clock.Advance(2 * time.Minute)
			c.Settle()
			c.Settle()
			letters := post.Letters()
			if len(letters) != 1 || letters[0].To != "newcomer@mail.test" {
				t.Fatalf("letters: %+v", letters)
			}
			check := func(want int, text string) {
				t.Helper()
				status, body := c.object(http.MethodGet, base+"/api/v1/accounts/verify_credentials", token, nil)
				if got, _ := body["error"].(string); status != want || got != text {
					t.Errorf("%d %v", status, body)
				}
			}
			check(http.StatusForbidden, "Your login is missing a confirmed e-mail address")
			if status, raw := c.Do(http.MethodGet, base+"/api/v1/emails/check_confirmation", token, nil); status != http.StatusOK || string(raw) != "false" {
				t.Errorf("confirmed: %d %s", status, raw)
			}
			if status, _ := c.form(base+"/auth/sign_in", url.Values{"login": {"newcomer"}, "password": {Password}}); status != http.StatusForbidden {
				t.Errorf("sign-in: %d", status)
			}
			if status, _ := c.Do(http.MethodGet, base+"/u/newcomer", "", nil); status != http.StatusNotFound {
				t.Errorf("the document: %d", status)
			}
			link := linkPattern.FindString(letters[0].Text)
			if status, page := c.Do(http.MethodGet, link, "", nil); status != http.StatusOK || !strings.Contains(string(page), "newcomer@mail.test") {
				t.Fatalf("page: %d %s", status, page)
			}
			check(http.StatusForbidden, "Your login is missing a confirmed e-mail address") // to look is not to confirm
			parsed, err := url.Parse(link)
			if err != nil {
				t.Fatal(err)
			}
			secret := parsed.Query().Get("token")
			if status, _ := c.form(base+"/auth/confirmation", url.Values{"token": {secret + "x"}}); status != http.StatusNotFound {
				t.Errorf("a wrong link: %d", status)
			}
			if status, _ := c.form(base+"/auth/confirmation", url.Values{"token": {secret}}); status != http.StatusOK {
				t.Errorf("confirm: %d", status)
			}
			check(http.StatusOK, "")
			if status, _ := c.form(base+"/auth/confirmation", url.Values{"token": {secret}}); status != http.StatusNotFound {
				t.Errorf("the link a second time: %d", status)
			}
			if status, _ := c.Do(http.MethodGet, base+"/u/newcomer", "", nil); status == http.StatusNotFound {
				t.Error("the document is not there")
			}
			if strings.Contains(hospital.Log(), secret) {
				t.Error("the log has the secret of the link")
			}
		})
	}
}

// TestResendConfirmation: to another address, in the app that signed up, not too often; the old link is void.
func TestResendConfirmation(t *testing.T) {
	c, post := NewCluster(t), NewMailServer(t)
	hospital := c.AddSQLite("hospital.test", func(cfg *config.Config) { cfg.Registrations = "approval"; post.Use(cfg) })
	base := "https://hospital.test"
	token := hospital.signUp("newcomer")
	c.Settle()
	again := func(want int, email string) {
		t.Helper()
		if status, body := c.object(http.MethodPost, base+"/api/v1/emails/confirmations", token, M{"email": email}); status != want {
			t.Errorf("%q: %d %v", email, status, body)
		}
	}
	again(http.StatusTooManyRequests, "")
	c.Clock.Advance(2 * time.Minute)
	again(http.StatusUnprocessableEntity, "no address")
	again(http.StatusOK, "other@mail.test")
	c.Settle()
	letters := post.Letters()
	if len(letters) != 2 || letters[1].To != "other@mail.test" {
		t.Fatalf("letters: %+v", letters)
	}
	if status, _ := c.Do(http.MethodGet, linkPattern.FindString(letters[0].Text), "", nil); status != http.StatusNotFound {
		t.Errorf("the old link: %d", status)
	}
	parsed, _ := url.Parse(linkPattern.FindString(letters[1].Text))
	if status, page := c.form(base+"/auth/confirmation", url.Values{"token": {parsed.Query().Get("token")}}); status != http.StatusOK || !strings.Contains(page, "moderator") {
		t.Errorf("confirm: %d", status)
	}
	if _, body := c.object(http.MethodGet, base+"/api/v1/accounts/verify_credentials", token, nil); body["error"] != "Your login is currently pending approval" {
		t.Errorf("%v", body)
	}
	again(http.StatusForbidden, "")
}

// TestG9_NewPasswordByLetter: the answer does not tell who is there; the link is good once and for an hour.
func TestG9_NewPasswordByLetter(t *testing.T) {
	c, post := NewCluster(t), NewMailServer(t)
	hospital := c.AddSQLite("hospital.test", func(cfg *config.Config) { cfg.Registrations = "open"; post.Use(cfg) })
	base := "https://hospital.test"
	token := hospital.signUp("newcomer")
	c.Settle()
	confirm, _ := url.Parse(linkPattern.FindString(post.Letters()[0].Text))
	c.form(base+"/auth/confirmation", url.Values{"token": {confirm.Query().Get("token")}})
	_, known := c.form(base+"/auth/password", url.Values{"login": {"newcomer@mail.test"}})
	_, unknown := c.form(base+"/auth/password", url.Values{"login": {"nobody"}})
	if known != unknown {
		t.Error("the page tells who has an account")
	}
	c.Settle()
	if n := len(post.Letters()); n != 2 {
		t.Fatalf("%d letters", n)
	}
	link, _ := url.Parse(linkPattern.FindString(post.Letters()[1].Text))
	reset := func(want int, password string) {
		t.Helper()
		if status, page := c.form(base+"/auth/password/new", url.Values{"token": {link.Query().Get("token")}, "password": {password}}); status != want {
			t.Errorf("%d: %s", status, page)
		}
	}
	reset(http.StatusUnprocessableEntity, "short")
	reset(http.StatusOK, "another long one")
	reset(http.StatusNotFound, "yet another one")
	if status, _ := c.object(http.MethodGet, base+"/api/v1/accounts/verify_credentials", token, nil); status != http.StatusUnauthorized {
		t.Errorf("the old token: %d", status)
	}
	c.Clock.Advance(2 * time.Minute)
	c.form(base+"/auth/password", url.Values{"login": {"newcomer"}})
	c.Settle()
	link, _ = url.Parse(linkPattern.FindString(post.Letters()[2].Text))
	c.Clock.Advance(61 * time.Minute)
	reset(http.StatusNotFound, "too late for this")
}

// TestBarredAddress: whom an administrator blocks from everything gets nothing.
func TestBarredAddress(t *testing.T) {
	c := NewCluster(t, "hospital.test")
	hospital := c.Server("hospital.test")
	ana := hospital.Member("ana")
	if err := hospital.Service.SetRole(t.Context(), ana.Actor, "admin"); err != nil {
		t.Fatal(err)
	}
	token, err := hospital.OAuth.IssueToken(t.Context(), ana.Actor, "admin", "admin:write")
	if err != nil {
		t.Fatal(err)
	}
	base := "https://hospital.test"
	if status, body := c.Do(http.MethodPost, base+"/api/v1/admin/ip_blocks", token, M{"ip": "127.0.0.0/8", "severity": "no_access", "expires_in": 60}); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if status, _ := c.Do(http.MethodGet, base+"/api/v2/instance", "", nil); status != http.StatusForbidden {
		t.Errorf("a barred address: %d", status)
	}
	if status, _ := c.Do(http.MethodGet, base+"/healthz", "", nil); status != http.StatusOK {
		t.Errorf("healthz: %d", status)
	}
	c.Clock.Advance(2 * time.Minute)
	if status, _ := c.Do(http.MethodGet, base+"/api/v2/instance", "", nil); status != http.StatusOK {
		t.Errorf("after the block: %d", status)
	}
}
