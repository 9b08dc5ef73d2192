package practice

import "slices"

// The practice kinds: what somebody does by posting. An untyped post is fine, too.
const (
	ProblemSolving     = "ProblemSolving"
	InformationRequest = "InformationRequest"
	ExperienceRequest  = "ExperienceRequest"
	AssetShare         = "AssetShare"
	Coordination       = "Coordination"
	Discussion         = "Discussion"
	Documentation      = "Documentation"
	Visit              = "Visit"
	KnowledgeMapping   = "KnowledgeMapping"
)

// KindNamespace is the address under which kinds are named on the wire.
const KindNamespace = "https://w3id.org/fep/69f0/"

// kindOfTag gives the kind that a hashtag chooses.
func kindOfTag(tag string) string {
	switch tag {
	case "stuck", "helpwanted":
		return ProblemSolving
	case "ask", "question":
		return InformationRequest
	case "whohas", "experience":
		return ExperienceRequest
	case "share", "template":
		return AssetShare
	case "pool", "jointly":
		return Coordination
	case "discuss":
		return Discussion
	case "writeup":
		return Documentation
	case "visit":
		return Visit
	case "whoknows", "gap":
		return KnowledgeMapping
	}
	return ""
}

// kindOf gives the kind that the first choosing hashtag names; "" when none does.
func kindOf(tags []string) string {
	for _, tag := range tags {
		if kind := kindOfTag(tag); kind != "" {
			return kind
		}
	}
	return ""
}

// AsksForAnswer reports a kind whose thread can have an accepted answer.
func AsksForAnswer(kind string) bool {
	return slices.Contains([]string{ProblemSolving, InformationRequest, ExperienceRequest}, kind)
}

// KindLabel is how a kind is named to people.
func KindLabel(kind string) string {
	labels := map[string]string{
		ProblemSolving: "Problem", InformationRequest: "Question", ExperienceRequest: "Experience wanted",
		AssetShare: "Asset", Coordination: "Coordination", Discussion: "Discussion",
		Documentation: "Documentation", Visit: "Visit", KnowledgeMapping: "Who knows",
	}
	return labels[kind]
}
