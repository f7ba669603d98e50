package rbks_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/rbks"
	"pgregory.net/rapid"
)

// The grammar of rbks(7) a second time, as patterns.
var (
	keyPattern    = regexp.MustCompile(`\A([a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*){1,7})` + modifiersPattern)
	legacyPattern = regexp.MustCompile(`\A([a-z0-9][a-z0-9_-]*(?:\.[a-z0-9][a-z0-9_-]*){0,7})` + modifiersPattern)
)

const modifiersPattern = `((?:@[a-z][a-z0-9]*)*|<[a-z][a-z0-9]*(?:,[a-z][a-z0-9]*)*>)\z`

// oracle returns the canonical form of what pattern matches, slowly.
func oracle(pattern *regexp.Regexp, text string) (canonical string, ok bool) {
	groups := pattern.FindStringSubmatch(text)
	if groups == nil || len(text) > rbks.MaxLength {
		return "", false
	}
	var byClass [5][]string
	for _, word := range strings.FieldsFunc(groups[2], func(r rune) bool { return strings.ContainsRune("@<,>", r) }) {
		class := slices.IndexFunc(classes, func(c rbks.Class) bool { return slices.Contains(rbks.Words{}.List(c), word) })
		if class < 0 {
			class = 4
		}
		byClass[class] = append(byClass[class], word)
	}
	slices.Sort(byClass[4])
	if len(byClass[4]) > rbks.MaxCustom || len(slices.Compact(slices.Clone(byClass[4]))) < len(byClass[4]) {
		return "", false
	}
	canonical = groups[1]
	for class, words := range byClass {
		if class < 4 && len(words) > 1 {
			return "", false
		}
		for _, word := range words {
			canonical += "@" + word
		}
	}
	return canonical, true
}

// check holds what is said of a text to the oracle and to itself.
func check(t testing.TB, text string) {
	t.Helper()
	key, ok := rbks.Parse([]byte(text), rbks.Words{})
	checkKey(t, text, keyPattern, key, ok)
	old, legacy := rbks.ParseLegacy([]byte(text), rbks.Words{})
	checkKey(t, text, legacyPattern, old, legacy)
	if words := modifiersOf(text); legacy && len(words) != strings.Count(old.String(), "@") {
		t.Fatalf("%q has the modifiers %q", text, words)
	}

	n := rbks.Normalize([]byte(text), rbks.Words{})
	if ok != (len(n.Problems) == 0) || ok != (rbks.Check([]byte(text), rbks.Words{}) == nil) {
		t.Fatalf("%q is a key: %v, and has problems: %s", text, ok, n.Problems)
	}
	if ok && n.Key != key.String() {
		t.Fatalf("%q is %s, and normalised %s", text, key.String(), n.Key)
	}
	mended := true
	for i, p := range n.Problems {
		mended = mended && p.Fixed
		if p.At < 0 || p.At > len(text) || i > 0 && p.At < n.Problems[i-1].At {
			t.Fatalf("%q has problems in no order: %s", text, n.Problems)
		}
	}
	if mended != (n.Key != "") || mended && (len(n.Likely) != 1 || n.Likely[0] != n.Key) {
		t.Fatalf("%q becomes %q, likely %q, with problems: %s", text, n.Key, n.Likely, n.Problems)
	}
	for _, likely := range n.Likely {
		k, ok := rbks.Parse([]byte(likely), rbks.Words{})
		if again := rbks.Normalize([]byte(likely), rbks.Words{}); !ok || !k.IsCanonical() || again.Key != likely || len(again.Problems) > 0 {
			t.Fatalf("%q gives %q, which is not canonical: %v", text, likely, again)
		}
	}
}

func checkKey(t testing.TB, text string, pattern *regexp.Regexp, key rbks.Key, ok bool) {
	t.Helper()
	want, wanted := oracle(pattern, text)
	if ok != wanted {
		t.Fatalf("%q is a key: %v, want %v", text, ok, wanted)
	}
	if !ok {
		return
	}
	if got := key.String(); got != want || key.IsCanonical() != (text == want) || string(key.Text()) != text {
		t.Fatalf("%q is %q, want %q; canonical: %v", text, got, want, key.IsCanonical())
	}
	if !rbks.Within([]byte(text), key.Path()) || !key.Within(key.Namespace()) {
		t.Fatalf("%q does not lie within %q", text, key.Path())
	}
	path := key.Segment(0)
	for i := 1; i < key.Depth(); i++ {
		path = append(append(path, '.'), key.Segment(i)...)
	}
	if string(path) != string(key.Path()) || string(key.Text()) != text {
		t.Fatalf("the segments of %q are %q", text, path)
	}
	angle := key.AppendAngle([]byte("x"))[1:]
	again, ok := rbks.ParseLegacy(angle, rbks.Words{})
	if len(angle) <= rbks.MaxLength && (!ok || again.String() != want) {
		t.Fatalf("%q is written %q", text, angle)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, text := range everyText(f) {
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) { check(t, text) })
}

// texts draws what is a key or nearly one.
func texts() *rapid.Generator[string] {
	parts := []string{
		"page", "a", "b2", "Title", "404", ".", ".", ".", "..", "-", "_", " ", "@", "@", "@@", "<", ">", ",", "de", "en", "prod", "PROD", "dev",
		"summer", "mobile", "beta", "zeta", "é", "\x00", "\xff", "\t", "/", strings.Repeat("x", 120),
	}
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 24).Draw(t, "parts"), "")
	})
}

func TestTextsAgreeWithTheGrammar(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) { check(t, texts().Draw(r, "text")) })
	for _, text := range everyText(t) {
		check(t, string(text))
	}
}

// spelled is a key and a spelling of it.
type spelled struct{ canonical, text string }

// spellings draws a valid key in one of its spellings.
func spellings() *rapid.Generator[spelled] {
	segment := rapid.StringMatching(`[a-z][a-z0-9]{0,9}`)
	return rapid.Custom(func(t *rapid.T) spelled {
		path := strings.Join(rapid.SliceOfN(segment, rbks.MinDepth, rbks.MaxDepth).Draw(t, "path"), ".")
		var words []string
		for _, c := range classes {
			if rapid.Bool().Draw(t, c.String()) {
				words = append(words, rapid.SampledFrom(rbks.Words{}.List(c)).Draw(t, "word"))
			}
		}
		custom := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z][a-z0-9]{2,5}[0-9]`), 0, 4, rapid.ID[string]).Draw(t, "custom")
		slices.Sort(custom)
		words = append(words, custom...)
		if len(words) == 0 {
			return spelled{path, path}
		}
		canonical := path + "@" + strings.Join(words, "@")
		words = rapid.Permutation(words).Draw(t, "order")
		if rapid.Bool().Draw(t, "angle") {
			return spelled{canonical, path + "<" + strings.Join(words, ",") + ">"}
		}
		return spelled{canonical, path + "@" + strings.Join(words, "@")}
	})
}

func TestEverySpellingIsTheCanonicalKey(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := spellings().Draw(r, "key")
		key, ok := rbks.Parse([]byte(s.text), rbks.Words{})
		if !ok || key.String() != s.canonical {
			t.Fatalf("%q is %q, %v; want %q", s.text, key.String(), ok, s.canonical)
		}
		shout := "\t" + strings.ToUpper(s.text) + " "
		if n := rbks.Normalize([]byte(shout), rbks.Words{}); n.Key != s.canonical {
			t.Fatalf("%q becomes %q, want %q", shout, n.Key, s.canonical)
		}
	})
}
