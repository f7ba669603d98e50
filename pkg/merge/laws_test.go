package merge_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/merge"
	"github.com/reedbase/reedbase/pkg/row"
)

func drawThree(t *rapid.T) (base, ours, theirs []byte) {
	header := rapid.Bool().Draw(t, "header")
	b := drawBase(t)
	return b.text(), drawEdit(t, b, header).text(), drawEdit(t, b, header).text()
}

// merged merges and returns the result and its text, which must be a table.
func merged(t fataler, base, ours, theirs []byte, o merge.Options) (*merge.Result, []byte) {
	r, err := merge.Merge(base, ours, theirs, o)
	if err != nil {
		t.Fatalf("%v\nbase %q\nours %q\ntheirs %q", err, base, ours, theirs)
	}
	var text bytes.Buffer
	if n, err := r.WriteTo(&text); err != nil || n != r.Delta.Size || n != int64(text.Len()) {
		t.Fatalf("wrote %d bytes of %d: %v", n, r.Delta.Size, err)
	}
	pieces := delta.NewText(int64(len(ours)))
	if err := pieces.Apply(r.Delta); err != nil || !bytes.Equal(pieces.Render(nil, ours), text.Bytes()) {
		t.Fatalf("the delta makes another text (%v)", err)
	}
	var key []int
	for _, name := range o.Key {
		key = append(key, slices.Index(r.Columns, name))
	}
	if err := row.Check(text.Bytes(), key); err != nil {
		t.Fatalf("%v\nbase %q\nours %q\ntheirs %q\nmerged %q", err, base, ours, theirs, text.Bytes())
	}
	return r, text.Bytes()
}

var byK = merge.Options{Key: []string{"k"}}

// TestLaws: what one side alone changed, or both alike, is the result, byte for byte.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, x, _ := drawThree(t)
		for _, test := range []struct {
			name         string
			ours, theirs []byte
		}{{"ours", x, base}, {"theirs", base, x}, {"both", x, x}} {
			for _, o := range []merge.Options{byK, {Key: byK.Key, Rows: true}, {Key: byK.Key, Favor: merge.Theirs}, {Key: byK.Key, Sound: true}} {
				r, text := merged(t, base, test.ours, test.theirs, o)
				if !bytes.Equal(text, x) || len(r.Conflicts) > 0 {
					t.Fatalf("%s changed, %+v: %d conflicts\nbase %q\nside %q\ngot  %q", test.name, o, len(r.Conflicts), base, x, text)
				}
			}
		}
	})
}

// TestSymmetry: with the sides and the favour exchanged, the rows and the conflicts are the same.
func TestSymmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawThree(t)
		rows := rapid.Bool().Draw(t, "rows")
		r, text := merged(t, base, ours, theirs, merge.Options{Key: byK.Key, Rows: rows})
		s, other := merged(t, base, theirs, ours, merge.Options{Key: byK.Key, Rows: rows, Favor: merge.Theirs})
		a, b := read(t, text), read(t, other)
		if !maps.EqualFunc(a.rows, b.rows, maps.Equal) {
			t.Fatalf("%q\nexchanged %q", text, other)
		}
		if x, y := told(r.Conflicts), told(s.Conflicts); !slices.Equal(x, y) {
			t.Fatalf("conflicts %q, exchanged %q", x, y)
		}
		if r.Ours != s.Theirs || r.Theirs != s.Ours {
			t.Fatalf("counts %v %v, exchanged %v %v", r.Ours, r.Theirs, s.Ours, s.Theirs)
		}
	})
}

// TestUntouched: a row that all three have alike is so in the result, but for the last line's end. Comments of a row that
// was deleted may have come before it.
func TestUntouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBase(t)
		base, ours, theirs := b.text(), drawEdit(t, b, false).text(), drawEdit(t, b, false).text()
		_, text := merged(t, base, ours, theirs, byK)
		x, o, th, got := read(t, base), read(t, ours), read(t, theirs), read(t, text)
		for i, key := range x.keys {
			raw := x.raw[key]
			if i == len(x.keys)-1 || o.raw[key] != raw || th.raw[key] != raw || key == got.keys[len(got.keys)-1] {
				continue
			}
			if !strings.HasSuffix(got.raw[key], raw) {
				t.Fatalf("row %q is %q, was %q", key, got.raw[key], raw)
			}
		}
	})
}

// TestNothingIsLost: every cell that a side set is in the result or in a recorded conflict, and so is every deletion.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawThree(t)
		r, text := merged(t, base, ours, theirs, byK)
		was, got := read(t, base), read(t, text)
		recorded := map[string]bool{}
		for _, c := range r.Conflicts {
			recorded[string(c.Key)] = recorded[string(c.Key)] || c.Kind != merge.Header
		}
		for _, side := range []content{read(t, ours), read(t, theirs)} {
			for key, cells := range side.rows {
				for column := range cells {
					if set(was.rows[key], cells, column) && got.rows[key][column] != cells[column] && !recorded[key] {
						t.Fatalf("cell %q of row %q is lost", column, key)
					}
				}
			}
			for key := range was.rows {
				if side.rows[key] == nil && got.rows[key] != nil && !recorded[key] {
					t.Fatalf("row %q is back", key)
				}
			}
		}
	})
}

// TestOrder: the rows of the side that leads stand in its order, and those of both in that of either.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawThree(t)
		_, text := merged(t, base, ours, theirs, byK)
		b, o, th, got := read(t, base).keys, read(t, ours).keys, read(t, theirs).keys, read(t, text).keys
		inOrder := func(side []string) bool { return slices.Equal(only(got, side), only(side, got)) }
		oursReordered, theirsReordered := !slices.Equal(only(o, b), only(b, o)), !slices.Equal(only(th, b), only(b, th))
		if !inOrder(o) && (oursReordered || !theirsReordered) {
			t.Fatalf("%q is not in the order of ours, %q", got, o)
		}
		if !inOrder(th) && theirsReordered && !oursReordered {
			t.Fatalf("%q is not in the order of theirs, %q", got, th)
		}
	})
}

// only returns what of list is in other too.
func only(list, other []string) (both []string) {
	for _, key := range list {
		if slices.Contains(other, key) {
			both = append(both, key)
		}
	}
	return both
}

// TestSound: a promise that holds changes nothing.
func TestSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawThree(t)
		_, text := merged(t, base, ours, theirs, byK)
		_, other := merged(t, base, ours, theirs, merge.Options{Key: byK.Key, Sound: true})
		if !bytes.Equal(text, other) {
			t.Fatalf("%q\nwith Sound %q", text, other)
		}
	})
}
