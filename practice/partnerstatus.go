package practice

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// MaxPartnerStatus bounds what a partner says of how it sees us.
const MaxPartnerStatus = 8 << 10

// partnerStatusPath is where each partner finds how this server sees it.
const partnerStatusPath = "/partnership"

// PartnerStatus is the id of what this server says to each of its partners of how it sees them.
func (l Links) PartnerStatus() string { return l.Base + partnerStatusPath }

// PartnerStatusAt is where the server of an instance actor has it.
func PartnerStatusAt(actorURI string) string {
	at, err := url.Parse(actorURI)
	if err != nil {
		return ""
	}
	return at.Scheme + "://" + at.Host + partnerStatusPath
}

// SeenBy is how a partner sees us, as far as it is read.
type SeenBy struct {
	State     string    `json:"state"`
	Hash      string    `json:"recordHash"`
	Published time.Time `json:"published"`
	Failures  int64     `json:"failures"`
	Waiting   int64     `json:"waiting"`
	LastOut   time.Time `json:"lastSuccess"`
	LastIn    time.Time `json:"lastInbound"`
	ClockSkew int64     `json:"clockSkew"` // seconds by which they find our clock ahead
	Reports   int64     `json:"openReports"`
}

// ReadSeenBy reads what a partner said; false for nothing that can be read.
func ReadSeenBy(status string) (seen SeenBy, ok bool) {
	return seen, json.Unmarshal([]byte(status), &seen) == nil
}

// StatusFor gives what this server tells a partner of how it sees it, with a proof. Errors: NotFound for who is no partner.
func (s *Service) StatusFor(ctx context.Context, asker *models.Actor) (document []byte, err error) {
	absent := models.Errorf(models.NotFound, "There is no partnership to tell of.")
	if asker == nil {
		return nil, absent
	}
	tx := s.store.Read(ctx)
	p, err := tx.Partner(asker.Host)
	if models.IsNotFound(err) || err == nil && (p.ActorURI != asker.URI || p.RecordID+p.DraftID == 0) {
		return nil, absent
	}
	if err != nil {
		return nil, err
	}
	t, err := s.sitDown(tx, p, By{})
	if err != nil {
		return nil, err
	}
	doc, err := t.status()
	if err != nil {
		return nil, err
	}
	raw, err := vocab.Marshal(doc)
	if err != nil {
		return nil, err
	}
	bare, err := sign.Canonical(raw)
	if err != nil {
		return nil, err
	}
	proof, err := t.prove(bare)
	if err != nil {
		return nil, err
	}
	return sign.Attach(bare, proof), nil
}

func (t *table) status() (vocab.M, error) {
	record, err := t.record()
	if err != nil {
		return nil, err
	}
	facts, err := t.s.partnerFacts(t.tx, t.p)
	if err != nil {
		return nil, err
	}
	return vocab.M{
		"@context": vocab.PartnershipContext(), "id": t.s.links.PartnerStatus(), "type": "PartnershipStatus", "attributedTo": t.us.URI, "to": t.them.URI,
		"state": string(t.p.State), "recordHash": record.Hash, "published": t.tx.Now().Time(), "failures": facts.Failures, "waiting": facts.Waiting,
		"lastSuccess": facts.LastOut.Time(), "lastInbound": facts.LastIn.Time(), "openReports": facts.Reports,
	}, nil
}
