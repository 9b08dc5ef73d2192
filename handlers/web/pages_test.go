package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// ward is a community with one question that was answered.
type ward struct {
	*house
	anna, ben, community     *models.Actor
	question, answer, thanks *models.Post
	far, hidden              *models.Post // of siblings
}

func newWard(t *testing.T) *ward {
	w := &ward{house: newHouse(t, nil)}
	w.anna, w.ben = w.member("anna", "Anna Berg"), w.member("ben", "Ben Okafor")
	w.community = w.community0()
	w.question = w.post(w.anna, "@woundcare Which dressing for a heel ulcer that will not dry? #ask\n\nWe tried foam for two weeks.", models.Public, nil)
	w.answer = w.post(w.ben, "@anna An alginate rope, changed daily, worked for us.", models.Public, w.question)
	w.thanks = w.post(w.anna, "@ben That was it, thank you! #solved", models.Public, w.answer)
	return w
}

func (w *ward) community0() *models.Actor {
	return w.house.community("woundcare", "Wound care", "Healing wounds that do not want to heal.", w.anna)
}

func TestFront(t *testing.T) {
	w := newWard(t)
	front := w.page("", "/")
	w.holds(front, "<title>Welcome · St. Anna&#39;s Hospital</title>", "share what they learn at work", `href="/@woundcare"`,
		"Healing wounds that do not want to heal.", "1 member<", "1 thread<", ">Which dressing for a heel ulcer that will not dry?<",
		`href="/@anna/`+format(w.question.ID)+`"`, ">Question<", ">Answered<", "2 replies", "We tried foam for two weeks.")
	w.lacks(front, "An alginate rope", "Older")
}

func TestHome(t *testing.T) {
	w := newWard(t)
	home := w.page("anna", "/")
	w.holds(home, "<title>Home", "@anna@hospital.example", ">Which dressing for a heel ulcer that will not dry?</a></h3>", "signed in as")
	w.lacks(home, "Latest threads", "og:")
	w.holds(w.page("ben", "/"), "An alginate rope", "in answer to <a href=\"/@anna/")
}

func TestHomeShowsWhoShared(t *testing.T) {
	w := newWard(t)
	carla := w.member("carla", "Carla")
	w.follow(carla, w.ben)
	_, err := w.service.Share(t.Context(), w.ben, w.question, "", 0)
	w.must(err)
	w.holds(w.page("carla", "/"), "shared by <a class=\"name\" href=\"/@ben\"", "Which dressing")
	w.follow(w.member("dana", "Dana"), w.community)
	w.holds(w.page("dana", "/"), "Which dressing", "in <a class=\"name\" href=\"/@woundcare\"")
	w.lacks(w.page("dana", "/"), "shared by")
}

func TestCommunities(t *testing.T) {
	w := newWard(t)
	quiet := w.house.community("pumps", "Infusion pumps", "", w.ben)
	hidden := w.house.community("secretariat", "Secretariat", "", w.ben)
	hidden.Discoverable = false
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(hidden) }))
	list := w.page("", "/communities")
	w.holds(list, "Wound care", "Healing wounds", "1 thread<", "last post <time datetime=\"2026-03-01T12:", quiet.DisplayName, "no threads", "no posts yet")
	w.lacks(list, "Secretariat")
	if strings.Index(list, "Infusion pumps") < strings.Index(list, "Wound care") {
		t.Error("the community where somebody wrote comes after the silent one")
	}
}

func TestCommunity(t *testing.T) {
	w := newWard(t)
	shown := w.page("", "/@woundcare")
	w.holds(shown, "<h1><bdi>Wound care</bdi></h1>", `<code class="code">@woundcare@hospital.example</code>`, "press <strong>Follow</strong>",
		"Moderated by", `href="/@anna"`, "Which dressing for a heel ulcer", ">Question<", ">Answered<", "2 replies",
		`<link rel="alternate" type="application/activity+json" href="https://hospital.example/c/woundcare">`,
		`<meta property="og:title" content="Wound care (@woundcare)">`, `<link rel="canonical" href="https://hospital.example/@woundcare">`)
	w.lacks(shown, "Following asks to join: a moderator decides", "An alginate rope")
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error {
		w.community.Locked, w.community.ModeratorsPost = true, true
		return tx.UpdateActor(w.community)
	}))
	w.holds(w.page("", "/@WoundCare"), "Following asks to join: a moderator decides", "Moderators begin the threads here")
}

func TestMember(t *testing.T) {
	w := newWard(t)
	note := "Nurse on ward 3.\nAsk me about #dressings."
	_, err := w.service.UpdateProfile(t.Context(), w.anna, practice.Profile{Note: &note, Fields: []models.Field{{Name: "Room", Value: "3.14"}}})
	w.must(err)
	shown := w.page("", "/@anna")
	w.holds(shown, "<h1><bdi>Anna Berg</bdi></h1>", "@anna@hospital.example", "Nurse on ward 3.", `<dt dir="auto">Room</dt>`, "3.14",
		"That was it, thank you!", "in answer to <a href=\"/@ben/", `href="https://hospital.example/u/anna"`, `og:type" content="profile"`)
	if found := regexp.MustCompile(`rel="[^"]*\bme\b`).FindString(shown); found != "" {
		t.Errorf("the profile claims a page as the member's own: %s", found)
	}
}

func TestThread(t *testing.T) {
	w := newWard(t)
	late := w.post(w.ben, "Glad to hear it.", models.Public, w.thanks)
	shown := w.page("", w.path(w.question.URL))
	w.holds(shown, ">Which dressing for a heel ulcer that will not dry?</h1>", `id="post-`+format(w.answer.ID)+`"`,
		`href="#post-`+format(w.answer.ID)+`">Go to the answer`, "<h2>3 replies</h2>", "Accepted answer", `<code class="code">`+w.question.URL+`</code>`,
		`<link rel="alternate" type="application/activity+json" href="`+w.question.URI+`">`,
		`<meta property="og:description" content="We tried foam for two weeks.">`, `<meta property="og:type" content="article">`)
	if n := strings.Count(shown, "will not dry?"); n != 3 {
		t.Errorf("the title stands %d times on the page, want it in the title, the preview's title and the heading", n)
	}
	inOrder(t, shown, "An alginate rope", `<ol class="thread">`, w.answer.Content[3:10], `<ol class="thread">`, "That was it", `<ol class="thread">`, "Glad to hear it")
	reply := w.page("", w.path(late.URL))
	w.holds(reply, "You are looking at one reply", `href="/@anna/`+format(w.question.ID)+`">See the thread`, `post focus" id="post-`+format(late.ID)+`"`,
		"Which dressing", `href="`+late.URI+`"`, "<title>Ben Okafor: Glad to hear it.")
}

func inOrder(t *testing.T, html string, pieces ...string) {
	t.Helper()
	rest := html
	for _, piece := range pieces {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			t.Fatalf("%q does not come after what should be before it:\n%s", piece, html)
		}
		rest = after
	}
}

func TestThreadWithoutItsBeginning(t *testing.T) {
	w := newWard(t)
	w.must(w.service.Delete(t.Context(), w.anna, w.question, practice.Cause{}))
	shown := w.page("", w.path(w.answer.URL))
	w.holds(shown, "It begins with a post that cannot be shown here.", "An alginate rope", "That was it")
	w.lacks(shown, "Which dressing", "See the thread")
}

// chain hangs n replies below a post, each one answering the one before. It stores the rows alone, all at once.
func (w *ward) chain(last *models.Post, n int) *models.Post {
	w.t.Helper()
	w.must(w.store.Tx(w.t.Context(), func(tx *models.Tx) error {
		for range n {
			next := *last
			next.ID, next.AuthorID, next.Content = tx.NewID(), w.ben.ID, "<p>And one more thought.</p>"
			next.InReplyToID, next.InReplyToURI, next.PublishedAt = last.ID, last.URI, tx.Now()
			next.URI, next.URL = w.service.Links().Post(next.ID), w.service.Links().PostPage("ben", next.ID)
			if err := tx.CreatePost(&next); err != nil {
				return err
			}
			last = &next
		}
		return nil
	}))
	return last
}

func TestLongThread(t *testing.T) {
	w := newWard(t)
	last := w.chain(w.thanks, threadSize)
	shown := w.page("", w.path(w.question.URL))
	w.holds(shown, "202 replies", "Later replies", "?min_id=")
	if depth := strings.Count(shown, `<ol class="thread">`); depth != maxDepth {
		t.Errorf("replies that each answer the one before are nested %d deep, want %d", depth, maxDepth)
	}
	w.lacks(shown, `id="post-`+format(last.ID)+`"`)
	_, after, _ := strings.Cut(shown, "?min_id=")
	min, _, _ := strings.Cut(after, `"`)
	w.holds(w.page("", w.path(w.question.URL)+"?min_id="+min), `id="post-`+format(last.ID)+`"`, "You are looking at later replies")
	w.holds(w.page("", w.path(last.URL)), `focus" id="post-`+format(last.ID)+`"`, "You are looking at one reply")
}

func TestRemoteActors(t *testing.T) {
	w := newWard(t)
	zoe := w.remote("Zoe", "xn--bcher-kva.example", "Zoë")
	w.status(w.get("", "/@Zoe@xn--bcher-kva.example"), http.StatusNotFound)
	w.holds(w.page("anna", "/@Zoe@xn--bcher-kva.example"), "Zoë", "Nothing to show")
	reply := w.draft(practice.Draft{
		Author: zoe, InReplyTo: w.question, InReplyToURI: w.question.URI, URI: zoe.URI + "/1", URL: "https://xn--bcher-kva.example/@Zoe/1",
		Content: "<p>Honey helped us.</p>", Published: w.store.Now(), Language: "en",
	})
	shown := w.page("", "/@zoe@bücher.example")
	w.holds(shown, "Honey helped us.", "@Zoe@xn--bcher-kva.example", `href="`+zoe.URI+`"`, "noindex", `lang="en"`)
	w.lacks(shown, "bücher")
	path := "/@Zoe@xn--bcher-kva.example/" + format(reply.ID)
	w.holds(w.page("", w.path(w.question.URL)), path+"#post-", "at its own server")
	w.holds(w.page("", path), "Honey helped us.", "Which dressing")
}

// TestC25_HostsInPunycode: a host that was stored in another form is shown in the one that cannot look like another.
func TestC25_HostsInPunycode(t *testing.T) {
	for host, want := range map[string]string{
		"hospital.example": "hospital.example", "bücher.example": "xn--bcher-kva.example", "hоspital.example": "xn--hspital-9ig.example",
		"UPPER.example:8443": "upper.example:8443",
	} {
		if got := asciiHost(host); got != want {
			t.Errorf("%s is shown as %s, want %s", host, got, want)
		}
	}
}

func TestTag(t *testing.T) {
	w := newWard(t)
	w.holds(w.page("", "/tags/ask"), "<h1 dir=\"auto\">#ask</h1>", "Which dressing")
	w.holds(w.page("", "/tags/ASK"), "Which dressing")
	w.holds(w.page("", "/tags/nothing"), "No posts with this hashtag.")
	for _, bad := range []string{"/tags/a%20b", "/tags/%3Cscript%3E", "/tags/a%00b", "/tags/" + strings.Repeat("a", 101)} {
		w.status(w.get("", bad), http.StatusNotFound)
	}
}

func TestAbout(t *testing.T) {
	w := newWard(t)
	w.holds(w.page("", "/about"), "About St. Anna&#39;s Hospital", "mailto:office@hospital.example", "1.2.3", "<dt>Members</dt><dd>2</dd>", "hospital.example")
}

func TestPaging(t *testing.T) {
	w := newWard(t)
	for range 2*listSize - 1 {
		w.post(w.ben, "@woundcare Another question\nwith a text", models.Public, nil)
	}
	for _, path := range []string{"/", "/@woundcare", "/@ben"} {
		seen, pages := 0, 0
		for next := path; next != ""; pages++ {
			shown := w.page("", next)
			seen += strings.Count(shown, ">Another question</a></h3>")
			if (pages > 0) != strings.Contains(shown, `<a href="`+path+`">Newest</a>`) {
				t.Errorf("%s: page %d has no way back, or the first one has", path, pages)
			}
			next = older(shown)
		}
		if seen != 2*listSize-1 {
			t.Errorf("%s: %d posts on %d pages, want %d", path, seen, pages, 2*listSize-1)
		}
	}
}

func older(html string) string {
	before, _, found := strings.Cut(html, `" rel="next">Older`)
	if !found {
		return ""
	}
	return before[strings.LastIndex(before, `"`)+1:]
}

func TestDeletedAndHidden(t *testing.T) {
	w := newWard(t)
	private := w.post(w.anna, "for followers", models.Private, nil)
	gone := w.post(w.anna, "gone", models.Public, nil)
	privateGone := w.post(w.anna, "gone as well", models.Private, nil)
	for _, post := range []*models.Post{gone, privateGone} {
		w.must(w.service.Delete(t.Context(), w.anna, post, practice.Cause{}))
	}
	absent := w.get("", "/@anna/12345")
	w.status(absent, http.StatusNotFound)
	for _, post := range []*models.Post{private, privateGone} {
		answer := w.get("", w.path(post.URL))
		w.status(answer, http.StatusNotFound)
		if strings.ReplaceAll(answer.Body.String(), format(post.ID), "12345") != absent.Body.String() {
			t.Errorf("a hidden post and an absent one look different:\n%s", answer.Body)
		}
	}
	w.status(w.get("", w.path(gone.URL)), http.StatusGone)
	w.status(w.get("", "/@ben/"+format(gone.ID)), http.StatusNotFound)
	w.status(w.get("", "/@ben/"+format(w.question.ID)), http.StatusNotFound)
	w.status(w.get("anna", w.path(private.URL)), http.StatusOK)
	w.must(w.service.DeleteActor(t.Context(), w.ben))
	w.status(w.get("", "/@ben"), http.StatusGone)
	w.status(w.get("", w.path(w.answer.URL)), http.StatusGone)
	w.anna.SuspendedAt = 1
	w.must(w.store.Tx(t.Context(), func(tx *models.Tx) error { return tx.UpdateActor(w.anna) }))
	w.status(w.get("", "/@anna"), http.StatusNotFound)
	w.status(w.get("", w.path(w.question.URL)), http.StatusNotFound)
	w.status(w.get("", w.path(gone.URL)), http.StatusNotFound)
}

func TestBadAddresses(t *testing.T) {
	w := newWard(t)
	_, err := w.service.EnsureInstanceActor(t.Context())
	w.must(err)
	for _, path := range []string{
		"/@anna/9999999999999999999", "/@anna/0", "/@anna/-1", "/@anna/1%00", "/@an%00na", "/@%ff", "/@nobody", "/@nobody@nowhere.example",
		"/@hospital.example", "/@anna/abc", "/@anna@other.example/" + format(w.question.ID), "/@" + strings.Repeat("a", 300),
	} {
		w.status(w.get("", path), http.StatusNotFound)
	}
	for _, path := range []string{"/?max_id=abc", "/@anna?max_id=-1", "/tags/ask?max_id=99999999999999999999", w.path(w.question.URL) + "?min_id=x"} {
		answer := w.get("", path)
		w.status(answer, http.StatusUnprocessableEntity)
		w.holds(answer.Body.String(), "is no place in this list")
	}
}

// TestE17_Caching: what a member sees is kept nowhere, and what anybody sees is kept apart from it.
func TestE17_Caching(t *testing.T) {
	w := newWard(t)
	for _, path := range []string{"/", "/communities", "/about", "/tags/ask", "/@anna", "/@woundcare", w.path(w.question.URL)} {
		for viewer, want := range map[string]string{"": "public, max-age=60", "anna": "private, no-store"} {
			header := w.get(viewer, path).Header()
			if got := header.Get("Cache-Control"); got != want {
				t.Errorf("%s for %q: Cache-Control %q, want %q", path, viewer, got, want)
			}
			if vary := strings.Join(header.Values("Vary"), ", "); !strings.Contains(vary, "Cookie") {
				t.Errorf("%s for %q: Vary %q", path, viewer, vary)
			} else if strings.HasPrefix(path, "/@") != strings.Contains(vary, "Accept") {
				t.Errorf("%s: Vary %q", path, vary)
			}
		}
	}
	if got := w.get("", "/@nobody").Header().Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("an error has Cache-Control %q", got)
	}
}
