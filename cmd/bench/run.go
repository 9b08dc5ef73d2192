package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// scenario is one way of loading a server.
type scenario struct {
	name string
	run  func(*World, context.Context, *sheet) error
}

// scenarios in the order in which they run: what must find a fresh server first, what leaves work behind last.
var scenarios = []scenario{
	{"posting", (*World).posting},
	{"contact", (*World).contact},
	{"fanout", (*World).fanout},
	{"inbound", (*World).inbound},
	{"timeline", (*World).timeline},
	{"kill", (*World).kill},
	{"catchup", (*World).catchup},
	{"faulty", (*World).faulty},
}

// onRequest are scenarios that run only when they are named.
var onRequest = []string{"kill"}

// Scenarios gives the names of all scenarios.
func Scenarios() []string {
	names := make([]string, 0, len(scenarios))
	for _, s := range scenarios {
		names = append(names, s.name)
	}
	return names
}

// sheet is where a scenario writes what it finds of a target.
type sheet struct {
	*Target
	scenario string
	report   *Report
}

func (s *sheet) add(name, unit string, better better, value float64) {
	s.report.add(s.Target.Name, s.scenario, name, unit, better, value)
}

// stint measures what a server computes from now on.
type stint struct {
	sheet *sheet
	begun time.Time
	cpu   time.Duration
}

func (s *sheet) begin() stint { return stint{sheet: s, begun: time.Now(), cpu: cpu(s.pid())} }

// settle is how long a server may take to put away what it just did, before its CPU time is read.
const settle = 300 * time.Millisecond

// cost records the CPU time of each of some units of work.
func (s stint) cost(ctx context.Context, name string, units int) {
	_ = pause(ctx, settle)
	if spent := cpu(s.sheet.pid()) - s.cpu; spent > 0 && units > 0 {
		s.sheet.add(name, "ms CPU", less, float64(spent)/float64(time.Millisecond)/float64(units))
	}
}

// Run measures targets one after the other in the scenarios with the given names; all but those on request without any.
func (w *World) Run(ctx context.Context, targets []*Target, names []string) (*Report, error) {
	report := &Report{At: time.Now().UTC(), Machine: w.machine(ctx)}
	for _, t := range targets {
		report.Targets = append(report.Targets, t.Name)
		if err := w.runOn(ctx, t, names, report); err != nil {
			return report, err
		}
	}
	report.compare()
	return report, nil
}

func (w *World) runOn(ctx context.Context, t *Target, names []string, report *Report) error {
	if err := w.resolve(ctx, t); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	idle := resident(t.pid())
	begun := cpu(t.pid())
	stop := t.watch(ctx)
	defer stop()
	for _, s := range scenarios {
		if len(names) == 0 && slices.Contains(onRequest, s.name) || len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		w.cfg.Say(t.Name + ": " + s.name)
		if err := s.run(w, ctx, &sheet{Target: t, scenario: s.name, report: report}); err != nil {
			return fmt.Errorf("%s, %s: %w", t.Name, s.name, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	all := &sheet{Target: t, scenario: "process", report: report}
	if idle > 0 {
		all.add("memory before", "MiB", less, float64(idle)/(1<<20))
		all.add("memory at peak", "MiB", less, float64(t.peak.Load())/(1<<20))
		all.add("CPU of it all", "s", less, (cpu(t.pid()) - begun).Seconds())
	}
	all.add("bad signatures", "", neither, float64(w.badSigns.Swap(0)))
	all.add("signatures verified", "", neither, float64(w.verified.Swap(0)))
	return nil
}

// CheckScenarios refuses names that are none.
func CheckScenarios(names []string) error {
	for _, name := range names {
		if !slices.Contains(Scenarios(), name) {
			return fmt.Errorf("there is no scenario %q; there are %s", name, strings.Join(Scenarios(), ", "))
		}
	}
	return nil
}

// pause waits; the error is that of ctx.
func pause(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func perSecond(count int, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(count) / took.Seconds()
}
