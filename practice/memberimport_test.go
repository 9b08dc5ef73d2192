package practice_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"praxis/internal/takealong"
	"praxis/models"
	"praxis/practice"
)

// bring imports a file and gives what came of its lines, by subject.
func (w *world) bring(member *models.Actor, kind, file string, overwrite bool) map[string]models.ImportLine {
	w.t.Helper()
	made, err := w.verbs.ReadImport(w.ctx(), member, practice.NewImport{Kind: kind, Overwrite: overwrite, Name: "list.csv", File: strings.NewReader(file)})
	w.ok(err)
	for _, line := range w.linesOf(made.ID) {
		if line.State != models.LineWaiting && line.State != models.LineSkipped {
			w.t.Errorf("the preview did something: %+v", line)
		}
	}
	w.fails(w.verbs.StartImport(w.ctx(), w.community, made.ID), models.NotFound, "starting somebody else's import")
	w.ok(w.verbs.StartImport(w.ctx(), member, made.ID))
	for range 50 {
		if did, err := w.verbs.RunImports(w.ctx()); err != nil || !did {
			w.ok(err)
			break
		}
	}
	found := map[string]models.ImportLine{}
	for _, line := range w.linesOf(made.ID) {
		found[line.Subject] = line
	}
	return found
}

func (w *world) linesOf(id int64) []models.ImportLine {
	w.t.Helper()
	lines, err := w.read().ImportLines(id, 0, "", 1000)
	w.ok(err)
	return lines
}

// TestG21_ImportOfWhomOneFollows: a result for each line; ourselves, what is no account, and what is there twice are skipped with a
// reason; the same file again changes nothing; overwriting ends what the file does not name.
func TestG21_ImportOfWhomOneFollows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.ana, w.cy)
		hidden := w.newCommunity(practice.NewCommunity{Username: "hidden", Convener: w.cy, Class: models.ClassMembers, Unlisted: true})
		file := "Account address,Show boosts,Notify on new posts,Languages\nbo@a.test,false,true,de\nBo@A.test,true\nana@a.test\n" +
			"nobody@a.test\nhidden@a.test\n=cmd()|' /C calc'!A0\n@x@y@z\n"
		got := w.bring(w.ana, takealong.Following, file, false)
		for subject, want := range map[string]string{
			"bo@a.test": models.LineDone, "ana@a.test": models.LineSkipped, "nobody@a.test": models.LineFailed,
			"hidden@a.test": models.LineFailed, "=cmd()|' /C calc'!A0": models.LineSkipped, "x@y@z": models.LineSkipped,
		} {
			if line := got[subject]; line.State != want || (want != models.LineDone && line.Why == "") {
				t.Errorf("%s: %+v, want %s", subject, line, want)
			}
		}
		unknown, secret := got["nobody@a.test"].Why, got["hidden@a.test"].Why
		if strings.ReplaceAll(unknown, "nobody", "") != strings.ReplaceAll(secret, "hidden", "") {
			t.Errorf("%s tells what %s does not: %q, %q", hidden.Username, "nobody", secret, unknown)
		}
		follow, err := w.read().FollowBetween(w.ana.ID, w.bo.ID)
		if w.ok(err); follow.ShowReblogs || !follow.Notify || follow.Languages != "de" {
			t.Errorf("the follow is %+v", follow)
		}
		events := len(w.outbox.events)
		w.bring(w.ana, takealong.Following, file, false)
		if len(w.outbox.events) != events {
			t.Error("the same file again told others something")
		}
		if _, err := w.read().FollowBetween(w.ana.ID, w.cy.ID); err != nil {
			t.Error("merging ended a follow", err)
		}
		w.bring(w.ana, takealong.Following, file, true)
		if _, err := w.read().FollowBetween(w.ana.ID, w.cy.ID); !models.IsNotFound(err) {
			t.Error("overwriting left a follow", err)
		}
		if _, err := w.read().FollowBetween(w.ana.ID, w.community.ID); err != nil {
			t.Log("ana does not follow her community", err)
		}
	})
}

// TestListsComeBack: what is written of every kind is read again by somebody else, and is the same then.
func TestListsComeBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.ana, w.bo)
		title := "=friends"
		l, err := w.verbs.CreateList(w.ctx(), w.ana, practice.ListChange{Title: &title})
		w.ok(err)
		w.ok(w.verbs.AddToList(w.ctx(), w.ana, l.ID, []int64{w.bo.ID}))
		dan, eve := w.member("dan"), w.member("eve")
		w.ok(w.verbs.Mute(w.ctx(), w.ana, dan, practice.MuteOptions{}))
		w.ok(w.verbs.Block(w.ctx(), w.ana, eve, ""))
		w.ok(w.verbs.BlockHost(w.ctx(), w.ana, "spam.test"))
		post := w.write(w.bo, "Worth keeping")
		w.ok(w.verbs.Bookmark(w.ctx(), w.ana, post))
		for _, kind := range takealong.Kinds() {
			var file, again bytes.Buffer
			w.ok(w.verbs.WriteList(w.ctx(), w.ana, kind, &file))
			if strings.Count(file.String(), "\n") < 1 || strings.HasPrefix(file.String(), "=") {
				t.Errorf("%s: %q", kind, &file)
			}
			for subject, line := range w.bring(w.cy, kind, file.String(), true) {
				if line.State != models.LineDone && kind != takealong.Following {
					t.Errorf("%s: %s is %+v", kind, subject, line)
				}
			}
			w.ok(w.verbs.WriteList(w.ctx(), w.cy, kind, &again))
			if file.String() != again.String() && kind != takealong.Following {
				t.Errorf("%s: %q became %q", kind, &file, &again)
			}
		}
		w.fails(w.verbs.WriteList(w.ctx(), w.ana, "passwords", &bytes.Buffer{}), models.NotFound, "a kind that there is not")
	})
}

// TestG21_HostsOfAnImport: our own host and a star are refused, line by line.
func TestG21_HostsOfAnImport(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		got := w.bring(w.ana, takealong.DomainBlocks, "#domain\nspam.test\na.test\n*\n=1+1\n*.evil.test\n", false)
		for subject, want := range map[string]string{"spam.test": models.LineDone, "a.test": models.LineSkipped, "*": models.LineSkipped, "=1+1": models.LineSkipped} {
			if line := got[subject]; line.State != want {
				t.Errorf("%s: %+v, want %s", subject, line, want)
			}
		}
		_, err := w.verbs.ReadImport(w.ctx(), w.ana, practice.NewImport{Kind: takealong.Blocks, File: strings.NewReader("#domain\nx.test\n")})
		w.fails(err, models.Invalid, "another kind")
		many := strings.Builder{}
		for i := range 45 {
			fmt.Fprintf(&many, "h%d.test\n", i)
		}
		w.bring(w.ana, takealong.DomainBlocks, many.String(), true)
		hosts, err := w.read().BlockedHosts(w.ana.ID)
		if w.ok(err); len(hosts) != 45 {
			t.Errorf("%d hosts are blocked: %v", len(hosts), hosts)
		}
	})
}
