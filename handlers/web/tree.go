package web

import (
	"cmp"
	"slices"
	"strconv"

	"praxis/models"
)

// node is a reply with what answers it.
type node struct {
	*entry
	Focus    bool // the page was asked for this one
	Named    bool // it stands beside what it answers rather than below it, so it says whom it answers
	Children []*node
}

// maxDepth is how far replies are indented. A narrow screen has no room for more, and a thread of thousands that each
// answer the one before must not nest as deep.
const maxDepth = 4

// tree orders replies by what they answer, oldest first. Those whose parent the reader does not see here stand at the
// top.
func (s *Server) tree(v *visit, read *reading, rows []models.Post, first, focus *models.Post) []*node {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b models.Post) int {
		return cmp.Or(cmp.Compare(a.PublishedAt, b.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	shown := map[int64]bool{}
	for i := range rows {
		shown[rows[i].ID] = true
	}
	below := map[int64][]*models.Post{}
	for i := range rows {
		parent := rows[i].InReplyToID
		if !shown[parent] || parent == rows[i].ID {
			parent = 0
		}
		below[parent] = append(below[parent], &rows[i])
	}
	b := &branches{below: below, node: func(post *models.Post) *node { return s.node(v, read, post, first, focus) }}
	return b.grow()
}

// branches hangs replies below what they answer. It goes without recursion in the depth of the thread.
type branches struct {
	below map[int64][]*models.Post
	node  func(*models.Post) *node
}

// spot is a list of replies, and how deep it stands.
type spot struct {
	list  *[]*node
	depth int
}

func (b *branches) grow() []*node {
	var top []*node
	type task struct {
		post *models.Post
		at   spot
		flat bool
	}
	var stack []task
	push := func(id int64, at spot, flat bool) {
		for _, post := range slices.Backward(b.below[id]) {
			stack = append(stack, task{post, at, flat})
		}
	}
	push(0, spot{list: &top, depth: 1}, false)
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := b.node(next.post)
		n.Named = next.flat
		*next.at.list = append(*next.at.list, n)
		if next.at.depth < maxDepth {
			push(next.post.ID, spot{list: &n.Children, depth: next.at.depth + 1}, false)
		} else {
			push(next.post.ID, next.at, true)
		}
	}
	return top
}

func (s *Server) node(v *visit, read *reading, post, first, focus *models.Post) *node {
	e := s.entryOf(v, read, post)
	e.Community = nil // the thread says it
	e.Accepted = first != nil && first.AcceptedAnswerID == post.ID
	return &node{entry: e, Focus: focus.ID == post.ID && focus != first}
}

// parseID reads an id of a path; 0, which nothing has, when it is too large for one.
func parseID(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return id
}
