package practice

import (
	"context"
	"regexp"
	"strings"

	"praxis/internal/password"
	"praxis/internal/text"
	"praxis/models"
)

// NewMember is what it takes to create a member.
type NewMember struct {
	Username    string
	DisplayName string
	Email       string
	Password    string // "" makes an account that nobody can sign in to yet
	Admin       bool
	BreakGlass  bool // an emergency account
	Hashing     password.Params
}

// namePattern: lower case, since ids are compared so by some peers; no hyphen, since some don't see mentions with one.
var namePattern = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)

// reservedNames are addresses of ours, and names that people trust.
var reservedNames = map[string]bool{
	"actor": true, "admin": true, "administrator": true, "api": true, "auth": true, "inbox": true, "instance": true,
	"moderator": true, "oauth": true, "praxis": true, "root": true, "security": true, "support": true, "system": true,
}

// CheckName reports what is wrong with a user name, as an Invalid error; nil when it is good.
func CheckName(name string) error {
	if !namePattern.MatchString(name) {
		return invalid("username", "user name %q is not allowed: use 1 to 30 of the characters a-z, 0-9 and _", cutRunes(name, 40))
	}
	if reservedNames[name] {
		return invalid("username", "user name %q is reserved: choose another one", name)
	}
	return nil
}

// CreateMember makes a member with keys and an account. Errors: Invalid for a bad name or password, Conflict for a name
// that is or was taken, by a community too.
func (s *Service) CreateMember(ctx context.Context, m NewMember) (*models.Actor, error) {
	m.Username = strings.ToLower(strings.TrimPrefix(m.Username, "@"))
	if err := CheckName(m.Username); err != nil {
		return nil, err
	}
	hash, err := hashPassword(m)
	if err != nil {
		return nil, err
	}
	actor := s.newActor(models.TypePerson, m.Username, m.DisplayName)
	account := &models.Account{Email: strings.TrimSpace(m.Email), PasswordHash: hash, Role: models.RoleMember, DefaultVisibility: models.Public}
	if m.Admin {
		account.Role = models.RoleAdmin
	}
	account.BreakGlass = m.BreakGlass
	err = s.createActor(ctx, actor, func(tx *models.Tx) error {
		account.ActorID = actor.ID
		return tx.CreateAccount(account)
	})
	return actor, err
}

func hashPassword(m NewMember) (string, error) {
	if m.Password == "" {
		return "", nil
	}
	hash, err := password.Hash(m.Password, m.Hashing)
	if err != nil {
		return "", invalid("password", "%s", err.Error())
	}
	return hash, nil
}

// EnsureInstanceActor gives the actor that signs for the server itself, made on first use.
func (s *Service) EnsureInstanceActor(ctx context.Context) (*models.Actor, error) {
	known, err := s.store.Read(ctx).ActorByURI(s.links.Actor(models.TypeApplication, ""))
	if err == nil || !models.IsNotFound(err) {
		return known, err
	}
	if other, err := s.store.Read(ctx).ActorByHandle(s.links.Host, s.links.Host); err == nil && other.Local {
		return nil, models.Errorf(models.Conflict, "the database belongs to %s and the settings make it %s: ids cannot change, so correct development, tls_certificate or host",
			strings.TrimSuffix(other.URL, "/"), s.links.Base)
	}
	actor := s.newActor(models.TypeApplication, s.links.Host, s.links.Host)
	actor.Discoverable, actor.Indexable = false, false
	actor.URL = s.links.Base + "/"
	err = s.createActor(ctx, actor, func(*models.Tx) error { return nil })
	return actor, err
}

func (s *Service) newActor(actorType, username, displayName string) *models.Actor {
	uri := s.links.Actor(actorType, username)
	return &models.Actor{
		URI: uri, Type: actorType, Username: username, Host: s.links.Host, Local: true,
		DisplayName: text.CleanName(displayName), URL: s.links.Profile(username),
		Inbox: uri + "/inbox", SharedInbox: s.links.SharedInbox(), Outbox: uri + "/outbox",
		FollowersURI: uri + "/followers", FollowingURI: uri + "/following", FeaturedURI: uri + "/featured",
		PublicKeyID: uri + "#main-key", Ed25519KeyID: uri + "#ed25519-key",
		Discoverable: true, Indexable: true,
	}
}

// createActor makes the keys, then stores the actor, its keys and what else it needs together.
func (s *Service) createActor(ctx context.Context, actor *models.Actor, more func(tx *models.Tx) error) error {
	return s.createActorAfter(ctx, actor, func(*models.Tx) error { return nil }, more)
}

// createActorAfter is createActor with a check before it in the same transaction.
func (s *Service) createActorAfter(ctx context.Context, actor *models.Actor, check, more func(tx *models.Tx) error) error {
	fresh, err := s.freshKeys(actor)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		if err := tx.CreateActor(actor); err != nil {
			return err
		}
		fresh.ActorID = actor.ID
		if err := tx.PutActorKey(fresh); err != nil {
			return err
		}
		return more(tx)
	})
}

// SetPassword replaces a member's password and ends every session and token that the old one opened (security case G8).
func (s *Service) SetPassword(ctx context.Context, actor *models.Actor, plain string, params password.Params) error {
	hash, err := password.Hash(plain, params)
	if err != nil {
		return invalid("password", "%s", err.Error())
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actor.ID)
		if err != nil {
			return err
		}
		account.PasswordHash = hash
		if err := tx.SaveAccount(account); err != nil {
			return err
		}
		if err := tx.DeleteWebSessionsOf(account.ID); err != nil {
			return err
		}
		return tx.RevokeOAuthTokensOfAccount(account.ID)
	})
}

// Profile is what a member changes of themselves; nil fields keep their value.
type Profile struct {
	DisplayName  *string
	Note         *string // as typed
	Locked       *bool
	Discoverable *bool
	Indexable    *bool
	Fields       []models.Field // as typed
	Avatar       *Picture
	Header       *Picture
	Bot          *bool
	// HideCollections keeps whom the member follows, and who follows the member, from others.
	HideCollections *bool
	// AttributionDomains are hosts whose pages may name the member as their author; nil keeps them.
	AttributionDomains []string
}

// UpdateProfile changes a member's profile. Errors: Invalid for what is too long.
func (s *Service) UpdateProfile(ctx context.Context, actor *models.Actor, change Profile) (*models.Actor, error) {
	if err := checkProfile(change); err != nil {
		return nil, err
	}
	domains, err := attributionDomains(change.AttributionDomains)
	if err != nil {
		return nil, err
	}
	pictures, err := s.portray(ctx, change)
	if err != nil {
		return nil, err
	}
	var current *models.Actor
	var old []string
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if current, err = tx.Actor(actor.ID); err != nil {
			return err
		}
		s.applyProfile(current, change)
		old = pictures.hang(current, s.links)
		if change.AttributionDomains != nil {
			current.AttributionDomains = domains
		}
		if err := tx.UpdateActor(current); err != nil {
			return err
		}
		return s.outbox.Publish(tx, ActorUpdated{Actor: current})
	})
	if err != nil {
		s.discard(ctx, pictures.names()...)
		return nil, err
	}
	s.discard(ctx, old...)
	return current, nil
}

// maxAttributionDomains is how many hosts may name a member as the author of their pages.
const maxAttributionDomains = 100

func attributionDomains(typed []string) (string, error) {
	if len(typed) > maxAttributionDomains {
		return "", invalid("attribution_domains", "Validation failed: Attribution domains are more than %d", maxAttributionDomains)
	}
	var hosts []string
	for _, name := range typed {
		name = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(name), "https://"), "http://")
		name, _, _ = strings.Cut(name, "/")
		if name == "" {
			continue
		}
		host, err := cleanHost(name)
		if err != nil {
			return "", invalid("attribution_domains", "Validation failed: Attribution domains must be host names such as example.com")
		}
		hosts = appendOnce(hosts, host)
	}
	return strings.Join(hosts, "\n"), nil
}

func (s *Service) applyProfile(actor *models.Actor, change Profile) {
	if change.DisplayName != nil {
		actor.DisplayName = text.CleanName(*change.DisplayName)
	}
	if change.Note != nil {
		actor.SummarySource = *change.Note
		actor.Summary = s.render(*change.Note, nil)
	}
	if change.Locked != nil {
		actor.Locked = *change.Locked
	}
	if change.Discoverable != nil {
		actor.Discoverable = *change.Discoverable
	}
	if change.Indexable != nil {
		actor.Indexable = *change.Indexable
	}
	if change.Bot != nil {
		actor.Bot = *change.Bot
	}
	if change.HideCollections != nil {
		actor.HideCollections = *change.HideCollections
	}
	if change.Fields != nil {
		actor.Fields = s.renderFields(change.Fields)
	}
}
