package rbks

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSpellings(t *testing.T) {
	for _, test := range []struct {
		key  string
		want []string
	}{
		{"page.title", []string{"page.title"}},
		{"page.title@de", []string{"page.title@de", "page.title<de>"}},
		{"page.title<prod,de>", []string{"page.title@de@prod", "page.title<de,prod>", "page.title@prod@de", "page.title<prod,de>"}},
	} {
		k, ok := Parse([]byte(test.key), Words{})
		if !ok {
			t.Fatalf("%q is no key", test.key)
		}
		var got []string
		for text := range k.Spellings() {
			got = append(got, string(text))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q:\n%s", test.key, diff)
		}
	}
}

// TestSpellingsAreOneKey draws modifiers: all spellings differ, each is read as the key, and any order is among those of few.
func TestSpellingsAreOneKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"de", "prod", "winter", "mobile", "abc", "xyz", "vip"}), 0, 6, rapid.ID).Draw(t, "words")
		text := "page.title"
		for _, word := range words {
			text += "@" + word
		}
		k, ok := Parse([]byte(text), Words{})
		if !ok {
			t.Fatalf("%q is no key", text)
		}
		var all []string
		for spelling := range k.Spellings() {
			all = append(all, string(spelling))
			if !Spells(spelling, []byte(text), Words{}) {
				t.Fatalf("%q is not %q", spelling, text)
			}
		}
		sorted := slices.Sorted(slices.Values(all))
		if len(slices.Compact(sorted)) != len(all) {
			t.Fatalf("some spelling comes twice: %q", all)
		}
		if len(words) <= maxSpelled && !slices.Contains(all, text) {
			t.Fatalf("%q is not among %q", text, all)
		}
	})
}
