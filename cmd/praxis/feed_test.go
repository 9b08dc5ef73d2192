package main

import (
	"strings"
	"testing"
)

func TestFeeds(t *testing.T) {
	env := settings(t)
	must := func(args ...string) string {
		t.Helper()
		got := praxis(t, env, "", args...)
		if got.code != 0 {
			t.Fatalf("%v: %+v", args, got)
		}
		return got.out
	}
	must("user", "create", "ann")
	must("community", "create", "woundcare")
	must("feed", "create", "health", "--title", "Health", "--owner", "ann")
	must("feed", "add", "health", "woundcare")
	if out := must("feed", "list"); !strings.Contains(out, "health") || !strings.Contains(out, "woundcare") {
		t.Errorf("feed list: %s", out)
	}
	must("feed", "remove", "health", "@woundcare")
	if out := must("feed", "list"); strings.Contains(out, "woundcare") {
		t.Errorf("feed list: %s", out)
	}
	mistaken(t, praxis(t, env, "", "feed", "add", "none", "woundcare"), "none", "feed list")
	mistaken(t, praxis(t, env, "", "feed", "add", "health", "ann"), "ann")
	mistaken(t, praxis(t, env, "", "feed", "create", "woundcare"), "woundcare") // one name space
}
