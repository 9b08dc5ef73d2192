package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/models"
)

type doctorCommand struct {
	Offline bool `help:"Leave out what asks the network: host name from outside, clock."`
}

// finding is what one look gave. Advice says what to do, and is "" when all is well.
type finding struct {
	level  string // ok, note, fail
	what   string
	advice string
}

func ok(format string, args ...any) finding { return finding{"ok", fmt.Sprintf(format, args...), ""} }

func note(advice, format string, args ...any) finding {
	return finding{"note", fmt.Sprintf(format, args...), advice}
}

func fail(advice, format string, args ...any) finding {
	return finding{"fail", fmt.Sprintf(format, args...), advice}
}

var errUnwell = errors.New("something is wrong, see above")

// Run examines the instance and says what to do.
func (d *doctorCommand) Run(ctx context.Context, std *streams, c *cli) error {
	cfg, err := c.load(std)
	if err != nil {
		return err // each problem says what would be right
	}
	unwell := show(std, "configuration", checkSettings(cfg))
	a, err := c.open(ctx, std)
	if err != nil {
		show(std, "database", []finding{databaseTrouble(err)})
		return errUnwell
	}
	defer a.Close()
	unwell = show(std, "database", checkDatabase(ctx, a)) || unwell
	unwell = show(std, "keys", checkKeys(ctx, a)) || unwell
	unwell = show(std, "deliveries", checkDeliveries(ctx, a)) || unwell
	if !d.Offline && len(cfg.OIDCProviders) > 0 {
		unwell = show(std, "sign-in", checkProviders(ctx, a)) || unwell
	}
	if !d.Offline && !cfg.Development {
		outside := newOutside(cfg)
		unwell = show(std, "host name", outside.checkHost(ctx)) || unwell
		unwell = show(std, "clock", outside.checkClock()) || unwell
	}
	if unwell {
		return errUnwell
	}
	return nil
}

// show prints findings and reports whether one of them is a failure.
func show(std *streams, topic string, findings []finding) bool {
	unwell := false
	for _, f := range findings {
		fmt.Fprintf(std.out, "%-4s  %-13s  %s\n", f.level, topic, f.what)
		if f.advice != "" {
			fmt.Fprintf(std.out, "%21s  → %s\n", "", f.advice)
		}
		unwell = unwell || f.level == "fail"
	}
	return unwell
}

// checkProviders looks whether the sign-ins of organizations answer.
func checkProviders(ctx context.Context, a *app.App) []finding {
	var findings []finding
	answers := a.CheckProviders(ctx)
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		if err := answers[key]; err != nil {
			findings = append(findings, fail("look at issuer in oidc_providers, and whether this machine reaches it", "%s: %v", key, err))
			continue
		}
		findings = append(findings, ok("%s answers", key))
	}
	return findings
}

func checkSettings(cfg config.Config) []finding {
	findings := []finding{ok("host %s, database %s", cfg.Host, databaseKind(cfg.Database))}
	if cfg.Development {
		findings = append(findings, note("use it for trying out only", "development is on: plain http, peers on this machine"))
	}
	if !cfg.ACME && cfg.TLSCertificate == "" && !cfg.Development && len(cfg.TrustedProxies) == 0 {
		findings = append(findings, note("name the TLS proxy in trusted_proxies",
			"no certificate of its own and no trusted proxy: all visitors seem to come from one address"))
	}
	if cfg.PasswordGrant {
		findings = append(findings, note("switch password_grant off unless command-line clients need it",
			"clients may exchange a password for a token"))
	}
	return findings
}

func databaseKind(url string) string {
	for i, r := range url {
		if r == ':' {
			return url[:i]
		}
	}
	return "unknown"
}

func databaseTrouble(err error) finding {
	if models.ErrorCode(err) == models.Unavailable {
		return fail("start the database, or correct the setting database", "%s", models.ErrorMessage(err))
	}
	return fail("see the message", "%s", err)
}

func checkDatabase(ctx context.Context, a *app.App) []finding {
	current, target, err := a.Store.SchemaVersion(ctx)
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	begun := time.Now()
	if err := a.Store.Ping(ctx); err != nil {
		return []finding{databaseTrouble(err)}
	}
	findings := []finding{ok("%s answers in %s, schema version %d of %d, belongs to %s",
		a.Store.Dialect(), time.Since(begun).Round(10*time.Microsecond), current, target, a.Config.Host)}
	return append(findings, checkLife(ctx, a)...)
}

// checkLife tells of the last restore.
func checkLife(ctx context.Context, a *app.App) []finding {
	backup, restored, err := a.Store.Read(ctx).RestoredFrom()
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	if restored == 0 {
		return nil
	}
	return []finding{ok("restored at %s from a backup of %s",
		restored.Time().UTC().Format(time.DateTime), backup.Time().UTC().Format(time.DateTime))}
}

func checkKeys(ctx context.Context, a *app.App) []finding {
	checked, bad, err := a.CheckKeys(ctx)
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	var findings []finding
	for _, name := range bad {
		findings = append(findings, fail("restore a backup that has it, or run praxis keys renew", "the key of %s is missing or does not fit", name))
	}
	if len(bad) == 0 {
		findings = append(findings, ok("%d local actors have keys that fit", checked))
	}
	return findings
}

func checkDeliveries(ctx context.Context, a *app.App) []finding {
	tx := a.Store.Read(ctx)
	pending, err := tx.PendingDeliveries()
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	peers, err := tx.Peers()
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	parked, err := tx.CountDeliveries(models.DeliveryParked)
	if err != nil {
		return []finding{databaseTrouble(err)}
	}
	findings := []finding{ok("%d waiting, %d parked, %d peers known", pending, parked, len(peers))}
	for _, peer := range peers {
		if peer.Failures > 0 && a.Store.Now().Sub(peer.FailingSince.Time()) > 24*time.Hour {
			findings = append(findings, note("nothing, if its administration knows; what waits is sent when it is back",
				"%s fails since %s: %s", peer.Host, peer.FailingSince.Time().Format(time.DateOnly), peer.LastError))
		}
	}
	return findings
}

// outside looks at the instance as others see it.
type outside struct {
	cfg    config.Config
	client *http.Client
	date   time.Time // the last answer's, of whoever gave it
	asked  time.Time
}

func newOutside(cfg config.Config) *outside {
	return &outside{cfg: cfg, client: &http.Client{Timeout: 15 * time.Second}}
}
