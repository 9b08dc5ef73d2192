package activitypub

import (
	"net/http"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// quote stores a member's quote of a post.
func (h *house) quote(author *models.Actor, quoted *models.Post) *models.Post {
	h.t.Helper()
	post, err := h.service.Post(h.t.Context(), practice.Draft{Author: author, Text: "See", Quoted: quoted})
	h.must(err)
	return post
}

func TestQuoteAuthorizationIsServedWhileItCounts(t *testing.T) {
	h := newHouse(t, nil)
	alice, bob := h.member("alice"), h.member("bob")
	post, other := h.post(alice, "Hello", models.Public, nil), h.post(alice, "Other", models.Public, nil)
	quoting := h.quote(bob, post)
	if doc := h.doc(h.get(h.path(quoting.URI))); doc["quote"] != post.URI || doc["quoteAuthorization"] != quoting.QuoteApprovalURI {
		t.Errorf("the post that quotes: %v", doc)
	}
	stamp := h.path(quoting.QuoteApprovalURI)
	doc := h.doc(h.get(stamp))
	for name, want := range map[string]any{
		"id": quoting.QuoteApprovalURI, "type": "QuoteAuthorization", "attributedTo": alice.URI,
		"interactingObject": quoting.URI, "interactionTarget": post.URI,
	} {
		if doc[name] != want {
			t.Errorf("%s is %v, want %v", name, doc[name], want)
		}
	}
	links := h.service.Links()
	for _, forged := range []string{
		links.QuoteAuthorization(other.ID, quoting.ID), links.QuoteAuthorization(post.ID, other.ID), links.QuoteAuthorization(quoting.ID, post.ID),
		links.QuoteAuthorization(post.ID, 1), links.Post(post.ID) + "/quotes/9223372036854775808",
	} {
		h.notFound(h.get(h.path(forged)))
	}
	// Nobody needs leave of themselves.
	if own := h.quote(alice, post); own.QuoteApprovalURI != "" || own.QuoteState != models.QuoteAccepted {
		t.Errorf("a quote of oneself: %q, %s", own.QuoteApprovalURI, own.QuoteState)
	}
	h.must(h.service.RevokeQuote(t.Context(), alice, quoting))
	h.notFound(h.get(stamp))
	if doc := h.doc(h.get(h.path(quoting.URI))); doc["quoteAuthorization"] != nil {
		t.Errorf("the post still names %v", doc["quoteAuthorization"])
	}
	again := h.quote(bob, post)
	h.must(h.service.Delete(t.Context(), bob, again, practice.Cause{}))
	h.notFound(h.get(h.path(again.QuoteApprovalURI)))
	last := h.quote(bob, post)
	h.must(h.service.Delete(t.Context(), alice, post, practice.Cause{}))
	if w := h.get(h.path(last.QuoteApprovalURI)); w.Code == http.StatusOK {
		t.Error("the authorization outlives the post that it is for")
	}
}
