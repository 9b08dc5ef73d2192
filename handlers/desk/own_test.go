package desk_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/internal/testrig"
	"praxis/models"
)

// ownPaths are the pages of a member's own.
func (h *house) ownPaths() []string {
	return []string{
		"/settings", "/settings/identities", "/settings/security", "/settings/apps", "/settings/move", "/settings/takealong",
		"/settings/leaving", "/settings/leaving/now", "/settings/delete",
	}
}

// upload sends a form with a file, and follows where it leads.
func (b *browserless) upload(path, file, content string, fields url.Values) (int, string) {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name := range fields {
		b.h.must(form.WriteField(name, fields.Get(name)))
	}
	sent, err := form.CreateFormFile("file", file)
	b.h.must(err)
	_, err = io.WriteString(sent, content)
	b.h.must(err)
	b.h.must(form.Close())
	req, err := http.NewRequestWithContext(b.h.t.Context(), http.MethodPost, b.h.url+path, &body)
	b.h.must(err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := b.client.Do(req)
	b.h.must(err)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	b.h.must(err)
	return res.StatusCode, string(got)
}

// TestOwnPages: a member moves, takes along, leaves, comes by a code, and deletes, by forms alone.
func TestOwnPages(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		h.furnish()
		cleo := h.visitor("cleo")
		for _, path := range h.ownPaths() {
			if status, body := cleo.get(path); status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
		t.Run("move", func(t *testing.T) { h.moveByPages(t, cleo) })
		t.Run("along", func(t *testing.T) { h.alongByPages(t, cleo) })
		t.Run("leave", func(t *testing.T) { h.leaveByPages(t, cleo) })
		t.Run("desk", func(t *testing.T) { h.leaversAtTheDesk(t) })
	})
}

func (h *house) moveByPages(t *testing.T, cleo *browserless) {
	bo := h.visitor("bo")
	bo.sends("/settings/move", "named as yours", "form", "alias", "alias", "@cleo")
	if status, body := bo.post("/settings/move", url.Values{"form": {"alias"}, "alias": {"@nobody@nowhere.example"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="alias-alias-problem"`) {
		t.Errorf("nobody is named: %d", status)
	}
	if status, body := cleo.post("/settings/move", url.Values{"form": {"move"}, "to": {"@bo"}, "password": {"wrong"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="move-password-problem"`) || !strings.Contains(body, `value="@bo"`) {
		t.Errorf("a wrong password: %d", status)
	}
	if actor, _ := h.Store.Read(t.Context()).Actor(h.cleo.Actor.ID); actor.MovedToURI != "" {
		t.Fatal("moved without a password")
	}
	if body := cleo.sends("/settings/move", "You moved to @bo", "form", "move", "to", "@bo", "password", testrig.Password); !strings.Contains(body, "You moved to "+h.bo.Actor.URI) {
		t.Error("the page does not say that she moved")
	}
	bo.sends("/settings/move", "taken out", "form", "unalias", "alias", h.cleo.Actor.URI)
}

func (h *house) alongByPages(t *testing.T, cleo *browserless) {
	const page = "/settings/takealong"
	status, body := cleo.upload(page, "blocks.csv", "bad.example\nbad.example\nnot a host!\n", url.Values{"form": {"import"}, "kind": {"domain_blocks"}})
	if status != http.StatusOK || !strings.Contains(body, "preview: nothing done") || !strings.Contains(body, "It is in the file twice.") || !strings.Contains(body, "1 line would be carried out.") {
		t.Fatalf("the preview: %d %s", status, body)
	}
	one := "/settings/takealong/imports/" + regexp.MustCompile(`[0-9]{10,}`).FindString(h.lastImport())
	if status, _ := h.visitor("bo").get(one); status != http.StatusNotFound {
		t.Errorf("somebody else's file: %d", status)
	}
	cleo.sends(one, "goes on by itself", "form", "start")
	h.Cluster.Settle()
	if _, body := cleo.get(one + "?state=skipped"); !strings.Contains(body, "not a host") || strings.Contains(body, ">bad.example</bdi></td><td data-head=\"State\"><bdi></bdi> <span class=\"badge good") {
		t.Errorf("results: %s", body)
	}
	cleo.sends(one, "forgotten", "form", "drop")
	if status, body := cleo.upload(page, "x.csv", "\x00\x01", url.Values{"form": {"import"}, "kind": {"following"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "problem") {
		t.Errorf("a file that is none: %d", status)
	}
	if status, _ := cleo.post(page, url.Values{"form": {"import"}, "kind": {"following"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", status)
	}
	if _, csv := cleo.get(page + "/lists/domain_blocks"); strings.TrimSpace(csv) != "bad.example" {
		t.Errorf("the list: %q", csv)
	}
	if status, _ := cleo.get(page + "/lists/passwords"); status != http.StatusNotFound {
		t.Errorf("a list that there is not: %d", status)
	}
	if _, record := cleo.get(page + "/record"); !strings.Contains(record, `"proof"`) {
		t.Errorf("the record: %.300s", record)
	}
	if _, record := cleo.get(page + "/record?form=page"); !strings.Contains(record, "<h1") {
		t.Errorf("the record as a page: %.300s", record)
	}
	cleo.sends(page, "archive is being made", "form", "archive")
	h.Cluster.Settle()
	_, body = cleo.get(page)
	archive := regexp.MustCompile(`/settings/takealong/archives/[0-9]+`).FindString(body)
	if _, zip := cleo.get(archive); archive == "" || !strings.HasPrefix(zip, "PK") {
		t.Errorf("the archive at %q: %.100q", archive, zip)
	}
	if status, _ := h.visitor("bo").get(archive); status != http.StatusNotFound { // E23
		t.Errorf("somebody else's archive: %d", status)
	}
}

func (h *house) lastImport() string {
	h.t.Helper()
	found, err := h.Store.Read(h.t.Context()).Imports(h.cleo.Actor.ID)
	h.must(err)
	return fmt.Sprint(found[0].ID)
}

func (h *house) leaveByPages(t *testing.T, cleo *browserless) {
	const page = "/settings/leaving"
	if status, body := cleo.post(page, url.Values{"form": {"email"}, "email": {"cleo@hospital.example"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "give one of your own") {
		t.Errorf("an address of the organization: %d", status)
	}
	cleo.sends(page, "address is saved", "form", "email", "email", "cleo@home.example")
	if status, _ := cleo.post(page, url.Values{"form": {"code"}, "password": {"wrong"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a code without the password: %d", status)
	}
	_, body := cleo.post(page, url.Values{"form": {"code"}, "password": {testrig.Password}})
	found := regexp.MustCompile(`Your code</dt><dd><bdi>([^<]+)<`).FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("no code is shown: %s", body)
	}
	if _, body := cleo.get(page); strings.Contains(body, found[1]) {
		t.Error("the code is shown again")
	}
	if status, body := cleo.post(page+"/now", url.Values{"form": {"leave"}, "password": {testrig.Password}}); status != http.StatusOK || !strings.Contains(body, "For those who have left") {
		t.Fatalf("leaving: %d %s", status, body)
	}
	if _, body := cleo.get("/settings"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("she is still signed in")
	}
	t.Run("alumna", func(t *testing.T) { h.comeByCode(t, found[1]) })
}

// comeByCode: who left reaches what is theirs, and nothing else (security case G24's neighbour: a code is no sign-in).
func (h *house) comeByCode(t *testing.T, code string) {
	v := h.visitor("")
	if status, body := v.post("/auth/recovery", url.Values{"login": {"cleo"}, "code": {"AAAA-BBBB"}}); status != http.StatusUnauthorized || !strings.Contains(body, `value="cleo"`) {
		t.Errorf("a wrong code: %d", status)
	}
	if status, body := v.post("/auth/recovery/letter", url.Values{"login": {"nobody"}}); status != http.StatusOK || !strings.Contains(body, "If there is such an account") {
		t.Errorf("a letter for nobody: %d", status)
	}
	if status, body := v.post("/auth/recovery", url.Values{"login": {"cleo"}, "code": {code}}); status != http.StatusOK || !strings.Contains(body, "What is yours") {
		t.Fatalf("the code: %d %s", status, body)
	}
	for path, want := range map[string]int{
		"/settings/move": 200, "/settings/takealong": 200, "/settings/takealong/record": 200, "/settings/leaving": 200, "/settings/delete": 200,
		"/settings/leaving/now": 403, "/settings/takealong/imports/1": 403,
	} {
		if status, body := v.get(path); status != want || strings.Contains(body, "Bring along") {
			t.Errorf("who left gets %d from %s, want %d", status, path, want)
		}
	}
	for _, path := range []string{"/settings/security", "/settings/identities", "/settings/apps", "/settings/invitations", "/admin", "/oauth/authorize?response_type=code"} {
		if _, body := v.get(path); strings.Contains(body, "signed in as") || strings.Contains(body, "Passkeys and codes</h1>") {
			t.Errorf("who left is signed in at %s", path)
		}
	}
	if status, _ := v.post("/settings/leaving", url.Values{"form": {"email"}, "email": {"eve@elsewhere.example"}}); status != http.StatusForbidden {
		t.Errorf("a code changes the address: %d", status)
	}
	if status, _ := v.upload("/settings/takealong", "x.csv", "bad.example\n", url.Values{"form": {"import"}, "kind": {"domain_blocks"}}); status != http.StatusForbidden {
		t.Errorf("who left brings something along: %d", status)
	}
	h.outlasts(t, v, code)
}

// outlasts: such a session is over after a day, and becomes no other one when somebody is taken back.
func (h *house) outlasts(t *testing.T, v *browserless, code string) {
	admin := h.visitor("ann")
	one := fmt.Sprintf("/admin/accounts/%d", h.cleo.Actor.ID)
	h.Cluster.Clock.Advance(25 * 60 * 60 * 1e9)
	if _, body := v.get("/settings"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("the session lasts for more than a day")
	}
	if status, _ := v.post("/auth/recovery", url.Values{"login": {"cleo"}, "code": {code}}); status != http.StatusOK {
		t.Errorf("the code again: %d", status)
	}
	if status, body := admin.post(one+"/return", url.Values{"form": {"return"}}); status != http.StatusConflict || !strings.Contains(body, "moved to") {
		t.Errorf("who moved is taken back: %d", status)
	}
	if status, body := v.post("/settings/delete", url.Values{"form": {"delete"}, "name": {"clea"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "not your user name") {
		t.Errorf("another name: %d", status)
	}
	if status, _ := v.post("/settings/delete", url.Values{"form": {"delete"}, "name": {"cleo"}}); status != http.StatusOK {
		t.Errorf("deleting: %d", status)
	}
	if actor, err := h.Store.Read(t.Context()).Actor(h.cleo.Actor.ID); err != nil || !actor.IsGone() {
		t.Errorf("not deleted: %v", err)
	}
}

// leaversAtTheDesk: an admin lets somebody leave, and takes it back; nobody does so with who ranks as high.
func (h *house) leaversAtTheDesk(t *testing.T) {
	admin, bo := h.visitor("ann"), h.visitor("bo")
	one := fmt.Sprintf("/admin/accounts/%d", h.bo.Actor.ID)
	if body := admin.sends(one+"/leave", "They have left.", "form", "leave", "reason", "Retired"); !strings.Contains(body, "has left") {
		t.Error("the page does not say that bo left")
	}
	if _, body := bo.get("/settings"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("bo is still signed in")
	}
	if _, body := admin.get(one + "/return"); !strings.Contains(body, "Retired") {
		t.Error("the reason is not shown")
	}
	code, err := h.Service.MakeRecoveryCode(t.Context(), h.bo.Actor)
	h.must(err)
	bo = h.visitor("")
	bo.post("/auth/recovery", url.Values{"login": {"bo"}, "code": {code}})
	admin.sends(one+"/return", "member again", "form", "return")
	if _, body := bo.get("/settings"); !strings.Contains(body, "<h1>Sign in</h1>") {
		t.Error("what a code opened became a session")
	}
	for path, want := range map[string]int{one + "/return": 404, fmt.Sprintf("/admin/accounts/%d/leave", h.far.ID): 404} {
		if status, _ := admin.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	if status, _ := admin.post(fmt.Sprintf("/admin/accounts/%d/leave", h.ann.Actor.ID), url.Values{"form": {"leave"}}); status != http.StatusForbidden {
		t.Errorf("an admin lets herself leave at the desk: %d", status)
	}
	lines, err := h.Store.Read(t.Context()).AuditPage(models.AuditFilter{Action: "account.leave"}, models.Page{Limit: 1})
	h.must(err)
	if lines[0].Who != "@ann" || lines[0].Via != models.ViaWeb {
		t.Errorf("who let bo leave: %+v", lines[0])
	}
}

// TestFollowedListsByPages: a list is followed, read by request, and followed no more.
func TestFollowedListsByPages(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := openHouse(t, database)
		a := h.visitor("ann")
		peer := h.Cluster.NewPeer("lists.example", "mastodon")
		peer.Serve("/blocks.txt", http.StatusOK, "text/plain; charset=utf-8", []byte("spam.example\n"))
		if status, body := a.post("/admin/lists", url.Values{"form": {"subscribe"}, "url": {"no address"}, "priority": {"7"}, "kind": {"blocks"}, "mode": {"draft"}}); status != 422 || !strings.Contains(body, `id="subscribe-url-problem"`) || !strings.Contains(body, `value="7"`) {
			t.Errorf("no address: %d", status)
		}
		body := a.sends("/admin/lists", "is followed", "form", "subscribe", "url", "https://lists.example/blocks.txt", "kind", "blocks", "mode", "draft", "priority", "100")
		one := regexp.MustCompile(`/admin/lists/subscriptions/[0-9]+`).FindString(body)
		id := one[strings.LastIndex(one, "/")+1:]
		h.Cluster.Settle()
		if _, body := a.get("/admin/lists"); !strings.Contains(body, "subscribed lists") || strings.Contains(body, "read soon") {
			t.Errorf("the list was not read: %s", body)
		}
		peer.Serve("/blocks.txt", http.StatusOK, "text/plain; charset=utf-8", []byte("spam.example\nworse.example\n"))
		a.sends("/admin/lists", "within a minute", "form", "soon", "id", id)
		h.Cluster.Settle()
		if _, body := a.get(one); !strings.Contains(body, "<bdi>2</bdi>") {
			t.Errorf("it was not read again: %s", body)
		}
		if status, body := a.post(one, url.Values{"form": {"end"}}); status != 200 || !strings.Contains(body, "blocks of it are lifted") {
			t.Errorf("the end asks: %d", status)
		}
		a.sends(one, "followed no more", "form", "end", "sure", "yes")
		if status, _ := a.get(one); status != http.StatusNotFound {
			t.Errorf("it is still there: %d", status)
		}
	})
}
