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

// actions shows what was done to somebody, as far as the audit log has it.
func (s *Server) actions(v *visit, targetID int64) (part, error) {
	rows, err := v.tx.AuditPage(models.AuditFilter{TargetID: targetID}, models.Page{Limit: 30})
	if err != nil {
		return part{}, err
	}
	listed := &table{Caption: "What was done", Heads: []string{"What", "By whom", "When", "Why"}, Empty: "Nothing was done yet."}
	for i := range rows {
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: actionWord(rows[i].Action), To: auditPath(v, &rows[i])}, {Text: rows[i].Who}, {Text: v.when(rows[i].CreatedAt)}, {Text: orDash(rows[i].Note)},
		}})
	}
	return part{Heading: "What was done", ID: "history", Table: listed}, nil
}

// actionWords say for people what the audit log names in one word.
var actionWords = map[string]string{
	"account.none": "Noted", "account.sensitive": "Media hidden", "account.unsensitive": "Media shown", "account.disable": "Kept from signing in",
	"account.enable": "Let sign in", "account.silence": "Limited", "account.unsilence": "Limit lifted", "account.suspend": "Suspended",
	"account.unsuspend": "Suspension lifted", "account.approve": "Let in", "account.reject": "Turned away", "account.delete": "Deleted",
	"account.role": "Role changed", "account.end_sessions": "Signed out everywhere", "account.send_password_link": "Link for a password sent",
	"rule.add": "Rule added", "rule.change": "Rule changed", "rule.move": "Rule moved", "rule.remove": "Rule taken away",
	"announcement.add": "Announced", "announcement.remove": "Announcement taken back", "domain.block": "Server blocked or limited",
	"domain.unblock": "Block lifted", "domain.allow": "Server allowed", "domain.refuse": "Allowance taken back", "list.apply": "List of hosts applied", "list.undo": "List of hosts undone",
	"policy.mode": "Mode changed", "policy.stop": "Emergency stop", "policy.resume": "Emergency stop ended", "post.hide": "Post hidden here", "post.show": "Post shown again",
	"address.block": "Addresses barred", "address.unblock": "Addresses let in", "email.block": "E-mail provider barred", "email.unblock": "E-mail provider let in", "note.add": "Note written",
	"peer.pause": "Deliveries paused", "peer.resume": "Deliveries resumed", "peer.retry": "Deliveries tried again", "peer.resend": "Deliveries sent again",
	"report.change": "Report changed", "report.forward": "Report forwarded",
}

func actionWord(action string) string { return orWord(actionWords[action], action) }
