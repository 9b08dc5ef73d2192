package mastodon

import (
	"cmp"
	"encoding/json"
	"net/http"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// partnerRoutes are for those who agree with other organizations.
func partnerRoutes() []route {
	const partners, one = ownAPI + "/admin/partners", ownAPI + "/admin/partners/{host}"
	routes := []route{
		staff(http.MethodGet, partners, getPartners, models.PermitFederation, "admin:read"),
		staff(http.MethodGet, one, getPartner, models.PermitFederation, "admin:read"),
		staff(http.MethodGet, one+"/compare", comparePartner, models.PermitFederation, "admin:read"),
		staff(http.MethodGet, one+"/record", getPartnerRecord, models.PermitFederation, "admin:read"),
	}
	for verb, run := range map[string]endpoint{
		"propose": proposePartner, "counter": counterPartner, "accept": acceptPartner, "refuse": refusePartner, "confirm": confirmPartner,
		"test": testPartner, "renew": renewPartner, "revoke": revokePartner, "purge": askPurge, "answer": answerPurge, "one_sided": oneSidedPartner,
	} {
		routes = append(routes, staff(http.MethodPost, one+"/"+verb, run, models.PermitFederation, "admin:write"))
	}
	return routes
}

func getPartners(c *call) (any, error) {
	views, err := c.s.service.Partners(c.ctx())
	if err != nil {
		return nil, err
	}
	shown := []*practice.PartnerSheet{}
	for i := range views {
		shown = append(shown, views[i].Sheet())
	}
	return shown, nil
}

func getPartner(c *call) (any, error) { return sheetOf(c.s.service.PartnerOf(c.ctx(), c.path("host"))) }

func comparePartner(c *call) (any, error) {
	return sheetOf(c.s.service.ComparePartner(c.ctx(), c.path("host")))
}

func sheetOf(view *practice.PartnerView, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return view.Sheet(), nil
}

// partnerRecord is the agreement as both signed it.
type partnerRecord struct {
	Hash   string          `json:"hash"`
	Record json.RawMessage `json:"record"`
}

func getPartnerRecord(c *call) (any, error) {
	document, hash, err := c.s.service.PartnerRecordOf(c.ctx(), c.path("host"))
	if err != nil {
		return nil, err
	}
	return &partnerRecord{hash, document}, nil
}

// partnerAsk is what is offered or accepted.
type partnerAsk struct {
	Level      string   `mapstructure:"level"`
	Classes    []string `mapstructure:"classes"`
	Data       []string `mapstructure:"data"`
	Contact    string   `mapstructure:"contact"`
	Abuse      string   `mapstructure:"abuse_contact"`
	Protection string   `mapstructure:"data_protection_contact"`
	Retention  int      `mapstructure:"retention_days"`
	Policy     string   `mapstructure:"policy"`
	Digest     string   `mapstructure:"policy_digest"`
	Listed     bool     `mapstructure:"listed"`
	From       string   `mapstructure:"valid_from"`
	Until      string   `mapstructure:"valid_until"`
}

func (c *call) partnerTerms() (terms practice.PartnerTerms, err error) {
	var ask partnerAsk
	if err := c.params.decode(&ask); err != nil {
		return terms, err
	}
	terms = practice.PartnerTerms{
		Level: pact.Level(ask.Level), Classes: ask.Classes, Data: ask.Data, Contact: cmp.Or(ask.Contact, c.s.cfg.ContactEmail), Abuse: ask.Abuse,
		Protection: ask.Protection, Retention: ask.Retention, Policy: ask.Policy, Digest: ask.Digest, Listed: ask.Listed,
	}
	if terms.ValidFrom, err = partnerDay("valid_from", ask.From); err != nil {
		return terms, err
	}
	terms.ValidUntil, err = partnerDay("valid_until", ask.Until)
	return terms, err
}

// partnerDay reads a day; the zero time for none.
func partnerDay(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return at, models.FieldErrorf(name, "Validation failed: %s %q is no day such as 2026-03-01", name, text)
	}
	return at, nil
}

// partnerDid answers with a partner after a decision.
func (c *call) partnerDid(_ *models.Partner, err error) (any, error) {
	if err != nil {
		return nil, named("partner", err)
	}
	return getPartner(c)
}

func proposePartner(c *call) (any, error) {
	terms, err := c.partnerTerms()
	if err != nil {
		return nil, err
	}
	return c.partnerDid(c.s.service.ProposePartner(c.ctx(), c.by(), c.path("host"), terms))
}

func counterPartner(c *call) (any, error) {
	terms, err := c.partnerTerms()
	if err != nil {
		return nil, err
	}
	return c.partnerDid(c.s.service.CounterPartner(c.ctx(), c.by(), c.path("host"), terms))
}

func acceptPartner(c *call) (any, error) {
	terms, err := c.partnerTerms()
	if err != nil {
		return nil, err
	}
	return c.partnerDid(c.s.service.AcceptPartner(c.ctx(), c.by(), c.path("host"), terms))
}

func refusePartner(c *call) (any, error) {
	return c.partnerDid(c.s.service.RefusePartner(c.ctx(), c.by(), c.path("host"), c.params.text("reason")))
}

func confirmPartner(c *call) (any, error) {
	return c.partnerDid(c.s.service.ConfirmPartner(c.ctx(), c.by(), c.path("host"), c.params.text("words")))
}

func testPartner(c *call) (any, error) {
	return c.partnerDid(c.s.service.TestPartner(c.ctx(), c.by(), c.path("host")))
}

func renewPartner(c *call) (any, error) {
	until, err := partnerDay("valid_until", c.params.text("valid_until"))
	if err != nil {
		return nil, err
	}
	return c.partnerDid(c.s.service.RenewPartner(c.ctx(), c.by(), c.path("host"), until))
}

func revokePartner(c *call) (any, error) {
	return c.partnerDid(c.s.service.RevokePartner(c.ctx(), c.by(), c.path("host"), c.params.text("reason")))
}

func askPurge(c *call) (any, error) {
	return c.partnerDid(c.s.service.AskPurge(c.ctx(), c.by(), c.path("host"), c.params.text("reason")))
}

func answerPurge(c *call) (any, error) {
	isTrue := func(name string) bool { text := c.params.text(name); return text == "true" || text == "1" }
	answer := practice.PurgeAnswer{Remove: isTrue("remove"), Done: isTrue("done"), Words: c.params.text("words")}
	return c.partnerDid(c.s.service.AnswerPurge(c.ctx(), c.by(), c.path("host"), answer))
}

func oneSidedPartner(c *call) (any, error) {
	return c.partnerDid(c.s.service.OneSidedPartner(c.ctx(), c.by(), c.path("host"), c.params.text("note")))
}
