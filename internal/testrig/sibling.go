package testrig

import (
	"cmp"
	"context"
	"time"

	"praxis/federation/pact"
	"praxis/models"
	"praxis/practice"
)

// Sibling is a Group at one instance of a community that lives at several.
type Sibling struct {
	*Server
	Group *models.Actor
}

// siblingURN is the name of the community that Cluster.Siblings makes.
const siblingURN = "urn:uuid:01890000-0000-7000-8000-000000000001"

// Siblings founds a community at each of the cluster's instances and makes pairs of all of them, with what they agreed on.
func (c *Cluster) Siblings(name string, terms pact.Bond, hosts ...string) []*Sibling {
	c.T.Helper()
	var all []*Sibling
	for _, host := range hosts {
		server := c.Server(host)
		all = append(all, &Sibling{server, server.Community(name, nil, func(c *practice.NewCommunity) { c.Class = terms.Class })})
	}
	for i := range all {
		for j := range all[:i] {
			c.Pair(all[i], all[j], terms)
		}
	}
	return all
}

// Pair makes two Groups siblings, as if they had agreed, without a word between their hosts but to find each other.
func (c *Cluster) Pair(one, other *Sibling, terms pact.Bond) {
	c.T.Helper()
	one.joins(other, terms)
	other.joins(one, terms)
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

// Agree writes what two Groups agreed on, as the one has it: who withdraws what, bans, and after how many days of silence a host
// counts as lost.
func (s *Sibling) Agree(other *Sibling, terms pact.Bond) string {
	s.Cluster.T.Helper()
	now := s.Cluster.Clock.Now().UTC().Truncate(time.Second)
	terms.ID, terms.Nonce = min(s.Group.URI, other.Group.URI)+"#bond", "a nonce of the tests"
	terms.Community, terms.Class, terms.Roster = siblingURN, cmp.Or(terms.Class, models.ClassPublic), cmp.Or(terms.Roster, "counts")
	terms.ValidFrom, terms.ValidUntil = now, now.AddDate(1, 0, 0)
	bond := terms.Between(s.Group.URI, "ann", other.Group.URI, "bo")
	said, err := bond.Encode()
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
	return string(said)
}

func (s *Sibling) joins(other *Sibling, terms pact.Bond) {
	s.Cluster.T.Helper()
	theirs := s.See(other.Group.URI)
	said := s.Agree(other, terms)
	err := s.Store.Tx(context.Background(), func(tx *models.Tx) error {
		pair := &models.Sibling{
			CommunityID: s.Group.ID, SiblingID: theirs.ID, SiblingURI: theirs.URI, Host: theirs.Host, State: models.SiblingLive,
			Agreement: said, HeardAt: tx.Now(), AgreedAt: tx.Now(), ValidUntil: tx.Now().Add(365 * 24 * time.Hour),
		}
		if err := tx.SaveSibling(pair); err != nil {
			return err
		}
		community, err := tx.Community(s.Group.ID)
		if err != nil {
			return err
		}
		if community.URN = siblingURN; tx.SaveCommunity(community) != nil {
			return models.Errorf(models.Internal, "the community has no name")
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

// Declared notes here that another Group named who goes on with its threads when its host is lost.
func (s *Sibling) Declared(other, next *Sibling) {
	s.Cluster.T.Helper()
	id := s.PairWith(other).SiblingID
	err := s.Store.Tx(context.Background(), func(tx *models.Tx) error {
		known, err := tx.CommunityIfAny(id)
		if err != nil {
			return err
		}
		if known == nil {
			return tx.CreateCommunity(&models.Community{ActorID: id, Successors: next.Group.URI})
		}
		known.Successors = next.Group.URI
		return tx.SaveCommunity(known)
	})
	if err != nil {
		s.Cluster.T.Fatal(err)
	}
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
