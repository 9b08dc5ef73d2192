package mastodon

import (
	"strings"

	"praxis/models"
	"praxis/practice"
)

// listedCommunity is a community of another host as that host's own directory has it.
type listedCommunity struct {
	URI       string   `json:"uri"`
	Handle    string   `json:"handle"`
	Name      string   `json:"name"`
	About     string   `json:"about"`
	Topics    []string `json:"topics"`
	Followers int64    `json:"followers_count"`
}

// getCommunitiesElsewhere lists what the directories of other hosts have. To follow one, search for its handle.
func getCommunitiesElsewhere(c *call) (any, error) {
	var ask struct {
		Text string `mapstructure:"q"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	rows, err := c.tx.PeerCommunities(strings.TrimSpace(ask.Text), c.limit(40, 80), c.offset())
	if err != nil {
		return nil, err
	}
	shown := []listedCommunity{}
	for i := range rows {
		shown = append(shown, showListed(&rows[i]))
	}
	return shown, nil
}

func showListed(row *models.PeerCommunity) listedCommunity {
	return listedCommunity{
		URI: webURL(row.URI), Handle: row.Handle, Name: row.Name, About: row.About, Topics: orNone(row.TopicList()), Followers: row.Followers,
	}
}

// similarCommunity is one that may be about the same; why is "name", "topic" or "words".
type similarCommunity struct {
	URI       string `json:"uri"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	About     string `json:"about"`
	Followers int64  `json:"followers_count"`
	Local     bool   `json:"local"`
	Why       string `json:"why"`
}

// tooSimilar answers who wants to found what exists.
type tooSimilar struct {
	Error   string             `json:"error"`
	Similar []similarCommunity `json:"similar"`
}

func showSimilar(found []practice.Similar) []similarCommunity {
	shown := []similarCommunity{}
	for _, s := range found {
		shown = append(shown, similarCommunity{
			URI: webURL(s.URI), Handle: s.Handle, Name: s.Name, About: s.About, Followers: s.Followers, Local: s.Local, Why: s.Why,
		})
	}
	return shown
}

// getSimilarCommunities finds what is about the same as a community that the caller thinks of.
func getSimilarCommunities(c *call) (any, error) {
	var ask communityAsk
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	found, err := c.s.service.SimilarCommunities(c.ctx(), c.viewer(), ask.idea())
	if err != nil {
		return nil, err
	}
	return showSimilar(found), nil
}
