package models

// FormerSiblings lists the pairs of a Group of ours that ended after a moment: what it took before that, they have.
func (tx *Tx) FormerSiblings(communityID int64, at Timestamp) ([]Sibling, error) {
	query := tx.db.Where("community_id = ? AND ended_at <> 0 AND ended_at >= ? AND state NOT IN ?", communityID, at, []string{SiblingLive, SiblingPaused})
	return list[Sibling](query.Order("id"), "siblings")
}

// IsCleared reports a pair that ended, and after whose end what came through it was to be removed by now.
func (s *Sibling) IsCleared(now Timestamp) bool {
	return s.EndedAt != 0 && s.ClearedAt != 0 && s.ClearedAt <= now && s.ClearedAt != s.EndedAt
}

// SetCleared notes that what came through a pair alone was removed; at the moment of its end, that nothing is to be.
func (tx *Tx) SetCleared(pairID int64, at Timestamp) error {
	return translate(tx.db.Model(&Sibling{}).Where("id = ?", pairID).UpdateColumn("cleared_at", at).Error, "sibling")
}

// EndedPairs lists the pairs that ended and of which it was not yet seen to what came through them.
func (tx *Tx) EndedPairs() ([]Sibling, error) {
	query := tx.db.Where("ended_at <> 0 AND cleared_at = 0 AND state NOT IN ?", []string{SiblingLive, SiblingPaused})
	return list[Sibling](query.Order("id"), "siblings")
}

// IsAdopted reports that a sibling of a Group of ours is lost or closed: another one decides on its threads.
func (tx *Tx) IsAdopted(communityID int64, uri string) (bool, error) {
	pair, err := tx.Sibling(communityID, uri)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil && pair.IsAdopted(), err
}

// throughPairAlone are the posts p of an admission ad that are here because of one sibling: written elsewhere, in a community and by
// somebody whom nobody here follows, and taken by no Group of ours from a sibling that it still has.
const throughPairAlone = `FROM admission ad JOIN post p ON p.id = ad.post_id AND NOT p.local
	WHERE ad.community_id = @community AND ad.via_uri = @via AND ad.post_id <> 0 AND p.deleted_at = 0
	AND NOT EXISTS (SELECT 1 FROM follow f JOIN actor a ON a.id = f.actor_id AND a.local AND a.type IN ('Person', 'Service')
		WHERE f.target_id IN (p.author_id, p.community_id) AND f.state = 'accepted')
	AND NOT EXISTS (SELECT 1 FROM actor g WHERE g.id = p.community_id AND g.local)
	AND NOT EXISTS (SELECT 1 FROM admission o JOIN community_sibling s ON s.community_id = o.community_id AND s.sibling_uri = o.via_uri
		AND s.state IN ('live', 'paused', 'lost', 'closed') AND s.id <> @pair WHERE o.post_id = p.id)`

// CountThroughPair counts the posts that are here because of one sibling alone.
func (tx *Tx) CountThroughPair(s *Sibling) (n int64, err error) {
	err = tx.db.Raw(`SELECT count(*) `+throughPairAlone, map[string]any{"community": s.CommunityID, "via": s.SiblingURI, "pair": s.ID}).Scan(&n).Error
	return n, translate(err, "posts")
}

// RemoveThroughPair removes some of the posts that are here because of one sibling that there is no more, the newest first, and tells how
// many. Where others in the thread stay, a gap stays, too.
func (tx *Tx) RemoveThroughPair(s *Sibling, limit int) (int, error) {
	var ids []int64
	err := tx.db.Raw(`SELECT p.id `+throughPairAlone+` ORDER BY p.id DESC LIMIT @limit`,
		map[string]any{"community": s.CommunityID, "via": s.SiblingURI, "pair": s.ID, "limit": limit}).Scan(&ids).Error
	if err != nil {
		return 0, translate(err, "posts")
	}
	for _, id := range ids {
		if err := tx.removeCopy(id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// removeCopy removes a post of another host, or leaves a gap where others hang on it.
func (tx *Tx) removeCopy(id int64) error {
	post, err := tx.LockPost(id)
	if err != nil {
		return err
	}
	if err := tx.db.Exec(`UPDATE admission SET post_id = 0 WHERE post_id = ?`, id).Error; err != nil {
		return translate(err, "admission")
	}
	var others int64
	err = tx.db.Model(&Post{}).Where("(thread_id = ? OR in_reply_to_id = ?) AND id <> ? AND reblog_of_id = 0", id, id, id).Limit(1).Count(&others).Error
	if err != nil {
		return translate(err, "posts")
	}
	if others > 0 {
		return tx.MarkPostDeleted(post)
	}
	return tx.forgetCopy(post)
}
