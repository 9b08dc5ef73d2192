package testdb

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// RequireVariable names the environment variable with the components, separated by commas, whose absence is a failure
// and not a skip: "postgres", "chromium", and the name or the Debian package of any tool.
const RequireVariable = "PRAXIS_TEST_REQUIRE"

// Chromium gives the path of a Chromium or Chrome. Without one the test is skipped, or fails when PRAXIS_TEST_REQUIRE
// contains "chromium".
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, "needs chromium: install the Debian package chromium", "chromium")
	return ""
}

// Tool gives the path of the program name. Without it the test is skipped, with the Debian package to install, or fails
// when PRAXIS_TEST_REQUIRE contains the program or the package.
func Tool(t testing.TB, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, fmt.Sprintf("needs %s: install the Debian package %s", name, debianPackage), name, debianPackage)
	}
	return path
}

// PythonModule gives the path of a Python 3 that can import the module. Without one the test is skipped, with the Debian
// package to install, or fails when PRAXIS_TEST_REQUIRE contains the module or the package.
func PythonModule(t testing.TB, module, debianPackage string) string {
	t.Helper()
	// Debian's packages belong to Debian's Python; another one may come first in PATH.
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import "+module).Run() == nil {
			return python
		}
	}
	Missing(t, fmt.Sprintf("needs Python's module %s: install the Debian package %s", module, debianPackage), module, debianPackage)
	return ""
}

// missing ends the test: a failure when one of the component's names is required, else a skip. The runner of all tests
// knows such skips by the word "needs" at their beginning.
func Missing(t testing.TB, text string, names ...string) {
	t.Helper()
	if required(os.Getenv(RequireVariable), names...) {
		t.Fatalf("%s (%s says that it must be there)", text, RequireVariable)
		return // a TB of a test's own may come back
	}
	t.Skip(text)
}

func required(list string, names ...string) bool {
	for entry := range strings.SplitSeq(list, ",") {
		if slices.Contains(names, strings.TrimSpace(entry)) {
			return true
		}
	}
	return false
}
