package reedbase

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListByIndex lists by prefixes with an ordered index of the key and without one: the rows are the same.
func TestListByIndex(t *testing.T) {
	_, tb := indexedTable(t)
	if _, err := tb.DropIndex("key", 0); err != nil {
		t.Fatal(err)
	}
	list := func(prefix string, limit int) (keys []string) {
		for rec, err := range tb.List(prefix, limit) {
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, rec.Cells[0]+"|"+rec.Cells[3])
		}
		return keys
	}
	prefixes := []string{"page", "pagea.item1", "pagea.*", "paget.item11*", "no", "9", "", "*", "pagea.item20@de", "\xff\xff"}
	for range 20 {
		n := rand.IntN(12000)
		prefixes = append(prefixes, fmt.Sprintf("page%c.item%d", 'a'+n%20, n), fmt.Sprintf("page%c.item%d.*", 'a'+n%20, n))
	}
	ask := func() (all [][]string) {
		for i, prefix := range prefixes {
			all = append(all, list(prefix, i%3*10))
		}
		return all
	}
	without := ask()
	if _, err := tb.CreateIndex("key", OrderedIndex); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(without, ask()); diff != "" {
		t.Error(diff)
	}
	defined, err := tb.t.Indices()
	if err != nil {
		t.Fatal(err)
	}
	r, err := tb.t.Reading()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	index := keyOrder(r, defined)
	if index == nil {
		t.Fatal("the index is not used")
	}
	offsets, err := offsetsOf(index, []byte("pagea.item1"))
	if want := list("pagea.item1", 0); err != nil || len(offsets) != len(want) || !slices.IsSorted(offsets) {
		t.Errorf("%d offsets, %v, want %d", len(offsets), err, len(want))
	}
}
