package practice

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"time"

	"praxis/federation/sign"
	"praxis/models"
)

// Directory finds actors and posts of other hosts. Its calls may talk to the network, so verbs make them before they
// open their transaction.
type Directory interface {
	// FindByHandle gives the actor of user@host, asking that host by WebFinger when it is unknown here. Errors:
	// NotFound when there is none, Unavailable when the host does not answer.
	FindByHandle(ctx context.Context, user, host string) (*models.Actor, error)
	// FindInstance gives the actor that signs for a host itself, asking that host. Errors: NotFound when it has none,
	// Unavailable when it does not answer.
	FindInstance(ctx context.Context, host string) (*models.Actor, error)
	// FindByURI gives the actor or the post that a URI or the URL of a page names; one of the two is nil.
	FindByURI(ctx context.Context, uri string) (*models.Actor, *models.Post, error)
	// Refresh gives an actor as its host has it at this moment. Errors: as FindByHandle.
	Refresh(ctx context.Context, uri string) (*models.Actor, error)
	// Charter gives the text of what a community of another host agreed on, byte for byte, and its address. Errors: NotFound, Invalid,
	// Unavailable.
	Charter(ctx context.Context, group *models.Actor) (said, address string, err error)
}

// Outbox tells other hosts what happened, in the caller's transaction: it writes activities and their deliveries, and
// sends nothing itself.
type Outbox interface {
	Publish(tx *models.Tx, event Event) error
}

// Limits bound what members write.
type Limits struct {
	PostChars int // characters of a post, 5000 unless set
	// Grace is how long whoever left the organization gets at what is theirs: DefaultGrace unless set, none below 0.
	Grace time.Duration
	Keep  Keep
	// SiblingDay is how many posts a sibling may send within a day, whatever its norm; 1000 unless set.
	SiblingDay int64
}

// Service carries out the verbs.
type Service struct {
	store     *models.Store
	links     Links
	limits    Limits
	directory Directory
	outbox    Outbox
	keys      func() (*sign.Keys, error)
	log       *slog.Logger
	media     mediaWorks
	barriers  barriers
	floods    floods
	letterDue func()     // called when a letter is due; nil where none can be sent
	providers []Provider // the sign-ins of organizations
	// letterTexts are what letters say.
	letterTexts letterTexts
	// onPreview is called after a commit that left a page to be fetched.
	onPreview func()
	// onBackfill is called after a commit that left something of another host to be fetched.
	onBackfill func()
	// onPartner is called after a commit that left something to be told a partner.
	onPartner func()
	// onUpload is called after a commit that left an upload to be worked on.
	onUpload func()
}

// New makes a Service. Directory and Outbox are set by Connect, since federation is built upon the Service.
func New(store *models.Store, links Links, limits Limits, log *slog.Logger) *Service {
	if limits.PostChars == 0 {
		limits.PostChars = 5000
	}
	if limits.SiblingDay == 0 {
		limits.SiblingDay = 1000
	}
	s := &Service{store: store, links: links, limits: limits, log: log, keys: freshKeys, letterTexts: ownTexts()}
	s.onUpload = s.WakeMedia
	return s
}

func freshKeys() (*sign.Keys, error) { return sign.GenerateKeys(rand.Reader) }

// UseKeys sets where new actors get their keys from: tests make many actors, and keys cost a lot of time. Call it before
// any verb.
func (s *Service) UseKeys(keys func() (*sign.Keys, error)) { s.keys = keys }

// Connect joins the seams. It must be called once, before any verb.
func (s *Service) Connect(directory Directory, outbox Outbox) {
	s.directory, s.outbox = directory, outbox
}

// Store gives the store that the verbs work on, for queries that only look.
func (s *Service) Store() *models.Store { return s.store }

// Links gives the addresses of what is ours.
func (s *Service) Links() Links { return s.links }

// Limits gives what bounds members.
func (s *Service) Limits() Limits { return s.limits }

// Directory gives the seam to other hosts, for searches.
func (s *Service) Directory() Directory { return s.directory }

// Cause is the activity from outside that a verb carries out: zero when a local member acts.
type Cause struct {
	URI string // the activity's id
	Raw []byte // its exact bytes: communities relay them unchanged (FEP-1b12)
	Via int64  // the community that passed it on; 0 when it came from its actor
	// Proof is set where the bytes carry a proof of their actor that was verified.
	Proof Proof
}

// Proof says by which key somebody proved what they said, and when, as the proof says.
type Proof struct {
	KeyID string
	At    models.Timestamp
}

// IsZero reports that a local member acts.
func (c Cause) IsZero() bool { return c.URI == "" && len(c.Raw) == 0 }

// invalid makes the error of a wrong input field.
func invalid(field, format string, args ...any) error {
	return models.FieldErrorf(field, format, args...)
}

func appendOnce[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}
