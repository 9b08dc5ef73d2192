package outbox_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
	"praxis/practice"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds what was written since the last time to testdata/NAME.golden.
func (w *world) golden(name string) []entry {
	w.t.Helper()
	return w.goldenOf(name, w.written())
}

func (w *world) goldenOf(name string, entries []entry) []entry {
	w.t.Helper()
	got := show(w.t, entries)
	path := filepath.Join("testdata", name+".golden")
	if *update {
		w.ok(os.MkdirAll("testdata", 0o755))
		w.ok(os.WriteFile(path, []byte(got), 0o644))
		return entries
	}
	want, err := os.ReadFile(path)
	w.ok(err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", name, diff)
	}
	return entries
}

// TestGolden walks through everything that can happen, and holds the exact activities and their ways.
func TestGolden(t *testing.T) {
	w := newWorld(t)
	w.goldenPosts()
	w.goldenCommunity()
	w.goldenReactions()
	w.goldenQuotes()
	w.goldenPeople()
	w.goldenPins()
	w.goldenPractice()
	w.goldenFeeds()
	w.goldenPartners()
}

var none practice.Cause

func (w *world) goldenPosts() {
	ctx := w.t.Context()
	public := w.write(w.bo, "hello @ana and @mia@masto.test, see https://example.org #tag")
	w.golden("create-public")
	w.write(w.bo, "hello @leo@lemmy.test", to(models.Unlisted), func(d *practice.Draft) { d.SpoilerText, d.Language = "careful", "" })
	w.golden("create-unlisted")
	private := w.write(w.bo, "to followers "+secret, to(models.Private))
	w.golden("create-private")
	direct := w.write(w.ana, "@amy@any.test between us "+secret, to(models.Direct))
	w.golden("create-direct")
	w.write(w.ana, "a member's reply", under(public))
	w.golden("create-reply")
	text := "hello again @mia@masto.test"
	_, err := w.verbs.Edit(ctx, w.bo, public, practice.Edit{Text: &text})
	w.ok(err)
	w.golden("update-public")
	more := secret + " again"
	_, err = w.verbs.Edit(ctx, w.bo, private, practice.Edit{Text: &more})
	w.ok(err)
	w.golden("update-private")
	for name, post := range map[string]*models.Post{"delete-public": public, "delete-private": private} {
		w.ok(w.verbs.Delete(ctx, w.bo, post, none))
		w.golden(name)
	}
	w.ok(w.verbs.Delete(ctx, w.ana, direct, none))
	w.golden("delete-direct")
}

func (w *world) goldenCommunity() {
	ctx := w.t.Context()
	thread := w.write(w.ana, "@woundcare Which dressing? #ask\n\nFor a wet wound.")
	w.golden("thread-create")
	answer := w.write(w.bo, "Foam.", under(thread))
	w.golden("thread-reply")
	w.ok(w.verbs.Answer(ctx, w.ana, thread, answer, false, none))
	w.golden("answer-chosen")
	w.ok(w.verbs.Answer(ctx, w.ana, thread, answer, true, none))
	w.golden("answer-withdrawn")
	w.ok(w.verbs.Favourite(ctx, w.bo, thread, "", none))
	w.golden("thread-like")
	w.ok(w.verbs.Unfavourite(ctx, w.bo, thread, none))
	w.golden("thread-unlike")
	text := "Which dressing now?"
	_, err := w.verbs.Edit(ctx, w.ana, thread, practice.Edit{Text: &text})
	w.ok(err)
	w.golden("thread-update")
	w.ok(w.verbs.Delete(ctx, w.ana, thread, none))
	w.golden("thread-delete")
	// A community elsewhere announces by itself: the post goes there, named as audience.
	group := w.group()
	away := w.write(w.bo, "@grp@lemmy.test Anybody there? #ask")
	w.golden("remote-thread-create")
	w.write(w.ana, "me", under(away))
	w.golden("remote-thread-reply")
	_, err = w.verbs.Share(ctx, w.ana, away, "", 0)
	w.ok(err)
	w.golden("remote-thread-share")
	_ = group
}

// group is a community at lemmy.test.
func (w *world) group() *testrig.PeerActor {
	group := w.lemmy.Peer.Actor("grp", "Group")
	_, err := w.server.Directory.FindByHandle(w.t.Context(), "grp", "lemmy.test")
	w.ok(err)
	return group
}

func (w *world) goldenReactions() {
	ctx := w.t.Context()
	w.from(w.masto, "Create", "c1", w.masto.Note("1", "from mastodon", func(n M) { n["cc"] = []string{w.bo.URI} }))
	w.written()
	note := w.post("https://masto.test/notes/1")
	w.ok(w.verbs.Favourite(ctx, w.bo, note, "", none))
	w.golden("like")
	w.ok(w.verbs.Unfavourite(ctx, w.bo, note, none))
	w.golden("unlike")
	_, err := w.verbs.Share(ctx, w.bo, note, "", 0)
	w.ok(err)
	w.golden("share")
	w.ok(w.verbs.Unshare(ctx, w.bo, note))
	w.golden("unshare")
	w.from(w.any, "Create", "c1", w.any.Note("1", secret, func(n M) { n["to"], n["cc"] = []string{w.bo.URI}, []string{} }))
	hidden := w.post("https://any.test/notes/1")
	w.ok(w.verbs.Favourite(ctx, w.bo, hidden, "", none))
	w.golden("like-direct")
	w.ok(w.verbs.Unfavourite(ctx, w.bo, hidden, none))
	w.golden("unlike-direct")
	private := w.write(w.bo, secret, to(models.Private))
	w.written()
	_, err = w.verbs.Share(ctx, w.bo, private, "", 0)
	w.ok(err)
	w.golden("share-private")
	w.ok(w.verbs.Unshare(ctx, w.bo, private))
	w.golden("unshare-private")
	question := w.write(w.bo, "who knows? "+secret, to(models.Private))
	answer := w.write(w.ana, "@bo I do "+secret, func(d *practice.Draft) { d.InReplyTo, d.Visibility = w.visibleTo(w.ana, question), models.Direct })
	w.written()
	w.ok(w.verbs.Answer(ctx, w.bo, question, answer, false, none))
	w.golden("answer-private")
}

// visibleTo lets a member follow the author of a post, so that a private one can be answered.
func (w *world) visibleTo(reader *models.Actor, post *models.Post) *models.Post {
	_, err := w.verbs.Follow(w.t.Context(), reader, w.bo, practice.FollowOptions{})
	w.ok(err)
	return post
}

func (w *world) goldenPeople() {
	ctx := w.t.Context()
	mia, amy := w.actor(w.masto), w.actor(w.any)
	_, err := w.verbs.Follow(ctx, w.bo, mia, practice.FollowOptions{})
	w.ok(err)
	w.golden("follow")
	w.ok(w.verbs.Unfollow(ctx, w.bo, mia))
	w.golden("unfollow")
	w.from(w.masto, "Follow", "follow-ana", w.ana.URI, func(f M) { f["to"] = []any{w.ana.URI, nil} })
	w.golden("accept")
	w.ok(w.verbs.RemoveFollower(ctx, w.ana, mia))
	w.golden("reject")
	w.ok(w.verbs.Block(ctx, w.bo, amy, ""))
	w.golden("block")
	w.ok(w.verbs.Unblock(ctx, w.bo, amy))
	w.golden("unblock")
	_, err = w.verbs.Report(ctx, practice.Complaint{
		Reporter: w.bo, Target: mia, Posts: []*models.Post{w.post("https://masto.test/notes/1")}, Comment: "rude", Forward: true,
	})
	w.ok(err)
	w.golden("flag")
	name, note := "Bo B.", "nurse at https://example.org"
	_, err = w.verbs.UpdateProfile(ctx, w.bo, practice.Profile{DisplayName: &name, Note: &note, Fields: []models.Field{{Name: "Ward", Value: "3"}}})
	w.ok(err)
	w.golden("update-person")
	_, err = w.verbs.UpdateProfile(ctx, w.community, practice.Profile{DisplayName: &name})
	w.ok(err)
	w.golden("update-community")
	w.ok(w.verbs.DeleteActor(ctx, w.bo))
	w.golden("delete-person")
}

// goldenQuotes: who wants to quote asks, who is quoted answers, and both tell others what came of it.
func (w *world) goldenQuotes() {
	ctx := w.t.Context()
	mia := w.actor(w.masto)
	w.from(w.masto, "Create", "c-quote", w.masto.Note("quote", "quote me", func(n M) {
		n["cc"], n["interactionPolicy"] = []string{w.bo.URI}, M{"canQuote": M{"automaticApproval": []string{vocab.Public}}}
	}))
	w.written()
	quoting := w.write(w.bo, "as mia says", func(d *practice.Draft) {
		d.Quoted, d.QuotePolicy = w.post("https://masto.test/notes/quote"), models.QuotesByFollowers
	})
	w.golden("quote-create")
	w.ok(w.verbs.QuoteAccepted(ctx, mia, quoting, "https://masto.test/stamps/1"))
	w.golden("quote-approved")
	w.ok(w.verbs.QuoteRejected(ctx, mia, quoting))
	w.golden("quote-disapproved")
	post := w.write(w.bo, "quote bo")
	w.written()
	note := w.masto.Note("quoting", "as bo says", func(n M) { n["quote"] = post.URI })
	w.from(w.masto, "QuoteRequest", "quote-1", post.URI, func(a M) { a["instrument"] = note })
	w.golden("quote-accept")
	w.ok(w.verbs.SetQuotePolicy(ctx, w.bo, post, models.QuotesByNobody))
	w.golden("quote-policy")
	w.from(w.masto, "QuoteRequest", "quote-2", post.URI, func(a M) { a["instrument"] = "https://masto.test/notes/other" })
	w.golden("quote-reject")
	w.ok(w.verbs.RevokeQuote(ctx, w.bo, w.post("https://masto.test/notes/quoting")))
	w.golden("quote-revoke")
}

// goldenPins: followers hear of what everybody may read, and of nothing else.
func (w *world) goldenPins() {
	ctx := w.t.Context()
	post, private := w.write(w.ana, "look here"), w.write(w.ana, secret, to(models.Private))
	w.written()
	w.ok(w.verbs.Pin(ctx, w.ana, post))
	w.golden("pin")
	w.ok(w.verbs.Unpin(ctx, w.ana, post))
	w.golden("unpin")
	w.ok(w.verbs.Pin(ctx, w.ana, private))
	if entries := w.written(); len(entries) != 0 {
		w.t.Errorf("a private post's pin is told: %v", entries)
	}
}

// goldenPractice: what a practice post says beside its text, and to whom its event and its figures go.
func (w *world) goldenPractice() {
	ctx := w.t.Context()
	mo, pia := w.NewPeer("mobilizon.test", "mobilizon").Actor("mo", "Person"), w.NewPeer("praxis.test", "praxis").Actor("pia", "Person")
	for _, a := range []*testrig.PeerActor{mo, pia} {
		w.from(a, "Follow", "follow-care", w.community.URI)
	}
	w.written()
	shares := func(kind string, facts practice.Facts) *models.Post {
		return w.write(w.ana, "The text.", func(d *practice.Draft) {
			d.Title, d.Kind, d.Community, d.Placed, d.Facts = "About "+kind, kind, w.community, true, &facts
		})
	}
	day := time.Date(2099, 5, 3, 8, 0, 0, 0, time.UTC)
	license, version, unit, zone, place, status := "CC-BY-4.0", "1.2", "kg", "Europe/Berlin", "Ward 3", "draft"
	threshold, places := 20.0, int64(4)
	asset := shares(practice.AssetShare, practice.Facts{License: &license, Version: &version, BasedOn: &[]string{"https://lemmy.test/1"}, Topics: &[]string{"wounds"}})
	w.golden("practice-asset")
	w.from(pia, "Create", "c-reused", pia.Note("reused", "#reused", func(n M) { n["inReplyTo"], n["cc"] = asset.URI, []string{w.community.URI} }))
	w.golden("practice-reused")
	shares(practice.Coordination, practice.Facts{Threshold: &threshold, Unit: &unit, Deadline: &day})
	w.golden("practice-pool")
	visit := shares(practice.Visit, practice.Facts{Start: &day, Timezone: &zone, Place: &place, Capacity: &places})
	w.golden("practice-visit")
	w.from(mo, "Join", "join", visit.URI+"/event")
	w.golden("practice-join")
	shares(practice.Documentation, practice.Facts{Status: &status, ReviewAt: &day, BasedOn: &[]string{asset.ContextURI}})
	w.golden("practice-document")
	w.ok(w.verbs.Delete(ctx, w.ana, visit, none))
	w.golden("practice-visit-delete")
}
