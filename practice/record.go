package practice

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"praxis/federation/sign"
	"praxis/models"
)

// The types of a record of contributions and of its parts.
const (
	typeRecord = "ContributionRecord"
	typePart   = "CommunityContributions"
)

// maxRecorded is how many contributions a record lists one by one; older ones are counted.
const maxRecorded = 1000

// Record is what a member did in communities. Each community of ours proves its part (FEP-8b32), and the instance the whole, so that
// it can be verified when the instance is no more.
type Record struct {
	Type         string            `json:"type"`
	Member       string            `json:"member"` // the actor's id
	Handle       string            `json:"handle"`
	Name         string            `json:"name"`
	Host         string            `json:"host"`
	Made         string            `json:"made"`
	Communities  []json.RawMessage `json:"communities"`
	Confidential map[string]int64  `json:"confidential,omitempty"` // in communities that may not be named, by kind
	Keys         []RecordKey       `json:"keys"`
}

// RecordKey is a key that proves a part of a record.
type RecordKey struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
	Key   string `json:"publicKeyMultibase"`
}

// RecordPart is what a member did in one community.
type RecordPart struct {
	Type         string           `json:"type"`
	Community    string           `json:"community"`
	Name         string           `json:"name"`
	Member       string           `json:"member"`
	Role         string           `json:"role,omitempty"`
	Made         string           `json:"made"`
	Items        []RecordItem     `json:"items"`
	Confidential map[string]int64 `json:"confidential,omitempty"` // not for everybody: a number for each kind
	Older        int64            `json:"older,omitempty"`
}

// RecordItem is one contribution.
type RecordItem struct {
	Kind     string `json:"kind"`
	Date     string `json:"date"`
	Title    string `json:"title"`
	URL      string `json:"url"`
	Accepted bool   `json:"accepted,omitempty"`
	Helped   int64  `json:"helped,omitempty"`
	Reused   int64  `json:"reused,omitempty"`
}

// RecordOf makes the signed record of a member's contributions, as JSON.
func (s *Service) RecordOf(ctx context.Context, member *models.Actor) ([]byte, error) {
	tx := s.store.Read(ctx)
	rows, err := tx.Contributions(member.ID)
	if err != nil {
		return nil, err
	}
	roles, err := tx.RolesHeld(member.ID)
	if err != nil {
		return nil, err
	}
	instance, err := s.EnsureInstanceActor(ctx)
	if err != nil {
		return nil, err
	}
	record := &Record{
		Type: typeRecord, Member: member.URI, Handle: "@" + member.Username + "@" + member.Host, Name: orElse(member.DisplayName, member.Username),
		Host: s.links.Host, Made: tx.Now().Time().UTC().Format(time.RFC3339), Communities: []json.RawMessage{}, Confidential: map[string]int64{},
	}
	byCommunity := map[int64][]models.Contribution{}
	for id := range roles {
		byCommunity[id] = nil
	}
	for i := range rows {
		byCommunity[rows[i].CommunityID] = append(byCommunity[rows[i].CommunityID], rows[i])
	}
	left := maxRecorded
	for _, id := range slices.Sorted(maps.Keys(byCommunity)) {
		if err := s.addPart(tx, record, id, roles[id], byCommunity[id], &left); err != nil {
			return nil, err
		}
	}
	return s.proved(tx, record, instance, record)
}

// addPart adds what was done in one community. One of which not everybody may know is not named (security case E11).
func (s *Service) addPart(tx *models.Tx, record *Record, id int64, role string, rows []models.Contribution, left *int) error {
	community, err := tx.Actor(id)
	if err != nil || community.DeletedAt != 0 {
		return ignoreMissing(err)
	}
	known, err := tx.IsKnownTo(community, models.Anonymous)
	if err != nil {
		return err
	}
	if !known {
		for i := range rows {
			record.Confidential[kindOfRecord(&rows[i])]++
		}
		return nil
	}
	part := &RecordPart{
		Type: typePart, Community: community.URI, Name: orElse(community.DisplayName, community.Username), Member: record.Member, Role: role,
		Made: record.Made, Items: []RecordItem{}, Confidential: map[string]int64{},
	}
	for i := range rows {
		part.add(&rows[i], left)
	}
	raw, err := s.proved(tx, record, community, part)
	record.Communities = append(record.Communities, raw)
	return err
}

func (p *RecordPart) add(row *models.Contribution, left *int) {
	switch kind := kindOfRecord(row); {
	case row.Visibility != models.Public && row.Visibility != models.Unlisted:
		p.Confidential[kind]++
	case *left == 0:
		p.Older++
	default:
		*left--
		p.Items = append(p.Items, RecordItem{
			Kind: kind, Date: row.PublishedAt.Time().UTC().Format(time.DateOnly), Title: cutRunes(row.Title, 200), URL: row.URL,
			Accepted: row.Accepted, Helped: row.Helped, Reused: row.Reused,
		})
	}
}

func kindOfRecord(row *models.Contribution) string {
	switch {
	case row.Kind != "":
		return row.Kind
	case row.Reply:
		return "Reply"
	}
	return "Post"
}

// proved writes a document with the proof of an actor, if its key is here, and lists the key.
func (s *Service) proved(tx *models.Tx, record *Record, by *models.Actor, document any) ([]byte, error) {
	var key ed25519.PrivateKey
	if by.Local && by.Ed25519KeyID != "" {
		stored, err := tx.ActorKey(by.ID)
		if err != nil {
			return nil, err
		}
		if key, err = sign.DecodeSeed(stored.Ed25519Seed); err != nil {
			return nil, fmt.Errorf("read the key of %s: %w", by.Handle, err)
		}
		public, _ := key.Public().(ed25519.PublicKey)
		record.Keys = append(record.Keys, RecordKey{ID: by.Ed25519KeyID, Owner: by.URI, Key: sign.EncodeMultikey(public)})
	}
	raw, err := json.Marshal(document)
	if err != nil || key == nil {
		return raw, err
	}
	return sign.Prover{KeyID: by.Ed25519KeyID, Key: key, Now: func() time.Time { return tx.Now().Time() }}.Prove(raw)
}
