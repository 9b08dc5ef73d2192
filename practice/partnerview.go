package practice

import (
	"context"
	"encoding/json"

	"praxis/federation/pact"
	"praxis/federation/sign"
	"praxis/internal/hostlist"
	"praxis/models"
)

// PartnerView is a partner as an admin sees it.
type PartnerView struct {
	models.Partner
	Facts    *PartnerFacts
	Verdict  Health
	Words    []string     // to be compared by voice; nil for a partner without keys
	Compared bool         // those were confirmed
	Ours     *pact.Terms  // of the agreement, or of what is negotiated
	Theirs   *pact.Terms  // nil while they have none
	Offered  *pact.Record // that waits for an answer
	Agreed   *pact.Record // that counts
	Records  []models.PartnerRecord
	Events   []models.PartnerEvent
	Messages []models.PartnerMessage // that wait to be sent
}

// Partners gives all partners by host, with their health as it was last judged.
func (s *Service) Partners(ctx context.Context) ([]PartnerView, error) {
	partners, err := s.store.Read(ctx).Partners()
	views := make([]PartnerView, len(partners))
	for i := range partners {
		p := &partners[i]
		views[i] = PartnerView{Partner: *p, Verdict: Health{p.Health, p.HealthWhy, p.HealthDo}}
	}
	return views, err
}

// PartnerList gives the partners that may be named, as a list of hosts of which nothing bad is said.
func (s *Service) PartnerList(ctx context.Context) ([]hostlist.Row, error) {
	partners, err := s.store.Read(ctx).PublicPartners()
	rows := make([]hostlist.Row, len(partners))
	for i := range partners {
		rows[i] = hostlist.Row{Host: partners[i].Host, Severity: hostlist.Noop, PublicComment: "partner of " + s.links.Host}
	}
	return rows, err
}

func (s *Service) measure(tx *models.Tx, v *PartnerView) error {
	var err error
	if v.Facts, err = s.partnerFacts(tx, &v.Partner); err != nil {
		return err
	}
	v.Verdict = JudgeHealth(v.Facts)
	return nil
}

// PartnerOf gives all that is known of one partner. Errors: Invalid, NotFound.
func (s *Service) PartnerOf(ctx context.Context, name string) (*PartnerView, error) {
	host, err := s.foreignHost(name)
	if err != nil {
		return nil, err
	}
	tx := s.store.Read(ctx)
	p, err := tx.Partner(host)
	if models.IsNotFound(err) {
		return nil, models.Errorf(models.NotFound, "There is no partnership with %s, and none was offered.", host)
	}
	if err != nil {
		return nil, err
	}
	v := &PartnerView{Partner: *p}
	if err := s.measure(tx, v); err != nil {
		return nil, err
	}
	if v.Records, err = tx.PartnerRecords(p.ID); err != nil {
		return nil, err
	}
	if v.Events, err = tx.PartnerEvents(host); err != nil {
		return nil, err
	}
	if v.Messages, err = tx.PartnerMessages(host); err != nil {
		return nil, err
	}
	return v, v.read(s.links.Actor(models.TypeApplication, ""))
}

// read takes the documents apart.
func (v *PartnerView) read(us string) error {
	latest := ""
	for _, r := range v.Records {
		if r.ID == v.RecordID {
			sealed, err := pact.Read([]byte(r.Record))
			if err != nil {
				return err
			}
			v.Agreed, latest = &sealed.Record, r.Record
		}
		if r.ID == v.DraftID {
			latest = r.Record
		}
	}
	if v.Offer != "" {
		sealed, err := pact.Read([]byte(v.Offer))
		if err != nil {
			return err
		}
		v.Offered, latest = &sealed.Record, v.Offer
	}
	if latest == "" {
		return nil
	}
	sealed, err := pact.Read([]byte(latest))
	if err == nil {
		v.Ours, v.Theirs = sealed.Party(us), sealed.Other(us)
	}
	return err
}

// ComparePartner is PartnerOf with the six words. Errors: as PartnerOf, Conflict for a partner without keys.
func (s *Service) ComparePartner(ctx context.Context, name string) (*PartnerView, error) {
	v, err := s.PartnerOf(ctx, name)
	if err != nil {
		return nil, err
	}
	if v.ActorURI == "" {
		return nil, models.Errorf(models.Conflict, "%s is a one-sided partner and has no key to compare.", v.Host)
	}
	t, err := s.sitDown(s.store.Read(ctx), &v.Partner, By{})
	if err != nil {
		return nil, err
	}
	v.Compared = t.isConfirmed()
	v.Words, err = pact.Words(t.ours, t.theirs)
	return v, err
}

// PartnerRecordOf gives the agreement with a partner as both signed it: the record with its proofs, and its hash. Errors: NotFound.
func (s *Service) PartnerRecordOf(ctx context.Context, name string) (document []byte, hash string, err error) {
	v, err := s.PartnerOf(ctx, name)
	if err != nil {
		return nil, "", err
	}
	for _, r := range v.Records {
		if r.ID == v.RecordID {
			return Signed(&r), r.Hash, nil
		}
	}
	return nil, "", models.Errorf(models.NotFound, "There is no agreement with %s that both signed: the partnership is %s.", v.Host, v.State)
}

// Signed is a record with the proofs that it has, ours first.
func Signed(r *models.PartnerRecord) []byte {
	var proofs []json.RawMessage
	for _, proof := range []string{r.OurProof, r.TheirProof} {
		if proof != "" {
			proofs = append(proofs, json.RawMessage(proof))
		}
	}
	return sign.Attach([]byte(r.Record), proofs...)
}

// MayFederate reports, by its error, who may not decide with whom this instance federates. Errors: Forbidden.
func (s *Service) MayFederate(ctx context.Context, member *models.Actor) error {
	_, err := s.authorize(s.store.Read(ctx), member, models.PermitFederation)
	return err
}
