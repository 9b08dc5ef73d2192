package desk_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/internal/testrig"
	"praxis/models"
)

// TestFirstRunLooksAtThingsThemselves: what is to do goes away once it is done, and comes back when it breaks.
func TestFirstRunLooksAtThingsThemselves(t *testing.T) {
	mail := testrig.NewMailServer(t)
	h := newHouse(t, mail.Use, func(cfg *config.Config) {
		cfg.Description, cfg.ContactEmail, cfg.SMTPFrom = "For all wards", "office@hospital.example", "praxis@hospital.example"
	})
	a := h.visitor("ann")
	left := func() string {
		t.Helper()
		_, body := a.get("/admin")
		_, todo, found := strings.Cut(body, `id="todo"`)
		todo, _, _ = strings.Cut(todo, "</section>")
		if !found {
			return ""
		}
		return todo
	}
	open := func(names ...string) {
		t.Helper()
		todo := left()
		for _, name := range []string{"Name and description", "Rules", "Mail", "Backup", "First community", "Other organizations", "A second admin", "Media storage"} {
			wanted := false
			for _, one := range names {
				wanted = wanted || one == name
			}
			if got := strings.Contains(todo, "<h3>"+name+" "); got != wanted {
				t.Errorf("%s is left to do: %v, want %v", name, got, wanted)
			}
		}
	}
	open("Rules", "Mail", "Backup", "First community", "Other organizations", "A second admin")

	mail.Refuse("550 nobody of that name")
	if status, body := a.post("/admin", url.Values{"form": {"letter"}, "to": {"nobody@hospital.example"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "did not take the letter") {
		t.Errorf("a letter that is refused: %d", status)
	}
	mail.Refuse("")
	a.sends("/admin", "The mail server took a letter", "form", "letter", "to", "ann@hospital.example")
	if got := mail.Letters(); len(got) != 1 || !strings.Contains(got[0].Text, "admin&#39;s desk") && !strings.Contains(got[0].Text, "admin's desk") {
		t.Errorf("letters %+v", got)
	}
	a.sends("/admin/rules", "added", "form", "add", "text", "Be kind.")
	a.sends("/admin/communities/new", "founded", "form", "new", "username", "pumps", "display_name", "Pumps")
	h.must(h.Service.SetRole(t.Context(), h.bo.Actor, models.RoleAdmin))
	backup := &app.Backup{Store: h.Store}
	h.must(backup.Write(t.Context(), &bytes.Buffer{}))
	h.must(backup.Note(t.Context()))
	open("Other organizations")

	h.Cluster.Clock.Advance(8 * 24 * 60 * 60 * 1e9)
	h.must(os.RemoveAll(h.Config.MediaDir))
	h.must(os.WriteFile(h.Config.MediaDir, []byte("no folder"), 0o600))
	open("Other organizations", "Backup", "Media storage")
	if todo := left(); !strings.Contains(todo, "Files cannot be kept") || !strings.Contains(todo, "broken") {
		t.Errorf("broken storage: %s", todo)
	}
}
