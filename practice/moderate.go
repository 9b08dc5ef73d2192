package practice

import (
	"context"
	"slices"
	"time"

	"praxis/models"
)

// The measures that moderators take against an actor.
const (
	ActionNone        = "none"
	ActionSensitive   = "sensitive"
	ActionDisable     = "disable"
	ActionSilence     = "silence"
	ActionSuspend     = "suspend"
	ActionEnable      = "enable"
	ActionUnsensitive = "unsensitive"
	ActionUnsilence   = "unsilence"
	ActionUnsuspend   = "unsuspend"
	ActionApprove     = "approve"
	ActionReject      = "reject"
	ActionDelete      = "delete"
)

// Measure is what a moderator does to an actor.
type Measure struct {
	Moderator *models.Actor
	TargetID  int64
	Action    string
	Text      string // why, for the record
	ReportID  int64  // the report that led to it; open ones about the target are closed
}

// authorize gives the account of somebody who has a right. Errors: Forbidden (security case G26: the role is read anew in
// the transaction).
func (s *Service) authorize(tx *models.Tx, moderator *models.Actor, wanted models.Permission) (models.Role, error) {
	forbidden := models.Errorf(models.Forbidden, "This action is not allowed")
	account, err := tx.AccountByActor(moderator.ID)
	if models.IsNotFound(err) {
		return models.Role{}, forbidden
	}
	if err != nil {
		return models.Role{}, err
	}
	role := models.RoleOf(account)
	if account.DisabledAt != 0 || account.IsWaiting() || !role.May(wanted) {
		return role, forbidden
	}
	return role, nil
}

// maxActionText is how much of a reason is kept.
const maxActionText = 5000

// Moderate takes a measure and records it. Errors: NotFound for an actor that is not there, Forbidden for who lacks the
// right or does not rank above the target, Invalid for what cannot be done to it.
func (s *Service) Moderate(ctx context.Context, m Measure) error {
	if text := []rune(m.Text); len(text) > maxActionText {
		m.Text = string(text[:maxActionText])
	}
	var files []string
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		target, account, err := s.moderated(tx, m)
		if err != nil {
			return err
		}
		before, err := standing(tx, target.ID)
		if err != nil {
			return err
		}
		if files, err = s.effect(tx, m, target, account); err != nil {
			return err
		}
		return s.record(tx, m, target, before)
	})
	if err == nil {
		s.discard(ctx, files...)
	}
	return err
}

func (s *Service) record(tx *models.Tx, m Measure, target *models.Actor, before any) error {
	if m.ReportID != 0 {
		report, err := tx.Report(m.ReportID)
		if err != nil {
			return err
		}
		if report.TargetID != m.TargetID {
			return invalid("report_id", "Validation failed: the report is about another account")
		}
		if err := tx.CloseReportsAbout(m.TargetID, m.Moderator.ID); err != nil {
			return err
		}
	}
	after, err := standing(tx, target.ID)
	if err != nil {
		return err
	}
	if m.Action == ActionReject {
		m.TargetID = 0 // nothing of it is left
	}
	entry := models.AuditEntry{Action: "account." + m.Action, TargetID: m.TargetID, Target: s.atName(target), Note: m.Text, ReportID: m.ReportID}
	return s.auditEntry(tx, m.Moderator, entry, before, after)
}

// standing gives what the audit log keeps of how an actor stands here; nil for one who is no more.
func standing(tx *models.Tx, id int64) (any, error) {
	actor, err := tx.Actor(id)
	if models.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	said := map[string]any{
		"suspended": actor.SuspendedAt != 0, "silenced": actor.SilencedAt != 0, "sensitized": actor.SensitizedAt != 0, "deleted": actor.DeletedAt != 0,
	}
	account, err := tx.AccountByActor(id)
	if models.IsNotFound(err) {
		return said, nil
	}
	if err != nil {
		return nil, err
	}
	said["disabled"], said["waiting"], said["role"] = account.DisabledAt != 0, account.IsWaiting(), account.Role
	return said, nil
}

// moderated gives whom a measure is about, if the moderator may take it.
func (s *Service) moderated(tx *models.Tx, m Measure) (*models.Actor, *models.Account, error) {
	wanted := models.PermitUsers
	if m.Action == ActionDelete {
		wanted = models.PermitDeleteData
	}
	role, err := s.authorize(tx, m.Moderator, wanted)
	if err != nil {
		return nil, nil, err
	}
	target, err := tx.Actor(m.TargetID)
	if err != nil {
		return nil, nil, err
	}
	if target.DeletedAt != 0 || target.Type == models.TypeApplication && target.Local {
		return nil, nil, models.Errorf(models.NotFound, "actor not found")
	}
	account, err := tx.AccountByActor(target.ID)
	if models.IsNotFound(err) {
		return target, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if target.ID == m.Moderator.ID || models.RoleOf(account).Rank >= role.Rank {
		return nil, nil, models.Errorf(models.Forbidden, "This action is not allowed: nobody moderates themselves, or who has the same rank")
	}
	return target, account, nil
}

// effect carries out a measure, and names the files that nothing names any more afterwards.
func (s *Service) effect(tx *models.Tx, m Measure, target *models.Actor, account *models.Account) ([]string, error) {
	needsAccount := []string{ActionDisable, ActionEnable, ActionApprove, ActionReject}
	if account == nil && slices.Contains(needsAccount, m.Action) {
		return nil, models.Errorf(models.Forbidden, "This action is not allowed: the account is on another server")
	}
	switch m.Action {
	case ActionNone:
		return nil, nil
	case ActionSensitive, ActionUnsensitive:
		return nil, s.mark(tx, target, models.MarkSensitized, m.Action == ActionSensitive)
	case ActionSilence, ActionUnsilence:
		return nil, s.mark(tx, target, models.MarkSilenced, m.Action == ActionSilence)
	case ActionDisable, ActionEnable:
		return nil, shut(tx, account, m.Action == ActionDisable)
	case ActionSuspend:
		return nil, s.suspend(tx, target, account)
	case ActionUnsuspend:
		return nil, s.unsuspend(tx, target, account)
	case ActionApprove:
		return nil, s.approve(tx, target, account)
	case ActionReject:
		return nil, reject(tx, account)
	case ActionDelete:
		return s.deleteSuspended(tx, target, account)
	}
	return nil, invalid("type", "Validation failed: type %q is none of none, sensitive, disable, silence, suspend", m.Action)
}

func (s *Service) mark(tx *models.Tx, target *models.Actor, mark string, set bool) error {
	if !set {
		return tx.MarkActor(target.ID, mark, 0)
	}
	return tx.MarkActor(target.ID, mark, tx.Now())
}

// disable keeps an account from signing in, and ends what is signed in.
// shut is disable for those who belong to the organization: whoever left has nothing that could be ended but the way out, which nobody
// may close. Suspension, which is for what somebody did, is another matter.
func shut(tx *models.Tx, account *models.Account, off bool) error {
	leaving, err := tx.LeavingIfAny(account.ID)
	if err != nil {
		return err
	}
	if off && leaving != nil && leaving.EndedAt == 0 {
		return models.Errorf(models.Conflict, "This account has left the organization: its access ended then, and nobody may keep it from moving until %s.",
			leaving.Until.Time().Format(time.DateOnly))
	}
	return disable(tx, account, off)
}

func disable(tx *models.Tx, account *models.Account, off bool) error {
	account.DisabledAt = 0
	if off {
		account.DisabledAt = tx.Now()
	}
	if err := tx.SaveAccount(account); err != nil || !off {
		return err
	}
	return tx.DeleteWebSessionsOf(account.ID)
}

// suspend hides an actor, and keeps the address from signing up again.
func (s *Service) suspend(tx *models.Tx, target *models.Actor, account *models.Account) error {
	if account != nil && account.IsWaiting() {
		return models.Errorf(models.Forbidden, "This action is not allowed: the account waits to be let in, so reject it instead")
	}
	if account != nil {
		if err := tx.DeleteWebSessionsOf(account.ID); err != nil {
			return err
		}
		if account.Email != "" {
			if _, err := tx.PutCanonicalEmailBlock(models.CanonicalEmailHash(account.Email)); err != nil {
				return err
			}
		}
	}
	return s.mark(tx, target, models.MarkSuspended, true)
}

func (s *Service) unsuspend(tx *models.Tx, target *models.Actor, account *models.Account) error {
	if account != nil && account.IsWaiting() {
		return models.Errorf(models.Forbidden, "This action is not allowed: the account waits to be let in, so approve it instead")
	}
	if account != nil && account.Email != "" {
		block, err := tx.CanonicalEmailBlockOf(models.CanonicalEmailHash(account.Email))
		if err == nil {
			err = tx.DeleteCanonicalEmailBlock(block.ID)
		}
		if err != nil && !models.IsNotFound(err) {
			return err
		}
	}
	return s.mark(tx, target, models.MarkSuspended, false)
}

// deleteSuspended removes what a suspended actor left, for good.
func (s *Service) deleteSuspended(tx *models.Tx, target *models.Actor, account *models.Account) ([]string, error) {
	if target.SuspendedAt == 0 || account != nil && account.IsWaiting() {
		return nil, models.Errorf(models.Forbidden, "This action is not allowed: only suspended accounts can be deleted")
	}
	if account != nil {
		if err := disable(tx, account, true); err != nil {
			return nil, err
		}
		if err := tx.RevokeOAuthTokensOfAccount(account.ID); err != nil {
			return nil, err
		}
	}
	return s.deleteActor(tx, target)
}

// SetRole changes what an account may do here. Errors: Invalid for a role that is none, Conflict when nobody would be left
// to administer the instance (security case G26).
func (s *Service) SetRole(ctx context.Context, actor *models.Actor, role string) error {
	if !slices.ContainsFunc(models.Roles(), func(known models.Role) bool { return known.Key == role }) {
		return invalid("role", "there is no role %q: use owner, admin, moderator or member", role)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		return s.demote(tx, account, actor, role)
	})
}

// demote gives an account a role, unless nobody would be left to administer the instance. Who gives it is a person: groups of a
// provider take it back no more.
func (s *Service) demote(tx *models.Tx, account *models.Account, actor *models.Actor, role string) error {
	last, err := isLastHead(tx, account, role)
	if err != nil {
		return err
	}
	if last {
		return models.Errorf(models.Conflict, "@%s is the last one who administers this instance: make somebody else an admin first", actor.Username)
	}
	was := account.Role
	account.Role, account.RoleBy = role, ""
	if err := tx.SaveAccount(account); err != nil || was == role {
		return err
	}
	return s.audit(tx, nil, "account.role", s.about(actor), was, role)
}

// SetDisabled keeps an account from being used, or lets it be used again, without a moderator: for the command line.
func (s *Service) SetDisabled(ctx context.Context, actor *models.Actor, off bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		if err := shut(tx, account, off); err != nil {
			return err
		}
		return s.audit(tx, nil, "account.disable", s.about(actor), nil, off)
	})
}
