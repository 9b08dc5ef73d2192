package models

// Contribution is something that an actor wrote in a community, with what others made of it.
type Contribution struct {
	ID          int64
	CommunityID int64
	URL         string
	Kind        string
	Title       string // of the post, or of the thread that it answers
	Reply       bool
	Visibility  string
	PublishedAt Timestamp
	Accepted    bool // the asker took it for the answer
	Helped      int64
	Reused      int64
}

// Contributions lists what an actor wrote in communities and what still stands, newest first. The title of a thread that is not for
// everybody is left out.
func (tx *Tx) Contributions(actorID int64) ([]Contribution, error) {
	var rows []Contribution
	err := tx.db.Raw(`SELECT p.id, p.community_id, CASE WHEN p.url <> '' THEN p.url ELSE p.uri END AS url, p.kind,
			CASE WHEN p.title <> '' THEN p.title WHEN root.visibility IN ('public', 'unlisted') AND root.deleted_at = 0 AND root.removed_at = 0
				THEN root.title ELSE '' END AS title,
			p.in_reply_to_uri <> '' AS reply, p.visibility, p.published_at,
			EXISTS (SELECT 1 FROM post q WHERE q.id = p.thread_id AND q.accepted_answer_id = p.id) AS accepted,
			(SELECT count(*) FROM response r WHERE r.post_id = p.id AND r.verb = ?) AS helped,
			(SELECT count(*) FROM response r WHERE r.post_id = p.id AND r.verb = ?) AS reused
		FROM post p LEFT JOIN post root ON root.id = p.thread_id
		WHERE p.author_id = ? AND p.community_id <> 0 AND p.reblog_of_id = 0 AND p.deleted_at = 0 AND p.removed_at = 0 AND p.hidden_at = 0
		ORDER BY p.published_at DESC, p.id DESC`, ResponseHelped, ResponseReused, actorID).Scan(&rows).Error
	return rows, translate(err, "contributions")
}

// RolesHeld gives the roles that an actor has in communities, by community: those of moderators, and of members.
func (tx *Tx) RolesHeld(actorID int64) (map[int64]string, error) {
	var rows []struct {
		CommunityID int64
		Role        string
	}
	err := tx.db.Raw(`SELECT community_id, role FROM membership WHERE actor_id = ? AND state = ?
		UNION ALL SELECT community_id, role FROM moderator WHERE actor_id = ?`, actorID, MembershipAccepted, actorID).Scan(&rows).Error
	roles := make(map[int64]string, len(rows))
	for _, row := range rows {
		roles[row.CommunityID] = row.Role // moderators come last
	}
	return roles, translate(err, "roles")
}
