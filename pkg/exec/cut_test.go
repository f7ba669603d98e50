package exec

import (
	"io"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/row"
)

// ends returns the offsets behind the rows of a text, and whether all of it is rows.
func ends(text []byte) (list []int, whole bool) {
	for at := 0; ; {
		r, err := row.Next(text, at)
		if err == io.EOF {
			return list, true
		}
		if err != nil {
			return list, false
		}
		at = r.End
		list = append(list, at)
	}
}

// A text is cut where package row finds the end of a row, at the last one that is whole.
func TestCutsAreEndsOfRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.StringMatching(`([ab|]{0,3}|("[a|\n]{0,2}(""){0,1}"\|?)|(\r?\n)|#|"){0,14}`).Draw(t, "text"))
		if len(text) > 0 && text[0] == '\xef' {
			return
		}
		all, whole := ends(text)
		c := cut(text, true, nil)
		if (c.bad < 0) != whole {
			t.Fatalf("%q: whole %v, cut %+v", text, whole, c)
		}
		if !whole {
			return
		}
		if got := openings(text); !slices.Equal(c.openings, got) {
			t.Fatalf("%q: openings %v, not %v", text, c.openings, got)
		}
		n := rapid.IntRange(0, len(text)).Draw(t, "n")
		part := cut(text[:n], false, nil)
		if part.bad >= 0 || part.end > n {
			t.Fatalf("%q cut at %d: %+v", text, n, part)
		}
		// What is before and behind the cut is what the whole is.
		before, _ := ends(text[:part.end])
		behind, _ := ends(text[part.end:])
		records := func(list []int) int { return len(list) }
		if part.end > 0 && text[part.end-1] != '\n' || records(before)+records(behind) < records(all) {
			t.Fatalf("%q cut at %d: %+v", text, n, part)
		}
		if got, want := count(text[:part.end])+count(text[part.end:]), count(text); got != want {
			t.Fatalf("%q cut at %d: %+v: %d records, want %d", text, n, part, got, want)
		}
	})
}

// openings returns where quoted cells begin.
func openings(text []byte) (list []uint32) {
	for at := 0; at < len(text); {
		r, err := row.Next(text, at)
		if err != nil {
			return list
		}
		for i := r.Body; i < r.End; i++ {
			if text[i] == '"' && (i == r.Body || text[i-1] == '|') {
				list = append(list, uint32(i))
				i = quotedEnd(text, i) - 1
			}
		}
		at = r.End
	}
	return list
}

// count returns the number of records, the header among them.
func count(text []byte) (n int) {
	for at := 0; ; {
		r, err := row.Next(text, at)
		if err != nil {
			return n
		}
		if r.Body < r.End {
			n++
		}
		at = r.End
	}
}
