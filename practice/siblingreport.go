package practice

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"praxis/models"
)

const (
	// leastAtHost is how many members a host must have to be named: fewer could be guessed.
	leastAtHost = 5
	// inStepLag is how far behind its making a comparison of siblings is.
	inStepLag = 10 * time.Minute
	// keptLog is how much of a sibling's moderation log is kept.
	keptLog = 1000
)

// SiblingSays is what a Group tells one of its siblings of itself.
type SiblingSays struct {
	Members int64            // -1 where nothing is said of them
	Hosts   map[string]int64 // members by host, where that was agreed
	InStep  map[string]models.Timestamp
	// Further words of those who answer, as the worker read them.
	Log         []models.SiblingLogEntry
	Totals      []models.PostTotal
	TotalsFrom  models.Timestamp // since when the totals were asked for, and until when they were told
	TotalsUntil models.Timestamp
}

// SaysToSibling gives what a community of ours tells those who live on the host of a live sibling: of members, as much as was agreed
// with it. Errors: NotFound for everybody else.
func (s *Service) SaysToSibling(tx *models.Tx, community *models.Actor, host string) (*SiblingSays, error) {
	pairs, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil {
		return nil, err
	}
	level, said := "", &SiblingSays{Members: -1, InStep: map[string]models.Timestamp{}}
	for i := range pairs {
		pair := &pairs[i]
		if pair.AgreedAt != 0 {
			said.InStep[pair.SiblingURI] = models.At(pair.AgreedAt.Time().Add(-inStepLag))
		}
		if pair.Host == host && !pair.IsOver(tx.Now()) {
			level = lesserRoster(level, honourOf(pair).Roster)
		}
	}
	switch level {
	case "":
		return nil, models.Errorf(models.NotFound, "%s has no sibling of @%s", host, community.Acct())
	case RosterHosts:
		if said.Hosts, err = tx.MembersByHost(community.ID, leastAtHost); err != nil {
			return nil, err
		}
		fallthrough
	case RosterCounts:
		said.Members, err = tx.CountMembers(community.ID)
	}
	return said, err
}

// lesserRoster gives the level that says less; "" is none that was agreed on yet.
func lesserRoster(one, other string) string {
	levels := []string{RosterNone, RosterCounts, RosterHosts, ""}
	return levels[min(slices.Index(levels, one), slices.Index(levels, other))]
}

// HearReport stores what a sibling said of itself when it was asked. What it says beyond what was agreed is left out.
func (s *Service) HearReport(ctx context.Context, pairID int64, said *SiblingSays) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		pair, err := tx.SiblingByID(pairID)
		if err != nil || pair.State != models.SiblingLive || pair.IsOver(tx.Now()) {
			return ignoreMissing(err)
		}
		report, err := tx.SiblingReport(pair.ID)
		if err != nil {
			return err
		}
		report.AskedAt, report.AnsweredAt, report.Failed, report.Members = tx.Now(), tx.Now(), "", -1
		level := honourOf(pair).Roster
		if level != RosterNone {
			report.Members = said.Members
		}
		report.SetHosts(nil)
		if level == RosterHosts {
			report.SetHosts(largeEnough(said.Hosts))
		}
		report.SetInStep(said.InStep)
		if report.TotalsUntil == said.TotalsFrom { // else they are asked for again
			report.TotalsUntil = max(report.TotalsUntil, said.TotalsUntil)
		}
		if err := hearMore(tx, pair, said); err != nil {
			return err
		}
		return tx.SaveSiblingReport(report)
	})
}

// largeEnough leaves hosts out that nobody names: a sibling could say more than it may.
func largeEnough(members map[string]int64) map[string]int64 {
	kept := maps.Clone(members)
	maps.DeleteFunc(kept, func(_ string, n int64) bool { return n < leastAtHost })
	return kept
}

// hearMore stores the lines of its log, and the totals of posts.
func hearMore(tx *models.Tx, pair *models.Sibling, said *SiblingSays) error {
	for i := range said.Log {
		line := said.Log[i] // the transaction may be run again
		line.GroupID = pair.SiblingID
		line.Reason = cutRunes(line.Reason, maxActReason)
		if err := tx.AddSiblingLog(&line); err != nil {
			return err
		}
	}
	if len(said.Log) > 0 {
		if err := tx.TrimSiblingLog(pair.SiblingID, keptLog); err != nil {
			return err
		}
	}
	for _, total := range said.Totals {
		if _, err := tx.HearTotal(pair, total); err != nil {
			return err
		}
	}
	return nil
}

// MissReport notes that a sibling did not say how it stands, and why.
func (s *Service) MissReport(ctx context.Context, pairID int64, why string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		report, err := tx.SiblingReport(pairID)
		if err != nil {
			return err
		}
		report.AskedAt, report.Failed = tx.Now(), cutRunes(why, 250)
		return tx.SaveSiblingReport(report)
	})
}

// Roster is how many members a community has at its organizations, of those that say so.
type Roster struct {
	Members int64
	Parts   []RosterPart // this one first
}

// RosterPart is one organization.
type RosterPart struct {
	Host    string
	Name    string // as a partner calls itself; else the host
	Members int64
	At      models.Timestamp // when it said so
	Hosts   []HostMembers    // where its members live, where that was agreed; the most first
}

// HostMembers is how many members live on a host.
type HostMembers struct {
	Host    string
	Members int64
}

// Roster gives it for a community of ours; nil where no sibling says how many it has.
func (s *Service) Roster(tx *models.Tx, community *models.Actor) (*Roster, error) {
	pairs, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	reports, err := tx.SiblingReports(pairs)
	if err != nil {
		return nil, err
	}
	roster := &Roster{Parts: []RosterPart{{Host: s.links.Host, Name: s.links.Host, At: tx.Now()}}}
	hosts := []string{}
	for i := range pairs {
		report, ok := reports[pairs[i].ID]
		if level := honourOf(&pairs[i]).Roster; !ok || level == RosterNone || report.Members < 0 || pairs[i].IsOver(tx.Now()) {
			continue
		}
		roster.Parts = append(roster.Parts, rosterPart(&pairs[i], &report))
		hosts = append(hosts, pairs[i].Host)
	}
	if len(hosts) == 0 {
		return nil, nil
	}
	if roster.Parts[0].Members, err = tx.CountMembers(community.ID); err != nil {
		return nil, err
	}
	names, err := tx.OrganizationNames(hosts)
	for i := range roster.Parts {
		part := &roster.Parts[i]
		part.Name = cmp.Or(names[part.Host], part.Name)
		roster.Members += part.Members
	}
	return roster, err
}

func rosterPart(pair *models.Sibling, report *models.SiblingReport) RosterPart {
	part := RosterPart{Host: pair.Host, Name: pair.Host, Members: report.Members, At: report.AnsweredAt}
	if honourOf(pair).Roster != RosterHosts {
		return part
	}
	for host, n := range report.Hosts() {
		part.Hosts = append(part.Hosts, HostMembers{host, n})
	}
	slices.SortFunc(part.Hosts, func(a, b HostMembers) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Host, b.Host))
	})
	return part
}

// LogSource is a host whose moderation log is shown for a community, and how old what is known of it is.
type LogSource struct {
	Host       string
	Group      int64 // the Group there; that of ours first
	Ours       bool
	Lost       bool
	AnsweredAt models.Timestamp // 0 for never
	Failed     string           // why it did not answer when it was last asked
}

// LogSources lists them: ours, and those of siblings that are not over.
func (s *Service) LogSources(tx *models.Tx, community *models.Actor) ([]LogSource, error) {
	sources := []LogSource{{Host: s.links.Host, Group: community.ID, Ours: true, AnsweredAt: tx.Now()}}
	pairs, err := tx.Siblings(community.ID, models.SiblingLive, models.SiblingPaused, models.SiblingLost)
	if err != nil {
		return nil, err
	}
	reports, err := tx.SiblingReports(pairs)
	for i := range pairs {
		report := reports[pairs[i].ID]
		sources = append(sources, LogSource{
			Host: pairs[i].Host, Group: pairs[i].SiblingID, Lost: pairs[i].State == models.SiblingLost,
			AnsweredAt: report.AnsweredAt, Failed: report.Failed,
		})
	}
	return sources, err
}
