package testdb

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that is skipped or failed under observation.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Skip(args ...any)          { r.skipped = fmt.Sprint(args...) }
func (r *recorder) Fatalf(f string, a ...any) { r.failed = fmt.Sprintf(f, a...) }

func TestMissingToolIsASkipThatNamesThePackage(t *testing.T) {
	t.Setenv(RequireVariable, "postgres, chromium")
	r := &recorder{TB: t}
	Tool(r, "praxis-no-such-program", "no-such-package")
	if !strings.HasPrefix(r.skipped, "needs praxis-no-such-program") || !strings.HasSuffix(r.skipped, "no-such-package") {
		t.Errorf("skipped with %q", r.skipped)
	}
	if r.failed != "" {
		t.Errorf("failed with %q", r.failed)
	}
}

func TestMissingToolFailsWhenRequired(t *testing.T) {
	for _, list := range []string{"praxis-no-such-program", "postgres, no-such-package"} {
		t.Setenv(RequireVariable, list)
		r := &recorder{TB: t}
		Tool(r, "praxis-no-such-program", "no-such-package")
		if r.failed == "" || r.skipped != "" {
			t.Errorf("%s: failed with %q, skipped with %q", list, r.failed, r.skipped)
		}
	}
}

func TestMissingPythonModuleIsASkip(t *testing.T) {
	t.Setenv(RequireVariable, "")
	r := &recorder{TB: t}
	if got := PythonModule(r, "praxis_no_such_module", "python3-nothing"); got != "" {
		t.Errorf("found %q", got)
	}
	if !strings.Contains(r.skipped, "python3-nothing") {
		t.Errorf("skipped with %q", r.skipped)
	}
}

func TestMissingChromiumFailsWhenRequired(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(RequireVariable, "chromium")
	r := &recorder{TB: t}
	Chromium(r)
	if !strings.HasPrefix(r.failed, "needs chromium") {
		t.Errorf("failed with %q", r.failed)
	}
}

func TestToolFindsWhatIsThere(t *testing.T) {
	if got := Tool(t, "sh", "dash"); !filepath.IsAbs(got) {
		t.Errorf("sh is at %q", got)
	}
}

func TestChromiumRuns(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), Chromium(t), "--version").Output()
	if err != nil || !strings.Contains(string(out), "Chrom") {
		t.Errorf("got %q, %v", out, err)
	}
}
