package hostlist

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestReadKnowsTheForms(t *testing.T) {
	for name, list := range map[string]string{
		"mastodon":   "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nbad.example,silence,true,false,\"spam, mostly\",false\nworse.example,suspend,False,,,\n",
		"gotosocial": `[{"domain":"bad.example","severity":"silence","reject_media":true,"public_comment":"spam, mostly"},{"domain":"worse.example","suspended_at":"2026-01-01"}]`,
		"fires": `{"items":[{"type":"recommendation","entity_kind":"domain","entity_key":"bad.example","recommended_policy":"filter"},
			{"type":"advisory","entity_kind":"domain","entity_key":"rumour.example"},
			{"type":"recommendation","entity_kind":"actor","entity_key":"https://a.example/u/x","recommended_policy":"drop"},
			{"type":"recommendation","entity_kind":"domain","entity_key":"worse.example","recommended_policy":"drop"}]}`,
	} {
		rows, err := Read(strings.NewReader(list))
		if err != nil || len(rows) != 2 || rows[0].Host != "bad.example" || rows[0].Severity != Silence || rows[1].Severity != Suspend {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
		if err == nil && name != "fires" && (!rows[0].RejectMedia || rows[0].PublicComment != "spam, mostly") {
			t.Errorf("%s: %+v", name, rows[0])
		}
	}
	rows, err := Read(strings.NewReader("# ours\nbad.example\n\n worse.example # why\n"))
	if err != nil || len(rows) != 2 || rows[1].Host != "worse.example" || rows[1].Line != 4 {
		t.Errorf("plain: %+v, %v", rows, err)
	}
}

// TestListsOfAllowedHostsBlockNobody: such a list says what it is, and is read only by who wants one.
func TestListsOfAllowedHostsBlockNobody(t *testing.T) {
	var out bytes.Buffer
	if err := WriteAllows(&out, []Row{{Host: "clinic.example", Severity: Noop}}); err != nil {
		t.Fatal(err)
	}
	var fault *Fault
	if rows, err := Read(strings.NewReader("\ufeff" + out.String())); !errors.As(err, &fault) || rows != nil || !strings.Contains(fault.Error(), "--allows") {
		t.Errorf("read as a list to be blocked: %+v, %v", rows, err)
	}
	for _, list := range []string{out.String(), "clinic.example\n", `[{"domain":"clinic.example"}]`, "#domain,#severity\nclinic.example,noop\n"} {
		rows, err := ReadAllows(strings.NewReader(list))
		if err != nil || len(rows) != 1 || rows[0].Host != "clinic.example" || !rows[0].IsAllowance() {
			t.Errorf("%q reads as %+v: %v", list, rows, err)
		}
	}
}

func TestG21_ListsThatAreTooLongOrOdd(t *testing.T) {
	const head = "#domain,#severity,#reject_media\n"
	for list, says := range map[string]string{
		"": "empty", "#severity,#domaine\nx,y\n": "domain", head + "a.example\n": "line 2", head + "a.example,odd,true\n": "odd",
		head + "a.example,suspend,maybe\n": "maybe", "[{": "JSON", head + "\"a": "CSV",
		head + strings.Repeat("a.example,suspend,true\n", MaxRows+1): "more than 20000", strings.Repeat("a.example\n", 1_000_000): "more than 20000",
		strings.Repeat("a.example\n", MaxBytes/10+10): "MB", strings.Repeat("a", maxLine+10): "longer",
	} {
		_, err := Read(strings.NewReader(list))
		var f *Fault
		if !errors.As(err, &f) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40q: %v, and not %s", list, err, says)
		}
	}
}

func TestG21_NoFormulaIsWritten(t *testing.T) {
	rows := []Row{{Line: 2, Host: "bad.example", Severity: Silence, PublicComment: `=HYPERLINK("x")`, Obfuscate: true}, {Line: 3, Host: "b.example", Severity: Suspend, PublicComment: "'quoted"}}
	var out bytes.Buffer
	if err := Write(&out, "mastodon", rows); err != nil || strings.Contains(out.String(), `,"=`) || strings.Contains(out.String(), ",=") {
		t.Errorf("%v: %s", err, out.String())
	}
	if back, err := Read(&out); err != nil || !slices.Equal(back, rows) {
		t.Errorf("%+v, %v", back, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("#domain,#severity\na.example,silence\n")
	f.Add(`[{"domain":"a.example"}]`)
	f.Add("a.example\n=cmd\n*\n")
	f.Fuzz(func(t *testing.T, list string) {
		rows, err := Read(strings.NewReader(list))
		if err != nil {
			return
		}
		for _, format := range Formats() {
			var out bytes.Buffer
			if err := Write(&out, format, rows); err != nil {
				t.Fatal(err)
			}
		}
	})
}
