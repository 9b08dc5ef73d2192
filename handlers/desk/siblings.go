package desk

import (
	"context"
	"strings"
	"time"

	"praxis/models"
	"praxis/practice"
)

const siblingsPath = root + "/siblings"

// siblings are the communities that are, or want to be, one with communities of other servers.
func (s *Server) siblings() section {
	return section{
		group: groupOrganizations, name: "Siblings", path: siblingsPath, needs: models.PermitFederation,
		waits: func(v *visit) ([]errand, error) {
			n, err := v.tx.CountSiblings(models.SiblingApproved, 0)
			if err != nil {
				return nil, err
			}
			closing, err := v.tx.ClosingsIn(models.ClosingAsked)
			return []errand{{int64(len(closing)), "community that wants to close here", "communities that want to close here", "A convener asked for it. A sibling would go on.", link{Label: "Decide", To: siblingsPath}}, {n, "community that wants a sibling", "communities that want siblings", "A convener agreed. The other server was never admitted.", link{Label: "Decide", To: siblingsPath}}}, err
		},
		pages: []place{{path: siblingsPath, show: s.showSiblings, forms: map[string]deed{
			"admit": s.onSibling("The server is admitted.", plain((*practice.Service).AdmitSibling)), "resume": s.onSibling("The pair goes on.", plain((*practice.Service).ResumeSibling)),
			"close": s.admitClosing, "unclose": s.undoClosing,
			"leave": s.onSibling("The pair is over.", because((*practice.Service).LeaveSibling)), "pause": s.onSibling("The pair rests.", because((*practice.Service).PauseSibling)),
		}}},
	}
}

// siblingDeed does something with a pair.
type siblingDeed func(s *practice.Service, v *visit, community *models.Actor, id int64) error

func plain(verb func(s *practice.Service, ctx context.Context, actor, community *models.Actor, id int64) (*models.Sibling, error)) siblingDeed {
	return func(s *practice.Service, v *visit, community *models.Actor, id int64) error {
		_, err := verb(s, v.ctx(), v.me, community, id)
		return err
	}
}

func because(verb func(s *practice.Service, ctx context.Context, actor, community *models.Actor, id int64, reason string) (*models.Sibling, error)) siblingDeed {
	return func(s *practice.Service, v *visit, community *models.Actor, id int64) error {
		_, err := verb(s, v.ctx(), v.me, community, id, v.text("reason"))
		return err
	}
}

// onSibling makes a deed of an admin.
func (s *Server) onSibling(said string, do siblingDeed) deed {
	return func(v *visit) (outcome, error) {
		row, err := v.tx.SiblingByID(number(v.text("pair")))
		if err != nil {
			return outcome{}, err
		}
		community, err := v.tx.Actor(row.CommunityID)
		if err != nil {
			return outcome{}, err
		}
		return outcome{siblingsPath, said}, do(s.cfg.Service, v, community, row.ID)
	}
}

func (s *Server) showSiblings(v *visit) (*screen, error) {
	sheets, err := s.cfg.Service.AllSiblings(v.ctx(), v.me)
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "Siblings", Heads: []string{"Community", "With", "State", "In step", "Differ", "Waiting", "To do", ""}, Empty: "No community here has siblings, or wants some."}
	for i := range sheets {
		sheet := &sheets[i]
		name, _, _ := strings.Cut(strings.TrimPrefix(sheet.Community, "@"), "@") // its server is this one
		cells := []cell{{Text: "@" + name, To: communitiesPath + "/" + sheet.CommunityID}, {Text: sheet.Sibling, To: hostPath(sheet.Host)}, {Badge: siblingBadge(sheet), Hint: sheet.Reason}, inStep(sheet), {Text: format(sheet.Differs), Number: true}, {Text: format(sheet.Queue), Number: true}, toDo(sheet), {}}
		if sheet.WaitsFor == "admin" {
			cells[7].Form = rowForm(sheet, "admit", "Admit", sheet.Host)
		}
		switch sheet.State {
		case models.SiblingLive:
			cells[7].Form, cells[7].Second = rowForm(sheet, "pause", "Pause", sheet.Sibling), rowForm(sheet, "leave", "End", sheet.Sibling)
		case models.SiblingPaused:
			cells[7].Form, cells[7].Second = rowForm(sheet, "resume", "Resume", sheet.Sibling), rowForm(sheet, "leave", "End", sheet.Sibling)
		case models.SiblingLost, models.SiblingClosed:
			cells[7].Form = rowForm(sheet, "leave", "End", sheet.Sibling)
		}
		listed.Rows = append(listed.Rows, row{Cells: cells})
	}
	closing, err := s.closings(v)
	if err != nil {
		return nil, err
	}
	return &screen{
		Title: "Siblings", Lead: "Communities that are one with communities of other servers. A convener agrees for the community; you admit each server once.",
		Parts: append([]part{{Table: listed}}, closing...),
	}, nil
}

// inStep says when a pair was last found alike, and what went wrong since.
func inStep(sheet *practice.SiblingSheet) cell {
	shown := cell{Text: "never", Hint: sheet.LastError}
	if sheet.InStepAt != nil {
		shown.Text = strings.NewReplacer("T", " ", "Z", " UTC").Replace(*sheet.InStepAt)
	}
	return shown
}

// toDo says the one thing that helps a pair most.
func toDo(sheet *practice.SiblingSheet) cell {
	host := cell{To: hostPath(sheet.Host)}
	switch {
	case sheet.WaitsFor == "admin":
		return cell{Text: "Admit its server, or leave it"}
	case sheet.WaitsFor == "convener":
		return cell{Text: "A convener here decides"}
	case sheet.WaitsFor == "them":
		return cell{Text: "They decide"}
	case sheet.State == models.SiblingPaused:
		return cell{Text: "Resume it when the cause is gone"}
	case sheet.State == models.SiblingLost:
		host.Text = "Find out what became of " + sheet.Host
	case sheet.LastError != "" || sheet.Queue > manyWaiting:
		host.Text = "Look why " + sheet.Host + " does not answer"
	case sheet.Differs > 0:
		return cell{Text: "Nothing: what differs is being fetched"}
	default:
		return cell{Text: "Nothing"}
	}
	return host
}

// manyWaiting is how many deliveries to a host are more than what is just on its way.
const manyWaiting = 100

func pairForm(sheet *practice.SiblingSheet, name, button string, danger bool) *form {
	return &form{Name: name, Inline: true, Button: button, Danger: danger, Hidden: map[string]string{"pair": sheet.ID}}
}

// rowForm is a pairForm in a table, where the row says whom it is about; who does not see the row hears it.
func rowForm(sheet *practice.SiblingSheet, name, button, whom string) *form {
	f := pairForm(sheet, name, button, name == "leave")
	f.Whom = whom
	return f
}

func siblingBadge(sheet *practice.SiblingSheet) badge {
	switch sheet.State {
	case models.SiblingLive:
		return badge{"live", "good"}
	case models.SiblingPaused, models.SiblingReceived, models.SiblingApproved, models.SiblingIntroduced:
		return badge{sheet.State, "warn"}
	case models.SiblingLost, models.SiblingClosed:
		return badge{sheet.State, "bad"}
	}
	return badge{Text: sheet.State}
}

// convenersSiblings is the page of a community's siblings for those who look after it.
func (s *Server) convenersSiblings() place {
	verbs := map[string]deed{
		"propose": s.proposeSibling, "counter": s.counterSibling, "close": s.closeOwn, "unclose": s.undoClosing, "split": s.splitOwn,
	}
	for name, do := range map[string]siblingDeed{
		"approve": plain((*practice.Service).ApproveSibling), "next": goesOnFirst, "resume": plain((*practice.Service).ResumeSibling),
		"refuse": because((*practice.Service).RefuseSibling), "leave": because((*practice.Service).LeaveSibling), "pause": because((*practice.Service).PauseSibling),
	} {
		verbs[name] = s.onOwnSibling(do)
	}
	return place{path: convenersPath + "/siblings", show: s.showOwnSiblings, forms: verbs}
}

func (s *Server) onOwnSibling(do siblingDeed) deed {
	return func(v *visit) (outcome, error) {
		community, _, err := s.own(v)
		if err != nil {
			return outcome{}, err
		}
		return outcome{settingsPath(community.Username) + "/siblings", "It is done."}, do(s.cfg.Service, v, community, number(v.text("pair")))
	}
}

func (s *Server) showOwnSiblings(v *visit) (*screen, error) {
	community, _, err := s.own(v)
	if err != nil {
		return nil, err
	}
	sheets, err := s.cfg.Service.Siblings(v.ctx(), v.me, community)
	if err != nil {
		return nil, err
	}
	var parts []part
	for i := range sheets {
		parts = append(parts, ownSibling(v, &sheets[i]))
	}
	if len(parts) == 0 {
		parts = append(parts, part{Text: "This community is at this server only. Together with a community of another organization it can be one: what is posted at either reaches both, each looks after its own house, and when one is lost the other goes on."})
	}
	parts = append(parts, part{Card: true, Heading: "Become one with another community", Forms: []*form{v.fill(&form{
		Name: "propose", Button: "Offer it", Text: "Its conveners decide, and an admin here admits its server, once.",
		Fields: append([]*field{{Name: "uri", Label: "The other community", Required: true, Hint: "Its name with its server, such as wounds@clinic.example, or its address.", Value: v.query("with")}}, dealFields(nil)...),
	})}})
	more, err := s.closingParts(v, community, sheets)
	return convenes(v, community, append(parts, more...)...), err
}

// ownSibling shows one pair with what can be done.
func ownSibling(v *visit, sheet *practice.SiblingSheet) part {
	shown := part{Card: true, Heading: sheet.Sibling, Badges: []badge{siblingBadge(sheet)}, Text: sheet.Reason}
	deal := sheet.Agreement
	if sheet.Offer != nil {
		deal = sheet.Offer
	}
	if deal != nil {
		shown.Facts = []fact{
			{Name: "Until", Value: strings.SplitN(deal.ValidUntil, "T", 2)[0]},
			charterFact(deal, v.r.URL.Path+"/"+sheet.ID+"/charter"),
			{Name: "What came before", Value: count(int64(deal.History), "day", "days")},
			{Name: "Threads that they withdraw", Value: labelOf(removalWords, deal.Removals)},
			{Name: "Bans", Value: labelOf(banWords, deal.Bans)},
			{Name: "What is said of members", Value: labelOf(rosterWords, deal.Roster)},
			{Name: "Licence", Value: orDash(deal.License)},
			{Name: "Contact there", Value: deal.Contact},
			{Name: "After the end", Value: keptFor(deal.Retention)},
			{Name: "Can be called lost", Value: "after " + count(int64(deal.Silence), "day", "days") + " of silence"},
		}
		if sheet.State == models.SiblingLive {
			at := inStep(sheet)
			shown.Facts = append(shown.Facts, fact{Name: "In step", Value: at.Text, Hint: at.Hint}, fact{Name: "Posts that differ", Value: format(sheet.Differs)},
				fact{Name: "Waiting to be sent", Value: format(sheet.Queue)})
		}
	}
	if sheet.Adopter != "" {
		shown.Facts = append(shown.Facts, fact{Name: "Looks after its threads", Value: sheet.Adopter})
	}
	if sheet.Place > 0 {
		shown.Facts = append(shown.Facts, fact{Name: "When this server is lost", Value: "it goes on with our threads as number " + format(int64(sheet.Place))})
	}
	add := func(name, button string, danger bool, fields ...*field) {
		f := pairForm(sheet, name, button, danger)
		f.Inline, f.ID, f.Fields = len(fields) == 0, name+sheet.ID, fields
		shown.Forms = append(shown.Forms, v.fill(f))
	}
	reason := func() *field { return &field{Name: "reason", Label: "Why", Max: 500, Hint: "They read it."} }
	switch {
	case sheet.Offer != nil && !sheet.OfferIsOurs:
		if sheet.WaitsFor == "convener" {
			add("approve", "Approve "+sheet.Sibling, false)
		}
		add("refuse", "Refuse "+sheet.Sibling, true, reason())
		add("counter", "Answer "+sheet.Sibling+" with another offer", false, dealFields(sheet.Offer)...)
	case sheet.Offer != nil:
		add("leave", "Take the offer to "+sheet.Sibling+" back", true)
	case sheet.State == models.SiblingIntroduced:
		shown.Links = []link{{Label: "Offer it to " + sheet.Sibling, To: "?with=" + strings.TrimPrefix(sheet.Sibling, "@") + "#propose-uri"}}
		add("refuse", "Leave "+sheet.Sibling+" aside", false)
	}
	if sheet.Place > 1 && (sheet.State == models.SiblingLive || sheet.State == models.SiblingPaused) {
		add("next", "Let "+sheet.Sibling+" go on first", false)
	}
	switch sheet.State {
	case models.SiblingLive:
		add("pause", "Pause "+sheet.Sibling, false)
		add("leave", "Leave "+sheet.Sibling, true, reason())
	case models.SiblingPaused:
		add("resume", "Resume "+sheet.Sibling, false)
		add("leave", "Leave "+sheet.Sibling, true, reason())
	case models.SiblingLost, models.SiblingClosed:
		add("leave", "Leave "+sheet.Sibling, true, reason())
	}
	return shown
}

// charterFact says how a charter stands to ours, and leads to what differs.
func charterFact(deal *practice.SiblingDeal, page string) fact {
	shown := fact{Name: "Charter", Value: charterWords[deal.Charter]}
	if deal.Charter == "differs" {
		shown.To = page
	}
	return shown
}

// What can be agreed on, in words.
var (
	removalWords = []string{"review", "Ours look at it", "auto", "It goes here, too"}
	banWords     = []string{"advisory", "Each decides, and hears of it", "mutual", "Count at both"}
	rosterWords  = []string{"none", "Nothing", "counts", "How many", "hosts", "How many, and of which servers"}
	charterWords = map[string]string{"same": "The same as ours", "differs": "Another one than ours: read what differs", "none": "None"}
)

// labelOf gives the word for a value; the value itself where there is none.
func labelOf(words []string, value string) string {
	for _, one := range options(words...) {
		if one.Value == value {
			return one.Label
		}
	}
	return value
}

// goesOnFirst lets a sibling be the first that goes on with the community's threads when this server is lost.
func goesOnFirst(s *practice.Service, v *visit, community *models.Actor, id int64) error {
	return s.SetSuccessors(v.ctx(), v.me, community, []int64{id})
}

// dealFields are what is offered; that of an offer which is answered stands there first.
func dealFields(d *practice.SiblingDeal) []*field {
	if d == nil {
		d = &practice.SiblingDeal{History: 90, Removals: "review", Bans: "advisory", Roster: "counts", Silence: 14}
	}
	return []*field{
		{Name: "history", Label: "Days of what came before", Kind: "number", Value: format(int64(d.History))},
		{Name: "removals", Label: "When moderators there withdraw a thread of theirs", Kind: "choice", Value: d.Removals, Options: options(removalWords...)},
		{Name: "bans", Label: "Bans", Kind: "choice", Value: d.Bans, Options: options(banWords...)},
		{Name: "roster", Label: "What is said of members", Kind: "choice", Value: d.Roster, Options: options(rosterWords...)},
		{Name: "license", Label: "Licence of what is posted", Value: d.License, Max: 500},
		{Name: "retention", Label: "Days after the end until each removes what it has of the other alone", Kind: "number", Value: format(int64(d.Retention)), Hint: "0: it stays."},
		{Name: "silence", Label: "Days of silence after which one can be called lost", Kind: "number", Value: format(int64(d.Silence))},
		{Name: "contact", Label: "Whom they can reach here", Max: 500, Hint: "Empty: the moderators."},
		{Name: "until", Label: "Last day", Kind: "date", Hint: "Empty: a year from now."},
	}
}

func (v *visit) siblingTerms() (practice.SiblingTerms, error) {
	terms := practice.SiblingTerms{
		History: int(number(v.text("history"))), Removals: v.text("removals"), Bans: v.text("bans"), Roster: v.text("roster"), License: v.text("license"),
		Silence: int(number(v.text("silence"))), Retention: int(number(v.text("retention"))), Contact: v.text("contact"),
	}
	if v.text("until") == "" {
		return terms, nil
	}
	day, err := time.Parse(time.DateOnly, v.text("until"))
	if err != nil {
		return terms, models.FieldErrorf("until", "Use a day such as 2027-03-01, or nothing.")
	}
	terms.ValidUntil = day.Add(24*time.Hour - time.Second)
	return terms, nil
}

func (s *Server) proposeSibling(v *visit) (outcome, error) {
	community, _, err := s.own(v)
	if err != nil {
		return outcome{}, err
	}
	terms, err := v.siblingTerms()
	if err != nil {
		return outcome{}, err
	}
	other, err := s.cfg.Service.FindCommunity(v.ctx(), v.text("uri"))
	if err != nil {
		return outcome{}, err
	}
	_, err = s.cfg.Service.ProposeSibling(v.ctx(), v.me, community, other, terms)
	return outcome{settingsPath(community.Username) + "/siblings", "It is offered."}, err
}

func (s *Server) counterSibling(v *visit) (outcome, error) {
	return s.onOwnSibling(func(service *practice.Service, v *visit, community *models.Actor, id int64) error {
		terms, err := v.siblingTerms()
		if err == nil {
			_, err = service.CounterSibling(v.ctx(), v.me, community, id, terms)
		}
		return err
	})(v)
}
