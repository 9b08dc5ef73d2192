package mastodon

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"praxis/internal/testdb"
	"praxis/models"
	"praxis/practice"
)

// talk shows a member's conversations: with whom, the last text's id, whether unread.
func talk(h *house, who *models.Actor) []string {
	h.t.Helper()
	shown := []string{}
	for _, c := range h.get(who, "/api/v1/conversations").list() {
		names := []string{}
		for _, a := range c["accounts"].([]any) {
			names = append(names, a.(map[string]any)["acct"].(string))
		}
		slices.Sort(names)
		line := strings.Join(names, " ") + " " + c["last_status"].(map[string]any)["id"].(string)
		if c["unread"] == true {
			line += " unread"
		}
		shown = append(shown, line)
	}
	return shown
}

func TestConversations(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice, bob, carol := h.member("alice"), h.member("bob"), h.member("carol")
		them := h.remote("them", "b.test", models.TypePerson)
		expect := func(step string, who *models.Actor, want ...string) {
			t.Helper()
			if got := talk(h, who); !slices.Equal(got, want) {
				t.Errorf("%s: %s has %q, want %q", step, who.Username, got, want)
			}
		}
		expect("at first", alice)
		h.write(alice, "@bob in public", "public", nil)
		first := h.write(alice, "@bob hello", "direct", nil)
		expect("one", alice, "bob "+formatID(first.ID))
		expect("one", bob, "alice "+formatID(first.ID)+" unread")
		expect("one", carol)
		second := h.write(bob, "@alice hello", "direct", first)
		expect("answered", alice, "bob "+formatID(second.ID)+" unread")
		expect("answered", bob, "alice "+formatID(second.ID))
		// Another one in the same thread is another conversation.
		third := h.write(bob, "@alice @carol both", "direct", second)
		expect("three", alice, "bob carol "+formatID(third.ID)+" unread", "bob "+formatID(second.ID)+" unread")
		expect("three", carol, "alice bob "+formatID(third.ID)+" unread")
		fourth := h.receive(practice.Draft{Author: them, URI: "https://b.test/p/1", Content: "<p>x</p>", Visibility: models.Direct, Mentions: []*models.Actor{alice}})
		alone := h.write(alice, "to myself", "direct", nil)
		expect("five", alice, "alice "+formatID(alone.ID), "them@b.test "+formatID(fourth.ID)+" unread",
			"bob carol "+formatID(third.ID)+" unread", "bob "+formatID(second.ID)+" unread")

		page := h.get(alice, "/api/v1/conversations?limit=2")
		if link := page.Header().Get("Link"); !strings.Contains(link, "max_id="+formatID(fourth.ID)) || !strings.Contains(link, "min_id="+formatID(alone.ID)) {
			t.Errorf("Link %s", link)
		}
		if next := h.get(alice, "/api/v1/conversations?limit=2&max_id="+formatID(fourth.ID)).list(); len(next) != 2 {
			t.Errorf("next page %v", next)
		}
		list := h.get(alice, "/api/v1/conversations").list()
		path := "/api/v1/conversations/" + list[3]["id"].(string)
		if got := h.post(alice, path+"/read", nil).object(); got["unread"] != false || got["id"] != list[3]["id"] || got["last_status"] == nil {
			t.Errorf("read %v", got)
		}
		if got := h.post(alice, path+"/unread", nil).object(); got["unread"] != true {
			t.Errorf("unread %v", got)
		}
		for _, address := range []string{path + "/read", path + "/unread"} {
			h.post(bob, address, nil).absent()
		}
		h.as(bob, http.MethodDelete, path, nil).absent()

		// Of a conversation that loses its last post the one before is shown, and one without posts ends.
		h.as(bob, http.MethodDelete, pathOf("/api/v1/statuses/{id}", second.ID), nil).status(http.StatusOK)
		h.as(alice, http.MethodDelete, pathOf("/api/v1/statuses/{id}", alone.ID), nil).status(http.StatusOK)
		expect("deleted", bob, "alice carol "+formatID(third.ID), "alice "+formatID(first.ID))
		expect("deleted", alice, "them@b.test "+formatID(fourth.ID)+" unread", "bob carol "+formatID(third.ID)+" unread", "bob "+formatID(first.ID)+" unread")
		h.as(alice, http.MethodDelete, path, nil).status(http.StatusOK)
		expect("off the list", alice, "them@b.test "+formatID(fourth.ID)+" unread", "bob carol "+formatID(third.ID)+" unread")
		fifth := h.write(bob, "@alice again", "direct", first)
		expect("back", alice, "bob "+formatID(fifth.ID)+" unread", "them@b.test "+formatID(fourth.ID)+" unread", "bob carol "+formatID(third.ID)+" unread")
		// Whom one blocks is not shown, nor what they wrote.
		h.post(alice, pathOf("/api/v1/accounts/{id}/block", them.ID), nil).status(http.StatusOK)
		expect("blocked", alice, "bob "+formatID(fifth.ID)+" unread", "bob carol "+formatID(third.ID)+" unread")
	})
}

// TestConversationsFollowTheirThread: what arrives in the wrong order is one conversation in the end.
func TestConversationsFollowTheirThread(t *testing.T) {
	testdb.Each(t, func(t *testing.T, database string) {
		h := newHouseOn(t, database)
		alice := h.member("alice")
		them := h.remote("them", "b.test", models.TypePerson)
		receive := func(uri, parent string) *models.Post {
			return h.receive(practice.Draft{
				Author: them, URI: "https://b.test/p/" + uri, Content: "<p>x</p>", Visibility: models.Direct, InReplyToURI: parent, Mentions: []*models.Actor{alice},
			})
		}
		receive("2", "https://b.test/p/1")
		last := receive("1", "")
		if got := talk(h, alice); !slices.Equal(got, []string{"them@b.test " + formatID(last.ID) + " unread"}) {
			t.Errorf("conversations %q", got)
		}
	})
}
