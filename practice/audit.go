package practice

import (
	"praxis/models"
)

// subject is what a line of the audit log is about.
type subject struct {
	id   int64 // of an actor; 0 for what is none
	name string
}

// named is a subject that is no actor.
func named(name string) subject { return subject{name: name} }

// about is an actor as a subject.
func (s *Service) about(actor *models.Actor) subject { return subject{actor.ID, s.atName(actor)} }

// atName gives an actor's name as people here write it.
func (s *Service) atName(actor *models.Actor) string {
	if actor.Local {
		return "@" + actor.Username
	}
	return "@" + actor.Username + "@" + actor.Host
}

// audit adds a line to the audit log, in the transaction of what it tells of: who did it (nil for whom the context names), what,
// to whom or what, and what that was before and after, as JSON; nil for nothing.
func (s *Service) audit(tx *models.Tx, by *models.Actor, action string, on subject, before, after any) error {
	return s.auditEntry(tx, by, models.AuditEntry{Action: action, TargetID: on.id, Target: on.name}, before, after)
}

func (s *Service) auditEntry(tx *models.Tx, by *models.Actor, e models.AuditEntry, before, after any) (err error) {
	if by != nil {
		e.ActorID, e.Who = by.ID, s.atName(by)
	}
	if e.Before, err = models.AuditJSON(before); err != nil {
		return err
	}
	if e.After, err = models.AuditJSON(after); err != nil {
		return err
	}
	return tx.WriteAudit(e)
}
