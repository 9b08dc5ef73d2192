package vocab

// Contexts gives the @context of our documents: the published ones of ActivityStreams, its signatures and proofs, and
// the few terms that these do not define. Marshal adds it; nobody needs to send it twice.
func Contexts() []any {
	return []any{
		Namespace,
		"https://w3id.org/security/v1",
		"https://w3id.org/security/data-integrity/v2",
		"https://w3id.org/security/multikey/v1",
		terms(),
	}
}

func terms() M {
	all := M{
		"toot": "http://joinmastodon.org/ns#", "lemmy": "https://join-lemmy.org/ns#", "pt": "https://joinpeertube.org/ns#",
		"schema": "http://schema.org/", "forge": "https://forgefed.org/ns#", "cop": "https://w3id.org/fep/69f0/",
	}
	for _, group := range []M{microblogTerms(), groupTerms(), practiceTerms()} {
		for name, meaning := range group {
			all[name] = meaning
		}
	}
	return all
}

func microblogTerms() M {
	return M{
		"manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "sensitive": "as:sensitive", "Hashtag": "as:Hashtag",
		"movedTo": address("as:movedTo"), "alsoKnownAs": address("as:alsoKnownAs"),
		"featured": address("toot:featured"), "discoverable": "toot:discoverable", "indexable": "toot:indexable",
		"suspended": "toot:suspended", "votersCount": "toot:votersCount", "blurhash": "toot:blurhash", "Emoji": "toot:Emoji",
		"focalPoint":    M{"@id": "toot:focalPoint", "@container": "@list"},
		"PropertyValue": "schema:PropertyValue", "value": "schema:value",
		"assertionMethod": M{"@id": "sec:assertionMethod", "@type": "@id", "@container": "@set"},
	}
}

func groupTerms() M {
	return M{
		"moderators": address("lemmy:moderators"), "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
		"CommunityPostTag": "lemmy:CommunityPostTag", "commentsEnabled": "pt:commentsEnabled",
		"language": "schema:inLanguage", "identifier": "schema:identifier",
	}
}

func practiceTerms() M {
	return M{
		"additionalType": address("schema:additionalType"), "license": address("schema:license"),
		"acceptedAnswer": address("schema:acceptedAnswer"), "suggestedAnswer": address("schema:suggestedAnswer"),
		"isResolved": "forge:isResolved", "ChooseAnswer": "cop:ChooseAnswer", "questionAnswer": "cop:questionAnswer",
	}
}

// address describes a property whose values are addresses.
func address(id string) M { return M{"@id": id, "@type": "@id"} }
