package practice

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"praxis/models"
)

// Similar is a community that may be about the same as one that somebody is about to found.
type Similar struct {
	Handle    string // name@host
	Name      string
	URI       string
	About     string
	Followers int64
	Local     bool
	// Why it is named: "name" for the same name, "topic" for a topic in common, "words" for what it says of itself.
	Why string
}

// CommunityIdea is what is said of a community that is about to be founded.
type CommunityIdea struct {
	Name, DisplayName, Domain string
	Topics                    []string
}

// maxSimilar is how many are named at most.
const maxSimilar = 10

// SimilarCommunities finds communities that are about the same as an idea: of this instance and of those whose directories
// are known, so that people join one, or link the two, instead of founding a second one that nobody finds.
func (s *Service) SimilarCommunities(ctx context.Context, viewer int64, idea CommunityIdea) ([]Similar, error) {
	tx := s.store.Read(ctx)
	actors, err := tx.CommunityDirectory(viewer, models.CommunityFilter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(actors))
	for i := range actors {
		ids[i] = actors[i].ID
	}
	rows, err := tx.Communities(ids)
	if err != nil {
		return nil, err
	}
	listed, err := tx.PeerCommunities("", 5000, 0)
	if err != nil {
		return nil, err
	}
	wanted := featuresOf(idea.Name, idea.DisplayName, idea.Domain, idea.Topics)
	var found []Similar
	seen := map[string]bool{}
	add := func(candidate Similar, username string, topics []string) {
		if seen[candidate.URI] {
			return
		}
		if candidate.Why = wanted.likeness(featuresOf(username, candidate.Name, candidate.About, topics)); candidate.Why != "" {
			seen[candidate.URI] = true
			found = append(found, candidate)
		}
	}
	for i := range actors {
		a := &actors[i]
		row := rows[a.ID]
		if row == nil {
			row = &models.Community{}
		}
		add(Similar{Handle: a.Handle, Name: a.DisplayName, URI: a.URI, About: row.Domain, Followers: a.FollowersCount, Local: a.Local}, a.Username, row.TopicList())
	}
	for i := range listed {
		c := &listed[i]
		name, _, _ := strings.Cut(c.Handle, "@")
		add(Similar{Handle: c.Handle, Name: c.Name, URI: c.URI, About: c.About, Followers: c.Followers}, name, c.TopicList())
	}
	rank := []string{"name", "topic", "words"}
	slices.SortStableFunc(found, func(a, b Similar) int { return slices.Index(rank, a.Why) - slices.Index(rank, b.Why) })
	return found[:min(len(found), maxSimilar)], nil
}

// features are what communities are compared by.
type features struct {
	name   string
	topics map[string]bool
	words  map[string]bool
}

// leastWord is how long a word must be to say something.
const leastWord = 4

func featuresOf(name, title, about string, topics []string) features {
	f := features{name: squeeze(name), topics: map[string]bool{}, words: map[string]bool{}}
	for _, topic := range topics {
		f.topics[strings.ToLower(strings.TrimSpace(topic))] = true
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(title+" "+about), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len([]rune(word)) >= leastWord {
			f.words[word] = true
		}
	}
	return f
}

// squeeze makes names alike that differ in separators only.
func squeeze(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// likeness says by what two are alike; "" when they are not.
func (f features) likeness(other features) string {
	if f.name != "" && f.name == other.name {
		return "name"
	}
	for topic := range f.topics {
		if topic != "" && other.topics[topic] {
			return "topic"
		}
	}
	common := 0
	for word := range f.words {
		if other.words[word] {
			common++
		}
	}
	if least := min(len(f.words), len(other.words)); least >= 2 && common*2 >= least && common >= 2 {
		return "words"
	}
	return ""
}
