package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
)

// demoPair is what the demo reads of a pair of siblings.
type demoPair struct {
	ID, State, Host, URI, Reason string
	WaitsFor                     string `json:"waits_for"`
	Successors                   []string
}

// communityPath is where a participant's own organization has the community.
func (p *participant) communityPath(more string) string {
	return "/api/praxis/v1/communities/" + p.community + more
}

// findCommunity gives a community as the participant's organization knows it.
func (p *participant) findCommunity(ctx context.Context, name, host string) (*demoAccount, error) {
	var found struct{ Accounts []demoAccount }
	handle := "@" + name + "@" + host
	err := p.call(ctx, http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+url.QueryEscape(handle), nil, &found)
	if err != nil {
		return nil, err
	}
	if len(found.Accounts) != 1 || !found.Accounts[0].Group {
		return nil, fmt.Errorf("%s does not find the community %s", p.house.name, handle)
	}
	return &found.Accounts[0], nil
}

func (p *participant) host() string { return p.house.app.Config.Host }

// pairWith gives how the participant's community stands to that of another organization; an empty one where they have nothing to do with
// each other.
func (p *participant) pairWith(ctx context.Context, other *participant) (*demoPair, error) {
	var pairs []demoPair
	if err := p.call(ctx, http.MethodGet, p.communityPath("/siblings"), nil, &pairs); err != nil {
		return nil, err
	}
	for i := range pairs {
		if pairs[i].Host == other.host() {
			return &pairs[i], nil
		}
	}
	return &demoPair{}, nil
}

// becomes waits until the pair with another one is in a state.
func (p *participant) becomes(ctx context.Context, other *participant, state string) error {
	return until(ctx, fmt.Sprintf("at %s: %s as a sibling that is %s", p.host(), other.host(), state), func() (bool, error) {
		pair, err := p.pairWith(ctx, other)
		return err == nil && pair.State == state, err
	})
}

// decide does something with the pair, as a convener does; and as an admin, where the host was never admitted.
func (p *participant) decide(ctx context.Context, other *participant, verb string) error {
	pair, err := p.pairWith(ctx, other)
	if err != nil {
		return err
	}
	if verb != "" {
		if err := p.call(ctx, http.MethodPost, p.communityPath("/siblings/"+pair.ID+"/"+verb), nil, pair); err != nil {
			return err
		}
	}
	if pair.WaitsFor != "admin" {
		return nil
	}
	return p.call(ctx, http.MethodPost, "/api/praxis/v1/admin/siblings/"+pair.ID+"/admit", nil, nil)
}

// agree goes the whole way of two communities that become one: the one convener offers, the other one approves, and an admin at either
// admits the other host.
func agree(ctx context.Context, one, other *participant, name string, terms map[string]any) error {
	offer := map[string]any{"uri": name + "@" + other.host()}
	for term, value := range terms {
		offer[term] = value
	}
	if err := one.call(ctx, http.MethodPost, one.communityPath("/siblings"), offer, nil); err != nil {
		return err
	}
	if err := one.decide(ctx, other, ""); err != nil {
		return err
	}
	if err := other.becomes(ctx, one, "received"); err != nil {
		return err
	}
	if err := other.decide(ctx, one, "approve"); err != nil {
		return err
	}
	if err := one.becomes(ctx, other, "live"); err != nil {
		return err
	}
	return other.becomes(ctx, one, "live")
}

// siblingStatus is what is read of a post of a community at several organizations.
type siblingStatus struct {
	demoStatus
	Reblog *siblingStatus
	Praxis struct {
		Title, Origin string
		Organizations []string
	}
	Replies int64 `json:"replies_count"`
}

// listed gives the statuses of a list, the boosted ones instead of their boosts.
func (p *participant) listed(ctx context.Context, path string) ([]siblingStatus, error) {
	var all []siblingStatus
	if err := p.call(ctx, http.MethodGet, path, nil, &all); err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Reblog != nil {
			all[i] = *all[i].Reblog
		}
	}
	return all, nil
}

// threadsAt lists the threads that the participant's community shows, by their addresses: as a feed reader has them, since what was missed
// while a host was away is told to nobody and so is no boost.
func (p *participant) threadsAt(ctx context.Context) ([]string, error) {
	raw, err := p.page(ctx, "/@"+leagueCommunity+"/feed.atom")
	if err != nil {
		return nil, err
	}
	var feed struct {
		Entries []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(raw), &feed); err != nil {
		return nil, fmt.Errorf("read the feed of %s: %w", p.host(), err)
	}
	var uris []string
	for _, entry := range feed.Entries {
		uris = append(uris, entry.ID)
	}
	return uris, nil
}

// locate gives a post as the participant's organization has it; nil where it is absent.
func (p *participant) locate(ctx context.Context, uri string) (*siblingStatus, error) {
	var found struct{ Statuses []siblingStatus }
	err := p.call(ctx, http.MethodGet, "/api/v2/search?type=statuses&q="+url.QueryEscape(uri), nil, &found)
	if err != nil || len(found.Statuses) == 0 {
		return nil, err
	}
	return &found.Statuses[0], nil
}

// times counts how often an address stands in a list.
func times(list []string, uri string) (n int) {
	for _, one := range list {
		if one == uri {
			n++
		}
	}
	return n
}

// home lists the participant's home.
func (p *participant) home(ctx context.Context) ([]siblingStatus, error) {
	return p.listed(ctx, "/api/v1/timelines/home?limit=40")
}

// answersTo lists what was answered to a thread, as the participant sees it.
func (p *participant) answersTo(ctx context.Context, id string) ([]demoStatus, error) {
	var thread struct{ Descendants []demoStatus }
	err := p.call(ctx, http.MethodGet, "/api/v1/statuses/"+id+"/context", nil, &thread)
	return thread.Descendants, err
}

// once finds the one entry of a post in a list; nil where it is absent. More than one is an error.
func once(list []siblingStatus, uri string) (found *siblingStatus, err error) {
	for i := range list {
		if list[i].URI != uri {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%s stands there more than once", uri)
		}
		found = &list[i]
	}
	return found, nil
}

// page gives a page of the web as a visitor sees it.
func (p *participant) page(ctx context.Context, path string) (string, error) {
	visitor := *p
	visitor.token = ""
	raw, err := visitor.ask(ctx, http.MethodGet, path, nil)
	return string(raw), err
}
