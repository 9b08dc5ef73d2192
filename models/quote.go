package models

import (
	"slices"
	"strings"
)

// What became of the wish to quote a post, as Mastodon's API names it.
const (
	QuotePending  = "pending"
	QuoteAccepted = "accepted"
	QuoteRejected = "rejected"
	QuoteRevoked  = "revoked"
)

// NotifyQuotedUpdate is the notification that a post which the member quotes was edited; it is about the quoting post.
const NotifyQuotedUpdate = "quoted_update"

// Whom a policy names; members of ours choose among the first three.
const (
	QuotesByPublic      = "public"
	QuotesByFollowers   = "followers"
	QuotesByNobody      = "nobody"
	QuotesByFollowing   = "following"
	QuotesByUnsupported = "unsupported_policy" // by somebody of whom this server cannot tell who that is
)

// QuotePolicy is who may quote a post without being asked about it, and who after the author was asked (FEP-044f).
type QuotePolicy struct{ Automatic, Manual []string }

// manually marks the groups of a stored policy whose quotes the author looks at.
const manually = "?"

// String gives the policy as it is stored: words, those of Manual after a question mark.
func (p QuotePolicy) String() string {
	words := append([]string{}, p.Automatic...)
	for _, group := range p.Manual {
		words = append(words, manually+group)
	}
	if len(words) == 0 {
		return QuotesByNobody
	}
	return strings.Join(words, " ")
}

// WhoMayQuote reads a post's policy. A post of which it is not known, and one that not everybody may read, is quoted by
// nobody but its author.
func (p *Post) WhoMayQuote() QuotePolicy {
	var policy QuotePolicy
	if !p.IsPublic() {
		return policy
	}
	for _, word := range strings.Fields(p.QuotePolicy) {
		if group, ok := strings.CutPrefix(word, manually); ok {
			policy.Manual = append(policy.Manual, group)
		} else if word != QuotesByNobody {
			policy.Automatic = append(policy.Automatic, word)
		}
	}
	return policy
}

// The ways in which a policy applies to somebody, as Mastodon's API names them.
const (
	QuoteAutomatic = "automatic"
	QuoteManual    = "manual"
	QuoteDenied    = "denied"
	QuoteUnknown   = "unknown"
)

// Standing is whether somebody follows an author and whether the author follows them.
type Standing struct{ Follows, Followed bool }

// MayBeQuoted says how the post's policy applies to somebody; blocks and visibility are another matter.
func (p *Post) MayBeQuoted(actorID int64, standing Standing) string {
	switch {
	case actorID == Anonymous || p.IsBoost():
		return QuoteDenied
	case actorID == p.AuthorID:
		if p.Visibility == Direct {
			return QuoteDenied
		}
		return QuoteAutomatic
	}
	policy := p.WhoMayQuote()
	names := func(groups []string) bool {
		return slices.Contains(groups, QuotesByPublic) || (standing.Follows && slices.Contains(groups, QuotesByFollowers)) ||
			(standing.Followed && slices.Contains(groups, QuotesByFollowing))
	}
	switch {
	case names(policy.Automatic):
		return QuoteAutomatic
	case names(policy.Manual):
		return QuoteManual
	case slices.Contains(append(policy.Automatic, policy.Manual...), QuotesByUnsupported):
		return QuoteUnknown
	}
	return QuoteDenied
}

// Standings gives the accepted follows between a viewer and authors, both ways, by author.
func (tx *Tx) Standings(viewer int64, authorIDs []int64) (map[int64]Standing, error) {
	found := map[int64]Standing{}
	if viewer == Anonymous || len(authorIDs) == 0 {
		return found, nil
	}
	rows, err := list[Follow](tx.db.Where("state = ? AND ((actor_id = ? AND target_id IN ?) OR (target_id = ? AND actor_id IN ?))",
		FollowAccepted, viewer, authorIDs, viewer, authorIDs), "follows")
	for i := range rows {
		if rows[i].ActorID == viewer {
			s := found[rows[i].TargetID]
			s.Follows = true
			found[rows[i].TargetID] = s
		} else {
			s := found[rows[i].ActorID]
			s.Followed = true
			found[rows[i].ActorID] = s
		}
	}
	return found, err
}

// countsAsQuote reports a row that counts for the post which it quotes: an accepted quote that everybody may read, for the
// number would tell of others (security case E4).
func (p *Post) countsAsQuote() bool {
	return p.QuoteOfID != 0 && p.QuoteState == QuoteAccepted && p.IsPublic() && !p.IsBoost()
}

// SetQuote stores which post p quotes and what became of that, and counts it.
func (tx *Tx) SetQuote(p *Post) error {
	before, err := tx.LockPost(p.ID)
	if err != nil {
		return err
	}
	err = tx.db.Model(&Post{}).Where("id = ?", p.ID).UpdateColumns(map[string]any{
		"quote_of_id": p.QuoteOfID, "quote_of_uri": p.QuoteOfURI, "quote_state": p.QuoteState, "quote_approval_uri": p.QuoteApprovalURI,
	}).Error
	if err != nil {
		return translate(err, "quote")
	}
	if before.countsAsQuote() {
		if err := tx.bumpPost(before.QuoteOfID, "quotes_count", -1); err != nil {
			return err
		}
	}
	if p.countsAsQuote() {
		return tx.bumpPost(p.QuoteOfID, "quotes_count", 1)
	}
	return nil
}

// QuotedPost is a post that is quoted, with what matters to who looks at the quote.
type QuotedPost struct {
	Post    `gorm:"embedded"`
	Visible bool // the viewer may read it
	Blocked bool // the viewer blocks its author
	Muted   bool // the viewer mutes its author
	Hidden  bool // the viewer blocks its author's host
}

// QuotedPosts gives posts of ids by id with what they are to a viewer, visible or not: nothing of those that are not may
// be shown.
func (tx *Tx) QuotedPosts(ids []int64, viewer int64) (map[int64]*QuotedPost, error) {
	found := make(map[int64]*QuotedPost, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	args := append(asked(viewer), viewer, viewer, tx.Now(), viewer)
	var rows []QuotedPost
	err := tx.db.Table("post AS p").Where("p.id IN ?", ids).Select(`p.*, (p.reblog_of_id = 0 AND `+readable+`) AS visible,
		EXISTS (SELECT 1 FROM block k WHERE k.actor_id = ? AND k.target_id = p.author_id) AS blocked,
		EXISTS (SELECT 1 FROM mute m WHERE m.actor_id = ? AND m.target_id = p.author_id AND `+mutes+`) AS muted,
		EXISTS (SELECT 1 FROM actor x JOIN member_domain_block d ON d.host = x.host WHERE x.id = p.author_id AND NOT x.local AND d.actor_id = ?) AS hidden`,
		args...).Scan(&rows).Error
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, translate(err, "quoted posts")
}

// QuotesPage gives a page of the accepted quotes of a post that a viewer may read, newest first; the author of the post
// meets them all, others not those by whom they mute.
func (tx *Tx) QuotesPage(post *Post, viewer int64, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).Where("post.quote_of_id = ? AND post.quote_state = ?", post.ID, QuoteAccepted)
	if viewer != post.AuthorID {
		query = query.Scopes(tx.WantedBy(viewer))
	}
	rows, err := list[Post](page.apply(query, "post.id"), "quotes")
	return descending(page, rows), err
}

// PostOfQuoteApproval gives the post whose quote an authorization of this id stands for.
func (tx *Tx) PostOfQuoteApproval(uri string) (*Post, error) {
	return first[Post](tx.db.Where("quote_approval_uri = ? AND quote_approval_uri <> ''", uri), "quote authorization "+uri)
}

// LocalQuotes gives up to a thousand accepted quotes of a post by members.
func (tx *Tx) LocalQuotes(postID int64) ([]Post, error) {
	query := tx.db.Where("quote_of_id = ? AND quote_state = ? AND local AND deleted_at = 0 AND removed_at = 0", postID, QuoteAccepted).Order("id").Limit(1000)
	return list[Post](query, "quotes")
}
