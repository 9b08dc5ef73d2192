package desk

import (
	"net/url"

	"praxis/models"
	"praxis/practice"
)

const communitiesPath = root + "/communities"

// communities are those of this instance, and those of others that are known.
func (s *Server) communities() section {
	const one = communitiesPath + "/{id:[0-9]{1,19}}"
	return section{group: groupPeople, name: "Communities", path: communitiesPath, needs: models.PermitTaxonomies, pages: []place{
		{path: communitiesPath, show: s.showCommunities},
		{path: communitiesPath + "/new", needs: models.PermitSettings, show: s.showNewCommunity, forms: map[string]deed{"new": s.foundCommunity}},
		{path: one, show: s.showCommunity, forms: map[string]deed{"note": s.noteCommunity}},
	}}
}

func (s *Server) showCommunities(v *visit) (*screen, error) {
	filter := models.AdminCommunityFilter{Words: v.query("name"), Remote: v.query("where") == "elsewhere"}
	rows, err := v.tx.AdminCommunityPage(filter, v.page())
	if err != nil {
		return nil, err
	}
	rows, pages := cut(v, rows, func(a *models.Actor) int64 { return a.ID })
	if rows, err = v.tx.KnownOf(rows, v.me.ID); err != nil { // of some, only those learn whom they are for (security case E11)
		return nil, err
	}
	known, err := v.tx.Communities(idsOf(rows))
	if err != nil {
		return nil, err
	}
	figures, err := v.tx.CommunityFigures(idsOf(rows), v.me.ID)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Communities", Heads: []string{"Community", "For", "Members", "Threads", "Last post"}, Empty: "No community is like that."}
	for i := range rows {
		a := &rows[i]
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: nameOf(a), To: communitiesPath + "/" + format(a.ID), Hint: handleOf(a)},
			{Badge: classBadge(known[a.ID])},
			{Text: format(a.FollowersCount), Number: true},
			{Text: format(figures[a.ID].Threads), Number: true},
			{Text: v.ago(figures[a.ID].LastPostAt)},
		}})
	}
	listing := part{Search: &search{Fields: []*field{
		{ID: "q-name", Name: "name", Label: "Name", Value: v.query("name")},
	}}, Table: listed, Pager: pages}
	if v.may(models.PermitSettings) {
		listing.Links = []link{{Label: "Found a community", To: communitiesPath + "/new"}}
	}
	return &screen{Title: "Communities", Tabs: []link{v.tab("where", "", "Here"), v.tab("where", "elsewhere", "On other servers")}, Parts: []part{listing}}, nil
}

var classWords = map[string]string{
	models.ClassPublic: "everybody", models.ClassPartners: "partners", models.ClassMembers: "members", models.ClassLocal: "this organization",
}

func classBadge(c *models.Community) badge {
	if c.IsForAll() {
		return badge{Text: "everybody"}
	}
	return badge{classWords[c.Class], "warn"}
}

// community gives the one that the path names.
func (s *Server) community(v *visit) (*models.Actor, *models.Community, error) {
	actor, err := v.tx.Actor(v.id("id"))
	if err != nil {
		return nil, nil, err
	}
	known, err := v.tx.IsKnownTo(actor, v.me.ID)
	if err != nil {
		return nil, nil, err
	}
	if !actor.IsCommunity() || actor.DeletedAt != 0 || !known {
		return nil, nil, errNotFound
	}
	row, err := v.tx.CommunityIfAny(actor.ID)
	if row == nil {
		row = &models.Community{Class: models.ClassPublic}
	}
	return actor, row, err
}

func (s *Server) showCommunity(v *visit) (*screen, error) {
	actor, row, err := s.community(v)
	if err != nil {
		return nil, err
	}
	shape, err := v.tx.Participation(actor.ID)
	if err != nil {
		return nil, err
	}
	about := part{Card: true, Badges: []badge{classBadge(row)}, Text: row.Domain, Facts: []fact{
		{Name: "Address", Value: handleOf(actor), To: s.profileOf(actor)},
		{Name: "Joining", Value: orDash(joiningWords[row.Joining])},
		{Name: "Listed", Value: yesNo(!row.Unlisted)},
		{Name: "Charter", Value: charterWord(row)},
		{Name: "Followers", Value: format(actor.FollowersCount)},
		{Name: "Since", Value: v.when(actor.CreatedAt)},
	}}
	figures := part{Heading: "The last twelve weeks", Card: true, Facts: []fact{
		{Name: "Core", Value: format(shape.Core), Hint: "wrote in a quarter of the weeks"},
		{Name: "Active", Value: format(shape.Active)},
		{Name: "Members", Value: format(shape.Members)},
		{Name: "Newcomers", Value: format(shape.Newcomers)},
		{Name: "Organizations", Value: format(shape.Hosts)},
	}}
	people, err := s.conveners(v, actor)
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(v, practice.NoteOnAccount(actor.ID))
	if err != nil {
		return nil, err
	}
	shown := &screen{Title: nameOf(actor), Above: []link{{Label: "Communities", To: communitiesPath}}, Parts: []part{about, figures, people}}
	if actor.Local && v.may(models.PermitSettings) {
		shown.Parts = append(shown.Parts, part{Links: []link{{Label: "Change its settings", To: settingsPath(actor.Username)}}})
	} else if !actor.Local {
		shown.Parts = append(shown.Parts, part{Links: []link{{Label: "What is known of " + actor.Host, To: hostPath(actor.Host), Quiet: true}}})
	}
	shown.Parts = append(shown.Parts, notes)
	return shown, nil
}

func charterWord(c *models.Community) string {
	if c.CharterVersion == 0 {
		return "none"
	}
	return "version " + format(c.CharterVersion)
}

var joiningWords = map[string]string{
	models.JoiningOpen: "open to all", models.JoiningRequest: "by request", models.JoiningInvitation: "by invitation", models.JoiningClosed: "closed",
}

// conveners lists those who look after a community.
func (s *Server) conveners(v *visit, community *models.Actor) (part, error) {
	people, err := v.tx.Moderators(community.ID)
	if err != nil {
		return part{}, err
	}
	roles, err := v.tx.ModeratorRoles(community.ID)
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "Who looks after it", Heads: []string{"Name", "Role"}, Empty: "Nobody looks after it."}
	for i := range people {
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: nameOf(&people[i]), To: accountLink(v, &people[i]), Hint: handleOf(&people[i])}, {Text: roles[people[i].ID]},
		}})
	}
	return part{Heading: "Who looks after it", Table: listed}, nil
}

func accountLink(v *visit, a *models.Actor) string {
	if v.in.convener {
		return "/@" + url.PathEscape(a.Acct())
	}
	return toAccount(a)
}

func (s *Server) noteCommunity(v *visit) (outcome, error) {
	actor, _, err := s.community(v)
	if err != nil {
		return outcome{}, err
	}
	err = s.cfg.Service.WriteNote(v.ctx(), v.me, practice.NoteOnAccount(actor.ID), v.text("note"))
	return outcome{communitiesPath + "/" + format(actor.ID) + "#notes", "The note is kept."}, err
}

func (s *Server) showNewCommunity(v *visit) (*screen, error) {
	alike, err := s.alike(v)
	if err != nil {
		return nil, err
	}
	return &screen{
		Title: "Found a community", Above: []link{{Label: "Communities", To: communitiesPath}},
		Lead: "You are its first convener. All but the short name can be changed later.",
		Parts: []part{{Card: true, Forms: []*form{v.fill(&form{
			Name: "new", Button: "Found it", Cancel: communitiesPath, Fields: append(append(alike, []*field{
				{Name: "username", Label: "Short name", Required: true, Max: 30, Hint: "For addresses such as woundcare@" + s.links.Host + ": a-z, 0-9 and _. It cannot be changed."},
			}...), communityFields(&models.Actor{}, &models.Community{})...),
		})}}},
	}, nil
}

// communityFields are what a convener first says of a community.
func communityFields(a *models.Actor, c *models.Community) []*field {
	return []*field{
		{Name: "display_name", Label: "Name", Required: true, Max: 100, Value: a.DisplayName},
		{Name: "domain", Label: "What it cares for", Kind: "long", Rows: 3, Max: 2000, Value: c.Domain, Hint: "One or two sentences; people decide by them whether to join."},
		{Name: "class", Label: "Who may read", Kind: "choice", Value: orWord(c.Class, models.ClassPublic), Options: options(
			models.ClassPublic, "Everybody", models.ClassPartners, "This organization and partners", models.ClassMembers, "Members only", models.ClassLocal, "This organization only")},
		{Name: "joining", Label: "How one joins", Kind: "choice", Value: orWord(c.Joining, models.JoiningOpen), Options: options(
			models.JoiningOpen, "Everybody may", models.JoiningRequest, "Conveners decide", models.JoiningInvitation, "By invitation", models.JoiningClosed, "Nobody may now")},
		{Name: "unlisted", Label: "Leave it out of lists and searches", Kind: "box", Checked: c.Unlisted},
	}
}

func (s *Server) foundCommunity(v *visit) (outcome, error) {
	wanted := practice.NewCommunity{
		Username: v.text("username"), DisplayName: v.text("display_name"), Domain: v.text("domain"), Joining: v.text("joining"),
		Class: v.text("class"), Unlisted: v.is("unlisted"), Convener: v.me,
	}
	alike, err := s.alike(v)
	if err != nil {
		return outcome{}, err
	}
	chosen := v.text("link")
	if len(alike) > 0 && chosen == "" {
		return outcome{}, models.FieldErrorf("link", "There are similar communities: choose whether yours becomes one with one of them.")
	}
	if chosen != "" && chosen != foundAlone {
		made, err := s.cfg.Service.FoundSibling(v.ctx(), wanted, practice.CommunityChange{}, chosen, practice.SiblingTerms{History: 90})
		if err != nil {
			return outcome{}, err
		}
		return outcome{settingsPath(made.Username) + "/siblings", "The community is founded, and offers to become one with the other."}, nil
	}
	made, err := s.cfg.Service.FoundCommunity(v.ctx(), wanted, practice.CommunityChange{})
	if err != nil {
		return outcome{}, err
	}
	return outcome{settingsPath(made.Username), "The community is founded. Say more of it here."}, nil
}

// foundAlone is chosen by who founds a community beside similar ones.
const foundAlone = "alone"

// alike asks who founds a community that is like others whether it becomes one with one of them; nothing where there are none.
func (s *Server) alike(v *visit) ([]*field, error) {
	if v.form == nil || v.form.Get("username") == "" {
		return nil, nil
	}
	found, err := s.cfg.Service.SimilarCommunities(v.ctx(), v.me.ID, practice.CommunityIdea{
		Name: v.text("username"), DisplayName: v.text("display_name"), Domain: v.text("domain"),
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	pairs := []string{"", "Choose", foundAlone, "Found mine beside them"}
	hint := "There is, here:"
	for _, one := range found {
		if one.Local {
			hint += " @" + one.Handle
			continue
		}
		pairs = append(pairs, one.URI, "Found mine as one with @"+one.Handle)
	}
	if hint == "There is, here:" {
		hint = ""
	}
	return []*field{{Name: "link", Label: "Similar communities", Kind: "choice", Required: true, Hint: hint, Options: options(pairs...)}}, nil
}
