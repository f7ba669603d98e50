package table

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// partly is conflicting with one conflict settled, and one in part.
func partly(t *testing.T) (f *fixture, opened, settled stamp.ID) {
	f = conflicting(t)
	opened = f.conflicts(t)[0].Version
	r, _ := f.mustResolve(t, Resolution{ID: f.idOf(t, "apple"), Take: TakeTheirs}, Resolution{ID: f.idOf(t, "kiwi"), Take: TakeTheirs, Column: "stock"})
	return f, opened, r.ID
}

// TestRecoverConflicts loses files of conflicts: fsck says so, and recovery has the conflicts back, or at least none settled
// that was not.
func TestRecoverConflicts(t *testing.T) {
	damage := map[string]func(path string) error{
		"lost":  os.Remove,
		"empty": func(path string) error { return os.Truncate(path, 0) },
		"cut": func(path string) error {
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path, b[:len(b)/2], 0o666))
		},
		"one byte": func(path string) error {
			b, err := os.ReadFile(path)
			b[len(b)/2] ^= 1
			return errors.Join(err, os.WriteFile(path, b, 0o666))
		},
		"another's": func(path string) error {
			names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"+conflictsSuffix))
			if err != nil {
				return err
			}
			other := names[0]
			if other == path {
				other = names[1]
			}
			b, err := os.ReadFile(other)
			return errors.Join(err, os.WriteFile(path, b, 0o666))
		},
	}
	for how, hurt := range damage {
		for _, which := range []string{"opened", "settled", "csv"} {
			for _, known := range []bool{true, false} {
				t.Run(how+"/"+which+map[bool]string{true: "", false: "/without conflicts.csv"}[known], func(t *testing.T) {
					f, opened, settled := partly(t)
					want := f.conflicts(t)
					path := filepath.Join(f.dir, map[string]string{"opened": conflictsName(opened), "settled": conflictsName(settled), "csv": openFile}[which])
					if err := hurt(path); err != nil {
						t.Fatal(err)
					}
					if !known {
						os.Remove(filepath.Join(f.dir, openFile))
					}
					problems, _, err := f.Verify(nil)
					if err != nil || len(problems) == 0 {
						t.Error("fsck finds nothing", err)
					}
					if which == "csv" {
						if diff := cmp.Diff(want, f.conflicts(t)); diff != "" {
							t.Error("a damaged conflicts.csv was believed:", diff)
						}
					} else if _, err := f.Conflicts(); !known && fault.KindOf(err) != fault.Corrupt {
						t.Error("nothing is said:", err)
					}
					if done, err := f.Recover(); err != nil || len(done) == 0 {
						t.Fatal(done, err)
					}
					f.sound(t, true)
					if done, err := f.Recover(); err != nil || len(done) > 0 {
						t.Error("a second recovery:", done, err)
					}
					got := f.conflicts(t)
					if which == "settled" {
						// Which columns were settled is lost: those of rows that were changed are taken for settled.
						want = slices.DeleteFunc(want, func(c conflict.Conflict) bool { return string(c.Key) == "kiwi" })
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}

// TestRecoverMerges loses the log, or its end, of a table with merges and conflicts: all of it comes back from the deltas.
func TestRecoverMerges(t *testing.T) {
	for name, hurt := range map[string]func(log []byte) []byte{
		"all":          func([]byte) []byte { return nil },
		"garbled":      func(log []byte) []byte { return bytes.ReplaceAll(log, []byte("|2|"), []byte("|x|")) },
		"its end":      func(log []byte) []byte { return log[:len(log)/2] },
		"a side":       func(log []byte) []byte { return slices.Concat(log[:nth(log, 2)], log[nth(log, 3):]) },
		"a merge":      func(log []byte) []byte { return slices.Concat(log[:nth(log, 3)], log[nth(log, 4):]) },
		"side & merge": func(log []byte) []byte { return slices.Concat(log[:nth(log, 2)], log[nth(log, 4):]) },
	} {
		t.Run(name, func(t *testing.T) {
			f, _, _ := partly(t)
			want, lines, current := f.conflicts(t), f.lines(t), f.current(t)
			path := filepath.Join(f.dir, logFile)
			log, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			os.Remove(path)
			if log = hurt(log); log != nil {
				if err := os.WriteFile(path, log, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := f.Recover(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lines, f.lines(t)); diff != "" || f.current(t) != current {
				t.Errorf("%q\n%s", f.current(t), diff)
			}
			if diff := cmp.Diff(want, f.conflicts(t)); diff != "" {
				t.Error(diff)
			}
			f.sound(t, false)
		})
	}
}

// nth returns where line n of a log begins, from 0.
func nth(log []byte, n int) int {
	at := 0
	for range n {
		at += bytes.IndexByte(log[at:], '\n') + 1
	}
	return at
}

// TestLoneSide leaves what a write leaves that was cut short between the deltas of its two versions, and loses the log then.
func TestLoneSide(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9"))
	s, err := f.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(Replacement{Content: []byte(with("pear|2", "pear|8")), Action: verlog.Update, User: 2, Base: base}); err != nil {
		t.Fatal(err)
	}
	join := s.Staged()[1].ID
	s.Keep()
	s.Close()
	os.Remove(filepath.Join(f.dir, deltaName(join)))
	before := f.lines(t)
	os.Remove(filepath.Join(f.dir, logFile))
	if _, err := f.Recover(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, f.lines(t)); diff != "" {
		t.Error(diff)
	}
	f.sound(t, false)
}

// TestHalfMergeInLog cuts the append of a side version and its merge between the two: the next write takes neither for a
// version, also where the state file vouches for what was before.
func TestHalfMergeInLog(t *testing.T) {
	f, base := stale(t, with("apple|1", "apple|9"))
	before := f.lines(t)
	s, err := f.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(Replacement{Content: []byte(with("pear|2", "pear|8")), Action: verlog.Update, User: 2, Base: base}); err != nil {
		t.Fatal(err)
	}
	side := s.Staged()[0]
	s.Keep()
	s.Close()
	log, err := os.OpenFile(filepath.Join(f.dir, logFile), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Write(side.Append(nil)); err != nil {
		t.Fatal(err)
	}
	log.Close()
	if diff := cmp.Diff(before, f.lines(t)); diff != "" {
		t.Error("a reader:", diff)
	}
	f.must(t)(f.Set(1, []string{"plum"}, []Assignment{{Column: "price", Value: "4"}}))
	if got := f.lines(t); len(got) != len(before)+1 || len(verlog.Verify(got)) > 0 {
		t.Error(got, verlog.Verify(got))
	}
}

// TestPruneConflicts folds a history with open conflicts: their versions can be read until they are settled.
func TestPruneConflicts(t *testing.T) {
	f, _, _ := partly(t)
	c := f.conflicts(t)[0]
	f.must(t)(f.SetFrom(c.Base.Version, 4, []string{"plum"}, []Assignment{{Column: "stock", Value: "31"}}, MergeOptions{}))
	for i := range 9 {
		f.must(t)(f.Set(1, []string{"n"}, []Assignment{{Column: "price", Value: strings.Repeat("1", i+1)}}))
	}
	texts := map[stamp.ID]string{}
	for _, l := range f.lines(t) {
		texts[l.ID] = f.at(t, l.ID)
	}
	check := func(keep int, want ...stamp.ID) {
		t.Helper()
		if _, err := f.Prune(0, keep); err != nil {
			t.Fatal(err)
		}
		f.sound(t, true)
		if left, err := f.Collect(true); err != nil || len(left) > 0 {
			t.Error(left, err)
		}
		gone := f.Folded(f.lines(t))
		for id, text := range texts {
			content, err := f.At(id)
			if kind := fault.KindOf(err); gone(id) != (kind == fault.NotFound) || err != nil && kind != fault.NotFound {
				t.Errorf("version %s: folded %v, read %v", id, gone(id), err)
			}
			if err == nil {
				if b, _ := content.Bytes(); string(b) != text {
					t.Errorf("version %s has another text", id)
				}
				content.Close()
			}
			if slices.Contains(want, id) && err != nil {
				t.Errorf("version %s: %v", id, err)
			}
		}
		if _, err := f.History([]string{"plum"}); err != nil {
			t.Error(err)
		}
	}
	versions := []stamp.ID{c.Base.Version, c.Ours.Version, c.Theirs.Version, c.Version}
	check(4, versions...)
	var list []Resolution
	for _, c := range f.conflicts(t) {
		list = append(list, Resolution{ID: c.ID, Take: TakeOurs, Force: true})
	}
	f.mustResolve(t, list...)
	for i := range 5 {
		f.must(t)(f.Set(1, []string{"n"}, []Assignment{{Column: "price", Value: strings.Repeat("2", i+1)}}))
	}
	check(2)
	if gone := f.Folded(f.lines(t)); !gone(c.Base.Version) {
		t.Error("the versions of settled conflicts stay for ever")
	}
	f.must(t)(f.Set(1, []string{"n"}, nil))
}

// TestPruneManyConflicts folds a history with so many open conflicts that snapshots for all would cost more than the deltas.
func TestPruneManyConflicts(t *testing.T) {
	f := newFixture(t, prices)
	var bases []stamp.ID
	for i := range 12 {
		line, _ := f.Head()
		bases = append(bases, line.ID)
		f.must(t)(f.Set(1, []string{"apple"}, []Assignment{{Column: "price", Value: strings.Repeat("1", i+1)}})) // the first changes nothing
	}
	for i, base := range bases[4:] {
		r := f.must(t)(f.SetFrom(base, 2, []string{"apple"}, []Assignment{{Column: "price", Value: strings.Repeat("2", i+1)}}, MergeOptions{}))
		if r.Conflicts != 1 {
			t.Fatalf("%+v", r)
		}
	}
	for i := range 20 {
		f.must(t)(f.Set(1, []string{"n"}, []Assignment{{Column: "price", Value: strings.Repeat("1", i+1)}}))
	}
	p, err := f.Prune(0, 3)
	if err != nil || p.Folded != 3 {
		t.Errorf("%+v %v", p, err)
	}
	snapshots := 0
	for _, l := range f.lines(t) {
		if l.Action == verlog.Compact {
			snapshots++
		}
	}
	for _, c := range f.conflicts(t) {
		for _, id := range []stamp.ID{c.Base.Version, c.Ours.Version, c.Theirs.Version} {
			f.at(t, id)
		}
	}
	if snapshots != 1 {
		t.Errorf("%d snapshots", snapshots)
	}
	f.sound(t, true)
}

// TestCollectConflicts removes what a write left that never counted.
func TestCollectConflicts(t *testing.T) {
	f, _, _ := partly(t)
	orphan := filepath.Join(f.dir, "1772366499000000001"+conflictsSuffix)
	if err := os.WriteFile(orphan, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if list, err := f.Collect(false); err != nil || len(list) != 1 || list[0].Path != orphan {
		t.Error(list, err)
	}
	f.sound(t, true)
}

// TestConflictsInBackup: a backup holds what no one can derive.
func TestConflictsInBackup(t *testing.T) {
	f, opened, settled := partly(t)
	s, err := f.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	files, err := s.Files()
	if err != nil {
		t.Fatal(err)
	}
	has := func(name string) bool { return slices.ContainsFunc(files, func(f File) bool { return f.Name == name }) }
	if !has(conflictsName(opened)) || !has(conflictsName(settled)) || has(openFile) {
		t.Error(files)
	}
}
