package table

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestPack shows that a pack answers for the versions it was made from, that it is made anew when many are missing, and
// that damage to it, or one of another table, changes no answer.
func TestPack(t *testing.T) {
	f := newFixture(t, rows(40))
	for i := range 2 * worthPacking {
		f.must(t)(f.Set(1, []string{fmt.Sprintf("page.title.n%d@en", i%40)}, []Assignment{{Column: "value", Value: fmt.Sprint(i)}}))
	}
	lines, err := f.Lines()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, l := range lines {
		want = append(want, f.at(t, l.ID))
	}
	path := filepath.Join(f.cache, f.packName())
	if p := f.openPack(); len(p.entries) < worthPacking {
		t.Fatalf("the pack has %d entries", len(p.entries))
	}
	check := func(what string) {
		t.Helper()
		for i, l := range lines {
			if got := f.at(t, l.ID); got != want[i] {
				t.Errorf("%s: version %d of %d reads otherwise", what, i, len(lines))
			}
		}
	}
	check("a sound pack")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, len(packMagic) + 3, len(packMagic) + packHead + 1, len(whole) / 2, len(whole) - 2} {
		hurt := append([]byte(nil), whole...)
		hurt[at] ^= 16
		os.WriteFile(path, hurt, 0o666)
		check(fmt.Sprintf("byte %d changed", at))
		os.WriteFile(path, whole[:at], 0o666)
		check(fmt.Sprintf("cut at byte %d", at))
	}
	other := f.openPack()
	foreign := &pack{entries: other.entries}
	for i, l := range lines[1:] {
		l.Hash = lines[i].Hash
		foreign.add(l, &delta.Delta{BaseSize: 1, Size: 1, Ops: []delta.Op{{Off: 0, N: 1}}})
	}
	os.WriteFile(path, foreign.data, 0o666)
	check("a pack of other versions")
}

func FuzzPacked(f *testing.F) {
	f.Add(appendPacked(nil, delta.Edit(100, []delta.Splice{{Off: 10, Del: 5, Ins: []byte("new")}})))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, ok := parsePacked(b)
		if !ok {
			return
		}
		again, ok := parsePacked(appendPacked(nil, d))
		if !ok || cmp.Diff(d, again) != "" {
			t.Errorf("%x reads as %+v, and that as %+v", b, d, again)
		}
		p := &pack{entries: map[stamp.ID]int{}}
		l := verlog.Line{ID: 5, Size: 7}
		p.add(l, d)
		if got, ok := p.find(l); len(appendPacked(nil, d)) <= maxPacked && (!ok || cmp.Diff(d, got) != "") {
			t.Errorf("an entry is not found as it was added")
		}
	})
}
