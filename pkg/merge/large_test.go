package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/reedbase/reedbase/pkg/merge"
)

// editMany changes about one row in share: a cell, the place, the row itself, or a row behind it.
func editMany(b table, rnd *rand.Rand, share int, name string) table {
	b = b.clone()
	for i := len(b.records) - 1; i > 0; i-- {
		switch rnd.IntN(8 * share) {
		case 0, 1, 2, 3:
			b.records[i].cells[1+rnd.IntN(2)] = fmt.Sprint(name, rnd.IntN(3))
		case 4:
			b.records = slices.Delete(b.records, i, i+1)
		case 5:
			to := 1 + rnd.IntN(len(b.records)-1)
			moved := b.records[i]
			b.records = slices.Insert(slices.Delete(b.records, i, i+1), to, moved)
		case 6:
			b.records[i].comments = fmt.Sprintf("# by %s\n", name)
		case 7:
			fresh := record{cells: []string{fmt.Sprintf("new.%d", rnd.IntN(1000)), name, "x"}, eol: "\n"}
			if !b.has(fresh.cells[0]) {
				b.records = slices.Insert(b.records, i+1, fresh)
			}
		}
	}
	return b
}

// TestLarge compares with the naive merge where much is copied, and where little is.
func TestLarge(t *testing.T) {
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		b := table{records: []record{{cells: []string{"k", "v", "w"}, eol: "\n"}}, ending: "\n"}
		b.addBulk(600)
		share := 1 + int(seed)*5
		base, ours, theirs := b.text(), editMany(b, rnd, share, "ours").text(), editMany(b, rnd, share, "theirs").text()
		r, text := merged(t, base, ours, theirs, merge.Options{})
		want, conflicts := naive(read(t, base), read(t, ours), read(t, theirs), false)
		got := read(t, text)
		if len(got.keys) != len(got.rows) || !maps.EqualFunc(got.rows, want.rows, maps.Equal) {
			t.Fatalf("seed %d: %d rows %d", seed, len(got.rows), len(want.rows))
		}
		slices.Sort(conflicts)
		if list := told(r.Conflicts); !slices.Equal(list, conflicts) {
			t.Fatalf("seed %d: conflicts %q, want %q", seed, list, conflicts)
		}
		for _, x := range [][]byte{ours, theirs} {
			for _, sides := range [][2][]byte{{x, base}, {base, x}, {x, x}} {
				if _, text := merged(t, base, sides[0], sides[1], merge.Options{}); !bytes.Equal(text, x) {
					t.Fatalf("seed %d: another text than the one side's", seed)
				}
			}
		}
	}
}

// TestCopiedIsCopied: rows that nobody changed are copied from ours, whatever theirs did, and all else is small.
func TestCopiedIsCopied(t *testing.T) {
	b := table{records: []record{{cells: []string{"k", "v", "w"}, eol: "\n"}}, ending: "\n"}
	b.addBulk(2000)
	ours, theirs := b.clone(), b.clone()
	for i := 1; i < len(b.records); i += 200 {
		ours.records[i].cells[1], theirs.records[i+1].cells[1] = "ours", "theirs"
	}
	r, _ := merged(t, b.text(), ours.text(), theirs.text(), merge.Options{})
	if len(r.Delta.Extra) > 10*len("theirs") || len(r.Delta.Ops) > 2*10+1 {
		t.Errorf("%d extra bytes, %d operations", len(r.Delta.Extra), len(r.Delta.Ops))
	}
}

// TestEmptied: all rows are gone, so all of base's are looked at.
func TestEmptied(t *testing.T) {
	b := table{records: []record{{cells: []string{"k", "v", "w"}, eol: "\n"}}, ending: "\n"}
	b.addBulk(300)
	theirs := b.clone()
	theirs.records[200].cells[1] = "theirs"
	r, got := merged(t, b.text(), []byte("k|v|w\n"), theirs.text(), merge.Options{})
	if string(got) != "k|v|w\n" || len(r.Conflicts) != 1 || r.Ours.Deleted != 300 {
		t.Errorf("%d bytes, %d conflicts, %+v", len(got), len(r.Conflicts), r.Ours)
	}
}

func TestManyCells(t *testing.T) {
	var header, was, ours, theirs, want []string
	for i := range 200 {
		header, was = append(header, fmt.Sprint("c", i)), append(was, "0")
		ours, theirs, want = append(ours, "0"), append(theirs, "0"), append(want, "0")
		switch {
		case i%2 == 1:
			ours[i], want[i] = "o", "o"
		case i > 0:
			theirs[i], want[i] = "t", "t"
		}
	}
	text := func(cells []string) []byte {
		return []byte(strings.Join(header, "|") + "\n" + strings.Join(cells, "|") + "\n")
	}
	if _, got := merged(t, text(was), text(ours), text(theirs), merge.Options{}); !bytes.Equal(got, text(want)) {
		t.Errorf("%q", got)
	}
}

// TestLongLine: what stands behind a line that is longer than is looked back is merged all the same.
func TestLongLine(t *testing.T) {
	head := "k|v\na|1\n#" + strings.Repeat("long ", 50_000) + "\nb|2\nc|a row that is long enough to be copied\n"
	base, ours, theirs := head+"d|1\n", "k|v\n"+strings.TrimPrefix(head, "k|v\na|1\n")+"d|1\n", head+"d|2\n"
	want := strings.TrimSuffix(ours, "d|1\n") + "d|2\n"
	if _, got := merged(t, []byte(base), []byte(ours), []byte(theirs), merge.Options{}); string(got) != want {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if n := min(f.left, len(p)); n < len(p) {
		return n, errors.New("full")
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	r, text := merged(t, []byte("k|v\na|1\n"), []byte("k|v\na|1\nb|2\n"), []byte("k|v\na|x\n"), merge.Options{})
	for n := range text {
		if wrote, err := r.WriteTo(&failing{n}); err == nil || wrote != int64(n) {
			t.Errorf("room for %d bytes: wrote %d, %v", n, wrote, err)
		}
	}
}
