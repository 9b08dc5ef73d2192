package activitypub

import (
	"net/http"
	"slices"

	"praxis/federation/vocab"
	"praxis/models"
)

// totalsPage is how many totals one answer has.
const totalsPage = 500

// getSiblingReport tells a sibling how a community of ours stands: how many members it has, as far as that was agreed, with whom it is
// in step, and where there is more.
func (s *Server) getSiblingReport(w http.ResponseWriter, r *http.Request) {
	s.toSibling(w, r, func(tx *models.Tx, community *models.Actor, host string) (vocab.M, error) {
		said, err := s.cfg.Service.SaysToSibling(tx, community, host)
		if err != nil {
			return nil, err
		}
		doc := vocab.M{
			"id": s.links.SiblingReport(community), "type": "SiblingReport", "attributedTo": community.URI,
			"published": vocab.FormatTime(tx.Now().Time()), "modlog": s.links.ModLog(community), "totals": s.links.Totals(community),
		}
		if said.Members >= 0 {
			doc["members"] = said.Members
		}
		if len(said.Hosts) > 0 {
			doc["memberHosts"] = inOrder(said.Hosts, func(host string, n int64) vocab.M { return vocab.M{"host": host, "members": n} })
		}
		doc["inStep"] = inOrder(said.InStep, func(group string, until models.Timestamp) vocab.M {
			return vocab.M{"group": group, "until": vocab.FormatTime(until.Time())}
		})
		return doc, nil
	})
}

func inOrder[V any](values map[string]V, write func(string, V) vocab.M) []any {
	var keys []string
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	items := []any{}
	for _, key := range keys {
		items = append(items, write(key, values[key]))
	}
	return items
}

// getTotals tells a sibling how many like and shared posts, of those for which this host answers, where that changed since a moment.
func (s *Server) getTotals(w http.ResponseWriter, r *http.Request) {
	s.toSibling(w, r, func(tx *models.Tx, community *models.Actor, _ string) (vocab.M, error) {
		since, err := number(r, "since")
		if err != nil {
			return nil, err
		}
		until := tx.Now()
		rows, err := tx.ChangedTotals(community.ID, models.Timestamp(since), totalsPage)
		if err != nil {
			return nil, err
		}
		items := []any{}
		for _, row := range rows {
			items = append(items, vocab.M{"id": row.URI, "likes": vocab.M{"totalItems": row.Likes}, "shares": vocab.M{"totalItems": row.Shares}})
		}
		if len(rows) == totalsPage { // the rest comes with the next question
			until = rows[len(rows)-1].At
		}
		base := s.links.Totals(community)
		doc := collectionPage(base, base+"?"+r.URL.RawQuery, "", items)
		doc["until"] = int64(until)
		return doc, nil
	})
}
