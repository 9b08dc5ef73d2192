package main

import (
	"strings"
	"testing"
)

func TestCommunitySplitAndClose(t *testing.T) {
	env := settings(t)
	for _, args := range [][]string{{"community", "create", "wounds"}, {"community", "split", "wounds", "--as", "burns", "--title", "Burns"}} {
		if got := praxis(t, env, "", args...); got.code != 0 {
			t.Fatalf("%v: exit %d: %s", args, got.code, got.err)
		}
	}
	if got := praxis(t, env, "", "community", "list"); !strings.Contains(got.out, "burns") {
		t.Errorf("the communities are %s", got.out)
	}
	mistaken(t, praxis(t, env, "", "community", "split", "wounds", "--as", "burns"), "burns")
	mistaken(t, praxis(t, env, "", "community", "close", "wounds"), "not closing")
	mistaken(t, praxis(t, env, "", "community", "close", "wounds", "--undo"), "not closing")
	mistaken(t, praxis(t, env, "", "community", "close", "wounds", "--admit"), "waits for an admin")
	mistaken(t, praxis(t, env, "", "community", "close", "wounds", "--for", "wounds@clinic.example"), "wounds@clinic.example")
}
