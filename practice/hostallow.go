package practice

import (
	"context"

	"praxis/models"
)

// AllowDomain admits a host, or changes what is noted of it. Errors: Forbidden, Invalid, Conflict for a host that is blocked by its
// own name.
func (s *Service) AllowDomain(ctx context.Context, by By, a models.DomainAllow) (*models.DomainAllow, *models.Impact, error) {
	host, err := s.foreignHost(a.Host)
	if err != nil {
		return nil, nil, err
	}
	a.Host, a.Known = host, false
	a.Note, a.Contact, a.PublicReason = clip(a.Note), clip(a.Contact), clip(a.PublicReason)
	impact, err := s.changePolicy(ctx, by, policyChange{action: "domain.allow", host: host, edit: func(tx *models.Tx) error {
		known, err := tx.DomainBlockOf(host)
		if err == nil && known.Host == host && known.Severity == models.SeveritySuspend {
			return models.Errorf(models.Conflict, "Validation failed: %s is blocked: lift the block first", host)
		}
		if err != nil && !models.IsNotFound(err) {
			return err
		}
		if before, err := tx.DomainAllowOf(host); err == nil {
			a.ID, a.CreatedAt = before.ID, before.CreatedAt
		} else if !models.IsNotFound(err) {
			return err
		}
		return tx.SaveDomainAllow(&a)
	}})
	return &a, impact, err
}

// foreignHost cleans the name of another server. Errors: Invalid, also for our own.
func (s *Service) foreignHost(name string) (string, error) {
	host, err := cleanHost(name)
	if err == nil && host == s.links.Host {
		err = invalid("domain", "Validation failed: Domain is this server itself")
	}
	return host, err
}

// DisallowDomain takes the allowance of a host back. Errors: Forbidden, NotFound.
func (s *Service) DisallowDomain(ctx context.Context, by By, host string) (*models.Impact, error) {
	host, err := cleanHost(host)
	if err != nil {
		return nil, err
	}
	return s.changePolicy(ctx, by, policyChange{action: "domain.refuse", host: host, edit: func(tx *models.Tx) error {
		if _, err := tx.DomainAllowOf(host); models.IsNotFound(err) {
			return models.Errorf(models.NotFound, "%s is not allowed by its own name.", host)
		} else if err != nil {
			return err
		}
		return tx.DeleteDomainAllow(host)
	}})
}

// DomainEntry is what was decided on one host, and what the policy makes of it.
type DomainEntry struct {
	Host    string
	Verdict models.Verdict
	Block   *models.DomainBlock // that holds for it: its own, or one of a domain above it
	Allow   *models.DomainAllow // its own
	Impact  models.HostImpact   // what there is between it and us
}

// DomainEntry tells of one host. Errors: Invalid for what is no name of a host.
func (s *Service) DomainEntry(ctx context.Context, name string) (*DomainEntry, error) {
	host, err := cleanHost(name)
	if err != nil {
		return nil, err
	}
	tx := s.store.Read(ctx)
	entry := &DomainEntry{Host: host}
	if entry.Verdict, err = tx.Policy(host); err != nil {
		return nil, err
	}
	if entry.Block, err = tx.DomainBlockOf(host); err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	if entry.Allow, err = tx.DomainAllowOf(host); err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	entry.Impact, err = tx.TiesWith(host)
	return entry, err
}
