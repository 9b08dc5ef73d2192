package practice

import (
	"context"
	"slices"
	"strings"
	"time"

	"praxis/models"
)

// SiblingLost: Community, of ours, says to its siblings that the one at URI is lost, or that it is there again.
type SiblingLost struct {
	Community *models.Actor
	URI       string
	To        []models.Sibling
	Found     bool
	Entry     *models.SiblingLoss // gets what was signed; nil when it is found
}

func (SiblingLost) event() {}

// IsSilent reports a sibling that did not speak for as long as was agreed.
func IsSilent(pair *models.Sibling, now models.Timestamp) bool {
	return pair.HeardAt < now.Add(-time.Duration(honourOf(pair).LossDays)*oneDay)
}

// SiblingSilent is for a sibling that did not speak for the agreed time and does not answer: a Group of ours says so to the
// others, once. It is lost when most of them say so.
func (s *Service) SiblingSilent(ctx context.Context, pairID int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		pair, err := tx.SiblingByID(pairID)
		if err != nil || pair.State != models.SiblingLive && pair.State != models.SiblingPaused || !IsSilent(pair, tx.Now()) {
			return err
		}
		community, err := tx.Actor(pair.CommunityID)
		if err != nil || community.IsGone() {
			return err
		}
		others, err := s.otherSiblings(tx, community.ID, pair.SiblingURI)
		if err != nil {
			return err
		}
		next, err := tx.SuccessorsOf(pair.SiblingID)
		if err != nil {
			return err
		}
		word := &models.SiblingLoss{CommunityID: community.ID, LostURI: pair.SiblingURI, ByURI: community.URI, Successors: strings.Join(next, "\n")}
		fresh, err := tx.AddSiblingLoss(word)
		if err != nil {
			return err
		}
		if fresh {
			if err := s.outbox.Publish(tx, SiblingLost{Community: community, URI: pair.SiblingURI, To: others, Entry: word}); err != nil {
				return err
			}
		}
		return s.judgeLoss(tx, pair, community, others)
	})
}

func (s *Service) otherSiblings(tx *models.Tx, communityID int64, except string) ([]models.Sibling, error) {
	live, err := tx.Siblings(communityID, models.SiblingLive)
	return slices.DeleteFunc(live, func(pair models.Sibling) bool { return pair.SiblingURI == except || pair.IsOver(tx.Now()) }), err
}

// LossSaid is the word of a sibling that the one at URI is lost, with its successors as far as it knows them.
type LossSaid struct {
	URI        string
	Successors []string
	Cause      Cause
}

// HearLoss takes the word of a sibling that another one is lost.
func (s *Service) HearLoss(ctx context.Context, by *models.Actor, said LossSaid) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		pairs, err := tx.PairsWith(by.URI, models.SiblingLive)
		if err != nil {
			return err
		}
		for i := range pairs {
			lost, err := tx.Sibling(pairs[i].CommunityID, said.URI)
			if models.IsNotFound(err) || err == nil && lost.SiblingURI == by.URI {
				continue
			}
			if err != nil {
				return err
			}
			if err := s.hearLoss(tx, lost, by, said); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) hearLoss(tx *models.Tx, lost *models.Sibling, by *models.Actor, said LossSaid) error {
	word := &models.SiblingLoss{
		CommunityID: lost.CommunityID, LostURI: lost.SiblingURI, ByURI: by.URI, Activity: string(said.Cause.Raw), Successors: strings.Join(said.Successors, "\n"),
	}
	if fresh, err := tx.AddSiblingLoss(word); err != nil || !fresh {
		return err
	}
	return s.judgeAgain(tx, lost)
}

func (s *Service) judgeAgain(tx *models.Tx, lost *models.Sibling) error {
	community, err := tx.Actor(lost.CommunityID)
	if err != nil {
		return err
	}
	others, err := s.otherSiblings(tx, community.ID, lost.SiblingURI)
	if err != nil {
		return err
	}
	return s.judgeLoss(tx, lost, community, others)
}

// HearFound: a sibling takes back its word that another one is lost.
func (s *Service) HearFound(ctx context.Context, by *models.Actor, lostURI string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		pairs, err := tx.PairsWith(by.URI)
		if err != nil {
			return err
		}
		for i := range pairs {
			if err := tx.ForgetSiblingLoss(pairs[i].CommunityID, lostURI, by.URI); err != nil {
				return err
			}
			lost, err := tx.Sibling(pairs[i].CommunityID, lostURI)
			if models.IsNotFound(err) {
				continue
			}
			if err == nil && lost.State == models.SiblingLost {
				err = s.judgeAgain(tx, lost)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// judgeLoss holds a sibling for lost when it is silent for the Group of ours, too, and most of those that are left say so. Of one that is
// lost it looks once more who takes up its threads.
func (s *Service) judgeLoss(tx *models.Tx, pair *models.Sibling, community *models.Actor, others []models.Sibling) error {
	if !pair.Stands() && pair.State != models.SiblingLost {
		return nil
	}
	left := []string{community.URI}
	for i := range others {
		left = append(left, others[i].SiblingURI)
	}
	words, err := wordsOn(tx, pair, left)
	if err != nil {
		return err
	}
	if pair.State == models.SiblingLost {
		return s.adoptAgain(tx, pair, community, words)
	}
	own := slices.ContainsFunc(words, func(word models.SiblingLoss) bool { return word.ByURI == community.URI })
	if !own || 2*len(words) <= len(left) {
		return nil
	}
	return s.lose(tx, pair, community, words)
}

func (s *Service) lose(tx *models.Tx, pair *models.Sibling, community *models.Actor, words []models.SiblingLoss) error {
	before := pair.State
	if err := pair.MoveTo(models.SiblingLost, "It was silent for too long, and most of its siblings say so."); err != nil {
		return err
	}
	pair.LostAt, pair.AdopterURI = tx.Now(), adopterOf(pair.SiblingURI, words)
	if err := tx.SaveSibling(pair); err != nil {
		return err
	}
	if err := tx.AddSiblingEvent(models.SiblingEvent{PairID: pair.ID, Host: pair.Host, Kind: SiblingEventLost, Detail: pair.AdopterURI}); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "sibling.lost", TargetID: community.ID, Target: pair.SiblingURI, Note: pair.AdopterURI}
	if err := s.auditEntry(tx, nil, entry, before, pair.State); err != nil {
		return err
	}
	return s.informModerators(tx, community, "The sibling community "+pair.SiblingURI+" is lost: its host is silent, and most siblings say so. "+
		"Its threads go on here. "+pair.AdopterURI+" looks after them until it returns.")
}

// SiblingSpoke: a sibling is heard of, if only because it answered. One that was lost is there again: it decides on its threads itself,
// and both compare what they took meanwhile. What waits for its host goes out: who returns may have nothing to say first.
func (s *Service) SiblingSpoke(ctx context.Context, uri string) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return s.siblingSpoke(tx, uri) })
}

func (s *Service) siblingSpoke(tx *models.Tx, uri string) error {
	if err := tx.HearSibling(uri); err != nil {
		return err
	}
	lost, err := tx.PairsWith(uri, models.SiblingLost)
	if err != nil {
		return err
	}
	for i := range lost {
		if err := s.find(tx, &lost[i]); err != nil {
			return err
		}
	}
	pairs, err := tx.PairsWith(uri)
	if err != nil || len(pairs) == 0 {
		return err
	}
	return tx.WakePeer(pairs[0].Host)
}

func (s *Service) find(tx *models.Tx, pair *models.Sibling) error {
	p, err := s.pairOf(tx, pair, nil)
	if err != nil {
		return err
	}
	community := p.us
	if err := p.awaken("it is there again"); err != nil {
		return err
	}
	pair.LostAt, pair.AdopterURI, pair.HeardAt = 0, "", tx.Now()
	if err := tx.SaveSibling(pair); err != nil {
		return err
	}
	if err := tx.ForgetSiblingLoss(community.ID, pair.SiblingURI, ""); err != nil {
		return err
	}
	if err := tx.AddSiblingEvent(models.SiblingEvent{PairID: pair.ID, Host: pair.Host, Kind: SiblingEventFound}); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "sibling.found", TargetID: community.ID, Target: pair.SiblingURI}
	if err := s.auditEntry(tx, nil, entry, models.SiblingLost, pair.State); err != nil {
		return err
	}
	all, err := tx.Siblings(community.ID, models.SiblingLive)
	if err != nil {
		return err
	}
	if err := s.outbox.Publish(tx, SiblingLost{Community: community, URI: pair.SiblingURI, To: all, Found: true}); err != nil {
		return err
	}
	return s.informModerators(tx, community, "The sibling community "+pair.SiblingURI+" is there again.")
}
