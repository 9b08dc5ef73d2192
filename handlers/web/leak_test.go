package web

import (
	"net/http"
	"strings"
	"testing"

	"praxis/models"
)

const canary = "canary7e4b"

// leakyWard has, in every place that a page shows, posts that hardly anybody may read. Each holds the canary.
func leakyWard(t *testing.T) (*ward, []string) {
	w := newWard(t)
	carla := w.member("carla", "Carla")
	w.follow(carla, w.anna)
	w.post(w.anna, canary+" private #ask", models.Private, nil)
	w.post(w.anna, "@ben "+canary+" direct #ask", models.Direct, nil)
	w.post(w.ben, "@anna "+canary+" direct answer", models.Direct, w.question)
	w.post(w.anna, canary+" answer for followers #ask", models.Private, w.question)
	w.post(w.anna, "@woundcare "+canary+" to the community alone #ask", models.Direct, nil)
	paths := []string{"/", "/communities", "/about", "/@anna", "/@ben", "/@woundcare", "/tags/ask", w.path(w.question.URL), w.path(w.answer.URL)}
	return w, paths
}

// TestE05_NoPrivatePostOnAnyPage: no page shows, counts or hints at a post to somebody who may not read it. A page is
// the same as it would be without those posts.
func TestE05_NoPrivatePostOnAnyPage(t *testing.T) {
	w, paths := leakyWard(t)
	clean := newWard(t)
	clean.follow(clean.member("carla", "Carla"), clean.anna)
	for _, path := range paths {
		shown := w.page("", path)
		w.lacks(shown, canary)
		twin := strings.NewReplacer(format(w.question.ID), format(clean.question.ID), format(w.answer.ID), format(clean.answer.ID)).Replace(path)
		if got, want := facts(shown), facts(clean.page("", twin)); got != want {
			t.Errorf("%s tells of posts that are not for everybody: %s, and without them %s", path, got, want)
		}
	}
	w.holds(w.page("", "/communities"), "last post <time datetime=\""+momentOf(w.thanks.PublishedAt, 0).Machine)
}

// facts are the numbers and marks on a page that could tell of hidden posts.
func facts(html string) string {
	var found []string
	for _, word := range []string{"1 reply", "2 replies", "3 replies", "4 replies", "1 thread", "2 threads", "1 follower", "<article", "<h3>", "Older", "Answered"} {
		found = append(found, word+":"+strings.Repeat("x", strings.Count(html, word)))
	}
	return strings.Join(found, " ")
}

// TestE05_ReadersSeeWhatIsForThem: the test above could pass because nothing of this sort is ever shown.
func TestE05_ReadersSeeWhatIsForThem(t *testing.T) {
	w, _ := leakyWard(t)
	w.holds(w.page("carla", "/@anna"), canary+" private", canary+" answer for followers", "for followers")
	w.lacks(w.page("carla", "/@anna"), canary+" direct", canary+" to the community")
	w.holds(w.page("ben", "/@anna"), canary+" direct", "for those it names")
	w.lacks(w.page("ben", "/@anna"), canary+" private")
	w.holds(w.page("ben", w.path(w.question.URL)), canary+" direct answer", "3 replies")
	w.lacks(w.page("ben", w.path(w.question.URL)), "To take it back")
	// What the community told anna of her command is for her, too.
	w.holds(w.page("anna", w.path(w.question.URL)), canary+" direct answer", canary+" answer for followers", "To take it back", "5 replies")
	w.lacks(w.page("anna", "/@woundcare"), canary)
	w.lacks(w.page("anna", "/tags/ask"), canary)
}

// TestE05_Previews: what other programs show of a page holds nothing that is not for everybody.
func TestE05_Previews(t *testing.T) {
	w := newWard(t)
	private := w.post(w.anna, canary, models.Private, nil)
	shown := w.page("anna", w.path(private.URL))
	w.holds(shown, canary, "noindex")
	w.lacks(shown, "og:", `name="description"`)
	unlisted := w.page("", w.path(w.post(w.anna, "For those who have the address", models.Unlisted, nil).URL))
	w.holds(unlisted, "noindex")
	warned := w.draftWarned(canary)
	for _, path := range []string{"/@anna", w.path(warned.URL)} {
		shown := w.page("", path)
		w.holds(shown, "<summary><bdi>Pictures of wounds</bdi></summary>")
		if head, _, _ := strings.Cut(shown, "</head>"); strings.Contains(head, canary) {
			t.Error("a preview shows what is behind a warning")
		}
	}
}

// TestE05_Blocks: whoever is blocked, or blocks, reads nothing of the other one, and no number tells of it.
func TestE05_Blocks(t *testing.T) {
	w := newWard(t)
	carla := w.member("carla", "Carla")
	w.post(carla, "@anna "+canary+" has another idea", models.Public, w.question)
	own := w.post(carla, "@woundcare "+canary+" asks #ask", models.Public, nil)
	w.block(carla, w.ben)
	for _, path := range []string{"/", "/communities", "/@carla", "/@woundcare", "/tags/ask", w.path(w.question.URL)} {
		w.lacks(w.page("ben", path), canary, "3 replies", "2 threads")
	}
	w.status(w.get("ben", w.path(own.URL)), http.StatusNotFound)
	w.holds(w.page("", w.path(w.question.URL)), canary, "3 replies")
	// Carla in turn sees nothing of Ben's answer, nor that it was accepted.
	shown := w.page("carla", w.path(w.question.URL))
	w.lacks(shown, "alginate", "Accepted answer", "Answered", "Ben Okafor", "in answer to")
	w.lacks(w.page("carla", "/@woundcare"), ">Answered<")
	w.lacks(w.page("carla", "/@anna"), "in answer to")
}

// TestE05_HomeIsOnesOwn: a signed-in member's front page is theirs.
func TestE05_HomeIsOnesOwn(t *testing.T) {
	w, _ := leakyWard(t)
	dana := w.member("dana", "Dana")
	w.follow(dana, w.community)
	home := w.page("dana", "/")
	w.holds(home, "Which dressing")
	w.lacks(home, canary)
}
