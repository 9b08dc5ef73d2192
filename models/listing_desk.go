package models

import (
	"fmt"
	"strings"
)

// Waiting counts what waits for those who look after the instance.
type Waiting struct {
	Reports    int64 // open ones
	Applicants int64 // confirmed, and not let in
	Held       int64 // hosts in quarantine
	Failing    int64 // peers that fail, or were given up
	Appeals    int64
	Offers     int64 // partnerships that others offer
	Words      int64 // agreements whose words are to be compared
	Red        int64 // partners with whom something is badly wrong
}

// WaitingForStaff counts what waits, in one statement.
func (tx *Tx) WaitingForStaff() (Waiting, error) {
	var w Waiting
	err := tx.db.Raw(`SELECT
		(SELECT count(*) FROM report WHERE resolved_at = 0) AS reports,
		(SELECT count(*) FROM account WHERE approved_at = 0) AS applicants,
		(SELECT count(DISTINCT host) FROM inbox_entry WHERE ` + held + `) AS held,
		(SELECT count(*) FROM peer WHERE failures > 0 OR parked_at <> 0) AS failing,
		(SELECT count(*) FROM appeal WHERE decided_at = 0) AS appeals,
		(SELECT count(*) FROM partner WHERE offer_uri <> '' AND NOT offer_ours) AS offers,
		(SELECT count(*) FROM partner WHERE state = 'accepted' AND confirmed = '') AS words,
		(SELECT count(*) FROM partner WHERE health = 'red' AND state IN ('live', 'paused', 'onesided')) AS red`).Scan(&w).Error
	return w, translate(err, "what waits")
}

// Backlog counts what background works have to do.
type Backlog struct {
	Inbox, InboxParked                int64
	Deliveries, Aside, Parked         int64
	Media, MediaFailed                int64
	Letters, Scheduled, Backfill      int64
	OldestInbox, OldestMedia, NextDue Timestamp
}

// Backlog counts what waits to be done in the background, in one statement.
func (tx *Tx) Backlog() (Backlog, error) {
	var b Backlog
	err := tx.db.Raw(`SELECT
		(SELECT count(*) FROM inbox_entry WHERE state = 'pending') AS inbox,
		(SELECT coalesce(min(received_at), 0) FROM inbox_entry WHERE state = 'pending') AS oldest_inbox,
		(SELECT count(*) FROM inbox_entry WHERE state = 'parked') AS inbox_parked,
		(SELECT count(*) FROM delivery WHERE state = 'pending') AS deliveries,
		(SELECT count(*) FROM delivery WHERE state = 'aside') AS aside,
		(SELECT count(*) FROM delivery WHERE state = 'parked') AS parked,
		(SELECT count(*) FROM attachment WHERE state = 'processing') AS media,
		(SELECT coalesce(min(created_at), 0) FROM attachment WHERE state = 'processing') AS oldest_media,
		(SELECT count(*) FROM attachment WHERE state = 'failed') AS media_failed,
		(SELECT count(*) FROM account WHERE email <> '' AND ((email_token <> '' AND email_sent_at = 0)
			OR (reset_token <> '' AND reset_sent_at = 0))) AS letters,
		(SELECT count(*) FROM scheduled_post) AS scheduled,
		(SELECT count(*) FROM backfill_item) AS backfill`).Scan(&b).Error
	return b, translate(err, "backlog")
}

// HeldLease is a work that a node does now, or did last.
type HeldLease struct {
	Name, Owner string
	Left        int64 // milliseconds, below zero for one that ended
}

// WorkLeases lists who does the works that one node does at a time. On SQLite there is one process, and none.
func (tx *Tx) WorkLeases() ([]HeldLease, error) {
	if !tx.store.SharesWork() {
		return nil, nil
	}
	var rows []HeldLease
	err := tx.db.Raw(`SELECT name, owner, until_ms - ` + databaseNow + ` AS "left" FROM lease WHERE name LIKE 'work/%' ORDER BY name`).Scan(&rows).Error
	return rows, translate(err, "leases")
}

// MediaFigures is what is kept of one type of files.
type MediaFigures struct {
	Type   string
	Count  int64
	Bytes  int64
	Loose  int64 // that no post carries
	Oldest Timestamp
}

// MediaFigures counts uploaded files by their type; what posts of other servers carry is not kept here.
func (tx *Tx) MediaFigures() ([]MediaFigures, error) {
	var rows []MediaFigures
	err := tx.db.Raw(`SELECT type, count(*) AS count, coalesce(sum(size), 0) AS bytes, min(created_at) AS oldest,
		sum(CASE WHEN post_id = 0 THEN 1 ELSE 0 END) AS loose
		FROM attachment WHERE owner_id <> 0 AND state <> 'dropped' GROUP BY type ORDER BY type`).Scan(&rows).Error
	return rows, translate(err, "media")
}

// Sessions counts the browsers and the apps that are signed in with an account.
func (tx *Tx) Sessions(accountID int64) (browsers, apps int64, err error) {
	err = tx.db.Model(&WebSession{}).Where("account_id = ? AND expires_at > ?", accountID, tx.Now()).Count(&browsers).Error
	if err == nil {
		err = tx.db.Model(&OAuthToken{}).Where("account_id = ? AND revoked_at = 0", accountID).Distinct("app_id").Count(&apps).Error
	}
	return browsers, apps, translate(err, "sessions")
}

// AdminCommunityFilter narrows a list of communities.
type AdminCommunityFilter struct {
	Words  string // in name or handle
	Remote bool   // those of other servers instead of those of this one
}

// AdminCommunityPage gives a page of communities, also those that are for some.
func (tx *Tx) AdminCommunityPage(filter AdminCommunityFilter, page Page) ([]Actor, error) {
	query := tx.db.Where("actor.type = ? AND actor.deleted_at = 0", TypeGroup)
	if filter.Remote {
		query = query.Where("NOT actor.local")
	} else {
		query = query.Where("actor.local")
	}
	if filter.Words != "" {
		like := "%" + escapeLike(strings.ToLower(filter.Words)) + "%"
		query = query.Where(`(lower(actor.username) LIKE ? ESCAPE '\' OR lower(actor.display_name) LIKE ? ESCAPE '\')`, like, like)
	}
	rows, err := list[Actor](page.apply(query, "actor.id"), "communities")
	return descending(page, rows), err
}

// MoveRule puts a rule one place up or down. NotFound when there is none of that id.
func (tx *Tx) MoveRule(id int64, down bool) error {
	rules, err := tx.Rules()
	if err != nil {
		return err
	}
	at := -1
	for i := range rules {
		if rules[i].ID == id {
			at = i
		}
	}
	if at < 0 {
		return Errorf(NotFound, "there is no rule %d", id)
	}
	to := at - 1
	if down {
		to = at + 1
	}
	if to < 0 || to >= len(rules) {
		return nil
	}
	rules[at], rules[to] = rules[to], rules[at]
	for i := range rules {
		if err := tx.db.Model(&Rule{}).Where("id = ?", rules[i].ID).UpdateColumn("position", i+1).Error; err != nil {
			return translate(err, fmt.Sprintf("rule %d", rules[i].ID))
		}
	}
	return nil
}

// ChangeRule changes the words of a rule. NotFound when there is none of that id.
func (tx *Tx) ChangeRule(id int64, words, hint string) error {
	result := tx.db.Model(&Rule{}).Where("id = ? AND deleted_at = 0", id).UpdateColumns(map[string]any{"text": words, "hint": hint})
	if result.Error == nil && result.RowsAffected == 0 {
		return Errorf(NotFound, "there is no rule %d", id)
	}
	return translate(result.Error, "rule")
}

// Asking lists those who ask to join a community: by a request to belong, or by a follow alone, as other software does. It
// shows the first ones; the others follow once these are decided on.
func (tx *Tx) Asking(communityID int64, limit int) ([]Belonging, error) {
	people, err := list[Actor](tx.db.Joins("JOIN follow f ON f.actor_id = actor.id AND f.target_id = ? AND f.state = ?", communityID, FollowPending).
		Where("actor.deleted_at = 0 AND actor.suspended_at = 0").Order("f.created_at, actor.id").Limit(limit), "requests")
	if err != nil {
		return nil, err
	}
	said, err := list[Membership](tx.db.Where("community_id = ? AND state = ?", communityID, MembershipRequested), "memberships")
	if err != nil {
		return nil, err
	}
	asking := make([]Belonging, len(people))
	for i := range people {
		asking[i].Actor = people[i]
		for _, m := range said {
			if m.ActorID == people[i].ID {
				asking[i].Membership = m
			}
		}
	}
	return asking, nil
}
