package models

import (
	"strings"
)

// DayCount is how often something happened on one day, which is told in days since the Unix epoch.
type DayCount struct{ Day, Count int64 }

// counted are the measures that are counted by day: the rows of each, "at" being when it happened and "who" what is counted
// once a day. Those that begin with "instance_" are about one other host, which is their parameter.
var counted = map[string]string{
	"new_users":    `SELECT created_at AS at, id AS who FROM account`,
	"active_users": `SELECT published_at AS at, author_id AS who FROM post WHERE local AND author_id IN (SELECT actor_id FROM account)`,
	"interactions": `SELECT f.created_at AS at, f.id AS who FROM favourite f JOIN post p ON p.id = f.post_id AND p.local
		UNION ALL SELECT r.created_at, r.id FROM post r JOIN post p ON p.local AND (p.id = r.reblog_of_id OR p.id = r.in_reply_to_id)
		WHERE r.deleted_at = 0`,
	"opened_reports":    `SELECT created_at AS at, id AS who FROM report`,
	"resolved_reports":  `SELECT resolved_at AS at, id AS who FROM report WHERE resolved_at <> 0`,
	"instance_accounts": `SELECT created_at AS at, id AS who FROM actor WHERE host = @host AND deleted_at = 0`,
	"instance_statuses": `SELECT p.created_at AS at, p.id AS who FROM post p JOIN actor a ON a.id = p.author_id AND a.host = @host WHERE p.deleted_at = 0`,
	"instance_reports":  `SELECT r.created_at AS at, r.id AS who FROM report r JOIN actor a ON a.id = r.target_id AND a.host = @host`,
	"instance_follows": `SELECT f.created_at AS at, f.id AS who FROM follow f JOIN actor a ON a.id = f.target_id AND a.host = @host
		JOIN actor m ON m.id = f.actor_id AND m.local WHERE f.state = 'accepted'`,
	"instance_followers": `SELECT f.created_at AS at, f.id AS who FROM follow f JOIN actor a ON a.id = f.actor_id AND a.host = @host
		JOIN actor m ON m.id = f.target_id AND m.local WHERE f.state = 'accepted'`,
	"instance_media_attachments": `SELECT p.created_at AS at, t.id AS who FROM attachment t JOIN post p ON p.id = t.post_id
		JOIN actor a ON a.id = p.author_id AND a.host = @host WHERE p.deleted_at = 0`,
}

// IsCounted reports whether there are figures for a measure.
func IsCounted(measure string) bool { return counted[measure] != "" }

// CountDays counts a measure by day, from one moment to before another; days without any are left out. Host is the other
// host that the measure is about.
func (tx *Tx) CountDays(measure, host string, from, to Timestamp) ([]DayCount, error) {
	var rows []DayCount
	err := tx.db.Raw(`SELECT at / 86400000 AS day, count(DISTINCT who) AS count FROM (`+counted[measure]+`) AS m
		WHERE at >= @from AND at < @to GROUP BY at / 86400000 ORDER BY day`, namedArgs(host, from, to)).Scan(&rows).Error
	return rows, translate(err, "figures")
}

// CountWhole counts a measure over a time, each once; from the beginning when from is 0.
func (tx *Tx) CountWhole(measure, host string, from, to Timestamp) (int64, error) {
	var n int64
	err := tx.db.Raw(`SELECT count(DISTINCT who) FROM (`+counted[measure]+`) AS m WHERE at >= @from AND at < @to`,
		namedArgs(host, from, to)).Scan(&n).Error
	return n, translate(err, "figures")
}

func namedArgs(host string, from, to Timestamp) map[string]any {
	return map[string]any{"host": strings.ToLower(host), "from": from, "to": to}
}

// Share is how much of something falls to one of its kinds.
type Share struct {
	Key   string
	Count int64
}

// divided are the dimensions that are counted: each gives a key for each row in the time.
var divided = map[string]string{
	"languages": `SELECT locale AS key FROM account WHERE locale <> '' AND created_at >= @from AND created_at < @to`,
	"sources": `SELECT COALESCE(p.name, 'Website') AS key FROM account c LEFT JOIN oauth_app p ON p.id = c.app_id
		WHERE c.created_at >= @from AND c.created_at < @to`,
	"servers": `SELECT a.host AS key FROM post p JOIN actor a ON a.id = p.author_id
		WHERE p.deleted_at = 0 AND p.created_at >= @from AND p.created_at < @to`,
	"instance_languages": `SELECT p.language AS key FROM post p JOIN actor a ON a.id = p.author_id AND a.host = @host
		WHERE p.deleted_at = 0 AND p.language <> '' AND p.created_at >= @from AND p.created_at < @to`,
	"instance_accounts": `SELECT a.username AS key FROM follow f JOIN actor a ON a.id = f.target_id AND a.host = @host
		WHERE f.state = 'accepted' AND f.created_at >= @from AND f.created_at < @to`,
}

// IsDivided reports whether there are figures for a dimension.
func IsDivided(dimension string) bool { return divided[dimension] != "" }

// Shares counts a dimension, the largest first, at most limit.
func (tx *Tx) Shares(dimension, host string, from, to Timestamp, limit int) ([]Share, error) {
	args := namedArgs(host, from, to)
	args["limit"] = limit
	var rows []Share
	err := tx.db.Raw(`SELECT key, count(*) AS count FROM (`+divided[dimension]+`) AS m GROUP BY key ORDER BY count DESC, key LIMIT @limit`,
		args).Scan(&rows).Error
	return rows, translate(err, "figures")
}

// Newcomer is an account with when it came.
type Newcomer struct {
	ActorID   int64
	CreatedAt Timestamp
}

// Newcomers lists the accounts that came within a time, at most 50,000.
func (tx *Tx) Newcomers(from, to Timestamp) ([]Newcomer, error) {
	var rows []Newcomer
	err := tx.db.Model(&Account{}).Select("actor_id, created_at").Where("created_at >= ? AND created_at < ?", from, to).
		Order("id").Limit(50_000).Scan(&rows).Error
	return rows, translate(err, "accounts")
}

// ActorDay is a day on which somebody wrote.
type ActorDay struct{ ActorID, Day int64 }

// ActiveDays lists on which days those who came within a time wrote something, up to its end, at most 200,000.
func (tx *Tx) ActiveDays(from, to Timestamp) ([]ActorDay, error) {
	var rows []ActorDay
	err := tx.db.Raw(`SELECT DISTINCT p.author_id AS actor_id, p.published_at / 86400000 AS day FROM post p
		JOIN account c ON c.actor_id = p.author_id AND c.created_at >= ? AND c.created_at < ?
		WHERE p.published_at >= ? AND p.published_at < ? LIMIT 200000`, from, to, from, to).Scan(&rows).Error
	return rows, translate(err, "activity")
}
