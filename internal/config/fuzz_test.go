package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLoad: whatever stands in a file or a variable, the answer is a good Config or an error in words; and what is good
// stays what it is when it is loaded again.
func FuzzLoad(f *testing.F) {
	f.Add([]byte("host = \"a.test\"\ndevelopment = true"), "PRAXIS_LISTEN", ":443")
	f.Add([]byte("[a]\nb = 1979-05-27\n"), "PRAXIS_HOST", "käse.org:99")
	f.Add([]byte("trusted_proxies = [\"::1\", 1, [2]]\n\"a.b\" = {c = []}"), "PRAXIS_TRUSTED_PROXIES", "loopback,::/1")
	f.Add([]byte("database = 'postgres://u:p@h/d'"), "PRAXIS_A.B", "x")
	path := filepath.Join(f.TempDir(), "praxis.toml")
	f.Fuzz(func(t *testing.T, text []byte, key, value string) {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if key == FileVariable {
			return // any file of this machine might be read
		}
		c, err := Load(path, []string{key + "=" + value})
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		_ = c.String()
		err = c.Validate()
		if (err == nil) != (c.Host != "") {
			t.Fatalf("host %q, and Validate says %v", c.Host, err)
		}
		again, err := Load("", []string{
			"PRAXIS_HOST=" + c.Host, fmt.Sprintf("PRAXIS_DEVELOPMENT=%v", c.Development), "PRAXIS_TRUSTED_PROXIES=" + showProxies(&c),
		})
		if err != nil || again.Host != c.Host || showProxies(&again) != showProxies(&c) {
			t.Fatalf("loaded again, %v becomes %v: %v", c, again, err)
		}
	})
}

// FuzzRedact: nothing of a password is shown, however special the characters in it are.
func FuzzRedact(f *testing.F) {
	forms := []string{"postgres://u:%s@h/d", "postgres://u:%s@h:5432/d?sslmode=disable", "postgres://h/d?password=%s", "postgres:host=h password=%s dbname=d"}
	f.Add(uint8(0), "", "")
	f.Add(uint8(1), "/", "")
	f.Add(uint8(2), "&", "")
	f.Add(uint8(3), "'", "@")
	f.Fuzz(func(t *testing.T, form uint8, before, after string) {
		const secret = "73915862" // could be a port
		database := strings.Replace(forms[int(form)%len(forms)], "%s", before+secret+after, 1)
		c, err := Load("", []string{"PRAXIS_DATABASE=" + database})
		if err == nil && strings.Contains(c.String(), secret) || err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q is shown as %v, %v", database, c, err)
		}
	})
}
