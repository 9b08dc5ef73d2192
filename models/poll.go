package models

import (
	"gorm.io/gorm/clause"
)

// Poll is what a post asks its readers to choose from. Its counts are those of its author's own server; for a remote poll
// they are as that server last told them.
type Poll struct {
	ID          int64
	PostID      int64
	Multiple    bool
	HideTotals  bool // until it ends
	VotersCount int64
	ExpiresAt   Timestamp    // 0 for never
	ClosedAt    Timestamp    // when its end was noticed here, and told
	FetchedAt   Timestamp    // when a remote poll was last heard of
	WantedAt    Timestamp    // since when somebody waits for newer counts of a remote poll; 0 for nobody
	VotedAt     Timestamp    // the first vote that other servers were not told of; 0 for none
	ToldAt      Timestamp    // when other servers were last told
	Options     []PollOption `gorm:"-"`
}

// PollOption is one of the answers of a poll; Position counts from 0.
type PollOption struct {
	PollID     int64 `gorm:"primaryKey;autoIncrement:false"`
	Position   int64 `gorm:"primaryKey;autoIncrement:false"`
	Title      string
	VotesCount int64
}

// PollVote is one choice of one actor.
type PollVote struct {
	ID        int64
	PollID    int64
	ActorID   int64
	Choice    int64
	URI       string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// Ended reports a poll that takes no votes any more.
func (p *Poll) Ended(now Timestamp) bool { return p.ExpiresAt != 0 && p.ExpiresAt <= now }

// Votes is the number of all votes.
func (p *Poll) Votes() int64 {
	var n int64
	for _, option := range p.Options {
		n += option.VotesCount
	}
	return n
}

// Titles gives the answers, in order.
func (p *Poll) Titles() []string {
	titles := make([]string, len(p.Options))
	for i, option := range p.Options {
		titles[i] = option.Title
	}
	return titles
}

// CreatePoll stores a poll with its options.
func (tx *Tx) CreatePoll(p *Poll) error {
	p.ID = tx.NewID()
	if err := tx.db.Create(p).Error; err != nil {
		return translate(err, "poll")
	}
	return tx.createOptions(p)
}

func (tx *Tx) createOptions(p *Poll) error {
	for i := range p.Options {
		p.Options[i].PollID, p.Options[i].Position = p.ID, int64(i)
	}
	if len(p.Options) == 0 {
		return nil
	}
	return translate(tx.db.Create(&p.Options).Error, "options of a poll")
}

// SavePoll stores a changed poll, and the counts of its options. The options must be as many as before.
func (tx *Tx) SavePoll(p *Poll) error {
	if err := tx.db.Save(p).Error; err != nil {
		return translate(err, "poll")
	}
	for _, option := range p.Options {
		err := tx.db.Model(&PollOption{}).Where("poll_id = ? AND position = ?", p.ID, option.Position).
			UpdateColumn("votes_count", option.VotesCount).Error
		if err != nil {
			return translate(err, "poll")
		}
	}
	return nil
}

// ResetPoll gives a poll the options that it has now, and forgets all votes.
func (tx *Tx) ResetPoll(p *Poll) error {
	for _, row := range []any{&PollOption{}, &PollVote{}} {
		if err := tx.db.Delete(row, "poll_id = ?", p.ID).Error; err != nil {
			return translate(err, "poll")
		}
	}
	if err := tx.db.Save(p).Error; err != nil {
		return translate(err, "poll")
	}
	return tx.createOptions(p)
}

// DeletePoll removes a poll with its options and votes.
func (tx *Tx) DeletePoll(id int64) error {
	return translate(tx.db.Delete(&Poll{}, "id = ?", id).Error, "poll")
}

// Poll gives a poll with its options, whoever may see it.
func (tx *Tx) Poll(id int64) (*Poll, error) {
	poll, err := first[Poll](tx.db.Where("id = ?", id), "poll")
	if err != nil {
		return nil, err
	}
	return poll, tx.readOptions([]*Poll{poll})
}

// LockPoll gives the poll of a post with its options, and holds it against other writers until the transaction ends.
func (tx *Tx) LockPoll(postID int64) (*Poll, error) {
	query := tx.db
	if tx.store.dialect == dialectPostgres {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	poll, err := first[Poll](query.Where("post_id = ?", postID), "poll")
	if err != nil {
		return nil, err
	}
	return poll, tx.readOptions([]*Poll{poll})
}

// Polls gives the polls of posts by post id, with their options, in two statements.
func (tx *Tx) Polls(postIDs []int64) (map[int64]*Poll, error) {
	found := map[int64]*Poll{}
	if len(postIDs) == 0 {
		return found, nil
	}
	rows, err := list[Poll](tx.db.Where("post_id IN ?", postIDs), "polls")
	if err != nil {
		return found, err
	}
	polls := make([]*Poll, len(rows))
	for i := range rows {
		polls[i], found[rows[i].PostID] = &rows[i], &rows[i]
	}
	return found, tx.readOptions(polls)
}

func (tx *Tx) readOptions(polls []*Poll) error {
	if len(polls) == 0 {
		return nil
	}
	byID := map[int64]*Poll{}
	ids := make([]int64, len(polls))
	for i, poll := range polls {
		ids[i], byID[poll.ID] = poll.ID, poll
	}
	options, err := list[PollOption](tx.db.Where("poll_id IN ?", ids).Order("poll_id, position"), "options of polls")
	for _, option := range options {
		poll := byID[option.PollID]
		poll.Options = append(poll.Options, option)
	}
	return err
}

// ChoicesOf gives what an actor chose, by poll.
func (tx *Tx) ChoicesOf(actorID int64, pollIDs []int64) (map[int64][]int64, error) {
	chosen := map[int64][]int64{}
	if actorID == Anonymous || len(pollIDs) == 0 {
		return chosen, nil
	}
	votes, err := list[PollVote](tx.db.Where("actor_id = ? AND poll_id IN ?", actorID, pollIDs).Order("poll_id, choice"), "votes")
	for _, vote := range votes {
		chosen[vote.PollID] = append(chosen[vote.PollID], vote.Choice)
	}
	return chosen, err
}

// AddVote stores a vote; false when the actor made that choice before.
func (tx *Tx) AddVote(v *PollVote) (bool, error) {
	if v.ID == 0 {
		v.ID = tx.NewID()
	}
	v.CreatedAt = tx.Now()
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(v)
	return result.RowsAffected > 0, translate(result.Error, "vote")
}

// LocalVoters gives the members who voted in a poll.
func (tx *Tx) LocalVoters(pollID int64) ([]int64, error) {
	var ids []int64
	err := tx.db.Model(&PollVote{}).Joins("JOIN actor a ON a.id = poll_vote.actor_id AND a.local AND a.deleted_at = 0").
		Where("poll_vote.poll_id = ?", pollID).Distinct().Order("poll_vote.actor_id").Pluck("poll_vote.actor_id", &ids).Error
	return ids, translate(err, "voters")
}

// EndedPolls gives the posts whose polls have ended without that having been noticed.
func (tx *Tx) EndedPolls(limit int) ([]int64, error) {
	return tx.pollPosts(limit, "poll.closed_at = 0 AND poll.expires_at > 0 AND poll.expires_at <= ?", tx.Now())
}

// UntoldPolls gives the posts whose polls have votes that other servers were not told of, and about which none was told
// anything after the moment since.
func (tx *Tx) UntoldPolls(since Timestamp, limit int) ([]int64, error) {
	return tx.pollPosts(limit, "poll.voted_at > 0 AND poll.told_at <= ?", since)
}

// WantedPolls gives the posts whose remote polls somebody wants to see anew.
func (tx *Tx) WantedPolls(limit int) ([]int64, error) {
	return tx.pollPosts(limit, "poll.wanted_at > 0")
}

func (tx *Tx) pollPosts(limit int, where string, args ...any) ([]int64, error) {
	var ids []int64
	err := tx.db.Model(&Poll{}).Where(where, args...).Order("poll.id").Limit(limit).Pluck("poll.post_id", &ids).Error
	return ids, translate(err, "polls")
}

// WantPoll notes that somebody waits for newer counts of a remote poll.
func (tx *Tx) WantPoll(id int64) error {
	err := tx.db.Model(&Poll{}).Where("id = ? AND wanted_at = 0", id).UpdateColumn("wanted_at", tx.Now()).Error
	return translate(err, "poll")
}
