package models

import "database/sql"

// Retention is what is kept for a time only.
type Retention struct {
	Class string
	// count tells how much is due at a moment, and remove removes some of it: both speak of @before and @limit.
	count, remove string
}

// untouched holds for a thread t of other hosts in which nobody here has any part: nobody wrote, shared, quoted, liked, kept or voted
// there, nor was named, nor is there a complaint, and it is in no community of ours.
const untouched = `NOT EXISTS (SELECT 1 FROM post x WHERE x.thread_id = t.id AND (x.local OR x.published_at >= @before
		OR EXISTS (SELECT 1 FROM actor c WHERE c.id = x.community_id AND c.local)
		OR EXISTS (SELECT 1 FROM post o JOIN actor a ON a.id = o.author_id AND a.local WHERE o.reblog_of_id = x.id OR (o.quote_of_id = x.id AND o.quote_of_id <> 0))
		OR EXISTS (SELECT 1 FROM favourite f JOIN actor a ON a.id = f.actor_id AND a.local WHERE f.post_id = x.id)
		OR EXISTS (SELECT 1 FROM bookmark b WHERE b.post_id = x.id)
		OR EXISTS (SELECT 1 FROM response r JOIN actor a ON a.id = r.actor_id AND a.local WHERE r.post_id = x.id)
		OR EXISTS (SELECT 1 FROM poll_vote v JOIN poll q ON q.id = v.poll_id JOIN actor a ON a.id = v.actor_id AND a.local WHERE q.post_id = x.id)
		OR EXISTS (SELECT 1 FROM post_mention m JOIN actor a ON a.id = m.actor_id AND a.local WHERE m.post_id = x.id)
		OR EXISTS (SELECT 1 FROM report r WHERE r.target_id = x.author_id)))`

const staleThread = `FROM post t WHERE NOT t.local AND t.id = t.thread_id AND t.reblog_of_id = 0 AND t.published_at < @before AND ` + untouched

// The classes of what is kept for a time.
const (
	KeptAddresses = "addresses" // from which people signed up
	KeptHeld      = "held"      // what waits of hosts in quarantine
	KeptImports   = "imports"   // lists that were brought along
	KeptRemote    = "remote"    // copies of threads elsewhere in which nobody here has any part
)

var retentions = map[string]Retention{
	KeptAddresses: {
		KeptAddresses, `SELECT count(*) FROM account WHERE sign_up_ip <> '' AND created_at < @before`,
		`UPDATE account SET sign_up_ip = '' WHERE sign_up_ip <> '' AND created_at < @before`,
	},
	KeptHeld: {
		KeptHeld, `SELECT count(*) FROM inbox_entry WHERE state = 'held' AND received_at < @before`,
		`DELETE FROM inbox_entry WHERE id IN (SELECT id FROM inbox_entry WHERE state = 'held' AND received_at < @before LIMIT @limit)`,
	},
	KeptImports: {
		KeptImports, `SELECT count(*) FROM member_import WHERE state <> 'running' AND changed_at < @before`,
		`DELETE FROM member_import WHERE id IN (SELECT id FROM member_import WHERE state <> 'running' AND changed_at < @before LIMIT @limit)`,
	},
	KeptRemote: {KeptRemote, `SELECT count(*) ` + staleThread, ""},
}

// CountExpired tells how much of a class is from before a moment.
func (tx *Tx) CountExpired(class string, before Timestamp) (n int64, err error) {
	err = tx.db.Raw(retentions[class].count, sql.Named("before", before)).Scan(&n).Error
	return n, translate(err, class)
}

// RemoveExpired removes some of a class that is from before a moment, and tells how much that was.
func (tx *Tx) RemoveExpired(class string, before Timestamp, limit int) (int64, error) {
	if class == KeptRemote {
		return tx.forgetThreads(before, limit)
	}
	done := tx.db.Exec(retentions[class].remove, sql.Named("before", before), sql.Named("limit", limit))
	return done.RowsAffected, translate(done.Error, class)
}

// forgetThreads forgets copies of threads: they can be fetched again where they are.
func (tx *Tx) forgetThreads(before Timestamp, limit int) (int64, error) {
	var threads []int64
	err := tx.db.Raw(`SELECT t.id `+staleThread+` ORDER BY t.id LIMIT @limit`, sql.Named("before", before), sql.Named("limit", limit)).Scan(&threads).Error
	if err != nil {
		return 0, translate(err, "threads")
	}
	for _, thread := range threads {
		posts, err := list[Post](tx.db.Where("thread_id = ? AND reblog_of_id = 0", thread), "thread")
		if err != nil {
			return 0, err
		}
		for i := range posts {
			if err := tx.forgetCopy(&posts[i]); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(threads)), nil
}

func (tx *Tx) forgetCopy(p *Post) error {
	if p.counts() {
		if err := tx.countPost(p, -1); err != nil {
			return err
		}
	}
	if err := tx.forgetPost(p.ID); err != nil {
		return err
	}
	return translate(tx.db.Delete(&Post{}, "id = ?", p.ID).Error, "post")
}
