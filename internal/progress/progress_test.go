package progress

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestLinesNowAndThen(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	m := New(&out)
	m.now = func() time.Time { return clock }
	m.Begin("rows", "rows", 200)
	for range 200 {
		clock = clock.Add(100 * time.Millisecond)
		m.Add(1)
	}
	m.End()
	m.End() // a task ends once
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 || lines[0] != "rows: 50 of 200 rows (25 %), about 15s left" || lines[4] != "rows: 200 rows in 20s" {
		t.Errorf("told %q", lines)
	}
}

func TestBarIsDrawnOver(t *testing.T) {
	var out bytes.Buffer
	clock := time.Unix(1000, 0)
	m := New(&out)
	m.terminal, m.every, m.now = true, barEvery, func() time.Time { return clock }
	m.Begin("files", "files", 4)
	clock = clock.Add(time.Second)
	m.Add(2)
	m.Begin("more", "bytes", 0)
	clock = clock.Add(time.Second)
	m.Add(7)
	m.End()
	got := strings.ReplaceAll(out.String(), "\r\x1b[K", "|")
	want := "|files [                        ] 0 of 4 files (0 %)|files [============            ] 2 of 4 files (50 %)" +
		"|files: 2 files in 1s\n|more: 0 bytes|more: 7 bytes|more: 7 bytes in 1s\n"
	if got != want {
		t.Errorf("drew\n%q, want\n%q", got, want)
	}
}

func TestNobodyIsTold(t *testing.T) {
	var m *Meter
	m.Begin("rows", "rows", 1)
	m.Add(1)
	m.End()
}
