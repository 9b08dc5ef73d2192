package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

const (
	// syncFetches is how many posts one step fetches at most, and syncTime how long it may take: others wait meanwhile.
	syncFetches = 100
	syncTime    = time.Minute
	// syncSoon is after what time it is tried again, twice as long each time, and syncTries how often that is in vain.
	syncSoon  = 15 * time.Second
	syncTries = 13
	// syncMisses is how many posts may not be there that a sibling lists: it could have others asked for what never was. Then it is tried
	// again after syncDoubt, and what was not there is asked for again after syncGone. syncRest is when more is taken of one that
	// brought as much as may come within a day.
	syncMisses = 50
	syncDoubt  = 2 * time.Minute
	syncGone   = time.Hour
	syncRest   = 6 * time.Hour
	maxDays    = 4000 // more than ten years
	// syncPages is how many lists of days one step reads, syncUnread how many of them may fail, and maxDayPages how many a day has.
	syncPages   = 300
	syncUnread  = 3
	maxSyncPage = 500
	maxDayPages = 4 * maxListed / maxSyncPage
)

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

// comparison is one look at what a sibling took first.
type comparison struct {
	pair    *models.Sibling
	began   time.Time
	listed  map[string]bool  // what it shows of the days that differ
	long    []models.SyncDay // those that have more than one page
	fetches int              // how many more posts may be asked for
	misses  int              // how many of them were not there
	pages   int              // how many more lists of days may be read
	unread  int              // how many of them could not be

	moved    int   // how many posts came, or went as they should
	failures int   // how much could not be had now
	failed   error // the first of these; the rest is looked at all the same
	left     bool  // it did its share before its end
}

// fail notes what could not be had now.
func (run *comparison) fail(err error) {
	run.failures++
	run.failed = cmp.Or(run.failed, err)
}

// spend notes that a post was asked for, or let go.
func (run *comparison) spend(now time.Time) {
	run.fetches--
	run.left = run.fetches <= 0 || now.Sub(run.began) > syncTime
}

// sync compares what one sibling took first, and stores when it is to be compared again.
func (w *Worker) sync(ctx context.Context, pair *models.Sibling) error {
	if pair.State != models.SiblingLive { // it says what it has when it is again
		pair.SyncTries = 0
		return w.store.Tx(ctx, func(tx *models.Tx) error { return tx.SyncDone(pair, false, 0) })
	}
	run := &comparison{pair: pair, began: w.store.Now(), listed: map[string]bool{}, fetches: syncFetches, pages: syncPages}
	may, err := w.cfg.Service.MayTakeLate(ctx, pair)
	if err == nil && may {
		err = w.syncPair(ctx, run)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err = cmp.Or(err, run.failed); err != nil {
		w.cfg.Log.InfoContext(ctx, "sibling not compared, or not all of it", "sibling", pair.SiblingURI, "moved", run.moved, "failed", run.failures, "error", err)
	}
	again, alike := w.again(run, may, err), may && err == nil && !run.left
	return w.store.Tx(ctx, func(tx *models.Tx) error {
		if alike {
			if err := tx.SiblingDiffers(pair.ID, 0); err != nil {
				return err
			}
		}
		return tx.SyncDone(pair, alike, again)
	})
}

// again gives when a pair is compared again; 0 for not until its sibling says something new. As long as posts come it goes on at once,
// or soon where something could not be had; else it takes longer each time. More that is not there than an honest sibling lists is no
// reason to hurry, whatever came.
func (w *Worker) again(run *comparison, may bool, err error) models.Timestamp {
	pair, now, soon := run.pair, models.At(w.store.Now()), syncSoon
	goesOn := run.moved > 0
	if run.misses >= syncMisses {
		goesOn, soon = false, syncDoubt
	}
	if pair.SyncTries++; goesOn {
		pair.SyncTries = 1
	}
	switch {
	case err == nil && !may:
		return now.Add(syncRest)
	case run.left && goesOn:
		return now
	case (err != nil || run.left) && pair.SyncTries < syncTries:
		return now.Add(min(soon<<min(pair.SyncTries-1, 10), syncRest))
	}
	return 0
}

// syncPair fetches the difference, day by day.
func (w *Worker) syncPair(ctx context.Context, run *comparison) error {
	pair, until := run.pair, run.pair.SyncUntil // by its clock
	since, err := w.historyOf(ctx, pair, max(beginning(until), practice.SharedSince(pair)))
	if err != nil {
		return err
	}
	days, err := w.days(ctx, fmt.Sprintf("%s?since=%d&until=%d", pair.SyncURL, since, until))
	if err != nil {
		return err
	}
	ours, err := w.store.Read(ctx).TakenFrom(pair.CommunityID, pair.SiblingURI, since, until)
	if err != nil {
		return err
	}
	mine := models.ByDay(ours)
	if err := w.cfg.Service.SiblingDiffers(ctx, pair, differing(days, mine)); err != nil {
		return err
	}
	for _, day := range days {
		if models.SumUp(mine[day.Day]) == day.Digest {
			delete(mine, day.Day)
		} else if err := w.syncDay(ctx, run, day); err != nil || run.left {
			return err
		}
	}
	return w.letGo(ctx, run, mine)
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
func (w *Worker) syncDay(ctx context.Context, run *comparison, day models.SyncDay) error {
	pages, err := w.eachPage(ctx, run, day, func(uri string) error {
		if run.listed[uri] { // a list may say the same twice, or on every day
			return nil
		}
		run.listed[uri] = true
		return w.takeLate(ctx, run, uri)
	})
	if pages > 1 {
		run.long = append(run.long, day)
	}
	return err
}

// eachPage gives what a sibling lists of a day, page by page, until the run did its share. A page that cannot be had now is no reason to
// leave the other days.
func (w *Worker) eachPage(ctx context.Context, run *comparison, day models.SyncDay, give func(uri string) error) (pages int, err error) {
	for seen := int64(0); pages < maxDayPages; pages++ {
		if run.pages--; run.pages < 0 {
			return pages, models.Errorf(models.Invalid, "more days differ than are looked into at once")
		}
		items, err := w.dayPage(ctx, run.pair.SyncURL, day.Day, pages)
		if err != nil {
			run.fail(err)
			if run.unread++; run.unread >= syncUnread || ctx.Err() != nil {
				return pages, err
			}
			return pages, nil
		}
		for _, item := range items {
			if err := give(item.ID); err != nil || run.left {
				return pages, err
			}
		}
		if seen += int64(len(items)); len(items) == 0 || len(items) < maxSyncPage && seen >= day.Count {
			return pages + 1, nil
		}
	}
	run.unread++ // the rest of the day
	return pages, nil
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

// letGo looks into what a sibling shows no more: its author deleted it, or the sibling's moderators removed it. What it shows of
// another day than we do, since a clock was far off, is there still. What was not shown to us cannot be told.
func (w *Worker) letGo(ctx context.Context, run *comparison, mine map[int64][]models.Taken) error {
	gone := run.unlisted(mine)
	for _, day := range run.long { // what went meanwhile moved the rest of the day from page to page, and one past us
		if len(gone) == 0 || run.unread > 0 {
			break
		}
		if _, err := w.eachPage(ctx, run, day, func(uri string) error { run.listed[uri] = true; return nil }); err != nil {
			return err
		}
	}
	if run.unread > 0 {
		return nil
	}
	for _, uri := range run.unlisted(mine) {
		key := run.keyOf("let go " + uri)
		if w.waits.has(key, w.store.Now()) {
			continue
		}
		went, err := w.cfg.Service.LetGo(ctx, run.pair, uri)
		if err != nil {
			return err
		}
		if !went { // moderators here were asked, or it is hidden already: once is enough
			w.waits.until(key, w.store.Now().Add(syncWindow))
			continue
		}
		run.moved++
		if run.spend(w.store.Now()); run.left {
			return nil
		}
	}
	return nil
}

// unlisted gives what we took and the sibling does not show.
func (run *comparison) unlisted(mine map[int64][]models.Taken) []string {
	var gone []string
	for _, posts := range mine {
		for _, post := range posts {
			if !run.listed[post.URI] {
				gone = append(gone, post.URI)
			}
		}
	}
	return gone
}
