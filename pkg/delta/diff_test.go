package delta_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/reedbase/reedbase/pkg/delta"
)

// What a delta takes from the base says how well it aligned the two.
func TestDiffFindsWhatIsThere(t *testing.T) {
	limits := map[string]int{ // extra bytes of a table of 2,000 rows
		"no change":           0,
		"one cell":            20,
		"1 % of rows":         20 * 20,
		"inserts and deletes": 40 * 50,
		"re-sorted":           2000,
		"LF to CRLF":          2100,
		"CRLF to LF":          2100,
		"another column":      2*2001 + 9,
		"keys renamed":        2 * 2001,
		"no line ends":        16,
	}
	for _, c := range changes(2000) {
		d := delta.Diff(c.base, c.next)
		if got := apply(t, d, c.base); !bytes.Equal(got, c.next) {
			t.Errorf("%s: another text", c.name)
		}
		if limit, ok := limits[c.name]; ok && len(d.Extra) > limit {
			t.Errorf("%s: %d extra bytes in %d operations", c.name, len(d.Extra), len(d.Ops))
		}
		if len(d.Extra) > len(c.next)/4 && !d.IsSnapshot() {
			t.Errorf("%s: no snapshot in spite of %d extra bytes of %d", c.name, len(d.Extra), len(c.next))
		}
	}
}

// Rows named by two cells are told apart, wherever they move.
func TestDiffOfCompositeKeys(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, fmt.Sprintf("en|key%d|a value of its own, %d|and a description\n", i, i*i))
	}
	moved := append(append([]string(nil), lines[1000:]...), lines[:1000]...)
	for i := 0; i < len(moved); i += 100 {
		moved[i] = strings.Replace(moved[i], "value", "thing", 1)
		moved[i+50] += fmt.Sprintf("en|new%d|inserted|row\n", i)
		moved[i+51] = ""
	}
	d := delta.Diff(text(lines), text(moved))
	if len(d.Extra) > 30*(10+30) {
		t.Errorf("%d extra bytes in %d operations", len(d.Extra), len(d.Ops))
	}
}

// Texts that are made to be slow, or to send the alignment round in circles.
func TestDiffOfHostileTexts(t *testing.T) {
	n := 20_000
	twins := strings.Repeat("a|b\n", n)
	var counted, swapped strings.Builder
	for i := range n {
		fmt.Fprintf(&counted, "a|%d\n", i)
		fmt.Fprintf(&swapped, "a|%d\n", i^1)
	}
	texts := []string{
		twins, counted.String(), swapped.String(), strings.Repeat("\n", 4*n), strings.Repeat("|", 4*n), strings.Repeat("|\n", 2*n),
		strings.Repeat("x", 4*n), strings.Repeat("a|b\nc|d\n", n/2), strings.Repeat("c|d\na|b\n", n/2) + "a",
	}
	for i, base := range texts {
		for k, next := range texts {
			d := delta.Diff([]byte(base), []byte(next))
			if got := apply(t, d, []byte(base)); string(got) != next {
				t.Errorf("%d to %d: another text", i, k)
			}
		}
	}
}

// Reading the texts where they lie gives a delta to the same text, no larger than that of whole texts but for a line at
// each end.
func TestDiffSections(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, next := drawTexts(t)
		d, err := delta.DiffSections(section(base), section(next), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := apply(t, d, base); !bytes.Equal(got, next) {
			t.Fatalf("%q instead of %q", got, next)
		}
	})
	for _, c := range changes(4000) {
		d, err := delta.DiffSections(section(c.base), section(c.next), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := apply(t, d, c.base); !bytes.Equal(got, c.next) {
			t.Errorf("%s: another text", c.name)
		}
		if c.name == "appended rows" {
			continue // they are copies of rows in what is trimmed, which is not searched
		}
		if whole := delta.Diff(c.base, c.next); len(d.Extra) > len(whole.Extra)+200 {
			t.Errorf("%s: %d extra bytes instead of %d", c.name, len(d.Extra), len(whole.Extra))
		}
	}
}

func TestDiffSectionsReportsErrors(t *testing.T) {
	good := section([]byte(strings.Repeat("a row\n", 10)))
	broken := io.NewSectionReader(brokenFile{}, 0, good.Size())
	short := io.NewSectionReader(strings.NewReader("a row\n"), 0, good.Size())
	for _, bad := range []*io.SectionReader{broken, short} {
		if _, err := delta.DiffSections(bad, good, nil); err == nil {
			t.Error("an error of the base is lost")
		}
		if _, err := delta.Patch(good, bad, nil); err == nil {
			t.Error("an error of the new text is lost")
		}
	}
}
