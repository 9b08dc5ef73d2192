package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
)

// tellFormer lets a community of ours pass on, to Groups that were its siblings when it took a post, what the author did with it since:
// that it is deleted, always; that it changed, for as long as they agreed to keep what they have.
func (w *Writer) tellFormer(tx *models.Tx, p *models.Post, raw told, deleted bool) error {
	if len(raw.note) == 0 || !p.IsPublic() {
		return nil
	}
	community, err := w.ourCommunity(tx, p)
	if err != nil || community == nil {
		return err
	}
	former, err := tx.FormerSiblings(community.ID, p.CreatedAt)
	if err != nil {
		return err
	}
	var to []string
	var inboxes []models.Inbox
	for i := range former {
		if !deleted && former[i].IsCleared(tx.Now()) {
			continue
		}
		them, err := tx.ActorByURI(former[i].SiblingURI)
		if models.IsNotFound(err) || err == nil && them.IsGone() {
			continue
		}
		if err != nil {
			return err
		}
		to = append(to, them.URI)
		inboxes = append(inboxes, models.Inbox{Host: them.Host, URL: them.Inbox})
	}
	if len(inboxes) == 0 {
		return nil
	}
	n := note{actor: community, post: p, doc: vocab.M{"to": to, "cc": []string{}}, inboxes: inboxes}
	return w.announceRaw(tx, n, raw.note)
}
