package outbox

import (
	"encoding/json"
	"slices"

	"praxis/models"
)

// forumWords are types of activities that group servers know and ActivityStreams does not. Others answer them with an error,
// some with one (500) that says nothing of it, so that whatever comes after them would wait.
var forumWords = words(`ChooseAnswer Lock Resolve`)

// speaksForum reports an activity of such a type, or around one, however deep.
func speaksForum(payload []byte) bool {
	for range 4 {
		var of struct {
			Type   string          `json:"type"`
			Object json.RawMessage `json:"object"`
		}
		if json.Unmarshal(payload, &of) != nil {
			return false
		}
		if forumWords[of.Type] {
			return true
		}
		payload = of.Object
	}
	return false
}

// forForums leaves of inboxes those whose software is a group server, and those of who is a sibling of a Group of ours: what siblings
// agreed on has these types. They are few, and asked for seldom.
func (w *Writer) forForums(tx *models.Tx, by *models.Actor, inboxes []models.Inbox) ([]models.Inbox, error) {
	hosts := make([]string, len(inboxes))
	for i := range inboxes {
		hosts[i] = inboxes[i].Host
	}
	software, err := tx.PeerSoftware(hosts)
	if err != nil {
		return nil, err
	}
	siblings, err := tx.LiveSiblingHosts(by.ID)
	return slices.DeleteFunc(slices.Clone(inboxes), func(inbox models.Inbox) bool {
		return !forums[software[inbox.Host]] && !siblings[inbox.Host]
	}), err
}
