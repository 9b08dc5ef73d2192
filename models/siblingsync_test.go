package models

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// TestVectorOfASum holds the sums of the draft: what siblings say of their days.
func TestVectorOfASum(t *testing.T) {
	draft, err := os.ReadFile("../docs/feps/siblings.md")
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	taken := []Taken{
		{URI: "https://north.test/o/1", PublishedAt: At(noon)},
		{URI: "https://north.test/o/2", PublishedAt: At(noon)},
		{URI: "https://guest.test/notes/7", PublishedAt: At(noon.Add(12*time.Hour - time.Minute))},
	}
	var days []SyncDay
	for day, some := range ByDay(taken) {
		days = append(days, SyncDay{Day: day, Count: int64(len(some)), Digest: SumUp(some)})
	}
	said, err := json.Marshal(days)
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.NewReplacer(":", ": ", ",", ", ").Replace(string(said)); !strings.Contains(string(draft), `"days": `+line) {
		t.Errorf("the draft lacks %s", line)
	}
	if SumUp(nil) != strings.Repeat("0", 64) {
		t.Errorf("of none the sum is %s", SumUp(nil))
	}
}
