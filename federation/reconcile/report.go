package reconcile

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

const (
	// reportEvery is how old what a sibling says of itself may become.
	reportEvery = time.Hour
	// reportAgain is how long one waits that did not answer and spoke since.
	reportAgain = time.Minute
	// reportBatch is how many siblings are asked in one step.
	reportBatch = 5
	// reportBudget is how many requests one of them may cost, and reportTime how long it may take.
	reportBudget = 40
	reportTime   = time.Minute
	// totalsSince is how old changes may be that are asked for at first; maxTotals is how many pages of them are read at once.
	totalsSince    = 30 * 24 * time.Hour
	maxTotalsPages = 4
	maxTotals      = 1000
	maxHosts       = 200
	maxMembers     = 10_000_000
)

// report is what a sibling says of itself, and where there is more.
type report struct {
	practice.SiblingSays
	ModLog, TotalsURL string
}

// readReports asks siblings that were not asked for some time how they stand. What one says is read whole, and stored then.
func (w *Worker) readReports(ctx context.Context) (bool, error) {
	due, err := w.store.Read(ctx).DueReports(models.At(w.store.Now().Add(-reportEvery)), models.At(w.store.Now().Add(-reportAgain)), reportBatch)
	if err != nil {
		return false, err
	}
	for i := range due {
		said, err := w.readReport(ctx, &due[i])
		if ctx.Err() != nil {
			return true, ctx.Err()
		}
		if err != nil {
			w.cfg.Log.DebugContext(ctx, "report of a sibling not read", "sibling", due[i].SiblingURI, "error", err)
			err = w.cfg.Service.MissReport(ctx, due[i].ID, models.ErrorMessage(err))
		} else {
			err = w.cfg.Service.HearReport(ctx, due[i].ID, &said.SiblingSays)
		}
		if err != nil {
			return true, err
		}
	}
	return len(due) > 0, nil
}

func (w *Worker) readReport(ctx context.Context, pair *models.Sibling) (*report, error) {
	ctx, cancel := context.WithTimeout(fetch.WithBudget(ctx, reportBudget), reportTime)
	defer cancel()
	address, err := w.reportAddress(ctx, pair)
	if err != nil {
		return nil, err
	}
	doc, err := w.cfg.Directory.Document(ctx, address)
	if err != nil {
		return nil, err
	}
	said, err := parseReport(doc.Raw(), pair.SiblingURI)
	if err != nil {
		return nil, err
	}
	if err := w.readTotals(ctx, pair, said); err != nil {
		return nil, err
	}
	return said, w.readLog(ctx, pair, said)
}

// reportAddress gives where a Group says how it stands. What is known of it may be older than that it says so.
func (w *Worker) reportAddress(ctx context.Context, pair *models.Sibling) (string, error) {
	for _, refresh := range []bool{false, true} {
		if refresh {
			if _, err := w.cfg.Directory.Refresh(ctx, pair.SiblingURI); err != nil {
				return "", err
			}
		}
		row, err := w.store.Read(ctx).CommunityIfAny(pair.SiblingID)
		if err != nil {
			return "", err
		}
		if row != nil && row.ReportURI != "" {
			return row.ReportURI, nil
		}
	}
	return "", models.Errorf(models.NotFound, "%s does not say how it stands", pair.SiblingURI)
}

// reportWire is how a report is written.
type reportWire struct {
	Type         string `json:"type"`
	AttributedTo string `json:"attributedTo"`
	Members      *int64 `json:"members"`
	MemberHosts  []struct {
		Host    string `json:"host"`
		Members int64  `json:"members"`
	} `json:"memberHosts"`
	InStep []struct {
		Group string    `json:"group"`
		Until time.Time `json:"until"`
	} `json:"inStep"`
	ModLog string `json:"modlog"`
	Totals string `json:"totals"`
}

// parseReport reads what a Group says of itself. Lists are bounded, and addresses are on the Group's own host.
func parseReport(raw []byte, group string) (*report, error) {
	var wire reportWire
	if err := json.Unmarshal(raw, &wire); err != nil || wire.Type != "SiblingReport" || wire.AttributedTo != group {
		return nil, models.Errorf(models.Invalid, "what %s says is no report of its own", group)
	}
	r := &report{SiblingSays: practice.SiblingSays{Members: -1, Hosts: map[string]int64{}, InStep: map[string]models.Timestamp{}}}
	if wire.Members != nil && *wire.Members >= 0 && *wire.Members <= maxMembers {
		r.Members = *wire.Members
	}
	for _, at := range wire.MemberHosts[:min(len(wire.MemberHosts), maxHosts)] {
		if host := strings.ToLower(at.Host); isHost(host) && at.Members > 0 && at.Members <= maxMembers {
			r.Hosts[host] = at.Members
		}
	}
	for _, with := range wire.InStep[:min(len(wire.InStep), maxHosts)] {
		if _, err := vocab.ParseIRI(with.Group); err == nil && len(with.Group) <= maxAddress && with.Until.Year() > 1970 && with.Until.Year() < 9999 {
			r.InStep[with.Group] = models.At(with.Until)
		}
	}
	r.ModLog, r.TotalsURL = ownAddress(wire.ModLog, group), ownAddress(wire.Totals, group)
	return r, nil
}

// isHost reports what can be shown as the name of a host.
func isHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	return strings.IndexFunc(host, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != ':'
	}) < 0
}

// ownAddress gives an address that is on the host of a Group; "" for all others.
func ownAddress(address, group string) string {
	if _, err := vocab.ParseIRI(address); err != nil || len(address) > maxAddress || !vocab.SameOrigin(address, group) {
		return ""
	}
	return address
}

// readTotals reads how many like the posts for which a sibling answers, where that changed since it was last asked.
func (w *Worker) readTotals(ctx context.Context, pair *models.Sibling, said *report) error {
	if said.TotalsURL == "" {
		return nil
	}
	known, err := w.store.Read(ctx).SiblingReport(pair.ID)
	if err != nil {
		return err
	}
	said.TotalsFrom = known.TotalsUntil
	since := max(known.TotalsUntil, models.At(w.store.Now().Add(-totalsSince)))
	for range maxTotalsPages {
		query := url.Values{"since": {strconv.FormatInt(int64(since), 10)}}
		doc, err := w.cfg.Directory.Document(ctx, said.TotalsURL+"?"+query.Encode())
		if err != nil {
			return err
		}
		totals, until, err := parseTotals(doc.Raw())
		if err != nil {
			return err
		}
		said.Totals = append(said.Totals, totals...)
		if until <= since {
			break
		}
		since = until
		if len(totals) == 0 {
			break
		}
	}
	said.TotalsUntil = since
	return nil
}

// parseTotals reads a page of totals, and until when they were counted.
func parseTotals(raw []byte) ([]models.PostTotal, models.Timestamp, error) {
	type count struct {
		TotalItems int64 `json:"totalItems"`
	}
	var wire struct {
		Items []struct {
			ID     string `json:"id"`
			Likes  count  `json:"likes"`
			Shares count  `json:"shares"`
		} `json:"orderedItems"`
		Until int64 `json:"until"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return nil, 0, models.Errorf(models.Invalid, "the totals cannot be read: %w", err)
	}
	var totals []models.PostTotal
	for _, item := range wire.Items[:min(len(wire.Items), maxTotals)] {
		good := func(n int64) bool { return n >= 0 && n <= maxMembers }
		if _, err := vocab.ParseIRI(item.ID); err == nil && len(item.ID) <= maxAddress && good(item.Likes.TotalItems) && good(item.Shares.TotalItems) {
			totals = append(totals, models.PostTotal{URI: item.ID, Likes: item.Likes.TotalItems, Shares: item.Shares.TotalItems})
		}
	}
	return totals, models.Timestamp(max(wire.Until, 0)), nil
}
