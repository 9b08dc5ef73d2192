package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"praxis/internal/progress"
	"praxis/models"
)

func TestBackfillIsFollowed(t *testing.T) {
	running := func(posts int64) models.Backfill {
		return models.Backfill{State: models.BackfillRunning, Threads: 1, Posts: posts, Requests: posts}
	}
	done := models.Backfill{State: models.BackfillDone, Threads: 2, Posts: 9, Requests: 4}
	for name, c := range map[string]struct {
		steps  []models.Backfill
		failed int64
		want   string // of the error, or of what is told
	}{
		"done":   {[]models.Backfill{running(1), running(5), done}, 0, "fetched of @care@clinic.example: 2 threads and 9 replies in 4 requests\n"},
		"partly": {[]models.Backfill{running(1), done}, 3, "in 4 requests; 3 addresses gave nothing\n"},
		"failed": {[]models.Backfill{{State: models.BackfillDone}}, 1, "nothing of @care@clinic.example could be fetched"},
		"idle":   {[]models.Backfill{running(1)}, 0, "does praxis serve run"},
	} {
		t.Run(name, func(t *testing.T) {
			var told, out bytes.Buffer
			w := &backfillWatch{acct: "care@clinic.example", meter: progress.New(&told), patience: time.Second}
			step := 0
			w.look = func(context.Context) (*models.Backfill, int64, error) {
				row := c.steps[min(step, len(c.steps)-1)]
				step++
				return &row, c.failed, nil
			}
			got := ""
			if err := w.follow(t.Context(), &out); err != nil {
				got = err.Error()
			}
			if got += out.String(); !strings.Contains(got, c.want) {
				t.Errorf("said %q, want %q", got, c.want)
			}
			if !strings.Contains(told.String(), "threads of @care@clinic.example: ") {
				t.Errorf("told %q", told.String())
			}
		})
	}
}
