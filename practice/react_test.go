package practice_test

import (
	"testing"

	"praxis/models"
	"praxis/practice"
)

func TestE07_ReactionsToHiddenPosts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, visibility := range []string{models.Private, models.Direct} {
			hidden := w.write(w.ana, "not for bo", to(visibility))
			likes, posts := w.server.Count("favourite"), w.server.Count("post")
			w.fails(w.verbs.Favourite(w.ctx(), w.bo, hidden, "", practice.Cause{}), models.NotFound, visibility+": favourite")
			w.fails(w.verbs.Unfavourite(w.ctx(), w.bo, hidden, practice.Cause{}), models.NotFound, visibility+": unfavourite")
			_, err := w.verbs.Share(w.ctx(), w.bo, hidden, "", 0)
			w.fails(err, models.NotFound, visibility+": share")
			if w.server.Count("favourite") != likes || w.server.Count("post") != posts {
				t.Errorf("%s: something was stored", visibility)
			}
		}
		w.isTold(w.ana)
	})
}

func TestFavouriteCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		post := w.write(w.ana, "hello")
		boost, err := w.verbs.Share(w.ctx(), w.cy, post, "", 0)
		w.ok(err)
		like := func() { w.ok(w.verbs.Favourite(w.ctx(), w.bo, boost, "", practice.Cause{})) } // of the boost: it is the post that is liked
		like()
		like()
		if n := w.now(post).LikesCount; n != 1 || len(published[practice.Favourited](w)) != 1 {
			t.Errorf("%d likes after liking twice", n)
		}
		w.isTold(w.ana, "favourite by bo", "reblog by cy")
		for range 2 {
			w.ok(w.verbs.Unfavourite(w.ctx(), w.bo, post, practice.Cause{}))
		}
		if n := w.now(post).LikesCount; n != 0 || len(published[practice.Unfavourited](w)) != 1 {
			t.Errorf("%d likes after taking it back twice", n)
		}
		w.isTold(w.ana, "reblog by cy")
	})
}

func TestShareCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.follow(w.cy, w.bo)
		post := w.write(w.ana, "hello")
		first, err := w.verbs.Share(w.ctx(), w.bo, post, "", 0)
		w.ok(err)
		second, err := w.verbs.Share(w.ctx(), w.bo, first, "", 0)
		w.ok(err)
		if first.ID != second.ID || w.now(post).SharesCount != 1 || len(published[practice.Shared](w)) != 1 {
			t.Errorf("boosted twice: %d and %d, counted %d", first.ID, second.ID, w.now(post).SharesCount)
		}
		if !w.atHome(w.cy, post) || !w.atHome(w.bo, post) {
			t.Error("the boost is not at home")
		}
		w.isTold(w.ana, "reblog by bo")
		for range 2 {
			w.ok(w.verbs.Unshare(w.ctx(), w.bo, post))
		}
		if w.now(post).SharesCount != 0 || w.atHome(w.cy, post) || len(published[practice.Unshared](w)) != 1 {
			t.Errorf("unboosted twice: counted %d, at home %v", w.now(post).SharesCount, w.atHome(w.cy, post))
		}
		w.isTold(w.ana)
	})
}

func TestWhatMayBeShared(t *testing.T) {
	one(t, func(t *testing.T, w *world) {
		w.follow(w.bo, w.ana)
		private := w.write(w.ana, "for followers", to(models.Private))
		_, err := w.verbs.Share(w.ctx(), w.bo, private, "", 0)
		w.fails(err, models.Invalid, "a follower boosts what is for followers")
		own, err := w.verbs.Share(w.ctx(), w.ana, private, "", 0)
		w.ok(err)
		if own.Visibility != models.Private || w.sees(w.cy, own) {
			t.Errorf("the boost of a private post is %s", own.Visibility)
		}
		_, err = w.verbs.Share(w.ctx(), w.ana, w.write(w.ana, "@bo you", to(models.Direct)), "", 0)
		w.fails(err, models.Invalid, "a direct post")
	})
}
