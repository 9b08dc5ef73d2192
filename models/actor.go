package models

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The actor types of ActivityStreams that Praxis tells apart.
const (
	TypePerson      = "Person"
	TypeGroup       = "Group"
	TypeApplication = "Application"
	TypeService     = "Service"
	TypeFeed        = "Feed" // a set of communities
)

// Actor is whoever acts: a member (Person), a community (Group) or a server (Application), of this host or another.
// One name space: Handle is unique over all types.
type Actor struct {
	ID             int64
	URI            string
	Type           string
	Username       string
	Host           string // "hospital.example", with ":port" in development
	Handle         string // lower(Username)@Host, unique
	Local          bool
	DisplayName    string
	Summary        string // sanitised HTML
	SummarySource  string // as typed, local actors only
	URL            string // the page for people
	Inbox          string
	SharedInbox    string
	Outbox         string
	FollowersURI   string
	FollowingURI   string
	FeaturedURI    string
	ModeratorsURI  string
	PublicKeyID    string
	PublicKeyPEM   string `gorm:"column:public_key_pem"`
	Ed25519KeyID   string `gorm:"column:ed25519_key_id"`
	Ed25519Key     string `gorm:"column:ed25519_key"` // multibase, FEP-521a
	IconURL        string
	ImageURL       string
	IconFile       string // the name under which the picture is kept here; local actors only
	ImageFile      string
	Fields         string // JSON of []Field
	AlsoKnownAs    string // URIs, one a line
	MovedToURI     string
	Locked         bool // follows need approval (manuallyApprovesFollowers)
	Discoverable   bool
	Indexable      bool
	ModeratorsPost bool // only moderators may start threads (postingRestrictedToMods)
	FollowersCount int64
	FollowingCount int64
	PostsCount     int64
	LastPostAt     Timestamp
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
	UpdatedAt      Timestamp `gorm:"autoUpdateTime:false"`
	FetchedAt      Timestamp
	SuspendedAt    Timestamp
	DeletedAt      Timestamp
	Bot            bool // a member that is a program; its document says Service
	// HideCollections keeps whom an actor follows, and who follows it, to itself: others see numbers only.
	HideCollections    bool
	AttributionDomains string    // hosts whose pages may name the actor as their author, one a line
	SilencedAt         Timestamp // limited: seen only by those who look for the actor
	SensitizedAt       Timestamp // all of its media count as sensitive
	LeftAt             Timestamp // the member left the organization; local actors only
}

// Field is one line of a profile.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"` // sanitised HTML
}

// IsCommunity reports a Group.
func (a *Actor) IsCommunity() bool { return a.Type == TypeGroup }

// IsGone reports an actor that was deleted or suspended: it neither acts nor is shown.
func (a *Actor) IsGone() bool { return a.DeletedAt != 0 || a.SuspendedAt != 0 }

// Acct is the handle as this instance shows it: "name" for local actors, "name@host" for others.
func (a *Actor) Acct() string {
	if a.Local {
		return a.Username
	}
	return a.Username + "@" + a.Host
}

// Aliases gives AlsoKnownAs as a list.
func (a *Actor) Aliases() []string { return strings.Fields(a.AlsoKnownAs) }

// FieldList gives Fields decoded; nil when there are none.
func (a *Actor) FieldList() []Field {
	var fields []Field
	_ = json.Unmarshal([]byte(a.Fields), &fields)
	return fields
}

// DeliveryInbox is where a server-wide delivery goes: the shared inbox, or else the actor's own.
func (a *Actor) DeliveryInbox() string {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}

// Handle joins a user name and a host into the unique form.
func Handle(username, host string) string {
	return strings.ToLower(username) + "@" + strings.ToLower(host)
}

// CreateActor stores a new actor, giving it an id unless it has one. Conflict when the URI or the handle is taken.
func (tx *Tx) CreateActor(a *Actor) error {
	if a.ID == 0 {
		a.ID = tx.NewID()
	}
	a.Handle = Handle(a.Username, a.Host)
	if a.CreatedAt == 0 {
		a.CreatedAt = tx.Now()
	}
	a.UpdatedAt = tx.Now()
	if err := tx.silenceByHost(a); err != nil {
		return err
	}
	return translate(tx.db.Create(a).Error, "actor "+a.Handle)
}

// SaveRemoteActor inserts or refreshes what a remote actor says of itself, and keeps what is ours: counts, moderation.
// Conflict when the handle belongs to another URI; Forbidden when the actor is one of ours; Gone when it was deleted.
func (tx *Tx) SaveRemoteActor(a *Actor) error {
	known, err := tx.ActorByURI(a.URI)
	if IsNotFound(err) {
		return tx.CreateActor(a)
	}
	if err != nil {
		return err
	}
	if known.Local {
		return Errorf(Forbidden, "actor %s is local and cannot be replaced from outside", a.URI)
	}
	if known.DeletedAt != 0 {
		return Errorf(Gone, "actor %s was deleted", a.URI)
	}
	a.ID, a.CreatedAt, a.SuspendedAt = known.ID, known.CreatedAt, known.SuspendedAt
	a.SilencedAt, a.SensitizedAt = known.SilencedAt, known.SensitizedAt
	a.PostsCount, a.FollowersCount, a.FollowingCount, a.LastPostAt = known.PostsCount, known.FollowersCount, known.FollowingCount, known.LastPostAt
	a.Handle = Handle(a.Username, a.Host)
	if a.Inbox == known.Inbox && a.SharedInbox == known.SharedInbox && a.Host == known.Host && a.DeletedAt == known.DeletedAt {
		return tx.storeActor(a)
	}
	return tx.UpdateActor(a)
}

// actorCounts change by bump alone: a row that was read earlier would set them back.
var actorCounts = []string{"FollowersCount", "FollowingCount", "PostsCount", "LastPostAt"}

// UpdateActor stores an actor's changed profile; its counts stay as they are.
func (tx *Tx) UpdateActor(a *Actor) error {
	if !a.Local {
		tx.forgetReach()
	}
	return tx.storeActor(a)
}

func (tx *Tx) storeActor(a *Actor) error {
	a.UpdatedAt = tx.Now()
	return translate(tx.db.Omit(actorCounts...).Save(a).Error, "actor "+a.Handle)
}

// Actor gives the actor of an id.
func (tx *Tx) Actor(id int64) (*Actor, error) {
	return first[Actor](tx.db.Where("id = ?", id), "actor")
}

// ActorByURI gives the actor of an ActivityPub id.
func (tx *Tx) ActorByURI(uri string) (*Actor, error) {
	return first[Actor](tx.db.Where("uri = ?", uri), "actor "+uri)
}

// ActorByHandle gives the actor of a user name (any case) and host.
func (tx *Tx) ActorByHandle(username, host string) (*Actor, error) {
	handle := Handle(username, host)
	return first[Actor](tx.db.Where("handle = ?", handle), "actor "+handle)
}

// ActorByKeyID gives the actor that owns a public key id, RSA or Ed25519.
func (tx *Tx) ActorByKeyID(keyID string) (*Actor, error) {
	if keyID == "" { // what actors without a key have
		return nil, Errorf(NotFound, "there is no key without an id")
	}
	return first[Actor](tx.db.Where("public_key_id = ? OR ed25519_key_id = ?", keyID, keyID), "key "+keyID)
}

// Actors gives the actors of ids by id; absent ones are left out.
func (tx *Tx) Actors(ids []int64) (map[int64]*Actor, error) {
	found := make(map[int64]*Actor, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Actor](tx.db.Where("id IN ?", ids), "actors")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// unshown are the columns of an actor that only servers need: keys and where things are sent.
var unshown = []string{
	"public_key_id", "public_key_pem", "ed25519_key_id", "ed25519_key", "inbox", "shared_inbox", "outbox", "followers_uri", "following_uri",
	"featured_uri", "summary_source", "icon_file", "image_file", "also_known_as", "attribution_domains",
}

// ShownActors is Actors for showing them to people: addresses and keys that servers need are left out.
func (tx *Tx) ShownActors(ids []int64) (map[int64]*Actor, error) {
	found := make(map[int64]*Actor, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Actor](tx.db.Omit(unshown...).Where("id IN ?", slices.Compact(slices.Sorted(slices.Values(ids)))), "actors")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// LocalActors lists local actors of a type, oldest first.
func (tx *Tx) LocalActors(actorType string) ([]Actor, error) {
	return list[Actor](tx.db.Where("local AND type = ? AND deleted_at = 0", actorType).Order("id"), "actors")
}

// SearchActors lists actors whose handle or name contains q, local and best known first.
func (tx *Tx) SearchActors(q string, limit, offset int) ([]Actor, error) {
	pattern := "%" + escapeLike(strings.ToLower(strings.TrimPrefix(q, "@"))) + "%"
	query := tx.db.Where("deleted_at = 0 AND suspended_at = 0 AND type <> ?", TypeApplication).
		Where(`handle LIKE ? ESCAPE '\' OR lower(display_name) LIKE ? ESCAPE '\'`, pattern, pattern).
		Order("local DESC, followers_count DESC, id").Limit(limit).Offset(offset)
	return list[Actor](query, "actors")
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// MarkActorDeleted leaves a tombstone: the name and the URI are never used again. Posts become tombstones as well, and
// what others count loses what the actor added.
func (tx *Tx) MarkActorDeleted(id int64) error {
	now := tx.Now()
	tx.forgetReach()
	err := tx.db.Model(&Actor{}).Where("id = ?", id).Updates(map[string]any{
		"deleted_at": now, "display_name": "", "summary": "", "summary_source": "", "icon_url": "", "image_url": "", "fields": "",
	}).Error
	if err != nil {
		return translate(err, "actor")
	}
	for _, query := range slices.Concat(uncountActor, forgetKept) {
		if err := tx.db.Exec(query, sql.Named("id", id), sql.Named("now", now)).Error; err != nil {
			return translate(err, "actor")
		}
	}
	return tx.leaveConversations(id)
}

// uncountActor takes away what an actor left: first from the counts of others, then the rows themselves.
var uncountActor = []string{
	`UPDATE actor SET followers_count = followers_count - 1 WHERE followers_count > 0
		AND id IN (SELECT target_id FROM follow WHERE actor_id = @id AND state = 'accepted')`,
	`UPDATE actor SET following_count = following_count - 1 WHERE following_count > 0
		AND id IN (SELECT actor_id FROM follow WHERE target_id = @id AND state = 'accepted')`,
	`UPDATE actor SET followers_count = 0, following_count = 0, posts_count = 0 WHERE id = @id`,
	`UPDATE post SET likes_count = likes_count - 1, counted_at = @now WHERE likes_count > 0 AND id IN (SELECT post_id FROM favourite WHERE actor_id = @id)`,
	`UPDATE post SET shares_count = shares_count - 1, counted_at = @now WHERE shares_count > 0
		AND id IN (SELECT reblog_of_id FROM post b WHERE b.author_id = @id AND b.deleted_at = 0 AND b.reblog_of_id <> 0)
		AND EXISTS (SELECT 1 FROM actor WHERE id = @id AND type <> 'Group')`,
	`UPDATE post SET replies_count = (SELECT count(*) FROM post r WHERE r.in_reply_to_id = post.id AND r.author_id <> @id
		AND r.deleted_at = 0 AND r.removed_at = 0 AND r.hidden_at = 0 AND r.visibility IN ('public', 'unlisted'))
		WHERE id IN (SELECT in_reply_to_id FROM post w WHERE w.author_id = @id AND w.deleted_at = 0 AND w.in_reply_to_id <> 0)`,
	`UPDATE post SET quotes_count = (SELECT count(*) FROM post q WHERE q.quote_of_id = post.id AND q.author_id <> @id
		AND q.quote_state = 'accepted' AND q.deleted_at = 0 AND q.removed_at = 0 AND q.hidden_at = 0 AND q.visibility IN ('public', 'unlisted'))
		WHERE id IN (SELECT quote_of_id FROM post w WHERE w.author_id = @id AND w.deleted_at = 0 AND w.quote_of_id <> 0)`,
	`UPDATE post SET accepted_answer_id = 0 WHERE accepted_answer_id IN (SELECT id FROM post w WHERE w.author_id = @id)`,
	`DELETE FROM follow WHERE actor_id = @id OR target_id = @id`,
	// What a community's moderators were told of requests to join it: nobody can decide on those any more.
	`DELETE FROM notification WHERE type = 'follow_request' AND owner_id IN (SELECT actor_id FROM moderator WHERE community_id = @id)
		AND NOT EXISTS (SELECT 1 FROM follow r WHERE r.actor_id = notification.actor_id AND ` +
		strings.ReplaceAll(decidable, "?", "notification.owner_id") + `)`,
	`DELETE FROM favourite WHERE actor_id = @id OR post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM notification WHERE actor_id = @id OR owner_id = @id OR post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM home_entry WHERE owner_id = @id OR original_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM post_tag WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM post_text WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM post_card WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM attachment WHERE owner_id = 0 AND post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`UPDATE attachment SET post_id = 0, created_at = @now WHERE owner_id = @id`,
	`DELETE FROM post_edit WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM backfill WHERE community_id = @id`,
	`DELETE FROM backfill_item WHERE community_id = @id`,
	`DELETE FROM follower_check WHERE actor_id = @id`,
	`DELETE FROM membership WHERE actor_id = @id OR community_id = @id`,
	`DELETE FROM invitation WHERE community_id = @id OR created_by = @id`,
	`DELETE FROM community_partner WHERE community_id = @id`,
	`DELETE FROM charter_version WHERE community_id = @id`,
	`DELETE FROM community_tag WHERE community_id = @id`,
	`DELETE FROM feed WHERE actor_id = @id`,
	`UPDATE feed SET owner_id = 0 WHERE owner_id = @id`,
	`DELETE FROM feed_community WHERE feed_id = @id OR community_id = @id`,
	`DELETE FROM feed_follow WHERE feed_id = @id OR member_id = @id OR community_id = @id`,
	`DELETE FROM poll WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM poll_vote WHERE actor_id = @id`,
	`DELETE FROM scheduled_post WHERE actor_id = @id`,
	`DELETE FROM post WHERE reblog_of_id <> 0 AND reblog_of_id IN (SELECT id FROM post w WHERE w.author_id = @id)`,
	`UPDATE post SET deleted_at = @now, content = '', source = '', title = '', spoiler_text = '' WHERE author_id = @id AND deleted_at = 0`,
}

// bump changes a counter of an actor by delta, never below zero.
func (tx *Tx) bump(actorID int64, column string, delta int) error {
	return translate(tx.db.Model(&Actor{}).Where("id = ?", actorID).UpdateColumn(column, bumped(column, delta)).Error, "actor")
}

// bumped is a count with delta added, and never below 0.
func bumped(column string, delta int) clause.Expr {
	return gorm.Expr("CASE WHEN "+column+" + ? < 0 THEN 0 ELSE "+column+" + ? END", delta, delta)
}

// ActorKey holds the private keys of a local actor, apart from Actor so that no query of actors carries them.
type ActorKey struct {
	ActorID     int64     `gorm:"primaryKey"`
	RSAPEM      string    `gorm:"column:rsa_pem"`
	Ed25519Seed string    `gorm:"column:ed25519_seed"`
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// PutActorKey stores the private keys of a local actor.
func (tx *Tx) PutActorKey(key *ActorKey) error {
	key.CreatedAt = tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(key).Error, "actor key")
}

// ActorKey gives the private keys of a local actor.
func (tx *Tx) ActorKey(actorID int64) (*ActorKey, error) {
	return first[ActorKey](tx.db.Where("actor_id = ?", actorID), "actor key")
}

// ActorsOfInbox gives the actors of a host that have an inbox of their own by that address, at most a handful.
func (tx *Tx) ActorsOfInbox(host, inbox string) ([]Actor, error) {
	return list[Actor](tx.db.Where("host = ? AND inbox = ? AND NOT local AND deleted_at = 0", host, inbox).Limit(5), "actors")
}
