package outbox

import (
	"strings"

	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// Kind gives the tag of a kind in a community of ours, in the shape that group servers show as flair.
func Kind(links practice.Links, community *models.Actor, kind string) vocab.M {
	return flair(links.Kind(community, kind), kind)
}

func flair(id, kind string) vocab.M {
	return vocab.M{
		"type": "CommunityPostTag", "id": id, "preferredUsername": strings.ToLower(kind), "name": practice.KindLabel(kind),
	}
}

// Kinds gives the tags of all kinds that a community of ours uses.
func Kinds(tx *models.Tx, links practice.Links, community *models.Actor) ([]any, error) {
	habits, err := tx.CommunityPractice(community.ID)
	if err != nil {
		return nil, err
	}
	tags := []any{}
	for _, kind := range practice.ThreadKinds() {
		if habits.Uses(kind) {
			tags = append(tags, Kind(links, community, kind))
		}
	}
	return tags, nil
}

// addKinds says in a Group which kinds it uses, so that people on other servers can choose one.
func addKinds(tx *models.Tx, links practice.Links, doc vocab.M, community *models.Actor) error {
	kinds, err := Kinds(tx, links, community)
	if err != nil {
		return err
	}
	tags, _ := doc["tag"].([]any)
	doc["tag"], doc["kinds"] = append(tags, kinds...), links.Kinds(community)
	return nil
}

// flairOf gives the tag that shows the kind of a thread to those who know the flairs of its community.
func flairOf(tx *models.Tx, links practice.Links, p *models.Post, community *models.Actor) ([]any, error) {
	if community == nil || !p.IsThread() || practice.KindLabel(p.Kind) == "" {
		return nil, nil
	}
	if community.Local {
		if strings.Contains(p.Kind, "://") {
			return nil, nil
		}
		return []any{Kind(links, community, p.Kind)}, nil
	}
	tags, err := tx.CommunityTags(community.ID)
	for _, tag := range tags {
		if tag.Kind == p.Kind {
			return []any{flair(tag.URI, p.Kind)}, err
		}
	}
	return nil, err
}
