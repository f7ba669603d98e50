package merge_test

import (
	"bytes"
	"maps"
	"testing"

	"github.com/reedbase/reedbase/pkg/merge"
)

// FuzzMerge: any three texts are refused or merged by the laws.
func FuzzMerge(f *testing.F) {
	for _, cases := range [][]mergeCase{rowCases, orderCases, headerCases, aroundCases} {
		for _, c := range cases {
			f.Add([]byte(line.Replace(c.base)), []byte(line.Replace(c.ours)), []byte(line.Replace(c.theirs)))
		}
	}
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		r := checkRefusal(t, base, ours, theirs)
		if r == nil {
			return
		}
		o := merge.Options{Key: r.Sides[merge.Ours][:1]}
		if len(base) > 0 {
			o.Key = r.Sides[merge.Base][:1]
		}
		_, text := merged(t, base, ours, theirs, o)
		_, other := merged(t, base, theirs, ours, merge.Options{Key: o.Key, Favor: merge.Theirs})
		if len(r.Conflicts) == 0 && !maps.EqualFunc(readBy(t, text, o.Key[0]).rows, readBy(t, other, o.Key[0]).rows, maps.Equal) {
			t.Fatalf("%q\nexchanged %q", text, other)
		}
		for _, x := range [][]byte{ours, theirs} {
			if len(base) == 0 {
				break
			}
			for _, sides := range [][2][]byte{{x, base}, {base, x}, {x, x}} {
				if _, text := merged(t, base, sides[0], sides[1], o); !bytes.Equal(text, x) {
					t.Fatalf("base %q\nside %q\ngot  %q", base, x, text)
				}
			}
		}
	})
}
