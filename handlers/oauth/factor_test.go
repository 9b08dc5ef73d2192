package oauth

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

var (
	secretField  = regexp.MustCompile(`name="secret" value="([A-Z2-7]+)"`)
	recoveryCode = regexp.MustCompile(`<li><code>([a-z2-7-]{19})</code></li>`)
)

// codeAt gives the code that an app shows.
func (h *house) codeAt(secret string, at time.Time) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// setUpCodes lets who is signed in at a browser use codes by time, and gives the secret and the recovery codes.
func (h *house) setUpCodes(b *browser) (secret string, recovery []string) {
	h.t.Helper()
	found := secretField.FindStringSubmatch(b.get("/settings/security/code").body)
	if found == nil {
		h.t.Fatal("no secret is shown")
	}
	got := b.post("/settings/security/code", url.Values{"secret": {found[1]}, "code": {h.codeAt(found[1], h.clock.Now())}, "password": {secretWord}})
	for _, code := range recoveryCode.FindAllStringSubmatch(got.body, -1) {
		recovery = append(recovery, code[1])
	}
	if got.StatusCode != http.StatusOK || len(recovery) != 10 {
		h.t.Fatalf("set up: %d %s", got.StatusCode, got.body)
	}
	return found[1], recovery
}

func (b *browser) second(code string) answer {
	return b.post("/auth/second", url.Values{"code": {code}})
}

func TestCodesByTimeAreAskedForAfterThePassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouse(t, database, nil)
		b := h.browser()
		b.mustSignIn("ann")
		secret, recovery := h.setUpCodes(b)
		b.wantHome("ann")
		if shown := b.get("/settings/security").body; strings.Contains(shown, recovery[0]) || !strings.Contains(shown, "10 are left") {
			t.Error("the recovery codes are shown again")
		}
		fresh := h.browser()
		if got := fresh.signIn("ann", secretWord, "/x"); got.location() != "/auth/second" {
			t.Fatalf("after the password: %d %s", got.StatusCode, got.location())
		}
		fresh.wantHome("nobody")
		used := h.codeAt(secret, h.clock.Now())
		if got := fresh.second(used); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("the code that set it up is taken again: %d", got.StatusCode)
		}
		h.clock.forward(30 * time.Second)
		code := h.codeAt(secret, h.clock.Now())
		if got := fresh.second(code); got.StatusCode != http.StatusSeeOther || got.location() != "/x" {
			t.Fatalf("the right code: %d %s", got.StatusCode, got.body)
		}
		fresh.wantHome("ann")
		other := h.browser()
		other.signIn("ann", secretWord, "/")
		if got := other.second(code); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("a code is taken twice: %d", got.StatusCode)
		}
		if got := other.second(strings.ToUpper(recovery[3])); got.StatusCode != http.StatusSeeOther {
			t.Errorf("a recovery code: %d %s", got.StatusCode, got.body)
		}
		third := h.browser()
		third.signIn("ann", secretWord, "/")
		if got := third.second(recovery[3]); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("a recovery code is taken twice: %d", got.StatusCode)
		}
	})
}

func TestG8_AChangeOfFactorsEndsSessionsAndTokens(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	b, elsewhere := h.browser(), h.browser()
	b.mustSignIn("ann")
	elsewhere.mustSignIn("ann")
	token := h.app("read").token(b, "read")
	h.setUpCodes(b)
	b.wantHome("ann")
	elsewhere.wantHome("nobody")
	h.wantWorks(token, false)
	letters, err := h.service.Letters(t.Context())
	if err != nil || len(letters) != 1 || letters[0].To != "ann@mail.test" || !strings.Contains(letters[0].Text, "codes by time were set up") {
		t.Errorf("letters: %+v, %v", letters, err)
	}
	token = h.app("read").token(b, "read")
	if got := b.post("/settings/security/remove", url.Values{"factor": {"code"}, "password": {"wrong"}}); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("removed without the password: %d", got.StatusCode)
	}
	h.wantWorks(token, true)
	if got := b.post("/settings/security/remove", url.Values{"factor": {"code"}, "password": {secretWord}}); got.StatusCode != http.StatusOK {
		t.Errorf("remove: %d %s", got.StatusCode, got.body)
	}
	h.wantWorks(token, false)
	b.wantHome("ann")
	fresh := h.browser()
	fresh.mustSignIn("ann")
	fresh.wantHome("ann")

	h.setUpCodes(b)
	if err := h.service.ResetFactors(t.Context(), h.ann); err != nil {
		t.Fatal(err)
	}
	b.wantHome("nobody")
	fresh.mustSignIn("ann")
}

func TestG9_GuessesOfCodesAreLimited(t *testing.T) {
	h := newSQLiteHouse(t, nil)
	b := h.browser()
	b.mustSignIn("ann")
	secret, _ := h.setUpCodes(b)
	limited := false
	for i := range 12 {
		guess := h.browser().with("Test-Client", "198.51.100."+string(rune('1'+i%9)))
		guess.signIn("ann", secretWord, "/")
		got := guess.second("000000")
		if got.StatusCode == http.StatusTooManyRequests && got.Header.Get("Retry-After") != "" {
			limited = true
		} else if got.StatusCode != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d %s", i, got.StatusCode, got.body)
		}
	}
	h.clock.forward(30 * time.Second)
	late := h.browser()
	late.signIn("ann", secretWord, "/")
	if got := late.second(h.codeAt(secret, h.clock.Now())); !limited || got.StatusCode != http.StatusTooManyRequests {
		t.Errorf("limited %v; then the right code: %d", limited, got.StatusCode)
	}
	h.clock.forward(15 * time.Minute)
	late.signIn("ann", secretWord, "/")
	if got := late.second(h.codeAt(secret, h.clock.Now())); got.StatusCode != http.StatusSeeOther {
		t.Errorf("a quarter of an hour later: %d %s", got.StatusCode, got.body)
	}
}

func TestTheSecondStepIsOfOneBrowserAndOnePassword(t *testing.T) {
	h := newSQLiteHouse(t, func(cfg *Config) { cfg.PasswordGrant = true })
	b := h.browser()
	b.mustSignIn("ann")
	secret, _ := h.setUpCodes(b)
	h.clock.forward(time.Minute)
	if got := h.browser().second(h.codeAt(secret, h.clock.Now())); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("without a password: %d", got.StatusCode)
	}
	fresh := h.browser()
	fresh.signIn("ann", secretWord, "/")
	if err := h.service.SetPassword(t.Context(), h.ann, "another password", h.cfg.Hashing); err != nil {
		t.Fatal(err)
	}
	if got := fresh.second(h.codeAt(secret, h.clock.Now())); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("after the password changed: %d", got.StatusCode)
	}
	a := h.app("read")
	got := h.browser().post("/oauth/token", url.Values{
		"grant_type": {"password"}, "client_id": {a.id}, "client_secret": {a.secret}, "username": {"ann"}, "password": {"another password"}, "scope": {"read"},
	})
	wantRefusal(t, "a password alone for a token", got, http.StatusBadRequest, "invalid_grant")
}

func TestEmergencyAccountsAloneHavePasswords(t *testing.T) {
	c := newClinic(t, testdb.SQLite(t), practice.Provider{Create: true}, func(cfg *Config) { cfg.BreakGlassOnly = true })
	if err := c.service.SetBreakGlass(t.Context(), c.ann, true); models.ErrorCode(err) != models.Invalid {
		t.Errorf("a member becomes an emergency account: %v", err)
	}
	if err := c.service.SetBreakGlass(t.Context(), c.root, true); err != nil {
		t.Fatal(err)
	}
	if err := c.service.SetRole(t.Context(), c.bob, models.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	b := c.browser()
	right, wrong := b.signIn("ann", secretWord, "/"), b.signIn("ann", "wrong password", "/")
	if right.StatusCode != http.StatusUnauthorized || right.body != wrong.body {
		t.Errorf("a member's password: %d, and another answer than for a wrong one", right.StatusCode)
	}
	if got := b.post("/auth/password", url.Values{"login": {"ann"}}); got.StatusCode != http.StatusForbidden {
		t.Errorf("a letter for a new password: %d", got.StatusCode)
	}
	b.with("Test-Client", "198.51.100.7").mustSignIn("rosa")
	b.wantHome("rosa")
	letters, err := c.service.Letters(t.Context())
	if err != nil || len(letters) != 1 || letters[0].To != "bob@mail.test" || !strings.Contains(letters[0].Subject, "@rosa") ||
		!strings.Contains(letters[0].Text, "198.51.100.7") {
		t.Errorf("letters: %+v, %v", letters, err)
	}
	found, err := c.store.Read(t.Context()).AuditPage(models.AuditFilter{Action: "account.break_glass_used"}, models.Page{Limit: 5})
	if err != nil || len(found) != 1 || found[0].Who != "@rosa" {
		t.Errorf("the audit log has %+v, %v", found, err)
	}
	if shown := b.get("/auth/sign_in").body; !strings.Contains(shown, "<details") {
		t.Error("the form for passwords is not put away")
	}
}
