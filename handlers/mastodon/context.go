package mastodon

import (
	"praxis/models"
)

// thread is Mastodon's Context: what a post answers, and what answers it.
type thread struct {
	Ancestors   []*status `json:"ancestors"`
	Descendants []*status `json:"descendants"`
}

// How many posts of a thread are read; those without an account see the beginning of it.
const (
	threadForMembers = 2000
	threadForOthers  = 500
)

// getContext leaves out what the caller may not read, and still shows what hangs on it (security case E8).
func getContext(c *call) (any, error) {
	post, err := c.post()
	if err != nil {
		return nil, err
	}
	if post.IsBoost() {
		if post, err = c.tx.VisiblePost(post.ReblogOfID, c.viewer()); err != nil {
			return nil, err
		}
	}
	limit := threadForOthers
	if c.me() != nil {
		limit = threadForMembers
		if err := c.s.service.RefreshThread(c.ctx(), post); err != nil {
			return nil, err
		}
	}
	links, err := c.tx.ThreadLinks(post.ThreadID, limit)
	if err != nil {
		return nil, err
	}
	above, below := around(post.ID, links)
	visible, err := c.tx.VisiblePosts(append(append([]int64{}, above...), below...), c.viewer())
	if err != nil {
		return nil, err
	}
	ancestors, descendants := pick(above, visible), pick(below, visible)
	shown, err := c.statuses(append(append([]models.Post{}, ancestors...), descendants...))
	if err != nil {
		return nil, err
	}
	return thread{Ancestors: shown[:len(ancestors)], Descendants: shown[len(ancestors):]}, nil
}

// around gives the ids of the posts above one, from the top of the thread, and of those below it, each followed by what
// answers it.
func around(id int64, links []models.ThreadLink) (above, below []int64) {
	parents, children := map[int64]int64{}, map[int64][]int64{}
	for _, link := range links {
		parents[link.ID] = link.InReplyToID
		children[link.InReplyToID] = append(children[link.InReplyToID], link.ID)
	}
	// Ids are bound to come once each, so that a loop among replies ends.
	seen := map[int64]bool{id: true}
	for at := parents[id]; at != 0 && !seen[at]; at = parents[at] {
		if _, known := parents[at]; !known {
			break
		}
		seen[at] = true
		above = append([]int64{at}, above...)
	}
	var descend func(parent int64)
	descend = func(parent int64) {
		for _, child := range children[parent] {
			if !seen[child] {
				seen[child] = true
				below = append(below, child)
				descend(child)
			}
		}
	}
	descend(id)
	return above, below
}

func pick(ids []int64, posts map[int64]*models.Post) []models.Post {
	picked := make([]models.Post, 0, len(ids))
	for _, id := range ids {
		if post := posts[id]; post != nil {
			picked = append(picked, *post)
		}
	}
	return picked
}
