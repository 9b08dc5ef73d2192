package app

import (
	"context"
	"testing"
	"time"
)

func TestWorksAreRememberedWhileTheyGoOn(t *testing.T) {
	var w works
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	ran := false
	w.during("tidy", clock, func(ctx context.Context) {
		w.during("letters", clock, func(context.Context) {
			ran = true
			if got := w.shown(); len(got) != 2 || got[0].Name != "letters" || got[1].Name != "tidy" || !got[1].Since.Time().Equal(now) {
				t.Errorf("while two go on: %+v", got)
			}
		})(ctx)
		if got := w.shown(); len(got) != 1 {
			t.Errorf("while one goes on: %+v", got)
		}
	})(t.Context())
	if got := w.shown(); !ran || len(got) != 0 {
		t.Errorf("afterwards: %+v", got)
	}
}
