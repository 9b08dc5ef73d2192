package practice

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"praxis/models"
)

// What bounds the texts of blocks, in characters.
const maxBlockText = 1000

// hostPattern is a name that hosts can have, with or without a port.
var hostPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$`)

// cleanHost gives a host name as it is compared. Errors: Invalid.
func cleanHost(name string) (string, error) {
	name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii
	}
	if len(name) > 253 || !hostPattern.MatchString(name) {
		return "", invalid("domain", "Validation failed: Domain is not a valid domain name, such as example.com")
	}
	return name, nil
}

// BlockDomain blocks a host, or changes its block when b has an id. Errors: Forbidden, Invalid, Conflict for a host that is
// blocked at least as much already.
func (s *Service) BlockDomain(ctx context.Context, moderator *models.Actor, b models.DomainBlock) (*models.DomainBlock, error) {
	saved, _, err := s.BlockDomainBy(ctx, By{Moderator: moderator}, b)
	return saved, err
}

// BlockDomainBy is BlockDomain, and tells what it cuts off. A host that is blocked entirely is allowed no longer.
func (s *Service) BlockDomainBy(ctx context.Context, by By, b models.DomainBlock) (*models.DomainBlock, *models.Impact, error) {
	host, err := s.foreignHost(b.Host)
	if err != nil {
		return nil, nil, err
	}
	b.Host = host
	if !slices.Contains([]string{models.SeverityNoop, models.SeveritySilence, models.SeveritySuspend}, b.Severity) {
		return nil, nil, invalid("severity", "Validation failed: severity %q is none of silence, suspend, noop", b.Severity)
	}
	b.PrivateComment, b.PublicComment, b.Contact = clip(b.PrivateComment), clip(b.PublicComment), clip(b.Contact)
	impact, err := s.changePolicy(ctx, by, policyChange{
		action: "domain.block", host: host,
		edit:    func(tx *models.Tx) error { return putBlock(tx, &b) },
		enforce: func(tx *models.Tx) error { return enforce(tx, &b) },
	})
	return &b, impact, err
}

// TryBlock tells what a block of a host, new or changed, would cut off.
func (s *Service) TryBlock(ctx context.Context, by By, name, severity string) (*models.Impact, error) {
	by.DryRun = true
	b, err := s.BlockOf(ctx, name)
	if err != nil {
		return nil, err
	}
	if b.Severity = severity; severity == "" {
		b.Severity = models.SeveritySuspend
	}
	_, impact, err := s.BlockDomainBy(ctx, by, *b)
	return impact, err
}

// BlockOf gives the block of exactly a host, to be changed; a blank one where there is none. Errors: Invalid.
func (s *Service) BlockOf(ctx context.Context, name string) (*models.DomainBlock, error) {
	host, err := s.foreignHost(name)
	if err != nil {
		return nil, err
	}
	known, err := s.store.Read(ctx).DomainBlockOf(host)
	if models.IsNotFound(err) || (err == nil && known.Host != host) {
		return &models.DomainBlock{Host: host}, nil
	}
	return known, err
}

// LiftBlock is UnblockDomainBy for the name of a host. Errors: Invalid, NotFound, Conflict where it is a domain above it that is
// blocked.
func (s *Service) LiftBlock(ctx context.Context, by By, name string) (*models.Impact, error) {
	host, err := cleanHost(name)
	if err != nil {
		return nil, err
	}
	known, err := s.store.Read(ctx).DomainBlockOf(host)
	switch {
	case models.IsNotFound(err):
		return nil, models.Errorf(models.NotFound, "%s is not blocked.", host)
	case err != nil:
		return nil, err
	case known.Host != host:
		return nil, models.Errorf(models.Conflict, "%s is blocked through %s: lift that block.", host, known.Host)
	}
	return s.UnblockDomainBy(ctx, by, known.ID)
}

func putBlock(tx *models.Tx, b *models.DomainBlock) error {
	if b.ID == 0 {
		if err := checkNoBlock(tx, b.Host); err != nil {
			return err
		}
	} else if err := liftLimits(tx, b.ID); err != nil {
		return err
	}
	if b.Severity == models.SeveritySuspend {
		if err := tx.DeleteDomainAllow(b.Host); err != nil {
			return err
		}
	}
	return tx.SaveDomainBlock(b)
}

func clip(text string) string {
	if runes := []rune(text); len(runes) > maxBlockText {
		return string(runes[:maxBlockText])
	}
	return text
}

func checkNoBlock(tx *models.Tx, host string) error {
	known, err := tx.DomainBlockOf(host)
	switch {
	case models.IsNotFound(err) || (err == nil && known.Host != host):
		return nil
	case err != nil:
		return err
	}
	return &HostBlockExists{Block: known}
}

// HostBlockExists says that a host is blocked already, and how.
type HostBlockExists struct{ Block *models.DomainBlock }

// Error says so.
func (e *HostBlockExists) Error() string {
	return "Validation failed: " + e.Block.Host + " is blocked already"
}

// liftLimits undoes what a block did to actors that are known here.
func liftLimits(tx *models.Tx, id int64) error {
	known, err := tx.DomainBlock(id)
	if err != nil || known.Severity != models.SeveritySilence {
		return err
	}
	return tx.UnsilenceHost(known)
}

func enforce(tx *models.Tx, b *models.DomainBlock) error {
	switch b.Severity {
	case models.SeveritySilence:
		return tx.SilenceHost(b)
	case models.SeveritySuspend:
		return tx.EndFollowsOfHost(b.Host)
	}
	return nil
}

// UnblockDomain lifts the block of an id. Errors: Forbidden, NotFound.
func (s *Service) UnblockDomain(ctx context.Context, moderator *models.Actor, id int64) error {
	_, err := s.UnblockDomainBy(ctx, By{Moderator: moderator}, id)
	return err
}

// UnblockDomainBy is UnblockDomain, and tells whom it admits.
func (s *Service) UnblockDomainBy(ctx context.Context, by By, id int64) (*models.Impact, error) {
	block, err := s.store.Read(ctx).DomainBlock(id)
	if err != nil && !models.IsNotFound(err) {
		return nil, err
	}
	change := policyChange{action: "domain.unblock", edit: func(tx *models.Tx) error {
		current, err := tx.DomainBlock(id)
		if err != nil {
			return err
		}
		if err := liftLimits(tx, id); err != nil {
			return err
		}
		return tx.DeleteDomainBlock(current.Host)
	}}
	if block != nil {
		change.host = block.Host
	}
	return s.changePolicy(ctx, by, change)
}

// guarded runs a change of the blocks that bar people from signing up, and records it.
func (s *Service) guarded(ctx context.Context, moderator *models.Actor, action, subject string, change func(tx *models.Tx) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, moderator, models.PermitBlocks); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		tx.AfterCommit(s.barriers.forget)
		return s.audit(tx, moderator, action, named(subject), nil, nil)
	})
}

// BlockIP bars a range of addresses, or changes its block when b has an id. Errors: Forbidden, Invalid for what is no
// range, Conflict for one that is barred already.
func (s *Service) BlockIP(ctx context.Context, moderator *models.Actor, b models.IPBlock) (*models.IPBlock, error) {
	prefix, err := readPrefix(b.Prefix)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{models.BarSignUpApproval, models.BarSignUp, models.BarAccess}, b.Severity) {
		return nil, invalid("severity", "Validation failed: severity %q is none of sign_up_requires_approval, sign_up_block, no_access", b.Severity)
	}
	b.Prefix, b.Comment = prefix.String(), clip(b.Comment)
	err = s.guarded(ctx, moderator, "address.block", b.Prefix, func(tx *models.Tx) error { return tx.SaveIPBlock(&b) })
	return &b, err
}

func readPrefix(text string) (netip.Prefix, error) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return prefix, invalid("ip", "Validation failed: Ip is neither an address nor a range such as 192.0.2.0/24")
	}
	return prefix.Masked(), nil
}

// UnblockIP lifts the block of an id. Errors: Forbidden, NotFound.
func (s *Service) UnblockIP(ctx context.Context, moderator *models.Actor, id int64) error {
	return s.guarded(ctx, moderator, "address.unblock", format(id), func(tx *models.Tx) error {
		if _, err := tx.IPBlock(id); err != nil {
			return err
		}
		return tx.DeleteIPBlock(id)
	})
}

// BlockEmailDomain keeps those with an address of a domain from signing up. Errors: Forbidden, Invalid, Conflict.
func (s *Service) BlockEmailDomain(ctx context.Context, moderator *models.Actor, domain string, allowApproval bool) (*models.EmailDomainBlock, error) {
	host, err := cleanHost(domain)
	if err != nil {
		return nil, err
	}
	block := &models.EmailDomainBlock{Domain: host, AllowApproval: allowApproval}
	err = s.guarded(ctx, moderator, "email_domain.block", host, func(tx *models.Tx) error { return tx.CreateEmailDomainBlock(block) })
	return block, err
}

// UnblockEmailDomain lifts the block of an id. Errors: Forbidden, NotFound.
func (s *Service) UnblockEmailDomain(ctx context.Context, moderator *models.Actor, id int64) error {
	return s.guarded(ctx, moderator, "email_domain.unblock", format(id), func(tx *models.Tx) error {
		if _, err := tx.EmailDomainBlock(id); err != nil {
			return err
		}
		return tx.DeleteEmailDomainBlock(id)
	})
}

// hashPattern is a SHA-256 in hexadecimal.
var hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// BlockEmail keeps one address away, by itself or by its hash. Errors: Forbidden, Invalid.
func (s *Service) BlockEmail(ctx context.Context, moderator *models.Actor, email, hash string) (*models.CanonicalEmailBlock, error) {
	if email != "" {
		if !isEmail(email) {
			return nil, invalid("email", "Validation failed: Email is not a valid e-mail address")
		}
		hash = models.CanonicalEmailHash(email)
	}
	if hash = strings.ToLower(hash); !hashPattern.MatchString(hash) {
		return nil, invalid("canonical_email_hash", "Validation failed: send email, or canonical_email_hash with a SHA-256 in hexadecimal")
	}
	var block *models.CanonicalEmailBlock
	err := s.guarded(ctx, moderator, "email.block", hash, func(tx *models.Tx) (err error) {
		block, err = tx.PutCanonicalEmailBlock(hash)
		return err
	})
	return block, err
}

// UnblockEmail lifts the block of an id. Errors: Forbidden, NotFound.
func (s *Service) UnblockEmail(ctx context.Context, moderator *models.Actor, id int64) error {
	return s.guarded(ctx, moderator, "email.unblock", format(id), func(tx *models.Tx) error {
		if _, err := tx.CanonicalEmailBlock(id); err != nil {
			return err
		}
		return tx.DeleteCanonicalEmailBlock(id)
	})
}
