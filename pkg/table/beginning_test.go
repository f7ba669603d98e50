package table

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestVariants compares the next spelling of a prefix with all of them.
func TestVariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := []byte(rapid.StringMatching(`[a-c.Z1{]{0,4}`).Draw(t, "prefix"))
		prefix = lowered(prefix)
		all := [][]byte{{}}
		for _, c := range prefix {
			var longer [][]byte
			for _, b := range all {
				longer = append(longer, append(bytes.Clone(b), upper(c)))
				if upper(c) != c {
					longer = append(longer, append(bytes.Clone(b), c))
				}
			}
			all = longer
		}
		slices.SortFunc(all, bytes.Compare)
		text := []byte(rapid.StringMatching(`[A-Ca-c.Zz1{]{0,5}`).Draw(t, "text"))
		var want []byte
		for _, b := range all {
			if bytes.Compare(b, text) >= 0 || sameFolded(text, prefix) && bytes.Equal(b, text[:len(prefix)]) {
				want = b
				break
			}
		}
		if got := variantFrom(prefix, text); !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("from %q: %q, want %q", text, got, want)
		}
		for i, b := range all {
			want = nil
			if i+1 < len(all) {
				want = all[i+1]
			}
			if got := variantBehind(prefix, b); !bytes.Equal(got, want) {
				t.Errorf("behind %q: %q, want %q", b, got, want)
			}
		}
	})
}

// TestBeginnings asks an index how its texts begin.
func TestBeginnings(t *testing.T) {
	f := newFixture(t, "key|value\nk1|page.a\nk2|Page.b\nk3|PAGE\nk4|12\nk5|pagf\nk6|\nk7|page.c\nk8|paGe.\n")
	x, err := f.CreateIndex("value", OrderedIndex)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	i, err := r.OpenIndex(x)
	if err != nil {
		t.Fatal(err)
	}
	for prefix, want := range map[string]string{"page": "PAGE Page paGe page", "page.": "Page. paGe. page.", "12": "", "x": "", "paged": ""} {
		list, ok := i.Beginnings([]byte(prefix), 4)
		if got := string(bytes.Join(list, []byte(" "))); got != want || !ok {
			t.Errorf("%q: %q %v, want %q", prefix, got, ok, want)
		}
	}
	if _, ok := i.Beginnings([]byte("page"), 3); ok {
		t.Error("more than asked for")
	}
}
