package practice

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"praxis/models"
)

// adopterOf gives who takes up the threads of a lost sibling, by the words of those who hold it for lost: whom most of them name first
// among the successors that signed, too; else, or of as many, the one whose address has the lowest hash. It looks at nothing but the words,
// and not at their order: a host that died may have told its successors to some alone, and who has the same words names the same one.
func adopterOf(lostURI string, words []models.SiblingLoss) string {
	votes := map[string]int{}
	for i := range words {
		votes[words[i].ByURI] += 0
	}
	for i := range words {
		for _, named := range words[i].SuccessorList() {
			if _, signed := votes[named]; signed {
				votes[named]++
				break
			}
		}
	}
	best, most := "", -1
	for uri, n := range votes {
		if n > most || n == most && lowerHash(lostURI, uri, best) {
			best, most = uri, n
		}
	}
	return best
}

func lowerHash(lostURI, a, b string) bool {
	first, second := sha256.Sum256([]byte(lostURI+" "+a)), sha256.Sum256([]byte(lostURI+" "+b))
	return bytes.Compare(first[:], second[:]) < 0
}

// wordsOn gives the words on the loss of a sibling that count: of the Group of ours, and of those that are its siblings now.
func wordsOn(tx *models.Tx, pair *models.Sibling, left []string) ([]models.SiblingLoss, error) {
	words, err := tx.SiblingLosses(pair.CommunityID, pair.SiblingURI)
	return slices.DeleteFunc(words, func(word models.SiblingLoss) bool { return !slices.Contains(left, word.ByURI) }), err
}

// adoptAgain looks once more who takes up the threads of one that is lost, when there are other words than before.
func (s *Service) adoptAgain(tx *models.Tx, pair *models.Sibling, community *models.Actor, words []models.SiblingLoss) error {
	next := adopterOf(pair.SiblingURI, words)
	if next == "" || next == pair.AdopterURI {
		return nil
	}
	before := pair.AdopterURI
	pair.AdopterURI = next
	if err := tx.SaveSibling(pair); err != nil {
		return err
	}
	if err := tx.AddSiblingEvent(models.SiblingEvent{PairID: pair.ID, Host: pair.Host, Kind: SiblingEventLost, Detail: next}); err != nil {
		return err
	}
	entry := models.AuditEntry{Action: "sibling.adopter", TargetID: community.ID, Target: pair.SiblingURI, Note: next}
	if err := s.auditEntry(tx, nil, entry, before, next); err != nil {
		return err
	}
	return s.informModerators(tx, community, next+" looks after the threads of "+pair.SiblingURI+" until it returns, as further siblings said.")
}
