package models

// PracticeParts is what hangs on practice posts, by post id, read at once for a whole page.
type PracticeParts struct {
	Rows      map[int64]*Practice
	Sources   map[int64][]string
	Tallies   map[int64][]Tally // by the id of the thread's first post
	Answered  map[int64]bool    // somebody else replied
	Revisions map[int64]int64   // how many earlier versions there are
}

// PracticeParts reads what hangs on practice posts.
func (tx *Tx) PracticeParts(postIDs []int64) (*PracticeParts, error) {
	parts := &PracticeParts{
		Rows: map[int64]*Practice{}, Sources: map[int64][]string{}, Tallies: map[int64][]Tally{},
		Answered: map[int64]bool{}, Revisions: map[int64]int64{},
	}
	if len(postIDs) == 0 {
		return parts, nil
	}
	rows, err := list[Practice](tx.db.Where("post_id IN ?", postIDs), "practice")
	if err != nil {
		return nil, err
	}
	for i := range rows {
		parts.Rows[rows[i].PostID] = &rows[i]
	}
	sources, err := list[PracticeSource](tx.db.Where("post_id IN ?", postIDs).Order("post_id, position"), "sources")
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		parts.Sources[source.PostID] = append(parts.Sources[source.PostID], source.URI)
	}
	tallies, err := tx.Tallies(postIDs)
	if err != nil {
		return nil, err
	}
	for _, tally := range tallies {
		parts.Tallies[tally.ThreadID] = append(parts.Tallies[tally.ThreadID], tally)
	}
	return parts, tx.readLives(parts, postIDs)
}

// Of gives what a post says beside its text, an empty one where nothing is stored.
func (parts *PracticeParts) Of(postID int64) *Practice {
	if row := parts.Rows[postID]; row != nil {
		return row
	}
	return &Practice{PostID: postID}
}

// answered: somebody else than the author replied, for everybody to read. It speaks of the row post.
const answered = `EXISTS (SELECT 1 FROM post r WHERE r.thread_id = post.id AND r.id <> post.id AND r.author_id <> post.author_id
	AND r.reblog_of_id = 0 AND r.deleted_at = 0 AND r.removed_at = 0 AND r.visibility IN ('public', 'unlisted')
	AND r.author_id <> post.community_id)`

func (tx *Tx) readLives(parts *PracticeParts, postIDs []int64) error {
	var rows []struct {
		ID, Revisions int64
		Answered      bool
	}
	err := tx.db.Model(&Post{}).Where("post.id IN ?", postIDs).
		Select("post.id AS id, " + answered + " AS answered, (SELECT count(*) FROM post_edit e WHERE e.post_id = post.id) AS revisions").Scan(&rows).Error
	for _, row := range rows {
		parts.Answered[row.ID], parts.Revisions[row.ID] = row.Answered, row.Revisions
	}
	return translate(err, "replies and versions")
}
