package practice

import (
	"praxis/federation/pact"
	"praxis/models"
)

// offerCharter offers the siblings of a community what they agreed on, with its new charter: their conveners see that the charters
// differ, and take it or not. Until then the agreement that stands goes on. A sibling whose own offer waits here is left alone.
func (s *Service) offerCharter(tx *models.Tx, by, community *models.Actor) error {
	rows, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range rows {
		p, err := s.pairOf(tx, &rows[i], by)
		if err != nil {
			return err
		}
		if err := p.offerCharter(); err != nil {
			return err
		}
	}
	return nil
}

func (p *pair) offerCharter() error {
	bond, err := pact.ReadBond([]byte(p.row.Agreement))
	if err != nil || bond.Charter == charterDigest(p.ours) || p.isOver() || p.row.Offer != "" && !p.row.Ours {
		return nil //nolint:nilerr // an agreement that cannot be read is renewed by nobody
	}
	verdict, err := p.tx.Policy(p.row.Host)
	if err != nil || verdict != models.HostAdmitted || p.mayShare(p.ours.Class) != nil {
		return err
	}
	before := siblingSaid(p.row)
	if err := p.propose(siblingTermsOf(&bond.Bond, p.us.URI), ""); err != nil {
		return err
	}
	return p.s.auditSibling(p.tx, p.by, "sibling.charter", p, before)
}

// siblingTermsOf gives the terms of an agreement, to offer them again.
func siblingTermsOf(b *pact.Bond, us string) SiblingTerms {
	return SiblingTerms{
		History: b.History, Removals: b.Removals, Bans: b.Bans, Roster: b.Roster, License: b.License, Retention: b.Retention, Silence: b.Silence,
		Contact: b.ContactOf(us), ValidUntil: b.ValidUntil,
	}
}

// Charters says how the charter of a community of ours stands to those of its siblings: the names of those with whom it agreed on another
// one.
func (s *Service) Charters(tx *models.Tx, community *models.Actor) (differ []string, err error) {
	row, err := tx.CommunityIfAny(community.ID)
	if err != nil || row == nil {
		return nil, err
	}
	pairs, err := tx.Siblings(community.ID, models.SiblingLive)
	for i := range pairs {
		bond, err := pact.ReadBond([]byte(pairs[i].Agreement))
		if err == nil && bond.Charter != charterDigest(row) {
			differ = append(differ, pairs[i].Host)
		}
	}
	return differ, err
}
