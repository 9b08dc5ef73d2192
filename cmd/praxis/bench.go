package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"praxis/cmd/bench"
)

type benchCommand struct {
	Run     benchRunCommand     `cmd:"" default:"withargs" help:"Measure running servers; the default."`
	Prepare benchPrepareCommand `cmd:"" help:"Make the authority that servers under test trust, and certificates for them."`
	Hosts   benchHostsCommand   `cmd:"" help:"Print the lines of /etc/hosts that peers with names need."`
	Fill    benchFillCommand    `cmd:"" help:"Fill the configured database with posts, for figures of growth. Never do this to a database in use."`
}

type benchRunCommand struct {
	Scenario []string      `arg:"" optional:"" help:"${scenarios}; all but kill unless some are named."`
	Target   []string      `sep:"none" required:"" placeholder:"NAME=URL,pid=N,token=T" help:"Server under test; several to compare them. More after commas: poster=TOKEN, page=PATH, restart=COMMAND."`
	Dir      string        `default:"bench" type:"path" help:"Folder of the authority and its keys."`
	Peers    int           `default:"200" help:"Hosts that are played, 127.0.1.1 and following."`
	Port     int           `default:"443" help:"Port of the peers."`
	Names    bool          `help:"Call the peers p1.bench.test and so on (see praxis bench hosts), for servers that refuse IP addresses."`
	Senders  int           `default:"50" help:"Of the peers, those whose actors the member follows."`
	Posts    int           `default:"20" help:"Posts sent to the peers in each of fanout, faulty and catchup."`
	Statuses int           `default:"300" help:"Posts of clients, one by one and again eight at once."`
	Notes    int           `default:"2000" help:"Notes that come in."`
	Clients  int           `default:"8" help:"Connections at the same time of what reads and sends."`
	Seconds  time.Duration `default:"10s" help:"How long timelines are read."`
	Patience time.Duration `default:"2m" help:"How long to wait for what may never come."`
	JSON     string        `name:"json" type:"path" placeholder:"FILE" help:"Write the figures to a file as well, as JSON."`
}

// Run measures.
func (b *benchRunCommand) Run(ctx context.Context, std *streams) error {
	targets, err := b.targets()
	if err != nil {
		return err
	}
	world, err := bench.NewWorld(bench.Config{
		Folder: b.Dir, Peers: b.Peers, Port: b.Port, Names: b.Names, Senders: b.Senders, Posts: b.Posts, Statuses: b.Statuses,
		Notes: b.Notes, Connections: b.Clients, Seconds: b.Seconds, Patience: b.Patience,
		Say: func(line string) { fmt.Fprintln(std.err, time.Now().Format(time.TimeOnly), line) },
	})
	if err != nil {
		return err
	}
	report, err := world.Run(ctx, targets, b.Scenario)
	if closing := world.Close(); err == nil {
		err = closing
	}
	if report == nil {
		return err
	}
	// What was measured before a scenario failed is told all the same.
	if told := b.tell(std, report); err == nil {
		err = told
	}
	return err
}

// targets reads the arguments.
func (b *benchRunCommand) targets() ([]*bench.Target, error) {
	if err := bench.CheckScenarios(b.Scenario); err != nil {
		return nil, usage("%w", err)
	}
	for name, value := range map[string]int{
		"peers": b.Peers, "senders": b.Senders, "posts": b.Posts, "statuses": b.Statuses, "notes": b.Notes, "clients": b.Clients, "port": b.Port,
	} {
		if value < 1 {
			return nil, usage("--%s is %d: it must be 1 or more", name, value)
		}
	}
	var targets []*bench.Target
	for _, text := range b.Target {
		t, err := bench.ParseTarget(text)
		if err != nil {
			return nil, usage("%w", err)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

func (b *benchRunCommand) tell(std *streams, report *bench.Report) error {
	if err := report.WriteTable(std.out); err != nil || b.JSON == "" {
		return err
	}
	file, err := os.Create(b.JSON)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	if err := report.WriteJSON(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

type benchPrepareCommand struct {
	Dir  string   `default:"bench" type:"path" help:"Folder of the authority and its keys."`
	Host []string `arg:"" optional:"" help:"Host names of servers under test; each gets HOST.crt and HOST.key in the folder."`
}

// Run makes certificates.
func (b *benchPrepareCommand) Run(std *streams) error {
	file, err := bench.Prepare(b.Dir, b.Host)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Start the servers under test with SSL_CERT_FILE=%s\n", file)
	return nil
}

type benchHostsCommand struct {
	Peers int `default:"200" help:"Hosts that are played."`
}

// Run prints lines of /etc/hosts.
func (b *benchHostsCommand) Run(std *streams) error {
	fmt.Fprintln(std.out, strings.Join(bench.HostLines(b.Peers), "\n"))
	return nil
}
