package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"praxis/cmd/app"
	"praxis/cmd/bench"
	"praxis/internal/config"
	"praxis/models"
)

// cli is the grammar of the command line.
type cli struct {
	Config  string           `help:"Configuration file (TOML)." env:"PRAXIS_CONFIG" type:"path" placeholder:"FILE"`
	Version kong.VersionFlag `help:"Show the version and stop."`

	Serve        serveCommand        `cmd:"" help:"Run the instance."`
	Demo         demoCommand         `cmd:"" help:"Run two instances on this machine and walk through the main job; or three of one community (--siblings)."`
	User         userCommand         `cmd:"" help:"Create and look after users."`
	Invitation   invitationCommand   `cmd:"" help:"Make links by which people sign up."`
	SCIM         scimCommand         `cmd:"" name:"scim" help:"Let a directory say who has left."`
	Mail         mailCommand         `cmd:"" help:"Look at the letters that are sent, and send one."`
	Record       recordCommand       `cmd:"" help:"Verify and print records of contributions."`
	Retention    retentionCommand    `cmd:"" help:"Say what is kept for how long, and remove what is due."`
	Feed         feedCommand         `cmd:"" help:"Make sets of communities that one can follow together."`
	Community    communityCommand    `cmd:"" help:"Create, list and moderate communities."`
	Peer         peerCommand         `cmd:"" help:"See and steer deliveries to other servers."`
	Domain       domainCommand       `cmd:"" help:"Decide with whom this instance federates."`
	Audit        auditCommand        `cmd:"" help:"See who did what: the audit log."`
	Partner      partnerCommand      `cmd:"" help:"Agree with other organizations on what is shared, and see how they are."`
	Report       reportCommand       `cmd:"" help:"Look into reports: list, close, assign, forward."`
	Rule         ruleCommand         `cmd:"" help:"Add, list and remove the rules of this instance."`
	Announcement announcementCommand `cmd:"" help:"Tell all members something."`
	Emoji        emojiCommand        `cmd:"" help:"Add, list and remove emoji of this instance."`
	Bench        benchCommand        `cmd:"" help:"Measure running servers with many played peers."`
	Migrate      migrateCommand      `cmd:"" help:"Bring the database schema up to date."`
	Backup       backupCommand       `cmd:"" help:"Copy everything into one file, while the instance may run."`
	Restore      restoreCommand      `cmd:"" help:"Fill an empty database from a backup."`
	Keys         keysCommand         `cmd:"" help:"Replace keys that were lost or stolen."`
	Doctor       doctorCommand       `cmd:"" help:"Check configuration, database, clock, host name and keys."`
}

// streams are where a command reads and writes, and its environment.
type streams struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], &streams{os.Stdin, os.Stdout, os.Stderr, os.Environ()})
	stop()
	os.Exit(code)
}

// run carries out one command and gives the exit status.
func run(ctx context.Context, args []string, std *streams) (code int) {
	var grammar cli
	exited := false
	parser, err := kong.New(&grammar,
		kong.Name("praxis"), kong.Description("A federated server for communities of practice.\n\n"+settingsHelp()),
		kong.Vars{"version": "praxis " + app.Version, "scenarios": strings.Join(bench.Scenarios(), ", ")}, kong.Writers(std.out, std.err),
		kong.Exit(func(status int) { exited, code = true, status }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return complain(std, err)
	}
	command, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		return complain(std, usage("%w (see praxis --help)", err))
	}
	command.BindTo(models.WithDoer(ctx, commander()), (*context.Context)(nil))
	if err := command.Run(std, &grammar); err != nil {
		return complain(std, err)
	}
	return 0
}

// commander is whoever runs a command, as the audit log names them.
func commander() models.Doer {
	doer := models.Doer{Name: "somebody", Via: models.ViaCommand}
	if who, err := user.Current(); err == nil {
		doer.Name = who.Username
	}
	return doer
}

// usageError is a mistake of whoever called the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// complain writes an error as one line for each thing that is wrong, and gives the exit status: 2 for what the caller can
// put right by calling differently.
func complain(std *streams, err error) int {
	text := err.Error()
	var known *models.Error
	if errors.As(err, &known) && known.Code != models.Internal {
		text = known.Message
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\npraxis: ")
	} else {
		text = strings.Join(strings.Fields(text), " ")
	}
	fmt.Fprintln(std.err, "praxis: "+text)
	var mistake usageError
	if errors.As(err, &mistake) || errors.As(err, &problems) {
		return 2
	}
	switch models.ErrorCode(err) {
	case models.Invalid, models.Conflict, models.NotFound, models.Forbidden:
		return 2
	}
	return 1
}

func settingsHelp() string {
	lines := []string{"Settings come from the configuration file (by name) and over it from the environment:"}
	for _, s := range config.Table() {
		meaning := strings.ReplaceAll(s.Meaning, "`", "")
		if s.Default != "" {
			meaning += " Default: " + s.Default
		}
		lines = append(lines, fmt.Sprintf("  %-17s %s\n      %s", s.Name, s.Env, meaning))
	}
	return strings.Join(lines, "\n")
}

// load reads the configuration and refuses one that no instance can have.
func (c *cli) load(std *streams) (config.Config, error) {
	// Validate repeats what Load found and adds what no instance can do without: all of it is told at once.
	cfg, _ := config.Load(c.Config, std.environ)
	return cfg, cfg.Validate()
}

// open opens the instance that the configuration names, for a command that looks into the house.
func (c *cli) open(ctx context.Context, std *streams) (*app.App, error) {
	cfg, err := c.load(std)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, cfg, app.Options{Log: quietLog(std)})
}

// with runs a command on the opened instance, and closes it.
func (c *cli) with(ctx context.Context, std *streams, command func(a *app.App) error) error {
	a, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer a.Close()
	return command(a)
}
