package practice

import (
	"fmt"
	"sync"
	"time"

	"praxis/models"
)

// How a flood is told from a busy day, or from what comes after an outage: by the norm of a month.
const (
	floodTimes = 10
	normDays   = 30
	oneDay     = 24 * time.Hour
)

// floods counts what comes from siblings, so that the store is not asked for each post.
type floods struct {
	mu    sync.Mutex
	count map[int64]int64
}

// isTurn reports whether it is time to look at what a pair brought.
func (f *floods) isTurn(pair, every int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count == nil {
		f.count = map[int64]int64{}
	}
	f.count[pair]++
	return f.count[pair]%max(every, 1) == 0
}

// heedFlood lets a pair rest whose sibling sends ten times its norm. Other pairs go on, and a convener resumes it.
func (s *Service) heedFlood(tx *models.Tx, pair *models.Sibling, community *models.Actor) error {
	if !s.floods.isTurn(pair.ID, s.limits.SiblingDay/20) {
		return nil
	}
	now := tx.Now()
	today, err := tx.CountAdmissions(pair.CommunityID, pair.SiblingURI, now.Add(-oneDay))
	if err != nil || today <= s.limits.SiblingDay {
		return err
	}
	month, err := tx.CountAdmissions(pair.CommunityID, pair.SiblingURI, now.Add(-(normDays+1)*oneDay))
	if err != nil || today <= floodTimes*(month-today)/normDays {
		return err
	}
	reason := fmt.Sprintf("It sent %d posts within a day, and had %d a day before.", today, (month-today)/normDays)
	if err := pair.MoveTo(models.SiblingPaused, reason); err != nil {
		return err
	}
	if err := tx.SaveSibling(pair); err != nil {
		return err
	}
	if err := s.auditEntry(tx, nil, models.AuditEntry{Action: "sibling.pause", TargetID: community.ID, Target: pair.SiblingURI, Note: reason}, models.SiblingLive, models.SiblingPaused); err != nil {
		return err
	}
	return s.informModerators(tx, community, "The sibling community "+pair.SiblingURI+" rests: "+reason+" Resume it when you know why.")
}

// informModerators tells those who look after a community of ours something in private.
func (s *Service) informModerators(tx *models.Tx, community *models.Actor, said string) error {
	moderators, err := tx.Moderators(community.ID)
	if err != nil {
		return err
	}
	for i := range moderators {
		if err := s.informBy(tx, community, &moderators[i], said); err != nil {
			return err
		}
	}
	return nil
}

// LimitSiblings sets how many posts a sibling may send within a day, whatever its norm. Call it before first use.
func (s *Service) LimitSiblings(day int64) { s.limits.SiblingDay = day }
