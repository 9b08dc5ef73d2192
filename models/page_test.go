package models

import (
	"slices"
	"testing"

	"praxis/internal/testdb"
)

// pager reads one page of a list and gives the keys by which it pages.
type pager func(tx *Tx, page Page) ([]int64, error)

func keysOf[T any](rows []Keyed[T], err error) ([]int64, error) {
	keys := make([]int64, len(rows))
	for i, row := range rows {
		keys[i] = row.Key
	}
	return keys, err
}

func idsOf(posts []Post, err error) ([]int64, error) { return postIDs(posts), err }

// walkDown reads a list from the newest to the oldest, walkUp the other way round; both as clients do.
func walkDown(h *house, read pager, limit int) []int64 {
	h.Helper()
	var all []int64
	for page := (Page{Limit: limit}); ; page.MaxID = all[len(all)-1] {
		keys, err := read(h.read(), page)
		h.must(err)
		if len(keys) == 0 || len(all) > 1000 {
			return all
		}
		all = append(all, keys...)
	}
}

func walkUp(h *house, read pager, limit int) []int64 {
	h.Helper()
	var all []int64
	for page := (Page{Limit: limit, MinID: 1}); ; page.MinID = all[0] {
		keys, err := read(h.read(), page)
		h.must(err)
		if len(keys) == 0 || len(all) > 1000 {
			return all
		}
		all = append(keys, all...)
	}
}

// TestPagesAreComplete walks each list both ways, with every size of page: nothing is left out, nothing comes twice.
func TestPagesAreComplete(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		const many = 17
		ana := h.actor("ana")
		thread := h.post(ana, Public, nil)
		for i := range many {
			other := h.actor("other" + string(rune('a'+i)) + "@b.test")
			h.follow(other, ana, FollowAccepted)
			h.follow(ana, other, FollowAccepted)
			p := h.post(other, Public, func(p *Post) { p.InReplyToURI, p.InReplyToID, p.ThreadID = thread.URI, thread.ID, thread.ID })
			hidden := h.post(other, Direct, nil) // between the others, so that a page filtered afterwards would be short
			h.do(func(tx *Tx) error {
				for _, each := range []*Post{p, hidden} {
					if err := tx.AddToHome(ana.ID, each); err != nil {
						return err
					}
					if _, err := tx.PutFavourite(&Favourite{URI: "l", ActorID: ana.ID, PostID: each.ID}); err != nil {
						return err
					}
				}
				if _, err := tx.PutFavourite(&Favourite{URI: "l", ActorID: other.ID, PostID: thread.ID}); err != nil {
					return err
				}
				_, err := tx.Notify(&Notification{OwnerID: ana.ID, Type: NotifyFavourite, ActorID: other.ID, PostID: thread.ID})
				return err
			})
			h.do(func(tx *Tx) error {
				return tx.AddOutboxEntry(&OutboxEntry{ActivityURI: p.URI + "/a", ActorID: ana.ID, Type: "Like", Public: true, Listed: true, Payload: "{}"}, nil)
			})
		}
		for name, list := range map[string]struct {
			read pager
			want int
		}{
			"Home": {func(tx *Tx, p Page) ([]int64, error) { return idsOf(tx.Home(ana.ID, p)) }, many},
			"ListedPosts": {func(tx *Tx, p Page) ([]int64, error) {
				return idsOf(tx.ListedPosts(ana.ID, ListedFilter{Remote: true}, p))
			}, many},
			"ListedPosts for nobody": {func(tx *Tx, p Page) ([]int64, error) {
				return idsOf(tx.ListedPosts(Anonymous, ListedFilter{Remote: true}, p))
			}, many},
			"ActorPosts": {func(tx *Tx, p Page) ([]int64, error) { return idsOf(tx.ActorPosts(ana.ID, ana.ID, ActorFilter{}, p)) }, 1},
			"Followers": {func(tx *Tx, p Page) ([]int64, error) {
				_, keys, err := tx.Followers(ana.ID, FollowAccepted, p)
				return keys, err
			}, many},
			"Following": {func(tx *Tx, p Page) ([]int64, error) {
				_, keys, err := tx.Following(ana.ID, FollowAccepted, p)
				return keys, err
			}, many},
			"FollowersPage": {func(tx *Tx, p Page) ([]int64, error) { return keysOf(tx.FollowersPage(ana.ID, ana.ID, p)) }, many},
			"FollowingPage": {func(tx *Tx, p Page) ([]int64, error) { return keysOf(tx.FollowingPage(ana.ID, ana.ID, p)) }, many},
			"LikersPage":    {func(tx *Tx, p Page) ([]int64, error) { return keysOf(tx.LikersPage(thread.ID, ana.ID, p)) }, many},
			"FavouritedBy": {func(tx *Tx, p Page) ([]int64, error) {
				_, keys, err := tx.FavouritedBy(thread.ID, p)
				return keys, err
			}, many},
			"LikedPage": {func(tx *Tx, p Page) ([]int64, error) { return keysOf(tx.LikedPage(ana.ID, p)) }, many},
			"NotificationPage": {func(tx *Tx, p Page) ([]int64, error) {
				rows, err := tx.NotificationPage(ana.ID, NotificationFilter{}, p)
				ids := make([]int64, len(rows))
				for i, n := range rows {
					ids[i] = n.ID
				}
				return ids, err
			}, many},
			"OutboxPage": {func(tx *Tx, p Page) ([]int64, error) {
				rows, err := tx.OutboxPage(ana.ID, p)
				ids := make([]int64, len(rows))
				for i, e := range rows {
					ids[i] = e.ID
				}
				return ids, err
			}, many},
		} {
			for _, limit := range []int{1, 5, 16, 17, 18} {
				down, up := walkDown(h, list.read, limit), walkUp(h, list.read, limit)
				if len(down) != list.want || !slices.Equal(down, up) {
					t.Errorf("%s, %d a page: %d downwards, %d upwards, want %d", name, limit, len(down), len(up), list.want)
				}
				sorted := slices.Clone(down)
				slices.Sort(sorted)
				slices.Reverse(sorted)
				if !slices.Equal(down, slices.Compact(sorted)) {
					t.Errorf("%s, %d a page: repeats, or not in order", name, limit)
				}
			}
		}
	})
}

func TestPageBounds(t *testing.T) {
	testdb.Each(t, func(t *testing.T, url string) {
		h := openHouse(t, url)
		ana := h.actor("ana")
		var ids []int64 // newest first
		for range 6 {
			ids = append([]int64{h.post(ana, Public, nil).ID}, ids...)
		}
		for name, c := range map[string]struct {
			page Page
			want []int64
		}{
			"newest":            {Page{Limit: 2}, ids[:2]},
			"default limit":     {Page{}, ids},
			"older than":        {Page{MaxID: ids[1], Limit: 2}, ids[2:4]},
			"newest since":      {Page{SinceID: ids[4], Limit: 2}, ids[:2]},
			"just after":        {Page{MinID: ids[4], Limit: 2}, ids[2:4]},
			"between":           {Page{MaxID: ids[0], SinceID: ids[3], Limit: 9}, ids[1:3]},
			"after and before":  {Page{MaxID: ids[0], MinID: ids[5], Limit: 2}, ids[3:5]},
			"nothing is newer":  {Page{MinID: ids[0]}, []int64{}},
			"nothing is older":  {Page{MaxID: ids[5]}, []int64{}},
			"since and min ids": {Page{SinceID: ids[4], MinID: ids[2], Limit: 9}, ids[:2]},
		} {
			got, err := idsOf(h.read().ListedPosts(Anonymous, ListedFilter{}, c.page))
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
			}
		}
	})
}
