package clients

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"praxis/internal/testdb"
)

// toot is the command-line client of Debian's package of this name: each call is a run of the program, and what it
// prints is read.
type toot struct {
	member member
	folder string // of its configuration
}

func newToot() client { return &toot{} }

func (c *toot) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), testdb.Tool(t, "toot", "toot"), args...)
	cmd.Env = []string{
		"HOME=" + c.folder, "XDG_CONFIG_HOME=" + c.folder, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8",
		"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
	}
	return cmd
}

// run gives what toot printed. A word on standard error is a warning, and fails the test.
func (c *toot) run(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	var out, warnings bytes.Buffer
	cmd := c.command(t, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &warnings
	if err := cmd.Run(); err != nil || warnings.Len() > 0 {
		t.Fatalf("toot %q: %v\n%s%s", args, err, out.String(), warnings.String())
	}
	return out.String()
}

func (c *toot) signIn(t *testing.T, m member, by *browser) {
	t.Helper()
	c.member, c.folder = m, t.TempDir()
	at := []string{"--disable-https", "--instance", m.house.address()}
	var said string
	if by == nil {
		said = c.run(t, secret, append([]string{"login_cli", "--email", m.email()}, at...)...)
	} else {
		said = c.walk(t, by, c.command(t, append([]string{"login"}, at...)...))
	}
	if !strings.Contains(said, "Successfully logged in") {
		t.Fatalf("toot did not log in: %s", said)
	}
	if said := c.run(t, "", "whoami"); !strings.HasPrefix(said, "@"+m.name+" ") {
		t.Fatalf("toot whoami: %s", said)
	}
}

var loginURL = regexp.MustCompile(`(?m)^http://\S+$`)

// walk carries the address that toot prints to the browser, and the code back.
func (c *toot) walk(t *testing.T, by *browser, cmd *exec.Cmd) string {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && !loginURL.MatchString(lines.Text()) {
		said.WriteString(lines.Text() + "\n")
	}
	code := by.authorize(t, lines.Text(), c.member)
	// The first question is whether toot shall open a browser.
	if _, err := io.WriteString(stdin, "n\n"+code+"\n"); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("toot login: %v: %s", err, said.String())
	}
	return said.String()
}

var (
	accountLine = regexp.MustCompile(`(?m)^@(\S+) .*$`)
	accountID   = regexp.MustCompile(`(?m)^ID: (\d+)$`)
)

func (c *toot) find(t *testing.T, handle string) person {
	t.Helper()
	if said := c.run(t, "", "search", "--resolve", handle); !strings.Contains(said, "Wound care") {
		t.Fatalf("toot search %s: %s", handle, said)
	}
	said := c.run(t, "", "whois", c.known(handle))
	name, number := accountLine.FindStringSubmatch(said), accountID.FindStringSubmatch(said)
	if name == nil || number == nil {
		t.Fatalf("toot whois %s: %s", handle, said)
	}
	return person{id(number[1]), name[1]}
}

// known is a handle as toot finds it: at its own instance it knows accounts without a host, and takes the address that it
// connects to for the instance's name.
func (c *toot) known(handle string) string {
	return strings.TrimSuffix(handle, "@"+c.member.house.host)
}

func (c *toot) follow(t *testing.T, p person) {
	t.Helper()
	c.expect(t, "You are now following @"+p.Acct, "follow", "@"+p.Acct)
}

func (c *toot) follows(t *testing.T, p person) bool {
	t.Helper()
	return strings.Contains(c.run(t, "", "following", "@"+c.member.name), "* @"+p.Acct+" ")
}

// expect runs a command that has nothing to show but that it was carried out.
func (c *toot) expect(t *testing.T, words string, args ...string) {
	t.Helper()
	if said := c.run(t, "", args...); said != "✓ "+words+"\n" {
		t.Fatalf("toot %q: %s", args, said)
	}
}

func (c *toot) post(t *testing.T, text string) entry {
	t.Helper()
	return c.posted(t, text, c.run(t, "", "post", text))
}

func (c *toot) reply(t *testing.T, to entry, author, text string) entry {
	t.Helper()
	return c.posted(t, text, c.run(t, "", "post", "--reply-to", string(to.ID), author+" "+text))
}

// posted reads the address that toot prints, whose end is the status' id.
func (c *toot) posted(t *testing.T, text, said string) entry {
	t.Helper()
	address, found := strings.CutPrefix(strings.TrimSpace(said), "Toot posted: http://"+c.member.house.host+"/")
	if !found {
		t.Fatalf("toot post: %s", said)
	}
	return entry{ID: id(path.Base(address)), Author: c.member.name, Text: plain(text)}
}

func (c *toot) favourite(t *testing.T, e entry) {
	t.Helper()
	c.expect(t, "Status favourited", "favourite", string(e.ID))
}

func (c *toot) boost(t *testing.T, e entry) {
	t.Helper()
	c.expect(t, "Status reblogged", "reblog", string(e.ID))
}

func (c *toot) home(t *testing.T) []entry {
	t.Helper()
	return c.entries(t, c.run(t, "", "timeline", "--once", "--count", "20"))
}

func (c *toot) thread(t *testing.T, e entry) []entry {
	t.Helper()
	return c.entries(t, c.run(t, "", "thread", string(e.ID)))
}

var (
	rule     = regexp.MustCompile(`(?m)^─+$`)
	statusOf = regexp.MustCompile(`(?s)^\s*[^\n]*?@(\S+) +\d{4}-\d\d-\d\d \d\d:\d\d \w+\n(.*)\nID (\d+) [^\n]*$`)
)

// entries reads what toot prints of statuses: who and when, the text, and the id.
func (c *toot) entries(t *testing.T, said string) []entry {
	t.Helper()
	var entries []entry
	for _, block := range rule.Split(said, -1) {
		if strings.TrimSpace(block) == "" {
			continue
		}
		parts := statusOf.FindStringSubmatch(strings.TrimRight(block, "\n"))
		if parts == nil {
			t.Fatalf("toot shows a status in an unknown way: %q", block)
		}
		entries = append(entries, entry{ID: id(parts[3]), Author: parts[1], Text: strings.Join(strings.Fields(parts[2]), " ")})
	}
	return entries
}

// kinds are the words of toot's notifications.
var kinds = map[string]string{
	"mentioned you in": "mention", "favourited your status": "favourite", "reblogged your status": "reblog",
	"now follows you": "follow",
}

var noticeLine = regexp.MustCompile(`(?m)^.* @(\S+) (mentioned you in|favourited your status|reblogged your status|now follows you)$`)

func (c *toot) notices(t *testing.T) []notice {
	t.Helper()
	var notices []notice
	for _, block := range rule.Split(c.run(t, "", "notifications"), -1) {
		line := noticeLine.FindStringSubmatch(block)
		if line == nil {
			continue
		}
		notices = append(notices, notice{kinds[line[2]], line[1], strings.Join(strings.Fields(block), " ")})
	}
	return notices
}

func (c *toot) refused(t *testing.T, text string) string {
	t.Helper()
	cmd := c.command(t, "post", text)
	said, err := cmd.CombinedOutput()
	if failed := (*exec.ExitError)(nil); !errors.As(err, &failed) || failed.ExitCode() != 1 {
		t.Fatalf("toot post ends with %v: %s", err, said)
	}
	return string(said)
}

func (c *toot) instance(t *testing.T) about {
	t.Helper()
	lines := strings.Split(c.run(t, "", "instance", c.member.house.address(), "--disable-https"), "\n")
	if len(lines) < 3 {
		t.Fatalf("toot instance: %q", lines)
	}
	return about{Title: lines[0], URI: lines[1], Version: strings.TrimPrefix(lines[2], "running Mastodon ")}
}

func (c *toot) share(t *testing.T, text, picture, description string) entry {
	t.Helper()
	said := c.run(t, "", "post", "--media", picture, "--description", description, text)
	return c.posted(t, text, strings.TrimPrefix(said, "Uploading media: "+picture+"\n"))
}

func (c *toot) bookmark(t *testing.T, e entry) {
	t.Helper()
	c.expect(t, "Status bookmarked", "bookmark", string(e.ID))
}

func (c *toot) bookmarks(t *testing.T) []entry {
	t.Helper()
	return c.entries(t, c.run(t, "", "bookmarks", "--once"))
}

func (c *toot) remove(t *testing.T, e entry) {
	t.Helper()
	c.expect(t, "Status deleted", "delete", string(e.ID))
}

// asTerminal runs a program so that it takes its output for a terminal, since toot goes on to a second page only there.
const asTerminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"

// goOn is what toot asks after each page, and lastWords is what it says after the last one.
const goOn, lastWords = "Continue? [Y/n] ", "That's all folks."

func (c *toot) homeInPages(t *testing.T, size int) []entry {
	t.Helper()
	cmd := c.command(t, "timeline", "--no-color", "--count", strconv.Itoa(size))
	cmd.Args = append([]string{"python3", "-c", asTerminal, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = testdb.PythonModule(t, "pty", "python3")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for shown := bufio.NewReader(stdout); ; {
		letter, err := shown.ReadByte()
		if err != nil {
			break
		}
		said.WriteByte(letter)
		if strings.HasSuffix(said.String(), goOn) {
			if _, err := io.WriteString(stdin, "y\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), lastWords) {
		t.Fatalf("toot timeline: %v: %s", err, said.String())
	}
	// The terminal shows the answers, too.
	return c.entries(t, strings.NewReplacer("\r", "", goOn+"y", "", lastWords, "").Replace(said.String()))
}
