package directory

import (
	"encoding/json"
	"strings"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
)

// maxBio is how much of a remote profile text is kept, in bytes.
const maxBio = 20 << 10

// actorOf translates an actor from the wire. Handle and host follow from the id until WebFinger says otherwise.
func (d *Directory) actorOf(a vocab.Actor) *models.Actor {
	actor := &models.Actor{
		URI: a.ID, Type: a.Type, Username: a.PreferredUsername, Host: vocab.Host(a.ID),
		DisplayName: text.CleanName(a.Name), Summary: text.Sanitize(cut(a.Summary, maxBio)), URL: orElse(a.URL, a.ID),
		Inbox: a.Inbox, SharedInbox: a.SharedInbox, Outbox: a.Outbox,
		FollowersURI: a.Followers, FollowingURI: a.Following, FeaturedURI: a.Featured, ModeratorsURI: a.Moderators,
		IconURL: a.Icon, ImageURL: a.Image, Fields: fieldsOf(a.Fields),
		AlsoKnownAs: strings.Join(a.AlsoKnownAs, "\n"), MovedToURI: a.MovedTo,
		Locked: a.ManuallyApprovesFollowers, Discoverable: a.Discoverable, Indexable: a.Indexable != nil && *a.Indexable,
		ModeratorsPost: a.PostingRestrictedToMods, CreatedAt: models.At(a.Published), FetchedAt: models.At(d.store.Now()),
	}
	if actor.Username == "" { // an Application or a Service may have none
		actor.Username = actor.Host
	}
	actor.PublicKeyID, actor.PublicKeyPEM = rsaKey(a)
	actor.Ed25519KeyID, actor.Ed25519Key = ed25519Key(a)
	return actor
}

func orElse(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// rsaKey gives the first key that is the actor's own, on the actor's own host, and usable (security cases B15, B22).
func rsaKey(a vocab.Actor) (id, pem string) {
	for _, key := range a.PublicKeys {
		if key.Owner != a.ID || !vocab.SameOrigin(key.ID, a.ID) {
			continue
		}
		if _, err := sign.ParsePublicPEM(key.PEM); err == nil {
			return key.ID, key.PEM
		}
	}
	return "", ""
}

func ed25519Key(a vocab.Actor) (id, multikey string) {
	for _, key := range a.AssertionMethods {
		if key.Controller != a.ID || !vocab.SameOrigin(key.ID, a.ID) {
			continue
		}
		if _, err := sign.ParseMultikey(key.PublicKeyMultibase); err == nil {
			return key.ID, key.PublicKeyMultibase
		}
	}
	return "", ""
}

// maxFields is how many lines of a remote profile are kept.
const maxFields = 16

func fieldsOf(fields []vocab.Field) string {
	var kept []models.Field
	for _, f := range fields[:min(len(fields), maxFields)] {
		kept = append(kept, models.Field{Name: text.CleanName(f.Name), Value: text.Sanitize(f.Value)})
	}
	if len(kept) == 0 {
		return ""
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(raw)
}
