package desk

import "praxis/models"

// notes shows what those who look after the instance wrote down on something, with a form for more.
func (s *Server) notes(v *visit, subject string) (part, error) {
	rows, err := v.tx.AdminNotes(subject)
	if err != nil {
		return part{}, err
	}
	authors := make([]int64, len(rows))
	for i := range rows {
		authors[i] = rows[i].AuthorID
	}
	people, err := v.tx.Actors(authors)
	if err != nil {
		return part{}, err
	}
	shown := part{Heading: "Notes", ID: "notes", Card: true}
	for i := range rows {
		shown.Facts = append(shown.Facts, fact{Name: nameOf(people[rows[i].AuthorID]), Value: rows[i].Text, Hint: v.when(rows[i].CreatedAt)})
	}
	shown.Forms = []*form{v.fill(&form{Name: "note", Button: "Keep the note", Quiet: true, Fields: []*field{{
		Name: "note", Label: "A new note", Kind: "long", Rows: 2, Max: 5000, Required: true, Hint: "Moderators and admins of this server read it, nobody else.",
	}}})}
	return shown, nil
}

// actions shows what was done to somebody.
func (s *Server) actions(v *visit, targetID int64) (part, error) {
	rows, err := v.tx.AdminActions(targetID)
	if err != nil {
		return part{}, err
	}
	var ids []int64
	for i := range rows {
		ids = append(ids, rows[i].ActorID)
	}
	people, err := v.tx.Actors(ids)
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "What was done", Heads: []string{"What", "By whom", "When", "Why"}, Empty: "Nothing was done yet."}
	for i := len(rows) - 1; i >= 0; i-- {
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: actionWord(&rows[i])}, {Text: nameOf(people[rows[i].ActorID])}, {Text: v.when(rows[i].CreatedAt)}, {Text: orDash(rows[i].Subject)},
		}})
	}
	return part{Heading: "What was done", ID: "history", Table: listed}, nil
}

// actionWords say for people what records name in one word.
var actionWords = map[string]string{
	"none": "Noted", "sensitive": "Media hidden", "unsensitive": "Media shown", "disable": "Kept from signing in", "enable": "Let sign in",
	"silence": "Limited", "unsilence": "Limit lifted", "suspend": "Suspended", "unsuspend": "Suspension lifted", "approve": "Let in",
	"reject": "Turned away", "delete": "Deleted", "report": "Report changed", "set_role": "Role changed", "send_password_link": "Link for a password sent",
	"forward_report": "Report forwarded",
}

func actionWord(a *models.AdminAction) string { return orWord(actionWords[a.Action], a.Action) }
