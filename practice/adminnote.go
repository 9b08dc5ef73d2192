package practice

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"praxis/models"
)

// maxNote is how long a note of the administration may be, in characters.
const maxNote = 5000

// NoteOnAccount is the subject of notes on somebody.
func NoteOnAccount(actorID int64) string { return "account/" + strconv.FormatInt(actorID, 10) }

// NoteOnReport is the subject of notes on a report.
func NoteOnReport(id int64) string { return "report/" + strconv.FormatInt(id, 10) }

// NoteOnHost is the subject of notes on another server.
func NoteOnHost(host string) string { return "host/" + host }

// WriteNote leaves a note for the others who look after the instance. Errors: Forbidden, Invalid.
func (s *Service) WriteNote(ctx context.Context, author *models.Actor, subject, words string) error {
	words = strings.TrimSpace(words)
	switch length := utf8.RuneCountInString(words); {
	case length == 0:
		return invalid("note", "A note needs a text.")
	case length > maxNote:
		return invalid("note", "A note has at most %d characters; this one has %d.", maxNote, length)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, author, models.PermitReports); err != nil {
			return err
		}
		if err := tx.AddAdminNote(&models.AdminNote{Subject: subject, AuthorID: author.ID, Text: words}); err != nil {
			return err
		}
		return s.audit(tx, author, "note.add", named(subject), nil, words)
	})
}
