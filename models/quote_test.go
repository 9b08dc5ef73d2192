package models

import (
	"testing"

	"praxis/internal/testdb"
)

func TestQuotePolicyApplies(t *testing.T) {
	const author, other = 1, 2
	follower, followed, both := Standing{Follows: true}, Standing{Followed: true}, Standing{Follows: true, Followed: true}
	for name, tc := range map[string]struct {
		policy, visibility string
		actor              int64
		standing           Standing
		want               string
	}{
		"unknown policy":        {"", Public, other, both, QuoteDenied},
		"nobody":                {"nobody", Public, other, both, QuoteDenied},
		"nobody, the author":    {"nobody", Public, author, Standing{}, QuoteAutomatic},
		"public":                {"public", Unlisted, other, Standing{}, QuoteAutomatic},
		"public, anonymous":     {"public", Public, Anonymous, Standing{}, QuoteDenied},
		"followers, a stranger": {"followers", Public, other, followed, QuoteDenied},
		"followers":             {"followers", Public, other, follower, QuoteAutomatic},
		"following":             {"following", Public, other, followed, QuoteAutomatic},
		"manual":                {"followers ?public", Public, other, Standing{}, QuoteManual},
		"both":                  {"followers ?public", Public, other, follower, QuoteAutomatic},
		"unsupported":           {"unsupported_policy", Public, other, both, QuoteUnknown},
		"private":               {"public", Private, other, follower, QuoteDenied},
		"private, the author":   {"nobody", Private, author, Standing{}, QuoteAutomatic},
		"direct, the author":    {"nobody", Direct, author, Standing{}, QuoteDenied},
	} {
		post := &Post{AuthorID: author, Visibility: tc.visibility, QuotePolicy: tc.policy}
		if got := post.MayBeQuoted(tc.actor, tc.standing); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
		if tc.visibility != Public || tc.policy == "" {
			continue
		}
		if again := post.WhoMayQuote().String(); again != tc.policy {
			t.Errorf("%s: %q is stored as %q", name, tc.policy, again)
		}
	}
	if boost := (&Post{AuthorID: author, Visibility: Public, QuotePolicy: "public", ReblogOfID: 9}); boost.MayBeQuoted(author, both) != QuoteDenied {
		t.Error("A23: a boost may be quoted")
	}
}

// TestStandingsGoBothWays: who follows whom is not confused.
func TestStandingsGoBothWays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana, bo, cy := h.actor("ana"), h.actor("bo"), h.actor("cy")
		h.do(func(tx *Tx) error {
			for _, f := range []*Follow{
				{URI: "1", ActorID: ana.ID, TargetID: bo.ID, State: FollowAccepted},
				{URI: "2", ActorID: cy.ID, TargetID: ana.ID, State: FollowAccepted},
				{URI: "3", ActorID: ana.ID, TargetID: cy.ID, State: FollowPending},
			} {
				if err := tx.PutFollow(f); err != nil {
					return err
				}
			}
			got, err := tx.Standings(ana.ID, []int64{bo.ID, cy.ID})
			if got[bo.ID] != (Standing{Follows: true}) || got[cy.ID] != (Standing{Followed: true}) {
				t.Errorf("standings %v", got)
			}
			return err
		})
	})
}
