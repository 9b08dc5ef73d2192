package practice_test

import (
	"strings"
	"testing"
	"time"

	"praxis/models"
	"praxis/practice"
)

func (w *world) account(actor *models.Actor) *models.Account {
	w.t.Helper()
	account, err := w.read().AccountByActor(actor.ID)
	return must(w, account, err)
}

func (w *world) leave(actor *models.Actor) {
	w.t.Helper()
	w.ok(w.verbs.StartLeaving(w.ctx(), w.account(actor).ID, "contract ended"))
}

// TestAlumnusReadsNothingInside: whoever left sees no more of what is not for everybody than a stranger, from that moment; what
// they wrote themselves stays readable to them and to others. Coming back undoes it.
func TestAlumnusReadsNothingInside(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var inside []*models.Post
		var groups []*models.Actor
		for _, class := range []string{models.ClassLocal, models.ClassPartners, models.ClassMembers} {
			group := w.newCommunity(practice.NewCommunity{Username: "of_" + class, Convener: w.ana, Class: class})
			_, err := w.verbs.Join(w.ctx(), w.bo, group, practice.JoinRequest{})
			w.ok(err)
			groups = append(groups, group)
			inside = append(inside, w.write(w.ana, "@of_"+class+" How do you do this?", to(models.Private)))
		}
		own := w.write(w.bo, "My own words")
		for _, post := range inside {
			if !w.sees(w.bo, post) {
				t.Fatalf("bo does not see %s (%s) before", post.URI, post.Visibility)
			}
		}
		w.leave(w.bo)
		w.fails(w.verbs.SetDisabled(w.ctx(), w.bo, true), models.Conflict, "keeping an alumnus from moving")
		for i, post := range inside {
			if w.sees(w.bo, post) {
				t.Errorf("an alumnus reads a post of %s", groups[i].Username)
			}
		}
		for _, group := range groups[:2] {
			if _, err := w.read().KnownActor(group.ID, w.bo.ID); !models.IsNotFound(err) {
				t.Errorf("an alumnus knows of %s: %v", group.Username, err)
			}
		}
		if !w.sees(w.bo, own) || !w.sees(w.cy, own) {
			t.Error("what an alumnus wrote is gone")
		}
		w.ok(w.verbs.StopLeaving(w.ctx(), w.account(w.bo).ID))
		for _, post := range inside {
			if !w.sees(w.bo, post) {
				t.Error("who came back does not read as before")
			}
		}
		w.fails(w.verbs.StopLeaving(w.ctx(), w.account(w.bo).ID), models.Conflict, "coming back twice")
	})
}

// TestG26_LastAdminDoesNotLeave: nobody would be left to administer; and a community gets another convener.
func TestG26_LastAdminDoesNotLeave(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ok(w.verbs.SetRole(w.ctx(), w.ana, models.RoleOwner))
		w.fails(w.verbs.StartLeaving(w.ctx(), w.account(w.ana).ID, ""), models.Conflict, "the last admin leaves")
		if w.actor(w.ana).LeftAt != 0 {
			t.Fatal("a refused leaving was half done")
		}
		_, err := w.verbs.Join(w.ctx(), w.cy, w.community, practice.JoinRequest{})
		w.ok(err)
		w.ok(w.verbs.SetRole(w.ctx(), w.bo, models.RoleAdmin))
		w.leave(w.ana)
		w.leave(w.ana) // again changes nothing
		if role := w.account(w.ana).Role; role != models.RoleMember {
			t.Errorf("an alumnus is still %s", role)
		}
		role, err := w.read().ModeratorRole(w.community.ID, w.cy.ID)
		if w.ok(err); role != models.RoleOfConvener {
			t.Errorf("the one member who was left has the role %q", role)
		}
	})
}

// TestGraceEnds: letters at the start, at half and a week before the end; then the account follows nobody and has no roles, and
// what it wrote is still there.
func TestGraceEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.ana, w.bo)
		own := w.write(w.ana, "@woundcare How do you do this?")
		w.recoversAt(w.ana, "ana@home.example")
		w.leave(w.ana)
		sent := 0
		for day := range 100 {
			letters, err := w.verbs.Letters(w.ctx())
			w.ok(err)
			for _, letter := range letters {
				if letter.To != "ana@home.example" || !strings.Contains(letter.Text, "@ana") {
					t.Errorf("letter %+v", letter)
				}
				w.ok(w.verbs.LetterSent(w.ctx(), letter))
				sent++
			}
			if wanted := map[int]int{0: 1, 44: 1, 46: 2, 82: 2, 84: 3, 99: 3}[day]; wanted != 0 && sent != wanted {
				t.Errorf("day %d: %d letters, want %d", day, sent, wanted)
			}
			_, err = w.verbs.TendLeaving(w.ctx())
			w.ok(err)
			w.Clock.Advance(24 * time.Hour)
		}
		follows, _, err := w.read().Following(w.ana.ID, models.FollowAccepted, models.Page{Limit: 10})
		if w.ok(err); len(follows) != 0 {
			t.Errorf("still follows %d", len(follows))
		}
		if role, err := w.read().ModeratorRole(w.community.ID, w.ana.ID); err != nil || role != "" {
			t.Errorf("still %q: %v", role, err)
		}
		if !w.sees(w.cy, own) || w.actor(w.ana).IsGone() {
			t.Error("authorship was erased")
		}
	})
}

// recoveryLink gives the token of the letter by which an address is confirmed, and takes the letter for sent.
func (w *world) recoveryLink(email string) string {
	w.t.Helper()
	letters, err := w.verbs.Letters(w.ctx())
	w.ok(err)
	for _, letter := range letters {
		_, rest, ok := strings.Cut(letter.Text, "/auth/recovery/address?token=")
		if ok && letter.To == email {
			w.ok(w.verbs.LetterSent(w.ctx(), letter))
			token, _, _ := strings.Cut(rest, "\n")
			return token
		}
	}
	w.t.Fatalf("no letter goes to %s: %+v", email, letters)
	return ""
}

// recoversAt gives a member a confirmed address of their own.
func (w *world) recoversAt(actor *models.Actor, email string) {
	w.t.Helper()
	w.ok(w.verbs.SetRecoveryEmail(w.ctx(), actor, email))
	w.ok(w.verbs.ConfirmRecoveryAddress(w.ctx(), w.recoveryLink(email)))
}

// TestAddressesForRecoveryAreConfirmed: an address counts once its owner followed the link, which is good once and for seven days.
func TestAddressesForRecoveryAreConfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		known := func(want string) {
			t.Helper()
			if got, err := w.read().Recovery(w.account(w.ana).ID); err != nil || got.Email != want {
				t.Errorf("the address is %q, want %q: %v", got.Email, want, err)
			}
		}
		w.ok(w.verbs.SetRecoveryEmail(w.ctx(), w.ana, "typo@home.example"))
		w.ok(w.verbs.SetRecoveryEmail(w.ctx(), w.ana, "ana@home.example"))
		if letters, err := w.verbs.Letters(w.ctx()); err != nil || len(letters) != 1 {
			t.Errorf("%d letters: %v", len(letters), err)
		}
		first := w.recoveryLink("ana@home.example")
		known("")
		for _, wrong := range []string{"", "...", first + "x", strings.Replace(first, ".", ".x", 1), "9" + first} {
			w.fails(w.verbs.ConfirmRecoveryAddress(w.ctx(), wrong), models.NotFound, wrong)
		}
		if email, err := w.verbs.RecoveryAddressOf(w.ctx(), first); err != nil || email != "ana@home.example" {
			t.Errorf("the link is for %q: %v", email, err)
		}
		known("")
		w.ok(w.verbs.ConfirmRecoveryAddress(w.ctx(), first))
		known("ana@home.example")
		w.fails(w.verbs.ConfirmRecoveryAddress(w.ctx(), first), models.NotFound, "a link used twice")
		w.ok(w.verbs.SetRecoveryEmail(w.ctx(), w.ana, "later@home.example"))
		known("ana@home.example") // until the new one is confirmed
		late := w.recoveryLink("later@home.example")
		w.Clock.Advance(8 * 24 * time.Hour)
		w.fails(w.verbs.ConfirmRecoveryAddress(w.ctx(), late), models.NotFound, "a link that is too old")
		w.ok(w.verbs.SetRecoveryEmail(w.ctx(), w.ana, ""))
		known("")
	})
}

// TestRecovery: the code and the one of a letter let whoever left in, nobody else, with one answer for every reason.
func TestRecovery(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, bad := range []string{"no address", "ana@a.test", "ana@mail.a.test", "a@b\r\nBcc: c@d.example"} {
			w.fails(w.verbs.SetRecoveryEmail(w.ctx(), w.ana, bad), models.Invalid, bad)
		}
		w.recoversAt(w.ana, "ana@home.example")
		old, err := w.verbs.MakeRecoveryCode(w.ctx(), w.ana)
		w.ok(err)
		code, err := w.verbs.MakeRecoveryCode(w.ctx(), w.ana)
		w.ok(err)
		try := func(login, code string) error { _, err := w.verbs.Recover(w.ctx(), login, code); return err }
		w.fails(try("ana", code), models.Unauthorized, "who did not leave")
		w.leave(w.ana)
		for login, wrong := range map[string]string{"ana": old, "ana@a.test": "", "bo": code, "nobody": code} {
			w.fails(try(login, wrong), models.Unauthorized, login)
		}
		w.ok(try("ana", strings.ToUpper(strings.ReplaceAll(code, "-", " "))))
		w.ok(w.verbs.AskForRecovery(w.ctx(), "nobody"))
		w.ok(w.verbs.AskForRecovery(w.ctx(), "ana"))
		letters, err := w.verbs.Letters(w.ctx())
		w.ok(err)
		posted := ""
		for _, letter := range letters {
			if strings.HasPrefix(letter.Subject, "A code") {
				posted = strings.Split(letter.Text, "\n\n")[2]
				w.ok(w.verbs.LetterSent(w.ctx(), letter))
			}
		}
		w.ok(try("ana", posted))
		w.fails(try("ana", posted), models.Unauthorized, "a code of a letter used twice")
		w.Clock.Advance(2 * time.Minute)
		w.ok(w.verbs.AskForRecovery(w.ctx(), "ana"))
		w.Clock.Advance(2 * time.Hour)
		w.fails(try("ana", posted), models.Unauthorized, "an old code")
	})
}
