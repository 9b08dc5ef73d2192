package practice_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

// TestRecordOfContributions: it lists what was done in public, with what came of it, counts what is not for everybody, and names no
// community of which not everybody may know. It verifies when the instance is no more, and no word of it can be changed.
func TestRecordOfContributions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.newCommunity(practice.NewCommunity{Username: "inner", Convener: w.ana, Class: models.ClassLocal})
		w.newCommunity(practice.NewCommunity{Username: "listed", Convener: w.ana, Class: models.ClassMembers})
		question := w.write(w.bo, "@woundcare How do you <b>dress</b> this? #question")
		answer := w.write(w.ana, "With honey", under(question))
		w.ok(w.verbs.Answer(w.ctx(), w.bo, w.now(question), w.now(answer), false, practice.Cause{}))
		w.write(w.ana, "@inner Secret innerword", to(models.Private))
		w.write(w.ana, "@listed Secret listedword", to(models.Private))
		w.write(w.ana, "In no community")
		raw, err := w.verbs.RecordOf(w.ctx(), w.ana)
		w.ok(err)
		for _, secret := range []string{"innerword", "listedword", `@inner`, "/inner", "In no community"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("the record tells %q: %s", secret, raw)
			}
		}
		report, err := practice.CheckRecord(w.ctx(), raw, nil, w.Clock.Now().AddDate(30, 0, 0))
		w.ok(err)
		if !report.IsGood() || report.Vouched || len(report.Parts) != 2 || report.Record.Confidential["Post"] != 1 {
			t.Fatalf("report %+v of %s", report, raw)
		}
		for _, part := range report.Parts {
			if part.Problem != "" || part.Part.Role != models.RoleOfConvener {
				t.Errorf("part %+v", part)
			}
			if strings.HasSuffix(part.Part.Community, "woundcare") {
				if items := part.Part.Items; len(items) != 1 || !items[0].Accepted || items[0].URL == "" || items[0].Date == "" {
					t.Errorf("items %+v", items)
				}
			} else if part.Part.Confidential["Post"] != 1 || len(part.Part.Items) != 0 {
				t.Errorf("not for everybody: %+v", part.Part)
			}
		}
		w.forge(raw, report)
		var page bytes.Buffer
		w.ok(practice.WriteRecordPage(&page, raw))
		if !strings.Contains(page.String(), "accepted answer") || strings.Contains(page.String(), "<b>") {
			t.Errorf("page %s", &page)
		}
	})
}

// forge changes a record in many ways: each is noticed.
func (w *world) forge(raw []byte, report *practice.RecordReport) {
	w.t.Helper()
	later := w.Clock.Now().Add(time.Hour)
	known := map[string]string{report.Key.ID: report.Key.Key}
	vouched, err := practice.CheckRecord(w.ctx(), raw, known, later)
	w.ok(err)
	if !vouched.IsGood() || !vouched.Vouched {
		w.t.Errorf("with the key that is known: %+v", vouched)
	}
	other := map[string]string{report.Key.ID: report.Parts[0].Key.Key}
	for why, c := range map[string]struct {
		raw     []byte
		trusted map[string]string
	}{
		"another key is known":   {raw, other},
		"a title":                {bytes.Replace(raw, []byte(`"accepted":true`), []byte(`"accepted":true,"helped":9`), 1), nil},
		"the name":               {bytes.Replace(raw, []byte(`"name":"ana"`), []byte(`"name":"Bo"`), 1), nil},
		"the host of the member": {bytes.Replace(raw, []byte(`"member":"https://a.test`), []byte(`"member":"https://b.test`), 1), nil},
		"no proof of the whole":  {withoutProof(raw), nil},
		"the owner of all keys":  {bytes.ReplaceAll(raw, []byte(`"owner":"https://a.test`), []byte(`"owner":"https://b.test`)), nil},
	} {
		if bytes.Equal(c.raw, raw) && c.trusted == nil {
			w.t.Errorf("%s: nothing was changed in %s", why, raw)
		}
		got, err := practice.CheckRecord(w.ctx(), c.raw, c.trusted, later)
		if err == nil && got.IsGood() {
			w.t.Errorf("%s: taken for good", why)
		}
	}
	if _, err := practice.CheckRecord(w.ctx(), []byte(`{"type":"Note"}`), nil, later); models.ErrorCode(err) != models.Invalid {
		w.t.Errorf("a note is taken for a record: %v", err)
	}
}

func withoutProof(raw []byte) []byte {
	var document map[string]json.RawMessage
	if json.Unmarshal(raw, &document) != nil {
		return nil
	}
	delete(document, "proof")
	out, _ := json.Marshal(document) // what was read can be written
	return out
}

func FuzzCheckRecord(f *testing.F) {
	f.Add([]byte(`{"type":"ContributionRecord","member":"https://a.test/u/x","communities":[{"type":"CommunityContributions","proof":{}}],"keys":[{"id":"https://a.test/actor#k","owner":"https://a.test/actor","publicKeyMultibase":"z6Mk"}],"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"https://a.test/actor#k"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		report, err := practice.CheckRecord(t.Context(), raw, nil, time.Unix(0, 0))
		if err == nil && report.IsGood() {
			t.Fatal("a record without a good proof is good")
		}
		_ = practice.WriteRecordPage(&bytes.Buffer{}, raw)
	})
}
