package models

import (
	"testing"

	"praxis/internal/testdb"
)

// TestCommunityFiguresFollow: whatever happens to the posts of a community, its figures are those that counting gives, for
// everybody as far as they may read.
func TestCommunityFiguresFollow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ann, bo := h.actor("ann"), h.actor("bo@b.test")
		care, other := h.actor("care"), h.actor("other")
		into := func(community *Actor, more func(p *Post)) func(p *Post) {
			return func(p *Post) {
				p.CommunityID = community.ID
				if more != nil {
					more(p)
				}
			}
		}
		var threads []*Post
		for range 6 {
			threads = append(threads, h.post(ann, Public, into(care, nil)))
		}
		check := func(what string) {
			t.Helper()
			for _, viewer := range []int64{Anonymous, ann.ID, bo.ID} {
				for _, community := range []int64{care.ID, other.ID} {
					h.sameFigures(what, community, viewer)
				}
			}
		}
		check("threads")
		h.post(bo, Public, into(care, answering(threads[0])))
		h.post(ann, ForLocal, into(care, nil))
		h.post(ann, Public, func(p *Post) { p.ReblogOfID = threads[1].ID })
		check("a reply, a post for some, a boost")
		change := func(at int, do func(p *Post)) {
			h.do(func(tx *Tx) error {
				p, err := tx.LockPost(threads[at].ID)
				if err == nil {
					do(p)
					err = tx.SavePost(p)
				}
				return err
			})
		}
		change(0, func(p *Post) { p.Content = "<p>another</p>" })
		check("edited")
		change(1, func(p *Post) { p.CommunityID = other.ID })
		check("moved")
		change(2, func(p *Post) { p.RemovedAt = 1 })
		change(3, func(p *Post) { p.HiddenAt, p.RemovedAt = 1, 1 })
		h.sameFigures("removed and hidden", care.ID, bo.ID)
		change(2, func(p *Post) { p.RemovedAt = 0 })
		change(3, func(p *Post) { p.HiddenAt, p.RemovedAt = 0, 0 })
		check("restored")
		change(3, func(p *Post) { p.InReplyToURI = "https://b.test/o/1" })
		check("found to be a reply")
		h.do(func(tx *Tx) error { return tx.MarkPostDeleted(h.postNow(threads[4].ID)) })
		check("deleted")
		h.do(func(tx *Tx) error { return tx.db.Exec("DELETE FROM post WHERE id = ?", threads[5].ID).Error })
		check("forgotten")
		h.do(func(tx *Tx) error { return tx.MarkActorDeleted(ann.ID) })
		h.sameFigures("author gone", care.ID, bo.ID)
	})
}

// sameFigures compares the figures of a community with what one reads there.
func (h *house) sameFigures(what string, community, viewer int64) {
	h.Helper()
	threads, err := h.read().CommunityThreads(community, viewer, Page{Limit: 100})
	h.must(err)
	figures, err := h.read().CommunityFigures([]int64{community}, viewer)
	h.must(err)
	if got := figures[community]; got.Threads != int64(len(threads)) || (got.LastPostAt == 0 && len(threads) != 0) {
		h.Errorf("%s: %d threads, the last one at %d, of %d that can be read", what, got.Threads, got.LastPostAt, len(threads))
	}
}
