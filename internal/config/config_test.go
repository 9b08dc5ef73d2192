package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// without gives a comparison of Configs by what they say, not by where that came from.
var without = cmp.Options{cmpopts.IgnoreUnexported(Config{}), cmpopts.EquateComparable(netip.Prefix{}), cmpopts.EquateEmpty()}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "praxis.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	want := Config{
		Listen: "127.0.0.1:8080", Database: "sqlite:praxis.db", LogLevel: "info", LogFormat: "text",
		Registrations: "closed", PostChars: 5000, GraceDays: 90, KeepAddressesDays: 365, KeepHeldDays: 30, KeepImportsDays: 30, ClientRequests: 300, ShowDomainBlocks: "nobody", ACMECache: "acme", MediaDir: "media", FFmpeg: "auto", ShutdownTimeout: 20 * time.Second,
		SMTPPort: 587, SMTPSecurity: "starttls", S3Region: "us-east-1", DeliveryHosts: 256, DeliveryPerHost: 1, DeliveryBatch: 50, NodeLease: 10 * time.Second, InboxPending: 2000, InboxRequests: 256,
		LocalSignIn: "all", Invitations: "nobody",
	}
	if diff := cmp.Diff(want, Defaults(), without); diff != "" {
		t.Errorf("Defaults (-want +got):\n%s", diff)
	}
	got, err := Load("", nil)
	if err != nil {
		t.Fatalf("Load of nothing: %v", err)
	}
	if diff := cmp.Diff(want, got, without); diff != "" {
		t.Errorf("Load of nothing (-want +got):\n%s", diff)
	}
	for _, s := range settings() {
		if s.Default == "" {
			continue
		}
		if err := s.read(&Config{}, s.Default); err != nil {
			t.Errorf("the default of %s cannot be read: %v", s.Name, err)
		}
	}
}

func TestLoadOrder(t *testing.T) {
	path := write(t, `
# an example
host = "Hospital.Example."
database = "postgres://praxis:secret@db/praxis"
trusted_proxies = ["10.0.0.2", "172.16.3.4/12", "loopback"]
post_chars = 2000
secure_mode = true
shutdown_timeout = "5s"
metrics_listen = "127.0.0.1:9090"
`)
	env := []string{
		"PRAXIS_POST_CHARS=3000", "PRAXIS_SECURE_MODE=false", "PRAXIS_NAME=Ward 7", "PRAXIS_DESCRIPTION=", "PRAXIS_METRICS_LISTEN=off",
		"PRAXIS_TEST_POSTGRES=postgres://x", "PATH=/bin", "praxis_host=no", "broken", "PRAXIS_LOG_FORMAT=JSON",
	}
	want := Defaults()
	want.Host, want.Database = "hospital.example", "postgres://praxis:secret@db/praxis"
	want.TrustedProxies = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.2/32"), netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"),
	}
	want.PostChars, want.Name, want.ShutdownTimeout, want.LogFormat = 3000, "Ward 7", 5*time.Second, "json"
	for name, load := range map[string]func() (Config, error){
		"by name":     func() (Config, error) { return Load(path, env) },
		"by variable": func() (Config, error) { return Load("", append(env, "PRAXIS_CONFIG="+path)) },
		"name first":  func() (Config, error) { return Load(path, append(env, "PRAXIS_CONFIG=/nowhere")) },
	} {
		t.Run(name, func(t *testing.T) {
			got, err := load()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, without); diff != "" {
				t.Errorf("Load (-want +got):\n%s", diff)
			}
			if err := got.Validate(); err != nil {
				t.Errorf("Validate: %v", err)
			}
		})
	}
}

// TestProblems: what is refused, with the whole text, since that is what people have to work with.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		env  []string
		want []string // each in one line of the error
	}{
		"typo in the file": {file: `hots = "a.test"`, want: []string{`there is no setting "hots"; it should be host, if that is what is meant`}},
		"section":          {file: "[tls]\ncert = 1", want: []string{`there is no setting "tls.cert"`}},
		"known section":    {file: "[host]\n", want: []string{`host (from file`, `it is a section; it should be the bare DNS name`}},
		"typo in the environment": {
			env: []string{"PRAXIS_DATABSE=x"}, want: []string{`the environment: there is no setting "PRAXIS_DATABSE"; it should be PRAXIS_DATABASE, if`},
		},
		"wrong case":     {env: []string{"PRAXIS_host=a.test"}, want: []string{`there is no setting "PRAXIS_host"`}},
		"dotted":         {env: []string{"PRAXIS_A.B=a", "PRAXIS_A=b"}, want: []string{`"PRAXIS_A.B"`, `"PRAXIS_A"`}},
		"no TOML":        {file: "host = \"a.test\"\ndatabase = postgres://u:hunter2@h/d\n", want: []string{"line 2, column", "is no TOML"}},
		"twice":          {file: "host = \"a.test\"\nhost = \"b.test\"\n", want: []string{"praxis.toml", "names a setting twice"}},
		"type":           {file: `post_chars = "many"`, want: []string{`post_chars (from file`, `"many" is no whole number; it should be a number from 100 to 20000`}},
		"fraction":       {file: `post_chars = 500.5`, want: []string{`500.5 is no whole number`}},
		"bounds":         {env: []string{"PRAXIS_POST_CHARS=1"}, want: []string{`post_chars (from PRAXIS_POST_CHARS): 1 is out of bounds`}},
		"flag":           {env: []string{"PRAXIS_SECURE_MODE=maybe"}, want: []string{`"maybe" is neither; it should be true or false`}},
		"flag as number": {file: `secure_mode = 1`, want: []string{`1 is neither; it should be true or false`}},
		"word":           {env: []string{"PRAXIS_LOG_LEVEL=loud"}, want: []string{`"loud" is not known; it should be debug, info, warn or error`}},
		"registrations":  {env: []string{"PRAXIS_REGISTRATIONS=open"}, want: []string{`it should be approval`}},
		"e-mail":         {env: []string{"PRAXIS_CONTACT_EMAIL=Ann <ann@a.test>"}, want: []string{"is no e-mail address"}},
		"duration":       {env: []string{"PRAXIS_SHUTDOWN_TIMEOUT=20"}, want: []string{`"20" is no duration; it should be a duration from 1s to 10m, such as 20s`}},
		"long duration":  {file: `shutdown_timeout = "1h"`, want: []string{`"1h" is out of bounds`}},
		"listen":         {env: []string{"PRAXIS_LISTEN=8080"}, want: []string{`"8080" is no address with a port; it should be ADDRESS:PORT`}},
		"listen on name": {env: []string{"PRAXIS_LISTEN=web.test:80"}, want: []string{`has a name where an IP address is needed`}},
		"listen port":    {env: []string{"PRAXIS_LISTEN=:http"}, want: []string{`has no port number from 0 to 65535`}},
		"same port":      {env: []string{"PRAXIS_METRICS_LISTEN=:8080"}, want: []string{`metrics_listen (from PRAXIS_METRICS_LISTEN): ":8080" is where the web server listens, too`}},
		"proxy":          {env: []string{"PRAXIS_TRUSTED_PROXIES=10.0.0.1, nginx"}, want: []string{`"nginx" is neither an address nor a prefix`}},
		"every proxy":    {env: []string{"PRAXIS_TRUSTED_PROXIES=0.0.0.0/0"}, want: []string{`"0.0.0.0/0" trusts everybody`}},
		"line break":     {file: `name = "a\nb"`, want: []string{`name (from file`, `control characters`}},
		"database":       {env: []string{"PRAXIS_DATABASE=mysql://u:hunter2@h/d"}, want: []string{`database (from PRAXIS_DATABASE): it begins with neither`}},
		"database file":  {env: []string{"PRAXIS_DATABASE=sqlite:"}, want: []string{`it names no file`}},
		"database name":  {env: []string{"PRAXIS_DATABASE=postgres://u:hunter2@h"}, want: []string{`it names no database`}},
		"database URL":   {env: []string{"PRAXIS_DATABASE=postgres://u:hunter2%@h/d"}, want: []string{`it is no valid URL`, `%XX`}},
		"database slash": {env: []string{"PRAXIS_DATABASE=postgres://u:1234/hunter2@h/d"}, want: []string{`it is no valid URL`}},
		"acme port":      {env: []string{"PRAXIS_HOST=a.test", "PRAXIS_ACME=true"}, want: []string{`acme (from PRAXIS_ACME): the web server listens on "127.0.0.1:8080", and certificates are checked on port 443; it should be false, or listen ":443"`}},
		"acme inside":    {env: []string{"PRAXIS_HOST=a.test", "PRAXIS_ACME=true", "PRAXIS_LISTEN=127.0.0.1:443"}, want: []string{`which nobody outside reaches`}},
		"acme in development": {
			env:  []string{"PRAXIS_HOST=a.test", "PRAXIS_ACME=true", "PRAXIS_LISTEN=:443", "PRAXIS_DEVELOPMENT=true"},
			want: []string{"no certificate is to be had"},
		},
		"all at once": {
			file: "hots = 1\npost_chars = 7\n", env: []string{"PRAXIS_LISTEN=x", "PRAXIS_HOST=https://a.test/"},
			want: []string{"the configuration has 4 problems:", `"hots"`, "7 is out of bounds", `"x" is no address`, `"https://a.test/" has a scheme`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := ""
			if c.file != "" {
				path = write(t, c.file)
			}
			_, err := Load(path, c.env)
			if err == nil {
				t.Fatal("Load took it")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q:\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a password:\n%v", err)
			}
		})
	}
}

func TestUnreadableFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.toml")
	for name, load := range map[string]func() (Config, error){
		"--config":      func() (Config, error) { return Load(missing, nil) },
		"PRAXIS_CONFIG": func() (Config, error) { return Load("", []string{"PRAXIS_CONFIG=" + missing}) },
	} {
		_, err := load()
		if err == nil || !strings.Contains(err.Error(), "none.toml (named by "+name+"): it cannot be read: no such file") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := Load(t.TempDir(), nil); err == nil {
		t.Error("a folder was taken for a file")
	}
}

func TestHost(t *testing.T) {
	for host, want := range map[string]struct{ public, development string }{ // what is wrong with it; "" for nothing
		"hospital.org":            {"", "is a public name"},
		"hospital.example":        {"", ""},
		"a.b.test":                {"", ""},
		"krankenhäuser.org":       {"", "is a public name"},
		"localhost":               {"has no dot", ""},
		"localhost:8080":          {"has a port", ""},
		"clinic.localhost:99":     {"has a port", ""},
		"notlocalhost":            {"has no dot", "is a public name"},
		"a.test:8080":             {"has a port", ""},
		"127.0.0.1:8080":          {"has a port", ""},
		"127.0.0.1":               {"is an IP address", ""},
		"::1":                     {"is an IP address", ""},
		"[::1]:8080":              {"has a port", ""},
		"192.0.2.7":               {"is an IP address", "is a public name"},
		"hospital.org:8443":       {"has a port", "is a public name"},
		"https://hospital.org":    {"has a scheme", "has a scheme"},
		"hospital.org/":           {"has a path", "has a path"},
		"ann@hospital.org":        {"has an @", "has an @"},
		"*.hospital.org":          {"has a wildcard", "has a wildcard"},
		"hos pital.org":           {"is no valid DNS name", "is no valid DNS name"},
		"a..org":                  {"is no valid DNS name", "is no valid DNS name"},
		"-a.org":                  {"is no valid DNS name", "is no valid DNS name"},
		"a_b.org":                 {"is no valid DNS name", "is no valid DNS name"},
		"1.2.3":                   {"ends in a number", "ends in a number"},
		"a.test:0":                {"has no valid port", "has no valid port"},
		"a.test:+80":              {"has no valid port", "has no valid port"},
		"fe80::1%eth0":            {"has a zone", "has a zone"},
		strings.Repeat("a.", 150): {"is no valid DNS name", "is no valid DNS name"},
	} {
		for development, want := range map[string]string{"false": want.public, "true": want.development} {
			c, err := Load("", []string{"PRAXIS_HOST=" + host, "PRAXIS_DEVELOPMENT=" + development})
			switch {
			case want == "" && err != nil:
				t.Errorf("%s, development %s: %v", host, development, err)
			case want == "" && c.Validate() != nil:
				t.Errorf("%s, development %s: Validate: %v", host, development, c.Validate())
			case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "host (from PRAXIS_HOST)")):
				t.Errorf("%s, development %s: got %v, want %q", host, development, err, want)
			}
		}
	}
}

func TestBaseURL(t *testing.T) {
	for _, c := range []struct{ host, development, name, want string }{
		{"Hospital.ORG.", "false", "hospital.org", "https://hospital.org"},
		{"Krankenhäuser.org", "false", "xn--krankenhuser-ncb.org", "https://xn--krankenhuser-ncb.org"},
		{"LOCALHOST:8080", "true", "localhost:8080", "http://localhost:8080"},
		{"a.test:80", "true", "a.test", "http://a.test"},
		{"::1", "true", "[::1]", "http://[::1]"},
		{"[0:0::1]:8080", "true", "[::1]:8080", "http://[::1]:8080"},
	} {
		got, err := Load("", []string{"PRAXIS_HOST=" + c.host, "PRAXIS_DEVELOPMENT=" + c.development})
		if err != nil {
			t.Errorf("%s: %v", c.host, err)
			continue
		}
		if got.Host != c.name || got.BaseURL() != c.want {
			t.Errorf("%s: got %s, %s, want %s, %s", c.host, got.Host, got.BaseURL(), c.name, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	c, err := Load("", []string{"PRAXIS_POST_CHARS=1"})
	if err == nil {
		t.Fatal("Load took it")
	}
	err = c.Validate()
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 2 || problems[0].Setting != "post_chars" || problems[1].Setting != "host" {
		t.Errorf("Validate tells %v, want the problem of loading and the missing host", err)
	}
	var one *Problem
	if !errors.As(err, &one) || one.Setting != "post_chars" {
		t.Errorf("the first problem is %v", one)
	}

	made := Defaults()
	made.Host, made.Development = "hospital.org", true
	if err := made.Validate(); err == nil || !strings.Contains(err.Error(), "is a public name") {
		t.Errorf("a Config that was not loaded: got %v", err)
	}
	made.Host = "LocalHost"
	if err := made.Validate(); err == nil || !strings.Contains(err.Error(), "lower case") {
		t.Errorf("a host in upper case: got %v", err)
	}
	made.Host = "localhost:4000"
	if err := made.Validate(); err != nil {
		t.Errorf("a Config that was not loaded: %v", err)
	}
}

// TestSecrets: whichever way a Config is printed, what opens the database is not in it.
func TestSecrets(t *testing.T) {
	for _, database := range []string{
		"postgres://praxis:hunter2@db.test:5432/praxis", "postgresql://praxis:hunter2@db.test/praxis?sslmode=disable",
		"postgres://db.test/praxis?user=praxis&password=hunter2", "postgres:host=db.test dbname=praxis password=hunter2",
		"postgres:///praxis?host=/run/db&password=hunter2",
	} {
		c, err := Load("", []string{"PRAXIS_DATABASE=" + database})
		if err != nil {
			t.Errorf("%s: %v", database, err)
			continue
		}
		var log strings.Builder
		slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c, "again", &c)
		for _, shown := range []string{
			c.String(), fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s %q", c, &c, c, []Config{c}, struct{ C Config }{c}), log.String(),
		} {
			if strings.Contains(shown, "hunter2") || !strings.Contains(shown, "post") {
				t.Errorf("%s is shown as %s", database, shown)
			}
		}
	}
	if got := redact("postgres://praxis:hunter2@db.test:5432/praxis?sslmode=disable"); got != "postgres://praxis:***@db.test:5432/praxis?***" {
		t.Errorf("redact: got %s", got)
	}
	if got := redact("sqlite:praxis.db"); got != "sqlite:praxis.db" {
		t.Errorf("redact: got %s", got)
	}
}

// TestF12_OnlyNamedProxies: only those that are named are trusted, in one notation whichever they were written in.
func TestF12_OnlyNamedProxies(t *testing.T) {
	for typed, want := range map[string]string{
		"":                              "",
		"172.31.250.2/32 2001:db8::/32": "172.31.250.2/32,2001:db8::/32",
		"172.31.250.2, ::1":             "172.31.250.2/32,::1/128",
		"10.9.8.7/8":                    "10.0.0.0/8",
		"::ffff:10.0.0.1":               "10.0.0.1/32",
		"Loopback":                      "127.0.0.0/8,::1/128",
	} {
		c, err := Load("", []string{"PRAXIS_TRUSTED_PROXIES=" + typed})
		if err != nil || showProxies(&c) != want {
			t.Errorf("%q: got %s, %v, want %s", typed, showProxies(&c), err, want)
		}
	}
	for _, typed := range []string{"*", "::/0", "0.0.0.0/0", "10.0.0.0/33", "fe80::1%eth0", "::ffff:10.0.0.0/104", "10.0.0.1-10.0.0.9"} {
		if c, err := Load("", []string{"PRAXIS_TRUSTED_PROXIES=" + typed}); err == nil {
			t.Errorf("%q was taken as %s", typed, showProxies(&c))
		}
	}
}

func TestLevel(t *testing.T) {
	for word, want := range map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "": slog.LevelInfo, "x": slog.LevelInfo} {
		if got := (Config{LogLevel: word}).Level(); got != want {
			t.Errorf("%q: got %v", word, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"acme", "acme_email", "database", "host", "listen"}
	for typed, want := range map[string]string{
		"hots": "host", "datbase": "database", "acme_mail": "acme_email", "lisen": "listen", "": "acme", strings.Repeat("x", 5000): "acme",
	} {
		if got := nearest(typed, names); got != want {
			t.Errorf("nearest(%.20q) is %s, want %s", typed, got, want)
		}
	}
	if nearest("x", nil) != "" {
		t.Error("there is nothing near nothing")
	}
}
