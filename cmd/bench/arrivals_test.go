package bench

import (
	"strings"
	"testing"
	"time"
)

func TestArrivalsTellLostTwiceAndDisorderApart(t *testing.T) {
	a := newArrivals(3, 3)
	for _, post := range []int{0, 1, 2} {
		a.note(0, post)
	}
	for _, post := range []int{0, 2, 1, 2, 9} { // one late, one twice, one that is none of these
		a.note(1, post)
	}
	a.note(2, 0)
	got := a.of([]int{0, 1, 2})
	if got.wanted != 9 || got.got != 7 || got.lost != 2 || got.duplicates != 1 || got.disorder != 1 {
		t.Errorf("%+v", got)
	}
	if one := a.await(t.Context(), []int{0, 1}, time.Minute); one.lost != 0 || one.last.IsZero() {
		t.Errorf("of those that have all: %+v", one)
	}
	if late := a.await(t.Context(), []int{2}, time.Millisecond); late.lost != 2 {
		t.Errorf("of one that waits in vain: %+v", late)
	}
}

func TestMarksAreReadAgain(t *testing.T) {
	w := &World{markPrefix: "bench-run-"}
	for _, text := range []string{"<p>" + w.mark("f0", 12) + " and more</p>", "x bench-run-f0-000012"} {
		if phase, number, ok := w.readMark([]byte(text)); !ok || phase != "f0" || number != 12 {
			t.Errorf("%q: %q %d %v", text, phase, number, ok)
		}
	}
	for _, text := range []string{"", "bench-run-", "bench-run-f0-", "bench-run-f0-00001", "bench-run-f0-abcdef", "bench-other-f0-000012"} {
		if phase, number, ok := w.readMark([]byte(text)); ok {
			t.Errorf("%q: %q %d", text, phase, number)
		}
	}
}

func FuzzReadMark(f *testing.F) {
	w := &World{markPrefix: "bench-run-"}
	f.Add([]byte("bench-run-f0-000012"))
	f.Add([]byte("bench-run-f0--00012"))
	f.Fuzz(func(t *testing.T, text []byte) {
		phase, number, ok := w.readMark(text)
		if ok && number >= 0 && !strings.Contains(string(text), w.markPrefix+phase+"-") {
			t.Errorf("%q has no mark of %q", text, phase)
		}
		newArrivals(1, 1).note(0, number)
	})
}

func TestReportSaysHowManyTimesBetter(t *testing.T) {
	r := &Report{Targets: []string{"one", "two"}, Machine: []Row{limitOf("signatures", 1234.5)}}
	r.add("one", "fanout", "deliveries", "/s", more, 300)
	r.add("two", "fanout", "deliveries", "/s", more, 100)
	r.add("one", "fanout", "a delivery", "ms CPU", less, 2)
	r.add("two", "fanout", "a delivery", "ms CPU", less, 1)
	r.add("one", "fanout", "lost", "", neither, 5)
	r.compare()
	for i, want := range []float64{3, 0.5, 0} {
		if r.Rows[i].Ratio != want {
			t.Errorf("%s: %v, want %v", r.Rows[i].Name, r.Rows[i].Ratio, want)
		}
	}
	var table strings.Builder
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(table.String()), "\n") {
		if strings.Contains(line, "deliveries") && !strings.Contains(line, "3.00") {
			t.Errorf("no ratio in %q", line)
		}
		if strings.Contains(line, "lost") && !strings.Contains(line, "-") {
			t.Errorf("what was not measured is not shown as such in %q", line)
		}
	}
}
