package table

import (
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestPruneAgain folds again and again: a second time there is nothing to do, and the snapshots that folding makes are no
// versions that count.
func TestPruneAgain(t *testing.T) {
	for keep := 1; keep <= 7; keep++ {
		f, ids := withHistory(t)
		lines, err := f.Lines()
		if err != nil {
			t.Fatal(err)
		}
		ids = append([]stamp.ID{lines[0].ID}, ids...)
		p, err := f.Prune(1, keep)
		if err != nil || p.Folded != max(0, 6-keep) || (p.Snapshot != 0) != (keep < 6) || (p.Freed > 0) != (keep < 6) {
			t.Errorf("keep %d: %+v %v", keep, p, err)
		}
		before := f.files(t)
		for range 2 {
			if p, err := f.Prune(1, keep); err != nil || p != (Pruned{}) {
				t.Errorf("keep %d again: %+v %v", keep, p, err)
			}
			if found, err := f.Collect(false); err != nil || len(found) > 0 {
				t.Errorf("keep %d: garbage %v %v", keep, found, err)
			}
		}
		if after := f.files(t); len(after) != len(before) || after[logFile] != before[logFile] {
			t.Errorf("keep %d: folding again changed something", keep)
		}
		for i, id := range ids {
			_, err := f.tryAt(id)
			if kept := i >= 6-keep; kept != (err == nil) || err != nil && (fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "") {
				t.Errorf("keep %d: version %d: %v", keep, i, err)
			}
		}
		if moments, err := f.History([]string{"page.title.n7@en"}); err != nil || len(moments) != min(keep, 6) || moments[len(moments)-1].Line.Action == verlog.Compact {
			t.Errorf("keep %d: %d moments, %v", keep, len(moments), err)
		}
		f.sound(t, true)
	}
}

// TestPruneDue asks for a fold when twice the versions to keep can be read.
func TestPruneDue(t *testing.T) {
	f := newFixture(t, rows(3))
	f.opt.MaxVersions = 3
	for i := 2; i <= 20; i++ {
		r := f.must(t)(f.Set(1, []string{"page.title.n1@en"}, []Assignment{{Column: "value", Value: stamp.ID(i).String()}}))
		if r.PruneDue != (i > 6) {
			t.Errorf("with %d versions: due %v", i, r.PruneDue)
		}
	}
	if _, err := f.Prune(1, 3); err != nil {
		t.Fatal(err)
	}
	for i := 4; i <= 7; i++ {
		r := f.must(t)(f.Set(1, []string{"page.title.n2@en"}, []Assignment{{Column: "value", Value: stamp.ID(i).String()}}))
		if r.PruneDue != (i > 6) {
			t.Errorf("with %d versions again: due %v", i, r.PruneDue)
		}
	}
	if _, err := f.Prune(1, 0); err != nil {
		t.Errorf("keep 0: %v", err)
	}
	f.sound(t, true)
}

// TestPruneDeleted folds the history of a table that was deleted: it stays deleted, and what it held last can be brought back.
func TestPruneDeleted(t *testing.T) {
	f, ids := withHistory(t)
	last := f.at(t, ids[4])
	if p, err := f.Prune(1, -1); fault.KindOf(err) != fault.Input || p.Folded != 0 {
		t.Fatalf("less than none: %+v %v", p, err)
	}
	drop := f.must(t)(f.Drop(1))
	f.must(t)(f.Replace(Replacement{Content: []byte(rows(2)), Action: verlog.Import, User: 1}))
	f.must(t)(f.Drop(1))
	if p, err := f.Prune(1, 2); err != nil || p.Folded != 5 {
		t.Fatalf("%+v %v", p, err)
	}
	if head := f.head(t); head.Action != verlog.Delete {
		t.Errorf("the head is %+v", head)
	}
	if _, err := f.Set(1, []string{"page.title.n1@en"}, nil); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a row of a deleted table: %v", err)
	}
	if _, err := f.Rollback(1, drop.ID); fault.KindOf(err) != fault.Input {
		t.Errorf("back to where it was deleted: %v", err)
	}
	f.must(t)(f.Rollback(1, ids[4]))
	if got := f.current(t); got != last {
		t.Errorf("brought back as %q", got)
	}
	f.sound(t, true)
}
