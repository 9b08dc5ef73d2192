package models

import "slices"

// HostImpact is what a change of the policy cuts off, or admits, of one host.
type HostImpact struct {
	Host             string  `json:"host"`
	Was              Verdict `json:"was"`
	Becomes          Verdict `json:"becomes"`
	Following        int64   `json:"following"`         // follows from here to there
	Followers        int64   `json:"followers"`         // follows from there to here
	Members          int64   `json:"members"`           // of ours whom these concern
	CommunitiesThere int64   `json:"communities_there"` // that members of ours follow
	CommunitiesHere  int64   `json:"communities_here"`  // that people there follow
	Deliveries       int64   `json:"deliveries"`        // that wait
}

// Impact is what a change of the policy cuts off, or admits. Total counts what is cut off; who is concerned twice counts once.
type Impact struct {
	Hosts []HostImpact `json:"hosts"`
	Total HostImpact   `json:"-"`
}

// Cuts gives those hosts that are cut off.
func (i *Impact) Cuts() []HostImpact {
	return slices.DeleteFunc(slices.Clone(i.Hosts), func(h HostImpact) bool { return h.Becomes == HostAdmitted })
}

// Admits gives those hosts that are admitted and were not.
func (i *Impact) Admits() []HostImpact {
	return slices.DeleteFunc(slices.Clone(i.Hosts), func(h HostImpact) bool { return h.Becomes != HostAdmitted })
}

// tie is one follow across the border.
type tie struct {
	Host      string
	Out       bool // from here to there
	Ours      int64
	OurType   string
	Theirs    int64
	TheirType string
}

// PolicyImpact tells what is cut off, or admitted, between two states of the policy.
func (tx *Tx) PolicyImpact(before, after *Rules) (*Impact, error) {
	hosts, err := tx.RelatedHosts()
	if err != nil {
		return nil, err
	}
	waiting, err := tx.WaitingByHost()
	if err != nil {
		return nil, err
	}
	for host := range waiting {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	impact := &Impact{}
	var changed []string
	for _, host := range slices.Compact(hosts) {
		was, becomes := before.Of(host), after.Of(host)
		if (was == HostAdmitted) != (becomes == HostAdmitted) {
			changed = append(changed, host)
			impact.Hosts = append(impact.Hosts, HostImpact{Host: host, Was: was, Becomes: becomes, Deliveries: waiting[host]})
		}
	}
	ties, err := tx.tiesWith(changed)
	if err != nil {
		return nil, err
	}
	impact.count(ties)
	return impact, nil
}

// TiesWith tells what there is between a host and us.
func (tx *Tx) TiesWith(host string) (HostImpact, error) {
	one := HostImpact{Host: host}
	ties, err := tx.tiesWith([]string{host})
	if err != nil {
		return one, err
	}
	count := newTally(&one)
	for _, t := range ties[host] {
		count.add(t)
	}
	waiting, err := tx.WaitingByHost()
	one.Deliveries = waiting[host]
	return one, err
}

func (tx *Tx) tiesWith(hosts []string) (map[string][]tie, error) {
	found := map[string][]tie{}
	for some := range slices.Chunk(hosts, 500) {
		var ties []tie
		err := tx.db.Raw(`SELECT t.host AS host, 1 = 1 AS out, a.id AS ours, a.type AS our_type, t.id AS theirs, t.type AS their_type
			FROM follow f JOIN actor a ON a.id = f.actor_id JOIN actor t ON t.id = f.target_id
			WHERE a.local AND NOT t.local AND t.host IN ?
			UNION ALL SELECT a.host, 1 = 0, t.id, t.type, a.id, a.type
			FROM follow f JOIN actor a ON a.id = f.actor_id JOIN actor t ON t.id = f.target_id
			WHERE t.local AND NOT a.local AND a.host IN ?`, some, some).Scan(&ties).Error
		if err != nil {
			return nil, translate(err, "follows")
		}
		for _, t := range ties {
			found[t.Host] = append(found[t.Host], t)
		}
	}
	return found, nil
}

func (i *Impact) count(ties map[string][]tie) {
	all := newTally(&i.Total)
	for k := range i.Hosts {
		host := &i.Hosts[k]
		one := newTally(host)
		for _, t := range ties[host.Host] {
			one.add(t)
			if host.Becomes != HostAdmitted {
				all.add(t)
			}
		}
		if host.Becomes != HostAdmitted {
			i.Total.Deliveries += host.Deliveries
		}
	}
}

// tally counts everybody once.
type tally struct {
	into                 *HostImpact
	members, here, there map[int64]bool
}

func newTally(into *HostImpact) *tally {
	return &tally{into, map[int64]bool{}, map[int64]bool{}, map[int64]bool{}}
}

func (c *tally) add(t tie) {
	if t.Out {
		c.into.Following++
	} else {
		c.into.Followers++
	}
	mark := func(set map[int64]bool, id int64, isMeant bool, count *int64) {
		if isMeant && !set[id] {
			set[id] = true
			*count++
		}
	}
	mark(c.members, t.Ours, t.OurType == TypePerson, &c.into.Members)
	mark(c.here, t.Ours, t.OurType == TypeGroup, &c.into.CommunitiesHere)
	mark(c.there, t.Theirs, t.TheirType == TypeGroup, &c.into.CommunitiesThere)
}
