package practice_test

import (
	"strings"
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestBlockCutsBothWays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.ana, w.bo)
		w.follow(w.bo, w.ana)
		w.follow(w.ana, w.cy)
		hers, his := w.write(w.ana, "by ana"), w.write(w.bo, "@ana by bo")
		w.ok(w.verbs.Favourite(w.ctx(), w.bo, hers, "", practice.Cause{}))
		_, err := w.verbs.Share(w.ctx(), w.bo, hers, "", 0)
		w.ok(err)
		_, err = w.verbs.Share(w.ctx(), w.cy, his, "", 0) // reaches ana's home by way of cy
		w.ok(err)
		thread := w.write(w.bo, "@woundcare by the community")
		w.ok(w.verbs.Block(w.ctx(), w.ana, w.bo, ""))
		w.ok(w.verbs.Block(w.ctx(), w.ana, w.bo, ""))
		if w.sees(w.ana, his) || w.sees(w.bo, hers) || w.sees(w.ana, thread) {
			t.Error("the posts are still readable")
		}
		if w.atHome(w.ana, his) || w.atHome(w.bo, hers) || w.atHome(w.ana, thread) {
			t.Error("the posts are still at home")
		}
		for _, m := range []*models.Actor{w.ana, w.bo} {
			for _, line := range w.told(m) {
				if strings.HasSuffix(line, " by ana") || strings.HasSuffix(line, " by bo") {
					t.Errorf("%s still reads %q", m.Username, line)
				}
			}
		}
		w.counts(w.ana, 0, 2)
		w.counts(w.bo, 0, 0)
		w.fails(w.verbs.Favourite(w.ctx(), w.bo, hers, "", practice.Cause{}), models.NotFound, "a like")
		_, err = w.tryWrite(w.bo, "but why?", under(hers))
		w.fails(err, models.NotFound, "a reply")
		w.write(w.bo, "@ana can you hear me?")
		w.isTold(w.ana)
		w.ok(w.verbs.Unblock(w.ctx(), w.ana, w.bo))
		w.ok(w.verbs.Unblock(w.ctx(), w.ana, w.bo))
		if !w.sees(w.ana, his) || !w.sees(w.bo, hers) {
			t.Error("after the block the posts are hidden")
		}
		w.counts(w.ana, 0, 2)
		w.fails(w.verbs.Block(w.ctx(), w.ana, w.ana, ""), models.Forbidden, "blocking oneself")
		if blocks := published[practice.Blocked](w); len(blocks) != 2 || blocks[0].Lifted || !blocks[1].Lifted {
			t.Errorf("%d blocks were published", len(blocks))
		}
	})
}

func TestBlockEndsRequests(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		w.lock(w.ana)
		carl := w.remote("carl@peer.test", models.TypePerson)
		w.follow(w.bo, w.ana)
		_, err := w.verbs.Follow(w.ctx(), carl, w.ana, practice.FollowOptions{URI: "https://peer.test/follow/1"})
		w.ok(err)
		w.isTold(w.ana, "follow_request by bo", "follow_request by carl")
		w.ok(w.verbs.Block(w.ctx(), w.ana, w.bo, ""))
		w.ok(w.verbs.Block(w.ctx(), carl, w.ana, "https://peer.test/block/1"))
		w.isTold(w.ana)
		if n := w.server.Count("follow"); n != 1 {
			t.Errorf("%d follows are left, the convener's alone should be", n)
		}
	})
}

func TestBlockByACommunity(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		w.follow(w.bo, w.community)
		w.ok(w.verbs.Block(w.ctx(), w.community, w.bo, ""))
		_, err := w.tryWrite(w.bo, "@woundcare still here")
		w.fails(err, models.Forbidden, "a thread of who is blocked by the community")
		thread := w.write(w.ana, "@woundcare a thread")
		_, err = w.tryWrite(w.bo, "still here", under(thread))
		w.fails(err, models.Forbidden, "a reply of who is blocked by the community")
		w.counts(w.community, 1, 0)
	})
}

func TestReportNamesOnlyTheTargetsPosts(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		carl, dora := w.remote("carl@peer.test", models.TypePerson), w.remote("dora@peer.test", models.TypePerson)
		bad, other := w.receive(w.note(carl, "1", "rude")), w.receive(w.note(dora, "2", "kind"))
		comment := strings.Repeat("ö", 6000)
		report, err := w.verbs.Report(w.ctx(), practice.Complaint{Reporter: w.bo, Target: carl, Posts: []*models.Post{bad, other}, Comment: comment, Forward: true})
		w.ok(err)
		sent := published[practice.Reported](w)
		if len(sent) != 1 || len(sent[0].Posts) != 1 || sent[0].Posts[0].ID != bad.ID {
			t.Errorf("the complaint about carl was sent with %d posts", len(sent[0].Posts))
		}
		if n := len([]rune(report.Comment)); n != 5000 || strings.Contains(report.PostIDs, "\n") {
			t.Errorf("kept: %d characters, posts %q", n, report.PostIDs)
		}
		_, err = w.verbs.Report(w.ctx(), practice.Complaint{Reporter: w.bo, Target: w.ana, Comment: "here", Forward: true})
		w.ok(err)
		if len(published[practice.Reported](w)) != 0 {
			t.Error("a complaint about a member was sent away")
		}
	})
}

func TestE07_ReportOfWhatOneCannotRead(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		carl := w.remote("carl@peer.test", models.TypePerson)
		hidden := w.receive(w.note(carl, "1", "@ana secret", to(models.Direct), func(d *practice.Draft) { d.Mentions = []*models.Actor{w.ana} }))
		report, err := w.verbs.Report(w.ctx(), practice.Complaint{Reporter: w.bo, Target: carl, Posts: []*models.Post{hidden}, Comment: "look", Forward: true})
		w.ok(err)
		if sent := published[practice.Reported](w); report.PostIDs != "" || len(sent) != 1 || len(sent[0].Posts) != 0 {
			t.Errorf("a hidden post is part of the report: %q", report.PostIDs)
		}
	})
}
