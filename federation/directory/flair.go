package directory

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// maxFlairs is how many flairs of a community or of a post are read.
const maxFlairs = 50

// typeFlair is the type of a tag that a community offers for its threads.
const typeFlair = "CommunityPostTag"

// communityTagsOf gives the flairs of a Group that mean a kind here, each once. A Group gives only what is on its own host.
func communityTagsOf(a vocab.Actor) []models.CommunityTag {
	var tags []models.CommunityTag
	seen := map[string]bool{}
	for _, tag := range a.Tag {
		if tag.Type != typeFlair || seen[tag.ID] || !vocab.SameOrigin(tag.ID, a.ID) || len(tags) == maxFlairs {
			continue
		}
		if kind := practice.KindOfFlair(tag.PreferredUsername, tag.Name); kind != "" {
			seen[tag.ID] = true
			tags = append(tags, models.CommunityTag{URI: tag.ID, Kind: kind})
		}
	}
	return tags
}

// flairOf gives the ids of the tags of communities that an object bears.
func flairOf(o vocab.Object) []string {
	var ids []string
	for _, tag := range o.Tag {
		if tag.Type == typeFlair && tag.ID != "" && len(ids) < maxFlairs {
			ids = append(ids, tag.ID)
		}
	}
	return ids
}
