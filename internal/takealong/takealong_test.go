package takealong

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

func TestFilesOfMastodon(t *testing.T) {
	for _, c := range []struct {
		kind, file string
		want       []Line
	}{
		{Following, "\uFEFFAccount address,Show boosts,Notify on new posts,Languages\nann@x.test,false,true,\"de, en\"\n@bo@y.test,true,false,\n", []Line{
			{Subject: "ann@x.test", HideBoosts: true, Notify: true, Languages: []string{"de", "en"}}, {Subject: "bo@y.test"},
		}},
		{Following, "ann@x.test\r\n\r\nbo@y.test\r\n", []Line{{Subject: "ann@x.test"}, {Subject: "bo@y.test"}}},
		{Mutes, "Account address,Hide notifications\nann@x.test,false\n", []Line{{Subject: "ann@x.test", KeepNotifications: true}}},
		{Blocks, "Account address\nann@x.test", []Line{{Subject: "ann@x.test"}}},
		{Lists, "friends,ann@x.test\n'=1+1,bo@y.test\n", []Line{{List: "friends", Subject: "ann@x.test"}, {List: "=1+1", Subject: "bo@y.test"}}},
		{DomainBlocks, "#domain\nx.test\n*\n", []Line{{Subject: "x.test"}, {Subject: "*"}}},
		{Bookmarks, "https://x.test/1\n", []Line{{Subject: "https://x.test/1"}}},
	} {
		got, err := Read(c.kind, strings.NewReader(c.file))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v", c.kind, got, err)
		}
	}
}

// TestG21_FilesThatAreNone: too many lines, too large, of another kind, no CSV: refused as a whole, with what is wrong.
func TestG21_FilesThatAreNone(t *testing.T) {
	for why, c := range map[string]struct{ kind, file string }{
		"a million lines":  {Blocks, strings.Repeat("a@x.test\n", 1_000_000)},
		"a field of 21 MB": {Blocks, strings.Repeat("a", MaxBytes+1)},
		"a long cell":      {Blocks, strings.Repeat("a", maxCell+1)},
		"another kind":     {Following, "#domain\nx.test\n"},
		"no such kind":     {"passwords", "x\n"},
		"empty":            {Blocks, "Account address\n"},
		"open quote":       {Blocks, "\"ann@x.test\n"},
		"no text":          {Blocks, "PK\x03\x04\x00\xff"},
		"many columns":     {Blocks, strings.Repeat("a,", 100)},
	} {
		if lines, err := Read(c.kind, strings.NewReader(c.file)); err == nil {
			t.Errorf("%s: taken, with %d lines", why, len(lines))
		}
	}
}

// TestG21_FormulasAreText: no cell that we write begins as a formula does, and Read gives back what was written.
func TestG21_FormulasAreText(t *testing.T) {
	for _, kind := range Kinds() {
		for _, cell := range []string{"=cmd()", "+1", "-1", "@x", "plain", "'quoted"} {
			want := []Line{{Subject: "ann@x.test"}}
			if kind == Lists {
				want[0].List = cell
			}
			var file bytes.Buffer
			if err := Write(&file, kind, want); err != nil {
				t.Fatal(err)
			}
			for row := range strings.Lines(file.String()) {
				for _, got := range strings.Split(strings.TrimSpace(row), ",") {
					if got != "" && strings.ContainsRune("=+-@", rune(strings.Trim(got, `"`)[0])) {
						t.Errorf("%s: a cell is %q", kind, got)
					}
				}
			}
			if got, err := Read(kind, &file); err != nil || len(got) != 1 || got[0].List != want[0].List || got[0].Subject != want[0].Subject {
				t.Errorf("%s, %q: got %+v, %v", kind, cell, got, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(Following, "Account address,Show boosts\nann@x.test,true\n")
	f.Add(Lists, "friends,ann@x.test\n")
	f.Fuzz(func(t *testing.T, kind, file string) {
		lines, err := Read(kind, strings.NewReader(file))
		if err != nil {
			return
		}
		if len(lines) == 0 || len(lines) > MaxLines {
			t.Fatalf("%d lines", len(lines))
		}
		var again bytes.Buffer
		if err := Write(&again, kind, lines); err != nil {
			t.Fatal(err)
		}
	})
}
