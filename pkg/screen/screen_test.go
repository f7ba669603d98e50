package screen_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/screen"
)

func TestEscapeAndWidth(t *testing.T) {
	for _, test := range []struct {
		s, want string
		width   int
	}{
		{"", "", 0},
		{"plain ü", "plain ü", 7},
		{"漢字", "漢字", 4},
		{"ｱ", "ｱ", 1},
		{"Ａ", "Ａ", 2},
		{"한", "한", 2},
		{"\u1112\u1161\u11ab", "\u1112\u1161\u11ab", 2},
		{"e\u0301", "e\u0301", 1},
		{"👍", "👍", 2},
		{"👩\u200d👧", "👩\u200d👧", 4},
		{"a\u00a0b\u00ad", "a\u00a0b\u00ad", 4},
		{"a\u200bb", "a\u200bb", 2},
		{"a\tb\r\nc", `a\tb\r\nc`, 9},
		{"\x1b[31mred\x7f", `\x1b[31mred\x7f`, 15},
		{"\u0085", `\u0085`, 6},
		{"bad \xff\xe6\xbc", `bad \xff\xe6\xbc`, 16},
		{"\u202e\u2028\u2066", `\u202e\u2028\u2066`, 18},
		{"\ufffd", "\ufffd", 1},
		{`back\slash`, `back\slash`, 10},
	} {
		got, width := screen.Append([]byte("kept"), test.s)
		if string(got) != "kept"+test.want || width != test.width {
			t.Errorf("%q: %q of width %d, want %q of %d", test.s, got[4:], width, test.want, test.width)
		}
		if got := screen.Escape(test.s); got != test.want {
			t.Errorf("%q: Escape %q, want %q", test.s, got, test.want)
		}
		if got := screen.Width(test.want); got != test.width {
			t.Errorf("%q: Width %d, want %d", test.want, got, test.width)
		}
	}
}

func TestAnyBytesAreSafeToShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		got, width := screen.Append(nil, s)
		if !utf8.Valid(got) || strings.ContainsFunc(string(got), func(r rune) bool { return r < 0x20 || 0x7f <= r && r < 0xa0 }) {
			t.Fatalf("%q is not safe", got)
		}
		if again, twice := screen.Append(nil, got); string(again) != string(got) || twice != width {
			t.Fatalf("%q escapes again to %q", got, again)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	cell := []byte("Willkommen auf der Seite")
	dst := make([]byte, 0, 64)
	b.SetBytes(int64(len(cell)))
	for b.Loop() {
		dst, _ = screen.Append(dst[:0], cell)
	}
}
