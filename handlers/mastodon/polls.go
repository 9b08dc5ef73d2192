package mastodon

import (
	"net/http"
	"time"

	"praxis/models"
	"praxis/practice"
)

func pollRoutes() []route {
	return []route{
		open(http.MethodGet, "/api/v1/polls/{id}", getPoll, readStatuses),
		member(http.MethodPost, "/api/v1/polls/{id}/votes", votePoll, writeStatuses),
	}
}

// poll is Mastodon's Poll.
type poll struct {
	ID          string       `json:"id"`
	ExpiresAt   *string      `json:"expires_at"`
	Expired     bool         `json:"expired"`
	Multiple    bool         `json:"multiple"`
	VotesCount  int64        `json:"votes_count"`
	VotersCount *int64       `json:"voters_count"`
	Options     []pollOption `json:"options"`
	Emojis      []emoji      `json:"emojis"`
	*pollChoice
}

// pollOption has no count while the author hides it.
type pollOption struct {
	Title      string `json:"title"`
	VotesCount *int64 `json:"votes_count"`
}

// pollChoice is what a signed-in viewer chose.
type pollChoice struct {
	Voted    bool    `json:"voted"`
	OwnVotes []int64 `json:"own_votes"`
}

// pollDraft is what a client says of a poll.
type pollDraft struct {
	Options    []string `mapstructure:"options"`
	ExpiresIn  int64    `mapstructure:"expires_in"`
	Multiple   bool     `mapstructure:"multiple"`
	HideTotals bool     `mapstructure:"hide_totals"`
}

// longestPoll is the longest time in seconds that can be counted with.
const longestPoll = int64(1 << 32)

// draft: a post has media or a poll, never both.
func (d *pollDraft) draft(c *call) (*practice.PollDraft, error) {
	if d == nil || !c.params.has("poll") {
		return nil, nil
	}
	if c.params.has("media_ids") {
		return nil, models.FieldErrorf("poll", "Validation failed: a post has attachments or a poll, not both")
	}
	return &practice.PollDraft{
		Options: d.Options, ExpiresIn: time.Duration(max(0, min(d.ExpiresIn, longestPoll))) * time.Second,
		Multiple: d.Multiple, HideTotals: d.HideTotals,
	}, nil
}

// readPolls reads the polls of posts, and what the viewer chose.
func (s *shelf) readPolls(tx *models.Tx, posts []*models.Post) error {
	s.now = tx.Now()
	var asking, pollIDs []int64
	for _, p := range posts {
		if p.Type == "Question" {
			asking = append(asking, p.ID)
		}
	}
	var err error
	if s.polls, err = tx.Polls(asking); err != nil {
		return err
	}
	for _, poll := range s.polls {
		pollIDs = append(pollIDs, poll.ID)
	}
	s.chosen, err = tx.ChoicesOf(s.viewer, pollIDs)
	return err
}

// pollTexts gives the answers that a post offers.
func (s *shelf) pollTexts(postID int64) []string {
	if asked := s.polls[postID]; asked != nil {
		return asked.Titles()
	}
	return nil
}

// poll shows the poll of a post; nil when it has none.
func (s *shelf) poll(p *models.Post) *poll {
	asked := s.polls[p.ID]
	if asked == nil {
		return nil
	}
	ended := asked.Ended(s.now)
	shown := &poll{
		ID: formatID(asked.ID), ExpiresAt: dateOrNil(asked.ExpiresAt), Expired: ended, Multiple: asked.Multiple,
		VotesCount: asked.Votes(), VotersCount: &asked.VotersCount, Options: []pollOption{}, Emojis: s.emoji.in(emojiHost(s.actors[p.AuthorID]), asked.Titles()...),
	}
	if asked.VotersCount == 0 && shown.VotesCount > 0 {
		shown.VotersCount = nil // a remote server that does not say
	}
	for i := range asked.Options {
		option := pollOption{Title: asked.Options[i].Title}
		if ended || !asked.HideTotals {
			option.VotesCount = &asked.Options[i].VotesCount
		}
		shown.Options = append(shown.Options, option)
	}
	if s.signed {
		own := append([]int64{}, s.chosen[asked.ID]...)
		shown.pollChoice = &pollChoice{Voted: len(own) > 0 || p.AuthorID == s.viewer, OwnVotes: own}
	}
	return shown
}

// asked gives the poll that the path names, and its post, if the caller may read that.
func (c *call) asked() (*models.Poll, *models.Post, error) {
	id, err := c.id()
	if err != nil {
		return nil, nil, err
	}
	found, err := c.tx.Poll(id)
	if err != nil {
		return nil, nil, err
	}
	post, err := c.tx.VisiblePost(found.PostID, c.viewer())
	return found, post, err
}

func getPoll(c *call) (any, error) {
	found, post, err := c.asked()
	if err != nil {
		return nil, err
	}
	if c.me() != nil {
		if err := c.s.service.WantPoll(c.ctx(), post, found); err != nil {
			return nil, err
		}
	}
	return c.poll(post)
}

func (c *call) poll(post *models.Post) (any, error) {
	s, err := c.shelve([]models.Post{*post})
	if err != nil {
		return nil, err
	}
	if shown := s.poll(post); shown != nil {
		return shown, nil
	}
	return nil, errNotFound
}

// votePoll takes positions of options, as Mastodon does.
func votePoll(c *call) (any, error) {
	_, post, err := c.asked()
	if err != nil {
		return nil, err
	}
	var said struct {
		Choices []int64 `mapstructure:"choices"`
	}
	if err := c.params.decode(&said); err != nil {
		return nil, err
	}
	if len(said.Choices) > maxChoices {
		return nil, models.FieldErrorf("choices", "Validation failed: The chosen vote option does not exist")
	}
	if err := c.s.service.Vote(c.ctx(), c.me(), post, said.Choices); err != nil {
		return nil, err
	}
	return c.poll(post)
}

// maxChoices is more than any poll has options.
const maxChoices = 100
