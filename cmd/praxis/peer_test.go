package main

import (
	"strings"
	"testing"
	"time"
)

func TestPeerCommands(t *testing.T) {
	env := settings(t)
	if got := praxis(t, env, "", "peer", "list"); got.code != 0 || !strings.Contains(got.out, "HOST") {
		t.Fatalf("%+v", got)
	}
	for _, verb := range []string{"show", "pause", "resume", "retry"} {
		mistaken(t, praxis(t, env, "", "peer", verb, "nobody.test"), "nobody.test", "list of peers")
	}
	mistaken(t, praxis(t, env, "", "peer", "resend", "nobody.test", "--since", "1h"), "nobody.test")
	mistaken(t, praxis(t, env, "", "peer", "resend", "nobody.test", "--since", "soon"), "soon", "36h")
	mistaken(t, praxis(t, env, "", "peer", "resend", "nobody.test", "--since", "60d"), "30 days")
	mistaken(t, praxis(t, env, "", "peer", "show", "no host"), "domain name")
	mistaken(t, praxis(t, env, "", "peer", "list", "--state", "odd"), "odd")
}

func TestReadSince(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-03-30": time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), "2026-03-30T01:02:03Z": time.Date(2026, 3, 30, 1, 2, 3, 0, time.UTC),
		"36h": now.Add(-36 * time.Hour), "7d": now.AddDate(0, 0, -7),
	} {
		if got, err := readSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "-1h", "7days", "2026-13-01"} {
		if at, err := readSince(text, now); err == nil {
			t.Errorf("%q is %v", text, at)
		}
	}
}
