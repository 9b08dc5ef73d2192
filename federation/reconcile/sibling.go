package reconcile

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// Siblings compare what one of them took first in this time, up to a moment ago: what is on its way is no difference.
const (
	syncWindow  = 30 * 24 * time.Hour
	syncGrain   = 5 * time.Minute
	syncSettles = time.Minute
)

// SiblingSummary is what the header Sibling-Sync says: the sum of what a Group took first within a time, and where it is listed.
type SiblingSummary struct {
	URL          string
	Since, Until models.Timestamp
	Digest       string // see models.SumUp
}

// String writes the header.
func (s SiblingSummary) String() string {
	return fmt.Sprintf(`url="%s", since="%d", until="%d", digest="%s"`, s.URL, s.Since, s.Until, s.Digest)
}

// ParseSiblingSummary reads the header. The error says what is wrong with it.
func ParseSiblingSummary(header string) (SiblingSummary, error) {
	params, err := sign.Params(header)
	if err != nil {
		return SiblingSummary{}, err
	}
	s := SiblingSummary{URL: params["url"], Digest: strings.ToLower(params["digest"])}
	if _, err := vocab.ParseIRI(s.URL); err != nil || len(s.URL) > maxAddress {
		return SiblingSummary{}, errors.New("url is no address")
	}
	for name, into := range map[string]*models.Timestamp{"since": &s.Since, "until": &s.Until} {
		value, err := strconv.ParseInt(params[name], 10, 64)
		if err != nil || value <= 0 {
			return SiblingSummary{}, fmt.Errorf("%s is no time", name)
		}
		*into = models.Timestamp(value)
	}
	if s.Since >= s.Until || s.Until.Time().Sub(s.Since.Time()) > 2*syncWindow {
		return SiblingSummary{}, errors.New("since and until are no time of some weeks")
	}
	if raw, err := hex.DecodeString(s.Digest); err != nil || len(raw) != 32 {
		return SiblingSummary{}, errors.New("digest is no SHA-256 in hex")
	}
	return s, nil
}

// window gives of which time the posts are compared at a moment.
func window(now time.Time) (since, until models.Timestamp) {
	until = models.At(now.Truncate(syncGrain).Add(-syncGrain))
	return beginning(until), until
}

func beginning(until models.Timestamp) models.Timestamp {
	return models.At(until.Time().Add(-syncWindow).Truncate(24 * time.Hour))
}

// summed is a header that was made, or compared.
type summed struct {
	until  models.Timestamp
	header string
}

// siblingHeader gives what a delivery of a Group to the host of a sibling says; "" to other hosts.
func (t *Teller) siblingHeader(ctx context.Context, actorID int64, host string) (string, error) {
	tx := t.store.Read(ctx)
	pair, err := tx.SiblingOn(actorID, strings.ToLower(host))
	if models.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	since, until := window(t.store.Now())
	since = max(since, practice.SharedSince(pair))
	if since >= until {
		return "", nil
	}
	t.mu.Lock()
	known := t.sums[pair.ID]
	t.mu.Unlock()
	if known.until == until {
		return known.header, nil
	}
	posts, err := tx.TakenFirst(actorID, since, until)
	if err != nil {
		return "", err
	}
	group, err := tx.Actor(actorID)
	if err != nil {
		return "", err
	}
	header := SiblingSummary{URL: t.links.Admitted(group), Since: since, Until: until, Digest: models.SumUp(posts)}.String()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.sums) >= maxRemembered {
		clear(t.sums)
	}
	t.sums[pair.ID] = summed{until, header}
	return header, nil
}

// withSibling adds what siblings say of each other to the headers of a delivery.
func (t *Teller) withSibling(ctx context.Context, header http.Header, actorID int64, host string) (http.Header, error) {
	said, err := t.siblingHeader(ctx, actorID, host)
	if err != nil || said == "" {
		return header, err
	}
	if header == nil {
		header = http.Header{}
	}
	header.Set(sign.SiblingSync, said)
	return header, nil
}

// HearSibling takes what a signed delivery of a sibling said of what it took first. Only a difference is looked into. What makes
// no sense, or is on another origin, is left alone.
func (w *Worker) HearSibling(ctx context.Context, sender *models.Actor, header string) {
	said, err := ParseSiblingSummary(header)
	if err == nil && !vocab.SameOrigin(sender.URI, said.URL) {
		err = models.Errorf(models.Forbidden, "%s is on another host", said.URL)
	}
	if err == nil {
		err = w.hearSibling(ctx, sender, said)
	}
	if err != nil && ctx.Err() == nil {
		w.cfg.Log.DebugContext(ctx, "summary of a sibling not taken", "actor", sender.URI, "error", err)
	}
}

func (w *Worker) hearSibling(ctx context.Context, sender *models.Actor, said SiblingSummary) error {
	if w.heardBefore(sender.ID, said) {
		return nil
	}
	if err := w.cfg.Service.SiblingSpoke(ctx, sender.URI); err != nil {
		return err
	}
	tx := w.store.Read(ctx)
	pairs, err := tx.PairsWith(sender.URI, models.SiblingLive)
	if err != nil {
		return err
	}
	for i := range pairs {
		ours, err := tx.TakenFrom(pairs[i].CommunityID, sender.URI, said.Since, said.Until)
		if err != nil {
			return err
		}
		began, err := w.historyOf(ctx, &pairs[i], said.Since)
		if err != nil {
			return err
		}
		alike := models.SumUp(ours) == said.Digest && began == said.Since
		if !alike && pairs[i].SyncDigest == said.Digest && pairs[i].SyncDueAt == 0 && pairs[i].SyncTries > 0 {
			continue // it was looked into, and what is left is no fault
		}
		due := models.At(w.store.Now().Add(syncSettles))
		if err := w.cfg.Service.HearSibling(ctx, &pairs[i], alike, said.Digest, said.URL, said.Until, due); err != nil {
			return err
		}
	}
	return nil
}

// heardBefore: every delivery says the same until there is something new.
func (w *Worker) heardBefore(senderID int64, said SiblingSummary) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sums == nil || len(w.sums) >= maxRemembered {
		w.sums = map[int64]string{}
	}
	header := said.String()
	known := w.sums[senderID] == header
	w.sums[senderID] = header
	return known
}
