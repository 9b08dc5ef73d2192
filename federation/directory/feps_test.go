package directory

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

var fenced = regexp.MustCompile("(?s)```json (\\w+)\n(.*?)\n```")

// TestVectorsOfTheProposal: what docs/feps gives as examples is read as it says.
func TestVectorsOfTheProposal(t *testing.T) {
	raw, err := os.ReadFile("../../docs/feps/practice-activities.md")
	if err != nil {
		t.Fatal(err)
	}
	counts, object := map[string]int{}, vocab.Object{}
	for _, block := range fenced.FindAllSubmatch(raw, -1) {
		counts[string(block[1])]++
		switch string(block[1]) {
		case "object":
			if object, err = vocab.DecodeObject(block[2]); err != nil {
				t.Errorf("%v: %s", err, block[2])
			}
		case "understood":
			var want map[string]any
			if err := json.Unmarshal(block[2], &want); err != nil {
				t.Fatalf("%v: %s", err, block[2])
			}
			if diff := cmp.Diff(want, understood(t, object)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", object.ID, diff)
			}
		case "activity":
			if activity, err := vocab.DecodeActivity(block[2]); err != nil || activity.ID == "" || activity.Actor.ID == "" || activity.Object.ID == "" {
				t.Errorf("%v: %s", err, block[2])
			}
		case "context":
			isOurContext(t, block[2])
		}
	}
	if counts["object"] < 6 || counts["object"] != counts["understood"] || counts["activity"] < 3 || counts["context"] != 1 {
		t.Errorf("the proposal has %v", counts)
	}
}

// isOurContext: the proposal defines its terms as our documents do.
func isOurContext(t *testing.T, raw []byte) {
	t.Helper()
	var proposed struct {
		Context map[string]any `json:"@context"`
	}
	if err := json.Unmarshal(raw, &proposed); err != nil {
		t.Fatal(err)
	}
	contexts := vocab.Contexts()
	encoded, err := json.Marshal(contexts[len(contexts)-1])
	if err != nil {
		t.Fatal(err)
	}
	var ours map[string]any
	if err := json.Unmarshal(encoded, &ours); err != nil {
		t.Fatal(err)
	}
	for term, meaning := range proposed.Context {
		if diff := cmp.Diff(meaning, ours[term]); diff != "" {
			t.Errorf("%s (-proposal +ours):\n%s", term, diff)
		}
	}
}

// understood gives what is stored of an object beside its text, by the names of the proposal; what is not said is left out.
func understood(t *testing.T, o vocab.Object) map[string]any {
	t.Helper()
	kind := kindOf(o)
	found := map[string]any{"kind": kind, "label": practice.KindLabel(kind), "accepted": o.AcceptedAnswer, "helpful": o.SuggestedAnswer}
	if content, isApart := apart(o); isApart {
		found["content"] = content
	}
	facts := factsOf(o)
	row := facts.Row()
	found["license"], found["version"], found["status"], found["unit"] = row.License, row.Version, row.Status, row.Unit
	found["timezone"], found["place"], found["capacity"], found["state"] = row.Timezone, row.Place, row.Capacity, row.State
	found["threshold"], found["topics"], found["based_on"] = practice.Amount(row.Threshold), row.TopicList(), facts.Sources()
	for name, at := range map[string]models.Timestamp{"review_at": row.ReviewAt, "deadline": row.Deadline, "start": row.StartAt, "end": row.EndAt} {
		if at != 0 {
			found[name] = at.Time().Format(time.RFC3339)
		}
	}
	figures := figuresOf(o.Figures)
	found["reuses"], found["pledges"], found["pledged"] = figures.Reuses, figures.Pledges, practice.Amount(figures.Pledged)
	found["going"], found["maybe"] = figures.Going, figures.Maybe
	return plain(t, found)
}

// plain gives values as JSON has them, without those that say nothing.
func plain(t *testing.T, values map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	var found map[string]any
	if err := json.Unmarshal(raw, &found); err != nil {
		t.Fatal(err)
	}
	for name, value := range found {
		if list, isList := value.([]any); value == nil || value == "" || value == 0.0 || isList && len(list) == 0 {
			delete(found, name)
		}
	}
	return found
}
