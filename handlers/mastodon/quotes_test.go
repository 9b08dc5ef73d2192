package mastodon

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// quotes posts a quote of a member's and gives it as its author sees it.
func (h *house) quotes(who *models.Actor, quoted int64, fields map[string]any) map[string]any {
	h.t.Helper()
	body := map[string]any{"status": "look at this", "quoted_status_id": formatID(quoted)}
	for name, value := range fields {
		body[name] = value
	}
	return h.post(who, "/api/v1/statuses", body).object()
}

func (h *house) status(who *models.Actor, id any) map[string]any {
	h.t.Helper()
	return h.get(who, "/api/v1/statuses/"+id.(string)).object()
}

// quoteOf gives the state of a post's quote and the quoted post; nil for none.
func quoteOf(status map[string]any) (state any, quoted map[string]any) {
	q, _ := status["quote"].(map[string]any)
	quoted, _ = q["quoted_status"].(map[string]any)
	return q["state"], quoted
}

func currentUser(status map[string]any) any {
	return status["quote_approval"].(map[string]any)["current_user"]
}

func TestQuote(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		first := h.write(alice, "the first", "public", nil)
		second := h.quotes(bob, first.ID, map[string]any{"status": "the second"})
		third := h.quotes(alice, parse(second["id"]), map[string]any{"status": "the third"})
		if state, quoted := quoteOf(second); state != "accepted" || quoted["id"] != formatID(first.ID) || quoted["quote"] != nil {
			t.Errorf("quote %v", second["quote"])
		}
		if content := second["content"].(string); !strings.HasPrefix(content, `<p class="quote-inline">RE: <a href="`+first.URL+`"`) {
			t.Errorf("content %s", content)
		}
		// A quoted post names what it quotes itself, and shows it not.
		_, quoted := quoteOf(h.status(nil, third["id"]))
		shallow := quoted["quote"].(map[string]any)
		if shallow["state"] != "accepted" || shallow["quoted_status_id"] != formatID(first.ID) || shallow["quoted_status"] != nil {
			t.Errorf("shallow quote %v", shallow)
		}
		if got := h.status(bob, formatID(first.ID)); got["quotes_count"] != 1.0 || currentUser(got) != "automatic" {
			t.Errorf("quoted %v times, %v", got["quotes_count"], got["quote_approval"])
		}
		told := h.get(alice, "/api/v1/notifications?types[]=quote").list()
		if len(told) != 1 || told[0]["account"].(map[string]any)["id"] != formatID(bob.ID) || told[0]["status"].(map[string]any)["id"] != second["id"] {
			t.Errorf("notifications %v", told)
		}
		groups := h.get(alice, "/api/v2/notifications?types[]=quote").object()["notification_groups"].([]any)
		if len(groups) != 1 || groups[0].(map[string]any)["status_id"] != second["id"] {
			t.Errorf("groups %v", groups)
		}
		// A quote of one's own post tells nobody; a text of its own is not needed.
		own := h.quotes(alice, first.ID, map[string]any{"status": ""})
		if state, _ := quoteOf(own); state != "accepted" || len(h.get(alice, "/api/v1/notifications?types[]=quote").list()) != 1 {
			t.Errorf("quote of oneself: %v", own["quote"])
		}
		// A boost stands for what it carries (security case A23), and is no quote itself.
		boost, err := h.service.Share(t.Context(), bob, first, "", 0)
		h.must(err)
		if _, quoted := quoteOf(h.quotes(bob, boost.ID, nil)); quoted["id"] != formatID(first.ID) {
			t.Errorf("quote of a boost quotes %v", quoted["id"])
		}
		boosted := h.post(bob, "/api/v1/statuses/"+third["id"].(string)+"/reblog", nil).object()
		if _, quoted := quoteOf(boosted["reblog"].(map[string]any)); boosted["quote"] != nil || quoted["id"] != second["id"] {
			t.Errorf("boost of a quote: %v", boosted["quote"])
		}
		h.send(h.token(bob, "read"), http.MethodPost, "/api/v1/statuses", map[string]any{"status": "a", "quoted_status_id": formatID(first.ID)}).refused(http.StatusForbidden)
	})
}

func parse(id any) int64 {
	n, err := parseID(id.(string))
	if err != nil {
		panic(err)
	}
	return n
}

// TestE07_QuoteOnlyWhatOneMayQuote: what one may not read, and what its author does not let one quote, cannot be told apart.
func TestE07_QuoteOnlyWhatOneMayQuote(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		h.follows(bob, alice)
		try := func(who *models.Actor, post *models.Post) answer {
			return h.post(who, "/api/v1/statuses", map[string]any{"status": "x", "quoted_status_id": formatID(post.ID)})
		}
		private, direct := h.write(alice, "for followers", "private", nil), h.write(alice, "@bob for you", "direct", nil)
		for _, post := range []*models.Post{private, direct} {
			try(bob, post).absent()
			try(carol, post).absent()
		}
		try(alice, direct).absent()
		policy := func(value string) *models.Post {
			post := h.write(alice, "policy "+value, "public", nil)
			got := h.as(alice, http.MethodPut, pathOf("/api/v1/statuses/{id}/interaction_policy", post.ID), "quote_approval_policy="+value).object()
			if got["id"] != formatID(post.ID) || got["edited_at"] != nil {
				t.Errorf("policy: %v", got)
			}
			return post
		}
		followers, nobody := policy("followers"), policy("nobody")
		try(bob, followers).status(http.StatusOK)
		try(carol, followers).absent()
		try(bob, nobody).absent()
		try(alice, nobody).status(http.StatusOK)
		for who, want := range map[*models.Actor][]any{alice: {"automatic", "automatic"}, bob: {"automatic", "denied"}, carol: {"denied", "denied"}, nil: {"denied", "denied"}} {
			if got := []any{currentUser(h.status(who, formatID(followers.ID))), currentUser(h.status(who, formatID(nobody.ID)))}; !slices.Equal(got, want) {
				t.Errorf("current_user %v, want %v", got, want)
			}
		}
		shown := h.status(nil, formatID(followers.ID))["quote_approval"].(map[string]any)
		if !slices.Equal(shown["automatic"].([]any), []any{"followers"}) || len(shown["manual"].([]any)) != 0 {
			t.Errorf("approval %v", shown)
		}
		// Whom the author blocks quotes nothing of theirs.
		open := h.write(alice, "open", "public", nil)
		h.must(h.service.Block(t.Context(), alice, carol, ""))
		try(carol, open).absent()
		// One's own post for followers is quoted for no more readers.
		if got := h.quotes(alice, private.ID, nil); got["visibility"] != "private" || currentUser(got) != "automatic" || len(got["quote_approval"].(map[string]any)["automatic"].([]any)) != 0 {
			t.Errorf("quote of a private post: %v %v", got["visibility"], got["quote_approval"])
		}
		h.post(bob, "/api/v1/statuses", map[string]any{"status": "@carol see", "visibility": "direct", "quoted_status_id": formatID(open.ID)}).refused(http.StatusUnprocessableEntity)
		h.quotes(bob, open.ID, map[string]any{"status": "@alice see", "visibility": "direct"})
		if got := h.status(alice, formatID(open.ID)); got["quotes_count"] != 0.0 {
			t.Errorf("E4: a private mention counts: %v", got["quotes_count"])
		}
	})
}

func TestQuotePolicyOfAPost(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	h.as(alice, http.MethodPatch, "/api/v1/accounts/update_credentials", "source[quote_policy]=nobody").status(http.StatusOK)
	automatic := func(status map[string]any) []any {
		return status["quote_approval"].(map[string]any)["automatic"].([]any)
	}
	write := func(form string) map[string]any { return h.post(alice, "/api/v1/statuses", "status=a&"+form).object() }
	if got := automatic(write("")); len(got) != 0 {
		t.Errorf("by default %v", got)
	}
	post := write("quote_approval_policy=public")
	if got := automatic(post); !slices.Equal(got, []any{"public"}) {
		t.Errorf("as said %v", got)
	}
	if got := automatic(write("quote_approval_policy=public&visibility=private")); len(got) != 0 {
		t.Errorf("of a private post %v", got)
	}
	path := "/api/v1/statuses/" + post["id"].(string)
	if got := h.as(alice, http.MethodPut, path, "quote_approval_policy=followers").object(); !slices.Equal(automatic(got), []any{"followers"}) || got["edited_at"] != nil {
		t.Errorf("changed alone: %v, edited at %v", automatic(got), got["edited_at"])
	}
	if got := h.as(alice, http.MethodPut, path, "status=b&quote_approval_policy=public").object(); !slices.Equal(automatic(got), []any{"public"}) || got["edited_at"] == nil {
		t.Errorf("changed with the text: %v, edited at %v", automatic(got), got["edited_at"])
	}
	policy := path + "/interaction_policy"
	h.as(alice, http.MethodPut, policy, "quote_approval_policy=friends").refused(http.StatusUnprocessableEntity)
	h.as(alice, http.MethodPut, policy, map[string]any{}).refused(http.StatusUnprocessableEntity)
	h.as(bob, http.MethodPut, policy, "quote_approval_policy=public").absent()
	h.as(nil, http.MethodPut, policy, "quote_approval_policy=public").refused(http.StatusUnauthorized)
	h.send(h.token(alice, "read"), http.MethodPut, policy, "quote_approval_policy=public").refused(http.StatusForbidden)
}

func TestQuotesAreListedAndRevoked(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		post := h.write(alice, "quoted a lot", "public", nil)
		path := pathOf("/api/v1/statuses/{id}/quotes", post.ID)
		var want []string
		for range 3 {
			want = append([]string{h.quotes(bob, post.ID, nil)["id"].(string)}, want...)
		}
		private := h.quotes(bob, post.ID, map[string]any{"visibility": "private"})["id"].(string)
		if got := idsOf(h.get(carol, path).list()); !slices.Equal(got, want) {
			t.Errorf("carol sees %v, want %v", got, want)
		}
		if got := h.walk(carol, path, 2, "next"); !slices.Equal(got, want) {
			t.Errorf("page by page %v, want %v", got, want)
		}
		// Whom one quotes may read it, also where only followers may.
		if got := idsOf(h.get(alice, path).list()); !slices.Equal(got, append([]string{private}, want...)) {
			t.Errorf("alice sees %v", got)
		}
		h.get(nil, path).refused(http.StatusUnauthorized)
		h.send(h.token(bob, "read:search"), http.MethodGet, path, nil).refused(http.StatusForbidden)
		h.get(bob, "/api/v1/statuses/1/quotes").absent()
		h.get(bob, path+"?max_id=x").refused(http.StatusUnprocessableEntity)

		revoke := func(quoting string) string { return path + "/" + quoting + "/revoke" }
		h.post(bob, revoke(want[0]), nil).refused(http.StatusForbidden)
		h.post(nil, revoke(want[0]), nil).refused(http.StatusUnauthorized)
		h.post(alice, revoke(formatID(post.ID)), nil).absent()
		h.post(alice, revoke("x"), nil).absent()
		for range 2 {
			got := h.post(alice, revoke(want[0]), nil).object()
			if state, quoted := quoteOf(got); got["id"] != want[0] || state != "revoked" || quoted != nil {
				t.Errorf("revoked: %v", got["quote"])
			}
		}
		if got := h.status(carol, formatID(post.ID)); got["quotes_count"] != 2.0 {
			t.Errorf("quoted %v times", got["quotes_count"])
		}
		if got := idsOf(h.get(carol, path).list()); !slices.Equal(got, want[1:]) {
			t.Errorf("carol sees %v", got)
		}
		h.must(h.service.Delete(t.Context(), bob, &models.Post{ID: parse(want[1]), AuthorID: bob.ID}, practice.Cause{}))
		if got := h.status(carol, formatID(post.ID)); got["quotes_count"] != 1.0 {
			t.Errorf("after a deletion quoted %v times", got["quotes_count"])
		}
		h.must(h.service.Mute(t.Context(), carol, bob, practice.MuteOptions{}))
		if got := h.get(carol, path).list(); len(got) != 0 {
			t.Errorf("carol, who mutes bob, sees %v", idsOf(got))
		}
	})
}

// TestE02_QuotedPostIsShownToItsReadersOnly: whoever quotes shows a post to nobody who may not read it.
func TestE02_QuotedPostIsShownToItsReadersOnly(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol, dora := h.member("alice"), h.member("bob"), h.member("carol"), h.member("dora")
		h.follows(bob, alice)
		post := h.write(alice, "not for carol", "public", nil)
		quoting := h.quotes(bob, post.ID, nil)["id"]
		outer := h.quotes(dora, parse(quoting), nil)["id"]
		check := func(who *models.Actor, want string, shown bool) {
			t.Helper()
			got := h.status(who, quoting)
			state, quoted := quoteOf(got)
			if state != want || (quoted != nil) != shown {
				t.Errorf("state %v and %v, want %s", state, quoted["id"], want)
			}
			_, middle := quoteOf(h.status(who, outer))
			shallow := middle["quote"].(map[string]any)
			if shallow["state"] != want || (shallow["quoted_status_id"] != nil) != shown {
				t.Errorf("one deeper: %v, want %s", shallow, want)
			}
		}
		check(carol, "accepted", true)
		h.must(h.service.Mute(t.Context(), carol, alice, practice.MuteOptions{}))
		check(carol, "muted_account", true)
		h.must(h.service.Block(t.Context(), carol, alice, ""))
		check(carol, "blocked_account", false)
		h.must(h.service.Unblock(t.Context(), carol, alice))
		h.must(h.service.Block(t.Context(), alice, carol, ""))
		check(carol, "unauthorized", false)
		check(nil, "accepted", true)
		private := h.write(alice, "for followers", "private", nil)
		own := h.quotes(alice, private.ID, map[string]any{"visibility": "private"})["id"].(string)
		if state, quoted := quoteOf(h.status(bob, own)); state != "accepted" || quoted["id"] != formatID(private.ID) {
			t.Errorf("a follower sees %v of %v", state, quoted["id"])
		}
		h.get(dora, "/api/v1/statuses/"+own).absent()
		h.must(h.service.Delete(t.Context(), alice, post, practice.Cause{}))
		check(dora, "deleted", false)
	})
}

func TestQuoteSurvivesEdits(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		post := h.write(alice, "as it was", "public", nil)
		made := h.quotes(bob, post.ID, nil)
		path := "/api/v1/statuses/" + made["id"].(string)
		edited := h.as(bob, http.MethodPut, path, "status=look+again").object()
		if state, quoted := quoteOf(edited); state != "accepted" || quoted["id"] != formatID(post.ID) || strings.Count(edited["content"].(string), "RE:") != 1 {
			t.Errorf("after an edit %v, %v", state, edited["content"])
		}
		if got := h.get(bob, path+"/source").object(); got["text"] != "look again" {
			t.Errorf("source %v", got)
		}
		versions := h.get(bob, path+"/history").list()
		if len(versions) != 2 || versions[0]["quote"].(map[string]any)["state"] != "accepted" {
			t.Errorf("history %v", versions)
		}
		if got := h.status(bob, formatID(post.ID)); got["quotes_count"] != 1.0 {
			t.Errorf("quoted %v times", got["quotes_count"])
		}
		// Who quotes hears that what they wrote about reads differently now.
		for _, text := range []string{"as it is", "as it will be"} {
			h.as(alice, http.MethodPut, pathOf("/api/v1/statuses/{id}", post.ID), "status="+strings.ReplaceAll(text, " ", "+")).status(http.StatusOK)
		}
		told := h.get(bob, "/api/v1/notifications?types[]=quoted_update").list()
		if len(told) != 1 || told[0]["account"].(map[string]any)["id"] != formatID(alice.ID) || told[0]["status"].(map[string]any)["id"] != made["id"] {
			t.Fatalf("notifications %v", told)
		}
		// Who deletes a quote may write it anew.
		gone := h.as(bob, http.MethodDelete, path, nil).object()
		if _, quoted := quoteOf(gone); gone["text"] != "look again" || quoted["id"] != formatID(post.ID) {
			t.Errorf("deleted: %v %v", gone["text"], gone["quote"])
		}
	})
}

func TestScheduledQuote(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	open, closed := h.write(alice, "open", "public", nil), h.write(alice, "closed", "private", nil)
	body := map[string]any{"status": "later", "scheduled_at": "2026-03-01T13:00:00Z", "quoted_status_id": formatID(open.ID), "quote_approval_policy": "followers"}
	made := h.post(bob, "/api/v1/statuses", body).object()["params"].(map[string]any)
	if made["quoted_status_id"] != formatID(open.ID) || made["quote_approval_policy"] != "followers" {
		t.Errorf("params %v", made)
	}
	body["quoted_status_id"] = formatID(closed.ID)
	h.post(bob, "/api/v1/statuses", body).absent()
	h.seconds.Add(7200)
	_, err := h.service.PublishDue(t.Context())
	h.must(err)
	posts := h.get(bob, pathOf("/api/v1/accounts/{id}/statuses", bob.ID)).list()
	if len(posts) != 1 {
		t.Fatalf("%d posts", len(posts))
	}
	if _, quoted := quoteOf(posts[0]); quoted["id"] != formatID(open.ID) {
		t.Errorf("quote %v", posts[0]["quote"])
	}
}

// TestQuotesFitTheDescription holds what is shown of quotes against Mastodon's documented schemas.
func TestQuotesFitTheDescription(t *testing.T) {
	described := loadSchemas(t)
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	post := h.write(alice, "first", "public", nil)
	inner := h.quotes(bob, post.ID, nil)
	outer := h.quotes(alice, parse(inner["id"]), nil)["id"].(string)
	quotes := pathOf("/api/v1/statuses/{id}/quotes", post.ID)
	for _, s := range []shape{
		{method: http.MethodGet, path: "/api/v1/statuses/" + outer, entity: "Status"},
		{method: http.MethodGet, path: quotes, entity: "Status", list: true},
		{method: http.MethodGet, path: "/api/v1/statuses/" + outer + "/history", entity: "StatusEdit", list: true},
		{method: http.MethodPut, path: pathOf("/api/v1/statuses/{id}/interaction_policy", post.ID), entity: "Status", body: "quote_approval_policy=nobody"},
		{method: http.MethodGet, path: "/api/v1/notifications", entity: "Notification", list: true},
	} {
		for _, wrong := range checkShape(h, alice, s, func(at string, v any) []string { return described.check(at, described[s.entity], v) }) {
			t.Errorf("%s %s: %s", s.method, s.path, wrong)
		}
	}
	q, full := outerQuote(h, alice, outer)
	for _, wrong := range append(described.check("Quote", described["Quote"], q), described.check("Status", described["Status"], full)...) {
		t.Error(wrong)
	}
}

func outerQuote(h *house, who *models.Actor, id string) (q, quoted any) {
	shown := h.status(who, id)["quote"].(map[string]any)
	return shown, shown["quoted_status"]
}

// TestQuotesCostNoStatementsEach: a page of quotes of quotes costs as much as one quote.
func TestQuotesCostNoStatementsEach(t *testing.T) {
	count := func(length int) int64 {
		h := newHouse(t)
		alice, bob := h.member("alice"), h.member("bob")
		h.follows(bob, alice)
		for range length {
			made := h.quotes(bob, h.write(alice, "quoted", "public", nil).ID, map[string]any{"quote_approval_policy": "followers"})
			h.quotes(bob, parse(made["id"]), nil)
		}
		before := h.statements.Load()
		h.get(alice, pathOf("/api/v1/accounts/{id}/statuses", bob.ID)).status(http.StatusOK)
		return h.statements.Load() - before
	}
	if few, many := count(1), count(8); few != many {
		t.Errorf("%d statements for one, %d for eight", few, many)
	}
}
