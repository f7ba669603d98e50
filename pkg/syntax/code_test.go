package syntax

import (
	"slices"
	"strings"
	"testing"
)

// TestKeywordsAreSorted holds them to the order in which keyword looks for them, and shows that it finds them all and no other word.
func TestKeywordsAreSorted(t *testing.T) {
	words := spelling[firstKeyword:]
	if !slices.IsSorted(words) {
		t.Error(words)
	}
	for i, word := range words {
		for _, spelt := range []string{word, strings.ToLower(word), word[:1] + strings.ToLower(word[1:])} {
			if c := keyword(spelt); c != firstKeyword+code(i) {
				t.Errorf("%s is found as %d", spelt, c)
			}
		}
		for _, other := range []string{word + "_", word[1:], "A" + word, word[:len(word)-1] + "\x00", word[:len(word)-1]} {
			if c := keyword(other); c != 0 && !slices.Contains(words, other) {
				t.Errorf("%s is found as %s", other, spelling[c])
			}
		}
	}
}

// TestEveryCodeHasAName shows that an error can name whatever may be expected.
func TestEveryCodeHasAName(t *testing.T) {
	for c := range codes {
		if named := spelling[c] != ""; named == (badCharacter <= c && c <= openComment) {
			t.Errorf("code %d is called %q", c, spelling[c])
		}
	}
}
