package practice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLettersOfTheProgramAreWhole(t *testing.T) {
	texts := readOwnTexts()
	for _, name := range LetterNames() {
		subject, body, err := texts.write(name, "hospital.example", letterSamples[name])
		if err != nil || !strings.Contains(subject+body, "hospital.example") || strings.Contains(body, "{{") {
			t.Errorf("%s: %q %q %v", name, subject, body, err)
		}
	}
}

func TestG13_NoLetterGetsAnotherHeaderByWhatIsFilledIn(t *testing.T) {
	texts := readOwnTexts()
	data := map[string]string{"username": "bo", "who": "cleo\r\nBcc: all@evil.example", "time": "now", "address": "192.0.2.1"}
	if subject, _, err := texts.write("break-glass", "hospital.example", data); err == nil {
		t.Errorf("it has the subject %q", subject)
	}
	if isEmail("ann@hospital.example\r\nBcc: all@evil.example") || isEmail(`"a,b"@x.example, c@x.example`) {
		t.Error("an address with more than an address in it is taken")
	}
}

func TestLettersOfAnAdmin(t *testing.T) {
	for name, c := range map[string]struct{ file, text, says string }{
		"fit":          {"test.txt", "Subject: Hello from {{.host}}\n\nIt works.\n", ""},
		"by Windows":   {"test.txt", "Subject: Hello from {{.host}}\r\n\r\nIt works.\r\n", ""},
		"unknown name": {"tset.txt", "Subject: x\n\ny", "there is no letter"},
		"no subject":   {"test.txt", "Hello\n\nIt works.\n", `"Subject: …"`},
		"no body":      {"test.txt", "Subject: x", `an empty line`},
		"unknown fact": {"test.txt", "Subject: x\n\n{{.pasword}}", "pasword"},
		"broken":       {"test.txt", "Subject: x\n\n{{", "test.txt"},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, c.file), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &Service{letterTexts: readOwnTexts(), links: Links{Host: "hospital.example"}}
		err := s.UseLetters(folder)
		if c.says != "" {
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		letter, failed := s.PreviewLetter("test")
		if err != nil || failed != nil || letter.Subject != "Hello from hospital.example" || letter.Text != "It works.\n" {
			t.Errorf("%s: %+v %v %v", name, letter, err, failed)
		}
	}
	if err := (&Service{}).UseLetters(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there is taken")
	}
}
