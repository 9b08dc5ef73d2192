package desk

import (
	"html/template"
	"net/url"
	"strings"

	"praxis/models"
	"praxis/practice"
)

const accountsPath = root + "/accounts"

// accounts are the members of this instance, and people of others as far as they are known.
func (s *Server) accounts() section {
	const one = accountsPath + "/{id:[0-9]{1,19}}"
	return section{
		group: groupPeople, name: "Accounts", path: accountsPath, needs: models.PermitUsers,
		waits: func(v *visit) ([]errand, error) {
			waiting, err := v.waiting()
			return []errand{{waiting.Applicants, "applicant", "applicants", "Who signed up waits to be let in.", link{Label: "Decide", To: accountsPath + "?status=pending"}}}, err
		},
		pages: []place{
			{path: accountsPath, show: s.showAccounts},
			{path: one, show: s.showAccount, forms: map[string]deed{"note": s.noteAccount}},
			{path: one + "/role", needs: models.PermitRoles, show: s.showRole, forms: map[string]deed{"role": s.changeRole}},
			{path: one + "/password", needs: models.PermitUserAccess, show: s.showPasswordLink, forms: map[string]deed{"send": s.sendPasswordLink}},
			{path: one + "/sessions", needs: models.PermitUserAccess, show: s.showSessions, forms: map[string]deed{"end": s.endSessions}},
			{path: one + "/leave", needs: models.PermitUserAccess, show: s.showLetLeave, forms: map[string]deed{"leave": s.letLeave}},
			{path: one + "/return", needs: models.PermitUserAccess, show: s.showTakeBack, forms: map[string]deed{"return": s.takeBack}},
			{path: one + "/{measure:[a-z]{1,20}}", show: s.showMeasure, forms: map[string]deed{"take": s.takeMeasure}},
		},
	}
}

func accountPath(id int64) string { return accountsPath + "/" + format(id) }

// statuses are the views of the list.
var statuses = []struct{ value, label string }{
	{"", "All"}, {"pending", "Waiting"}, {"silenced", "Limited"}, {"suspended", "Suspended"}, {"disabled", "Disabled"},
}

func (s *Server) showAccounts(v *visit) (*screen, error) {
	filter := models.AdminFilter{
		Origin: v.query("origin"), Status: v.query("status"), Username: strings.TrimPrefix(v.query("name"), "@"), Email: v.query("email"),
		Host: v.query("host"),
	}
	if filter.Origin == "" {
		filter.Origin = "local"
	}
	if v.query("staff") != "" {
		filter.Roles = models.RolesWith(models.PermitReports)
	}
	if name, host, ok := strings.Cut(filter.Username, "@"); ok {
		filter.Username, filter.Host, filter.Origin = name, host, "all"
	}
	actors, err := v.tx.AdminAccountPage(filter, v.page())
	if err != nil {
		return nil, err
	}
	actors, pages := cut(v, actors, func(a *models.Actor) int64 { return a.ID })
	listed, err := s.accountTable(v, actors)
	if err != nil {
		return nil, err
	}
	tabs := []link{}
	for _, one := range statuses {
		tabs = append(tabs, v.tab("status", one.value, one.label))
	}
	return &screen{Title: "Accounts", Tabs: tabs, Parts: []part{{Search: accountSearch(v, filter.Origin), Table: listed, Pager: pages}}}, nil
}

func accountSearch(v *visit, origin string) *search {
	fields := []*field{
		{ID: "q-name", Name: "name", Label: "User name begins with", Value: v.query("name")},
		{ID: "q-email", Name: "email", Label: "E-mail begins with", Value: v.query("email")},
		{ID: "q-origin", Name: "origin", Label: "Where", Kind: "choice", Value: origin, Options: options("local", "Here", "remote", "On other servers", "all", "Everywhere")},
		{ID: "q-status", Name: "status", Label: "State", Kind: "choice", Value: v.query("status"), Options: options(
			"", "Any", "active", "Active", "pending", "Waiting", "silenced", "Limited", "suspended", "Suspended", "disabled", "Disabled", "sensitized", "Media hidden")},
		{ID: "q-staff", Name: "staff", Label: "Moderators and admins only", Kind: "box", Checked: v.query("staff") != ""},
	}
	choose(fields)
	return &search{Fields: fields}
}

// choose marks the options that are chosen.
func choose(fields []*field) {
	for _, one := range fields {
		for i := range one.Options {
			one.Options[i].Chosen = one.Options[i].Value == one.Value
		}
	}
}

func (s *Server) accountTable(v *visit, actors []models.Actor) (*table, error) {
	accounts, err := v.tx.AccountsByActor(idsOf(actors))
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Accounts", Heads: []string{"Name", "State", "Role", "Posts", "Since"}, Empty: "No account is like that."}
	for i := range actors {
		a := &actors[i]
		account := accounts[a.ID]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: nameOf(a), To: accountPath(a.ID), Hint: handleOf(a)},
			{Badge: stateOf(a, account)},
			{Text: orDash(models.RoleOf(account).Name)},
			{Text: format(a.PostsCount), Number: true},
			{Text: a.CreatedAt.Time().Format("2 Jan 2006")},
		}})
	}
	return listed, nil
}

func idsOf(actors []models.Actor) []int64 {
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	return ids
}

// stateOf says in one word how an account stands.
func stateOf(a *models.Actor, account *models.Account) badge {
	switch {
	case account != nil && account.ApprovedAt == 0:
		return badge{"waits to be let in", "warn"}
	case account != nil && account.ConfirmedAt == 0:
		return badge{"e-mail not confirmed", "warn"}
	case a.SuspendedAt != 0:
		return badge{"suspended", "bad"}
	case a.LeftAt != 0 && a.Local:
		return badge{"has left", ""}
	case account != nil && account.DisabledAt != 0:
		return badge{"disabled", "bad"}
	case a.SilencedAt != 0:
		return badge{"limited", "warn"}
	case a.SensitizedAt != 0:
		return badge{"media hidden", "warn"}
	}
	return badge{"active", "good"}
}

// person gives whom the path names.
func (s *Server) person(v *visit) (*models.Actor, *models.Account, error) {
	actor, err := v.tx.Actor(v.id("id"))
	if err != nil {
		return nil, nil, err
	}
	if actor.DeletedAt != 0 || actor.Type == models.TypeApplication || actor.IsCommunity() {
		return nil, nil, errNotFound
	}
	account, err := v.tx.AccountByActor(actor.ID)
	if models.IsNotFound(err) {
		return actor, nil, nil
	}
	return actor, account, err
}

func (s *Server) showAccount(v *visit) (*screen, error) {
	actor, account, err := s.person(v)
	if err != nil {
		return nil, err
	}
	about, err := s.accountFacts(v, actor, account)
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(v, practice.NoteOnAccount(actor.ID))
	if err != nil {
		return nil, err
	}
	actions, err := s.actions(v, actor.ID)
	if err != nil {
		return nil, err
	}
	reports, err := v.tx.ReportPage(models.ReportFilter{TargetID: actor.ID}, models.Page{Limit: 20})
	if err != nil {
		return nil, err
	}
	open, err := s.reportTable(v, reports, "No report about them is open.")
	if err != nil {
		return nil, err
	}
	shown := &screen{Title: nameOf(actor), Above: []link{{Label: "Accounts", To: accountsPath}}, Parts: []part{
		about,
		{Heading: "What you can do", ID: "measures", Links: s.measures(v, actor, account)},
		{Heading: "Open reports", Table: open},
		notes, actions,
	}}
	return shown, nil
}

func (s *Server) accountFacts(v *visit, actor *models.Actor, account *models.Account) (part, error) {
	shown := part{Card: true, Badges: []badge{stateOf(actor, account)}, Facts: []fact{
		{Name: "Address", Value: handleOf(actor), To: s.profileOf(actor)},
		{Name: "Posts", Value: format(actor.PostsCount)},
		{Name: "Followers", Value: format(actor.FollowersCount)},
		{Name: "Known since", Value: v.when(actor.CreatedAt)},
	}}
	if !actor.Local {
		shown.Facts = append(shown.Facts, fact{Name: "Server", Value: actor.Host, To: hostPath(actor.Host)})
	}
	if actor.Summary != "" {
		shown.Prose = template.HTML(actor.Summary) // sanitised when it was stored
	}
	if account == nil {
		return shown, nil
	}
	browsers, apps, err := v.tx.Sessions(account.ID)
	if err != nil {
		return shown, err
	}
	shown.Facts = append(shown.Facts,
		fact{Name: "Role", Value: orWord(models.RoleOf(account).Name, "Member")},
		fact{Name: "E-mail", Value: orDash(account.Email), Badge: confirmed(account)},
		fact{Name: "Signed in", Value: count(browsers, "browser", "browsers") + ", " + count(apps, "app", "apps")},
		fact{Name: "Last sign-in", Value: v.when(account.LastSignInAt)},
	)
	if account.SignUpIP != "" {
		shown.Facts = append(shown.Facts, fact{Name: "Signed up from", Value: account.SignUpIP})
	}
	if account.Reason != "" {
		shown.Facts = append(shown.Facts, fact{Name: "Why they want to join", Value: account.Reason})
	}
	return shown, nil
}

func confirmed(account *models.Account) badge {
	if account.Email == "" || account.ConfirmedAt != 0 {
		return badge{}
	}
	return badge{"not confirmed", "warn"}
}

func orWord(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (s *Server) profileOf(a *models.Actor) string {
	if a.Local {
		return "/@" + url.PathEscape(a.Username)
	}
	return "/@" + url.PathEscape(a.Username+"@"+a.Host)
}

func (s *Server) noteAccount(v *visit) (outcome, error) {
	actor, _, err := s.person(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.WriteNote(v.ctx(), v.me, practice.NoteOnAccount(actor.ID), v.text("note"))
	return outcome{accountPath(actor.ID) + "#notes", "The note is kept."}, err
}

func (s *Server) showRole(v *visit) (*screen, error) {
	actor, account, err := s.person(v)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, errNotFound
	}
	return &screen{Title: "Role of " + nameOf(actor), Above: accountCrumbs(actor), Parts: []part{{Card: true, Forms: []*form{v.fill(&form{
		Name: "role", Button: "Save the role", Cancel: accountPath(actor.ID), Fields: []*field{{
			Name: "role", Label: "Role", Kind: "choice", Value: account.Role,
			Hint:    "Moderators look into reports and accounts. Admins also decide on other servers, settings and roles. Owners can change admins.",
			Options: options("member", "Member", "moderator", "Moderator", "admin", "Admin", "owner", "Owner"),
		}},
	})}}}}, nil
}

func accountCrumbs(actor *models.Actor) []link {
	return []link{{Label: "Accounts", To: accountsPath}, {Label: nameOf(actor), To: accountPath(actor.ID)}}
}

func (s *Server) changeRole(v *visit) (outcome, error) {
	err := s.cfg.Service.GrantRole(v.ctx(), v.me, v.id("id"), v.text("role"))
	return outcome{accountPath(v.id("id")), "The role is changed."}, err
}

func (s *Server) showSessions(v *visit) (*screen, error) {
	actor, account, err := s.person(v)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, errNotFound
	}
	browsers, apps, err := v.tx.Sessions(account.ID)
	if err != nil {
		return nil, err
	}
	return &screen{Title: "Sign out " + nameOf(actor) + " everywhere", Above: accountCrumbs(actor), Parts: []part{{Card: true, Forms: []*form{v.fill(&form{
		Name: "end", Button: "Sign out everywhere", Danger: true, Cancel: accountPath(actor.ID),
		Text: count(browsers, "browser", "browsers") + " and " + count(apps, "app", "apps") + " are signed in. They have to sign in anew; the password stays as it is.",
	})}}}}, nil
}

func (s *Server) endSessions(v *visit) (outcome, error) {
	err := s.cfg.Service.EndSessions(v.ctx(), v.me, v.id("id"))
	return outcome{accountPath(v.id("id")), "All sessions are ended."}, err
}

func (s *Server) showPasswordLink(v *visit) (*screen, error) {
	actor, account, err := s.person(v)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, errNotFound
	}
	crumbs := accountCrumbs(actor)
	if account.Email == "" {
		return &screen{Title: "New password for " + nameOf(actor), Above: crumbs, Parts: []part{{
			Class: "notice",
			Text:  "This account has no e-mail address. Who runs the server can set a password with: praxis user password " + actor.Username,
		}}}, nil
	}
	said := "A letter goes to " + account.Email + ", with a link for a new password. The old one works until then."
	if s.cfg.SendTest == nil {
		said = "No mail server is set: the letter waits until there is one."
	}
	return &screen{Title: "New password for " + nameOf(actor), Above: crumbs, Parts: []part{{Card: true, Forms: []*form{v.fill(&form{
		Name: "send", Text: said, Button: "Send the letter", Cancel: accountPath(actor.ID),
	})}}}}, nil
}

func (s *Server) sendPasswordLink(v *visit) (outcome, error) {
	err := s.cfg.Service.SendPasswordLink(v.ctx(), v.me, v.id("id"))
	return outcome{accountPath(v.id("id")), "The letter is on its way."}, err
}
