package practice

import (
	"context"
	"fmt"
	"sync"
	"time"

	"praxis/federation/pact"
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
	if err != nil {
		return err
	}
	silent, err := s.silentDays(tx, pair)
	if err != nil || today <= floodTimes*(1+silent)*(month-today)/normDays {
		return err
	}
	reason := fmt.Sprintf("It sent %d posts within a day, and had %d a day before.", today, (month-today)/normDays)
	if err := pair.Rest(models.PauseFlood, reason); err != nil {
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

// silentDays is for how many days before today nothing came of a sibling: what waited meanwhile comes at once.
func (s *Service) silentDays(tx *models.Tx, pair *models.Sibling) (int64, error) {
	today := tx.Now().Add(-oneDay)
	last, err := tx.LastAdmission(pair.CommunityID, pair.SiblingURI, today)
	if err != nil || last == 0 {
		return 0, err
	}
	return int64(today.Time().Sub(last.Time()) / oneDay), nil
}

// lateTimes is how many times what may come within a day may be fetched, where siblings compare: who was away for long has much to fetch,
// and a list that never ends is not followed for ever.
const lateTimes = 20

// MayTakeLate reports whether more of what a sibling took first may be fetched today.
func (s *Service) MayTakeLate(ctx context.Context, pair *models.Sibling) (bool, error) {
	count, err := s.store.Read(ctx).CountAdmissions(pair.CommunityID, pair.SiblingURI, models.At(s.store.Now().Add(-oneDay)))
	return count < lateTimes*s.limits.SiblingDay, err
}

// SharedSince gives from when on a pair shares what it took first: the beginning of the agreement, and the history that was agreed.
func SharedSince(pair *models.Sibling) models.Timestamp {
	sealed, err := pact.ReadBond([]byte(pair.Agreement))
	if err != nil {
		return 0
	}
	return models.At(sealed.Bond.ValidFrom.AddDate(0, 0, -sealed.Bond.History).Truncate(oneDay))
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
