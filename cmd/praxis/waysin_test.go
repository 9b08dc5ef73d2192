package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"praxis/internal/testrig/provider"
)

const oneProvider = `PRAXIS_OIDC_PROVIDERS=[{"key":"staff","issuer":"https://id.hospital.example","client_id":"praxis"}]`

func works(t *testing.T, env []string, args ...string) {
	t.Helper()
	if got := praxis(t, env, "", args...); got.code != 0 || got.out == "" {
		t.Fatalf("%v: %+v", args, got)
	}
}

func TestCommandsForWaysIn(t *testing.T) {
	env := append(settings(t), oneProvider)
	works(t, env, "user", "create", "rosa", "--break-glass")
	if got := praxis(t, env, "", "user", "list"); !strings.Contains(got.out, "admin (emergency)") {
		t.Errorf("%+v", got)
	}
	works(t, env, "user", "create", "ann")
	mistaken(t, praxis(t, env, "", "user", "break-glass", "ann"), "is no admin")
	works(t, env, "user", "break-glass", "rosa", "--off")
	works(t, env, "user", "2fa-reset", "ann")
	mistaken(t, praxis(t, env, "", "scim", "token", "nobody"), "no provider")
	if got := praxis(t, env, "", "scim", "token", "staff"); !strings.Contains(got.out, "/scim/v2\ntoken: ") {
		t.Errorf("%+v", got)
	}
	works(t, env, "scim", "off", "staff")
	made := praxis(t, env, "", "invitation", "create", "--uses", "3", "--note", "course")
	if made.code != 0 || !strings.Contains(made.out, "/auth/invitation/") {
		t.Errorf("%+v", made)
	}
	list := praxis(t, env, "", "invitation", "list")
	fields := strings.Fields(strings.Split(list.out, "\n")[1])
	if fields[2] != "3" || fields[4] != "good" {
		t.Errorf("%+v", list)
	}
	works(t, env, "invitation", "revoke", fields[0])
	if got := praxis(t, env, "", "invitation", "list"); !strings.Contains(got.out, "over") {
		t.Errorf("%+v", got)
	}
}

func TestTheDoctorAsksProviders(t *testing.T) {
	at := provider.New(t)
	env := append(settings(t), "PRAXIS_DEVELOPMENT=true", "PRAXIS_HOST=clinic.localhost", `PRAXIS_OIDC_PROVIDERS=[{"key":"staff","issuer":"`+at.URL+`","client_id":"praxis"}]`)
	if got := praxis(t, env, "", "doctor"); !strings.Contains(got.out, "staff answers") {
		t.Errorf("%+v", got)
	}
	at.SetDown(true)
	if got := praxis(t, env, "", "doctor"); got.code == 0 || !strings.Contains(got.out, "look at issuer in oidc_providers") {
		t.Errorf("%+v", got)
	}
}

func TestCommandsForLetters(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "mail", "list"); !strings.Contains(got.out, "confirm\n") {
		t.Errorf("%+v", got)
	}
	if got := praxis(t, env, "", "mail", "preview", "confirm"); !strings.HasPrefix(got.out, "Subject: Confirm your e-mail address") || !strings.Contains(got.out, "@ann") {
		t.Errorf("%+v", got)
	}
	mistaken(t, praxis(t, env, "", "mail", "preview", "none"), "the letters are")
	mistaken(t, praxis(t, env, "", "mail", "test", "ann@hospital.example"), "smtp_host")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "test.txt"), []byte("Subject: Ours\n\nHello.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(env, "PRAXIS_LETTER_TEMPLATES="+folder)
	if got := praxis(t, env, "", "mail", "preview", "test"); got.out != "Subject: Ours\n\nHello.\n" {
		t.Errorf("%+v", got)
	}
}
