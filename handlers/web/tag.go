package web

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"praxis/models"
)

type tagPage struct {
	Head   head
	Tag    string
	Posts  []*entry
	Paging paging
}

// maxTag is how long a hashtag may be, in characters.
const maxTag = 100

// tag shows the listed posts with a hashtag. One that nobody used looks like one that nobody used where everybody can
// read.
func (s *Server) tag(v *visit) error {
	tag := strings.ToLower(mux.Vars(v.r)["tag"])
	if !isTag(tag) {
		return errNotFound
	}
	page, err := pageOf(v)
	if err != nil {
		return err
	}
	rows, err := v.tx.ListedPosts(v.viewer, models.ListedFilter{Any: []string{tag}}, page)
	if err != nil {
		return err
	}
	rows, paging := cut(v, rows, page)
	data := tagPage{Tag: tag, Paging: paging, Head: head{
		Title: "#" + tag, Description: "Posts about #" + tag, Address: s.links.Base + "/tags/" + url.PathEscape(tag),
		Kind: "website", Social: true, NoIndex: len(rows) == 0,
	}}
	if data.Posts, err = s.entries(v, rows); err != nil {
		return err
	}
	return s.show(v, "tag.html", data)
}

func isTag(tag string) bool {
	if !isClean(tag) || utf8.RuneCountInString(tag) > maxTag {
		return false
	}
	return !strings.ContainsFunc(tag, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("_-·", r)
	})
}
