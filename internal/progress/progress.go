package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	// barEvery and lineEvery are how often it is told: a terminal is drawn over, while a log keeps every line.
	barEvery  = 100 * time.Millisecond
	lineEvery = 5 * time.Second
	barWidth  = 24
)

// Meter tells how far a task is. It is safe for concurrent use, and a nil Meter tells nothing.
type Meter struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	now      func() time.Time

	lock  sync.Mutex
	what  string
	unit  string
	done  int64
	total int64
	begun time.Time
	told  time.Time
}

// New gives a Meter that tells w.
func New(w io.Writer) *Meter {
	m := &Meter{w: w, every: lineEvery, now: time.Now, terminal: isTerminal(w)}
	if m.terminal {
		m.every = barEvery
	}
	return m
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// Begin starts a task of so many units; 0 for a number that nobody knows. It ends the task before.
func (m *Meter) Begin(what, unit string, total int64) {
	if m == nil {
		return
	}
	m.End()
	m.lock.Lock()
	defer m.lock.Unlock()
	m.what, m.unit, m.total, m.done = what, unit, total, 0
	m.begun = m.now()
	m.told = m.begun
	if m.terminal {
		m.tell()
	}
}

// Add counts n units that are done.
func (m *Meter) Add(n int64) {
	if m == nil {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	m.done += n
	if now := m.now(); now.Sub(m.told) >= m.every {
		m.told = now
		m.tell()
	}
}

// End says how far the task came and how long it took.
func (m *Meter) End() {
	if m == nil {
		return
	}
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.what == "" {
		return
	}
	took := m.now().Sub(m.begun).Round(time.Millisecond)
	m.write(fmt.Sprintf("%s: %d %s in %s", m.what, m.done, m.unit, took), true)
	m.what = ""
}

func (m *Meter) tell() {
	text := fmt.Sprintf("%s: %d", m.what, m.done)
	if m.total > 0 {
		share := min(float64(m.done)/float64(m.total), 1)
		if m.terminal {
			full := int(share * barWidth)
			text = fmt.Sprintf("%s [%s%s] %d", m.what, strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), m.done)
		}
		text += fmt.Sprintf(" of %d %s (%.0f %%)%s", m.total, m.unit, share*100, m.left(share))
	} else {
		text += " " + m.unit
	}
	m.write(text, false)
}

// left guesses how long it still takes, once there is something to guess from.
func (m *Meter) left(share float64) string {
	passed := m.now().Sub(m.begun)
	if share < 0.02 || passed < 2*time.Second {
		return ""
	}
	left := time.Duration(float64(passed) * (1 - share) / share)
	return ", about " + left.Round(time.Second).String() + " left"
}

// write puts a line out. On a terminal a line that is not the last of its task is drawn over by the next one.
func (m *Meter) write(text string, last bool) {
	switch {
	case !m.terminal:
		text += "\n"
	case last:
		text = "\r\x1b[K" + text + "\n"
	default:
		text = "\r\x1b[K" + text
	}
	_, _ = io.WriteString(m.w, text) // whoever cannot be told is not kept waiting either
}
