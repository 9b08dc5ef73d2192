package practice

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"praxis/internal/text"
)

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
	Story              = "Story"
	Introduction       = "Introduction"
	Announcement       = "Announcement"
)

// The kinds of replies.
const (
	Answer           = "Answer"
	Idea             = "Idea"
	ExperienceReport = "ExperienceReport"
	ReuseReport      = "ReuseReport"
	Outcome          = "Outcome"
)

// KindNamespace is the address under which kinds are named on the wire.
const KindNamespace = "https://w3id.org/fep/69f0/"

// kindName is a kind with how it is named to people.
type kindName struct{ kind, label string }

func threadKindNames() []kindName {
	return []kindName{
		{ProblemSolving, "Problem"},
		{InformationRequest, "Question"},
		{ExperienceRequest, "Experience wanted"},
		{AssetShare, "Asset"},
		{Coordination, "Coordination"},
		{Discussion, "Discussion"},
		{Documentation, "Documentation"},
		{Visit, "Visit"},
		{KnowledgeMapping, "Who knows"},
		{Story, "Story"},
		{Introduction, "Introduction"},
		{Announcement, "Announcement"},
	}
}

func replyKindNames() []kindName {
	return []kindName{
		{Answer, "Answer"}, {Idea, "Idea"}, {ExperienceReport, "Experience"}, {ReuseReport, "Reuse"}, {Outcome, "Outcome"},
	}
}

func kindsOf(names []kindName) []string {
	kinds := make([]string, len(names))
	for i, name := range names {
		kinds[i] = name.kind
	}
	return kinds
}

// ThreadKinds gives the kinds of the first post of a thread.
func ThreadKinds() []string { return kindsOf(threadKindNames()) }

// ReplyKinds gives the kinds of replies.
func ReplyKinds() []string { return kindsOf(replyKindNames()) }

// suits reports whether a kind is one of the kinds of posts that are replies, or are none.
func suits(kind string, reply bool) bool {
	if reply {
		return slices.Contains(ReplyKinds(), kind)
	}
	return slices.Contains(ThreadKinds(), kind)
}

// AsksForAnswer reports a kind whose thread can have an accepted answer.
func AsksForAnswer(kind string) bool {
	return slices.Contains([]string{ProblemSolving, InformationRequest, ExperienceRequest}, kind)
}

// maxKind is how long the address of a kind that nobody knows may be, in bytes.
const maxKind = 500

// KindOfAddress gives the kind that an address names: ours by its name, others as the address that they are; "" for what
// is none.
func KindOfAddress(address string) string {
	name, ours := strings.CutPrefix(address, KindNamespace)
	if ours && (suits(name, false) || suits(name, true)) {
		return name
	}
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || len(address) > maxKind || (at.Scheme != "https" && at.Scheme != "http") {
		return ""
	}
	return address
}

// KindAddress gives the address that names a kind on the wire.
func KindAddress(kind string) string {
	if kind == "" || strings.Contains(kind, "://") {
		return kind
	}
	return KindNamespace + kind
}

// KindLabel is how a kind is named to people. One that nobody here knows is named by the end of its address.
func KindLabel(kind string) string {
	for _, name := range append(threadKindNames(), replyKindNames()...) {
		if name.kind == kind {
			return name.label
		}
	}
	at, err := url.Parse(kind)
	if err != nil || at.Host == "" {
		return ""
	}
	if at.Fragment != "" {
		return text.CleanName(at.Fragment)
	}
	if base := path.Base(at.Path); base != "/" && base != "." {
		return text.CleanName(base)
	}
	return at.Host
}
