package practice

import (
	"context"
	"errors"
	"slices"
	"strings"

	"praxis/models"
)

// By says who changes the policy, and whether it is only asked what the change would do.
type By struct {
	Moderator *models.Actor // nil for whoever runs the server's commands
	DryRun    bool
}

// policyChange is one change of the policy. Edit changes the rules, enforce does at once what follows from them, and may be nil.
type policyChange struct {
	action        string // as the audit log has it
	host          string // that it is about; "" for none
	list          int64  // of hosts, that it is about; 0 for none
	edit, enforce func(tx *models.Tx) error
}

// about is what the audit log names.
func (c *policyChange) about() subject {
	if c.list != 0 {
		return named(format(c.list))
	}
	return named(c.host)
}

// errDryRun undoes what was only tried.
var errDryRun = errors.New("this was a dry run")

// changePolicy carries out a change of the policy, and tells what it cuts off. A dry run does the same and undoes it, so that its
// numbers are those of the change.
func (s *Service) changePolicy(ctx context.Context, by By, c policyChange) (impact *models.Impact, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.mayFederate(tx, by.Moderator); err != nil {
			return err
		}
		before, err := tx.FederationRules()
		if err != nil {
			return err
		}
		wasSaid, err := policySaid(tx, before, c.host)
		if err != nil {
			return err
		}
		if err := c.edit(tx); err != nil {
			return err
		}
		after, err := tx.FederationRules()
		if err != nil {
			return err
		}
		isSaid, err := policySaid(tx, after, c.host)
		if err != nil {
			return err
		}
		if impact, err = tx.PolicyImpact(before, after); err != nil {
			return err
		}
		if by.DryRun {
			return errDryRun
		}
		if err := inTurn(tx, c.enforce, (*models.Tx).ReviewSeverances, settleHeld, (*models.Tx).UnveilActors); err != nil {
			return err
		}
		return s.audit(tx, by.Moderator, c.action, c.about(), wasSaid, isSaid)
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return impact, err
}

// inTurn does steps one after the other until one fails.
func inTurn(tx *models.Tx, steps ...func(tx *models.Tx) error) error {
	for _, step := range steps {
		if step == nil {
			continue
		}
		if err := step(tx); err != nil {
			return err
		}
	}
	return nil
}

func settleHeld(tx *models.Tx) error {
	_, err := tx.SettleHeld()
	return err
}

// policySaid gives what the audit log keeps of the policy: the mode, and what was decided on the host that a change is about.
func policySaid(tx *models.Tx, rules *models.Rules, host string) (any, error) {
	said := struct {
		Mode    models.Mode         `json:"mode"`
		Stopped bool                `json:"stopped,omitempty"`
		Block   *models.DomainBlock `json:"block,omitempty"`
		Allow   *models.DomainAllow `json:"allow,omitempty"`
	}{Mode: rules.Mode, Stopped: rules.StoppedAt != 0}
	if host == "" {
		return said, nil
	}
	var err error
	if said.Block, err = tx.DomainBlockOf(host); err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	if said.Allow, err = tx.DomainAllowOf(host); err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	return said, nil
}

// mayFederate reports whether somebody may change the policy; whoever runs the server's commands may.
func (s *Service) mayFederate(tx *models.Tx, moderator *models.Actor) error {
	if moderator == nil {
		return nil
	}
	_, err := s.authorize(tx, moderator, models.PermitFederation)
	return err
}

// SetMode says with which hosts this instance federates. Errors: Forbidden, Invalid for what is no mode.
func (s *Service) SetMode(ctx context.Context, by By, mode models.Mode) (*models.Impact, error) {
	if !slices.Contains(models.Modes(), mode) {
		return nil, invalid("mode", "Validation failed: mode %q is none of %s", mode, modeNames())
	}
	return s.changePolicy(ctx, by, policyChange{action: "policy.mode", edit: func(tx *models.Tx) error {
		rules, err := tx.FederationRules()
		if err != nil {
			return err
		}
		if mode == models.ModeQuarantine && rules.Mode != mode {
			if err := tx.AdmitKnownHosts(); err != nil {
				return err
			}
		}
		if mode != models.ModeQuarantine && rules.Mode == models.ModeQuarantine {
			if err := tx.ForgetKnownHosts(); err != nil {
				return err
			}
		}
		return tx.SetMode(mode)
	}})
}

func modeNames() string {
	var names []string
	for _, mode := range models.Modes() {
		names = append(names, string(mode))
	}
	return strings.Join(names, ", ")
}

// StopFederation pulls the emergency stop: nothing goes out or comes in until ResumeFederation. After models.Grace it becomes the
// mode closed, and follows end. Pulling it again changes nothing. Errors: Forbidden.
func (s *Service) StopFederation(ctx context.Context, by By) (*models.Impact, error) {
	return s.changePolicy(ctx, by, policyChange{action: "policy.stop", edit: func(tx *models.Tx) error {
		rules, err := tx.FederationRules()
		if err != nil || rules.StoppedAt != 0 {
			return err
		}
		return tx.SetStopped(tx.Now())
	}})
}

// ResumeFederation lets go of the emergency stop; what waited goes on. Errors: Forbidden, Conflict when it was not pulled.
func (s *Service) ResumeFederation(ctx context.Context, by By) (*models.Impact, error) {
	return s.changePolicy(ctx, by, policyChange{action: "policy.resume", edit: func(tx *models.Tx) error {
		rules, err := tx.FederationRules()
		if err != nil {
			return err
		}
		if rules.StoppedAt == 0 {
			return models.Errorf(models.Conflict, "Federation is not stopped; its mode is %s.", rules.Mode)
		}
		return tx.SetStopped(0)
	}})
}

// PolicyState is what holds now.
type PolicyState struct {
	Rules   *models.Rules
	Parting []models.Severance // the hosts with which follows are to end
	Waiting []models.HeldHost  // in quarantine
}

// Policy gives what holds now.
func (s *Service) Policy(ctx context.Context) (state PolicyState, err error) {
	tx := s.store.Read(ctx)
	if state.Rules, err = tx.FederationRules(); err != nil {
		return state, err
	}
	if state.Parting, err = tx.Severances(); err != nil {
		return state, err
	}
	state.Waiting, err = tx.HeldHosts()
	return state, err
}

// TendPolicy does what the policy has due: an emergency stop that lasted too long, follows whose grace is over, and what is held of
// hosts on whom another node decided. It reports whether there was anything.
func (s *Service) TendPolicy(ctx context.Context) (did bool, err error) {
	if due, err := s.store.Read(ctx).IsPolicyDue(); err != nil || !due {
		return false, err
	}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if did, err = tx.SettleHeld(); err != nil {
			return err
		}
		due, err := tx.DueSeverances()
		if err != nil {
			return err
		}
		rules, err := tx.FederationRules()
		if err != nil {
			return err
		}
		if rules.StoppedAt != 0 && tx.Now().Since(rules.StoppedAt) >= models.Grace {
			did = true
			if err := closeForGood(tx); err != nil {
				return err
			}
		}
		for _, s := range due {
			did = true
			if err := tx.PartWith(s.Host); err != nil {
				return err
			}
		}
		return nil
	})
	return did, err
}

// closeForGood makes a mode of an emergency stop that nobody undid.
func closeForGood(tx *models.Tx) error {
	if err := tx.ForgetKnownHosts(); err != nil {
		return err
	}
	if err := tx.SetMode(models.ModeClosed); err != nil {
		return err
	}
	return tx.SetStopped(0)
}
