package reconcile

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"praxis/federation/directory"
	"praxis/federation/fetch"
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
	// syncFetches is how many posts one step fetches at most, and syncTries how often it is tried in vain.
	syncFetches = 100
	syncTries   = 12
	maxSyncPage = 500
	// syncMisses is how many posts may not be there that a sibling lists: it could have others asked for what never was. syncRest is
	// when more is taken of one that brought as much as may come within a day.
	syncMisses = 50
	syncRest   = 6 * time.Hour
	maxDays    = 4000 // more than ten years
	// syncPages is how many lists of days one step reads: others wait meanwhile.
	syncPages = 300
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

// syncSiblings fetches what is missing of some siblings, and reports whether there was any.
func (w *Worker) syncSiblings(ctx context.Context) (bool, error) {
	due, err := w.store.Read(ctx).DueSyncs(batch)
	if err != nil {
		return false, err
	}
	for i := range due {
		if err := w.sync(ctx, &due[i]); err != nil {
			return true, err
		}
	}
	return len(due) > 0, nil
}

// sync compares what one sibling took first, and stores when it is to be compared again.
func (w *Worker) sync(ctx context.Context, pair *models.Sibling) error {
	left := false
	may, err := w.cfg.Service.MayTakeLate(ctx, pair)
	if err == nil && may && pair.State == models.SiblingLive {
		left, err = w.syncPair(ctx, pair)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := w.store.Now()
	again := models.Timestamp(0)
	switch pair.SyncTries++; {
	case !may:
		again, left = models.At(now.Add(syncRest)), true
	case err != nil && pair.SyncTries < syncTries:
		again = models.At(now.Add(syncSettles << min(pair.SyncTries, 8)))
	case err == nil && left:
		again, pair.SyncTries = models.At(now), 1
	}
	if err != nil {
		w.cfg.Log.InfoContext(ctx, "sibling not compared", "sibling", pair.SiblingURI, "error", err)
	}
	alike := err == nil && !left
	return w.store.Tx(ctx, func(tx *models.Tx) error {
		if alike {
			if err := tx.SiblingDiffers(pair.ID, 0); err != nil {
				return err
			}
		}
		return tx.SyncDone(pair, alike, again)
	})
}

// syncPair fetches the difference, day by day, and reports whether more is left.
func (w *Worker) syncPair(ctx context.Context, pair *models.Sibling) (left bool, err error) {
	until := pair.SyncUntil // by its clock
	since, err := w.historyOf(ctx, pair, max(beginning(until), practice.SharedSince(pair)))
	if err != nil {
		return false, err
	}
	days, err := w.days(ctx, fmt.Sprintf("%s?since=%d&until=%d", pair.SyncURL, since, until))
	if err != nil {
		return false, err
	}
	ours, err := w.store.Read(ctx).TakenFrom(pair.CommunityID, pair.SiblingURI, since, until)
	if err != nil {
		return false, err
	}
	mine, run := models.ByDay(ours), comparison{pair: pair, listed: map[string]bool{}, fetches: syncFetches, pages: syncPages}
	if err := w.cfg.Service.SiblingDiffers(ctx, pair, differing(days, mine)); err != nil {
		return false, err
	}
	for _, day := range days {
		if models.SumUp(mine[day.Day]) == day.Digest {
			delete(mine, day.Day)
		} else if err := w.syncDay(ctx, &run, day.Day); err != nil {
			return false, err
		}
		if run.fetches <= 0 {
			return true, nil
		}
	}
	return w.letGo(ctx, &run, mine)
}

// comparison is one look at what a sibling took first.
type comparison struct {
	pair    *models.Sibling
	listed  map[string]bool // what it shows of the days that differ
	fetches int             // how many more posts may be asked for
	misses  int             // how many of them were not there
	pages   int             // how many more lists of days may be read
}

// historyOf gives since when a pair is compared: of a community that is not for everybody the history comes this way, too, the first
// time, since an outbox shows only what is public.
func (w *Worker) historyOf(ctx context.Context, pair *models.Sibling, since models.Timestamp) (models.Timestamp, error) {
	row, err := w.store.Read(ctx).CommunityIfAny(pair.CommunityID)
	if err != nil || row.IsForAll() || pair.AgreedAt != 0 {
		return since, err
	}
	return min(since, practice.SharedSince(pair)), nil
}

// differing tells about how many posts differ: at least one for each day that does.
func differing(days []models.SyncDay, mine map[int64][]models.Taken) int64 {
	n, seen := int64(0), map[int64]bool{}
	for _, day := range days {
		seen[day.Day] = true
		if models.SumUp(mine[day.Day]) != day.Digest {
			missing := day.Count - int64(len(mine[day.Day]))
			n += max(missing, -missing, 1)
		}
	}
	for day, posts := range mine {
		if !seen[day] {
			n += int64(len(posts))
		}
	}
	return n
}

// days asks a sibling for the sums of its days.
func (w *Worker) days(ctx context.Context, address string) ([]models.SyncDay, error) {
	doc, err := w.cfg.Directory.Document(fetch.WithBudget(ctx, budget), address)
	if err != nil {
		return nil, err
	}
	return parseDays(doc.Raw())
}

// parseDays reads the sums of days: few, each once.
func parseDays(raw []byte) ([]models.SyncDay, error) {
	var said struct {
		Days []models.SyncDay `json:"days"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, models.Errorf(models.Invalid, "the sums of days cannot be read: %w", err)
	}
	if len(said.Days) > maxDays {
		return nil, models.Errorf(models.Invalid, "there are %d days", len(said.Days))
	}
	slices.SortFunc(said.Days, func(a, b models.SyncDay) int { return cmp.Compare(b.Day, a.Day) }) // the newest first
	return slices.CompactFunc(said.Days, func(a, b models.SyncDay) bool { return a.Day == b.Day }), nil
}

// syncDay takes what is missing of a day.
func (w *Worker) syncDay(ctx context.Context, run *comparison, day int64) error {
	for page := 0; page*maxSyncPage < maxListed*4; page++ {
		if run.pages--; run.pages < 0 {
			return models.Errorf(models.Invalid, "more days differ than are looked into at once")
		}
		items, err := w.dayPage(ctx, run.pair.SyncURL, day, page)
		if err != nil {
			return err
		}
		for _, item := range items {
			if run.listed[item.ID] { // a list may say the same twice, or on every day
				continue
			}
			run.listed[item.ID] = true
			if err := w.takeLate(ctx, run, item.ID); err != nil {
				return err
			}
			if run.fetches <= 0 {
				return nil
			}
		}
		if len(items) < maxSyncPage {
			break
		}
	}
	return nil
}

func (w *Worker) dayPage(ctx context.Context, base string, day int64, page int) ([]vocab.Ref, error) {
	query := url.Values{"day": {strconv.FormatInt(day, 10)}, "page": {strconv.Itoa(page)}}
	doc, err := w.cfg.Directory.Document(fetch.WithBudget(ctx, budget), base+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	c, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return nil, models.Errorf(models.Invalid, "%s is no collection: %w", base, err)
	}
	return c.Items[:min(len(c.Items), maxSyncPage)], nil
}

// takeLate takes one post that is missing. What its own host does not give is left out.
func (w *Worker) takeLate(ctx context.Context, run *comparison, uri string) error {
	_, err := w.store.Read(ctx).Admission(run.pair.CommunityID, uri)
	if err == nil || !models.IsNotFound(err) {
		return err // taken, by another sibling perhaps, or withdrawn
	}
	known, err := w.store.Read(ctx).PostByURI(uri)
	if err == nil && known.CommunityID != 0 && known.CommunityID != run.pair.SiblingID {
		return nil // it came in at another one here: an answer without a name does at each that hears it
	}
	if err != nil && !models.IsNotFound(err) {
		return err
	}
	run.fetches--
	group, err := w.store.Read(ctx).Actor(run.pair.SiblingID)
	if err != nil {
		return err
	}
	post, meant, err := w.cfg.Directory.PostIn(ctx, uri, group)
	if directory.IsTemporary(err) {
		return err
	}
	taken := false
	if err == nil {
		if taken, err = w.cfg.Service.TakeLate(ctx, run.pair, post, meant); err != nil {
			return err
		}
	}
	if taken {
		return nil
	}
	w.cfg.Log.DebugContext(ctx, "post of a sibling not taken", "post", clip(uri), "error", err)
	if run.misses++; run.misses >= syncMisses {
		return models.Errorf(models.Invalid, "%d posts that it lists are not there, or not its own", run.misses)
	}
	return nil
}

// letGo looks into what a sibling shows no more: its author deleted it, or the sibling's moderators removed it. What it shows of
// another day than we do, since a clock was far off, is there still. It reports whether more is left.
func (w *Worker) letGo(ctx context.Context, run *comparison, mine map[int64][]models.Taken) (left bool, err error) {
	for _, posts := range mine {
		for _, post := range posts {
			if run.listed[post.URI] {
				continue
			}
			if run.fetches--; run.fetches < 0 {
				return true, nil
			}
			if err := w.cfg.Service.LetGo(ctx, run.pair, post.URI); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}
