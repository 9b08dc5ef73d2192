package neighbours

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"praxis/federation/vocab"
	"praxis/internal/text"
	"praxis/models"
)

// format is how a program lists its communities.
type format struct {
	path string
	read func(host string, raw []byte) ([]models.PeerCommunity, error)
}

// formats are the programs whose directories are read.
var formats = map[string]format{
	"praxis": {"/api/praxis/v1/communities?local=true&limit=80", readPraxis},
	"lemmy":  {"/api/v3/community/list?type_=Local&sort=TopMonth&limit=50", readLemmy},
	"piefed": {"/api/alpha/community/list?type_=Local&limit=50", readLemmy},
	"nodebb": {"/api/categories", readNodeBB},
}

func programs() []string { return slices.Sorted(maps.Keys(formats)) }

// maxListed is how many communities of one host are kept.
const maxListed = 100

// maxAbout is how much is kept of what a community says of itself, in characters.
const maxAbout = 500

// entry makes a row of what a host lists; false for what is on another host, or cannot be one.
func entry(host, uri, name, title, about string, followers int64, topics ...string) (models.PeerCommunity, bool) {
	if !vocab.SameOrigin(uri, "https://"+host+"/") && !vocab.SameOrigin(uri, "http://"+host+"/") || name == "" || strings.ContainsAny(name, "@/ ") {
		return models.PeerCommunity{}, false
	}
	about = text.Plain(about)
	if runes := []rune(about); len(runes) > maxAbout {
		about = string(runes[:maxAbout])
	}
	for i := range topics {
		topics[i] = text.CleanName(topics[i])
	}
	return models.PeerCommunity{
		URI: uri, Handle: models.Handle(name, host), Name: text.CleanName(title), About: text.CleanName(about),
		Followers: min(max(followers, 0), 100_000_000), Topics: strings.Join(topics, "\n"),
	}, true
}

// keep adds an entry to a list that has no more than it may have, and each once.
func keep(list []models.PeerCommunity, e models.PeerCommunity, good bool) []models.PeerCommunity {
	if !good || len(list) >= maxListed || slices.ContainsFunc(list, func(known models.PeerCommunity) bool { return known.URI == e.URI }) {
		return list
	}
	return append(list, e)
}

func readPraxis(host string, raw []byte) ([]models.PeerCommunity, error) {
	var communities []struct {
		Account struct {
			URI         string `json:"uri"`
			Username    string `json:"username"`
			DisplayName string `json:"display_name"`
			Followers   int64  `json:"followers_count"`
		} `json:"account"`
		Domain string   `json:"domain"`
		Topics []string `json:"topics"`
	}
	if err := json.Unmarshal(raw, &communities); err != nil {
		return nil, fmt.Errorf("read communities of %s: %w", host, err)
	}
	var list []models.PeerCommunity
	for _, c := range communities {
		e, good := entry(host, c.Account.URI, c.Account.Username, c.Account.DisplayName, c.Domain, c.Account.Followers, c.Topics[:min(len(c.Topics), 30)]...)
		list = keep(list, e, good)
	}
	return list, nil
}

// readLemmy reads the lists of Lemmy and of PieFed, which are alike.
func readLemmy(host string, raw []byte) ([]models.PeerCommunity, error) {
	var answer struct {
		Communities []struct {
			Community struct {
				URI         string `json:"actor_id"`
				Name        string `json:"name"`
				Title       string `json:"title"`
				Description string `json:"description"`
			} `json:"community"`
			Counts struct {
				Subscribers int64 `json:"subscribers"`
			} `json:"counts"`
		} `json:"communities"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("read communities of %s: %w", host, err)
	}
	var list []models.PeerCommunity
	for _, c := range answer.Communities {
		e, good := entry(host, c.Community.URI, c.Community.Name, c.Community.Title, c.Community.Description, c.Counts.Subscribers)
		list = keep(list, e, good)
	}
	return list, nil
}

// readNodeBB reads the categories of a forum: each is a Group under /category/ID.
func readNodeBB(host string, raw []byte) ([]models.PeerCommunity, error) {
	var answer struct {
		Categories []struct {
			ID          json.RawMessage `json:"cid"`
			Name        string          `json:"name"`
			Handle      string          `json:"handle"`
			Description string          `json:"descriptionParsed"`
		} `json:"categories"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("read categories of %s: %w", host, err)
	}
	var list []models.PeerCommunity
	for _, c := range answer.Categories {
		if id, err := strconv.ParseInt(string(c.ID), 10, 64); err != nil || id <= 0 {
			continue // one that it follows elsewhere
		}
		e, good := entry(host, "https://"+host+"/category/"+string(c.ID), c.Handle, c.Name, c.Description, 0)
		list = keep(list, e, good)
	}
	return list, nil
}
