package outbox

import (
	"praxis/federation/vocab"
	"praxis/models"
	"praxis/practice"
)

// addQuote says what a post quotes, as FEP-044f does and as older software does, and who may quote the post.
func addQuote(doc vocab.M, p *models.Post, parts *postParts) {
	doc["interactionPolicy"] = vocab.M{"canQuote": vocab.M{"automaticApproval": mayQuote(p, parts.author)}}
	if p.QuoteOfURI == "" {
		return
	}
	for _, name := range []string{"quote", "quoteUri", "quoteUrl", "_misskey_quote"} {
		doc[name] = p.QuoteOfURI
	}
	if p.QuoteState == models.QuoteAccepted && p.QuoteApprovalURI != "" {
		doc["quoteAuthorization"] = p.QuoteApprovalURI
	}
}

// mayQuote names who quotes a post without being asked; authors always may, and stand there where nobody else does.
func mayQuote(p *models.Post, author *models.Actor) []string {
	var groups []string
	for _, group := range p.WhoMayQuote().Automatic {
		switch group {
		case models.QuotesByPublic:
			groups = append(groups, vocab.Public)
		case models.QuotesByFollowers:
			groups = append(groups, author.FollowersURI)
		}
	}
	if len(groups) == 0 {
		return []string{author.URI}
	}
	return groups
}

// quotedAuthor gives the author of what a post quotes; nil for nobody.
func quotedAuthor(tx *models.Tx, p *models.Post) (*models.Actor, error) {
	if p.QuoteOfID == 0 {
		return nil, nil
	}
	quoted, err := tx.Post(p.QuoteOfID)
	if err != nil {
		return nil, err
	}
	return tx.Actor(quoted.AuthorID)
}

// quoteRequested asks the author of a post whether it may be quoted. The post that quotes comes along: where not everybody
// may read it, its addressee could not fetch it.
func (w *Writer) quoteRequested(tx *models.Tx, e practice.QuoteRequested) error {
	author, err := tx.Actor(e.Quoted.AuthorID)
	if err != nil {
		return err
	}
	quoting, err := w.Post(tx, e.Post)
	if err != nil {
		return err
	}
	doc := vocab.M{
		"id": w.links.QuoteRequest(e.Post.ID), "type": "QuoteRequest", "object": e.Quoted.URI, "instrument": quoting, "to": []string{author.URI},
	}
	return w.toActor(tx, e.Author, author, doc)
}

// quoteAnswered answers a request: with the authorization, or with no.
func (w *Writer) quoteAnswered(tx *models.Tx, e practice.QuoteAnswered) error {
	request := vocab.M{
		"id": e.RequestURI, "type": "QuoteRequest", "actor": e.Quoter.URI, "object": e.Quoted.URI, "instrument": e.QuotingURI,
	}
	doc := vocab.M{"type": "Reject", "object": request, "to": []string{e.Quoter.URI}}
	if e.Authorization != "" {
		doc["type"], doc["result"] = "Accept", e.Authorization
	}
	return w.toActor(tx, e.Author, e.Quoter, doc)
}

// quoteRevoked withdraws an authorization: from who quotes, whose server tells others, and from those who follow the quoted
// author; those only where everybody may read the post that quotes.
func (w *Writer) quoteRevoked(tx *models.Tx, e practice.QuoteRevoked) error {
	quoter, err := tx.Actor(e.Quoting.AuthorID)
	if err != nil {
		return err
	}
	to, inboxes := []string{quoter.URI}, []models.Inbox{}
	if e.Quoting.IsPublic() {
		to = append(to, vocab.Public, e.Author.FollowersURI)
		if inboxes, err = tx.FollowerInboxes(e.Author.ID); err != nil {
			return err
		}
	}
	stamp := w.links.QuoteAuthorization(e.Quoting.QuoteOfID, e.Quoting.ID)
	doc := vocab.M{
		"id": stamp + "#delete-" + stamped(tx), "type": "Delete", "to": to,
		"object": vocab.QuoteAuthorization(stamp, e.Author.URI, e.Quoting.URI, e.Quoting.QuoteOfURI),
	}
	_, err = w.write(tx, note{actor: e.Author, doc: doc, inboxes: withActors(inboxes, quoter)})
	return err
}

// stamped tells one withdrawal from another.
func stamped(tx *models.Tx) string { return stamp(tx.NewID(), tx.Now()) }
