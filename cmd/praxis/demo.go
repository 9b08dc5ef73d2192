package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

type demoCommand struct {
	Data     string `help:"Folder for the databases and uploaded files; a temporary one that is removed at the end unless set." type:"path" placeholder:"DIR"`
	Once     bool   `help:"End after the walk: exit 0 only if every step was seen at the other end."`
	Ports    []int  `help:"The ports to listen on, one for each organization; from 8081 on unless set." sep:","`
	Siblings bool   `help:"Show one community at three organizations instead: one of them is lost, the talk goes on, and it returns."`
}

// narrator prints steps, and counts them.
type narrator struct {
	std   *streams
	steps int
}

// demo is the two organizations and those who take part.
type demo struct {
	narrator
	hospital, clinic *house
}

// Run starts organizations, lets their members take part in a community of another one, and stays.
func (d *demoCommand) Run(ctx context.Context, std *streams) (err error) {
	hosts := 2
	if d.Siblings {
		hosts = len(leagueHouses)
	}
	if err := d.choosePorts(hosts); err != nil {
		return err
	}
	folder, cleanUp, err := d.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cleanUp()) }()
	tell := narrator{std: std}
	if d.Siblings {
		return d.showSiblings(ctx, tell, folder)
	}
	return d.showTwo(ctx, tell, folder)
}

// choosePorts takes those from 8081 on unless some were named.
func (d *demoCommand) choosePorts(count int) error {
	if len(d.Ports) == 0 {
		for i := range count {
			d.Ports = append(d.Ports, 8081+i)
		}
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(d.Ports)))
	if len(d.Ports) != count || len(distinct) != count || distinct[0] < 1 || distinct[count-1] > 65535 {
		return usage("--ports takes %d different ports from 1 to 65535, such as %s", count, strings.Join([]string{"8081", "8082", "8083"}[:count], ","))
	}
	return nil
}

// showTwo lets a member of a clinic take part in a community of a hospital.
func (d *demoCommand) showTwo(ctx context.Context, tell narrator, folder string) (err error) {
	begun := time.Now()
	play := &demo{narrator: tell}
	for i, h := range []struct {
		house       **house
		host, title string
	}{{&play.hospital, "hospital", "City Hospital"}, {&play.clinic, "clinic", "Riverside Clinic"}} {
		*h.house, err = openHouse(ctx, tell.std, housePlan{folder: folder, name: h.host, title: h.title, port: d.Ports[i]})
		if err != nil {
			return err
		}
		defer (*h.house).close()
	}
	play.say("two instances are up", "%s and %s, each with its own database in %s", time.Since(begun), play.hospital.app.Config.Host, play.clinic.app.Config.Host, folder)
	people, err := play.walk(ctx)
	if err != nil {
		return err
	}
	return d.end(ctx, &play.narrator, begun, people)
}

// end says that all went well, and stays until it is ended, unless it is to happen once.
func (d *demoCommand) end(ctx context.Context, tell *narrator, begun time.Time, people []*participant) error {
	if d.Once {
		fmt.Fprintf(tell.std.out, "\nall %d steps were seen at the other end, after %s\n", tell.steps, time.Since(begun).Round(time.Millisecond))
		return nil
	}
	tell.invite(people)
	<-ctx.Done()
	return nil
}

func (d *demoCommand) folder() (folder string, cleanUp func() error, err error) {
	if d.Data != "" {
		if err := os.MkdirAll(d.Data, 0o700); err != nil {
			return "", nil, usage("cannot make the folder %s: %w", d.Data, err)
		}
		return d.Data, func() error { return nil }, nil
	}
	folder, err = os.MkdirTemp("", "praxis-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return folder, func() error { return os.RemoveAll(folder) }, nil
}

// say prints a step: what, how long it took, and what happened.
func (d *narrator) say(step, format string, took time.Duration, args ...any) {
	d.steps++
	fmt.Fprintf(d.std.out, "%2d. %-50s %8s   %s\n", d.steps, step, took.Round(time.Millisecond), fmt.Sprintf(format, args...))
}

// invite says what there is to look at.
func (d *narrator) invite(people []*participant) {
	out := d.std.out
	fmt.Fprintf(out, "\nAll instances keep running; Ctrl-C ends them.\n\n")
	for _, p := range people {
		fmt.Fprintf(out, "%s\n", p.house.name)
		fmt.Fprintf(out, "  open       %s\n", p.house.base)
		fmt.Fprintf(out, "  sign in    user %s, password %s\n", p.actor.Username, demoPassword)
		fmt.Fprintf(out, "  API token  %s\n", p.token)
	}
	p := people[0]
	fmt.Fprintf(out, "\nFor instance: curl -H 'Authorization: Bearer %s' %s/api/v1/timelines/home\n", p.token, p.house.base)
	fmt.Fprintf(out, "A client that does not know names under localhost reaches the same at http://localhost:%s\n", portOf(p.house.base))
}

func portOf(base string) string { return base[strings.LastIndexByte(base, ':')+1:] }
