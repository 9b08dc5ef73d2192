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
	said, err := tx.readLives(parts, postIDs)
	if err != nil {
		return nil, err
	}
	if parts.Rows, err = tx.practices(said.facts); err != nil {
		return nil, err
	}
	var sources []PracticeSource
	if len(said.sources) > 0 {
		sources, err = list[PracticeSource](tx.db.Where("post_id IN ?", said.sources).Order("post_id, position"), "sources")
	}
	for _, source := range sources {
		parts.Sources[source.PostID] = append(parts.Sources[source.PostID], source.URI)
	}
	if err != nil {
		return nil, err
	}
	tallies, err := tx.Tallies(said.responses)
	for _, tally := range tallies {
		parts.Tallies[tally.ThreadID] = append(parts.Tallies[tally.ThreadID], tally)
	}
	return parts, err
}

func (tx *Tx) practices(postIDs []int64) (map[int64]*Practice, error) {
	found := make(map[int64]*Practice, len(postIDs))
	if len(postIDs) == 0 {
		return found, nil
	}
	rows, err := list[Practice](tx.db.Where("post_id IN ?", postIDs), "practice")
	for i := range rows {
		found[rows[i].PostID] = &rows[i]
	}
	return found, err
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

// spoken names the posts about which other tables say something.
type spoken struct{ facts, sources, responses []int64 }

// life is what became of a post.
type life struct {
	ID, Revisions                     int64
	Answered, Facts, Based, Responses bool
}

// readLives reads what became of posts, and where more is to be read: most have none of it.
func (tx *Tx) readLives(parts *PracticeParts, postIDs []int64) (spoken, error) {
	var said spoken
	rows, err := listOf[life](tx.db.Model(&Post{}).Where("post.id IN ?", postIDs).
		Select("post.id AS id, "+answered+` AS answered, (SELECT count(*) FROM post_edit e WHERE e.post_id = post.id) AS revisions,
			EXISTS (SELECT 1 FROM practice f WHERE f.post_id = post.id) AS facts,
			EXISTS (SELECT 1 FROM practice_source s WHERE s.post_id = post.id) AS based,
			EXISTS (SELECT 1 FROM post w JOIN response r ON r.post_id = w.id WHERE w.thread_id = post.id) AS responses`), "replies and versions")
	for _, row := range rows {
		parts.Answered[row.ID], parts.Revisions[row.ID] = row.Answered, row.Revisions
		if row.Facts {
			said.facts = append(said.facts, row.ID)
		}
		if row.Based {
			said.sources = append(said.sources, row.ID)
		}
		if row.Responses {
			said.responses = append(said.responses, row.ID)
		}
	}
	return said, err
}
