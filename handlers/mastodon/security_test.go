package mastodon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// secrets is a house in which bob must not read what alice wrote for her followers and for carol.
type secrets struct {
	*house
	alice, bob, carol *models.Actor
	private, direct   *models.Post
}

const hidden = "hushhush"

func newSecrets(t *testing.T) *secrets {
	h := newHouse(t)
	s := &secrets{house: h, alice: h.member("alice"), bob: h.member("bob"), carol: h.member("carol")}
	h.follows(s.carol, s.alice)
	s.private = h.write(s.alice, hidden+" for followers #topic", "private", nil)
	s.direct = h.write(s.alice, "@carol "+hidden+" for one #topic", "direct", nil)
	return s
}

func (s *secrets) posts() []*models.Post { return []*models.Post{s.private, s.direct} }

// TestE05_OnlyPublicItemsInPublicLists: timelines and profiles list nothing that is not for everybody.
func TestE05_OnlyPublicItemsInPublicLists(t *testing.T) {
	s := newSecrets(t)
	s.write(s.alice, "for all #topic", "public", nil)
	quiet := s.write(s.alice, "not listed #topic", "unlisted", nil)
	for _, path := range []string{
		"/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/topic",
		pathOf("/api/v1/accounts/{id}/statuses", s.alice.ID), pathOf("/api/v1/accounts/{id}/statuses?tagged=topic", s.alice.ID),
		"/api/v2/search?q=topic", "/api/v1/directory", "/api/v1/trends/statuses",
	} {
		for _, who := range []*models.Actor{nil, s.bob} {
			if a := s.get(who, path).status(http.StatusOK); strings.Contains(a.Body.String(), hidden) {
				t.Errorf("%s shows it", path)
			}
		}
	}
	// Carol may read both, but listed they are not for anybody.
	for _, path := range []string{"/api/v1/timelines/public", "/api/v1/timelines/tag/topic"} {
		got := idsOf(s.get(s.carol, path).list())
		if slices.Contains(got, formatID(s.private.ID)) || slices.Contains(got, formatID(s.direct.ID)) || slices.Contains(got, formatID(quiet.ID)) {
			t.Errorf("%s lists %v", path, got)
		}
	}
	if tag := s.get(nil, "/api/v1/tags/topic").object(); tag["history"].([]any)[0].(map[string]any)["uses"] != "1" {
		t.Errorf("what is hidden counts: %v", tag["history"])
	}
}

// TestE06_SearchAndListsFollowVisibility: neither an address nor an id nor a list leads to what one may not read.
func TestE06_SearchAndListsFollowVisibility(t *testing.T) {
	s := newSecrets(t)
	// Bob liked and was told while he could still read it.
	s.follows(s.bob, s.alice)
	once := s.write(s.alice, "@bob "+hidden, "private", nil)
	s.post(s.bob, pathOf("/api/v1/statuses/{id}/favourite", once.ID), nil).status(http.StatusOK)
	if n := len(s.get(s.bob, "/api/v1/notifications").list()); n != 1 {
		t.Fatalf("bob has %d notifications", n)
	}
	s.must(s.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.SetMentions(once.ID, nil) }))
	s.must(s.service.Unfollow(t.Context(), s.bob, s.alice))
	paths := []string{"/api/v1/notifications", "/api/v2/notifications", "/api/v1/favourites", "/api/v1/timelines/home", "/api/v1/bookmarks"}
	for _, post := range append(s.posts(), once) {
		paths = append(paths, "/api/v1/statuses?id[]="+formatID(post.ID))
		for _, address := range []string{post.URI, post.URL} {
			paths = append(paths, "/api/v2/search?resolve=true&q="+url.QueryEscape(address))
			s.world.found[address] = post
		}
	}
	for _, path := range paths {
		a := s.get(s.bob, path).status(http.StatusOK)
		if strings.Contains(a.Body.String(), hidden) || strings.Contains(a.Body.String(), formatID(once.ID)) {
			t.Errorf("%s shows it: %s", path, a.Body)
		}
	}
	for _, post := range s.posts() {
		s.get(s.bob, pathOf("/api/v1/statuses/{id}", post.ID)).absent()
		s.get(nil, pathOf("/api/v1/statuses/{id}", post.ID)).absent()
		got := s.get(s.carol, "/api/v2/search?q="+url.QueryEscape(post.URL)).object()
		if len(got["statuses"].([]any)) != 1 {
			t.Errorf("carol does not find %s", post.URL)
		}
	}
}

// TestE07_ActingOnWhatOneCannotSee: every verb answers 404, without an echo, and changes nothing.
func TestE07_ActingOnWhatOneCannotSee(t *testing.T) {
	s := newSecrets(t)
	for _, post := range s.posts() {
		for _, verb := range []string{
			"favourite", "unfavourite", "reblog", "unreblog", "bookmark", "unbookmark", "pin", "unpin", "mute", "unmute", "translate",
		} {
			s.post(s.bob, pathOf("/api/v1/statuses/{id}/"+verb, post.ID), nil).absent()
		}
		for _, part := range []string{"context", "history", "source", "favourited_by", "reblogged_by"} {
			s.get(s.bob, pathOf("/api/v1/statuses/{id}/"+part, post.ID)).absent()
		}
		s.as(s.bob, http.MethodPut, pathOf("/api/v1/statuses/{id}", post.ID), "status=mine").absent()
		s.as(s.bob, http.MethodDelete, pathOf("/api/v1/statuses/{id}", post.ID), nil).absent()
		s.post(s.bob, "/api/v1/statuses", "status=hi&in_reply_to_id="+formatID(post.ID)).absent()
		made := s.post(s.bob, "/api/v1/reports", "account_id="+formatID(s.alice.ID)+"&status_ids[]="+formatID(post.ID)).object()
		if ids := made["status_ids"].([]any); len(ids) != 0 {
			t.Errorf("a report names %v", ids)
		}
	}
	if n := len(s.get(s.alice, "/api/v1/notifications").list()); n != 0 {
		t.Errorf("alice was told of %d things", n)
	}
}

// TestE08_ContextWithoutWhatOneMayNotSee: hidden posts are left out, what hangs on them is still there, nothing counts
// them.
func TestE08_ContextWithoutWhatOneMayNotSee(t *testing.T) {
	h := newHouse(t)
	alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
	root := h.write(alice, "root", "public", nil)
	secret := h.write(carol, "@alice "+hidden, "direct", root)
	below := h.write(alice, "below", "public", secret)
	other := h.write(bob, "other", "public", root)
	read := func(who *models.Actor, post *models.Post) (above, under []string) {
		got := h.get(who, pathOf("/api/v1/statuses/{id}/context", post.ID)).object()
		for _, a := range list(got["ancestors"]) {
			above = append(above, a.(map[string]any)["id"].(string))
		}
		for _, d := range list(got["descendants"]) {
			under = append(under, d.(map[string]any)["id"].(string))
		}
		return above, under
	}
	for _, who := range []*models.Actor{nil, bob} {
		if _, under := read(who, root); !slices.Equal(under, []string{formatID(below.ID), formatID(other.ID)}) {
			t.Errorf("below the root: %v", under)
		}
		if above, _ := read(who, below); !slices.Equal(above, []string{formatID(root.ID)}) {
			t.Errorf("above the last: %v", above)
		}
	}
	if above, _ := read(alice, below); !slices.Equal(above, []string{formatID(root.ID), formatID(secret.ID)}) {
		t.Errorf("alice sees %v above", above)
	}
	if got := h.get(bob, pathOf("/api/v1/statuses/{id}", root.ID)).object()["replies_count"]; got != 1.0 {
		t.Errorf("%v replies", got)
	}
}

// TestE17_BlockedAccountReadsNothingStored: a block holds for the very next request, and nothing may be kept on the way.
func TestE17_BlockedAccountReadsNothingStored(t *testing.T) {
	s := newSecrets(t)
	public := s.write(s.alice, "for all", "public", nil)
	path := pathOf("/api/v1/statuses/{id}", public.ID)
	first := s.get(s.bob, path).status(http.StatusOK)
	if !strings.Contains(first.Header().Get("Cache-Control"), "no-store") || first.Header().Get("Vary") != "Authorization" {
		t.Errorf("may be kept: %v", first.Header())
	}
	s.post(s.alice, pathOf("/api/v1/accounts/{id}/block", s.bob.ID), nil).status(http.StatusOK)
	s.get(s.bob, path).absent()
	for _, list := range []string{"/api/v1/timelines/public", pathOf("/api/v1/accounts/{id}/statuses", s.alice.ID), "/api/v1/timelines/home"} {
		if got := s.get(s.bob, list).list(); len(got) != 0 {
			t.Errorf("%s shows %v", list, idsOf(got))
		}
	}
	if got := s.get(s.bob, "/api/v1/accounts/relationships?id[]="+formatID(s.alice.ID)).list()[0]; got["blocked_by"] != true {
		t.Errorf("relationship %v", got)
	}
	s.post(s.bob, pathOf("/api/v1/accounts/{id}/follow", s.alice.ID), nil).refused(http.StatusForbidden)
}

// TestE18_FollowersOnlyReachesFollowersOnly: what one remote author wrote for followers is shown to those here who follow.
func TestE18_FollowersOnlyReachesFollowersOnly(t *testing.T) {
	s := newSecrets(t)
	them := s.remote("them", "b.test", models.TypePerson)
	s.follows(s.carol, them)
	post := s.receive(practice.Draft{Author: them, URI: "https://b.test/p/1", Content: "<p>" + hidden + "</p>", Visibility: models.Private})
	for _, path := range []string{"/api/v1/timelines/home", pathOf("/api/v1/accounts/{id}/statuses", them.ID)} {
		if got := s.get(s.bob, path).list(); len(got) != 0 {
			t.Errorf("bob sees %v", idsOf(got))
		}
		if got := idsOf(s.get(s.carol, path).list()); !slices.Contains(got, formatID(post.ID)) {
			t.Errorf("carol sees %v in %s", got, path)
		}
	}
	s.get(s.bob, pathOf("/api/v1/statuses/{id}", post.ID)).absent()
}

// TestE19_TaggedButNotAddressed: who is named by what they may not read is not told.
func TestE19_TaggedButNotAddressed(t *testing.T) {
	s := newSecrets(t)
	them := s.remote("them", "b.test", models.TypePerson)
	// The text names bob, but the post is addressed to carol alone.
	s.receive(practice.Draft{
		Author: them, URI: "https://b.test/p/1", Content: `<p><a href="https://a.test/u/bob">@bob</a> ` + hidden + "</p>",
		Visibility: models.Direct, Mentions: []*models.Actor{s.carol},
	})
	if got := s.get(s.bob, "/api/v1/notifications").list(); len(got) != 0 {
		t.Errorf("bob was told: %v", got)
	}
	if got := s.get(s.carol, "/api/v1/notifications?types[]=mention&account_id="+formatID(them.ID)).list(); len(got) != 1 {
		t.Errorf("carol was told %d times", len(got))
	}
}

// TestE20_ThreadsMadeByOthersAreNoConsent: a private mention is an answer only where bob wrote to its author before; a
// thread that somebody made to look like one's own lets nothing through.
func TestE20_ThreadsMadeByOthersAreNoConsent(t *testing.T) {
	s := newSecrets(t)
	s.as(s.bob, http.MethodPut, "/api/v2/notifications/policy", "for_private_mentions=filter").status(http.StatusOK)
	them, other := s.remote("them", "b.test", models.TypePerson), s.remote("other", "b.test", models.TypePerson)
	told := func() int { return len(s.get(s.bob, "/api/v1/notifications").list()) }
	say := func(author *models.Actor, uri string, parent *models.Post) *models.Post {
		return s.receive(practice.Draft{
			Author: author, URI: "https://b.test/p/" + uri, Content: "<p>x</p>", Visibility: models.Direct, InReplyTo: parent, Mentions: []*models.Actor{s.bob},
		})
	}
	first := say(them, "1", nil)
	say(them, "2", first)
	if told() != 0 {
		t.Error("a thread of their own lets them through")
	}
	public := s.write(s.bob, "for all", "public", nil)
	say(them, "3", public)
	if told() != 0 {
		t.Error("a post that does not name them lets them through")
	}
	named := s.write(s.bob, "@them@b.test hello", "direct", nil)
	say(other, "4", named)
	if told() != 0 {
		t.Error("another one answers in their place")
	}
	answer := say(them, "5", named)
	if told() != 1 {
		t.Error("who was written to cannot answer")
	}
	say(them, "6", answer)
	if told() != 2 {
		t.Error("who was written to cannot go on")
	}
	// And a direct answer to what bob never wrote reaches bob only if it is addressed to him.
	s.receive(practice.Draft{Author: them, URI: "https://b.test/p/7", Content: "<p>x</p>", Visibility: models.Direct, InReplyToURI: "https://a.test/o/1"})
	if told() != 2 {
		t.Error("bob was told of what is not for him")
	}
}

// TestE23_OthersThingsAreNotThere: what belongs to one member cannot be named by another.
func TestE23_OthersThingsAreNotThere(t *testing.T) {
	s := newSecrets(t)
	mine := s.get(s.carol, "/api/v1/notifications").list()
	if len(mine) == 0 {
		t.Fatal("carol has no notification")
	}
	id, key := mine[0]["id"].(string), "ungrouped-"+mine[0]["id"].(string)
	s.get(s.bob, "/api/v1/notifications/"+id).absent()
	s.post(s.bob, "/api/v1/notifications/"+id+"/dismiss", nil).absent()
	s.post(s.bob, "/api/v1/notifications/dismiss", "id="+id).absent()
	s.as(s.bob, http.MethodDelete, "/api/v1/notifications/"+id, nil).absent()
	s.get(s.bob, "/api/v2/notifications/"+key).absent()
	s.get(s.bob, "/api/v2/notifications/"+key+"/accounts").absent()
	s.post(s.bob, "/api/v2/notifications/"+key+"/dismiss", nil).absent()
	public := s.write(s.alice, "for all", "public", nil)
	s.get(s.bob, pathOf("/api/v1/statuses/{id}/source", public.ID)).absent()
	s.as(s.bob, http.MethodPut, pathOf("/api/v1/statuses/{id}", public.ID), "status=mine").absent()
	s.as(s.bob, http.MethodDelete, pathOf("/api/v1/statuses/{id}", public.ID), nil).absent()
	s.post(s.bob, "/api/v1/notifications/clear", nil).status(http.StatusOK)
	s.post(s.bob, "/api/v1/markers", "notifications[last_read_id]="+id).status(http.StatusOK)
	if got := s.get(s.carol, "/api/v1/notifications").list(); len(got) != len(mine) {
		t.Errorf("carol has %d notifications left", len(got))
	}
	if got := s.get(s.carol, "/api/v1/markers?timeline[]=notifications").object(); got["notifications"].(map[string]any)["last_read_id"] != "0" {
		t.Errorf("carol's marker moved: %v", got)
	}
}

// TestG05_ScopesAreEnforced: a token does what it was given for, on every route.
func TestG05_ScopesAreEnforced(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	boss := h.staffed("boss", models.RoleOwner)
	inspector, judge := h.token(boss, "read write admin:read"), h.token(boss, "read write admin:write")
	reader, writer, narrow := h.token(alice, "read"), h.token(alice, "write"), h.token(alice, "read:statuses")
	for _, rt := range h.server.routes() {
		path := strings.NewReplacer("{id}", "1", "{tag}", "x", "{key}", "ungrouped-1").Replace(rt.path)
		if len(rt.scopes) == 0 {
			if rt.member && rt.path != "/api/v1/announcements" {
				t.Errorf("%s needs a member but no scope", rt.path)
			}
			continue
		}
		token, other := writer, reader
		if strings.HasPrefix(rt.scopes[0], "write") || rt.scopes[0] == "push" {
			token, other = reader, writer
		}
		switch {
		case strings.HasPrefix(rt.scopes[0], "admin:read"):
			token, other = judge, inspector
		case strings.HasPrefix(rt.scopes[0], "admin:write"):
			token, other = inspector, judge
		}
		h.send(token, rt.methods[0], path, nil).refused(http.StatusForbidden)
		// A member who has left or is deleted has no token any more for the routes that follow.
		ends := rt.methods[0] == http.MethodPost && (path == ownMe+"/leaving" || path == ownMe+"/delete")
		if rt.scopes[0] != "push" && !ends {
			if a := h.send(other, rt.methods[0], path, nil); a.Code == http.StatusForbidden && strings.Contains(a.Body.String(), "scopes") {
				t.Errorf("%s %s refuses %s", rt.methods[0], path, rt.scopes[0])
			}
		}
	}
	h.send(narrow, http.MethodGet, "/api/v1/timelines/home", nil).status(http.StatusOK)
	h.send(narrow, http.MethodGet, "/api/v1/notifications", nil).refused(http.StatusForbidden)
	old := h.token(alice, "follow")
	h.send(old, http.MethodGet, "/api/v1/blocks", nil).status(http.StatusOK)
	h.send(old, http.MethodGet, "/api/v1/timelines/home", nil).refused(http.StatusForbidden)
	h.send(h.token(alice, "profile"), http.MethodGet, "/api/v1/accounts/verify_credentials", nil).status(http.StatusOK)
}

// TestG06_AppTokensAreNobody: a token that an app got for itself acts for no member.
func TestG06_AppTokensAreNobody(t *testing.T) {
	h := newHouse(t)
	h.member("alice")
	app := h.send("", http.MethodPost, "/api/v1/apps", map[string]any{
		"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": everything,
	}).object()
	got := h.send("", http.MethodPost, "/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app["client_id"].(string)}, "client_secret": {app["client_secret"].(string)},
		"scope": {everything},
	}.Encode())
	token, _ := got.object()["access_token"].(string)
	if token == "" {
		t.Fatalf("no token: %s", got.Body)
	}
	for _, rt := range h.server.routes() {
		path := strings.NewReplacer("{id}", "1", "{tag}", "x", "{key}", "ungrouped-1").Replace(rt.path)
		a := h.send(token, rt.methods[0], path, nil)
		want := http.StatusUnprocessableEntity
		if rt.needs != 0 {
			want = http.StatusForbidden // an app has no scope of moderators
		}
		if rt.member && a.Code != want {
			t.Errorf("%s %s lets an app in: %d %s", rt.methods[0], path, a.Code, a.Body)
		}
	}
	h.send(token, http.MethodGet, "/api/v1/timelines/public", nil).status(http.StatusOK)
}

func TestDisabledMembersAreRefused(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	h.must(h.store.Tx(t.Context(), func(tx *models.Tx) error {
		account, err := tx.AccountByActor(alice.ID)
		if err != nil {
			return err
		}
		account.DisabledAt = tx.Now()
		return tx.SaveAccount(account)
	}))
	if a := h.get(alice, "/api/v1/timelines/home"); a.Code != http.StatusUnauthorized && a.Code != http.StatusForbidden {
		t.Errorf("status %d", a.Code)
	}
}
