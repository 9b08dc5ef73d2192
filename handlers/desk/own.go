package desk

import (
	"praxis/internal/takealong"
	"praxis/models"
	"praxis/practice"
)

const ownPath = "/settings"

// ownPages are a member's own settings. Other settings pages, of signing in and of apps, are with the sign-in.
func (s *Server) ownPages() []place {
	const along, leaving = ownPath + "/takealong", ownPath + "/leaving"
	return []place{
		{path: ownPath, show: s.showOwn, left: true},
		{path: ownPath + "/move", show: s.showMove, left: true, forms: map[string]deed{"alias": s.addAlias, "unalias": s.removeAlias, "move": s.moveAway}},
		{path: along, show: s.showAlong, left: true, most: takealong.MaxBytes + 1<<20, forms: map[string]deed{"archive": s.askArchive, "import": s.readImport}},
		{path: along + "/lists/{kind}", raw: s.ownList, left: true},
		{path: along + "/record", raw: s.ownRecord, left: true},
		{path: along + "/archives/{id:[0-9]{1,19}}", raw: s.ownArchive, left: true},
		{path: along + "/imports/{id:[0-9]{1,19}}", show: s.showImport, forms: map[string]deed{"start": s.startImport, "drop": s.dropImport}},
		{path: leaving, show: s.showLeaving, left: true, forms: map[string]deed{"email": s.saveRecovery, "code": s.makeCode}},
		{path: leaving + "/now", show: s.showLeave, forms: map[string]deed{"leave": s.leaveNow}},
		{path: ownPath + "/delete", show: s.showDelete, left: true, forms: map[string]deed{"delete": s.deleteOwn}},
	}
}

// account gives the account of who asks.
func (v *visit) account() (*models.Account, error) { return v.tx.AccountByActor(v.me.ID) }

func ownCrumbs() []link { return []link{{Label: "Settings", To: ownPath}} }

// showOwn leads to all settings. Who left sees only what they may.
func (s *Server) showOwn(v *visit) (*screen, error) {
	account, err := v.account()
	if err != nil {
		return nil, err
	}
	entry := func(title, text, label, to string) item {
		return item{Title: title, Text: text, Link: link{Label: label, To: to}}
	}
	along := []item{
		entry("Move", "Other accounts of yours, and where followers are sent when you go elsewhere.", "Move", ownPath+"/move"),
		entry("Take along", "An archive of all that is yours, lists, and the record of what you contributed. Bring lists from elsewhere.", "Take along", ownPath+"/takealong"),
		entry("Leaving", "What happens when you leave the organization, and how you get at what is yours then.", "Leaving", ownPath+"/leaving"),
		entry("Delete", "Your account and all that you wrote, for good.", "Delete", ownPath+"/delete"),
	}
	if v.left {
		along[1].Text = "An archive of all that is yours, lists, and the record of what you contributed."
		return &screen{Title: "What is yours", Lead: "You have left " + s.links.Host + ". Until your time is over you can take along what is yours.", Parts: []part{
			{List: along}, {Forms: []*form{{Name: "out", Action: "/auth/sign_out", Inline: true, Button: "Sign out"}}},
		}}, nil
	}
	in := []item{
		entry("Connected sign-ins", "By which organizations you sign in.", "Sign-ins", ownPath+"/identities"),
		entry("Passkeys and codes", "A second step, or a key in the place of the password.", "Security", ownPath+"/security"),
		entry("Connected apps", "Which apps act for you.", "Apps", ownPath+"/apps"),
	}
	if practice.MayInvite(account, s.cfg.Invitations) {
		in = append(in, entry("Invitations", "Links by which people get an account here.", "Invitations", ownPath+"/invitations"))
	}
	return &screen{Title: "Settings", Lead: "Of @" + v.me.Username + ". Your profile is changed in your app.", Parts: []part{
		{Heading: "Signing in", List: in}, {Heading: "Going, and what goes along", List: along},
	}}, nil
}

// passwordField asks for the password again before what cannot be undone; there is none for who has no password, or got in by a code.
func (v *visit) passwordField() ([]*field, error) {
	account, err := v.account()
	if err != nil || v.left || account.PasswordHash == "" {
		return nil, err
	}
	return []*field{{Name: "password", Label: "Your password", Kind: "password", Required: true, Complete: "current-password", Max: 1024}}, nil
}

// confirmed checks that password.
func (s *Server) confirmed(v *visit) error {
	account, err := v.account()
	if err != nil || v.left || s.cfg.Confirm == nil {
		return err
	}
	err = s.cfg.Confirm(v.w.Header(), v.r, account, v.form.Get("password"))
	if models.ErrorCode(err) == models.Forbidden {
		return models.FieldErrorf("password", "The password is wrong.")
	}
	return err
}
