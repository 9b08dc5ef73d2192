package testdb

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Cluster is a running PostgreSQL cluster for tests: it listens on a unix socket only, does not care for durability,
// and ends when Stop is called or when the process that started it is gone.
type Cluster struct {
	dir   string
	guard *exec.Cmd
	bin   string
	as    *syscall.Credential
	leash io.Closer // the guard stops the cluster when this pipe closes, which the kernel does for a process that is killed
}

// guardScript makes, starts and ends the cluster. All of it is one script, so that there is no moment in which a killed
// parent leaves a server behind.
//
//go:embed guard.sh
var guardScript string

// clusterUser is the name of the cluster's superuser.
const clusterUser = "praxis"

// socketPathLimit is what a unix socket's path may measure everywhere (Linux allows 107 bytes, others fewer), less the
// length of PostgreSQL's "/.s.PGSQL.5432".
const socketPathLimit = 103 - 14

// Start makes a new cluster in a temporary folder and waits until it answers. Errors: no PostgreSQL is installed; the
// server did not start, with what it said.
func Start(ctx context.Context) (*Cluster, error) {
	bin, err := findServer(ctx)
	if err != nil {
		return nil, err
	}
	credential, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := makeFolder(credential)
	if err != nil {
		return nil, err
	}
	cluster, err := launch(bin, dir, credential)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return cluster, nil
}

// URL is the address of the cluster's maintenance database.
func (c *Cluster) URL() string {
	query := url.Values{"host": {c.dir}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(clusterUser), Path: "/postgres", RawQuery: query.Encode()}).String()
}

// Crash ends the server at once, as a crash does, with every transaction that is under way; Recover starts it again.
func (c *Cluster) Crash(ctx context.Context) error {
	return c.control(ctx, "-m", "immediate", "-w", "-t", "60", "stop")
}

// Recover starts the server after Crash and waits until it answers.
func (c *Cluster) Recover(ctx context.Context) error {
	return c.control(ctx, "-l", filepath.Join(c.dir, "log"), "-w", "-t", "60", "start")
}

func (c *Cluster) control(ctx context.Context, args ...string) error {
	command := exec.CommandContext(ctx, filepath.Join(c.bin, "pg_ctl"), append([]string{"-D", filepath.Join(c.dir, "data")}, args...)...)
	command.Dir = c.dir
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + c.dir}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.as}
	if err := command.Run(); err != nil { // what it writes is not read: the server that it starts would hold the pipe
		return fmt.Errorf("pg_ctl %s: %w", args[len(args)-1], err)
	}
	return nil
}

// Socket is where the server listens.
func (c *Cluster) Socket() string { return filepath.Join(c.dir, ".s.PGSQL.5432") }

// Stop ends the cluster at once, with every connection to it, and removes its folder.
func (c *Cluster) Stop() error {
	if err := c.leash.Close(); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	if err := c.guard.Wait(); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	return nil
}

func launch(bin, dir string, credential *syscall.Credential) (*Cluster, error) {
	reins, leash, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make the guard's pipe: %w", err)
	}
	defer reins.Close()
	said, speech, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the guard's pipe: %w", err), leash.Close())
	}
	defer said.Close()
	guard := guardCommand(bin, dir, credential)
	guard.Stdin, guard.Stdout, guard.Stderr = reins, speech, speech
	err = guard.Start()
	_ = speech.Close() // the guard has its own copy; ours would hide the end of its output
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the guard of PostgreSQL: %w", err), leash.Close())
	}
	cluster := &Cluster{dir: dir, guard: guard, bin: bin, as: credential, leash: leash}
	if err := awaitReady(said); err != nil {
		_ = cluster.Stop() // the guard's own failure, which is in err with more words
		return nil, err
	}
	return cluster, nil
}

// guardCommand: a session of its own, so that an interrupt at the terminal ends the tests and leaves the guard to tidy up.
func guardCommand(bin, dir string, credential *syscall.Credential) *exec.Cmd {
	locale := "C"
	if runtime.GOOS == "linux" {
		locale = "C.UTF-8" // as C, but knows the case of letters beyond ASCII
	}
	guard := exec.Command("/bin/sh", "-c", guardScript, "guard", bin, dir, clusterUser, locale, settings(dir))
	guard.Dir = dir // the current folder may be closed to the unprivileged user
	guard.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "HOME=" + dir}
	guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: credential}
	return guard
}

// settings: the data are worth nothing after the run, so nothing is made durable.
func settings(dir string) string {
	return strings.Join([]string{
		"listen_addresses = ''",
		"unix_socket_directories = '" + strings.ReplaceAll(dir, "'", "''") + "'",
		"unix_socket_permissions = 0777", // the folder is what keeps others out
		"max_connections = 400",
		"shared_buffers = 64MB",
		"fsync = off",
		"synchronous_commit = off",
		"full_page_writes = off",
		"wal_level = minimal",
		"max_wal_senders = 0",
		"max_wal_size = 512MB",
		"timezone = 'UTC'",
		"log_timezone = 'UTC'",
	}, "\n")
}

// awaitReady reads what the guard says until it says "ready"; all that it said before its end is the error.
func awaitReady(said io.Reader) error {
	var told strings.Builder
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if lines.Text() == "ready" {
			return nil
		}
		told.WriteString(lines.Text() + "\n")
	}
	return fmt.Errorf("PostgreSQL did not start:\n%s", told.String())
}

// unprivileged is whom to run the server as: PostgreSQL refuses to run as root. Nil means as we are.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the uid of %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("read the gid of %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no user postgres or nobody to run PostgreSQL as")
}

// makeFolder makes the folder for the data and the socket, short enough for a socket's path.
func makeFolder(owner *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent)+len("/praxis-pg-1234567890") > socketPathLimit {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "praxis-pg-")
	if err != nil {
		return "", fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return "", errors.Join(fmt.Errorf("give PostgreSQL its folder: %w", err), os.RemoveAll(dir))
		}
	}
	return dir, nil
}
