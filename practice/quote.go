package practice

import (
	"context"
	"slices"
	"strings"

	"praxis/internal/text"
	"praxis/models"
)

// QuoteCheck is what became of looking into a quoted author's authorization (FEP-044f).
type QuoteCheck int

// The outcomes of a check.
const (
	QuoteUnproved  QuoteCheck = iota // there is no authorization, or it is one of ours
	QuoteProved                      // the quoted author's own host gave it
	QuoteDisproved                   // it is not there, or is for something else, or is not the quoted author's
	QuoteUnchecked                   // the host does not answer for now
)

// Quote is what a remote post says that it quotes.
type Quote struct {
	URI      string
	Post     *models.Post // nil where it is not known here
	Approval string       // the authorization that was checked
	Check    QuoteCheck
	// Legacy quotes are said in a way that knows no approval: without one, they are shown as the links that they hold.
	Legacy bool
}

// withQuoteLine puts before a member's text what readers see whose software knows no quotes, unless the text links to the
// quoted post itself.
func withQuoteLine(content string, quoted *models.Post) string {
	address := text.EscapeAttribute(orElse(quoted.URL, quoted.URI))
	if strings.Contains(content, `"`+address+`"`) {
		return content
	}
	return `<p class="quote-inline">RE: <a href="` + address + `" rel="nofollow noopener noreferrer">` + address + `</a></p>` + content
}

// placeQuote ties a new post to what it quotes. A wish to quote what the author of the wish may not read, or what its
// author lets them not quote, looks alike (security case E7).
func (s *Service) placeQuote(tx *models.Tx, post *models.Post, draft *Draft) error {
	post.QuotePolicy = draft.QuotePolicy
	if post.Local && !post.IsPublic() {
		post.QuotePolicy = models.QuotesByNobody
	} else if post.Local && post.QuotePolicy == "" {
		post.QuotePolicy = models.QuotesByPublic
	}
	if !post.Local {
		settleQuote(post, draft.Quote)
		return nil
	}
	if draft.Quoted == nil {
		return nil
	}
	quoted, verdict, err := s.mayQuote(tx, draft.Author, draft.Quoted.ID)
	if err != nil {
		return err
	}
	if verdict == models.QuoteDenied {
		return errNotQuotable()
	}
	if err := fitQuote(post, draft, quoted); err != nil {
		return err
	}
	draft.Quoted = quoted
	post.QuoteOfID, post.QuoteOfURI, post.QuoteState = quoted.ID, quoted.URI, models.QuotePending
	if quoted.Local || quoted.AuthorID == post.AuthorID {
		post.QuoteState = models.QuoteAccepted
	}
	post.Content = withQuoteLine(post.Content, quoted)
	return nil
}

// fitQuote: what only followers may read is not quoted for more, and a message to single people quotes nobody behind their
// back.
func fitQuote(post *models.Post, draft *Draft, quoted *models.Post) error {
	if quoted.IsRestricted() {
		return errNotQuotable() // what is said within a community stays there
	}
	if quoted.Visibility == models.Private && post.IsPublic() {
		post.Visibility, post.QuotePolicy = models.Private, models.QuotesByNobody
	}
	if post.Visibility != models.Direct || quoted.AuthorID == post.AuthorID {
		return nil
	}
	if slices.ContainsFunc(draft.Mentions, func(a *models.Actor) bool { return a.ID == quoted.AuthorID }) {
		return nil
	}
	return invalid("quoted_status_id", "Validation failed: a private mention can quote only those whom it mentions")
}

// mayQuote reads a post and says how its policy applies to an actor. Errors: NotFound for what they may not read; a block
// hides it, too.
func (s *Service) mayQuote(tx *models.Tx, actor *models.Actor, postID int64) (*models.Post, string, error) {
	quoted, err := tx.VisiblePost(postID, actor.ID)
	if err != nil {
		return nil, "", err
	}
	standings, err := tx.Standings(actor.ID, []int64{quoted.AuthorID})
	if err != nil {
		return nil, "", err
	}
	return quoted, quoted.MayBeQuoted(actor.ID, standings[quoted.AuthorID]), nil
}

// checkQuoted refuses a draft for later that could not be published now, for what it quotes. Errors: as Post.
func (s *Service) checkQuoted(ctx context.Context, draft *Draft) error {
	if draft.QuotePolicy != "" {
		if err := CheckQuotePolicy(draft.QuotePolicy); err != nil {
			return err
		}
	}
	if draft.Quoted == nil {
		return nil
	}
	verdict, err := s.MayQuote(ctx, draft.Author, draft.Quoted)
	if err == nil && verdict == models.QuoteDenied {
		return errNotQuotable()
	}
	return err
}

func errNotQuotable() error {
	return models.Errorf(models.NotFound, "The post that you want to quote is not there, or its author does not let you quote it.")
}

// stampQuote names the authorization of a quote that is accepted here and of somebody else's post, once the post has an id.
func (s *Service) stampQuote(post *models.Post, draft *Draft) {
	if post.Local && post.QuoteState == models.QuoteAccepted && draft.Quoted.AuthorID != post.AuthorID {
		post.QuoteApprovalURI = s.links.QuoteAuthorization(post.QuoteOfID, post.ID)
	}
}

// tellQuoted notifies the author of a quoted post, or asks them where that is done elsewhere.
func (s *Service) tellQuoted(tx *models.Tx, post *models.Post, draft *Draft) error {
	switch {
	case post.QuoteState == models.QuoteAccepted:
		return s.notifyQuoted(tx, post)
	case post.Local && post.QuoteState == models.QuotePending:
		return s.outbox.Publish(tx, QuoteRequested{Author: draft.Author, Post: post, Quoted: draft.Quoted})
	}
	return nil
}

func (s *Service) notifyQuoted(tx *models.Tx, post *models.Post) error {
	quoted, err := tx.Post(post.QuoteOfID)
	if err != nil {
		return err
	}
	author, err := tx.Actor(quoted.AuthorID)
	if err != nil || !author.Local || author.Type != models.TypePerson {
		return err
	}
	if _, err := tx.VisiblePost(post.ID, author.ID); err != nil {
		return ignoreNotFound(err)
	}
	_, err = tx.Notify(&models.Notification{OwnerID: author.ID, Type: models.NotifyQuote, ActorID: post.AuthorID, PostID: post.ID})
	return err
}

func ignoreNotFound(err error) error {
	if models.IsNotFound(err) {
		return nil
	}
	return err
}

// notifyQuoters tells the members who quote a post that it was edited: what they wrote about reads differently now.
func (s *Service) notifyQuoters(tx *models.Tx, post *models.Post) error {
	quotes, err := tx.LocalQuotes(post.ID)
	if err != nil {
		return err
	}
	for i := range quotes {
		owner := quotes[i].AuthorID
		if _, err := tx.VisiblePost(post.ID, owner); models.IsNotFound(err) {
			continue
		} else if err != nil {
			return err
		}
		_, err := tx.Renotify(&models.Notification{
			OwnerID: owner, Type: models.NotifyQuotedUpdate, ActorID: post.AuthorID, PostID: quotes[i].ID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// settleQuote decides what becomes of the quote of a remote post that is new. Nobody needs to be asked about their own
// posts; all others are accepted by an authorization and by nothing else.
func settleQuote(post *models.Post, q *Quote) {
	post.QuoteOfID, post.QuoteOfURI, post.QuoteState, post.QuoteApprovalURI = 0, "", "", ""
	if q == nil || (q.Post != nil && q.Post.IsBoost()) {
		return
	}
	post.QuoteOfURI = q.URI
	if q.Post != nil {
		post.QuoteOfID = q.Post.ID
	}
	switch {
	case q.Post != nil && q.Post.AuthorID == post.AuthorID:
		post.QuoteState = models.QuoteAccepted
	case q.Check == QuoteProved:
		post.QuoteState, post.QuoteApprovalURI = models.QuoteAccepted, q.Approval
	case q.Check == QuoteDisproved:
		post.QuoteState = models.QuoteRejected
	case !q.Legacy:
		post.QuoteState = models.QuotePending
	}
}

// resettleQuote takes over what an edited remote post says of its quote. Whether a post of ours may be quoted is decided by
// requests alone, whatever an edit claims.
func resettleQuote(post *models.Post, q *Quote) {
	if q == nil || q.URI != post.QuoteOfURI || q.Post == nil || post.QuoteOfID == 0 || q.Post.AuthorID == post.AuthorID {
		settleQuote(post, q)
		return
	}
	accepted := post.QuoteState == models.QuoteAccepted
	switch {
	case q.Post.Local || q.Check == QuoteUnchecked:
		if post.QuoteState == "" && !q.Legacy {
			post.QuoteState = models.QuotePending
		}
	case q.Check == QuoteProved:
		post.QuoteState, post.QuoteApprovalURI = models.QuoteAccepted, q.Approval
	case q.Check == QuoteDisproved && accepted:
		post.QuoteState, post.QuoteApprovalURI = models.QuoteRevoked, ""
	case q.Check == QuoteDisproved && post.QuoteState != models.QuoteRevoked:
		post.QuoteState = models.QuoteRejected
	case accepted:
		post.QuoteState, post.QuoteApprovalURI = models.QuotePending, ""
	case post.QuoteState == "" && !q.Legacy:
		post.QuoteState = models.QuotePending
	}
}

// requote carries out what an edit means for a post's quote and for who may quote the post. A member's post keeps what it
// quotes.
func (s *Service) requote(tx *models.Tx, post *models.Post, edit Edit) error {
	if edit.QuotePolicy != nil && (!post.Local || post.IsPublic()) {
		post.QuotePolicy = *edit.QuotePolicy
	}
	if post.Local {
		return nil
	}
	resettleQuote(post, edit.Quote)
	return tx.SetQuote(post)
}

// requoteText puts the link to the quoted post before what a member typed anew.
func (s *Service) requoteText(tx *models.Tx, post *models.Post, draft *Draft) error {
	if !post.Local || post.QuoteOfID == 0 {
		return nil
	}
	quoted, err := tx.Post(post.QuoteOfID)
	if err != nil {
		return err
	}
	draft.Quoted = quoted
	post.Content = withQuoteLine(post.Content, quoted)
	return nil
}

// SetQuotePolicy changes who may quote a post of actor's from now on. Errors: Forbidden when it is not theirs; Invalid for
// what is no policy. Posts that not everybody may read stay quoted by nobody.
func (s *Service) SetQuotePolicy(ctx context.Context, actor *models.Actor, post *models.Post, policy string) error {
	if post.AuthorID != actor.ID || post.IsBoost() {
		return models.Errorf(models.Forbidden, "Only its author says who may quote a post.")
	}
	if err := CheckQuotePolicy(policy); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.LockPost(post.ID)
		if err != nil {
			return err
		}
		if current.IsGone() {
			return orGone(nil, current.URI)
		}
		if !current.IsPublic() || current.QuotePolicy == policy {
			return nil
		}
		current.QuotePolicy = policy
		if err := tx.SavePost(current); err != nil {
			return err
		}
		return s.tellRequoted(tx, actor, current)
	})
}

// CheckQuotePolicy refuses what a member cannot choose. Errors: Invalid.
func CheckQuotePolicy(policy string) error {
	if slices.Contains([]string{models.QuotesByPublic, models.QuotesByFollowers, models.QuotesByNobody}, policy) {
		return nil
	}
	return invalid("quote_approval_policy", "Validation failed: quote approval policy %.20q is none of public, followers, nobody", policy)
}

// tellRequoted tells of a post that reads as before, but may be quoted or quotes differently.
func (s *Service) tellRequoted(tx *models.Tx, author *models.Actor, post *models.Post) error {
	tx.Emit(models.Change{Kind: models.PostEdited, ID: post.ID})
	if !author.Local {
		return nil
	}
	return s.outbox.Publish(tx, PostEdited{Author: author, Post: post})
}
