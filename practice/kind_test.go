package practice_test

import (
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

func TestWordsChooseKinds(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		for _, c := range []struct{ language, text, want string }{
			{"en", "@woundcare It does not heal #stuck", practice.ProblemSolving},
			{"en", "@woundcare Stuck: it does not heal", practice.ProblemSolving},
			{"en", "@woundcare\nWho knows: about maggots?", practice.KnowledgeMapping},
			{"de", "@woundcare Welche Auflage? #Frage", practice.InformationRequest},
			{"en", "@woundcare Welche Auflage? #Frage", practice.InformationRequest}, // a client that says the wrong language
			{"de", "@woundcare Vorlage: Wundprotokoll", practice.AssetShare},
			{"fr", "@woundcare Ça ne guérit pas #bloqué", practice.ProblemSolving},
			{"es", "@woundcare ¿Quién? #quiénsabe", practice.KnowledgeMapping},
			{"nl", "@woundcare Wie heeft: een lamp?", practice.ExperienceRequest},
			{"", "@woundcare We met #story and #ask", practice.Story},                 // the first one counts
			{"en", "@woundcare Story: how it went #ask", practice.InformationRequest}, // a hashtag before a beginning
			{"en", "@woundcare Hello to all", ""},
			{"en", "@woundcare #idea", ""}, // of replies
			{"en", "Stuck: outside of a community", ""},
			{"en", "#stuck outside of a community", practice.ProblemSolving},
		} {
			post := w.write(w.bo, c.text, func(d *practice.Draft) { d.Language = c.language })
			if post.Kind != c.want {
				t.Errorf("%s %q is of the kind %q, want %q", c.language, c.text, post.Kind, c.want)
			}
		}
		thread := w.write(w.bo, "@woundcare It is wet #stuck")
		for text, want := range map[string]string{"#idea try foam": practice.Idea, "Outcome: it healed": practice.Outcome, "#stuck too": ""} {
			if reply := w.write(w.cy, text, under(thread)); reply.Kind != want {
				t.Errorf("the reply %q is of the kind %q, want %q", text, reply.Kind, want)
			}
		}
		far := w.receive(w.note(w.remote("dora@peer.test", models.TypePerson), "1", `@woundcare Stuck: here, too`, func(d *practice.Draft) { d.Community = w.community }))
		if far.Kind != practice.ProblemSolving {
			t.Errorf("a remote post is of the kind %q", far.Kind)
		}
	})
}

func TestWordListIsWhole(t *testing.T) {
	for _, language := range []string{"en", "de", "fr", "es", "nl"} {
		for _, kind := range append(practice.ThreadKinds(), practice.ReplyKinds()...) {
			if practice.CountWords(language, kind) < 2 {
				t.Errorf("%s has fewer than two words for %s", language, kind)
			}
		}
	}
}

func TestKindsByAddress(t *testing.T) {
	for address, want := range map[string][2]string{
		"https://w3id.org/fep/69f0/Visit":   {practice.Visit, "Visit"},
		"https://w3id.org/fep/69f0/Idea":    {practice.Idea, "Idea"},
		"https://x.test/ns#BakeSale":        {"https://x.test/ns#BakeSale", "BakeSale"},
		"https://w3id.org/fep/69f0/Wassail": {"https://w3id.org/fep/69f0/Wassail", "Wassail"},
		"https://x.test/":                   {"https://x.test/", "x.test"},
		"nonsense":                          {"", ""},
		"javascript:alert(1)":               {"", ""},
		"https://x.test/ns#<b>Bold</b>":     {"https://x.test/ns#<b>Bold</b>", "Bold"},
	} {
		kind := practice.KindOfAddress(address)
		if kind != want[0] || practice.KindLabel(kind) != want[1] {
			t.Errorf("%s is %q, labelled %q", address, kind, practice.KindLabel(kind))
		}
		if kind != "" && practice.KindAddress(kind) != address {
			t.Errorf("%s goes out as %s", address, practice.KindAddress(kind))
		}
	}
}

func TestFlairsMeanKinds(t *testing.T) {
	for name, want := range map[string]string{
		"informationrequest": practice.InformationRequest, "Question": practice.InformationRequest, "Help wanted": practice.ProblemSolving,
		"help-wanted": practice.ProblemSolving, "Frage": practice.InformationRequest, "VISIT": practice.Visit, "Who knows": practice.KnowledgeMapping,
		"Answer": "", "idea": "", "Cats": "", "": "", "#": "",
	} {
		if got := practice.KindOfFlair(name); got != want {
			t.Errorf("the flair %q means %q, want %q", name, got, want)
		}
	}
	if got := practice.KindOfFlair("x17", "Announcement"); got != practice.Announcement {
		t.Errorf("the label of a flair means %q", got)
	}
}

func TestLicenses(t *testing.T) {
	for name, want := range map[string]string{
		"CC-BY-4.0": "CC-BY-4.0", "cc by 4.0": "CC-BY-4.0", "https://creativecommons.org/licenses/by-sa/4.0/deed.en": "CC-BY-SA-4.0",
		"http://www.apache.org/licenses/LICENSE-2.0.html": "Apache-2.0", "https://spdx.org/licenses/MIT.html": "MIT", "GPL": "GPL-3.0-or-later",
		"ask the author": "ask the author", "": "",
	} {
		if got := practice.License(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	if practice.LicenseAddress("MIT") != "https://spdx.org/licenses/MIT" || practice.LicenseAddress("ask the author") != "" {
		t.Error("addresses of licences are wrong")
	}
}

func TestVisitsReadTheirDate(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		at := time.Date(2027, 5, 3, 14, 30, 0, 0, time.UTC)
		for text, want := range map[string]practice.Practice{
			"@woundcare Visit: 2027-05-03 14:30 @ Ward 3, second floor\n\nCome all": {Practice: &models.Practice{StartAt: models.At(at), Place: "Ward 3, second floor"}},
			"@woundcare We look at the lab #visit\n2027-05-03 14:30":                {Practice: &models.Practice{StartAt: models.At(at)}},
			"@woundcare Visit: 2027-05-03":                                          {Practice: &models.Practice{StartAt: models.At(at.Truncate(24 * time.Hour))}},
			"@woundcare Visit: 2027-13-03 14:30":                                    {Practice: &models.Practice{}},
			"@woundcare Ask: 2027-05-03 14:30 @ Ward 3":                             {Practice: &models.Practice{}},
		} {
			post := w.write(w.bo, text)
			row, err := w.read().Practice(post.ID)
			w.ok(err)
			if row.StartAt != want.StartAt || row.Place != want.Place {
				t.Errorf("%q: starts %s at %q", text, row.StartAt.Time(), row.Place)
			}
		}
	})
}
