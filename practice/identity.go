package practice

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"praxis/internal/seal"
	"praxis/models"
)

// Provider is a sign-in of an organization: what the groups that it names may do here.
type Provider struct {
	Key, Name, Issuer string
	Allowed           []string // one of which a person must have; none: everybody
	Admins            []string
	Moderators        []string
	Communities       map[string][]string // group -> user names of communities that its people join
	Create            bool                // people whom nobody knows yet get an account
	Contact           string              // whom to ask, for the pages; "" for the administration
}

// Person is what a provider says of somebody; whoever makes one has checked it.
type Person struct {
	Provider     string // key of the Provider
	Issuer       string
	Subject      string
	ExternalID   string
	Login        string
	Name         string
	Email        string // vouched for by the provider; "" else
	Groups       []string
	SID          string
	RefreshToken string
}

// UseProviders sets the sign-ins that there are. Call it before any verb.
func (s *Service) UseProviders(providers []Provider) { s.providers = providers }

// Providers gives the sign-ins that there are.
func (s *Service) Providers() []Provider { return s.providers }

// Provider gives the sign-in of a key; nil for none.
func (s *Service) Provider(key string) *Provider {
	for i := range s.providers {
		if s.providers[i].Key == key {
			return &s.providers[i]
		}
	}
	return nil
}

// admitPerson refuses people whom the groups do not let in.
func (s *Service) admitPerson(who Person) (*Provider, error) {
	provider := s.Provider(who.Provider)
	if provider == nil || provider.Issuer != who.Issuer {
		return nil, models.Errorf(models.Forbidden, "This instance has no such sign-in.")
	}
	inGroup := func(group string) bool { return slices.Contains(who.Groups, group) }
	if len(provider.Allowed) > 0 && !slices.ContainsFunc(provider.Allowed, inGroup) {
		return nil, models.Errorf(models.Forbidden,
			"%s knows you, but you are in none of the groups that may use this instance. Ask %s to add you to one, then sign in again.", provider.Name, provider.contact())
	}
	return provider, nil
}

func (p *Provider) contact() string {
	if p.Contact == "" {
		return "an administrator of this instance"
	}
	return p.Contact
}

// EnterByIdentity gives the account of somebody whom a provider sent, and does what the groups say. Errors: NotFound for
// whom nobody knows yet, Forbidden for who may not come in.
func (s *Service) EnterByIdentity(ctx context.Context, who Person) (*models.Account, *models.Identity, error) {
	provider, err := s.admitPerson(who)
	if err != nil {
		return nil, nil, err
	}
	var account *models.Account
	var identity *models.Identity
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		if identity, err = tx.IdentityOf(who.Issuer, who.Subject); err != nil {
			return s.unknownPerson(err, provider)
		}
		if account, err = tx.Account(identity.AccountID); err != nil {
			return err
		}
		if identity.EndedAt != 0 {
			return models.Errorf(models.Forbidden, "%s said that you have left. If that is wrong, ask %s.", provider.Name, provider.contact())
		}
		return s.welcomeBack(tx, account, identity, provider, who)
	})
	return account, identity, err
}

// unknownPerson: where accounts are not made by signing in, somebody has to be attached first.
func (s *Service) unknownPerson(err error, provider *Provider) error {
	if models.IsNotFound(err) && !provider.Create {
		return models.Errorf(models.Forbidden, "%s knows you, but you have no account here yet. Ask %s for one; then connect it with this sign-in in your settings.",
			provider.Name, provider.contact())
	}
	return err
}

// welcomeBack notes what the provider says now, and does what the groups say.
func (s *Service) welcomeBack(tx *models.Tx, account *models.Account, identity *models.Identity, provider *Provider, who Person) error {
	known := strings.Split(identity.GroupNames, "\n")
	if err := s.noteIdentity(tx, identity, who); err != nil {
		return err
	}
	if err := tx.SaveIdentity(identity); err != nil {
		return err
	}
	if err := s.roleByGroups(tx, account, provider, who.Groups); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(who.Groups), func(group string) bool { return slices.Contains(known, group) })
	return s.joinByGroups(tx, account, provider, fresh)
}

// noteIdentity fills in what the provider says now.
func (s *Service) noteIdentity(tx *models.Tx, identity *models.Identity, who Person) error {
	identity.Provider, identity.ExternalID, identity.Login, identity.Email = who.Provider, who.ExternalID, who.Login, who.Email
	identity.GroupNames, identity.SeenAt = strings.Join(who.Groups, "\n"), tx.Now()
	box, err := s.tokenBox(tx)
	if err != nil {
		return err
	}
	identity.RefreshToken = box.Seal(who.RefreshToken, who.Issuer+"\n"+who.Subject)
	return nil
}

// tokenBox seals what other systems gave us.
func (s *Service) tokenBox(tx *models.Tx) (*seal.Box, error) {
	secret, err := tx.Secret()
	if err != nil {
		return nil, err
	}
	return seal.New(secret, "tokens of providers")
}

// Newcomer is what somebody chooses who signs in by a provider for the first time.
type Newcomer struct {
	Username  string
	Agreement bool
	Locale    string
	IP        netip.Addr
}

// CreateByIdentity makes an account for somebody whom a provider sent for the first time. Errors: Refusals for the name,
// Conflict when the identity has an account already, Forbidden.
func (s *Service) CreateByIdentity(ctx context.Context, who Person, chosen Newcomer) (*models.Account, *models.Identity, error) {
	provider, err := s.admitPerson(who)
	if err == nil && !provider.Create {
		err = s.unknownPerson(models.Errorf(models.NotFound, "identity not found"), provider)
	}
	if err != nil {
		return nil, nil, err
	}
	chosen.Username = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(chosen.Username, "@")))
	if wrong := checkNewcomer(chosen); len(wrong) > 0 {
		return nil, nil, wrong
	}
	account := &models.Account{Role: models.RoleMember, DefaultVisibility: models.Public, DefaultQuotePolicy: "public", Locale: chosen.Locale}
	if chosen.IP.IsValid() {
		account.SignUpIP = chosen.IP.String()
	}
	identity := &models.Identity{Issuer: who.Issuer, Subject: who.Subject}
	actor := s.newActor(models.TypePerson, chosen.Username, who.Name)
	err = s.createActorAfter(ctx, actor, func(tx *models.Tx) error { return s.checkNewcomerFree(tx, chosen.Username, who, account) },
		func(tx *models.Tx) error {
			account.ActorID = actor.ID
			if err := tx.CreateAccount(account); err != nil {
				return err
			}
			return s.attachIdentity(tx, account, identity, provider, who)
		})
	return account, identity, err
}

func checkNewcomer(chosen Newcomer) Refusals {
	var wrong Refusals
	if err := CheckName(chosen.Username); err != nil {
		description := "must have 1 to 30 of the characters a-z, 0-9 and _"
		if reservedNames[chosen.Username] {
			description = "is reserved: choose another one"
		}
		wrong = append(wrong, Refusal{"username", "ERR_INVALID", description})
	}
	if !chosen.Agreement {
		wrong = append(wrong, Refusal{"agreement", "ERR_ACCEPTED", "must be accepted"})
	}
	return wrong
}

// checkNewcomerFree looks whether name and identity are to be had. An address that somebody else has is not taken over, nor does
// it tell that somebody has it (security case G11).
func (s *Service) checkNewcomerFree(tx *models.Tx, username string, who Person, account *models.Account) error {
	if err := tx.LockSignUps(); err != nil {
		return err
	}
	if _, err := tx.IdentityOf(who.Issuer, who.Subject); err == nil {
		return models.Errorf(models.Conflict, "You have an account already: sign in again.")
	} else if !models.IsNotFound(err) {
		return err
	}
	switch _, err := tx.ActorByHandle(username, s.links.Host); {
	case err == nil:
		return Refusals{{"username", "ERR_TAKEN", "has already been taken"}}
	case !models.IsNotFound(err):
		return err
	}
	if who.Email == "" || !isEmail(who.Email) {
		return nil
	}
	refused, err := s.checkAddress(tx, who.Email, 0)
	if err == nil && refused == nil {
		account.Email = who.Email
	}
	return err
}

// attachIdentity stores a new identity of an account, and does what the groups say.
func (s *Service) attachIdentity(tx *models.Tx, account *models.Account, identity *models.Identity, provider *Provider, who Person) error {
	identity.AccountID = account.ID
	if err := s.noteIdentity(tx, identity, who); err != nil {
		return err
	}
	if err := tx.PutIdentity(identity); err != nil {
		return err
	}
	if err := s.roleByGroups(tx, account, provider, who.Groups); err != nil {
		return err
	}
	return s.joinByGroups(tx, account, provider, who.Groups)
}

// AttachIdentity lets a member sign in by a provider, too. Only the member may ask for that, from within a session. Errors:
// Conflict for an identity that is somebody else's, Forbidden.
func (s *Service) AttachIdentity(ctx context.Context, accountID int64, who Person) (*models.Identity, error) {
	provider, err := s.admitPerson(who)
	if err != nil {
		return nil, err
	}
	identity := &models.Identity{Issuer: who.Issuer, Subject: who.Subject}
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		known, err := tx.IdentityOf(who.Issuer, who.Subject)
		switch {
		case err == nil && known.AccountID == accountID:
			*identity = *known
			return nil
		case err == nil:
			return models.Errorf(models.Conflict, "This sign-in belongs to another account of this instance. Sign in with it there and disconnect it, or use another one.")
		case !models.IsNotFound(err):
			return err
		}
		if err := s.attachIdentity(tx, account, identity, provider, who); err != nil {
			return err
		}
		return s.tellChange(tx, account, "the sign-in of "+provider.Name+" was connected")
	})
	return identity, err
}

// DetachIdentity takes a sign-in from an account, and ends the sessions that it opened. Passwords says whether the account
// could still sign in with its own. Errors: NotFound, Conflict for the last way in.
func (s *Service) DetachIdentity(ctx context.Context, accountID, identityID int64, passwords bool) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.Account(accountID)
		if err != nil {
			return err
		}
		all, err := tx.IdentitiesOf(accountID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(i models.Identity) bool { return i.ID == identityID }) {
			return models.Errorf(models.NotFound, "identity not found")
		}
		if len(all) == 1 && (account.PasswordHash == "" || !passwords) {
			return models.Errorf(models.Conflict, "This is the only way into your account. Set a password, or connect another sign-in, first.")
		}
		if err := tx.DeleteIdentity(identityID); err != nil {
			return err
		}
		return s.tellChange(tx, account, "a sign-in of an organization was disconnected")
	})
}

// SuggestName makes a user name of what a provider calls somebody, that is free if possible.
func (s *Service) SuggestName(ctx context.Context, who Person) (string, error) {
	login, _, _ := strings.Cut(who.Login, "@")
	base := cutRunes(strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
			return c
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		case c == '.', c == '-', c == ' ':
			return '_'
		}
		return -1
	}, login), 28)
	if base == "" {
		return "", nil
	}
	tx := s.store.Read(ctx)
	for _, name := range []string{base, base + "2", base + "3", base + "4"} {
		if CheckName(name) != nil {
			continue
		}
		if _, err := tx.ActorByHandle(name, s.links.Host); models.IsNotFound(err) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", nil
}
