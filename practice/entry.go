package practice

import (
	"context"
	"strings"
	"time"

	"praxis/internal/seal"
	"praxis/models"
)

// EntryPath is where links begin by which people become members of the instance, after the host.
const EntryPath = "/auth/invitation/"

// Whom the setting "invitations" lets make such links.
const (
	InviteNobody     = "nobody"
	InviteAdmins     = "admins"
	InviteModerators = "moderators"
	InviteMembers    = "members"
)

// maxEntryLinks is how many good links one member may have.
const maxEntryLinks = 50

// NewEntry is what a link allows.
type NewEntry struct {
	Note    string
	MaxUses int64         // 0 for any number
	Lasts   time.Duration // 0 for as long as it is not revoked
}

// EntryLinkURL gives the address of a link.
func (l Links) EntryLinkURL(token string) string { return l.Base + EntryPath + token }

// MayInvite reports whether an account may make links, where a setting says who may.
func MayInvite(account *models.Account, setting string) bool {
	role := models.RoleOf(account)
	switch setting {
	case InviteMembers:
		return account != nil
	case InviteModerators:
		return role.May(models.PermitUsers)
	case InviteAdmins:
		return role.May(models.PermitUserAccess)
	}
	return false
}

// MakeEntry makes a link by which people become members. By is who makes it; nil for the command line. Errors: Invalid for limits
// below zero, Forbidden for who has too many.
func (s *Service) MakeEntry(ctx context.Context, by *models.Actor, wanted NewEntry) (*models.EntryLink, error) {
	if wanted.MaxUses < 0 || wanted.Lasts < 0 {
		return nil, invalid("max_uses", "The limits of an invitation are numbers above zero, or nothing.")
	}
	link := &models.EntryLink{Token: seal.Random(), Note: cutRunes(strings.TrimSpace(wanted.Note), 200), MaxUses: wanted.MaxUses}
	if wanted.Lasts > 0 {
		link.ExpiresAt = models.At(s.store.Now().Add(wanted.Lasts))
	}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if by != nil {
			link.CreatedBy = by.ID
			if err := checkEntryLinks(tx, by); err != nil {
				return err
			}
		}
		if err := tx.PutEntryLink(link); err != nil {
			return err
		}
		return s.audit(tx, by, "invitation.create", named(entryName(link)), nil, map[string]any{"max_uses": link.MaxUses, "expires_at": link.ExpiresAt})
	})
	return link, err
}

// entryName is how the audit log calls a link: not by its token, which lets people in.
func entryName(link *models.EntryLink) string {
	return strings.TrimSpace("invitation " + format(link.ID) + " " + link.Note)
}

// checkEntryLinks refuses a member who has too many links that still count.
func checkEntryLinks(tx *models.Tx, by *models.Actor) error {
	mine, err := tx.EntryLinks(by.ID, 10*maxEntryLinks)
	if err != nil {
		return err
	}
	good := 0
	for i := range mine {
		if mine[i].IsGood(tx.Now()) {
			good++
		}
	}
	if good >= maxEntryLinks {
		return models.Errorf(models.Forbidden, "You have %d invitations that still count. Revoke some first.", good)
	}
	return nil
}

// EntryOf gives the link of a token, if it still counts. Errors: NotFound.
func (s *Service) EntryOf(ctx context.Context, token string) (*models.EntryLink, error) {
	link, err := s.store.Read(ctx).EntryLinkByToken(token)
	if models.IsNotFound(err) || (err == nil && !link.IsGood(models.At(s.store.Now()))) {
		return nil, errEntryOver()
	}
	return link, err
}

func errEntryOver() error {
	return models.Errorf(models.NotFound, "This invitation is wrong, was used, revoked, or is over. Ask whoever gave it to you for a new one.")
}

// useEntry counts one use of a link in the transaction of who comes by it (security case G14).
func useEntry(tx *models.Tx, token string) (int64, error) {
	link, err := tx.EntryLinkByToken(token)
	if models.IsNotFound(err) {
		return 0, errEntryOver()
	}
	if err != nil {
		return 0, err
	}
	used, err := tx.UseEntryLink(link.ID)
	if err == nil && !used {
		err = errEntryOver()
	}
	return link.ID, err
}

// RevokeEntry ends a link. By is who does; nil for an admin or the command line, who may end all. Errors: NotFound.
func (s *Service) RevokeEntry(ctx context.Context, by *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		link, err := tx.EntryLink(id)
		if err != nil {
			return err
		}
		if by != nil && link.CreatedBy != by.ID {
			return models.Errorf(models.NotFound, "invitation not found")
		}
		if err := tx.RevokeEntryLink(id); err != nil {
			return err
		}
		return s.audit(tx, by, "invitation.revoke", named(entryName(link)), nil, nil)
	})
}
