package mastodon

import (
	"net/http"
	"strings"
	"testing"

	"praxis/models"
)

// TestG12_NobodyVotesUnseen: the poll of a post that a member may not read is not there (security case E7), and a token
// without the scope votes for nothing.
func TestG12_NobodyVotesUnseen(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	ask := func(visibility string) string {
		return h.post(alice, "/api/v1/statuses", "status=Which&visibility="+visibility+
			"&poll[options][]=a&poll[options][]=b&poll[expires_in]=300&poll[multiple]=true").object()["poll"].(map[string]any)["id"].(string)
	}
	hidden, open := "/api/v1/polls/"+ask("private"), "/api/v1/polls/"+ask("public")
	h.get(bob, hidden).absent()
	h.post(bob, hidden+"/votes", "choices[]=0").absent()
	h.get(nil, hidden).absent()
	h.send(h.token(bob, "read"), http.MethodPost, open+"/votes", "choices[]=0").refused(http.StatusForbidden)
	h.post(alice, open+"/votes", "choices[]=0").refused(http.StatusUnprocessableEntity)
	for _, body := range []string{"", "choices[]=2", "choices[]=-1", "choices[]=0&choices[]=0", "choices=x"} {
		h.post(bob, open+"/votes", body).refused(http.StatusUnprocessableEntity)
	}
	if got := h.get(nil, open).object(); got["votes_count"] != 0.0 || got["voted"] != nil {
		t.Errorf("refused votes made %v", got)
	}
	h.post(bob, open+"/votes", "choices[]=0").status(http.StatusOK)
	got := h.post(bob, open+"/votes", "choices[]=1").object()
	if got["votes_count"] != 2.0 || got["voters_count"] != 1.0 || len(got["own_votes"].([]any)) != 2 {
		t.Errorf("two choices of one voter: %v", got)
	}
}

// TestEditedPollStartsAnew: other options make all votes void, a poll that is not named stays, and null takes it away.
func TestEditedPollStartsAnew(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	status := h.post(alice, "/api/v1/statuses", map[string]any{
		"status": "Which?", "poll": map[string]any{"options": []string{"a", "b"}, "expires_in": 600},
	}).object()
	path := "/api/v1/statuses/" + status["id"].(string)
	h.post(bob, "/api/v1/polls/"+status["poll"].(map[string]any)["id"].(string)+"/votes", "choices[]=0").status(http.StatusOK)
	edit := func(body map[string]any) map[string]any {
		asked, _ := h.as(alice, http.MethodPut, path, body).object()["poll"].(map[string]any)
		return asked
	}
	if got := edit(map[string]any{"status": "Which one?"}); got == nil || got["votes_count"] != 1.0 {
		t.Errorf("an edit of the text made the poll %v", got)
	}
	if got := edit(map[string]any{"poll": map[string]any{"options": []string{"a", "c"}, "expires_in": 600}}); got == nil || got["votes_count"] != 0.0 {
		t.Errorf("other options kept the votes: %v", got)
	}
	if got := edit(map[string]any{"status": "None", "poll": nil}); got != nil {
		t.Errorf("the poll is still there: %v", got)
	}
	versions := h.get(bob, path+"/history").list()
	if len(versions) != 4 || versions[0]["poll"] == nil || versions[3]["poll"] != nil {
		t.Errorf("the versions are %v", versions)
	}
}

// TestScheduledStatusesAreTheirOwners: nobody else sees, changes or deletes them; bad dates are refused.
func TestScheduledStatusesAreTheirOwners(t *testing.T) {
	h := newHouse(t)
	alice, bob := h.member("alice"), h.member("bob")
	write := func(at string) answer {
		return h.post(alice, "/api/v1/statuses", map[string]any{"status": "later", "scheduled_at": at})
	}
	for _, at := range []string{"2026-03-01T12:03:00Z", "2020-01-01T00:00:00Z", "tomorrow", "9999-01-01T00:00:00Z"} {
		write(at).refused(http.StatusUnprocessableEntity)
	}
	path := "/api/v1/scheduled_statuses/" + write("2026-03-02T12:00:00Z").object()["id"].(string)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		h.as(bob, method, path, nil).absent()
	}
	if text := h.as(alice, http.MethodPut, path, "scheduled_at=2026-03-01T12:01:00Z").refused(http.StatusUnprocessableEntity); !strings.Contains(text, "5 minutes") {
		t.Error(text)
	}
	h.as(alice, http.MethodDelete, path, nil).status(http.StatusOK)
	h.get(alice, path).absent()
	for range 25 {
		write("2026-03-03T12:00:00Z").status(http.StatusOK)
	}
	write("2026-03-03T13:00:00Z").refused(http.StatusUnprocessableEntity)
	if page := h.get(alice, "/api/v1/scheduled_statuses?limit=10"); len(page.list()) != 10 || !strings.Contains(page.Header().Get("Link"), `rel="next"`) {
		t.Errorf("links %s", page.Header().Get("Link"))
	}
}

// TestEditKeepsTheCommunityNamed: whom an edit does not type is still addressed, when it is the post's community.
func TestEditKeepsTheCommunityNamed(t *testing.T) {
	h := newHouse(t)
	alice := h.member("alice")
	h.community("care", alice, false)
	id := h.post(alice, "/api/v1/statuses", map[string]any{"status": "@care hello"}).object()["id"].(string)
	got := h.as(alice, http.MethodPut, "/api/v1/statuses/"+id, map[string]any{"status": "hello again"}).object()
	if named := got["mentions"].([]any); len(named) != 1 || named[0].(map[string]any)["username"] != "care" {
		t.Errorf("the edited post names %v", named)
	}
	if post, err := h.store.Read(t.Context()).VisiblePosts(ids([]string{id}, 1), models.Anonymous); err != nil || len(post) != 1 {
		t.Error(err)
	}
}
