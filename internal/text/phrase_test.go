package text

import "testing"

func TestPhrases(t *testing.T) {
	for _, c := range []struct {
		phrase string
		whole  bool
		in     string
		want   bool
	}{
		{"cat", true, "A Cat.", true},
		{"cat", true, "category", false},
		{"cat", true, "bobcat", false},
		{"cat", false, "bobcats", true},
		{"cat", true, "category cat", true},
		{"cat", true, "concat, cat!", true},
		{"cat", true, "#cat", true},
		{"cat", true, "cat_food", false},
		{"cat", true, "cat2", false},
		{"#cat", true, "a #cat", true},
		{"#cat", true, "a#cat", true},
		{"#cat", true, "#cats", false},
		{"größe", true, "Die GRÖSSE", false},
		{"größe", true, "die GRÖßE zählt", true},
		{"größe", true, "Bettgröße", false},
		{"größe", true, "die gro\u0308ße", true},
		{"cafe", true, "café", false},
		{"e\u0301", true, "é", true},
		{"σίσυφος", true, "ΣΊΣΥΦΟΣ", true},
		{"straße", false, "Hauptstraße", true},
		{"москва", true, "МОСКВА!", true},
		{"москва", true, "москвам", false},
		{"猫", true, "黒猫がいる", true},
		{"猫", false, "黒猫", true},
		{"犬", true, "黒猫", false},
		{"cat", true, "猫cat犬", true},
		{"แมว", true, "มีแมวดำ", true},
		{"고양이", true, "고양이는", false},
		{"고양이", true, "고양이 둘", true},
		{"ABC", true, "ａｂｃ", true},
		{"two words", true, "these Two Words here", true},
		{"two words", true, "two wordsmiths", false},
		{"c++", true, "I like C++.", true},
		{"c++", true, "c++x", true},
		{".*", false, "abc", false},
		{"", true, "abc", false},
		{"  ", false, "a  b", false},
		{"aa", true, "aaa aa", true},
		{"\U0001F408", true, "a\U0001F408b", true},
	} {
		if got := NewPhrase(c.phrase, c.whole).In(Fold(c.in)); got != c.want {
			t.Errorf("%q (whole %v) in %q: %v", c.phrase, c.whole, c.in, got)
		}
	}
}
