package outbox

import (
	"praxis/federation/vocab"
	"praxis/internal/media"
	"praxis/models"
	"praxis/practice"
)

// Actor gives the document of a local actor: the superset of properties that group servers and microblog servers ask
// for (FEP-1b12, FEP-521a).
func Actor(links practice.Links, a *models.Actor) vocab.M {
	doc := vocab.M{
		"id": a.URI, "type": a.Type, "preferredUsername": a.Username, "name": orElse(a.DisplayName, a.Username),
		"summary": a.Summary, "url": a.URL, "inbox": a.Inbox, "outbox": a.Outbox,
		"endpoints":                 vocab.M{"sharedInbox": a.SharedInbox},
		"publicKey":                 vocab.M{"id": a.PublicKeyID, "owner": a.URI, "publicKeyPem": a.PublicKeyPEM},
		"published":                 vocab.FormatTime(a.CreatedAt.Time()),
		"updated":                   vocab.FormatTime(a.UpdatedAt.Time()),
		"manuallyApprovesFollowers": a.Locked,
		"discoverable":              a.Discoverable,
		"indexable":                 a.Indexable,
	}
	if a.Bot && a.Type == models.TypePerson {
		doc["type"] = models.TypeService
	}
	if a.Ed25519Key != "" {
		doc["assertionMethod"] = []any{vocab.M{
			"id": a.Ed25519KeyID, "type": "Multikey", "controller": a.URI, "publicKeyMultibase": a.Ed25519Key,
		}}
	}
	if a.Type == models.TypeApplication {
		doc["implements"] = implements()
	} else {
		doc["followers"], doc["following"], doc["featured"] = a.FollowersURI, a.FollowingURI, a.FeaturedURI
	}
	if a.IsFeed() {
		delete(doc, "featured")
		doc["moderators"], doc["sensitive"] = a.ModeratorsURI, false
	}
	addProfile(doc, a)
	if a.IsCommunity() {
		addCommunity(doc, a)
	}
	return doc
}

// Profile gives the document of a local actor with the emoji that it uses.
func Profile(tx *models.Tx, links practice.Links, a *models.Actor) (vocab.M, error) {
	texts := []string{a.DisplayName, a.Summary}
	for _, f := range a.FieldList() {
		texts = append(texts, f.Name, f.Value)
	}
	doc := Actor(links, a)
	tags, err := emojiTags(tx, links, texts...)
	if err != nil {
		return nil, err
	}
	if len(tags) > 0 {
		doc["tag"] = tags
	}
	if a.IsFeed() {
		return doc, addOwner(tx, doc, a)
	}
	if !a.IsCommunity() {
		return doc, nil
	}
	if err := addKinds(tx, links, doc, a); err != nil {
		return nil, err
	}
	row, err := tx.CommunityIfAny(a.ID)
	if err != nil || row == nil {
		return doc, err
	}
	describe(doc, links, a, row)
	if IssuesTokens(row) {
		doc["endpoints"] = vocab.M{"sharedInbox": a.SharedInbox, "sm:actorToken": links.ActorToken(a)}
		doc["@context"] = append(vocab.Contexts(), vocab.M{"sm": "http://smithereen.software/ns#"})
	}
	return doc, nameSiblings(tx, doc, links, a, row)
}

func addProfile(doc vocab.M, a *models.Actor) {
	if a.SummarySource != "" {
		doc["source"] = vocab.M{"content": a.SummarySource, "mediaType": "text/plain"}
	}
	if a.IconURL != "" {
		doc["icon"] = picture(a.IconURL)
	}
	if a.ImageURL != "" {
		doc["image"] = picture(a.ImageURL)
	}
	if aliases := a.Aliases(); len(aliases) > 0 {
		doc["alsoKnownAs"] = aliases
	}
	if a.MovedToURI != "" {
		doc["movedTo"] = a.MovedToURI
	}
	var fields []any
	for _, f := range a.FieldList() {
		fields = append(fields, vocab.M{"type": "PropertyValue", "name": f.Name, "value": f.Value})
	}
	if len(fields) > 0 {
		doc["attachment"] = fields
	}
}

func picture(address string) vocab.M {
	doc := vocab.M{"type": "Image", "url": address}
	if kind := media.TypeOf(address); kind != "" {
		doc["mediaType"] = kind
	}
	return doc
}

// addCommunity: the moderators stand under both names that readers know.
func addCommunity(doc vocab.M, a *models.Actor) {
	doc["attributedTo"], doc["moderators"] = a.ModeratorsURI, a.ModeratorsURI
	doc["postingRestrictedToMods"] = a.ModeratorsPost
	doc["sensitive"] = false
}

func orElse(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}
