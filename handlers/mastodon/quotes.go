package mastodon

import (
	"net/http"

	"praxis/models"
)

func quoteRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/statuses/{id}/quotes", getQuotes, readStatuses),
		member(http.MethodPost, "/api/v1/statuses/{id}/quotes/{quoting}/revoke", revokeQuote, writeStatuses),
		member(http.MethodPut, "/api/v1/statuses/{id}/interaction_policy", editInteractionPolicy, writeStatuses),
	}
}

// The states of a quote that depend on who looks at it.
const (
	quoteDeleted        = "deleted"
	quoteUnauthorized   = "unauthorized"
	quoteBlockedAccount = "blocked_account"
	quoteBlockedDomain  = "blocked_domain"
	quoteMutedAccount   = "muted_account"
)

// quote is Mastodon's Quote.
type quote struct {
	State  string  `json:"state"`
	Status *status `json:"quoted_status"`
}

// shallowQuote is Mastodon's ShallowQuote: the quote of a post that is quoted itself.
type shallowQuote struct {
	State    string  `json:"state"`
	StatusID *string `json:"quoted_status_id"`
}

// quoteRights is Mastodon's QuoteApproval: who may quote a post, and whether the viewer may.
type quoteRights struct {
	Automatic   []string `json:"automatic"`
	Manual      []string `json:"manual"`
	CurrentUser string   `json:"current_user"`
}

// quoteShelf is what the posts of an answer quote, two deep, and how the viewer stands to the authors of all of them.
type quoteShelf struct {
	posts     map[int64]*models.QuotedPost
	standings map[int64]models.Standing
	// whole shows what a post quotes even where its author was not asked or said no: to who deletes the post, to write it
	// anew.
	whole bool
}

// readQuotes finds what posts quote, and gives the quoted posts that are shown in full.
func (s *shelf) readQuotes(tx *models.Tx, shown []*models.Post) ([]*models.Post, error) {
	var err error
	if s.quotes.posts, err = tx.QuotedPosts(quotedBy(shown), s.viewer); err != nil {
		return nil, err
	}
	var quoted []*models.Post
	for _, q := range s.quotes.posts {
		if q.Visible {
			quoted = append(quoted, &q.Post)
		}
	}
	deeper, err := tx.QuotedPosts(quotedBy(quoted), s.viewer)
	if err != nil {
		return nil, err
	}
	for id, q := range deeper {
		if s.quotes.posts[id] == nil {
			s.quotes.posts[id] = q
		}
	}
	return quoted, s.readStandings(tx, append(quoted, shown...))
}

func quotedBy(posts []*models.Post) []int64 {
	var ids []int64
	for _, p := range posts {
		if p.QuoteOfID != 0 && p.QuoteState != "" {
			ids = append(ids, p.QuoteOfID)
		}
	}
	return ids
}

// readStandings asks how the viewer stands to those whose policies make a difference between people.
func (s *shelf) readStandings(tx *models.Tx, posts []*models.Post) error {
	var authors []int64
	for _, p := range posts {
		policy := p.WhoMayQuote()
		for _, group := range append(policy.Automatic, policy.Manual...) {
			if group == models.QuotesByFollowers || group == models.QuotesByFollowing {
				authors = append(authors, p.AuthorID)
			}
		}
	}
	var err error
	s.quotes.standings, err = tx.Standings(s.viewer, distinct(authors))
	return err
}

// quote shows what a post quotes; nil for nothing. Of a post that the viewer may not read nothing is shown, whatever the
// state (security case E2).
func (s *shelf) quote(p *models.Post) any {
	if p.QuoteState == "" {
		return nil
	}
	state, quoted := s.quoteState(p)
	if quoted == nil {
		return &quote{State: state}
	}
	return &quote{State: state, Status: s.quotedStatus(quoted)}
}

// quotedStatus shows a quoted post, with no more than the id of what it quotes itself.
func (s *shelf) quotedStatus(p *models.Post) *status {
	shown := s.baseStatus(p)
	if p.QuoteState == "" {
		return shown
	}
	state, quoted := s.quoteState(p)
	shallow := &shallowQuote{State: state}
	if quoted != nil {
		shallow.StatusID = idOrNil(quoted.ID)
	}
	shown.Quote = shallow
	return shown
}

// quoteState gives what a quote is to the viewer, and the quoted post where it is shown.
func (s *shelf) quoteState(p *models.Post) (string, *models.Post) {
	q := s.quotes.posts[p.QuoteOfID]
	if p.QuoteState != models.QuoteAccepted {
		if s.quotes.whole && q != nil && q.Visible {
			return p.QuoteState, &q.Post
		}
		return p.QuoteState, nil
	}
	switch {
	case q == nil || q.IsGone():
		return quoteDeleted, nil
	case q.Blocked:
		return quoteBlockedAccount, nil
	case !q.Visible:
		return quoteUnauthorized, nil
	case q.Hidden:
		return quoteBlockedDomain, &q.Post
	case q.Muted:
		return quoteMutedAccount, &q.Post
	}
	return p.QuoteState, &q.Post
}

func (s *shelf) quoteRights(p *models.Post) quoteRights {
	policy := p.WhoMayQuote()
	return quoteRights{
		Automatic: append([]string{}, policy.Automatic...), Manual: append([]string{}, policy.Manual...),
		CurrentUser: p.MayBeQuoted(s.viewer, s.quotes.standings[p.AuthorID]),
	}
}

// quotedPost gives the post that a client wants to quote, or nil: what a boost carries, when it names the boost (security
// case A23).
func (c *call) quotedPost(name string) (*models.Post, error) { return c.parent(name) }

func getQuotes(c *call) (any, error) {
	post, err := c.post()
	if err == nil && post.IsBoost() {
		post, err = c.tx.VisiblePost(post.ReblogOfID, c.viewer())
	}
	if err != nil {
		return nil, err
	}
	page, err := c.page(20, 40)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.QuotesPage(post, c.viewer(), more(page))
	return c.postPage(page, rows, err)
}

// revokeQuote is for the author of the quoted post. It answers with the post that quoted it.
func revokeQuote(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	id, err := parseID(c.path("quoting"))
	if err != nil {
		return nil, err
	}
	quoting, err := c.tx.VisiblePost(id, c.viewer())
	if err == nil && quoting.QuoteOfID != post.ID {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	if err := c.s.service.RevokeQuote(c.ctx(), c.me(), quoting); err != nil {
		return nil, err
	}
	return c.fresh(quoting)
}

// editInteractionPolicy changes who may quote a post of the caller's; quotes that there are stay.
func editInteractionPolicy(c *call) (any, error) {
	post, err := c.ownPost()
	if err != nil {
		return nil, err
	}
	var ask struct {
		QuotePolicy *string `mapstructure:"quote_approval_policy"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	if ask.QuotePolicy == nil {
		return nil, models.FieldErrorf("quote_approval_policy", "Validation failed: quote approval policy is missing: use public, followers or nobody")
	}
	if err := c.s.service.SetQuotePolicy(c.ctx(), c.me(), post, *ask.QuotePolicy); err != nil {
		return nil, err
	}
	return c.fresh(post)
}
