package practice

import (
	"context"
	"strings"
	"unicode/utf8"

	"praxis/federation/pact"
	"praxis/internal/text"
	"praxis/models"
)

// TheirCharter is the charter of a sibling beside ours.
type TheirCharter struct {
	Sibling string        `json:"sibling"`
	URL     string        `json:"url"`     // where it is
	Digest  string        `json:"digest"`  // SHA-256 of its text: who takes it over says by this which text was read
	Text    string        `json:"text"`    // theirs
	Ours    string        `json:"ours"`    // "" without one
	Offered bool          `json:"offered"` // they offer just this text: it can be taken over
	Changes []text.Change `json:"changes"` // from ours to theirs, line by line
}

// ReadTheirCharter reads the charter of a sibling at its host, and says what differs, to who looks after the community or decides on hosts.
// Errors: Forbidden, NotFound, also without a charter, Invalid for one that cannot be read, Unavailable.
func (s *Service) ReadTheirCharter(ctx context.Context, actor, community *models.Actor, id int64) (*TheirCharter, error) {
	tx := s.store.Read(ctx)
	row, err := s.keptPair(tx, actor, community, id)
	if err != nil {
		return nil, err
	}
	p, err := s.pairOf(tx, row, actor)
	if err != nil {
		return nil, err
	}
	said, address, err := s.askCharter(ctx, p.them)
	if err != nil {
		return nil, err
	}
	shown := &TheirCharter{Sibling: p.name(), URL: address, Digest: digestOf(said), Text: said, Ours: p.ours.CharterSource}
	if bond, err := p.theirOffer(); err == nil {
		shown.Offered = bond.Charter == shown.Digest
	}
	shown.Changes = append([]text.Change{}, text.Changes(shown.Ours, said)...)
	return shown, nil
}

// askCharter asks a Group elsewhere for its charter. What is longer than ours may be is refused, and so is what no database keeps.
func (s *Service) askCharter(ctx context.Context, them *models.Actor) (said, address string, err error) {
	if said, address, err = s.directory.Charter(ctx, them); err != nil {
		return "", "", err
	}
	switch {
	case utf8.RuneCountInString(said) > maxCharter:
		return "", "", models.Errorf(models.Invalid, "The charter at %s has more than %d characters, which no charter here may have.", address, maxCharter)
	case !utf8.ValidString(said) || strings.ContainsRune(said, 0):
		return "", "", models.Errorf(models.Invalid, "The charter at %s holds bytes that are no text.", address)
	}
	return said, address, nil
}

// TakeCharter makes the charter that a sibling offers that of a community of ours, and accepts the offer. Digest says which text was read.
// The other siblings are offered it, too; where one of them offered the same before, on the terms that stand, that is accepted as well.
// Errors: Forbidden for who is no convener, Conflict without such an offer, or when the text is another one by now; those of
// ReadTheirCharter and ApproveSibling.
func (s *Service) TakeCharter(ctx context.Context, actor, community *models.Actor, id int64, digest string) (*models.Sibling, error) {
	tx := s.store.Read(ctx)
	if err := byConvener(s, tx, actor, community); err != nil { // before anybody is asked
		return nil, err
	}
	row, err := pairIn(tx, community, id)
	if err != nil {
		return nil, err
	}
	them, err := tx.ActorByURI(row.SiblingURI)
	if err != nil {
		return nil, err
	}
	said, address, err := s.askCharter(ctx, them)
	if err != nil {
		return nil, err
	}
	if digestOf(said) != digest {
		return nil, changedSince(them)
	}
	return s.withSibling(ctx, actor, community, id, "sibling.approve", byConvener, func(p *pair) error {
		bond, err := p.theirOffer()
		if err != nil {
			return err
		}
		if bond.Charter != digest {
			return changedSince(them)
		}
		return p.takeCharter(bond, said, address)
	})
}

func changedSince(them *models.Actor) error {
	return models.Errorf(models.Conflict, "The charter of @%s is another one than the text that was read: read it again.", them.Acct())
}

// takeCharter changes ours, accepts what was offered, and lets the other siblings know.
func (p *pair) takeCharter(bond *pact.SealedBond, said, address string) error {
	if charterDigest(p.ours) != bond.Charter {
		before := charterSaid(p.ours)
		if err := p.s.newCharter(p.tx, p.ours, p.by, said); err != nil {
			return err
		}
		if err := p.s.storeCommunity(p.tx, p.us, p.ours, false); err != nil {
			return err
		}
		if err := p.logCharter(address, before); err != nil {
			return err
		}
	}
	if err := p.approve(bond); err != nil {
		return err
	}
	if err := p.tx.SaveSibling(p.row); err != nil {
		return err
	}
	if err := p.approveAlike(bond.Charter); err != nil {
		return err
	}
	return p.s.offerCharter(p.tx, p.by, p.us)
}

// charterSaid is what the audit log keeps of a charter.
func charterSaid(c *models.Community) any {
	return map[string]any{"version": c.CharterVersion, "digest": charterDigest(c)}
}

// logCharter says in the community's log and in the audit log whose charter was taken over.
func (p *pair) logCharter(address string, before any) error {
	line := &models.ModLogEntry{
		CommunityID: p.us.ID, ActorID: p.doer(), Verb: models.LogCharter, TargetID: p.them.ID, ObjectURI: address, ActivityURI: p.s.links.Activity(p.tx.NewID()),
	}
	if err := p.tx.AddModLog(line); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "community.charter", TargetID: p.us.ID, Target: p.s.atName(p.us), Note: "taken over from " + p.name()}
	return p.s.auditEntry(p.tx, p.by, entry, before, charterSaid(p.ours))
}

// approveAlike accepts what other siblings offer where nothing differs from the agreement that stands but the charter, and that is ours now:
// it was decided on with the first of them.
func (p *pair) approveAlike(charter string) error {
	rows, err := p.tx.Siblings(p.us.ID, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].ID == p.row.ID {
			continue
		}
		other, err := p.s.pairOf(p.tx, &rows[i], p.by)
		if err != nil {
			return err
		}
		bond, alike := other.offersAlike(charter)
		if !alike {
			continue
		}
		before := siblingSaid(other.row)
		if err := other.approve(bond); err != nil {
			return err
		}
		if err := p.s.auditSibling(p.tx, p.by, "sibling.approve", other, before); err != nil {
			return err
		}
	}
	return nil
}

// offersAlike gives an offer of what stands with a charter that is ours now, which nothing keeps from being accepted.
func (p *pair) offersAlike(charter string) (*pact.SealedBond, bool) {
	bond, err := p.theirOffer()
	if err != nil || bond.Charter != charter || !p.isRenewal(bond) || p.mayShare(bond.Class) != nil {
		return nil, false
	}
	admitted, err := p.tx.HasAdmittedHost(p.row.Host)
	return bond, err == nil && admitted
}

// isRenewal reports an offer of what stands, with another charter at most.
func (p *pair) isRenewal(offer *pact.SealedBond) bool {
	stands, err := pact.ReadBond([]byte(p.row.Agreement))
	if err != nil {
		return false
	}
	renewed := offer.Bond
	renewed.ID, renewed.Nonce, renewed.Charter, renewed.ValidFrom, renewed.Contacts = stands.ID, stands.Nonce, stands.Charter, stands.ValidFrom, stands.Contacts
	one, err := renewed.Encode()
	if err != nil {
		return false
	}
	other, err := stands.Encode()
	return err == nil && string(one) == string(other)
}
