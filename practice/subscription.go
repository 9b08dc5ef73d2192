package practice

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"praxis/internal/hostlist"
	"praxis/models"
)

// ListsEvery is how often subscribed lists are looked at.
const ListsEvery = 24 * time.Hour

// maxSubscriptions bounds how many lists are followed.
const maxSubscriptions = 50

// Subscribe follows a list of hosts that somebody else keeps. It is read soon, by the worker. Errors: Forbidden; Invalid, naming the field;
// Conflict for an address that is followed.
func (s *Service) Subscribe(ctx context.Context, by By, sub models.ListSubscription) (*models.ListSubscription, error) {
	if err := checkSubscription(&sub); err != nil {
		return nil, err
	}
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.mayFederate(tx, by.Moderator); err != nil {
			return err
		}
		all, err := tx.ListSubscriptions("")
		if err != nil {
			return err
		}
		if len(all) >= maxSubscriptions {
			return models.Errorf(models.Conflict, "There are %d subscriptions already: end one first.", len(all))
		}
		if err := tx.SaveListSubscription(&sub); err != nil {
			return err
		}
		return s.audit(tx, by.Moderator, "list.subscribe", named(sub.URL), nil, subscriptionSaid(&sub))
	})
	return &sub, err
}

func checkSubscription(sub *models.ListSubscription) error {
	address, err := url.Parse(sub.URL)
	if err != nil || (address.Scheme != "https" && address.Scheme != "http") || address.Host == "" || address.User != nil || len(sub.URL) > 2000 {
		return invalid("url", "Validation failed: %q is no address of a list, such as https://lists.example/blocks.csv", clip(sub.URL))
	}
	if !slices.Contains([]string{models.ListBlocks, models.ListAllows}, sub.Kind) {
		return invalid("kind", "Validation failed: kind %q is neither blocks nor allows", clip(sub.Kind))
	}
	if !slices.Contains([]string{models.ListDrafts, models.ListApplies}, sub.Mode) {
		return invalid("mode", "Validation failed: mode %q is neither draft nor apply", clip(sub.Mode))
	}
	if sub.Priority < 0 || sub.Priority > 255 {
		return invalid("priority", "Validation failed: priority %d is not from 0 to 255", sub.Priority)
	}
	return nil
}

func subscriptionSaid(sub *models.ListSubscription) any {
	return map[string]any{"kind": sub.Kind, "mode": sub.Mode, "priority": sub.Priority}
}

// Unsubscribe ends a subscription. What came with it and no other list has is taken back: by a draft, as with any change. Errors: Forbidden,
// NotFound.
func (s *Service) Unsubscribe(ctx context.Context, by By, id int64) error {
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.mayFederate(tx, by.Moderator); err != nil {
			return err
		}
		sub, err := tx.ListSubscription(id)
		if err != nil {
			return err
		}
		if err := tx.DeleteListSubscription(id); err != nil {
			return err
		}
		return s.audit(tx, by.Moderator, "list.unsubscribe", named(sub.URL), subscriptionSaid(sub), nil)
	})
	if err != nil {
		return err
	}
	_, err = s.MergeLists(ctx)
	return err
}

// ReadListSoon lets the worker look at a list next, and not only when its day is over. Errors: Forbidden, NotFound.
func (s *Service) ReadListSoon(ctx context.Context, by By, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := s.mayFederate(tx, by.Moderator); err != nil {
			return err
		}
		sub, err := tx.ListSubscription(id)
		if err != nil {
			return err
		}
		sub.TriedAt = 0
		if err := tx.SaveListSubscription(sub); err != nil {
			return err
		}
		return s.audit(tx, by.Moderator, "list.read", named(sub.URL), nil, nil)
	})
}

// ReadList takes what a subscribed list holds now; trouble says why it could not be read. It then does, or drafts, what follows. A list that
// is of no use changes nothing, and keeps what it held.
func (s *Service) ReadList(ctx context.Context, id int64, rows []hostlist.Row, trouble string) (*Import, error) {
	if trouble == "" {
		var err error
		if rows, err = s.usableRows(rows); err != nil {
			trouble = err.Error()
		}
	}
	usable := false
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		sub, err := tx.ListSubscription(id)
		if err != nil {
			return err
		}
		sub.TriedAt = tx.Now()
		if sub.Trouble = clip(trouble); trouble == "" {
			sub.Trouble = shrunk(sub.Hosts, len(rows))
		}
		if usable = sub.Trouble == ""; usable {
			raw, err := json.Marshal(rows)
			if err != nil {
				return err
			}
			sub.Lines, sub.Hosts, sub.ReadAt = string(raw), len(rows), tx.Now()
		}
		return tx.SaveListSubscription(sub)
	})
	if err != nil || !usable {
		return nil, err
	}
	return s.MergeLists(ctx)
}

// usableRows leaves out what names ourselves, since a list is not written for us alone, and refuses what is no list of hosts.
func (s *Service) usableRows(rows []hostlist.Row) ([]hostlist.Row, error) {
	rows = slices.DeleteFunc(rows, func(row hostlist.Row) bool {
		host, err := cleanHost(row.Host)
		return err == nil && s.isOurs(host)
	})
	return s.cleanRows(rows)
}

// shrunk says what is wrong with a list that lost too much at once; "" for nothing.
func shrunk(before, now int) string {
	switch {
	case now == 0:
		return "the list is empty; what it held before still counts"
	case before >= 10 && now < before/2:
		return "the list lost more than half of its hosts at once; what it held before still counts. If that is right, unsubscribe and subscribe again"
	}
	return ""
}

// MergeLists compares what all subscribed lists want with what holds. A difference becomes a draft; it is applied at once when all
// subscriptions say so and it cuts off nobody. It gives nil when there is no difference.
func (s *Service) MergeLists(ctx context.Context) (*Import, error) {
	rows, applies, err := s.wantedByLists(ctx)
	if err != nil {
		return nil, err
	}
	by := By{}
	tried, err := s.DraftImport(ctx, By{DryRun: true}, subscribedSource, rows)
	if err != nil {
		return nil, err
	}
	changes := slices.ContainsFunc(tried.Lines, ImportLine.isChange)
	if err := s.store.Tx(ctx, func(tx *models.Tx) error { return tx.DropSubscribedDraft() }); err != nil || !changes {
		return nil, err
	}
	made, err := s.draft(ctx, by, models.DomainImport{Source: subscribedSource, Subscribed: true}, rows)
	if err != nil || !applies || len(made.Impact.Cuts()) > 0 {
		return made, err
	}
	return s.ApplyImport(ctx, by, made.ID)
}

// subscribedSource names lists that subscriptions made.
const subscribedSource = "subscribed lists"

func (l ImportLine) isChange() bool { return l.Fate != FateKept && l.Fate != FateProtected }

// wantedByLists gives the union of all subscribed lists, with what is to be taken back, and whether all are to be applied.
func (s *Service) wantedByLists(ctx context.Context) (rows []hostlist.Row, applies bool, err error) {
	tx := s.store.Read(ctx)
	subs, err := tx.ListSubscriptions("")
	if err != nil {
		return nil, false, err
	}
	applies = true
	wanted := map[string]string{} // of a host: which kind of list says something of it
	for i := range subs {
		applies = applies && subs[i].Mode == models.ListApplies
		if rows, err = mergeLines(rows, wanted, &subs[i]); err != nil {
			return nil, false, err
		}
	}
	back, err := takenBack(tx, wanted)
	return append(back, rows...), applies && len(subs) > 0, err
}

// takenBack gives the rows that undo what came with subscriptions and is on none of their lists any more.
func takenBack(tx *models.Tx, wanted map[string]string) (rows []hostlist.Row, err error) {
	blocks, err := tx.SubscribedBlocks()
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		if wanted[b.Host] != models.ListBlocks {
			rows = append(rows, hostlist.Row{Host: b.Host, Severity: hostlist.Retract})
		}
	}
	allows, err := tx.SubscribedAllows()
	if err != nil {
		return nil, err
	}
	for _, a := range allows {
		if wanted[a.Host] != models.ListAllows {
			rows = append(rows, hostlist.Row{Host: a.Host, Severity: hostlist.Refuse})
		}
	}
	return rows, nil
}

// mergeLines adds what a list says of hosts on whom none of higher priority said something.
func mergeLines(rows []hostlist.Row, wanted map[string]string, sub *models.ListSubscription) ([]hostlist.Row, error) {
	if sub.Lines == "" {
		return rows, nil
	}
	var lines []hostlist.Row
	if err := json.Unmarshal([]byte(sub.Lines), &lines); err != nil {
		return nil, err
	}
	for _, line := range lines {
		if wanted[line.Host] != "" || line.Severity == hostlist.Retract { // what is retracted, other lists may still name
			continue
		}
		wanted[line.Host] = sub.Kind
		if sub.Kind == models.ListAllows {
			line = hostlist.Row{Line: line.Line, Host: line.Host, Severity: hostlist.Allow, PublicComment: line.PublicComment}
		}
		rows = append(rows, line)
	}
	return rows, nil
}

// SubscriptionLine is a subscription for whoever reads it, people or programs.
type SubscriptionLine struct {
	ID       string  `json:"id"`
	URL      string  `json:"url"`
	Kind     string  `json:"kind"`
	Mode     string  `json:"mode"`
	Priority int     `json:"priority"`
	Hosts    int     `json:"hosts"`
	ReadAt   *string `json:"read_at"`
	Trouble  string  `json:"trouble"`
}

// SubscriptionOf gives a subscription for readers.
func SubscriptionOf(s *models.ListSubscription) SubscriptionLine {
	line := SubscriptionLine{ID: format(s.ID), URL: s.URL, Kind: s.Kind, Mode: s.Mode, Priority: s.Priority, Hosts: s.Hosts, Trouble: s.Trouble}
	if s.ReadAt != 0 {
		at := s.ReadAt.Time().UTC().Format(time.RFC3339)
		line.ReadAt = &at
	}
	return line
}
