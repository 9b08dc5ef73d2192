package mastodon

import (
	"net/http"
	"slices"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// shows reports whether a list has a post, or a boost of it.
func (h *house) shows(who *models.Actor, path string, post *models.Post) bool {
	h.t.Helper()
	for _, entry := range h.get(who, path).list() {
		inner, _ := entry["reblog"].(map[string]any)
		if entry["id"] == formatID(post.ID) || (inner != nil && inner["id"] == formatID(post.ID)) {
			return true
		}
	}
	return false
}

func (h *house) told(who *models.Actor) int {
	h.t.Helper()
	return len(h.get(who, "/api/v1/notifications").list())
}

func TestMutedPeopleAreNotMet(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		h.follows(alice, bob)
		h.follows(alice, carol)
		list := h.post(alice, "/api/v1/lists", map[string]any{"title": "all"}).object()["id"].(string)
		h.post(alice, "/api/v1/lists/"+list+"/accounts", map[string]any{"account_ids": []string{formatID(bob.ID), formatID(carol.ID)}}).status(http.StatusOK)
		own := h.write(bob, "mine #topic @alice", "public", nil)
		boosted := h.write(bob, "shared", "public", nil)
		_, err := h.service.Share(t.Context(), carol, boosted, "", 0)
		h.must(err)
		about := h.write(carol, "as @bob says", "public", nil)
		home, public := "/api/v1/timelines/home", "/api/v1/timelines/public"
		tagged, listed := "/api/v1/timelines/tag/topic", "/api/v1/timelines/list/"+list
		check := func(when string, want bool) {
			t.Helper()
			for _, c := range []struct {
				path string
				post *models.Post
			}{{home, own}, {public, own}, {tagged, own}, {listed, own}, {home, boosted}, {listed, boosted}, {home, about}, {listed, about}} {
				if h.shows(alice, c.path, c.post) != want {
					t.Errorf("%s: %s shows %q: %v", when, c.path, c.post.Source, !want)
				}
			}
			if !h.shows(alice, pathOf("/api/v1/accounts/{id}/statuses", bob.ID), own) || !h.shows(nil, public, own) || !h.shows(alice, public, about) {
				t.Errorf("%s: the profile, others' timelines or mentions miss a post", when)
			}
		}
		check("before", true)
		if h.told(alice) != 1 {
			t.Fatalf("alice was told %d things", h.told(alice))
		}
		r := h.does(alice, "/api/v1/accounts/{id}/mute", bob.ID, nil)
		if r["muting"] != true || r["muting_notifications"] != true || r["muting_expires_at"] != nil || r["following"] != true {
			t.Errorf("relationship %v", r)
		}
		check("muted", false)
		h.write(bob, "@alice hear", "public", nil)
		if h.told(alice) != 0 {
			t.Errorf("alice was told %d things", h.told(alice))
		}
		if got := idsOf(h.get(alice, "/api/v1/mutes").list()); !slices.Equal(got, []string{formatID(bob.ID)}) {
			t.Errorf("mutes %v", got)
		}
		if r := h.does(alice, "/api/v1/accounts/{id}/unmute", bob.ID, nil); r["muting"] != false || r["muting_notifications"] != false {
			t.Errorf("relationship %v", r)
		}
		check("after", true)
	})
}

func TestMutesEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		h.follows(alice, bob)
		r := h.does(alice, "/api/v1/accounts/{id}/mute", bob.ID, "notifications=false&duration=3600")
		if r["muting"] != true || r["muting_notifications"] != false || r["muting_expires_at"] == nil {
			t.Errorf("relationship %v", r)
		}
		muted := h.get(alice, "/api/v1/mutes").list()
		if len(muted) != 1 || muted[0]["mute_expires_at"] != r["muting_expires_at"] {
			t.Errorf("mutes %v, the relationship says %v", muted, r["muting_expires_at"])
		}
		post := h.write(bob, "@alice hi", "public", nil)
		if h.told(alice) != 1 {
			t.Error("the mute covers notifications")
		}
		if h.shows(alice, "/api/v1/timelines/home", post) {
			t.Error("the mute does not hold")
		}
		h.seconds.Add(3600)
		if !h.shows(alice, "/api/v1/timelines/home", post) {
			t.Error("the mute holds beyond its end")
		}
		if got := h.get(alice, "/api/v1/mutes").list(); len(got) != 0 {
			t.Errorf("mutes %v", got)
		}
		rel := h.get(alice, "/api/v1/accounts/relationships?id[]="+formatID(bob.ID)).list()
		if rel[0]["muting"] != false {
			t.Errorf("relationship %v", rel[0])
		}
		// Once more, without end.
		if r := h.does(alice, "/api/v1/accounts/{id}/mute", bob.ID, map[string]any{"duration": 0}); r["muting"] != true || r["muting_expires_at"] != nil {
			t.Errorf("relationship %v", r)
		}
	})
}

func TestMutesThatAreRefused(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	path := pathOf("/api/v1/accounts/{id}/mute", bob.ID)
	for _, body := range []string{"duration=-1", "duration=99999999999999999", "duration=soon", "notifications=maybe[]"} {
		if a := h.post(alice, path, body); a.Code >= 500 || (a.Code == http.StatusOK && body[0] == 'd') {
			t.Errorf("%s: %d %s", body, a.Code, a.Body)
		}
	}
	h.post(alice, pathOf("/api/v1/accounts/{id}/mute", alice.ID), nil).refused(http.StatusForbidden)
	h.post(alice, pathOf("/api/v1/accounts/{id}/mute", 12345), nil).absent()
	h.send(h.token(alice, "read:mutes write:blocks"), http.MethodPost, path, nil).refused(http.StatusForbidden)
	h.send(h.token(alice, "follow"), http.MethodPost, path, nil).status(http.StatusOK)
}

func TestMutedThreads(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		root := h.write(alice, "root", "public", nil)
		reply := h.write(bob, "@alice one", "public", root)
		other := h.write(alice, "other", "public", nil)
		if got := h.does(alice, "/api/v1/statuses/{id}/mute", reply.ID, nil); got["muted"] != true {
			t.Errorf("muted: %v", got["muted"])
		}
		if got := h.get(alice, pathOf("/api/v1/statuses/{id}", root.ID)).object(); got["muted"] != true {
			t.Error("the rest of the thread is not muted")
		}
		if got := h.get(bob, pathOf("/api/v1/statuses/{id}", root.ID)).object(); got["muted"] != false {
			t.Error("the thread is muted for bob")
		}
		before := h.told(alice)
		h.write(bob, "@alice two", "public", root)
		h.does(bob, "/api/v1/statuses/{id}/favourite", root.ID, nil)
		if h.told(alice) != before {
			t.Error("alice is told of a muted thread")
		}
		h.write(bob, "@alice three", "public", other)
		h.does(alice, "/api/v1/statuses/{id}/unmute", root.ID, nil)
		h.write(bob, "@alice four", "public", root)
		if h.told(alice) != before+2 {
			t.Errorf("alice was told %d, want %d", h.told(alice), before+2)
		}
	})
}

// TestMutedThreadsGrowTogether: a thread that turns out to be a part of another one stays muted.
func TestMutedThreadsGrowTogether(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice := h.member("alice")
		them := h.remote("them", "b.test", models.TypePerson)
		orphan := h.receive(practice.Draft{Author: them, URI: "https://b.test/2", Content: "two", InReplyToURI: "https://b.test/1"})
		h.does(alice, "/api/v1/statuses/{id}/mute", orphan.ID, nil)
		h.receive(practice.Draft{Author: them, URI: "https://b.test/1", Content: "one"})
		if got := h.get(alice, pathOf("/api/v1/statuses/{id}", orphan.ID)).object(); got["muted"] != true {
			t.Error("the mute is lost")
		}
	})
}

func TestBlockedDomains(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		alice, bob := h.member("alice"), h.member("bob")
		bad, worse := h.remote("bad", "b.test", models.TypePerson), h.remote("worse", "b.test", models.TypePerson)
		fine := h.remote("fine", "sub.b.test", models.TypePerson)
		h.follows(alice, bad)
		h.follows(worse, alice)
		h.follows(alice, fine)
		h.follows(bob, bad)
		say := func(author *models.Actor, id string) *models.Post {
			return h.receive(practice.Draft{
				Author: author, URI: "https://" + author.Host + "/" + id, Content: "hi", Mentions: []*models.Actor{alice}, Tags: []string{"topic"},
			})
		}
		before := say(worse, "1")
		if got := h.get(alice, "/api/v1/domain_blocks/preview?domain=b.test").object(); got["following_count"] != 1.0 || got["followers_count"] != 1.0 {
			t.Errorf("preview %v", got)
		}
		for _, domain := range []string{"B.test", " b.test."} {
			h.post(alice, "/api/v1/domain_blocks", map[string]any{"domain": domain}).status(http.StatusOK)
		}
		after := say(bad, "2")
		for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/topic"} {
			if h.shows(alice, path, before) || h.shows(alice, path, after) {
				t.Errorf("%s shows it", path)
			}
		}
		if !h.shows(bob, "/api/v1/timelines/home", after) {
			t.Error("it is gone for bob, too")
		}
		if h.told(alice) != 0 {
			t.Errorf("alice was told %d things", h.told(alice))
		}
		var hosts []string
		h.get(alice, "/api/v1/domain_blocks").into(&hosts)
		if !slices.Equal(hosts, []string{"b.test"}) {
			t.Errorf("blocks %v", hosts)
		}
		rel := h.get(alice, "/api/v1/accounts/relationships?id[]="+formatID(bad.ID)+"&id[]="+formatID(worse.ID)+"&id[]="+formatID(fine.ID)).list()
		if rel[0]["domain_blocking"] != true || rel[0]["following"] != false || rel[1]["followed_by"] != false || rel[2]["domain_blocking"] != false || rel[2]["following"] != true {
			t.Errorf("relationships %v", rel)
		}
		h.post(alice, pathOf("/api/v1/accounts/{id}/follow", bad.ID), nil).refused(http.StatusForbidden)
		if _, err := h.service.Follow(t.Context(), worse, alice, practice.FollowOptions{URI: "https://b.test/f"}); models.ErrorCode(err) != models.Forbidden {
			t.Errorf("a follow from there: %v", err)
		}
		// With a form in the body, as some apps do it.
		h.as(alice, http.MethodDelete, "/api/v1/domain_blocks", "domain=b.test").status(http.StatusOK)
		if !h.shows(alice, "/api/v1/timelines/public", after) {
			t.Error("the block still holds")
		}
		for _, domain := range []string{"", "a b", "b.test/x", "a.test", "https://b.test", "x@b.test", "-"} {
			h.post(alice, "/api/v1/domain_blocks", map[string]any{"domain": domain}).refused(http.StatusUnprocessableEntity)
		}
		h.send(h.token(alice, "read:blocks"), http.MethodPost, "/api/v1/domain_blocks", "domain=c.test").refused(http.StatusForbidden)
	})
}
