package testrig

import (
	"context"
	"encoding/json"

	"praxis/models"
)

// Sibling is a Group at one instance of a community that lives at several.
type Sibling struct {
	*Server
	Group *models.Actor
}

// Siblings founds a community at each of the cluster's instances and makes pairs of all of them, with what they agreed on.
func (c *Cluster) Siblings(name string, agreement M, hosts ...string) []*Sibling {
	c.T.Helper()
	var all []*Sibling
	for _, host := range hosts {
		server := c.Server(host)
		all = append(all, &Sibling{server, server.Community(name, nil)})
	}
	for i := range all {
		for j := range all[:i] {
			c.Pair(all[i], all[j], agreement)
		}
	}
	return all
}

// Pair makes two Groups siblings, as if they had agreed, without a word between their hosts but to find each other.
func (c *Cluster) Pair(one, other *Sibling, agreement M) {
	c.T.Helper()
	one.joins(other, agreement)
	other.joins(one, agreement)
}

// See gives an actor of another host as this instance knows it.
func (s *Server) See(uri string) *models.Actor {
	s.Cluster.T.Helper()
	actor, _, err := s.Service.Directory().FindByURI(context.Background(), uri)
	if err != nil || actor == nil {
		s.Cluster.T.Fatalf("%s does not find %s: %v", s.Host, uri, err)
	}
	return actor
}

func (s *Sibling) joins(other *Sibling, agreement M) {
	s.Cluster.T.Helper()
	theirs := s.See(other.Group.URI)
	said, err := json.Marshal(agreement)
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	err = s.Store.Tx(context.Background(), func(tx *models.Tx) error {
		pair := &models.Sibling{
			CommunityID: s.Group.ID, SiblingID: theirs.ID, SiblingURI: theirs.URI, Host: theirs.Host, State: models.SiblingLive,
			Agreement: string(said), HeardAt: tx.Now(), AgreedAt: tx.Now(),
		}
		if err := tx.SaveSibling(pair); err != nil {
			return err
		}
		// The same follows stand at both hosts under the same ids.
		for _, follow := range []models.Follow{
			{URI: s.Group.URI + "#follows/" + other.Host, ActorID: s.Group.ID, TargetID: theirs.ID},
			{URI: other.Group.URI + "#follows/" + s.Host, ActorID: theirs.ID, TargetID: s.Group.ID},
		} {
			follow.State, follow.ShowReblogs, follow.AcceptedAt = models.FollowAccepted, true, tx.Now()
			if err := tx.PutFollow(&follow); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
}

// PairWith gives how a Group stands to a sibling.
func (s *Sibling) PairWith(other *Sibling) *models.Sibling {
	s.Cluster.T.Helper()
	pair, err := s.Store.Read(context.Background()).Sibling(s.Group.ID, other.Group.URI)
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	return pair
}

// SetPair changes how a Group stands to a sibling.
func (s *Sibling) SetPair(other *Sibling, change func(*models.Sibling)) {
	s.Cluster.T.Helper()
	pair := s.PairWith(other)
	change(pair)
	if err := s.Store.Tx(context.Background(), func(tx *models.Tx) error { return tx.SaveSibling(pair) }); err != nil {
		s.Cluster.T.Fatal(err)
	}
}
