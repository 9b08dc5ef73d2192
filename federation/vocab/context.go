package vocab

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Contexts gives the whole @context of our documents: the published ones of ActivityStreams, its signatures and proofs, and
// the terms that these do not define.
func Contexts() []any { return append(published(), terms()) }

func published() []any {
	return []any{Namespace, "https://w3id.org/security/v1", "https://w3id.org/security/data-integrity/v2", "https://w3id.org/security/multikey/v1"}
}

// contextsOf gives as much of the @context as a document needs: all of it would be most of what goes over the wire, and an activity
// that is passed on with its proof has it three times.
func contextsOf(body []byte) []any {
	all, needed := terms(), M{}
	for name := range namesIn(body) {
		if meaning := all[name]; meaning != nil {
			needed[name] = meaning
		}
	}
	for _, meaning := range slices.Collect(maps.Values(needed)) {
		if prefix := prefixOf(meaning); all[prefix] != nil {
			needed[prefix] = all[prefix]
		}
	}
	if len(needed) == 0 {
		return published()
	}
	return append(published(), needed)
}

// prefixOf gives what the meaning of a term begins with.
func prefixOf(meaning any) string {
	id, _ := meaning.(string)
	if m, ok := meaning.(M); ok {
		id, _ = m["@id"].(string)
	}
	prefix, _, _ := strings.Cut(id, ":")
	return prefix
}

// namesIn gives the keys of a document, and its strings that are as short as a type. What is in it with an @context of its own does
// not need ours.
func namesIn(body []byte) map[string]bool {
	names, dec, foreign := map[string]bool{}, jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true)), 0
	for {
		token, err := dec.ReadToken()
		if err != nil {
			return names // the end: the document was checked
		}
		depth := dec.StackDepth()
		if foreign != 0 && depth < foreign {
			foreign = 0
		}
		if token.Kind() != '"' || foreign != 0 {
			continue
		}
		if kind, length := dec.StackIndex(depth); kind == '{' && length == 1 && depth > 1 && token.String() == "@context" {
			foreign = depth
		}
		if name := token.String(); len(name) <= maxTerm {
			names[name] = true
		}
	}
}

// maxTerm is the length in bytes of the longest term that is ours.
const maxTerm = 32

func terms() M {
	all := M{
		"toot": "http://joinmastodon.org/ns#", "lemmy": "https://join-lemmy.org/ns#", "pt": "https://joinpeertube.org/ns#",
		"schema": "http://schema.org/", "forge": "https://forgefed.org/ns#", "cop": "https://w3id.org/fep/69f0/",
		"gts": "https://gotosocial.org/ns#", "quotes": "https://w3id.org/fep/044f#", "misskey": "https://misskey-hub.net/ns#",
		"fedibird": "http://fedibird.com/ns#",
	}
	for _, group := range []M{microblogTerms(), groupTerms(), practiceTerms(), eventTerms(), quoteTerms()} {
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
		"Feed": "lemmy:Feed", "CommunityPostTag": "lemmy:CommunityPostTag", "commentsEnabled": "pt:commentsEnabled",
		"language": "schema:inLanguage", "identifier": "schema:identifier",
		"charter": address("cop:charter"), "charterVersion": "cop:charterVersion", "kinds": address("cop:kinds"), "recognition": address("cop:recognition"),
		"communityClass": "cop:communityClass", "joining": "cop:joining", "communityLabel": "cop:communityLabel",
		"rules": M{"@id": "cop:rules", "@container": "@list"}, "keywords": "schema:keywords", "sponsor": "schema:sponsor",
		"urn": address("cop:urn"), "formerURNs": M{"@id": "cop:formerURNs", "@type": "@id", "@container": "@set"},
		"copies": address("cop:copies"), "isBasedOn": address("schema:isBasedOn"),
		"siblings": address("cop:siblings"), "siblingsFeed": address("cop:siblingsFeed"), "siblingReport": address("cop:siblingReport"),
		"successors": M{"@id": "cop:successors", "@type": "@id", "@container": "@list"},
		"implements": M{"@id": "https://w3id.org/fep/844e/implements", "@container": "@set"},
	}
}

func practiceTerms() M {
	return M{
		"additionalType": address("schema:additionalType"), "license": address("schema:license"),
		"acceptedAnswer": address("schema:acceptedAnswer"), "suggestedAnswer": address("schema:suggestedAnswer"),
		"isBasedOn": address("schema:isBasedOn"), "version": "schema:version", "creativeWorkStatus": "schema:creativeWorkStatus",
		"expires": "schema:expires", "isResolved": "forge:isResolved", "ChooseAnswer": "cop:ChooseAnswer",
		"questionAnswer": "cop:questionAnswer", "state": "cop:state", "topics": "cop:topics",
		"duplicateOf": address("cop:duplicateOf"), "companion": address("cop:companion"), "edits": address("cop:edits"),
		"reuses": address("cop:reuses"), "reusesCount": "cop:reusesCount", "keepsCount": "cop:keepsCount", "knowsCount": "cop:knowsCount",
		"threshold": "cop:threshold", "unit": "cop:unit", "pledged": "cop:pledged", "pledgesCount": "cop:pledgesCount",
		"maybeCount": "cop:maybeCount",
	}
}

// eventTerms are those of FEP-8a8e and of Mobilizon, as far as they are used here.
func eventTerms() M {
	return M{
		"mz": "https://joinmobilizon.org/ns#", "ical": "http://www.w3.org/2002/12/cal/ical#",
		"timezone": "mz:timezone", "participantCount": "mz:participantCount", "joinMode": "mz:joinMode",
		"remainingAttendeeCapacity": "schema:remainingAttendeeCapacity", "maximumAttendeeCapacity": "schema:maximumAttendeeCapacity",
		"eventStatus": "schema:eventStatus", "ical:status": "ical:status", "isOnline": "mz:isOnline",
		"repliesModerationOption": "mz:repliesModerationOption", "participationMessage": "mz:participationMessage",
	}
}

// quoteTerms are those of FEP-044f and of the interaction policies that it builds on, and what older software says instead.
func quoteTerms() M {
	return M{
		"quote": address("quotes:quote"), "quoteAuthorization": address("quotes:quoteAuthorization"),
		"QuoteRequest": "quotes:QuoteRequest", "QuoteAuthorization": "quotes:QuoteAuthorization",
		"quoteUri": "fedibird:quoteUri", "quoteUrl": "as:quoteUrl", "_misskey_quote": "misskey:_misskey_quote",
		"interactionPolicy": address("gts:interactionPolicy"), "canQuote": address("gts:canQuote"),
		"automaticApproval": address("gts:automaticApproval"), "manualApproval": address("gts:manualApproval"),
		"interactingObject": address("gts:interactingObject"), "interactionTarget": address("gts:interactionTarget"),
	}
}

// address describes a property whose values are addresses.
func address(id string) M { return M{"@id": id, "@type": "@id"} }

// partnershipTerms are those of agreements between instances.
func partnershipTerms() M {
	all := M{}
	for _, name := range []string{
		"Partnership", "PartnershipTerms", "PartnershipTest", "PartnershipStatus", "PurgeRequest", "KeySuccession", "nonce", "validFrom", "validUntil",
		"keyFingerprint", "previousFingerprint", "level", "sharedClasses", "dataCategories", "contact", "abuseContact", "dataProtectionContact", "retentionDays",
		"policyDigest", "listed",
		"state", "recordHash", "failures", "waiting", "lastSuccess", "lastInbound", "openReports",
	} {
		all[name] = "cop:" + name
	}
	all["parties"] = M{"@id": "cop:parties", "@container": "@set"}
	all["party"], all["policy"] = address("cop:party"), address("cop:policy")
	return all
}

// PartnershipContext is the @context of agreements and of what is said of them. It stays as it is: agreements are signed with it.
func PartnershipContext() []any {
	terms := partnershipTerms()
	terms["cop"] = "https://w3id.org/fep/69f0/"
	return []any{Namespace, "https://w3id.org/security/data-integrity/v2", terms}
}

// siblingTerms are those of agreements between sibling communities, and of what siblings say to each other.
func siblingTerms() M {
	all := M{}
	for _, name := range []string{
		BondWord, "nonce", "validFrom", "validUntil", "communityClass", "charterDigest", "historyDays", "honourRemovals", "honourBans", "roster",
		"retentionDays", "silenceDays",
	} {
		all[name] = "cop:" + name
	}
	all["siblingOf"] = address("cop:siblingOf")
	all["urn"], all["license"] = address("cop:urn"), "schema:license"
	all["parties"] = M{"@id": "cop:parties", "@type": "@id", "@container": "@set"}
	all["formerURNs"] = M{"@id": "cop:formerURNs", "@type": "@id", "@container": "@set"}
	all["contacts"] = M{"@id": "cop:contacts", "@container": "@list"}
	return all
}

// BondWord is the type of an agreement of siblings.
const BondWord = "SiblingAgreement"

// SiblingContext is the @context of agreements of siblings and of what is said of them. It stays as it is: agreements are signed with it.
func SiblingContext() []any {
	terms := siblingTerms()
	terms["cop"], terms["schema"] = "https://w3id.org/fep/69f0/", "http://schema.org/"
	return []any{Namespace, "https://w3id.org/security/data-integrity/v2", terms}
}
