package reconcile

import (
	"encoding/json"
	"strings"
	"testing"

	"praxis/federation/vocab"
	"praxis/models"
)

const reportingGroup = "https://a.test/c/care"

// What a sibling says of itself is bounded, and speaks of its own host.
func TestReportsAreBounded(t *testing.T) {
	said, err := parseReport([]byte(`{"type":"SiblingReport","attributedTo":"`+reportingGroup+`","members":-5,"memberHosts":[{"host":"B.test","members":7},
		{"host":"<b>","members":7},{"host":"c.test","members":0}],"inStep":[{"group":"https://b.test/c/care","until":"2026-03-01T12:00:00Z"},{"group":"x","until":"2026-03-01T12:00:00Z"}],
		"modlog":"https://b.test/log","totals":"https://a.test/totals"}`), reportingGroup)
	if err != nil {
		t.Fatal(err)
	}
	if said.Members != -1 || len(said.Hosts) != 1 || said.Hosts["b.test"] != 7 || len(said.InStep) != 1 || said.ModLog != "" || said.TotalsURL == "" {
		t.Errorf("it is read as %+v", said)
	}
	for _, raw := range []string{`{}`, `[]`, `{"type":"SiblingReport","attributedTo":"https://b.test/c/care"}`, `{"type":"Note","attributedTo":"` + reportingGroup + `"}`, `{"type":"SiblingReport","attributedTo":"` + reportingGroup + `","inStep":[{"group":"https://b.test/","until":"never"}]}`} {
		if said, err := parseReport([]byte(raw), reportingGroup); err == nil {
			t.Errorf("%s is read as %+v", raw, said)
		}
	}
}

// FuzzParseReport: whatever is read is no more than can be shown.
func FuzzParseReport(f *testing.F) {
	f.Add([]byte(`{"type":"SiblingReport","attributedTo":"https://a.test/c/care","members":3,"memberHosts":[{"host":"a.test","members":3}]}`))
	f.Add([]byte(`{"type":"SiblingReport","attributedTo":"https://a.test/c/care","inStep":[{"group":"https://b.test/c/x","until":"2026-03-01T12:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		said, err := parseReport(raw, reportingGroup)
		if err != nil {
			return
		}
		if said.Members < -1 || len(said.Hosts) > maxHosts || len(said.InStep) > maxHosts {
			t.Errorf("%s is read as %+v", raw, said)
		}
		for _, address := range []string{said.ModLog, said.TotalsURL} {
			if address != "" && !vocab.SameOrigin(address, reportingGroup) {
				t.Errorf("%s leads to %s", raw, address)
			}
		}
	})
}

// FuzzParseTotals: counts are counts.
func FuzzParseTotals(f *testing.F) {
	f.Add([]byte(`{"orderedItems":[{"id":"https://a.test/p/1","likes":{"totalItems":3},"shares":{"totalItems":1}}],"until":1700000000000}`))
	f.Add([]byte(`{"orderedItems":[{"id":"x","likes":{"totalItems":-1}}],"until":-1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		totals, until, err := parseTotals(raw)
		if err != nil {
			return
		}
		if until < 0 || len(totals) > maxTotals {
			t.Errorf("%s has %d totals until %d", raw, len(totals), until)
		}
		for _, total := range totals {
			if total.Likes < 0 || total.Shares < 0 || !strings.HasPrefix(total.URI, "http") {
				t.Errorf("%s has %+v", raw, total)
			}
		}
	})
}

var loggingGroup = &models.Actor{URI: reportingGroup, ModeratorsURI: reportingGroup + "/moderators", FeaturedURI: reportingGroup + "/featured"}

// Acts are read in the shapes that group servers use.
func TestLinesOfALog(t *testing.T) {
	for said, want := range map[string]string{
		`"type":"Delete","object":"https://a.test/p/1","summary":"Spam."`:                                         models.ActRemove,
		`"type":"Undo","object":{"type":"Delete","actor":"https://a.test/u/ann","object":"https://a.test/p/1"}`:   models.LogRestore,
		`"type":"Lock","object":"https://a.test/p/1"`:                                                             models.ActLock,
		`"type":"Block","object":"https://m.test/u/spam","target":"https://a.test/c/care"`:                        models.ActBan,
		`"type":"Undo","object":{"type":"Block","actor":"https://a.test/u/ann","object":"https://m.test/u/spam"}`: models.LogUnban,
		`"type":"Add","object":"https://a.test/p/1","target":"https://a.test/c/care/featured"`:                    models.ActPin,
		`"type":"Remove","object":"https://a.test/p/1","target":"https://a.test/c/care/featured"`:                 models.LogUnpin,
		`"type":"Add","object":"https://a.test/u/bo","target":"https://a.test/c/care/moderators"`:                 models.LogAppoint,
		`"type":"Remove","object":"https://a.test/u/bo","target":"https://a.test/c/care/moderators"`:              models.LogDismiss,
		`"type":"Like","object":"https://a.test/p/1"`:                                                             "",
		`"type":"Undo","object":{"type":"Move","actor":"https://a.test/u/ann","object":"https://a.test/p/1"}`:     "",
		`"type":"Add","object":"https://a.test/p/1","target":"https://elsewhere.test/featured"`:                   "",
	} {
		line, ok := parseLine(json.RawMessage(`{"id":"https://a.test/a/1","actor":"https://a.test/u/ann",`+said+`}`), loggingGroup)
		if ok != (want != "") || ok && line.Verb != want {
			t.Errorf("%s is read as %q, %v", said, line.Verb, ok)
		}
	}
}

// FuzzParseLine: whatever is read names what was done, by whom and about what.
func FuzzParseLine(f *testing.F) {
	f.Add([]byte(`{"id":"https://a.test/a/1","type":"Delete","actor":"https://a.test/u/ann","object":"https://a.test/p/1","summary":"Spam."}`))
	f.Add([]byte(`{"id":"https://a.test/a/1","type":"Undo","actor":"https://a.test/u/ann","object":{"type":"Block"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		line, ok := parseLine(raw, loggingGroup)
		if ok && (line.Verb == "" || line.ActorURI == "" || line.ObjectURI == "" || line.ActivityURI == "") {
			t.Errorf("%s is read as %+v", raw, line)
		}
	})
}
