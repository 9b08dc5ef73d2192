package outbox

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// microblogs are servers that read a community's announcement only as the boost of a post (object form).
var microblogs = words(`mastodon hometown glitchcafe gotosocial pleroma akkoma misskey sharkey firefish foundkey calckey
	iceshrimp iceshrimp.net cherrypick pixelfed snac takahe mitra honk writefreely wafrn tootik`)

// forums are servers that read it as the relay of an activity (activity form, FEP-1b12).
var forums = words(`lemmy piefed mbin kbin nodebb discourse praxis peertube lotide smithereen mobilizon bonfire`)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// relay lets a community of ours announce an activity to its followers, byte for byte (FEP-1b12): to those whose
// software reads that form, and to those whose software is not known. The activity's own host gets it as well: some
// show a post as waiting until they see it.
func (w *Writer) relay(tx *models.Tx, p *models.Post, actor *models.Actor, raw told, listed bool) error {
	if len(raw.note) == 0 || (!p.IsPublic() && !p.IsRestricted()) {
		return nil
	}
	community, err := w.ourCommunity(tx, p)
	if err != nil {
		return err
	}
	if community == nil {
		return w.relayToOwn(tx, p, actor, raw)
	}
	inboxes, err := w.relayInboxes(tx, community, p)
	if err != nil {
		return err
	}
	if raw.via != 0 { // a sibling told the others itself
		if inboxes, err = w.plainInboxes(tx, community, inboxes); err != nil {
			return err
		}
	}
	inboxes = withActors(inboxes, actor)
	if raw.counted {
		if inboxes, err = w.withoutCounting(tx, community, p, actor, inboxes); err != nil {
			return err
		}
	}
	n := note{actor: community, post: p, doc: vocab.M{}, inboxes: inboxes, listed: listed, public: p.IsPublic()}
	n.doc["to"], n.doc["cc"] = relayAudience(community, p.Visibility)
	if raw.article != nil {
		articles, others, err := w.split(tx, inboxes, articleReaders)
		if err != nil {
			return err
		}
		n.inboxes = others
		of := note{actor: community, post: p, doc: maps.Clone(n.doc), inboxes: articles, public: n.public}
		if err := w.announceRaw(tx, of, raw.article); err != nil {
			return err
		}
	}
	return w.announceRaw(tx, n, raw.note)
}

// announceRaw lets a community announce an activity byte for byte.
func (w *Writer) announceRaw(tx *models.Tx, n note, raw []byte) error {
	n.id = tx.NewID()
	n.doc["type"], n.doc["actor"] = "Announce", n.actor.URI
	if n.doc["id"] == nil {
		n.doc["id"] = w.links.Activity(n.id)
	}
	n.doc["published"] = vocab.FormatTime(tx.Now().Time())
	payload, err := wrap(n.doc, raw)
	if err != nil {
		return err
	}
	// The proof is over what others wrote, too. Where that cannot be proven, the announcement goes out without a proof.
	if proven, err := w.provers.prove(tx, n.actor, payload); err == nil {
		payload = proven
	}
	return w.store(tx, n, payload)
}

// wantsArticles reports that a community of ours has followers on software that is given threads as articles.
func (w *Writer) wantsArticles(tx *models.Tx, p *models.Post, parts *postParts) (bool, error) {
	if parts.community == nil || !parts.community.Local || !p.IsPublic() || p.InReplyToURI != "" {
		return false, nil
	}
	readers, err := w.followersReading(tx, parts.community, func(software string) bool { return !ReadsArticles(software) })
	return len(readers) > 0, err
}

// relayAudience addresses what a community announces: to everybody, or to its followers alone.
func relayAudience(community *models.Actor, visibility string) (to, cc []string) {
	if models.IsRestricted(visibility) {
		return []string{community.FollowersURI}, []string{}
	}
	return []string{vocab.Public}, []string{community.FollowersURI}
}

// relayInboxes gives where an activity about a post is announced. What is not for everybody goes to software that keeps it
// so, and to hosts that still count.
func (w *Writer) relayInboxes(tx *models.Tx, community *models.Actor, p *models.Post) ([]models.Inbox, error) {
	switch p.Visibility {
	case models.ForLocal:
		return nil, nil
	case models.ForMembers:
		all, err := w.followersReading(tx, community, func(software string) bool { return !practice.KeepsWithin(software) })
		if err != nil || p.DeletedAt != 0 { // that it is gone is for all who may have it
			return all, err
		}
		return w.awake(tx, community, all)
	case models.ForPartners:
		return w.partnerInboxes(tx, community)
	}
	return w.followersReading(tx, community, func(software string) bool { return microblogs[software] })
}

// partnerInboxes gives the inboxes of followers at the organizations that a community is shared with.
func (w *Writer) partnerInboxes(tx *models.Tx, community *models.Actor) ([]models.Inbox, error) {
	shared, err := tx.SharingHosts(community.ID)
	if err != nil {
		return nil, err
	}
	all, err := w.followersReading(tx, community, func(software string) bool { return !practice.KeepsWithin(software) })
	if err != nil {
		return nil, err
	}
	return w.awake(tx, community, slices.DeleteFunc(all, func(inbox models.Inbox) bool { return !shared[inbox.Host] }))
}

// awake leaves out of inboxes of a Group's followers those by which only siblings are reached whose pair rests.
func (w *Writer) awake(tx *models.Tx, community *models.Actor, inboxes []models.Inbox) ([]models.Inbox, error) {
	kept, err := tx.AwakeInboxes(community.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(inboxes), func(inbox models.Inbox) bool { return !slices.Contains(kept, inbox) }), nil
}

// ourCommunity gives the community that a post belongs to, if it lives here.
func (w *Writer) ourCommunity(tx *models.Tx, p *models.Post) (*models.Actor, error) {
	if p.CommunityID == 0 {
		return nil, nil
	}
	community, err := tx.Actor(p.CommunityID)
	if err != nil || !community.Local || community.IsGone() {
		return nil, err
	}
	return community, nil
}

// wrap puts an activity into an Announce without touching a byte of it: encoding it anew would break its proofs.
func wrap(doc vocab.M, inner []byte) ([]byte, error) {
	outer, err := vocab.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode Announce: %w", err)
	}
	outer = bytes.TrimSuffix(bytes.TrimSpace(outer), []byte("}"))
	return slices.Concat(outer, []byte(`,"object":`), bytes.TrimSpace(inner), []byte("}")), nil
}

// followersReading gives the inboxes of a community's followers, less those on software that is left out.
func (w *Writer) followersReading(tx *models.Tx, community *models.Actor, except func(software string) bool) ([]models.Inbox, error) {
	all, err := tx.FollowerInboxes(community.ID)
	if err != nil {
		return nil, err
	}
	hosts := make([]string, len(all))
	for i, inbox := range all {
		hosts[i] = inbox.Host
	}
	software, err := tx.PeerSoftware(hosts)
	if err != nil {
		return nil, err
	}
	var kept []models.Inbox
	for _, inbox := range all {
		if !except(software[inbox.Host]) {
			kept = append(kept, inbox)
		}
	}
	return kept, nil
}
