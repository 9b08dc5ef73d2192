package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const providerFile = `
host = "hospital.example"
[[oidc_providers]]
key = "clinic"
name = "St. Anne's"
issuer = "https://id.hospital.example/realms/staff"
client_id = "praxis"
client_secret = "hush"
scopes = ["openid", "profile", "email", "offline_access"]
allowed_groups = ["nurses"]
admin_groups = ["it"]
create = false
[oidc_providers.communities]
nurses = ["wounds", "hygiene"]
`

func TestProvidersFromFileAndEnvironmentAreTheSame(t *testing.T) {
	fromFile, err := Load(write(t, providerFile), nil)
	if err != nil {
		t.Fatal(err)
	}
	fromEnv, err := Load("", []string{"PRAXIS_HOST=hospital.example", `PRAXIS_OIDC_PROVIDERS=[{"key":"clinic","name":"St. Anne's",
		"issuer":"https://id.hospital.example/realms/staff","client_id":"praxis","client_secret":"hush",
		"scopes":["openid","profile","email","offline_access"],"allowed_groups":["nurses"],"admin_groups":["it"],"create":false,
		"communities":{"nurses":["wounds","hygiene"]}}]`})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromFile.OIDCProviders, fromEnv.OIDCProviders); diff != "" || len(fromFile.OIDCProviders) != 1 {
		t.Errorf("(-file +environment):\n%s", diff)
	}
	if p := fromFile.OIDCProviders[0]; p.GroupsClaim != "groups" || p.Create || p.Communities["nurses"][1] != "hygiene" {
		t.Errorf("read: %+v", p)
	}
	if strings.Contains(fromFile.String(), "hush") {
		t.Error("the secret is shown")
	}
}

func TestProviderSecretFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load("", []string{`PRAXIS_OIDC_PROVIDERS=[{"key":"a","issuer":"https://id.example","client_id":"x","client_secret_file":"` + path + `"}]`})
	if err != nil || cfg.OIDCProviders[0].ClientSecret != "hush" {
		t.Errorf("secret %+v, %v", cfg.OIDCProviders, err)
	}
}

func TestProvidersThatCannotBe(t *testing.T) {
	const good = `"issuer":"https://id.example","client_id":"x"`
	for name, c := range map[string]struct {
		value string
		env   []string
		says  string
	}{
		"no array":         {value: `{}`, says: "no JSON array"},
		"no object":        {value: `["x"]`, says: "one of them is"},
		"unknown setting":  {value: `[{"key":"a",` + good + `,"isuer":"x"}]`, says: `it should be issuer`},
		"key":              {value: `[{"key":"A/b",` + good + `}]`, says: "cannot be part of an address"},
		"twice":            {value: `[{"key":"a",` + good + `},{"key":"a",` + good + `}]`, says: "two have the key"},
		"no issuer":        {value: `[{"key":"a","client_id":"x"}]`, says: "the issuer of"},
		"no client":        {value: `[{"key":"a","issuer":"https://id.example"}]`, says: "client_id"},
		"plain http":       {value: `[{"key":"a","issuer":"http://id.example","client_id":"x"}]`, says: "is not https"},
		"http inside":      {value: `[{"key":"a","issuer":"http://id.example","client_id":"x"}]`, env: []string{"PRAXIS_DEVELOPMENT=true", "PRAXIS_HOST=a.localhost"}, says: "is not https"},
		"type of a field":  {value: `[{"key":"a",` + good + `,"create":"hunter2"}]`, says: "create is"},
		"no way in":        {env: []string{"PRAXIS_LOCAL_SIGN_IN=break-glass"}, says: "leaves no way in"},
		"useless password": {value: `[{"key":"a",` + good + `}]`, env: []string{"PRAXIS_LOCAL_SIGN_IN=break-glass", "PRAXIS_REGISTRATIONS=approval"}, says: "lets nobody use one"},
	} {
		environ := c.env
		if c.value != "" {
			environ = append([]string{"PRAXIS_OIDC_PROVIDERS=" + c.value}, environ...)
		}
		if _, err := Load("", environ); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
