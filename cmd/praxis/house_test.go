package main

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestRulesAnnouncementsAndEmoji(t *testing.T) {
	env := settings(t)
	must := func(args ...string) string {
		t.Helper()
		got := praxis(t, env, "", args...)
		if got.code != 0 {
			t.Fatalf("%v: exit %d: %s", args, got.code, got.err)
		}
		return got.out
	}
	number := regexp.MustCompile(`[0-9]+`)
	rule := number.FindString(must("rule", "add", "Be kind", "--hint", "Always"))
	if out := must("rule", "list"); !strings.Contains(out, rule) || !strings.Contains(out, "Be kind") {
		t.Errorf("rules: %s", out)
	}
	must("rule", "remove", rule)
	mistaken(t, praxis(t, env, "", "rule", "remove", rule), rule)
	mistaken(t, praxis(t, env, "", "rule", "add", " "), "text")

	told := number.FindString(must("announcement", "create", "Maintenance\non Friday", "--ends", "2030-05-01T20:00:00Z"))
	if out := must("announcement", "list"); !strings.Contains(out, "Maintenance on Friday") || !strings.Contains(out, "2030-05-01 20:00") {
		t.Errorf("announcements: %s", out)
	}
	must("announcement", "delete", told)
	mistaken(t, praxis(t, env, "", "announcement", "delete", told), told)

	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.png")
	if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	must("emoji", "add", ":thumbs:", file, "--category", "Hands")
	if out := must("emoji", "list"); !strings.Contains(out, ":thumbs:") || !strings.Contains(out, "https://hospital.example/media/") {
		t.Errorf("emoji: %s", out)
	}
	must("emoji", "remove", "thumbs")
	mistaken(t, praxis(t, env, "", "emoji", "remove", "thumbs"), "thumbs")
	mistaken(t, praxis(t, env, "", "emoji", "add", "x", file), "a-z")
	mistaken(t, praxis(t, env, "", "emoji", "add", "none", file+".missing"), "picture")
}
