package practice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"praxis/federation/pact"
	"praxis/models"
)

// SiblingSheet is a pair for whoever reads it, people or programs.
type SiblingSheet struct {
	ID           string         `json:"id"`
	CommunityID  string         `json:"community_id"`
	Community    string         `json:"community"` // ours: name@host
	Sibling      string         `json:"sibling"`   // theirs
	URI          string         `json:"uri"`
	Host         string         `json:"host"`
	State        string         `json:"state"`
	Pause        string         `json:"pause"`
	Reason       string         `json:"reason"`
	WaitsFor     string         `json:"waits_for"` // who has something to decide: "convener", "admin", "them" or ""
	IntroducedBy string         `json:"introduced_by"`
	Admitted     bool           `json:"admitted"` // an admin here admitted the host
	Offer        *SiblingDeal   `json:"offer"`
	OfferIsOurs  bool           `json:"offer_is_ours"`
	Agreement    *SiblingDeal   `json:"agreement"`
	HeardAt      *string        `json:"heard_at"`
	Place        int            `json:"place"`      // among those that go on with our threads, from 1; 0 for none of them
	Successors   []string       `json:"successors"` // addresses of those that go on with theirs, as they said, in their order
	Adopter      string         `json:"adopter"`    // address of the one that does since it is lost
	AgreedAt     *string        `json:"agreed_at"`  // when both last had the same
	EndedAt      *string        `json:"ended_at"`   // when the agreement ended
	RemovesAt    *string        `json:"removes_at"` // when what came through it alone is removed, once it ended
	Copies       *int64         `json:"copies"`     // how many posts that would be, or is; of one pair only
	InStepAt     *string        `json:"in_step_at"` // when what it took first was last found alike here
	Differs      int64          `json:"differs"`    // how many posts were not, when the two last compared
	LastError    string         `json:"last_error"` // why it did not answer when it was last asked
	Queue        int64          `json:"queue"`      // deliveries that wait for its host
	CreatedAt    string         `json:"created_at"`
	ChangedAt    string         `json:"changed_at"`
	Events       []SiblingMoved `json:"events"`
}

// SiblingDeal is an agreement, or the offer of one.
type SiblingDeal struct {
	URN        string   `json:"urn"`
	Former     []string `json:"former_urns"`
	Class      string   `json:"class"`
	Charter    string   `json:"charter"` // "same" as ours, "differs", or "none"
	History    int      `json:"history_days"`
	Removals   string   `json:"removals"`
	Bans       string   `json:"bans"`
	Roster     string   `json:"roster"`
	License    string   `json:"license"`
	Retention  int      `json:"retention_days"`
	Silence    int      `json:"silence_days"`
	Contact    string   `json:"contact"` // of the other side
	ValidFrom  string   `json:"valid_from"`
	ValidUntil string   `json:"valid_until"`
	Hash       string   `json:"hash"` // SHA-256 of the canonical form
}

// SiblingMoved is something that happened in a pair.
type SiblingMoved struct {
	At     string `json:"at"`
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
}

// Siblings lists the pairs of a community of ours: all for who looks after it or decides on hosts, and for everybody else those that are
// live, without what was agreed. Errors: NotFound.
func (s *Service) Siblings(ctx context.Context, actor, community *models.Actor) ([]SiblingSheet, error) {
	tx := s.store.Read(ctx)
	full, err := s.keeps(tx, actor, community)
	if err != nil {
		return nil, err
	}
	var states []string
	if !full {
		states = []string{models.SiblingLive}
	}
	rows, err := tx.Siblings(community.ID, states...)
	if err != nil {
		return nil, err
	}
	return s.siblingSheets(tx, rows, full)
}

// AllSiblings lists the pairs of all communities of ours that are not over, for who decides on hosts. Errors: Forbidden.
func (s *Service) AllSiblings(ctx context.Context, admin *models.Actor) ([]SiblingSheet, error) {
	tx := s.store.Read(ctx)
	if err := s.mayFederate(tx, admin); err != nil {
		return nil, err
	}
	rows, err := tx.SiblingsIn(models.SiblingIntroduced, models.SiblingProposed, models.SiblingReceived, models.SiblingApproved, models.SiblingLive,
		models.SiblingPaused, models.SiblingLost, models.SiblingClosed)
	if err != nil {
		return nil, err
	}
	return s.siblingSheets(tx, rows, true)
}

// siblingSheets shows pairs, in a fixed number of statements.
func (s *Service) siblingSheets(tx *models.Tx, rows []models.Sibling, full bool) ([]SiblingSheet, error) {
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].SiblingID, rows[i].CommunityID)
	}
	actors, err := tx.Actors(ids)
	if err != nil {
		return nil, err
	}
	communities, err := tx.Communities(ids)
	if err != nil {
		return nil, err
	}
	admitted, err := tx.AdmittedHosts()
	if err != nil {
		return nil, err
	}
	health, err := healthOf(tx, rows, full)
	if err != nil {
		return nil, err
	}
	sheets := make([]SiblingSheet, 0, len(rows))
	for i := range rows {
		p := &pair{s: s, tx: tx, row: &rows[i], us: actors[rows[i].CommunityID], them: actors[rows[i].SiblingID], ours: communities[rows[i].CommunityID]}
		if p.us != nil && p.them != nil && p.ours != nil {
			sheet := p.sheet(admitted[rows[i].Host], full)
			if theirs := communities[rows[i].SiblingID]; full && theirs != nil {
				sheet.Successors = append(sheet.Successors, theirs.SuccessorList()...)
			}
			health.show(&rows[i], &sheet)
			sheets = append(sheets, sheet)
		}
	}
	return sheets, nil
}

// siblingHealth is how well pairs work.
type siblingHealth struct {
	reports map[int64]models.SiblingReport
	queues  map[string]int64
	stuck   map[string]models.Delivery // offers of ours that their servers did not take, by id
}

// healthOf reads it for who looks after pairs; nil for everybody else.
func healthOf(tx *models.Tx, rows []models.Sibling, full bool) (*siblingHealth, error) {
	if !full {
		return nil, nil
	}
	var hosts, offers []string
	for i := range rows {
		hosts = append(hosts, rows[i].Host)
		if rows[i].State == models.SiblingProposed && rows[i].Ours {
			offers = append(offers, rows[i].OfferURI)
		}
	}
	h := &siblingHealth{}
	var err error
	if h.stuck, err = tx.OffersUnderWay(offers); err != nil {
		return nil, err
	}
	if h.reports, err = tx.SiblingReports(rows); err != nil {
		return nil, err
	}
	h.queues, err = tx.QueuesTo(hosts)
	return h, err
}

func (h *siblingHealth) show(row *models.Sibling, sheet *SiblingSheet) {
	if h == nil {
		return
	}
	if row.AgreedAt != 0 {
		at := stamp(row.AgreedAt)
		sheet.InStepAt = &at
	}
	report := h.reports[row.ID]
	sheet.Differs, sheet.LastError, sheet.Queue = report.Differs, report.Failed, h.queues[row.Host]
	if sent, tried := h.stuck[row.OfferURI]; tried && row.State == models.SiblingProposed {
		sheet.Reason = whyStuck(&sent)
	}
}

// whyStuck says why nobody can answer an offer of ours.
func whyStuck(sent *models.Delivery) string {
	said := "it did not answer"
	if sent.Status != 0 {
		said = fmt.Sprintf("it answered %d", sent.Status)
	}
	if sent.LastError != "" {
		said += ": " + sent.LastError
	}
	if sent.State == models.DeliveryRefused {
		return "their server refused the offer, and nobody there sees it: " + said
	}
	return "the offer has not reached their server yet: " + said
}

// SiblingOf gives one pair with what happened in it, to who looks after the community or decides on hosts. Errors: Forbidden, NotFound.
func (s *Service) SiblingOf(ctx context.Context, actor, community *models.Actor, id int64) (*SiblingSheet, error) {
	tx := s.store.Read(ctx)
	row, err := s.keptPair(tx, actor, community, id)
	if err != nil {
		return nil, err
	}
	sheets, err := s.siblingSheets(tx, []models.Sibling{*row}, true)
	if err != nil || len(sheets) != 1 {
		return nil, err
	}
	if row.Agreement != "" {
		copies, err := tx.CountThroughPair(row)
		if err != nil {
			return nil, err
		}
		sheets[0].Copies = &copies
	}
	moved, err := tx.SiblingEvents(row.ID)
	for _, e := range moved {
		if e.Kind != SiblingEventNonce {
			sheets[0].Events = append(sheets[0].Events, SiblingMoved{At: stamp(e.CreatedAt), Kind: e.Kind, Detail: e.Detail})
		}
	}
	return &sheets[0], err
}

// keptPair gives a pair to who may see all of the pairs of its community. Errors: Forbidden, NotFound.
func (s *Service) keptPair(tx *models.Tx, actor, community *models.Actor, id int64) (*models.Sibling, error) {
	full, err := s.keeps(tx, actor, community)
	if err == nil && !full {
		err = models.Errorf(models.Forbidden, "Only who looks after @%s sees what it agreed on.", community.Acct())
	}
	if err != nil {
		return nil, err
	}
	return pairIn(tx, community, id)
}

// pairIn gives a pair of a community. Errors: NotFound, also for one of another community.
func pairIn(tx *models.Tx, community *models.Actor, id int64) (*models.Sibling, error) {
	row, err := tx.SiblingByID(id)
	if err == nil && row.CommunityID != community.ID {
		err = models.Errorf(models.NotFound, "@%s has no such sibling.", community.Acct())
	}
	return row, err
}

// keeps reports that somebody may see all of the pairs of a community of ours: conveners, moderators and admins. Errors: NotFound for
// one that is not ours.
func (s *Service) keeps(tx *models.Tx, actor, community *models.Actor) (bool, error) {
	if !community.Local || !community.IsCommunity() {
		return false, models.Errorf(models.NotFound, "there is no such community here")
	}
	if actor == nil {
		return true, nil
	}
	if moderates, err := tx.IsModerator(community.ID, actor.ID); err != nil || moderates {
		return moderates, err
	}
	return s.mayFederate(tx, actor) == nil, nil
}

func (p *pair) sheet(admitted, full bool) SiblingSheet {
	row := p.row
	sheet := SiblingSheet{
		ID: format(row.ID), CommunityID: format(row.CommunityID), Community: nameOf(p.us), Sibling: p.name(), URI: row.SiblingURI, Host: row.Host, State: row.State, Admitted: admitted,
		CreatedAt: stamp(row.CreatedAt), ChangedAt: stamp(row.ChangedAt), Events: []SiblingMoved{}, Successors: []string{},
	}
	sheet.HeardAt, sheet.AgreedAt, sheet.EndedAt = stampOf(row.HeardAt), stampOf(row.AgreedAt), stampOf(row.EndedAt)
	if full {
		sheet.RemovesAt = stampOf(removesAt(row))
		sheet.Pause, sheet.Reason, sheet.WaitsFor, sheet.IntroducedBy, sheet.OfferIsOurs = row.Pause, row.Reason, waitsFor(row), row.IntroducedBy, row.Ours
		sheet.Place, sheet.Adopter = slices.Index(p.ours.SuccessorList(), row.SiblingURI)+1, row.AdopterURI
		sheet.Offer, sheet.Agreement = p.deal(row.Offer), p.deal(row.Agreement)
	}
	return sheet
}

// stampOf is stamp, and nil for no moment.
func stampOf(t models.Timestamp) *string {
	if t == 0 {
		return nil
	}
	at := stamp(t)
	return &at
}

func stamp(t models.Timestamp) string { return t.Time().UTC().Format(time.RFC3339) }

// waitsFor says who has something to decide.
func waitsFor(row *models.Sibling) string {
	switch {
	case row.State == models.SiblingIntroduced, row.Offer != "" && !row.Ours && row.State != models.SiblingApproved:
		return "convener"
	case row.State == models.SiblingApproved, row.Offer != "" && row.Ours && row.OfferURI == "":
		return "admin"
	case row.Offer != "":
		return "them"
	}
	return ""
}

// deal reads an agreement; nil for none.
func (p *pair) deal(bare string) *SiblingDeal {
	b, err := pact.ReadBond([]byte(bare))
	if bare == "" || err != nil {
		return nil
	}
	charter := "differs"
	switch b.Charter {
	case "":
		charter = "none"
	case charterDigest(p.ours):
		charter = "same"
	}
	former := b.Former
	if former == nil {
		former = []string{}
	}
	return &SiblingDeal{
		URN: b.Community, Former: former, Class: b.Class, Charter: charter, History: b.History, Removals: b.Removals, Bans: b.Bans, Roster: b.Roster,
		License: b.License, Retention: b.Retention, Silence: b.Silence, Contact: b.ContactOf(p.row.SiblingURI),
		ValidFrom: b.ValidFrom.UTC().Format(time.RFC3339), ValidUntil: b.ValidUntil.UTC().Format(time.RFC3339), Hash: pact.Hash(b.Bare),
	}
}

// SiblingHosts lists the hosts at which a community of ours is, beside this one, for everybody who may know of it.
func (s *Service) SiblingHosts(tx *models.Tx, community *models.Actor) ([]models.Actor, error) {
	members, err := s.siblingActors(tx, community)
	if err != nil {
		return nil, err
	}
	return members[1:], nil
}

// FindCommunity gives a community of another host by its address or its name@host, asking that host. Errors: Invalid for what is neither,
// NotFound and Unavailable.
func (s *Service) FindCommunity(ctx context.Context, name string) (*models.Actor, error) {
	var found *models.Actor
	var err error
	user, host, isHandle := strings.Cut(strings.TrimLeft(name, "@!"), "@")
	switch {
	case strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://"):
		found, _, err = s.directory.FindByURI(ctx, name)
	case isHandle:
		found, err = s.directory.FindByHandle(ctx, user, host)
	default:
		return nil, invalid("uri", "Validation failed: %q is neither the address of a community nor a name such as wounds@clinic.example", bounded(name, 100))
	}
	if err != nil {
		return nil, err
	}
	if found == nil || !found.IsCommunity() {
		return nil, invalid("uri", "Validation failed: %q is no community", bounded(name, 100))
	}
	return found, nil
}
