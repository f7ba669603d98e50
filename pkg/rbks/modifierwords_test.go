package rbks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/rbks"
	"pgregory.net/rapid"
)

func modifiersOf(text string) (words []string) {
	for _, word := range rbks.AppendModifiers(nil, []byte(text)) {
		words = append(words, string(word))
	}
	return words
}

func TestAppendModifiers(t *testing.T) {
	many := "@m0@m1@m2@m3@m4@m5@m6@m7@m8@m9@ma@mb"
	for text, want := range map[string]string{
		"":                               "",
		"page.title":                     "",
		"page.title@de":                  "de",
		"page.title<prod,de>":            "prod de",
		"page.title@prod@de@beta":        "prod de beta",
		"title@de":                       "de",
		"old-page.4_x@de":                "de",
		"page.title@de@en":               "de en",
		"page.title@de@de":               "",
		"page.title@DE":                  "",
		"page.title@de@":                 "",
		"page.title@":                    "",
		"page.title<>":                   "",
		"page.title<de":                  "",
		"page.title<":                    "",
		"page.title>":                    "",
		"page.title<de@en>":              "",
		"page.title@de,en":               "",
		"page.title@4de":                 "",
		" page.title@de":                 "",
		"page..title@de":                 "",
		"a.b" + many:                     strings.ReplaceAll(many[1:], "@", " "),
		"a.b" + many + "@mc":             "",
		strings.Repeat("x", 252) + "@de": "de",
		strings.Repeat("x", 253) + "@de": "",
	} {
		if got := strings.Join(modifiersOf(text), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	before := [][]byte{[]byte("de")}
	if got := rbks.AppendModifiers(before, []byte("page.title@de")); len(got) != 2 || string(got[1]) != "de" {
		t.Errorf("behind another: %q", got)
	}
	if got := rbks.AppendModifiers(before, []byte("page.title@en@en")); len(got) != 1 {
		t.Errorf("of no key: %q", got)
	}
}

// TestModifiersOfAnyWords reads texts by some words: the modifiers of what is a key by them are the ones that are found without.
func TestModifiersOfAnyWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(texts(), rapid.Map(spellings(), func(s spelled) string { return s.text })).Draw(t, "text")
		found := modifiersOf(text)
		words := rbks.Words{}
		for _, word := range found {
			if more, err := words.With(rapid.SampledFrom(classes[:4]).Draw(t, "class"), word); err == nil && rapid.Bool().Draw(t, "listed") {
				words = more
			}
		}
		key, ok := rbks.ParseLegacy([]byte(text), words)
		if !ok {
			return
		}
		var want []string
		for _, c := range classes[:4] {
			if word := key.Modifier(c); word != nil {
				want = append(want, string(word))
			}
		}
		for i := range key.Customs() {
			want = append(want, string(key.Custom(i)))
		}
		slices.Sort(want)
		slices.Sort(found)
		if !slices.Equal(found, want) {
			t.Fatalf("%q has %q, found %q", text, want, found)
		}
	})
}
