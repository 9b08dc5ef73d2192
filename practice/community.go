package practice

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"praxis/internal/text"
	"praxis/models"
)

// NewCommunity is what it takes to create a community.
type NewCommunity struct {
	Username    string
	DisplayName string
	Domain      string // what it cares for
	Request     bool   // joining needs approval: the same as Joining "request"
	Joining     string // open unless set
	Class       string // public unless set
	Unlisted    bool
	Convener    *models.Actor
}

var (
	classes      = []string{models.ClassPublic, models.ClassPartners, models.ClassMembers, models.ClassLocal}
	joinings     = []string{models.JoiningOpen, models.JoiningRequest, models.JoiningInvitation, models.JoiningClosed}
	recognitions = []string{"", models.RecognitionInformal, models.RecognitionRecognised, models.RecognitionSponsored}
)

// CreateCommunity makes a community with keys; Convener, if any, moderates and follows it. Errors: Invalid for a bad name,
// class or way to join, Conflict for a name that is or was taken.
func (s *Service) CreateCommunity(ctx context.Context, c NewCommunity) (*models.Actor, error) {
	return s.FoundCommunity(ctx, c, CommunityChange{})
}

// FoundCommunity is CreateCommunity with all that is said of the community; nothing is made when any of it is wrong. Pictures
// come later, by ChangeCommunity.
func (s *Service) FoundCommunity(ctx context.Context, c NewCommunity, change CommunityChange) (*models.Actor, error) {
	return s.foundCommunity(ctx, c, change, nil)
}

// FoundSibling founds a community that offers, to one of another host that is about the same, to become one with it: what to do in the
// place of a second community that nobody finds. Name is its address, or its name@host. Errors: those of FoundCommunity, FindCommunity
// and ProposeSibling; then nothing is made.
func (s *Service) FoundSibling(ctx context.Context, c NewCommunity, change CommunityChange, name string, terms SiblingTerms) (*models.Actor, error) {
	other, err := s.FindCommunity(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.foundCommunity(ctx, c, change, func(tx *models.Tx, made *models.Actor) error {
		p, err := s.newPair(tx, c.Convener, made, other)
		if err == nil {
			err = p.mayPropose()
		}
		if err == nil {
			err = p.propose(terms, "")
		}
		if err != nil {
			return err
		}
		return s.auditSibling(tx, c.Convener, "sibling.propose", p, nil)
	})
}

// foundCommunity is FoundCommunity with more that is done in the same transaction.
func (s *Service) foundCommunity(ctx context.Context, c NewCommunity, change CommunityChange, more func(tx *models.Tx, made *models.Actor) error) (*models.Actor, error) {
	if err := checkCommunity(change); err != nil {
		return nil, err
	}
	c.Username = strings.ToLower(strings.TrimPrefix(c.Username, "@"))
	if err := CheckName(c.Username); err != nil {
		return nil, err
	}
	if c.Joining == "" {
		c.Joining = models.JoiningOpen
	}
	if c.Request {
		c.Joining = models.JoiningRequest
	}
	c.Class = orElse(c.Class, models.ClassPublic)
	if err := checkOneOf("class", c.Class, classes); err != nil {
		return nil, err
	}
	if err := checkOneOf("joining", c.Joining, joinings); err != nil {
		return nil, err
	}
	actor := s.newActor(models.TypeGroup, c.Username, c.DisplayName)
	actor.SummarySource, actor.Summary = c.Domain, s.render(c.Domain, nil)
	actor.ModeratorsURI = actor.URI + "/moderators"
	community := &models.Community{Domain: c.Domain, Joining: c.Joining, Class: c.Class, Unlisted: c.Unlisted}
	expose(actor, community)
	err := s.createActor(ctx, actor, func(tx *models.Tx) error {
		community.ActorID = actor.ID
		if c.Convener != nil {
			community.CreatedBy = c.Convener.ID
		}
		if err := tx.CreateCommunity(community); err != nil {
			return err
		}
		if err := s.applyCommunity(tx, actor, community, c.Convener, change); err != nil {
			return err
		}
		if err := tx.SaveCommunity(community); err != nil {
			return err
		}
		if err := tx.UpdateActor(actor); err != nil {
			return err
		}
		if err := s.convene(tx, actor, c.Convener); err != nil || more == nil {
			return err
		}
		return more(tx, actor)
	})
	return actor, err
}

func checkOneOf(field, said string, allowed []string) error {
	if slices.Contains(allowed, said) {
		return nil
	}
	return invalid(field, "Validation failed: %s %q is none of %s", field, said, strings.Join(slices.DeleteFunc(slices.Clone(allowed),
		func(word string) bool { return word == "" }), ", "))
}

// expose sets what the actor says of a community's ways.
func expose(actor *models.Actor, c *models.Community) {
	actor.Locked = c.Joining == models.JoiningRequest || (!c.IsForAll() && c.Joining != models.JoiningOpen)
	actor.Discoverable, actor.Indexable = !c.Unlisted, !c.Unlisted && c.IsForAll()
}

func (s *Service) convene(tx *models.Tx, community, convener *models.Actor) error {
	if convener == nil {
		return nil
	}
	if err := tx.AddModerator(community.ID, convener.ID, models.RoleOfConvener); err != nil {
		return err
	}
	if err := tx.PutMembership(&models.Membership{
		CommunityID: community.ID, ActorID: convener.ID, Role: models.MemberCore, State: models.MembershipAccepted,
	}); err != nil {
		return err
	}
	return tx.PutFollow(&models.Follow{
		URI: s.links.Activity(tx.NewID()), ActorID: convener.ID, TargetID: community.ID,
		State: models.FollowAccepted, ShowReblogs: true,
	})
}

// CommunityChange is what a convener changes of a community; nil fields keep their value.
type CommunityChange struct {
	DisplayName    *string
	Domain         *string
	Joining        *string
	Class          *string
	Unlisted       *bool
	Charter        *string // as typed; a new text is a new version
	Rules          []string
	Languages      []string
	Place          *string
	Topics         []string
	Recognition    *string
	Sponsor        *string
	Label          *string
	ModeratorsPost *bool
	Avatar, Header *Picture
}

// What bounds a community's texts, in characters.
const (
	maxDomain    = 2000
	maxCharter   = 20000
	maxShort     = 100
	maxEntries   = 30
	maxEntryText = 500
)

// ChangeCommunity changes how a community of this instance is; followers whom the new class leaves out are dropped. Actor
// nil is the instance itself. Errors: Forbidden for who is no convener of it, Invalid for what is too long or unknown.
func (s *Service) ChangeCommunity(ctx context.Context, actor, community *models.Actor, change CommunityChange) (*models.Actor, error) {
	if err := checkCommunity(change); err != nil {
		return nil, err
	}
	pictures, err := s.portray(ctx, Profile{Avatar: change.Avatar, Header: change.Header})
	if err != nil {
		return nil, err
	}
	var current *models.Actor
	var old []string
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		row, err := s.convened(tx, actor, community)
		if err != nil {
			return err
		}
		if current, err = tx.Actor(community.ID); err != nil {
			return err
		}
		narrowed, version := change.Class != nil && *change.Class != row.Class, row.CharterVersion
		if err := s.applyCommunity(tx, current, row, actor, change); err != nil {
			return err
		}
		old = pictures.hang(current, s.links)
		if err := s.storeCommunity(tx, current, row, narrowed); err != nil || row.CharterVersion == version {
			return err
		}
		return s.offerCharter(tx, actor, current)
	})
	if err != nil {
		s.discard(ctx, pictures.names()...)
		return nil, err
	}
	s.discard(ctx, old...)
	return current, nil
}

func (s *Service) storeCommunity(tx *models.Tx, actor *models.Actor, row *models.Community, narrowed bool) error {
	if err := tx.SaveCommunity(row); err != nil {
		return err
	}
	if err := tx.UpdateActor(actor); err != nil {
		return err
	}
	if narrowed {
		if err := s.dropOutsiders(tx, actor, row); err != nil {
			return err
		}
		if err := s.restOtherClass(tx, actor); err != nil {
			return err
		}
	}
	return s.outbox.Publish(tx, ActorUpdated{Actor: actor})
}

// convened gives a community of this instance if an actor convenes it; nil is the instance itself.
func (s *Service) convened(tx *models.Tx, actor, community *models.Actor) (*models.Community, error) {
	row, err := tx.Community(community.ID)
	if err != nil {
		return nil, err
	}
	if !community.Local || community.IsGone() {
		return nil, models.Errorf(models.NotFound, "there is no such community here")
	}
	if actor == nil {
		return row, nil
	}
	role, err := tx.ModeratorRole(community.ID, actor.ID)
	if err != nil {
		return nil, err
	}
	if role == models.RoleOfConvener {
		return row, nil
	}
	if _, err := s.authorize(tx, actor, models.PermitSettings); err == nil {
		return row, nil
	}
	return nil, models.Errorf(models.Forbidden, "Only conveners of @%s may do this.", community.Acct())
}

func checkCommunity(c CommunityChange) error {
	texts := []struct {
		field string
		said  *string
		limit int
	}{
		{"display_name", c.DisplayName, maxShort},
		{"domain", c.Domain, maxDomain},
		{"charter", c.Charter, maxCharter},
		{"place", c.Place, maxShort},
		{"sponsor", c.Sponsor, maxShort},
		{"label", c.Label, maxShort},
	}
	for _, t := range texts {
		if t.said != nil && utf8.RuneCountInString(*t.said) > t.limit {
			return invalid(t.field, "Validation failed: %s has more than %d characters", t.field, t.limit)
		}
	}
	for field, list := range map[string][]string{"rules": c.Rules, "topics": c.Topics, "languages": c.Languages} {
		if err := checkEntries(field, list); err != nil {
			return err
		}
	}
	if c.Class != nil {
		if err := checkOneOf("class", *c.Class, classes); err != nil {
			return err
		}
	}
	if c.Joining != nil {
		if err := checkOneOf("joining", *c.Joining, joinings); err != nil {
			return err
		}
	}
	if c.Recognition != nil {
		return checkOneOf("recognition", *c.Recognition, recognitions)
	}
	return nil
}

func checkEntries(field string, list []string) error {
	if len(list) > maxEntries {
		return invalid(field, "Validation failed: %s has more than %d entries", field, maxEntries)
	}
	for _, entry := range list {
		if utf8.RuneCountInString(entry) > maxEntryText || strings.ContainsAny(entry, "\r\n") {
			return invalid(field, "Validation failed: each of %s is one line of at most %d characters", field, maxEntryText)
		}
		if field == "languages" && !isLanguage(entry) {
			return invalid(field, "Validation failed: %q is no language code such as en or pt-br", entry)
		}
	}
	return nil
}

func isLanguage(code string) bool {
	parts := strings.Split(strings.ToLower(code), "-")
	for i, part := range parts {
		good := !strings.ContainsFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') })
		if !good || len(part) > 8 || len(part) < 1 || (i == 0 && (len(part) < 2 || len(part) > 3)) {
			return false
		}
	}
	return true
}

func (s *Service) applyCommunity(tx *models.Tx, actor *models.Actor, row *models.Community, by *models.Actor, c CommunityChange) error {
	if c.DisplayName != nil {
		actor.DisplayName = text.CleanName(*c.DisplayName)
	}
	if c.Domain != nil {
		row.Domain = *c.Domain
		actor.SummarySource, actor.Summary = *c.Domain, s.render(*c.Domain, nil)
	}
	if c.ModeratorsPost != nil {
		actor.ModeratorsPost = *c.ModeratorsPost
	}
	set(&row.Joining, c.Joining)
	set(&row.Class, c.Class)
	set(&row.Unlisted, c.Unlisted)
	set(&row.Recognition, c.Recognition)
	for field, said := range map[*string]*string{&row.Place: c.Place, &row.Sponsor: c.Sponsor, &row.Label: c.Label} {
		if said != nil {
			*field = text.CleanName(*said)
		}
	}
	setList(&row.Rules, c.Rules, "\n")
	setList(&row.Topics, c.Topics, "\n")
	setList(&row.Languages, c.Languages, " ")
	expose(actor, row)
	return s.charter(tx, row, by, c.Charter)
}

func set[T any](field *T, said *T) {
	if said != nil {
		*field = *said
	}
}

func setList(field *string, said []string, between string) {
	if said == nil {
		return
	}
	var kept []string
	for _, entry := range said {
		if entry = strings.TrimSpace(entry); entry != "" {
			kept = appendOnce(kept, entry)
		}
	}
	*field = strings.Join(kept, between)
}

// charter makes a new version of what the community agreed on, unless the text is the same.
func (s *Service) charter(tx *models.Tx, row *models.Community, by *models.Actor, said *string) error {
	if said == nil || sameText(*said, row.CharterSource) {
		return nil
	}
	return s.newCharter(tx, row, by, strings.TrimSpace(*said))
}

// sameText compares texts as people do: a form sends other line ends than what was taken over may have, and no blanks around it.
func sameText(one, other string) bool {
	plain := func(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
	return plain(one) == plain(other)
}

// newCharter makes a new version of a text, byte for byte: its digest names it.
func (s *Service) newCharter(tx *models.Tx, row *models.Community, by *models.Actor, said string) error {
	row.CharterSource = said
	row.Charter = s.render(row.CharterSource, nil)
	row.CharterVersion++
	row.CharterAt = tx.Now()
	version := &models.CharterVersion{CommunityID: row.ActorID, Version: row.CharterVersion, Source: row.CharterSource}
	if by != nil {
		version.ChangedBy = by.ID
	}
	return tx.AddCharterVersion(version)
}
