package web

import (
	"fmt"
	"testing"

	"praxis/models"
	"praxis/practice"
)

// TestCost: what a page costs does not grow with what is on it.
func TestCost(t *testing.T) {
	w := newWard(t)
	w.follow(w.ben, w.community)
	w.follow(w.ben, w.anna)
	_, err := w.service.Share(t.Context(), w.anna, w.answer, "", 0)
	w.must(err)
	paths := []string{"/", "/communities", "/about", "/@anna", "/@woundcare", "/tags/ask", w.path(w.question.URL), w.path(w.answer.URL)}
	cost := func(viewer, path string) int64 {
		before := w.statements.Load()
		w.page(viewer, path)
		return w.statements.Load() - before
	}
	before := map[string]int64{}
	for _, path := range paths {
		before[path], before["ben "+path] = cost("", path), cost("ben", path)
	}
	for i := range 4 {
		author := w.member(fmt.Sprintf("member%d", i), "")
		w.house.community(fmt.Sprintf("community%d", i), "", "", author)
		question := w.post(author, "@woundcare A question\nand a text #ask", models.Public, nil)
		answer := w.post(w.anna, fmt.Sprintf("@member%d An answer", i), models.Public, question)
		w.must(w.service.Answer(t.Context(), author, question, answer, false, practice.Cause{}))
		w.post(author, "@anna another thought", models.Public, w.answer)
		_, err := w.service.Share(t.Context(), w.anna, question, "", 0)
		w.must(err)
	}
	for _, path := range paths {
		if before[path] == 0 {
			t.Fatalf("%s costs nothing: statements are not counted", path)
		}
		if after := cost("", path); after > before[path] {
			t.Errorf("%s took %d statements, and %d with more on it", path, before[path], after)
		}
		if after := cost("ben", path); after > before["ben "+path] {
			t.Errorf("%s for a member took %d statements, and %d with more on it", path, before["ben "+path], after)
		}
	}
}
