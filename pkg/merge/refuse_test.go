package merge_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/row"
)

func TestRefused(t *testing.T) {
	const sound = "k|v a|1 b|2 c|3 "
	const bulk = "#to-be-copied #to-be-copied #to-be-copied x|a-row-that-is-long-enough-to-be-copied "
	for _, test := range []struct {
		name, base, ours, theirs string
		key                      string
		want                     string
	}{
		{"a key twice in base", "k|v a|1 b|2 a|3 ", sound, sound, "", `base: line 4: key "a" is that of line 2 too`},
		{"a key twice in all", "k|v a|1 b|2 a|3 ", "k|v a|1 b|2 a|3 ", "k|v a|1 b|x a|3 ", "", `base: line 4: key "a" is that of line 2 too`},
		{"a key inserted twice", sound, "k|v a|1 b|2 n|1 c|3 n|2 ", sound, "", `ours: line 6: key "n" is that of line 4 too`},
		{"a key of an untouched row inserted", sound + bulk + "y|1 ", sound + bulk + "y|1 a|1 ", sound + bulk + "y|1 ", "", `ours: line 10: key "a" is that of line 2 too`},
		{"a key of a row that the other changed inserted", sound, sound, sound + "b|3 ", "", `theirs: line 5: key "b" is that of line 3 too`},
		{"a row copied", "k|v " + bulk + "b|2 ", "k|v " + bulk + "b|2 ", "k|v " + bulk + "b|2 " + bulk, "", `theirs: line 10: key "x" is that of line 5 too`},
		{"a key of two cells twice", "k|v|w a|1|x a|2|x a|1|y ", "k|v|w ", "k|v|w ", "k,v", `base: line 4: key "a|1" is that of line 2 too`},
		{"twice in quotes", sound, sound, `k|v a|1 "a"|1 `, "", `theirs: line 3: key "a" is that of line 2 too`},
		{"cells too few", sound, "k|v a b|2 ", sound, "", `ours: line 2: 1 cells where the header has 2`},
		{"cells too many, in base", "k|v a|1 b|2|3 ", sound, sound, "", `base: line 3: 3 cells where the header has 2`},
		{"all that is wrong", sound, sound, "k|v a|1 a|2|3 c|\x00 ", "", "theirs: line 3: 3 cells where the header has 2\nline 3: key \"a\" is that of line 2 too\nline 4: a NUL byte"},
		{"not UTF-8, in base", "k|v a|\xff ", sound, sound, "", `base: line 2: byte 0xff is not UTF-8`},
		{"not UTF-8, in a comment", sound, "#\xff k|v a|1 ", sound, "", `ours: line 1: byte 0xff is not UTF-8`},
		{"not UTF-8, at the end", sound, "k|v a|1 #\xff ", sound, "", `ours: line 3: byte 0xff is not UTF-8`},
		{"an open quote", sound, sound, `k|v a|"1 `, "", `theirs: line 2: a quote is opened and never closed`},
		{"an open quote in base", `k|v a|"1 `, sound, sound, "", `base: line 2: a quote is opened and never closed`},
		{"an open quote in a header", sound, `k|"v `, sound, "", `ours: line 1: a quote is opened and never closed`},
		{"no header", sound, "", sound, "", `ours: line 1: there is no header line`},
		{"no header in base", "#nothing ", sound, sound, "", `base: line 2: there is no header line`},
		{"a column twice", sound, sound, "k|v|v a|1|1 a|1|1 ", "v", `theirs: line 1: column "v" is named twice`},
		{"no key column", sound, sound, "v 1 ", "", `theirs: the key's column "k" is not in the header`},
		{"no such key column", sound, sound, sound, "k,x", `base: the key's column "x" is not in the header`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var o merge.Options
			if test.key != "" {
				o.Key = strings.Split(test.key, ",")
			}
			r, err := merge.Merge([]byte(line.Replace(test.base)), []byte(line.Replace(test.ours)), []byte(line.Replace(test.theirs)), o)
			if err == nil || r != nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
			var refused *merge.Refused
			if fault.KindOf(err) != fault.Input || !errors.As(err, &refused) || !strings.HasPrefix(test.want, refused.Side.String()) {
				t.Errorf("%#v", err)
			}
		})
	}
}

// TestBrokenPromise: a base that is said to be sound, and is not where somebody changed it, is refused.
func TestBrokenPromise(t *testing.T) {
	for _, base := range []string{"k|v a|1 a|2 b|3 ", "k|v a|1|2 b|3 ", "k|v a|\x00 b|3 ", `k|v a|"1 `} {
		_, err := merge.Merge([]byte(line.Replace(base)), []byte("k|v\n"), []byte("k|v\n"), merge.Options{Sound: true})
		if refused := new(merge.Refused); !errors.As(err, &refused) || refused.Side != merge.Base {
			t.Errorf("%q: %v", base, err)
		}
	}
}

// TestRefusedAsCheck: a text is refused when row.Check refuses it, and only then.
func TestRefusedAsCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts [3][]byte
		texts[0], texts[1], texts[2] = drawThree(t)
		damaged := rapid.IntRange(0, 2).Draw(t, "damaged")
		texts[damaged] = damage(t, texts[damaged])
		checkRefusal(t, texts[0], texts[1], texts[2])
	})
}

// damage changes a text in one place.
func damage(t *rapid.T, text []byte) []byte {
	at := rapid.IntRange(0, len(text)).Draw(t, "at")
	switch rapid.IntRange(0, 2).Draw(t, "damage") {
	case 0: // a part twice
		to := rapid.IntRange(at, len(text)).Draw(t, "to")
		return append(append([]byte{}, text[:to]...), text[at:]...)
	case 1: // a part missing
		to := rapid.IntRange(at, len(text)).Draw(t, "to")
		return append(append([]byte{}, text[:at]...), text[to:]...)
	}
	bad := pick(t, []string{"\x00", "\xff", `"`, "|", "\n", "\r", "#"}, "byte")
	return append(append(append([]byte{}, text[:at]...), bad...), text[at:]...)
}

// checkRefusal merges three texts by their first columns. It returns nil when they are refused.
func checkRefusal(t fataler, base, ours, theirs []byte) *merge.Result {
	r, err := merge.Merge(base, ours, theirs, merge.Options{})
	if sound := areSound(base, ours, theirs); sound != (err == nil) {
		t.Fatalf("%v, but the texts are sound: %v\nbase %q\nours %q\ntheirs %q", err, sound, base, ours, theirs)
	}
	if err != nil && fault.KindOf(err) != fault.Input {
		t.Fatalf("%v is of kind %v", err, fault.KindOf(err))
	}
	return r
}

// areSound reports whether three texts are tables with the column that comes first.
func areSound(texts ...[]byte) bool {
	if len(texts[0]) == 0 {
		texts = texts[1:]
	}
	name := ""
	for i, text := range texts {
		columns, _, err := row.Header(text)
		if err != nil {
			return false
		}
		if i == 0 {
			name = columns[0]
		}
		key := slices.Index(columns, name)
		if key < 0 || row.Check(text, []int{key}) != nil {
			return false
		}
	}
	return true
}
