package function_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/function"
)

// likes says in the plainest way whether a pattern of LIKE matches. Escape is -1 if there is none.
func likes(pattern, text []rune, escape rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	p := pattern[0]
	switch {
	case p == escape:
		return len(pattern) > 1 && len(text) > 0 && sameLetter(pattern[1], text[0]) && likes(pattern[2:], text[1:], escape)
	case p == '%':
		return likes(pattern[1:], text, escape) || len(text) > 0 && likes(pattern, text[1:], escape)
	}
	return len(text) > 0 && (p == '_' || sameLetter(p, text[0])) && likes(pattern[1:], text[1:], escape)
}

func sameLetter(a, b rune) bool {
	return a == b || a < 128 && b < 128 && strings.EqualFold(string(a), string(b))
}

// globs is likes for GLOB.
func globs(pattern, text []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch p := pattern[0]; {
	case p == '*':
		return globs(pattern[1:], text) || len(text) > 0 && globs(pattern, text[1:])
	case len(text) == 0:
		return false
	case p == '[':
		n, in := inSet(pattern, text[0])
		return in && globs(pattern[n:], text[1:])
	default:
		return (p == '?' || p == text[0]) && globs(pattern[1:], text[1:])
	}
}

// inSet returns the length of the set that a pattern begins with, and whether r is in it.
func inSet(pattern []rune, r rune) (n int, in bool) {
	n = 1
	not := n < len(pattern) && pattern[n] == '^'
	if not {
		n++
	}
	for first := true; ; first = false {
		switch {
		case n >= len(pattern):
			return n, false
		case pattern[n] == ']' && !first:
			return n + 1, in != not
		}
		low, high := pattern[n], pattern[n]
		if pattern[n] != ']' && n+2 < len(pattern) && pattern[n+1] == '-' && pattern[n+2] != ']' {
			high = pattern[n+2]
			n += 2
		}
		n++
		in = in || r == low || low <= r && r <= high // in SQLite the low end is in the set even where nothing is between
	}
}

func pieces(list ...string) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(list), 0, 8).Draw(t, "pieces"), "")
	})
}

func TestLikeIsThatOfTheReference(t *testing.T) {
	patterns, texts := pieces("%", "_", "a", "B", "ab", "ä", "Ä", "!", "€", "%a%"), pieces("a", "A", "b", "ab", "ä", "Ä", "%", "_", "!", "€")
	rapid.Check(t, func(t *rapid.T) {
		for range 40 {
			pattern, text, escape := patterns.Draw(t, "pattern"), texts.Draw(t, "text"), rapid.SampledFrom([]string{"", "!", "a", "%", "_", "€"}).Draw(t, "escape")
			char, mark := rune(-1), []byte(nil)
			if escape != "" {
				char, mark = []rune(escape)[0], []byte(escape)
			}
			m, err := function.CompileLike([]byte(pattern), mark)
			if err != nil {
				t.Fatal(err)
			}
			checkMatcher(t, m, text, likes([]rune(pattern), []rune(text), char), pattern+" ESCAPE "+escape)
		}
	})
}

func TestGlobIsThatOfTheReference(t *testing.T) {
	patterns, texts := pieces("*", "?", "a", "b", "ä", "[ab]", "[^a]", "[a-c]", "[]a]", "[^]]", "[a-]", "[-a]", "[", "]", "-", "[ä-€]", "[c-a]"), pieces("a", "b", "A", "ä", "€", "]", "-", "c")
	rapid.Check(t, func(t *rapid.T) {
		for range 40 {
			pattern, text := patterns.Draw(t, "pattern"), texts.Draw(t, "text")
			m, err := function.CompileGlob([]byte(pattern))
			if err != nil {
				t.Fatal(err)
			}
			checkMatcher(t, m, text, globs([]rune(pattern), []rune(text)), pattern)
		}
	})
}

// TestRegexpIsThatOfTheLibrary compares with package regexp, whose work plain patterns do not need.
func TestRegexpIsThatOfTheLibrary(t *testing.T) {
	patterns, texts := pieces("^", "$", "a", "b", "ä", ".", "a*", "(a|b)", "[^a]", `\.`, "(?i)", `\b`, "x?", "a+", "(?s)", "(?m)", "\n"), pieces("a", "b", "A", "ä", ".", "\n", "ab")
	rapid.Check(t, func(t *rapid.T) {
		for range 40 {
			pattern, text := patterns.Draw(t, "pattern"), texts.Draw(t, "text")
			r, err := regexp.Compile(pattern)
			m, err1 := function.CompileRegexp([]byte(pattern))
			if (err == nil) != (err1 == nil) {
				t.Fatalf("%q: %v, %v", pattern, err, err1)
			}
			if err == nil {
				checkMatcher(t, m, text, r.MatchString(text), pattern)
			}
		}
	})
}

// checkMatcher compares the answer of a matcher, and what it says of prefixes, with what is right.
func checkMatcher(t interface{ Fatalf(string, ...any) }, m *function.Matcher, text string, want bool, pattern string) {
	if got := m.Match([]byte(text)); got != want {
		t.Fatalf("%q matches %q: %v, not %v", pattern, text, got, want)
	}
	prefix, exactly := m.Prefix()
	if has := strings.HasPrefix(text, string(prefix)); want && !has || exactly && has && !want {
		t.Fatalf("%q has the prefix %q, %v, and matches %q: %v", pattern, prefix, exactly, text, want)
	}
}

func TestPrefixes(t *testing.T) {
	for _, test := range []struct {
		of, pattern string
		prefix      string
		exactly     bool
	}{
		{"like", "a%", "", false}, {"like", "12.%", "12.", true}, {"like", "12a%", "12", false}, {"like", "%", "", true}, {"like", "1_", "1", false}, {"like", "12", "12", false}, {"like", "ä%", "ä", true},
		{"glob", "abc*", "abc", true}, {"glob", "abc", "abc", false}, {"glob", "a[b]*", "a", false}, {"glob", "[a", "", false}, {"glob", "*a", "", false},
		{"regexp", "^abc", "abc", true}, {"regexp", "^abc$", "abc", false}, {"regexp", "abc", "", false}, {"regexp", "^a|b", "", false},
	} {
		if prefix, exactly := compile(t, test.of, test.pattern).Prefix(); string(prefix) != test.prefix || exactly != test.exactly {
			t.Errorf("%s %q: %q, %v", test.of, test.pattern, prefix, exactly)
		}
	}
}

func compile(t testing.TB, of, pattern string) *function.Matcher {
	t.Helper()
	var m *function.Matcher
	var err error
	switch of {
	case "like":
		m, err = function.CompileLike([]byte(pattern), nil)
	case "glob":
		m, err = function.CompileGlob([]byte(pattern))
	default:
		m, err = function.CompileRegexp([]byte(pattern))
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPatternsAreBounded shows that neither long patterns are taken, nor short ones take long: the texts here would take a matcher
// years that tries all ways.
func TestPatternsAreBounded(t *testing.T) {
	long := bytes.Repeat([]byte("a"), 50_001)
	_, like := function.CompileLike(long, nil)
	_, glob := function.CompileGlob(long)
	_, re := function.CompileRegexp(long)
	for _, err := range []error{like, glob, re} {
		if fault.KindOf(err) != fault.Input || !strings.HasSuffix(fmt.Sprint(err), ": the pattern has more than 50000 bytes") {
			t.Error(err)
		}
	}
	text := bytes.Repeat([]byte("a"), 20_000)
	for _, pattern := range []string{strings.Repeat("%a", 200) + "b", strings.Repeat("%a_", 50) + "%b%", "%a_b", "%" + strings.Repeat("a_", 200) + "b"} {
		if compile(t, "like", pattern).Match(text) {
			t.Errorf("%.20q matches", pattern)
		}
	}
	if compile(t, "glob", strings.Repeat("*[a-z]", 100)+"b").Match(text) || compile(t, "regexp", "(a*)*b").Match(text) {
		t.Error("b is found")
	}
}

func FuzzMatchers(f *testing.F) {
	f.Add("a%_!%", "ab%", "!")
	f.Add("*[^a-c]?", "xyz", "")
	f.Add("%", "", "%")
	f.Fuzz(func(t *testing.T, pattern, text, escape string) {
		if len(pattern) > 8 || len(text) > 12 || !utf8.ValidString(pattern) || !utf8.ValidString(text) || !utf8.ValidString(escape) || strings.ContainsRune(pattern+text, 0) {
			return
		}
		var mark []byte
		char := rune(-1)
		if escape != "" {
			mark, char = []byte(escape), []rune(escape)[0]
		}
		m, err := function.CompileLike([]byte(pattern), mark)
		if (err == nil) != (utf8.RuneCountInString(escape) <= 1) {
			t.Fatal(err)
		}
		if err == nil {
			checkMatcher(t, m, text, likes([]rune(pattern), []rune(text), char), pattern)
		}
		checkMatcher(t, compile(t, "glob", pattern), text, globs([]rune(pattern), []rune(text)), pattern)
	})
}

func BenchmarkMatch(b *testing.B) {
	text := []byte(strings.Repeat("page.header.Title", 6) + "@en")
	for _, test := range [][2]string{{"like", "page.%"}, {"like", "%@en"}, {"like", "%title@%"}, {"like", "%.t_tle@%"}, {"glob", "*[A-Z]itle@*"}, {"regexp", "@en$"}, {"regexp", "T.*e@"}} {
		m := compile(b, test[0], test[1])
		b.Run(test[0]+" "+test[1], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !m.Match(text) {
					b.Fatal("no match")
				}
			}
		})
	}
}
