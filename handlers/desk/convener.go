package desk

import (
	"strings"

	"praxis/models"
	"praxis/practice"
)

// convenersPath is where the settings of a community are, by its name.
const convenersPath = "/c/{name:[A-Za-z0-9_]{1,30}}/settings"

func settingsPath(name string) string { return "/c/" + name + "/settings" }

// convenerPages are the forms of a community for those who look after it. The verbs ask the community who may.
func (s *Server) convenerPages() []place {
	return []place{
		{path: convenersPath, show: s.showCommunitySettings, forms: map[string]deed{
			"save": s.saveCommunity, "habits": s.saveHabits, "share": s.sharePartner, "unshare": s.unsharePartner,
		}},
		{path: convenersPath + "/members", show: s.showMembers, forms: map[string]deed{
			"accept": s.decideJoin, "reject": s.decideJoin, "role": s.setMemberRole, "remove": s.removeMember, "appoint": s.appoint, "dismiss": s.dismiss,
		}},
		{path: convenersPath + "/invitations", show: s.showInvitations, forms: map[string]deed{"invite": s.invite, "revoke": s.revoke}},
		s.convenersSiblings(), s.convenersCharter(),
		{path: convenersPath + "/bans", show: s.showBans, forms: map[string]deed{"ban": s.ban, "unban": s.unban}},
		{path: convenersPath + "/reports", show: s.showCommunityReports, forms: map[string]deed{"resolve": s.resolveReport, "grant": s.decideAppeal, "decline": s.decideAppeal}},
	}
}

// own gives the community that the path names, if the visitor looks after it. For everybody else it is as good as absent.
func (s *Server) own(v *visit) (*models.Actor, *models.Community, error) {
	actor, moderates, err := s.named(v)
	if err != nil {
		return nil, nil, err
	}
	if !moderates {
		return nil, nil, errNotFound
	}
	row, err := v.tx.Community(actor.ID)
	return actor, row, err
}

// ownOrAdmin is own, also for admins of the instance who may know of the community: they may change what it is, and see
// neither who asks to join nor the links of invitations.
func (s *Server) ownOrAdmin(v *visit) (*models.Actor, *models.Community, error) {
	actor, moderates, err := s.named(v)
	if err != nil {
		return nil, nil, err
	}
	if !moderates {
		known, err := v.tx.IsKnownTo(actor, v.me.ID)
		if err != nil {
			return nil, nil, err
		}
		if !known || !v.may(models.PermitSettings) {
			return nil, nil, errNotFound
		}
	}
	row, err := v.tx.Community(actor.ID)
	return actor, row, err
}

func (s *Server) named(v *visit) (community *models.Actor, moderates bool, err error) {
	actor, err := v.tx.ActorByHandle(strings.ToLower(v.path("name")), s.links.Host)
	if err != nil {
		return nil, false, err
	}
	if !actor.IsCommunity() || actor.IsGone() {
		return nil, false, errNotFound
	}
	moderates, err = v.tx.IsModerator(actor.ID, v.me.ID)
	return actor, moderates, err
}

// convenes is the frame of all these pages.
func convenes(v *visit, a *models.Actor, parts ...part) *screen {
	base := settingsPath(a.Username)
	shown := &screen{Title: nameOf(a), Above: []link{{Label: "The community", To: "/@" + a.Username}}, Parts: parts}
	if moderates, err := v.tx.IsModerator(a.ID, v.me.ID); err != nil || !moderates {
		return shown
	}
	for _, tab := range []struct{ path, label string }{
		{base, "Settings"}, {base + "/members", "Members"}, {base + "/invitations", "Invitations"}, {base + "/siblings", "Siblings"}, {base + "/bans", "Bans"}, {base + "/reports", "Reports"},
	} {
		shown.Tabs = append(shown.Tabs, link{Label: tab.label, To: tab.path, Current: v.r.URL.Path == tab.path || tab.path != base && under(v.r.URL.Path, tab.path)})
	}
	return shown
}

func (s *Server) showCommunitySettings(v *visit) (*screen, error) {
	actor, row, err := s.ownOrAdmin(v)
	if err != nil {
		return nil, err
	}
	habits, err := v.tx.CommunityPractice(actor.ID)
	if err != nil {
		return nil, err
	}
	words, err := v.tx.CommunityWords(actor.ID)
	if err != nil {
		return nil, err
	}
	save := part{Card: true, Heading: "What it is", Forms: []*form{v.fill(&form{Name: "save", Button: "Save", Fields: append(communityFields(actor, row), moreFields(actor, row)...)})}}
	partners, err := s.partnersPart(v, actor, row)
	if err != nil {
		return nil, err
	}
	if moderates, err := v.tx.IsModerator(actor.ID, v.me.ID); err != nil || !moderates {
		return convenes(v, actor, save, partners), err
	}
	return convenes(v, actor, save, partners, part{Card: true, Heading: "Kinds of threads", ID: "kinds", Forms: []*form{v.fill(habitsForm(habits, words))}}), nil
}

func moreFields(a *models.Actor, c *models.Community) []*field {
	return []*field{
		{Name: "charter", Label: "Charter", Kind: "long", Rows: 10, Max: 20000, Value: c.CharterSource, Hint: "What the community agreed on. A changed text is a new version, which newcomers agree to."},
		{Name: "rules", Label: "Rules, one a line", Kind: "long", Rows: 4, Value: strings.Join(c.RuleList(), "\n")},
		{Name: "topics", Label: "Topics, one a line", Kind: "long", Rows: 3, Value: strings.Join(c.TopicList(), "\n")},
		{Name: "languages", Label: "Languages", Value: strings.Join(c.LanguageList(), " "), Hint: "Codes with blanks between them, such as en de."},
		{Name: "place", Label: "Place", Max: 100, Value: c.Place},
		{Name: "recognition", Label: "How it stands to the organization", Kind: "choice", Value: c.Recognition, Options: options(
			"", "Not said", models.RecognitionInformal, "Informal", models.RecognitionRecognised, "Recognised", models.RecognitionSponsored, "Sponsored")},
		{Name: "sponsor", Label: "Sponsor", Max: 100, Value: c.Sponsor},
		{Name: "label", Label: "What such a group is called", Max: 100, Value: c.Label, Hint: "Empty: community."},
		{Name: "moderators_post", Label: "Only moderators begin threads", Kind: "box", Checked: a.ModeratorsPost},
	}
}

func (s *Server) saveCommunity(v *visit) (outcome, error) {
	actor, _, err := s.ownOrAdmin(v)
	if err != nil {
		return outcome{}, err
	}
	text := func(name string) *string { said := v.text(name); return &said }
	unlisted, moderatorsPost := v.is("unlisted"), v.is("moderators_post")
	_, err = s.cfg.Service.ChangeCommunity(v.ctx(), v.me, actor, practice.CommunityChange{
		DisplayName: text("display_name"), Domain: text("domain"), Joining: text("joining"), Class: text("class"), Unlisted: &unlisted,
		Charter: text("charter"), Rules: linesOf(v.form.Get("rules")), Topics: linesOf(v.form.Get("topics")), Languages: append([]string{}, strings.Fields(v.form.Get("languages"))...),
		Place: text("place"), Recognition: text("recognition"), Sponsor: text("sponsor"), Label: text("label"), ModeratorsPost: &moderatorsPost,
	})
	return outcome{settingsPath(actor.Username), "The settings are saved."}, err
}

func habitsForm(habits *models.CommunityPractice, words map[string]string) *form {
	f := &form{Name: "habits", Button: "Save the kinds", Text: "With nothing ticked, all kinds are used."}
	for _, kind := range practice.ThreadKinds() {
		f.Fields = append(f.Fields, &field{Name: "kind-" + kind, Label: practice.KindLabel(kind), Kind: "box", Checked: habits.Kinds != "" && habits.Uses(kind)})
	}
	var lines []string
	for _, word := range sortedKeys(words) {
		lines = append(lines, word+" = "+words[word])
	}
	f.Fields = append(f.Fields,
		&field{Name: "words", Label: "Words of your own, one a line", Kind: "long", Rows: 4, Value: strings.Join(lines, "\n"), Hint: "A hashtag or the beginning of a post, and the kind that it chooses: #help = " + practice.ThreadKinds()[0]},
		&field{Name: "commands", Label: "Replies give commands, such as #solved", Kind: "box", Checked: !habits.CommandsOff})
	return f
}

func (s *Server) saveHabits(v *visit) (outcome, error) {
	actor, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	kinds, words, commands := []string{}, map[string]string{}, v.is("commands")
	for _, kind := range practice.ThreadKinds() {
		if v.is("kind-" + kind) {
			kinds = append(kinds, kind)
		}
	}
	for _, line := range linesOf(v.form.Get("words")) {
		word, kind, ok := strings.Cut(line, "=")
		if !ok {
			return outcome{}, models.FieldErrorf("words", "The line %q has no “=” between word and kind.", short(line, 40))
		}
		words[strings.TrimSpace(word)] = strings.TrimSpace(kind)
	}
	err = s.cfg.Service.SetHabits(v.ctx(), v.me, actor, practice.Habits{Kinds: &kinds, Words: &words, Commands: &commands})
	return outcome{settingsPath(actor.Username) + "#kinds", "The kinds are saved."}, err
}
