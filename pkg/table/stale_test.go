package table

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/conflict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

const stock = "key|price|name\napple|1|Apple\npear|2|Pear\nplum|3|Plum\n"

// stale stores content, made from version base.
func (f *fixture) stale(base stamp.ID, content string, o MergeOptions) (Result, error) {
	return f.Replace(Replacement{Content: []byte(content), Action: verlog.Update, User: 7, Base: base, Existing: true, Merge: o})
}

func (f *fixture) is(t *testing.T, want string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(f.dir, currentFile))
	if err != nil || string(b) != want {
		t.Errorf("current.csv is %q, not %q: %v", b, want, err)
	}
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := c.Bytes(); err != nil || string(b) != want {
		t.Errorf("the table is %q, not %q: %v", b, want, err)
	}
	if problems, _, err := f.Verify(nil); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v %v", problems, err)
	}
}

func (f *fixture) head(t *testing.T) verlog.Line {
	t.Helper()
	l, err := f.Head()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStale(t *testing.T) {
	f := newFixture(t, stock)
	base := f.head(t).ID
	first := f.must(t)(f.Set(5, []string{"apple"}, []Assignment{{Column: "price", Value: "10"}}))
	r := f.must(t)(f.stale(base, strings.Replace(stock, "Apple", "Red apple", 1)+"fig|4|Fig\n", MergeOptions{}))
	f.is(t, "key|price|name\napple|10|Red apple\npear|2|Pear\nplum|3|Plum\nfig|4|Fig\n")
	if want := (Counts{Added: 1, Changed: 1}); r.Action != verlog.Automerge || r.Counts != want || r.Side == 0 || r.Conflicts != 0 || !r.Stored {
		t.Errorf("%+v", r)
	}
	lines, err := f.Lines()
	if err != nil || len(lines) != 4 {
		t.Fatal(lines, err)
	}
	side, merged := lines[2], lines[3]
	if side.ID != r.Side || side.Base != base || side.User != 7 || merged.ID != r.ID || merged.Base != first.ID || merged.Parent != side.ID {
		t.Errorf("%v\n%v", side, merged)
	}
	if c, err := f.At(side.ID); err != nil {
		t.Error(err)
	} else {
		b, _ := c.Bytes()
		if want := strings.Replace(stock, "Apple", "Red apple", 1) + "fig|4|Fig\n"; string(b) != want {
			t.Errorf("the side version is %q", b)
		}
		c.Close()
	}
	// Who wrote what: the side version, not the merge.
	moments, err := f.History([]string{"apple"})
	if err != nil || len(moments) != 3 || moments[0].Line != side || moments[1].Line.ID != first.ID {
		t.Errorf("history: %v %v", moments, err)
	}
	blame, _, err := f.Blame()
	if err != nil || blame["fig"] != side || blame["apple"] != side {
		t.Errorf("blame: %v %v", blame, err)
	}
	cells, err := f.BlameCells([]string{"apple"})
	if err != nil || cells["price"].ID != first.ID || cells["name"] != side {
		t.Errorf("blame of cells: %v %v", cells, err)
	}
	if st, err := f.Status(); err != nil || st.State != Clean {
		t.Errorf("%v %v", st, err)
	}
	// A made version can be gone back to, pruned and recovered like any other.
	if _, err := f.Rollback(1, side.ID); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(f.dir, logFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Recover(); err != nil {
		t.Fatal(err)
	}
	again, err := f.Lines()
	if diff := cmp.Diff(lines, again[:4]); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := f.Prune(1, 1); err != nil {
		t.Fatal(err)
	}
	f.is(t, strings.Replace(stock, "Apple", "Red apple", 1)+"fig|4|Fig\n")
}

// TestStaleNothing has stale writes that change nothing, or just what others changed too.
func TestStaleNothing(t *testing.T) {
	f := newFixture(t, stock)
	base := f.head(t).ID
	now := strings.Replace(stock, "1", "10", 1)
	head := f.must(t)(f.Replace(Replacement{Content: []byte(now), Action: verlog.Update, User: 5})).ID
	for name, content := range map[string]string{"as the base": stock, "as the head": now} {
		if r, err := f.stale(base, content, MergeOptions{}); err != nil || r.Stored || r.ID != head {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
	f.is(t, now)
	if lines, _ := f.Lines(); len(lines) != 2 {
		t.Errorf("%v", lines)
	}
}

// clashed makes a table with a clash in a cell, and one over a row that one side deleted.
func clashed(t *testing.T, o MergeOptions) (f *fixture, res Result, err error) {
	t.Helper()
	f = newFixture(t, stock)
	base := f.head(t).ID
	f.must(t)(f.Set(5, []string{"apple"}, []Assignment{{Column: "price", Value: "10"}}))
	f.must(t)(f.Delete(6, []string{"pear"}))
	res, err = f.stale(base, "key|price|name\napple|11|Red apple\npear|2|Green pear\nplum|3|Plum\n", o)
	return f, res, err
}

const (
	afterClash = "key|price|name\napple|10|Red apple\nplum|3|Plum\n"
)

func TestConflicts(t *testing.T) {
	f, r, err := clashed(t, MergeOptions{})
	if err != nil || r.Conflicts != 2 || r.Action != verlog.MergeConflicts {
		t.Fatalf("%+v %v", r, err)
	}
	f.is(t, afterClash)
	open, err := f.Conflicts()
	if err != nil || len(open) != 2 {
		t.Fatal(open, err)
	}
	lines, _ := f.Lines()
	columns := []string{"key", "price", "name"}
	want := []conflict.Conflict{
		{
			ID: conflict.ID{Version: r.ID, N: 1}, Kind: conflict.Update, Key: []byte("apple"), Columns: []string{"price"}, Kept: "ours",
			Base:   conflict.Side{Version: lines[0].ID, Columns: columns, Record: []byte("apple|1|Apple")},
			Ours:   conflict.Side{Version: lines[1].ID, User: 5, Columns: columns, Record: []byte("apple|10|Apple")},
			Theirs: conflict.Side{Version: r.Side, User: 7, Columns: columns, Record: []byte("apple|11|Red apple")},
		},
		{
			ID: conflict.ID{Version: r.ID, N: 2}, Kind: conflict.Delete, Key: []byte("pear"), Kept: "ours",
			Base:   conflict.Side{Version: lines[0].ID, Columns: columns, Record: []byte("pear|2|Pear")},
			Ours:   conflict.Side{Version: lines[2].ID, User: 6, Columns: columns},
			Theirs: conflict.Side{Version: r.Side, User: 7, Columns: columns, Record: []byte("pear|2|Green pear")},
		},
	}
	if diff := cmp.Diff(want, open); diff != "" {
		t.Error(diff)
	}
	list, err := os.ReadFile(filepath.Join(f.dir, conflictsFile))
	if err != nil || string(list) != string(conflict.Table(want)) {
		t.Errorf("%s %v", list, err)
	}
	// The list is derived: lost or changed, the next write makes it again.
	for _, hurt := range []func(path string) error{os.Remove, func(path string) error { return os.WriteFile(path, []byte("junk"), 0o666) }} {
		if err := hurt(filepath.Join(f.dir, conflictsFile)); err != nil {
			t.Fatal(err)
		}
		if now, err := f.Conflicts(); err != nil || len(now) != 2 {
			t.Error(now, err)
		}
		if _, err := f.Recover(); err != nil {
			t.Error(err)
		}
		if now, err := os.ReadFile(filepath.Join(f.dir, conflictsFile)); err != nil || string(now) != string(list) {
			t.Errorf("%s %v", now, err)
		}
	}
	// What clashed stays readable.
	if _, err := f.Prune(1, 1); err != nil {
		t.Fatal(err)
	}
	for _, id := range []stamp.ID{lines[0].ID, lines[1].ID, lines[2].ID, r.Side} {
		if c, err := f.At(id); err != nil {
			t.Errorf("version %s: %v", id, err)
		} else {
			c.Close()
		}
	}
	f.is(t, afterClash)
}

func TestConflictsRefused(t *testing.T) {
	f, r, err := clashed(t, MergeOptions{Fail: true})
	var clash *Clash
	if fault.KindOf(err) != fault.No || !errors.As(err, &clash) || len(clash.Conflicts) != 2 || r.Stored {
		t.Errorf("%+v %v", r, err)
	}
	f.is(t, "key|price|name\napple|10|Apple\nplum|3|Plum\n")
	if lines, _ := f.Lines(); len(lines) != 3 {
		t.Errorf("%v", lines)
	}
	if names, _ := os.ReadDir(f.dir); strings.Contains(fmt.Sprint(names), conflictsSuffix) {
		t.Errorf("%v", names)
	}
}

func TestStrategies(t *testing.T) {
	for strategy, want := range map[Strategy]string{
		LastWriteWins:  "key|price|name\napple|11|Red apple\npear|2|Green pear\nplum|3|Plum\n",
		FirstWriteWins: afterClash,
	} {
		f, r, err := clashed(t, MergeOptions{Strategy: strategy})
		if err != nil || r.Conflicts != 0 || r.Action != verlog.Automerge {
			t.Errorf("%s: %+v %v", strategy, r, err)
		}
		f.is(t, want)
		if open, err := f.Conflicts(); err != nil || len(open) > 0 {
			t.Error(open, err)
		}
		if c, err := f.readConflicts(r.ID); err != nil || len(c.Opened) != 2 || len(c.Settled) != 2 {
			t.Errorf("nothing says what was settled: %+v %v", c, err)
		}
		back, err := ParseStrategy(strategy.String())
		if err != nil || back != strategy {
			t.Error(back, err)
		}
	}
	if _, err := ParseStrategy("theirs"); fault.KindOf(err) != fault.Input {
		t.Error(err)
	}
}

func TestResolve(t *testing.T) {
	pear := "pear|2|Green pear\n"
	for name, c := range map[string]struct {
		cell, row Resolution
		want      string
		newKey    string
	}{
		"ours":   {Resolution{Take: TakeOurs}, Resolution{Take: TakeOurs}, afterClash, ""},
		"theirs": {Resolution{Take: TakeTheirs}, Resolution{Take: TakeTheirs}, "key|price|name\napple|11|Red apple\nplum|3|Plum\n" + pear, ""},
		"base":   {Resolution{Take: TakeBase}, Resolution{Take: TakeBase}, "key|price|name\napple|1|Red apple\nplum|3|Plum\npear|2|Pear\n", ""},
		"value": {Resolution{Take: TakeValue, Values: []Assignment{{Column: "price", Value: "99"}}}, Resolution{Take: TakeValue, Values: []Assignment{{Column: "name", Value: "P"}}},
			"key|price|name\napple|99|Red apple\nplum|3|Plum\npear||P\n", ""},
		"later":   {Resolution{Take: TakeLater}, Resolution{Take: TakeLater}, "key|price|name\napple|11|Red apple\nplum|3|Plum\n" + pear, ""},
		"earlier": {Resolution{Take: TakeEarlier}, Resolution{Take: TakeEarlier}, afterClash, ""},
		"column":  {Resolution{Take: TakeTheirs, Column: "price"}, Resolution{Take: TakeOurs}, "key|price|name\napple|11|Red apple\nplum|3|Plum\n", ""},
		"both":    {Resolution{Take: TakeBoth}, Resolution{Take: TakeOurs}, afterClash + "apple@conflict|11|Red apple\n", "apple@conflict"},
	} {
		t.Run(name, func(t *testing.T) {
			f, r, err := clashed(t, MergeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			c.cell.ID, c.row.ID = conflict.ID{Version: r.ID, N: 1}, conflict.ID{Version: r.ID, N: 2}
			res, done, err := f.Resolve(9, c.cell, c.row)
			if err != nil || res.Action != verlog.Resolve || !res.Stored || len(done) != 2 || string(done[0].NewKey) != c.newKey {
				t.Fatalf("%+v %+v %v", res, done, err)
			}
			f.is(t, c.want)
			if open, err := f.Conflicts(); err != nil || len(open) > 0 {
				t.Error(open, err)
			}
			if f.dirHas(conflictsFile) {
				t.Error("there is still a list of conflicts")
			}
			if _, _, err := f.Resolve(9, c.cell); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

func (f *fixture) dirHas(name string) bool {
	_, err := os.Stat(filepath.Join(f.dir, name))
	return err == nil
}

func TestResolveRefused(t *testing.T) {
	f, r, err := clashed(t, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cell, gone := conflict.ID{Version: r.ID, N: 1}, conflict.ID{Version: r.ID, N: 2}
	for name, c := range map[string]struct {
		r    Resolution
		kind fault.Kind
	}{
		"not there":         {Resolution{ID: conflict.ID{Version: r.ID, N: 3}}, fault.NotFound},
		"other column":      {Resolution{ID: cell, Column: "name"}, fault.Input},
		"column of a row":   {Resolution{ID: gone, Column: "name"}, fault.Input},
		"both of a column":  {Resolution{ID: cell, Column: "price", Take: TakeBoth}, fault.Input},
		"both of one":       {Resolution{ID: gone, Take: TakeBoth}, fault.Input},
		"no value":          {Resolution{ID: cell, Take: TakeValue}, fault.Input},
		"value of no place": {Resolution{ID: cell, Take: TakeValue, Values: []Assignment{{Column: "x"}}}, fault.Input},
	} {
		if _, _, err := f.Resolve(9, c.r); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v of kind %v", name, err, fault.KindOf(err))
		}
	}
	f.must(t)(f.Set(1, []string{"apple"}, []Assignment{{Column: "name", Value: "other cell"}}))
	f.must(t)(f.Set(1, []string{"pear"}, []Assignment{{Column: "name", Value: "back again"}}))
	if _, _, err := f.Resolve(9, Resolution{ID: gone, Take: TakeTheirs}); fault.KindOf(err) != fault.No || fault.HintOf(err) == "" {
		t.Errorf("the row is back: %v", err)
	}
	if _, _, err := f.Resolve(9, Resolution{ID: cell, Take: TakeTheirs}); err != nil {
		t.Errorf("another cell was changed: %v", err)
	}
	if _, _, err := f.Resolve(9, Resolution{ID: gone, Take: TakeOurs, Force: true}); err != nil {
		t.Error(err)
	}
	f.is(t, "key|price|name\napple|11|other cell\nplum|3|Plum\npear||back again\n")
}

// TestResolveByColumn settles a conflict of two columns one after the other.
func TestResolveByColumn(t *testing.T) {
	f := newFixture(t, stock)
	base := f.head(t).ID
	f.must(t)(f.Set(5, []string{"apple"}, []Assignment{{Column: "price", Value: "10"}, {Column: "name", Value: "A"}}))
	r := f.must(t)(f.stale(base, strings.Replace(stock, "apple|1|Apple", "apple|11|B", 1), MergeOptions{}))
	id := conflict.ID{Version: r.ID, N: 1}
	if _, _, err := f.Resolve(9, Resolution{ID: id, Column: "name", Take: TakeTheirs}); err != nil {
		t.Fatal(err)
	}
	open, err := f.Conflicts()
	if err != nil || len(open) != 1 || cmp.Diff([]string{"price"}, open[0].Columns) != "" {
		t.Fatal(open, err)
	}
	if _, _, err := f.Resolve(9, Resolution{ID: id, Column: "price", Take: TakeBase}); err != nil {
		t.Fatal(err)
	}
	f.is(t, strings.Replace(stock, "apple|1|Apple", "apple|1|B", 1))
	if open, err := f.Conflicts(); err != nil || len(open) > 0 {
		t.Error(open, err)
	}
}

// TestHeaderConflict has two sides that add a column in one place.
func TestHeaderConflict(t *testing.T) {
	f := newFixture(t, "key|a\nx|1\n")
	base := f.head(t).ID
	f.must(t)(f.Replace(Replacement{Content: []byte("key|b\nx|1\n"), Action: verlog.Update, User: 5}))
	r, err := f.stale(base, "key|c\nx|1\n", MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	open, err := f.Conflicts()
	if err != nil || len(open) == 0 || r.Conflicts != len(open) {
		t.Fatal(r, open, err)
	}
	for _, c := range open {
		if c.Kind != conflict.Header {
			continue
		}
		if _, _, err := f.Resolve(9, Resolution{ID: c.ID, Take: TakeTheirs}); fault.KindOf(err) != fault.Input || fault.HintOf(err) == "" {
			t.Error(err)
		}
		if _, _, err := f.Resolve(9, Resolution{ID: c.ID}); err != nil {
			t.Error(err)
		}
	}
}

func TestSetFrom(t *testing.T) {
	f := newFixture(t, stock)
	base := f.head(t).ID
	f.must(t)(f.Set(5, []string{"apple"}, []Assignment{{Column: "price", Value: "10"}}))
	r := f.must(t)(f.SetFrom(base, 7, []string{"apple"}, []Assignment{{Column: "name", Value: "Red"}}, MergeOptions{}))
	if r.Action != verlog.Automerge || r.Side == 0 {
		t.Errorf("%+v", r)
	}
	f.is(t, strings.Replace(stock, "apple|1|Apple", "apple|10|Red", 1))
	r = f.must(t)(f.SetFrom(base, 7, []string{"apple"}, []Assignment{{Column: "price", Value: "12"}}, MergeOptions{}))
	if r.Conflicts != 1 {
		t.Errorf("%+v", r)
	}
	r = f.must(t)(f.SetFrom(f.head(t).ID, 7, []string{"apple"}, []Assignment{{Column: "price", Value: "13"}}, MergeOptions{}))
	if r.Side != 0 || r.Action != verlog.Update {
		t.Errorf("%+v", r)
	}
	f.is(t, strings.Replace(stock, "apple|1|Apple", "apple|13|Red", 1))
	if _, err := f.SetFrom(5, 7, []string{"apple"}, nil, MergeOptions{}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// TestDropEndsConflicts deletes a table with conflicts and makes it anew.
func TestDropEndsConflicts(t *testing.T) {
	f, _, err := clashed(t, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.must(t)(f.Drop(1))
	if open, err := f.Conflicts(); err != nil || len(open) > 0 || f.dirHas(conflictsFile) {
		t.Error(open, err)
	}
	f.must(t)(f.Replace(Replacement{Content: []byte(stock), Action: verlog.Create, User: 1}))
	f.is(t, stock)
}

func TestDamagedConflicts(t *testing.T) {
	f, r, err := clashed(t, MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.dir, r.ID.String()+conflictsSuffix)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, hurt := range map[string]func() error{
		"flipped": func() error {
			return os.WriteFile(path, []byte(strings.Replace(string(whole), "apple", "bpple", 1)), 0o666)
		},
		"missing": func() error { return os.Remove(path) },
	} {
		if err := hurt(); err != nil {
			t.Fatal(err)
		}
		problems, _, err := f.Verify(nil)
		if err != nil || len(problems) == 0 || problems[0].Version != r.ID || problems[0].Note {
			t.Errorf("%s: %v %v", name, problems, err)
		}
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)-3], 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Conflicts(); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
	done, err := f.Recover()
	if err != nil || len(done) == 0 || !strings.Contains(strings.Join(done, "\n"), "conflicts that it opened or settled are lost") {
		t.Error(done, err)
	}
	f.must(t)(f.Set(1, []string{"apple"}, []Assignment{{Column: "price", Value: "77"}}))
	for _, p := range func() []Problem { p, _, _ := f.Verify(nil); return p }() {
		if !p.Note {
			t.Errorf("after recovery: %v", p)
		}
	}
}
